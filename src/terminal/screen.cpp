#include "terminal/screen.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <exception>
#include <streambuf>
#include <utility>

#include "support/text.hpp"

namespace acr::terminal {
namespace {

constexpr std::string_view erased = "\r\x1b[K";
constexpr std::chrono::milliseconds beat{500};
constexpr std::size_t fewest_columns = 20;

struct Word {
  std::string_view text, colour;
};
// As the commands write them: padded to six characters.
constexpr std::array<Word, 3> coloured_words{{{"ok  ", "\x1b[32m"}, {"FAIL  ", "\x1b[31m"}, {"warn  ", "\x1b[33m"}}};
constexpr std::string_view plain = "\x1b[0m";

}  // namespace

/// Colours words, and gives everything to the stream behind it at once.
class Screen::Buffer final : public std::streambuf {
 public:
  Buffer(Screen& screen, std::ostream& behind, bool terminal, bool colour)
      : screen_(screen), behind_(behind), terminal_(terminal), colour_(terminal && colour) {}

  [[nodiscard]] bool is_terminal() const { return terminal_; }
  void give(std::string_view text) {
    behind_.write(text.data(), static_cast<std::streamsize>(text.size()));
    if (terminal_) behind_.flush();
  }
  /// `text` with its words in colour; the beginning of a line stays here until it is clear what it is.
  std::string coloured(std::string_view text) {
    if (!colour_) return std::string(text);
    std::string shown;
    for (char const c : text) {
      if (deciding_) {
        begun_ += c;
        if (!decide(shown)) continue;
      } else {
        shown += c;
      }
      if (c == '\n') deciding_ = true;
    }
    return shown;
  }
  std::string taken_back() { return std::exchange(begun_, {}); }

 protected:
  std::streamsize xsputn(char const* text, std::streamsize size) override {
    screen_.write(*this, {text, static_cast<std::size_t>(size)});
    return behind_ ? size : 0;
  }
  int_type overflow(int_type c) override {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    char const one = traits_type::to_char_type(c);
    return xsputn(&one, 1) == 1 ? c : traits_type::eof();
  }
  int sync() override {
    behind_.flush();
    return behind_ ? 0 : -1;
  }

 private:
  /// True when what has begun was moved to `shown`.
  bool decide(std::string& shown) {
    auto const blanks = std::min(begun_.find_first_not_of(' '), begun_.size());
    auto const rest = std::string_view(begun_).substr(blanks);
    for (auto const& word : coloured_words) {
      if (rest == word.text) {
        shown += begun_.substr(0, blanks);
        shown += word.colour;
        shown += trimmed(word.text);
        shown += plain;
        shown += "  ";
        begun_.clear();
        deciding_ = false;
        return true;
      }
      if (word.text.starts_with(rest)) return false;
    }
    shown += std::exchange(begun_, {});
    deciding_ = false;
    return true;
  }

  Screen& screen_;
  std::ostream& behind_;
  bool terminal_, colour_;
  bool deciding_ = true;
  std::string begun_;
};

ScreenKind screen_kind(int out, int err, event::EnvironmentLookup const& environment) {
  ScreenKind kind;
  bool const dumb = environment("TERM").value_or("") == "dumb";
  kind.out_is_terminal = !dumb && ::isatty(out) == 1;
  kind.err_is_terminal = !dumb && ::isatty(err) == 1;
  kind.colour = environment("NO_COLOR").value_or("").empty();
  winsize size{};
  if (kind.err_is_terminal && ::ioctl(err, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) kind.columns = size.ws_col;
  return kind;
}

Screen::Screen(std::ostream& out, std::ostream& err, ScreenKind kind, Clock::time_point now)
    : kind_(kind),
      plain_out_(out),
      plain_err_(err),
      began_(now),
      out_buffer_(std::make_unique<Buffer>(*this, out, kind.out_is_terminal, kind.colour)),
      err_buffer_(std::make_unique<Buffer>(*this, err, kind.err_is_terminal, kind.colour)),
      out_(out_buffer_.get()),
      err_(err_buffer_.get()) {}

Screen::~Screen() {
  try {
    std::lock_guard const lock(mutex_);
    erase();
    out_buffer_->give(out_buffer_->taken_back());
    err_buffer_->give(err_buffer_->taken_back());
  } catch (std::exception const&) {  // NOLINT(bugprone-empty-catch): a closed terminal
  }
}

std::ostream& Screen::out() { return kind_.out_is_terminal ? out_ : plain_out_; }
std::ostream& Screen::err() { return kind_.err_is_terminal ? err_ : plain_err_; }

void Screen::write(Buffer& to, std::string_view text) {
  if (text.empty()) return;
  std::lock_guard const lock(mutex_);
  erase();
  to.give(to.coloured(text));
  line_open_ = text.back() != '\n';
}

void Screen::erase() {
  if (std::exchange(drawn_, false)) err_buffer_->give(erased);
}

void Screen::step(std::string what) {
  std::lock_guard const lock(mutex_);
  step_ = printable(what);
  if (step_.empty()) erase();
}

void Screen::tick(Clock::time_point now) {
  std::lock_guard const lock(mutex_);
  if (!kind_.err_is_terminal || step_.empty() || line_open_ || now - began_ < patience) return;
  auto const time = " … " + std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now - began_).count()) + " s";
  // One line: what is longer than the terminal is wide could not be erased.
  auto room = std::max(kind_.columns, fewest_columns) - time.size() - 1;
  if (std::ranges::any_of(step_, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
    room /= 2;  // or is twice as wide
  err_buffer_->give(std::string(erased) + printable(step_, room) + time);
  drawn_ = true;
}

ScreenTicks::ScreenTicks(Screen& screen) {
  if (!screen.has_line()) return;
  thread_ = std::thread([this, &screen] {
    std::unique_lock lock(mutex_);
    while (!woken_.wait_for(lock, beat, [this] { return ended_; })) screen.tick(Screen::Clock::now());
  });
}

ScreenTicks::~ScreenTicks() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard const lock(mutex_);
    ended_ = true;
  }
  woken_.notify_one();
  thread_.join();
}

}  // namespace acr::terminal

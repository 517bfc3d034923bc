// Colour and the line of progress on a terminal, and nothing of either elsewhere.
#include "terminal/screen.hpp"

#include <pty.h>
#include <unistd.h>

#include <map>
#include <optional>
#include <sstream>

#include "support/catch2.hpp"
#include "terminal/console.hpp"

namespace screen_test {
namespace {

using namespace acr;
using namespace std::chrono_literals;
using acr::terminal::Screen;
using acr::terminal::ScreenKind;

struct Watched {
  explicit Watched(ScreenKind kind) : screen(out, err, kind, began) {}
  Screen::Clock::time_point began{};
  std::ostringstream out, err;
  Screen screen;
  void tick(std::chrono::milliseconds after) { screen.tick(began + after); }
};

ScreenKind const both{.out_is_terminal = true, .err_is_terminal = true, .colour = true};
ScreenKind const pale{.out_is_terminal = true, .err_is_terminal = true, .colour = false};

TEST_CASE("words at the beginning of a line are coloured, and nothing else", "[terminal]") {
  struct Row {
    std::string text, shown;
  };
  auto const row = one_of<Row>({
      {"ok    web\n", "\x1b[32mok\x1b[0m    web\n"},
      {"FAIL  web\n", "\x1b[31mFAIL\x1b[0m  web\n"},
      {"warn  web\n", "\x1b[33mwarn\x1b[0m  web\n"},
      {"web\n  ok    web\n", "web\n  \x1b[32mok\x1b[0m    web\n"},
      {"ok    ok    a\nFAIL  b\n", "\x1b[32mok\x1b[0m    ok    a\n\x1b[31mFAIL\x1b[0m  b\n"},
      {"web ok    \n", "web ok    \n"},
      {"okay  web\n", "okay  web\n"},
      {"ok web\n", "ok web\n"},
      {"FAILED  web\n", "FAILED  web\n"},
      {"warning: x\n", "warning: x\n"},
      {"\n\nok\n\n", "\n\nok\n\n"},
      {"o", "o"},
      {"  ", "  "},
  });
  CAPTURE(row.text);
  std::string const colourless = row.text;
  for (auto const one_by_one : {false, true}) {
    CAPTURE(one_by_one);
    std::ostringstream out, err, pale_out, pale_err;
    {
      Screen screen(out, err, both);
      Screen without(pale_out, pale_err, pale);
      if (!one_by_one) screen.out() << row.text, screen.err() << row.text, without.out() << row.text;
      for (std::size_t i = 0; one_by_one && i < row.text.size(); ++i)
        screen.out() << row.text[i], screen.err() << row.text[i], without.out() << row.text[i];
    }
    CHECK(out.str() == row.shown);
    CHECK(err.str() == row.shown);
    CHECK(pale_out.str() == colourless);
  }
}

TEST_CASE("what lasts for a second is said on one line, which gives way to text", "[terminal]") {
  Watched watched(pale);
  watched.screen.step("packaging 44 charts");
  watched.tick(999ms);
  CHECK(watched.err.str().empty());
  watched.tick(1s);
  CHECK(watched.err.str() == "\r\x1b[Kpackaging 44 charts … 1 s");
  watched.screen.step("fetching");
  watched.tick(2500ms);
  CHECK(watched.err.str() == "\r\x1b[Kpackaging 44 charts … 1 s\r\x1b[Kfetching … 2 s");
  watched.err.str("");
  watched.screen.out() << "one";
  CHECK(watched.err.str() == "\r\x1b[K");
  CHECK(watched.out.str() == "one");
  watched.tick(3s);  // the line is not at its end
  CHECK(watched.err.str() == "\r\x1b[K");
  watched.screen.err() << " two\n";
  CHECK(watched.err.str() == "\r\x1b[K two\n");
  watched.tick(3s);
  CHECK(watched.err.str() == "\r\x1b[K two\n\r\x1b[Kfetching … 3 s");
  watched.screen.step("");
  CHECK(watched.err.str() == "\r\x1b[K two\n\r\x1b[Kfetching … 3 s\r\x1b[K");
  watched.tick(9s);
  CHECK(watched.err.str() == "\r\x1b[K two\n\r\x1b[Kfetching … 3 s\r\x1b[K");
}

TEST_CASE("the line is erased at the end", "[terminal]") {
  std::ostringstream out, err;
  {
    Screen screen(out, err, pale, Screen::Clock::time_point{});
    screen.step("fetching");
    screen.tick(Screen::Clock::time_point{} + 5s);
  }
  CHECK(err.str() == "\r\x1b[Kfetching … 5 s\r\x1b[K");
  CHECK(out.str().empty());
}

TEST_CASE("the line is never wider than the terminal, and foreign bytes do nothing there", "[terminal]") {
  struct Row {
    std::string step, shown;
  };
  auto const row = one_of<Row>({
      {std::string(100, 'a'), std::string(23, 'a') + "… … 1 s"},
      {"\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22",
       "\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22… … 1 s"},
      {"\x1b[2J\n", "\\u{1b}[2J\\u{a} … 1 s"},
  });
  Watched watched({.out_is_terminal = false, .err_is_terminal = true, .colour = true, .columns = 32});
  watched.screen.step(row.step);
  watched.tick(1s);
  CHECK(watched.err.str() == "\r\x1b[K" + row.shown);
}

TEST_CASE("streams that are no terminals get their bytes and nothing else", "[terminal]") {
  Watched watched({.out_is_terminal = false, .err_is_terminal = false, .colour = true});
  watched.screen.step("fetching");
  watched.tick(60s);
  watched.screen.out() << "ok    web\n";
  watched.screen.err() << "FAIL  web\n";
  watched.tick(61s);
  CHECK(watched.out.str() == "ok    web\n");
  CHECK(watched.err.str() == "FAIL  web\n");

  Watched piped({.out_is_terminal = false, .err_is_terminal = true, .colour = true});
  piped.screen.out() << "ok    web\n";
  piped.screen.err() << "ok    web\n";
  CHECK(piped.out.str() == "ok    web\n");
  CHECK(piped.err.str() == "\x1b[32mok\x1b[0m    web\n");
}

TEST_CASE("a stream is a terminal when it is one, and TERM and NO_COLOR have their say", "[terminal]") {
  int master = -1, terminal = -1, pipe_ends[2] = {-1, -1};
  winsize const size{.ws_row = 24, .ws_col = 57, .ws_xpixel = 0, .ws_ypixel = 0};
  REQUIRE(::openpty(&master, &terminal, nullptr, nullptr, &size) == 0);
  REQUIRE(::pipe(pipe_ends) == 0);
  std::map<std::string, std::string> variables;
  auto const kind = [&](int out, int err) {
    return acr::terminal::screen_kind(out, err, [&](std::string const& name) -> std::optional<std::string> {
      auto const found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    });
  };
  auto const here = kind(terminal, terminal);
  CHECK((here.out_is_terminal && here.err_is_terminal && here.colour));
  CHECK(here.columns == 57);
  auto const piped = kind(pipe_ends[1], terminal);
  CHECK((!piped.out_is_terminal && piped.err_is_terminal));
  auto const quiet = kind(terminal, pipe_ends[1]);
  CHECK((quiet.out_is_terminal && !quiet.err_is_terminal));
  CHECK(quiet.columns == 80);
  variables["NO_COLOR"] = "";
  CHECK(kind(terminal, terminal).colour);
  variables["NO_COLOR"] = "1";
  CHECK((!kind(terminal, terminal).colour && kind(terminal, terminal).err_is_terminal));
  variables["TERM"] = "dumb";
  CHECK((!kind(terminal, terminal).out_is_terminal && !kind(terminal, terminal).err_is_terminal));
  for (int const end : {master, terminal, pipe_ends[0], pipe_ends[1]}) ::close(end);
}

TEST_CASE("the ticks end at once with what they tick for", "[terminal]") {
  auto const began = Screen::Clock::now();
  std::ostringstream out, err;
  {
    Screen screen(out, err, pale, began - 5s);
    acr::terminal::ScreenTicks const ticks(screen);
    screen.step("fetching");
    while (Screen::Clock::now() - began < 700ms) std::this_thread::sleep_for(50ms);
  }
  CHECK(err.str().find("fetching … 5 s") != std::string::npos);
  CHECK(err.str().ends_with("\r\x1b[K"));
}

TEST_CASE("nothing ticks where standard error is no terminal", "[terminal]") {
  std::ostringstream out, err;
  {
    Screen screen(out, err, {}, Screen::Clock::now() - 5s);
    CHECK_FALSE(screen.has_line());
    acr::terminal::ScreenTicks const ticks(screen);
    screen.step("fetching");
  }
  CHECK(err.str().empty());
}

}  // namespace
}  // namespace screen_test

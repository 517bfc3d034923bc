#pragma once

// Standard output and error on a terminal: src/terminal/screen.hpp
// The words ok, FAIL and warn at the beginning of a line in colour, and on standard error one line that says what a command is
// at once it has lasted for a second. It is erased before any other text and at the end. Where a stream is not a terminal, its
// bytes are what they are without all this.

#include <chrono>
#include <condition_variable>
#include <iosfwd>
#include <memory>
#include <mutex>
#include <ostream>
#include <string>
#include <string_view>
#include <thread>

#include "event/runner_environment.hpp"

namespace acr::terminal {

struct ScreenKind {
  bool out_is_terminal = false, err_is_terminal = false;
  bool colour = false;       ///< NO_COLOR is not set, or empty
  std::size_t columns = 80;  ///< of standard error
};

/// What the streams of these descriptors are. A terminal that TERM calls dumb is none.
ScreenKind screen_kind(int out, int err, event::EnvironmentLookup const& environment);

/// Thread-safe.
class Screen {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds patience{1};

  /// Both streams must live longer.
  Screen(std::ostream& out, std::ostream& err, ScreenKind kind, Clock::time_point now = Clock::now());
  ~Screen();
  Screen(Screen const&) = delete;
  Screen& operator=(Screen const&) = delete;

  [[nodiscard]] std::ostream& out();
  [[nodiscard]] std::ostream& err();

  /// What lasts from now on; empty: another program has the terminal, nothing is shown.
  void step(std::string what);
  /// Draws the line anew when the command has lasted for `patience`.
  void tick(Clock::time_point now);
  /// Standard error is a terminal: else tick() does nothing.
  [[nodiscard]] bool has_line() const { return kind_.err_is_terminal; }

 private:
  class Buffer;
  void write(Buffer& to, std::string_view text);
  void erase();

  std::mutex mutex_;
  ScreenKind kind_;
  std::ostream& plain_out_;
  std::ostream& plain_err_;
  Clock::time_point began_;
  std::string step_;
  bool drawn_ = false;
  bool line_open_ = false;  ///< text that has not ended its line stands on the terminal
  std::unique_ptr<Buffer> out_buffer_, err_buffer_;
  std::ostream out_, err_;
};

/// Ticks while it lives; without a thread where there is nothing to draw on.
class ScreenTicks {
 public:
  explicit ScreenTicks(Screen& screen);
  ~ScreenTicks();
  ScreenTicks(ScreenTicks const&) = delete;
  ScreenTicks& operator=(ScreenTicks const&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable woken_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace acr::terminal

#define BOOST_ASIO_SEPARATE_COMPILATION  // src/net/boost_net.cpp holds its one copy
#define BOOST_PROCESS_USE_STD_FS
#include "terminal/child_process.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>

#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/writable_pipe.hpp>
#include <boost/asio/write.hpp>
#include <boost/optional.hpp>  // missing in Boost 1.81's own headers when they use std::filesystem
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>

#include "support/text.hpp"

namespace acr::terminal {
namespace {

namespace asio = boost::asio;
namespace process = boost::process::v2;

constexpr std::chrono::milliseconds glance{50};

// This program has its signals blocked or ignored (signals.hpp); a child must still end when it is asked to.
struct OwnSignals {
  template <class Launcher>
  boost::system::error_code on_exec_setup(Launcher&, process::filesystem::path const&, char const* const*) {
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    std::signal(SIGPIPE, SIG_DFL);
    return {};
  }
};

// Reads to the end; what is beyond the limit is read and forgotten, so that the child never waits for us.
class Reader {
 public:
  Reader(asio::io_context& context, std::size_t most) : pipe(context), most_(most) {}
  asio::readable_pipe pipe;
  std::string text;
  bool cut = false;

  void start() {
    pipe.async_read_some(asio::buffer(chunk_), [this](boost::system::error_code error, std::size_t size) {
      auto const taken = std::min(size, most_ - std::min(most_, text.size()));
      text.append(chunk_, taken);
      cut = cut || taken < size;
      if (!error) start();
    });
  }

 private:
  std::size_t most_;
  char chunk_[4096];
};

}  // namespace

std::filesystem::path program_in_path(std::string_view name, std::string_view path) {
  for (auto const directory : split(path, ':')) {
    auto candidate = std::filesystem::path(directory) / name;
    if (candidate.is_absolute() && ::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

ChildResult run_child(std::filesystem::path const& program, std::vector<std::string> const& words, std::string const& input,
                      ChildLimits const& limits) {
  asio::io_context context;
  asio::writable_pipe to_child(context);
  Reader out(context, limits.output_bytes), err(context, limits.output_bytes);
  process::process child(context.get_executor(), program, words, process::process_stdio{to_child, out.pipe, err.pipe},
                         OwnSignals());
  asio::async_write(to_child, asio::buffer(input), [&](boost::system::error_code, std::size_t) { to_child.close(); });
  out.start();
  err.start();
  ChildResult result;
  if (!limits.clock && !limits.time) {
    context.run();
    result.status = child.wait();
  } else {
    auto const end = limits.time ? RunClock::Clock::now() + *limits.time : RunClock::Clock::time_point::max();
    boost::system::error_code ignored;
    while (!context.stopped() || child.running(ignored)) {
      result.late = RunClock::Clock::now() >= end;
      if (result.late || (limits.clock && limits.clock->cancelled())) break;
      // A child that has closed its streams may still run.
      if (context.stopped())
        ::usleep(std::chrono::microseconds(glance).count());
      else
        context.run_for(glance);
    }
    if (result.late || (limits.clock && limits.clock->cancelled()))
      child.terminate(ignored);
    else
      result.status = child.exit_code();
    if (limits.clock) limits.clock->check();
  }
  result.cut = out.cut;
  result.out = std::move(out.text);
  result.err = std::move(err.text);
  return result;
}

}  // namespace acr::terminal

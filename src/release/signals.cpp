#include "release/signals.hpp"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <ctime>

namespace acr::release {
namespace {

sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

void block_signals() {
  auto const set = watched();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

SignalWatch::SignalWatch(RunClock& clock)
    : thread_([&clock](std::stop_token const& stop) {
        auto const set = watched();
        bool cancelled = false;
        while (!stop.stop_requested()) {
          timespec const pause{.tv_sec = 0, .tv_nsec = 50'000'000};
          int const signal = sigtimedwait(&set, nullptr, &pause);
          if (signal < 0) continue;
          auto const status = signal == SIGINT ? ExitStatus::interrupted : ExitStatus::terminated;
          if (cancelled) _exit(static_cast<int>(status));
          cancelled = true;
          clock.cancel(status);
        }
      }) {}

SignalWatch::~SignalWatch() = default;

}  // namespace acr::release

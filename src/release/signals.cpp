#include "release/signals.hpp"

#include <pthread.h>
#include <unistd.h>

#include <csignal>

namespace acr::release {
namespace {

// Nobody but ~SignalWatch has a reason to send it. A signal that another thread is sent waits for it until it looks.
int wake_signal() { return SIGRTMIN; }

sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, wake_signal());
  return set;
}

}  // namespace

void block_signals() {
  auto const set = watched();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

SignalWatch::SignalWatch(RunClock& clock)
    : thread_([this, &clock] {
        auto const set = watched();
        bool cancelled = false;
        while (!stop_) {
          int const signal = sigwaitinfo(&set, nullptr);
          if (signal != SIGINT && signal != SIGTERM) continue;
          auto const status = signal == SIGINT ? ExitStatus::interrupted : ExitStatus::terminated;
          if (cancelled) _exit(static_cast<int>(status));
          cancelled = true;
          clock.cancel(status);
        }
      }) {}

SignalWatch::~SignalWatch() {
  stop_ = true;
  pthread_kill(thread_.native_handle(), wake_signal());
  thread_.join();
}

}  // namespace acr::release

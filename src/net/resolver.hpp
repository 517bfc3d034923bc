#pragma once

// Names to addresses, with a deadline: src/net/resolver.hpp
// The system's resolver can neither be interrupted nor bounded, so each look-up runs on a thread that is left
// behind when the answer comes too late (A-21: a cancelled run ends within seconds).

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/address.hpp"
#include "support/run_clock.hpp"

namespace acr::net {

/// Thread-safe. Callers that ask for one host at one time share the look-up; its answer serves for
/// limits::resolution_kept.
class Resolver {
 public:
  using Lookup = std::function<std::vector<std::string>(std::string const& host)>;

  /// `lookup` returns addresses as text, nothing for an unknown name; empty: getaddrinfo. `clock` must live
  /// longer.
  Resolver(RunClock& clock, Lookup lookup);
  ~Resolver();
  Resolver(Resolver const&) = delete;
  Resolver& operator=(Resolver const&) = delete;

  /// In order of preference, never empty. Literals stand for themselves, "localhost" for 127.0.0.1 and ::1
  /// (RFC 6761), whatever a resolver says. Throws NetworkError resolve or timeout, Cancelled.
  std::vector<Address> addresses(std::string const& host, RunClock::Clock::time_point until);

 private:
  struct Shared;
  RunClock& clock_;
  std::shared_ptr<Shared> shared_;  ///< also owned by look-ups under way
  std::unique_ptr<RunClock::OnCancel> on_cancel_;
};

}  // namespace acr::net

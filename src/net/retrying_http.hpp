#pragma once

// The one place that decides what is tried again, and when: src/net/retrying_http.hpp (G-26 … G-29, G-33,
// G-14, D-18)

#include <chrono>
#include <functional>
#include <memory>

#include "net/http.hpp"
#include "support/run_clock.hpp"

namespace acr::net {

/// Time and chance, replaced in tests. Empty members mean the real ones.
struct Pacing {
  std::function<void(std::chrono::milliseconds)> sleep{};         ///< RunClock::sleep
  std::function<RunClock::Clock::time_point()> now{};             ///< RunClock::Clock::now
  std::function<std::chrono::system_clock::time_point()> date{};  ///< std::chrono::system_clock::now
  std::function<double()> jitter{};                               ///< factor of a back-off, 0.75 … 1.25
};

/// Sends through `below` by Request::retry:
/// - 5xx (500, 502, 503, 504), 408 and failures of the connection: after 1, 2, 4 s (±25 %), 4 tries, only
/// when the
///   request is idempotent; then NetworkError server_error or the failure itself. A failed certificate, TLS
///   protocol errors, refusals of ours, wrong framing and too large bodies are never tried again.
/// - 403, 429 (G-28): `retry-after`, then (github_api) `x-ratelimit-remaining: 0` and `x-ratelimit-reset`,
/// then a text
///   that names a secondary limit (60 s, doubling); storage: 429 without marks backs off as above. Other 403
///   and 429 are handed over. The wait holds for all requests to that origin. A wait that does not fit the
///   run's time throws NetworkError rate_limited ("rate-limited", with the reset time in UTC) at once, so
///   does the fourth refusal.
/// - github_api: 202 after 2 s, 5 times; the sixth is handed over.
/// Every other reply is handed over. Thread-safe.
class RetryingHttp final : public Http {
 public:
  RetryingHttp(Http& below, RunClock& clock, Pacing pacing = {});
  ~RetryingHttp() override;
  Reply exchange(Request const& request) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace acr::net

#include "net/retrying_http.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>

#include "net/http_date.hpp"
#include "support/text.hpp"

namespace acr::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using SystemTime = std::chrono::system_clock::time_point;

bool is_server_error(int status) { return status == 500 || status == 502 || status == 503 || status == 504 || status == 408; }

/// Worth another try: the other side may do better next time.
bool is_passing(NetworkError const& error) {
  switch (error.failure()) {
    case Failure::resolve:
    case Failure::connect:
    case Failure::timeout:
    case Failure::closed_early:
    case Failure::truncated:
      return true;
    case Failure::proxy:
      return is_server_error(error.http_status());
    case Failure::tls:
    case Failure::certificate:
    case Failure::too_large:
    case Failure::bad_framing:
    case Failure::redirect_refused:
    case Failure::address_refused:
    case Failure::server_error:
    case Failure::rate_limited:
      break;
  }
  return false;
}

bool names_secondary_limit(Reply const& reply) {
  auto const text = to_lower_ascii(std::string_view(reply.body).substr(0, 65536));
  return text.find("secondary rate limit") != std::string::npos || text.find("abuse detection") != std::string::npos;
}

using std::chrono::sys_seconds;  // wide enough for any date that HTTP can write

/// The server's own clock when it tells, so that ours may be wrong.
sys_seconds server_date(Reply const& reply, SystemTime ours) {
  auto const* const date = reply.headers.find("date");
  return (date ? parse_http_date(*date) : std::nullopt).value_or(std::chrono::floor<seconds>(ours));
}

/// Never negative, and no longer than a year.
milliseconds bounded(seconds wait) { return std::clamp<seconds>(wait, seconds(0), std::chrono::hours(24 * 365)); }

sys_seconds epoch_time(std::uint64_t value) { return sys_seconds(seconds(static_cast<std::int64_t>(value))); }

}  // namespace

struct RetryingHttp::State {
  Http& below;
  RunClock& clock;
  Pacing pacing;
  std::mutex mutex;
  std::map<Origin, RunClock::Clock::time_point> closed_until;  ///< origins that asked us to wait (G-28)

  double jitter() {
    if (pacing.jitter) return pacing.jitter();
    thread_local std::minstd_rand generator{std::random_device{}()};
    return std::uniform_real_distribution<double>(0.75, 1.25)(generator);
  }

  [[nodiscard]] bool fits(milliseconds wait) const {
    return wait <= limits::longest_wait && (clock.left() == RunClock::Clock::duration::max() || wait < clock.left());
  }

  /// 1, 2, 4 s ±25 % (G-29).
  milliseconds back_off(unsigned tries) {
    return milliseconds(std::lround(1000.0 * std::pow(2.0, static_cast<double>(tries - 1)) * jitter()));
  }

  [[nodiscard]] NetworkError rate_limited(std::string const& host, int status, milliseconds wait, std::string const& why) {
    auto const until = std::chrono::ceil<seconds>(pacing.date() + wait);
    return {Failure::rate_limited, host,
            "the server limits our requests" + (status == 0 ? std::string() : " (HTTP " + std::to_string(status) + ")") +
                " until " + utc_text(until) + ", " + why,
            status};
  }

  void close_origin(Origin const& origin, milliseconds wait) {
    std::lock_guard const lock(mutex);
    auto& until = closed_until[origin];
    until = std::max(until, pacing.now() + wait);
  }

  /// Waits until the origin may be asked again, whichever exchange got that answer.
  void wait_for(Origin const& origin) {
    for (;;) {
      milliseconds wait{};
      {
        std::lock_guard const lock(mutex);
        auto const found = closed_until.find(origin);
        if (found == closed_until.end()) return;
        wait = std::chrono::ceil<milliseconds>(found->second - pacing.now());
        if (wait <= milliseconds(0)) {
          closed_until.erase(found);
          return;
        }
      }
      if (!fits(wait)) throw rate_limited(origin.host, 0, wait, "longer than this run may wait");
      pacing.sleep(wait);
    }
  }

  /// How long a 403 or 429 asks to wait (G-28, D-18); nothing: it is not a limit.
  std::optional<milliseconds> wanted_wait(Request const& request, Reply const& reply, unsigned tries) {
    auto const date = server_date(reply, pacing.date());
    if (auto const* const after = reply.headers.find("retry-after")) {
      if (auto const count = to_number(trimmed(*after), std::uint64_t{1} << 32)) {
        return bounded(seconds(static_cast<std::int64_t>(*count)));
      }
      if (auto const moment = parse_http_date(*after)) return bounded(*moment - date);
    }
    if (request.retry == RetryRules::storage) {
      return reply.status == 429 ? std::optional(back_off(tries)) : std::nullopt;
    }
    auto const* const remaining = reply.headers.find("x-ratelimit-remaining");
    auto const* const reset = reply.headers.find("x-ratelimit-reset");
    if (remaining && trimmed(*remaining) == "0" && reset) {
      if (auto const epoch = to_number(trimmed(*reset), std::uint64_t{1} << 33)) {
        return bounded(epoch_time(*epoch) + seconds(1) - date);
      }
    }
    if (names_secondary_limit(reply)) return limits::secondary_wait * (1U << (tries - 1));
    return std::nullopt;
  }

  /// After a try that may do better next time.
  void pause_before_retry(unsigned tries, NetworkError const& failure) {
    auto const wait = back_off(tries);
    if (tries >= limits::tries) throw with_note(failure, std::to_string(tries) + " tries");
    if (!fits(wait)) throw with_note(failure, "the run's time does not allow another try");
    pacing.sleep(wait);
  }

  static NetworkError with_note(NetworkError const& failure, std::string const& note) {
    return {failure.failure(), failure.host(), failure.reason() + " (" + note + ")", failure.http_status()};
  }

  Reply exchange(Request const& request) {
    if (request.retry == RetryRules::none) return below.exchange(request);
    unsigned computed = 0;
    for (unsigned tries = 1;; ++tries) {
      wait_for(request.url.origin());
      std::optional<Reply> reply;
      try {
        reply = below.exchange(request);
      } catch (NetworkError const& failure) {
        if (!request.idempotent || !is_passing(failure)) throw;
        pause_before_retry(tries, failure);
        continue;
      }
      auto const& host = reply->url.host;
      if (reply->status == 403 || reply->status == 429) {
        auto const wait = wanted_wait(request, *reply, tries);
        if (!wait) return std::move(*reply);
        if (request.on_limited) request.on_limited();
        if (!fits(*wait)) throw rate_limited(host, reply->status, *wait, "longer than this run may wait");
        if (tries >= limits::tries) {
          throw rate_limited(host, reply->status, *wait, "after " + std::to_string(tries) + " tries");
        }
        close_origin(reply->url.origin(), *wait);
        wait_for(reply->url.origin());
      } else if (is_server_error(reply->status)) {
        NetworkError const failure(Failure::server_error, host, "the server answers HTTP " + std::to_string(reply->status),
                                   reply->status);
        if (!request.idempotent) throw failure;
        pause_before_retry(tries, failure);
      } else if (reply->status == 202 && request.retry == RetryRules::github_api && request.idempotent &&
                 computed < limits::being_computed_tries && fits(limits::being_computed_wait)) {
        ++computed;
        --tries;  // "being computed" is not a failure; it has its own count (G-33)
        pacing.sleep(limits::being_computed_wait);
      } else {
        return std::move(*reply);
      }
    }
  }
};

RetryingHttp::RetryingHttp(Http& below, RunClock& clock, Pacing pacing)
    : state_(new State{below, clock, std::move(pacing), {}, {}}) {
  auto& p = state_->pacing;
  if (!p.sleep) p.sleep = [&clock](milliseconds pause) { clock.sleep(pause); };
  if (!p.now) p.now = [] { return RunClock::Clock::now(); };
  if (!p.date) p.date = [] { return std::chrono::system_clock::now(); };
}
RetryingHttp::~RetryingHttp() = default;
Reply RetryingHttp::exchange(Request const& request) { return state_->exchange(request); }

}  // namespace acr::net

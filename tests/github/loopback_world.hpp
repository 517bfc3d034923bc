#pragma once

// The real HTTP client against the stand-in for GitHub: tests/github/loopback_world.hpp

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "github/api.hpp"
#include "github/scripted_github.hpp"
#include "loopback/github_stand_in.hpp"
#include "net/http_client.hpp"
#include "net/retrying_http.hpp"
#include "support/places.hpp"

namespace acr::test {

inline loopback::StandInSettings lab(std::string const& scenario) {
  loopback::StandInSettings settings;
  settings.github.scenario = acr::test::data_folder().string() + "/lab/" + scenario;
  settings.github.token = "ghs_0123456789abcdef";
  return settings;
}

/// Waits of the retries take no time here; everything else is as in a run.
class LoopbackWorld {
 public:
  explicit LoopbackWorld(loopback::StandInSettings settings, std::string token = "ghs_0123456789abcdef",
                         std::string api_version = "2022-11-28")
      : stand_in(std::move(settings)),
        client_(clock, client_settings()),
        http_(client_, clock, pacing()),
        api(http_, clock, api_settings(stand_in.api_url(), std::move(token), std::move(api_version)), acme()) {}

 private:
  static net::ClientSettings client_settings() {
    net::ClientSettings settings;
    settings.user_agent = "atomic-chart-release/test";
    return settings;
  }
  // A clock that jumps over every wait.
  static net::Pacing pacing() {
    auto const skipped = std::make_shared<std::atomic<std::int64_t>>(0);
    net::Pacing pacing;
    pacing.sleep = [skipped](std::chrono::milliseconds pause) { *skipped += pause.count(); };
    pacing.now = [skipped] { return RunClock::Clock::now() + std::chrono::milliseconds(*skipped); };
    return pacing;
  }
  static github::ApiSettings api_settings(std::string url, std::string token, std::string api_version) {
    auto settings = settings_with(std::move(url));
    settings.token = std::move(token);
    settings.api_version = std::move(api_version);
    return settings;
  }

 public:
  RunClock clock{std::chrono::seconds(600)};
  loopback::GithubStandIn stand_in;

 private:
  net::HttpClient client_;
  net::RetryingHttp http_;

 public:
  github::Api api;
};

}  // namespace acr::test

#pragma once

// A NetworkSource over the real HTTP client, for tests: tests/dependencies/network_world.hpp
// Waits between tries take no time.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "dependencies/network_source.hpp"
#include "loopback/authority.hpp"
#include "loopback/chart_hosts.hpp"
#include "loopback/server.hpp"
#include "net/http_client.hpp"
#include "net/retrying_http.hpp"
#include "support/catch2.hpp"
#include "support/digest.hpp"

namespace acr::dependencies {

/// Plain http to 127.0.0.1, as when the API base is loopback http itself (D-32).
inline HostSettings loopback_settings(std::vector<std::string> const& credentials = {}) {
  HostSettings settings;
  settings.loopback_http = true;
  auto parsed = Credentials::parse(credentials);
  REQUIRE(parsed.has_value());
  settings.credentials = *parsed;
  return settings;
}

struct NetworkWorld {
  explicit NetworkWorld(HostSettings settings = loopback_settings(), std::size_t workers = 4, net::ClientSettings client = {},
                        RunLimits const& limits = {}, std::filesystem::path temporary = {})
      : http(clock, with_agent(std::move(client))),
        retrying(http, clock, pacing()),
        source(retrying, std::move(settings), workers, std::move(temporary), limits) {}

  static net::ClientSettings with_agent(net::ClientSettings client) {
    client.user_agent = "atomic-chart-release/test";
    return client;
  }
  net::Pacing pacing() {
    net::Pacing pacing;
    pacing.sleep = [this](std::chrono::milliseconds pause) { slept_ms += pause.count(); };
    pacing.now = [this] { return RunClock::Clock::now() + std::chrono::milliseconds(slept_ms); };
    return pacing;
  }

  /// The code, or "fetched".
  std::string outcome(ArchiveOrder const& order) {
    auto const results = source.fetch({order});
    REQUIRE(results.size() == 1);
    if (results[0]) return "fetched";
    last = results[0].error();
    return std::string(last.code.text());
  }
  FetchedArchive fetched(ArchiveOrder const& order) {
    auto const results = source.fetch({order});
    REQUIRE(results.size() == 1);
    INFO((results[0] ? std::string() : std::string(results[0].error().code.text()) + " " + results[0].error().sentence()));
    REQUIRE(results[0].has_value());
    return *results[0];
  }

  std::atomic<std::int64_t> slept_ms{0};
  RunClock clock;
  net::HttpClient http;
  net::RetryingHttp retrying;
  NetworkSource source;
  Rejection last;
};

inline std::string host_of(loopback::LoopbackServer const& server) { return "127.0.0.1:" + std::to_string(server.port()); }
inline std::string oci_of(loopback::LoopbackServer const& server) { return "oci://" + host_of(server); }

}  // namespace acr::dependencies

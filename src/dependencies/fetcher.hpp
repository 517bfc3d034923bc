#pragma once

// One polite question to a foreign host, and what its answer means: src/dependencies/fetcher.hpp (dependencies.md D-14, D-17,
// D-18, D-32 … D-36)

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dependencies/credentials.hpp"
#include "net/http.hpp"
#include "net/url.hpp"
#include "support/verdict.hpp"

namespace acr::dependencies {

struct NetworkSettings {
  std::vector<std::string> hosts;          ///< `dependency-hosts`: `host[:port]` or `*.suffix`; empty: any (D-32)
  std::vector<std::string> private_hosts;  ///< `dependency-private-hosts` (D-33)
  bool loopback_http = false;              ///< the API base itself is loopback http: tests (D-32)
  Credentials credentials{};
};

/// Thread-safe. Throws acr::Unreachable("dep-unreachable") when a host stays out of reach, and whatever net::Http throws for
/// time and cancellation.
class Fetcher {
 public:
  Fetcher(net::Http& http, NetworkSettings settings) : http_(http), settings_(std::move(settings)) {}

  /// The URL of a repository of the tree: https (loopback http in tests), allowed by `hosts`. Codes: dep-repository,
  /// dep-host-denied.
  [[nodiscard]] Verdict<net::Url> repository_url(std::string_view text) const;
  /// True when http may be spoken to it, and only then: a loopback address in tests.
  [[nodiscard]] bool speaks_http(net::Url const& url) const { return settings_.loopback_http && url.is_loopback(); }

  /// 200 or a refusal: dep-not-found, dep-auth, dep-address, dep-redirect, dep-too-large. Credentials of the URL's own host
  /// and path go along.
  Verdict<std::string> get(net::Url const& url, std::string_view accept, std::size_t max_body);
  /// Any answer but what retries settle; refusals of the connection only. `authorization` may be empty.
  Verdict<net::Reply> ask(net::Url const& url, std::string_view accept, std::size_t max_body, std::string const& authorization,
                          net::Redirects redirects = net::Redirects::follow);

  [[nodiscard]] Credentials const& credentials() const { return settings_.credentials; }
  /// All hosts asked so far, redirects included, sorted.
  [[nodiscard]] std::vector<std::string> hosts() const;

 private:
  net::Http& http_;
  NetworkSettings settings_;
  mutable std::mutex mutex_;
  std::set<std::string> asked_;
};

/// The refusal of an answer that is not 200 (D-18); throws Unreachable for statuses that say nothing about the request.
Rejection refused_answer(net::Reply const& reply, net::Url const& url);

/// URL of the index of a repository (D-14).
net::Url index_url(net::Url const& repository);
/// Where an archive of the index is (D-17); `oci://…` stays as it is. Code dep-repository.
Verdict<net::Url> archive_url(net::Url const& repository, std::string_view reference);

}  // namespace acr::dependencies

#pragma once

// One polite question to a foreign host, and what its answer means: src/dependencies/fetcher.hpp (dependencies.md D-14, D-17,
// D-18, D-32 … D-36)

#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dependencies/credentials.hpp"
#include "dependencies/login_file.hpp"
#include "net/http.hpp"
#include "net/url.hpp"
#include "support/verdict.hpp"

namespace acr::dependencies {

/// The inputs that say whom to ask.
struct HostSettings {
  std::vector<std::string> hosts{};          ///< `dependency-hosts`: `host[:port]` or `*.suffix`; empty: any (D-32)
  std::vector<std::string> private_hosts{};  ///< `dependency-private-hosts` (D-33)
  bool loopback_http = false;                ///< the API base itself is loopback http: tests (D-32)
  Credentials credentials{};
  FindLogin find_login{};  ///< for registries that no line of `credentials` covers; empty in the action (D-36)
};

/// What is asked of a host.
struct Question {
  net::Url url;                ///< https; http where speaks_http() allows it
  std::string method = "GET";  ///< or HEAD: nothing is ever written (O-24)
  std::string accept{};
  std::size_t max_body = 0;
  std::string authorization{};  ///< may be empty; goes to the origin of `url` only (D-34)
  std::string prefix{};         ///< and there below this path only (B-28); empty: all of the origin
  net::Redirects redirects = net::Redirects::follow;
  net::BodySink* sink = nullptr;
};

/// Thread-safe. Failures of the network are rejections (`dep-unreachable`); what net::Http throws for cancellation and the end
/// of the run's time passes.
class Fetcher {
 public:
  /// `http` tries again by Request::retry (RetryingHttp) and must live longer.
  Fetcher(net::Http& http, HostSettings settings);

  /// The URL of a repository of the tree: https or oci (loopback http in tests), allowed by `hosts`. Codes: dep-repository,
  /// dep-host-denied.
  [[nodiscard]] Verdict<net::Url> repository_url(std::string_view text) const;
  /// Where an archive of the index of `repository` is (D-17); `oci://…` stays as it is. Code dep-repository.
  [[nodiscard]] Verdict<net::Url> archive_url(net::Url const& repository, std::string_view reference) const;
  /// True when http may be spoken to it, and only then: a loopback address in tests.
  [[nodiscard]] bool speaks_http(net::Url const& url) const { return settings_.loopback_http && url.is_loopback(); }

  /// Any answer but those that retries settle, refusals of the connection else: dep-address, dep-redirect,
  /// dep-too-large, dep-unreachable.
  Verdict<net::Reply> ask(Question const& question);
  /// Asks with the credentials of the URL's own origin and path (D-36). Only a 200 is not a refusal.
  Verdict<net::Reply> get(Question question);

  [[nodiscard]] Credentials const& credentials() const { return settings_.credentials; }
  /// The login for a registry, when there are any.
  [[nodiscard]] Verdict<std::optional<Login>> login(net::Url const& registry) const;
  /// All hosts asked so far, those of redirects and of failed exchanges included, sorted.
  [[nodiscard]] std::vector<std::string> hosts() const;

 private:
  net::Http& http_;
  HostSettings settings_;
  mutable std::mutex mutex_;
  std::set<std::string> asked_;
};

/// The refusal of an answer that is not 200 (D-18): dep-not-found, dep-auth, dep-unreachable.
Rejection refused_answer(net::Reply const& reply, net::Url const& url);

/// URL of the index of a repository (D-14).
net::Url index_url(net::Url const& repository);

}  // namespace acr::dependencies

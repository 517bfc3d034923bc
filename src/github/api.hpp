#pragma once

// Calls to GitHub's API: src/github/api.hpp (github-api.md G-1 … G-9, G-26, G-30 … G-34, G-36, G-40)
// One place that builds requests and decides what a status means. What is tried again, and when, is decided
// below it, in net/retrying_http.hpp.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "github/limits.hpp"
#include "support/errors.hpp"
#include "support/run_clock.hpp"

namespace acr::net {
class Http;
}

namespace acr::github {

enum class OwnerKind { organization, user };

/// The repository the run is about. Everything is asked for this one; its numeric id decides what counts
///
struct Repository {
  std::string owner;                               ///< login, e.g. "acme"
  std::string name;                                ///< e.g. "helm-charts"
  std::uint64_t id = 0;                            ///< GITHUB_REPOSITORY_ID
  OwnerKind owner_kind = OwnerKind::organization;  ///< event: repository.owner.type
  [[nodiscard]] std::string full_name() const { return owner + "/" + name; }
};

struct ApiSettings {
  std::string base_url = "https://api.github.com";  ///< G-1; one trailing slash is dropped
  std::string graphql_url{};                        ///< G-36; counts at the base's origin alone, empty: derived from the base
  std::string token;                                ///< empty: no Authorization
  std::string api_version = "2022-11-28";           ///< X-GitHub-Api-Version
  std::size_t max_parallel = limits::parallel_requests;  ///< requests at once, 1 … limits::parallel_requests
};

/// A status that no caller can use. code(): "bad-token", "no-access", "bad-request", "api-version", "gone",
/// "validation-failed", "blocked", "bad-response", "rate-limited", "not-acceptable". what() holds method,
/// path without query, status, the server's messages (escaped, cut) and the request id; never a header or the
/// token (G-32).
class ApiError : public RunError {
 public:
  ApiError(SettledCode code, std::string const& sentence, int http_status)
      : RunError(code, sentence), http_status_(http_status) {}
  ApiError(ExitStatus status, Code code, std::string const& sentence, int http_status)
      : RunError(status, code, sentence), http_status_(http_status) {}
  [[nodiscard]] int http_status() const noexcept { return http_status_; }

 private:
  int http_status_;
};

/// One request. `path` starts with "/" and is made of percent-encoded segments (G-3), see path().
struct Call {
  std::string method = "GET";
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;  ///< not encoded
  std::string body;                                        ///< JSON; for POST and PATCH
  std::string accept = "application/vnd.github+json";
  bool read = true;             ///< may be repeated: every GET, and the POST of G-12b
  bool names_version = true;    ///< send X-GitHub-Api-Version
  bool conditional = false;     ///< send the stored ETag; a 304 gives the stored body (G-30)
  bool graphql = false;         ///< goes to the GraphQL address, `path` is not read; sent once, whatever comes (G-38)
  std::vector<int> expected{};  ///< statuses beside 200 and 201 that the caller handles itself
  std::size_t body_limit = limits::json_bytes;
};

struct Answer {
  int status = 0;
  std::string body;
  std::string link;  ///< `Link` header, empty when absent
  std::string content_type;
  std::string about;       ///< "GET /repos/acme/charts": for messages
  std::string message;     ///< of an error: the server's messages, escaped and cut (G-32); else empty
  std::string request_id;  ///< of an error: x-github-request-id, escaped
  bool unchanged = false;  ///< a 304 was answered, `body` is the stored one
};

/// What the run should say about its use of the API, once, at the end.
struct ApiUse {
  std::uint64_t requests = 0;              ///< answers received, redirects and retries not counted
  std::uint64_t unchanged = 0;             ///< of these, 304
  std::optional<std::uint64_t> remaining;  ///< lowest x-ratelimit-remaining seen (G-26); none: the server sends none
  bool renamed = false;                    ///< the repository answered under /repositories/<id> (G-9)
  bool version_dropped = false;            ///< an Enterprise Server did not know our API version (G-4)
  /// Sentences to show as warnings, in fixed order.
  [[nodiscard]] std::vector<std::string> warnings() const;
};

/// Percent-encodes each segment and joins them with "/": path({"repos", owner, name}) (G-3). The `:` of a
/// digest stays. Throws BadEnvironment("bad-name") for an empty, "." or ".." segment: it would name something
/// else.
std::string path(std::vector<std::string_view> const& segments);
/// A ref below `prefix`: its slashes stay (G-3).
std::string path_with_ref(std::vector<std::string_view> const& segments, std::string_view ref);

/// Thread-safe. At most `max_parallel` requests are under way at once; further callers wait. Each time the server limits them
/// it is half as many from then on (G-40).
class Api {
 public:
  /// `http` (a RetryingHttp: nothing is tried again here), `clock`: must live longer. Throws
  /// BadEnvironment("bad-api-url") for a base that is not an absolute https URL (plain http: loopback only), has a
  /// query, a fragment or credentials.
  Api(net::Http& http, RunClock& clock, ApiSettings settings, Repository repository);
  ~Api();
  Api(Api const&) = delete;
  Api& operator=(Api const&) = delete;

  [[nodiscard]] Repository const& repository() const;
  [[nodiscard]] ApiSettings const& settings() const;
  [[nodiscard]] RunClock& clock() const;
  /// The client below, for requests that are none of the API's (storage).
  [[nodiscard]] net::Http& http() const;
  /// "/repos/{owner}/{repo}" plus the encoded segments.
  [[nodiscard]] std::string repository_path(std::vector<std::string_view> const& segments = {}) const;
  /// True when the host is none of api.github.com, *.ghe.com, loopback (G-15).
  [[nodiscard]] bool is_enterprise_server() const;
  /// Where GraphQL is asked: at the origin of the base, whatever the environment says (G-36).
  [[nodiscard]] std::string graphql_url() const;
  /// True when the base is plain http on a loopback address: then storage may be, too (G-10).
  [[nodiscard]] bool is_plain_loopback() const;

  /// The answer, when its status is 200, 201 or one of `call.expected`; any other status throws ApiError by
  /// G-33, an unreachable or limiting server throws net::NetworkError.
  Answer call(Call const& call);

  /// GETs `call` and every page behind `Link: …; rel="next"` (G-31), each handed to `page` in order; stops
  /// when `page` returns false. Only the first page may have a status of `call.expected`. Throws
  /// ApiError("bad-response") for a link that leaves the API or repeats, ApiError("listing-too-long") for one that goes beyond
  /// limits::pages.
  void pages(Call const& call, std::function<bool(Answer const&)> const& page);

  /// Lowest x-ratelimit-remaining so far; asks /rate_limit (which is free) when no answer had it. Nothing:
  /// unlimited.
  std::optional<std::uint64_t> remaining();

  [[nodiscard]] ApiUse use() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// GET /meta (G-15): what kind of server this is.
struct Meta {
  std::optional<std::string> installed_version;  ///< Enterprise Server only
  std::optional<std::string> trust_domain;       ///< domains.artifact_attestations.trust_domain: GHE.com's own Sigstore
};
Meta meta(Api& api);

}  // namespace acr::github

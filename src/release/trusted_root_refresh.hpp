#pragma once

// Trusted roots that stay current: src/release/trusted_root_refresh.hpp (T-2 … T-14, T-31, T-33)
// What one repository has to say, and what a run does with it. The second is a pure function.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/inputs.hpp"
#include "event/runner_environment.hpp"
#include "net/http_client.hpp"
#include "release/tuf_fetch.hpp"
#include "sigstore/trusted_root.hpp"
#include "support/errors.hpp"
#include "support/run_clock.hpp"
#include "support/time.hpp"
#include "tuf/client.hpp"

namespace acr::release {

enum class RefreshMode { automatic, require, off };

/// The copy that a program carries (T-6).
struct BuiltInCopy {
  std::string trusted_root;  ///< JSON text
  std::string date;          ///< "2026-08-01"
};

/// One instance's repository (section 2 of the sheet).
struct TrustSource {
  std::string organization;  ///< O of its issuers (V-30)
  std::string instance;      ///< "public-good", "github", or the organisation encoded: a directory's name (T-35)
  TufAddress address;
  std::string initial_root;
  tuf::Floors floors;  ///< they belong to the initial root
  std::string target = "trusted_root.json";
  std::string name;  ///< for reports: "<host>/<target>", in tests the target alone (T-14)
  std::optional<BuiltInCopy> built_in;
  bool named_by_server = false;  ///< T-5: the target is not known before `GET /meta` says it; see tenant_trust_source()
};

/// Public good and GitHub's own.
std::vector<TrustSource> default_trust_sources();

/// Those of the environment: the variable of T-13a, else of a tenant its own alone (T-5), else default_trust_sources(). Throws
/// BadEnvironment.
std::vector<TrustSource> trust_sources(std::function<std::optional<std::string>(std::string const&)> const& environment);

/// T-13a: what the environment variable ACR_TUF_REPOSITORIES says. `api_url`: GITHUB_API_URL in an Actions run, else empty.
/// Throws BadEnvironment("tuf-repositories"), whose message names the variable.
std::vector<TrustSource> test_trust_sources(std::string_view text, std::string_view api_url);

// Data residency (T-5).

/// "octocorp" for `https://api.octocorp.ghe.com`; nothing for any other API.
std::optional<std::string> tenant_of(std::string_view api_url);
/// `repository` with the target that the trust domain of `GET /meta` names. Refused, code "trust-domain": none, or other
/// characters than letters, digits, `-` and `.`.
Verdict<TrustSource> tenant_trust_source(TrustSource repository, std::optional<std::string> const& trust_domain);
/// `https://token.actions.<tenant>.ghe.com`.
std::string tenant_issuer(std::string_view tenant);
/// `inputs` with the tenant's issuer where `oidc-issuer` is not set.
event::InputLookup with_tenant_issuer(event::InputLookup inputs, std::string_view api_url);
/// The web address that certificates name: of the environment, else the tenant's, else https://github.com. Throws
/// BadEnvironment when the API is a tenant's and the address another's.
std::string server_url(event::RunnerEnvironment const& environment);

/// What offline commands trust without a file: what the variable of T-13a says; nothing: what is built in. Throws
/// BadEnvironment.
std::optional<std::vector<sigstore::TrustedRoot>> offline_roots(
    std::function<std::optional<std::string>(std::string const&)> const& environment);

/// A verified, unexpired copy.
struct FreshRoot {
  std::string json;
  std::string name;       ///< TrustSource::name of what was asked
  std::int64_t root = 0;  ///< TUF versions
  std::int64_t targets = 0;
  std::int64_t timestamp = 0, snapshot = 0;  ///< never in a report (T-14)
  Time expires;
};

/// What asking one repository came to.
struct RefreshOutcome {
  enum class Kind { fresh, unreachable, expired, wrong };
  Kind kind = Kind::unreachable;
  FreshRoot fresh;  ///< for `fresh`
  Rejection fault;  ///< for all others; `where` names the file
};

/// T-8, T-9: an outage, a freeze, or an answer that is wrong.
RefreshOutcome::Kind kind_of(Rejection const& fault);

/// Asks the repository. `now` was taken before the first request (T-22). `http` has the deadline. `ahead`: two files are asked
/// for at once (T-24). Throws Cancelled, and what the store throws. `kept`: a copy of the target that is there already, used
/// when it is the listed one.
RefreshOutcome refresh_trusted_root(TrustSource const& source, tuf::Store& store, net::Http& http, Time now, bool ahead = true,
                                    std::string_view kept = {});

/// What `store` and `kept` hold, after the same checks as after a refresh; no request (T-35).
RefreshOutcome stored_trusted_root(TrustSource const& source, tuf::Store& store, std::string_view kept, Time now);

/// What a run judges the bundles of one instance by.
struct RootChoice {
  enum class Use { fresh, built_in, nothing };
  Use use = Use::nothing;
  std::optional<Rejection> notice;  ///< nothing is refused for these two
  std::optional<Rejection> warning;
  std::optional<Rejection> refusal;  ///< with `nothing`: what needs the instance is refused
  ExitStatus status = ExitStatus::done;
};

/// T-7 … T-11. `outcome`: null when nothing was asked (`off`). `built_in_date`: empty without a built-in copy.
RootChoice choose_root(RefreshMode mode, RefreshOutcome const* outcome, std::string_view organization,
                       std::string_view built_in_date, Time now);

/// Asks all repositories at once, each on a thread of its own, with one deadline. The connections are its own, not the run's: a
/// client's deadline and cancellation are its clock's, and these ten seconds end before the run does. They share no host, so
/// nothing is lost by it.
class TrustedRootRefresh {
 public:
  /// How one is asked; called on a thread of its own. What it throws, outcome_of() throws.
  using Ask = std::function<RefreshOutcome(TrustSource const& source, net::Http& http, Time now)>;

  /// Asks nothing yet. `clock` and `client` must live longer: cancelling the clock ends the refresh, and the client's settings
  /// and authorities are used.
  TrustedRootRefresh(std::vector<TrustSource> sources, RunClock& clock, net::HttpClient const& client,
                     std::chrono::seconds budget, Ask ask);
  /// Cancels what is still being asked (T-8).
  ~TrustedRootRefresh();
  TrustedRootRefresh(TrustedRootRefresh const&) = delete;
  TrustedRootRefresh& operator=(TrustedRootRefresh const&) = delete;

  /// Begins; further calls do nothing.
  void begin();
  /// Waits for one repository; begins when nobody did. Null: there is no repository of this organisation. Thread-safe.
  RefreshOutcome const* outcome_of(std::string_view organization);
  [[nodiscard]] std::vector<TrustSource> const& sources() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Now, to the nanosecond.
Time time_now();

}  // namespace acr::release

#pragma once

// The outside world of a run, put together once: src/release/services.hpp
// Local objects, HTTP client with retries, GitHub's API, object source by `object-source`, verifier with its roots.

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "event/inputs.hpp"
#include "event/runner_environment.hpp"
#include "git/objects.hpp"
#include "github/api.hpp"
#include "github/attestations.hpp"
#include "net/http_client.hpp"
#include "release/repository.hpp"
#include "release/trusted_root_refresh.hpp"
#include "report/release_record.hpp"
#include "sigstore/verifier.hpp"
#include "support/run_clock.hpp"

namespace acr::release {

struct ServiceSettings {
  std::filesystem::path workspace;
  std::filesystem::path clone{};  ///< whose `.git` has the objects; empty: the workspace
  event::ObjectSourceChoice object_source = event::ObjectSourceChoice::automatic;
  std::string trusted_root;                 ///< workspace-relative file, empty: built-in roots
  RefreshMode refresh = RefreshMode::off;   ///< of the built-in roots (T-7)
  std::chrono::seconds refresh_budget{10};  ///< for each repository, retries included (T-8)
  std::vector<TrustSource> trust_sources;   ///< for which repositories, and what is built in of each
  github::ApiSettings api;
  github::Repository repository;
  net::ClientSettings client;
};

/// What the inputs and the variables of `lookup` say of it: proxies, trust sources, and whether the runner or a person waits.
/// Throws BadEnvironment for a proxy that cannot be used.
ServiceSettings service_settings(event::ActionInputs const& inputs, Repository const& repository,
                                 std::filesystem::path const& workspace, event::EnvironmentLookup const& lookup);

/// The trusted roots of a file. Throws BadEnvironment("trusted-root").
std::vector<sigstore::TrustedRoot> trusted_roots(std::filesystem::path const& workspace, std::string const& file);

/// Nothing goes to the network before the first question. Thread-safe where its parts are.
class Services {
 public:
  /// `clock` must live longer. Throws BadEnvironment.
  Services(ServiceSettings settings, RunClock& clock);
  ~Services();
  Services(Services const&) = delete;
  Services& operator=(Services const&) = delete;

  git::ObjectSource& objects();
  github::Api& api();
  github::Attestations& attestations();
  sigstore::Verifier const& verifier() const;
  /// Asks for current roots now; else the first bundle does (T-8).
  void begin_refresh();
  /// After the run: repositories that could not be reached (T-8).
  [[nodiscard]] std::vector<std::string> root_notices() const;
  /// Those that bundles were judged by so far, ordered by organisation; a given file in any case (T-14).
  [[nodiscard]] std::vector<report::TrustedRoot> trusted_roots() const;
  net::Http& http();

  /// What was chosen and why, for the log: "no checkout: …".
  [[nodiscard]] std::vector<std::string> const& notices() const;
  /// What the use of the API showed, after the run.
  [[nodiscard]] std::vector<std::string> warnings() const;
  /// The same for who wants to know more (G-26).
  [[nodiscard]] std::vector<std::string> debug_lines() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace acr::release

#pragma once

// Conversations with OCI registries: src/dependencies/oci_registry.hpp (dependencies.md D-20 … D-22; binding.md B-27, B-28;
// OCI distribution 1.1)

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dependencies/fetcher.hpp"
#include "dependencies/oci_auth.hpp"
#include "dependencies/oci_manifest.hpp"
#include "dependencies/oci_reference.hpp"

namespace acr::dependencies {

/// A chart as a registry gave it; size and digests fit.
struct PulledChart {
  std::string bytes;
  std::string manifest_sha256;  ///< of the manifest or index that the tag names
  std::vector<Rejection> warnings;
};

/// Thread-safe; one token per host and path (D-22). A token goes to the registry that asked for it alone, a password besides to
/// the token services that its line allows (B-27).
class OciRegistries {
 public:
  /// `now` is steady_clock's, unless given.
  explicit OciRegistries(Fetcher& fetcher, std::function<std::chrono::steady_clock::time_point()> now = {});

  /// Codes: those of Fetcher, dep-auth, dep-not-found, dep-oci-manifest, dep-digest-mismatch, dep-too-large.
  Verdict<PulledChart> pull(OciReference const& reference);

  enum class Want { headers, manifest };
  /// What the tag names, whatever its type (O-23): a 200. Nothing: the registry itself says 404. Codes: those of Fetcher,
  /// dep-auth; dep-not-found for a 404 of somebody else, who can say nothing about the tag.
  Verdict<std::optional<net::Reply>> find(OciReference const& reference, Want want);

 private:
  /// How a repository wants to be asked; found out by the first 401.
  struct Access {
    std::mutex mutex;
    std::string authorization;  ///< value of `Authorization`; empty: bare
    std::chrono::steady_clock::time_point until{};
    std::string kept_back;  ///< of a login that was not sent to the token service; for refusals
    std::string line;       ///< the line of registry-credentials that would send it
  };

  Verdict<net::Reply> ask(OciReference const& reference, Question& question);
  Verdict<net::Reply> get(OciReference const& reference, std::string_view what, std::string_view accept, std::size_t max_body);
  Verdict<net::Reply> get_manifest(OciReference const& reference, std::string const& name, std::string const& where);
  Verdict<std::string> authorize(OciReference const& reference, Access& access, std::string const& refused,
                                 net::Reply const& reply);
  Verdict<std::string> ask_for_token(OciReference const& reference, Access& access, Challenge const& challenge);
  Verdict<OciManifest> chart_manifest(OciReference const& reference, net::Reply const& reply, std::string_view where);
  Rejection refused_by(OciReference const& reference, Question const& question, net::Reply const& reply);
  /// The line for the repository, or null.
  [[nodiscard]] Credential const* line_of(OciReference const& reference) const;
  [[nodiscard]] net::Url wire_url(OciReference const& reference, std::string_view what) const;
  Access& access_of(OciReference const& reference);

  Fetcher& fetcher_;
  std::function<std::chrono::steady_clock::time_point()> now_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Access>> accesses_;  ///< by host and path
};

}  // namespace acr::dependencies

#pragma once

// What a registry has under the reference of a chart: src/dependencies/registry_look.hpp (oci.md O-22 … O-24)
// Looks and nothing else: HEAD and GET, and never a scope but `pull`. The host comes from the caller's own input, so that
// `dependency-hosts` does not bind it; a private address needs `dependency-private-hosts` (D-33).

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "dependencies/fetcher.hpp"
#include "dependencies/oci_registry.hpp"
#include "oci/chart_reference.hpp"
#include "support/verdict.hpp"

namespace acr::dependencies {

enum class TagCheck {
  free,   ///< before a push: the tag may name nothing, or this manifest
  pushed  ///< after it: the tag must name this manifest
};

enum class TagState {
  free,      ///< the tag names nothing
  published  ///< it names the manifest: the push is not needed, and harmless
};

/// "free", "published"
std::string to_text(TagState state);

/// The manifest that a tag should name.
struct PlannedManifest {
  oci::ChartReference reference;
  std::string digest;  ///< "sha256:<hex>"
  std::string text;    ///< its bytes: the first difference from what is there is named
};

/// Looks at one tag, with whatever is wanted of it settled before; several calls at a time.
using AskRegistry = std::function<Verdict<TagState>(PlannedManifest const&)>;

/// Thread-safe.
class RegistryLook {
 public:
  /// Waits; may throw, as RunClock::sleep() does.
  using Sleep = std::function<void(std::chrono::milliseconds)>;

  /// `http` tries again by Request::retry (net::RetryingHttp) and must live longer.
  RegistryLook(net::Http& http, HostSettings settings, Sleep sleep);

  /// Codes: oci-tag-taken; oci-digest-differs, oci-not-pushed (after three more tries in 7 s); oci-auth, oci-unreachable; of
  /// D-33 … D-35 dep-address, dep-redirect, dep-too-large. `where` is the chart's reference.
  Verdict<TagState> look(PlannedManifest const& planned, TagCheck check);

 private:
  Verdict<std::optional<std::string>> digest_of(OciReference const& reference, std::string const& where);
  Rejection other(PlannedManifest const& planned, OciReference const& reference, std::string const& found, TagCheck check);

  Fetcher fetcher_;
  OciRegistries registries_;
  Sleep sleep_;
};

}  // namespace acr::dependencies

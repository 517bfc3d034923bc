#pragma once

// Names of charts in OCI registries: src/dependencies/oci_reference.hpp (dependencies.md D-17, D-19)

#include <string>
#include <string_view>

#include "net/url.hpp"
#include "support/verdict.hpp"

namespace acr::dependencies {

struct OciReference {
  net::Url registry;  ///< `oci://host[:port]/`; the host is the one to ask (registry_host)
  std::string path;   ///< "charts/web", without slashes at its ends
  std::string tag;
  /// "oci://host/charts/web:1.2.3" (D-31)
  [[nodiscard]] std::string text() const;
};

/// `<repository>/<name>:<version>`, `+` of the version as `_`. Code dep-repository.
Verdict<OciReference> chart_reference(std::string_view repository, std::string_view name, std::string_view version);
/// `oci://host/path:tag`, as an index may give it. Code dep-repository.
Verdict<OciReference> tagged_reference(net::Url const& url);

}  // namespace acr::dependencies

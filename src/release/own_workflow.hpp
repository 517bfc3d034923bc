#pragma once

// The workflow that this action ships for releases, whose word on packages counts: src/release/own_workflow.hpp (B-16a)

#include <string_view>

#include "sigstore/released_workflow.hpp"

namespace acr::release {

/// The oldest release whose workflow is trusted, by any caller. Raised with each security advisory about it.
inline constexpr std::string_view oldest_trusted = "1.0.0";

/// `.github/workflows/release-charts.yaml` of the repository that this program was released from (ACR_SOURCE of CMakeLists.txt,
/// the image's `source` label), at tags of this program's major version that are not below `oldest_trusted`.
sigstore::ReleasedWorkflow own_workflow();

/// The same of another repository ("https://host/owner/repo") and program. Throws std::logic_error for an address or version of
/// another form.
sigstore::ReleasedWorkflow shipped_workflow(std::string_view source, std::string_view own, std::string_view oldest);

}  // namespace acr::release

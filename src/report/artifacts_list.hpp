#pragma once

// Lines for GITHUB_ARTIFACTS, written with `declare-artifacts: true` only: src/report/artifacts_list.hpp

#include <string>
#include <string_view>
#include <vector>

#include "support/verdict.hpp"

namespace acr::report {

/// One workspace-relative path per line. Refused (code "artifacts-list"), since one bad line fails the step: `=` or a
/// control character in a path, an absolute path, `..`, a leading `#` or `oci:`, white space at either end, two paths of
/// one base name, over 500 lines or 1 MiB.
Verdict<std::string> artifacts_list(std::vector<std::string> const& paths);

}  // namespace acr::report

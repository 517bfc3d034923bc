#pragma once

// Where a `file://` dependency points to: src/chart/local_dependency.hpp (D-24, P-90, P-109)

#include <optional>
#include <string>
#include <string_view>

#include "chart/source_tree.hpp"
#include "support/verdict.hpp"

namespace acr::chart {

/// True for a repository text of the form `file://…`.
bool is_local_repository(std::string_view repository);

/// The directory that `repository` names, joined to where the declaring chart really lies, links resolved; nothing when that is
/// no directory of the repository, or one without any Chart.yaml (B-1a).
std::optional<std::string> local_directory(SourceTree const& tree, std::string_view chart_root, std::string_view repository);

/// The directory in the repository, links resolved, that `repository` ("file://" and an undecoded path
/// relative to the declaring chart) names. Rejected (`dep-local-path`): an absolute path, one outside the
/// repository, a directory without Chart.yaml, the chart itself, an ancestor of it.
Verdict<std::string> local_dependency(SourceTree const& tree, std::string_view chart_root, std::string_view repository);

}  // namespace acr::chart

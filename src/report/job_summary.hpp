#pragma once

// The job summary, Markdown for GITHUB_STEP_SUMMARY: src/report/job_summary.hpp

#include <string>
#include <string_view>

#include "report/release_manifest.hpp"
#include "report/release_record.hpp"

namespace acr::report {

/// Verdict first, then refusals (expected, found, what to do), charts, lineage graph, dependencies, warnings. At most
/// 960 KiB: cut at a row's end, the last line says how many rows are missing.
std::string job_summary(ReleaseRecord const& record, ReleasePlaces const& files);

/// What `finalize` recorded. `description` is shown when the pull request could not be written; empty otherwise.
std::string finalize_summary(ReleaseManifest const& manifest, std::string_view server_url, std::string_view repository,
                             std::string_view overall_id, std::string_view description);

}  // namespace acr::report

#pragma once

// tag-verification.json, the subject of `w7-tag-verify`: src/report/verification_report.hpp (A-72, D-31;
// docs/schema/verification-report.schema.json)

#include <functional>
#include <string>
#include <string_view>

#include "report/release_record.hpp"

namespace acr::report {

/// The whole record as JSON (two-space indent, LF, UTF-8): policy, trusted roots, per chart the tag, each lineage entry
/// with its verdict, facts and checks, dependencies, refusals, warnings. Written for refused runs too. Equal records
/// give equal bytes; invalid UTF-8 of foreign texts is escaped as printable() does.
std::string verification_report(ReleaseRecord const& record);
/// The same text in pieces, one for each chart, so that no more than a chart's is in memory.
void write_verification_report(ReleaseRecord const& record, std::function<void(std::string_view piece)> const& take);

/// "sha256:…" of the policy inputs (ReleaseRecord::policy), as report and VSA name them: SHA-256 of the compact ASCII
/// JSON object of name → value.
std::string policy_digest(ReleaseRecord const& record);

/// That JSON object.
std::string policy_json(ReleaseRecord const& record);

}  // namespace acr::report

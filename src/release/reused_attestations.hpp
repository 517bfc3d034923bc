#pragma once

// One attestation counts for one key of a chart: src/release/reused_attestations.hpp (B-7)

#include <string_view>
#include <vector>

#include "report/release_record.hpp"

namespace acr::release {

/// Refuses (`attestation-reused`) every entry whose id, signature or signed statement is that of an entry before it. `entries`:
/// of one chart, in the annotation's order, after they were verified; `tag` names them in the message. The first entry keeps
/// its verdict, and an entry that is refused already keeps its reason.
void refuse_reused(std::vector<report::LineageEntry>& entries, std::string_view tag);

}  // namespace acr::release

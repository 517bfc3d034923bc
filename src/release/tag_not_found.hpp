#pragma once

// A tag that never came, and the tags that may have been meant: src/release/tag_not_found.hpp (A-91, G-16)

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "git/objects.hpp"
#include "release/changed_chart.hpp"
#include "support/verdict.hpp"

namespace acr::release {

/// What a tag that never came is refused with.
struct NearMisses {
  std::vector<std::string> names;  ///< tags that may have been meant, the newest version first
  std::string tag_format;          ///< that fits the chart's tags, when tag-format does not; else empty
};
/// `tags`: names that begin with the chart's name, in any order; `format`: tag-format.
NearMisses near_misses(std::string_view chart, std::string_view version, std::string_view format,
                       std::vector<std::string> const& tags);

/// The refusal of a chart whose tag the server does not have, with near misses. `in_checkout`: where the checkout has it
/// (B-24); `tag_format`: the input; `head`: the change's; `waited`: how long it could have come late.
Rejection tag_not_found(ChangedChart const& chart, std::optional<git::ObjectId> const& in_checkout, std::string_view tag_format,
                        git::ObjectId const& head, std::chrono::seconds waited, git::ObjectSource& objects);

}  // namespace acr::release

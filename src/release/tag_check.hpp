#pragma once

// Does the tag vouch for what the head holds?: src/release/tag_check.hpp (A-55, A-91 … A-97; section 11)

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chart/source_tree.hpp"
#include "git/objects.hpp"
#include "release/chart_work.hpp"
#include "release/settings.hpp"
#include "support/verdict.hpp"

namespace acr::release {

/// `tag-format` with `{name}` and `{version}` filled in.
std::string tag_name(std::string_view format, std::string_view name, std::string_view version);

/// Looks all the charts' tags up, in one question (B-24). Answers in their order; false: not there yet (nothing is recorded);
/// true: found, `work.tag` is set, or refused. A tag that the checkout has at another object than the server is the warning
/// `tag-differs`.
std::vector<char> find_tags(std::vector<ChartWork*> const& works, git::ObjectSource& objects, std::size_t workers);

/// What a tag that never came is refused with.
struct NearMisses {
  std::vector<std::string> names;  ///< tags that may have been meant, the newest version first
  std::string tag_format;          ///< that fits the chart's tags, when tag-format does not; else empty
};
/// `tags`: names that begin with the chart's name, in any order; `format`: tag-format.
NearMisses near_misses(std::string_view chart, std::string_view version, std::string_view format,
                       std::vector<std::string> const& tags);

/// The refusal of a tag that never came, with near misses (G-16). `waited`: how long it could have come late.
Rejection tag_not_found(ChartWork const& work, git::ObjectSource& objects, RunSettings const& settings,
                        std::chrono::seconds waited);

/// The trees that must hold the same content. `merge` is null when the test merge is not at hand.
struct BoundTrees {
  chart::SourceTree const& head;
  chart::SourceTree const* merge;
};

/// Reads the annotation and binds the tag to the change: release line, commit line, ancestry, equal content at tag, head and
/// test merge.
void check_tag(ChartWork& work, git::ObjectSource& objects, BoundTrees const& trees, RunSettings const& settings);

}  // namespace acr::release

#pragma once

// Does the tag vouch for what the head holds?: src/release/tag_check.hpp (A-55, A-91 … A-97; section 11)

#include <optional>
#include <string>
#include <string_view>

#include "chart/source_tree.hpp"
#include "git/objects.hpp"
#include "release/chart_work.hpp"
#include "release/settings.hpp"
#include "support/verdict.hpp"

namespace acr::release {

/// `tag-format` with `{name}` and `{version}` filled in.
std::string tag_name(std::string_view format, std::string_view name, std::string_view version);

/// Looks the chart's tag up. False: not there yet (nothing is recorded); true: found, `work.tag` is set, or refused.
bool find_tag(ChartWork& work, git::ObjectSource& objects);

/// The refusal of a tag that never came, with near misses (G-16). `wait`: how long it could have come late; not how long it took to look,
/// so that a report never depends on timing.
Rejection tag_not_found(ChartWork const& work, git::ObjectSource& objects, std::string_view head, std::chrono::seconds wait);

/// The trees that must hold the same content. `merge` is null when the test merge is not at hand.
struct BoundTrees {
  chart::SourceTree const& head;
  chart::SourceTree const* merge;
};

/// Reads the annotation and binds the tag to the change: release line, commit line, ancestry, equal content at tag, head and test merge.
void check_tag(ChartWork& work, git::ObjectSource& objects, BoundTrees const& trees, RunSettings const& settings);

}  // namespace acr::release

#pragma once

// A chart whose annotated tag is there: src/release/tagged_chart.hpp (A-91 … A-94, B-24)

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "git/annotated_tag.hpp"
#include "git/objects.hpp"
#include "git/tag_annotation.hpp"
#include "release/changed_chart.hpp"
#include "release/findings.hpp"
#include "support/verdict.hpp"

namespace acr::release {

/// The server has the chart's tag; it is an annotated one of that name, it points at a commit, and its annotation was read.
/// Whether it vouches for what the head holds is the next stage (bound_chart.hpp).
class TaggedChart {
 public:
  /// `ref`: what the server has under the chart's tag. Refused as git::resolve_tag().
  static Verdict<std::shared_ptr<TaggedChart const>> resolve(ChangedChart const& chart, git::Ref const& ref,
                                                             git::ObjectSource& objects);

  [[nodiscard]] ChangedChart const& chart() const { return chart_; }
  [[nodiscard]] git::Commit const& commit() const { return tag_.commit; }
  [[nodiscard]] git::ObjectId const& tag_object() const { return tag_.tag_object; }
  [[nodiscard]] git::Lineage const& lineage() const { return lineage_; }

 private:
  TaggedChart(ChangedChart chart, git::ResolvedTag tag);
  ChangedChart chart_;
  git::ResolvedTag tag_;  // without its message
  git::Lineage lineage_;
};

/// What a look at one chart's tag has found.
struct TagLook {
  std::shared_ptr<TaggedChart const> tagged;  ///< nothing: refused, or not there yet
  bool there = false;                         ///< the server has a ref of this name
  /// Where the checkout has the tag, when the server has it elsewhere or not at all (B-24).
  std::optional<git::ObjectId> in_checkout;
  Findings findings;  ///< the warning `tag-differs`; what an unusable tag is refused for
};

/// Looks all the charts' tags up, in one question (B-24). Answers in their order.
std::vector<TagLook> look_for_tags(std::vector<ChangedChart const*> const& charts, git::ObjectSource& objects,
                                   std::size_t workers);

}  // namespace acr::release

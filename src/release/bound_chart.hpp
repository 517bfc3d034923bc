#pragma once

// A chart whose tag vouches for what the head holds: src/release/bound_chart.hpp (A-55, A-93 … A-97, B-23)

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "chart/source_list.hpp"
#include "chart/source_tree.hpp"
#include "git/objects.hpp"
#include "release/findings.hpp"
#include "release/settings.hpp"
#include "release/tagged_chart.hpp"

namespace acr::release {

/// The trees that must hold the same content. `merge` is null when the test merge is not at hand.
struct BoundTrees {
  chart::SourceTree const& head;
  chart::SourceTree const* merge;
};

/// The tag's annotation names this release and lists attestations, its commit is the head or an ancestor of it, and the chart
/// is the same at both: what is packaged from the head is what was tagged.
class BoundChart {
 public:
  /// `head_files`: what the head has of the chart, when it was read already. Nothing: something in `findings` refuses the
  /// chart; all that can be said of the tag was. Warnings go there, too.
  static std::optional<BoundChart> bind(std::shared_ptr<TaggedChart const> tagged, std::optional<chart::SourceList> head_files,
                                        git::ObjectSource& objects, BoundTrees const& trees, RunSettings const& settings,
                                        Findings& findings);

  [[nodiscard]] TaggedChart const& tagged() const { return *tagged_; }
  [[nodiscard]] std::shared_ptr<TaggedChart const> const& shared_tagged() const { return tagged_; }
  /// The blobs that the package is made of; how large they are, as far as sizes are known.
  [[nodiscard]] std::vector<git::ObjectId> const& contents() const { return contents_; }
  [[nodiscard]] std::uint64_t content_bytes() const { return content_bytes_; }

 private:
  BoundChart() = default;
  std::shared_ptr<TaggedChart const> tagged_;
  std::vector<git::ObjectId> contents_;
  std::uint64_t content_bytes_ = 0;
};

}  // namespace acr::release

#pragma once

// One chart of a repository in memory, led through its stages as far as a test needs it.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chart/source_list.hpp"
#include "memory/objects.hpp"
#include "release/bound_chart.hpp"
#include "release/git_source_tree.hpp"
#include "release/lineage_check.hpp"
#include "release/packaged_chart.hpp"
#include "release/pipeline_world.hpp"
#include "release/proven_chart.hpp"

namespace acr::test {

inline constexpr std::int64_t tag_time = 1'790'000'100;

struct OneChart {
  git::MemoryObjects objects{};
  release::RunSettings settings{};
  release::ChangedChart chart{.name = "web", .version = "1.1.0", .path = "charts/web", .tag = "web-v1.1.0"};
  release::Findings findings{};
  release::LineageCheck lineage{};  ///< of the last packaged chart, without entries

  /// The chart's tag on a commit of `tree`, with one attestation in its annotation.
  std::shared_ptr<release::TaggedChart const> tagged(git::ObjectId const& tree) {
    auto const commit = objects.add_commit(tree, {}, tag_time);
    objects.set_ref("refs/tags/" + chart.tag,
                    objects.add_tag(chart.tag, commit, git::ObjectType::commit,
                                    annotation(chart.name, chart.version, {{"lint", "1", subject_of("lint")}})));
    return release::TaggedChart::resolve(chart, *objects.ref("refs/tags/" + chart.tag), objects).value();
  }
  /// Bound to a head of another tree, whose parent is the tag's commit.
  std::optional<release::BoundChart> bound(git::ObjectId const& tagged_tree, git::ObjectId const& head_tree) {
    auto const at_tag = tagged(tagged_tree);
    settings.change.head = objects.add_commit(head_tree, {at_tag->commit().id});
    release::GitSourceTree const head(objects, head_tree);
    return release::BoundChart::bind(at_tag, {}, objects, {head, nullptr}, settings, findings);
  }
  /// Packaged from these files of the repository.
  std::optional<release::PackagedChart> packaged(Files const& files, release::Staging const& staging,
                                                 bool source_was_read = false) {
    auto const root = objects.add_files(files);
    auto const at_head = bound(root, root);
    if (!at_head) return std::nullopt;
    lineage.tagged = at_head->shared_tagged();
    release::GitSourceTree const head(objects, root);
    std::optional<chart::SourceContent> source;
    if (source_was_read) source = chart::source_content(head, chart.path).value();
    return release::PackagedChart::stage(*at_head, source, head, nullptr, staging, {}, findings);
  }
  /// Its tag's attestation, as if it had verified.
  [[nodiscard]] release::LineageCheck verified_lineage() const {
    auto check = lineage;
    auto& entry = check.entries.emplace_back();
    entry.key = "lint";
    entry.id = "1";
    entry.status = report::EntryStatus::verified;
    entry.facts.emplace();
    return check;
  }
};

}  // namespace acr::test

#include "release/bound_chart.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "chart/charts_directories.hpp"
#include "release/git_source_tree.hpp"
#include "release/tag_readings.hpp"

namespace acr::release {
namespace {

std::string place_of_tag(TaggedChart const& tagged) { return "tag " + tagged.chart().tag; }

// The first path that differs, said in words; the lists are known to differ.
std::string first_difference(chart::SourceList const& tagged, chart::SourceList const& other) {
  std::map<std::string_view, chart::SourceFile const*> there;
  for (auto const& file : other.files) there.emplace(file.name, &file);
  for (auto const& file : tagged.files) {
    auto const found = there.find(file.name);
    if (found == there.end()) return file.name + " is missing";
    if (found->second->content != file.content) return file.name + " has other content";
    if (found->second->kind != file.kind) return file.name + " has another mode";
    there.erase(found);
  }
  return there.empty() ? "the order of files" : std::string(there.begin()->first) + " is new";
}

void check_annotation(TaggedChart const& tagged, RunSettings const& settings, Findings& findings) {
  auto const& chart = tagged.chart();
  auto const& lineage = tagged.lineage();
  for (auto const& code : lineage.warnings)
    findings.warn(reject(code, place_of_tag(tagged), "the annotation could be written more clearly").rule("A-94"));

  // an annotation that names something else vouches for something else.
  if (auto const& line = lineage.release; line && (line->chart != chart.name || line->version != chart.version))
    findings.refuse(reject("release-line-mismatch", place_of_tag(tagged), "the annotation's Release line names another release")
                        .rule("A-95")
                        .expected("Release: " + chart.name + " v" + chart.version)
                        .found("Release: " + line->chart + " v" + line->version)
                        .fix("tag the release anew with its own annotation"));
  if (auto const& commit = lineage.commit; commit && *commit != tagged.commit().id)
    findings.refuse(reject("commit-mismatch", place_of_tag(tagged),
                           "the annotation's Commit line names another commit than the tag points at")
                        .rule("A-95")
                        .expected(tagged.commit().id)
                        .found(*commit)
                        .fix("tag the commit that the checks ran on"));
  if (!lineage.release && !lineage.commit && lineage.status != git::Lineage::Status::error)
    findings.warn(reject("annotation-unbound", place_of_tag(tagged), "the annotation has neither a Release nor a Commit line")
                      .rule("A-95"));

  if (lineage.status == git::Lineage::Status::error) {
    findings.refuse(git::lineage_rejection(lineage, chart.tag));
  } else if (lineage.status == git::Lineage::Status::none) {
    auto none = reject("missing-lineage", place_of_tag(tagged),
                       "the annotation's lineage block declares that no attestation data is available")
                    .rule("A-93")
                    .expected("at least one \"- key: id sha256:…\" line below \"Attestation Lineage:\"")
                    .found("No attestation data available")
                    .fix("tag with the ids of the checks' attestations, or set missing-lineage: warn while tags have none yet");
    if (settings.inputs.missing_lineage == event::MissingLineage::fail) findings.refuse(std::move(none));
    if (settings.inputs.missing_lineage == event::MissingLineage::warn) findings.warn(std::move(none));
  }
}

// B-23: a name that means two releases vouches for the one that its Release line names.
void check_unambiguous(TaggedChart const& tagged, chart::SourceTree const& tree, RunSettings const& settings,
                       Findings& findings) {
  auto const& chart = tagged.chart();
  auto const readings = tag_readings(settings.inputs.tag_format, chart.tag);
  if (tagged.lineage().release || readings.size() < 2) return;
  auto const meant = readings_of(readings, chart::chart_names(tree, settings.inputs.charts_dirs));
  if (meant.size() < 2) return;
  auto const text = [](TagReading const& reading) { return reading.name + " " + reading.version; };
  auto const& other = meant.front().name == chart.name ? meant.back() : meant.front();
  findings.refuse(reject("release-line-required", place_of_tag(tagged), "the tag's name can be read as another release, too")
                      .rule("B-23")
                      .expected("Release: " + chart.name + " v" + chart.version)
                      .found("no Release line; " + text(other) + " would have this tag as well")
                      .fix("tag the release anew with a Release line in its annotation"));
}

// what is tagged must be on its way into the release.
void check_ancestry(TaggedChart const& tagged, git::ObjectSource& objects, RunSettings const& settings, Findings& findings) {
  auto const& commit = tagged.commit().id;
  if (commit == settings.change.head) return;
  auto const reaches = objects.is_ancestor(commit, settings.change.head);
  if (reaches && *reaches) return;
  findings.refuse(reject("tag-not-on-branch", place_of_tag(tagged),
                         reaches
                             ? "the tag's commit is not an ancestor of the pull request's head"
                             : "no object source can tell whether the tag's commit is an ancestor of the pull request's head")
                      .rule("A-55")
                      .expected("an ancestor of " + settings.change.head)
                      .found(commit)
                      .fix(reaches ? "tag a commit of " + settings.inputs.source_branch
                                   : "check out with fetch-depth: 0 or allow the API (object-source: auto)"));
}

// the same chart at the tag's commit and at the head; after the merge it may differ, which is worth a warning.
void check_content(TaggedChart const& tagged, Verdict<chart::SourceList> const& at_tag, chart::SourceList const& head,
                   BoundTrees const& trees, RunSettings const& settings, Findings& findings) {
  auto const& root = tagged.chart().path;
  if (!at_tag || !chart::same_content(*at_tag, head))
    return findings.refuse(
        reject("tag-content-mismatch", place_of_tag(tagged),
               "the chart at the tag's commit is not the chart at the pull request's head")
            .rule("A-55")
            .expected("the content of " + root + " at " + tagged.commit().id)
            .found(at_tag ? "at " + settings.change.head + " " + first_difference(*at_tag, head) : at_tag.error().sentence())
            .fix("give the change a new version and tag that"));
  if (!trees.merge) return;
  auto const merged = chart::source_list(*trees.merge, root);
  if (!merged || !chart::same_content(*merged, head))
    findings.warn(reject("merge-differs", root, "after the merge the chart will differ from what is released")
                      .rule("A-55")
                      .found(merged ? first_difference(head, *merged) : merged.error().sentence())
                      .fix("bring " + settings.inputs.release_branch + " back into " + settings.inputs.source_branch));
}

}  // namespace

std::optional<BoundChart> BoundChart::bind(std::shared_ptr<TaggedChart const> tagged,
                                           std::optional<chart::SourceList> head_files, git::ObjectSource& objects,
                                           BoundTrees const& trees, RunSettings const& settings, Findings& findings) {
  auto const known = findings.refusals.size();
  check_annotation(*tagged, settings, findings);
  check_ancestry(*tagged, objects, settings, findings);
  GitSourceTree const tagged_tree(objects, tagged->commit().tree);
  check_unambiguous(*tagged, tagged_tree, settings, findings);
  auto const& root = tagged->chart().path;
  auto const head = head_files ? Verdict<chart::SourceList>(*std::move(head_files)) : chart::source_list(trees.head, root);
  if (head)
    check_content(*tagged, chart::source_list(tagged_tree, root), *head, trees, settings, findings);
  else
    findings.refuse(head.error());
  if (findings.refusals.size() > known) return std::nullopt;
  BoundChart bound;
  bound.tagged_ = std::move(tagged);
  for (auto const& file : head->files) {
    bound.contents_.push_back(file.content);
    bound.content_bytes_ += file.size.value_or(0);
  }
  return bound;
}

}  // namespace acr::release

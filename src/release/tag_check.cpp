#include "release/tag_check.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "chart/charts_directories.hpp"
#include "chart/semver.hpp"
#include "chart/source_list.hpp"
#include "git/annotated_tag.hpp"
#include "release/git_source_tree.hpp"
#include "release/object_waves.hpp"
#include "release/tag_readings.hpp"
#include "support/parallel.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace {

constexpr std::size_t near_misses_shown = 5, near_misses_read = 1000;

std::string place(ChartWork const& work) { return "tag " + work.record.tag; }

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

// How a tag of this chart is made: what stands between name and version, and the version.
struct TagForm {
  std::string between;
  std::string version;
};

// Punctuation and a `v` may stand between them; with a letter or digit more it is another chart's tag.
std::optional<TagForm> form_of(std::string_view tag, std::string_view chart) {
  if (!tag.starts_with(chart)) return std::nullopt;
  tag.remove_prefix(chart.size());
  auto const start = tag.find_first_not_of("-_/@.+");
  if (start == std::string_view::npos) return std::nullopt;
  auto const number = tag[start] == 'v' || tag[start] == 'V' ? start + 1 : start;
  if (number == 0 || number == tag.size() || tag[number] < '0' || tag[number] > '9') return std::nullopt;
  if (!chart::is_strict_version(tag.substr(number))) return std::nullopt;
  return TagForm{std::string(tag.substr(0, number)), std::string(tag.substr(number))};
}

void check_annotation(ChartWork& work, RunSettings const& settings) {
  auto& record = work.record;
  work.lineage = git::parse_annotation(work.tag->message);
  record.lineage_status = git::to_text(work.lineage.status);
  if (work.lineage.source_pr) record.source_pr = std::to_string(*work.lineage.source_pr);
  for (auto const& code : work.lineage.warnings)
    work.warn(reject(code, place(work), "the annotation could be written more clearly").rule("A-94"));

  // an annotation that names something else vouches for something else.
  if (auto const& line = work.lineage.release; line && (line->chart != record.name || line->version != record.version))
    work.refuse(reject("release-line-mismatch", place(work), "the annotation's Release line names another release")
                    .rule("A-95")
                    .expected("Release: " + record.name + " v" + record.version)
                    .found("Release: " + line->chart + " v" + line->version)
                    .fix("tag the release anew with its own annotation"));
  if (auto const& commit = work.lineage.commit; commit && *commit != record.commit)
    work.refuse(
        reject("commit-mismatch", place(work), "the annotation's Commit line names another commit than the tag points at")
            .rule("A-95")
            .expected(record.commit)
            .found(*commit)
            .fix("tag the commit that the checks ran on"));
  if (!work.lineage.release && !work.lineage.commit && work.lineage.status != git::Lineage::Status::error)
    work.warn(reject("annotation-unbound", place(work), "the annotation has neither a Release nor a Commit line").rule("A-95"));

  if (work.lineage.status == git::Lineage::Status::error) {
    work.refuse(git::lineage_rejection(work.lineage, record.tag));
  } else if (work.lineage.status == git::Lineage::Status::none) {
    auto none = reject("missing-lineage", place(work), "the annotation's lineage block says that there is no attestation data")
                    .rule("A-93")
                    .expected("at least one \"- key: id sha256:…\" line below \"Attestation Lineage:\"")
                    .found("No attestation data available")
                    .fix("tag with the ids of the checks' attestations, or set missing-lineage: warn while tags have none yet");
    if (settings.inputs.missing_lineage == event::MissingLineage::fail) work.refuse(std::move(none));
    if (settings.inputs.missing_lineage == event::MissingLineage::warn) work.warn(std::move(none));
  }
}

// B-23: a name that means two releases vouches for the one that its Release line names.
void check_unambiguous(ChartWork& work, chart::SourceTree const& tagged, RunSettings const& settings) {
  auto const readings = tag_readings(settings.inputs.tag_format, work.record.tag);
  if (work.lineage.release || readings.size() < 2) return;
  auto const meant = readings_of(readings, chart::chart_names(tagged, settings.inputs.charts_dirs));
  if (meant.size() < 2) return;
  auto const text = [](TagReading const& reading) { return reading.name + " " + reading.version; };
  auto const& other = meant.front().name == work.record.name ? meant.back() : meant.front();
  work.refuse(reject("release-line-required", place(work), "the tag's name can be read as another release, too")
                  .rule("B-23")
                  .expected("Release: " + work.record.name + " v" + work.record.version)
                  .found("no Release line; " + text(other) + " would have this tag as well")
                  .fix("tag the release anew with a Release line in its annotation"));
}

void check_content(ChartWork& work, git::ObjectSource& objects, BoundTrees const& trees, RunSettings const& settings) {
  auto const& commit = work.tag->commit;
  if (commit.id != settings.change.head) {
    auto const reaches = objects.is_ancestor(commit.id, settings.change.head);
    if (!reaches || !*reaches)
      work.refuse(reject("tag-not-on-branch", place(work),
                         reaches
                             ? "the tag's commit is not an ancestor of the pull request's head"
                             : "no object source can tell whether the tag's commit is an ancestor of the pull request's head")
                      .rule("A-55")
                      .expected("an ancestor of " + settings.change.head)
                      .found(commit.id)
                      .fix(reaches ? "tag a commit of " + settings.inputs.source_branch
                                   : "check out with fetch-depth: 0 or allow the API (object-source: auto)"));
  }

  auto const& root = work.chart.path;
  GitSourceTree const tagged_tree(objects, commit.tree);
  check_unambiguous(work, tagged_tree, settings);
  auto listed = std::exchange(work.head_files, {});
  auto const head = listed ? Verdict<chart::SourceList>(std::move(*listed)) : chart::source_list(trees.head, root);
  if (!head) return work.refuse(head.error());
  for (auto const& file : head->files) {
    work.contents.push_back(file.content);
    work.content_bytes += file.size.value_or(0);
  }
  auto const tagged = chart::source_list(tagged_tree, root);
  if (!tagged || !chart::same_content(*tagged, *head))
    return work.refuse(
        reject("tag-content-mismatch", place(work), "the chart at the tag's commit is not the chart at the pull request's head")
            .rule("A-55")
            .expected("the content of " + root + " at " + commit.id)
            .found(tagged ? "at " + settings.change.head + " " + first_difference(*tagged, *head) : tagged.error().sentence())
            .fix("give the change a new version and tag that"));
  if (!trees.merge) return;
  auto const merged = chart::source_list(*trees.merge, root);
  if (!merged || !chart::same_content(*merged, *head))
    work.warn(reject("merge-differs", root, "after the merge the chart will differ from what is released")
                  .rule("A-55")
                  .found(merged ? first_difference(*head, *merged) : merged.error().sentence())
                  .fix("bring " + settings.inputs.release_branch + " back into " + settings.inputs.source_branch));
}

}  // namespace

std::string tag_name(std::string_view format, std::string_view name, std::string_view version) {
  std::string out;
  while (!format.empty()) {
    if (format.starts_with("{name}")) {
      out += name;
      format.remove_prefix(6);
    } else if (format.starts_with("{version}")) {
      out += version;
      format.remove_prefix(9);
    } else {
      out += format.front();
      format.remove_prefix(1);
    }
  }
  return out;
}

std::vector<char> find_tags(std::vector<ChartWork*> const& works, git::ObjectSource& objects, std::size_t workers) {
  std::vector<std::string> names;
  for (auto const* work : works) names.push_back("refs/tags/" + work->record.tag);
  auto const answers = objects.refs(names);
  prefetch_tags(answers, objects);
  std::vector<char> there(works.size(), 0);
  for_each_index(works.size(), workers, [&](std::size_t i) {
    auto& work = *works[i];
    work.tag_in_checkout = answers[i].in_checkout;
    if (!answers[i].ref) return;
    there[i] = 1;
    if (work.tag_in_checkout)
      work.warn(
          reject("tag-differs", place(work), "the checkout has this tag at another object than the server; the server's counts")
              .rule("B-24")
              .expected(answers[i].ref->target)
              .found(*work.tag_in_checkout)
              .fix("fetch the tags anew; nothing in this job may write them"));
    auto resolved = git::resolve_tag(objects, work.record.tag, answers[i].ref);
    if (!resolved) return work.refuse(resolved.error());
    work.tag = std::move(*resolved);
    work.record.commit = work.tag->commit.id;
    work.record.tag_object = work.tag->tag_object;
  });
  return there;
}

NearMisses near_misses(std::string_view chart, std::string_view version, std::string_view format,
                       std::vector<std::string> const& tags) {
  struct Near {
    std::string name;
    std::string format{};  // that gives this name
    std::optional<chart::Version> version{};
  };
  std::vector<Near> all;
  bool format_fits = false;  // some release of this chart is tagged as tag-format says
  for (auto const& name : tags) {
    auto& near = all.emplace_back(Near{.name = name});
    auto const form = form_of(name, chart);
    if (!form) continue;
    near.version = chart::parse_version(form->version);
    near.format = "{name}" + form->between + "{version}";
    format_fits = format_fits || near.format == format;
  }
  std::ranges::sort(all, [](Near const& a, Near const& b) {
    if (a.version.has_value() != b.version.has_value()) return a.version.has_value();
    if (a.version)
      if (auto const order = chart::compare(*a.version, *b.version); order != 0) return order > 0;
    return a.name > b.name;
  });
  NearMisses misses;
  for (auto const& near : all) {
    misses.names.push_back(near.name);
    bool const same_release = near.version && near.format != format && tag_name(near.format, chart, version) == near.name;
    // Releases of other versions show the form only while none of them has the configured one.
    if (misses.tag_format.empty() && near.version && near.format != format && (same_release || !format_fits))
      misses.tag_format = near.format;
  }
  return misses;
}

Rejection tag_not_found(ChartWork const& work, git::ObjectSource& objects, RunSettings const& settings,
                        std::chrono::seconds waited) {
  std::vector<std::string> tags;
  for (auto const& name : objects.refs_with_prefix("refs/tags/" + work.record.name, near_misses_read))
    tags.push_back(name.substr(std::string_view("refs/tags/").size()));
  auto const misses = near_misses(work.record.name, work.record.version, settings.inputs.tag_format, tags);
  std::string near;
  for (std::size_t i = 0; i < std::min(misses.names.size(), near_misses_shown); ++i)
    near += (near.empty() ? "" : ", ") + misses.names[i];
  if (misses.names.size() > near_misses_shown) near += ", …";
  auto found = near.empty() ? "no tag that begins with " + work.record.name : "only " + near;
  if (work.tag_in_checkout) found += "; the checkout has the tag, at " + *work.tag_in_checkout + ", the server does not";
  std::string fix = work.tag_in_checkout ? "push the tag, unless it was deleted on purpose, and re-run this job"
                                         : "let the tagging stage finish (or push the tag) and re-run this job";
  if (!misses.tag_format.empty())
    fix = "set tag-format: " + misses.tag_format + " if the tags are called so on purpose, or " + fix;
  return reject("tag-not-found", place(work),
                waited.count() > 0 ? "the tag did not appear within " + std::to_string(waited.count()) + " seconds"
                                   : std::string("the tag does not exist"))
      .rule("A-91")
      .expected("an annotated tag " + work.record.tag + " on a commit of the branch, at or before " + settings.change.head)
      .found(std::move(found))
      .fix(std::move(fix));
}

void check_tag(ChartWork& work, git::ObjectSource& objects, BoundTrees const& trees, RunSettings const& settings) {
  check_annotation(work, settings);
  check_content(work, objects, trees, settings);
}

}  // namespace acr::release

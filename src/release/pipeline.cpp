#include "release/pipeline.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <utility>

#include "chart/changed_charts.hpp"
#include "chart/source_list.hpp"
#include "event/branch_gate.hpp"
#include "event/path_rules.hpp"
#include "release/attestation_check.hpp"
#include "release/git_source_tree.hpp"
#include "release/object_waves.hpp"
#include "release/output_paths.hpp"
#include "release/packages.hpp"
#include "release/required_attestations.hpp"
#include "release/run_log.hpp"
#include "release/subject_binding.hpp"
#include "release/tag_check.hpp"
#include "report/checksums.hpp"
#include "report/limits.hpp"
#include "report/release_manifest.hpp"
#include "report/verification_report.hpp"
#include "report/vsa.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "support/parallel.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace {

constexpr std::string_view verifier_id = "https://github.com/org/atomic-chart-release";
constexpr std::size_t names_logged = 20;
constexpr std::size_t charts_of_a_wave = 128;                       // trees of so many tags are held at once
constexpr std::uint64_t files_of_a_wave = std::uint64_t{16} << 20;  // bytes, below what a source keeps (G-40)

// What the steps hand to one another.
struct Run {
  RunSettings const& settings;
  RunTools const& tools;
  report::ReleaseRecord record;
  report::ReleaseFiles files;
  Staging staging;
  std::unique_ptr<GitSourceTree> head, base, merge;  // merge: null when the test merge is not at hand
  std::vector<ChartWork> works;                      // by name
  bool output_taken = false;                         // the commit holds something where our files go: leave it alone
  bool output_cleared = false;
  bool files_are_far = false;  // some had to be asked for: groups of charts fetch theirs together
  std::set<ChartWork const*> logged;
  std::optional<std::vector<chart::ChartRelease>> releases;  // of the head, read when asked for

  Run(RunSettings const& settings_, RunTools const& tools_)
      : settings(settings_), tools(tools_), staging(settings_.runner_temp) {}
  void refuse(Rejection why) { record.refusals.push_back(std::move(why)); }
  void warn(Rejection what) { record.warnings.push_back(std::move(what)); }
};

void begin_record(Run& run) {
  auto const& settings = run.settings;
  auto& record = run.record;
  record.server_url = settings.server_url;
  record.repository = settings.repository;
  record.pr_number = settings.change.pr_number;
  record.source_branch = settings.inputs.source_branch;
  record.release_branch = settings.inputs.release_branch;
  record.head = settings.change.head;
  record.base = settings.change.base;
  record.merge = settings.change.merge;
  record.verify_policy = settings.inputs.verify_policy == event::VerifyPolicy::block ? "block" : "flag";
  // The inputs that decide a verdict; where results go and how fast says nothing about it.
  for (auto const name : {"source-branch",
                          "release-branch",
                          "charts-dir",
                          "exclude-charts",
                          "charts-outside",
                          "tag-format",
                          "diff-mode",
                          "dependencies",
                          "dependency-pins",
                          "verify-policy",
                          "missing-lineage",
                          "unresolved-id",
                          "lineage-subjects",
                          "subject-binding",
                          "required-attestations",
                          "signer-workflows",
                          "oidc-issuer",
                          "predicate-types",
                          "deny-self-hosted",
                          "source-digest",
                          "trusted-root",
                          "trusted-root-refresh",
                          "max-charts",
                          "title-check",
                          "dependency-hosts",
                          "dependency-private-hosts"}) {
    auto const text = settings.inputs.texts.find(name);
    if (text != settings.inputs.texts.end()) record.policy.emplace_back(name, text->second);
  }
  if (settings.lists.oci_repository) {  // O-10: else nothing of it is told
    record.policy.emplace_back("oci-repository", settings.lists.oci_repository->text());
    record.policy.emplace_back("oci-check", settings.inputs.texts.at("oci-check"));
  }
  if (settings.source_date_epoch) record.source_date_epoch = settings.source_date_epoch_text;
}

// The branches that this run is about: what either holds, a checkout may have put there.
void check_output(Run& run) {
  run.output_taken = true;
  check_output_paths(run.settings.inputs, run.settings.workspace, {run.head.get(), run.merge.get()});
  run.output_taken = false;
}

void clear_output(Run& run) {
  if (run.settings.dry_run || run.output_taken || run.output_cleared) return;
  run.output_cleared = true;
  for (auto const& name : remove_stale(run.settings))
    run.warn(reject("output-not-empty", run.settings.inputs.output_dir + "/" + name,
                    "this file is not of this action and would be uploaded with the packages")
                 .rule("A-6")
                 .fix("give output-dir a directory of its own"));
}

git::ObjectId tree_of(Run& run, git::ObjectId const& id, std::string_view what) {
  auto const commit = run.tools.objects.commit(id);
  if (!commit)
    throw BadEnvironment("object-missing",
                         "the " + std::string(what) + " commit " + id +
                             " is in no object source; add a checkout step with fetch-depth: 0 or set object-source: auto");
  return commit->tree;
}

void open_trees(Run& run) {
  auto const& change = run.settings.change;
  auto& objects = run.tools.objects;
  objects.prefetch_objects(git::ObjectType::commit, {change.head, change.base, change.merge});
  std::vector<git::ObjectId> roots{tree_of(run, change.head, "head")};
  git::ObjectId base = change.base;
  if (run.settings.inputs.diff_mode == event::DiffMode::merge_base) {
    auto const common = run.tools.objects.merge_base(change.base, change.head);
    if (!common)
      throw BadEnvironment("merge-base-unknown",
                           "no object source knows a common ancestor of " + change.base + " and " + change.head);
    base = *common;
  }
  roots.push_back(tree_of(run, base, "base"));
  // compared when it is at hand, and never a reason to fail.
  if (!change.merge.empty() && change.merge != change.head)
    if (auto const merge = objects.commit(change.merge)) roots.push_back(merge->tree);
  std::set<git::ObjectId> const different(roots.begin(), roots.end());
  std::vector<git::ObjectId> const wanted(different.begin(), different.end());
  for_each_index(wanted.size(), wanted.size(), [&](std::size_t i) { objects.prefetch_trees(wanted[i]); });
  run.head = std::make_unique<GitSourceTree>(objects, roots[0]);
  run.base = std::make_unique<GitSourceTree>(objects, roots[1]);
  if (roots.size() > 2) run.merge = std::make_unique<GitSourceTree>(objects, roots[2]);
}

// B-19: a chart that nobody releases must not make a green run when it is all that changed.
void report_outside(Run& run, std::vector<std::string> const& paths, bool complete) {
  auto const add = [&](std::string const& path, std::string why) {
    auto outside = reject("chart-outside", path, std::move(why))
                       .rule("B-19")
                       .expected("a direct child of a charts directory")
                       .fix("add its directory to charts-dir, or name it in exclude-charts");
    if (run.works.empty() && run.settings.inputs.charts_outside_fails)
      run.refuse(std::move(outside));
    else
      run.warn(std::move(outside));
  };
  for (auto const& path : paths) add(path.empty() ? "." : path, "a chart changes here, and no charts directory holds it");
  if (!complete) add("repository", "more charts change outside the charts directories than can be listed");
}

void log_changed(Run const& run) {
  if (run.works.empty()) return;
  std::string names;
  for (std::size_t i = 0; i < std::min(run.works.size(), names_logged); ++i)
    names += (names.empty() ? "" : ", ") + run.works[i].record.name +
             (run.works[i].record.version.empty() ? "" : " " + run.works[i].record.version);
  run.tools.log.line(
      "changed: " + names +
      (run.works.size() > names_logged ? " and " + std::to_string(run.works.size() - names_logged) + " more" : std::string()));
}

void find_changed_charts(Run& run) {
  auto const& inputs = run.settings.inputs;
  auto found = chart::changed_charts(*run.base, *run.head, {inputs.charts_dirs, inputs.exclude_charts});
  // B-18: the configuration cannot be meant; whether a checkout is there or not, the status is the same.
  if (!found) throw BadEnvironment(found.error().code, found.error().sentence());
  auto& changed = *found;
  for (auto const& gone : changed.removed) {
    run.record.removed_charts.push_back(gone.name);
    run.tools.log.notice("chart " + gone.name + " (" + gone.path + ") was removed; nothing is packaged for it");
  }
  std::ranges::sort(run.record.removed_charts);
  for (auto const& moved : changed.moved)
    run.tools.log.notice("chart " + moved.name + " moved from " + moved.from + " to " + moved.to);
  for (auto const& [path, warning] : changed.warnings) run.warn(finding(warning, path));
  for (auto const& skipped : changed.skipped) {
    run.record.skipped_charts.push_back(skipped.path);
    run.tools.log.notice("chart " + skipped.name + " (" + skipped.path + ") is skipped: exclude-charts has " + skipped.item);
  }
  auto const add = [&](chart::ChangedChart chart) -> ChartWork& {
    auto& work = run.works.emplace_back();
    work.record.name = chart.name;
    work.record.version = chart.version;
    work.record.path = chart.path;
    if (!chart.version.empty()) work.record.tag = tag_name(run.settings.inputs.tag_format, chart.name, chart.version);
    work.chart = std::move(chart);
    return work;
  };
  run.works.reserve(changed.changed.size() + changed.refused.size());
  for (auto& chart : changed.changed) add(std::move(chart));
  for (auto& [path, why] : changed.refused)
    add({.path = path, .name = std::string(chart::base_name(path)), .version = {}, .old_version = {}, .old_path = {}})
        .refuse(std::move(why));
  std::ranges::sort(run.works, {}, [](ChartWork const& work) { return std::pair(work.record.name, work.record.path); });
  report_outside(run, changed.outside, changed.outside_complete);
  log_changed(run);
}

void check_change(Run& run) {
  auto const& settings = run.settings;
  if (settings.inputs.max_charts != 0 && run.works.size() > settings.inputs.max_charts)
    run.refuse(reject("too-many-charts", "pull request", "more charts change than max-charts allows")
                   .rule("A-67")
                   .expected("at most " + std::to_string(settings.inputs.max_charts))
                   .found(std::to_string(run.works.size()))
                   .fix("split the release, or raise max-charts"));
  if (settings.inputs.title_check == event::Level::off || run.works.empty()) return;
  std::vector<std::string> releases;
  for (auto const& work : run.works) releases.push_back(work.record.name + "-v" + work.record.version);
  auto title = event::check_title(settings.change.title, releases);
  if (!title) return;
  if (settings.inputs.title_check == event::Level::fail)
    run.refuse(std::move(*title));
  else
    run.warn(std::move(*title));
}

// O-11: what a registry would not take is not packaged for one.
void place_in_registry(Run& run) {
  auto const& repository = run.settings.lists.oci_repository;
  if (!repository) return;
  run.record.oci_repository = repository->text();
  if (repository->folded) run.warn(oci::folded_warning(*repository, "input oci-repository"));
  for (auto& work : run.works) {
    if (work.refused()) continue;
    auto reference = oci::chart_reference(*repository, work.record.name, work.record.version);
    if (reference)
      work.reference = std::move(*reference);
    else
      work.refuse(Rejection(reference.error()).within(work.chart.path).in_source(work.chart.path + "/Chart.yaml", 0));
  }
}

void for_each(Run& run, std::vector<ChartWork*> const& charts, std::size_t workers,
              std::function<void(ChartWork&)> const& work) {
  for_each_index(charts.size(), workers, [&](std::size_t i) {
    run.tools.clock.check();
    work(*charts[i]);
  });
}

// What became of one chart, as far as it goes by itself.
void settle(ChartWork& work) {
  bool const good = !work.refused() && !work.staged.empty();
  bool const held = work.held && !work.refused();
  work.record.status = good   ? report::ChartStatus::packaged
                       : held ? report::ChartStatus::held_back
                              : report::ChartStatus::refused;
}

// Tag and content of the charts whose tags are there.
void check_tags(Run& run, std::vector<ChartWork*> const& ready) {
  for (auto const& some : groups_of(ready, charts_of_a_wave)) {
    prefetch_tagged(some, run.tools.objects, run.settings.change.head);
    for_each(run, some, run.settings.inputs.max_parallel, [&](ChartWork& work) {
      check_tag(work, run.tools.objects, {*run.head, run.merge.get()}, run.settings);
    });
  }
}

// The files of charts whose tags are being looked at, so that they are here when they are read (G-40). A hint: whether they may
// be asked for at all is decided when all tags were checked.
void prefetch_files(Run& run, std::vector<ChartWork*> const& charts) {
  std::vector<git::ObjectId> wanted;
  std::uint64_t bytes = 0;
  for (auto* work : charts) {
    if (!work->head_files || work->files_expected) continue;
    for (auto const& file : work->head_files->files) bytes += file.size.value_or(0);
    if (bytes > files_of_a_wave) {  // would push out what came before
      run.files_are_far = true;
      break;
    }
    work->files_expected = true;
    for (auto const& file : work->head_files->files) wanted.push_back(file.content);
  }
  try {
    if (run.tools.objects.prefetch_objects(git::ObjectType::blob, wanted)) run.files_are_far = true;
  } catch (Unreachable const& error) {
    if (error.code() != "too-many-objects") throw;
    run.files_are_far = true;
  }
}

// Some charts after the other, the files of each group fetched together.
void read_in_groups(Run& run, std::vector<ChartWork*> const& charts, std::function<void(ChartWork&)> const& read) {
  for (std::size_t next = 0; next < charts.size();) {
    std::vector<ChartWork*> group;
    std::vector<git::ObjectId> contents;
    for (std::uint64_t bytes = 0; next < charts.size(); ++next) {
      bytes += charts[next]->content_bytes;
      if (!group.empty() && bytes > files_of_a_wave) break;
      group.push_back(charts[next]);
      contents.insert(contents.end(), charts[next]->contents.begin(), charts[next]->contents.end());
    }
    if (run.files_are_far) run.tools.objects.prefetch_blobs(contents);
    for_each(run, group, std::min(run.settings.inputs.max_parallel, processors()), read);
  }
}

// What is open of the charts' attestations; returns the charts that still wait.
std::vector<ChartWork*> prove(Run& run, std::vector<ChartWork*> const& charts, Unlisted patience) {
  if (!run.tools.attestations) return {};
  return verify_lineage(charts, *run.tools.attestations, run.tools.verifier, run.settings, processors(), patience);
}

// B-1. A chart that cannot be read has none: packaging says why.
void digest_sources(Run& run, std::vector<ChartWork*> const& charts) {
  read_in_groups(run, charts, [&](ChartWork& work) {
    auto content = chart::source_content(*run.head, work.chart.path);
    if (!content) return;
    work.record.source_digest = content->digest;
    work.source = std::move(*content);
  });
}

// Package and attestations of charts whose tags were checked; a package's digest may be the subject that was attested. Charts
// with attestations that are not listed yet go to `unlisted`.
void package_and_prove(Run& run, std::vector<ChartWork*> const& checked, Unlisted patience, std::vector<ChartWork*>& unlisted) {
  auto const& settings = run.settings;
  // A tag that does not vouch for the head cannot say when the package was made, nor what its digest is.
  std::vector<ChartWork*> readable, sound;
  std::ranges::copy_if(checked, std::back_inserter(readable), std::not_fn(&ChartWork::refused));
  std::ranges::copy_if(readable, std::back_inserter(sound), [](ChartWork const* work) { return !work->held; });
  digest_sources(run, readable);
  if (auto full = no_space(run.works, run.staging, settings)) {
    if (std::ranges::find(run.record.refusals, full->code, &Rejection::code) == run.record.refusals.end())
      run.refuse(std::move(*full));
    return;
  }
  // Attestations whose subjects are known do not wait for the packages; where the package may be the subject, they must.
  std::vector<ChartWork*> at_once, afterwards;
  for (auto* work : checked)
    if (work->lineage.status == git::Lineage::Status::ok)
      (resolve_subjects(*work, settings, Digests::so_far) ? at_once : afterwards).push_back(work);
  for_each_index(2, 2, [&](std::size_t side) {
    if (side == 1) {
      std::ranges::copy(prove(run, at_once, patience), std::back_inserter(unlisted));
    } else {
      read_in_groups(run, sound,
                     [&](ChartWork& work) { stage_package(work, *run.head, run.tools.dependencies, run.staging, settings); });
    }
  });
  std::erase_if(afterwards,
                [&](ChartWork* work) { return work->refused() || !resolve_subjects(*work, settings, Digests::all); });
  std::ranges::copy(prove(run, afterwards, patience), std::back_inserter(unlisted));
}

// D-6: what can be said of dependencies without any host; those that must be fetched are moved to `waiting`.
void plan_dependencies(Run& run, std::vector<ChartWork*>& ready, std::vector<ChartWork*>& waiting) {
  std::vector<ChartWork*> sound;
  std::ranges::copy_if(ready, std::back_inserter(sound), [](ChartWork const* work) { return !work->refused(); });
  // counted against the rate limit before the first one is fetched.
  std::vector<git::ObjectId> contents;
  for (auto const* work : sound) contents.insert(contents.end(), work->contents.begin(), work->contents.end());
  run.tools.objects.expect_blobs(contents);
  if (!run.tools.dependencies) return;
  auto const waits = run.tools.dependencies->plan(*run.head, sound);
  for (std::size_t i = 0; i < sound.size(); ++i) {
    if (!waits[i]) continue;
    waiting.push_back(sound[i]);
    std::erase(ready, sound[i]);
  }
}

// D-6, D-35: once in a run, for all charts together, when all tags and all that is offline have been checked.
void fetch_dependencies(Run& run, std::vector<ChartWork*> const& waiting) {
  bool const block = run.settings.inputs.verify_policy == event::VerifyPolicy::block;
  if (block && run.tools.dependencies->refused_offline()) {
    for (auto* work : waiting) work->held = true;
    return;
  }
  run.tools.clock.check();
  run.tools.dependencies->fetch(waiting);
}

// Charts on their way, by what they wait for.
struct Pending {
  std::vector<ChartWork*> tagless;    // the tag
  std::vector<ChartWork*> unfetched;  // dependencies: until all tags and plans are known (D-6)
  std::vector<ChartWork*> unlisted;   // attestations that GitHub does not list yet

  [[nodiscard]] bool has(ChartWork const* work) const {
    return std::ranges::any_of(std::array{&tagless, &unfetched, &unlisted},
                               [&](auto const* list) { return std::ranges::find(*list, work) != list->end(); });
  }
};

std::string and_more(std::size_t count) { return count > 1 ? " and " + std::to_string(count - 1) + " more" : std::string(); }

// "the tag web-v1.2.0 of chart web and 2 more"; empty: nothing is waited for.
std::string waited_for(Pending const& pending) {
  std::string text;
  if (!pending.tagless.empty()) {
    auto const& chart = pending.tagless.front()->record;
    text = "the tag " + chart.tag + " of chart " + chart.name + and_more(pending.tagless.size());
  }
  if (!pending.unlisted.empty()) {
    auto const& chart = pending.unlisted.front()->record;
    text += (text.empty() ? "" : ", ") + ("attestations of the tag " + chart.tag + " of chart " + chart.name +
                                          and_more(pending.unlisted.size()) + " to be listed");
  }
  return text;
}

// Moves the charts whose tags are there out of `tagless`; those that hold so far are returned.
std::vector<ChartWork*> take_tagged(Run& run, std::vector<ChartWork*>& tagless) {
  std::vector<ChartWork*> ready, missing;
  if (tagless.empty()) return ready;
  run.tools.clock.check();
  auto const there = find_tags(tagless, run.tools.objects, run.settings.inputs.max_parallel);
  for (std::size_t i = 0; i < tagless.size(); ++i) {
    if (!there[i])
      missing.push_back(tagless[i]);
    else if (!tagless[i]->refused())
      ready.push_back(tagless[i]);
  }
  tagless = std::move(missing);
  return ready;
}

// The same, with tag and content checked. Files are fetched meanwhile.
std::vector<ChartWork*> take_checked(Run& run, std::vector<ChartWork*>& tagless) {
  if (tagless.empty()) return {};
  std::vector<ChartWork*> const looked_at = tagless;
  for_each(run, looked_at, std::min(run.settings.inputs.max_parallel, processors()), [&](ChartWork& work) {
    if (work.head_files) return;
    if (auto list = chart::source_list(*run.head, work.chart.path)) work.head_files = std::move(*list);
  });
  std::vector<ChartWork*> ready;
  for_each_index(2, 2, [&](std::size_t side) {
    if (side == 1) return prefetch_files(run, looked_at);
    ready = take_tagged(run, tagless);
  });
  check_tags(run, ready);
  return ready;
}

// Every chart of the head, for templates that several could fill alike (B-5).
std::vector<chart::ChartRelease> const& releases_of(Run& run) {
  if (!run.releases) run.releases = chart::chart_releases(*run.head, run.settings.inputs.charts_dirs);
  return *run.releases;
}

// B-5, B-6, B-8: what the verified attestations are worth for this chart.
void weigh(Run& run, ChartWork& work) {
  auto const& settings = run.settings;
  if (!work.tag || work.record.entries.size() != work.lineage.entries.size()) return;
  bind_subjects(
      work, settings, [&]() -> auto const& { return releases_of(run); });
  // Without a source digest the chart is refused, and nothing is known about what binds its attestations.
  bool const unbound_counts =
      settings.inputs.subject_binding == event::SubjectBinding::off || work.record.source_digest.empty();
  for (auto& missing :
       missing_attestations(settings.lists.required_attestations, work.record, unbound_counts, host_of(settings.server_url)))
    work.refuse(std::move(missing));
}

// O-22: what the registry has under the tags of charts that nothing else counts against.
void look_at_registry(Run& run, std::vector<ChartWork*> const& done) {
  if (!run.tools.registry) return;
  std::vector<ChartWork*> sound;
  std::ranges::copy_if(done, std::back_inserter(sound),
                       [](ChartWork const* work) { return work->record.oci && !work->held && !work->refused(); });
  for_each(run, sound, run.settings.inputs.max_parallel, [&](ChartWork& work) {
    auto const state = run.tools.registry({*work.reference, work.record.oci->digest, work.oci_manifest});
    if (state)
      work.record.oci_state = to_text(*state);
    else
      work.refuse(state.error());
  });
}

// What nobody asks about a chart again once its group is in the log.
void let_go(ChartWork& work) {
  work.contents = {};
  work.head_files.reset();
  work.tag.reset();
  work.lineage = {};
}

// Each chart once, when nothing is open about it any more: the last word on its attestations, and its group in the log.
void finish_charts(Run& run, Pending const& pending) {
  std::vector<ChartWork*> done;
  for (auto& work : run.works) {
    if (pending.has(&work) || run.logged.contains(&work)) continue;
    weigh(run, work);
    done.push_back(&work);
  }
  look_at_registry(run, done);
  for (auto* work : done) {
    run.logged.insert(work);
    settle(*work);
    log_chart(work->record, run.tools.log);
    let_go(*work);
  }
}

// Charts that an error has kept from their end.
void log_others(Run& run) {
  for (auto const& work : run.works)
    if (run.logged.insert(&work).second) log_chart(work.record, run.tools.log);
}

// One look: at listings and tags that were not there the last time, and everything that follows for charts where they are now.
void look(Run& run, Pending& pending, Wait const& wait) {
  bool const last = wait.is_over();
  auto const patience = last ? Unlisted::refuse : Unlisted::wait;
  pending.unlisted = prove(run, pending.unlisted, patience);
  if (auto ready = take_checked(run, pending.tagless); !ready.empty()) {
    plan_dependencies(run, ready, pending.unfetched);
    package_and_prove(run, ready, patience, pending.unlisted);
  }
  if (last)
    for (auto* work : std::exchange(pending.tagless, {}))
      work->refuse(tag_not_found(*work, run.tools.objects, run.settings, wait.passed()));
  if (pending.tagless.empty() && !pending.unfetched.empty()) {
    auto const fetching = std::exchange(pending.unfetched, {});
    fetch_dependencies(run, fetching);
    package_and_prove(run, fetching, patience, pending.unlisted);
  }
  // Nobody waits for a chart that is refused anyway.
  std::vector<ChartWork*> lost;
  std::ranges::copy_if(pending.unlisted, std::back_inserter(lost), &ChartWork::refused);
  std::erase_if(pending.unlisted, [](ChartWork const* work) { return work->refused(); });
  prove(run, lost, Unlisted::refuse);
}

void prove_charts(Run& run) {
  Wait wait(run.settings.dry_run ? std::chrono::seconds{0} : run.settings.inputs.tag_wait, run.tools.clock, run.tools.waits);
  Pending pending;
  for (auto& work : run.works)
    if (!work.refused()) pending.tagless.push_back(&work);
  if (!pending.tagless.empty() && run.tools.before_proofs) run.tools.before_proofs();
  try {
    // Charts whose tags are there go on while others wait for theirs.
    for (;;) {
      look(run, pending, wait);
      finish_charts(run, pending);
      auto const what = waited_for(pending);
      if (what.empty()) return;
      run.tools.log.line("waiting for " + what);
      wait.until_next_look();
    }
  } catch (Unreachable const& error) {
    auto const what = waited_for(pending);
    if (error.code() != "timeout" || what.empty()) throw;
    throw Unreachable("timeout", "the time limit of the run (timeout: " + std::to_string(run.settings.inputs.timeout.count()) +
                                     " seconds) is reached; it was waiting for " + what);
  }
}

// A host that could not be reached says nothing about the chart: another run may release it (D-6).
bool is_unreachable(Rejection const& why) { return why.code == "dep-unreachable" || why.code == "oci-unreachable"; }

bool out_of_reach(ChartWork const& work) { return std::ranges::any_of(work.record.refusals, is_unreachable); }

bool refused_otherwise(ChartWork const& work) {
  return std::ranges::any_of(work.record.refusals, std::not_fn(is_unreachable)) ||
         std::ranges::any_of(work.record.entries, [](auto const& entry) { return entry.refusal.has_value(); });
}

void decide(Run& run) {
  bool refused = !run.record.refusals.empty();
  bool any_good = false;
  for (auto& work : run.works) {
    settle(work);
    bool const good = work.record.status == report::ChartStatus::packaged;
    if (!good) work.record.oci.reset();
    any_good = any_good || good;
    refused = refused || !good;
  }
  // Half a release because of a host's bad day is none (D-6).
  bool const reachable = std::ranges::none_of(run.works, out_of_reach);
  bool const partial = refused && any_good && reachable && run.record.refusals.empty() &&
                       run.settings.inputs.verify_policy == event::VerifyPolicy::flag;
  run.record.result = run.works.empty() && !refused ? report::Result::no_charts
                      : !refused                    ? report::Result::success
                      : partial                     ? report::Result::partial
                                                    : report::Result::failed;
  if (run.record.result == report::Result::failed)
    for (auto& work : run.works) {
      if (work.record.status == report::ChartStatus::packaged) work.record.status = report::ChartStatus::held_back;
      work.record.package.clear();
      work.record.digest.clear();
      work.record.oci.reset();
      work.record.size = 0;
    }
}

std::string first_reason(report::ReleaseRecord const& record) {
  if (!record.refusals.empty()) return record.refusals.front().code;
  for (auto const& chart : record.charts) {
    if (!chart.refusals.empty()) return chart.refusals.front().code;
    for (auto const& entry : chart.entries)
      if (entry.refusal) return entry.refusal->code;
  }
  return {};
}

void close_record(Run& run) {
  if (run.tools.trusted_roots)
    run.record.trusted_roots = run.tools.trusted_roots();
  else
    for (auto const& root : run.tools.verifier.roots())
      run.record.trusted_roots.push_back({.source = root.source, .digest = "sha256:" + root.sha256_hex});
  if (run.tools.dependencies) run.record.hosts = run.tools.dependencies->hosts();
  for (auto& work : run.works) {
    std::ranges::sort(work.record.dependencies, {}, [](auto const& d) { return std::pair(d.name, d.version); });
    // What the record tells of attestations is most of it: moved, and only the rest is still read from the work.
    auto entries = std::exchange(work.record.entries, {});
    run.record.charts.push_back(work.record);
    run.record.charts.back().entries = std::move(entries);
  }
  if (auto const packaged = run.record.packaged_count(); packaged > report::max_matrix_jobs)
    run.warn(reject("matrix-too-large", "output matrix",
                    "a job matrix takes no more than " + std::to_string(report::max_matrix_jobs) + " jobs")
                 .rule("A-26")
                 .found(std::to_string(packaged) + " packages")
                 .fix("attest all packages in one step with subject-checksums, or split the release"));
  run.record.reason = first_reason(run.record);
}

void write_files(Run& run) {
  auto const& settings = run.settings;
  auto& files = run.files;
  bool const released = run.record.result == report::Result::success || run.record.result == report::Result::partial;
  std::vector<PublishedFile> published;
  std::string checksums;

  files.packages_dir = settings.inputs.output_dir;
  files.verification_path = settings.inputs.output_dir + "/" + std::string(report_name);
  // Written twice, once to be hashed: the text of many charts is not held.
  Hasher hasher(HashAlgorithm::sha256);
  report::write_verification_report(run.record, [&](std::string_view piece) { hasher.update(piece); });
  files.verification_digest = "sha256:" + hex(hasher.finish());
  published.push_back(
      {files.verification_path, [&](TakePiece const& take) { report::write_verification_report(run.record, take); }});
  files.vsa_path = settings.inputs.output_dir + "/" + std::string(vsa_name);
  published.push_back(published_file(files.vsa_path, report::vsa_predicate(run.record, verifier_id)));
  if (released) {
    std::vector<report::Checksum> sums;
    for (auto const& chart : run.record.charts)
      if (chart.status == report::ChartStatus::packaged) sums.push_back({chart.package, chart.digest.substr(7)});
    auto text = report::checksums_text(std::move(sums));
    if (!text) throw RunError(ExitStatus::refused, text.error().code, text.error().sentence());
    checksums = std::move(*text);
    files.checksums_path = settings.inputs.output_dir + "/" + std::string(checksums_name);
    if (settings.lists.oci_repository) {
      auto subjects = oci_subjects(run.record);
      if (!subjects) throw RunError(ExitStatus::refused, subjects.error().code, subjects.error().sentence());
      files.oci_subjects_path = settings.inputs.output_dir + "/" + std::string(oci_subjects_name);
      published.push_back(published_file(files.oci_subjects_path, std::move(*subjects)));
    }
    files.manifest_path = settings.inputs.manifest_path;
    auto manifest = report::manifest_text(report::manifest_of(run.record, files));
    files.manifest_digest = sha256_text(manifest);
    published.push_back(published_file(files.manifest_path, std::move(manifest)));
  }
  if (settings.dry_run || run.output_taken) {
    files = {};
    return;
  }
  publish(run.works, checksums, published, settings);
}

// A-20, D-6.
ExitStatus status_of(Run const& run) {
  if (run.record.result != report::Result::failed) return ExitStatus::done;
  bool const block = run.settings.inputs.verify_policy == event::VerifyPolicy::block;
  bool const final_refusal = !run.record.refusals.empty() || (block && std::ranges::any_of(run.works, refused_otherwise));
  return std::ranges::any_of(run.works, out_of_reach) && !final_refusal ? ExitStatus::unreachable : ExitStatus::refused;
}

}  // namespace

RunOutcome run_release(RunSettings const& settings, RunTools const& tools) {
  Run run(settings, tools);
  run.output_taken = event::lead_through_link(settings.inputs, settings.workspace);  // until check_output() knows the trees
  ExitStatus status = ExitStatus::done;
  begin_record(run);
  try {
    if (tools.before_charts) tools.before_charts(run.record);
    open_trees(run);           // head, base and test merge
    check_output(run);         // nothing under version control is overwritten
    clear_output(run);         // nothing of an earlier run can be taken for this one's
    find_changed_charts(run);  // what a release would publish
    check_change(run);         // limits on the pull request itself
    place_in_registry(run);    // the names that charts will have there
    prove_charts(run);         // tag, content, every listed attestation, package
    decide(run);               // block or flag
  } catch (Cancelled const&) {
    throw;
  } catch (RunError const& error) {
    status = error.status();
    run.refuse(reject(error.code(), "run", error.what()));
    clear_output(run);
    decide(run);
  }
  log_others(run);
  run.head.reset(), run.base.reset(), run.merge.reset();  // their trees; the reports need the memory
  close_record(run);
  write_files(run);
  if (status == ExitStatus::done) status = status_of(run);
  return {std::move(run.record), std::move(run.files), status};
}

}  // namespace acr::release

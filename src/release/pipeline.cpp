#include "release/pipeline.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "event/path_rules.hpp"
#include "release/chart_flow.hpp"
#include "release/decision.hpp"
#include "release/found_charts.hpp"
#include "release/output_directory.hpp"
#include "release/output_paths.hpp"
#include "release/packaged_chart.hpp"
#include "release/release_files.hpp"

namespace acr::release {
namespace {

// nothing under version control is overwritten, and nothing of an earlier run can be taken for this one's.
class Output {
 public:
  explicit Output(RunSettings const& settings)
      : settings_(settings), taken_(event::lead_through_link(settings.inputs, settings.workspace)) {}

  // The branches that this run is about: what either holds, a checkout may have put there.
  void check(ReleaseTrees const& trees) {
    taken_ = true;
    check_output_paths(settings_.inputs, settings_.workspace, {trees.head.get(), trees.merge.get()});
    taken_ = false;
  }

  void clear(Findings& run) {
    if (!may_be_written() || std::exchange(cleared_, true)) return;
    for (auto const& name : remove_stale(settings_))
      run.warn(reject("output-not-empty", settings_.inputs.output_dir + "/" + name,
                      "this file is not of this action and would be uploaded with the packages")
                   .rule("A-6")
                   .fix("give output-dir a directory of its own"));
  }

  [[nodiscard]] bool may_be_written() const { return !settings_.dry_run && !taken_; }

 private:
  RunSettings const& settings_;
  bool taken_;  // the commit holds something where our files go, or that is not known: leave it alone
  bool cleared_ = false;
};

std::vector<report::TrustedRoot> trusted_roots_of(RunTools const& tools) {
  if (tools.trusted_roots) return tools.trusted_roots();
  std::vector<report::TrustedRoot> roots;
  for (auto const* root : tools.verifier.roots())
    roots.push_back({.source = root->source, .digest = "sha256:" + root->sha256_hex});
  return roots;
}

// The run on one screen. Trees and tags are given back at its end: the reports need the memory.
std::vector<SettledChart> settled_charts(RunSettings const& settings, RunTools const& tools, Staging const& staging,
                                         Output& output, RunFacts& facts) {
  auto& run = facts.findings;
  ReleaseTrees trees;
  std::optional<ChartFlow> flow;
  try {
    if (tools.before_charts) tools.before_charts(run);
    trees = open_trees(settings, tools.objects);                        // head, base and test merge
    output.check(trees);                                                // the commit holds nothing there
    output.clear(run);                                                  // nor does an earlier run
    auto found = find_changed_charts(settings, trees, tools.log, run);  // what a release would publish
    trees.base.reset();                                                 // only the comparison reads it
    facts.removed_charts = std::move(found.removed);
    facts.skipped_charts = std::move(found.skipped);
    check_change(settings, found.changed, run);       // limits on the pull request itself
    place_in_registry(settings, found.changed, run);  // the names that charts will have there
    if (auto const& repository = settings.lists.oci_repository) facts.oci_repository = repository->text();
    flow.emplace(settings, tools, trees, staging, std::move(found.changed), run);
    flow->prove();  // tag, content, every listed attestation, package
  } catch (Cancelled const&) {
    throw;
  } catch (RunError const& error) {
    facts.ended_early = error.status();
    run.refuse(reject(error.code(), "run", error.what()));
    output.clear(run);
  }
  return flow ? flow->settle_all() : std::vector<SettledChart>();
}

}  // namespace

RunOutcome run_release(RunSettings const& settings, RunTools const& tools) {
  Staging const staging(settings.runner_temp);
  Output output(settings);
  RunFacts facts;
  auto charts = settled_charts(settings, tools, staging, output, facts);
  facts.trusted_roots = trusted_roots_of(tools);
  if (tools.dependencies) facts.hosts = tools.dependencies->hosts();
  auto decision = decide(settings, std::move(facts), std::move(charts));  // block or flag
  auto files = release_files(settings, decision.record);
  if (output.may_be_written())
    publish(decision.released, files, settings);
  else
    files.places = {};
  return {std::move(decision.record), std::move(files.places), decision.status};
}

}  // namespace acr::release

// Offline decisions about what a chart lacks (D-2 … D-4, D-6, D-7, D-24 … D-29).

#include "dependencies/build_plan.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "chart/chart_loader.hpp"
#include "chart/chart_reader.hpp"
#include "chart/constraint.hpp"
#include "chart/link_resolution.hpp"
#include "chart/local_dependency.hpp"
#include "dependencies/index_reader.hpp"
#include "dependencies/limits.hpp"
#include "dependencies/nested.hpp"
#include "support/digest.hpp"

namespace acr::dependencies {
namespace {

using chart::Constraint;
using Origin = ExplainedDependency::Origin;

/// A chart of charts/ that is committed.
struct Committed {
  std::string name, version;
  std::string where;  ///< "charts/redis-17.0.1.tgz" or "charts/redis"
  [[nodiscard]] bool is_archive() const { return where.ends_with(".tgz"); }
};

/// What is kept of a loaded chart: no file contents, since chains of `file://` are held together.
struct Survey {
  chart::ChartMetadata metadata;
  chart::IgnoreRules rules;
  std::vector<Committed> committed;
  std::vector<Rejection> nested;  ///< `nested-missing`
  chart::FoundLock found;
  ListFiles files;
};

/// True when no file of the chart declares anything: most charts of a repository need not be loaded here. What cannot be read
/// is left to the loader, which says what is wrong.
bool declares_nothing(chart::SourceTree const& tree, std::string const& root) {
  auto const chart_yaml = chart::read_chart_yaml(tree, root);
  if (!chart_yaml) return false;
  auto const described = chart::description_of(chart_yaml->parsed, nullptr);
  return described && described->metadata.dependencies.empty() && !tree.node(chart::joined(root, "requirements.yaml"));
}

Verdict<Survey> survey(chart::SourceTree const& tree, std::string const& root, chart::Limits const& limits) {
  chart::PackageOptions options;
  options.dependencies_must_be_present = false;
  options.read_build_lock = true;
  options.limits = limits;
  auto loaded = chart::load_chart(tree, root, options);
  if (!loaded) return loaded.error();
  Survey seen;
  for (auto const& subchart : loaded->chart.subcharts) {
    seen.committed.push_back({subchart.metadata.name, subchart.metadata.version, subchart.where});
    add_nested_missing(subchart, seen.nested);
  }
  seen.found = std::move(loaded->build_lock);
  seen.files.locked = seen.found.file;
  seen.files.declared = loaded->chart.dependencies_file;
  seen.metadata = std::move(loaded->chart.metadata);
  seen.rules = std::move(loaded->rules);
  return seen;
}

Committed const* committed_as(Survey const& seen, std::string_view name) {
  auto const found = std::ranges::find(seen.committed, name, &Committed::name);
  return found == seen.committed.end() ? nullptr : &*found;
}

/// D-4: a committed chart stays, so it must be the one that is meant.
Verdict<void> check_committed(Survey const& seen, LockedDependency const& locked, Committed const& chart) {
  auto const refuse = [&](std::string const& expected) {
    return reject("dep-vendored-version", chart.where,
                  "the committed chart " + chart.name + " is not the version that is meant")
        .rule("D-4")
        .expected(expected)
        .found(chart.version)
        .fix("run `helm dependency update`, or commit the chart that the lock names");
  };
  if (locked.from_lock && !locked.repository.empty()) {
    if (same_version(locked.version, chart.version)) return {};
    return refuse("the locked version " + locked.version);
  }
  auto const constraint = Constraint::parse(locked.constraint);
  if (!constraint) {
    auto refused = constraint.error();
    refused.where = line_of(seen.files.declared, locked.declared_line);
    return refused;
  }
  auto const version = chart::parse_version(chart.version);
  if (version && constraint->allows(*version)) return {};
  return refuse("a version that meets `" + locked.constraint + "`");
}

class Planner {
 public:
  Planner(chart::SourceTree const& tree, PlanSettings const& settings, BuildPlan& plan)
      : tree_(tree), settings_(settings), plan_(plan) {}

  void run() {
    auto const root = chart::resolve(tree_, plan_.root);
    // A chart that cannot be found or read is refused when it is packaged.
    if (!root || declares_nothing(tree_, root->path)) return;
    auto seen = survey(tree_, root->path, settings_.limits);
    if (!seen) return refuse(seen.error());
    if (seen->found.lock) plan_.lock_file = seen->found.file;
    explain(*seen);
    chain_ = {root->path};
    add(root->path, *seen);
    if (plan_.needs_build())
      for (auto const& missing : plan_.directories.front().missing) complete(missing);
  }

 private:
  chart::SourceTree const& tree_;
  PlanSettings const& settings_;
  BuildPlan& plan_;
  std::vector<std::string> chain_;                          ///< directories from the chart to the one looked at
  std::map<std::string, std::size_t, std::less<>> places_;  ///< of directories that are planned
  std::map<std::vector<std::string>, std::size_t> orders_;
  std::size_t named_ = 0;  ///< refusals before this one name their dependency, or are about none

  /// Messages say through which `file://` dependencies the chart came to the place.
  [[nodiscard]] Rejection placed(Rejection why) const {
    for (auto directory = chain_.rbegin(); directory != chain_.rend() && directory + 1 != chain_.rend(); ++directory)
      why = std::move(why).within("file://" + *directory);
    return std::move(why).within(plan_.root.empty() ? "." : plan_.root);
  }
  void refuse(Rejection why) { plan_.refusals.push_back(placed(std::move(why))); }
  /// Refusals since `before` are about this dependency, unless one of a `file://` target below it was named already.
  void name_refusals(std::size_t before, LockedDependency const& dependency) {
    for (auto i = std::max(before, named_); i < plan_.refusals.size(); ++i)
      plan_.refusals[i] = about(std::move(plan_.refusals[i]), dependency);
    named_ = plan_.refusals.size();
  }
  void warn(Rejection what) { plan_.warnings.push_back(placed(std::move(what))); }

  /// Plans what `root` lacks; nothing when it lacks nothing or was refused.
  std::optional<std::size_t> add(std::string const& root, Survey const& seen) {
    for (auto const& warning : seen.nested) warn(warning);
    check_pins(root, seen);
    auto const& declared = seen.metadata.dependencies;
    std::vector<bool> missing;
    for (auto const& dependency : declared) missing.push_back(committed_as(seen, dependency.name) == nullptr);
    if (chain_.size() == 1 && std::ranges::find(missing, true) == missing.end()) return std::nullopt;

    auto const slot = plan_.directories.size();
    plan_.directories.push_back({.root = root, .name = seen.metadata.name, .version = seen.metadata.version, .missing = {}});
    places_.emplace(root, slot);
    if (std::ranges::find(missing, true) == missing.end()) return slot;

    auto const locked = check_lock(seen.metadata, seen.found.lock, missing, seen.files);
    if (!locked) return refuse(locked.error()), slot;
    for (auto const& warning : locked->warnings) warn(warning);
    check_what_stays(seen, locked->dependencies);
    if (auto const fine = check_versions(seen, locked->dependencies, missing); !fine) refuse(fine.error());
    for (std::size_t i = 0; i < declared.size(); ++i)
      if (missing[i]) {
        auto const before = plan_.refusals.size();
        add_missing(slot, seen, locked->dependencies[i]);
        name_refusals(before, locked->dependencies[i]);
      }
    return slot;
  }

  /// D-29: pins hold for committed archives, too, whenever there is a lock.
  void check_pins(std::string const& root, Survey const& seen) {
    if (!seen.found.lock || !seen.found.lock->dependencies) return;
    for (auto const& chart : seen.committed) {
      if (!chart.is_archive()) continue;
      std::string pins;
      bool fits = false;
      std::size_t line = 0;
      std::string digest;
      for (auto const& entry : *seen.found.lock->dependencies) {
        if (entry.name != chart.name || entry.pin.empty() || chart::is_local_repository(entry.repository)) continue;
        if (digest.empty()) digest = digest_of(chart::joined(root, chart.where));
        fits = fits || entry.pin == digest;
        pins += (pins.empty() ? "" : " or ") + entry.pin;
        line = entry.line;
      }
      if (!pins.empty() && !fits)
        refuse(reject("dep-digest-mismatch", chart.where,
                      "the committed archive is not the one that " + line_of(seen.files.locked, line) + " pins")
                   .rule("D-29")
                   .expected(pins)
                   .found(digest)
                   .fix("find out who changed the archive; do not just pin it anew"));
    }
  }

  [[nodiscard]] std::string digest_of(std::string const& path) const {
    auto const file = chart::resolve(tree_, path);
    auto const bytes = file ? tree_.read(file->path, static_cast<std::size_t>(settings_.limits.file_bytes)) : std::nullopt;
    return bytes ? sha256_text(*bytes) : "nothing";
  }

  /// D-4: Helm would fetch declared ones anew and delete archives that nobody declares.
  void check_what_stays(Survey const& seen, std::vector<LockedDependency> const& locked) {
    for (auto const& chart : seen.committed) {
      bool declared = false;
      for (auto const& entry : locked) {
        if (entry.name != chart.name) continue;
        declared = true;
        if (auto const fine = check_committed(seen, entry, chart); !fine) {
          refuse(about(fine.error(), entry));
          break;
        }
      }
      if (!declared && chart.is_archive())
        refuse(
            reject("dep-stale-archive", chart.where, "no dependency names this archive, and a build with Helm would delete it")
                .rule("D-4")
                .expected("a declared name")
                .found("the chart " + chart.name + " " + chart.version)
                .fix("declare or delete it"));
    }
  }

  /// D-28: two aliases of one chart with different versions cannot both be packaged.
  static Verdict<void> check_versions(Survey const& seen, std::vector<LockedDependency> const& locked,
                                      std::vector<bool> const& missing) {
    for (std::size_t i = 0; i < locked.size(); ++i)
      for (std::size_t j = 0; j < i && missing[i]; ++j) {
        auto const &a = locked[j], &b = locked[i];
        bool const versions = !chart::is_local_repository(a.repository) && !chart::is_local_repository(b.repository);
        if (a.name == b.name && versions && !same_version(a.version, b.version))
          return about(reject("dep-duplicate", line_of(seen.files.declared, b.declared_line),
                              "two versions of " + a.name + " would have the same place")
                           .rule("D-28")
                           .expected("one archive per name")
                           .found(a.version + " and " + b.version)
                           .fix("use one version for all aliases"),
                       b);
      }
    return {};
  }

  void add_missing(std::size_t slot, Survey const& seen, LockedDependency const& locked) {
    if (locked.repository.empty())
      return refuse(reject("dep-missing", line_of(seen.files.declared, locked.declared_line),
                           "the dependency " + locked.name + " has no repository and is not in charts/")
                        .rule("D-27")
                        .expected("a chart in charts/")
                        .found("none")
                        .fix("commit the chart, or name its repository"));
    if (chart::is_local_repository(locked.repository)) return add_local(slot, seen, locked);
    if (auto const fine = chart::check_place(seen.rules, archive_file_name(locked.name, locked.version)); !fine)
      return refuse(fine.error());
    if (settings_.pins == Pins::require && locked.pin.empty())
      return refuse(
          reject("dep-pin-missing",
                 locked.from_lock ? line_of(seen.files.locked, locked.locked_line)
                                  : line_of(seen.files.declared, locked.declared_line),
                 "nothing in the commit says which bytes of " + locked.name + " " + locked.version + " are meant")
              .rule("D-29")
              .expected("digest: sha256:<of the archive> in the lock's entry")
              .found("no pin")
              .fix(
                  "run `atomic-chart-release pin` on the chart, or once with dependency-pins: warn and paste the printed line"));
    ArchiveOrder order{.name = locked.name, .version = locked.version, .repository = locked.repository, .pin = locked.pin};
    if (settings_.check_order)
      if (auto const fine = settings_.check_order(order); !fine)
        return refuse(fine.error().within(line_of(seen.files.declared, locked.declared_line)));
    auto const [known, fresh] =
        orders_.emplace(std::vector{order.repository, order.name, order.version, order.pin}, plan_.orders.size());
    if (fresh) plan_.orders.push_back(std::move(order));
    plan_.directories[slot].missing.push_back({locked, false, known->second});
  }

  void add_local(std::size_t slot, Survey const& seen, LockedDependency const& locked) {
    auto const root = plan_.directories[slot].root;
    auto target = chart::local_dependency(tree_, root, locked.repository);
    if (!target) {
      auto refused = target.error();
      refused.where = line_of(seen.files.declared, locked.declared_line);
      return refuse(std::move(refused));
    }
    if (std::ranges::find(chain_, *target) != chain_.end()) return refuse(cycle(*target, seen, locked, "they form a cycle"));
    auto const known = places_.find(*target);
    std::size_t const below = known == places_.end() ? 0 : plan_.directories[known->second].height;
    if (chain_.size() + below > limits::local_depth)
      return refuse(cycle(*target, seen, locked, "there are too many in a chain"));

    std::size_t index = 0;
    if (known != places_.end()) {
      index = known->second;
    } else {
      if (plan_.directories.size() > limits::local_targets)
        return refuse(reject("dep-too-large", line_of(seen.files.declared, locked.declared_line),
                             "the chart has too many `file://` dependencies")
                          .rule("D-35")
                          .expected("at most " + std::to_string(limits::local_targets))
                          .fix("commit the packages of some of them in charts/ instead"));
      auto const inner = survey(tree_, *target, settings_.limits);
      chain_.push_back(*target);
      if (!inner) {
        refuse(inner.error());
        chain_.pop_back();
        return;
      }
      index = *add(*target, *inner);
      chain_.pop_back();
    }
    auto const& local = plan_.directories[index];
    if (auto const fine = check_local(seen, locked, local); !fine) return refuse(fine.error());
    if (auto const fine = chart::check_place(seen.rules, archive_file_name(local.name, local.version)); !fine)
      return refuse(fine.error());
    plan_.directories[slot].height = std::max(plan_.directories[slot].height, local.height + 1);
    plan_.directories[slot].missing.push_back({locked, true, index});
  }

  Rejection cycle(std::string const& target, Survey const& seen, LockedDependency const& locked, std::string_view why) const {
    std::string path;
    for (auto const& directory : chain_) path += directory + " → ";
    return reject("dep-cycle", line_of(seen.files.declared, locked.declared_line),
                  "`file://` dependencies lead from chart to chart, and " + std::string(why))
        .rule("D-26")
        .expected("at most " + std::to_string(limits::local_depth) + " in a chain, none twice")
        .found(path + target)
        .fix("break the chain");
  }

  /// D-24: name and version of the target.
  static Verdict<void> check_local(Survey const& seen, LockedDependency const& locked, PlannedDirectory const& local) {
    auto const constraint = Constraint::parse(locked.version);
    if (!constraint) {
      auto refused = constraint.error();
      refused.where = line_of(seen.files.declared, locked.declared_line);
      return refused;
    }
    auto const version = chart::parse_version(local.version);
    if (local.name == locked.name && version && constraint->allows(*version)) return {};
    return reject("dep-local-version", line_of(seen.files.declared, locked.declared_line),
                  "the chart in " + local.root + " is not the one that is meant")
        .rule("D-24")
        .expected(locked.name + " " + locked.version)
        .found(local.name + " " + local.version)
        .fix("update the lock, or the chart");
  }

  void explain(Survey const& seen) {
    auto const& declared = seen.metadata.dependencies;
    auto const locked = seen.found.lock ? seen.found.lock->dependencies.value_or(std::vector<chart::Dependency>{})
                                        : std::vector<chart::Dependency>{};
    for (std::size_t i = 0; i < declared.size(); ++i) {
      ExplainedDependency row;
      row.name = declared[i].name;
      row.alias = declared[i].alias;
      row.constraint = declared[i].version;
      row.repository = shown_repository(declared[i].repository);
      if (i < locked.size() && locked[i].name == row.name) {
        row.repository = shown_repository(locked[i].repository);
        row.locked = locked[i].version;
        row.pin = locked[i].pin;
      }
      if (auto const* chart = committed_as(seen, row.name)) {
        row.origin = Origin::committed;
        row.place = chart->where;
        row.version = chart->version;
      }
      plan_.declared.push_back(std::move(row));
    }
  }

  /// Where the missing ones of the chart itself will come from.
  void complete(MissingDependency const& missing) {
    for (auto& row : plan_.declared) {
      if (row.name != missing.locked.name || row.origin != Origin::nowhere) continue;
      row.origin = missing.is_local ? Origin::local : Origin::fetched;
      row.place = missing.is_local ? plan_.directories[missing.index].root : shown_repository(missing.locked.repository);
      row.version = missing.is_local ? plan_.directories[missing.index].version : missing.locked.version;
      return;
    }
  }
};

}  // namespace

std::string archive_file_name(std::string_view name, std::string_view version) {
  return std::string(name) + "-" + std::string(version) + ".tgz";
}

BuildPlan plan_build(chart::SourceTree const& tree, std::string_view chart_root, PlanSettings const& settings) {
  BuildPlan plan;
  plan.root = std::string(chart_root);
  Planner(tree, settings, plan).run();
  return plan;
}

}  // namespace acr::dependencies

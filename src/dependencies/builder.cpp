// Fetching for all charts at once, and placing (D-5, D-6, D-16, D-25, D-26, D-28 … D-31, D-35).

#include "dependencies/builder.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "chart/chart_loader.hpp"
#include "chart/memory_bounds.hpp"
#include "dependencies/index_reader.hpp"
#include "dependencies/limits.hpp"
#include "dependencies/nested.hpp"
#include "support/parallel.hpp"

namespace acr::dependencies {
namespace {

/// An archive as the run knows it; charts that ask with equal orders share it.
struct Arrival {
  std::optional<FetchedArchive> archive;
  std::vector<Rejection> refusals, warnings;
};

/// Orders of one plan are shared by all aliases of a chart.
std::string named(BuildPlan const& plan, std::size_t index) {
  std::set<std::string> aliases;
  for (auto const& directory : plan.directories)
    for (auto const& missing : directory.missing)
      if (!missing.is_local && missing.index == index && !missing.locked.alias.empty()) aliases.insert(missing.locked.alias);
  std::string list;
  for (auto const& alias : aliases) list += (list.empty() ? "" : ", ") + alias;
  auto const& order = plan.orders[index];
  return dependency_name(order.name, order.version, list, order.repository);
}

/// D-16, D-28: the archive holds the chart that was asked for, and Helm could load it.
void inspect(ArchiveOrder const& order, Arrival& arrival, chart::Limits const& limits) {
  std::optional<MemoryGate::Pass> pass;
  auto const loaded = chart::made_in_memory(
      limits, arrival.archive->stored->size() > chart::ordinary_file_bytes, pass, [&](chart::Limits const& within) {
        return chart::load_archive(*arrival.archive->stored->bytes(), archive_file_name(order.name, order.version), within);
      });
  if (!loaded) {
    arrival.refusals.push_back(chart::with_repacking_advice(loaded.error()));
    return;
  }
  auto const& metadata = loaded->chart.metadata;
  if (metadata.name != order.name || !same_version(metadata.version, order.version)) {
    arrival.refusals.push_back(
        reject("dep-chart-mismatch", arrival.archive->url, "the archive holds another chart than was asked for")
            .rule("D-28")
            .expected(order.name + " " + order.version)
            .found(metadata.name + " " + metadata.version)
            .fix("lock another version"));
    return;
  }
  add_nested_missing(loaded->chart, arrival.warnings);
}

using Key = std::tuple<std::string, std::string, std::string, std::string>;
Key key_of(ArchiveOrder const& order) { return {order.repository, order.name, order.version, order.pin}; }

/// D-35; reported for every chart that fetches.
Verdict<void> check_count(std::vector<ArchiveOrder> const& orders) {
  std::set<std::tuple<std::string, std::string, std::string>> fetches;
  for (auto const& order : orders) fetches.emplace(order.repository, order.name, order.version);
  if (fetches.size() <= limits::run_archives) return {};
  return reject("dep-too-large", "Chart.lock", "the run would fetch too many archives")
      .rule("D-35")
      .expected("at most " + std::to_string(limits::run_archives))
      .found(std::to_string(fetches.size()))
      .fix("split the release, or commit some of the charts");
}

void add_record(ChartArchives& chart, ArchiveOrder const& order, FetchedArchive const& archive) {
  chart.dependencies.push_back({.name = order.name,
                                .version = order.version,
                                .repository = shown_repository(order.repository),
                                .url = archive.url,
                                .sha256 = archive.sha256,
                                .oci_manifest = archive.oci_manifest,
                                .pinned = archive.pinned,
                                .pin_line = archive.pinned ? std::string() : "digest: " + archive.sha256});
}

/// D-31: without pins the repositories decide what is packaged.
void warn_of_unpinned(ChartArchives& chart, std::string const& root) {
  std::string names;
  for (auto const& each : chart.dependencies)
    if (!each.pinned) names += (names.empty() ? "" : ", ") + each.name + " " + each.version;
  if (names.empty()) return;
  chart.warnings.push_back(
      reject("unpinned", root, "nothing in the commit fixes the bytes of fetched dependencies: the repositories decide them")
          .rule("D-31")
          .expected("`digest: sha256:…` in the lock's entries")
          .found("no pin of " + names)
          .fix("paste the lines that the report prints, or run `atomic-chart-release pin` on the chart"));
}

/// P-19, before anything is read: archives are files of the package, and all of them are held at one time.
Rejection too_large(std::uint64_t bytes, chart::PackageOptions const& options) {
  return reject("chart-too-large", "charts", "the chart's archives are too large together: no Helm could load the package")
      .rule("P-19")
      .expected("less than " + std::to_string(options.limits.chart_bytes) + " bytes")
      .found(std::to_string(bytes) + " bytes");
}

/// Builds archives from directories, each once for a chart.
class Placing {
 public:
  Placing(chart::SourceTree const& tree, BuildPlan const& plan, ChartArchives const& fetched,
          chart::PackageOptions const& options)
      : tree_(tree), plan_(plan), fetched_(fetched), options_(options), built_(plan.directories.size()) {
    // Overrides are for the chart that was asked for, and what P-75 wants is for it alone.
    options_.version.clear();
    options_.app_version.clear();
    options_.entry_digests = false;
    options_.dependencies_must_be_present = false;
  }

  Verdict<std::vector<chart::ExtraArchive>> archives(std::size_t directory) {
    std::map<std::string, chart::ExtraArchive> by_name;
    for (auto const& missing : plan_.directories[directory].missing) {
      auto archive = missing.is_local ? local(missing.index) : fetched(missing);
      if (!archive) return archive.error();
      auto const& name = missing.locked.name;
      auto const [other, fresh] = by_name.emplace(name, *archive);
      if (!fresh && *other->second.bytes != *archive->bytes)
        return about(reject("dep-duplicate", "charts/" + archive->name,
                            "two archives hold the chart " + name + ", and both would have one place")
                         .rule("D-28")
                         .expected("one archive per name")
                         .found(other->second.name + " and " + archive->name + " with other bytes")
                         .fix("use one version and one repository for all aliases"),
                     missing.locked);
    }
    std::vector<chart::ExtraArchive> placed;
    for (auto& [name, archive] : by_name) placed.push_back(std::move(archive));
    return placed;
  }

 private:
  chart::SourceTree const& tree_;
  BuildPlan const& plan_;
  ChartArchives const& fetched_;
  chart::PackageOptions options_;
  std::vector<std::optional<chart::ExtraArchive>> built_;  ///< by directory
  std::uint64_t built_bytes_ = 0;                          ///< of all of these: they are held until the chart is packaged

  Verdict<chart::ExtraArchive> fetched(MissingDependency const& missing) const {
    return chart::ExtraArchive{archive_file_name(missing.locked.name, missing.locked.version),
                               fetched_.archives.at(missing.index).stored->bytes()};
  }

  /// D-25, D-26: as Helm packages the directory after its own build; depth is bounded by the plan.
  Verdict<chart::ExtraArchive> local(std::size_t index) {
    if (built_[index]) return *built_[index];
    auto const& directory = plan_.directories[index];
    auto inner = archives(index);
    if (!inner) return inner.error().within("file://" + directory.root);
    options_.extra_archives = std::move(*inner);
    auto package = chart::package(tree_, directory.root, options_);
    options_.extra_archives.clear();
    if (!package) return package.error();
    built_bytes_ += package->bytes.size();
    if (built_bytes_ >= options_.limits.chart_bytes)
      return too_large(built_bytes_, options_).within("file://" + directory.root);
    built_[index] = chart::ExtraArchive{package->file_name, std::make_shared<std::string const>(std::move(package->bytes))};
    return *built_[index];
  }
};

}  // namespace

std::vector<ChartArchives> fetch_archives(std::vector<BuildPlan const*> const& plans, ArchiveSource& source,
                                          std::size_t workers, chart::Limits const& limits) {
  std::vector<ChartArchives> charts(plans.size());
  std::vector<ArchiveOrder> orders;
  std::map<Key, std::size_t> places;
  for (auto const* plan : plans)
    if (plan->refusals.empty())
      for (auto const& order : plan->orders)
        if (places.emplace(key_of(order), orders.size()).second) orders.push_back(order);
  if (auto const fine = check_count(orders); !fine) {
    for (std::size_t i = 0; i < plans.size(); ++i)
      if (plans[i]->refusals.empty() && !plans[i]->orders.empty())
        charts[i].refusals.push_back(fine.error().within(plans[i]->root));
    return charts;
  }
  if (orders.empty()) return charts;

  auto answers = source.fetch(orders);
  if (answers.size() != orders.size()) throw std::logic_error("an archive source owes one answer for each order");
  std::vector<Arrival> arrivals(orders.size());
  for_each_index(orders.size(), workers, [&](std::size_t i) {
    if (!answers[i]) {
      arrivals[i].refusals.push_back(answers[i].error());
      return;
    }
    arrivals[i].archive = std::move(*answers[i]);
    arrivals[i].warnings = arrivals[i].archive->warnings;
    inspect(orders[i], arrivals[i], limits);
  });

  for (std::size_t i = 0; i < plans.size(); ++i) {
    auto& chart = charts[i];
    if (!plans[i]->refusals.empty()) continue;
    std::string const root = plans[i]->root.empty() ? "." : plans[i]->root;
    for (std::size_t at = 0; at < plans[i]->orders.size(); ++at) {
      auto const& order = plans[i]->orders[at];
      auto const name = named(*plans[i], at);
      auto const& arrival = arrivals[places.at(key_of(order))];
      for (auto const& refusal : arrival.refusals) chart.refusals.push_back(Rejection(refusal).within(name).within(root));
      for (auto const& warning : arrival.warnings) chart.warnings.push_back(Rejection(warning).within(name).within(root));
      if (!arrival.archive || !arrival.refusals.empty()) continue;
      chart.archives.push_back(*arrival.archive);
      add_record(chart, order, *arrival.archive);
    }
    if (!chart.refusals.empty()) {
      chart.archives.clear();
      chart.dependencies.clear();
      continue;
    }
    std::ranges::sort(chart.dependencies, {}, [](auto const& d) { return std::tie(d.name, d.version, d.repository); });
    warn_of_unpinned(chart, root);
  }
  return charts;
}

Verdict<std::vector<chart::ExtraArchive>> archives_of(chart::SourceTree const& tree, BuildPlan const& plan,
                                                      ChartArchives const& fetched, chart::PackageOptions const& options) {
  if (!plan.needs_build()) return std::vector<chart::ExtraArchive>();
  if (!plan.refusals.empty() || fetched.archives.size() != plan.orders.size())
    throw std::logic_error("archives of a chart that was refused");
  std::uint64_t bytes = 0;
  for (auto const& archive : fetched.archives) bytes += archive.stored->size();
  if (bytes >= options.limits.chart_bytes) return too_large(bytes, options).within(plan.root.empty() ? "." : plan.root);
  auto placed = Placing(tree, plan, fetched, options).archives(0);
  if (!placed) return placed.error().within(plan.root.empty() ? "." : plan.root);
  return placed;
}

}  // namespace acr::dependencies

#include "release/check_stage.hpp"

#include <algorithm>
#include <utility>

#include "report/json_text.hpp"
#include "support/json.hpp"

namespace acr::release {

Verdict<SourceDigests> changed_source_digests(chart::SourceTree const* base, chart::SourceTree const& head,
                                              chart::ChartsScope const& scope, std::size_t workers) {
  if (!base) return source_digests(head, scope, {}, workers);
  auto changed = chart::changed_charts(*base, head, scope);
  if (!changed) return changed.error();
  std::vector<std::string> paths;
  SourceDigests found;
  for (auto const& chart : changed->changed) paths.push_back(chart.path);
  for (auto& refused : changed->refused) {
    // What keeps a chart from being released as it is does not keep it from being checked.
    if (refused.why.code == "version-not-bumped")
      paths.push_back(refused.path);
    else
      found.refusals.push_back(std::move(refused.why));
  }
  found.skipped = std::move(changed->skipped);
  if (paths.empty()) return found;
  std::ranges::sort(paths);
  for (auto& path : paths) path.insert(0, "./");  // never taken for a name
  auto digests = source_digests(head, scope, paths, workers);
  if (!digests) return digests.error();
  found.charts = std::move(digests->charts);
  std::ranges::move(digests->refusals, std::back_inserter(found.refusals));
  return found;
}

report::Outputs changed_outputs(SourceDigests const& found) {
  auto outputs = digest_outputs(found);
  outputs.set("matrix", "{\"include\":" + source_digests_json(found.charts) + "}");
  return outputs;
}

Verdict<PackageToCheck> package_to_check(chart::SourceTree const& tree, chart::ChartsScope const& scope,
                                         std::string const& chart, std::int64_t time, RebuildTools const* dependencies) {
  auto const found = source_digests(tree, scope, {chart}, 1);
  if (!found) return found.error();
  if (!found->refusals.empty()) return found->refusals.front();
  auto const& source = found->charts.front();
  auto const root = source.path == "." ? std::string() : source.path;
  chart::PackageOptions options;
  options.time = time;
  if (dependencies) {
    auto archives = archives_for(tree, root, options, *dependencies);
    if (!archives) return archives.error();
    options.extra_archives = std::move(*archives);
  }
  auto package = chart::package(tree, root, options);
  if (!package) return package.error().within(source.path);
  return PackageToCheck{source, std::move(*package)};
}

}  // namespace acr::release

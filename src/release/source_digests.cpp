#include "release/source_digests.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "chart/chart_reader.hpp"
#include "chart/charts_directories.hpp"
#include "chart/excluded_charts.hpp"
#include "chart/link_resolution.hpp"
#include "chart/source_list.hpp"
#include "report/json_text.hpp"
#include "support/parallel.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace {

using chart::SourceTree;

std::string shown(std::string_view path) { return path.empty() ? "." : std::string(path); }

// "./charts/web/" is charts/web.
std::string cleaned(std::string_view path) {
  while (path.starts_with("./")) path.remove_prefix(2);
  while (path.ends_with('/')) path.remove_suffix(1);
  return path == "." ? std::string() : std::string(path);
}

// A path of the repository and nothing that leaves it.
bool is_repository_path(std::string_view path) {
  auto const segments = split(path, '/');
  return path.empty() ||
         std::ranges::none_of(segments, [](auto segment) { return segment.empty() || segment == "." || segment == ".."; });
}

// True for a directory with a Chart.yaml, and for what was meant to be one: a link that leads nowhere, a submodule. Reading it
// says what is wrong.
bool holds_chart(SourceTree const& tree, std::string const& path) {
  if (!is_repository_path(path)) return false;
  auto const resolved = chart::resolve(tree, path);
  if (!resolved) return tree.node(path).has_value();
  if (resolved->node.kind == chart::NodeKind::submodule) return true;
  return resolved->node.kind == chart::NodeKind::directory && tree.node(chart::joined(resolved->path, "Chart.yaml"));
}

Verdict<std::string> path_of(SourceTree const& tree, std::vector<std::string> const& directories, std::string const& wanted) {
  auto const name = cleaned(wanted);
  // A name counts before a directory that is called so (B-22); with a slash ("./web") it is a path.
  bool const is_path = name.empty() || wanted.find('/') != std::string::npos;
  if (!is_path) {
    auto const paths = chart::charts_named(tree, directories, name, {});
    if (paths.size() > 1)
      return reject("duplicate-name", "input chart", "several charts of the commit are called " + name)
          .rule("A-45")
          .found(paths[0] + " and " + paths[1])
          .fix("name the directory of one of them");
    if (paths.size() == 1) return paths.front();
    for (auto const& directory : directories)
      if (auto path = chart::joined(directory, name); holds_chart(tree, path)) return path;
  }
  if (holds_chart(tree, name)) return name;
  return reject("no-chart", "input chart", "the commit has no chart of this name or at this path")
      .rule("B-3")
      .expected("the name or the directory of a chart")
      .found(wanted)
      .fix("name its directory, relative to the repository");
}

// All charts of the charts directories, broken ones among them: they are reported, never left out.
std::vector<std::string> all_charts(SourceTree const& tree, std::vector<std::string> const& directories,
                                    std::vector<std::string> const& exclude, std::vector<chart::SkippedChart>& skipped) {
  chart::ExcludedCharts excluded(exclude);
  std::vector<std::string> paths;
  for (auto const& [path, candidate] : chart::chart_candidates(tree, directories)) {
    auto const name = excluded.asks_for_names() && !candidate.broken ? chart::chart_name(tree, path, candidate) : std::string();
    if (auto const* item = excluded.fitting(path, name))
      skipped.push_back({path, name.empty() ? std::string(chart::base_name(path)) : name, *item});
    else
      paths.push_back(path);
  }
  return paths;
}

Verdict<SourceDigest> digest_of(SourceTree const& tree, std::string const& path) {
  auto digest = chart::source_digest(tree, path);
  if (!digest) return digest.error();
  auto const chart_yaml = chart::read_chart_yaml(tree, chart::resolve(tree, path)->path);
  auto const described = chart::description_of(chart_yaml->parsed, nullptr);
  SourceDigest found{shown(path), {}, {}, std::move(*digest)};
  if (described) found.name = described->metadata.name, found.version = described->metadata.version;
  return found;
}

}  // namespace

Verdict<SourceDigests> source_digests(SourceTree const& tree, chart::ChartsScope const& scope,
                                      std::vector<std::string> const& wanted, std::size_t workers) {
  SourceDigests found;
  std::vector<std::string> paths, directories = scope.charts_dirs;
  if (wanted.empty()) {
    auto const judged = chart::charts_directories(tree, tree, scope.charts_dirs);
    if (!judged) return judged.error();
    directories.clear();
    for (auto const& directory : *judged) directories.push_back(*directory.head);
    paths = all_charts(tree, directories, scope.exclude_charts, found.skipped);
  }
  for (auto const& name : wanted) {
    auto path = path_of(tree, directories, name);
    if (!path) return path.error();
    paths.push_back(std::move(*path));
  }
  std::vector<std::optional<Verdict<SourceDigest>>> slots(paths.size());
  for_each_index(paths.size(), workers, [&](std::size_t i) { slots[i].emplace(digest_of(tree, paths[i])); });
  for (auto& slot : slots) {
    if (*slot)
      found.charts.push_back(std::move(**slot));
    else
      found.refusals.push_back(slot->error());
  }
  return found;
}

report::Outputs digest_outputs(SourceDigests const& found) {
  using report::Result;
  bool const none = found.charts.empty() && found.refusals.empty();
  report::Outputs outputs;
  outputs.set("result", report::to_text(!found.refusals.empty() ? Result::failed : none ? Result::no_charts : Result::success));
  outputs.set("reason", found.refusals.empty() ? Code() : found.refusals.front().code);
  outputs.set("chart-count", std::uint64_t{found.charts.size()});
  outputs.set("charts", source_digests_json(found.charts));
  if (found.charts.size() != 1 || !found.refusals.empty()) return outputs;
  auto const& only = found.charts.front();
  outputs.set("source-digest", only.digest);
  outputs.set("name", only.name);
  outputs.set("version", only.version);
  return outputs;
}

std::string source_digests_json(std::vector<SourceDigest> const& charts) {
  boost::json::array array;
  for (auto const& chart : charts)
    array.push_back(boost::json::object{{"path", report::json_text(chart.path)},
                                        {"name", report::json_text(chart.name)},
                                        {"version", report::json_text(chart.version)},
                                        {"source-digest", chart.digest}});
  return to_ascii_json(array);
}

}  // namespace acr::release

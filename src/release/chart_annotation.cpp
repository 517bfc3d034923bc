#include "release/chart_annotation.hpp"

#include <utility>

#include "chart/chart_reader.hpp"
#include "chart/charts_directories.hpp"
#include "git/tag_annotation.hpp"
#include "release/changed_chart.hpp"
#include "release/git_source_tree.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace {

// "- key: 123 sha256:…", the dash may be missing; whether key, id and digest are good compose_annotation() decides.
Verdict<git::LineageItem> item_of(std::string_view line) {
  auto rest = trimmed(line);
  if (rest.starts_with("- ")) rest = trimmed(rest.substr(2));
  auto const colon = rest.find(':');
  auto const fail = [&] {
    return reject("bad-line", "input lineage", "the line is not an entry")
        .rule("A-98")
        .expected("<key>: <id> sha256:<64 hex digits>")
        .found(std::string(line));
  };
  if (colon == std::string_view::npos) return fail();
  git::LineageItem item;
  item.key = std::string(rest.substr(0, colon));
  rest = trimmed(rest.substr(colon + 1));
  auto const space = rest.find_first_of(" \t");
  item.id = std::string(rest.substr(0, space));
  if (space != std::string_view::npos) item.digest = std::string(trimmed(rest.substr(space)));
  if (item.key.empty() || item.id.empty()) return fail();
  return item;
}

Verdict<chart::ChartMetadata> metadata_at(GitSourceTree const& tree, event::ActionInputs const& inputs) {
  // A name counts (B-22); a directory of that name will do when no chart is called so.
  auto paths = chart::charts_named(tree, inputs.charts_dirs, inputs.chart, {});
  if (paths.size() > 1)
    return reject("duplicate-name", "input chart", "several charts of the commit are called " + inputs.chart)
        .rule("A-45")
        .found(paths[0] + " and " + paths[1])
        .fix("name the directory of one of them with charts-dir");
  for (auto const& directory : inputs.charts_dirs)
    if (auto path = chart::joined(directory, inputs.chart); paths.empty() && tree.node(path)) paths.push_back(std::move(path));
  for (auto const& path : paths) {
    auto const chart_yaml = chart::read_chart_yaml(tree, path);
    if (!chart_yaml) return chart_yaml.error().within(path);
    auto described = chart::description_of(chart_yaml->parsed, nullptr);
    if (!described) return described.error().within(path);
    return std::move(described->metadata);
  }
  return reject("no-chart", "input chart", "the commit has no chart " + inputs.chart + " in the charts directories")
      .fix("name its directory, or set charts-dir");
}

}  // namespace

Verdict<Annotation> annotation_of(git::ObjectSource& objects, git::ObjectId const& id, event::ActionInputs const& inputs) {
  auto const commit = objects.commit(id);
  if (!commit)
    return reject("object-missing", "commit " + id, "object not found locally or through the API")
        .fix("add a checkout step, or set object-source: auto");
  auto const metadata = metadata_at(GitSourceTree(objects, commit->tree), inputs);
  if (!metadata) return metadata.error();
  git::AnnotationParts parts;
  parts.chart = metadata->name;
  parts.version = metadata->version;
  parts.commit = id;
  for (auto const& line : inputs.lineage) {
    auto item = item_of(line);
    if (!item) return item.error();
    parts.entries.push_back(std::move(*item));
  }
  auto text = git::compose_annotation(parts);
  if (!text) return text.error();
  return Annotation{std::move(*text), tag_name(inputs.tag_format, metadata->name, metadata->version), metadata->name,
                    metadata->version};
}

}  // namespace acr::release

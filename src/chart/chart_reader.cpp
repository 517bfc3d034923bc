// The one reader of a chart directory: src/chart/chart_reader.hpp (B-1a, B-1b, B-2)

#include "chart/chart_reader.hpp"

#include <algorithm>
#include <utility>

#include "chart/link_resolution.hpp"
#include "chart/local_dependency.hpp"

namespace acr::chart {
namespace {

constexpr std::string_view charts_directory = "charts/";

ChartFile const* file_at(ChartFiles const& found, std::string_view path) {
  auto const file = std::find_if(found.files.begin(), found.files.end(), [&](ChartFile const& f) { return f.path == path; });
  return file == found.files.end() ? nullptr : &*file;
}

/// D-7: a lock counts although .helmignore hides it. One that is not a file is none for anybody.
Verdict<std::vector<ChartFile>> hidden_locks(SourceTree const& tree, ChartFiles const& found) {
  std::vector<ChartFile> locks;
  for (auto const* const name : {"Chart.lock", "requirements.lock"}) {
    auto const path = joined(found.root, name);
    if (file_at(found, name) != nullptr || !tree.node(path)) continue;
    auto lock = resolve(tree, path);
    if (!lock) {
      auto refused = lock.error();
      refused.where = name;
      return refused;
    }
    if (lock->node.is_file()) locks.push_back({name, std::move(lock->path), std::move(lock->node)});
  }
  return locks;
}

}  // namespace

std::string_view without_bom(std::string_view bytes) { return bytes.starts_with("\xEF\xBB\xBF") ? bytes.substr(3) : bytes; }

Verdict<FileContent> content_of(SourceTree const& tree, std::string_view source_path, std::string_view path,
                                Limits const& limits) {
  auto content = tree.read_file(source_path, static_cast<std::size_t>(limits.file_bytes));
  if (!content || content->bytes.size() > limits.file_bytes)
    return reject("file-too-large", std::string(path), "the file is too large for a chart")
        .rule("P-18")
        .expected("at most " + std::to_string(limits.file_bytes) + " bytes")
        .fix("remove it, or name it in .helmignore");
  auto& bytes = content->bytes;
  if (is_lfs_pointer(bytes))
    return reject("lfs-pointer", std::string(path), "this is a pointer of Git LFS, not the file itself")
        .rule("P-20")
        .fix("commit the file itself (`git lfs migrate export`), or name it in .helmignore");
  bytes.erase(0, bytes.size() - without_bom(bytes).size());
  return std::move(*content);
}

Verdict<ChartYamlFile> read_chart_yaml(SourceTree const& tree, std::string_view root, Limits const& limits) {
  auto const path = joined(root, "Chart.yaml");
  auto const node = tree.node(path);
  if (!node)
    return reject("no-chart-yaml", "", "Chart.yaml file is missing")
        .rule("P-11")
        .fix("name the directory that holds Chart.yaml");
  auto const file = resolve(tree, path);
  if (!file) {
    auto refused = file.error();
    refused.where = "Chart.yaml";
    return refused;
  }
  if (!file->node.is_file()) return reject("irregular-file", "Chart.yaml", "this is not a regular file").rule("P-17");
  auto content = content_of(tree, file->path, "Chart.yaml", limits);
  if (!content) return content.error();
  auto parsed = ChartYaml::parse(content->bytes, "Chart.yaml");
  if (!parsed) return parsed.error();
  return ChartYamlFile{file->path, std::move(*content), std::move(*parsed)};
}

Verdict<Description> description_of(ChartYaml const& chart_yaml, std::string const* requirements) {
  auto metadata = chart_yaml.metadata();
  if (!metadata) return metadata.error();
  Description described;
  described.metadata = std::move(*metadata);
  if (requirements == nullptr) return described;
  auto const had = described.metadata.dependencies.size();
  auto merged = merge_requirements(described.metadata, *requirements, "requirements.yaml");
  if (!merged) return merged.error();
  described.requirements_warnings = std::move(*merged);
  // One that lists nothing leaves the list, and its lines, to Chart.yaml.
  if (described.metadata.dependencies.size() > had || had == 0) described.dependencies_file = "requirements.yaml";
  return described;
}

Verdict<ChartMetadata> packaged_metadata(std::string_view chart_yaml, std::optional<std::string> const& requirements) {
  auto const parsed = ChartYaml::parse(without_bom(chart_yaml), "Chart.yaml");
  if (!parsed) return parsed.error();
  std::string const over(requirements ? without_bom(*requirements) : std::string_view());
  auto described = description_of(*parsed, requirements ? &over : nullptr);
  if (!described) return described.error();
  auto validated = validate(std::move(described->metadata), "Chart.yaml");
  if (!validated) return validated.error();
  return std::move(validated->metadata);
}

Verdict<ChartReading> read_chart(SourceTree const& tree, std::string_view chart_root, Limits const& limits, Detail detail) {
  auto const root = resolve(tree, chart_root);
  if (!root) return root.error();
  if (root->node.kind != NodeKind::directory)
    return reject("no-chart-directory", "", "this is not a directory")
        .rule("P-10")
        .fix("name the directory that holds Chart.yaml");
  ChartReading reading;
  auto chart_yaml = read_chart_yaml(tree, root->path, limits);
  if (!chart_yaml) return chart_yaml.error();
  reading.chart_yaml = std::move(*chart_yaml);
  auto found = chart_files(tree, root->path, limits, detail);
  if (!found) return found.error();
  reading.found = std::move(*found);
  if (file_at(reading.found, "Chart.yaml") == nullptr)
    return reject("no-chart-yaml", "", "Chart.yaml file is missing")
        .rule("P-41")
        .fix("add Chart.yaml, and see that .helmignore does not name it");
  if (auto const* file = file_at(reading.found, "requirements.yaml")) {
    auto content = content_of(tree, file->source_path, file->path, limits);
    if (!content) return content.error();
    reading.requirements = std::move(*content);
  }
  auto described = description_of(reading.chart_yaml.parsed, reading.requirements ? &reading.requirements->bytes : nullptr);
  if (!described) return described.error();
  reading.described = std::move(*described);
  auto locks = hidden_locks(tree, reading.found);
  if (!locks) return locks.error();
  reading.hidden_locks = std::move(*locks);
  return reading;
}

std::vector<std::string> local_repositories(Description const& described) {
  std::vector<std::string> repositories;
  for (auto const& dependency : described.metadata.dependencies)
    // As validation leaves it: a character that is removed there must not hide the word from here.
    if (auto repository = sanitized(dependency.repository); is_local_repository(repository))
      repositories.push_back(std::move(repository));
  return repositories;
}

std::string_view group_of(std::string_view path) {
  if (!path.starts_with(charts_directory) || path.ends_with(".prov")) return {};
  auto const rest = path.substr(charts_directory.size());
  return rest.substr(0, rest.find('/'));
}

bool is_dropped_group(std::string_view group) { return group.starts_with('_') || group.starts_with('.'); }

}  // namespace acr::chart

// P-37, P-71, P-72: src/chart/chart_warnings.hpp

#include "chart/chart_warnings.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "chart/constraint.hpp"
#include "chart/lock_digest.hpp"
#include "chart/semver.hpp"
#include "chart/source_tree.hpp"
#include "support/text.hpp"
#include "yaml/reader.hpp"

namespace acr::chart {
namespace {

/// `@name` and `alias:name` stand for a URL that only the lock knows (D-11).
bool is_alias_of_repository(std::string_view repository) {
  return repository.starts_with('@') || repository.starts_with("alias:");
}

class Collector {
 public:
  Collector(LoadedChart const& chart, std::vector<Warning>& warnings) : chart_(chart), warnings_(warnings) {}

  void ignore_rules(IgnoreRules const& rules) {
    for (auto const& rule : rules.negated_rules())
      say("ignore-negated", ".helmignore", rule.line,
          "`" + rule.text + "` ignores everything that it does not match, unlike in git", "P-37");
  }

  void name(std::string_view directory) {
    if (directory.empty() || directory == chart_.metadata.name) return;
    say("name-differs", "Chart.yaml", chart_.metadata.lines.name,
        "the chart is named " + chart_.metadata.name + ", its directory " + std::string(directory), "B-22");
  }

  void dependencies() {
    auto const& declared = chart_.metadata.dependencies;
    for (auto const& subchart : chart_.subcharts)
      if (std::none_of(declared.begin(), declared.end(), [&](auto const& d) { return d.name == subchart.metadata.name; }))
        say("subchart-undeclared", subchart.where, 0,
            "the chart " + subchart.metadata.name + " is packaged, but no dependency names it", "P-72");
    for (auto const& dependency : declared)
      for (auto const& subchart : chart_.subcharts)
        if (subchart.metadata.name == dependency.name) version_of(dependency, subchart);
    if (chart_.lock && !digest_fits(chart_.metadata, *chart_.lock))
      say("lock-stale", chart_.lock_file, 0,
          "the lock's digest is not that of the declared dependencies: `helm dependency build` will refuse it", "P-72");
  }

  void templates() {
    for (auto const& file : chart_.templates) {
      auto const type = extension(file.path);
      if (type != ".yaml" && type != ".yml" && type != ".tpl" && type != ".txt")
        say("template-type", file.path, 0, "templates are .yaml, .yml, .tpl or .txt files", "P-72");
    }
  }

  /// Helm installs what these files hold before anything else, and never again.
  void crds() {
    for (auto const& file : chart_.files) {
      auto const type = extension(file.path);
      if (file.path.starts_with("crds/") && (type == ".yaml" || type == ".yml" || type == ".json")) kinds_in(file);
    }
  }

 private:
  LoadedChart const& chart_;
  std::vector<Warning>& warnings_;

  void say(Code code, std::string file, std::size_t line, std::string why, std::string rule) {
    warnings_.push_back({code, std::move(file), line, std::move(why), std::move(rule)});
  }

  /// Helm does not look at versions when it packages.
  void version_of(Dependency const& dependency, LoadedChart const& subchart) {
    if (dependency.version.empty()) return;
    auto const version = parse_version(subchart.metadata.version);
    auto const constraint = Constraint::parse(dependency.version);
    if (version && constraint && constraint->allows(*version)) return;
    auto why = constraint
                   ? "the chart " + subchart.metadata.name + " " + subchart.metadata.version + " in " + subchart.where +
                         " does not meet the declared version " + dependency.version
                   : "the version " + dependency.version + " of the dependency " + dependency.name + " is not a constraint";
    say("vendored-version", chart_.dependencies_file, dependency.line, std::move(why), "P-72");
  }

  /// Line by line, as such files are large: a document's kind stands at the beginning of a line, in JSON it is read.
  void kinds_in(LoadedFile const& file) {
    std::string_view const all = file.bytes;
    std::size_t begin = 0, line = 0, first_line = 1, kind_line = 0;
    std::optional<std::string> kind;
    bool has_content = false;
    auto const end_document = [&](std::size_t end) {
      if (!kind && has_content) kind = kind_of(all.substr(begin, end - begin));
      if (has_content && kind != "CustomResourceDefinition")
        say("crd-kind", file.path, kind_line != 0 ? kind_line : first_line,
            "crds/ is for CustomResourceDefinitions, but this " + (kind ? "is a " + *kind : std::string("has no kind")),
            "P-72");
      kind.reset();
      has_content = false;
      kind_line = 0;
    };
    for (std::size_t at = 0; at < all.size();) {
      ++line;
      auto const end = std::min(all.find('\n', at), all.size());
      auto const text = all.substr(at, end - at);
      if (text.starts_with("---")) {
        end_document(at);
        begin = std::min(end + 1, all.size());
        first_line = line + 1;
      } else if (text.starts_with("kind:") && !kind) {
        auto value = trimmed(text.substr(5));
        value = trimmed(value.substr(0, value.find(" #")));
        if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
          value = value.substr(1, value.size() - 2);
        kind = std::string(value);
        kind_line = line;
        has_content = true;
      } else if (!has_content) {
        auto const content = trimmed(text);
        has_content = !content.empty() && content.front() != '#';
      }
      at = end + 1;
    }
    end_document(all.size());
  }

  /// By the YAML reader, of which JSON is a part. Nothing also when it cannot be read: that is for the cluster to tell.
  static std::optional<std::string> kind_of(std::string_view document) {
    auto const read = yaml::read(document, {"crds", "crd-kind", 1, false});
    if (!read) return {};
    auto const& root = read->at(read->root);
    if (root.kind != yaml::Value::Kind::map) return {};
    for (std::uint32_t i = 0; i < root.count; ++i) {
      auto const entry = read->entries[root.first + i];
      if (read->at(entry.key).text == "kind") return std::string(read->at(entry.value).text);
    }
    return {};
  }
};

}  // namespace

bool digest_fits(ChartMetadata const& metadata, ChartLock const& lock) {
  auto declared = metadata.dependencies;
  auto const locked = lock.dependencies.value_or(std::vector<Dependency>{});
  auto const is_null = [](Dependency const& d) { return d.is_null; };
  if (std::any_of(declared.begin(), declared.end(), is_null)) return false;
  if (std::any_of(locked.begin(), locked.end(), is_null)) return false;
  for (std::size_t i = 0; i < declared.size() && i < locked.size(); ++i)
    if (is_alias_of_repository(declared[i].repository)) declared[i].repository = locked[i].repository;
  if (lock_digest(declared, lock.dependencies) == lock.digest) return true;
  // Go tells an empty list from none, the metadata does not.
  if (declared.empty() && lock_digest({}, lock.dependencies) == lock.digest) return true;
  return metadata.api_version == "v1" && legacy_lock_digest(metadata.dependencies) == lock.digest;
}

std::vector<Warning> chart_warnings(LoadedChart const& chart, IgnoreRules const& rules, std::string_view directory) {
  std::vector<Warning> warnings;
  Collector collector(chart, warnings);
  collector.ignore_rules(rules);
  collector.name(directory);
  collector.dependencies();
  collector.templates();
  collector.crds();
  return warnings;
}

}  // namespace acr::chart

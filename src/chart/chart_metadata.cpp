// Helm's chart metadata: read, checked, written: src/chart/chart_metadata.hpp

#include "chart/chart_metadata.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <utility>

#include "chart/limits.hpp"
#include "chart/metadata_writer.hpp"
#include "chart/semver.hpp"
#include "chart/yaml_fields.hpp"
#include "support/text.hpp"
#include "support/unicode_tables.hpp"
#include "yaml/reader.hpp"

namespace acr::chart {
namespace {

using Kind = yaml::Value::Kind;

constexpr Code chart_yaml_code = "chart-yaml";

// Lower case, as FieldReader compares them.
enum Field {
  name,
  home,
  version,
  description,
  icon,
  api_version,
  condition,
  tags,
  app_version,
  kube_version,
  type,
  sources,
  keywords,
  maintainers,
  deprecated,
  annotations,
  dependencies
};
constexpr std::array<std::string_view, 17> field_names = {
    "name",        "home", "version", "description", "icon",        "apiversion", "condition",   "tags",        "appversion",
    "kubeversion", "type", "sources", "keywords",    "maintainers", "deprecated", "annotations", "dependencies"};

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

/// The root map, or nothing for an empty document; anything else is refused.
std::optional<yaml::Value> root_map(yaml::Document const& document, FieldReader& reader, std::string_view file) {
  auto const& root = document.at(document.root);
  if (root.kind == Kind::null) return std::nullopt;
  if (root.kind != Kind::map) {
    reader.refuse(root.line, std::string(file) + " is not a map", "P-62");
    return std::nullopt;
  }
  return root;
}

void warn(std::vector<Warning>& warnings, Code code, std::string_view file, std::size_t line, std::string why,
          std::string rule) {
  warnings.push_back({code, std::string(file), line, std::move(why), std::move(rule)});
}

/// P-63, P-70: texts that YAML took for something else.
void warn_of_typing(std::string_view field, yaml::Value const& value, std::string_view file, std::vector<Warning>& warnings) {
  if (!value.plain || value.kind == Kind::string || value.kind == Kind::null) return;
  if (yaml::scalar_as_text(value) == value.text) return;
  warn(warnings, "typed-text", file, value.line,
       std::string(field) + " is written " + in_quotes(value.text) + " without quotes, and Helm reads " +
           in_quotes(yaml::scalar_as_text(value)),
       "P-63");
}

void warn_of_float(std::string_view field, yaml::Value const& value, std::string_view file, std::vector<Warning>& warnings) {
  if (value.plain && value.kind == Kind::floating && yaml::scalar_as_text(value) == value.text)
    warn(warnings, "float-version", file, value.line,
         std::string(field) + " is a number without quotes: a last zero would be lost", "P-70");
  else
    warn_of_typing(field, value, file, warnings);
}

std::string first_at(std::string_view file, std::size_t line) {
  return line == 0 ? std::string(file) : std::string(file) + ":" + std::to_string(line);
}

bool is_alias(std::string_view alias) {
  return std::all_of(alias.begin(), alias.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

/// `[a-z0-9]([-a-z0-9]*[a-z0-9])?` (P-71)
bool is_usual_name(std::string_view text) {
  auto const letter_or_digit = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && letter_or_digit(text.front()) && letter_or_digit(text.back()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter_or_digit(c) || c == '-'; });
}

bool is_url(std::string_view text) {
  auto const colon = text.find("://");
  return colon != std::string_view::npos && colon > 0 && colon + 3 < text.size() && text.find(' ') == std::string_view::npos;
}

bool is_email(std::string_view text) {
  auto const at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() && text.find('@', at + 1) == std::string_view::npos &&
         text.find_first_of(" \t<>,;") == std::string_view::npos;
}

void sanitize(std::string& text) { text = sanitized(text); }

/// P-65, in Helm's order.
Verdict<void> check(ChartMetadata& m, std::string_view file) {
  auto const refuse = [&](std::size_t line, std::string why) {
    return reject("chart-metadata", first_at(file, line), std::move(why)).rule("P-65");
  };
  for (auto* text : {&m.name, &m.description, &m.home, &m.icon, &m.condition, &m.tags, &m.app_version, &m.kube_version})
    sanitize(*text);
  for (auto& text : m.sources) sanitize(text);
  for (auto& text : m.keywords) sanitize(text);

  if (m.api_version.empty()) return refuse(m.lines.api_version, "chart.metadata.apiVersion is required");
  if (m.name.empty()) return refuse(m.lines.name, "chart.metadata.name is required").fix("give the chart a name");
  if (m.name == "." || m.name == "..")
    return refuse(m.lines.name, "chart.metadata.name " + in_quotes(m.name) + " is not allowed");
  if (m.name.find('/') != std::string::npos)
    return refuse(m.lines.name, "chart.metadata.name " + in_quotes(m.name) + " is invalid").expected("a name without a slash");
  if (m.version.empty()) return refuse(m.lines.version, "chart.metadata.version is required").fix("give the chart a version");
  if (!is_version(m.version))
    return refuse(m.lines.version, "chart.metadata.version " + in_quotes(m.version) + " is invalid")
        .expected("a version such as 1.2.3");
  if (!m.type.empty() && m.type != "application" && m.type != "library")
    return refuse(m.lines.type, "chart.metadata.type must be application or library").found(m.type);

  for (auto& maintainer : m.maintainers) {
    if (maintainer.is_null)
      return refuse(0, "maintainers must not contain empty or null nodes").fix("remove the empty element");
    for (auto* text : {&maintainer.name, &maintainer.email, &maintainer.url}) sanitize(*text);
  }
  std::set<std::string, std::less<>> keys;
  for (auto& dependency : m.dependencies) {
    if (dependency.is_null)
      return refuse(dependency.line, "dependencies must not contain empty or null nodes").fix("remove the empty element");
    for (auto* text : {&dependency.name, &dependency.version, &dependency.repository, &dependency.condition}) sanitize(*text);
    for (auto& text : dependency.tags) sanitize(text);
    if (!is_alias(dependency.alias))
      return refuse(dependency.line, "dependency " + in_quotes(dependency.name) + " has disallowed characters in the alias")
          .expected("letters, digits, _ and -")
          .found(dependency.alias);
    auto const& key = dependency.alias.empty() ? dependency.name : dependency.alias;
    if (!keys.insert(key).second)
      return refuse(dependency.line, "more than one dependency with name or alias " + in_quotes(key))
          .fix("give one of them an alias");
  }
  return {};
}

/// P-70, P-71.
void warn_of(ChartMetadata const& m, std::string_view file, std::vector<Warning>& warnings) {
  auto const say = [&](Code code, std::size_t line, std::string why, std::string rule) {
    warn(warnings, code, file, line, std::move(why), std::move(rule));
  };
  if (!is_strict_version(m.version))
    say("loose-version", m.lines.version, "the version " + in_quotes(m.version) + " is not by the letter of SemVer 2", "P-70");
  if (m.api_version == "v1") {
    if (!m.type.empty()) say("type-in-v1", m.lines.type, "a chart of apiVersion v1 has no type", "P-70");
    if (m.lines.dependencies != 0)
      say("dependencies-in-v1", m.lines.dependencies, "dependencies in Chart.yaml are left out of a package of apiVersion v1",
          "P-70");
  }
  if (!is_usual_name(m.name)) say("chart-name", m.lines.name, "chart names are lower-case letters, digits and dashes", "P-71");
  if (m.name.size() > 53)
    say("long-name", m.lines.name, "the name is longer than 53 characters: names of its objects will be cut", "P-71");
  if (m.icon.empty())
    say("no-icon", 0, "the icon is missing", "P-71");
  else if (!is_url(m.icon))
    say("bad-url", m.lines.icon, "the icon is not a URL", "P-71");
  for (auto const& source : m.sources)
    if (!is_url(source)) say("bad-url", 0, "the source " + in_quotes(source) + " is not a URL", "P-71");
  for (auto const& maintainer : m.maintainers) {
    if (maintainer.name.empty()) say("maintainer", 0, "a maintainer has no name", "P-71");
    if (!maintainer.email.empty() && !is_email(maintainer.email))
      say("maintainer", 0, "a maintainer's e-mail address " + in_quotes(maintainer.email) + " is not valid", "P-71");
    if (!maintainer.url.empty() && !is_url(maintainer.url))
      say("maintainer", 0, "a maintainer's URL " + in_quotes(maintainer.url) + " is not valid", "P-71");
  }
  if (m.deprecated && !m.maintainers.empty()) say("deprecated", 0, "a deprecated chart has maintainers", "P-71");
}

}  // namespace

std::string sanitized(std::string_view text) {
  bool clean = true;
  for (char const c : text)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) clean = false;
  if (clean) return std::string(text);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    auto const c = next_code_point(text, at).value_or(0xfffd);
    if (is_space(c))
      out += ' ';
    else if (is_printable(c))
      append_utf8(out, c);
  }
  return out;
}

Verdict<ChartYaml> ChartYaml::parse(std::string_view bytes, std::string_view file) {
  auto document = yaml::read(bytes, {file, chart_yaml_code, 1, true, nullptr, metadata_values});
  if (!document) return document.error();
  ChartYaml parsed;
  parsed.file_ = file;
  parsed.document_ = std::make_shared<yaml::Document const>(std::move(*document));
  return parsed;
}

Verdict<std::string> ChartYaml::checked_api_version() const {
  yaml::ReadOptions const options{file_, chart_yaml_code, 1, true};
  FieldReader reader(*document_, options);
  std::string found;
  std::uint32_t line = 1;
  if (auto const root = root_map(*document_, reader, file_)) {
    static constexpr std::array<std::string_view, 1> wanted = {"apiversion"};
    reader.each_field(
        *root, wanted,
        [&](std::size_t, yaml::Value const& value, std::uint32_t) {
          line = value.line;
          reader.read(value, "apiVersion", found);
        },
        [](auto const&, auto const&) {});
  }
  if (!reader.good()) return reader.rejection();
  if (found.empty() || found == "v1" || found == "v2") return found;
  return reject("api-version", file_ + ":" + std::to_string(line), "unsupported chart version")
      .rule("P-11")
      .expected("apiVersion v1 or v2")
      .found(found)
      .fix("set apiVersion: v2");
}

Verdict<ChartMetadata> ChartYaml::metadata() const {
  yaml::ReadOptions const options{file_, chart_yaml_code, 1, true};
  FieldReader reader(*document_, options);
  ChartMetadata m;
  m.warnings = reading_warnings(*document_, file_);
  if (auto const root = root_map(*document_, reader, file_)) {
    reader.each_field(
        *root, field_names,
        [&](std::size_t field, yaml::Value const& value, std::uint32_t) {
          auto const what = field_names[field];
          switch (static_cast<Field>(field)) {
            case name:
              m.lines.name = value.line;
              warn_of_typing("name", value, file_, m.warnings);
              return reader.read(value, what, m.name);
            case home:
              return reader.read(value, what, m.home);
            case version:
              m.lines.version = value.line;
              warn_of_float("version", value, file_, m.warnings);
              return reader.read(value, what, m.version);
            case description:
              return reader.read(value, what, m.description);
            case icon:
              m.lines.icon = value.line;
              return reader.read(value, what, m.icon);
            case api_version:
              m.lines.api_version = value.line;
              return reader.read(value, "apiVersion", m.api_version);
            case condition:
              return reader.read(value, what, m.condition);
            case tags:
              return reader.read(value, what, m.tags);
            case app_version:
              warn_of_float("appVersion", value, file_, m.warnings);
              return reader.read(value, "appVersion", m.app_version);
            case kube_version:
              return reader.read(value, "kubeVersion", m.kube_version);
            case type:
              m.lines.type = value.line;
              return reader.read(value, what, m.type);
            case sources:
              return reader.read(value, what, m.sources);
            case keywords:
              return reader.read(value, what, m.keywords);
            case maintainers:
              return reader.read(value, what, m.maintainers);
            case deprecated:
              return reader.read(value, what, m.deprecated);
            case annotations:
              return reader.read_annotations(value, m.annotations);
            case dependencies:
              m.lines.dependencies = value.line;
              return reader.read(value, what, m.dependencies);
          }
        },
        [](auto const&, auto const&) {});
  }
  if (!reader.good()) return reader.rejection();
  if (m.api_version.empty()) m.api_version = "v1";
  return m;
}

Verdict<std::vector<Warning>> merge_requirements(ChartMetadata& metadata, std::string_view bytes, std::string_view file) {
  yaml::ReadOptions const options{file, chart_yaml_code, 1, true, nullptr, metadata_values};
  auto const document = yaml::read(bytes, options);
  if (!document) return document.error();
  FieldReader reader(*document, options);
  auto warnings = reading_warnings(*document, file);
  auto merged = metadata.dependencies;
  if (auto const root = root_map(*document, reader, file)) {
    reader.each_field(
        *root, field_names,
        [&](std::size_t field, yaml::Value const& value, std::uint32_t) {
          if (field == dependencies) return reader.read(value, "dependencies", merged);
          // Helm would let this file rename the chart: what a reviewer reads in Chart.yaml must hold (P-158).
          reader.refuse(value.line,
                        std::string(file) + " may hold dependencies only, but sets " + in_quotes(field_names[field]), "P-51");
        },
        [&](std::string const& text, yaml::Value const& key) {
          warn(warnings, "unknown-field", file, key.line, "Helm does not know the field " + in_quotes(text), "P-51");
        });
  }
  if (!reader.good()) return reader.rejection();
  metadata.dependencies = std::move(merged);
  return warnings;
}

Verdict<ValidatedMetadata> validate(ChartMetadata metadata, std::string_view file) {
  if (auto const fine = check(metadata, file); !fine) return fine.error();
  ValidatedMetadata validated;
  validated.warnings = std::move(metadata.warnings);
  metadata.warnings.clear();
  warn_of(metadata, file, validated.warnings);
  validated.metadata = std::move(metadata);
  return validated;
}

Verdict<std::string> write_metadata(ChartMetadata const& m) {
  MetadataWriter out("Chart.yaml");
  auto& writer = out.writer();
  writer.begin_map(3);  // never empty: apiVersion, name and version are there
  out.annotations(m.annotations);
  out.field("apiVersion", m.api_version);
  out.field("appVersion", m.app_version);
  out.field("condition", m.condition);
  if (m.api_version != "v1" && !m.dependencies.empty()) out.dependencies(m.dependencies);  // P-84
  if (m.deprecated) {
    writer.key("deprecated");
    writer.plain("true");
  }
  out.field("description", m.description);
  out.field("home", m.home);
  out.field("icon", m.icon);
  out.field("keywords", m.keywords);
  out.field("kubeVersion", m.kube_version);
  if (!m.maintainers.empty()) {
    writer.key("maintainers");
    writer.begin_list(m.maintainers.size());
    for (auto const& maintainer : m.maintainers) {
      writer.begin_map((maintainer.email.empty() ? 0U : 1U) + (maintainer.name.empty() ? 0U : 1U) +
                       (maintainer.url.empty() ? 0U : 1U));
      out.field("email", maintainer.email);
      out.field("name", maintainer.name);
      out.field("url", maintainer.url);
      writer.end();
    }
    writer.end();
  }
  out.field("name", m.name);
  out.field("sources", m.sources);
  out.field("tags", m.tags);
  out.field("type", m.type);
  out.field("version", m.version);
  writer.end();
  return std::move(out).take();
}

}  // namespace acr::chart

#pragma once

// What Chart.yaml says, read and written as Helm 4.2 does: src/chart/chart_metadata.hpp (P-11, P-51, P-60 … P-68, P-80 … P-84)
// Reading accepts what Helm's YAML reader accepts; validating cleans the texts; writing gives Helm's bytes.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chart/warning.hpp"
#include "support/verdict.hpp"

namespace acr::yaml {
struct Document;
}

namespace acr::chart {

/// One value of a list of arbitrary JSON (import-values). A tree is stored flat, in pre-order: a list or a map is
/// followed by its `children` values, each with all below it. Thus no depth of nesting costs machine stack.
struct AnyValue {
  enum class Kind { null, boolean, number, string, list, map };
  Kind kind = Kind::null;
  bool boolean = false;
  double number = 0;           ///< never infinite or NaN; Helm knows 64-bit floats only here (P-64)
  std::string text;            ///< of a string
  std::string key;             ///< when the parent is a map; unique there
  std::uint32_t children = 0;  ///< of a list or map: direct ones
  friend bool operator==(AnyValue const&, AnyValue const&) = default;
};

struct Maintainer {
  std::string name, email, url;
  bool is_null = false;  ///< the list element was null; validate() refuses it
  friend bool operator==(Maintainer const&, Maintainer const&) = default;
};

/// A dependency of Chart.yaml, requirements.yaml or a lock (P-64). Empty means absent: Helm knows no difference.
struct Dependency {
  std::string name, version, repository, condition, alias;
  std::vector<std::string> tags;
  bool enabled = false;
  std::vector<AnyValue> import_values;  ///< the list's elements one after another, each in pre-order
  /// `digest` of a lock entry as text (D-29): Helm knows no such field. Never written, never sanitised; empty elsewhere.
  std::string pin;
  bool is_null = false;  ///< the list element was null; validate() refuses it, a lock keeps it
  std::size_t line = 0;  ///< in the file it was read from; 0 when unknown. Of no influence on anything written

  friend bool operator==(Dependency const& a, Dependency const& b) {
    return a.name == b.name && a.version == b.version && a.repository == b.repository && a.condition == b.condition &&
           a.alias == b.alias && a.tags == b.tags && a.enabled == b.enabled && a.import_values == b.import_values &&
           a.pin == b.pin && a.is_null == b.is_null;
  }
};

/// Fields of P-60. Empty or false means absent. Strings are UTF-8.
struct ChartMetadata {
  std::string name, home, version, description, icon, api_version, condition, tags, app_version, kube_version, type;
  std::vector<std::string> sources, keywords;
  std::vector<Maintainer> maintainers;
  bool deprecated = false;
  std::map<std::string, std::string, std::less<>> annotations;
  std::vector<Dependency> dependencies;

  /// Lines of Chart.yaml for messages; 0 when the field is not there.
  struct Lines {
    std::size_t name = 0, version = 0, api_version = 0, type = 0, icon = 0, dependencies = 0;
  } lines;
  /// What the readers noticed (P-63, P-158); validate() hands them out with its own.
  std::vector<Warning> warnings;
};

/// A parsed Chart.yaml. Helm reads that of the top chart twice, for two purposes; parsing it once is enough.
class ChartYaml {
 public:
  /// `file` names it in rejections ("Chart.yaml:3", the line 1-based) and warnings. The one BOM of P-14 is gone
  /// already. Code `chart-yaml`.
  static Verdict<ChartYaml> parse(std::string_view bytes, std::string_view file);

  /// Helm's first look at the top Chart.yaml (P-11): refused unless apiVersion is v1, v2 or absent, or when any value
  /// is infinite or NaN. Codes `api-version`, `chart-yaml`.
  [[nodiscard]] Verdict<std::string> checked_api_version() const;

  /// All of it (P-60 … P-68a); an empty apiVersion becomes "v1". Not validated. Code `chart-yaml`.
  [[nodiscard]] Verdict<ChartMetadata> metadata() const;

 private:
  std::string file_;
  std::shared_ptr<yaml::Document const> document_;
};

/// Reads requirements.yaml over the dependencies (P-51). Refused: any other field of Chart.yaml in there. Code
/// `chart-yaml`. The value holds what is worth a warning.
Verdict<std::vector<Warning>> merge_requirements(ChartMetadata& metadata, std::string_view bytes, std::string_view file);

struct ValidatedMetadata {
  ChartMetadata metadata;         ///< sanitised, `warnings` empty
  std::vector<Warning> warnings;  ///< of reading and P-70, P-71
};

/// Sanitises and checks in Helm's order (P-65, P-66, P-67). Code `chart-metadata`.
Verdict<ValidatedMetadata> validate(ChartMetadata metadata, std::string_view file);

/// Helm's sanitising (P-66): white space becomes a blank, what cannot be printed goes. Invalid UTF-8 becomes U+FFFD.
std::string sanitized(std::string_view text);

/// Chart.yaml as Helm writes it (P-82 … P-84, P-100 … P-104), with no dependencies when apiVersion is v1. Refused: what
/// Helm cannot write or nobody could read back. Code `chart-yaml-unwritable`, `where` is "Chart.yaml".
Verdict<std::string> write_metadata(ChartMetadata const& metadata);

}  // namespace acr::chart

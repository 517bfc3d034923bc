#pragma once

// What Chart.yaml and Chart.lock are written with: src/chart/metadata_writer.hpp (P-82 … P-85)
// Only the writers of this room include this.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chart/chart_metadata.hpp"
#include "support/verdict.hpp"
#include "yaml/writer.hpp"

namespace acr::chart {

/// yaml::Writer for structs: fields are written unless empty, the first refusal is kept.
class MetadataWriter {
 public:
  explicit MetadataWriter(std::string_view file) : file_(file) {}

  yaml::Writer& writer() { return writer_; }
  void field(std::string_view name, std::string_view text);  ///< nothing when empty
  void field_always(std::string_view name, std::string_view text);
  void field(std::string_view name, std::vector<std::string> const& texts);
  void dependencies(std::vector<Dependency> const& dependencies);
  void annotations(std::map<std::string, std::string, std::less<>> const& annotations);
  /// The document; spent afterwards.
  Verdict<std::string> take() &&;

 private:
  void string(std::string_view text);
  void key(std::string_view text);
  void any_values(std::vector<AnyValue> const& values);
  void dependency(Dependency const& dependency);
  void refuse(Rejection rejection);

  std::string_view file_;
  std::string_view place_;  ///< the field being written
  yaml::Writer writer_;
  std::optional<Rejection> rejection_;
};

/// A number of import-values as Helm writes it (P-64).
std::string any_number_text(double number);

}  // namespace acr::chart

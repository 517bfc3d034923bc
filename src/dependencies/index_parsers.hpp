#pragma once

// The two forms of an index, fed piece by piece: src/dependencies/index_parsers.hpp (dependencies.md D-15)

#include <memory>
#include <optional>
#include <string_view>

#include "dependencies/index_builder.hpp"

namespace acr::dependencies {

/// What became of a document.
struct IndexOutcome {
  std::optional<IndexFault> fault;
  bool other_form = false;  ///< the fault is one of the form itself: it is not JSON, or no YAML
};

class IndexParser {
 public:
  virtual ~IndexParser() = default;
  /// False: the document has ended or is faulty, nothing more is needed.
  virtual bool take(std::string_view piece) = 0;
  /// After the last piece, once.
  virtual IndexOutcome finish() = 0;
};

/// JSON (RFC 8259; bad UTF-8 passes, as in Helm). `builder` must live longer.
std::unique_ptr<IndexParser> json_index_parser(IndexBuilder& builder);
/// YAML by libyaml, which wants to pull: it runs on a thread of its own behind a small buffer, and ends with the object.
std::unique_ptr<IndexParser> yaml_index_parser(IndexBuilder& builder);

}  // namespace acr::dependencies

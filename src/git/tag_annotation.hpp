#pragma once

// What a tag's annotation says about the chart's lineage: src/git/tag_annotation.hpp (A-91 … A-98)
// A pure function from text to values; whether tag, commit and chart exist is asked elsewhere (annotated_tag.hpp).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/verdict.hpp"

namespace acr::git {

/// One line of the lineage block.
struct LineageItem {
  std::string key;
  std::string id;                     ///< decimal, 1 … 9223372036854775807
  std::optional<std::string> digest;  ///< "sha256:" and 64 lower-case hex digits
  friend bool operator==(LineageItem const&, LineageItem const&) = default;
};

/// what may stand before the colon.
bool is_lineage_key(std::string_view text);

struct ReleaseLine {
  std::string chart, version;
  friend bool operator==(ReleaseLine const&, ReleaseLine const&) = default;
};

/// What was understood. On `error` there are no entries and no warnings; the last three are there all the same.
struct Lineage {
  enum class Status { ok, none, error };
  Status status = Status::error;
  Code error;                        ///< code of A-92 … A-94, e.g. "no-lineage-block"; empty unless status is error
  std::size_t line = 0;              ///< 1-based line of the error, 0 when it belongs to none
  std::string line_text;             ///< that line as it stands, foreign bytes
  std::vector<LineageItem> entries;  ///< in order of appearance
  std::vector<Code> warnings;        ///< sorted by their texts
  std::optional<ReleaseLine> release;
  std::optional<std::uint64_t> source_pr;
  std::optional<std::string> commit;  ///< 40 or 64 lower-case hex digits
};
std::string to_text(Lineage::Status status);

/// Reads the message of a tag object (raw bytes, signature included, at most 1 MiB: else error "too-large").
Lineage parse_annotation(std::string_view message);

/// JSON with the fields status, error, entries, warnings, release, source_pr, commit; two-space indent, LF.
std::string lineage_json(Lineage const& lineage);
/// The same for people.
std::string lineage_text(Lineage const& lineage);

/// Code, sentence and fix of an error of parse_annotation(); `where` names the tag and the line.
Rejection lineage_rejection(Lineage const& lineage, std::string_view tag);

/// What stage 6 writes.
struct AnnotationParts {
  std::string chart, version;
  std::vector<LineageItem> entries;  ///< each needs a digest unless `allow_missing_digests`
  std::string changelog;             ///< free text; may be empty
  std::optional<std::uint64_t> source_pr;
  std::string commit;  ///< may be empty
  bool allow_missing_digests = false;
};
/// The annotation's text. Refused (code "annotation") when parse_annotation() would not read the same values back.
Verdict<std::string> compose_annotation(AnnotationParts const& parts);

}  // namespace acr::git

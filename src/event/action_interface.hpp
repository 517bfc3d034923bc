#pragma once

// Every input and output, once: src/event/action_interface.hpp (section 12 of the action contract)
// `action.yml`, `--help`, docs/inputs.md and the README are tested against these tables.

#include <cstdint>
#include <span>
#include <string_view>

namespace acr::event {

enum class InputKind {
  text,     ///< any
  secret,   ///< never printed
  boolean,  ///< true True TRUE false False FALSE (A-39)
  choice,   ///< one of `choices`
  number,   ///< decimal, `minimum` … `maximum`
  id,       ///< an attestation's id, or empty
  branch,   ///< a branch name, without refs/heads/
  path,     ///< relative to the workspace (A-6), or empty
  list,     ///< one item per line (A-40)
  paths,    ///< one path per line
};

struct InputRow {
  std::string_view name;           ///< "charts-dir"
  std::string_view default_value;  ///< as in action.yml, lines joined by LF; empty: none
  std::string_view commands;       ///< who reads it: "run", "finalize", "run, finalize", "all", …
  InputKind kind = InputKind::text;
  std::string_view choices = {};           ///< of a choice, joined by ", "
  std::uint64_t minimum = 0, maximum = 0;  ///< of a number
  std::string_view description = {};       ///< one sentence or more, plain text without line ends
};

/// In the order of the documentation.
std::span<InputRow const> input_table();

/// Null for an unknown name. Names compare without letter case.
InputRow const* input_row(std::string_view name);

struct OutputRow {
  std::string_view name;  ///< "charts"; "<chart>_digest" stands for one output per chart
  std::string_view description;
};

/// In the order of the documentation. Outputs whose name holds "<chart>" cannot be declared in action.yml.
std::span<OutputRow const> output_table();

}  // namespace acr::event

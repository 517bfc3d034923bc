#pragma once

// The tables of inputs and outputs as Markdown, for docs/inputs.md and the README.

#include <optional>
#include <string>
#include <string_view>

namespace acr::test {

/// | input | default | used by | meaning |
std::string input_markdown();
/// | output | meaning |
std::string output_markdown();

/// What stands between `<!-- <name>:begin -->` and `<!-- <name>:end -->`, from the line after the first; nothing when a marker
/// is missing.
std::optional<std::string> marked_part(std::string_view document, std::string_view name);
/// The document with that part replaced.
std::string with_marked_part(std::string_view document, std::string_view name, std::string_view part);

}  // namespace acr::test

#pragma once

// The tables of inputs and outputs as Markdown, for docs/inputs.md and the README.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace acr::test {

/// | input | default | used by | meaning |
std::string input_markdown();
/// | input | default | meaning |, of these inputs in this order. Throws std::logic_error when one does not exist.
std::string short_input_markdown(std::vector<std::string_view> const& names);
/// | output | meaning |
std::string output_markdown();

/// What stands between `<!-- <name>:begin -->` and `<!-- <name>:end -->`, from the line after the first; nothing when a marker
/// is missing.
std::optional<std::string> marked_part(std::string_view document, std::string_view name);
/// The document with that part replaced.
std::string with_marked_part(std::string_view document, std::string_view name, std::string_view part);

}  // namespace acr::test

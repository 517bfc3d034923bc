#pragma once

// The tables of inputs and outputs as Markdown, for docs/inputs.md and the README.

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

}  // namespace acr::test

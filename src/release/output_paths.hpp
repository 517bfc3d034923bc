#pragma once

// May output-dir and manifest-path be written: src/release/output_paths.hpp

#include <filesystem>
#include <initializer_list>

#include "chart/source_tree.hpp"
#include "event/inputs.hpp"

namespace acr::release {

/// Throws BadEnvironment("bad-input") when one of `trees` (null: not at hand) holds what would be written over, or a link on
/// the way to it. A checkout may have put any of them into the workspace.
void check_output_paths(event::ActionInputs const& inputs, std::filesystem::path const& workspace,
                        std::initializer_list<chart::SourceTree const*> trees);

}  // namespace acr::release

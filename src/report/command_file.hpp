#pragma once

// Appending to the files that the runner reads after the step: src/report/command_file.hpp

#include <filesystem>
#include <string_view>

namespace acr::report {

/// Appends `bytes` with one write; the file is created when it is not there, never truncated. Throws
/// BadEnvironment("command-file") when the disk says no.
void append_to_command_file(std::filesystem::path const& path, std::string_view bytes);

}  // namespace acr::report

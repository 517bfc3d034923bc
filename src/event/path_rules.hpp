#pragma once

// Where inputs may point: src/event/path_rules.hpp

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "event/inputs.hpp"
#include "support/verdict.hpp"

namespace acr::event {

/// By text alone: a path relative to the workspace, "/"-separated, without ".", empty components and a trailing slash; ""
/// is the workspace itself. An absolute path below `workspace` is made relative. Refused (code "bad-input", no `where`):
/// another absolute path, "..", control characters, a backslash, more than 4,096 bytes.
Verdict<std::string> workspace_relative(std::string_view path, std::string_view workspace);

/// True when `path` is `folder` or below it, both as workspace_relative() returns them.
bool is_within(std::string_view path, std::string_view folder);

/// What the disk shows: after links are resolved, trusted-root, attestation-ids-dir, output-dir and manifest-path must lie in
/// the workspace, none of the last two in `.git`; an output-dir that exists must be a directory, a manifest-path no
/// directory. Code "bad-input", `where` = "input <name>".
std::vector<Rejection> check_paths(ActionInputs const& inputs, std::filesystem::path const& workspace);

/// What a commit holds at a path; links are not followed.
enum class Tracked { nothing, directory, other };

/// Nothing that the commit holds is overwritten: `tracked(path)` says what the head's tree has at a repository path. Refused
/// when it has something at output-dir or manifest-path, or above them anything but a directory: a link leads to files that
/// others own. The same holds for the places that the paths have on the disk, where links of the workspace may lead them.
std::vector<Rejection> check_untracked(ActionInputs const& inputs, std::filesystem::path const& workspace,
                                       std::function<Tracked(std::string const& path)> const& tracked);

/// True when output-dir or manifest-path passes through a link on the disk: without the commit nobody knows what it leads to.
bool lead_through_link(ActionInputs const& inputs, std::filesystem::path const& workspace);

/// Where the bundle of an attest step is: below the workspace or RUNNER_TEMP after links are resolved. A host path that does
/// not exist is tried again under `runner_temp` by what follows its last "/_temp/". Code "bad-input".
Verdict<std::filesystem::path> bundle_file(std::string_view path, std::filesystem::path const& workspace,
                                           std::filesystem::path const& runner_temp);

}  // namespace acr::event

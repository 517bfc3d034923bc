#pragma once

// Inputs of the action as options of a terminal command: src/terminal/option_inputs.hpp

#include <array>
#include <filesystem>
#include <string_view>

#include "event/inputs.hpp"
#include "release/input_lists.hpp"
#include "terminal/arguments.hpp"
#include "terminal/commands.hpp"

namespace acr::terminal {

/// What a command about one package takes of the action's inputs; same names, same meaning.
inline constexpr std::array<std::string_view, 10> option_inputs{"token",
                                                                "charts-dir",
                                                                "object-source",
                                                                "build-signer-workflows",
                                                                "oidc-issuer",
                                                                "pull-request-signers",
                                                                "deny-self-hosted",
                                                                "trusted-root",
                                                                "trusted-root-refresh",
                                                                "api-version"};

/// The inputs of dependencies.md (D-38). The value of `registry-credentials` may be `@FILE`: passwords do not belong on a
/// command line.
inline constexpr std::array<std::string_view, 6> dependency_inputs{
    "dependencies", "dependency-pins", "dependency-hosts", "dependency-private-hosts", "registry-credentials", "max-parallel"};

/// The inputs of a command and their lists, as options.
struct OptionInputs {
  event::ActionInputs inputs;
  release::InputLists lists;
};

/// The inputs given as options, all others with their defaults; the token also from INPUT_TOKEN, GH_TOKEN or GITHUB_TOKEN.
/// Throws BadEnvironment("bad-input") with all mistakes.
OptionInputs read_options(Arguments const& arguments, Terminal const& terminal, std::filesystem::path const& workspace);
/// The same for commands that need no lists; malformed ones are refused all the same.
event::ActionInputs inputs_of_options(Arguments const& arguments, Terminal const& terminal,
                                      std::filesystem::path const& workspace);

}  // namespace acr::terminal

#pragma once

// What must be true of the event before a command begins: src/action/gates.hpp (A-46 … A-53, B-16)
// No clock runs, and nothing goes to the network.

#include <variant>

#include "action/step.hpp"

namespace acr::action {

enum class Gate {
  none,          ///< whatever the event is
  pull_request,  ///< from the source branch to the release branch, open
  push,          ///< to the release branch
};

/// What the gate lets through, or what ends the step: refused, or skipped for a closed pull request.
std::variant<Trigger, CommandResult> pass(Gate gate, Step const& step);

}  // namespace acr::action

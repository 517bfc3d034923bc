#pragma once

// What a check compares its commit with: src/event/check_event.hpp (B-13)

#include <optional>
#include <string>
#include <string_view>

namespace acr::event {

/// The commit that a push or a pull request started from: `before` of a push, the base of a pull request. Nothing when there is
/// none (a new branch, another event, a payload that cannot be read): then every chart is checked. `payload`: content of the
/// event file.
std::optional<std::string> compared_commit(std::string_view event_name, std::optional<std::string> const& payload);

}  // namespace acr::event

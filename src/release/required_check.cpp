#include "release/required_check.hpp"

#include <algorithm>
#include <iterator>

#include "report/ruleset.hpp"

namespace acr::release {

RequireCheckResult check_requirement(event::Level mode, ReadRequiredChecks const& read, std::string_view release_branch,
                                     std::string_view check_name) {
  if (mode == event::Level::off) return {};
  std::vector<report::RequiredCheck> required;
  try {
    std::ranges::transform(read(release_branch), std::back_inserter(required), [](github::RequiredCheck const& each) {
      return report::RequiredCheck{each.context, each.integration_id};
    });
  } catch (github::ApiError const& error) {
    if (mode == event::Level::fail) throw;
    return {.warning = reject("rules-unreadable", "branch " + std::string(release_branch),
                              std::string("its rules could not be read: ") + error.what())
                           .rule("A-80"),
            .refusal = std::nullopt};
  }
  auto const is_required = report::check_required(required, release_branch, check_name);
  if (is_required) return {};
  if (mode == event::Level::fail) return {.warning = std::nullopt, .refusal = is_required.error()};
  return {.warning = is_required.error(), .refusal = std::nullopt};
}

}  // namespace acr::release

// Which checks the rules of a branch require (github-api.md G-21; A-80).
#include "github/rules.hpp"

#include <algorithm>

#include "github/answer.hpp"

namespace acr::github {

std::vector<RequiredCheck> required_checks(Api& api, std::string_view branch) {
  std::vector<RequiredCheck> found;
  Call call;
  call.path = path_with_ref({"repos", api.repository().owner, api.repository().name, "rules", "branches"}, branch);
  call.query = {{"per_page", std::to_string(limits::page_entries)}};
  api.pages(call, [&](Answer const& answer) {
    auto const value = json_of(answer);
    for (auto const& rule : array_of(answer, value)) {
      if (string_field(answer, rule, "type") != "required_status_checks") continue;  // unknown types pass (G-34)
      auto const* parameters = find(rule, "parameters");
      if (!parameters) bad_response(answer, "a required_status_checks rule without parameters");
      for (auto const& check : array_field(answer, *parameters, "required_status_checks"))
        found.push_back({string_field(answer, check, "context"), integer_in(check, "integration_id"),
                         integer_in(rule, "ruleset_id").value_or(0)});
    }
    return true;
  });
  return found;
}

}  // namespace acr::github

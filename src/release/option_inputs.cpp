#include "release/option_inputs.hpp"

#include <map>
#include <string>

#include "event/action_interface.hpp"
#include "support/errors.hpp"

namespace acr::release {

event::ActionInputs inputs_of_options(Arguments const& arguments, Terminal const& terminal, std::filesystem::path const& workspace) {
  std::map<std::string, std::string> values;
  for (auto const& row : event::input_table())
    if (arguments.has(row.name)) values.emplace(row.name, arguments.value(row.name));
  for (auto const variable : {"INPUT_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"})
    if (auto token = terminal.environment(variable); token && !token->empty()) values.try_emplace("token", *token);
  auto reading = event::read_inputs(event::from_map(values), workspace.string(), event::TokenRule::optional);
  std::string mistakes;
  for (auto const& mistake : reading.mistakes) mistakes += (mistakes.empty() ? "" : "; ") + mistake.sentence();
  if (!mistakes.empty()) throw BadEnvironment("bad-input", mistakes);
  return std::move(reading.inputs);
}

}  // namespace acr::release

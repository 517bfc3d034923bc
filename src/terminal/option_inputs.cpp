#include "terminal/option_inputs.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>

#include "event/action_interface.hpp"
#include "release/dependency_network.hpp"
#include "release/trusted_root_refresh.hpp"
#include "support/errors.hpp"

namespace acr::terminal {
namespace {

constexpr std::size_t credentials_bytes = std::size_t{1} << 20;

// The same mistake in the action says "input charts-dir".
std::string as_option(Rejection mistake) {
  constexpr std::string_view input = "input ";
  if (mistake.where.starts_with(input)) mistake.where.replace(0, input.size(), "option --");
  return mistake.sentence();
}

}  // namespace

OptionInputs read_options(Arguments const& arguments, Terminal const& terminal, std::filesystem::path const& workspace) {
  std::map<std::string, std::string> values;
  for (auto const& row : event::input_table())
    if (arguments.has(row.name)) values.emplace(row.name, arguments.value(row.name));
  if (auto const credentials = values.find("registry-credentials");
      credentials != values.end() && credentials->second.starts_with('@'))
    credentials->second = read_named_file(credentials->second.substr(1), credentials_bytes);
  for (auto const variable : {"INPUT_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"})
    if (auto token = terminal.environment(variable); token && !token->empty()) values.try_emplace("token", *token);
  auto reading = event::read_inputs(
      release::with_tenant_issuer(event::from_map(values), terminal.environment("GITHUB_API_URL").value_or("")),
      workspace.string(), event::TokenRule::optional);
  auto lists = release::read_lists(reading.inputs, terminal.environment("GITHUB_SERVER_URL").value_or("https://github.com"));
  std::string mistakes;
  std::ranges::move(lists.mistakes, std::back_inserter(reading.mistakes));
  std::ranges::move(release::dependency_mistakes(reading.inputs), std::back_inserter(reading.mistakes));
  for (auto const& mistake : reading.mistakes) mistakes += (mistakes.empty() ? "" : "; ") + as_option(mistake);
  bool const only_oci =
      std::ranges::all_of(reading.mistakes, [](auto const& mistake) { return mistake.code == "oci-repository"; });
  if (!mistakes.empty()) throw BadEnvironment(only_oci ? Code("oci-repository") : Code("bad-input"), mistakes);
  return {std::move(reading.inputs), std::move(lists.lists)};
}

event::ActionInputs inputs_of_options(Arguments const& arguments, Terminal const& terminal,
                                      std::filesystem::path const& workspace) {
  return read_options(arguments, terminal, workspace).inputs;
}

}  // namespace acr::terminal

#include "terminal/command.hpp"

#include <stdexcept>

#include "event/action_interface.hpp"

namespace acr::terminal {
namespace {

std::string_view value_of(event::InputRow const& row) {
  switch (row.kind) {
    case event::InputKind::boolean:
      return "true|false";
    case event::InputKind::choice:
      return row.choices;
    case event::InputKind::number:
      return "N";
    case event::InputKind::id:
      return "ID";
    case event::InputKind::branch:
      return "BRANCH";
    case event::InputKind::path:
      return "PATH";
    case event::InputKind::list:
    case event::InputKind::paths:
      return "LINES";
    case event::InputKind::text:
    case event::InputKind::secret:
      break;
  }
  return "TEXT";
}

}  // namespace

Option flag(std::string_view name, std::string_view help) { return {.name = name, .value = {}, .help = help}; }

Option option(std::string_view name, std::string_view value, std::string_view help) {
  return {.name = name, .value = value, .help = help};
}

Option choice(std::string_view name, std::string_view values, std::string_view help) {
  return {.name = name, .value = values, .help = help, .is_choice = true};
}

Option repeated(std::string_view name, std::string_view value, std::string_view help) {
  return {.name = name, .value = value, .help = help, .repeated = true};
}

Option input_option(std::string_view name) {
  auto const* row = event::input_row(name);
  if (row == nullptr) throw std::logic_error("the action has no input " + std::string(name));
  return {
      .name = row->name, .value = value_of(*row), .help = row->description, .is_choice = row->kind == event::InputKind::choice};
}

std::vector<Option> input_options(std::span<std::string_view const> names) {
  std::vector<Option> options;
  for (auto const name : names) options.push_back(input_option(name));
  return options;
}

Option json_flag() { return flag("json", "Print JSON on standard output."); }

Option workspace_option() {
  return option("workspace", "DIR", "The work tree of the clone to look at. Without it: the working directory.");
}

std::vector<Option> joined(std::vector<Option> first, std::vector<Option> const& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace acr::terminal

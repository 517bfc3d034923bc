#include "event/interface_tables.hpp"

#include <stdexcept>
#include <utility>

#include "event/action_interface.hpp"
#include "support/text.hpp"

namespace acr::test {
namespace {

using namespace acr::event;

std::string code_span(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string meaning(InputRow const& row) {
  std::string text(row.description);
  if (row.kind == InputKind::choice) {
    text += " One of";
    std::string separator = " ";
    for (auto const choice : split(row.choices, ',')) text += std::exchange(separator, ", ") + code_span(trimmed(choice));
    text += ".";
  } else if (row.kind == InputKind::number) {
    text += " " + std::to_string(row.minimum) + " to " + std::to_string(row.maximum) + ".";
  }
  return text;
}

}  // namespace

std::string input_markdown() {
  std::string text = "| input | default | used by | meaning |\n|---|---|---|---|\n";
  for (auto const& row : input_table())
    text += "| " + code_span(row.name) + " | " + (row.default_value.empty() ? "–" : code_span(row.default_value)) + " | " +
            std::string(row.commands) + " | " + meaning(row) + " |\n";
  return text;
}

std::string short_input_markdown(std::vector<std::string_view> const& names) {
  std::string text = "| input | default | meaning |\n|---|---|---|\n";
  for (auto const name : names) {
    auto const* row = input_row(name);
    if (row == nullptr) throw std::logic_error("there is no input " + std::string(name));
    text += "| " + code_span(row->name) + " | " + (row->default_value.empty() ? "–" : code_span(row->default_value)) + " | " +
            meaning(*row) + " |\n";
  }
  return text;
}

std::string output_markdown() {
  std::string text = "| output | meaning |\n|---|---|\n";
  for (auto const& row : output_table()) text += "| " + code_span(row.name) + " | " + std::string(row.description) + " |\n";
  return text;
}

}  // namespace acr::test

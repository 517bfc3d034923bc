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

struct Markers {
  std::size_t begin, end;
};

std::optional<Markers> markers(std::string_view document, std::string_view name) {
  std::string const first = "<!-- " + std::string(name) + ":begin -->\n", last = "<!-- " + std::string(name) + ":end -->";
  auto const begin = document.find(first);
  if (begin == std::string_view::npos) return std::nullopt;
  auto const end = document.find(last, begin);
  if (end == std::string_view::npos) return std::nullopt;
  return Markers{begin + first.size(), end};
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

std::optional<std::string> marked_part(std::string_view document, std::string_view name) {
  auto const found = markers(document, name);
  if (!found) return std::nullopt;
  return std::string(document.substr(found->begin, found->end - found->begin));
}

std::string with_marked_part(std::string_view document, std::string_view name, std::string_view part) {
  auto const found = markers(document, name);
  if (!found) throw std::runtime_error("no markers for " + std::string(name));
  return std::string(document.substr(0, found->begin)) + std::string(part) + std::string(document.substr(found->end));
}

}  // namespace acr::test

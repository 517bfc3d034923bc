// Pins as lines of a lock (D-29).

#include "dependencies/lock_pins.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "chart/chart_lock.hpp"

namespace acr::dependencies {
namespace {

/// Where the keys of an entry stand when its first line is `- key: …`; nothing for any other form.
std::optional<std::size_t> key_column(std::string_view line) {
  auto const dash = line.find_first_not_of(' ');
  if (dash == std::string_view::npos || line[dash] != '-') return std::nullopt;
  auto const key = line.find_first_not_of(' ', dash + 1);
  if (key == std::string_view::npos || key == dash + 1) return std::nullopt;
  bool const is_key = (line[key] >= 'a' && line[key] <= 'z') && line.find(':', key) != std::string_view::npos;
  return is_key ? std::optional(key) : std::nullopt;
}

/// Lines with their ends.
std::vector<std::string_view> whole_lines(std::string_view text) {
  std::vector<std::string_view> all;
  while (!text.empty()) {
    auto const end = std::min(text.find('\n'), text.size() - 1) + 1;
    all.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return all;
}

Rejection unusable(std::string_view file, std::size_t line) {
  return reject("lock-form", std::string(file) + ":" + std::to_string(line), "a pin cannot be added to a lock of this form")
      .rule("D-29")
      .expected("a lock as Helm writes it")
      .fix("run `helm dependency update`, or write the line by hand");
}

/// Equal but for pins, and the pins are those that were wanted.
bool differs_in_pins_alone(std::string_view before, std::string_view after, std::map<std::size_t, std::string> const& wanted) {
  auto const old_lock = chart::read_lock(before, "lock"), new_lock = chart::read_lock(after, "lock");
  if (!old_lock || !new_lock || !*old_lock || !*new_lock || !(*old_lock)->dependencies || !(*new_lock)->dependencies)
    return false;
  auto const &old_values = **old_lock, &new_values = **new_lock;
  auto entries = *old_values.dependencies;
  std::size_t set = 0;
  for (auto& entry : entries)
    if (auto const pin = wanted.find(entry.line); pin != wanted.end()) {
      if (!entry.pin.empty()) return false;
      entry.pin = pin->second;
      ++set;
    }
  return set == wanted.size() && entries == *new_values.dependencies && old_values.digest == new_values.digest &&
         old_values.generated == new_values.generated;
}

}  // namespace

Verdict<std::string> with_pins(std::string_view lock, std::string_view file, std::vector<LockPin> const& pins) {
  std::string_view text = lock;
  bool const mark = text.starts_with("\xEF\xBB\xBF");
  if (mark) text.remove_prefix(3);
  auto const all = whole_lines(text);
  std::map<std::size_t, std::string> wanted, added;  // by line: of the entry, and behind which the pin comes
  for (auto const& pin : pins) {
    auto const column = pin.line == 0 || pin.line > all.size() ? std::nullopt : key_column(all[pin.line - 1]);
    if (!column) return unusable(file, pin.line);
    std::size_t last = pin.line;
    for (auto next = last; next < all.size(); ++next) {
      auto const indent = all[next].find_first_not_of(" \r\n");
      if (indent == std::string_view::npos) continue;  // blank
      if (indent < *column) break;
      last = next + 1;
    }
    wanted[pin.line] = pin.digest;
    added[last] = std::string(*column, ' ') + "digest: " + pin.digest;
  }
  std::string result(mark ? "\xEF\xBB\xBF" : "");
  for (std::size_t i = 0; i < all.size(); ++i) {
    result += all[i];
    auto const line = added.find(i + 1);
    if (line == added.end()) continue;
    if (!all[i].ends_with('\n')) {
      result += "\n" + line->second;
    } else {
      result += line->second + (all[i].ends_with("\r\n") ? "\r\n" : "\n");
    }
  }
  if (!differs_in_pins_alone(text, std::string_view(result).substr(mark ? 3 : 0), wanted))
    return unusable(file, pins.empty() ? 1 : pins.front().line);
  return result;
}

}  // namespace acr::dependencies

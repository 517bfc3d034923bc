#include "support/nearest_name.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "support/text.hpp"

namespace acr {
namespace {

constexpr std::size_t compared_bytes = 100;

std::string comparable(std::string_view name) {
  auto text = to_lower_ascii(name.substr(0, compared_bytes));
  std::ranges::replace(text, '_', '-');
  return text;
}

// Levenshtein's distance, one row of the table at a time.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t const replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearest_name(std::string_view name, std::span<std::string_view const> names) {
  auto const wanted = comparable(name);
  std::string_view nearest;
  std::size_t least = static_cast<std::size_t>(-1);
  for (auto const candidate : names) {
    auto const edits = distance(wanted, comparable(candidate));
    if (edits >= least) continue;
    least = edits;
    nearest = candidate;
  }
  return nearest;
}

std::string_view likely_name(std::string_view name, std::span<std::string_view const> names) {
  auto const wanted = comparable(name);
  auto const nearest = nearest_name(name, names);
  return distance(wanted, comparable(nearest)) <= (wanted.size() + 2) / 3 ? nearest : std::string_view();
}

}  // namespace acr

// Items of exclude-charts against charts: src/chart/excluded_charts.hpp (B-19)

#include "chart/excluded_charts.hpp"

#include <algorithm>
#include <utility>

namespace acr::chart {
namespace {

bool is_path(std::string_view item) { return item.find('/') != std::string_view::npos; }

std::string_view first_segment(std::string_view& rest) {
  auto const slash = rest.find('/');
  auto const segment = rest.substr(0, slash);
  rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
  return segment;
}

/// An item with a slash, against a path of the repository.
bool path_match(std::string_view item, std::string_view path) {
  while (item.starts_with("./")) item.remove_prefix(2);
  if (item.starts_with('/')) item.remove_prefix(1);
  bool const all_below = item.ends_with('/');
  if (all_below) item.remove_suffix(1);
  while (!item.empty() && !path.empty())
    if (!segment_match(first_segment(item), first_segment(path))) return false;
  return item.empty() && (path.empty() ? !all_below : all_below);
}

}  // namespace

bool segment_match(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, kept = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      kept = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++kept;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

ExcludedCharts::ExcludedCharts(std::vector<std::string> items) : items_(std::move(items)), used_(items_.size(), false) {}

std::string const* ExcludedCharts::fitting(std::string_view path, std::string_view name) {
  for (std::size_t i = 0; i < items_.size(); ++i) {
    bool const fits = is_path(items_[i]) ? path_match(items_[i], path) : !name.empty() && segment_match(items_[i], name);
    if (!fits) continue;
    used_[i] = true;
    return &items_[i];
  }
  return nullptr;
}

bool ExcludedCharts::asks_for_names() const {
  return std::ranges::any_of(items_, [](std::string const& item) { return !is_path(item); });
}

std::vector<std::string> ExcludedCharts::idle() const {
  std::vector<std::string> items;
  for (std::size_t i = 0; i < items_.size(); ++i)
    if (!used_[i]) items.push_back(items_[i]);
  return items;
}

}  // namespace acr::chart

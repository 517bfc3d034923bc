#pragma once

// The tables of tests/data: tests/support/tab_table.hpp

#include <filesystem>
#include <string>
#include <vector>

#include "support/atomic_file.hpp"
#include "support/text.hpp"

namespace acr::test {

/// Lines of tab-separated cells; empty lines and those that begin with # are left out.
inline std::vector<std::vector<std::string>> tab_table(std::filesystem::path const& file) {
  std::vector<std::vector<std::string>> rows;
  auto const text = read_file(file, std::size_t{64} << 20);
  for (auto const line : lines(text)) {
    if (line.empty() || line.starts_with('#')) continue;
    auto& row = rows.emplace_back();
    for (auto const cell : split(line, '\t')) row.emplace_back(cell);
  }
  return rows;
}

}  // namespace acr::test

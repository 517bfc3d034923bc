#pragma once

// Tab-separated recordings of what Helm does: tests/data/helm-4.2.4/README.md

#include <stdexcept>
#include <string>
#include <vector>

#include "support/atomic_file.hpp"
#include "support/encoding.hpp"
#include "support/places.hpp"
#include "support/text.hpp"

namespace acr::test {

/// Fields of each line of tests/data/helm-4.2.4/`name`.
inline std::vector<std::vector<std::string>> golden_lines(std::string const& name) {
  auto const text = read_file(acr::test::data_folder().string() + "/helm-4.2.4/" + name, std::size_t{16} << 20);
  std::vector<std::vector<std::string>> rows;
  for (auto const line : lines(text)) {
    auto& row = rows.emplace_back();
    for (auto const field : split(line, '\t')) row.emplace_back(field);
  }
  if (rows.empty()) throw std::runtime_error("nothing is recorded in " + name);
  return rows;
}

/// Bytes of a hex field.
inline std::string unhex(std::string const& field) {
  auto bytes = from_hex(field);
  if (!bytes) throw std::runtime_error("no hex: " + field);
  return *bytes;
}

}  // namespace acr::test

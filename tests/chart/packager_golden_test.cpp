// Packages against those of the real Helm 4.2.4 (P-1, P-80 … P-87, P-110 … P-115):
// tests/data/helm-4.2.4/README.md.

#include <algorithm>
#include <map>

#include "chart/directory_tree.hpp"
#include "chart/golden_lines.hpp"
#include "chart/packager.hpp"
#include "chart/tar_writer.hpp"
#include "memory/tree.hpp"
#include "support/catch2.hpp"
#include "support/digest.hpp"
#include "support/places.hpp"

namespace packager_golden_test {
namespace {

using namespace acr;
using namespace acr::chart;

struct Golden {
  std::string refused;  ///< Helm's message
  std::string file_name, tar_sha256;
  std::vector<std::vector<std::string>> entries;  ///< path, size, mtime, sha256 of header, sha256 of content
  MemoryTree source;                              ///< of the edge charts
};

std::map<std::string, Golden> golden(std::string const& file) {
  std::map<std::string, Golden> charts;
  for (auto const& row : test::golden_lines(file)) {
    auto& chart = charts[row.at(0)];
    if (row.at(1) == "refused") chart.refused = row.at(2);
    if (row.at(1) == "package") {
      chart.file_name = row.at(2);
      chart.tar_sha256 = row.at(3);
    }
    if (row.at(1) == "entry") chart.entries.push_back({test::unhex(row.at(2)), row.at(3), row.at(4), row.at(5), row.at(6)});
    if (row.at(1) == "directory") chart.source.directory(test::unhex(row.at(2)));
    if (row.at(1) == "link") chart.source.symlink(test::unhex(row.at(2)), test::unhex(row.at(3)));
    if (row.at(1) == "file") {
      std::string bytes;
      if (row.at(3).starts_with("repeat:")) {
        auto const parts = split(row.at(3), ':');
        for (auto n = std::stoul(std::string(parts.at(2))); n > 0; --n) bytes += test::unhex(std::string(parts.at(1)));
      } else {
        bytes = test::unhex(row.at(3));
      }
      // Nanoseconds to the nearest second, half up (P-87).
      auto const nanoseconds = std::stoll(row.at(4)) + 500'000'000;
      auto const seconds = nanoseconds / 1'000'000'000 - (nanoseconds % 1'000'000'000 < 0 ? 1 : 0);
      chart.source.file(test::unhex(row.at(2)), bytes, seconds);
    }
  }
  return charts;
}

using Rows = std::vector<std::vector<std::string>>;

/// Sibling subcharts by name, as the recording has them (P-81). `siblings`: there are any.
void in_fixed_order(Rows& rows, std::string const& prefix, bool& siblings) {
  std::map<std::string, Rows> children;
  Rows own;
  for (auto& row : rows) {
    auto const rest = row[0].substr(prefix.size());
    auto const slash = rest.find('/', 7);
    auto const name = rest.starts_with("charts/") && slash != std::string::npos ? rest.substr(7, slash - 7) : "";
    bool const is_child = !name.empty() && (children.contains(name) || rest == "charts/" + name + "/Chart.yaml");
    (is_child ? children[name] : own).push_back(std::move(row));
  }
  siblings |= children.size() > 1;
  rows = std::move(own);
  for (auto& [name, child] : children) {
    in_fixed_order(child, prefix + "charts/" + name + "/", siblings);
    rows.insert(rows.end(), child.begin(), child.end());
  }
}

/// Takes the stream apart again: header bytes and contents are those that were really written.
Rows rows_of(Package const& package, std::string const& tar) {
  Rows rows;
  std::size_t at = 0;
  for (auto const& entry : package.entries) {
    auto const header_size = tar_header(entry.path, entry.size, entry.mtime).size();
    auto const header = tar.substr(at, header_size);
    auto const content = tar.substr(at + header_size, entry.size);
    CHECK(hex(sha256(content)) == entry.sha256);
    rows.push_back({entry.path, std::to_string(entry.size), std::to_string(entry.mtime), hex(sha256(header)), entry.sha256});
    at += header_size + (entry.size + 511) / 512 * 512;
  }
  CHECK(tar.substr(at) == std::string(1024, '\0'));
  return rows;
}

void compare(Golden const& expected, SourceTree const& tree, std::string const& root, PackageOptions options) {
  options.entry_digests = true;
  auto const made = package(tree, root, options);
  if (made.has_error()) FAIL_CHECK(made.error().sentence());
  if (made.has_error()) return;
  auto const tar = package_tar(tree, root, options);
  REQUIRE(tar.has_value());
  CHECK(made->content_digest == sha256_text(*tar));
  CHECK(made->file_name == expected.file_name);
  auto rows = rows_of(*made, *tar);
  bool siblings = false;
  in_fixed_order(rows, rows.at(0).at(0).substr(0, rows[0][0].find('/') + 1), siblings);
  REQUIRE(rows.size() == expected.entries.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (expected.entries[i][2] == "now") {  // a lock without a time: Helm takes the wall clock, we do not (P-86)
      CHECK(rows[i][0] == expected.entries[i][0]);
      CHECK(rows[i][4] == expected.entries[i][4]);
      siblings = true;
    } else {
      CHECK(rows[i] == expected.entries[i]);
    }
  }
  if (!siblings) CHECK(made->content_digest == "sha256:" + expected.tar_sha256);  // P-121
}

TEST_CASE("every chart of the corpus has Helm's tar stream", "[chart]") {
  auto const charts = golden("packages.tsv");
  CHECK(charts.size() == 19);
  DirectoryTree const tree(acr::test::data_folder().string() + "/charts");
  for (auto const& [name, expected] : charts) {
    CAPTURE(name);
    PackageOptions options;
    options.time = 1700000000;
    compare(expected, tree, name, options);
  }
}

TEST_CASE("edge charts have Helm's tar stream, or are refused", "[chart]") {
  auto const charts = golden("edge-charts.tsv");
  CHECK(charts.size() > 70);
  // Recordings that show a rule that no other test does.
  for (auto const* name : {"all-parts", "exact-case",                                       // P-50
                           "both-locks-v2", "second-lock-cancels", "charts-archive-locks",  // P-52
                           "charts-provenance",                                             // P-53
                           "file-named-templates", "file-named-charts",                     // P-54
                           "subchart-v1-v2"}) {                                             // P-57
    CAPTURE(name);
    REQUIRE(charts.contains(name));
    CHECK(charts.at(name).refused.empty());
    CHECK_FALSE(charts.at(name).entries.empty());
  }
  for (auto const& [name, expected] : charts) {
    CAPTURE(name);
    if (expected.refused.empty()) {
      PackageOptions options;
      options.case_collision_is_warning = true;  // "exact-case" is about files of such names
      compare(expected, expected.source, "c", options);
      continue;
    }
    auto const made = package(expected.source, "c");
    CHECK(made.has_error());
    if (made.has_value()) continue;
    CHECK(made.error().where.starts_with("c"));
    CHECK_FALSE(made.error().rule_number.empty());
  }
}

}  // namespace
}  // namespace packager_golden_test

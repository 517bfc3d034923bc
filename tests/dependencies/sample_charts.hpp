#pragma once

// Small charts, locks and archives for the tests of this room: tests/dependencies/sample_charts.hpp

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "chart/chart_metadata.hpp"
#include "chart/lock_digest.hpp"
#include "chart/packager.hpp"
#include "chart/read_metadata.hpp"
#include "chart/source_tree.hpp"
#include "dependencies/archive_source.hpp"
#include "memory/tree.hpp"
#include "support/digest.hpp"

namespace acr::dependencies::samples {

using chart::DependencyList;

struct Entry {
  std::string name, version, repository;
  std::string more{};  ///< further lines: "alias: x", "digest: sha256:…"
};

inline std::string list_text(std::vector<Entry> const& entries) {
  if (entries.empty()) return "dependencies: []\n";
  std::string text = "dependencies:\n";
  for (auto const& entry : entries) {
    text += "- name: " + entry.name + "\n  repository: \"" + entry.repository + "\"\n  version: \"" + entry.version + "\"\n";
    if (!entry.more.empty()) text += "  " + entry.more + "\n";
  }
  return text;
}

inline std::string chart_yaml(std::string const& name, std::vector<Entry> const& dependencies = {},
                              std::string const& version = "1.0.0") {
  auto text = "apiVersion: v2\nname: " + name + "\nversion: " + version + "\nicon: https://example.org/i.png\n";
  return dependencies.empty() ? text : text + list_text(dependencies);
}

inline DependencyList read_list(std::vector<Entry> const& entries) {
  auto const metadata = chart::read_metadata("name: x\nversion: 1.0.0\n" + list_text(entries), "Chart.yaml");
  return metadata.value().dependencies;
}

/// A lock whose digest fits both lists as they stand (aliases replaced by the locked URL, D-11).
inline std::string lock_text(std::vector<Entry> declared, std::vector<Entry> const& locked) {
  for (std::size_t i = 0; i < declared.size() && i < locked.size(); ++i)
    if (declared[i].repository.starts_with("@") || declared[i].repository.starts_with("alias:"))
      declared[i].repository = locked[i].repository;
  return list_text(locked) + "digest: " + lock_digest(read_list(declared), read_list(locked)) +
         "\ngenerated: \"2026-01-02T03:04:05Z\"\n";
}

inline constexpr std::int64_t archive_time = 1'600'000'000;

/// The archive of a chart that holds these files; Chart.yaml is one of them.
inline std::string archive_of(std::string const& name, std::map<std::string, std::string> const& files) {
  chart::MemoryTree tree;
  for (auto const& [path, bytes] : files) tree.file(name + "/" + path, bytes);
  chart::PackageOptions options;
  options.time = archive_time;
  options.dependencies_must_be_present = false;
  return chart::package(tree, name, options).value().bytes;
}

inline std::string archive_of(std::string const& name, std::string const& version = "1.0.0") {
  return archive_of(
      name, {{"Chart.yaml", chart_yaml(name, {}, version)}, {"templates/a.yaml", "kind: A # " + name + " " + version + "\n"}});
}

/// Answers from memory and counts what is asked. Pins are checked as D-30 says.
class FakeSource final : public ArchiveSource {
 public:
  std::map<std::tuple<std::string, std::string, std::string>, std::string> archives;  ///< by repository, name, version
  std::map<std::string, Rejection> refused;                                           ///< by name
  std::size_t calls = 0;
  std::vector<ArchiveOrder> asked;

  FakeSource& holds(std::string const& repository, std::string const& name, std::string const& version, std::string bytes) {
    archives[{repository, name, version}] = std::move(bytes);
    return *this;
  }

  std::vector<Verdict<FetchedArchive>> fetch(std::vector<ArchiveOrder> const& orders) override {
    ++calls;
    std::vector<Verdict<FetchedArchive>> answers;
    for (auto const& order : orders) {
      asked.push_back(order);
      answers.push_back(answer(order));
    }
    return answers;
  }
  [[nodiscard]] std::vector<std::string> hosts() const override {
    return calls == 0 ? std::vector<std::string>{} : std::vector<std::string>{"charts.example.org"};
  }

 private:
  Verdict<FetchedArchive> answer(ArchiveOrder const& order) const {
    if (auto const no = refused.find(order.name); no != refused.end()) return no->second;
    auto const found = archives.find({order.repository, order.name, order.version});
    if (found == archives.end()) return reject("dep-not-found", order.repository, "no such version");
    FetchedArchive archive;
    archive.stored = std::make_shared<StoredArchive const>(found->second);
    archive.sha256 = sha256_text(found->second);
    archive.url = order.repository + "/" + order.name + "-" + order.version + ".tgz";
    archive.pinned = !order.pin.empty();
    if (archive.pinned && order.pin != archive.sha256) return reject("dep-digest-mismatch", archive.url, "other bytes");
    return archive;
  }
};

}  // namespace acr::dependencies::samples

#pragma once

// A commit's tree as the chart room reads it: src/release/git_source_tree.hpp (P-16, P-20; A-54)
// Paths come from the tree objects alone, so nothing on a disk can lead a link astray.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "chart/source_tree.hpp"
#include "git/objects.hpp"
#include "github/kept_answers.hpp"

namespace acr::release {

/// Thread-safe; trees are kept once read, up to some mebibytes. What is walked is charged to the run (work_budget.hpp, B-25), a
/// look-up among n siblings costs O(log n) (B-26). `objects` must live longer. Throws BadEnvironment("object-missing") for a
/// tree or blob that no source has.
class GitSourceTree final : public chart::SourceTree {
 public:
  /// `root`: id of the commit's tree.
  GitSourceTree(git::ObjectSource& objects, git::ObjectId root);

  [[nodiscard]] std::optional<chart::Node> node(std::string_view path) const override;
  [[nodiscard]] std::vector<chart::Node> list(std::string_view path) const override;
  [[nodiscard]] std::optional<std::string> read(std::string_view path, std::size_t limit) const override;
  [[nodiscard]] std::string link_target(std::string_view path) const override;
  void prefetch(std::vector<std::string> const& paths) const override;

 private:
  git::ObjectSource& objects_;
  git::ObjectId root_;
  struct SortedTree {
    git::Tree tree;
    std::vector<std::uint32_t> by_name;  ///< positions in `tree.entries`, by the bytes of the names
    [[nodiscard]] git::TreeEntry const* find(std::string_view name) const;
  };
  mutable github::Cache<SortedTree> trees_;

  [[nodiscard]] std::shared_ptr<SortedTree const> tree(git::ObjectId const& id, std::string_view path) const;
  [[nodiscard]] std::optional<git::TreeEntry> entry(std::string_view path) const;
};

}  // namespace acr::release

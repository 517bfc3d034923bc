#pragma once

// A plain directory as a SourceTree: src/chart/directory_tree.hpp (P-10, P-15 … P-17, P-152)

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "chart/source_tree.hpp"

namespace acr::chart {

/// Reads below one directory and never outside: every step goes through a directory descriptor with
/// no-follow, so a link that is swapped in while we look cannot lead away. Files are opened without blocking
/// and only after their type was seen; the type is checked again on the open descriptor. Node::id is empty;
/// Node::mtime is the file's.
class DirectoryTree final : public SourceTree {
 public:
  /// `root` itself may be a symlink to a directory (P-10). Throws BadEnvironment("no-directory") when it
  /// cannot be opened as one.
  explicit DirectoryTree(std::filesystem::path const& root);
  ~DirectoryTree() override;
  DirectoryTree(DirectoryTree const&) = delete;
  DirectoryTree& operator=(DirectoryTree const&) = delete;

  [[nodiscard]] std::optional<Node> node(std::string_view path) const override;
  [[nodiscard]] std::vector<Node> list(std::string_view path) const override;
  [[nodiscard]] std::vector<Node> list_kinds(std::string_view path) const override;
  [[nodiscard]] std::optional<std::string> read(std::string_view path, std::size_t limit) const override;
  [[nodiscard]] std::optional<FileContent> read_file(std::string_view path, std::size_t limit) const override;
  [[nodiscard]] std::string link_target(std::string_view path) const override;

 private:
  struct OpenDirectory;
  /// Null (errno set) when a component is not a directory. Trees are walked and read directory by directory: the
  /// last one and those above it stay open, so that the next costs one system call.
  [[nodiscard]] std::shared_ptr<OpenDirectory const> open(std::string_view path) const;

  [[nodiscard]] std::vector<Node> entries(std::string_view path, bool kinds_only) const;
  [[nodiscard]] bool was_file(std::string_view directory, std::string const& name) const;

  std::string root_;  ///< for messages
  mutable std::mutex mutex_;
  mutable std::shared_ptr<OpenDirectory const> last_;  ///< never null; its ancestors end at the root
  /// What listings have shown to be regular files, by directory: those need no look before they are opened.
  mutable std::map<std::string, std::vector<std::string>, std::less<>> files_seen_;
};

/// Where a chart directory on disk lies: the repository around it and its path inside (P-16: outside a git
/// work tree the chart directory is the repository, and `chart_root` is "").
struct ChartLocation {
  std::filesystem::path repository;  ///< absolute, no symlinks
  std::string chart_root;            ///< relative to `repository`, "" when both are the same
};

/// Looks upward from the directory (links resolved) for an entry `.git`. Throws
/// BadEnvironment("no-directory") when `directory` is none.
ChartLocation locate_chart(std::filesystem::path const& directory);

}  // namespace acr::chart

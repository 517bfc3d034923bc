#pragma once

// A plain directory as a SourceTree: src/chart/directory_tree.hpp (P-10, P-15 … P-17, P-152)

#include <filesystem>
#include <memory>
#include <mutex>

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
  [[nodiscard]] std::optional<std::string> read(std::string_view path, std::size_t limit) const override;
  [[nodiscard]] std::string link_target(std::string_view path) const override;

 private:
  struct OpenDirectory;
  /// Null (errno set) when a component is no directory. Files are read directory by directory: keeping the
  /// last one open halves the system calls of packaging.
  [[nodiscard]] std::shared_ptr<OpenDirectory const> open(std::string_view path) const;

  std::string root_;  ///< for messages
  int descriptor_ = -1;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<OpenDirectory const> last_;
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

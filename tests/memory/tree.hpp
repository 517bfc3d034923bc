#pragma once

// A tree of chart sources in memory: tests/memory/tree.hpp

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chart/source_tree.hpp"

namespace acr::chart {

/// Filled by hand. Directories appear with the files below them. Ids are derived from content as git would do it: equal
/// content, equal id.
class MemoryTree final : public SourceTree {
 public:
  /// Adds or replaces; parent directories are made. Returns *this for chaining.
  MemoryTree& file(std::string_view path, std::string_view bytes, std::optional<std::int64_t> mtime = {});
  MemoryTree& executable(std::string_view path, std::string_view bytes, std::optional<std::int64_t> mtime = {});
  MemoryTree& symlink(std::string_view path, std::string_view target);
  MemoryTree& directory(std::string_view path);
  MemoryTree& submodule(std::string_view path);
  MemoryTree& irregular(std::string_view path);
  /// Takes away an entry and all below it.
  MemoryTree& remove(std::string_view path);

  [[nodiscard]] std::optional<Node> node(std::string_view path) const override;
  [[nodiscard]] std::vector<Node> list(std::string_view path) const override;
  [[nodiscard]] std::optional<std::string> read(std::string_view path, std::size_t limit) const override;
  [[nodiscard]] std::string link_target(std::string_view path) const override;

  /// Paths of all files read so far, in order, repeats included: tests of what is *not* read. Not
  /// thread-safe.
  [[nodiscard]] std::vector<std::string> const& reads() const { return reads_; }
  void forget_reads() const { reads_.clear(); }

 private:
  struct Entry {
    NodeKind kind = NodeKind::directory;
    std::string content;  ///< bytes of a file, target of a link
    std::optional<std::int64_t> mtime;
    std::map<std::string, Entry, std::less<>> children;
    [[nodiscard]] std::string id() const;
  };
  Entry root_;
  mutable std::vector<std::string> reads_;

  Entry& put(std::string_view path, NodeKind kind, std::string_view content, std::optional<std::int64_t> mtime);
  [[nodiscard]] Entry const* find(std::string_view path) const;
};

}  // namespace acr::chart

#pragma once

// Where chart sources are read from: src/chart/source_tree.hpp
// A narrow, read-only view of a whole repository tree (P-16, P-20). A commit, a plain directory and the tests
// each implement it; nothing else in this room touches a disk to read a chart.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace acr::chart {

enum class NodeKind {
  file,
  executable,  ///< a regular file with an executable bit; packages do not know the difference (P-13)
  directory,
  symlink,
  submodule,  ///< a commit entry of a git tree; always rejected inside a chart (P-20)
  irregular,  ///< FIFO, socket, device
};

/// One entry of a directory; links are not followed.
struct Node {
  std::string name;  ///< last path component, raw bytes
  NodeKind kind = NodeKind::file;
  std::optional<std::uint64_t> size;  ///< bytes, of files; nothing when it costs a read to know
  std::optional<std::int64_t> mtime;  ///< seconds since 1970, rounded half up (P-87); nothing in a commit
  /// What the content is called: two entries of one source with equal, non-empty ids have equal content,
  /// directories included (git object ids). Empty when the source has no such names.
  std::string id;

  [[nodiscard]] bool is_file() const { return kind == NodeKind::file || kind == NodeKind::executable; }
  friend bool operator==(Node const&, Node const&) = default;
};

struct FileContent {
  std::string bytes;
  std::optional<std::int64_t> mtime;  ///< as Node::mtime
};

/// Paths are `/`-separated raw bytes relative to the repository root, cleaned: no leading, trailing or double
/// slash, no `.` or `..` component; "" is the root. No function follows a symlink in any component:
/// link_resolution.hpp does. Implementations are safe to call from several threads.
class SourceTree {
 public:
  virtual ~SourceTree() = default;

  /// The entry itself, links not followed; nothing when it or a parent directory is not there.
  [[nodiscard]] virtual std::optional<Node> node(std::string_view path) const = 0;

  /// Entries of a directory in ascending order of the bytes of their names (P-12). Throws std::runtime_error
  /// when `path` is not a directory or cannot be read.
  [[nodiscard]] virtual std::vector<Node> list(std::string_view path) const = 0;

  /// list() for who needs names and kinds only: sizes, times and executable bits may be missing where each costs
  /// a system call. What looks like a file is one.
  [[nodiscard]] virtual std::vector<Node> list_kinds(std::string_view path) const { return list(path); }

  /// Whole content of a regular file; nothing when it is larger than `limit` bytes. Throws std::runtime_error
  /// when it cannot be read.
  [[nodiscard]] virtual std::optional<std::string> read(std::string_view path, std::size_t limit) const = 0;

  /// read(), with the file's time where list_kinds() leaves it out.
  [[nodiscard]] virtual std::optional<FileContent> read_file(std::string_view path, std::size_t limit) const {
    auto bytes = read(path, limit);
    if (!bytes) return {};
    return FileContent{std::move(*bytes), {}};
  }

  /// Text of a symlink. Throws std::runtime_error when it is none.
  [[nodiscard]] virtual std::string link_target(std::string_view path) const = 0;

  /// A hint that these files will be read: a remote source can fetch them together.
  virtual void prefetch(std::vector<std::string> const& /*paths*/) const {}

 protected:
  SourceTree() = default;
  SourceTree(SourceTree const&) = default;
  SourceTree& operator=(SourceTree const&) = default;
};

/// `directory` + "/" + `name`, or `name` alone when the directory is the root "".
std::string joined(std::string_view directory, std::string_view name);

/// What stands before the last slash; "" when there is none.
std::string_view parent_path(std::string_view path);

/// What stands behind the last slash; all of it when there is none.
std::string_view base_name(std::string_view path);
/// The extension of the last component, as Go's filepath.Ext: ".prov", ".tgz"; empty without a dot.
std::string_view extension(std::string_view path);

}  // namespace acr::chart

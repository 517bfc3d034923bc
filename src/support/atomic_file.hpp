#pragma once

// Files that appear whole or not at all: src/support/atomic_file.hpp (P-4, A-17, A-21)

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace acr {

/// Writes to a temporary name in the target's directory; commit() makes it durable and gives it its name. Without
/// commit() nothing is left. Mode 0644. Throws std::runtime_error when the disk says no.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();
  AtomicFile(AtomicFile const&) = delete;
  AtomicFile& operator=(AtomicFile const&) = delete;

  void write(std::string_view bytes);
  /// As set_times(), after the last write().
  bool set_times(std::int64_t seconds);
  /// fsync, rename over the target.
  void commit();

 private:
  std::filesystem::path target_;
  std::string temporary_;
  int descriptor_ = -1;
};

/// Writes `bytes` as the whole of `target`; existing content is replaced at once. Parents are created (0755).
void write_file(std::filesystem::path const& target, std::string_view bytes);

/// The same for a file whose times are content to others (O-14): both are set before it gets its name, if there is a time.
/// False when the file system keeps another; the file is there all the same.
bool write_file(std::filesystem::path const& target, std::string_view bytes, std::optional<std::int64_t> seconds);

/// Sets access and modification time of a regular file, seconds since 1970, and reads the latter back: file systems clamp in
/// silence. False when it is another one then.
bool set_times(std::filesystem::path const& path, std::int64_t seconds);

/// For many files that become visible together: writes a new file into a directory that nobody reads, and lets the disk
/// begin with it. With sync_file() for all of them afterwards the disk is waited for once, not once for each; then they
/// can be renamed (P-4). Throws std::runtime_error; what was written of the file stays.
void write_staged_file(std::filesystem::path const& path, std::string_view bytes);

/// Returns when the file's bytes have reached the disk. Throws std::runtime_error.
void sync_file(std::filesystem::path const& path);

/// True when `name` is what a process that was killed while it wrote `target` (a file name) may have left beside it.
bool is_temporary_of(std::string_view name, std::string_view target);

/// Whole file, at most `limit` bytes; throws std::runtime_error when it cannot be read, is not a regular file or is larger.
std::string read_file(std::filesystem::path const& path, std::size_t limit);

/// Gives `path` the owner of `model`; false when that is not possible, which is not an error.
bool adopt_owner(std::filesystem::path const& path, std::filesystem::path const& model) noexcept;

}  // namespace acr

#pragma once

// Where fetched archives lie until their charts are packaged: src/dependencies/archive_store.hpp (B-25, D-35)
// A run may fetch 512 MiB, as much as all of its memory. The first few archives stay in memory; the others go to one file
// without a name, and are compared with their digest when they are read back.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

namespace acr::dependencies {

/// The bytes of one archive, wherever they are. Immutable, thread-safe; outlives its store.
class StoredArchive {
 public:
  /// In memory.
  explicit StoredArchive(std::string bytes);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// All of it, never null. Throws BadEnvironment("temporary-file") when the file does not give what was written.
  [[nodiscard]] std::shared_ptr<std::string const> bytes() const;

 private:
  friend class ArchiveStore;
  class File;
  StoredArchive(std::shared_ptr<File const> file, std::uint64_t offset, std::string const& bytes);

  std::uint64_t size_ = 0, offset_ = 0;
  std::shared_ptr<std::string const> kept_;  ///< null: in the file
  std::shared_ptr<File const> file_;
  std::string sha256_;  ///< raw; of what is in the file
};

/// Thread-safe.
class ArchiveStore {
 public:
  /// `directory` is where the file would be; empty: the system's for temporary files. `in_memory`: bytes kept there.
  explicit ArchiveStore(std::filesystem::path directory, std::size_t in_memory);

  /// Throws BadEnvironment: "temporary-file" when nothing can be written, "no-space" when the disk is full.
  [[nodiscard]] std::shared_ptr<StoredArchive const> keep(std::string bytes);

 private:
  std::filesystem::path const directory_;
  std::size_t const in_memory_;
  std::mutex mutex_;
  std::size_t held_ = 0;
  std::uint64_t end_ = 0;  ///< of the file
  std::shared_ptr<StoredArchive::File const> file_;
};

}  // namespace acr::dependencies

#include "dependencies/archive_store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "support/digest.hpp"
#include "support/errors.hpp"

namespace acr::dependencies {
namespace {

BadEnvironment cannot(std::string const& what, int error) {
  std::string const reason =
      std::string("a temporary file for fetched archives cannot be ") + what + ": " + std::strerror(error);
  if (error == ENOSPC || error == EDQUOT || error == EFBIG)
    return {"no-space", reason + "; free some space on the runner before this step"};
  return {"temporary-file", reason};
}

}  // namespace

// Gone from the directory before anything is in it: nobody else can open it, and nothing stays behind.
class StoredArchive::File {
 public:
  explicit File(std::filesystem::path const& directory) {
    std::string name = (directory / "atomic-chart-release-archives-XXXXXX").string();
    descriptor_ = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor_ < 0) throw cannot("made in " + directory.string(), errno);
    ::unlink(name.c_str());
  }
  File(File const&) = delete;
  File& operator=(File const&) = delete;
  ~File() { ::close(descriptor_); }

  void write(std::string_view bytes, std::uint64_t offset) const {
    while (!bytes.empty()) {
      auto const count = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) throw cannot("written", count < 0 ? errno : ENOSPC);
      bytes.remove_prefix(static_cast<std::size_t>(count));
      offset += static_cast<std::uint64_t>(count);
    }
  }

  [[nodiscard]] std::string read(std::uint64_t size, std::uint64_t offset) const {
    std::string bytes(size, '\0');
    std::size_t filled = 0;
    while (filled < bytes.size()) {
      auto const count =
          ::pread(descriptor_, bytes.data() + filled, bytes.size() - filled, static_cast<off_t>(offset + filled));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw cannot("read", errno);
      if (count == 0) break;  // shorter than it was: the digest says so
      filled += static_cast<std::size_t>(count);
    }
    return bytes;
  }

 private:
  int descriptor_;
};

StoredArchive::StoredArchive(std::string bytes)
    : size_(bytes.size()), kept_(std::make_shared<std::string const>(std::move(bytes))) {}

StoredArchive::StoredArchive(std::shared_ptr<File const> file, std::uint64_t offset, std::string const& bytes)
    : size_(bytes.size()), offset_(offset), file_(std::move(file)), sha256_(sha256(bytes)) {}

std::shared_ptr<std::string const> StoredArchive::bytes() const {
  if (kept_) return kept_;
  auto bytes = std::make_shared<std::string const>(file_->read(size_, offset_));
  if (sha256(*bytes) != sha256_)
    throw BadEnvironment("temporary-file", "a temporary file for fetched archives no longer holds what was written");
  return bytes;
}

ArchiveStore::ArchiveStore(std::filesystem::path directory, std::size_t in_memory)
    : directory_(std::move(directory)), in_memory_(in_memory) {}

std::shared_ptr<StoredArchive const> ArchiveStore::keep(std::string bytes) {
  std::shared_ptr<StoredArchive::File const> file;
  std::uint64_t offset = 0;
  {
    std::lock_guard const lock(mutex_);
    if (bytes.size() <= in_memory_ - held_) {
      held_ += bytes.size();
      return std::make_shared<StoredArchive const>(std::move(bytes));
    }
    if (!file_)
      file_ =
          std::make_shared<StoredArchive::File const>(directory_.empty() ? std::filesystem::temp_directory_path() : directory_);
    file = file_;
    offset = std::exchange(end_, end_ + bytes.size());
  }
  file->write(bytes, offset);
  return std::shared_ptr<StoredArchive const>(new StoredArchive(std::move(file), offset, bytes));
}

}  // namespace acr::dependencies

#include "terminal/tuf_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "support/atomic_file.hpp"

namespace acr::terminal {

TufDirectory::TufDirectory(std::filesystem::path directory) : directory_(std::move(directory)) {
  std::filesystem::create_directories(directory_);
  auto const path = directory_ / ".lock";
  lock_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  int result = -1;
  if (lock_ >= 0) do
      result = ::flock(lock_, LOCK_EX);
    while (result != 0 && errno == EINTR);
  if (result != 0) {
    int const number = errno;
    if (lock_ >= 0) ::close(lock_);
    throw std::runtime_error("cannot lock " + path.string() + ": " + std::strerror(number));
  }
}

TufDirectory::~TufDirectory() { ::close(lock_); }

std::filesystem::path TufDirectory::path_of(std::string_view name) const { return directory_ / (std::string(name) + ".json"); }

std::optional<std::string> TufDirectory::load(std::string_view name, std::size_t limit) {
  try {
    return read_file(path_of(name), limit);
  } catch (std::runtime_error const&) {
    return std::nullopt;  // as if it were not there
  }
}

void TufDirectory::save(std::string_view name, std::string_view bytes) { write_file(path_of(name), bytes); }

void TufDirectory::drop(std::string_view name) { std::filesystem::remove(path_of(name)); }

void TufDirectory::clear() {
  std::vector<std::filesystem::path> files;
  for (auto const& entry : std::filesystem::directory_iterator(directory_))
    if (entry.path().extension() == ".json" && !entry.is_directory()) files.push_back(entry.path());
  for (auto const& file : files) std::filesystem::remove(file);
}

}  // namespace acr::terminal

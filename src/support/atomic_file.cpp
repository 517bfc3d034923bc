#include "support/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <utility>

#include "support/encoding.hpp"
#include "support/text.hpp"

namespace acr {
namespace {

// ".<target>.<hex>.tmp": beside the target, since a rename does not leave its file system.
constexpr std::size_t random_bytes = 6;
constexpr std::string_view suffix = ".tmp";
std::string prefix_of(std::string_view target) { return "." + std::string(target.substr(0, 200)) + "."; }

[[noreturn]] void fail(std::string const& what, std::filesystem::path const& path) {
  int const number = errno;
  throw std::runtime_error(what + " " + path.string() + ": " + std::strerror(number));
}

struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

void write_all(int descriptor, std::string_view bytes, std::filesystem::path const& path) {
  while (!bytes.empty()) {
    auto const written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot write", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

bool kept_times(int descriptor, std::int64_t seconds) {
  std::array<timespec, 2> times{};
  for (auto& time : times) time.tv_sec = static_cast<std::time_t>(seconds);
  struct stat info {};
  return ::futimens(descriptor, times.data()) == 0 && ::fstat(descriptor, &info) == 0 && info.st_mtim.tv_sec == seconds &&
         info.st_mtim.tv_nsec == 0;
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path target) : target_(std::move(target)) {
  auto const directory = target_.has_parent_path() ? target_.parent_path() : std::filesystem::path(".");
  temporary_ = (directory / (prefix_of(target_.filename().string()) + random_hex(random_bytes) + std::string(suffix))).string();
  descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (descriptor_ < 0) fail("cannot create", temporary_);
  // The umask of the container must not show in what later host steps can read.
  if (::fchmod(descriptor_, 0644) != 0) fail("cannot set the mode of", temporary_);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
    ::unlink(temporary_.c_str());
  }
}

bool AtomicFile::set_times(std::int64_t seconds) { return kept_times(descriptor_, seconds); }

void AtomicFile::write(std::string_view bytes) { write_all(descriptor_, bytes, target_); }

void AtomicFile::commit() {
  if (::fsync(descriptor_) != 0) fail("cannot write", target_);
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail("cannot create", target_);
  ::close(std::exchange(descriptor_, -1));
}

bool is_temporary_of(std::string_view name, std::string_view target) {
  if (!name.starts_with('.') || !name.ends_with(suffix)) return false;
  auto const prefix = prefix_of(target);
  if (!name.starts_with(prefix) || name.size() < prefix.size() + suffix.size()) return false;
  return is_lower_hex(name.substr(prefix.size(), name.size() - prefix.size() - suffix.size()), 2 * random_bytes);
}

void write_file(std::filesystem::path const& target, std::string_view bytes) { write_file(target, bytes, std::nullopt); }

bool write_file(std::filesystem::path const& target, std::string_view bytes, std::optional<std::int64_t> seconds) {
  if (target.has_parent_path()) std::filesystem::create_directories(target.parent_path());
  AtomicFile file(target);
  file.write(bytes);
  bool const kept = !seconds || file.set_times(*seconds);
  file.commit();
  return kept;
}

bool set_times(std::filesystem::path const& path, std::int64_t seconds) {
  Descriptor const file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  struct stat info {};
  return file.number >= 0 && ::fstat(file.number, &info) == 0 && S_ISREG(info.st_mode) && kept_times(file.number, seconds);
}

void write_staged_file(std::filesystem::path const& path, std::string_view bytes) {
  Descriptor const file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644)};
  if (file.number < 0) fail("cannot create", path);
  // The umask of the container must not show in what later host steps can read.
  if (::fchmod(file.number, 0644) != 0) fail("cannot set the mode of", path);
  write_all(file.number, bytes, path);
  // A hint: whether it was taken does not matter, sync_file() waits for the bytes in any case.
  ::sync_file_range(file.number, 0, 0, SYNC_FILE_RANGE_WRITE);
}

void sync_file(std::filesystem::path const& path) {
  Descriptor const file{::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (file.number < 0 || ::fsync(file.number) != 0) fail("cannot write", path);
}

std::string read_file(std::filesystem::path const& path, std::size_t limit) {
  // Non-blocking: opening a FIFO must not hang (P-152).
  Descriptor const file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.number < 0) fail("cannot read", path);
  struct stat info {};
  if (::fstat(file.number, &info) != 0) fail("cannot read", path);
  if (!S_ISREG(info.st_mode)) throw std::runtime_error("cannot read " + path.string() + ": no regular file");
  std::string bytes;
  char block[65536];
  for (;;) {
    auto const got = ::read(file.number, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("cannot read", path);
    if (got == 0) return bytes;
    bytes.append(block, static_cast<std::size_t>(got));
    if (bytes.size() > limit)
      throw std::runtime_error("cannot read " + path.string() + ": larger than " + std::to_string(limit) + " bytes");
  }
}

bool adopt_owner(std::filesystem::path const& path, std::filesystem::path const& model) noexcept {
  struct stat info {};
  if (::stat(model.c_str(), &info) != 0) return false;
  return ::lchown(path.c_str(), info.st_uid, info.st_gid) == 0;
}

}  // namespace acr

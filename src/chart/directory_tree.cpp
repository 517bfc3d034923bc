// Confined reading of a plain directory: src/chart/directory_tree.hpp (P-10, P-15 … P-17, P-152)

#include "chart/directory_tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "support/errors.hpp"
#include "support/handle.hpp"

namespace acr::chart {
namespace {

constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] int release() { return std::exchange(number_, -1); }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

[[noreturn]] void fail(std::string_view what, std::string const& root, std::string_view path) {
  int const number = errno;
  throw std::runtime_error(std::string(what) + " " + joined(root, path) + ": " + std::strerror(number));
}

NodeKind kind_of(struct stat const& info) {
  if (S_ISREG(info.st_mode)) return (info.st_mode & 0111) != 0 ? NodeKind::executable : NodeKind::file;
  if (S_ISDIR(info.st_mode)) return NodeKind::directory;
  if (S_ISLNK(info.st_mode)) return NodeKind::symlink;
  return NodeKind::irregular;
}

Node node_of(std::string_view name, struct stat const& info) {
  Node node{std::string(name), kind_of(info), {}, {}, {}};
  if (node.is_file()) node.size = static_cast<std::uint64_t>(info.st_size);
  // P-87: half a second and more counts as a second.
  node.mtime = static_cast<std::int64_t>(info.st_mtim.tv_sec) + (info.st_mtim.tv_nsec >= 500'000'000 ? 1 : 0);
  return node;
}

/// Opens the directory `path` below `root`, one component at a time and through no link; a negative
/// descriptor (errno set) when that does not work.
Descriptor open_directory(int root, std::string_view path) {
  Descriptor at(::openat(root, ".", directory_flags));
  while (at && !path.empty()) {
    auto const slash = path.find('/');
    std::string const component(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
    if (component.empty() || component == "." || component == ".." ||
        component.find('\0') != std::string::npos)
      throw std::logic_error("a path in a source tree is not clean");
    at = Descriptor(::openat(at.get(), component.c_str(), directory_flags));
  }
  return at;
}

}  // namespace

DirectoryTree::DirectoryTree(std::filesystem::path const& root)
    : root_(root.string()), descriptor_(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (descriptor_ < 0)
    throw BadEnvironment("no-directory", root_ + " cannot be opened as a directory: " + std::strerror(errno));
}

DirectoryTree::~DirectoryTree() { ::close(descriptor_); }

/// A directory that stays open while it is the last one used.
struct DirectoryTree::OpenDirectory {
  std::string path;
  Descriptor descriptor;
};

std::shared_ptr<DirectoryTree::OpenDirectory const> DirectoryTree::open(std::string_view path) const {
  {
    std::lock_guard const lock(mutex_);
    if (last_ && last_->path == path) return last_;
  }
  auto descriptor = open_directory(descriptor_, path);
  if (!descriptor) return nullptr;
  auto opened =
      std::make_shared<OpenDirectory const>(OpenDirectory{std::string(path), std::move(descriptor)});
  std::lock_guard const lock(mutex_);
  last_ = opened;
  return opened;
}

std::optional<Node> DirectoryTree::node(std::string_view path) const {
  if (path.empty()) {
    struct stat info {};
    if (::fstat(descriptor_, &info) != 0) fail("cannot look at", root_, path);
    return node_of("", info);
  }
  auto const name = base_name(path);
  auto const directory = open(parent_path(path));
  struct stat info {};
  if (!directory ||
      ::fstatat(directory->descriptor.get(), std::string(name).c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == ENAMETOOLONG) return {};
    fail("cannot look at", root_, path);
  }
  return node_of(name, info);
}

std::vector<Node> DirectoryTree::list(std::string_view path) const {
  auto directory = open_directory(descriptor_, path);
  if (!directory) fail("cannot open directory", root_, path);
  Handle<DIR, ::closedir> const stream(::fdopendir(directory.get()));
  if (!stream) fail("cannot read directory", root_, path);
  int const descriptor = directory.release();  // the stream owns it now
  std::vector<Node> nodes;
  for (;;) {
    errno = 0;
    dirent const* const entry = ::readdir(stream.get());
    if (!entry) break;
    std::string_view const name = entry->d_name;
    if (name == "." || name == "..") continue;
    struct stat info {};
    if (::fstatat(descriptor, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) continue;  // gone since the listing
      fail("cannot look at", root_, joined(path, name));
    }
    nodes.push_back(node_of(name, info));
  }
  if (errno != 0) fail("cannot read directory", root_, path);
  // P-12: by bytes; char_traits compares as unsigned char.
  std::sort(nodes.begin(), nodes.end(), [](Node const& a, Node const& b) { return a.name < b.name; });
  return nodes;
}

std::optional<std::string> DirectoryTree::read(std::string_view path, std::size_t limit) const {
  auto const directory = open(parent_path(path));
  if (!directory) fail("cannot read", root_, path);
  std::string const name(base_name(path));
  struct stat info {};
  // P-152: look before opening (opening a device has effects), then look again at what was opened.
  if (::fstatat(directory->descriptor.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
    fail("cannot read", root_, path);
  if (!S_ISREG(info.st_mode))
    throw std::runtime_error("cannot read " + joined(root_, path) + ": no regular file");
  Descriptor const file(
      ::openat(directory->descriptor.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file || ::fstat(file.get(), &info) != 0) fail("cannot read", root_, path);
  if (!S_ISREG(info.st_mode))
    throw std::runtime_error("cannot read " + joined(root_, path) + ": no regular file");
  auto const announced = static_cast<std::uint64_t>(info.st_size);
  if (announced > limit) return {};

  // P-154: the announced size plus one byte; a file that grows or shrinks meanwhile is no file to release.
  std::string bytes(static_cast<std::size_t>(announced) + 1, '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    auto const got = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("cannot read", root_, path);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
    // One byte more was asked for: a regular file that gives less is at its end.
    if (filled == announced) break;
  }
  if (filled != announced)
    throw std::runtime_error("cannot read " + joined(root_, path) + ": it changed while it was read");
  bytes.resize(filled);
  return bytes;
}

std::string DirectoryTree::link_target(std::string_view path) const {
  auto const directory = open(parent_path(path));
  if (!directory) fail("cannot read link", root_, path);
  std::string target(256, '\0');
  for (;;) {
    auto const got = ::readlinkat(directory->descriptor.get(), std::string(base_name(path)).c_str(),
                                  target.data(), target.size());
    if (got < 0) fail("cannot read link", root_, path);
    if (static_cast<std::size_t>(got) < target.size()) {
      target.resize(static_cast<std::size_t>(got));
      return target;
    }
    target.resize(target.size() * 2);
  }
}

ChartLocation locate_chart(std::filesystem::path const& directory) {
  std::error_code failure;
  auto const chart = std::filesystem::canonical(directory, failure);
  if (failure || !std::filesystem::is_directory(chart, failure))
    throw BadEnvironment("no-directory",
                         directory.string() + " is no directory" + (failure ? ": " + failure.message() : ""));
  for (auto above = chart;; above = above.parent_path()) {
    // A work tree has a directory `.git`, a linked work tree or a submodule a file of that name.
    if (std::filesystem::exists(std::filesystem::symlink_status(above / ".git", failure)))
      return {above, above == chart ? std::string() : chart.lexically_relative(above).string()};
    if (above == above.parent_path()) return {chart, ""};
  }
}

}  // namespace acr::chart

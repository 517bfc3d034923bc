// Confined reading of a plain directory: src/chart/directory_tree.hpp (P-10, P-15 … P-17, P-152)

#include "chart/directory_tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "support/errors.hpp"

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

/// What a listing says by itself; nothing on file systems that keep it for a look at the entry.
std::optional<NodeKind> kind_of(unsigned char type) {
  switch (type) {
    case DT_UNKNOWN:
      return {};
    case DT_REG:
      return NodeKind::file;
    case DT_DIR:
      return NodeKind::directory;
    case DT_LNK:
      return NodeKind::symlink;
    default:
      return NodeKind::irregular;
  }
}

// P-87: half a second and more counts as a second.
std::int64_t rounded_mtime(struct stat const& info) {
  return static_cast<std::int64_t>(info.st_mtim.tv_sec) + (info.st_mtim.tv_nsec >= 500'000'000 ? 1 : 0);
}

Node node_of(std::string_view name, struct stat const& info) {
  Node node{std::string(name), kind_of(info), {}, {}, {}};
  if (node.is_file()) node.size = static_cast<std::uint64_t>(info.st_size);
  node.mtime = rounded_mtime(info);
  return node;
}

bool is_dots(std::string_view name) { return name == "." || name == ".."; }

}  // namespace

/// An open directory below the root, with those above it.
struct DirectoryTree::OpenDirectory {
  std::string path;
  Descriptor descriptor;
  std::shared_ptr<OpenDirectory const> parent;  ///< null for the root
  mutable std::atomic<bool> listed = false;     ///< the descriptor's reading position is spent

  OpenDirectory(std::string path_, Descriptor descriptor_, std::shared_ptr<OpenDirectory const> parent_)
      : path(std::move(path_)), descriptor(std::move(descriptor_)), parent(std::move(parent_)) {}
};

DirectoryTree::DirectoryTree(std::filesystem::path const& root) : root_(root.string()) {
  Descriptor descriptor(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor) throw BadEnvironment("no-directory", root_ + " cannot be opened as a directory: " + std::strerror(errno));
  last_ = std::make_shared<OpenDirectory const>("", std::move(descriptor), nullptr);
}

DirectoryTree::~DirectoryTree() = default;

std::shared_ptr<DirectoryTree::OpenDirectory const> DirectoryTree::open(std::string_view path) const {
  std::shared_ptr<OpenDirectory const> at;
  {
    std::lock_guard const lock(mutex_);
    at = last_;
  }
  auto const is_above = [&](std::string_view directory) {
    return directory.empty() || path == directory || (path.starts_with(directory) && path[directory.size()] == '/');
  };
  while (!is_above(at->path)) at = at->parent;
  if (at->path.size() == path.size()) return at;
  // One component at a time and through no link.
  auto rest = path.substr(at->path.empty() ? 0 : at->path.size() + 1);
  while (!rest.empty()) {
    auto const slash = rest.find('/');
    std::string const component(rest.substr(0, slash));
    rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
    if (component.empty() || is_dots(component) || component.find('\0') != std::string::npos)
      throw std::logic_error("a path in a source tree is not clean");
    Descriptor descriptor(::openat(at->descriptor.get(), component.c_str(), directory_flags));
    if (!descriptor) return nullptr;
    at = std::make_shared<OpenDirectory const>(joined(at->path, component), std::move(descriptor), at);
  }
  std::lock_guard const lock(mutex_);
  last_ = at;
  return at;
}

std::optional<Node> DirectoryTree::node(std::string_view path) const {
  if (path.empty()) {
    struct stat info {};
    if (::fstat(open("")->descriptor.get(), &info) != 0) fail("cannot look at", root_, path);
    return node_of("", info);
  }
  auto const name = base_name(path);
  auto const directory = open(parent_path(path));
  struct stat info {};
  if (!directory || ::fstatat(directory->descriptor.get(), std::string(name).c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == ENAMETOOLONG) return {};
    fail("cannot look at", root_, path);
  }
  return node_of(name, info);
}

std::vector<Node> DirectoryTree::list(std::string_view path) const { return entries(path, false); }

std::vector<Node> DirectoryTree::list_kinds(std::string_view path) const { return entries(path, true); }

std::vector<Node> DirectoryTree::entries(std::string_view path, bool kinds_only) const {
  auto const directory = open(path);
  if (!directory) fail("cannot open directory", root_, path);
  // A descriptor has one reading position: the first listing takes it, later ones open the directory again.
  bool const again = directory->listed.exchange(true);
  Descriptor const own(again ? ::openat(directory->descriptor.get(), ".", directory_flags) : -1);
  if (again && !own) fail("cannot open directory", root_, path);
  int const descriptor = again ? own.get() : directory->descriptor.get();

  std::vector<Node> nodes;
  alignas(dirent64) std::array<char, 32768> block;
  for (;;) {
    auto const got = ::getdents64(descriptor, block.data(), block.size());
    if (got < 0) fail("cannot read directory", root_, path);
    if (got == 0) break;
    for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
      auto const* const entry = reinterpret_cast<dirent64 const*>(block.data() + at);
      at += entry->d_reclen;
      std::string_view const name = entry->d_name;
      if (is_dots(name)) continue;
      if (auto const kind = kind_of(entry->d_type); kinds_only && kind) {
        nodes.push_back({std::string(name), *kind, {}, {}, {}});
        continue;
      }
      struct stat info {};
      if (::fstatat(descriptor, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT) continue;  // gone since the listing
        fail("cannot look at", root_, joined(path, name));
      }
      nodes.push_back(node_of(name, info));
    }
  }
  // P-12: by bytes; char_traits compares as unsigned char.
  std::sort(nodes.begin(), nodes.end(), [](Node const& a, Node const& b) { return a.name < b.name; });
  std::vector<std::string> files;
  for (auto const& node : nodes)
    if (node.is_file()) files.push_back(node.name);
  std::lock_guard const lock(mutex_);
  files_seen_.insert_or_assign(std::string(path), std::move(files));
  return nodes;
}

bool DirectoryTree::was_file(std::string_view directory, std::string const& name) const {
  std::lock_guard const lock(mutex_);
  auto const listing = files_seen_.find(directory);
  return listing != files_seen_.end() && std::binary_search(listing->second.begin(), listing->second.end(), name);
}

std::optional<std::string> DirectoryTree::read(std::string_view path, std::size_t limit) const {
  auto content = read_file(path, limit);
  if (!content) return {};
  return std::move(content->bytes);
}

std::optional<FileContent> DirectoryTree::read_file(std::string_view path, std::size_t limit) const {
  auto const directory = open(parent_path(path));
  if (!directory) fail("cannot read", root_, path);
  std::string const name(base_name(path));
  struct stat info {};
  // P-152: look before opening (opening a device has effects), then look again at what was opened.
  if (!was_file(parent_path(path), name)) {
    if (::fstatat(directory->descriptor.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) fail("cannot read", root_, path);
    if (!S_ISREG(info.st_mode)) throw std::runtime_error("cannot read " + joined(root_, path) + ": no regular file");
  }
  Descriptor const file(::openat(directory->descriptor.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file || ::fstat(file.get(), &info) != 0) fail("cannot read", root_, path);
  if (!S_ISREG(info.st_mode)) throw std::runtime_error("cannot read " + joined(root_, path) + ": no regular file");
  auto const announced = static_cast<std::uint64_t>(info.st_size);
  if (announced > limit) return {};

  // P-154: the announced size plus one byte; a file that grows or shrinks meanwhile is not a file to release.
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
  if (filled != announced) throw std::runtime_error("cannot read " + joined(root_, path) + ": it changed while it was read");
  bytes.resize(filled);
  return FileContent{std::move(bytes), rounded_mtime(info)};
}

std::string DirectoryTree::link_target(std::string_view path) const {
  auto const directory = open(parent_path(path));
  if (!directory) fail("cannot read link", root_, path);
  std::string target(256, '\0');
  for (;;) {
    auto const got =
        ::readlinkat(directory->descriptor.get(), std::string(base_name(path)).c_str(), target.data(), target.size());
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
                         directory.string() + " is not a directory" + (failure ? ": " + failure.message() : ""));
  for (auto above = chart;; above = above.parent_path()) {
    // A work tree has a directory `.git`, a linked work tree or a submodule a file of that name.
    if (std::filesystem::exists(std::filesystem::symlink_status(above / ".git", failure)))
      return {above, above == chart ? std::string() : chart.lexically_relative(above).string()};
    if (above == above.parent_path()) return {chart, ""};
  }
}

}  // namespace acr::chart

#include "git/local_objects.hpp"

#include <fcntl.h>
#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "git/history.hpp"
#include "git/limits.hpp"
#include "git/object_format.hpp"
#include "support/encoding.hpp"
#include "support/errors.hpp"
#include "support/handle.hpp"
#include "support/ref_name.hpp"
#include "support/text.hpp"
#include "support/work_budget.hpp"

namespace acr::git {
namespace {

namespace fs = std::filesystem;

// Read by name in the order of git_odb_add_default_backends: packs before loose objects.
constexpr int pack_priority = 2, loose_priority = 1;
constexpr std::size_t units_of_a_ref = 200, units_of_a_file = 5000;
constexpr std::size_t cache_bytes = std::size_t{16} << 20;
// libgit2 keeps what it unpacks for later deltas, up to 16 MiB for each pack and without a setting, until the pack is closed.
constexpr std::size_t bytes_between_openings = std::size_t{2} << 20;

std::string library_message() {
  auto const* error = git_error_last();
  return error != nullptr && error->message != nullptr ? error->message : "no reason given";
}

void must(int code, std::string_view what) {
  if (code < 0) throw std::runtime_error(std::string(what) + ": " + library_message());
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  [[nodiscard]] int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

[[noreturn]] void corrupt(std::string const& sentence) { throw BadEnvironment("object-corrupt", sentence); }

template <class T>
T readable(Verdict<T> parsed) {
  if (!parsed) corrupt(parsed.error().sentence());
  return std::move(*parsed);
}

// The content of a regular file below `folder`, no link followed on the way; nothing when it is not there or is not a file.
std::optional<std::string> file_below(int folder, std::string_view path, std::size_t limit) {
  Descriptor current(-1);
  int at = folder;
  auto const components = split(path, '/');
  for (std::size_t i = 0; i < components.size(); ++i) {
    bool const last = i + 1 == components.size();
    int const flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | (last ? O_NONBLOCK : O_DIRECTORY);
    current = Descriptor(::openat(at, std::string(components[i]).c_str(), flags));
    if (!current) {
      // A name that no file can have may still stand in packed-refs.
      if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == ENAMETOOLONG) return std::nullopt;
      throw BadEnvironment("object-corrupt",
                           ".git/" + printable(path) + " cannot be read: " + std::string(std::strerror(errno)));
    }
    at = current.get();
  }
  struct stat status {};
  if (::fstat(at, &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  if (status.st_size < 0 || static_cast<std::uintmax_t>(status.st_size) > limit)
    corrupt(".git/" + printable(path) + " is larger than " + std::to_string(limit) + " bytes");
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    auto const got = ::read(at, text.data() + filled, text.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) corrupt(".git/" + printable(path) + " cannot be read: " + std::string(std::strerror(errno)));
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  text.resize(filled);
  return text;
}

// "refs/" and a name that git accepts.
bool is_full_ref(std::string_view name) { return name.starts_with("refs/") && is_ref_name(name); }

// `packed-refs`: "<id> <name>" lines; "#" starts the header, "^" the peeled value of the line before.
std::map<std::string, ObjectId, std::less<>> read_packed_refs(int git_dir) {
  std::map<std::string, ObjectId, std::less<>> refs;
  auto const text = file_below(git_dir, "packed-refs", max_packed_refs_bytes);
  if (!text) return refs;
  for (auto const line : lines(*text)) {
    charge_work(units_of_a_ref);
    if (line.empty() || line.front() == '#' || line.front() == '^') continue;
    auto const space = line.find(' ');
    if (space == std::string_view::npos || !is_object_id(line.substr(0, space)) || !is_full_ref(line.substr(space + 1)))
      corrupt(".git/packed-refs has a line that is not a ref: " + printable(line, 120));
    refs.insert_or_assign(std::string(line.substr(space + 1)), ObjectId(line.substr(0, space)));
  }
  return refs;
}

Rejection unavailable(fs::path const& place, std::string why) {
  return reject("checkout-unavailable", place.string(), std::move(why))
      .rule("A-18")
      .fix("nothing, as long as object-source allows the API; to read locally, check the repository out with actions/checkout");
}

bool is_directory_itself(fs::path const& path) {
  std::error_code ignored;
  return fs::symlink_status(path, ignored).type() == fs::file_type::directory;
}

bool is_hex_name(std::string_view name) { return name.find_first_not_of("0123456789abcdef") == std::string_view::npos; }

// Names of packs and loose objects tell the hash algorithm without the configuration.
bool has_sha256_objects(fs::path const& objects) {
  std::error_code error;
  for (fs::directory_iterator entry(objects / "pack", error), end; !error && entry != end; entry.increment(error)) {
    auto const stem = entry->path().stem().string();
    if (stem.starts_with("pack-") && stem.size() == 5 + 64 && is_hex_name(stem.substr(5))) return true;
  }
  for (fs::directory_iterator folder(objects, error), end; !error && folder != end; folder.increment(error)) {
    auto const name = folder->path().filename().string();
    if (name.size() != 2 || !is_hex_name(name)) continue;
    std::error_code inner;
    for (fs::directory_iterator entry(folder->path(), inner); !inner && entry != fs::directory_iterator();
         entry.increment(inner)) {
      auto const rest = entry->path().filename().string();
      if (is_hex_name(rest) && (rest.size() == 38 || rest.size() == 62)) return rest.size() == 62;
    }
  }
  return false;
}

using Database = Handle<git_odb, git_odb_free>;

// One backend each, instead of git_odb_open(): that one would follow objects/info/alternates out of the workspace.
Database opened_database(fs::path const& objects) {
  git_odb* made = nullptr;
  must(git_odb_new(&made), "object database");
  Database database(made);
  git_odb_backend* packs = nullptr;
  must(git_odb_backend_pack(&packs, objects.c_str()), "packs");
  must(git_odb_add_backend(made, packs, pack_priority), "packs");
  git_odb_backend* loose = nullptr;
  must(git_odb_backend_loose(&loose, objects.c_str(), -1, 0, 0, 0), "loose objects");
  must(git_odb_add_backend(made, loose, loose_priority), "loose objects");
  return database;
}

}  // namespace

Libgit2::Libgit2() {
  must(git_libgit2_init(), "libgit2");
  // A-18: nothing of the machine or its users is read; an object whose bytes do not have its id is refused.
  for (int const level : {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL})
    must(git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, ""), "libgit2 search path");
  must(git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1), "libgit2 hash verification");
  must(git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, static_cast<ssize_t>(cache_bytes)), "libgit2 cache");
}

Libgit2::~Libgit2() { git_libgit2_shutdown(); }

struct LocalObjects::State {
  State(Descriptor folder, fs::path path) : git_dir(std::move(folder)), git_path(std::move(path)) {}

  Descriptor git_dir;
  fs::path git_path;
  // libgit2's packs are not safe to share while it looks for new ones; a read takes microseconds, so one at a time.
  std::mutex mutex;
  Database database;
  std::size_t bytes_since_opening = 0;
  std::once_flag packed_once;
  std::map<std::string, ObjectId, std::less<>> packed;
  // A release asks about many tags and one head: the history is walked once for all.
  std::mutex walk_mutex;  // locked before `mutex`
  std::optional<AncestorWalk> walk;

  std::map<std::string, ObjectId, std::less<>> const& packed_refs() {
    std::call_once(packed_once, [this] { packed = read_packed_refs(git_dir.get()); });
    return packed;
  }

  struct Header {
    ObjectType type;
    std::size_t size;
  };

  // Nothing: not there, or an id that a SHA-1 database cannot hold. Call with the mutex held.
  std::optional<Header> header(ObjectId const& id, git_oid& oid) {
    if (!is_lower_hex(id, 40)) return std::nullopt;
    must(git_oid_fromstr(&oid, id.c_str()), "object id");
    std::size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    int const code = git_odb_read_header(&size, &type, database.get(), &oid);
    if (code == GIT_ENOTFOUND) return std::nullopt;
    auto const known = code < 0 ? std::nullopt : object_type(git_object_type2string(type));
    if (!known)
      corrupt("object " + id + " cannot be read: " + (code < 0 ? printable(library_message()) : "it has no known type"));
    return Header{*known, size};
  }

  std::optional<std::string> read(ObjectId const& id, ObjectType type, std::size_t limit) {
    std::lock_guard const lock(mutex);
    git_oid oid;
    auto const found = header(id, oid);
    if (!found || found->type != type) return std::nullopt;
    if (found->size > limit)
      throw BadEnvironment("object-too-large", std::string(to_text(type)) + " " + id + " has " + std::to_string(found->size) +
                                                   " bytes; at most " + std::to_string(limit) + " are read");
    charge_work(found->size + units_of_a_file);
    if ((bytes_since_opening += found->size) > bytes_between_openings) {
      database = opened_database(git_path / "objects");
      bytes_since_opening = found->size;
    }
    git_odb_object* raw = nullptr;
    int const code = git_odb_read(&raw, database.get(), &oid);
    Handle<git_odb_object, git_odb_object_free> const object(raw);
    if (code < 0) corrupt("object " + id + " cannot be read: " + printable(library_message()));
    return std::string(static_cast<char const*>(git_odb_object_data(raw)), git_odb_object_size(raw));
  }

  std::optional<ObjectType> type_of(ObjectId const& id) {
    std::lock_guard const lock(mutex);
    git_oid oid;
    auto const found = header(id, oid);
    return found ? std::optional(found->type) : std::nullopt;
  }

  // For history: a commit that cannot be read hides what is behind it, and another source may know better.
  [[nodiscard]] ReadCommit history(LocalObjects& objects) const {
    return [&objects](ObjectId const& id) -> std::optional<Commit> {
      try {
        return objects.commit(id);
      } catch (BadEnvironment const&) {
        return std::nullopt;
      }
    };
  }
};

LocalObjects::LocalObjects(std::unique_ptr<State> state) : state_(std::move(state)) {}
LocalObjects::~LocalObjects() = default;

Verdict<std::unique_ptr<LocalObjects>> LocalObjects::open(Libgit2 const& /*library*/, fs::path const& workspace) {
  fs::path const git_path = workspace / ".git";
  std::error_code ignored;
  auto const type = fs::symlink_status(git_path, ignored).type();
  if (type == fs::file_type::not_found || type == fs::file_type::none)
    return unavailable(workspace, "no checkout in the workspace");
  if (type != fs::file_type::directory) return unavailable(git_path, "the repository lies elsewhere: .git is not a directory");
  Descriptor folder(::open(git_path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder) return unavailable(git_path, "the repository cannot be opened: " + std::string(std::strerror(errno)));
  if (fs::exists(fs::symlink_status(git_path / "commondir", ignored)))
    return unavailable(git_path, "the repository is a linked worktree, its objects lie elsewhere");
  if (fs::exists(fs::symlink_status(git_path / "reftable", ignored)))
    return unavailable(git_path, "the repository keeps its refs in another format (reftable)");
  fs::path const objects = git_path / "objects";
  if (!is_directory_itself(objects)) return unavailable(git_path, "the repository has no objects directory");
  if (has_sha256_objects(objects))
    return unavailable(git_path, "the repository has SHA-256 objects, which cannot be read locally");

  auto state = std::make_unique<State>(std::move(folder), git_path);
  state->database = opened_database(objects);
  return std::unique_ptr<LocalObjects>(new LocalObjects(std::move(state)));
}

std::optional<Commit> LocalObjects::commit(ObjectId const& id) {
  auto const bytes = state_->read(id, ObjectType::commit, max_commit_bytes);
  if (!bytes) return std::nullopt;
  return readable(parse_commit_object(*bytes, id));
}

std::optional<Tree> LocalObjects::tree(ObjectId const& id) {
  auto const bytes = state_->read(id, ObjectType::tree, max_tree_bytes);
  if (!bytes) return std::nullopt;
  return readable(parse_tree_object(*bytes, "tree " + id));
}

std::optional<std::string> LocalObjects::blob(ObjectId const& id, std::size_t limit) {
  return state_->read(id, ObjectType::blob, limit);
}

bool LocalObjects::has(ObjectId const& id) {
  if (!is_lower_hex(id, 40)) return false;
  std::lock_guard const lock(state_->mutex);
  git_oid oid;
  must(git_oid_fromstr(&oid, id.c_str()), "object id");
  return git_odb_exists_ext(state_->database.get(), &oid, GIT_ODB_LOOKUP_NO_REFRESH) == 1;
}

std::optional<Tag> LocalObjects::tag(ObjectId const& id) {
  auto const bytes = state_->read(id, ObjectType::tag, max_commit_bytes);
  if (!bytes) return std::nullopt;
  return readable(parse_tag_object(*bytes, id));
}

std::optional<Ref> LocalObjects::ref(std::string_view name) {
  if (!is_full_ref(name)) return std::nullopt;
  Ref ref{.name = std::string(name), .target = {}, .type = {}};
  if (auto const loose = file_below(state_->git_dir.get(), name, max_loose_ref_bytes)) {
    auto const text = trimmed(*loose);
    if (text.starts_with("ref:")) return std::nullopt;
    if (!is_object_id(text)) corrupt(".git/" + printable(name) + " holds no object id");
    ref.target = ObjectId(text);
  } else {
    auto const& packed = state_->packed_refs();
    auto const found = packed.find(name);
    if (found == packed.end()) return std::nullopt;
    ref.target = found->second;
  }
  ref.type = state_->type_of(ref.target);
  return ref;
}

Verdict<std::optional<ObjectId>> LocalObjects::with_prefix(std::string_view digits) {
  constexpr std::size_t fewest = 4, whole = 40;  // as git
  if (digits.size() < fewest || digits.size() >= whole || !is_hex_name(digits)) return std::optional<ObjectId>();
  std::lock_guard const lock(state_->mutex);
  git_oid prefix, found;
  must(git_oid_fromstrn(&prefix, digits.data(), digits.size()), "object id");
  int const code = git_odb_exists_prefix(&found, state_->database.get(), &prefix, digits.size());
  if (code == GIT_ENOTFOUND) return std::optional<ObjectId>();
  if (code == GIT_EAMBIGUOUS)
    return reject("unknown-commit", std::string(digits), "several objects of the clone have an id that begins so")
        .fix("give more digits");
  must(code, "object id");
  std::string text(whole, '0');
  git_oid_fmt(text.data(), &found);
  return std::optional<ObjectId>(std::move(text));
}

std::vector<std::string> LocalObjects::refs_with_prefix(std::string_view prefix, std::size_t limit) {
  std::vector<std::string> names;
  auto const& packed = state_->packed_refs();
  for (auto at = packed.lower_bound(prefix); at != packed.end() && at->first.starts_with(prefix) && names.size() < limit; ++at)
    names.push_back(at->first);

  auto const slash = prefix.rfind('/');
  if (slash != std::string_view::npos && is_full_ref(std::string(prefix.substr(0, slash)) + "/x")) {
    std::size_t listed = 0;
    std::error_code error;
    fs::recursive_directory_iterator entry(state_->git_path / prefix.substr(0, slash), error);
    for (; !error && entry != fs::recursive_directory_iterator() && listed < max_loose_refs_listed;
         entry.increment(error), ++listed) {
      charge_work(units_of_a_file);
      if (static_cast<std::size_t>(entry.depth()) >= max_ref_depth) entry.disable_recursion_pending();
      std::error_code ignored;
      if (entry->symlink_status(ignored).type() != fs::file_type::regular) continue;
      auto const name = entry->path().lexically_relative(state_->git_path).generic_string();
      if (name.starts_with(prefix) && is_full_ref(name)) names.push_back(name);
    }
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.size() > limit) names.resize(limit);
  return names;
}

std::optional<bool> LocalObjects::is_ancestor(ObjectId const& ancestor, ObjectId const& descendant) {
  std::lock_guard const lock(state_->walk_mutex);
  if (!state_->walk || state_->walk->descendant() != descendant)
    state_->walk.emplace(state_->history(*this), descendant, max_commits_walked);
  return state_->walk->reaches(ancestor);
}

std::optional<ObjectId> LocalObjects::merge_base(ObjectId const& a, ObjectId const& b) {
  return git::merge_base(state_->history(*this), a, b, max_commits_walked);
}

}  // namespace acr::git

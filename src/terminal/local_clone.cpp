#include "terminal/local_clone.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "support/atomic_file.hpp"
#include "support/encoding.hpp"
#include "support/errors.hpp"
#include "support/text.hpp"

namespace acr::terminal {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t pointer_bytes = 4096;
constexpr std::uint64_t max_generations = 100'000;

/// The text of a small file, trimmed; nothing when it is not there.
std::optional<std::string> pointer(fs::path const& file) {
  std::error_code ignored;
  if (fs::symlink_status(file, ignored).type() != fs::file_type::regular) return std::nullopt;
  return std::string(trimmed(read_file(file, pointer_bytes)));
}

/// Of a tag's object the commit that it names.
std::optional<git::ObjectId> peeled(git::ObjectSource& objects, git::ObjectId id) {
  for (int depth = 0; depth < 5; ++depth) {
    if (objects.commit(id)) return id;
    auto const tag = objects.tag(id);
    if (!tag) break;
    id = tag->target;
  }
  return std::nullopt;
}

/// A name without `~` and `^`.
std::optional<git::ObjectId> plain_commit(git::ObjectSource& objects, fs::path const& workspace, std::string const& name) {
  if (name == "HEAD" || name == "@") {
    auto id = head_of(objects, workspace);
    if (id.empty()) throw BadEnvironment("unknown-commit", "HEAD of this clone has no commit yet");
    return id;
  }
  if (is_lower_hex(name, 40) || is_lower_hex(name, 64)) return name;
  for (auto const prefix : {"", "refs/heads/", "refs/remotes/", "refs/remotes/origin/", "refs/tags/"})
    if (auto const ref = objects.ref(prefix + name))
      if (auto id = peeled(objects, ref->target)) return id;
  // Objects of the clone alone: the API knows no short ids.
  git::Libgit2 const library;
  auto const local = git::LocalObjects::open(library, clone_directories(workspace).home);
  if (!local) return std::nullopt;
  auto found = (*local)->with_prefix(to_lower_ascii(name));
  if (!found) throw BadEnvironment(found.error().code, found.error().sentence());
  return *found ? peeled(**local, **found) : std::nullopt;
}

}  // namespace

CloneDirectories clone_directories(fs::path const& workspace) {
  CloneDirectories const itself{workspace, workspace / ".git"};
  constexpr std::string_view key = "gitdir: ";
  auto const text = pointer(workspace / ".git");
  if (!text || !text->starts_with(key)) return itself;
  auto const own = (workspace / text->substr(key.size())).lexically_normal();
  auto const common = pointer(own / "commondir");
  if (!common) return itself;  // a submodule, whose objects lie below the other repository's `.git`
  auto git_directory = (own / *common).lexically_normal();
  if (!git_directory.has_filename()) git_directory = git_directory.parent_path();
  if (git_directory.filename() != ".git") return itself;  // of a bare repository
  return {git_directory.parent_path(), own};
}

std::unique_ptr<git::LocalObjects> open_clone(git::Libgit2 const& library, fs::path const& workspace) {
  auto opened = git::LocalObjects::open(library, clone_directories(workspace).home);
  if (!opened) throw BadEnvironment(opened.error().code, opened.error().sentence());
  return std::move(*opened);
}

git::ObjectId head_of(git::ObjectSource& objects, fs::path const& workspace) {
  std::string text(trimmed(read_file(clone_directories(workspace).head / "HEAD", pointer_bytes)));
  if (!text.starts_with("ref: ")) return text;
  auto const branch = objects.ref(text.substr(5));
  return branch ? branch->target : git::ObjectId();
}

git::ObjectId commit_named(git::ObjectSource& objects, fs::path const& workspace, std::string const& name,
                           std::string_view option) {
  if (name.empty()) throw BadEnvironment("usage", "--" + std::string(option) + " is missing; see --help");
  auto const unknown = [&](std::string const& why) {
    return BadEnvironment("unknown-commit", "--" + std::string(option) + " " + printable(name) + " " + why);
  };
  auto at = std::min(name.find_first_of("~^"), name.size());
  auto id = at == 0 ? std::nullopt : plain_commit(objects, workspace, name.substr(0, at));
  if (!id) throw unknown("is not a commit, branch or tag of this clone");
  std::uint64_t generations = 0;
  while (at < name.size()) {
    char const kind = name[at++];
    auto const end = std::min(name.find_first_not_of("0123456789", at), name.size());
    auto const number = end == at ? std::optional<std::uint64_t>(1) : to_number(name.substr(at, end - at), max_generations);
    if (!number || (end < name.size() && name[end] != '~' && name[end] != '^'))
      throw unknown("is not understood behind the name: ~N and ^N are");
    at = end;
    // `~3`: three times the first parent; `^2`: the second parent; 0 is the commit itself.
    auto const steps = kind == '~' ? *number : std::min<std::uint64_t>(*number, 1);
    auto const parent = kind == '~' ? std::uint64_t{0} : *number - steps;
    if ((generations += steps) > max_generations) throw unknown("goes back too far");
    for (std::uint64_t step = 0; step < steps; ++step) {
      auto const commit = objects.commit(*id);
      if (!commit || commit->parents.size() <= parent) throw unknown("has no such parent in this clone");
      id = commit->parents[parent];
    }
  }
  return *id;
}

release::GitSourceTree tree_at(git::ObjectSource& objects, git::ObjectId const& id) {
  auto const commit = objects.commit(id);
  if (!commit) throw BadEnvironment("object-missing", "the commit " + id + " is not in this clone");
  return {objects, commit->tree};
}

}  // namespace acr::terminal

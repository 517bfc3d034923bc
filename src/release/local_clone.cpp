#include "release/local_clone.hpp"

#include <utility>

#include "support/atomic_file.hpp"
#include "support/encoding.hpp"
#include "support/errors.hpp"
#include "support/text.hpp"

namespace acr::release {

std::unique_ptr<git::LocalObjects> open_clone(git::Libgit2 const& library, std::filesystem::path const& workspace) {
  auto opened = git::LocalObjects::open(library, workspace);
  if (!opened) throw BadEnvironment(opened.error().code, opened.error().sentence());
  return std::move(*opened);
}

git::ObjectId head_of(git::ObjectSource& objects, std::filesystem::path const& workspace) {
  std::string text(trimmed(read_file(workspace / ".git" / "HEAD", 4096)));
  if (!text.starts_with("ref: ")) return text;
  auto const branch = objects.ref(text.substr(5));
  return branch ? branch->target : git::ObjectId();
}

git::ObjectId commit_named(git::ObjectSource& objects, std::string const& name, std::string_view option) {
  if (name.empty()) throw BadEnvironment("usage", "--" + std::string(option) + " is missing; see --help");
  if (is_lower_hex(name, 40) || is_lower_hex(name, 64)) return name;
  for (auto const prefix : {"", "refs/heads/", "refs/remotes/", "refs/remotes/origin/", "refs/tags/"}) {
    auto const ref = objects.ref(prefix + name);
    if (!ref) continue;
    auto id = ref->target;
    for (int depth = 0; depth < 5; ++depth) {
      if (objects.commit(id)) return id;
      auto const tag = objects.tag(id);
      if (!tag) break;
      id = tag->target;
    }
  }
  throw BadEnvironment("unknown-commit",
                       "--" + std::string(option) + " " + printable(name) + " is not a commit, branch or tag of this clone");
}

GitSourceTree tree_at(git::ObjectSource& objects, git::ObjectId const& id) {
  auto const commit = objects.commit(id);
  if (!commit) throw BadEnvironment("object-missing", "the commit " + id + " is not in this clone");
  return {objects, commit->tree};
}

}  // namespace acr::release

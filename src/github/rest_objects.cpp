// Git objects from GitHub's API (github-api.md G-16 … G-20, G-37 … G-41; A-56).
#include "github/rest_objects.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "git/object_format.hpp"
#include "github/answer.hpp"
#include "github/bulk_objects.hpp"
#include "github/git_answers.hpp"
#include "github/kept_answers.hpp"
#include "net/http.hpp"
#include "support/parallel.hpp"
#include "support/text.hpp"

namespace acr::github {
namespace {

// What all names begin with; there is at least one.
std::string common_prefix(std::vector<std::string> const& names) {
  std::string_view prefix = names.front();
  for (auto const& name : names)
    while (!name.starts_with(prefix)) prefix.remove_suffix(1);
  while (prefix.ends_with('.')) prefix.remove_suffix(1);  // "." and ".." are no part of an address
  return std::string(prefix);
}

struct Comparison {
  std::string status;
  git::ObjectId merge_base;
};

}  // namespace

struct RestObjects::State {
  Api& api;
  Kept<git::Commit> commits;
  Kept<git::Tag> tags;
  Kept<Comparison> comparisons;
  Cache<git::Tree> trees{limits::kept_tree_entries};
  Cache<std::string> blobs{limits::kept_blob_bytes, limits::unread_blob_bytes};
  Turns turns;
  BulkObjects bulk;

  std::mutex ancestors_mutex;                                  // guards what follows
  std::map<git::ObjectId, std::set<git::ObjectId>> ancestors;  ///< of commits asked about, as far as they were read (G-41)

  std::atomic<std::uint64_t> commits_fetched{0}, trees_fetched{0}, blobs_fetched{0}, tags_fetched{0}, bytes{0};

  std::atomic<bool> refs_too_many{false};  // a listing did not show them all: single questions from then on

  explicit State(Api& caller) : api(caller), bulk(caller) {}

  // Refs below a prefix. `prefix` begins with "refs/".
  Call matching_refs(std::string_view prefix) const {
    auto call = call_for({"git"});
    auto const below = prefix.substr(5);
    bool const directory = below.ends_with('/');
    call.path = path_with_ref({"repos", api.repository().owner, api.repository().name, "git", "matching-refs"},
                              directory ? below.substr(0, below.size() - 1) : below);
    if (directory) call.path += '/';
    return call;
  }

  // Those of `wanted` that the listing shows; `complete`: what it does not show is not there.
  std::map<std::string, git::Ref> listed_refs(std::set<std::string> const& wanted, std::string_view prefix, bool& complete) {
    std::map<std::string, git::Ref> found;
    auto call = matching_refs(prefix);
    call.conditional = true;
    std::size_t count = 0;
    complete = true;
    try {
      api.pages(call, [&](Answer const& answer) {
        if (answer.status != 200) return false;
        std::size_t entries = 0;
        auto refs = read_matching_refs(answer, wanted, entries);
        // As long as half of a page was wanted, another one is cheaper than single questions.
        bool const dense = 2 * refs.size() >= entries && count + 1 < limits::pages;
        for (auto& ref : refs) found.insert_or_assign(ref.name, std::move(ref));
        if (found.size() == wanted.size()) return false;
        complete = ++count < limits::ref_pages || dense || answer.link.empty();
        return complete;
      });
    } catch (net::NetworkError const& error) {
      if (error.failure() != net::Failure::too_large) throw;
      complete = false;
    }
    return found;
  }

  // 404, 409 (empty repository) and 422 (no such id) are "not there".
  Call call_for(std::vector<std::string_view> const& segments) const {
    Call call;
    call.path = api.repository_path(segments);
    call.expected = {404, 409, 422};
    return call;
  }

  // The answer about one tree, with everything below it or without; nothing: not there.
  std::optional<TreeAnswer> tree_answer(git::ObjectId const& id, bool recursive) {
    auto call = call_for({"git", "trees", id});
    if (recursive) call.query = {{"recursive", "1"}};
    auto const answer = api.call(call);
    if (answer.status != 200) return std::nullopt;
    auto read = read_tree_answer(answer, id);
    trees_fetched += read.trees.size();
    for (auto& [below, tree] : read.trees) {
      auto const entries = tree.entries.size() + 1;
      if (below != id) trees.put(below, std::make_shared<git::Tree const>(std::move(tree)), entries);
    }
    return read;
  }

  // One level: what is asked for tree by tree is a way down to one chart, not everything beside it.
  std::shared_ptr<git::Tree const> tree(git::ObjectId const& id) {
    if (auto found = trees.read(id)) return found;
    Turns::Turn const turn(turns, id);
    if (auto found = trees.read(id)) return found;
    auto fetched = fetched_tree(id);
    trees.read(id);  // so that it counts as read
    return fetched;
  }

  std::shared_ptr<git::Tree const> fetched_tree(git::ObjectId const& id) {
    auto answer = tree_answer(id, false);
    if (!answer) return nullptr;
    if (answer->truncated)
      throw ApiError("tree-too-large",
                     "the tree " + id + " has more entries in one directory than GitHub lists; add a checkout step", 200);
    auto tree = std::make_shared<git::Tree const>(std::move(answer->trees.at(id)));
    trees.put(id, tree, tree->entries.size() + 1);
    return tree;
  }

  // Everything below, as far as GitHub lists it; returns directories to go on with where it does not (G-18).
  std::vector<git::ObjectId> all_below(git::ObjectId const& id, std::atomic<std::size_t>& entries) {
    {
      Turns::Turn const turn(turns, id);
      if (trees.has(id)) return {};
      auto answer = tree_answer(id, true);
      if (!answer) return {};
      if (!answer->truncated) {
        for (auto const& [below, tree] : answer->trees) entries += tree.entries.size() + 1;
        auto tree = std::make_shared<git::Tree const>(std::move(answer->trees.at(id)));
        trees.put(id, tree, tree->entries.size() + 1);
        return {};
      }
    }
    auto const level = tree(id);
    std::vector<git::ObjectId> below;
    entries += level ? level->entries.size() + 1 : 0;
    for (auto const& entry : level ? level->entries : std::vector<git::TreeEntry>{})
      if (entry.mode == git::EntryMode::directory) below.push_back(entry.id);
    return below;
  }

  std::shared_ptr<std::string const> blob(git::ObjectId const& id, std::size_t limit) {
    if (auto found = blobs.read(id)) return found;
    Turns::Turn const turn(turns, id);
    if (auto found = blobs.read(id)) return found;
    auto fetched = fetched_blob(id, limit);
    blobs.read(id);  // so that it counts as read
    return fetched;
  }

  // Stays unread, so that it is here when it is read.
  void prefetch_tree(git::ObjectId const& id) {
    Turns::Turn const turn(turns, id);
    if (!trees.has(id)) fetched_tree(id);
  }

  void prefetch_blob(git::ObjectId const& id) {
    Turns::Turn const turn(turns, id);
    if (!blobs.has(id)) fetched_blob(id, limits::prefetched_blob_bytes);
  }

  std::shared_ptr<std::string const> fetched_blob(git::ObjectId const& id, std::size_t limit) {
    auto call = call_for({"git", "blobs", id});
    call.accept = "application/vnd.github.raw+json";
    // Room for the other form, JSON with base64 (G-19).
    call.body_limit = std::min(limits::blob_bytes, std::min(limit, limits::blob_bytes) / 2 * 3 + std::size_t{65536});
    auto const answer = api.call(call);
    if (answer.status != 200) return nullptr;
    auto content = std::make_shared<std::string const>(read_blob_answer(answer, id));
    ++blobs_fetched;
    bytes += content->size();
    blobs.put(id, content, content->size() + 64);
    return content;
  }

  // A proven object of a bulk answer. What git itself would not have written is left to REST, which says what is wrong.
  void keep(ProvenObject object) {
    auto const algorithm = git::algorithm_of(object.id);
    switch (object.type) {
      case git::ObjectType::blob: {
        ++blobs_fetched;
        bytes += object.bytes.size();
        auto const cost = object.bytes.size() + 64;
        blobs.put(object.id, std::make_shared<std::string const>(std::move(object.bytes)), cost);
        return;
      }
      case git::ObjectType::tree: {
        auto tree = git::parse_tree_object(object.bytes, "tree " + object.id, algorithm);
        if (!tree) return;
        ++trees_fetched;
        auto const cost = tree->entries.size() + 1;
        trees.put(object.id, std::make_shared<git::Tree const>(std::move(*tree)), cost);
        return;
      }
      case git::ObjectType::commit: {
        auto commit = git::parse_commit_object(object.bytes, object.id);
        if (!commit) return;
        ++commits_fetched;
        commits.put(object.id, std::move(*commit));
        return;
      }
      case git::ObjectType::tag: {
        auto tag = git::parse_tag_object(object.bytes, object.id);
        if (!tag) return;
        ++tags_fetched;
        tags.put(object.id, std::move(*tag));
        return;
      }
    }
  }

  bool has(git::ObjectType type, git::ObjectId const& id) {
    switch (type) {
      case git::ObjectType::blob:
        return blobs.has(id);
      case git::ObjectType::tree:
        return trees.has(id);
      case git::ObjectType::commit:
        return commits.known(id).has_value();
      case git::ObjectType::tag:
        return tags.known(id).has_value();
    }
    return false;
  }

  // Each id once, those that are not here.
  std::vector<git::ObjectId> missing_of(git::ObjectType type, std::vector<git::ObjectId> const& ids) {
    std::set<git::ObjectId> const unique(ids.begin(), ids.end());
    std::vector<git::ObjectId> missing;
    for (auto const& id : unique)
      if (git::is_object_id(id) && !has(type, id)) missing.push_back(id);
    return missing;
  }

  // Returns what did not come in bulk (G-38).
  std::vector<git::ObjectId> fetched_in_bulk(git::ObjectType type, std::vector<git::ObjectId> missing) {
    if (!bulk.would_ask(missing.size())) return missing;
    bulk.fetch(type, missing, [this](ProvenObject object) { keep(std::move(object)); });
    return missing_of(type, missing);
  }

  // Side by side; what is too large is left to the reader, who says so.
  void fetch_each(std::vector<git::ObjectId> const& ids, std::function<void(git::ObjectId const&)> const& fetch) {
    for_each_index(ids.size(), api.settings().max_parallel, [&](std::size_t i) {
      try {
        fetch(ids[i]);
      } catch (net::NetworkError const& error) {
        if (error.failure() != net::Failure::too_large) throw;
      } catch (BadEnvironment const& error) {
        if (error.code() != "object-too-large") throw;
      }
    });
  }

  // `requests` may take half of what is left.
  void must_be_left(std::size_t requests, std::size_t files) {
    auto const left = requests > 0 ? api.remaining() : std::nullopt;
    if (left && requests > *left / 2)
      throw Unreachable("too-many-objects",
                        std::to_string(files) + " files would have to be fetched, which takes more than half of the " +
                            std::to_string(*left) +
                            " API requests that are left; add a checkout step (actions/checkout) before this one");
  }

  // What can be reached from `descendant` over commits that were read.
  std::set<git::ObjectId> const& ancestors_of(git::ObjectId const& descendant) {
    auto& found = ancestors[descendant];
    std::vector<git::ObjectId> open{descendant};
    while (!open.empty()) {
      auto const commit = commits.known(open.back());
      open.pop_back();
      if (!commit) continue;
      for (auto const& parent : commit->parents)
        if (found.insert(parent).second) open.push_back(parent);
    }
    return found;
  }

  bool is_known_ancestor(git::ObjectId const& ancestor, git::ObjectId const& descendant) {
    std::scoped_lock const lock(ancestors_mutex);
    auto const found = ancestors.find(descendant);
    return found != ancestors.end() && found->second.contains(ancestor);
  }

  // `base`...`head` (G-20); nothing for an unknown commit and for no common history.
  std::optional<Comparison> compare(git::ObjectId const& base, git::ObjectId const& head) {
    auto const range = base + "..." + head;
    return comparisons.get(range, [&]() -> std::optional<Comparison> {
      auto call = call_for({"compare", range});
      call.query = {{"per_page", "1"}};
      auto const answer = api.call(call);
      if (answer.status != 200) return std::nullopt;
      auto const value = json_of(answer);
      object_field(answer, value, "merge_base_commit");
      return Comparison{string_field(answer, value, "status"),
                        object_id_field(answer, *find(value, "merge_base_commit"), "sha")};
    });
  }

  std::optional<git::Commit> commit(git::ObjectId const& id) {
    return commits.get(id, [&]() -> std::optional<git::Commit> {
      auto const answer = api.call(call_for({"git", "commits", id}));
      if (answer.status != 200) return std::nullopt;
      ++commits_fetched;
      return read_commit_answer(answer, id);
    });
  }
};

RestObjects::RestObjects(Api& api) : state_(std::make_unique<State>(api)) {}
RestObjects::~RestObjects() = default;

std::optional<git::Commit> RestObjects::commit(git::ObjectId const& id) {
  return git::is_object_id(id) ? state_->commit(id) : std::nullopt;
}

std::optional<git::Tree> RestObjects::tree(git::ObjectId const& id) {
  auto const found = git::is_object_id(id) ? state_->tree(id) : nullptr;
  return found ? std::optional(*found) : std::nullopt;
}

std::optional<std::string> RestObjects::blob(git::ObjectId const& id, std::size_t limit) {
  if (!git::is_object_id(id)) return std::nullopt;
  auto const refuse = [&](std::string const& found) {
    return BadEnvironment("object-too-large",
                          "the blob " + id + " has " + found + ", more than the " + std::to_string(limit) + " allowed here");
  };
  try {
    auto const content = state_->blob(id, limit);
    if (content && content->size() > limit) throw refuse(std::to_string(content->size()) + " bytes");
    return content ? std::optional(*content) : std::nullopt;
  } catch (net::NetworkError const& error) {
    if (error.failure() != net::Failure::too_large) throw;
    throw refuse("more bytes than were read");
  }
}

std::optional<git::Tag> RestObjects::tag(git::ObjectId const& id) {
  if (!git::is_object_id(id)) return std::nullopt;
  return state_->tags.get(id, [&]() -> std::optional<git::Tag> {
    try {
      auto const answer = state_->api.call(state_->call_for({"git", "tags", id}));
      if (answer.status != 200) return std::nullopt;
      ++state_->tags_fetched;
      return read_tag_answer(answer, id);
    } catch (net::NetworkError const& error) {
      if (error.failure() != net::Failure::too_large) throw;
      throw BadEnvironment("object-too-large", "the tag " + id + " is larger than can be read");
    }
  });
}

std::optional<git::Ref> RestObjects::ref(std::string_view name) {
  if (!name.starts_with("refs/")) return std::nullopt;
  auto call = state_->call_for({"git", "ref"});
  call.path =
      path_with_ref({"repos", state_->api.repository().owner, state_->api.repository().name, "git", "ref"}, name.substr(5));
  call.conditional = true;
  auto const answer = state_->api.call(call);
  if (answer.status != 200) return std::nullopt;
  return read_ref_answer(answer, std::string(name));
}

std::vector<git::ObjectSource::RefAnswer> RestObjects::refs(std::vector<std::string> const& names) {
  std::vector<RefAnswer> answers(names.size());
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i].starts_with("refs/")) left.push_back(i);
  std::set<std::string> wanted;
  for (auto const i : left) wanted.insert(names[i]);
  auto const prefix = wanted.empty() ? std::string() : common_prefix({wanted.begin(), wanted.end()});
  if (wanted.size() > 1 && prefix.size() > 5 && !state_->refs_too_many) {
    bool complete = false;
    auto const found = state_->listed_refs(wanted, prefix, complete);
    for (auto const i : left)
      if (auto const ref = found.find(names[i]); ref != found.end()) answers[i].ref = ref->second;
    if (complete) return answers;
    state_->refs_too_many = true;
    std::erase_if(left, [&](std::size_t i) { return answers[i].ref.has_value(); });
  }
  for_each_index(left.size(), state_->api.settings().max_parallel,
                 [&](std::size_t i) { answers[left[i]].ref = ref(names[left[i]]); });
  return answers;
}

std::vector<std::string> RestObjects::refs_with_prefix(std::string_view prefix, std::size_t limit) {
  if (!prefix.starts_with("refs/")) return {};
  auto const call = state_->matching_refs(prefix);
  std::vector<std::string> names;
  state_->api.pages(call, [&](Answer const& answer) {
    if (answer.status != 200) return false;
    auto const value = json_of(answer);
    for (auto const& each : array_of(answer, value)) {
      auto name = string_field(answer, each, "ref");
      if (name.starts_with(prefix)) names.push_back(std::move(name));
    }
    return names.size() < limits::matching_refs;
  });
  std::sort(names.begin(), names.end());
  if (names.size() > limit) names.resize(limit);
  return names;
}

std::optional<bool> RestObjects::is_ancestor(git::ObjectId const& ancestor, git::ObjectId const& descendant) {
  if (!git::is_object_id(ancestor) || !git::is_object_id(descendant)) return std::nullopt;
  if (ancestor == descendant || state_->is_known_ancestor(ancestor, descendant)) return true;
  auto const compared = state_->compare(ancestor, descendant);
  if (!compared) {
    // Two commits that are both there have no common history; else nobody can tell.
    if (state_->commit(ancestor) && state_->commit(descendant)) return false;
    return std::nullopt;
  }
  if (compared->status == "ahead" || compared->status == "identical") return true;
  if (compared->status == "behind" || compared->status == "diverged") return false;
  return std::nullopt;  // a status of the future proves nothing (G-34)
}

std::optional<git::ObjectId> RestObjects::merge_base(git::ObjectId const& a, git::ObjectId const& b) {
  if (!git::is_object_id(a) || !git::is_object_id(b)) return std::nullopt;
  if (a == b) return a;
  auto const compared = state_->compare(a, b);
  return compared ? std::optional(compared->merge_base) : std::nullopt;
}

void RestObjects::prefetch_trees(git::ObjectId const& root) {
  if (!git::is_object_id(root)) return;
  std::vector<git::ObjectId> level{root};
  std::set<git::ObjectId> seen{root};
  std::atomic<std::size_t> entries{0};
  // A hint only: what would push out what came before is fetched when it is read.
  while (!level.empty() && entries < limits::kept_tree_entries) {
    std::vector<std::vector<git::ObjectId>> below(level.size());
    for_each_index(level.size(), state_->api.settings().max_parallel, [&](std::size_t i) {
      if (entries < limits::kept_tree_entries) below[i] = state_->all_below(level[i], entries);
    });
    level.clear();
    for (auto const& each : below)
      for (auto const& id : each)
        if (seen.insert(id).second) level.push_back(id);
  }
}

bool RestObjects::prefetch_objects(git::ObjectType type, std::vector<git::ObjectId> const& ids) {
  auto const missing = state_->missing_of(type, ids);
  if (type == git::ObjectType::blob) {
    prefetch_blobs(missing);
    return !ids.empty();
  }
  auto const left = state_->fetched_in_bulk(type, missing);
  state_->fetch_each(left, [&](git::ObjectId const& id) {
    if (type == git::ObjectType::tree)
      state_->prefetch_tree(id);
    else if (type == git::ObjectType::commit)
      static_cast<void>(commit(id));
    else
      static_cast<void>(tag(id));
  });
  return !ids.empty();
}

void RestObjects::prefetch_ancestry(std::vector<git::ObjectId> const& ancestors, git::ObjectId const& descendant) {
  std::vector<git::ObjectId> open;
  {
    std::set<git::ObjectId> const unique(ancestors.begin(), ancestors.end());
    std::scoped_lock const lock(state_->ancestors_mutex);
    auto const& known = state_->ancestors_of(descendant);
    std::ranges::copy_if(unique, std::back_inserter(open),
                         [&](auto const& id) { return id != descendant && !known.contains(id); });
  }
  state_->fetch_each(open, [&](git::ObjectId const& id) { static_cast<void>(is_ancestor(id, descendant)); });
}

void RestObjects::expect_blobs(std::vector<git::ObjectId> const& ids) {
  auto const missing = state_->missing_of(git::ObjectType::blob, ids).size();
  bool const in_bulk = state_->bulk.would_ask(missing);
  state_->must_be_left(in_bulk ? (missing + limits::bulk_objects - 1) / limits::bulk_objects : missing, missing);
}

void RestObjects::prefetch_blobs(std::vector<git::ObjectId> const& ids) {
  auto const missing = state_->missing_of(git::ObjectType::blob, ids);
  if (missing.empty()) return;
  expect_blobs(missing);
  auto const left = state_->fetched_in_bulk(git::ObjectType::blob, missing);
  state_->must_be_left(left.size(), left.size());
  state_->fetch_each(left, [&](git::ObjectId const& id) { state_->prefetch_blob(id); });
}

ObjectUse RestObjects::use() const {
  return {state_->commits_fetched, state_->trees_fetched, state_->blobs_fetched, state_->tags_fetched, state_->bytes};
}

}  // namespace acr::github

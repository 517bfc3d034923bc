// Git objects over REST (github-api.md G-16 … G-20; A-56).
#include "github/rest_objects.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>

#include "git/object_format.hpp"
#include "github/answer.hpp"
#include "github/git_answers.hpp"
#include "support/parallel.hpp"
#include "support/text.hpp"

namespace acr::github {
namespace {

// Answers that are kept, each asked for once: who wants one that is under way waits for it. Absence is kept
// as well.
template <class T>
class Kept {
 public:
  template <class Fetch>
  std::optional<T> get(std::string const& key, Fetch const& fetch) {
    auto const slot = slot_of(key);
    std::scoped_lock const lock(slot->mutex);
    if (!slot->value) slot->value = fetch();  // an exception leaves the slot open for another try
    return *slot->value;
  }
  void put(std::string const& key, T value) {
    auto const slot = slot_of(key);
    std::scoped_lock const lock(slot->mutex);
    slot->value = std::optional<T>(std::move(value));
  }
  bool has(std::string const& key) {
    std::scoped_lock const lock(mutex_);
    auto const found = slots_.find(key);
    return found != slots_.end();
  }

 private:
  struct Slot {
    std::mutex mutex;
    std::optional<std::optional<T>> value;  ///< outer: asked; inner: there
  };
  std::shared_ptr<Slot> slot_of(std::string const& key) {
    std::scoped_lock const lock(mutex_);
    auto& slot = slots_[key];
    if (!slot) slot = std::make_shared<Slot>();
    return slot;
  }
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Slot>> slots_;
};

struct Comparison {
  std::string status;
  git::ObjectId merge_base;
};

}  // namespace

struct RestObjects::State {
  Api& api;
  Kept<git::Commit> commits;
  Kept<git::Tag> tags;
  Kept<std::string> blobs;
  Kept<Comparison> comparisons;

  // One recursive answer fills many trees, so trees are looked up apart from the questions that are under
  // way.
  std::mutex mutex;
  std::map<git::ObjectId, git::Tree> trees;
  Kept<git::Tree> tree_questions;

  std::atomic<std::uint64_t> commits_fetched{0}, trees_fetched{0}, blobs_fetched{0}, tags_fetched{0},
      bytes{0};

  explicit State(Api& caller) : api(caller) {}

  // 404, 409 (empty repository) and 422 (no such id) are "not there".
  Call call_for(std::vector<std::string_view> const& segments) const {
    Call call;
    call.path = api.repository_path(segments);
    call.expected = {404, 409, 422};
    return call;
  }

  std::optional<git::Tree> known(git::ObjectId const& id) {
    std::scoped_lock const lock(mutex);
    auto const found = trees.find(id);
    return found == trees.end() ? std::nullopt : std::optional(found->second);
  }

  std::optional<git::Tree> tree(git::ObjectId const& id) {
    if (auto found = known(id)) return found;
    return tree_questions.get(id, [&] { return fetched_tree(id); });
  }

  std::optional<git::Tree> fetched_tree(git::ObjectId const& id) {
    if (auto found = known(id)) return found;
    for (bool const recursive : {true, false}) {
      auto call = call_for({"git", "trees", id});
      if (recursive) call.query = {{"recursive", "1"}};
      auto const answer = api.call(call);
      if (answer.status != 200) return std::nullopt;
      auto read = read_tree_answer(answer, id);
      if (read.truncated) continue;  // G-18: one level, those below when they are asked for
      std::scoped_lock const lock(mutex);
      trees_fetched += read.trees.size();
      trees.merge(read.trees);
      return trees.at(id);
    }
    throw ApiError(
        ExitStatus::refused, "tree-too-large",
        "the tree " + id + " has more entries in one directory than GitHub lists; add a checkout step", 200);
  }

  std::optional<std::string> blob(git::ObjectId const& id) {
    return blobs.get(id, [&]() -> std::optional<std::string> {
      auto call = call_for({"git", "blobs", id});
      call.accept = "application/vnd.github.raw+json";
      call.body_limit = limits::blob_bytes;
      auto const answer = api.call(call);
      if (answer.status != 200) return std::nullopt;
      auto content = read_blob_answer(answer, id);
      ++blobs_fetched;
      bytes += content.size();
      return content;
    });
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
  return git::is_object_id(id) ? state_->tree(id) : std::nullopt;
}

std::optional<std::string> RestObjects::blob(git::ObjectId const& id, std::size_t limit) {
  if (!git::is_object_id(id)) return std::nullopt;
  auto content = state_->blob(id);
  if (content && content->size() > limit)
    throw BadEnvironment("object-too-large", "the blob " + id + " has " + std::to_string(content->size()) +
                                                 " bytes, more than the " + std::to_string(limit) +
                                                 " allowed here");
  return content;
}

std::optional<git::Tag> RestObjects::tag(git::ObjectId const& id) {
  if (!git::is_object_id(id)) return std::nullopt;
  return state_->tags.get(id, [&]() -> std::optional<git::Tag> {
    auto const answer = state_->api.call(state_->call_for({"git", "tags", id}));
    if (answer.status != 200) return std::nullopt;
    ++state_->tags_fetched;
    return read_tag_answer(answer, id);
  });
}

std::optional<git::Ref> RestObjects::ref(std::string_view name) {
  if (!name.starts_with("refs/")) return std::nullopt;
  auto call = state_->call_for({"git", "ref"});
  call.path = path_with_ref(
      {"repos", state_->api.repository().owner, state_->api.repository().name, "git", "ref"}, name.substr(5));
  call.conditional = true;
  auto const answer = state_->api.call(call);
  if (answer.status != 200) return std::nullopt;
  return read_ref_answer(answer, std::string(name));
}

std::vector<std::string> RestObjects::refs_with_prefix(std::string_view prefix, std::size_t limit) {
  if (!prefix.starts_with("refs/")) return {};
  auto call = state_->call_for({"git"});
  auto const below = prefix.substr(5);
  bool const directory = below.ends_with('/');
  call.path = path_with_ref(
      {"repos", state_->api.repository().owner, state_->api.repository().name, "git", "matching-refs"},
      directory ? below.substr(0, below.size() - 1) : below);
  if (directory) call.path += '/';
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
  if (ancestor == descendant) return true;
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
  // A truncated listing leaves levels out: walk down what is missing, level by level (G-18).
  std::vector<git::ObjectId> level{root};
  std::set<git::ObjectId> seen{root};
  while (!level.empty()) {
    std::vector<std::optional<git::Tree>> found(level.size());
    for_each_index(level.size(), state_->api.settings().max_parallel,
                   [&](std::size_t i) { found[i] = tree(level[i]); });
    std::vector<git::ObjectId> below;
    for (auto const& each : found)
      for (auto const& entry : each ? each->entries : std::vector<git::TreeEntry>{})
        if (entry.mode == git::EntryMode::directory && seen.insert(entry.id).second)
          below.push_back(entry.id);
    level = std::move(below);
  }
}

void RestObjects::prefetch_blobs(std::vector<git::ObjectId> const& ids) {
  std::set<git::ObjectId> missing;
  for (auto const& id : ids)
    if (git::is_object_id(id) && !state_->blobs.has(id)) missing.insert(id);
  if (missing.empty()) return;
  if (auto const left = state_->api.remaining(); left && missing.size() > *left / 2)
    throw Unreachable(
        "too-many-objects",
        std::to_string(missing.size()) +
            " files would have to be fetched one by one, more than half of the " + std::to_string(*left) +
            " API requests that are left; add a checkout step (actions/checkout) before this one");
  std::vector<git::ObjectId> const wanted(missing.begin(), missing.end());
  for_each_index(wanted.size(), state_->api.settings().max_parallel,
                 [&](std::size_t i) { state_->blob(wanted[i]); });
}

ObjectUse RestObjects::use() const {
  return {state_->commits_fetched, state_->trees_fetched, state_->blobs_fetched, state_->tags_fetched,
          state_->bytes};
}

}  // namespace acr::github

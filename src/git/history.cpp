#include "git/history.hpp"

#include <iterator>
#include <map>
#include <queue>
#include <set>
#include <unordered_set>
#include <utility>
#include <vector>

#include "git/limits.hpp"
#include "support/work_budget.hpp"

namespace acr::git {
namespace {

// Latest commit first, so that the common case (the ancestor is recent) reads few; the answer never depends on times.
struct ByTime {
  bool operator()(Commit const& a, Commit const& b) const {
    if (a.committer_time != b.committer_time) return a.committer_time < b.committer_time;
    return a.id > b.id;
  }
};
constexpr std::size_t units_of_a_commit = 2000;

using CommitQueue = std::priority_queue<Commit, std::vector<Commit>, ByTime>;

}  // namespace

struct AncestorWalk::State {
  ReadCommit read;
  ObjectId descendant;
  std::size_t limit;
  CommitQueue queue;
  std::unordered_set<ObjectId> seen;  ///< `descendant` and every commit that a walked one names as its parent
  std::size_t named = 0;              ///< parents named by the commits read so far, repeats counted
  bool begun = false, hidden = false, stopped = false;

  // False: the start is not there.
  bool begin() {
    if (begun) return !seen.empty();
    begun = true;
    auto start = read(descendant);
    if (!start) return false;
    seen.insert(descendant);
    queue.push(std::move(*start));
    return true;
  }

  void walk_one() {
    auto const commit = queue.top();
    queue.pop();
    charge_work(units_of_a_commit);
    named += commit.parents.size();
    stopped = stopped || named > max_parents_walked;
    for (auto const& parent : commit.parents) {
      if (!seen.insert(parent).second) continue;  // named by a commit that we hold: no need to have it
      stopped = stopped || seen.size() > limit;
      if (stopped) continue;
      if (auto next = read(parent))
        queue.push(std::move(*next));
      else
        hidden = true;
    }
  }
};

AncestorWalk::AncestorWalk(ReadCommit read, ObjectId descendant, std::size_t limit) : state_(std::make_unique<State>()) {
  state_->read = std::move(read);
  state_->descendant = std::move(descendant);
  state_->limit = limit;
}
AncestorWalk::~AncestorWalk() = default;
AncestorWalk::AncestorWalk(AncestorWalk&&) noexcept = default;
AncestorWalk& AncestorWalk::operator=(AncestorWalk&&) noexcept = default;

ObjectId const& AncestorWalk::descendant() const { return state_->descendant; }

std::optional<bool> AncestorWalk::reaches(ObjectId const& ancestor) {
  if (!state_->begin()) return std::nullopt;
  while (!state_->seen.contains(ancestor)) {
    if (state_->stopped) return std::nullopt;
    if (state_->queue.empty()) return state_->hidden ? std::nullopt : std::optional(false);
    state_->walk_one();
  }
  return true;
}

std::optional<bool> is_ancestor(ReadCommit const& read, ObjectId const& ancestor, ObjectId const& descendant,
                                std::size_t limit) {
  return AncestorWalk(read, descendant, limit).reaches(ancestor);
}

std::optional<ObjectId> merge_base(ReadCommit const& read, ObjectId const& a, ObjectId const& b, std::size_t limit) {
  if (a == b) return read(a) ? std::optional(a) : std::nullopt;

  // As git's paint_down_to_common: each commit is marked with the side it was reached from. One reached from both is
  // common, and what lies below it is stale: common too, but no better. The walk ends when only stale ones wait.
  constexpr unsigned from_a = 1, from_b = 2, both = 3, stale = 4;
  struct Walked {
    Commit commit;
    unsigned marks = 0;
    bool waiting = false;
  };
  std::map<ObjectId, Walked> walked;
  std::set<std::pair<std::int64_t, ObjectId>> queue;  // by time; the last is next
  std::size_t fresh = 0;                              // waiting ones that are not stale
  std::size_t named = 0;
  bool hidden = false;

  auto const mark = [&](ObjectId const& id, unsigned marks) {
    auto known = walked.find(id);
    if (known == walked.end()) {
      auto commit = read(id);
      if (!commit) {
        // Something below a common commit that is not there changes nothing.
        hidden = hidden || (marks & stale) == 0;
        return;
      }
      charge_work(units_of_a_commit);
      named += commit->parents.size();
      known = walked.emplace(id, Walked{std::move(*commit), 0, false}).first;
    }
    auto& [commit, current, waiting] = known->second;
    if ((current | marks) == current) return;
    if (waiting && (current & stale) == 0) --fresh;
    current |= marks;
    if (!waiting) queue.emplace(commit.committer_time, id);
    waiting = true;
    if ((current & stale) == 0) ++fresh;
  };
  mark(a, from_a);
  mark(b, from_b);

  std::set<ObjectId> common;
  while (fresh > 0) {
    charge_work(units_of_a_commit);
    if (walked.size() > limit || named > max_parents_walked) return std::nullopt;
    auto const last = std::prev(queue.end());
    auto& [commit, marks, waiting] = walked.at(last->second);
    queue.erase(last);
    waiting = false;
    if ((marks & stale) == 0) --fresh;
    if (marks == both) common.insert(commit.id);
    unsigned const inherited = (marks & both) == both ? (both | stale) : marks;
    for (auto const& parent : commit.parents) mark(parent, inherited);
  }
  if (hidden) return std::nullopt;

  std::vector<Commit> candidates;
  for (auto const& id : common)
    if (auto const& found = walked.at(id); (found.marks & stale) == 0) candidates.push_back(found.commit);
  if (candidates.empty() || candidates.size() > max_merge_bases) return std::nullopt;

  // Wrong commit times may leave a candidate that another one descends from: it is not the best.
  std::optional<Commit> best;
  for (auto const& candidate : candidates) {
    bool redundant = false;
    for (auto const& other : candidates) {
      if (other.id == candidate.id) continue;
      auto const below = is_ancestor(read, candidate.id, other.id, limit);
      if (!below) return std::nullopt;
      redundant = redundant || *below;
    }
    if (!redundant && (!best || ByTime{}(*best, candidate))) best = candidate;
  }
  if (!best) return std::nullopt;
  return best->id;
}

}  // namespace acr::git

#pragma once

// Git objects by the hundred: src/github/bulk_objects.hpp (github-api.md G-36 … G-39)
// GraphQL has no raw form of an object either, but fields from which its bytes can be put together. What has the id that was
// asked for is the object; everything else stays with REST, one by one.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "git/objects.hpp"
#include "github/api.hpp"

namespace acr::github {

/// An object whose bytes have its id.
struct ProvenObject {
  git::ObjectId id;
  git::ObjectType type = git::ObjectType::blob;
  std::string bytes;  ///< raw, without git's own header
};

/// The body of a GraphQL request about `ids` of `repository`, all of one type. With a tag come the commit that it points at and
/// that commit's root tree.
std::string bulk_query(Repository const& repository, git::ObjectType type, std::vector<git::ObjectId> const& ids);

struct BulkAnswer {
  bool usable = false;   ///< it is about the repository; else an errors-only answer or something that is not GraphQL's
  bool limited = false;  ///< the hour's points of GraphQL are spent
  std::vector<ProvenObject> objects;
};

/// Reads the answer to bulk_query(); objects that are not proven by their ids are left out (G-37). Never throws for what a
/// server may send.
BulkAnswer read_bulk_answer(std::string_view body, git::ObjectType type, std::vector<git::ObjectId> const& ids);

/// One per run. Thread-safe.
class BulkObjects {
 public:
  /// `api` must live longer.
  explicit BulkObjects(Api& api);
  ~BulkObjects();
  BulkObjects(BulkObjects const&) = delete;
  BulkObjects& operator=(BulkObjects const&) = delete;

  /// True when so many missing objects would be asked for in bulk: at least limits::bulk_from, a token, and a server that has
  /// not turned GraphQL down in this run (G-38).
  [[nodiscard]] bool would_ask(std::size_t objects) const;

  /// Asks for `ids`, which are of one type and all different, limits::bulk_objects at once; `take` gets what is proven, from
  /// many threads. Objects that did not come are the caller's to ask for. Throws Cancelled, Unreachable("timeout") and what
  /// `take` throws; a server that does not answer is no error here.
  void fetch(git::ObjectType type, std::vector<git::ObjectId> const& ids, std::function<void(ProvenObject)> const& take);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace acr::github

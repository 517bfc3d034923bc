#pragma once

// The part of GitHub's GraphQL that answers about git objects: tests/loopback/graphql.hpp (G-36 … G-39)
// Follows GitHub's public schema: names and kinds of fields, connections that need `first`, the limit of nodes, the cost in
// points, errors for what the schema does not have. Fields that the program does not ask for are left out.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace acr::loopback {

struct RawGitObject {
  std::string type;   ///< "blob", "tree", "commit", "tag"
  std::string bytes;  ///< raw, without git's own header
};

struct GraphqlWorld {
  std::string repository;  ///< "owner/name"; empty: no repository can be seen
  std::function<std::optional<RawGitObject>(std::string const& id)> object{};
  std::size_t text_bytes = 512000;  ///< a blob with more is cut
};

struct GraphqlReply {
  std::string body;
  std::size_t cost = 1;  ///< points
  std::string problem;   ///< what GitHub would not understand; empty: nothing
};

/// `body`: {"query": …, "variables": …}.
GraphqlReply graphql_answer(GraphqlWorld const& world, std::string const& body);

}  // namespace acr::loopback

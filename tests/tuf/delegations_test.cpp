#include "support/catch2.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "tuf/limits.hpp"
#include "tuf_signing/repository.hpp"

namespace delegations_test {
namespace {

using namespace acr::tuftest;
using acr::tuf::MemoryStore;
using Requests = std::vector<std::string>;

RefreshOptions wanting(std::vector<std::string> targets) {
  RefreshOptions options;
  options.targets = std::move(targets);
  return options;
}

/// Delegated roles in the order in which they were asked for.
Requests visited(Outcome const& outcome) {
  Requests roles;
  for (auto const& request : outcome.requests)
    if (request.starts_with("1.") && request.ends_with(".json") && request.find(".root.") == std::string::npos &&
        request.find(".snapshot.") == std::string::npos && request.find(".targets.") == std::string::npos)
      roles.push_back(request.substr(2, request.size() - 7));
  return roles;
}

/// A tree of roles; each signs with a key of its own, pooled_key(10 + position).
struct Tree {
  struct Edge {
    std::string from, to;
    bool terminating = false;
    std::vector<std::string> paths = {"*"};
  };
  Repository repository;
  std::map<std::string, json::object> documents;
  std::map<std::string, SigningKey> keys;

  explicit Tree(std::vector<Edge> const& edges, std::map<std::string, std::vector<std::string>> const& targets = {}) {
    for (auto const& edge : edges) {
      if (!keys.contains(edge.to)) {
        keys.emplace(edge.to, pooled_key(10 + keys.size()));
        documents.emplace(edge.to, empty_targets());
      }
    }
    for (auto const& edge : edges)
      Repository::delegate(document(edge.from), edge.to, {keys.at(edge.to)}, 1, edge.terminating, edge.paths);
    for (auto const& [role, names] : targets)
      for (auto const& name : names) repository.add_target(document(role), name, "of " + role);
    publish();
  }
  json::object& document(std::string const& role) { return role == "targets" ? repository.targets : documents.at(role); }
  void publish() {
    for (auto const& [role, content] : documents) repository.publish_delegated(role, content, {keys.at(role)});
    repository.publish();
  }
};

TEST_CASE("roles are searched in pre-order, depth first (T-29)", "[tuf]") {
  struct Row {
    std::vector<Tree::Edge> edges;
    Requests order;
  };
  auto const row = one_of<Row>({
      {{{"targets", "A"}, {"targets", "B"}, {"A", "C"}, {"B", "D"}}, {"A", "C", "B", "D"}},
      {{{"targets", "A"}, {"targets", "B", true}, {"targets", "C"}}, {"A", "B"}},
      {{{"targets", "A", true}, {"targets", "B"}}, {"A"}},
      // A terminating delegation below ends what waits above.
      {{{"targets", "A"}, {"targets", "B"}, {"A", "C", true}, {"A", "D"}, {"C", "E"}}, {"A", "C", "E"}},
      // What does not cover the path neither counts nor terminates.
      {{{"targets", "A", true, {"other"}}, {"targets", "B", false, {"sought"}}}, {"B"}},
      // Cycles end: each role once per delegator.
      {{{"targets", "A"}, {"A", "B"}, {"B", "A"}, {"B", "C"}}, {"A", "B", "C"}},
  });
  Tree tree(row.edges);
  auto const outcome = refresh(tree.repository, wanting({"sought"}));
  CHECK(outcome.code() == "tuf-no-target");
  CHECK(visited(outcome) == row.order);
}

TEST_CASE("the first role that lists a target has it (T-29)", "[tuf]") {
  Tree tree({{"targets", "A"}, {"targets", "B"}, {"A", "C"}}, {{"C", {"t"}}, {"B", {"t"}}});
  auto const outcome = refresh(tree.repository, wanting({"t"}));
  CHECK(outcome.found == "of C");
  CHECK(visited(outcome) == Requests{"A", "C"});
}

TEST_CASE("a run looks in the top-level targets only (T-29)", "[tuf]") {
  Tree tree({{"targets", "A"}}, {{"A", {"t"}}, {"targets", {"top"}}});
  auto options = wanting({"t"});
  options.follow_delegations = false;
  auto const outcome = refresh(tree.repository, options);
  CHECK(outcome.code() == "tuf-no-target");
  CHECK(visited(outcome).empty());
  options.targets = {"top"};
  CHECK(refresh(tree.repository, options).found == "of targets");
  CHECK(refresh(tree.repository, wanting({"t"})).found == "of A");
}

TEST_CASE("a target's hash picks delegations by prefix (T-29)", "[tuf]") {
  auto const hash = acr::hex(acr::sha256("t"));
  struct Row {
    json::array prefixes;
    bool found;
  };
  std::string upper = hash.substr(0, 8);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  std::vector<Row> const rows = {{{json::string(hash.substr(0, 2))}, true},
                                 {{json::string(hash)}, true},
                                 {{"xx", json::string(hash.substr(0, 3))}, true},
                                 {{json::string(hash.substr(1, 2))}, false},
                                 {{}, false},
                                 {{json::string(upper)}, false}};
  for (auto const& row : rows) {
    CAPTURE(json::serialize(row.prefixes));
    Tree tree({{"targets", "A"}}, {{"A", {"t"}}});
    auto& delegation = tree.repository.targets["delegations"].as_object()["roles"].as_array()[0].as_object();
    delegation.erase("paths");
    delegation["path_hash_prefixes"] = row.prefixes;
    tree.publish();
    CHECK((refresh(tree.repository, wanting({"t"})).found == "of A") == row.found);
  }
}

TEST_CASE("succinct roles are not followed (T-29)", "[tuf]") {
  Repository repository;
  repository.targets["delegations"] = json::object{
      {"keys", json::object{}},
      {"succinct_roles", json::object{{"bit_length", 1}, {"name_prefix", "bin"}, {"keyids", json::array{}}, {"threshold", 1}}}};
  repository.publish();
  CHECK(refresh(repository, wanting({"t"})).code() == "tuf-no-target");
  CHECK(refresh(repository).code() == "fine");
}

TEST_CASE("at most 32 roles are visited in one search (T-29)", "[tuf]") {
  auto const chain = [](std::size_t length) {
    std::vector<Tree::Edge> edges;
    for (std::size_t i = 0; i < length; ++i)
      edges.push_back({i == 0 ? "targets" : "r" + std::to_string(i), "r" + std::to_string(i + 1)});
    return Tree(edges, {{"r" + std::to_string(length), {"t"}}});
  };
  CHECK(refresh(chain(32).repository, wanting({"t"})).code() == "fine");
  auto const outcome = refresh(chain(33).repository, wanting({"t"}));
  CHECK(outcome.code() == "tuf-no-target");
  CHECK(visited(outcome).size() == 32);
}

TEST_CASE("a role is verified by the delegation that leads to it this time: the diamond (T-29)", "[tuf]") {
  Repository repository;
  auto const a = pooled_key(10), b = pooled_key(11), first = pooled_key(12), second = pooled_key(13);
  Repository::delegate(repository.targets, "A", {a}, 1, false, {"a/*"});
  Repository::delegate(repository.targets, "B", {b}, 1, false, {"b/*"});
  auto of_a = empty_targets();
  auto of_b = empty_targets();
  Repository::delegate(of_a, "shared", {first}, 1, false, {"a/*"});
  Repository::delegate(of_b, "shared", {second}, 1, false, {"b/*"});
  auto shared = empty_targets();
  repository.add_target(shared, "a/t", "by A");
  repository.add_target(shared, "b/t", "by B");
  repository.publish_delegated("A", of_a, {a});
  repository.publish_delegated("B", of_b, {b});
  SECTION("signed by A's key alone: it cannot be reached through B, in memory or on disk") {
    repository.publish_delegated("shared", shared, {first});
    repository.publish();
    MemoryStore store;
    store.save("root", repository.initial_root());
    CHECK(refresh(repository, store, wanting({"a/t"})).found == "by A");
    CHECK(refresh(repository, store, wanting({"a/t", "b/t"})).code() == "tuf-signatures");
    CHECK(refresh(repository, store, wanting({"b/t"})).code() == "tuf-signatures");
    CHECK(refresh(repository, store, wanting({"a/t"})).found == "by A");
  }
  SECTION("control: signed by both") {
    repository.publish_delegated("shared", shared, {first, second});
    repository.publish();
    auto const outcome = refresh(repository, wanting({"a/t", "b/t"}));
    CHECK(outcome.found == "by B");
    CHECK(visited(outcome) == Requests{"A", "shared", "B"});  // the copy serves the second time
  }
}

TEST_CASE("a role that cannot be had or does not verify ends the search (T-29)", "[tuf]") {
  Tree tree({{"targets", "A"}, {"targets", "B"}}, {{"B", {"t"}}});
  auto& files = tree.repository.files;
  std::string expected;
  SECTION("control") { expected = "fine"; }
  SECTION("missing") {
    files.erase("1.A.json");
    expected = "tuf-unreachable";
  }
  SECTION("signed by others") {
    files["1.A.json"] = signed_file(empty_targets(), {tree.keys.at("B")});
    expected = "tuf-signatures";
  }
  SECTION("another version") {
    files["1.A.json"] = signed_file(empty_targets(2), {tree.keys.at("A")});
    expected = "tuf-version";
  }
  SECTION("expired") {
    auto document = empty_targets();
    document["expires"] = past;
    files["1.A.json"] = signed_file(document, {tree.keys.at("A")});
    expected = "tuf-expired";
  }
  SECTION("another type") {
    auto document = empty_targets();
    document["_type"] = "snapshot";
    files["1.A.json"] = signed_file(document, {tree.keys.at("A")});
    expected = "tuf-malformed";
  }
  SECTION("not in the snapshot: no request") {
    tree.repository.snapshot["meta"].as_object().erase("A.json");
    tree.repository.publish();
    expected = "tuf-unlisted";
  }
  SECTION("another hash than the snapshot's") {
    tree.repository.snapshot["meta"].as_object()["A.json"].as_object()["hashes"] =
        json::object{{"sha256", std::string(64, '0')}};
    tree.repository.publish();
    expected = "tuf-digest";
  }
  SECTION("a threshold that is not met") {
    auto& role = tree.repository.targets["delegations"].as_object()["roles"].as_array()[0].as_object();
    role["threshold"] = 2;
    tree.repository.publish();
    expected = "tuf-signatures";
  }
  auto const outcome = refresh(tree.repository, wanting({"t"}));
  CHECK(outcome.code() == expected);
  auto const roles = visited(outcome);
  CHECK(roles == (expected == "fine" ? Requests{"A", "B"} : expected == "tuf-unlisted" ? Requests{} : Requests{"A"}));
}

TEST_CASE("a stored delegated role serves when it is the listed one (T-28, T-29)", "[tuf]") {
  Tree tree({{"targets", "A"}}, {{"A", {"t"}}});
  MemoryStore store;
  store.save("root", tree.repository.initial_root());
  CHECK(visited(refresh(tree.repository, store, wanting({"t"}))) == Requests{"A"});
  CHECK(visited(refresh(tree.repository, store, wanting({"t"}))).empty());
  store.save("A", store.files().at("A") + std::string(acr::tuf::limits::targets_bytes, ' '));  // T-30
  CHECK(visited(refresh(tree.repository, store, wanting({"t"}))) == Requests{"A"});
}

TEST_CASE("a role's name is encoded whole, in requests and in file names (T-29)", "[tuf]") {
  struct Row {
    std::string name, encoded;
  };
  auto const row = one_of<Row>({{"../x", "..%2Fx"},
                                {"?", "%3F"},
                                {"#", "%23"},
                                {"/a", "%2Fa"},
                                {"a b", "a%20b"},
                                {"..", ".."},
                                {"%41", "%2541"},
                                {"\xc3\xa9", "%C3%A9"},
                                {"a-b._~", "a-b._~"},
                                {"Root", "Root"},
                                {std::string("a\0b", 3), "a%00b"}});
  CAPTURE(row.name);
  Tree tree({{"targets", row.name}}, {{row.name, {"t"}}});
  MemoryStore store;
  store.save("root", tree.repository.initial_root());
  CHECK(visited(refresh(tree.repository, store, wanting({"t"}))) == Requests{row.encoded});
  CHECK(store.files().contains(row.encoded));
}

TEST_CASE("names that a delegated role cannot have (T-29)", "[tuf]") {
  auto const name =
      one_of<std::string>({"root", "timestamp", "snapshot", "targets", "", std::string(251, 'a'), std::string(84, '/')});
  CAPTURE(name);
  Repository repository;
  Repository::delegate(repository.targets, name, {pooled_key(10)}, 1, false, {"*"});
  repository.publish();
  CHECK(refresh(repository).code() == "tuf-malformed");
}

TEST_CASE("a name of 250 encoded bytes is one (T-29)", "[tuf]") {
  auto const name = one_of<std::string>({std::string(250, 'a'), std::string(83, '/')});
  Repository repository;
  Repository::delegate(repository.targets, name, {pooled_key(10)}, 1, false, {"*"});
  repository.publish();
  CHECK(refresh(repository).code() == "fine");
}

TEST_CASE("malformed delegations refuse the file that holds them (T-29)", "[tuf]") {
  struct Row {
    char const* what;
    char const* role;
    char const* code;
  };
  auto const row = one_of<Row>({
      {"control", R"({"name":"A","keyids":[],"threshold":1,"terminating":false,"paths":[]})", "fine"},
      {"control: prefixes", R"({"name":"A","keyids":[],"threshold":1,"terminating":false,"path_hash_prefixes":["a"]})", "fine"},
      {"control: another name", R"({"name":"C","keyids":[],"threshold":1,"terminating":false,"paths":[]})", "fine"},
      {"neither paths nor prefixes", R"({"name":"A","keyids":[],"threshold":1,"terminating":false})", "tuf-malformed"},
      {"both", R"({"name":"A","keyids":[],"threshold":1,"terminating":false,"paths":[],"path_hash_prefixes":[]})",
       "tuf-malformed"},
      {"a path that is not a string", R"({"name":"A","keyids":[],"threshold":1,"terminating":false,"paths":[1]})",
       "tuf-malformed"},
      {"a prefix that is not a string",
       R"({"name":"A","keyids":[],"threshold":1,"terminating":false,"path_hash_prefixes":[1]})", "tuf-malformed"},
      {"paths that are not a list", R"({"name":"A","keyids":[],"threshold":1,"terminating":false,"paths":"*"})",
       "tuf-malformed"},
      {"without a name", R"({"keyids":[],"threshold":1,"terminating":false,"paths":[]})", "tuf-malformed"},
      {"without keyids", R"({"name":"A","threshold":1,"terminating":false,"paths":[]})", "tuf-malformed"},
      {"without a threshold", R"({"name":"A","keyids":[],"terminating":false,"paths":[]})", "tuf-malformed"},
      {"threshold 0", R"({"name":"A","keyids":[],"threshold":0,"terminating":false,"paths":[]})", "tuf-malformed"},
      {"without terminating", R"({"name":"A","keyids":[],"threshold":1,"paths":[]})", "tuf-malformed"},
      {"terminating is not a flag", R"({"name":"A","keyids":[],"threshold":1,"terminating":1,"paths":[]})", "tuf-malformed"},
      {"the name of another one", R"({"name":"B","keyids":[],"threshold":1,"terminating":false,"paths":[]})", "tuf-malformed"},
      {"not an object", "[]", "tuf-malformed"},
  });
  CAPTURE(row.what);
  Repository repository;
  Repository::delegate(repository.targets, "B", {pooled_key(10)}, 1, false, {"x"});
  repository.targets["delegations"].as_object()["roles"].as_array().push_back(json::parse(row.role));
  repository.publish();
  CHECK(refresh(repository).code() == row.code);
}

TEST_CASE("delegations have keys, and roles or succinct roles (T-29)", "[tuf]") {
  struct Row {
    char const* delegations;
    char const* code;
  };
  auto const row = one_of<Row>({{R"({"keys":{},"roles":[]})", "fine"},
                                {R"({"roles":[]})", "tuf-malformed"},
                                {R"({"keys":{}})", "tuf-malformed"},
                                {R"({"keys":[],"roles":[]})", "tuf-malformed"},
                                {R"({"keys":{},"roles":{}})", "tuf-malformed"},
                                {"[]", "tuf-malformed"}});
  CAPTURE(row.delegations);
  Repository repository;
  repository.targets["delegations"] = json::parse(row.delegations);
  repository.publish();
  CHECK(refresh(repository).code() == row.code);
}

}  // namespace
}  // namespace delegations_test

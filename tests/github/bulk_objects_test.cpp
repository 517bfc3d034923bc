#include "github/bulk_objects.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <string>

#include "git/object_format.hpp"
#include "github/loopback_world.hpp"
#include "github/rest_objects.hpp"
#include "github/scripted_github.hpp"
#include "loopback/git_command.hpp"
#include "loopback/graphql.hpp"
#include "memory/objects.hpp"
#include "net/http.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"
#include "support/places.hpp"
#include "support/temporary_directory.hpp"
#include "support/text.hpp"
#include "support/thrown.hpp"

namespace acr::github {
namespace {

using git::ObjectType;
using test::json_reply;
using test::lab;
using test::LoopbackWorld;
using test::ScriptedGithub;

// Objects by id, answered as GitHub's GraphQL does.
class Store {
 public:
  git::ObjectId add(ObjectType type, std::string bytes, HashAlgorithm algorithm = HashAlgorithm::sha1) {
    auto id = git::object_id(type, bytes, algorithm);
    objects_[id] = {std::string(git::to_text(type)), std::move(bytes)};
    return id;
  }
  std::string bytes(git::ObjectId const& id) const { return objects_.at(id).bytes; }
  loopback::GraphqlReply answer(std::string const& body) const {
    return loopback::graphql_answer({.repository = "acme/helm-charts",
                                     .object =
                                         [this](std::string const& id) {
                                           auto const found = objects_.find(id);
                                           return found == objects_.end() ? std::nullopt : std::optional(found->second);
                                         },
                                     .text_bytes = 1000},
                                    body);
  }
  /// What bulk_query() and read_bulk_answer() make of it.
  BulkAnswer asked(ObjectType type, std::vector<git::ObjectId> const& ids) const {
    auto const reply = answer(bulk_query(test::acme(), type, ids));
    CHECK(reply.problem.empty());
    return read_bulk_answer(reply.body, type, ids);
  }
  std::map<std::string, loopback::RawGitObject> const& all() const { return objects_; }

 private:
  std::map<std::string, loopback::RawGitObject> objects_;
};

std::string const id_a(40, 'a');

TEST_CASE("what is not an object id gets into no query", "[github]") {
  std::string const id(40, 'a');
  CHECK(bulk_query(test::acme(), ObjectType::blob, {id}).find(id) != std::string::npos);
  CHECK_THROWS_AS(bulk_query(test::acme(), ObjectType::blob, {"\"){x}"}), std::logic_error);
}

TEST_CASE("of a commit or tag the bytes are put together again, time zones and signatures included", "[github]") {  // G-37
  Store store;
  auto const tree = store.add(ObjectType::tree, "");
  auto const parent =
      store.add(ObjectType::commit, "tree " + tree + "\nauthor A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n\nold\n");
  std::string const people =
      "author Ä Ö <a@example.org> 1700000000 +0530\ncommitter GitHub <noreply@github.com> 1700000001 -0800\n";
  std::string const signature = "-----BEGIN PGP SIGNATURE-----\n \n wsFcBAABCAAQ\n =abcd\n -----END PGP SIGNATURE-----";
  struct Row {
    char const* what;
    std::string bytes;
    bool proven;
  };
  std::string const start = "tree " + tree + "\nparent " + parent + "\n" + people;
  std::vector<Row> const rows{
      {"plain", start + "\nsubject\n\nbody\n", true},
      {"without a line end", start + "\nsubject", true},
      {"a root", "tree " + tree + "\n" + people + "\nfirst\n", true},
      {"signed by git", start + "gpgsig " + signature + "\n\nsubject\n", true},
      {"signed by GitHub, with an empty last line", start + "gpgsig " + signature + "\n \n\nsubject\n", true},
      {"with a header that GraphQL does not tell", start + "encoding ISO-8859-1\n\nsubject\n", false},
      {"two line ends at the end, of which GraphQL shows one", start + "\nsubject\n\n", true},
      {"with a message that is not UTF-8", start + "\ncaf\xe9\n", false},
      {"with a person in two words for a zone", "tree " + tree + "\nauthor A <a@x> 1\ncommitter A <a@x> 1\n\nx\n", false},
  };
  std::vector<git::ObjectId> ids;
  for (auto const& row : rows) ids.push_back(store.add(ObjectType::commit, row.bytes));
  auto const answer = store.asked(ObjectType::commit, ids);
  CHECK(answer.usable);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CAPTURE(rows[i].what);
    auto const found = std::ranges::find(answer.objects, ids[i], &ProvenObject::id);
    REQUIRE((found != answer.objects.end()) == rows[i].proven);
    if (rows[i].proven) CHECK(found->bytes == rows[i].bytes);
  }

  // With a tag comes its commit, each proven by itself.
  auto const tag_text = [&](git::ObjectId const& target, std::string const& type) {
    return "object " + target + "\ntype " + type + "\ntag web-v1.0.0\ntagger A <a@x> 1700000002 +0100\n\nRelease: web v1.0.0\n";
  };
  auto const of_commit = store.add(ObjectType::tag, tag_text(ids[3], "commit"));
  auto const of_odd_commit = store.add(ObjectType::tag, tag_text(ids[5], "commit"));
  auto const of_tree = store.add(ObjectType::tag, tag_text(tree, "tree"));
  auto const without_tagger = store.add(ObjectType::tag, "object " + tree + "\ntype tree\ntag old\n\nx\n");
  auto const tags = store.asked(ObjectType::tag, {of_commit, of_odd_commit, of_tree, without_tagger});
  std::vector<git::ObjectId> found;
  for (auto const& object : tags.objects) {
    found.push_back(object.id);
    CHECK(object.bytes == store.bytes(object.id));
  }
  CHECK(found == std::vector<git::ObjectId>{of_commit, ids[3], tree, of_odd_commit, of_tree});
}

TEST_CASE("a merge of more parents than are asked for is left to REST", "[github]") {  // G-37, G-38
  Store store;
  auto const tree = store.add(ObjectType::tree, "");
  std::string text = "tree " + tree + "\n";
  for (int i = 0; i < 11; ++i)
    text += "parent " +
            store.add(ObjectType::commit,
                      "tree " + tree + "\nauthor A <a@x> " + std::to_string(i) + " +0000\ncommitter A <a@x> 1 +0000\n\nx\n") +
            "\n";
  auto const octopus = store.add(ObjectType::commit, text + "author A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n\nx\n");
  CHECK(store.asked(ObjectType::commit, {octopus}).objects.empty());
}

TEST_CASE("files and trees count when their bytes have the id", "[github]") {  // G-37, G-38
  Store store;
  auto const text = store.add(ObjectType::blob, "replicas: 2\n");
  auto const empty = store.add(ObjectType::blob, "");
  auto const marked = store.add(ObjectType::blob, "\xef\xbb\xbfname: web\r\n");
  auto const binary = store.add(ObjectType::blob, std::string("a\0b", 3));
  auto const latin = store.add(ObjectType::blob, "caf\xe9\n");
  auto const longer = store.add(ObjectType::blob, std::string(1001, 'x'));
  auto const blobs = store.asked(ObjectType::blob, {text, empty, marked, binary, latin, longer, id_a});
  std::vector<git::ObjectId> found;
  for (auto const& object : blobs.objects) {
    found.push_back(object.id);
    CHECK(object.bytes == store.bytes(object.id));
  }
  CHECK(found == std::vector<git::ObjectId>{text, empty, marked});

  git::Tree tree;
  using git::EntryMode;
  tree.entries = {{"charts", EntryMode::directory, id_a, {}},
                  {"charts.md", EntryMode::file, id_a, {}},
                  {"run", EntryMode::executable, id_a, {}},
                  {"link", EntryMode::symlink, id_a, {}},
                  {"module", EntryMode::submodule, id_a, {}}};
  git::sort_entries(tree);
  auto const every_mode = store.add(ObjectType::tree, git::serialize_tree(tree));
  std::string old;
  git::append_tree_entry(old, "100664", "group-writable", id_a);
  auto const old_mode = store.add(ObjectType::tree, old);
  std::string odd;
  git::append_tree_entry(odd, "100644", "caf\xe9", id_a);
  auto const odd_name = store.add(ObjectType::tree, odd);
  auto const nothing = store.add(ObjectType::tree, "");
  auto const trees = store.asked(ObjectType::tree, {every_mode, old_mode, odd_name, nothing, text});
  REQUIRE(trees.objects.size() == 2);
  CHECK(trees.objects[0].bytes == store.bytes(every_mode));
  CHECK(trees.objects[1].id == nothing);
}

TEST_CASE("an answer that lies proves nothing", "[github]") {  // G-37
  Store store;
  auto const id = store.add(ObjectType::blob, "name: web\n");
  auto const with = [&](std::string const& object) {
    return read_bulk_answer(R"({"data":{"repository":{"o0":)" + object + "}}}", ObjectType::blob, {id});
  };
  auto const good =
      std::string(R"({"__typename":"Blob","byteSize":10,"isBinary":false,"isTruncated":false,"text":"name: web\n"})");
  REQUIRE(with(good).objects.size() == 1);
  std::vector<std::pair<std::string, std::string>> const lies{{R"("name: web\n")", R"("name: wEb\n")"},
                                                              {R"("byteSize":10)", R"("byteSize":11)"},
                                                              {R"("byteSize":10)", R"("byteSize":"10")"},
                                                              {R"("isBinary":false)", R"("isBinary":true)"},
                                                              {R"("isBinary":false)", R"("isBinary":null)"},
                                                              {R"("isTruncated":false)", R"("isTruncated":true)"},
                                                              {R"("isTruncated":false)", R"("x":1)"},
                                                              {R"("Blob")", R"("Tree")"},
                                                              {R"("name: web\n")", "null"},
                                                              {R"("name: web\n")", "7"}};
  for (auto const& [was, is] : lies) {
    CAPTURE(was, is);
    auto text = good;
    text.replace(text.find(was), was.size(), is);
    auto const answer = with(text);
    CHECK(answer.usable);
    CHECK(answer.objects.empty());
  }
  CHECK(with("null").usable);
  CHECK(with("[]").objects.empty());
  for (auto const* odd : {R"({"__typename":"Tree","entries":[{"name":"a","mode":-1,"oid":"x"}]})",
                          R"({"__typename":"Tree","entries":[7]})", R"({"__typename":"Tree","entries":null})"})
    CHECK(
        read_bulk_answer(R"({"data":{"repository":{"o0":)" + std::string(odd) + "}}}", ObjectType::tree, {id}).objects.empty());
  for (auto const* odd :
       {R"({"__typename":"Commit"})", R"({"__typename":"Commit","tree":7,"parents":{"nodes":[7],"totalCount":1}})"})
    CHECK(read_bulk_answer(R"({"data":{"repository":{"o0":)" + std::string(odd) + "}}}", ObjectType::commit, {id})
              .objects.empty());
}

TEST_CASE("what is not an answer about the repository is not usable", "[github]") {  // G-38
  struct Row {
    char const* body;
    bool limited;
  };
  auto const row = one_of<Row>({{"", false},
                                {"<html>", false},
                                {"[]", false},
                                {R"({"data":null})", false},
                                {R"({"data":{"repository":null},"errors":[{"type":"NOT_FOUND","message":"x"}]})", false},
                                {R"({"errors":[{"message":"Something went wrong while executing your query."}]})", false},
                                {R"({"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded"}]})", true},
                                {R"({"data":{"repository":{}},"data":{"repository":{}}})", false}});
  CAPTURE(row.body);
  auto const answer = read_bulk_answer(row.body, ObjectType::blob, {id_a});
  CHECK_FALSE(answer.usable);
  CHECK(answer.limited == row.limited);
  CHECK(answer.objects.empty());
}

TEST_CASE("GitHub's GraphQL refuses what its schema does not have", "[github]") {  // G-35: the stand-in itself
  Store const store;
  auto const asked = [&](std::string const& query) {
    return store.answer(boost::json::serialize(boost::json::object{{"query", query}})).problem;
  };
  CHECK(asked("{repository(owner:\"acme\",name:\"helm-charts\"){object(oid:\"" + id_a + "\"){oid}}}").empty());
  CHECK(asked("{repository(owner:\"acme\",name:\"helm-charts\"){files}}").find("'files'") != std::string::npos);
  CHECK(asked("{viewer{login}}").find("'viewer'") != std::string::npos);
  CHECK(asked("{repository(owner:\"acme\"){id}}").find("name") != std::string::npos);
  CHECK_FALSE(asked("{repository(").empty());
  CHECK_FALSE(store.answer("{}").problem.empty());
  auto const many = store.answer(bulk_query(test::acme(), ObjectType::commit, std::vector<git::ObjectId>(100, id_a)));
  CHECK(many.problem.empty());
  CHECK(many.cost == 1);
}

// ---- over the API

struct Lab {
  test::TemporaryDirectory folder;
  std::filesystem::path git_dir = folder.path() / "repository.git";
  Lab() {
    auto const bundle = acr::test::data_folder().string() + "/lab/two-charts/repo.bundle";
    REQUIRE(loopback::git_output(folder.path() / "x", {"clone", "--quiet", "--mirror", bundle, git_dir.string()}));
  }
  std::string git(std::vector<std::string> const& arguments) const { return loopback::git_output(git_dir, arguments).value(); }
  std::vector<git::ObjectId> ids(std::string const& type) const {
    std::vector<git::ObjectId> ids;
    auto const all = git({"cat-file", "--batch-all-objects", "--batch-check"});
    for (auto const line : lines(all))
      if (auto const words = split(line, ' '); words.at(1) == type) ids.emplace_back(words[0]);
    return ids;
  }
};

TEST_CASE("objects of a real repository come by the hundred and are what git has", "[github]") {  // G-36, G-37
  Lab const repository;
  LoopbackWorld world(lab("two-charts"));
  RestObjects objects(world.api);
  auto const blobs = repository.ids("blob"), trees = repository.ids("tree"), commits = repository.ids("commit");
  REQUIRE(blobs.size() >= 10);
  REQUIRE(trees.size() >= 10);
  objects.prefetch_blobs(blobs);
  CHECK(objects.prefetch_objects(ObjectType::tree, trees));
  auto const asked = world.stand_in.count("api", "POST /graphql");
  CHECK(asked == (blobs.size() + 99) / 100 + (trees.size() + 99) / 100);
  for (auto const& id : blobs) CHECK(objects.blob(id, SIZE_MAX) == repository.git({"cat-file", "blob", id}));
  for (auto const& id : trees) CHECK(git::object_id(ObjectType::tree, git::serialize_tree(*objects.tree(id))) == id);
  CHECK(objects.prefetch_objects(ObjectType::tree, trees));  // all are here
  CHECK(world.stand_in.count("api", "POST /graphql") == asked);
  CHECK(objects.prefetch_objects(ObjectType::commit, commits));
  for (auto const& id : commits) CHECK(objects.commit(id)->tree == trimmed(repository.git({"rev-parse", id + "^{tree}"})));
  CHECK(world.stand_in.count("api", "/git/trees/") == 0);
  CHECK(world.stand_in.count("api", "/git/blobs/") <= 1);  // what is binary comes by itself
  CHECK(world.stand_in.violations() == std::vector<std::string>{});
}

TEST_CASE("fewer than ten objects are asked for one by one", "[github]") {  // G-37
  Lab const repository;
  LoopbackWorld world(lab("two-charts"));
  RestObjects objects(world.api);
  auto const blobs = repository.ids("blob");
  objects.prefetch_blobs({blobs.begin(), blobs.begin() + 9});
  CHECK(world.stand_in.count("api", "graphql") == 0);
  CHECK(world.stand_in.count("api", "/git/blobs/") == 9);
  objects.prefetch_blobs({blobs.begin(), blobs.begin() + 19});
  CHECK(world.stand_in.count("api", "graphql") == 1);
  CHECK(objects.use().blobs == 19);
}

TEST_CASE("a server without GraphQL, or with none to spare, gives the same objects one by one", "[github]") {  // G-38, G-39
  Lab const repository;
  auto const blobs = repository.ids("blob");
  auto const row =
      one_of<std::string>({std::string("off"), "points", "html_200", "empty_200", "wrong_shape", "forbidden", "secondary_limit",
                           "status_503", "html_502", "reset_in_body", "redirect_away", "oversize", "gone"});
  CAPTURE(row);
  auto settings = lab("two-charts");
  if (row == "off") settings.github.graphql = false;
  if (row == "points") settings.github.graphql_points = 0;
  LoopbackWorld world(settings);
  if (row != "off" && row != "points") world.stand_in.add_fault({.kind = row, .where = "api POST /graphql", .times = SIZE_MAX});
  RestObjects objects(world.api);
  objects.prefetch_blobs(blobs);
  for (auto const& id : blobs) CHECK(objects.blob(id, SIZE_MAX) == repository.git({"cat-file", "blob", id}));
  CHECK(world.stand_in.count("api", "/git/blobs/") == blobs.size());
  auto const asked = world.stand_in.count("api", "graphql");
  CHECK(asked >= 1);
  if (row == "off" || row == "points" || row == "forbidden" || row == "secondary_limit" || row == "gone") CHECK(asked == 1);
  if (row != "oversize") {
    objects.prefetch_objects(ObjectType::commit, repository.ids("commit"));
    CHECK(world.stand_in.count("api", "graphql") <= asked + limits::bulk_failures);
  }
}

TEST_CASE("without a token GraphQL is not asked", "[github]") {  // G-38: it answers nobody without one
  auto settings = lab("two-charts");
  settings.github.token.clear();
  Lab const repository;
  LoopbackWorld world(settings, "");
  RestObjects objects(world.api);
  objects.prefetch_blobs(repository.ids("blob"));
  CHECK(world.stand_in.count("api", "graphql") == 0);
}

TEST_CASE("what is too much for one answer is asked for in halves", "[github]") {  // G-38
  git::MemoryObjects source;
  std::vector<git::ObjectId> ids;
  Store store;
  for (std::size_t i = 0; i < 80; ++i) ids.push_back(store.add(ObjectType::blob, "file " + std::to_string(i)));
  std::ranges::sort(ids);
  std::atomic<std::size_t> asked{0};
  ScriptedGithub github([&](net::Request const& request) {
    REQUIRE(request.url.path == "/graphql");
    ++asked;
    auto reply = json_reply(store.answer(request.body).body);
    if (request.body.find("o30:") != std::string::npos) reply.body += std::string(limits::bulk_bytes, ' ');
    return reply;
  });
  BulkObjects bulk(github.api);
  std::set<git::ObjectId> found;
  bulk.fetch(ObjectType::blob, ids, [&](ProvenObject object) { found.insert(object.id); });
  CHECK(found.size() == 80);
  CHECK(asked == 7);  // 80, 2 of 40, 4 of 20
  CHECK(bulk.would_ask(10));
}

TEST_CASE("ancestry follows from commits that were read, the rest is compared", "[github]") {  // G-41, G-20
  Store store;
  auto const tree = store.add(ObjectType::tree, "");
  std::vector<git::ObjectId> line;
  for (int i = 0; i < 12; ++i)
    line.push_back(store.add(ObjectType::commit, "tree " + tree + "\n" + (line.empty() ? "" : "parent " + line.back() + "\n") +
                                                     "author A <a@x> " + std::to_string(i) +
                                                     " +0000\ncommitter A <a@x> 1 +0000\n\nx\n"));
  std::vector<std::string> compared;
  ScriptedGithub github([&](net::Request const& request) {
    if (request.url.path == "/graphql") return json_reply(store.answer(request.body).body);
    compared.push_back(request.url.path);
    return json_reply(R"({"status":"behind","merge_base_commit":{"sha":")" + id_a + R"("}})");
  });
  RestObjects objects(github.api);
  objects.prefetch_objects(ObjectType::commit, line);
  objects.prefetch_ancestry({line[0], line[5], line[11], id_a}, line[11]);
  CHECK(objects.is_ancestor(line[0], line[11]) == true);
  CHECK(objects.is_ancestor(line[10], line[11]) == true);
  CHECK(objects.is_ancestor(id_a, line[11]) == false);
  REQUIRE(compared.size() == 1);
  CHECK(compared[0].find(id_a + "..." + line[11]) != std::string::npos);
  CHECK(objects.is_ancestor(line[11], line[0]) == false);  // nothing is concluded the other way round
  CHECK(compared.size() == 2);
}

}  // namespace
}  // namespace acr::github

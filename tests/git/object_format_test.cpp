#include "git/object_format.hpp"

#include "git/limits.hpp"
#include "memory/objects.hpp"
#include "support/catch2.hpp"
#include "support/encoding.hpp"
#include "support/thrown.hpp"
#include "support/work_budget.hpp"

namespace object_format_test {
namespace {

using namespace acr::git;

std::string const id_a(40, 'a'), id_b(40, 'b');

std::string raw(std::string_view mode, std::string_view name, char fill = '\xaa') {
  return std::string(mode) + " " + std::string(name) + std::string(1, '\0') + std::string(20, fill);
}

// git hash-object -t blob /dev/null; git mktree </dev/null; both also with --object-format=sha256.
TEST_CASE("ids are git's own", "[git]") {
  CHECK(object_id(ObjectType::blob, "") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
  CHECK(object_id(ObjectType::tree, "") == "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
  CHECK(object_id(ObjectType::blob, "hello\n") == "ce013625030ba8dba906f756967f9e9ca394464a");
  CHECK(object_id(ObjectType::tree, "", acr::HashAlgorithm::sha256) ==
        "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321");
  CHECK(object_id(ObjectType::blob, "", acr::HashAlgorithm::sha256) ==
        "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813");
}

TEST_CASE("a tree reads back what was written, in git's order", "[git]") {
  Tree tree{{{"a", EntryMode::directory, id_a, {}},
             {"a.b", EntryMode::file, id_b, {}},
             {"a-b", EntryMode::executable, id_b, {}},
             {"link", EntryMode::symlink, id_b, {}},
             {"sub", EntryMode::submodule, id_b, {}},
             {"\xff", EntryMode::file, id_a, {}}}};
  sort_entries(tree);
  // "a" sorts as "a/": after "a-b" and "a.b".
  CHECK(tree.entries[0].name == "a-b");
  CHECK(tree.entries[1].name == "a.b");
  CHECK(tree.entries[2].name == "a");
  auto const read = parse_tree_object(serialize_tree(tree), "tree");
  REQUIRE(read.has_value());
  CHECK(*read == tree);
  CHECK(parse_tree_object("", "tree").value().entries.empty());
}

TEST_CASE("modes that the API spells its own way keep the tree's id", "[git]") {
  std::string bytes;
  append_tree_entry(bytes, "040000", "d", id_a);
  append_tree_entry(bytes, "100664", "f", id_a);
  CHECK(bytes == raw("40000", "d") + raw("100664", "f"));
  CHECK(parse_tree_object(bytes, "tree").value().entries[1].mode == EntryMode::file);
  CHECK_THROWS_AS(append_tree_entry(bytes, "100644", "g", "abc"), std::logic_error);
}

TEST_CASE("damaged trees are refused", "[git]") {
  auto const bytes = one_of<std::string>(
      {"x", "100644 a", std::string("100644 a\0short", 14), raw("040000", "zero-padded"), raw("100600", "mode"),
       raw("", "mode"), raw("100644", ""), raw("100644", "."), raw("40000", ".."), raw("100644", "a/b"),
       raw("100644", "b") + raw("100644", "a"), raw("100644", "a") + raw("100644", "a"),
       raw("40000", "a") + raw("100644", "a.b"),                       // the directory sorts as "a/"
       raw("100644", "a") + raw("100644", "a.b") + raw("40000", "a"),  // one name twice, in order
       raw("100644", "a") + "x"});
  auto const tree = parse_tree_object(bytes, "tree x");
  REQUIRE(tree.has_error());
  CHECK(tree.error().code == "object-malformed");
  CHECK(tree.error().where == "tree x");
}

TEST_CASE("the bounds of a tree", "[git]") {
  std::string bytes;
  for (int i = 0; i < 100001; ++i) append_tree_entry(bytes, "100644", std::to_string(1000000 + i), id_a);
  CHECK(parse_tree_object(bytes, "tree").has_error());
  bytes.resize(bytes.size() - (7 + 7 + 1 + 20));
  CHECK(parse_tree_object(bytes, "tree").value().entries.size() == 100000);
}

std::string const person = "A U Thor <a@example.org> 1700000001 +0200\n";

TEST_CASE("a commit's fields are read, signatures and odd headers passed over", "[git]") {
  auto const commit = parse_commit_object("tree " + id_a + "\nparent " + id_b + "\nparent " + id_a + "\nauthor " + person +
                                              "committer C <> 1700000002 -0700\n" + "encoding x\ngpgsig -----BEGIN\n tree " +
                                              id_b + "\n -----END\n\ntree " + id_b + "\n",
                                          id_b);
  REQUIRE(commit.has_value());
  CHECK(*commit == Commit{id_b, id_a, {id_b, id_a}, 1700000002});
}

TEST_CASE("commit times before 1970 are read", "[git]") {
  CHECK(parse_commit_object("tree " + id_a + "\nauthor x\ncommitter C > <c> -1 +0000\n\n", id_a).value().committer_time == -1);
}

TEST_CASE("damaged commits are refused", "[git]") {
  std::string const start = "tree " + id_a + "\n";
  auto const bytes = one_of<std::string>(
      {"", "tree " + id_a, "tree x\n", "parent " + id_a + "\n" + start, start, start + "author " + person,
       start + "committer " + person, start + "author " + person + "author " + person,
       start + "author " + person + "committer " + person.substr(0, person.size() - 1),
       start + "author " + person + "committer no time\n", start + "author " + person + "committer C <c> x +0000\n",
       start + "author " + person + "committer C <c> 99999999999999999999 +0000\n",
       start + "parent " + id_a + "b\nauthor " + person + "committer " + person,
       "tree " + std::string(40, 'A') + "\nauthor " + person + "committer " + person});
  CAPTURE(bytes);
  auto const commit = parse_commit_object(bytes, id_a);
  REQUIRE(commit.has_error());
  CHECK(commit.error().code == "object-malformed");
  CHECK(commit.error().where == "commit " + id_a);
}

TEST_CASE("ids inside a SHA-256 object have 64 digits", "[git]") {
  std::string const long_id(64, 'c');
  std::string const rest = "\nauthor " + person + "committer " + person;
  CHECK(parse_commit_object("tree " + long_id + rest, long_id).has_value());
  CHECK(parse_commit_object("tree " + id_a + rest, long_id).has_error());
}

TEST_CASE("a tag's fields are read, its message kept as it is", "[git]") {
  auto const tag = parse_tag_object(
      "object " + id_b + "\ntype commit\ntag web-v1\ntagger " + person + "gpgsig-sha256 x\n y\n\nline\n\n\xff\r\n", id_a);
  REQUIRE(tag.has_value());
  CHECK(*tag == Tag{id_a, "web-v1", id_b, ObjectType::commit, "line\n\n\xff\r\n"});
  CHECK(parse_tag_object("object " + id_b + "\ntype tree\ntag t\n", id_a).value().message.empty());  // old: no tagger, no text
}

TEST_CASE("damaged tags are refused", "[git]") {
  auto const bytes = one_of<std::string>(
      {"", "object " + id_b + "\n", "type commit\nobject " + id_b + "\ntag t\n\n", "object " + id_b + "\ntype thing\ntag t\n\n",
       "object " + id_b + "\ntype commit\n\ntag t\n", "object " + id_b + "\ntype commit\ntag \n\n",
       "object " + id_b + "\ntype commit\ntag t\ncut off", "object " + id_b.substr(1) + "\ntype commit\ntag t\n\n"});
  CAPTURE(bytes);
  CHECK(parse_tag_object(bytes, id_a).has_error());
}

TEST_CASE("a commit has a thousand parents at most", "[git]") {  // B-25
  auto const commit = [](std::size_t parents) {
    std::string bytes = "tree " + id_a + "\n";
    for (std::size_t i = 0; i < parents; ++i) bytes += "parent " + id_b + "\n";
    return bytes + "author A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nm\n";
  };
  CHECK(parse_commit_object(commit(max_commit_parents), id_a).value().parents.size() == 1000);
  auto const refused = parse_commit_object(commit(max_commit_parents + 1), id_a);
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == "object-malformed");
  CHECK(refused.error().rule_number == "B-25");
}

TEST_CASE("a repository in memory refuses what a clone would", "[git]") {
  MemoryObjects objects;
  auto const said = [&](auto const& read) { return acr::test::thrown_code([&] { (void)read(); }); };
  auto const commit = objects.add_object(ObjectType::commit, "no commit"), blob = objects.add_blob("0123456789");
  auto const large = objects.add_object(ObjectType::commit, std::string(max_commit_bytes + 1, 'x'));
  CHECK(said([&] { return objects.commit(commit); }) == "object-corrupt");
  CHECK(said([&] { return objects.commit(large); }) == "object-too-large");
  CHECK(said([&] { return objects.commit(blob); }) == "nothing");
  CHECK(said([&] { return objects.blob(blob, 10); }) == "nothing");
  CHECK(said([&] { return objects.blob(blob, 9); }) == "object-too-large");
}

TEST_CASE("an id of another length belongs to no hash", "[git]") {
  CHECK(algorithm_of(id_a) == acr::HashAlgorithm::sha1);
  CHECK_THROWS_AS(algorithm_of(id_a.substr(1)), std::logic_error);
}

TEST_CASE("the run's clock ends the reading of a tree", "[git]") {  // B-25
  std::string bytes;
  for (std::size_t i = 0; i < 5000; ++i) bytes += raw("100644", std::to_string(10'000 + i));
  acr::RunClock clock;
  acr::WorkBudget budget(clock);
  acr::WorkScope const scope(&budget);
  CHECK(parse_tree_object(bytes, "tree").has_value());
  clock.cancel(acr::ExitStatus::terminated);
  CHECK_THROWS_AS(parse_tree_object(bytes, "tree"), acr::Cancelled);
}

}  // namespace
}  // namespace object_format_test

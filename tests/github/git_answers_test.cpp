#include "github/git_answers.hpp"

#include <string>

#include "support/catch2.hpp"

namespace acr::github {
namespace {

Answer answer_of(std::string body, std::string type = "application/json; charset=utf-8") {
  Answer answer;
  answer.status = 200;
  answer.body = std::move(body);
  answer.content_type = std::move(type);
  answer.about = "GET /x";
  return answer;
}

// Ids from the git command line:
//   printf 'hello\n' | git hash-object --stdin
std::string const hello = "ce013625030ba8dba906f756967f9e9ca394464a";
//   printf 'hello\n' | git hash-object --stdin, in a repository made with --object-format=sha256
std::string const hello_sha256 = "2cf8d83d9ee29543b34a87727421fdecb7e3f3a183d337639025de576db9ebb4";
//   git mktree, of "100644 blob ce01…\ta"
std::string const tree_with_a = "0976950c1fdbcb52435a433913017bf044b3a58f";
std::string const empty_tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

std::string code_of(auto const& work) {
  try {
    work();
  } catch (ApiError const& error) {
    return std::string(error.code().text());
  }
  return "accepted";
}

std::string blob_entry(std::string const& path, std::string const& mode = "100644", std::string const& type = "blob",
                       std::string const& id = hello) {
  return R"({"path":")" + path + R"(","mode":")" + mode + R"(","type":")" + type + R"(","sha":")" + id +
         R"(","size":6,"url":"x"})";
}

std::string tree_json(std::string const& entries, bool truncated = false) {
  return R"({"sha":"x","tree":[)" + entries + R"(],"truncated":)" + (truncated ? "true}" : "false}");
}

TEST_CASE("a blob is what its id says, raw or base64, in both object formats", "[github]") {  // G-18, G-19
  CHECK(read_blob_answer(answer_of("hello\n", "application/vnd.github.raw; charset=utf-8"), hello) == "hello\n");
  CHECK(read_blob_answer(answer_of("hello\n", "application/vnd.github.raw+json"), hello_sha256) == "hello\n");
  CHECK(read_blob_answer(answer_of(R"({"content":"aGVs\nbG8K\n","encoding":"base64","size":6})"), hello) == "hello\n");
  CHECK(read_blob_answer(answer_of(R"({"content":"hello\n","encoding":"utf-8","size":6})"), hello) == "hello\n");
}

TEST_CASE("another content than the id's is refused", "[github]") {  // G-18
  CHECK(code_of([] { read_blob_answer(answer_of("hello", "application/vnd.github.raw"), hello); }) == "object-mismatch");
  CHECK(code_of([] { read_blob_answer(answer_of(R"({"content":"aGVsbG8=","encoding":"base64"})"), hello); }) ==
        "object-mismatch");
  CHECK(code_of([] { read_blob_answer(answer_of(R"({"content":"aGVsbG8","encoding":"none"})"), hello); }) == "bad-response");
  CHECK(code_of([] { read_blob_answer(answer_of(R"({"content":"*","encoding":"base64"})"), hello); }) == "bad-response");
  CHECK(code_of([] { read_blob_answer(answer_of("{}"), hello); }) == "bad-response");
  try {
    read_blob_answer(answer_of("hello", "text/plain"), hello);
  } catch (ApiError const& error) {
    CHECK(error.status() == ExitStatus::refused);
  }
}

TEST_CASE("a tree's entries must give its id", "[github]") {  // G-18
  auto const read = read_tree_answer(answer_of(tree_json(blob_entry("a"))), tree_with_a);
  REQUIRE(read.trees.size() == 1);
  CHECK(read.trees.at(tree_with_a).entries == std::vector<git::TreeEntry>{{"a", git::EntryMode::file, hello, 6}});
  CHECK(read_tree_answer(answer_of(tree_json("")), empty_tree).trees.at(empty_tree).entries.empty());
  CHECK(read_tree_answer(answer_of(tree_json(blob_entry("a"), true)), tree_with_a).truncated);

  struct Row {
    std::string entries;
    char const* code;
  };
  auto const row = one_of<Row>({
      {"", "object-mismatch"},                                       // an entry left out
      {blob_entry("b"), "object-mismatch"},                          // renamed
      {blob_entry("a", "100755"), "object-mismatch"},                // made executable
      {blob_entry("a", "120000"), "object-mismatch"},                // made a link
      {blob_entry("a") + "," + blob_entry("b"), "object-mismatch"},  // one more
      {blob_entry("a") + "," + blob_entry("a"), "object-mismatch"},  // twice
      {blob_entry("a", "100644", "blob", std::string(40, '0')), "object-mismatch"},
      {blob_entry("a", "100644", "blob", hello_sha256), "bad-response"},  // two formats
      {blob_entry("a", "100644", "tree"), "bad-response"},
      {blob_entry("a", "040000", "blob"), "bad-response"},
      {blob_entry("a", "777"), "bad-response"},
      {blob_entry(""), "bad-response"},
      {blob_entry("."), "bad-response"},
      {blob_entry(".."), "bad-response"},
      {blob_entry("/a"), "bad-response"},
      {blob_entry("a/"), "bad-response"},
      {blob_entry("d/a"), "bad-response"},  // a directory that is not listed
      {blob_entry("a\\u0000b"), "bad-response"},
      {"7", "bad-response"},
  });
  CAPTURE(row.entries);
  CHECK(code_of([&] { read_tree_answer(answer_of(tree_json(row.entries)), tree_with_a); }) == row.code);
}

TEST_CASE("trees of another shape are an error", "[github]") {  // G-34
  auto const body = one_of({"[]", "{}", "{\"tree\":null}", "<html>", ""});
  CHECK(code_of([&] { read_tree_answer(answer_of(body), tree_with_a); }) == "bad-response");
}

TEST_CASE("a recursive listing proves every tree in it", "[github]") {  // G-18
  //   git mktree --missing: d.txt, d (tree_with_a), d0, link, sub; "d" sorts between "d.txt" and "d0"
  std::string const root = "12877d850c9e0f4fd5ced94c69d38737586d180e";
  std::string const commit(40, '1');
  auto const listing = [&](std::string const& inside) {
    return tree_json(blob_entry("d", "040000", "tree", tree_with_a) + "," + inside + "," + blob_entry("d.txt") + "," +
                     blob_entry("d0", "100755") + "," + blob_entry("link", "120000") + "," +
                     blob_entry("sub", "160000", "commit", commit));
  };
  auto const read = read_tree_answer(answer_of(listing(blob_entry("d/a"))), root);
  REQUIRE(read.trees.size() == 2);
  CHECK(read.trees.at(tree_with_a).entries.at(0).name == "a");
  auto const& top = read.trees.at(root).entries;
  REQUIRE(top.size() == 5);
  CHECK(top[0].name == "d.txt");
  CHECK(top[1] == git::TreeEntry{"d", git::EntryMode::directory, tree_with_a, std::nullopt});
  CHECK(top[2].mode == git::EntryMode::executable);
  CHECK(top[3].mode == git::EntryMode::symlink);
  CHECK(top[4] == git::TreeEntry{"sub", git::EntryMode::submodule, commit, std::nullopt});

  // The root is right, a tree below it is not.
  CHECK(code_of([&] { read_tree_answer(answer_of(listing(blob_entry("d/b"))), root); }) == "object-mismatch");
  CHECK(code_of([&] { read_tree_answer(answer_of(listing(blob_entry("d/a") + "," + blob_entry("d/b"))), root); }) ==
        "object-mismatch");
  CHECK(code_of([&] { read_tree_answer(answer_of(listing(blob_entry("d/e/a"))), root); }) == "bad-response");
}

TEST_CASE("commits and tags are taken as sent", "[github]") {  // G-17
  std::string const id(40, 'c');
  auto const commit = read_commit_answer(
      answer_of(R"({"sha":")" + id + R"(","tree":{"sha":")" + empty_tree + R"("},"parents":[{"sha":")" + hello +
                R"("}],"committer":{"date":"2014-08-09T08:02:04+12:00"},"author":{"date":"1999-01-01T00:00:00Z"}})"),
      id);
  CHECK(commit == git::Commit{id, empty_tree, {hello}, 1407528124});
  auto const tag = read_tag_answer(
      answer_of(R"({"sha":")" + id + R"(","tag":"web-v1.0.0","message":"Release\n","object":{"type":"commit","sha":")" + hello +
                R"("}})"),
      id);
  CHECK(tag == git::Tag{id, "web-v1.0.0", hello, git::ObjectType::commit, "Release\n"});
}

TEST_CASE("an answer about another object is an error", "[github]") {
  std::string const id(40, 'c');
  CHECK(code_of([&] {
          read_commit_answer(answer_of(R"({"sha":")" + hello + R"(","tree":{"sha":")" + hello +
                                       R"("},"parents":[],"committer":{"date":"2014-08-09T08:02:04Z"}})"),
                             id);
        }) == "bad-response");
  CHECK(code_of([&] {
          read_tag_answer(answer_of(R"({"sha":")" + hello + R"(","tag":"x","message":"","object":{"type":"commit","sha":")" +
                                    hello + R"("}})"),
                          id);
        }) == "bad-response");
  CHECK(code_of([&] {
          read_ref_answer(answer_of(R"({"ref":"refs/tags/web-v1.0.0","object":{"type":"commit","sha":")" + hello + R"("}})"),
                          "refs/tags/web-v1");
        }) == "bad-response");
}

TEST_CASE("times have any offset", "[github]") {  // G-17
  struct Row {
    char const* text;
    std::optional<std::int64_t> seconds;
  };
  auto const row = one_of<Row>({
      {"1970-01-01T00:00:00Z", 0},
      {"2014-08-09T08:02:04+12:00", 1407528124},
      {"2014-08-08T15:32:04-04:30", 1407528124},
      {"2014-08-08T20:02:04.999Z", 1407528124},
      {"1969-12-31T23:59:59Z", -1},
      {"2024-02-29T00:00:00Z", 1709164800},
      {"2023-02-29T00:00:00Z", std::nullopt},
      {"2014-13-01T00:00:00Z", std::nullopt},
      {"2014-08-09T24:00:00Z", std::nullopt},
      {"2014-08-09T08:02:04", std::nullopt},
      {"2014-08-09T08:02:04+1200", std::nullopt},
      {"2014-08-09T08:02:04.Z", std::nullopt},
      {"2014-08-09 08:02:04Z", std::nullopt},
      {"2014-08-09T08:02:04Zx", std::nullopt},
      {"", std::nullopt},
  });
  CAPTURE(row.text);
  CHECK(rfc3339_seconds(row.text) == row.seconds);
}

}  // namespace
}  // namespace acr::github

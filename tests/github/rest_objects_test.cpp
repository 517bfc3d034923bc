#include "github/rest_objects.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>

#include "github/combined_objects.hpp"
#include "github/loopback_world.hpp"
#include "github/scripted_github.hpp"
#include "loopback/git_command.hpp"
#include "memory/objects.hpp"
#include "net/http.hpp"
#include "support/catch2.hpp"
#include "support/places.hpp"
#include "support/temporary_directory.hpp"
#include "support/text.hpp"
#include "support/thrown.hpp"

namespace acr::github {
namespace {

using test::json_reply;
using test::lab;
using test::LoopbackWorld;
using test::ScriptedGithub;

// The lab's repository, read by git itself.
class LabRepository {
 public:
  explicit LabRepository(std::string const& scenario) {
    auto const bundle = acr::test::data_folder().string() + "/lab/" + scenario + "/repo.bundle";
    REQUIRE(loopback::git_output(folder_.path() / "x", {"clone", "--quiet", "--mirror", bundle, git_dir().string()}));
  }
  std::string git(std::vector<std::string> const& arguments) const {
    auto const out = loopback::git_output(git_dir(), arguments);
    REQUIRE(out);
    return *out;
  }
  std::string id(std::string const& revision) const { return std::string(trimmed(git({"rev-parse", revision}))); }

 private:
  std::filesystem::path git_dir() const { return folder_.path() / "repository.git"; }
  test::TemporaryDirectory folder_;
};

TEST_CASE("every object of a real repository arrives as git has it", "[github]") {  // G-16 … G-19
  LabRepository const lab_repository("two-charts");
  LoopbackWorld world(lab("two-charts"));
  RestObjects objects(world.api);
  auto const head = lab_repository.id("refs/heads/main");

  auto const commit = objects.commit(head);
  REQUIRE(commit);
  CHECK(commit->tree == lab_repository.id(head + "^{tree}"));
  CHECK(std::to_string(commit->committer_time) == trimmed(lab_repository.git({"log", "-1", "--format=%ct", head})));
  std::string parents;
  for (auto const& parent : commit->parents) parents += (parents.empty() ? "" : " ") + parent;
  CHECK(parents == trimmed(lab_repository.git({"log", "-1", "--format=%P", head})));

  // The whole tree, walked through the interface, is what `git ls-tree` says; and every file's bytes.
  std::string listed;
  std::vector<git::ObjectId> blobs;
  objects.prefetch_trees(commit->tree);
  auto const walk = [&](auto const& self, git::ObjectId const& tree, std::string const& prefix) -> void {
    auto const found = objects.tree(tree);
    REQUIRE(found);
    for (auto const& entry : found->entries) {
      if (entry.mode == git::EntryMode::directory) {
        self(self, entry.id, prefix + entry.name + "/");
        continue;
      }
      listed += entry.id + " " + prefix + entry.name + "\n";
      blobs.push_back(entry.id);
    }
  };
  walk(walk, commit->tree, "");
  CHECK(listed == lab_repository.git({"ls-tree", "-r", "--format=%(objectname) %(path)", head}));
  CHECK(world.stand_in.count("api", "/git/trees/") == 1);  // one recursive request
  objects.prefetch_blobs({blobs.begin(), blobs.begin() + 5});
  for (std::size_t i = 0; i < 5; ++i)
    CHECK(objects.blob(blobs[i], SIZE_MAX) == lab_repository.git({"cat-file", "blob", blobs[i]}));
  CHECK(objects.use().blobs <= 5);
  CHECK(world.stand_in.count("api", "/git/blobs/") == objects.use().blobs);
  CHECK(world.stand_in.violations() == std::vector<std::string>{});
}

TEST_CASE("tags and refs are read, exact names only", "[github]") {  // G-16, G-17, A-91
  LabRepository const lab_repository("two-charts");
  LoopbackWorld world(lab("two-charts"));
  RestObjects objects(world.api);
  auto const names = objects.refs_with_prefix("refs/tags/", 100);
  REQUIRE(names.size() >= 2);
  CHECK(std::is_sorted(names.begin(), names.end()));
  for (auto const& name : names) {
    auto const ref = objects.ref(name);
    REQUIRE(ref);
    CHECK(ref->target == lab_repository.id(name));
    REQUIRE(ref->type == git::ObjectType::tag);
    auto const tag = objects.tag(ref->target);
    REQUIRE(tag);
    CHECK("refs/tags/" + tag->name == name);
    CHECK(tag->target == lab_repository.id(name + "^{commit}"));
    auto const raw = lab_repository.git({"cat-file", "tag", ref->target});
    CHECK(tag->message == raw.substr(raw.find("\n\n") + 2));
  }
  CHECK_FALSE(objects.ref(names[0].substr(0, names[0].size() - 1)));
  CHECK_FALSE(objects.ref("refs/tags/no-such-tag"));
  CHECK_FALSE(objects.ref("HEAD"));
  CHECK(objects.refs_with_prefix("refs/tags/", 1).size() == 1);
  CHECK(objects.refs_with_prefix("refs/tags/zzz-", 100).empty());
  CHECK(world.stand_in.violations() == std::vector<std::string>{});
}

TEST_CASE("a tag that is pushed later is seen, and waiting for it is cheap", "[github]") {  // tag-wait, G-30
  LoopbackWorld world(lab("two-charts"));
  RestObjects objects(world.api);
  auto const name = objects.refs_with_prefix("refs/tags/", 1).at(0);
  world.stand_in.github().hide_tag(name.substr(10));
  CHECK_FALSE(objects.ref(name));
  CHECK_FALSE(objects.ref(name));
  world.stand_in.github().show_tag(name.substr(10));
  auto const first = objects.ref(name);
  REQUIRE(first);
  CHECK(objects.ref(name) == first);
  CHECK(world.api.use().unchanged == 1);
}

TEST_CASE("ancestry is told by compare", "[github]") {  // G-20
  LabRepository const lab_repository("two-charts");
  LoopbackWorld world(lab("two-charts"));
  RestObjects objects(world.api);
  auto const head = lab_repository.id("refs/heads/main");
  auto const old = lab_repository.id("refs/heads/main~1");
  CHECK(objects.is_ancestor(old, head) == true);
  CHECK(objects.is_ancestor(head, old) == false);
  CHECK(objects.is_ancestor(head, head) == true);
  CHECK(objects.merge_base(head, old) == old);
  CHECK(objects.is_ancestor(std::string(40, '0'), head) == std::nullopt);  // an unknown commit
  CHECK(world.stand_in.count("api", "/compare/") == 3);
  CHECK(world.stand_in.violations() == std::vector<std::string>{});
}

TEST_CASE("what compare says is taken by its status", "[github]") {  // G-20
  struct Row {
    char const* status;
    std::optional<bool> ancestor;
  };
  auto const row =
      one_of<Row>({{"ahead", true}, {"identical", true}, {"behind", false}, {"diverged", false}, {"some-day", std::nullopt}});
  std::string const a(40, 'a'), b(40, 'b');
  ScriptedGithub github([&](net::Request const& request) {
    CHECK(request.url.target() == "/repos/acme/helm-charts/compare/" + a + "..." + b + "?per_page=1");
    return json_reply(R"({"status":")" + std::string(row.status) + R"(","merge_base_commit":{"sha":")" + a +
                      R"("},"files":[]})");
  });
  RestObjects objects(github.api);
  CHECK(objects.is_ancestor(a, b) == row.ancestor);
  CHECK(objects.merge_base(a, b) == a);
  CHECK(github.http.seen().size() == 1);
}

TEST_CASE("no common history is not ancestry", "[github]") {  // G-20
  std::string const a(40, 'a'), b(40, 'b');
  ScriptedGithub github([&](net::Request const& request) {
    if (request.url.path.find("/compare/") != std::string::npos) return json_reply("{}", 404);
    auto const id = request.url.path.substr(request.url.path.rfind('/') + 1);
    return json_reply(R"({"sha":")" + id + R"(","tree":{"sha":")" + a +
                      R"("},"parents":[],"committer":{"date":"2024-01-01T00:00:00Z"}})");
  });
  RestObjects objects(github.api);
  CHECK(objects.is_ancestor(a, b) == false);
}

TEST_CASE("a truncated tree is walked level by level with the same result", "[github]") {  // G-18
  LabRepository const lab_repository("two-charts");
  auto settings = lab("two-charts");
  settings.github.truncate_trees_above = 25;  // of 99, at most 20 in one directory
  LoopbackWorld cut(settings);
  LoopbackWorld whole(lab("two-charts"));
  RestObjects cut_objects(cut.api), whole_objects(whole.api);
  auto const root = lab_repository.id("refs/heads/main^{tree}");
  cut_objects.prefetch_trees(root);
  whole_objects.prefetch_trees(root);
  CHECK(cut.stand_in.count("api", "/git/trees/") > 2);
  CHECK(whole.stand_in.count("api", "/git/trees/") == 1);
  auto const trees = lab_repository.git({"ls-tree", "-r", "-d", "--format=%(objectname)", root});
  for (auto const id : lines(trees)) CHECK(cut_objects.tree(std::string(id)) == whole_objects.tree(std::string(id)));
  CHECK(cut_objects.tree(root) == whole_objects.tree(root));
  CHECK(cut.stand_in.violations() == std::vector<std::string>{});
}

TEST_CASE("a directory with more entries than GitHub lists is refused, not read in part", "[github]") {  // G-18
  git::MemoryObjects source;
  auto const root = source.add_files({{"a", "1"}, {"b", "2"}});
  auto const bytes = source.tree(root)->entries;
  bool cut = false;
  ScriptedGithub github([&](net::Request const&) {
    std::string entries;
    for (auto const& entry : bytes)
      entries += (entries.empty() ? "" : ",") +
                 (R"({"path":")" + entry.name + R"(","mode":"100644","type":"blob","sha":")" + entry.id + R"("})");
    return json_reply(R"({"sha":")" + root + R"(","tree":[)" + entries + R"(],"truncated":)" + (cut ? "true}" : "false}"));
  });
  RestObjects whole(github.api), part(github.api);
  CHECK(whole.tree(root) == source.tree(root));
  cut = true;
  CHECK(test::thrown_code([&] { (void)part.tree(root); }) == "tree-too-large");
}

TEST_CASE("too many files to fetch one by one end the run with an advice", "[github]") {  // A-56, G-26
  struct Row {
    std::size_t files;
    bool refused;
  };
  auto const row = one_of<Row>({{50, false}, {51, true}});
  git::MemoryObjects source;
  std::vector<git::ObjectId> ids;
  for (std::size_t i = 0; i < row.files; ++i) ids.push_back(source.add_blob("file " + std::to_string(i)));
  ScriptedGithub github([&](net::Request const& request) {
    if (request.url.path == "/rate_limit") return json_reply(R"({"resources":{"core":{"remaining":100}}})");
    if (request.url.path == "/graphql") return json_reply("{}", 404);
    return loopback::reply(200, source.blob(request.url.path.substr(request.url.path.rfind('/') + 1), SIZE_MAX).value_or(""),
                           {{"Content-Type", "application/vnd.github.raw"}});
  });
  RestObjects objects(github.api);
  if (!row.refused) {
    objects.prefetch_blobs(ids);
    objects.prefetch_blobs(ids);  // nothing is fetched twice
    CHECK(objects.use().blobs == row.files);
    CHECK(objects.blob(ids[7], 6) == "file 7");
    CHECK(github.http.seen().size() == row.files + 3);  // what is left is asked twice: by /rate_limit, as no answer told
    return;
  }
  try {
    objects.prefetch_blobs(ids);
    FAIL("fetched");
  } catch (Unreachable const& error) {
    CHECK(error.code() == "too-many-objects");
    CHECK(std::string(error.what()).find("checkout") != std::string::npos);
  }
  CHECK(github.asked().size() == 3);
  CHECK(std::ranges::none_of(github.asked(), [](auto const& each) { return each.find("/git/blobs/") != std::string::npos; }));
}

TEST_CASE("a blob above the reader's limit is refused", "[github]") {
  git::MemoryObjects source;
  auto const id = source.add_blob("0123456789");
  ScriptedGithub github([&](net::Request const&) { return loopback::reply(200, "0123456789"); });
  RestObjects objects(github.api);
  CHECK(objects.blob(id, 10) == "0123456789");
  try {
    static_cast<void>(objects.blob(id, 9));
    FAIL("accepted");
  } catch (BadEnvironment const& error) {
    CHECK(error.code() == "object-too-large");
  }
}

TEST_CASE("what is not there is nothing, what is not an id is not asked for", "[github]") {
  int const status = one_of({404, 409, 422});
  ScriptedGithub github([&](net::Request const&) { return json_reply("{}", status); });
  RestObjects objects(github.api);
  std::string const id(40, 'a');
  CHECK_FALSE(objects.commit(id));
  CHECK_FALSE(objects.tree(id));
  CHECK_FALSE(objects.blob(id, 1));
  CHECK_FALSE(objects.tag(id));
  CHECK_FALSE(objects.ref("refs/tags/x"));
  CHECK(objects.refs_with_prefix("refs/tags/x", 9).empty());
  auto const asked = github.http.seen().size();
  CHECK_FALSE(objects.commit("../../user"));
  CHECK_FALSE(objects.tree("main"));
  CHECK_FALSE(objects.blob("", 1));
  CHECK(github.http.seen().size() == asked);
  CHECK(github.problems().empty());
}

TEST_CASE("a source without access is an error, not an empty repository", "[github]") {
  ScriptedGithub github([](net::Request const&) { return json_reply(R"({"message":"Resource not accessible"})", 403); });
  RestObjects objects(github.api);
  CHECK_THROWS_AS(static_cast<void>(objects.tree(std::string(40, 'a'))), ApiError);
}

// One page of a listing of refs: `n` others, then those of `names`.
std::string refs_page(std::vector<std::string> const& names, std::size_t others = 0) {
  std::string text;
  auto const add = [&](std::string const& name) {
    text += (text.empty() ? "" : ",") +
            (R"({"ref":")" + name + R"(","object":{"type":"tag","sha":")" + std::string(40, 'a') + R"("}})");
  };
  for (std::size_t i = 0; i < others; ++i) add("refs/tags/other-" + std::to_string(i));
  for (auto const& name : names) add(name);
  return "[" + text + "]";
}

TEST_CASE("several refs are one listing of what their names begin with, one is one question", "[github]") {  // B-24
  ScriptedGithub github([&](net::Request const& request) {
    return request.url.path.find("/git/ref/") != std::string::npos
               ? json_reply("{}", 404)
               : json_reply(refs_page({"refs/tags/web-v1.0.0", "refs/tags/web-v1.0.0-rc"}));
  });
  RestObjects objects(github.api);
  CHECK(objects.refs({}).empty());
  CHECK(github.asked().empty());
  auto const found = objects.refs({"refs/tags/web-v2.0.0", "refs/tags/web-v1.0.0", "refs/tags/web-v1.0.0", "HEAD"});
  REQUIRE(found.size() == 4);
  CHECK_FALSE(found[0].ref);
  REQUIRE(found[1].ref);
  CHECK(found[1].ref->target == std::string(40, 'a'));
  CHECK(found[1].ref->type == git::ObjectType::tag);
  CHECK(found[2].ref == found[1].ref);
  CHECK_FALSE(found[3].ref);
  CHECK(github.asked() ==
        std::vector<std::string>{"GET https://api.github.com/repos/acme/helm-charts/git/matching-refs/tags/web-v"});
  CHECK_FALSE(objects.refs({"refs/tags/web-v2.0.0"})[0].ref);
  CHECK(github.asked().back() == "GET https://api.github.com/repos/acme/helm-charts/git/ref/tags/web-v2.0.0");
  CHECK(github.problems().empty());
}

TEST_CASE("refs that a long listing does not show are asked for one by one", "[github]") {  // B-24, G-31
  std::size_t const pages = one_of({3, 4});
  ScriptedGithub github([&](net::Request const& request) {
    if (request.url.path.find("/git/ref/") != std::string::npos)
      return json_reply(R"({"ref":"refs/tags/web-v1.0.0","object":{"type":"tag","sha":")" + std::string(40, 'a') + R"("}})",
                        request.url.path.ends_with("web-v1.0.0") ? 200 : 404);
    auto const url = request.url.text();
    auto const at = url.find("?page=");
    std::size_t const page = at == std::string::npos ? 1 : static_cast<std::size_t>(url.at(at + 6) - '0');
    net::Headers headers;
    if (page < pages)
      headers.add("Link", "<https://api.github.com/repos/acme/helm-charts/git/matching-refs/tags/?page=" +
                              std::to_string(page + 1) + ">; rel=\"next\"");
    return json_reply(refs_page(page == 1 ? std::vector<std::string>{"refs/tags/api-v1.0.0"} : std::vector<std::string>{}, 5),
                      200, headers);
  });
  RestObjects objects(github.api);
  auto const found = objects.refs({"refs/tags/web-v1.0.0", "refs/tags/api-v1.0.0", "refs/tags/db-v1.0.0"});
  CHECK(found[0].ref.has_value() == (pages == 4));  // three pages are the whole listing: then it is not there
  CHECK(found[1].ref.has_value());
  CHECK_FALSE(found[2].ref.has_value());
  CHECK(github.asked().size() == (pages == 4 ? 5 : 3));
  (void)objects.refs({"refs/tags/web-v1.0.0", "refs/tags/db-v1.0.0"});
  CHECK(github.asked().size() == (pages == 4 ? 7 : 6));  // the long listing is not tried again
}

TEST_CASE("a tag counts as the server has it, another ref as the checkout has it", "[github]") {  // B-24
  git::MemoryObjects local, remote;
  CombinedObjects objects(&local, remote);
  std::string const here(40, 'a'), there(40, 'b');
  for (auto const name : {"refs/tags/gone", "refs/tags/moved", "refs/heads/main"}) local.set_ref(name, here);
  local.set_ref("refs/tags/same", there);
  for (auto const name : {"refs/tags/same", "refs/tags/moved", "refs/tags/new", "refs/heads/main"}) remote.set_ref(name, there);
  CHECK_FALSE(objects.ref("refs/tags/gone"));
  CHECK(objects.ref("refs/tags/moved")->target == there);
  CHECK(objects.ref("refs/heads/main")->target == here);
  auto const found = objects.refs({"refs/tags/gone", "refs/tags/moved", "refs/tags/same", "refs/tags/new"});
  CHECK_FALSE(found[0].ref);
  CHECK(found[0].in_checkout == here);
  CHECK(found[1].ref->target == there);
  CHECK(found[1].in_checkout == here);
  CHECK(found[2].ref->target == there);
  CHECK_FALSE(found[2].in_checkout);
  CHECK(found[3].ref->target == there);
  CHECK_FALSE(found[3].in_checkout);
  CHECK(objects.refs_with_prefix("refs/tags/", 9) ==
        std::vector<std::string>{"refs/tags/moved", "refs/tags/new", "refs/tags/same"});
}

// A checkout, whole or with holes, over the same repository.
struct Sources {
  git::MemoryObjects local, remote;
  git::ObjectId root, chart, file, head, base;

  Sources() {
    for (auto* each : {&local, &remote}) {
      root = each->add_files({{"README.md", "r"}, {"charts/web/Chart.yaml", "name: web"}, {"charts/web/values.yaml", "{}"}});
      base = each->add_commit(root);
      head = each->add_commit(root, {base}, 1700000100);
      each->set_ref("refs/tags/web-v1.0.0", each->add_tag("web-v1.0.0", base, git::ObjectType::commit, "m"));
    }
    auto const charts = remote.tree(root)->entries.back().id;
    chart = remote.tree(charts)->entries.back().id;
    file = remote.tree(chart)->entries.front().id;
  }
};

TEST_CASE("a whole checkout is read without asking anyone", "[github]") {  // A-56
  Sources sources;
  CombinedObjects objects(&sources.local, sources.remote);
  auto const asked = sources.remote.reads().size();
  CHECK(objects.commit(sources.head));
  objects.prefetch_trees(sources.root);
  CHECK(objects.tree(sources.chart));
  CHECK(objects.blob(sources.file, 100) == "name: web");
  CHECK(objects.ref("refs/tags/web-v1.0.0"));
  CHECK(objects.is_ancestor(sources.base, sources.head) == true);
  CHECK(objects.merge_base(sources.base, sources.head) == sources.base);
  objects.prefetch_blobs({sources.file});
  CHECK(sources.remote.reads().size() == asked);
}

TEST_CASE("what a checkout lacks comes from the API, with the same result", "[github]") {  // A-18, A-56
  Sources sources;
  int const hole = one_of({0, 1, 2, 3, 4, 5});
  CAPTURE(hole);
  auto const forget = std::vector<git::ObjectId>{sources.root, sources.chart, sources.file, sources.head, sources.base};
  if (hole < 5) sources.local.forget(forget[static_cast<std::size_t>(hole)]);
  CombinedObjects objects(hole < 5 ? &sources.local : nullptr, sources.remote);
  objects.prefetch_trees(sources.root);
  objects.prefetch_blobs({sources.file});
  CHECK(objects.commit(sources.head) == sources.remote.commit(sources.head));
  CHECK(objects.tree(sources.root) == sources.remote.tree(sources.root));
  CHECK(objects.tree(sources.chart) == sources.remote.tree(sources.chart));
  CHECK(objects.blob(sources.file, 100) == "name: web");
  CHECK(objects.is_ancestor(sources.base, sources.head) == true);
  CHECK(objects.merge_base(sources.head, sources.base) == sources.base);
  CHECK(objects.refs_with_prefix("refs/tags/web-", 9) == std::vector<std::string>{"refs/tags/web-v1.0.0"});
  auto const ref = objects.ref("refs/tags/web-v1.0.0");
  REQUIRE(ref);
  CHECK(objects.tag(ref->target)->name == "web-v1.0.0");
}

}  // namespace
}  // namespace acr::github

#include "git/local_objects.hpp"

#include <unistd.h>
#include <algorithm>
#include <fstream>
#include <map>
#include <thread>

#include <vector>

#include "git/annotated_tag.hpp"
#include "git/git_cli.hpp"
#include "git/object_format.hpp"
#include "support/catch2.hpp"
#include "support/errors.hpp"
#include "support/no_more_files.hpp"
#include "support/thrown.hpp"

namespace local_objects_test {
namespace {

using namespace acr::git;
namespace fs = std::filesystem;
using acr::test::shell;
using acr::test::TemporaryDirectory;

Libgit2 const& library() {
  static Libgit2 const one;
  return one;
}

std::unique_ptr<LocalObjects> opened(fs::path const& workspace) {
  auto objects = LocalObjects::open(library(), workspace);
  if (!objects) throw std::runtime_error(objects.error().sentence());
  return std::move(*objects);
}

std::string refused(fs::path const& workspace) {
  auto const objects = LocalObjects::open(library(), workspace);
  REQUIRE(objects.has_error());
  CHECK(objects.error().code == "checkout-unavailable");
  return objects.error().why;
}

// Three commits on main, a side branch merged back, tags; everything loose.
constexpr char const* origin_script = R"(
git init -q -b main origin && cd origin
mkdir -p charts/web/templates && printf 'name: web\n' >charts/web/Chart.yaml && printf 'x' >charts/web/templates/a.yaml
ln -s a.yaml charts/web/templates/link && printf '#!/bin/sh\n' >run && chmod +x run
git add . && git commit -q -m one
git tag light && git tag -a web-v1.0.0 -m 'Release: web v1.0.0'
git checkout -q -b side && printf s >side && git add side && git commit -q -m side && git checkout -q main
printf 'two\n' >two && git add two && git commit -q -m two
git merge -q --no-ff -m merged side
git tag -a nested -m n web-v1.0.0
printf 'three\n' >three && git add three && git commit -q -m three
)";

// Built once, copied for each test.
struct Origin {
  Origin() {
    static TemporaryDirectory const original;
    if (!fs::exists(original.path() / "origin")) shell(original.path(), origin_script);
    shell(folder.path(), "cp -a '" + (original.path() / "origin").string() + "' origin");
  }
  [[nodiscard]] fs::path path() const { return folder.path() / "origin"; }
  [[nodiscard]] std::string id(std::string const& revision) const { return shell(path(), "git rev-parse '" + revision + "'"); }
  TemporaryDirectory folder;
};

TEST_CASE("commits, trees, files, links and tags of a full clone", "[git]") {
  Origin const origin;
  bool const packed = one_of({false, true});
  if (packed) shell(origin.path(), "git gc -q --aggressive && git multi-pack-index write && test ! -d .git/objects/pack/none");
  auto const objects = opened(origin.path());

  auto const commit = objects->commit(origin.id("main"));
  REQUIRE(commit);
  CHECK(commit->tree == origin.id("main^{tree}"));
  CHECK(commit->parents == std::vector{origin.id("main^")});
  CHECK(commit->committer_time == 1700000000);
  CHECK(objects->commit(origin.id("main^"))->parents == std::vector{origin.id("main^^1"), origin.id("main^^2")});

  auto const root = objects->tree(commit->tree).value();
  std::vector<std::string> listed;
  for (auto const& entry : root.entries) listed.push_back(entry.name);
  CHECK(listed == std::vector<std::string>{"charts", "run", "side", "three", "two"});
  CHECK(root.entries[0].mode == EntryMode::directory);
  CHECK(root.entries[1].mode == EntryMode::executable);
  auto const templates = objects->tree(origin.id("main:charts/web/templates")).value();
  CHECK(templates.entries[1].mode == EntryMode::symlink);
  CHECK(objects->blob(templates.entries[1].id, 100) == "a.yaml");
  CHECK(objects->blob(origin.id("main:charts/web/Chart.yaml"), 100) == "name: web\n");

  auto const tag = objects->tag(origin.id("refs/tags/web-v1.0.0"));
  REQUIRE(tag);
  CHECK(tag->name == "web-v1.0.0");
  CHECK(tag->target == origin.id("web-v1.0.0^{commit}"));
  CHECK(tag->message == "Release: web v1.0.0\n");
  CHECK(resolve_tag(*objects, "web-v1.0.0").value().commit.id == tag->target);
  CHECK(resolve_tag(*objects, "light").error().code == "tag-not-annotated");
  CHECK(resolve_tag(*objects, "nested").value().commit.id == tag->target);
  CHECK(resolve_tag(*objects, "web-v9").error().code == "tag-not-found");
}

TEST_CASE("an object of another kind, or none, is nothing", "[git]") {
  Origin const origin;
  auto const objects = opened(origin.path());
  CHECK_FALSE(objects->commit(origin.id("main^{tree}")));
  CHECK_FALSE(objects->tree(origin.id("main")));
  CHECK_FALSE(objects->blob(origin.id("main"), 1000));
  CHECK_FALSE(objects->tag(origin.id("light")));
  CHECK_FALSE(objects->commit(ObjectId(40, '0')));
  CHECK_FALSE(objects->commit(ObjectId(64, '0')));
  CHECK_FALSE(objects->commit("main"));
}

TEST_CASE("a file's size is known before it is read", "[git]") {
  Origin const origin;
  if (one_of({false, true})) shell(origin.path(), "git gc -q");
  auto const objects = opened(origin.path());
  auto const id = origin.id("main:charts/web/Chart.yaml");
  CHECK(objects->blob(id, 10) == "name: web\n");
  try {
    (void)objects->blob(id, 9);
    FAIL("a file over the limit was read");
  } catch (acr::BadEnvironment const& error) {
    CHECK(error.code() == "object-too-large");
  }
}

TEST_CASE("packs are opened anew now and then, and everything stays readable", "[git]") {
  Origin const origin;
  shell(
      origin.path(),
      "for n in 1 2 3 4; do head -c 1500000 /dev/urandom >big$n; done; git add . && git commit -q -m big && git repack -q -a -d; "
      "printf 'loose\n' >loose && git add loose && git commit -q -m loose");
  auto const objects = opened(origin.path());
  for (int round = 0; round < 2; ++round) {
    for (auto const* name : {"big1", "big2", "big3", "big4"})
      CHECK(objects->blob(origin.id(std::string("HEAD:") + name), 2'000'000).value().size() == 1'500'000);
    CHECK(objects->blob(origin.id("HEAD:loose"), 100) == "loose\n");
    CHECK(objects->commit(origin.id("HEAD~1")).has_value());
    CHECK(objects->with_prefix(origin.id("HEAD^{tree}").substr(0, 12)).value() == origin.id("HEAD^{tree}"));
  }
}

TEST_CASE("history of a full clone", "[git]") {
  Origin const origin;
  auto const objects = opened(origin.path());
  CHECK(objects->is_ancestor(origin.id("light"), origin.id("main")) == true);
  CHECK(objects->is_ancestor(origin.id("side"), origin.id("main")) == true);
  CHECK(objects->is_ancestor(origin.id("main"), origin.id("side")) == false);
  CHECK(objects->is_ancestor(origin.id("main"), origin.id("main")) == true);
  CHECK(objects->merge_base(origin.id("side"), origin.id("main^^1")) == shell(origin.path(), "git merge-base side main^^1"));
}

TEST_CASE("a shallow clone knows its commit's parents and no more", "[git]") {
  Origin const origin;
  TemporaryDirectory const folder;
  shell(folder.path(), "git clone -q --depth 1 --no-tags -b main 'file://" + origin.path().string() + "' clone");
  auto const objects = opened(folder.path() / "clone");
  auto const commit = objects->commit(origin.id("main"));
  REQUIRE(commit);
  CHECK(commit->parents == std::vector{origin.id("main^")});  // A-56: .git/shallow hides them from git, not from us
  CHECK_FALSE(objects->commit(origin.id("main^")));
  CHECK(objects->tree(commit->tree));
  CHECK(objects->is_ancestor(origin.id("main^"), origin.id("main")) == true);
  CHECK(objects->is_ancestor(origin.id("light"), origin.id("main")) == std::nullopt);
  CHECK(objects->merge_base(origin.id("light"), origin.id("main")) == std::nullopt);
  CHECK_FALSE(objects->ref("refs/tags/web-v1.0.0"));
}

TEST_CASE("a blobless clone has trees and no files (A-19)", "[git]") {
  Origin const origin;
  TemporaryDirectory const folder;
  shell(folder.path(), "git -C '" + origin.path().string() +
                           "' config uploadpack.allowFilter true; git clone -q --no-checkout --filter=blob:none 'file://" +
                           origin.path().string() + "' clone");
  auto const objects = opened(folder.path() / "clone");
  CHECK(objects->tree(origin.id("main:charts/web")));
  CHECK_FALSE(objects->blob(origin.id("main:charts/web/Chart.yaml"), 1000));  // not fetched: nothing here speaks to a network
  CHECK(objects->is_ancestor(origin.id("light"), origin.id("main")) == true);
}

TEST_CASE("a sparse checkout with worktree configuration reads like any other", "[git]") {
  Origin const origin;
  shell(origin.path(),
        "git config core.repositoryformatversion 1; git config extensions.worktreeConfig true; git sparse-checkout set charts");
  auto const objects = opened(origin.path());
  CHECK(objects->blob(origin.id("main:two"), 100) == "two\n");
}

TEST_CASE("hostile configuration is never looked at", "[git]") {
  Origin const origin;
  auto const id = origin.id("main:two"), main = origin.id("main");
  auto const canary = origin.folder.path() / "canary";
  shell(origin.path(), "mkfifo '" + canary.string() + "'");  // whoever opens it waits indefinitely
  std::ofstream(origin.path() / ".git/config")
      << "[core]\n\trepositoryformatversion = 99\n\tworktree = /\n\tfsmonitor = \"touch /tmp/x\"\n"
         "[include]\n\tpath = "
      << canary.string()
      << "\n[extensions]\n\tunknown = true\n\tobjectformat = sha256\n"
         "[filter \"x\"]\n\tsmudge = false\n[broken\n";
  std::ofstream(origin.path() / ".gitattributes") << "* filter=x text eol=crlf\n";
  std::ofstream(origin.path() / ".git/info/grafts") << main << "\n";
  auto const objects = opened(origin.path());
  CHECK(objects->blob(id, 100) == "two\n");
  CHECK(objects->ref("refs/heads/main").has_value());
}

TEST_CASE("replacements do not replace", "[git]") {
  Origin const origin;
  auto const main = origin.id("main");
  shell(origin.path(), "git replace main light");
  CHECK(opened(origin.path())->commit(main)->parents.size() == 1);
}

TEST_CASE("alternates are not followed", "[git]") {
  Origin const origin;
  TemporaryDirectory const folder;
  shell(folder.path(), "git clone -q --shared --no-checkout '" + origin.path().string() + "' clone");
  auto const objects = opened(folder.path() / "clone");
  CHECK_FALSE(objects->commit(origin.id("main")));
  CHECK(objects->ref("refs/heads/main")->type == std::nullopt);
}

TEST_CASE("a workspace of another user opens", "[git]") {
  if (geteuid() != 0) return;  // only root can give files away
  Origin const origin;
  shell(origin.path(), "chown -R 1001:1001 .");
  CHECK(opened(origin.path())->commit(shell(origin.path(), "git -c safe.directory='*' rev-parse main")));
}

TEST_CASE("what cannot be read locally is said, and nothing above the workspace is searched", "[git]") {
  Origin const origin;
  auto const inner = origin.path() / "charts";
  CHECK(refused(inner) == "no checkout in the workspace");
  CHECK(refused(origin.path() / "nowhere") == "no checkout in the workspace");

  shell(origin.path(), "git worktree add -q --detach ../worktree");
  CHECK(refused(origin.folder.path() / "worktree") == "the repository lies elsewhere: .git is not a directory");
  CHECK(refused(origin.path() / ".git/worktrees") == "no checkout in the workspace");

  fs::create_directory(origin.folder.path() / "linked");
  fs::create_directory_symlink(origin.path() / ".git", origin.folder.path() / "linked/.git");
  CHECK(refused(origin.folder.path() / "linked") == "the repository lies elsewhere: .git is not a directory");

  shell(
      origin.folder.path(),
      "mkdir -p empty/.git && git init -q --object-format=sha256 sha256 && cd sha256 && printf x >x && git add x && git commit -q -m x");
  CHECK(refused(origin.folder.path() / "empty") == "the repository has no objects directory");
  CHECK(refused(origin.folder.path() / "sha256") == "the repository has SHA-256 objects, which cannot be read locally");
  shell(origin.folder.path() / "sha256", "git gc -q");
  CHECK(refused(origin.folder.path() / "sha256") == "the repository has SHA-256 objects, which cannot be read locally");

  fs::create_directory(origin.path() / ".git/reftable");
  CHECK(refused(origin.path()) == "the repository keeps its refs in another format (reftable)");
  std::ofstream(origin.path() / ".git/commondir") << "..\n";
  CHECK(refused(origin.path()) == "the repository is a linked worktree, its objects lie elsewhere");
  std::string unopened;
  {
    acr::test::NoMoreFiles const none;
    unopened = refused(origin.path());
  }
  CHECK(unopened == "the repository cannot be opened: Too many open files");
}

TEST_CASE("loose and packed refs", "[git]") {
  Origin const origin;
  shell(
      origin.path(),
      "git pack-refs --all && git tag -a web-v1.1.0 -m later && git tag -f -a web-v1.0.0 -m moved main && git tag -a deep/er/web-v2 -m d");
  auto const objects = opened(origin.path());
  CHECK(objects->ref("refs/tags/web-v1.0.0")->target == origin.id("refs/tags/web-v1.0.0"));  // loose wins
  CHECK(objects->ref("refs/tags/web-v1.0.0")->type == ObjectType::tag);
  CHECK(objects->ref("refs/tags/light")->type == ObjectType::commit);
  CHECK(objects->refs_with_prefix("refs/tags/web-", 10) ==
        std::vector<std::string>{"refs/tags/web-v1.0.0", "refs/tags/web-v1.1.0"});
  CHECK(objects->refs_with_prefix("refs/tags/", 10).size() == 5);
  CHECK(objects->refs_with_prefix("refs/tags/", 2) == std::vector<std::string>{"refs/tags/deep/er/web-v2", "refs/tags/light"});
  CHECK(objects->refs_with_prefix("refs/none/", 10).empty());
  CHECK_FALSE(objects->ref("refs/tags/web-v1"));
  CHECK_FALSE(objects->ref("refs/tags/deep"));
}

TEST_CASE("the beginning of an id names the one object that begins so", "[git]") {
  Origin const origin;
  // Two files whose ids begin with the same four digits.
  std::map<std::string, std::string> by_prefix;
  std::string one, two;
  for (int i = 0; two.empty(); ++i) {
    auto const text = "text " + std::to_string(i) + "\n";
    auto const [found, fresh] = by_prefix.emplace(acr::git::object_id(ObjectType::blob, text).substr(0, 4), text);
    if (!fresh) one = found->second, two = text;
  }
  auto const id = acr::git::object_id(ObjectType::blob, one);
  auto const put = [&](std::string const& text) { shell(origin.path(), "printf '" + text + "' | git hash-object -w --stdin"); };
  put(one);
  CHECK(opened(origin.path())->with_prefix(id.substr(0, 4)).value() == id);
  put(two);
  auto const objects = opened(origin.path());
  auto const several = objects->with_prefix(id.substr(0, 4));
  REQUIRE(several.has_error());
  CHECK(several.error().code == "unknown-commit");
  CHECK(objects->with_prefix(id.substr(0, 30)).value() == id);
  CHECK_FALSE(objects->with_prefix(id.substr(0, 3)).value());
  CHECK_FALSE(objects->with_prefix(std::string(10, '0')).value());
}

TEST_CASE("names that are not refs reach no file", "[git]") {
  Origin const origin;
  auto const name = one_of<std::string>({"HEAD", "refs", "refs/", "refs/tags/../../config", "refs/heads//main", "/etc/passwd",
                                         "refs/tags/.lock", "refs/heads/main.lock", "refs/tags/a b", "refs/tags/\n", "config",
                                         "refs/tags/@{0}"});
  CAPTURE(name);
  auto const objects = opened(origin.path());
  CHECK_FALSE(objects->ref(name));
  CHECK(objects->refs_with_prefix("../" + name, 5).empty());
}

TEST_CASE("a ref that is a link, a pipe or symbolic is not followed", "[git]") {
  Origin const origin;
  auto const refs = origin.path() / ".git/refs";
  fs::create_symlink(refs / "heads/main", refs / "tags/link");
  fs::create_directory_symlink(refs / "heads", refs / "tags/dir");
  shell(origin.path(), "mkfifo .git/refs/tags/pipe && git symbolic-ref refs/tags/symbolic refs/heads/main");
  auto const objects = opened(origin.path());
  auto const name = one_of<std::string>({"refs/tags/link", "refs/tags/dir/main", "refs/tags/pipe", "refs/tags/symbolic"});
  CAPTURE(name);
  CHECK_FALSE(objects->ref(name));
}

TEST_CASE("a ref whose name is too long for a file is looked for among the packed ones", "[git]") {
  Origin const origin;
  auto const name = "refs/tags/" + std::string(300, 'a');
  CHECK_FALSE(opened(origin.path())->ref(name));
  std::ofstream(origin.path() / ".git/packed-refs") << origin.id("main") << ' ' << name << '\n';
  CHECK(opened(origin.path())->ref(name)->target == origin.id("main"));
}

TEST_CASE("damaged refs are told, not skipped", "[git]") {
  Origin const origin;
  std::ofstream(origin.path() / ".git/refs/tags/bad") << "not an id\n";
  std::ofstream(origin.path() / ".git/refs/tags/huge") << origin.id("main") << std::string(5000, '\n');
  std::ofstream(origin.path() / ".git/refs/tags/good") << origin.id("main") << std::string(100, '\n');
  CHECK(opened(origin.path())->ref("refs/tags/good"));
  {
    auto const objects = opened(origin.path());
    std::string unread;
    {
      acr::test::NoMoreFiles const none;
      unread = acr::test::thrown([&] { (void)objects->ref("refs/tags/good"); });
    }
    CHECK(unread == "object-corrupt: .git/refs/tags/good cannot be read: Too many open files");
  }
  CHECK(acr::test::thrown_code([&] { (void)opened(origin.path())->ref("refs/tags/bad"); }) == "object-corrupt");
  CHECK(acr::test::thrown_code([&] { (void)opened(origin.path())->ref("refs/tags/huge"); }) == "object-corrupt");
  std::ofstream(origin.path() / ".git/packed-refs") << "nonsense\n";
  CHECK(acr::test::thrown_code([&] { (void)opened(origin.path())->ref("refs/tags/none"); }) == "object-corrupt");
}

fs::path loose_file(Origin const& origin, std::string const& id) {
  return origin.path() / ".git/objects" / id.substr(0, 2) / id.substr(2);
}

TEST_CASE("an object whose bytes do not have its id is refused", "[git]") {
  Origin const origin;
  auto const id = origin.id("main:two"), other = origin.id("main:three"), head = origin.id("main"), parent = origin.id("main^");
  auto const replace = [&](std::string const& target, std::string const& source) {
    fs::permissions(loose_file(origin, target), fs::perms::owner_all);
    fs::copy_file(loose_file(origin, source), loose_file(origin, target), fs::copy_options::overwrite_existing);
  };
  replace(id, other);
  replace(head, parent);
  auto const objects = opened(origin.path());
  CHECK(acr::test::thrown_code([&] { (void)objects->blob(id, 1000); }) == "object-corrupt");
  CHECK(acr::test::thrown_code([&] { (void)objects->commit(head); }) == "object-corrupt");
  CHECK(objects->is_ancestor(parent, head) == std::nullopt);  // a commit that cannot be read answers nothing
}

TEST_CASE("damaged files of the database are refused", "[git]") {
  Origin const origin;
  auto const id = origin.id("main:two");
  auto const kind = one_of<std::string>({"empty", "text", "cut"});
  CAPTURE(kind);
  auto const file = loose_file(origin, id);
  auto const bytes = acr::read_file(file, 1000);
  fs::permissions(file, fs::perms::owner_all);
  std::ofstream(file, std::ios::trunc | std::ios::binary) << (kind == "empty"  ? ""
                                                              : kind == "text" ? "no zlib"
                                                                               : bytes.substr(0, bytes.size() / 2));
  CHECK(acr::test::thrown([&] {
          (void)opened(origin.path())->blob(id, 1000);
        }).starts_with("object-corrupt: object " + id + " cannot be read: "));
  CHECK(acr::test::thrown_code([&] { (void)opened(origin.path())->blob(id, 1000); }) == "object-corrupt");
}

TEST_CASE("objects that git would not have made are refused", "[git]") {
  Origin const origin;
  auto const put = [&](std::string const& type, std::string const& bytes) {
    acr::write_file(origin.folder.path() / "bytes", bytes);
    return shell(origin.path(), "git hash-object -w --literally -t " + type + " ../bytes");
  };
  auto const commit = put("commit", "no commit\n"), tree = put("tree", "no tree\n"), tag = put("tag", "no tag\n"),
             thing = put("thing", "x");
  auto const objects = opened(origin.path());
  auto const said = [&](auto const& read) { return acr::test::thrown([&] { (void)read(); }); };
  CHECK(said([&] { return objects->commit(commit); }).starts_with("object-corrupt: commit " + commit));
  CHECK(said([&] { return objects->tree(tree); }).starts_with("object-corrupt: tree " + tree));
  CHECK(said([&] { return objects->tag(tag); }).starts_with("object-corrupt: tag object " + tag));
  CHECK(said([&] { return objects->blob(thing, 100); }).starts_with("object-corrupt: object " + thing));
  CHECK(said([&] { return objects->blob(commit, 100); }) == "nothing");  // another kind is nothing
}

TEST_CASE("a damaged pack gives no wrong bytes", "[git]") {
  Origin const origin;
  auto const id = origin.id("main:two");
  shell(origin.path(), "git gc -q");
  fs::path pack;
  for (auto const& entry : fs::directory_iterator(origin.path() / ".git/objects/pack"))
    if (entry.path().extension() == ".pack") pack = entry.path();
  auto const bytes = acr::read_file(pack, 1 << 20);
  fs::permissions(pack, fs::perms::owner_all);
  for (std::size_t step = 0; step < 64; ++step) {
    auto damaged = bytes;
    for (std::size_t at = 12 + step; at < damaged.size() - 20; at += 64) damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    std::ofstream(pack, std::ios::trunc | std::ios::binary) << damaged;
    auto const objects = opened(origin.path());
    try {
      auto const blob = objects->blob(id, 1000);
      CHECK((!blob || *blob == "two\n"));
    } catch (acr::BadEnvironment const& error) {
      CHECK(error.code() == "object-corrupt");
      CHECK(std::string(error.what()).find(id) != std::string::npos);
    }
  }
}

TEST_CASE("many threads read at once", "[git]") {
  Origin const origin;
  shell(origin.path(), "for i in $(seq 200); do printf \"$i\" >many-$i; done; git add . && git commit -q -m many && git gc -q");
  auto const objects = opened(origin.path());
  auto const root = objects->tree(origin.id("main^{tree}")).value();
  std::vector<std::thread> threads;
  std::vector<std::size_t> good(4);
  for (std::size_t t = 0; t < good.size(); ++t)
    threads.emplace_back([&, t] {
      for (auto const& entry : root.entries)
        if (entry.name.starts_with("many-") && objects->blob(entry.id, 10) == entry.name.substr(5)) ++good[t];
    });
  for (auto& thread : threads) thread.join();
  CHECK(good == std::vector<std::size_t>(4, 200));
}

TEST_CASE("nothing is written", "[git]") {
  Origin const origin;
  auto const before = shell(origin.path(), "find .git | sort");
  auto const objects = opened(origin.path());
  (void)resolve_tag(*objects, "web-v1.0.0").has_value();
  (void)objects->refs_with_prefix("refs/", 100);
  CHECK_FALSE(objects->commit(ObjectId(40, '1')));
  CHECK(shell(origin.path(), "find .git | sort") == before);
}

}  // namespace
}  // namespace local_objects_test

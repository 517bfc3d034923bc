// Terminal commands over a real clone: what names a commit, and which commit's time a package gets (P-131).
#include "terminal/commands.hpp"

#include <sstream>

#include "git/git_cli.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/temporary_directory.hpp"
#include "support/thrown.hpp"
#include "terminal/last_commit_time.hpp"
#include "terminal/local_clone.hpp"

namespace git_commands_test {
namespace {

using namespace acr;
namespace fs = std::filesystem;

// A clone with charts/web 1.0.0, then 1.1.0, then a commit beside the chart; `command` runs as on a terminal.
struct Clone {
  test::TemporaryDirectory directory;
  std::ostringstream out, err;
  RunClock clock;
  acr::terminal::Terminal terminal{[](std::string const&) { return std::optional<std::string>(); }, out, err, clock};

  Clone() {
    test::shell(path(), R"(git init -q -b main .
mkdir -p charts/web
printf 'apiVersion: v2\nname: web\nversion: 1.0.0\n' >charts/web/Chart.yaml
git add . && git commit -qm one && git branch old
printf 'apiVersion: v2\nname: web\nversion: 1.1.0\n' >charts/web/Chart.yaml
export GIT_COMMITTER_DATE='1700000100 +0000'
git add . && git commit -qm two && git tag -m t v1
export GIT_COMMITTER_DATE='1700000200 +0000'
echo x >README.md && git add . && git commit -qm three)");
  }
  [[nodiscard]] fs::path path() const { return directory.path(); }

  ExitStatus run(std::vector<std::string> const& words) {
    out.str("");
    err.str("");
    return acr::terminal::run_command_line({words.begin(), words.end()}, terminal);
  }
  std::string refused_time() const {
    git::Libgit2 const library;
    auto const time = acr::terminal::last_commit_time(library, {.repository = path(), .chart_root = "charts/web"});
    return time ? std::to_string(*time)
                : std::string(time.error().code.text()) + " @ " + time.error().where + ": " + time.error().why;
  }
  std::string changed(std::string const& base, std::string const& head) {
    std::string const workspace = path().string();
    return test::thrown([&] { run({"changed", "--base", base, "--head", head, "--workspace", workspace}); });
  }
};

TEST_CASE("a commit is named by id, branch or tag", "[terminal]") {
  Clone clone;
  auto const old = test::shell(clone.path(), "git rev-parse old");
  for (auto const& base : {old, std::string("old"), std::string("refs/heads/old")}) {
    CHECK(clone.changed(base, "main") == "nothing");
    CHECK(clone.out.str() == "charts/web  1.0.0 -> 1.1.0\n");
  }
  CHECK(clone.changed("old", "v1") == "nothing");  // an annotated tag stands for its commit
  CHECK(clone.out.str() == "charts/web  1.0.0 -> 1.1.0\n");

  CHECK(clone.changed("", "main") == "usage: --base is missing; see --help");
  CHECK(clone.changed("none", "main") == "unknown-commit: --base none is not a commit, branch or tag of this clone");
  CHECK(clone.changed("old", "none") == "unknown-commit: --head none is not a commit, branch or tag of this clone");
  // A tag of a tree is not a commit.
  test::shell(clone.path(), "git tag -m t tree main^{tree}");
  CHECK(clone.changed("old", "tree").starts_with("unknown-commit: "));
  CHECK(clone.changed("old", std::string(40, '1')).starts_with("object-missing: "));
}

TEST_CASE("a commit is named by HEAD, by its ancestors and by the first digits of its id, as git does", "[terminal]") {
  Clone clone;
  test::shell(clone.path(), R"(git checkout -q -b side old && echo y >SIDE && git add . && git commit -qm side
git checkout -q main && git merge -q -m merge side)");
  git::Libgit2 const library;
  auto const objects = acr::terminal::open_clone(library, clone.path());
  auto const named = [&](std::string const& name) { return acr::terminal::commit_named(*objects, clone.path(), name, "ref"); };
  auto const git = [&](std::string const& name) { return test::shell(clone.path(), "git rev-parse '" + name + "^{commit}'"); };
  auto const whole = git("main");
  for (auto const& name :
       {std::string("HEAD"), std::string("@"), std::string("HEAD~"), std::string("main~3"), std::string("main^2"),
        std::string("main^2~1"), std::string("HEAD^"), std::string("HEAD^^"), std::string("v1~0"), std::string("v1^0"),
        std::string("refs/heads/side~1"), whole.substr(0, 4), whole.substr(0, 39), whole.substr(0, 12) + "~2", whole + "^2"}) {
    CAPTURE(name);
    CHECK(named(name) == git(name));
  }
  std::string upper = whole.substr(0, 10);
  for (char& c : upper)
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  CHECK(named(upper) == whole);
  auto const tag = test::shell(clone.path(), "git rev-parse v1");
  CHECK(named(tag.substr(0, 12)) == git("v1"));  // a tag object stands for its commit

  auto const refused = [&](std::string const& name) { return test::thrown([&] { named(name); }); };
  for (auto const* name : {"~1", "^", "none~1", "abc", "zzzzzz", "0000000"}) {
    CAPTURE(name);
    CHECK(refused(name) == "unknown-commit: --ref " + std::string(name) + " is not a commit, branch or tag of this clone");
  }
  for (auto const* name : {"main~99", "main^3", "old~1"}) {
    CAPTURE(name);
    CHECK(refused(name) == "unknown-commit: --ref " + std::string(name) + " has no such parent in this clone");
  }
  for (auto const* name : {"main^{tree}", "main~x", "main~1x", "main~100001", "main@{1}~"}) {
    CAPTURE(name);
    CHECK(refused(name).starts_with("unknown-commit: --ref " + std::string(name)));
  }
  CHECK(refused("main~60000~60000").starts_with("unknown-commit: "));
  auto const tree = test::shell(clone.path(), "git rev-parse main:charts");
  CHECK(refused(tree.substr(0, 12)).find("is not a commit") != std::string::npos);
  test::shell(clone.path(), "git symbolic-ref HEAD refs/heads/none");
  CHECK(refused("HEAD") == "unknown-commit: HEAD of this clone has no commit yet");
}

TEST_CASE("digits that several objects begin with name none of them", "[terminal]") {
  Clone clone;
  // A few hundred objects: some share their first four digits.
  test::shell(clone.path(), "i=0; while [ $i -lt 1500 ]; do echo $i >f$i; i=$((i+1)); done; git add . && git commit -qm many");
  auto const shared = test::shell(
      clone.path(), "git cat-file --batch-all-objects --batch-check='%(objectname)' | cut -c1-4 | sort | uniq -d | head -1");
  REQUIRE(shared.size() == 4);
  git::Libgit2 const library;
  auto const objects = acr::terminal::open_clone(library, clone.path());
  auto const said = test::thrown([&] { acr::terminal::commit_named(*objects, clone.path(), shared, "ref"); });
  CHECK(said == "unknown-commit: " + shared + ": several objects of the clone have an id that begins so; give more digits");
}

TEST_CASE("a linked work tree has its own HEAD and the objects of the main one (A-18)", "[terminal]") {
  Clone clone;
  test::shell(clone.path(), "git worktree add -q --detach linked old");
  auto const linked = clone.path() / "linked";
  auto const said = test::thrown([&] {
    clone.run({"changed", "--base", "HEAD", "--head", "main", "--workspace", linked.string()});
  });
  CHECK(said == "nothing");
  CHECK(clone.out.str() == "charts/web  1.0.0 -> 1.1.0\n");
  CHECK(clone.run({"source-digest", "charts/web", "--workspace", linked.string()}) == ExitStatus::done);
  auto const old = clone.out.str();
  CHECK(clone.run({"source-digest", "charts/web", "--workspace", clone.path().string(), "--ref", "old"}) == ExitStatus::done);
  CHECK(clone.out.str() == old);
  CHECK(clone.run({"package", (linked / "charts/web").string(), "-d", (clone.path() / "out").string(), "--commit-time"}) ==
        ExitStatus::done);

  // Not a work tree: said as before.
  fs::create_directories(clone.path() / "odd");
  for (auto const* text : {"gitdir: /nowhere", "nonsense", ""}) {
    write_file(clone.path() / "odd/.git", text);
    CHECK(test::thrown_code([&] {
            clone.run({"changed", "--base", "a", "--head", "b", "--workspace", (clone.path() / "odd").string()});
          }) == "checkout-unavailable");
  }
  auto const directories = acr::terminal::clone_directories(linked);
  CHECK(fs::canonical(directories.home) == fs::canonical(clone.path()));
  CHECK(fs::canonical(directories.head) == fs::canonical(clone.path() / ".git/worktrees/linked"));
  CHECK(acr::terminal::clone_directories(clone.path()).home == clone.path());
}

TEST_CASE("a charts directory that is missing, and a folder that is not a clone, end `changed`", "[terminal]") {
  Clone clone;
  std::string const workspace = clone.path().string();
  auto const says = [&](std::string const& place, std::string const& charts) {
    return test::thrown_code([&] {
      clone.run({"changed", "--base", "old", "--head", "main", "--workspace", place, "--charts-dir", charts});
    });
  };
  CHECK(says(workspace, "charts") == "nothing");
  CHECK(says(workspace, "helm") == "charts-dir-missing");
  CHECK(says(workspace, "charts/web") == "charts-dir-is-chart");
  test::TemporaryDirectory const empty;
  CHECK(says(empty.path().string(), "charts") == "checkout-unavailable");
}

TEST_CASE("option --commit-time is the time of the last commit that touched the chart (P-131)", "[terminal]") {
  Clone clone;
  auto const package = [&](std::vector<std::string> const& more) {
    std::vector<std::string> words{"package", (clone.path() / "charts/web").string(), "-d", (clone.path() / "out").string()};
    words.insert(words.end(), more.begin(), more.end());
    auto const status = clone.run(words);
    auto const at = clone.out.str().find("sha256:");
    return at == std::string::npos ? clone.err.str()
                                   : std::to_string(static_cast<int>(status)) + clone.out.str().substr(at, 71);
  };
  auto const by_commit = package({"--commit-time"});
  CHECK(by_commit.starts_with("0sha256:"));
  CHECK(clone.refused_time() == "1700000100");
  CHECK(by_commit == package({"--source-date-epoch", "1700000100"}));
  CHECK(by_commit != package({"--source-date-epoch", "1700000200"}));

  SECTION("a merge whose parent has the same chart is not a change of it") {
    test::shell(clone.path(), R"(export GIT_COMMITTER_DATE='1700000300 +0000'
git checkout -q -b side old && echo y >SIDE && git add . && git commit -qm side
git checkout -q main && git merge -q -m merge side)");
    CHECK(package({"--commit-time"}) == by_commit);
  }
  SECTION("a branch without a commit") {
    test::shell(clone.path(), "git symbolic-ref HEAD refs/heads/none");
    CHECK(clone.refused_time() == "commit-time @ charts/web: HEAD has no commit");
    CHECK(package({"--commit-time"}).find("HEAD has no commit") != std::string::npos);
  }
  SECTION("a commit that is not in the clone") {
    write_file(clone.path() / ".git/HEAD", std::string(40, '1') + "\n");
    CHECK(clone.refused_time() == "commit-time @ charts/web: the commit " + std::string(40, '1') + " is not in the clone");
  }
  SECTION("no clone") {
    fs::remove_all(clone.path() / ".git");
    CHECK(clone.refused_time().starts_with("checkout-unavailable @ "));
  }
  SECTION("a commit id in HEAD") {
    test::shell(clone.path(), "git checkout -q --detach main");
    CHECK(package({"--commit-time"}) == by_commit);
  }
  SECTION("a shallow clone that hides the commit") {
    test::shell(clone.path(), "git clone -q --depth 1 file://$PWD shallow");
    auto const said = clone.run(
        {"package", (clone.path() / "shallow/charts/web").string(), "-d", (clone.path() / "out").string(), "--commit-time"});
    CHECK(said == ExitStatus::refused);
    CHECK(clone.err.str().find("a shallow clone hides the last commit that touched the chart") != std::string::npos);
  }
}

}  // namespace
}  // namespace git_commands_test

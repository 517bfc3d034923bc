// Terminal commands over a real clone: what names a commit, and which commit's time a package gets (P-131).
#include "release/commands.hpp"

#include <sstream>

#include "git/git_cli.hpp"
#include "release/last_commit_time.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/temporary_directory.hpp"
#include "support/thrown.hpp"

namespace {

using namespace acr;
namespace fs = std::filesystem;

// A clone with charts/web 1.0.0, then 1.1.0, then a commit beside the chart; `command` runs as on a terminal.
struct Clone {
  test::TemporaryDirectory directory;
  std::ostringstream out, err;
  RunClock clock;
  release::Terminal terminal{[](std::string const&) { return std::optional<std::string>(); }, out, err, clock};

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
    return release::run_command_line({words.begin(), words.end()}, terminal);
  }
  std::string refused_time() const {
    git::Libgit2 const library;
    auto const time = release::last_commit_time(library, {.repository = path(), .chart_root = "charts/web"});
    return time ? std::to_string(*time) : time.error().code + " @ " + time.error().where + ": " + time.error().why;
  }
  std::string changed(std::string const& base, std::string const& head) {
    std::string const workspace = path().string();
    return test::thrown([&] { run({"changed", "--base", base, "--head", head, "--workspace", workspace}); });
  }
};

TEST_CASE("a commit is named by id, branch or tag, and nothing else", "[terminal]") {
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

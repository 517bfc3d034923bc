// Links, the walk and the names of a chart's files (P-12 … P-20, P-40, P-150 … P-155).

#include "chart/chart_files.hpp"

#include "chart/link_resolution.hpp"
#include "memory/tree.hpp"
#include "support/catch2.hpp"

namespace chart_files_test {
namespace {

using namespace acr;
using namespace acr::chart;

std::vector<std::string> paths(Verdict<ChartFiles> const& files) {
  std::vector<std::string> result;
  if (files.has_error()) FAIL_CHECK(files.error().sentence());
  if (files.has_value())
    for (auto const& file : files->files) result.push_back(file.path);
  return result;
}

using Strings = std::vector<std::string>;

TEST_CASE("links are resolved inside the repository only", "[chart]") {
  MemoryTree tree;
  tree.file("charts/web/Chart.yaml", "x")
      .file("common/_helpers.tpl", "h")
      .file(".git/config", "secret")
      .symlink("charts/web/file", "../../common/_helpers.tpl")
      .symlink("charts/web/dir", "../../common")
      .symlink("charts/web/chain", "dir/_helpers.tpl")
      .symlink("charts/web/absolute", "/etc/passwd")
      .symlink("charts/web/outside", "../../../etc/passwd")
      .symlink("charts/web/second", "outside")
      .symlink("charts/web/through", "dir/../../../x")
      .symlink("charts/web/git", "../../.git/config")
      .symlink("charts/web/gitdir", "../../.git")
      .symlink("charts/web/dangling", "nothing")
      .symlink("charts/web/below-file", "Chart.yaml/x")
      .symlink("charts/web/empty", "")
      .symlink("charts/web/loop", "loop")
      .symlink("charts/web/ping", "pong")
      .symlink("charts/web/pong", "ping");
  struct Row {
    char const* path;
    char const* leads_to;
    char const* code;
  };
  auto const row = one_of<Row>({
      {"charts/web/Chart.yaml", "charts/web/Chart.yaml", nullptr},
      {"charts/web/file", "common/_helpers.tpl", nullptr},
      {"charts/web/dir/_helpers.tpl", "common/_helpers.tpl", nullptr},
      {"charts/web/chain", "common/_helpers.tpl", nullptr},
      {"charts/./web/../web/Chart.yaml", "charts/web/Chart.yaml", nullptr},
      {"charts/web/absolute", nullptr, "link-absolute"},
      {"charts/web/outside", nullptr, "link-outside"},
      {"charts/web/second", nullptr, "link-outside"},   // P-151: via a second link
      {"charts/web/through", nullptr, "link-outside"},  // `..` counts from the link's target, as the kernel does
      {"charts/web/git", nullptr, "link-into-git"},
      {"charts/web/gitdir", nullptr, "link-into-git"},
      {"charts/web/dangling", nullptr, "link-dangling"},
      {"charts/web/below-file", nullptr, "link-dangling"},
      {"charts/web/empty", nullptr, "link-dangling"},
      {"charts/web/loop", nullptr, "link-loop"},
      {"charts/web/ping", nullptr, "link-loop"},
      {"../x", nullptr, "link-outside"},
  });
  CAPTURE(row.path);
  auto const resolved = resolve(tree, row.path);
  if (row.leads_to) {
    REQUIRE(resolved.has_value());
    CHECK(resolved->path == row.leads_to);
  } else {
    REQUIRE(resolved.has_error());
    CHECK(resolved.error().code == row.code);
    CHECK(resolved.error().rule_number == "P-16");
  }
}

TEST_CASE("a rejected link is named together with its target", "[chart]") {
  MemoryTree tree;
  tree.symlink("charts/web/templates/x.tpl", "../../../../etc/shadow");
  auto const files = chart_files(tree, "charts/web");
  REQUIRE(files.has_error());
  CHECK(files.error().where == "templates/x.tpl");
  CHECK(files.error().found_value == "link to ../../../../etc/shadow");
}

TEST_CASE("files come in walk order, which is not the order of their paths", "[chart]") {
  MemoryTree tree;
  tree.file("a.txt", "").file("a-b/x", "").file("a/z", "").file("Chart.yaml", "").directory("empty");
  CHECK(paths(chart_files(tree, "")) == Strings{"Chart.yaml", "a/z", "a-b/x", "a.txt"});
}

TEST_CASE("a linked file has the link's name and the target's place", "[chart]") {
  MemoryTree tree;
  tree.file("common/_helpers.tpl", "h", 5).file("charts/web/Chart.yaml", "").symlink("charts/web/templates", "../../common");
  auto const files = chart_files(tree, "charts/web");
  CHECK(paths(files) == Strings{"Chart.yaml", "templates/_helpers.tpl"});
  CHECK(files->files[1].source_path == "common/_helpers.tpl");
  CHECK(files->files[1].node.mtime == 5);
}

TEST_CASE("the chart directory itself may be a link", "[chart]") {
  MemoryTree tree;
  tree.file("real/Chart.yaml", "").symlink("charts/web", "../real");
  auto const files = chart_files(tree, "charts/web");
  CHECK(paths(files) == Strings{"Chart.yaml"});
  CHECK(files->root == "real");
}

TEST_CASE("ignored paths stay out, with their rule", "[chart]") {
  MemoryTree tree;
  tree.file(".helmignore", "# c\n*.md\n/docs/\n")
      .file("README.md", "")
      .file("docs/a", "")
      .file("templates/.swp", "")
      .file("x", "");
  auto const files = chart_files(tree, "");
  CHECK(paths(files) == Strings{".helmignore", "x"});
  REQUIRE(files->ignored.size() == 3);
  CHECK(files->ignored[0].path == "README.md");
  CHECK(files->ignored[0].rule == IgnoreRule{2, "*.md", false});
  CHECK(files->ignored[1].path == "docs");
  CHECK(files->ignored[1].kind == EntryKind::directory);
  CHECK(files->ignored[2].rule.line == 0);
}

TEST_CASE("an ignore rule excuses some faults and not others", "[chart]") {
  struct Row {
    char const* what;
    void (*make)(MemoryTree&);
    char const* code;          ///< without a rule
    char const* ignored_code;  ///< with the rule `bad`; null: accepted
  };
  auto const row = one_of<Row>({
      {"FIFO (P-17)", [](MemoryTree& t) { t.irregular("c/bad"); }, "irregular-file", nullptr},
      {"link to a FIFO (P-17)", [](MemoryTree& t) { t.irregular("p").symlink("c/bad", "../p"); }, "irregular-file", nullptr},
      {"submodule (P-20)", [](MemoryTree& t) { t.submodule("c/bad"); }, "submodule", nullptr},
      {"5 MiB and a byte (P-18)", [](MemoryTree& t) { t.file("c/bad", std::string(5242881, 'x')); }, "file-too-large", nullptr},
      {"link to its parent (P-16)", [](MemoryTree& t) { t.symlink("c/bad", "."); }, "link-ancestor", nullptr},
      {"link to the root (P-16)", [](MemoryTree& t) { t.symlink("c/bad", ".."); }, "link-ancestor", nullptr},
      {"control character (P-155)", [](MemoryTree& t) { t.file("c/bad", "").file("c/a\nb", ""); }, "bad-file-name",
       "bad-file-name"},
      {"dangling (P-16)", [](MemoryTree& t) { t.symlink("c/bad", "x"); }, "link-dangling", "link-dangling"},
      {"circular (P-16)", [](MemoryTree& t) { t.symlink("c/bad", "bad"); }, "link-loop", "link-loop"},
      {"outside (P-16)", [](MemoryTree& t) { t.symlink("c/bad", "../../x"); }, "link-outside", "link-outside"},
      {"absolute (P-16)", [](MemoryTree& t) { t.symlink("c/bad", "/dev/zero"); }, "link-absolute", "link-absolute"},
      {"into .git (P-16)", [](MemoryTree& t) { t.file(".git/HEAD", "").symlink("c/bad", "../.git/HEAD"); }, "link-into-git",
       "link-into-git"},
  });
  CAPTURE(row.what);
  MemoryTree tree;
  tree.file("c/Chart.yaml", "");
  row.make(tree);
  auto const plain = chart_files(tree, "c");
  REQUIRE(plain.has_error());
  CHECK(plain.error().code == row.code);
  tree.file("c/.helmignore", "bad\n");
  auto const ignoring = chart_files(tree, "c");
  if (row.ignored_code) {
    REQUIRE(ignoring.has_error());
    CHECK(ignoring.error().code == row.ignored_code);
  } else {
    CHECK(ignoring.has_value());
  }
}

TEST_CASE("what lies below an ignored directory is not looked at", "[chart]") {
  MemoryTree tree;
  tree.file(".helmignore", "skip/\n").symlink("skip/dangling", "nowhere").irregular("skip/fifo").file("Chart.yaml", "");
  CHECK(paths(chart_files(tree, "")) == Strings{".helmignore", "Chart.yaml"});
}

TEST_CASE("a file of exactly 5 MiB is accepted", "[chart]") {
  MemoryTree tree;
  tree.file("big", std::string(5242880, 'x'));
  CHECK(paths(chart_files(tree, "")) == Strings{"big"});
}

TEST_CASE("two links that lead into one another are refused, not followed indefinitely", "[chart]") {
  MemoryTree tree;
  tree.symlink("c/a/to-b", "../b").symlink("c/b/to-a", "../a").file("c/Chart.yaml", "");
  auto const files = chart_files(tree, "c");
  REQUIRE(files.has_error());
  CHECK(files.error().code == "link-ancestor");
}

TEST_CASE("links that double at every level are stopped by the limits", "[chart]") {
  MemoryTree tree;
  for (int i = 0; i < 30; ++i) {
    auto const level = "c/d" + std::to_string(i);
    auto const next = "../../d" + std::to_string(i + 1) + "/x";
    tree.directory(level + "/x");
    tree.symlink(level + "/x/l", next).symlink(level + "/x/r", next);
  }
  tree.file("c/d30/x/f", "");
  Limits limits;
  limits.directories = 1000;
  auto const files = chart_files(tree, "c", limits);
  REQUIRE(files.has_error());
  CHECK(files.error().code == "too-many-files");
}

TEST_CASE("too many files and too long paths are refused", "[chart]") {
  MemoryTree tree;
  tree.file("a", "").file("b", "").file("c", "");
  Limits limits;
  limits.files = 2;
  CHECK(chart_files(tree, "", limits).error().code == "too-many-files");
  limits.files = 3;
  CHECK(chart_files(tree, "", limits).has_value());
  tree.file(std::string(4097, 'p'), "");
  CHECK(chart_files(tree, "").error().code == "path-too-long");
}

TEST_CASE("a very deep directory does not exhaust the stack", "[chart]") {
  MemoryTree tree;
  std::string path;
  for (int i = 0; i < 1500; ++i) path += "d/";
  tree.file(path + "f", "");
  CHECK(paths(chart_files(tree, "")) == Strings{path + "f"});
}

TEST_CASE("an ignore file that cannot be read rejects the chart", "[chart]") {
  MemoryTree tree;
  tree.file("Chart.yaml", "").directory(".helmignore");
  CHECK(chart_files(tree, "").error().code == "ignore-unreadable");
  tree.remove(".helmignore").file(".helmignore", "**");
  CHECK(chart_files(tree, "").error().where == ".helmignore:1");
  // A link to the rules of another chart is followed.
  tree.remove(".helmignore").symlink(".helmignore", "rules").file("rules", "Chart.yaml\n");
  CHECK(paths(chart_files(tree, "")) == Strings{".helmignore", "rules"});
}

TEST_CASE("only the ignore file of the chart itself counts", "[chart]") {
  MemoryTree tree;
  tree.file("Chart.yaml", "").file("charts/sub/.helmignore", "*\n").file("charts/sub/Chart.yaml", "");
  CHECK(paths(chart_files(tree, "")) == Strings{"Chart.yaml", "charts/sub/.helmignore", "charts/sub/Chart.yaml"});
}

TEST_CASE("names that other tools read differently are refused", "[chart]") {
  struct Row {
    std::string path;
    bool accepted;
  };
  auto const row = one_of<Row>({
      {"templates/x.yaml", true},
      {"\xE6\x97\xA5\xE6\x9C\xAC.txt", true},
      {"a b", true},
      {"c:x", true},
      {"...", true},
      {"x\\Chart.yaml", false},
      {"a\nb", false},
      {"a\x1b[31m", false},
      {"a\x7f", false},
      {"a\xC2\x85", false},
      {"\xFF", false},
      {"\xED\xA0\x80", false},
      {"c:/x", false},
      {"/x", false},
      {"a/../b", false},
      {"a/./b", false},
      {"a//b", false},
      {"", false},
  });
  CAPTURE(row.path);
  CHECK(name_fault(row.path).empty() == row.accepted);
}

TEST_CASE("a Git LFS pointer is known by its first line and its size", "[chart]") {
  std::string const line = "version https://git-lfs.github.com/spec/v1";
  CHECK(is_lfs_pointer(line + "\noid sha256:0\nsize 1\n"));
  CHECK(is_lfs_pointer(line));
  CHECK_FALSE(is_lfs_pointer(line + "0\n"));
  CHECK_FALSE(is_lfs_pointer(" " + line + "\n"));
  CHECK_FALSE(is_lfs_pointer(line + "\n" + std::string(1024, 'x')));
}

TEST_CASE("a chart root that is not a directory is refused", "[chart]") {
  MemoryTree tree;
  tree.file("charts/web", "");
  CHECK(chart_files(tree, "charts/web").error().code == "no-chart-directory");
  CHECK(chart_files(tree, "charts/absent").error().code == "link-dangling");
}

}  // namespace
}  // namespace chart_files_test

#include "event/path_rules.hpp"

#include <map>

#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/temporary_directory.hpp"

namespace path_rules_test {
namespace {

using namespace acr::event;
namespace fs = std::filesystem;

ActionInputs inputs_in(fs::path const& workspace, std::map<std::string, std::string> values = {}) {
  auto reading = read_inputs(from_map(std::move(values)), workspace.string(), TokenRule::optional);
  for (auto const& mistake : reading.mistakes) FAIL(mistake.sentence());
  return reading.inputs;
}

TEST_CASE("paths by text alone", "[event]") {
  CHECK(workspace_relative("a/b", "/w").value() == "a/b");
  CHECK(workspace_relative("./a//./b/", "/w").value() == "a/b");
  CHECK(workspace_relative("/w/a", "/w").value() == "a");
  CHECK(workspace_relative("/w/a", "/w/").value() == "a");
  CHECK(workspace_relative("/w", "/w").value() == "");
  CHECK(workspace_relative("...", "/w").value() == "...");
  for (auto const* path : {"/", "/wx", "/w/../etc", "..", "a/..", "a\nb", "a\\b"}) {
    CAPTURE(path);
    CHECK(workspace_relative(path, "/w").has_error());
  }
  CHECK(workspace_relative("/a", "").has_error());
  // the message says what to do.
  CHECK(workspace_relative("/home/runner/work/x", "/w").error().fix_text == "pass a path relative to the workspace");
}

TEST_CASE("one path within another", "[event]") {
  CHECK(is_within("a", "a"));
  CHECK(is_within("a/b", "a"));
  CHECK(is_within("a", ""));
  CHECK_FALSE(is_within("ab", "a"));
  CHECK_FALSE(is_within("a", "a/b"));
}

TEST_CASE("a fresh workspace has nothing against the defaults", "[event]") {
  acr::test::TemporaryDirectory const workspace;
  CHECK(check_paths(inputs_in(workspace.path()), workspace.path()).empty());
}

TEST_CASE("links that lead out of the workspace are refused", "[event]") {
  acr::test::TemporaryDirectory const workspace, outside;
  fs::create_directory_symlink(outside.path(), workspace.path() / "out");
  fs::create_symlink("loop", workspace.path() / "loop");
  auto const row = one_of<std::tuple<std::string, std::string>>({{"output-dir", "out"},
                                                                 {"output-dir", "out/deeper"},
                                                                 {"manifest-path", "out/m.json"},
                                                                 {"trusted-root", "out/root.json"},
                                                                 {"attestation-ids-dir", "out"},
                                                                 {"output-dir", "loop/x"}});
  auto const& [input, path] = row;
  CAPTURE(input, path);
  auto const mistakes = check_paths(inputs_in(workspace.path(), {{input, path}}), workspace.path());
  REQUIRE(mistakes.size() == 1);
  CHECK(mistakes[0].where == "input " + input);
}

TEST_CASE("links inside the workspace may not lead into .git, charts or the workspace itself", "[event]") {
  acr::test::TemporaryDirectory const workspace;
  fs::create_directories(workspace.path() / ".git/x");
  fs::create_directories(workspace.path() / "charts");
  fs::create_directory_symlink(".git/x", workspace.path() / "to-git");
  fs::create_directory_symlink("charts", workspace.path() / "to-charts");
  fs::create_directory_symlink(".", workspace.path() / "to-self");
  for (auto const* path : {"to-git", "to-charts", "to-self"}) {
    CAPTURE(path);
    CHECK(check_paths(inputs_in(workspace.path(), {{"output-dir", path}}), workspace.path()).size() == 1);
  }
}

TEST_CASE("what stands in the way is named", "[event]") {
  acr::test::TemporaryDirectory const workspace;
  acr::write_file(workspace.path() / "file", "x");
  fs::create_directory(workspace.path() / "dir");
  CHECK(check_paths(inputs_in(workspace.path(), {{"output-dir", "file"}}), workspace.path()).size() == 1);
  CHECK(check_paths(inputs_in(workspace.path(), {{"manifest-path", "dir"}}), workspace.path()).size() == 1);
  CHECK(check_paths(inputs_in(workspace.path(), {{"output-dir", "dir"}, {"manifest-path", "file"}}), workspace.path()).empty());
}

TEST_CASE("files under version control are not overwritten, through links neither (A-6)", "[event]") {
  using acr::event::Tracked;
  acr::test::TemporaryDirectory const workspace;
  fs::create_directories(workspace.path() / "docs/pkgs");
  fs::create_directory_symlink("docs", workspace.path() / "link");
  struct Row {
    std::string output, manifest;
    std::map<std::string, Tracked> tree;
    std::vector<std::string> refused;  ///< inputs
  };
  auto const row = one_of<Row>({
      {"build/pkgs", "m.json", {}, {}},
      {"build/pkgs", "m.json", {{"build", Tracked::directory}}, {}},
      {"build/pkgs", "m.json", {{"build", Tracked::directory}, {"build/pkgs", Tracked::directory}}, {"input output-dir"}},
      {"build/pkgs", "m.json", {{"build", Tracked::other}}, {"input output-dir"}},
      {"a/b/c",
       "a/b/m.json",
       {{"a", Tracked::directory}, {"a/b", Tracked::other}},
       {"input output-dir", "input manifest-path"}},
      {"build/pkgs", "m.json", {{"m.json", Tracked::other}}, {"input manifest-path"}},
      {"build/pkgs", "m.json", {{"m.json", Tracked::directory}}, {"input manifest-path"}},
      // A link of the disk that the commit does not have, to what it has.
      {"link/pkgs", "m.json", {{"docs", Tracked::directory}, {"docs/pkgs", Tracked::directory}}, {"input output-dir"}},
      {"link/new", "m.json", {{"docs", Tracked::directory}}, {}},
      {"build", "link/m.json", {{"docs", Tracked::directory}, {"docs/m.json", Tracked::other}}, {"input manifest-path"}},
  });
  CAPTURE(row.output, row.manifest, row.tree.size());
  auto inputs = inputs_in("/w");
  inputs.output_dir = row.output;
  inputs.manifest_path = row.manifest;
  auto const mistakes = check_untracked(inputs, workspace.path(), [&](std::string const& path) {
    auto const found = row.tree.find(path);
    return found == row.tree.end() ? Tracked::nothing : found->second;
  });
  std::vector<std::string> refused;
  for (auto const& each : mistakes) {
    CHECK(each.code == "bad-input");
    refused.push_back(each.where);
  }
  CHECK(refused == row.refused);
}

TEST_CASE("a path through a link of the disk is seen, whichever part is one", "[event]") {
  acr::test::TemporaryDirectory const workspace;
  fs::create_directories(workspace.path() / "docs/pkgs");
  fs::create_directory_symlink("docs", workspace.path() / "link");
  fs::create_symlink("nowhere", workspace.path() / "m.json");
  auto inputs = inputs_in("/w");
  inputs.output_dir = "docs/pkgs";
  inputs.manifest_path = "docs/m.json";
  CHECK_FALSE(acr::event::lead_through_link(inputs, workspace.path()));
  inputs.output_dir = "link/pkgs";
  CHECK(acr::event::lead_through_link(inputs, workspace.path()));
  inputs.output_dir = "docs/pkgs";
  inputs.manifest_path = "m.json";
  CHECK(acr::event::lead_through_link(inputs, workspace.path()));
}

TEST_CASE("a bundle is found in workspace and temporary directory only", "[event]") {
  acr::test::TemporaryDirectory const workspace, temp, elsewhere;
  acr::write_file(temp.path() / "abc/attestation.json", "x");
  acr::write_file(workspace.path() / "in.json", "x");
  acr::write_file(elsewhere.path() / "out.json", "x");
  fs::create_symlink(elsewhere.path() / "out.json", workspace.path() / "link.json");
  auto const found = [&](std::string const& path) { return bundle_file(path, workspace.path(), temp.path()); };

  CHECK(found((temp.path() / "abc/attestation.json").string()).value() == fs::canonical(temp.path() / "abc/attestation.json"));
  CHECK(found("in.json").value() == fs::canonical(workspace.path() / "in.json"));
  // the second line of the input still has the host's path.
  CHECK(found("/home/runner/work/_temp/abc/attestation.json").value() == fs::canonical(temp.path() / "abc/attestation.json"));
  for (auto const& path :
       {(elsewhere.path() / "out.json").string(), std::string("link.json"), std::string("none.json"), std::string("."),
        std::string(), std::string("/home/_temp/../../etc/passwd"), std::string("/home/runner/_temp/none")}) {
    CAPTURE(path);
    auto const file = found(path);
    REQUIRE(file.has_error());
    CHECK(file.error().where == "input bundle-paths");
  }
}

std::string why(std::vector<acr::Rejection> const& mistakes) {
  return mistakes.size() == 1 ? mistakes[0].why : std::to_string(mistakes.size()) + " mistakes";
}

TEST_CASE("each refusal of a path on the disk has its own reason, and an honest path passes", "[event]") {
  acr::test::TemporaryDirectory const workspace, outside;
  auto const& root = workspace.path();
  fs::create_directories(root / ".git/x");
  fs::create_directories(root / "charts/web");
  fs::create_directories(root / "honest");
  acr::write_file(root / "file", "x");
  fs::create_directory_symlink(outside.path(), root / "out");
  fs::create_directory_symlink(".git/x", root / "to-git");
  fs::create_directory_symlink("charts/web", root / "to-charts");
  fs::create_directory_symlink(".", root / "to-self");
  fs::create_directory_symlink("honest", root / "to-honest");
  struct Row {
    char const *input, *path, *why;
  };
  auto const row = one_of<Row>({
      {"output-dir", "out/x", "the path leads out of the workspace once links are resolved"},
      {"manifest-path", "out/m.json", "the path leads out of the workspace once links are resolved"},
      {"trusted-root", "out/root.json", "the path leads out of the workspace once links are resolved"},
      {"attestation-ids-dir", "out/ids", "the path leads out of the workspace once links are resolved"},
      {"output-dir", "to-self", "the path is the workspace itself once links are resolved"},
      {"output-dir", "to-git", "the path lies in .git once links are resolved"},
      {"manifest-path", "to-git/m.json", "the path lies in .git once links are resolved"},
      {"output-dir", "to-charts/x", "the path lies in a charts directory once links are resolved"},
      {"manifest-path", "to-charts/m.json", "the path lies in a charts directory once links are resolved"},
      {"output-dir", "file", "something at this path is not a directory"},
      {"manifest-path", "honest", "something at this path is not a regular file"},
  });
  CAPTURE(row.input, row.path);
  auto const mistakes = check_paths(inputs_in(root, {{row.input, row.path}}), root);
  CHECK(why(mistakes) == row.why);
  REQUIRE_FALSE(mistakes.empty());
  CHECK(mistakes[0].code == "bad-input");
  CHECK(mistakes[0].where == std::string("input ") + row.input);
  CHECK(check_paths(inputs_in(root, {{row.input, "to-honest/new"}}), root).empty());
  CHECK(check_paths(inputs_in(root, {{"trusted-root", "to-git/config"}}), root).empty());  // reading there is no harm
}

TEST_CASE("a workspace that leads nowhere is a mistake of the environment", "[event]") {
  acr::test::TemporaryDirectory const folder;
  fs::create_symlink("loop", folder.path() / "loop");
  auto const mistakes = check_paths(inputs_in(folder.path()), folder.path() / "loop");
  REQUIRE(mistakes.size() == 1);
  CHECK(mistakes[0].code == "bad-environment");
  CHECK(mistakes[0].where == "GITHUB_WORKSPACE");
}

TEST_CASE("what the commit holds stands in the way of both outputs", "[event]") {
  auto const inputs = inputs_in("/w", {{"output-dir", "dist"}, {"manifest-path", "m.json"}});
  for (auto const& [tracked, input] : {std::pair("dist", "input output-dir"), std::pair("m.json", "input manifest-path")}) {
    auto const mistakes = check_untracked(inputs, "/w", [&, held = std::string(tracked)](std::string const& path) {
      return path == held ? Tracked::other : Tracked::nothing;
    });
    REQUIRE(mistakes.size() == 1);
    CHECK(mistakes[0].where == input);
    CHECK(mistakes[0].why == "the commit under release holds something at this path, which would be overwritten");
  }
}

TEST_CASE("each refusal of a bundle file has its own reason", "[event]") {
  acr::test::TemporaryDirectory const workspace, temp, elsewhere;
  acr::write_file(workspace.path() / "in.json", "x");
  acr::write_file(elsewhere.path() / "out.json", "x");
  fs::create_directory(workspace.path() / "folder");
  struct Row {
    std::string path, why;
  };
  auto const rows = std::vector<Row>{
      {"", "the path is empty, too long or holds a NUL byte"},
      {std::string(4097, 'a'), "the path is empty, too long or holds a NUL byte"},
      {std::string("in.json\0", 8), "the path is empty, too long or holds a NUL byte"},
      {"none.json", "the file does not exist"},
      {(elsewhere.path() / "out.json").string(), "the file is neither in the workspace nor in RUNNER_TEMP"},
      {"folder", "this is not a regular file"},
  };
  for (auto const& row : rows) {
    CAPTURE(row.path);
    auto const file = bundle_file(row.path, workspace.path(), temp.path());
    REQUIRE(file.has_error());
    CHECK(file.error().code == "bad-input");
    CHECK(file.error().why == row.why);
  }
  CHECK(bundle_file("/tmp/attest/attestation.json", workspace.path(), temp.path())
            .error()
            .fix_text.find("share RUNNER_TEMP between steps") != std::string::npos);
  CHECK(bundle_file("in.json", workspace.path(), temp.path()).has_value());
  CHECK(bundle_file("in.json", workspace.path(), "").has_value());  // no temporary directory is not an excuse
}

}  // namespace
}  // namespace path_rules_test

#include "event/path_rules.hpp"

#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/temporary_directory.hpp"

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
  CHECK(workspace_relative("/home/runner/work/x", "/w").error().mend_text == "pass a path relative to the workspace");
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
  auto const row = GENERATE(table<std::string, std::string>({{"output-dir", "out"}, {"output-dir", "out/deeper"}, {"manifest-path", "out/m.json"},
                                                             {"trusted-root", "out/root.json"}, {"attestation-ids-dir", "out"}, {"output-dir", "loop/x"}}));
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

TEST_CASE("files under version control are not overwritten", "[event]") {
  auto const inputs = inputs_in("/w");
  CHECK(check_untracked(inputs, [](std::string const&) { return false; }).empty());
  auto const mistakes = check_untracked(inputs, [](std::string const& path) { return path == "release-attestation-manifest.json"; });
  REQUIRE(mistakes.size() == 1);
  CHECK(mistakes[0].where == "input manifest-path");
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
  for (auto const& path : {(elsewhere.path() / "out.json").string(), std::string("link.json"), std::string("none.json"), std::string("."),
                           std::string(), std::string("/home/_temp/../../etc/passwd"), std::string("/home/runner/_temp/none")}) {
    CAPTURE(path);
    auto const file = found(path);
    REQUIRE(file.has_error());
    CHECK(file.error().where == "input bundle-paths");
  }
}

}  // namespace

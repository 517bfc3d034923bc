// Input that is small and means much work: the program ends, soon, says why, and stays small (B-25, B-26, G-31).
#include <filesystem>
#include <fstream>

#include "git/git_cli.hpp"
#include "scenario/release_world.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"

namespace {

using namespace acr::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace json = boost::json;

// tests/data has no room for it: nine tree objects that make 10^`levels` paths inside a chart that does not change. No checkout: the
// repository has nothing but objects and refs.
void write_deep_repository(fs::path const& workspace, int levels) {
  fs::create_directories(workspace / ".git");
  shell(workspace / ".git", R"sh(
git init -q --bare .
put() { printf "$1" | git hash-object -w --stdin; }
deep=$(printf '100644 blob %s\tf\n' "$(put x)" | git mktree)
for level in $(seq )sh" + std::to_string(levels) + R"sh(); do
  deep=$(for d in 0 1 2 3 4 5 6 7 8 9; do printf '040000 tree %s\td%s\n' "$deep" $d; done | git mktree)
done
old=$(printf '100644 blob %s\t.helmignore\n100644 blob %s\tChart.yaml\n040000 tree %s\tdeep\n' "$(put 'deep/\n')" "$(put 'apiVersion: v2\nname: old\nversion: 1.0.0\n')" "$deep" | git mktree)
state() {
  web=$(printf '100644 blob %s\tChart.yaml\n' "$(put "apiVersion: v2\nname: web\nversion: $1\n")" | git mktree)
  charts=$(printf '040000 tree %s\told\n040000 tree %s\tweb\n' "$old" "$web" | git mktree)
  printf '040000 tree %s\tcharts\n' "$charts" | git mktree
}
base=$(git commit-tree "$(state 1.0.0)" -m base)
git update-ref refs/heads/release "$base"
git update-ref refs/heads/main "$(git commit-tree "$(state 1.1.0)" -p "$base" -m head)"
)sh");
}

ProgramStart dry_run(fs::path const& workspace) {
  return {.program = ACR_PROGRAM,
          .environment = {{"PATH", "/usr/bin:/bin"}},
          .arguments = {"run", "--base", "release", "--head", "main", "--workspace", workspace.string()},
          .watch_memory = true};
}

constexpr std::size_t mebibyte = 1024;  // in KiB

TEST_CASE("nine objects that make a hundred million paths in a chart that does not change are visited once each (B-26)", "[scenario]") {
  TemporaryDirectory const folder;
  write_deep_repository(folder.path(), 8);
  auto const result = RunningProgram(dry_run(folder.path())).wait(30s);
  INFO(result.out + result.err);
  CHECK(result.status == 1);
  CHECK(result.out.find("tag-not-found") != std::string::npos);
  CHECK(result.peak_kib < 64 * mebibyte);
}

TEST_CASE("control: the same repository with a thousand paths is walked to its end", "[scenario]") {
  TemporaryDirectory const folder;
  write_deep_repository(folder.path(), 3);
  auto const result = RunningProgram(dry_run(folder.path())).wait();
  INFO(result.out + result.err);
  CHECK(result.status == 1);
  CHECK(result.out.find("too-much-work") == std::string::npos);
  CHECK(result.out.find("tag-not-found") != std::string::npos);  // there is no tag: it came that far
  CHECK(result.peak_kib < 64 * mebibyte);
}

// A copy of a lab scenario whose first subject has `further` attestations more, before all others.
void write_long_listing(fs::path const& scenario, fs::path const& copy, int further) {
  fs::copy(scenario, copy, fs::copy_options::recursive);
  auto held = acr::parse_json(text_of(scenario / "github.json"), "github.json").value().get_object();
  auto const& wanted = held.at("attestations").get_array();
  json::array all;
  for (int i = 0; i < further; ++i) {
    auto one = wanted.front().get_object();
    one["id"] = 1000 + i;
    all.emplace_back(std::move(one));
  }
  for (auto const& each : wanted) all.push_back(each);
  held["attestations"] = std::move(all);
  std::ofstream(copy / "github.json") << json::serialize(held);
}

TEST_CASE("a listing of more than twenty pages refuses the chart that has it, and no other (G-31)", "[scenario]") {
  int const further = GENERATE(2100, 20);
  CAPTURE(further);
  TemporaryDirectory const folder;
  write_long_listing(fs::path(ACR_TEST_DATA) / "lab" / "two-charts", folder.path() / "scenario", further);
  ReleaseWorld world(folder.path() / "scenario");
  auto const result = world.run({{"verify-policy", "flag"}});
  INFO(result.out);
  auto const outputs = world.outputs();
  CHECK(result.status == 0);
  if (further == 20) {
    CHECK(outputs.at("result") == "success");
    CHECK(outputs.at("chart-count") == "2");
    return;
  }
  CHECK(outputs.at("result") == "partial");
  CHECK(outputs.at("reason") == "listing-too-long");
  CHECK(outputs.at("chart-count") == "1");
  CHECK(result.out.find("listing-too-long") != std::string::npos);
}

TEST_CASE("a command that waits for nothing ends at once", "[scenario]") {
  auto const begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) CHECK(run_program(ACR_PROGRAM, {}, {"--version"}, "/").status == 0);
  // With a watch for signals that is waited for, twenty runs take half a second to a whole one longer.
  WARN("20 runs of --version: " << std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count() << " ms");
}

}  // namespace

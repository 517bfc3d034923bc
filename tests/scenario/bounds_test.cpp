// Input that is small and means much work: the program ends, soon, says why, and stays small (B-25, B-26, G-31).
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "git/git_cli.hpp"
#include "scenario/release_world.hpp"
#include "signing/scenario.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"
#include "support/places.hpp"

namespace bounds_test {
namespace {

using namespace acr::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace json = boost::json;

// tests/data has no room for it: nine tree objects that make 10^`levels` paths inside a chart that does not change. No
// checkout: the repository has nothing but objects and refs.
void write_deep_repository(fs::path const& workspace, int levels) {
  fs::create_directories(workspace / ".git");
  shell(workspace / ".git", R"sh(
git init -q --bare .
put() { printf "$1" | git hash-object -w --stdin; }
deep=$(printf '100644 blob %s\tf\n' "$(put x)" | git mktree)
for level in $(seq )sh" + std::to_string(levels) +
                                R"sh(); do
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
  return {.program = acr::test::built_program(),
          .environment = {{"PATH", "/usr/bin:/bin"}},
          .arguments = {"run", "--base", "release", "--head", "main", "--workspace", workspace.string()},
          .watch_memory = true};
}

constexpr std::size_t mebibyte = 1024;  // in KiB

TEST_CASE("nine objects that make a hundred million paths in a chart that does not change are visited once each (B-26)",
          "[scenario]") {
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

// `charts` new charts with tags, each of ninety mebibytes that do not compress; the repository has five of them, in one object.
void write_heavy_repository(fs::path const& workspace, int charts) {
  fs::create_directories(workspace / ".git");
  shell(workspace / ".git", "charts=" + std::to_string(charts) + R"sh(
git init -q --bare .
put() { printf "$1" | git hash-object -w --stdin; }
big=$(head -c 5242880 /dev/urandom | git hash-object -w --stdin)
files=$(for i in $(seq 10 27); do printf '100644 blob %s\tf%s\n' "$big" "$i"; done)
chart() { { printf '100644 blob %s\tChart.yaml\n' "$(put "apiVersion: v2\nname: $1\nversion: 1.0.0\n")"; printf '%s' "$2"; } | git mktree; }
state() {
  all=$({ for i in $(seq "$1"); do printf '040000 tree %s\tc%s\n' "$(chart "c$i" "$files")" "$i"; done; printf '040000 tree %s\told\n' "$(chart old "")"; } | git mktree)
  printf '040000 tree %s\tcharts\n' "$all" | git mktree
}
base=$(git commit-tree "$(state 0)" -m base)
git update-ref refs/heads/release "$base"
head=$(git commit-tree "$(state "$charts")" -p "$base" -m head)
git update-ref refs/heads/main "$head"
for i in $(seq "$charts"); do
  printf 'Release: c%s v1.0.0\n\nAttestation Lineage:\n- No attestation data available\n' "$i" | git tag -a "c$i-v1.0.0" -F - "$head"
done
)sh");
}

// Packaging all of it takes more than ten seconds of a processor; what is looked at is the processor's time, whatever else the
// machine does.
TEST_CASE("a signal ends packaging within two seconds (A-21, B-25)", "[scenario]") {
  int const signal = one_of({SIGINT, SIGTERM});
  CAPTURE(signal);
  TemporaryDirectory const folder, temporary;
  write_heavy_repository(folder.path(), 12);
  auto start = dry_run(folder.path());
  start.environment["TMPDIR"] = temporary.path().string();
  for (auto const* word : {"--missing-lineage", "ignore", "--max-parallel", "1"}) start.arguments.emplace_back(word);
  RunningProgram running(start);
  // A package is begun when there is a place for it.
  for (int waited = 0; waited < 600 && fs::is_empty(temporary.path()); ++waited) std::this_thread::sleep_for(50ms);
  std::this_thread::sleep_for(1s);
  running.signal(signal);
  auto const result = running.wait();
  INFO(result.out + result.err);
  CHECK(result.status == 128 + signal);
  CHECK(result.cpu < 6s);
  CHECK(fs::is_empty(temporary.path()));
}

// The shortest timeout there is: 30 seconds, in which this much cannot be packaged.
TEST_CASE("a timeout ends packaging within two seconds (A-21, B-25)", "[scenario]") {
  ReleaseWorld world(data_folder() / "lab" / "two-charts", Checkout::none);
  write_heavy_repository(world.workspace(), 150);
  auto const path = world.environment.at("GITHUB_EVENT_PATH");
  auto event = acr::parse_json(text_of(path), "event").value();
  auto& pull = event.as_object().at("pull_request").as_object();
  pull.at("base").as_object()["sha"] = shell(world.workspace(), "git --git-dir=.git rev-parse release");
  pull.at("head").as_object()["sha"] = shell(world.workspace(), "git --git-dir=.git rev-parse main");
  pull["merge_commit_sha"] = nullptr;
  acr::write_file(path, json::serialize(event));
  auto const running =
      world.start({{"timeout", "30"}, {"object-source", "local"}, {"missing-lineage", "ignore"}, {"max-parallel", "1"}});
  auto const result = running->wait();
  INFO(result.out + result.err);
  CHECK(result.status == 3);
  CHECK(world.outputs().at("reason") == "timeout");
  CHECK(result.cpu < 33s);
  for (auto const& name : world.packages()) CHECK_FALSE(name.ends_with(".tgz"));  // the report stays
  CHECK(fs::is_empty(world.temporary()));
}

TEST_CASE("the largest charts are packaged one after another (B-25)", "[scenario]") {
  TemporaryDirectory const folder, temporary;
  write_heavy_repository(folder.path(), 4);
  auto start = dry_run(folder.path());
  start.environment["TMPDIR"] = temporary.path().string();
  for (auto const* word : {"--missing-lineage", "ignore", "--max-parallel", "16"}) start.arguments.emplace_back(word);
  auto const result = RunningProgram(start).wait(180s);
  INFO(result.out + result.err);
  CHECK(result.status == 0);
  CHECK(result.out.find("4 of 4 charts") != std::string::npos);
  CHECK(result.peak_kib < 400 * mebibyte);
  WARN("four charts of 90 MiB: " << result.peak_kib / mebibyte << " MiB");
}

TEST_CASE("a hundred ordinary charts are released in 64 MiB (B-25)", "[scenario]") {
  TemporaryDirectory const folder;
  acr::signing::write_scenario(folder.path() / "scenario", {.charts = 100});
  ReleaseWorld world(folder.path() / "scenario");
  auto const result = world.start({}, true)->wait();
  INFO(result.out + result.err);
  CHECK(result.status == 0);
  CHECK(world.outputs().at("chart-count") == "100");
  CHECK(result.peak_kib < 64 * mebibyte);
  WARN("100 charts, 500 attestations: " << result.peak_kib / mebibyte << " MiB");
}

// Chart.yaml is read for several charts at once.
TEST_CASE("values without end in Chart.yaml are refused before they fill the memory (B-25)", "[scenario]") {
  TemporaryDirectory const folder;
  fs::create_directories(folder.path() / ".git");
  std::string many = "keywords: [a";
  for (int i = 0; i < 1'900'000; ++i) many += ",a";
  acr::write_file(folder.path() / ".git/many", many + "]\n");
  shell(folder.path() / ".git", R"sh(
git init -q --bare .
chart() { { printf 'apiVersion: v2\nname: %s\nversion: %s\n' "$1" "$2"; [ "$2" = 1.0.0 ] || cat many; } >text; printf '100644 blob %s\tChart.yaml\n' "$(git hash-object -w text)" | git mktree; }
state() {
  all=$(for i in 1 2 3 4 5 6; do printf '040000 tree %s\tc%s\n' "$(chart "c$i" "$1")" "$i"; done | git mktree)
  printf '040000 tree %s\tcharts\n' "$all" | git mktree
}
base=$(git commit-tree "$(state 1.0.0)" -m base)
git update-ref refs/heads/release "$base"
git update-ref refs/heads/main "$(git commit-tree "$(state 1.1.0)" -p "$base" -m head)"
)sh");
  auto start = dry_run(folder.path());
  for (auto const* word : {"--max-parallel", "16"}) start.arguments.emplace_back(word);
  auto const result = RunningProgram(start).wait(60s);
  INFO(result.out + result.err);
  CHECK(result.status == 1);
  CHECK(result.out.find("the YAML holds too many values") != std::string::npos);
  CHECK(result.peak_kib < 128 * mebibyte);
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
  int const further = one_of({2100, 20});
  CAPTURE(further);
  TemporaryDirectory const folder;
  write_long_listing(acr::test::data_folder() / "lab" / "two-charts", folder.path() / "scenario", further);
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
  for (int i = 0; i < 20; ++i) CHECK(run_program(acr::test::built_program(), {}, {"--version"}, "/").status == 0);
  // With a watch for signals that is waited for, twenty runs take half a second to a whole one longer.
  WARN("20 runs of --version: "
       << std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count() << " ms");
}

}  // namespace
}  // namespace bounds_test

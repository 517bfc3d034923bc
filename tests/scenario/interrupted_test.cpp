// Runs that do not get to their end: killed, cancelled, out of time (A-20, A-21; issue 6).
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <set>
#include <thread>

#include "scenario/release_files.hpp"
#include "scenario/release_world.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"

namespace interrupted_test {
namespace {

using namespace acr::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

std::string const output_dir = ".cr-release-packages";

// A name that AtomicFile gives to what is being written.
bool is_temporary(std::string const& name) { return name.starts_with(".") && name.ends_with(".tmp"); }

// What of a whole release's files is there with other bytes.
std::vector<std::string> half_written(ReleaseWorld const& world, std::map<std::string, std::string> const& whole) {
  std::vector<std::string> wrong;
  auto const check = [&](fs::path const& path, std::string const& name) {
    auto const found = whole.find(name);
    if (found == whole.end() || text_of(path) != found->second) wrong.push_back(name);
  };
  for (auto const& name : world.packages())
    if (!is_temporary(name)) check(world.file(output_dir + "/" + name), name);
  auto const manifest = world.file("release-attestation-manifest.json");
  if (fs::exists(manifest)) check(manifest, "manifest");
  return wrong;
}

void clear(ReleaseWorld const& world) {
  fs::remove_all(world.file(output_dir));
  fs::remove(world.file("release-attestation-manifest.json"));
}

// Waits until something was made or renamed `count` times in the workspace and its output directory, or until `at_most` has
// passed.
class Watch {
 public:
  explicit Watch(ReleaseWorld const& world) : queue_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    fs::create_directories(world.file(output_dir));
    for (auto const& folder : {world.workspace(), world.file(output_dir)})
      ::inotify_add_watch(queue_, folder.c_str(), IN_CREATE | IN_MOVED_TO | IN_MODIFY);
  }
  ~Watch() { ::close(queue_); }
  Watch(Watch const&) = delete;
  Watch& operator=(Watch const&) = delete;

  bool wait_for(std::size_t count, std::chrono::milliseconds at_most) {
    auto const until = std::chrono::steady_clock::now() + at_most;
    alignas(inotify_event) char buffer[4096];
    for (std::size_t seen = 0; seen < count;) {
      auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
      pollfd waiting{queue_, POLLIN, 0};
      if (left <= 0ms || ::poll(&waiting, 1, static_cast<int>(left.count())) <= 0) return false;
      auto const got = ::read(queue_, buffer, sizeof buffer);
      for (ssize_t at = 0; at < got;) {
        auto const* event = reinterpret_cast<inotify_event const*>(buffer + at);
        at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
        ++seen;
      }
    }
    return true;
  }

 private:
  int queue_;
};

TEST_CASE("killed at any moment, a run leaves no half-written file (A-21)", "[scenario]") {
  ReleaseWorld world(lab_folder() / "two-charts");
  auto const good = world.run();
  REQUIRE(good.status == 0);
  auto const whole = release_of(world);
  std::set<int> statuses;
  std::size_t met_publishing = 0;
  // First while files appear, at each of the first events; then spread over the run.
  for (int i = 0; i < 28; ++i) {
    CAPTURE(i);
    clear(world);
    Watch watch(world);
    auto const running = world.start();
    if (i < 18)
      watch.wait_for(static_cast<std::size_t>(1 + i), 20s);
    else
      std::this_thread::sleep_for(good.wall * (i - 17) / 11);
    running->signal(SIGKILL);
    auto const result = running->wait();
    statuses.insert(result.status);
    auto const there = world.packages();
    if (!there.empty() && result.status != 0) ++met_publishing;
    CHECK(half_written(world, whole) == std::vector<std::string>{});
    auto const outputs = text_of(world.environment.at("GITHUB_OUTPUT"));
    if (!outputs.empty()) CHECK(world.outputs().contains("result"));  // parses, to its end
  }
  CHECK(statuses.contains(128 + SIGKILL));
  CHECK(met_publishing > 0);

  // What a killed run left behind is not an obstacle to the next one.
  auto const again = world.run();
  INFO(again.out);
  CHECK(again.status == 0);
  CHECK(release_of(world) == whole);
}

TEST_CASE("what a killed run was writing is removed by the next one, other people's files are not (A-6)", "[scenario]") {
  ReleaseWorld world(lab_folder() / "two-charts");
  REQUIRE(world.run().status == 0);
  auto const whole = release_of(world);
  std::string const package = "alertmanager-1.42.0.tgz";
  REQUIRE(whole.contains(package));
  std::vector<fs::path> const left{world.file(output_dir + "/.checksums.txt.0123456789ab.tmp"),
                                   world.file(output_dir + "/." + package + ".0123456789ab.tmp"),
                                   world.file(".release-attestation-manifest.json.0123456789ab.tmp")};
  for (auto const& path : left) acr::write_file(path, "half");
  auto const again = world.run();
  INFO(again.out);
  CHECK(again.status == 0);
  CHECK(release_of(world) == whole);
  for (auto const& path : left) CHECK_FALSE(fs::exists(path));
  CHECK(again.out.find("output-not-empty") == std::string::npos);

  // Not of ours: another name, another form.
  for (auto const* name : {".notes.txt.0123456789ab.tmp", ".checksums.txt.0123456789AB.tmp", ".checksums.txt.tmp",
                           "checksums.txt.0123456789ab.tmp"}) {
    CAPTURE(name);
    acr::write_file(world.file(output_dir + "/" + std::string(name)), "theirs");
    auto const result = world.run();
    CHECK(result.out.find("output-not-empty") != std::string::npos);
    CHECK(text_of(world.file(output_dir + "/" + std::string(name))) == "theirs");
    fs::remove(world.file(output_dir + "/" + std::string(name)));
  }

  // No output directory does not mean that there is no manifest to be taken for this run's.
  fs::remove_all(world.file(output_dir));
  CHECK(world.run({{"signer-workflows", "acme/other/.github/workflows/x.yml@refs/heads/main"}}).status == 1);
  CHECK_FALSE(fs::exists(world.file("release-attestation-manifest.json")));
}

struct Moment {
  char const* name;
  std::map<std::string, std::string> inputs;
  std::function<void(acr::loopback::StandInSettings&)> adjust;
};

// What a run may be busy with when it is cancelled.
std::vector<Moment> moments() {
  auto const fault = [](char const* text) {
    return [text](acr::loopback::StandInSettings& settings) { settings.faults = {acr::loopback::planned_fault(text)}; };
  };
  return {{"waiting for an answer", {}, fault("stall_before x* at api POST")},
          {"downloading", {}, fault("stall_before x* at storage GET")},
          {"between two tries", {}, fault("status_503 x* at api POST")},
          {"waiting for the end of a limit", {}, fault("secondary_limit x* at api POST")}};
}

TEST_CASE("a cancelled run ends within five seconds and leaves nothing (A-21)", "[scenario]") {
  int const signal = one_of({SIGINT, SIGTERM});
  auto all = moments();
  all.push_back({"waiting for a tag", {{"tag-wait", "300"}}, {}});
  std::vector<std::string> complaints(all.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < all.size(); ++i)
      threads.emplace_back([&, i] {
        try {
          ReleaseWorld world(lab_folder() / (all[i].inputs.empty() ? "two-charts" : "tag-missing"), Checkout::full,
                             all[i].adjust);
          auto const running = world.start(all[i].inputs);
          for (int waited = 0; waited < 300 && world.github().count("api") == 0; ++waited) std::this_thread::sleep_for(50ms);
          std::this_thread::sleep_for(1s);
          auto const told = std::chrono::steady_clock::now();
          running->signal(signal);
          auto const result = running->wait();
          auto const took = std::chrono::steady_clock::now() - told;
          auto& complaint = complaints[i];
          if (result.status != 128 + signal) complaint += "status " + std::to_string(result.status) + "; ";
          if (took > 5s) complaint += "it took longer than five seconds; ";
          if (!world.packages().empty()) complaint += "there is " + world.packages().front() + "; ";
          if (fs::exists(world.file("release-attestation-manifest.json"))) complaint += "there is a manifest; ";
          if (!fs::is_empty(world.temporary())) complaint += "RUNNER_TEMP is not empty; ";
          if (!complaint.empty()) complaint += result.out + result.err;
        } catch (std::exception const& error) {
          complaints[i] = error.what();
        }
      });
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    CAPTURE(signal, all[i].name);
    CHECK(complaints[i].empty());
    if (!complaints[i].empty()) WARN(complaints[i]);
  }
}

TEST_CASE("out of time, a run says what was done and what was missing (A-20)", "[scenario]") {
  // One attestation's download never begins; everything else is there.
  ReleaseWorld world(lab_folder() / "two-charts", Checkout::full, [](acr::loopback::StandInSettings& settings) {
    settings.faults = {acr::loopback::planned_fault("stall_before x1 after 4 at storage GET")};
  });
  auto const result = world.run({{"timeout", "30"}});
  INFO(result.out);
  CHECK(result.status == 3);
  CHECK(result.wall >= 29s);
  CHECK(result.wall < 36s);
  auto const outputs = world.outputs();
  CHECK(outputs.at("result") == "failed");
  CHECK(outputs.at("reason") == "timeout");
  for (auto const& name : world.packages()) CHECK_FALSE(name.ends_with(".tgz"));

  // The report tells both: entries that were verified, and those that nobody got to.
  auto const report = acr::parse_json(text_of(world.file(outputs.at("verification-path"))), "report").value();
  std::map<std::string, int> verdicts;
  for (auto const& chart : *acr::array_in(report, "charts"))
    for (auto const& entry : *acr::array_in(chart, "attestations")) ++verdicts[acr::string_in(entry, "verdict").value()];
  INFO(text_of(world.file(outputs.at("verification-path"))));
  CHECK(verdicts["verified"] == 9);
  CHECK(verdicts["unresolved"] == 1);
  CHECK(result.out.find("timeout") != std::string::npos);
}

}  // namespace
}  // namespace interrupted_test

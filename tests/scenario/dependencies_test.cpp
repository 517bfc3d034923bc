// Releases whose charts need dependencies, through the built program: a chart repository and a registry on loopback
// (dependencies.md, section 10).

#include <algorithm>
#include <fstream>

#include "chart/archive_reader.hpp"
#include "dependencies/sample_charts.hpp"
#include "loopback/chart_hosts.hpp"
#include "loopback/closed_port.hpp"
#include "scenario/release_files.hpp"
#include "scenario/release_world.hpp"
#include "signing/scenario.hpp"
#include "support/catch2.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "support/json.hpp"
#include "support/places.hpp"

namespace dependencies_test {
namespace {

using namespace acr::dependencies::samples;
using acr::loopback::ChartRepository;
using acr::loopback::LoopbackServer;
using acr::loopback::OciRegistry;
using acr::signing::ChartExtras;
using acr::signing::ScenarioOptions;
using acr::test::Checkout;
using acr::test::release_of;
using acr::test::ReleaseWorld;
using acr::test::text_of;

boost::json::value json_of(std::filesystem::path const& path) { return acr::parse_json(text_of(path), path.string()).value(); }

// A repository under /stable and a registry, on one server.
struct Hosts {
  LoopbackServer server;
  explicit Hosts(acr::loopback::Handler handler = standard()) : server(std::move(handler)) {}

  static acr::loopback::Handler standard() {
    ChartRepository repository("/stable");
    repository.add("redis", "1.3.0", archive_of("redis", "1.3.0")).add("web", "2.0.0", archive_of("web", "2.0.0"));
    repository.add("common", "0.1.0", archive_of("common", "0.1.0"));
    OciRegistry registry;
    registry.push("team/cache", "3.0.0", archive_of("cache", "3.0.0"));
    return [repository = repository.site(), registry = registry.site](acr::loopback::Seen const& seen) {
      return seen.path().starts_with("/v2/") ? registry(seen) : repository(seen);
    };
  }
  [[nodiscard]] std::string stable() const { return server.base() + "/stable"; }
  [[nodiscard]] std::string team() const { return "oci://127.0.0.1:" + std::to_string(server.port()) + "/team"; }
  [[nodiscard]] std::size_t count(std::string const& path_end) const {
    auto const seen = server.seen();
    return static_cast<std::size_t>(
        std::ranges::count_if(seen, [&](auto const& one) { return one.path().ends_with(path_end); }));
  }
};

ChartExtras with_lock(std::vector<Entry> const& declared, std::vector<Entry> const& locked) {
  ChartExtras extras{.chart_yaml = list_text(declared), .files = {}};
  if (!locked.empty()) extras.files["Chart.lock"] = lock_text(declared, locked);
  return extras;
}

// A scenario folder for the time of one test.
struct Scenario {
  acr::test::TemporaryDirectory directory;
  explicit Scenario(ScenarioOptions options) {
    options.vendored_subchart = false;
    acr::signing::write_scenario(directory.path() / "scenario", options);
  }
  [[nodiscard]] std::filesystem::path path() const { return directory.path() / "scenario"; }
};

// gateway: https and oci; ledger: a local chart that itself needs something from the repository.
ScenarioOptions mixed(Hosts const& hosts, std::string const& redis_more = {}) {
  ScenarioOptions options;
  options.extras["gateway"] = with_lock({{"redis", "1.x", hosts.stable()}, {"cache", "3.0.0", hosts.team()}},
                                        {{"redis", "1.3.0", hosts.stable(), redis_more}, {"cache", "3.0.0", hosts.team()}});
  options.extras["ledger"] = with_lock({{"shared", ">=0", "file://../../shared"}, {"redis", ">=1", hosts.stable()}},
                                       {{"shared", "1.0.0", "file://../../shared"}, {"redis", "1.3.0", hosts.stable()}});
  options.more_files["shared/Chart.yaml"] = chart_yaml("shared", {{"common", "0.x.x", hosts.stable()}});
  options.more_files["shared/Chart.lock"] =
      lock_text({{"common", "0.x.x", hosts.stable()}}, {{"common", "0.1.0", hosts.stable()}});
  return options;
}

std::vector<std::string> entries_of(std::string const& package) {
  acr::chart::ArchiveBudget budget;
  std::vector<std::string> paths;
  for (auto const& file : acr::chart::read_archive(package, "package", budget).value()) paths.push_back(file.path);
  return paths;
}

bool holds(std::vector<std::string> const& paths, std::string const& path) {
  return std::ranges::find(paths, path) != paths.end();
}

TEST_CASE("a release brings what its locks name, once, and records it (D-1)", "[scenario][dependencies]") {
  Hosts const hosts;
  Scenario const scenario(mixed(hosts));
  ReleaseWorld world(scenario.path());
  auto const result = world.run();
  CAPTURE(result.out);
  REQUIRE(result.status == 0);
  CHECK(world.outputs().at("result") == "success");
  auto const gateway = entries_of(text_of(world.file(".cr-release-packages/gateway-1.1.0.tgz")));
  CHECK(holds(gateway, "charts/redis/templates/a.yaml"));
  CHECK(holds(gateway, "charts/cache/templates/a.yaml"));
  auto const ledger = entries_of(text_of(world.file(".cr-release-packages/ledger-1.1.0.tgz")));
  CHECK(holds(ledger, "charts/shared/charts/common/templates/a.yaml"));
  CHECK(holds(ledger, "charts/shared/Chart.lock"));
  CHECK(hosts.count("/stable/index.yaml") == 1);  // four orders of three charts
  CHECK(hosts.count("redis-1.3.0.tgz") == 1);
  CHECK(hosts.count("/manifests/3.0.0") == 1);

  auto const manifest = json_of(world.file("release-attestation-manifest.json"));
  auto const* recorded = acr::array_in(manifest, "dependencies");
  REQUIRE(recorded != nullptr);
  std::vector<std::string> rows;
  for (auto const& each : *recorded)
    rows.push_back(*acr::string_in(each, "chart") + " " + *acr::string_in(each, "name") + " " +
                   *acr::string_in(each, "version"));
  CHECK(rows ==
        std::vector<std::string>{"gateway cache 3.0.0", "gateway redis 1.3.0", "ledger common 0.1.0", "ledger redis 1.3.0"});
  CHECK(acr::string_in((*recorded)[1], "repository") == hosts.stable());
  CHECK(acr::string_in((*recorded)[1], "sha256") == acr::sha256_text(archive_of("redis", "1.3.0")));
  CHECK(acr::string_in((*recorded)[0], "url") == hosts.team() + "/cache:3.0.0");
  CHECK(acr::string_in((*recorded)[0], "oci-manifest")->starts_with("sha256:"));

  auto const report = text_of(world.file(".cr-release-packages/tag-verification.json"));
  CHECK(report.find("digest: " + acr::sha256_text(archive_of("redis", "1.3.0"))) != std::string::npos);  // to paste (D-29)
  CHECK(report.find("\"dependency_hosts\"") != std::string::npos);
  CHECK(report.find("unpinned") != std::string::npos);
  CHECK(text_of(world.file(".cr-release-packages/verification-summary.json")).find("dependencyLevels") != std::string::npos);
  CHECK(world.summary().find("redis") != std::string::npos);
  CHECK(result.out.find("digest: sha256:") != std::string::npos);
}

TEST_CASE("a second run and any max-parallel give the same bytes", "[scenario][dependencies]") {
  Hosts const hosts;
  Scenario const scenario(mixed(hosts));
  ReleaseWorld world(scenario.path());
  REQUIRE(world.run().status == 0);
  auto const first = release_of(world);
  for (auto const* const workers : {"1", "3", "16"}) {
    CAPTURE(workers);
    REQUIRE(world.run({{"max-parallel", workers}}).status == 0);
    CHECK(release_of(world) == first);
  }
  ReleaseWorld elsewhere(scenario.path(), Checkout::none);  // objects from the API
  REQUIRE(elsewhere.run().status == 0);
  CHECK(release_of(elsewhere) == first);
}

TEST_CASE("off refuses what is missing and asks nobody (D-1)", "[scenario][dependencies]") {
  Hosts const hosts;
  Scenario const scenario(mixed(hosts));
  ReleaseWorld world(scenario.path());
  CHECK(world.run({{"dependencies", "off"}}).status == 1);
  CHECK(world.outputs().at("reason") == "dep-missing");
  CHECK(hosts.server.request_count() == 0);
}

TEST_CASE("twenty charts that share a dependency are one fetch", "[scenario][dependencies]") {
  Hosts const hosts;
  ScenarioOptions options;
  options.charts = 20;
  options.attestations = 1;
  for (int i = 1; i <= 20; ++i)
    options.extras["service-0" + std::string(i < 10 ? "0" : "") + std::to_string(i)] =
        with_lock({{"redis", "1.x", hosts.stable()}}, {{"redis", "1.3.0", hosts.stable()}});
  Scenario const scenario(options);
  ReleaseWorld world(scenario.path());
  auto const result = world.run();
  CAPTURE(result.out);
  REQUIRE(result.status == 0);
  CHECK(world.outputs().at("chart-count") == "20");
  CHECK(hosts.server.request_count() == 2);
}

TEST_CASE("pins are demanded before anything is fetched, and recorded when they hold (D-29)", "[scenario][dependencies]") {
  Hosts const hosts;
  ScenarioOptions options;
  options.charts = 1;
  auto const pin = "digest: " + acr::sha256_text(archive_of("redis", "1.3.0"));
  for (bool const pinned : {false, true}) {
    options.extras["service-001"] =
        with_lock({{"redis", "1.x", hosts.stable()}}, {{"redis", "1.3.0", hosts.stable(), pinned ? pin : ""}});
    Scenario const scenario(options);
    ReleaseWorld world(scenario.path());
    CHECK(world.run({{"dependency-pins", "require"}}).status == (pinned ? 0 : 1));
    if (!pinned) {
      CHECK(world.outputs().at("reason") == "dep-pin-missing");
      CHECK(hosts.server.request_count() == 0);
      continue;
    }
    auto const manifest = json_of(world.file("release-attestation-manifest.json"));
    CHECK((*acr::array_in(manifest, "dependencies"))[0].at("pinned").as_bool());
  }
  // Other bytes than were pinned.
  options.extras["service-001"] = with_lock({{"redis", "1.x", hosts.stable()}},
                                            {{"redis", "1.3.0", hosts.stable(), "digest: sha256:" + std::string(64, '0')}});
  Scenario const scenario(options);
  ReleaseWorld world(scenario.path());
  CHECK(world.run().status == 1);
  CHECK(world.outputs().at("reason") == "dep-digest-mismatch");
}

TEST_CASE("under block an offline refusal stops fetching for all, under flag only for its chart (D-6)",
          "[scenario][dependencies]") {
  Hosts const hosts;
  ScenarioOptions options;
  options.extras["gateway"] = with_lock({{"redis", "1.x", hosts.stable()}}, {{"redis", "1.3.0", hosts.stable()}});
  options.extras["ledger"] = with_lock({{"redis", "1.x", hosts.stable()}}, {});
  Scenario const scenario(options);
  ReleaseWorld world(scenario.path());
  CHECK(world.run().status == 1);
  CHECK(world.outputs().at("reason") == "dep-lock-missing");
  CHECK(hosts.server.request_count() == 0);
  auto const report = text_of(world.file(".cr-release-packages/tag-verification.json"));
  CHECK(report.find("held-back") != std::string::npos);
  CHECK(world.run({{"verify-policy", "flag"}}).status == 0);
  CHECK(world.outputs().at("result") == "partial");
  CHECK(world.outputs().at("chart") == "gateway");
}

TEST_CASE("a host out of reach is exit 3 under any policy, unless a chart is refused for good under block (D-6)",
          "[scenario][dependencies]") {
  acr::loopback::ClosedPort const closed;
  auto const gone = closed.base() + "/stable";
  ScenarioOptions options;
  options.extras["gateway"] = with_lock({{"redis", "1.x", gone}}, {{"redis", "1.3.0", gone}});
  Scenario const scenario(options);
  ReleaseWorld world(scenario.path());
  for (auto const* const policy : {"block", "flag"}) {
    CAPTURE(policy);
    auto const result = world.run({{"verify-policy", policy}});
    CAPTURE(result.out);
    CHECK(result.status == 3);
    CHECK(world.outputs().at("reason") == "dep-unreachable");
    CHECK(world.outputs().at("chart-count") == "0");
  }
  Hosts const hosts;
  options.extras["ledger"] = with_lock({{"none", "1.0.0", hosts.stable()}}, {});
  Scenario const both(options);
  ReleaseWorld second(both.path());
  CHECK(second.run().status == 1);
  CHECK(second.run({{"verify-policy", "flag"}}).status == 3);
}

TEST_CASE("a password reaches its own host and nothing else", "[scenario][dependencies]") {
  std::string const password = "correct-horse-battery";
  Hosts const hosts(acr::loopback::with_basic("bot:" + password, Hosts::standard()));
  Hosts const other;
  ScenarioOptions options;
  options.extras["gateway"] = with_lock({{"redis", "1.x", hosts.stable()}, {"web", "2.x", other.stable()}},
                                        {{"redis", "1.3.0", hosts.stable()}, {"web", "2.0.0", other.stable()}});
  Scenario const scenario(options);
  ReleaseWorld world(scenario.path());
  auto const refused = world.run();
  CHECK(refused.status == 1);
  CHECK(world.outputs().at("reason") == "dep-auth");

  auto const host = "127.0.0.1:" + std::to_string(hosts.server.port());
  auto const result = world.run({{"registry-credentials", host + "/stable=bot:" + password}});
  CAPTURE(result.out);
  REQUIRE(result.status == 0);
  auto const seen = other.server.seen();
  CHECK(std::ranges::none_of(seen, [](auto const& one) { return one.has("authorization"); }));
  auto const basic = acr::base64("bot:" + password);
  std::string everything = result.err + text_of(world.environment.at("GITHUB_OUTPUT")) + world.summary();
  for (auto const& [name, bytes] : release_of(world)) everything += bytes;
  std::istringstream log(result.out);
  for (std::string line; std::getline(log, line);)
    if (!line.starts_with("::add-mask::")) everything += line + "\n";
  CHECK(everything.find(password) == std::string::npos);
  CHECK(everything.find(basic) == std::string::npos);
  for (auto const& secret : {password, basic}) CHECK(result.out.find("::add-mask::" + secret + "\n") != std::string::npos);

  // What cannot be masked is not a usable password.
  CHECK(world.run({{"registry-credentials", host + "=bot:short"}}).status == 2);
}

TEST_CASE("a package with fetched dependencies is made again from its tag", "[scenario][dependencies]") {
  Hosts const hosts;
  Scenario const scenario(mixed(hosts));
  ReleaseWorld world(scenario.path());
  REQUIRE(world.run().status == 0);
  for (auto const* const name : {"gateway", "ledger"}) {
    auto const package = world.file(".cr-release-packages/" + std::string(name) + "-1.1.0.tgz").string();
    auto const verify = [&](std::vector<std::string> const& more) {
      std::vector<std::string> arguments{"reproduce", package, std::string(name) + "-v1.1.0", "--no-attestations"};
      arguments.insert(arguments.end(), more.begin(), more.end());
      return acr::test::run_program(acr::test::built_program(), {{"GITHUB_API_URL", world.environment.at("GITHUB_API_URL")}},
                                    arguments, world.workspace());
    };
    auto const same = verify({});
    CAPTURE(same.out, same.err);
    CHECK(same.status == 0);
    CHECK(verify({"--dependencies", "off"}).status == 1);
    CHECK(verify({"--dependency-hosts", "charts.example.org"}).status == 1);
  }
}

}  // namespace
}  // namespace dependencies_test

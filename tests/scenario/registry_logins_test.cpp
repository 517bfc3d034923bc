// Logins of `docker login` and `helm registry login`, used by the built program on a terminal (dependencies.md D-36, D-38).
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "dependencies/sample_charts.hpp"
#include "loopback/chart_hosts.hpp"
#include "scenario/release_world.hpp"
#include "signing/scenario.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/encoding.hpp"
#include "support/places.hpp"

namespace registry_logins_test {
namespace {

using namespace acr::dependencies::samples;
using namespace acr::test;
namespace fs = std::filesystem;

std::string const login = "robot:correct-horse-battery";

bool holds(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

// A registry that wants `login`, a release whose charts need something from it, and a home without logins.
struct PrivateRegistry {
  acr::loopback::LoopbackServer server{handler()};
  std::string const host = "127.0.0.1:" + std::to_string(server.port());
  TemporaryDirectory directory;
  std::unique_ptr<ReleaseWorld> world;

  PrivateRegistry() {
    auto const team = "oci://" + host + "/team";
    acr::signing::ScenarioOptions options;
    options.vendored_subchart = false;
    options.extras["gateway"] = {.chart_yaml = list_text({{"cache", "3.0.0", team}}),
                                 .files = {{"Chart.lock", lock_text({{"cache", "3.0.0", team}}, {{"cache", "3.0.0", team}})}}};
    acr::signing::write_scenario(directory.path() / "scenario", options);
    world = std::make_unique<ReleaseWorld>(directory.path() / "scenario");
  }
  static acr::loopback::Handler handler() {
    acr::loopback::OciRegistry registry;
    registry.push("team/cache", "3.0.0", archive_of("cache", "3.0.0"));
    return acr::loopback::with_basic(login, registry.site);
  }
  [[nodiscard]] fs::path home() const { return directory.path() / "home"; }
  /// As `docker login` writes ".docker/config.json", `helm registry login` ".config/helm/registry/config.json".
  void log_in(std::string const& file, std::string const& as) const {
    fs::create_directories((home() / file).parent_path());
    acr::write_file(home() / file, R"({"auths":{")" + host + R"(":{"auth":")" + acr::base64(as) + R"("}}})");
  }
  [[nodiscard]] ProgramResult on_terminal(std::vector<std::string> const& words) const {
    auto const result = run_program(built_program(),
                                    {{"PATH", world->environment.at("PATH")},
                                     {"GITHUB_API_URL", world->environment.at("GITHUB_API_URL")},
                                     {"HOME", home().string()}},
                                    words, world->workspace());
    for (auto const& secret : {login.substr(login.find(':') + 1), acr::base64(login)})
      CHECK_FALSE(holds(result.out + result.err, secret));
    return result;
  }
};

// Where the login is kept, whose it is, and whether the registry lets it in.
struct Row {
  char const* file;
  std::string as;
  bool good;
};
std::vector<Row> const rows = {
    {".docker/config.json", login, true},
    {".config/helm/registry/config.json", login, true},
    {".docker/config.json", "robot:of-another-registry", false},
    {".config/helm/registry/config.json", "robot:of-another-registry", false},
};

TEST_CASE("run takes the logins of docker and helm on a terminal, and refuses the chart with a wrong one or none (D-36)",
          "[scenario]") {
  PrivateRegistry const registry;
  std::vector<std::string> const words{"run", "--base", "release", "--head", "main"};
  auto const without = registry.on_terminal(words);
  INFO(without.out + without.err);
  CHECK(without.status == 1);
  CHECK(holds(without.out, "the registry wants a password"));

  for (auto const& row : rows) {
    CAPTURE(row.file, row.as);
    fs::remove_all(registry.home());
    registry.log_in(row.file, row.as);
    auto const result = registry.on_terminal(words);
    CAPTURE(result.out, result.err);
    CHECK(result.status == (row.good ? 0 : 1));
    CHECK(holds(result.out, row.good ? "would release, if all attestations verify: 2 of 2 charts" : "would refuse: dep-auth"));
  }
}

TEST_CASE("reproduce takes the logins of docker and helm on a terminal (D-36)", "[scenario]") {
  PrivateRegistry const registry;
  auto const released = registry.world->run({{"registry-credentials", registry.host + "=" + login}});
  INFO(released.out);
  REQUIRE(released.status == 0);
  auto const package = registry.world->file(".cr-release-packages/gateway-1.1.0.tgz").string();
  std::vector<std::string> const words{"reproduce", package, "gateway-v1.1.0", "--no-attestations"};
  auto const without = registry.on_terminal(words);
  CHECK(without.status == 1);
  CHECK(holds(without.err, "the registry wants a password"));

  for (auto const& row : rows) {
    CAPTURE(row.file, row.as);
    fs::remove_all(registry.home());
    registry.log_in(row.file, row.as);
    auto const result = registry.on_terminal(words);
    CAPTURE(result.out, result.err);
    CHECK(result.status == (row.good ? 0 : 1));
    CHECK(holds(result.out, "the package equals the one built from gateway-v1.1.0") == row.good);
  }

  SECTION("inside Actions none of these files is read") {
    registry.log_in(".docker/config.json", login);
    auto const result = run_program(built_program(),
                                    {{"PATH", registry.world->environment.at("PATH")},
                                     {"GITHUB_API_URL", registry.world->environment.at("GITHUB_API_URL")},
                                     {"GITHUB_ACTIONS", "true"},
                                     {"HOME", registry.home().string()}},
                                    words, registry.world->workspace());
    CAPTURE(result.out, result.err);
    CHECK(result.status == 1);
  }
}

}  // namespace
}  // namespace registry_logins_test

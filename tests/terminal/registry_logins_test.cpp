// Logins of `docker login` and `helm registry login` in commands on a terminal, and the programs that keep them.
#include "terminal/registry_logins.hpp"

#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <memory>
#include <thread>

#include "dependencies/sample_charts.hpp"
#include "loopback/chart_hosts.hpp"
#include "loopback/server.hpp"
#include "support/catch2.hpp"
#include "support/encoding.hpp"
#include "terminal/child_process.hpp"
#include "terminal/console.hpp"

namespace registry_logins_test {
namespace {

using namespace acr;
using test::Console;
namespace fs = std::filesystem;
namespace samples = dependencies::samples;

bool has(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

std::string auths(std::string const& host, std::string const& login) {
  return R"({"auths":{")" + host + R"(":{"auth":")" + base64(login) + R"("}}})";
}

// A registry that gives the chart redis to robot:s3cretpass, and a chart that needs it.
struct LoggedIn : Console {
  loopback::OciRegistry charts;
  std::unique_ptr<loopback::LoopbackServer> registry;
  std::string host;

  LoggedIn() {
    std::signal(SIGPIPE, SIG_IGN);  // as release::block_signals() does for the program
    charts.push("charts/redis", "1.0.0", samples::archive_of("redis"));
    registry = std::make_unique<loopback::LoopbackServer>(loopback::with_basic("robot:s3cretpass", charts.site));
    host = "127.0.0.1:" + std::to_string(registry->port());
    variables["GITHUB_API_URL"] = "http://127.0.0.1:1";  // hosts of this machine may be asked
    variables["HOME"] = path("home");
    variables["PATH"] = path("bin");
    std::vector<samples::Entry> const redis{{"redis", "1.0.0", "oci://" + host + "/charts"}};
    write("web/Chart.yaml", samples::chart_yaml("web", redis));
    write("web/Chart.lock", samples::lock_text(redis, redis));
  }
  void docker(std::string const& text) const { write("home/.docker/config.json", text); }
  void helm(std::string const& text) const { write("home/.config/helm/registry/config.json", text); }
  void helper(std::string const& name, std::string const& script) const {
    write("bin/docker-credential-" + name, "#!/bin/sh\n" + script);
    REQUIRE(::chmod(path("bin/docker-credential-" + name).c_str(), 0755) == 0);
  }
  ExitStatus package(std::vector<std::string> const& more = {}) {
    std::vector<std::string> words{"package", path("web"), "-d", path("out")};
    words.insert(words.end(), more.begin(), more.end());
    auto const status = run(words);
    CHECK_FALSE(has(said + out.str(), "s3cretpass"));
    CHECK_FALSE(has(said + out.str(), base64("robot:s3cretpass")));
    return status;
  }
};

TEST_CASE("a private chart comes with the login of each tool's file, and with none is refused", "[terminal]") {
  LoggedIn console;
  bool good = true;
  auto const login = auths(console.host, "robot:s3cretpass");
  SECTION("no file") { good = false; }
  SECTION("docker login") { console.docker(login); }
  SECTION("helm registry login") { console.helm(login); }
  SECTION("helm's comes first") { console.docker(auths(console.host, "robot:another-one")), console.helm(login); }
  SECTION("DOCKER_CONFIG") { console.write("d/config.json", login), console.variables["DOCKER_CONFIG"] = console.path("d"); }
  SECTION("DOCKER_CONFIG instead of home") {
    console.docker(login), console.variables["DOCKER_CONFIG"] = console.path("d"), good = false;
  }
  SECTION("HELM_REGISTRY_CONFIG") {
    console.write("h.json", login), console.variables["HELM_REGISTRY_CONFIG"] = console.path("h.json");
  }
  SECTION("HELM_CONFIG_HOME") {
    console.write("h/registry/config.json", login), console.variables["HELM_CONFIG_HOME"] = console.path("h");
  }
  SECTION("XDG_CONFIG_HOME") {
    console.write("x/helm/registry/config.json", login), console.variables["XDG_CONFIG_HOME"] = console.path("x");
  }
  SECTION("a home that is not absolute") { console.docker(login), console.variables["HOME"] = "home", good = false; }
  SECTION("another registry's") { console.docker(auths("ghcr.io", "robot:s3cretpass")), good = false; }
  SECTION("another port's") { console.docker(auths("127.0.0.1:1", "robot:s3cretpass")), good = false; }
  SECTION("inside Actions") { console.docker(login), console.variables["GITHUB_ACTIONS"] = "true", good = false; }
  CHECK(console.package() == (good ? ExitStatus::done : ExitStatus::refused));
  CHECK((good || has(console.said, "the registry wants a password")));
}

TEST_CASE("pin, oci-digest --check and the option beside them use logins too", "[terminal]") {
  LoggedIn console;
  SECTION("pin") {
    fs::create_directories(console.path(".git"));
    CHECK(console.run({"pin", console.path("web")}) == ExitStatus::refused);
    console.docker(auths(console.host, "robot:s3cretpass"));
    CHECK(console.run({"pin", console.path("web")}) == ExitStatus::done);
  }
  SECTION("oci-digest --check") {
    console.write("redis.tgz", samples::archive_of("redis"));
    std::vector<std::string> const words{
        "oci-digest", console.path("redis.tgz"), "--oci-repository", console.host + "/other", "--check", "free"};
    CHECK(console.run(words) == ExitStatus::refused);
    console.docker(auths(console.host, "robot:s3cretpass"));
    CHECK(console.run(words) == ExitStatus::done);
    CHECK(has(console.out.str(), "  free\n"));
  }
  SECTION("--registry-credentials wins") {
    console.docker(auths(console.host, "robot:s3cretpass"));
    CHECK(console.package({"--registry-credentials", console.host + "=robot:another-one"}) == ExitStatus::refused);
    console.docker(auths(console.host, "robot:another-one"));
    CHECK(console.package({"--registry-credentials", console.host + "=robot:s3cretpass"}) == ExitStatus::done);
  }
}

TEST_CASE("a file that cannot be read is named, and keeps no public chart away", "[terminal]") {
  LoggedIn console;
  std::string why;
  SECTION("not JSON") { console.docker("robot:s3cretpass"), why = "bad"; }
  SECTION("too large") { console.docker(std::string((std::size_t{1} << 20) + 1, ' ')), why = "large"; }
  SECTION("a directory") { fs::create_directories(console.path("home/.docker/config.json")), why = "directory"; }
  CAPTURE(why);
  CHECK(console.package() == ExitStatus::refused);
  CHECK(has(console.said, "warning: registry logins are not used: " + console.path("home/.docker/config.json")));
  // The other file holds all the same.
  console.helm(auths(console.host, "robot:s3cretpass"));
  CHECK(console.package() == ExitStatus::done);
  // A registry that wants no password: nothing is read.
  loopback::LoopbackServer const open(console.charts.site);
  std::vector<samples::Entry> const redis{{"redis", "1.0.0", "oci://127.0.0.1:" + std::to_string(open.port()) + "/charts"}};
  console.write("web/Chart.yaml", samples::chart_yaml("web", redis));
  console.write("web/Chart.lock", samples::lock_text(redis, redis));
  CHECK(console.package() == ExitStatus::done);
  CHECK_FALSE(has(console.said, "registry logins"));
}

TEST_CASE("a login that is meant for the registry and cannot be used is refused", "[terminal]") {
  LoggedIn console;
  console.docker(R"({"auths":{")" + console.host + R"(":{"auth":"%"}}})");
  CHECK(console.package() == ExitStatus::refused);
  CHECK(has(console.said, console.path("home/.docker/config.json") + ": its entry in auths is not the Base64"));
}

TEST_CASE("a program is asked for the login by the key of its entry", "[terminal]") {
  LoggedIn console;
  console.docker(R"({"credHelpers":{")" + console.host + R"(":"vault"}})");
  std::string why;
  std::string const good = "printf '{\"Username\":\"robot\",\"Secret\":\"s3cretpass\"}'\n";
  SECTION("it answers") {
    console.helper("vault", "read server\n[ \"$1 $server\" = 'get " + console.host + "' ] || exit 3\n" + good);
  }
  SECTION("it answers without reading") { console.helper("vault", good); }
  SECTION("it is not there") { why = "the program was not found in PATH"; }
  SECTION("it lies in a directory that is not absolute") {
    console.helper("vault", good), console.variables["PATH"] = fs::relative(console.path("bin")).string();
    why = "the program was not found in PATH";
  }
  SECTION("it cannot be started") {
    console.write("bin/docker-credential-vault", "#!/nonexistent/sh\n");
    REQUIRE(::chmod(console.path("bin/docker-credential-vault").c_str(), 0755) == 0);
    why = "the program could not be started";
  }
  SECTION("it fails") {
    console.helper("vault", "echo s3cretpass; echo s3cretpass >&2; exit 7\n"), why = "it ended with status 7";
  }
  SECTION("it prints something else") {
    console.helper("vault", "echo s3cretpass\n"), why = "its answer has no Username and Secret";
  }
  SECTION("it prints without end") {
    console.helper("vault", "i=0; while [ $i -lt 3000 ]; do echo s3cretpass-s3cretpass-s3cretpass; i=$((i+1)); done\n");
    why = "its answer is longer than a login";
  }
  SECTION("it keeps nothing") {
    console.helper("vault", "echo 'credentials not found in native keychain'; exit 1\n");
    why = "the registry wants a password";
  }
  CHECK(console.package() == (why.empty() ? ExitStatus::done : ExitStatus::refused));
  CAPTURE(console.said);
  CHECK(has(console.said, why));
}

TEST_CASE("a run that is cancelled while a program looks for the login is cancelled, not without login", "[terminal]") {
  LoggedIn console;
  console.docker(R"({"credHelpers":{")" + console.host + R"(":"vault"}})");
  console.helper("vault", "touch '" + console.path("asked") + "'; exec sleep 60\n");
  std::thread later([&] {
    while (!fs::exists(console.path("asked"))) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    console.clock.cancel(ExitStatus::interrupted);
  });
  console.variables["PATH"] += ":/usr/bin:/bin";
  CHECK_THROWS_AS(console.package(), Cancelled);
  later.join();
}

TEST_CASE("a store for all registries is asked, and needed only where the file names the registry", "[terminal]") {
  LoggedIn console;
  SECTION("it answers") {
    console.docker(R"({"credsStore":"vault"})");
    console.helper("vault", "printf '{\"Username\":\"robot\",\"Secret\":\"s3cretpass\"}'\n");
    CHECK(console.package() == ExitStatus::done);
  }
  SECTION("it is not there, and nothing is kept for the registry") {
    console.docker(R"({"credsStore":"vault"})");
    CHECK(console.package() == ExitStatus::refused);
    CHECK(has(console.said, "the registry wants a password"));
    CHECK(has(console.said, "warning: docker-credential-vault, named in " + console.path("home/.docker/config.json")));
  }
  SECTION("it is not there, and something is kept for the registry") {
    console.docker(R"({"auths":{")" + console.host + R"(":{}},"credsStore":"vault"})");
    CHECK(console.package() == ExitStatus::refused);
    CHECK(has(console.said, "the program was not found in PATH"));
    CHECK_FALSE(has(console.said, "the registry wants a password"));
  }
}

TEST_CASE("a child is killed when its time is over or the run is cancelled", "[terminal]") {
  using namespace std::chrono_literals;
  RunClock clock;
  auto const began = RunClock::Clock::now();
  std::string const script = one_of({"exec sleep 60", "exec sleep 60 >&- 2>&-", "sleep 60 & exit 0"});
  CAPTURE(script);
  auto const result =
      acr::terminal::run_child("/bin/sh", {"-c", script}, "x", {.output_bytes = 10, .clock = &clock, .time = 200ms});
  CHECK(result.late);
  std::thread later([&] { std::this_thread::sleep_for(100ms), clock.cancel(ExitStatus::interrupted); });
  CHECK_THROWS_AS(acr::terminal::run_child("/bin/sh", {"-c", script}, "x", {.output_bytes = 10, .clock = &clock, .time = 60s}),
                  Cancelled);
  later.join();
  CHECK(RunClock::Clock::now() - began < 20s);
}

TEST_CASE("a child's status and streams come back, cut where they are too long", "[terminal]") {
  RunClock clock;
  auto const result = acr::terminal::run_child("/bin/sh", {"-c", "cat; echo error >&2; exit 5"}, "0123456789abc",
                                               {.output_bytes = 10, .clock = &clock, .time = std::chrono::seconds(30)});
  CHECK(result.status == 5);
  CHECK(result.out == "0123456789");
  CHECK(result.cut);
  CHECK(result.err == "error\n");
  CHECK_FALSE(result.late);
}

}  // namespace
}  // namespace registry_logins_test

// `oci-digest`, and `package --oci-repository`: what they refuse, each with a good call beside it (O-10 … O-18).
#include <algorithm>
#include <chrono>
#include <filesystem>

#include "dependencies/sample_charts.hpp"
#include "loopback/server.hpp"
#include "support/catch2.hpp"
#include "terminal/console.hpp"

namespace oci_commands_test {
namespace {

using namespace acr;
using test::Console;
namespace fs = std::filesystem;
namespace samples = dependencies::samples;

std::string const repository = "ghcr.io/acme/charts";

bool begins(std::string const& text, std::string const& part) { return text.rfind(part, 0) == 0; }
bool has(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

// web-1.0.0.tgz of 2023-11-14T22:13:20Z.
struct Packaged : Console {
  std::string file = path("web-1.0.0.tgz");
  Packaged() { make("web", "1.0.0"); }
  void make(std::string const& name, std::string const& version) {
    write(name + "/Chart.yaml", samples::chart_yaml(name, {}, version));
    REQUIRE(run({"package", path(name), "-d", directory.path().string(), "--source-date-epoch", "1700000000"}) ==
            ExitStatus::done);
  }
};

TEST_CASE("options of oci-digest that mean nothing are refused before a file is read", "[terminal]") {
  Packaged console;
  std::vector<std::string> words{"oci-digest", console.file};
  std::string said;
  SECTION("a time that is none (O-13)") {
    words.insert(words.end(), {"--created", "now"}), said = "oci-time: option --created";
  }
  SECTION("a time that RFC 3339 cannot write (O-13)") {
    words.insert(words.end(), {"--created", "253402300800"}), said = "oci-time: option --created";
  }
  SECTION("the latest time") { words.insert(words.end(), {"--created", "253402300799"}); }
  SECTION("a repository with a tag (O-10)") {
    words.insert(words.end(), {"--oci-repository", repository + ":1.2.3"}), said = "oci-repository: ";
  }
  SECTION("a repository") { words.insert(words.end(), {"--oci-repository", repository}); }
  SECTION("a look without a registry (O-18)") { words.insert(words.end(), {"--check", "free"}), said = "usage: --check needs"; }
  SECTION("a look for something else (O-18)") {
    words.insert(words.end(), {"--oci-repository", repository, "--check", "both"}), said = "bad-input: option --check";
  }
  CHECK(console.run(words) == (said.empty() ? ExitStatus::done : ExitStatus::bad_input));
  CHECK(begins(console.said, said));
}

TEST_CASE("files that are not packages that can be pushed are refused, each by itself", "[terminal]") {
  Packaged console;
  std::string const bad = console.path("bad.tgz");
  std::vector<std::string> words{"oci-digest", bad, console.file};
  std::string code;
  SECTION("nothing there") { code = "bad-input"; }
  SECTION("not an archive") { console.write("bad.tgz", "text"), code = "archive-gzip"; }
  SECTION("a time before 1970 (O-13)") {
    fs::copy_file(console.file, bad);
    fs::last_write_time(bad, fs::file_time_type::clock::from_sys(std::chrono::sys_seconds(std::chrono::seconds(-2))));
    code = "oci-time";
  }
  SECTION("a version that is no tag (O-11)") {
    console.make("long", "1.0.0-" + std::string(130, 'a'));
    fs::rename(console.path("long-1.0.0-" + std::string(130, 'a') + ".tgz"), bad);
    words.insert(words.end(), {"--oci-repository", repository});
    code = "oci-tag";
  }
  SECTION("good ones") { fs::copy_file(console.file, bad); }
  CHECK(console.run(words) == (code.empty() ? ExitStatus::done : ExitStatus::refused));
  CHECK((code.empty() ? console.said.empty() : begins(console.said, "refused: " + code + ": ")));
  CHECK(has(console.out.str(), "sha256:"));  // the other file's
}

TEST_CASE("what a registry answers decides, and a run that is out of time says so (O-18, O-22)", "[terminal]") {
  Packaged console;
  int status = 404;
  loopback::LoopbackServer registry([&](loopback::Seen const&) { return loopback::Answer{.status = status}; });
  console.variables["GITHUB_API_URL"] = "http://127.0.0.1:1";  // tests speak http to loopback
  std::vector<std::string> const words{"oci-digest",       console.file,
                                       "--oci-repository", "127.0.0.1:" + std::to_string(registry.port()) + "/charts",
                                       "--check",          "free"};
  SECTION("free") {
    CHECK(console.run(words) == ExitStatus::done);
    CHECK(has(console.out.str(), "  free\n"));
  }
  SECTION("closed") {
    status = 403;
    CHECK(console.run(words) == ExitStatus::refused);
    CHECK(begins(console.said, "refused: oci-auth: " + console.file));
  }
  SECTION("cancelled") {
    console.clock.cancel(ExitStatus::terminated);
    CHECK_THROWS_AS(console.run(words), Cancelled);
  }
}

TEST_CASE("package tells the OCI digest of charts that a registry takes (O-11, O-13, O-17)", "[terminal]") {
  Console console;
  console.write("web/Chart.yaml", samples::chart_yaml("web"));
  console.write("Web/Chart.yaml", samples::chart_yaml("Web"));
  std::vector<std::string> words{"package", "-d", console.path("out"), "--oci-repository", repository};
  SECTION("without one time for the package") {
    words.push_back(console.path("web"));
    CHECK(console.run(words) == ExitStatus::bad_input);
    CHECK(begins(console.said, "oci-time: --oci-repository needs one time"));
  }
  SECTION("with a name that registries do not allow") {
    words.insert(words.end(), {console.path("Web"), "--source-date-epoch", "1"});
    CHECK(console.run(words) == ExitStatus::refused);
    CHECK(has(console.said, "registries do not allow this name"));
  }
  SECTION("with a time that a manifest cannot have") {
    words.insert(words.end(), {console.path("web"), "--source-date-epoch", "253402300800"});
    CHECK(console.run(words) == ExitStatus::refused);
    CHECK(has(console.said, "time: an OCI manifest cannot have this time; expected 0 to 253402300799"));
    CHECK_FALSE(fs::exists(console.path("out/web-1.0.0.tgz")));
  }
  SECTION("with all it needs") {
    words.insert(words.end(), {console.path("web"), "--source-date-epoch", "1"});
    CHECK(console.run(words) == ExitStatus::done);
    CHECK(has(console.out.str(), repository + "/web:1.0.0"));
  }
}

}  // namespace
}  // namespace oci_commands_test

// What the terminal commands refuse before and after they read files, each with its words, and a good call beside it.
#include <algorithm>
#include <map>
#include <sstream>

#include "dependencies/sample_charts.hpp"
#include "git/git_cli.hpp"
#include "loopback/chart_hosts.hpp"
#include "loopback/server.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "support/json.hpp"
#include "support/places.hpp"
#include "support/temporary_directory.hpp"
#include "support/thrown.hpp"
#include "terminal/commands.hpp"
#include "terminal/console.hpp"
#include "terminal/tuf_directory.hpp"
#include "tuf_signing/repository.hpp"

namespace terminal_commands_test {
namespace {

using namespace acr;
namespace fs = std::filesystem;
namespace json = boost::json;
namespace samples = dependencies::samples;
using acr::test::Console;

bool has(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

// The identity that a genuine bundle was signed by.
std::string signer_of(Console& console, fs::path const& sample) {
  console.run({"inspect", (sample / "bundle.sigstore.json").string(), (sample / "artifact").string(), "--json"});
  auto const text = console.out.str();
  auto const at = text.find("https://github.com/");
  REQUIRE(at != std::string::npos);
  auto identity = text.substr(at, text.find('"', at) - at);
  return identity;
}

TEST_CASE("options of `package` that are none are refused before a chart is read", "[terminal]") {
  Console console;
  console.write("web/Chart.yaml", samples::chart_yaml("web"));
  std::vector<std::string> words{"package", console.path("web"), "-d", console.path("out")};
  std::string code;
  SECTION("an epoch") { words.insert(words.end(), {"--source-date-epoch", "yesterday"}), code = "source-date-epoch: "; }
  SECTION("a profile") { words.insert(words.end(), {"--profile", "9"}), code = "profile: "; }
  SECTION("good ones") { words.insert(words.end(), {"--profile", "epoch-all", "--source-date-epoch", "1"}); }
  CHECK(console.run(words) == (code.empty() ? ExitStatus::done : ExitStatus::bad_input));
  CHECK(console.said.rfind(code, 0) == 0);
}

TEST_CASE("a chart for which nothing was fetched, since another one is refused, says so (D-6)", "[terminal]") {
  Console console;
  std::vector<samples::Entry> const redis{{"redis", "1.0.0", "https://charts.example.org"}};
  console.write("web/Chart.yaml", samples::chart_yaml("web", redis));
  console.write("web/Chart.lock", samples::lock_text(redis, redis));
  console.write("api/Chart.yaml", samples::chart_yaml("api", {{"redis", "^1.0.0", "https://charts.example.org"}}));  // no lock
  CHECK(console.run({"package", console.path("web"), console.path("api"), "-d", console.path("out"), "--fail-fast"}) ==
        ExitStatus::refused);
  CHECK(has(console.said, "nothing was fetched, since another chart is refused"));
  CHECK(has(console.said, "nothing was written\n"));
  CHECK_FALSE(fs::exists(console.path("out/web-1.0.0.tgz")));
}

TEST_CASE("a bad chart does not keep `package` from writing the others, but with --fail-fast", "[terminal]") {
  Console console;
  std::vector<std::string> words{"package", "-d", console.path("out")};
  for (int i = 0; i < 44; ++i) {
    auto const name = "chart-" + std::to_string(i);
    console.write(name + "/Chart.yaml", i == 20 ? std::string("name: [\n") : samples::chart_yaml(name));
    words.push_back(console.path(name));
  }
  auto fast = words;
  fast.push_back("--fail-fast");
  CHECK(console.run(fast) == ExitStatus::refused);
  CHECK(has(console.said, "refused: " + console.path("chart-20")));
  CHECK(has(console.said, "nothing was written\n"));
  CHECK_FALSE(fs::exists(console.path("out/chart-0-1.0.0.tgz")));

  CHECK(console.run(words) == ExitStatus::refused);
  CHECK(has(console.said, "refused: " + console.path("chart-20")));
  CHECK(has(console.said, "1 of 44 charts refused; the others are written\n"));
  for (int i = 0; i < 44; ++i) CHECK(fs::exists(console.path("out/chart-" + std::to_string(i) + "-1.0.0.tgz")) == (i != 20));

  CHECK(console.run({"package", console.path("chart-20"), "-d", console.path("alone")}) == ExitStatus::refused);
  CHECK(has(console.said, "nothing was written\n"));
  words.insert(words.end(), {"--fail-fast", "--keep-going"});
  CHECK(console.run(words) == ExitStatus::bad_input);
  CHECK(has(console.said, "usage: give one of --fail-fast and --keep-going"));
}

TEST_CASE("dependencies are fetched for the good charts beside a refused one", "[terminal]") {
  Console console;
  loopback::LoopbackServer const server(
      loopback::ChartRepository("/s").add("redis", "1.0.0", samples::archive_of("redis")).site());
  console.variables["GITHUB_API_URL"] = "http://127.0.0.1:1";  // hosts of this machine may be asked
  std::vector<samples::Entry> const redis{{"redis", "1.0.0", server.base() + "/s"}};
  console.write("web/Chart.yaml", samples::chart_yaml("web", redis));
  console.write("web/Chart.lock", samples::lock_text(redis, redis));
  console.write("api/Chart.yaml", samples::chart_yaml("api", {{"redis", "^1.0.0", server.base() + "/s"}}));  // no lock
  CHECK(console.run({"package", console.path("web"), console.path("api"), "-d", console.path("out")}) == ExitStatus::refused);
  CHECK(has(console.said, "1 of 2 charts refused"));
  CHECK(fs::exists(console.path("out/web-1.0.0.tgz")));
  CHECK_FALSE(fs::exists(console.path("out/api-1.0.0.tgz")));
}

TEST_CASE("`package --strict` takes what is odd about dependencies for a refusal", "[terminal]") {
  Console console;
  loopback::LoopbackServer const server(
      loopback::ChartRepository("/s").add("redis", "1.0.0", samples::archive_of("redis")).site());
  console.variables["GITHUB_API_URL"] = "http://127.0.0.1:1";  // hosts of this machine may be asked
  std::vector<samples::Entry> const redis{{"redis", "1.0.0", server.base() + "/s"}};
  console.write("web/Chart.yaml", samples::chart_yaml("web", redis));
  console.write("web/Chart.lock", samples::lock_text(redis, redis));  // without a pin
  CHECK(console.run({"package", console.path("web"), "-d", console.path("out")}) == ExitStatus::done);
  CHECK(has(console.said, "warning: "));
  CHECK(console.run({"package", console.path("web"), "-d", console.path("strict"), "--strict"}) == ExitStatus::refused);
  CHECK(has(console.said, "refused: "));
  CHECK_FALSE(fs::exists(console.path("strict/web-1.0.0.tgz")));
}

TEST_CASE("`pin` writes into a lock what came, and refuses where it cannot be written (D-29)", "[terminal]") {
  Console console;
  loopback::LoopbackServer const server(
      loopback::ChartRepository("/s").add("redis", "1.0.0", samples::archive_of("redis")).site());
  console.variables["GITHUB_API_URL"] = "http://127.0.0.1:1";  // hosts of this machine may be asked
  fs::create_directories(console.path(".git"));
  std::vector<samples::Entry> const redis{{"redis", "1.0.0", server.base() + "/s"}};
  console.write("web/Chart.yaml", samples::chart_yaml("web", redis));
  auto const lock = samples::lock_text(redis, redis);
  auto const pin = [&] { return console.run({"pin", console.path("web")}); };
  SECTION("a lock as Helm writes it") {
    console.write("web/Chart.lock", lock);
    CHECK(pin() == ExitStatus::done);
    INFO(console.said);
    CHECK(has(read_file(console.path("web/Chart.lock"), 10'000), "  digest: " + sha256_text(samples::archive_of("redis"))));
  }
  SECTION("no lock") {
    CHECK(pin() == ExitStatus::refused);
    CHECK(has(console.said, "Chart.lock is missing, which would hold the pin of redis"));
  }
  SECTION("a lock of another form") {
    auto const flow = "dependencies: [{name: redis, repository: \"" + server.base() + "/s\", version: 1.0.0}]\n" +
                      lock.substr(lock.find("digest: "));
    console.write("web/Chart.lock", flow);
    CHECK(pin() == ExitStatus::refused);
    CAPTURE(console.said);
    CHECK(has(console.said, "web/Chart.lock"));
    CHECK(read_file(console.path("web/Chart.lock"), 10'000) == flow);
  }
}

TEST_CASE("`map` takes numbers for ids only", "[terminal]") {
  Console console;
  console.write("body", "text\n");
  CHECK(console.run({"map", console.path("body"), "--set", "lint=x"}) == ExitStatus::bad_input);
  CHECK(console.said == "usage: --set needs KEY=ID");
  CHECK(console.run({"map", console.path("body"), "--set", "lint"}) == ExitStatus::bad_input);
  CHECK(console.run({"map", console.path("body"), "--set", "lint=1"}) == ExitStatus::done);
  CHECK(has(console.out.str(), R"({"lint":"1"})"));
}

TEST_CASE("`inspect` and `verify-attestations` need something that the bundle is about", "[terminal]") {
  Console console;
  console.write("bundle", "{}");
  auto const bundle = console.path("bundle");
  CHECK(console.run({"inspect", bundle}) == ExitStatus::bad_input);
  CHECK(console.said == "usage: name the file or digest that the bundle is about");
  CHECK(console.run({"inspect", bundle, "sha256:12"}) == ExitStatus::bad_input);
  CHECK(console.said.starts_with("usage: "));
  CHECK(console.run({"inspect", bundle, "sha256:" + std::string(64, 'a')}) == ExitStatus::refused);
  CHECK(console.run({"inspect", bundle, "sha256:" + std::string(64, 'a'), "--refresh", "--trusted-root", bundle}) ==
        ExitStatus::bad_input);
  CHECK(console.said == "usage: a trusted-root file is never refreshed: give one of --refresh and --trusted-root");

  CHECK(console.run({"verify-attestations", "--repository", "o/r", bundle + "=sha256:12"}) == ExitStatus::bad_input);
  CHECK(console.said.starts_with("usage: "));
  CHECK(console.run({"verify-attestations", "--repository", "o/r", bundle}) == ExitStatus::bad_input);
  CHECK(console.run({"verify-attestations", "--repository", "o/r", bundle + "=sha256:" + std::string(64, 'a')}) ==
        ExitStatus::refused);
}

TEST_CASE("`inspect` and `verify-attestations` read JSON Lines, as `gh attestation download` writes them", "[terminal]") {
  Console console;
  auto const sample = acr::test::data_folder() / "sigstore/github/reusable-workflow";
  auto const bundle = read_file(sample / "bundle.sigstore.json", std::size_t{1} << 20);
  auto const line = json::serialize(parse_json(bundle, "bundle").value());
  auto const artifact = (sample / "artifact").string();
  auto const digest = "sha256:" + hex(sha256(read_file(artifact, std::size_t{64} << 20)));
  auto const identity = std::vector<std::string>{"--certificate-identity", signer_of(console, sample)};
  auto const with = [&](std::vector<std::string> words) {
    words.insert(words.end(), identity.begin(), identity.end());
    return words;
  };
  console.write("two.jsonl", line + "\n\n" + line + "\r\n");
  console.write("one.jsonl", line + "\n");
  console.write("bad.jsonl", line + "\n{}\n");
  console.write("pretty.json", bundle);

  CHECK(console.run(with({"inspect", console.path("one.jsonl"), artifact})) == ExitStatus::done);
  auto const one = console.out.str();
  CHECK(console.run(with({"inspect", console.path("pretty.json"), artifact})) == ExitStatus::done);
  CHECK(console.out.str() == one);
  CHECK(console.run(with({"inspect", console.path("two.jsonl"), artifact})) == ExitStatus::done);
  CHECK(console.out.str() == console.path("two.jsonl") + ":1\n" + one + "\n" + console.path("two.jsonl") + ":3\n" + one);
  CHECK(console.run(with({"inspect", console.path("two.jsonl"), artifact, "--json"})) == ExitStatus::done);
  CHECK(parse_json(console.out.str(), "inspect").value().as_array().size() == 2);
  CHECK(console.run(with({"inspect", console.path("bad.jsonl"), artifact})) == ExitStatus::refused);

  CHECK(console.run(with({"verify-attestations", console.path("two.jsonl") + "=" + digest})) == ExitStatus::done);
  CHECK(console.out.str() ==
        "ok    " + console.path("two.jsonl") + ":1=" + digest + "\nok    " + console.path("two.jsonl") + ":3=" + digest + "\n");
  CHECK(console.run(with({"verify-attestations", console.path("bad.jsonl") + "=" + digest})) == ExitStatus::refused);
  CHECK(has(console.out.str(), "ok    " + console.path("bad.jsonl") + ":1="));
  CHECK(has(console.out.str(), "FAIL  " + console.path("bad.jsonl") + ":2="));

  std::string many;
  for (int i = 0; i < 1000; ++i) many += "{}\n";
  console.write("many.jsonl", many);
  CHECK(console.run(with({"verify-attestations", console.path("many.jsonl") + "=" + digest})) == ExitStatus::refused);
  console.write("many.jsonl", many + "{}\n");
  CHECK(console.run(with({"verify-attestations", console.path("many.jsonl") + "=" + digest})) == ExitStatus::bad_input);
  CHECK(has(console.said, "holds more than 1000 bundles"));

  // A digest in another form is explained, not looked for as a file.
  CHECK(console.run(with({"inspect", console.path("one.jsonl"), digest.substr(7)})) == ExitStatus::bad_input);
  CHECK(has(console.said, "write " + digest));
  CHECK(console.run(with({"inspect", console.path("one.jsonl"), digest})) == ExitStatus::done);
  CHECK(console.run(with({"inspect", console.path("one.jsonl"), console.path("nowhere")})) == ExitStatus::bad_input);
  CHECK(console.said.starts_with("bad-input: "));
}

// charts/web 1.1.0 with its tag, and the package that the tag gives.
struct Published : Console {
  Published() {
    test::shell(directory.path(), R"(git init -q -b main . && mkdir -p charts/web
printf 'apiVersion: v2\nname: web\nversion: 1.1.0\n' >charts/web/Chart.yaml
git add . && git commit -qm one
printf 'Release: web v1.1.0\n\nAttestation Lineage:\n- No attestation data available\n' | git tag -a web-v1.1.0 -F -)");
    CHECK(run({"package", path("charts/web"), "-d", path("out"), "--commit-time"}) == ExitStatus::done);
  }
  ExitStatus verify(std::vector<std::string> const& more) {
    std::vector<std::string> words{"reproduce", path("out/web-1.1.0.tgz"), "web-v1.1.0", "--workspace",
                                   directory.path().string()};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }
};

TEST_CASE("`reproduce` says whose attestations it cannot look at, and with which token", "[terminal]") {
  Published world;
  CHECK(world.verify({"--no-attestations"}) == ExitStatus::done);
  CHECK(has(world.out.str(), "ok    the package equals the one built from web-v1.1.0"));
  struct Row {
    std::vector<std::string> words;
    std::string says;
  };
  world.write("empty", " \n");
  auto const row = one_of<Row>({
      {{"--no-attestations", "--source-date-epoch", "x"}, "source-date-epoch: "},
      {{}, "usage: whose attestations? give --repository O/R, or --no-attestations to compare bytes only"},
      {{"--repository", "o/r"},
       "usage: --repository needs --repository-id too: the numeric id is the identity (A-50); or give --bundle"},
      {{"--repository", "o/r", "--repository-id", "7"},
       "usage: GitHub lists attestations to a token: set GH_TOKEN, or give --bundle"},
      {{"--repository", "o", "--bundle", "EMPTY"}, "usage: "},
      {{"--repository", "o/r", "--bundle", "EMPTY"}, "bad-input: EMPTY holds no bundle"},
  });
  auto words = row.words;
  auto says = row.says;
  auto const empty = world.path("empty");
  std::ranges::replace(words, std::string("EMPTY"), empty);
  if (auto const at = says.find("EMPTY"); at != std::string::npos) says.replace(at, 5, empty);
  CHECK(world.verify(words) == ExitStatus::bad_input);
  CAPTURE(world.said);
  CHECK(world.said.rfind(says, 0) == 0);
}

// A TUF repository behind a server of this machine.
struct TufWorld : Console {
  tuftest::Repository repository;
  loopback::LoopbackServer server{[this](loopback::Seen const& seen) -> loopback::Answer {
    auto const path = seen.path();
    auto const& files = path.starts_with("/targets/") ? repository.target_files : repository.files;
    auto const found = files.find(path.substr(path.starts_with("/targets/") ? 9 : 1));
    if (found == files.end()) return {.status = 404};
    return {.body = found->second};
  }};

  TufWorld() {
    repository.add_target(repository.targets, "file.txt", "content");
    repository.publish();
    write("root.json", repository.initial_root());
    CHECK(tuf({"init", path("root.json")}) == ExitStatus::done);
  }
  ExitStatus tuf(std::vector<std::string> const& words) {
    std::vector<std::string> all{"tuf",         "--metadata-dir",    path("metadata"),           "--metadata-url",
                                 server.base(), "--target-base-url", server.base() + "/targets", "--target-dir",
                                 path("files")};
    all.insert(all.end(), words.begin(), words.end());
    return run(all);
  }
};

TEST_CASE("`tuf` keeps metadata and targets that hold", "[terminal][trust]") {
  TufWorld world;
  CHECK(world.tuf({"refresh"}) == ExitStatus::done);
  fs::create_directories(world.path("files"));
  CHECK(world.tuf({"--target-name", "file.txt", "download"}) == ExitStatus::done);
  CHECK(read_file(world.path("files/file.txt"), 100) == "content");
}

TEST_CASE("each refusal of `tuf`, with its words", "[terminal][trust]") {
  TufWorld world;
  fs::create_directories(world.path("files"));
  std::string says;
  std::vector<std::string> words;
  auto const base = world.server.base();
  SECTION("no subcommand") { words = {"tuf"}, says = "one of init ROOT, refresh and download is needed"; }
  SECTION("an address that is none") {
    words = {"tuf", "--metadata-dir", world.path("m"), "--metadata-url", "x", "refresh"}, says = "--metadata-url: ";
  }
  SECTION("an address with a query") {
    words = {"tuf", "--metadata-dir", world.path("m"), "--metadata-url", base + "/?x", "refresh"},
    says = "has neither query nor fragment";
  }
  SECTION("no directory") { words = {"tuf", "--metadata-url", base, "refresh"}, says = "--metadata-dir is missing"; }
  SECTION("nothing was initialised") {
    words = {"tuf", "--metadata-dir", world.path("m"), "--metadata-url", base, "refresh"}, says = "tuf-";
  }
  SECTION("a file of the repository is missing") {
    world.repository.files.erase("timestamp.json");
    words = {"refresh"}, says = "tuf-unreachable: timestamp.json: 127.0.0.1: the server answers with status 404";
  }
  SECTION("a target that is not listed") { words = {"--target-name", "other.txt", "download"}, says = "tuf-no-target: "; }
  SECTION("a target that is not there") {
    world.repository.target_files.clear();
    words = {"--target-name", "file.txt", "download"}, says = "tuf-unreachable: ";
  }
  SECTION("a target that is too large") {
    world.repository.targets["targets"].as_object()["file.txt"].as_object()["length"] = (std::int64_t{256} << 20) + 1;
    world.repository.publish();
    words = {"--target-name", "file.txt", "download"}, says = "tuf-too-large: ";
  }
  CHECK((words.front() == "tuf" ? world.run(words) : world.tuf(words)) == ExitStatus::refused);
  CAPTURE(world.said);
  CHECK(has(world.said, says));
  CHECK_FALSE(fs::exists(world.path("files/file.txt")));
}

TEST_CASE("a signal ends `tuf` as it ends every command (A-21)", "[terminal][trust]") {
  TufWorld world;
  world.clock.cancel(ExitStatus::terminated);
  CHECK_THROWS_AS(world.tuf({"refresh"}), Cancelled);
}

TEST_CASE("a directory of metadata that cannot be locked is not used", "[release][trust]") {
  test::TemporaryDirectory const directory;
  acr::terminal::TufDirectory(directory.path() / "good").save("root", "x");
  fs::create_directories(directory.path() / "bad" / ".lock");
  try {
    acr::terminal::TufDirectory const store(directory.path() / "bad");
    FAIL("it was locked");
  } catch (std::runtime_error const& error) {
    CHECK(has(error.what(), "cannot lock "));
  }
}

// A genuine bundle of the public instance, or GitHub's, and repositories of trusted roots that do not answer.
TEST_CASE("`inspect --refresh` refuses what it has no current root for (T-12)", "[terminal][trust]") {
  TufWorld world;
  auto const sample = acr::test::data_folder() / "sigstore/github/reusable-workflow";
  auto const bundle = (sample / "bundle.sigstore.json").string(), artifact = (sample / "artifact").string();
  auto const root = R"({"url":")" + world.server.base() + R"(","root":")" + world.path("root.json") + "\"}";
  world.variables = {{"HOME", world.path("home")}};
  CHECK(world.run({"inspect", bundle, artifact}) == ExitStatus::done);
  world.variables.emplace("ACR_TUF_REPOSITORIES", R"({"sigstore.dev":)" + root + R"(,"GitHub, Inc.":)" + root + "}");
  CHECK(world.run({"inspect", bundle, artifact, "--refresh"}) == ExitStatus::unreachable);
  CHECK(has(world.out.str(), "it could not be refreshed"));
}

TEST_CASE("`verify-bundle --refresh` takes no key, whose bundle names no root (T-12)", "[terminal][trust]") {
  Console console;
  CHECK(console.run({"verify-bundle", "--refresh", "--bundle", "b", "--key", "k", "f"}) == ExitStatus::bad_input);
  CHECK(console.said.rfind("usage: only roots that a certificate names are refreshed", 0) == 0);
}

TEST_CASE("`trusted-roots --write` is not for a tenant (T-12)", "[terminal][trust]") {
  Console console;
  console.variables = {{"HOME", console.path("home")}, {"GITHUB_API_URL", "https://api.octocorp.ghe.com"}};
  CHECK(console.run({"trusted-roots", "--write", console.path("out")}) == ExitStatus::bad_input);
  CHECK(console.said.rfind("usage: nothing is built in for a tenant", 0) == 0);
}

TEST_CASE("`tag` must know the repository, and what may be tagged", "[terminal]") {
  Console console;
  test::shell(console.directory.path(), "git init -q .");
  std::vector<std::string> words{"tag", "--missing", "--workspace", console.directory.path().string()};
  auto const add = [&](std::vector<std::string> const& more) { words.insert(words.end(), more.begin(), more.end()); };
  std::vector<std::string> const named{"--repository", "acme/helm-charts", "--repository-id", "500000001"};
  std::string said;
  SECTION("no word of what") { words.erase(words.begin() + 1), said = "usage: atomic-chart-release tag"; }
  SECTION("no repository") { said = "usage: tag needs --repository and --repository-id"; }
  SECTION("no number") {
    add({"--repository", "acme/helm-charts"}), said = "usage: tag needs --repository and --repository-id";
  }
  SECTION("zero") {
    add({"--repository", "acme/helm-charts", "--repository-id", "0"}), said = "usage: tag needs --repository and";
  }
  SECTION("nobody asks the server") { add(named), add({"--object-source", "local"}), said = "bad-input: "; }
  SECTION("no signer") { add(named), said = "bad-input: "; }
  CHECK(console.run(words) == ExitStatus::bad_input);
  INFO(console.said);
  CHECK(console.said.rfind(said, 0) == 0);
}

TEST_CASE("an audit of a clone whose HEAD has no commit says so (U-19)", "[terminal]") {
  Console console;
  test::shell(console.directory.path(),
              "git init -q . && git checkout -q -b release && echo x >x && git add x && git commit -q -m x");
  bool const empty = one_of({true, false});
  if (empty) test::shell(console.directory.path(), "git symbolic-ref HEAD refs/heads/nothing");
  auto const status = console.run({"audit", "--workspace", console.directory.path().string()});
  CHECK(status == (empty ? ExitStatus::bad_input : ExitStatus::refused));
  CHECK(has(console.said, "unknown-commit: HEAD of this clone has no commit yet") == empty);
}

}  // namespace
}  // namespace terminal_commands_test

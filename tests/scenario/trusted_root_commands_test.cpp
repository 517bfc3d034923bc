// Trusted roots on a terminal, by the program itself (T-12, T-13a, T-32, T-35 … T-37).
#include <chrono>
#include <csignal>
#include <filesystem>
#include <mutex>
#include <thread>

#include "scenario/release_files.hpp"
#include "scenario/release_world.hpp"
#include "scenario/trust_repository.hpp"
#include "support/catch2.hpp"
#include "support/digest.hpp"
#include "support/json.hpp"
#include "support/places.hpp"

namespace trusted_root_commands_test {
namespace {

using namespace acr::test;
namespace fs = std::filesystem;
namespace json = boost::json;
using acr::loopback::Answer;
using acr::loopback::Delivery;
using acr::loopback::Seen;

std::string lab_root() { return text_of(lab_folder() / "two-charts" / "trusted_root.json"); }
std::string rogue_root() { return text_of(lab_folder() / "rogue_trusted_root.json"); }
constexpr auto recent = "2026-08-21";

/// A terminal with a cache of its own, and a bundle of the lab.
struct Desk {
  TrustRepository trust;
  TemporaryDirectory home;
  std::string date = recent;  ///< of the built-in copy; empty: none
  std::string bundle, digest;

  explicit Desk(std::string const& built_in) : trust(built_in) {
    auto const github = json::parse(text_of(lab_folder() / "two-charts" / "github.json"));
    auto const& first = github.at("attestations").at(0);
    bundle = (home.path() / "bundle.json").string();
    acr::write_file(bundle, json::serialize(first.at("bundle")));
    digest = std::string(first.at("listed_under").at(0).as_string());
  }
  [[nodiscard]] std::map<std::string, std::string> environment() const {
    return {{"PATH", "/usr/bin:/bin"}, {"HOME", home.path().string()}, {"ACR_TUF_REPOSITORIES", trust.variable(date)}};
  }
  ProgramResult run(std::vector<std::string> const& words) const {
    return run_program(acr::test::built_program(), environment(), words, home.path());
  }
  ProgramResult inspect(std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"inspect", bundle, digest, "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }
  ProgramResult verify_bundle(std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"verify-bundle",
                                   "--bundle",
                                   bundle,
                                   "--certificate-identity",
                                   identity(),
                                   "--certificate-oidc-issuer",
                                   "https://token.actions.githubusercontent.com",
                                   digest};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }
  /// Of the bundle's certificate, as the program shows it.
  [[nodiscard]] std::string identity() const {
    auto const shown = run_program(
        acr::test::built_program(), {{"PATH", "/usr/bin:/bin"}, {"HOME", "/nonexistent"}},
        {"inspect", bundle, digest, "--json", "--trusted-root", (lab_folder() / "two-charts" / "trusted_root.json").string()},
        "/");
    return std::string(json::parse(shown.out).at("attestation").at("signer").at("subjectAlternativeName").as_string());
  }
  [[nodiscard]] fs::path cache() const { return home.path() / ".cache" / "atomic-chart-release" / "tuf" / "sigstore.mock"; }
};

TEST_CASE("trusted-roots shows what is built in, what is current, and the difference (T-36)", "[scenario][trust]") {
  Desk desk(lab_root());
  desk.trust.list(rogue_root());
  auto const offline = desk.run({"trusted-roots"});
  INFO(offline.out + offline.err);
  CHECK(offline.status == 0);
  CHECK(offline.out.find("built in  2026-08-21  " + acr::sha256_text(lab_root())) != std::string::npos);
  CHECK(offline.out.find("not asked for; see --refresh") != std::string::npos);
  CHECK(desk.trust.server.request_count() == 0);

  auto const refreshed = desk.run({"trusted-roots", "--refresh", "--json"});
  INFO(refreshed.out + refreshed.err);
  CHECK(refreshed.status == 0);
  auto const account = json::parse(refreshed.out).at(0);
  CHECK(account.at("organisation") == "sigstore.mock");
  CHECK(account.at("repository") == json::string(desk.trust.server.base() + "/x/metadata/"));
  CHECK(account.at("target") == "trusted_root.json");
  CHECK(account.at("initial_root") == 1);
  CHECK(account.at("built_in").at("digest") == json::string(acr::sha256_text(lab_root())));
  CHECK(account.at("built_in").at("date") == recent);
  CHECK(account.at("current").at("digest") == json::string(acr::sha256_text(rogue_root())));
  CHECK(account.at("current").at("targets") == 3);
  CHECK(account.at("current").at("expires") == json::string(acr::tuftest::far));
  CHECK(account.at("problem").is_null());
  std::map<std::string, std::set<std::string>> states;
  for (auto const& part : account.at("parts").as_array()) {
    states[std::string(part.at("state").as_string())].insert(std::string(part.at("kind").as_string()));
    CHECK_FALSE(part.at("validity").as_string().empty());
  }
  CHECK(states["new"].contains("certificate authority"));
  CHECK(states["gone"].contains("certificate authority"));
  // Kept: shown without a request from now on (T-35).
  auto const asked = desk.trust.server.request_count();
  auto const kept = desk.run({"trusted-roots"});
  CHECK(kept.out.find(acr::sha256_text(rogue_root())) != std::string::npos);
  CHECK(kept.out.find("  + certificate authority") != std::string::npos);
  CHECK(kept.out.find("  - certificate authority") != std::string::npos);
  CHECK(desk.trust.server.request_count() == asked);
}

TEST_CASE("trusted-roots says what is wrong with a repository, and its status does (T-36)", "[scenario][trust]") {
  struct Row {
    Answer answer;
    int status;
    char const* problem;
  };
  for (auto const& row : std::vector<Row>{{{.status = 404}, 3, "tuf-unreachable"}, {{.body = "<html>"}, 1, "tuf-malformed"}}) {
    CAPTURE(row.problem);
    Desk desk(lab_root());
    desk.trust.instead = [&](Seen const& seen) {
      return seen.path().ends_with("timestamp.json") ? std::optional(row.answer) : std::nullopt;
    };
    auto const result = desk.run({"trusted-roots", "--refresh", "--json"});
    INFO(result.out + result.err);
    CHECK(result.status == row.status);
    CHECK(json::parse(result.out).at(0).at("current").is_null());
    CHECK(std::string(json::parse(result.out).at(0).at("problem").as_string()).starts_with(row.problem));
    auto const text = desk.run({"trusted-roots", "--refresh"});
    CHECK(text.status == row.status);
    CHECK(text.out.find(row.problem) != std::string::npos);
  }
}

TEST_CASE("trusted-roots writes the files that a program is built with, from what is built in alone (T-6, T-36)",
          "[scenario][trust]") {
  Desk desk(lab_root());
  desk.trust.organization = "public_good";
  auto& repository = desk.trust.repository;
  auto const old_keys = repository.signers["root"];
  repository.set_role("root", {acr::tuftest::pooled_key(11)});
  repository.publish_root(old_keys);
  desk.trust.list(rogue_root());
  auto const folder = desk.home.path() / "roots";
  auto const result = desk.run({"trusted-roots", "--write", folder.string()});
  INFO(result.out + result.err);
  REQUIRE(result.status == 0);
  CHECK(text_of(folder / "public_good.json") == rogue_root());
  CHECK(text_of(folder / "public_good.root.json") == repository.files.at("2.root.json"));
  auto const facts = json::parse(text_of(folder / "built_in.json")).at("public_good");
  CHECK(facts.at("timestamp") == 3);
  CHECK(facts.at("snapshot") == 3);
  CHECK(facts.at("targets") == 3);
  CHECK(facts.at("date").as_string().size() == 10);
  CHECK_FALSE(fs::exists(desk.home.path() / ".cache"));
  // Nothing is written when the repository cannot be followed to its end.
  desk.trust.instead = [&](Seen const& seen) {
    return seen.path().ends_with(".targets.json") ? std::optional(Answer{.status = 404}) : std::nullopt;
  };
  auto const failed = desk.run({"trusted-roots", "--write", (desk.home.path() / "none").string()});
  CHECK(failed.status == 3);
  CHECK_FALSE(fs::exists(desk.home.path() / "none"));
}

TEST_CASE("inspect and verify-bundle are offline unless --refresh is given (T-12)", "[scenario][trust]") {
  Desk desk(rogue_root());  // built in: another authority's
  CHECK(desk.inspect().status == 1);
  CHECK(desk.verify_bundle().status == 1);
  CHECK(desk.trust.server.request_count() == 0);
  desk.trust.list(lab_root());
  auto const inspected = desk.inspect({"--refresh"});
  INFO(inspected.out + inspected.err);
  CHECK(inspected.status == 0);
  auto const asked = desk.trust.server.request_count();
  CHECK(asked > 0);
  auto const verified = desk.verify_bundle({"--refresh"});
  INFO(verified.err);
  CHECK(verified.status == 0);
  CHECK(desk.trust.server.request_count() == asked);  // the copy of less than a day ago (T-35)
}

TEST_CASE("with --refresh nothing that is built in stands in for a repository (T-10, T-11)", "[scenario][trust]") {
  struct Row {
    char const* what;
    int status;
  };
  auto const row = one_of<Row>({{"withdrawn", 1}, {"unreachable", 3}, {"expired", 3}, {"wrong", 1}});
  CAPTURE(row.what);
  Desk desk(lab_root());
  CHECK(desk.inspect().status == 0);
  CHECK(desk.verify_bundle().status == 0);
  std::string const what = row.what;
  if (what == "withdrawn") desk.trust.list(rogue_root());
  if (what == "unreachable")
    desk.trust.instead = [](Seen const& seen) {
      return seen.path().ends_with("timestamp.json") ? std::optional(Answer{.status = 404}) : std::nullopt;
    };
  if (what == "wrong")
    desk.trust.instead = [](Seen const& seen) {
      return seen.path().ends_with("timestamp.json") ? std::optional(Answer{.body = "<html>"}) : std::nullopt;
    };
  if (what == "expired") {
    desk.trust.repository.timestamp["expires"] = acr::tuftest::past;
    desk.trust.repository.publish_timestamp();
  }
  auto const inspected = desk.inspect({"--refresh"});
  INFO(inspected.out + inspected.err);
  CHECK(inspected.status == row.status);
  CHECK(desk.verify_bundle({"--refresh"}).status == row.status);
}

TEST_CASE("option --refresh does not go with what names a root otherwise (T-7)", "[scenario][trust]") {
  Desk desk(lab_root());
  auto const file = (lab_folder() / "two-charts" / "trusted_root.json").string();
  for (auto const& result :
       {desk.inspect({"--refresh", "--trusted-root", file}), desk.verify_bundle({"--refresh", "--trusted-root", file}),
        desk.run({"verify-bundle", "--refresh", "--bundle", desk.bundle, "--key", file, desk.digest})}) {
    INFO(result.err);
    CHECK(result.status == 2);
    CHECK(result.err.find("--refresh") != std::string::npos);
  }
  CHECK(desk.inspect({"--trusted-root", file}).status == 0);
  CHECK(desk.trust.server.request_count() == 0);
}

TEST_CASE("offline commands judge by what the variable of tests has built in, and by nothing else (T-13a)",
          "[scenario][trust]") {
  Desk desk(lab_root());
  std::vector<std::string> const all{"verify-attestations", "--certificate-identity", desk.identity(),
                                     desk.bundle + "=" + desk.digest};
  CHECK(desk.inspect().status == 0);
  CHECK(desk.verify_bundle().status == 0);
  CHECK(desk.run(all).status == 0);
  desk.date.clear();  // without it nothing is built in
  auto const inspected = desk.inspect();
  CHECK(inspected.status == 1);
  CHECK(inspected.out.find("trusted-root-unknown") != std::string::npos);
  CHECK(desk.verify_bundle().status == 1);
  CHECK(desk.run(all).status == 1);
  // A variable that cannot be used is an error of the environment, offline too.
  auto environment = desk.environment();
  environment["ACR_TUF_REPOSITORIES"] = "{}";
  for (auto const& words : std::vector<std::vector<std::string>>{
           {"inspect", desk.bundle, desk.digest}, {"trusted-roots"}, all, {"inspect", "--refresh", desk.bundle, desk.digest}}) {
    auto const result = run_program(acr::test::built_program(), environment, words, "/");
    INFO(result.err);
    CHECK(result.status == 2);
    CHECK(result.err.find("ACR_TUF_REPOSITORIES") != std::string::npos);
  }
  acr::write_file(desk.trust.directory.path() / "trusted_root.json", "{}");
  desk.date = recent;
  CHECK(desk.inspect().status == 2);
  CHECK(desk.trust.server.request_count() == 0);
}

TEST_CASE("a dry run judges by current roots, and one without GitHub asks for none (T-8, T-12)", "[scenario][trust]") {
  Desk desk(rogue_root());
  desk.trust.list(lab_root());
  ReleaseWorld world(lab_folder() / "two-charts");
  auto environment = desk.environment();
  environment["GITHUB_API_URL"] = world.environment.at("GITHUB_API_URL");
  std::vector<std::string> words{"run", "--base", "release", "--head", "main"};
  auto const without = run_program(acr::test::built_program(), environment, words, world.workspace());
  INFO(without.out + without.err);
  CHECK(without.status == 0);
  for (auto const& offline : std::vector<std::vector<std::string>>{{"changed", "--base", "release", "--head", "main"},
                                                                   {"gate", "--event", "x", "--repository", "o/r"},
                                                                   {"lineage", "none"},
                                                                   {"list", "charts/none"}})
    run_program(acr::test::built_program(), environment, offline, world.workspace());
  CHECK(desk.trust.server.request_count() == 0);
  environment["GH_TOKEN"] = "the-secret-token-of-the-test";
  for (auto const* word : {"--repository", "GITHUB_REPOSITORY", "--repository-id", "GITHUB_REPOSITORY_ID"})
    words.emplace_back(word[0] == '-' ? word : world.environment.at(word));
  auto const with = run_program(acr::test::built_program(), environment, words, world.workspace());
  INFO(with.out + with.err);
  CHECK(with.status == 0);
  CHECK(desk.trust.server.request_count() > 0);
}

TEST_CASE("on a terminal a repository has thirty seconds, where a run has ten (T-8)", "[scenario][trust]") {
  Desk desk(rogue_root());
  desk.trust.list(lab_root());
  // Four answers in sequence.
  desk.trust.instead = [&](Seen const& seen) -> std::optional<Answer> {
    for (auto const& [prefix, files] : {std::pair{std::string("/x/metadata/"), &desk.trust.repository.files},
                                        std::pair{std::string("/x/targets/"), &desk.trust.repository.target_files}}) {
      if (!seen.path().starts_with(prefix)) continue;
      if (auto const found = files->find(seen.path().substr(prefix.size())); found != files->end())
        return Answer{.body = found->second, .delay = std::chrono::milliseconds(3500)};
    }
    return std::nullopt;
  };
  ReleaseWorld world(lab_folder() / "two-charts");
  auto environment = desk.environment();
  environment["GITHUB_API_URL"] = world.environment.at("GITHUB_API_URL");
  environment["GH_TOKEN"] = "the-secret-token-of-the-test";
  auto const dry =
      run_program(acr::test::built_program(), environment,
                  {"run", "--base", "release", "--head", "main", "--repository", world.environment.at("GITHUB_REPOSITORY"),
                   "--repository-id", world.environment.at("GITHUB_REPOSITORY_ID")},
                  world.workspace());
  INFO(dry.out + dry.err);
  CHECK(dry.status == 0);
  CHECK(dry.wall > std::chrono::seconds(10));
  auto const run = world.run({{"ACR_TUF_REPOSITORIES", desk.trust.variable(recent)}, {"trusted-root", ""}});
  INFO(run.out);
  CHECK(run.status == 1);
  CHECK(run.out.find("trusted-root-built-in") != std::string::npos);
  CHECK(desk.inspect({"--refresh"}).status == 0);
}

TEST_CASE("a refresh that is killed after any of its files leaves what the next one can go on from (T-32)",
          "[scenario][trust]") {
  for (std::size_t answered = 0; answered < 6; ++answered) {
    CAPTURE(answered);
    Desk desk(rogue_root());
    auto& repository = desk.trust.repository;
    auto const old_keys = repository.signers["root"];
    repository.set_role("root", {acr::tuftest::pooled_key(11)});
    repository.set_role("snapshot", {acr::tuftest::pooled_key(12)});
    repository.publish_root(old_keys);
    desk.trust.list(lab_root());
    std::mutex mutex;
    std::size_t seen_so_far = 0;
    bool stalls = true;
    desk.trust.instead = [&](Seen const& seen) -> std::optional<Answer> {
      // The timestamp is asked for ahead of its turn: the other files are counted.
      if (seen.path().ends_with("/timestamp.json")) return std::nullopt;
      std::lock_guard const lock(mutex);
      if (stalls && seen_so_far++ >= answered) return Answer{.delivery = Delivery::stall_before};
      return std::nullopt;
    };
    auto const stalled = [&] {
      std::lock_guard const lock(mutex);
      return seen_so_far > answered;
    };
    {
      RunningProgram program({.program = acr::test::built_program(),
                              .environment = desk.environment(),
                              .arguments = {"inspect", desk.bundle, desk.digest, "--refresh"}});
      // 2.root.json, 3.root.json (absent), snapshot, targets, trusted root: with all five the program ends by itself.
      for (int i = 0; i < 2000 && !stalled() && answered < 5; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
      if (answered < 5) {
        CHECK(stalled());
        program.signal(SIGKILL);
        CHECK(program.wait().status == 128 + SIGKILL);
      } else {
        CHECK(program.wait().status == 0);
      }
    }
    {
      std::lock_guard const lock(mutex);
      stalls = false;
    }
    // Each file that passed its own step is there, whole, and nothing else.
    for (auto const& [name, step] : std::map<std::string, std::size_t>{
             {"root.json", 0}, {"timestamp.json", 2}, {"snapshot.json", 3}, {"targets.json", 4}}) {
      CAPTURE(name);
      CHECK(fs::exists(desk.cache() / name) == (answered >= step));
      if (answered >= step) CHECK(json::parse(text_of(desk.cache() / name)).at("signed").is_object());
    }
    auto const before = desk.trust.server.request_count();
    auto const again = desk.inspect({"--refresh"});
    INFO(again.out + again.err);
    CHECK(again.status == 0);
    // What is stored is not asked for again: the walk's end and the timestamp are, and what was missing.
    std::size_t const wanted[] = {6, 5, 5, 4, 3, 0};
    CHECK(desk.trust.server.request_count() - before == wanted[answered]);
  }
}

TEST_CASE("two commands at once share one cache (T-32)", "[scenario][trust]") {
  Desk desk(rogue_root());
  desk.trust.list(lab_root());
  std::vector<std::unique_ptr<RunningProgram>> programs;
  for (int i = 0; i < 4; ++i)
    programs.push_back(
        std::make_unique<RunningProgram>(ProgramStart{.program = acr::test::built_program(),
                                                      .environment = desk.environment(),
                                                      .arguments = {"inspect", desk.bundle, desk.digest, "--refresh"}}));
  for (auto const& program : programs) CHECK(program->wait().status == 0);
  CHECK(desk.trust.server.request_count() == 5);  // the first one asks, the others find its copy
}

TEST_CASE("tuf keeps what was verified when a refresh ends in an error, and downloads an unchanged target once (T-32, T-37)",
          "[scenario][trust]") {
  Desk desk(lab_root());
  auto const root = (desk.trust.directory.path() / "root.json").string();
  auto const metadata = (desk.home.path() / "metadata").string();
  auto const targets = (desk.home.path() / "targets").string();
  std::vector<std::string> const common{"tuf",
                                        "--metadata-dir",
                                        metadata,
                                        "--metadata-url",
                                        desk.trust.server.base() + "/x/metadata",
                                        "--target-base-url",
                                        desk.trust.server.base() + "/x/targets",
                                        "--target-dir",
                                        targets,
                                        "--target-name",
                                        "trusted_root.json"};
  auto const tuf = [&](std::vector<std::string> more) {
    std::vector<std::string> words = common;
    words.insert(words.end(), more.begin(), more.end());
    return desk.run(words);
  };
  CHECK(tuf({"refresh"}).status == 1);  // not begun
  CHECK(tuf({"init", root}).status == 0);
  CHECK(desk.trust.server.request_count() == 0);
  desk.trust.instead = [&](Seen const& seen) {
    return seen.path().ends_with("2.targets.json") ? std::optional(Answer{.status = 404}) : std::nullopt;
  };
  auto const failed = tuf({"download"});
  CHECK(failed.status == 1);
  CHECK(failed.err.find("tuf-unreachable") != std::string::npos);
  CHECK(fs::exists(metadata + "/snapshot.json"));
  CHECK_FALSE(fs::exists(metadata + "/targets.json"));
  desk.trust.instead = nullptr;
  CHECK(tuf({"download"}).status == 0);
  CHECK(text_of(targets + "/trusted_root.json") == lab_root());
  auto const before = desk.trust.server.request_count();
  CHECK(tuf({"download"}).status == 0);
  CHECK(desk.trust.server.request_count() - before == 2);  // 2.root.json and timestamp.json
  CHECK(tuf({"nonsense"}).status == 1);
}

}  // namespace
}  // namespace trusted_root_commands_test

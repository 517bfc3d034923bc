// Trusted roots that stay current, in whole runs (T-7 … T-14): the program, a release, and a repository of trusted roots.
#include <sys/stat.h>

#include <chrono>
#include <mutex>
#include <set>

#include "scenario/release_files.hpp"
#include "scenario/release_world.hpp"
#include "scenario/trust_repository.hpp"
#include "support/catch2.hpp"
#include "support/digest.hpp"
#include "support/json.hpp"

namespace trusted_root_test {
namespace {

using namespace acr::test;
namespace json = boost::json;
using acr::loopback::Answer;
using acr::loopback::Delivery;
using acr::loopback::Seen;

using Trust = TrustRepository;

std::string lab_root() { return text_of(lab_folder() / "two-charts" / "trusted_root.json"); }

std::map<std::string, std::string> inputs(std::string const& variable, std::string const& mode = "auto") {
  return {{"ACR_TUF_REPOSITORIES", variable}, {"trusted-root", ""}, {"trusted-root-refresh", mode}};
}

json::value report_roots(ReleaseWorld const& world) {
  return json::parse(text_of(world.file(world.outputs().at("verification-path")))).at("trusted_roots");
}

constexpr auto recent = "2026-08-21";
constexpr auto old = "2025-01-01";

TEST_CASE("a run verifies by the fresh trusted root and says so (T-8, T-14)", "[scenario][trust]") {
  Trust trust(lab_root());
  ReleaseWorld world(lab_folder() / "two-charts");
  auto const result = world.run(inputs(trust.variable()));
  INFO(result.out);
  REQUIRE(result.status == 0);
  auto const roots = report_roots(world);
  REQUIRE(roots.as_array().size() == 1);
  auto const& root = roots.at(0);
  CHECK(root.at("origin") == "tuf");
  CHECK(root.at("source") == "trusted_root.json");
  CHECK(root.at("organisation") == "sigstore.mock");
  CHECK(root.at("tuf").at("root") == 1);
  CHECK(root.at("tuf").at("targets") == 2);
  CHECK(root.at("digest") == json::string(acr::sha256_text(lab_root())));
  CHECK_FALSE(root.as_object().contains("date"));
  // The same in manifest and summary predicate; the summary has a line of it.
  auto const outputs = world.outputs();
  CHECK(json::parse(text_of(world.file(outputs.at("manifest-path")))).at("verification").at("trusted_roots") == roots);
  CHECK(json::parse(text_of(world.file(outputs.at("vsa-path")))).at("trusted_roots") == roots);
  auto const summary = world.summary();
  CHECK(summary.find("| `sigstore.mock` | `trusted_root.json` | `tuf` | root 1, targets 2 | `" +
                     acr::sha256_text(lab_root()).substr(0, 19) + "` |") != std::string::npos);
  // The same commit and the same roots give the same bytes, though timestamp and snapshot are newer.
  trust.repository.snapshot["version"] = 7;
  trust.repository.publish_snapshot();
  trust.repository.listed_snapshot()["version"] = 7;
  trust.repository.timestamp["version"] = 9;
  trust.repository.publish_timestamp();
  ReleaseWorld again(lab_folder() / "two-charts");
  auto const second = again.run(inputs(trust.variable()));
  INFO(second.out);
  CHECK(second.status == 0);
  for (auto const* output : {"verification-path", "manifest-path", "vsa-path"})
    CHECK(text_of(again.file(again.outputs().at(output))) == text_of(world.file(outputs.at(output))));
}

/// What a repository does wrong; see break_repository().
enum class Wrong {
  none,
  refused,
  absent,
  cut_short,
  server_error,
  slow,
  expired,
  expired_root,
  signature,
  rollback,
  page,
  too_large,
  redirected,
  encoded,
  malformed_root,
  not_listed
};

std::optional<Answer> at_timestamp(Seen const& seen, Answer answer) {
  return seen.path().ends_with("/timestamp.json") ? std::optional(std::move(answer)) : std::nullopt;
}

void break_repository(Trust& trust, Wrong wrong) {
  auto& repository = trust.repository;
  auto const timestamp = [&trust](Answer answer) {
    trust.instead = [answer](Seen const& seen) { return at_timestamp(seen, answer); };
  };
  switch (wrong) {
    case Wrong::none:
      return;
    case Wrong::refused:
      trust.instead = [](Seen const&) { return std::optional(Answer{.delivery = Delivery::reset_before}); };
      return;
    case Wrong::absent:
      return timestamp({.status = 404});
    case Wrong::cut_short:
      return timestamp({.body = repository.files.at("timestamp.json"), .delivery = Delivery::close_in_body});
    case Wrong::server_error:
      return timestamp({.status = 503});
    case Wrong::slow:
      return timestamp({.delivery = Delivery::stall_before});
    case Wrong::expired:
      repository.timestamp["expires"] = acr::tuftest::past;
      return repository.publish_timestamp();
    case Wrong::expired_root:
      repository.root["expires"] = acr::tuftest::past;
      return repository.publish_root();
    case Wrong::signature:
      repository.files["timestamp.json"] = acr::tuftest::signed_file(repository.timestamp, {acr::tuftest::pooled_key(9)});
      return;
    case Wrong::rollback:  // below what was built in
      repository.timestamp["version"] = 0x7fff;
      repository.publish_timestamp();
      return;
    case Wrong::page:
      return timestamp({.body = "<html>log in</html>"});
    case Wrong::too_large:
      return timestamp({.body = std::string(20000, ' ')});
    case Wrong::redirected:
      return timestamp(acr::loopback::redirect_answer(302, "http://127.0.0.1:9/timestamp.json"));
    case Wrong::encoded:
      return timestamp({.headers = {{"Content-Encoding", "gzip"}}, .body = repository.files.at("timestamp.json")});
    case Wrong::malformed_root:
      return trust.list("{\"mediaType\":\"x\"}");
    case Wrong::not_listed:
      repository.targets["targets"] = json::object();
      return repository.publish();
  }
}

struct Expected {
  int status;
  char const* reason;
  char const* says;  ///< in the log
};

Expected expected_of(std::string const& mode, Wrong wrong, bool is_old) {
  bool const unreachable = wrong == Wrong::refused || wrong == Wrong::absent || wrong == Wrong::cut_short ||
                           wrong == Wrong::server_error || wrong == Wrong::slow;
  bool const expired = wrong == Wrong::expired || wrong == Wrong::expired_root;
  if (mode == "off") return {0, "", is_old ? "trusted-root-old" : ""};
  if (wrong == Wrong::none) return {0, "", ""};
  if (mode == "require") return {unreachable || expired ? 3 : 1, "trusted-root-stale", ""};
  if (!unreachable && !expired) return {1, "trusted-root-invalid", ""};
  if (is_old) return {3, "trusted-root-stale", ""};
  return {0, "", expired ? "trusted-root-expired" : "trusted-root-built-in"};
}

void check_run(std::string const& mode, Wrong wrong, char const* date) {
  CAPTURE(mode, static_cast<int>(wrong), date);
  Trust trust(lab_root());
  auto variable = trust.variable(date);
  break_repository(trust, wrong);
  if (wrong == Wrong::rollback) {
    auto document = json::parse(variable);
    document.at("sigstore.mock").at("built-in").at("timestamp") = 0x8000;
    variable = json::serialize(document);
  }
  ReleaseWorld world(lab_folder() / "two-charts");
  auto const result = world.run(inputs(variable, mode));
  INFO(result.out);
  auto const expected = expected_of(mode, wrong, date == old);
  CHECK(result.status == expected.status);
  CHECK(world.outputs().at("reason") == expected.reason);
  CHECK(result.out.find(expected.says) != std::string::npos);
  if (std::string_view(expected.says) == "trusted-root-built-in") CHECK(result.out.find(date) != std::string::npos);
  if (std::string_view(expected.reason) == "trusted-root-invalid") {
    for (auto const* named : {"trusted-root-refresh", "trusted-root file"}) CHECK(result.out.find(named) != std::string::npos);
  }
  if (expected.status != 0) {
    CHECK(result.out.find(expected.reason) != std::string::npos);
    for (auto const& name : world.packages()) CHECK_FALSE(name.ends_with(".tgz"));
    return;
  }
  bool const fresh = mode != "off" && wrong == Wrong::none;
  auto const root = report_roots(world).at(0);
  CHECK(root.at("origin") == (fresh ? "tuf" : "built-in"));
  CHECK(root.as_object().contains("tuf") == fresh);
  CHECK(root.as_object().contains("date") == !fresh);
  if (!fresh) CHECK(root.at("date") == date);
  CHECK(json::parse(text_of(world.file(world.outputs().at("manifest-path")))).at("verification").at("trusted_roots").at(0) ==
        root);
}

TEST_CASE("each mode under each fault, in a whole run (T-7 … T-10, T-13)", "[scenario][trust]") {
  auto const wrong = one_of({Wrong::none, Wrong::refused, Wrong::absent, Wrong::cut_short, Wrong::server_error, Wrong::expired,
                             Wrong::expired_root, Wrong::signature, Wrong::rollback, Wrong::page, Wrong::too_large,
                             Wrong::redirected, Wrong::encoded, Wrong::malformed_root, Wrong::not_listed});
  for (auto const* mode : {"auto", "require", "off"}) check_run(mode, wrong, recent);
}

TEST_CASE("a built-in copy of more than 400 days counts only when it is asked to (T-8)", "[scenario][trust]") {
  auto const wrong = one_of({Wrong::none, Wrong::absent, Wrong::expired, Wrong::signature});
  for (auto const* mode : {"auto", "require", "off"}) check_run(mode, wrong, old);
  check_run("off", wrong, recent);
}

TEST_CASE("a repository that never answers costs its ten seconds, or thirty when it is required (T-8)", "[scenario][trust]") {
  for (auto const& [mode, seconds] : {std::pair{"auto", 10}, std::pair{"require", 30}}) {
    auto const started = std::chrono::steady_clock::now();
    check_run(mode, Wrong::slow, recent);
    auto const took = std::chrono::steady_clock::now() - started;
    CHECK(took > std::chrono::seconds(seconds - 1));
    CHECK(took < std::chrono::seconds(seconds + 30));
  }
}

TEST_CASE("without a built-in copy nothing stands in for a repository (T-8)", "[scenario][trust]") {
  for (auto const* mode : {"auto", "off"}) {
    Trust trust(lab_root());
    break_repository(trust, Wrong::absent);
    ReleaseWorld world(lab_folder() / "two-charts");
    CHECK(world.run(inputs(trust.variable(), mode)).status == 3);
    CHECK(world.outputs().at("reason") == "trusted-root-stale");
  }
}

std::string rogue_root() { return text_of(lab_folder() / "rogue_trusted_root.json"); }

/// A year passes: the repository's own keys are changed step by step, then another trusted root is listed.
void let_a_year_pass(Trust& trust, std::string const& root) {
  auto& repository = trust.repository;
  for (std::size_t step = 1; step <= 3; ++step) {
    auto const old_keys = repository.signers["root"];
    repository.set_role("root", {acr::tuftest::pooled_key(10 + step)});
    repository.set_role("timestamp", {acr::tuftest::pooled_key(20 + step)});
    repository.set_role("targets", {acr::tuftest::pooled_key(30 + step)});
    repository.publish_root(old_keys);
    repository.publish();
  }
  trust.list(root);
}

TEST_CASE("nothing in HOME is read, not even trusted roots, and nothing is written to it (A-4)", "[scenario][trust]") {
  Trust trust(lab_root());
  ReleaseWorld world(lab_folder() / "two-charts");
  REQUIRE(world.run(inputs(trust.variable())).status == 0);
  auto const expected = release_of(world);
  // Whoever opens a pipe that nobody writes to waits until the test gives up.
  TemporaryDirectory const home;
  std::set<std::string> const pipes{".gitconfig",
                                    ".config/git/config",
                                    ".config/git/attributes",
                                    ".netrc",
                                    ".docker/config.json",
                                    ".config/helm/repositories.yaml",
                                    ".curlrc",
                                    ".cache/atomic-chart-release/tuf/sigstore.mock/root.json"};
  for (auto const& name : pipes) {
    std::filesystem::create_directories((home.path() / name).parent_path());
    REQUIRE(::mkfifo((home.path() / name).c_str(), 0644) == 0);
  }
  auto again = inputs(trust.variable());
  again["HOME"] = home.path().string();
  auto const result = world.run(again);
  INFO(result.out);
  REQUIRE(result.status == 0);
  CHECK(release_of(world) == expected);
  std::set<std::string> left;
  for (auto const& item : std::filesystem::recursive_directory_iterator(home.path()))
    if (!item.is_directory()) left.insert(std::filesystem::relative(item.path(), home.path()).string());
  CHECK(left == pipes);
}

TEST_CASE("a program of today believes an authority that enters the trusted root next year (T-3)", "[scenario][trust]") {
  Trust trust(rogue_root());  // what is built in does not know who signed these attestations
  ReleaseWorld world(lab_folder() / "two-charts");
  auto const before = world.run(inputs(trust.variable(recent)));
  CHECK(before.status == 1);
  CHECK(before.out.find("no trusted authority has issued the certificate") != std::string::npos);
  let_a_year_pass(trust, lab_root());
  auto const result = world.run(inputs(trust.variable(recent)));
  INFO(result.out);
  CHECK(result.status == 0);
  auto const root = report_roots(world).at(0);
  CHECK(root.at("origin") == "tuf");
  CHECK(root.at("tuf").at("root") == 4);
  CHECK(world.run(inputs(trust.variable(recent), "off")).status == 1);
}

TEST_CASE("a program of today stops believing an authority that leaves the trusted root (T-2, T-11)", "[scenario][trust]") {
  Trust trust(lab_root());
  ReleaseWorld world(lab_folder() / "two-charts");
  CHECK(world.run(inputs(trust.variable(recent))).status == 0);
  let_a_year_pass(trust, rogue_root());
  auto const result = world.run(inputs(trust.variable(recent)));
  INFO(result.out);
  CHECK(result.status == 1);
  CHECK(world.outputs().at("result") == "failed");
  CHECK(result.out.find("no trusted authority has issued the certificate") != std::string::npos);
  for (auto const& name : world.packages()) CHECK_FALSE(name.ends_with(".tgz"));
  // The built-in copy has it still.
  CHECK(world.run(inputs(trust.variable(recent), "off")).status == 0);
}

TEST_CASE("no repository is asked when nothing is to be verified, or a file is given (T-7, T-12)", "[scenario][trust]") {
  Trust trust(lab_root());
  std::mutex mutex;
  std::size_t asked = 0;
  trust.instead = [&](Seen const&) {
    std::lock_guard const lock(mutex);
    ++asked;
    return std::nullopt;
  };
  ReleaseWorld file(lab_folder() / "two-charts");
  auto with_file = inputs(trust.variable());
  with_file["trusted-root"] = "trusted_root.json";
  CHECK(file.run(with_file).status == 0);
  CHECK(report_roots(file).at(0).at("origin") == "file");
  ReleaseWorld gate(lab_folder() / "fork-main");
  CHECK(gate.run(inputs(trust.variable())).status == 1);
  ReleaseWorld off(lab_folder() / "two-charts");
  off.run(inputs(trust.variable(recent), "off"));
  CHECK(asked == 0);
}

TEST_CASE("a repository that no bundle needs is neither waited for nor counts (T-8, T-10)", "[scenario][trust]") {
  std::string const mode = one_of({"auto", "require"});
  CAPTURE(mode);
  Trust trust(lab_root()), other(lab_root());
  other.organization = "unused.example";
  auto both = json::parse(trust.variable(recent)).as_object();
  both["unused.example"] = json::parse(other.variable(recent)).at("unused.example");
  SECTION("it never answers") {
    other.instead = [](Seen const&) { return std::optional(Answer{.delivery = Delivery::stall_before}); };
  }
  SECTION("it answers wrongly") {
    other.instead = [](Seen const&) { return std::optional(Answer{.body = "<html>"}); };
  }
  ReleaseWorld world(lab_folder() / "two-charts");
  auto const result = world.run(inputs(json::serialize(both), mode));
  INFO(result.out);
  CHECK(result.status == 0);
  CHECK(result.wall < std::chrono::seconds(8));
  auto const roots = report_roots(world);
  REQUIRE(roots.as_array().size() == 1);
  CHECK(roots.at(0).at("organisation") == "sigstore.mock");
}

TEST_CASE("mistakes about trusted roots are mistakes of the inputs (T-10, T-13a)", "[scenario][trust]") {
  Trust trust(lab_root());
  ReleaseWorld world(lab_folder() / "two-charts");
  CHECK(world.run(inputs(trust.variable(), "sometimes")).status == 2);
  auto const result = world.run(inputs("{}"));
  CHECK(result.status == 2);
  CHECK(result.out.find("ACR_TUF_REPOSITORIES") != std::string::npos);
}

}  // namespace
}  // namespace trusted_root_test

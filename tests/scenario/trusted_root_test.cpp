// Trusted roots that stay current, in whole runs (T-7 … T-14): the program, a release, and a repository of trusted roots.
#include <chrono>
#include <mutex>

#include "loopback/server.hpp"
#include "scenario/release_files.hpp"
#include "scenario/release_world.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/digest.hpp"
#include "support/json.hpp"
#include "tuf_signing/repository.hpp"

namespace {

using namespace acr::test;
namespace json = boost::json;
using acr::loopback::Answer;
using acr::loopback::Delivery;
using acr::loopback::Seen;

/// A repository that lists the lab's trusted root, served on this machine.
struct Trust {
  acr::tuftest::Repository repository;
  std::function<std::optional<Answer>(Seen const&)> instead;  ///< of an ordinary answer
  TemporaryDirectory directory;
  std::string trusted_root;
  acr::loopback::LoopbackServer server{[this](Seen const& seen) { return answer(seen); }};

  explicit Trust(std::string const& root) : trusted_root(root) {
    repository.add_target(repository.targets, "trusted_root.json", root);
    repository.publish();
    acr::write_file(directory.path() / "root.json", repository.initial_root());
    acr::write_file(directory.path() / "trusted_root.json", root);
  }
  Answer answer(Seen const& seen) const {
    if (instead)
      if (auto other = instead(seen)) return *other;
    for (auto const& [prefix, files] : {std::pair{std::string("/x/metadata/"), &repository.files}, std::pair{std::string("/x/targets/"), &repository.target_files}}) {
      if (!seen.path().starts_with(prefix)) continue;
      if (auto const found = files->find(seen.path().substr(prefix.size())); found != files->end()) return Answer{.body = found->second};
    }
    return Answer{.status = 404};
  }
  /// The variable of T-13a; `date`: of a built-in copy, empty without one.
  [[nodiscard]] std::string variable(std::string const& date = {}) const {
    json::object entry{{"url", server.base() + "/x"}, {"root", (directory.path() / "root.json").string()}};
    if (!date.empty())
      entry["built-in"] = json::object{{"trusted_root", (directory.path() / "trusted_root.json").string()}, {"date", date}, {"timestamp", 1}, {"snapshot", 1}, {"targets", 1}};
    return json::serialize(json::object{{"sigstore.mock", entry}});
  }
};

std::string lab_root() { return text_of(lab_folder() / "two-charts" / "trusted_root.json"); }

std::map<std::string, std::string> inputs(std::string const& variable, std::string const& mode = "auto") {
  return {{"ACR_TUF_REPOSITORIES", variable}, {"trusted-root", ""}, {"trusted-root-refresh", mode}};
}

json::value report_roots(ReleaseWorld const& world) { return json::parse(text_of(world.file(world.outputs().at("verification-path")))).at("trusted_roots"); }

constexpr auto recent = "2026-08-21";
constexpr auto old = "2025-01-01";

}  // namespace

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
}

TEST_CASE("each mode under each kind of fault, in a whole run (T-7 … T-10)", "[scenario][trust]") {
  struct Row { char const* what; char const* mode; char const* date; int status; char const* reason; char const* says; };
  auto const row = GENERATE(values<Row>({
      {"unreachable", "auto", recent, 0, "", "trusted-root-built-in"},
      {"unreachable", "auto", old, 3, "trusted-root-stale", ""},
      {"unreachable", "auto", "", 3, "trusted-root-stale", ""},
      {"unreachable", "require", recent, 3, "trusted-root-stale", ""},
      {"unreachable", "off", recent, 0, "", ""},
      {"unreachable", "off", old, 0, "", "trusted-root-old"},
      {"expired", "auto", recent, 0, "", "trusted-root-expired"},
      {"expired", "require", recent, 3, "trusted-root-stale", ""},
      {"wrong", "auto", recent, 1, "trusted-root-invalid", ""},
      {"wrong", "require", recent, 1, "trusted-root-stale", ""},
      {"wrong", "off", recent, 0, "", ""},
  }));
  CAPTURE(row.what, row.mode, row.date);
  Trust trust(lab_root());
  std::string const what = row.what;
  if (what == "unreachable") trust.instead = [](Seen const& seen) { return seen.path().ends_with("timestamp.json") ? std::optional(Answer{.status = 404}) : std::nullopt; };
  if (what == "wrong") trust.instead = [](Seen const& seen) { return seen.path().ends_with("timestamp.json") ? std::optional(Answer{.body = "<html>log in</html>"}) : std::nullopt; };
  if (what == "expired") {
    trust.repository.timestamp["expires"] = acr::tuftest::past;
    trust.repository.publish_timestamp();
  }
  ReleaseWorld world(lab_folder() / "two-charts");
  auto const result = world.run(inputs(trust.variable(row.date), row.mode));
  INFO(result.out);
  CHECK(result.status == row.status);
  CHECK(world.outputs().at("reason") == row.reason);
  if (*row.says) CHECK(result.out.find(row.says) != std::string::npos);
  if (row.status != 0) {
    for (auto const& name : world.packages()) CHECK_FALSE(name.ends_with(".tgz"));
    return;
  }
  auto const root = report_roots(world).at(0);
  CHECK(root.at("origin") == "built-in");
  CHECK(root.at("date") == row.date);
  CHECK_FALSE(root.as_object().contains("tuf"));
}

TEST_CASE("an authority that was withdrawn is not taken from the built-in copy (T-11)", "[scenario][trust]") {
  Trust trust(lab_root());
  trust.repository.add_target(trust.repository.targets, "trusted_root.json", text_of(lab_folder() / "rogue_trusted_root.json"));
  trust.repository.publish();
  ReleaseWorld world(lab_folder() / "two-charts");
  auto const result = world.run(inputs(trust.variable(recent)));
  INFO(result.out);
  CHECK(result.status == 1);
  CHECK(world.outputs().at("result") == "failed");
}

TEST_CASE("an authority that is new is believed without a new program (T-3)", "[scenario][trust]") {
  Trust trust(lab_root());
  acr::write_file(trust.directory.path() / "trusted_root.json", text_of(lab_folder() / "rogue_trusted_root.json"));
  ReleaseWorld world(lab_folder() / "two-charts");
  CHECK(world.run(inputs(trust.variable(recent))).status == 0);
  CHECK(world.run(inputs(trust.variable(recent), "off")).status == 1);
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

TEST_CASE("a repository that never answers costs no more than its ten seconds (T-8)", "[scenario][trust]") {
  Trust trust(lab_root());
  trust.instead = [](Seen const&) { return std::optional(Answer{.delivery = Delivery::stall_before}); };
  ReleaseWorld world(lab_folder() / "two-charts");
  auto const started = std::chrono::steady_clock::now();
  auto const result = world.run(inputs(trust.variable(recent)));
  auto const took = std::chrono::steady_clock::now() - started;
  INFO(result.out);
  CHECK(result.status == 0);
  CHECK(took > std::chrono::seconds(9));
  CHECK(took < std::chrono::seconds(40));
}

TEST_CASE("mistakes about trusted roots are mistakes of the inputs (T-10, T-13a)", "[scenario][trust]") {
  Trust trust(lab_root());
  ReleaseWorld world(lab_folder() / "two-charts");
  CHECK(world.run(inputs(trust.variable(), "sometimes")).status == 2);
  auto const result = world.run(inputs("{}"));
  CHECK(result.status == 2);
  CHECK(result.out.find("ACR_TUF_REPOSITORIES") != std::string::npos);
}

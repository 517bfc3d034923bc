// A lock against its Chart.yaml (D-7 … D-13, D-29; section 10).

#include "dependencies/lock_check.hpp"

#include <functional>

#include "dependencies/sample_charts.hpp"
#include "support/catch2.hpp"

namespace lock_check_test {
namespace {

using namespace acr::dependencies;
using namespace acr::dependencies::samples;
using acr::chart::ChartLock;
using acr::chart::ChartMetadata;

constexpr auto stable = "https://charts.example.org/stable";

ChartMetadata metadata_with(std::vector<Entry> const& declared, std::string const& api_version = "v2") {
  ChartMetadata metadata;
  metadata.name = "app";
  metadata.version = "1.0.0";
  metadata.api_version = api_version;
  metadata.dependencies = read_list(declared);
  return metadata;
}

std::optional<ChartLock> lock_of(std::string const& text) { return acr::chart::read_lock(text, "Chart.lock").value(); }

acr::Verdict<LockPlan> checked(std::vector<Entry> const& declared, std::vector<Entry> const& locked) {
  return check_lock(metadata_with(declared), lock_of(lock_text(declared, locked)), std::vector<bool>(declared.size(), true));
}

acr::Verdict<LockPlan> checked_without_lock(std::vector<Entry> const& declared, bool missing = true) {
  return check_lock(metadata_with(declared), std::nullopt, std::vector<bool>(declared.size(), missing));
}

TEST_CASE("a lock that fits names every version", "[dependencies]") {
  auto const pin = "sha256:" + std::string(64, 'a');
  auto const plan = checked({{"redis", ">=1, <2", stable}, {"web", "0.x.x", ""}},
                            {{"redis", "1.3.0", stable, "digest: " + pin}, {"web", "0.x.x", ""}});
  REQUIRE(plan.has_value());
  REQUIRE(plan->dependencies.size() == 2);
  CHECK(plan->has_lock);
  CHECK(plan->warnings.empty());
  auto const& redis = plan->dependencies[0];
  CHECK(redis.version == "1.3.0");
  CHECK(redis.repository == stable);
  CHECK(redis.constraint == ">=1, <2");
  CHECK(redis.pin == pin);
  CHECK(redis.from_lock);
  CHECK(redis.locked_line == 2);
  CHECK(plan->dependencies[1].version == "0.x.x");  // an empty repository: equal text (D-12)
}

TEST_CASE("a lock that says something else is refused", "[dependencies]") {
  // Whoever edits a lock can compute its digest (D-12), so each of these has the right one.
  struct Row {
    char const* what;
    std::vector<Entry> locked;
  };
  auto const row = one_of<Row>({
      {"an extra entry", {{"redis", "1.3.0", stable}, {"web", "2.0.0", stable}, {"evil", "1.0.0", stable}}},
      {"one too few", {{"redis", "1.3.0", stable}}},
      {"another host", {{"redis", "1.3.0", "https://evil.example.net/stable"}, {"web", "2.0.0", stable}}},
      {"another spelling of the repository",
       {{"redis", "1.3.0", "https://charts.example.org/stable/"}, {"web", "2.0.0", stable}}},
      {"another order", {{"web", "2.0.0", stable}, {"redis", "1.3.0", stable}}},
      {"another name", {{"redi", "1.3.0", stable}, {"web", "2.0.0", stable}}},
      {"a range", {{"redis", ">=1.3.0", stable}, {"web", "2.0.0", stable}}},
      {"a version out of range", {{"redis", "2.0.0", stable}, {"web", "2.0.0", stable}}},
      {"a pre-release that no constraint asks for", {{"redis", "1.4.0-rc.1", stable}, {"web", "2.0.0", stable}}},
      {"a pin that is none", {{"redis", "1.3.0", stable, "digest: sha256:AB"}, {"web", "2.0.0", stable}}},
      {"a pin in upper case", {{"redis", "1.3.0", stable, "digest: sha256:" + std::string(64, 'A')}, {"web", "2.0.0", stable}}},
  });
  CAPTURE(row.what);
  auto const plan = checked({{"redis", ">=1, <2", stable}, {"web", "2.x", stable}}, row.locked);
  REQUIRE(plan.has_error());
  CHECK(plan.error().code == "dep-lock-mismatch");
  CHECK(plan.error().where.starts_with("Chart.lock"));
  CHECK_FALSE(plan.error().expected_value.empty());
  CHECK_FALSE(plan.error().found_value.empty());
  CHECK_FALSE(plan.error().fix_text.empty());
}

TEST_CASE("an empty repository needs equal text in the lock", "[dependencies]") {
  CHECK(checked({{"web", "1.x", ""}}, {{"web", "1.0.0", ""}}).error().code == "dep-lock-mismatch");
}

TEST_CASE("a constraint that Helm cannot read is refused with its line", "[dependencies]") {
  for (auto const* const constraint : {"1,", "1,,2", "|| 1", "", "1.2.3.4", ">", "1 - 2<=0-a"}) {
    CAPTURE(constraint);
    auto const plan = checked({{"redis", constraint, stable}}, {{"redis", "1.3.0", stable}});
    REQUIRE(plan.has_error());
    CHECK(plan.error().code == "dep-lock-mismatch");
    CHECK(plan.error().where.starts_with("Chart.yaml:"));
  }
}

TEST_CASE("one changed character is out of sync", "[dependencies]") {
  std::vector<Entry> const declared{{"redis", "1.x", stable, "condition: redis.enabled"}};
  auto const text = lock_text(declared, {{"redis", "1.3.0", stable}});
  for (auto const& changed : std::vector<std::vector<Entry>>{{{"redis", "1.x.x", stable, "condition: redis.enabled"}},
                                                             {{"redis", "1.x", stable, "condition: redis.enable"}},
                                                             {{"redis", "1.x", stable, "alias: redis"}},
                                                             {{"redis", "1.x", stable}}}) {
    auto const plan = check_lock(metadata_with(changed), lock_of(text), {true});
    REQUIRE(plan.has_error());
    CHECK(plan.error().code == "dep-lock-out-of-sync");
    CHECK(plan.error().rule_number == "D-10");
  }
  auto altered = lock_of(text);
  altered->digest.back() = altered->digest.back() == '0' ? '1' : '0';
  CHECK(check_lock(metadata_with(declared), altered, {true}).error().code == "dep-lock-out-of-sync");
  altered->digest.clear();
  CHECK(check_lock(metadata_with(declared), altered, {true}).error().found_value == "no digest");
}

TEST_CASE("a lock of Helm 2 is taken from v1 charts only, with a warning, and its content is checked", "[dependencies]") {
  std::vector<Entry> const declared{{"redis", "1.x", "@stable"}};
  auto lock = lock_of(list_text({{"redis", "1.3.0", stable}}) + "digest: " + legacy_lock_digest(read_list(declared)) + "\n");
  for (auto const* const api : {"v1", ""}) {
    auto const plan = check_lock(metadata_with(declared, api), lock, {true});
    REQUIRE(plan.has_value());
    REQUIRE(plan->warnings.size() == 1);
    CHECK(plan->warnings[0].code == "lock-legacy");
    CHECK(plan->dependencies[0].repository == stable);
  }
  CHECK(check_lock(metadata_with(declared, "v2"), lock, {true}).error().code == "dep-lock-out-of-sync");
  lock->dependencies->front().version = "2.0.0";
  CHECK(check_lock(metadata_with(declared, "v1"), lock, {true}).error().code == "dep-lock-mismatch");
}

TEST_CASE("an alias of a repository means what the lock says", "[dependencies]") {
  for (auto const* const alias : {"@stable", "alias:stable"}) {
    auto const plan = checked({{"redis", "1.x", alias}}, {{"redis", "1.3.0", stable}});
    REQUIRE(plan.has_value());
    CHECK(plan->dependencies[0].repository == stable);
    CHECK(checked_without_lock({{"redis", "1.3.0", alias}}).error().code == "dep-repository");
    CHECK(checked({{"redis", "1.x", alias}}, {{"redis", "1.3.0", alias}}).error().code == "dep-repository");
    // The digest fits; but nobody would compare that directory between tag and head.
    CHECK(checked({{"redis", "1.x", alias}}, {{"redis", "1.3.0", "file://../../redis"}}).error().code == "dep-repository");
  }
}

TEST_CASE("without a lock the commit itself must fix the version", "[dependencies]") {
  auto const exact = checked_without_lock(
      {{"redis", "=1.3.0", stable}, {"web", "v2.0.0-rc.1", stable}, {"lib", ">=1", "file://../lib"}, {"in", "x", ""}});
  REQUIRE(exact.has_value());
  CHECK_FALSE(exact->has_lock);
  CHECK(exact->dependencies[0].version == "1.3.0");
  CHECK(exact->dependencies[1].version == "v2.0.0-rc.1");
  CHECK(exact->dependencies[2].version == ">=1");
  for (auto const* const range : {"1.3", "1.x", "^1.3.0", "1.3.0 || 1.4.0", ">=1.3.0 <2", "*", "nonsense"}) {
    CAPTURE(range);
    auto const plan = checked_without_lock({{"redis", range, stable}});
    REQUIRE(plan.has_error());
    CHECK(plan.error().code == "dep-lock-missing");
    CHECK(checked_without_lock({{"redis", range, stable}}, false).has_value());  // committed: no version is needed
  }
}

TEST_CASE("no list and a list with a hole", "[dependencies]") {
  // `{}` is a lock (D-10), and a null list is hashed as such (D-8).
  ChartLock none;
  none.digest = lock_digest(read_list({{"redis", "1.x", stable}}), std::nullopt);
  CHECK(check_lock(metadata_with({{"redis", "1.x", stable}}), none, {true}).error().code == "dep-lock-mismatch");
  auto const hole = lock_of("dependencies:\n-\ndigest: sha256:0\n");
  auto const plan = check_lock(metadata_with({{"redis", "1.x", stable}}), hole, {true});
  REQUIRE(plan.has_error());
  CHECK(plan.error().code == "dep-lock-mismatch");
  CHECK(plan.error().rule_number == "D-8");
}

TEST_CASE("more than a hundred dependencies are too many", "[dependencies]") {
  std::vector<Entry> many;
  for (int i = 0; i < 100; ++i) many.push_back({"d" + std::to_string(i), "1.0.0", stable});
  CHECK(checked_without_lock(many).has_value());
  many.push_back({"d100", "1.0.0", stable});
  CHECK(checked_without_lock(many).error().code == "dep-too-large");
}

TEST_CASE("messages name the file that the list stands in, and no secret of a URL", "[dependencies]") {
  std::vector<Entry> const declared{{"redis", "1.x", "https://user:secret@charts.example.org/stable?key=1"}};
  std::vector<Entry> const locked{{"redis", "2.0.0", "https://user:secret@charts.example.org/stable?key=1"}};
  auto const plan = check_lock(metadata_with(declared), lock_of(lock_text(declared, locked)), {true},
                               {"requirements.yaml", "requirements.lock"});
  REQUIRE(plan.has_error());
  CHECK(plan.error().where == "requirements.lock:2: dependency redis 2.0.0 from https://charts.example.org/stable");
  CHECK(plan.error().sentence().find("secret") == std::string::npos);
  CHECK(plan.error().sentence().find("key") == std::string::npos);
  CHECK(shown_repository("oci://h/p") == "oci://h/p");
  CHECK(shown_repository("https://h:8443/@team/p?x#y") == "https://h:8443/@team/p");
  CHECK(shown_repository("https://a:b@h/p") == "https://h/p");
  CHECK(shown_repository("https://a:b/c@d@h/p") == "https://h/p");  // whatever stands before the last @ may be a password
  CHECK(shown_repository("file://../@x") == "file://../@x");
}

}  // namespace
}  // namespace lock_check_test

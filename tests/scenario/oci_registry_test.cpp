// A registry on loopback, looked at by the built program before and after the push (O-22 … O-24).
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "loopback/server.hpp"
#include "scenario/sequence.hpp"
#include "support/catch2.hpp"
#include "support/places.hpp"

namespace oci_registry_test {
namespace {

using namespace acr::test;
using acr::loopback::Answer;
using acr::loopback::LoopbackServer;
using acr::loopback::Seen;

std::string const other_digest = "sha256:" + std::string(64, '1');

/// What a registry tells of its tags: their digests. Whatever is asked for, only HEAD and GET are answered.
class Registry {
 public:
  [[nodiscard]] std::string repository() const { return "127.0.0.1:" + std::to_string(server_.port()) + "/charts"; }
  void tag(std::string const& chart, std::string const& version, std::string const& digest) {
    std::lock_guard const lock(mutex_);
    digests_["/v2/charts/" + chart + "/manifests/" + version] = digest;
  }
  /// Every answer is this one from now on; 0: as told by tag().
  void answer_always(int status) {
    std::lock_guard const lock(mutex_);
    status_ = status;
  }
  [[nodiscard]] std::vector<Seen> seen() const { return server_.seen(); }

 private:
  Answer answer(Seen const& seen) {
    std::lock_guard const lock(mutex_);
    if (status_ != 0) return {.status = status_};
    auto const found = digests_.find(seen.path());
    if (found == digests_.end() || (seen.method != "HEAD" && seen.method != "GET")) return {.status = 404};
    return {
        .headers = {{"Content-Type", "application/vnd.oci.image.manifest.v1+json"}, {"Docker-Content-Digest", found->second}}};
  }

  std::mutex mutex_;
  std::map<std::string, std::string> digests_;
  int status_ = 0;
  LoopbackServer server_{[this](Seen const& seen) { return answer(seen); }};
};

void nothing_is_written(Registry const& registry) {
  CHECK_FALSE(registry.seen().empty());
  for (auto const& seen : registry.seen()) CHECK((seen.method == "HEAD" || seen.method == "GET"));
}

// The sequence up to the stage that publishes, everything attested.
struct Merged {
  Registry registry;
  Sequence sequence;
  std::unique_ptr<Publishing> publishing;
  std::map<std::string, std::string> digests;

  Merged() {
    if (sequence.world->run({{"oci-repository", registry.repository()}, {"oci-check", "free"}}).status != 0)
      throw std::runtime_error("the run before finalize failed");
    auto const outputs = sequence.world->outputs();
    for (auto const* chart : {"gateway", "ledger"}) digests[chart] = outputs.at(std::string(chart) + "_oci-digest");
    auto inputs = ids_and_bundles(sequence.attest_packages(Sequence::shipped()), sequence.attest_report(Sequence::shipped()));
    inputs["oci-attestation-id"] = "88003";
    inputs["bundle-paths"] += "\n" + sequence.attest_oci(Sequence::shipped());
    if (auto const result = sequence.finalize(inputs); result.status != 0)
      throw std::runtime_error("finalize failed: " + result.out);
    sequence.attest_manifest(Sequence::shipped());
    auto const bundle = [&](std::string const& name) {
      return text_of(std::filesystem::path(sequence.world->environment.at("RUNNER_TEMP")) / name / "attestation.json");
    };
    publishing = std::make_unique<Publishing>(sequence, std::vector{bundle("packages")}, std::vector{bundle("overall")},
                                              Checkout::full, std::vector{bundle("oci")});
  }
  void push_all() {
    for (auto const& [chart, digest] : digests) registry.tag(chart, "1.1.0", digest);
  }
};

TEST_CASE("the gate looks whether tags are free, and refuses those that are taken (O-22)", "[scenario]") {
  Registry registry;
  Sequence sequence;
  std::map<std::string, std::string> inputs{{"oci-repository", registry.repository()}, {"oci-check", "free"}};
  auto const first = sequence.world->run(inputs);
  INFO(first.out);
  REQUIRE(first.status == 0);
  CHECK(first.out.find("the tag is free") != std::string::npos);
  auto const digest = sequence.world->outputs().at("gateway_oci-digest");

  SECTION("the digest itself is there: the push is not needed, and harmless") {
    registry.tag("gateway", "1.1.0", digest);
    auto const again = sequence.world->run(inputs);
    CHECK(again.status == 0);
    CHECK(again.out.find("published already") != std::string::npos);
  }
  SECTION("another one is there") {
    registry.tag("gateway", "1.1.0", other_digest);
    auto const taken = sequence.world->run(inputs);
    CHECK(taken.status == 1);
    CHECK(sequence.world->outputs().at("reason") == "oci-tag-taken");
    CHECK(taken.out.find(registry.repository() + "/gateway:1.1.0") != std::string::npos);
    inputs["verify-policy"] = "flag";
    CHECK(sequence.world->run(inputs).status == 0);
    CHECK(sequence.world->outputs().at("result") == "partial");
    // The control: nobody looks, nothing is refused.
    inputs["oci-check"] = "off";
    auto const asked = registry.seen().size();
    CHECK(sequence.world->run(inputs).status == 0);
    CHECK(sequence.world->outputs().at("result") == "success");
    CHECK(registry.seen().size() == asked);
  }
  SECTION("the registry does not answer well") {
    registry.answer_always(500);
    CHECK(sequence.world->run(inputs).status == 3);
    CHECK(sequence.world->outputs().at("reason") == "oci-unreachable");
  }
  SECTION("pushed is nothing that a gate can ask for") {
    inputs["oci-check"] = "pushed";
    CHECK(sequence.world->run(inputs).status == 2);
  }
  SECTION("without oci-repository nobody is asked") {
    auto const asked = registry.seen().size();
    CHECK(sequence.world->run({{"oci-check", "free"}}).status == 0);
    CHECK(registry.seen().size() == asked);
  }
  nothing_is_written(registry);
}

TEST_CASE("verify-package looks before and after the push (O-22)", "[scenario]") {
  Merged merged;
  auto& registry = merged.registry;
  auto const step = [&](std::string const& check) {
    auto result = merged.publishing->step({{"oci-repository", registry.repository()}, {"oci-check", check}});
    UNSCOPED_INFO(result.out);
    return result.status;
  };
  auto const reason = [&] { return merged.publishing->world->outputs().at("reason"); };
  CHECK(step("free") == 0);
  CHECK(step("pushed") == 1);
  CHECK(reason() == "oci-not-pushed");
  registry.tag("gateway", "1.1.0", merged.digests.at("gateway"));
  CHECK(step("pushed") == 1);  // one of two
  CHECK(reason() == "oci-not-pushed");
  merged.push_all();
  CHECK(step("pushed") == 0);
  CHECK(merged.publishing->world->outputs().at("result") == "success");
  CHECK(step("free") == 0);
  registry.tag("ledger", "1.1.0", other_digest);
  CHECK(step("pushed") == 1);
  CHECK(reason() == "oci-digest-differs");
  CHECK(step("free") == 1);
  CHECK(reason() == "oci-tag-taken");
  CHECK(step("off") == 0);
  registry.answer_always(403);
  for (auto const* check : {"free", "pushed"}) {
    CHECK(step(check) == 1);
    CHECK(reason() == "oci-auth");
  }
  registry.answer_always(500);
  CHECK(step("pushed") == 3);
  CHECK(reason() == "oci-unreachable");
  nothing_is_written(registry);
}

TEST_CASE("oci-digest looks at the registry (O-18)", "[scenario]") {
  Registry registry;
  TemporaryDirectory directory;
  acr::write_file(directory.path() / "web/Chart.yaml",
                  "apiVersion: v2\nname: web\nversion: 1.2.0+b1\nicon: https://example.org/i.png\n");
  auto const run = [&](std::vector<std::string> const& words) {
    // Loopback may be asked in plain http when the API is asked so, as in all tests.
    return run_program(acr::test::built_program(), {{"GITHUB_API_URL", "http://127.0.0.1:1"}}, words, directory.path());
  };
  REQUIRE(run({"package", "web", "--source-date-epoch", "1700000000"}).status == 0);
  std::vector<std::string> words{"oci-digest",          "web-1.2.0+b1.tgz", "--oci-repository",
                                 registry.repository(), "--json",           "--check"};
  auto const look = [&](std::string const& check) {
    auto all = words;
    all.push_back(check);
    return run(all);
  };
  auto const free = look("free");
  INFO(free.err);
  REQUIRE(free.status == 0);
  auto const told = json_of(free.out);
  auto const& oci = acr::find(told.as_array().front(), "oci")->as_object();
  CHECK(oci.rbegin()->key() == "state");
  CHECK(oci.at("state").as_string() == "free");
  registry.tag("web", "1.2.0_b1", std::string(oci.at("digest").as_string()));
  for (auto const* check : {"free", "pushed"}) {
    auto const published = look(check);
    CHECK(published.status == 0);
    CHECK(published.out.find("\"state\":\"published\"") != std::string::npos);
  }
  CHECK(run({"oci-digest", "web-1.2.0+b1.tgz", "--oci-repository", registry.repository(), "--check", "pushed"}).out ==
        std::string(oci.at("digest").as_string()) + "  " + registry.repository() + "/web:1.2.0_b1  published\n");
  registry.tag("web", "1.2.0_b1", other_digest);
  CHECK(look("free").err.find("oci-tag-taken") != std::string::npos);
  CHECK(look("pushed").status == 1);
  CHECK(look("pushed").err.find("oci-digest-differs") != std::string::npos);
  CHECK(look("else").status == 2);
  CHECK(run({"oci-digest", "web-1.2.0+b1.tgz", "--check", "free"}).status == 2);
  registry.answer_always(401);
  CHECK(look("free").err.find("oci-auth") != std::string::npos);
  registry.answer_always(500);
  CHECK(look("free").status == 3);
  nothing_is_written(registry);
}

}  // namespace
}  // namespace oci_registry_test

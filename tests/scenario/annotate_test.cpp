// `command: annotate` as a step of the tagging stage: what it writes is what a release reads.
#include "scenario/release_world.hpp"
#include "support/catch2.hpp"
#include "support/places.hpp"

namespace annotate_test {
namespace {

using acr::test::ReleaseWorld;
using acr::test::text_of;

std::filesystem::path const lab = acr::test::data_folder() / "lab";
std::string const digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

std::map<std::string, std::string> inputs(std::string const& chart, std::string const& lineage) {
  return {{"command", "annotate"}, {"chart", chart}, {"lineage", lineage}, {"GITHUB_EVENT_NAME", "push"}};
}

TEST_CASE("the annotation of a tag is written from ids and digests, its version read from the commit", "[scenario]") {
  auto const checkout = one_of({acr::test::Checkout::full, acr::test::Checkout::none});
  ReleaseWorld world(lab / "two-charts", checkout);
  auto const result = world.run(inputs("alertmanager", "w1-lint: 101 " + digest + "\n- w5-semver: 102 " + digest + "\n"));
  INFO(result.out);
  REQUIRE(result.status == 0);
  auto const outputs = world.outputs();
  CHECK(outputs.at("tag") == "alertmanager-v1.42.0");
  auto const path = world.file(outputs.at("annotation-path"));
  auto const text = text_of(path);
  CHECK(text.rfind("Release: alertmanager v1.42.0\n", 0) == 0);
  CHECK(text.find("Commit: " + world.environment.at("GITHUB_SHA")) != std::string::npos);

  // The reader's opinion of it, by the program's own command.
  auto const read = acr::test::run_program(acr::test::built_program(), {{"PATH", "/usr/bin"}},
                                           {"lineage", path.string(), "--json"}, world.workspace());
  CHECK(read.status == 0);
  CHECK(read.out.find(R"("w5-semver")") != std::string::npos);
  CHECK(read.out.find(digest) != std::string::npos);
}

TEST_CASE("an annotation that a release would refuse is not written", "[scenario]") {
  struct Row {
    std::string chart, lineage;
    int status;
    std::string reason;
  };
  auto const row = one_of<Row>({{"alertmanager", "w1-lint 101", 1, "bad-line"},
                                {"alertmanager", "w1-lint: 101", 1, "annotation"},  // without a digest nothing can be looked up
                                {"alertmanager", "w1-lint: x1 " + digest, 1, "annotation"},
                                {"alertmanager", "", 2, "bad-input"},
                                {"nobody", "w1-lint: 101 " + digest, 1, "no-chart"},
                                {"../alertmanager", "w1-lint: 101 " + digest, 2, "bad-input"}});
  CAPTURE(row.chart, row.lineage);
  ReleaseWorld world(lab / "two-charts");
  auto const result = world.run(inputs(row.chart, row.lineage));
  INFO(result.out);
  CHECK(result.status == row.status);
  CHECK(world.outputs().at("reason") == row.reason);
  CHECK(world.packages().empty());
}

}  // namespace
}  // namespace annotate_test

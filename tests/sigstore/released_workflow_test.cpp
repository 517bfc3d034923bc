#include "sigstore/released_workflow.hpp"

#include "support/catch2.hpp"

namespace released_workflow_test {
namespace {

using namespace acr::sigstore;

ReleasedWorkflow shipped(std::string_view own, std::string_view oldest) {
  return {"github.com", "octo/action", ".github/workflows/release.yaml", release_number(own).value(),
          release_number(oldest).value()};
}

bool at(ReleasedWorkflow const& workflow, std::string const& ref) {
  auto const uri = "https://github.com/octo/action/.github/workflows/release.yaml@" + ref;
  return workflow.matches(workflow_place_of_uri(uri).value());
}

TEST_CASE("a release number is three decimal numbers", "[sigstore]") {
  CHECK(release_number("1.20.3") == ReleaseNumber{1, 20, 3});
  CHECK(release_number("0.0.0") == ReleaseNumber{0, 0, 0});
  for (auto const* text : {"", "1", "1.2", "1.2.3.4", "1.2.03", "01.2.3", "1.-2.3", "1.2.3-rc.1", "1.2.3+a", "1.2.x", "1.2.",
                           "v1.2.3", " 1.2.3", "1.2.9999999"}) {
    CAPTURE(text);
    CHECK_FALSE(release_number(text));
  }
  for (auto const* text : {"x.2.3", "1.x.3"}) CHECK_FALSE(release_number(text));
  CHECK(release_number("1.10.0").value() > release_number("1.9.9").value());
}

TEST_CASE("a released workflow counts at tags of its own major version, not below the oldest trusted (B-16a)", "[sigstore]") {
  struct Row {
    std::string ref;
    bool matches;
  };
  auto const row = one_of<Row>({
      {"refs/tags/v2", true},
      {"refs/tags/v2.3.1", true},
      {"refs/tags/v2.3.2", true},
      {"refs/tags/v2.10.0", true},
      {"refs/tags/v2.3.0", false},  // below the oldest trusted
      {"refs/tags/v2.2.9", false},
      {"refs/tags/v1", false},  // another major version
      {"refs/tags/v1.9.9", false},
      {"refs/tags/v3", false},
      {"refs/tags/v3.0.0", false},
      {"refs/tags/v2.3", false},  // not a release
      {"refs/tags/v02", false},
      {"refs/tags/v2.3.2-rc.1", false},
      {"refs/tags/v2/x", false},
      {"refs/tags/2.3.2", false},
      {"refs/tags/v", false},
      {"refs/heads/v2", false},  // a branch, and a branch that is called like a release
      {"refs/heads/v2.3.2", false},
      {"refs/heads/main", false},
      {"refs/pull/7/merge", false},
      {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},  // may be a commit of a fork
      {"v2", false},
  });
  CAPTURE(row.ref);
  CHECK(at(shipped("2.4.0", "2.3.1"), row.ref) == row.matches);
}

TEST_CASE("a released workflow is one file of one repository on one host (B-16a)", "[sigstore]") {
  auto const workflow = shipped("1.0.0", "1.0.0");
  auto const matches = [&](std::string const& uri) {
    auto const place = workflow_place_of_uri(uri);
    return place && workflow.matches(*place);
  };
  CHECK(matches("https://github.com/octo/action/.github/workflows/release.yaml@refs/tags/v1"));
  CHECK(matches("https://github.com/Octo/Action/.github/workflows/release.yaml@refs/tags/v1"));
  for (auto const* uri : {"https://github.com/octo/action2/.github/workflows/release.yaml@refs/tags/v1",
                          "https://github.com/mallory/action/.github/workflows/release.yaml@refs/tags/v1",
                          "https://github.com/octo/action/.github/workflows/check.yaml@refs/tags/v1",
                          "https://github.com/octo/action/.github/workflows/release.yml@refs/tags/v1",
                          "https://ghe.example/octo/action/.github/workflows/release.yaml@refs/tags/v1",
                          "https://github.com/octo/action/.github/workflows/release.yaml"}) {
    CAPTURE(uri);
    CHECK_FALSE(matches(uri));
  }
}

TEST_CASE("before 1.0.0 only releases of the own minor version count (B-16a)", "[sigstore]") {
  auto const workflow = shipped("0.4.2", "0.4.1");
  for (auto const* ref : {"refs/tags/v0.4.1", "refs/tags/v0.4.9"}) CHECK(at(workflow, ref));
  for (auto const* ref : {"refs/tags/v0", "refs/tags/v0.4.0", "refs/tags/v0.5.0", "refs/tags/v1", "refs/tags/v1.0.0"}) {
    CAPTURE(ref);
    CHECK_FALSE(at(workflow, ref));
  }
}

TEST_CASE("what is expected is said in words", "[sigstore]") {
  CHECK(shipped("2.4.0", "2.3.1").text() ==
        "octo/action/.github/workflows/release.yaml@refs/tags/v2, or at v2.x.y from v2.3.1");
  CHECK(shipped("0.4.2", "0.4.1").text() == "octo/action/.github/workflows/release.yaml@refs/tags/v0.4.x from v0.4.1");
}

}  // namespace
}  // namespace released_workflow_test

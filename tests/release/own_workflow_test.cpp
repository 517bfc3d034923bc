#include "release/own_workflow.hpp"

#include <stdexcept>

#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/places.hpp"

namespace own_workflow_test {
namespace {

TEST_CASE("the action trusts the workflow that it ships, at releases of its own major version (B-16a)", "[release]") {
  auto const workflow = acr::release::own_workflow();
  CHECK(workflow.own == acr::sigstore::release_number(ACR_VERSION));
  CHECK(workflow.oldest == acr::sigstore::release_number(acr::release::oldest_trusted));
  CHECK(workflow.oldest <= workflow.own);
  CHECK(workflow.oldest.major == workflow.own.major);  // else no release of this version could sign
  CHECK(workflow.path == ".github/workflows/release-charts.yaml");
}

TEST_CASE("an address or version of another form is our own mistake", "[release]") {
  auto const workflow = acr::release::shipped_workflow("https://ghe.example/o/r", "2.3.4", "2.1.0");
  CHECK(workflow.host == "ghe.example");
  CHECK(workflow.repository == "o/r");
  CHECK(workflow.own == acr::sigstore::ReleaseNumber{2, 3, 4});
  CHECK(workflow.oldest == acr::sigstore::ReleaseNumber{2, 1, 0});
  for (auto const* source : {"", "github.com/o/r", "http://github.com/o/r", "https://github.com"})
    CHECK_THROWS_AS(acr::release::shipped_workflow(source, "2.3.4", "2.1.0"), std::logic_error);
  CHECK_THROWS_AS(acr::release::shipped_workflow("https://github.com/o/r", "2.3", "2.1.0"), std::logic_error);
  CHECK_THROWS_AS(acr::release::shipped_workflow("https://github.com/o/r", "2.3.4", "v2.1.0"), std::logic_error);
}

// A fork that releases itself changes one value, and label and program follow (docs/releasing.md).
TEST_CASE("the image's label and the program name the same repository (B-16a)", "[release]") {
  auto const source = acr::read_file(acr::test::source_folder().string() + "/Dockerfile", 1 << 20);
  auto const cmake = acr::read_file(acr::test::source_folder().string() + "/CMakeLists.txt", 1 << 20);
  auto const between = [](std::string const& text, std::string const& before, std::string const& after) {
    auto const at = text.find(before);
    REQUIRE(at != std::string::npos);
    auto const begin = at + before.size();
    return text.substr(begin, text.find(after, begin) - begin);
  };
  CHECK(between(source, "ARG SOURCE=", "\n") == between(cmake, "set(ACR_SOURCE \"", "\""));
  CHECK(source.find("-DACR_SOURCE=\"${SOURCE}\"") != std::string::npos);
  CHECK(source.find("org.opencontainers.image.source=\"${SOURCE}\"") != std::string::npos);
}

}  // namespace
}  // namespace own_workflow_test

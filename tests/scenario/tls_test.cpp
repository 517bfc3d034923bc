// The whole program over real TLS (G-2; issue 6): a private authority is believed by SSL_CERT_FILE alone, everything else is
// refused before the token is sent.
#include "loopback/authority.hpp"
#include "scenario/release_files.hpp"
#include "scenario/release_world.hpp"
#include "support/catch2.hpp"

namespace tls_test {
namespace {

using namespace acr::test;
using acr::loopback::Authority;
using acr::loopback::Identity;

Authority const& authority() {
  static Authority const made;
  return made;
}

std::function<void(acr::loopback::StandInSettings&)> with(Identity identity) {
  return [identity = std::move(identity)](acr::loopback::StandInSettings& settings) { settings.tls = identity; };
}

TEST_CASE("over TLS with a private authority a release is what it is without", "[scenario]") {
  ReleaseWorld plain(lab_folder() / "two-charts");
  auto const expected = outcome_of(plain, plain.run());
  ReleaseWorld world(lab_folder() / "two-charts", Checkout::full, with(authority().identity({"127.0.0.1"})));
  REQUIRE(world.environment.at("GITHUB_API_URL").starts_with("https://"));
  auto const result = world.run({{"SSL_CERT_FILE", authority().file().string()}});
  INFO(result.out);
  CHECK(expected.status == 0);
  CHECK(difference(expected, outcome_of(world, result)).empty());
  CHECK(world.github().violations() == std::vector<std::string>{});
}

TEST_CASE("a server that cannot prove its name gets nothing, the token least of all", "[scenario]") {
  struct Row {
    char const* what;
    Identity identity;
    std::string code;
    bool private_authority = true;
  };
  Authority const stranger;
  std::vector<Row> const rows{
      {"another host's certificate", authority().identity({"github.example"}), "bad-certificate"},
      {"an expired certificate", authority().expired_identity({"127.0.0.1"}), "bad-certificate"},
      {"a strange authority", stranger.identity({"127.0.0.1"}), "bad-certificate"},
      {"a private authority that nobody named", authority().identity({"127.0.0.1"}), "bad-certificate", false},
      {"TLS 1.1 only", authority().old_identity({"127.0.0.1"}), "tls-failed"}};
  for (auto const& row : rows) {
    CAPTURE(row.what);
    ReleaseWorld world(lab_folder() / "two-charts", Checkout::full, with(row.identity));
    auto const result =
        world.run(row.private_authority ? std::map<std::string, std::string>{{"SSL_CERT_FILE", authority().file().string()}}
                                        : std::map<std::string, std::string>{});
    INFO(result.out);
    CHECK(result.status == 3);
    CHECK(world.outputs().at("result") == "failed");
    CHECK(world.outputs().at("reason") == row.code);
    CHECK(world.github().count("api") + world.github().count("storage") == 0);
    for (auto const& name : world.packages()) CHECK_FALSE(name.ends_with(".tgz"));
  }
}

}  // namespace
}  // namespace tls_test

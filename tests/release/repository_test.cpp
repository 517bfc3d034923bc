// The repository of a command, by whichever means it is named.
#include "release/repository.hpp"

#include "support/catch2.hpp"
#include "support/thrown.hpp"

namespace repository_test {
namespace {

using namespace acr;
using release::Repository;

event::RunnerEnvironment runner() {
  event::RunnerEnvironment environment;
  environment.repository = "acme/helm-charts";
  environment.repository_id = "500000001";
  environment.repository_owner_id = "8";
  return environment;
}

TEST_CASE("the runner names a repository by name and number, or not at all (A-50)", "[release]") {
  auto environment = runner();
  auto const repository = release::repository_of_runner(environment);
  CHECK(repository.full_name == "acme/helm-charts");
  CHECK(repository.id == "500000001");
  CHECK(repository.owner_id == "8");
  CHECK(repository.owner_type.empty());
  CHECK(repository.server_url == "https://github.com");
  CHECK(repository.api_url == "https://api.github.com");
  SECTION("no name") { environment.repository.clear(); }
  SECTION("no number") { environment.repository_id.clear(); }
  SECTION("not a number") { environment.repository_id = "x"; }
  SECTION("zero") { environment.repository_id = "0"; }
  CHECK(test::thrown_code([&] { (void)release::repository_of_runner(environment); }) == "bad-input");
}

TEST_CASE("an event names its repository, the runner the owner's number and the server (A-50)", "[release]") {
  auto environment = runner();
  environment.api_url = "https://api.octocorp.ghe.com";
  auto const repository =
      release::repository_of_event({.id = 7, .full_name = "o/r", .owner_login = "o", .owner_type = "User"}, environment);
  CHECK(repository.full_name == "o/r");
  CHECK(repository.id == "7");
  CHECK(repository.owner_id == "8");
  CHECK(repository.server_url == "https://octocorp.ghe.com");
  CHECK(repository.api_url == "https://api.octocorp.ghe.com");
  auto const address = release::address_of(repository);
  CHECK(address.full_name() == "o/r");
  CHECK(address.id == 7);
  CHECK(address.owner_kind == github::OwnerKind::user);
}

TEST_CASE("what options leave out is not known", "[release]") {
  auto const nothing = release::repository_named("", "", {});
  CHECK(release::address_of(nothing).name.empty());
  CHECK(release::address_of(nothing).id == 0);
  auto const odd = release::repository_named("acme", "seven", {});
  CHECK(release::address_of(odd).owner == "acme");
  CHECK(release::address_of(odd).name.empty());
  CHECK(release::address_of(odd).id == 0);
  CHECK(release::address_of(odd).owner_kind == github::OwnerKind::organization);
  auto const known = release::repository_named("o/r", "7", runner());
  CHECK(known.full_name == "o/r");
  CHECK(known.id == "7");
  CHECK(known.owner_id.empty());
  CHECK(known.server_url == "https://github.com");
}

}  // namespace
}  // namespace repository_test

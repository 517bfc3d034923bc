// What of registry-credentials is masked, whatever else is wrong with a line (A-27, D-36, B-27).

#include "release/dependency_network.hpp"

#include "support/catch2.hpp"

namespace dependency_network_test {
namespace {

TEST_CASE("passwords of malformed lines are masked too, with and without their last words", "[release]") {
  using acr::release::credential_secrets;
  using Secrets = std::vector<std::string>;
  CHECK(credential_secrets({"h=user:password realm=auth.example.org"}) == Secrets{"password", "dXNlcjpwYXNzd29yZA=="});
  CHECK(credential_secrets({"h=user:password realm=a/b"}) == Secrets{"password realm=a/b", "password"});
  CHECK(credential_secrets({"h /=user:pass word"}) == Secrets{"pass word"});
  CHECK(credential_secrets({"h=user: realm=a/b"}) == Secrets{"realm=a/b"});
  CHECK(credential_secrets({"h", "h=user"}).empty());
}

}  // namespace
}  // namespace dependency_network_test

// The real metadata of Sigstore's public-good instance, with the time set (tests/data/tuf).
#include <fstream>
#include <iterator>

#include "support/catch2.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "support/places.hpp"
#include "tuf_signing/repository.hpp"

namespace public_good_test {
namespace {

using namespace acr::tuftest;
using acr::tuf::MemoryStore;

std::string data(std::string const& name) {
  std::ifstream file(acr::test::data_folder() / ("tuf/" + name), std::ios::binary);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<std::string> served(std::string const& path) {
  if (path == "165.snapshot.json") return data("public-good/snapshot.json");
  if (path == "14.targets.json") return data("public-good/targets.json");
  if (path == acr::hex(acr::sha256(data("public-good/trusted_root.json"))) + ".trusted_root.json")
    return data("public-good/trusted_root.json");
  if (path == "17.root.json") return std::nullopt;
  return data("public-good/" + path);
}

RefreshOptions options(std::string_view time) {
  RefreshOptions options;
  options.time = *acr::parse_rfc3339(time);
  options.targets = {"trusted_root.json"};
  options.follow_delegations = false;
  options.fetch = served;
  return options;
}

TEST_CASE("a refresh from any root of the public-good instance ends with version 16", "[tuf]") {
  int const from = GENERATE(range(9, 17));
  CAPTURE(from);
  MemoryStore store;
  store.save("root", data("public-good/" + std::to_string(from) + ".root.json"));
  auto const outcome = refresh(Repository(), store, options("2026-08-25T00:00:00Z"));
  REQUIRE(outcome.code() == "fine");
  CHECK(outcome.root == 16);
  CHECK(outcome.targets == 14);
  CHECK(outcome.found == data("public-good/trusted_root.json"));
  CHECK(store.files().at("root") == data("public-good/16.root.json"));
  CHECK(store.files().at("timestamp") == data("public-good/timestamp.json"));
  CHECK(outcome.requests.size() == static_cast<std::size_t>(16 - from + 1 + 4));
}

TEST_CASE("the public-good timestamp is fresh until its second (T-17)", "[tuf]") {
  MemoryStore store;
  store.save("root", data("public-good/16.root.json"));
  CHECK(refresh(Repository(), store, options("2026-08-28T19:25:55Z")).code() == "fine");
  MemoryStore other;
  other.save("root", data("public-good/16.root.json"));
  auto const late = refresh(Repository(), other, options("2026-08-28T19:25:56Z"));
  CHECK(late.code() == "tuf-expired");
  CHECK(late.rejection->where == "timestamp.json");
}

TEST_CASE("the floors of the built-in copy fit the public-good repository (T-6)", "[tuf]") {
  auto const root = data("public-good/16.root.json");
  for (auto const& [floors, code] :
       {std::pair{acr::tuf::Floors{762, 165, 14}, "fine"}, std::pair{acr::tuf::Floors{763, 165, 14}, "tuf-rollback"}}) {
    MemoryStore store;
    auto with_floors = options("2026-08-25T00:00:00Z");
    with_floors.built_in = acr::tuf::BuiltIn{root, floors};
    CHECK(refresh(Repository(), store, with_floors).code() == code);
  }
}

TEST_CASE("the initial root of GitHub's instance is signed by its own keys (T-23)", "[tuf]") {
  auto const root = data("github/3.root.json");
  MemoryStore store;
  acr::tuf::Client client(store, now, false);
  REQUIRE(client.start(acr::tuf::BuiltIn{root, {}}).has_value());
  CHECK(client.wanted()->path == "4.root.json");
}

}  // namespace
}  // namespace public_good_test

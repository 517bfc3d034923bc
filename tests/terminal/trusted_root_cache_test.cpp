#include "terminal/trusted_root_cache.hpp"

#include <filesystem>
#include <map>

#include "loopback/scripted_http.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/temporary_directory.hpp"
#include "terminal/tuf_directory.hpp"
#include "tuf_signing/repository.hpp"

namespace trusted_root_cache_test {
namespace {

using namespace acr::release;
using acr::loopback::reply;
using acr::loopback::ScriptedHttp;
using acr::terminal::TrustedRootCache;
using acr::terminal::TufDirectory;
using Kind = RefreshOutcome::Kind;

struct World {
  acr::tuftest::Repository repository;
  TrustSource source;
  ScriptedHttp http{[this](acr::net::Request const& request) {
    auto const& path = request.url.path;
    auto const& files = path.starts_with("/targets/") ? repository.target_files : repository.files;
    auto const found = files.find(path.substr(path.starts_with("/targets/") ? 9 : 1));
    return found == files.end() ? reply(404) : reply(200, found->second);
  }};
  World() {
    repository.add_target(repository.targets, "trusted_root.json", std::string(acr::sigstore::built_in_roots()[0].json));
    repository.publish();
    source = {.organization = "sigstore.dev",
              .instance = "public-good",
              .address = {*base_url("https://tuf.example/"), *base_url("https://tuf.example/targets/")},
              .initial_root = repository.initial_root(),
              .floors = {},
              .target = "trusted_root.json",
              .name = "tuf.example/trusted_root.json",
              .built_in = {}};
  }
  std::size_t requests_of(std::function<void()> const& body) {
    auto const before = http.seen().size();
    body();
    return http.seen().size() - before;
  }
};

acr::Time later(std::int64_t seconds) { return {acr::tuftest::now.seconds + seconds, 0}; }

TEST_CASE("a copy of less than a day is used without a request, after every check (T-35)", "[release][trust]") {
  World world;
  acr::test::TemporaryDirectory const directory;
  TrustedRootCache const cache(directory.path());
  auto const refresh = [&](acr::Time time, bool always = false) {
    return world.requests_of([&] { CHECK(cache.refresh(world.source, world.http, time, always).kind == Kind::fresh); });
  };
  CHECK(cache.kept(world.source, acr::tuftest::now).kind == Kind::unreachable);
  CHECK(cache.kept(world.source, acr::tuftest::now).fault.why == "nothing is kept");
  CHECK(refresh(later(0)) == 5);
  CHECK(cache.kept(world.source, later(0)).kind == Kind::fresh);
  CHECK(refresh(later(86399)) == 0);
  CHECK(refresh(later(86399), true) == 2);
  CHECK(refresh(later(2 * 86400)) == 2);
  CHECK(refresh(later(86400)) == 2);  // a time from the future says nothing
  auto const home = directory.path() / "public-good";
  SECTION("another target's bytes") {
    acr::write_file(home / "targets" / "trusted_root.json", "{}");
    CHECK(cache.kept(world.source, later(86400)).fault.code == "tuf-length");
    CHECK(refresh(later(86400)) == 3);
  }
  SECTION("a file that its role did not sign") {
    acr::write_file(home / "targets.json", acr::tuftest::signed_file(world.repository.targets, {acr::tuftest::pooled_key(9)}));
    CHECK(cache.kept(world.source, later(86400)).kind == Kind::unreachable);
    CHECK(refresh(later(86400)) == 3);
  }
  SECTION("a file that is missing") {
    std::filesystem::remove(home / "timestamp.json");
    CHECK(cache.kept(world.source, later(86400)).kind == Kind::unreachable);
    CHECK(refresh(later(86400)) == 2);
  }
  SECTION("a root that is broken") {
    acr::write_file(home / "root.json", "{}");
    CHECK(refresh(later(86400)) == 4);
  }
  SECTION("a time that is none") {
    acr::write_file(home / "refreshed", "yesterday");
    CHECK(refresh(later(86400)) == 2);
  }
  SECTION("an expired file") {
    CHECK(cache.kept(world.source, *acr::parse_rfc3339("2031-01-01T00:00:00Z")).kind == Kind::expired);
  }
}

TEST_CASE("the cache is where the user's caches are (T-35)", "[release][trust]") {
  acr::test::TemporaryDirectory const directory;
  World world;
  auto const used = [&](std::map<std::string, std::string> variables) {
    auto const cache = TrustedRootCache::of([&](std::string const& name) -> std::optional<std::string> {
      auto const found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    });
    CHECK(cache.refresh(world.source, world.http, acr::tuftest::now, false).kind == Kind::fresh);
  };
  auto const path = directory.path().string();
  used({{"XDG_CACHE_HOME", path + "/xdg"}, {"HOME", path + "/home"}});
  CHECK(std::filesystem::exists(path + "/xdg/atomic-chart-release/tuf/public-good/root.json"));
  CHECK_FALSE(std::filesystem::exists(path + "/home"));
  used({{"XDG_CACHE_HOME", "relative"}, {"HOME", path + "/home"}});
  CHECK(std::filesystem::exists(path + "/home/.cache/atomic-chart-release/tuf/public-good/root.json"));
  used({});
}

TEST_CASE("metadata on disk appear whole, under names without a version (T-32)", "[release][trust]") {
  acr::test::TemporaryDirectory const directory;
  TufDirectory store(directory.path() / "a" / "b");
  store.save("root", "1");
  store.save("..%2Fx", "2");
  CHECK(*store.load("root", 1) == "1");
  CHECK_FALSE(store.load("root", 0));
  CHECK_FALSE(store.load("missing", 10));
  CHECK(acr::read_file(directory.path() / "a" / "b" / "..%2Fx.json", 10) == "2");
  store.drop("root");
  store.drop("root");
  CHECK_FALSE(store.load("root", 10));
  acr::write_file(directory.path() / "a" / "b" / "other.txt", "3");
  store.clear();
  CHECK_FALSE(store.load("..%2Fx", 10));
  CHECK(std::filesystem::exists(directory.path() / "a" / "b" / "other.txt"));
  acr::write_file(directory.path() / "file", "");
  CHECK_THROWS_AS(TufDirectory(directory.path() / "file"), std::runtime_error);
}

}  // namespace
}  // namespace trusted_root_cache_test

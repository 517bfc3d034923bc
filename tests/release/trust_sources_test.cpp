#include <filesystem>
#include <functional>
#include <map>

#include "release/trusted_root_refresh.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/temporary_directory.hpp"
#include "tuf_signing/repository.hpp"

namespace trust_sources_test {
namespace {

using namespace acr::release;

TEST_CASE("the two instances and what is built in of each (T-4, T-6)", "[release][trust]") {
  auto const sources = default_trust_sources();
  REQUIRE(sources.size() == 2);
  CHECK(sources[0].organization == "sigstore.dev");
  CHECK(sources[0].address.metadata.text() == "https://tuf-repo-cdn.sigstore.dev/");
  CHECK(sources[0].address.targets.text() == "https://tuf-repo-cdn.sigstore.dev/targets/");
  CHECK(sources[0].name == "tuf-repo-cdn.sigstore.dev/trusted_root.json");
  CHECK(sources[0].floors.timestamp == 762);
  CHECK(sources[0].built_in->date == "2026-08-21");
  CHECK(sources[1].organization == "GitHub, Inc.");
  CHECK(sources[1].address.metadata.text() == "https://tuf-repo.github.com/");
  for (auto const& source : sources) {
    acr::tuf::MemoryStore store;
    acr::tuf::Client client(store, acr::tuftest::now, false);
    CHECK(client.start(acr::tuf::BuiltIn{source.initial_root, source.floors}).has_value());
  }
}

TEST_CASE("a tenant of data residency is in the API's name (T-5)", "[release][trust]") {
  CHECK(tenant_of("https://api.octocorp.ghe.com") == "octocorp");
  CHECK(tenant_of("https://api.octocorp.ghe.com/") == "octocorp");
  for (auto const* other : {"https://api.github.com", "https://octocorp.ghe.com", "https://api.ghe.com", "https://api..ghe.com",
                            "https://api.a.b.ghe.com", "https://api.octocorp.ghe.com.example", "http://api.octocorp.ghe.com",
                            "https://apioctocorp.ghe.com", "", "api.octocorp.ghe.com"}) {
    CAPTURE(other);
    CHECK_FALSE(tenant_of(other));
  }
  CHECK(tenant_issuer("octocorp") == "https://token.actions.octocorp.ghe.com");
}

std::function<std::optional<std::string>(std::string const&)> variables(std::map<std::string, std::string> values) {
  return [values = std::move(values)](std::string const& name) {
    auto const found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST_CASE("of a tenant GitHub's repository alone is asked, for a target that the server names (T-5)", "[release][trust]") {
  auto const sources = trust_sources(variables({{"GITHUB_API_URL", "https://api.octocorp.ghe.com"}}));
  REQUIRE(sources.size() == 1);
  CHECK(sources[0].organization == "GitHub, Inc.");
  CHECK(sources[0].named_by_server);
  CHECK_FALSE(sources[0].built_in);
  CHECK(trust_sources(variables({})).size() == 2);
  CHECK(trust_sources(variables({{"GITHUB_API_URL", "https://api.github.com"}})).size() == 2);
}

TEST_CASE("a trust domain names the target, and nothing else (T-5)", "[release][trust]") {
  auto const repository = trust_sources(variables({{"GITHUB_API_URL", "https://api.octocorp.ghe.com"}})).at(0);
  auto const source = tenant_trust_source(repository, "octocorp.ghe.com");
  REQUIRE(source.has_value());
  CHECK(source->target == "octocorp.ghe.com.trusted_root.json");
  CHECK(source->name == "tuf-repo.github.com/octocorp.ghe.com.trusted_root.json");
  CHECK(source->organization == "GitHub, Inc.");
  CHECK_FALSE(source->built_in);
  CHECK_FALSE(source->named_by_server);
  for (auto const* bad : {"", "a/b", "a b", "a%2fb", "a\n", "\xc3\xa9", "a_b"}) {
    CAPTURE(bad);
    auto const refused = tenant_trust_source(repository, bad);
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == "trust-domain");
  }
  auto const missing = tenant_trust_source(repository, std::nullopt);
  REQUIRE(missing.has_error());
  CHECK(missing.error().code == "trust-domain");
  CHECK(missing.error().why == "domains.artifact_attestations.trust_domain is missing");
}

TEST_CASE("a tenant's issuer is derived where none is given (T-5)", "[release][trust]") {
  auto const issuer = [](std::map<std::string, std::string> given, char const* api) {
    return with_tenant_issuer(acr::event::from_map(std::move(given)), api)("oidc-issuer").value_or("none");
  };
  constexpr auto tenant = "https://api.octocorp.ghe.com";
  CHECK(issuer({}, tenant) == "https://token.actions.octocorp.ghe.com");
  CHECK(issuer({{"oidc-issuer", " \n"}}, tenant) == "https://token.actions.octocorp.ghe.com");
  CHECK(issuer({{"oidc-issuer", "https://token.actions.githubusercontent.com"}}, tenant) ==
        "https://token.actions.octocorp.ghe.com");  // action.yml's default
  CHECK(issuer({{"oidc-issuer", "https://issuer.example"}}, tenant) == "https://issuer.example");
  CHECK(issuer({}, "https://api.github.com") == "none");
  CHECK(with_tenant_issuer(acr::event::from_map({{"token", "t"}}), tenant)("token") == "t");
  CHECK_FALSE(with_tenant_issuer(acr::event::from_map({}), tenant)("token"));
}

TEST_CASE("certificates of a tenant name the tenant's web address (T-5)", "[release][trust]") {
  auto const of = [](char const* api, char const* server) {
    acr::event::RunnerEnvironment environment;
    environment.api_url = api;
    environment.server_url = server;
    return server_url(environment);
  };
  CHECK(of("", "") == "https://github.com");
  CHECK(of("https://github.example/api/v3", "https://github.example") == "https://github.example");
  CHECK(of("https://api.octocorp.ghe.com", "") == "https://octocorp.ghe.com");
  CHECK(of("https://api.octocorp.ghe.com", "https://OctoCorp.ghe.com/") == "https://octocorp.ghe.com");
  for (auto const* other : {"https://github.com", "https://other.ghe.com", "http://octocorp.ghe.com"}) {
    CAPTURE(other);
    try {
      of("https://api.octocorp.ghe.com", other);
      FAIL_CHECK("accepted");
    } catch (acr::BadEnvironment const& error) {
      CHECK(error.code() == "bad-environment");
      CHECK(std::string(error.what()).find("GITHUB_SERVER_URL") != std::string::npos);
    }
  }
}

TEST_CASE("offline commands trust what is built in, or what the variable of tests says (T-13a)", "[release][trust]") {
  CHECK_FALSE(offline_roots(variables({})).has_value());
  acr::test::TemporaryDirectory const directory;
  auto const root = (directory.path() / "root.json").string();
  auto const trusted = (directory.path() / "trusted_root.json").string();
  acr::write_file(root, "{}");
  acr::write_file(trusted, std::string(acr::sigstore::built_in_roots()[0].json));
  std::string const entry = R"({"Example":{"url":"http://127.0.0.1:1/x","root":")" + root + "\"";
  auto const with = [&](std::string const& more) { return variables({{"ACR_TUF_REPOSITORIES", entry + more + "}}"}}); };
  CHECK(offline_roots(with("")).value().empty());
  auto const copy =
      R"(,"built-in":{"trusted_root":")" + trusted + R"(","date":"2026-01-01","timestamp":1,"snapshot":1,"targets":1})";
  REQUIRE(offline_roots(with(copy)).value().size() == 1);
  CHECK(offline_roots(with(copy)).value().at(0).source == "built in (Example, 2026-01-01)");
  acr::write_file(trusted, "{}");
  CHECK_THROWS_AS(offline_roots(with(copy)), acr::BadEnvironment);
}

TEST_CASE("repositories of tests come from the environment, on this machine only (T-13a)", "[release][trust]") {
  acr::test::TemporaryDirectory const directory;
  auto const root = (directory.path() / "root.json").string();
  auto const trusted = (directory.path() / "trusted_root.json").string();
  acr::write_file(root, "{}");
  acr::write_file(trusted, "[]");
  std::string const url = R"("url":"http://127.0.0.1:8080/x")";
  std::string const start = R"("root":")" + root + "\"";
  auto const copy = [&](std::string const& more) { return R"("built-in":{"trusted_root":")" + trusted + "\"" + more + "}"; };
  std::string const versions = R"(,"timestamp":3,"snapshot":2,"targets":1)";
  auto const entry = [](std::string const& members) { return R"({"Example":{)" + members + "}}"; };

  SECTION("all of it") {
    auto const sources = test_trust_sources(
        entry(url + "," + start + R"(,"target":"t.json",)" + copy(R"(,"date":"2026-01-01")" + versions)), "http://localhost:1");
    REQUIRE(sources.size() == 1);
    CHECK(sources[0].organization == "Example");
    CHECK(sources[0].address.metadata.text() == "http://127.0.0.1:8080/x/metadata/");
    CHECK(sources[0].address.targets.text() == "http://127.0.0.1:8080/x/targets/");
    CHECK(sources[0].initial_root == "{}");
    CHECK(sources[0].target == "t.json");
    CHECK(sources[0].name == "t.json");
    CHECK(sources[0].built_in->trusted_root == "[]");
    CHECK(sources[0].built_in->date == "2026-01-01");
    CHECK(sources[0].floors.timestamp == 3);
    CHECK(sources[0].floors.targets == 1);
  }
  SECTION("the least, on a terminal") {
    auto const sources = test_trust_sources(entry(url + "," + start), "");
    CHECK(sources[0].target == "trusted_root.json");
    CHECK_FALSE(sources[0].built_in);
  }
  SECTION("refused") {
    struct Row {
      std::string text, api;
    };
    std::vector<Row> const rows = {
        {entry(url + "," + start), "https://api.github.com"},
        {entry(url + "," + start), "https://127.0.0.1"},
        {entry(url + "," + start), "nothing"},
        {"", ""},
        {"[]", ""},
        {"{}", ""},
        {R"({"Example":1})", ""},
        {entry(start), ""},
        {entry(url), ""},
        {entry(R"("url":"https://127.0.0.1/x",)" + start), ""},
        {entry(R"("url":"http://example.org/x",)" + start), ""},
        {entry(R"("url":"http://127.0.0.1/x?y",)" + start), ""},
        {entry(url + R"(,"root":"/nowhere/root.json")"), ""},
        {entry(url + "," + start + R"(,"more":1)"), ""},
        {entry(url + "," + start + R"(,"target":1)"), ""},
        {entry(url + "," + start + "," + copy(versions)), ""},
        {entry(url + "," + start + "," + copy(R"(,"date":"soon")" + versions)), ""},
        {entry(url + "," + start + "," + copy(R"(,"date":"2026-01-01","timestamp":3,"snapshot":2)")), ""},
        {entry(url + "," + start + "," + copy(R"(,"date":"2026-01-01","timestamp":-3,"snapshot":2,"targets":1)")), ""},
        {entry(url + "," + start + R"(,"built-in":1)"), ""},
    };
    for (auto const& row : rows) {
      CAPTURE(row.text, row.api);
      try {
        test_trust_sources(row.text, row.api);
        FAIL_CHECK("accepted");
      } catch (acr::BadEnvironment const& error) {
        CHECK(error.code() == "tuf-repositories");
        CHECK(std::string(error.what()).find("ACR_TUF_REPOSITORIES") != std::string::npos);
      }
    }
  }
}

}  // namespace
}  // namespace trust_sources_test

// A run of a tenant with data residency (T-5), by the program itself: api.octocorp.ghe.com and tuf-repo.github.com are servers
// of this machine behind a proxy. Nobody but GitHub can sign for the real repository, so these runs end where its answer is
// missing; tests/release/tenant_roots_test.cpp goes on from there.
#include <algorithm>

#include "loopback/authority.hpp"
#include "scenario/release_world.hpp"
#include "signing/scenario.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"
#include "support/places.hpp"

namespace tenant_test {
namespace {

using namespace acr::test;
using acr::loopback::Answer;
using acr::loopback::Authority;
using acr::loopback::LoopbackProxy;
using acr::loopback::LoopbackServer;

/// A release whose attestations are signed by an authority of GitHub's.
std::filesystem::path const& scenario() {
  static TemporaryDirectory const directory;
  static auto const folder = [] {
    acr::signing::World world({.profile = acr::signing::Profile::github, .now = 1790000000});
    write_scenario(directory.path() / "github", {}, world);
    return directory.path() / "github";
  }();
  return folder;
}

struct Tenant {
  Authority authority;
  LoopbackServer repository{[](auto const&) { return Answer{.status = 404}; },
                            {.tls = authority.identity({"tuf-repo.github.com"})}};
  ReleaseWorld world;
  LoopbackProxy proxy{[this](std::string const& target) -> std::uint16_t {
    if (target == "api.octocorp.ghe.com:443") return world.github().api_port();
    if (target == "tuf-repo.github.com:443") return repository.port();
    return 0;
  }};

  explicit Tenant(std::optional<std::string> const& trust_domain)
      : world(scenario(), Checkout::full, [&](acr::loopback::StandInSettings& settings) {
          settings.github.trust_domain = trust_domain;
          settings.tls = authority.identity({"api.octocorp.ghe.com", "127.0.0.1"});
        }) {}
  ProgramResult run(std::map<std::string, std::string> const& more = {}) {
    std::map<std::string, std::string> variables{{"GITHUB_API_URL", "https://api.octocorp.ghe.com"},
                                                 {"GITHUB_SERVER_URL", "https://octocorp.ghe.com"},
                                                 {"HTTPS_PROXY", proxy.url()},
                                                 {"NO_PROXY", "127.0.0.1"},
                                                 {"SSL_CERT_FILE", authority.file().string()},
                                                 {"trusted-root", ""}};
    for (auto const& [name, value] : more) variables[name] = value;
    return world.run(variables);
  }
  [[nodiscard]] bool proxied(std::string const& target) const {
    auto const seen = proxy.seen();
    return std::ranges::any_of(seen, [&](auto const& each) { return each.target == target; });
  }
};

TEST_CASE("a tenant's run asks its server for the trust domain, and GitHub's repository alone for roots (T-5)",
          "[scenario][trust]") {
  Tenant tenant("octocorp.ghe.com");
  auto const result = tenant.run();
  INFO(result.out);
  CHECK(result.status == 3);
  CHECK(tenant.world.outputs().at("reason") == "trusted-root-stale");
  CHECK(result.out.find("there is no built-in copy") != std::string::npos);
  CHECK(tenant.world.github().count("api", "GET /meta") == 1);
  CHECK(tenant.proxied("tuf-repo.github.com:443"));
  CHECK_FALSE(tenant.proxied("tuf-repo-cdn.sigstore.dev:443"));
  auto const seen = tenant.repository.seen();
  CHECK(std::ranges::any_of(seen, [](auto const& each) { return each.path() == "/timestamp.json"; }));
  CHECK(std::ranges::any_of(seen, [](auto const& each) { return each.path().ends_with(".root.json"); }));
  CHECK(std::ranges::none_of(seen, [](auto const& each) { return each.has("Authorization"); }));
  for (auto const& name : tenant.world.packages()) CHECK_FALSE(name.ends_with(".tgz"));
}

TEST_CASE("a tenant's issuer is what the record says was demanded (T-5)", "[scenario][trust]") {
  Tenant tenant("octocorp.ghe.com");
  auto const policy = [&] {
    return boost::json::parse(text_of(tenant.world.file(tenant.world.outputs().at("verification-path"))))
        .at("policy")
        .at("inputs");
  };
  tenant.run();
  CHECK(policy().at("oidc-issuer") == "https://token.actions.octocorp.ghe.com");
  tenant.run({{"oidc-issuer", "https://issuer.example"}});
  CHECK(policy().at("oidc-issuer") == "https://issuer.example");
}

TEST_CASE("a trust domain that is not a name is refused without a request for it (T-5)", "[scenario][trust]") {
  auto const domain = one_of<std::optional<std::string>>({std::nullopt, "", "../octocorp", "a/b"});
  CAPTURE(domain.value_or("none"));
  Tenant tenant(domain);
  auto const result = tenant.run();
  INFO(result.out);
  CHECK(result.status == 1);
  CHECK(tenant.world.outputs().at("reason") == "trusted-root-invalid");
  CHECK(result.out.find("GET /meta") != std::string::npos);
  CHECK_FALSE(tenant.proxied("tuf-repo.github.com:443"));
}

TEST_CASE("a tenant's API with another server's web address is a mistake of the environment (T-5)", "[scenario][trust]") {
  Tenant tenant("octocorp.ghe.com");
  auto const result = tenant.run({{"GITHUB_SERVER_URL", "https://github.com"}});
  INFO(result.out);
  CHECK(result.status == 2);
  CHECK(tenant.world.outputs().at("reason") == "bad-environment");
  CHECK(tenant.proxy.seen().empty());
}

TEST_CASE("a tenant's run may be given a root file, and asks nobody for roots (T-7)", "[scenario][trust]") {
  Tenant tenant("octocorp.ghe.com");
  auto const result = tenant.run({{"trusted-root", "trusted_root.json"}});
  INFO(result.out);
  CHECK(result.status == 1);  // the attestations are of github.com's repositories
  CHECK(tenant.world.outputs().at("reason") == "identity");
  CHECK(tenant.world.github().count("api", "GET /meta") == 0);
  CHECK_FALSE(tenant.proxied("tuf-repo.github.com:443"));
}

ProgramResult on_terminal(Tenant& tenant, std::vector<std::string> const& words) {
  return run_program(acr::test::built_program(),
                     {{"PATH", "/usr/bin:/bin"},
                      {"HOME", tenant.world.temporary().string()},
                      {"GITHUB_API_URL", "https://api.octocorp.ghe.com"},
                      {"GH_TOKEN", "the-secret-token-of-the-test"},
                      {"HTTPS_PROXY", tenant.proxy.url()},
                      {"SSL_CERT_FILE", tenant.authority.file().string()}},
                     words, tenant.world.workspace());
}

TEST_CASE("on a terminal a tenant's target is asked for, too, and nothing is written for the next version (T-5, T-36)",
          "[scenario][trust]") {
  Tenant tenant("octocorp.ghe.com");
  auto const offline = on_terminal(tenant, {"trusted-roots"});
  INFO(offline.out + offline.err);
  CHECK(offline.status == 0);
  CHECK(offline.out.find("GitHub, Inc.") != std::string::npos);
  CHECK(offline.out.find("sigstore.dev") == std::string::npos);
  CHECK(offline.out.find("not asked for") != std::string::npos);
  auto const written = on_terminal(tenant, {"trusted-roots", "--write", "roots"});
  CHECK(written.status == 2);
  CHECK(written.err.find("--write") != std::string::npos);
  CHECK(tenant.proxy.seen().empty());
  auto const refreshed = on_terminal(tenant, {"trusted-roots", "--refresh"});
  INFO(refreshed.out + refreshed.err);
  CHECK(refreshed.status == 3);
  CHECK(refreshed.out.find("tuf-expired") !=
        std::string::npos);  // the built-in start of trust, when nothing newer is to be had
  CHECK(tenant.proxied("tuf-repo.github.com:443"));
  CHECK_FALSE(tenant.proxied("tuf-repo-cdn.sigstore.dev:443"));
}

TEST_CASE("on a terminal a trust domain that is not a name is refused without a request for it (T-5)", "[scenario][trust]") {
  Tenant tenant("../octocorp");
  auto const result = on_terminal(tenant, {"trusted-roots", "--refresh", "--json"});
  INFO(result.out + result.err);
  CHECK(result.status == 1);
  CHECK(result.out.find("trust-domain") != std::string::npos);
  CHECK_FALSE(tenant.proxied("tuf-repo.github.com:443"));
}

}  // namespace
}  // namespace tenant_test

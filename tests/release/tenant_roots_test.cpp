// Data residency (T-5): the server names the target of GitHub's repository, and nothing else counts.
#include <algorithm>
#include <filesystem>

#include "loopback/server.hpp"
#include "net/url.hpp"
#include "release/services.hpp"
#include "signing/world.hpp"
#include "sigstore/artifact.hpp"
#include "support/catch2.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "support/temporary_directory.hpp"
#include "tuf_signing/repository.hpp"

namespace tenant_roots_test {
namespace {

using namespace acr::release;
using acr::loopback::Answer;
using acr::loopback::LoopbackServer;
using acr::loopback::Seen;

constexpr std::string_view artifact = "what was checked";
std::string const issuer = "https://token.actions.octocorp.ghe.com";
std::string const domain_answer = R"({"domains":{"artifact_attestations":{"trust_domain":"octocorp.ghe.com"}}})";

acr::signing::Attest tenant_signer() {
  std::string const server = "https://octocorp.ghe.com/";
  std::string const workflow = server + "acme/helm-charts/.github/workflows/validate.yaml@refs/heads/main";
  acr::signing::Attest request{.subject_sha256 = acr::hex(acr::sha256(artifact))};
  request.san = workflow;
  request.issuer = issuer;
  request.fulcio = {{12, server + "acme/helm-charts"},
                    {16, server + "acme"},
                    {18, workflow},
                    {21, server + "acme/helm-charts/actions/runs/1/attempts/1"}};
  return request;
}

/// A tenant's API and GitHub's repository on one server of this machine.
struct Tenant {
  acr::signing::World github{{.profile = acr::signing::Profile::github}};
  acr::signing::World own{{.profile = acr::signing::Profile::github}};  ///< the tenant's authority
  acr::signing::World public_good;
  acr::tuftest::Repository repository;
  std::string meta = domain_answer;
  int meta_status = 200;
  LoopbackServer server{[this](Seen const& seen) { return answer(seen); }};
  acr::test::TemporaryDirectory workspace;
  acr::RunClock clock{std::chrono::seconds(60)};

  Tenant() {
    repository.add_target(repository.targets, "trusted_root.json", github.trusted_root().json());
    repository.add_target(repository.targets, "octocorp.ghe.com.trusted_root.json", own.trusted_root().json());
    repository.publish();
  }
  Answer answer(Seen const& seen) const {
    if (seen.path() == "/meta") return acr::loopback::json_answer(meta, meta_status);
    auto const is_target = seen.path().starts_with("/tuf/targets/");
    auto const& files = is_target ? repository.target_files : repository.files;
    auto const found = files.find(seen.path().substr(is_target ? 13 : 5));
    return found == files.end() ? Answer{.status = 404} : Answer{.body = found->second};
  }
  ServiceSettings settings(RefreshMode mode = RefreshMode::automatic) {
    ServiceSettings settings;
    settings.workspace = workspace.path();
    settings.object_source = acr::event::ObjectSourceChoice::api;
    settings.refresh = mode;
    settings.api.base_url = server.base();
    settings.repository = {"acme", "helm-charts", 500000001, {}};
    settings.client = acr::net::client_settings([](char const*) { return std::string(); }, "test");
    // What trust_sources() gives for a tenant, at another address and from another start.
    settings.trust_sources = trust_sources([](std::string const& name) {
      return name == "GITHUB_API_URL" ? std::optional<std::string>("https://api.octocorp.ghe.com") : std::nullopt;
    });
    settings.trust_sources.at(0).address = {*base_url(server.base() + "/tuf"), *base_url(server.base() + "/tuf/targets")};
    settings.trust_sources.at(0).initial_root = repository.initial_root();
    return settings;
  }
  acr::sigstore::Verification judged(Services& services, acr::signing::World& world) {
    acr::sigstore::Policy policy;
    policy.repository = "acme/helm-charts";
    policy.repository_id = "500000001";
    policy.hostname = "octocorp.ghe.com";
    policy.certificate_oidc_issuer = issuer;
    return services.verifier().verify(world.attest(tenant_signer()), acr::sigstore::Artifact::of_bytes(artifact), policy);
  }
  /// Code of what refuses a bundle of `world`; "fine".
  std::string verdict(acr::signing::World& world, RefreshMode mode = RefreshMode::automatic) {
    Services services(settings(mode), clock);
    auto const result = judged(services, world);
    return result.rejection ? std::string(result.rejection->code.text()) : "fine";
  }
  [[nodiscard]] std::size_t asked_of_tuf() const {
    auto const seen = server.seen();
    return static_cast<std::size_t>(
        std::ranges::count_if(seen, [](Seen const& each) { return each.path().starts_with("/tuf/"); }));
  }
};

TEST_CASE("a tenant's attestations are judged by the root that its server names (T-5)", "[release][trust]") {
  Tenant tenant;
  Services services(tenant.settings(), tenant.clock);
  auto const result = tenant.judged(services, tenant.own);
  INFO((result.rejection ? result.rejection->sentence() : std::string()));
  CHECK(result.attestation);
  auto const roots = services.trusted_roots();
  REQUIRE(roots.size() == 1);
  CHECK(roots[0].origin == "tuf");
  CHECK(roots[0].organization == "GitHub, Inc.");
  CHECK(roots[0].source == "127.0.0.1/octocorp.ghe.com.trusted_root.json");
  CHECK(roots[0].digest == acr::sha256_text(tenant.own.trusted_root().json()));
  CHECK(roots[0].tuf_targets == 2);
  // One question, and no token or other header of the API goes to the repository.
  auto const seen = tenant.server.seen();
  CHECK(std::ranges::count_if(seen, [](Seen const& each) { return each.path() == "/meta"; }) == 1);
  CHECK(std::ranges::none_of(seen,
                             [](Seen const& each) { return each.path().starts_with("/tuf/") && each.has("Authorization"); }));
}

TEST_CASE("neither GitHub's own root nor the public-good instance counts for a tenant (T-5)", "[release][trust]") {
  Tenant tenant;
  CHECK(tenant.verdict(tenant.own) == "fine");
  CHECK(tenant.verdict(tenant.github) != "fine");
  CHECK(tenant.verdict(tenant.public_good) == "trusted-root-unknown");
}

TEST_CASE("a trust domain that is missing or no name is refused before any request for it (T-5)", "[release][trust]") {
  auto const meta =
      one_of<std::string>({"{}", R"({"domains":{}})", R"({"domains":{"artifact_attestations":{"trust_domain":7}}})",
                           R"({"domains":{"artifact_attestations":{"trust_domain":""}}})",
                           R"({"domains":{"artifact_attestations":{"trust_domain":"../octocorp"}}})",
                           R"({"domains":{"artifact_attestations":{"trust_domain":"a/b"}}})"});
  CAPTURE(meta);
  Tenant tenant;
  tenant.meta = meta;
  auto const mode = one_of({RefreshMode::automatic, RefreshMode::require});
  Services services(tenant.settings(mode), tenant.clock);
  auto const result = tenant.judged(services, tenant.own);
  REQUIRE(result.rejection);
  CHECK(result.rejection->code == (mode == RefreshMode::automatic ? "trusted-root-invalid" : "trusted-root-stale"));
  CHECK(result.rejection->why.find("GET /meta") != std::string::npos);
  CHECK(tenant.asked_of_tuf() == 0);
}

TEST_CASE("a tenant's server that cannot say its trust domain ends the run (T-5)", "[release][trust]") {
  Tenant tenant;
  tenant.meta_status = 403;
  CHECK_THROWS_AS(tenant.verdict(tenant.own), acr::RunError);
  CHECK(tenant.asked_of_tuf() == 0);
}

TEST_CASE("a tenant has no built-in copy: off, and a repository out of reach, end the run (T-5, T-8)", "[release][trust]") {
  Tenant tenant;
  try {
    tenant.verdict(tenant.own, RefreshMode::off);
    FAIL_CHECK("verified");
  } catch (acr::Unreachable const& error) {
    CHECK(error.code() == "trusted-root-stale");
  }
  tenant.repository.files.erase("timestamp.json");
  try {
    tenant.verdict(tenant.own);
    FAIL_CHECK("verified");
  } catch (acr::Unreachable const& error) {
    CHECK(error.code() == "trusted-root-stale");
  }
}

TEST_CASE("a tenant without the listed target is refused (T-5, T-9)", "[release][trust]") {
  Tenant tenant;
  tenant.meta = R"({"domains":{"artifact_attestations":{"trust_domain":"other"}}})";
  CHECK(tenant.verdict(tenant.own) == "trusted-root-invalid");
}

}  // namespace
}  // namespace tenant_roots_test

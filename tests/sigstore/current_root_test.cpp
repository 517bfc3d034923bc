// Roots that stay current (VerifierOptions::current_root): T-9, T-11.
#include <atomic>
#include <stdexcept>

#include "signing/world.hpp"
#include "sigstore/verifier.hpp"
#include "support/catch2.hpp"
#include "world_verdict.hpp"

namespace current_root_test {
namespace {

using namespace acr;
using namespace acr::sigstore;
using signing::World;
using world_verdict::file_digest;

using Answer = Verdict<std::optional<TrustedRoot>>;

TrustedRoot root_of(World const& world) { return parse_trusted_root(world.trusted_root().json(), "world").value(); }

Verifier verifier(std::vector<TrustedRoot> roots, std::function<Answer(std::string const&)> current) {
  return Verifier(std::move(roots),
                  {.minimum_version = BundleVersion::v0_1, .remember_signatures = true, .current_root = std::move(current)});
}

std::string verdict_of(Verifier const& verifier, std::string const& bundle) {
  auto const result = verifier.verify(bundle, Artifact::of_bytes(world_verdict::file), world_verdict::policy());
  return result.rejection ? std::string(result.rejection->code.text()) : "fine";
}

TEST_CASE("a current root verifies what the verifier's own do not know (T-8)", "[sigstore]") {
  World world, old;
  auto const bundle = world.attest({.subject_sha256 = file_digest});
  CHECK(verdict_of(verifier({root_of(old)}, {}), bundle) != "fine");
  auto const current = verifier({root_of(old)}, [&](std::string const& organization) -> Answer {
    CHECK(organization == world.organization());
    return std::optional(root_of(world));
  });
  CHECK(current.current_roots().empty());
  CHECK(verdict_of(current, bundle) == "fine");
  REQUIRE(current.current_roots().size() == 1);
}

TEST_CASE("an authority that the current root lacks is not taken from the built-in one (T-11)", "[sigstore]") {
  World world, fresh;
  auto const bundle = world.attest({.subject_sha256 = file_digest});
  CHECK(verdict_of(verifier({root_of(world)}, {}), bundle) == "fine");
  CHECK(verdict_of(verifier({root_of(world)}, [&](std::string const&) -> Answer { return std::optional(root_of(fresh)); }),
                   bundle) != "fine");
  // A root of another organisation is not one of this bundle's.
  World other({.profile = signing::Profile::other});
  CHECK(verdict_of(verifier({root_of(world)}, [&](std::string const&) -> Answer { return std::optional(root_of(other)); }),
                   bundle) == "trusted-root-unknown");
}

TEST_CASE("what refuses a root refuses its bundles, and no other root is tried (T-9)", "[sigstore]") {
  World world;
  auto const bundle = world.attest({.subject_sha256 = file_digest});
  auto const refused =
      verifier({root_of(world)}, [](std::string const&) -> Answer { return reject("trusted-root-invalid", "x", "y"); });
  CHECK(verdict_of(refused, bundle) == "trusted-root-invalid");
  CHECK(refused.current_roots().empty());
  // Nothing said: the verifier's own count.
  CHECK(verdict_of(verifier({root_of(world)}, [](std::string const&) -> Answer { return std::optional<TrustedRoot>(); }),
                   bundle) == "fine");
}

TEST_CASE("the first answer for an organisation stays, and what throws has answered nothing", "[sigstore]") {
  World world, other;
  auto const bundle = world.attest({.subject_sha256 = file_digest});
  int asked = 0;
  auto const one = verifier({}, [&](std::string const&) -> Answer {
    if (++asked == 1) throw std::runtime_error("not yet");
    return std::optional(root_of(asked == 2 ? world : other));
  });
  CHECK_THROWS_AS(verdict_of(one, bundle), std::runtime_error);
  CHECK(one.current_roots().empty());
  CHECK(verdict_of(one, bundle) == "fine");
  CHECK(verdict_of(one, bundle) == "fine");
  CHECK(asked == 2);
}

}  // namespace
}  // namespace current_root_test

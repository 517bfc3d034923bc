// Configuration that cannot be green by mistake (B-10, B-21), and hints about identities and roots (V-96, T-1), by the built
// program.
#include "scenario/release_world.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"
#include "support/places.hpp"
#include "support/temporary_directory.hpp"

namespace configuration_test {
namespace {

using acr::test::ReleaseWorld;
using acr::test::run_program;
using acr::test::text_of;
namespace fs = std::filesystem;
namespace json = boost::json;

fs::path const lab = acr::test::data_folder() / "lab";
fs::path const demo = acr::test::data_folder() / "sigstore/github/private-instance-demo";

bool holds(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

// The release branch is where main is.
void let_nothing_change(ReleaseWorld& world) {
  auto const path = world.environment.at("GITHUB_EVENT_PATH");
  auto event = acr::parse_json(text_of(path), "event").value();
  auto& pull = event.as_object().at("pull_request").as_object();
  pull.at("base").as_object()["sha"] = pull.at("head").as_object().at("sha");
  acr::write_file(path, json::serialize(event));
}

TEST_CASE("a malformed list ends the run before any request, whether or not a chart changed (B-10)", "[scenario]") {
  bool const changes = one_of({true, false});
  struct Row {
    std::string input, value, place;
  };
  auto const row = one_of<Row>(
      {{"signer-workflows", "validate.yaml", "signer-workflows, line 1: "},
       {"signer-workflows",
        "acme/helm-charts/.github/workflows/validate.yaml@refs/heads/main\nacme/helm-charts/.github/workflows/validate.yaml@v1",
        "signer-workflows, line 2: "},
       {"predicate-types", "slsa.dev/provenance/v1", "predicate-types, line 1: "},
       {"lineage-subjects", "lint: x", "lineage-subjects, line 1: "}});
  CAPTURE(changes, row.input, row.value);
  ReleaseWorld world(lab / "two-charts", acr::test::Checkout::none);
  if (!changes) let_nothing_change(world);
  auto const result = world.run({{row.input, row.value}});
  INFO(result.out);
  CHECK(result.status == 2);
  CHECK(holds(result.out, row.place));
  CHECK(world.outputs().at("result") == "failed");
  CHECK(holds(world.summary(), "## Atomic chart release: refused\n\nDo what each ❌ says, then re-run this job.\n\n- ❌ "));
  CHECK(holds(world.summary(), "\n\nReason: `" + world.outputs().at("reason") + "`.\n"));
  CHECK(holds(world.summary(), row.place.substr(0, row.place.size() - 2)));
  CHECK(world.github().count("api") == 0);
  CHECK(world.github().count("storage") == 0);
}

TEST_CASE("well-formed lists do not stop a run in which nothing changed", "[scenario]") {
  ReleaseWorld world(lab / "two-charts");
  let_nothing_change(world);
  auto const result = world.run({{"signer-workflows", "acme/helm-charts/.github/workflows/validate.yaml@refs/heads/main"},
                                 {"predicate-types", "https://slsa.dev/provenance/v1"},
                                 {"lineage-subjects", "lint = text:lint-{commit}"}});
  INFO(result.out);
  CHECK(result.status == 0);
  CHECK(world.outputs().at("result") == "no-charts");
}

TEST_CASE("a mistyped input ends the run before any request, with the nearest name (B-21)", "[scenario]") {
  ReleaseWorld world(lab / "two-charts", acr::test::Checkout::none);
  auto const result = world.run({{"signer-workflow", "org/ci/.github/workflows/check.yaml@refs/heads/main"}});
  INFO(result.out);
  CHECK(result.status == 2);
  CHECK(world.outputs().at("reason") == "unknown-input");
  CHECK(holds(result.out, "did you mean signer-workflows"));
  CHECK(world.github().count("api") == 0);
}

TEST_CASE("the runner's own variables of inputs are not a mistake", "[scenario]") {
  ReleaseWorld world(lab / "two-charts");
  CHECK(world.run({{"args", ""}, {"entrypoint", ""}}).status == 0);
}

TEST_CASE("a wait for tags that is not shorter than the run ends it before any request", "[scenario]") {
  ReleaseWorld world(lab / "two-charts", acr::test::Checkout::none);
  auto const result = world.run({{"tag-wait", "60"}, {"timeout", "60"}});
  CHECK(result.status == 2);
  CHECK(holds(result.out, "input tag-wait: "));
  CHECK(world.github().count("api") == 0);
}

acr::test::ProgramResult inspect(std::string const& repository, std::string const& id, fs::path const& root) {
  return run_program(acr::test::built_program(), {{"PATH", "/usr/bin"}},
                     {"inspect", (demo / "bundle.sigstore.json").string(), (demo / "artifact").string(), "--repository",
                      repository, "--repository-id", id, "--trusted-root", root.string(), "--json"},
                     "/");
}

TEST_CASE("a repository that was renamed after signing is refused, and says so (V-96)", "[scenario]") {
  auto const root = acr::test::data_folder() / "sigstore/trusted_root_github.json";
  CHECK(inspect("actions/attest-demo", "763287532", root).status == 0);
  auto const renamed = inspect("actions/new-name", "763287532", root);
  CHECK(renamed.status == 1);
  CHECK(holds(renamed.out, "the repository was renamed after signing"));
  auto const other = inspect("actions/new-name", "763287533", root);
  CHECK(other.status == 1);
  CHECK_FALSE(holds(other.out, "was renamed"));
}

TEST_CASE("a trusted root that is older than a signature says so, and what to do (T-1)", "[scenario]") {
  auto const kind = one_of<std::string>({"certificateAuthorities", "timestampAuthorities"});
  auto const from = one_of({0, 1});  // the one that has signed, or the later ones too: the root of another day
  auto document = acr::parse_json(text_of(acr::test::data_folder() / "sigstore/trusted_root_github.json"), "root").value();
  auto& authorities = document.as_object().at(kind).as_array();
  auto const honest = authorities;
  acr::test::TemporaryDirectory const folder;
  acr::write_file(folder.path() / "honest.json", json::serialize(document));
  REQUIRE(inspect("actions/attest-demo", "763287532", folder.path() / "honest.json").status == 0);

  authorities.erase(authorities.begin());
  if (from == 1) {
    // Only an authority of years before is left.
    authorities.erase(authorities.begin() + 1, authorities.end());
    authorities.front().as_object()["validFor"] = json::object{{"start", "2020-01-01T00:00:00Z"}};
  }
  acr::write_file(folder.path() / "old.json", json::serialize(document));
  auto const result = inspect("actions/attest-demo", "763287532", folder.path() / "old.json");
  INFO(result.out + result.err);
  CHECK(result.status == 1);
  CHECK(holds(result.out, "is older than"));
  CHECK(holds(result.out, "2024-04-22T17:33:26Z"));
  if (from == 1) CHECK(holds(result.out, "is trusted from 2020-01-01T00:00:00Z"));
  CHECK(holds(result.out,
              "set --trusted-root to a file that `gh attestation trusted-root` has written"));  // on a terminal it is an option
}

}  // namespace
}  // namespace configuration_test

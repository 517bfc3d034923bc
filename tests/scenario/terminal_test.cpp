// The dry run: what a release would do, told on a terminal in a clone; nothing is written.
#include "scenario/release_world.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"
#include "support/places.hpp"
#include "support/temporary_directory.hpp"
#include "support/text.hpp"

namespace terminal_test {
namespace {

using acr::test::ReleaseWorld;

std::filesystem::path const lab = acr::test::data_folder() / "lab";

acr::test::ProgramResult dry_run(ReleaseWorld& world, std::vector<std::string> extra = {}) {
  std::vector<std::string> words{"run", "--base", "release", "--head", "main"};
  words.insert(words.end(), extra.begin(), extra.end());
  std::map<std::string, std::string> environment{{"PATH", world.environment.at("PATH")},
                                                 {"GITHUB_API_URL", world.environment.at("GITHUB_API_URL")}};
  if (!extra.empty()) environment["GH_TOKEN"] = "the-secret-token-of-the-test";
  return acr::test::run_program(acr::test::built_program(), environment, words, world.workspace());
}

std::vector<std::string> files_of(std::filesystem::path const& folder) {
  std::vector<std::string> names;
  for (auto const& item : std::filesystem::directory_iterator(folder)) names.push_back(item.path().filename().string());
  return names;
}

bool holds(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

TEST_CASE("a dry run without GitHub says what it could not check and promises nothing", "[scenario]") {
  ReleaseWorld world(lab / "two-charts");
  auto const before = files_of(world.workspace());
  auto const result = dry_run(world);
  INFO(result.out);
  CHECK(result.status == 0);
  CHECK(holds(result.out, "would release, if all attestations verify: 2 of 2 charts"));
  CHECK(holds(result.out, "not checked without --repository: attestations"));
  CHECK(holds(result.out, "not asked for"));
  CHECK_FALSE(holds(result.out, "\nreleased"));
  CHECK(files_of(world.workspace()) == before);
  CHECK(world.github().count("api") == 0);
}

TEST_CASE("a dry run with a token verifies the attestations, too", "[scenario]") {
  ReleaseWorld world(lab / "two-charts");
  std::vector<std::string> const asking{"--repository",    world.environment.at("GITHUB_REPOSITORY"),
                                        "--repository-id", world.environment.at("GITHUB_REPOSITORY_ID"),
                                        "--trusted-root",  "trusted_root.json"};
  auto const before = files_of(world.workspace());
  auto const result = dry_run(world, asking);
  INFO(result.out);
  CHECK(result.status == 0);
  CHECK(holds(result.out, "would release: 2 of 2 charts, 10 attestations verified"));
  CHECK(files_of(world.workspace()) == before);
}

TEST_CASE("a dry run as JSON is the report of the run, the words go to standard error", "[scenario]") {
  ReleaseWorld world(lab / "two-charts");
  auto const result = dry_run(world, {"--json", "--head", "main~0"});
  CHECK(result.status == 2);  // one --head is enough
  std::map<std::string, std::string> const environment{{"PATH", world.environment.at("PATH")}};
  auto const good = acr::test::run_program(acr::test::built_program(), environment,
                                           {"run", "--base", "release", "--head", "HEAD", "--json"}, world.workspace());
  INFO(good.err);
  CHECK(good.status == 0);
  CHECK(holds(good.err, "dry run: nothing was written"));
  auto const report = acr::parse_json(good.out, "report").value();
  CHECK(report.at("charts").as_array().size() == 2);
  CHECK(report.at("result").as_string() == "success");

  ReleaseWorld bad(lab / "no-lineage");
  auto const refused = acr::test::run_program(acr::test::built_program(), environment,
                                              {"run", "--base", "release", "--head", "main", "--json"}, bad.workspace());
  CHECK(refused.status == 1);
  CHECK(acr::parse_json(refused.out, "report").value().at("result").as_string() == "failed");
}

TEST_CASE("a dry run refuses what a release would refuse", "[scenario]") {
  ReleaseWorld world(lab / "no-lineage");
  auto const result = dry_run(world);
  INFO(result.out);
  CHECK(result.status == 1);
  CHECK(holds(result.out, "would refuse: "));
}

TEST_CASE("what the commit holds is not overwritten by our files (A-6)", "[scenario]") {
  auto const input = one_of<std::string>({"manifest-path", "output-dir"});
  ReleaseWorld world(lab / "two-charts");
  auto const before = files_of(world.workspace());
  auto const result = world.run({{input, "README.md"}});
  INFO(result.out);
  CHECK(result.status == 2);
  CHECK(world.outputs().at("reason") == "bad-input");
  CHECK(holds(result.out, input));
  CHECK(files_of(world.workspace()) == before);
}

TEST_CASE("what openssl.cnf leaves out is not used for certificates either", "[scenario]") {
  auto const sample = acr::test::data_folder() / "sigstore/github/reusable-workflow";
  acr::test::TemporaryDirectory const folder;
  auto const settings = (folder.path() / "openssl.cnf").string();
  auto const status_with = [&](std::string const& providers) {
    acr::write_file(settings, providers);
    std::vector<std::string> const words{"verify-bundle",
                                         "--bundle",
                                         (sample / "bundle.sigstore.json").string(),
                                         "--certificate-identity",
                                         std::string(acr::trimmed(acr::test::text_of(sample / "identity"))),
                                         "--certificate-oidc-issuer",
                                         std::string(acr::trimmed(acr::test::text_of(sample / "issuer"))),
                                         (sample / "artifact").string()};
    return acr::test::run_program(acr::test::built_program(), {{"OPENSSL_CONF", settings}}, words, folder.path()).status;
  };
  std::string const only_base =
      "openssl_conf = init\n[init]\nproviders = providers\n[providers]\nbase = base\n[base]\nactivate = 1\n";
  CHECK(status_with("") == 0);
  CHECK(status_with(only_base) != 0);
}

}  // namespace
}  // namespace terminal_test

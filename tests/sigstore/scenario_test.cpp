// Generated releases (tests/signing/scenario.hpp): what they promise is true.
#include "signing/scenario.hpp"

#include "sigstore/verifier.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"
#include "support/temporary_directory.hpp"
#include "world_verdict.hpp"

namespace scenario_test {
namespace {

using namespace acr;

TEST_CASE("a generated release holds what it promises, and its object ids are fixed", "[sigstore]") {
  test::TemporaryDirectory const first, second;
  signing::ScenarioOptions const options{.charts = 3, .attestations = 6, .templates = 1};
  signing::write_scenario(first.path(), options);
  signing::write_scenario(second.path(), options);
  auto const json_of = [](std::filesystem::path const& file) {
    return parse_json(read_file(file, std::size_t{16} << 20), "scenario").value();
  };
  CHECK(read_file(first.path() / "scenario.json", std::size_t{1} << 20) ==
        read_file(second.path() / "scenario.json", std::size_t{1} << 20));
  CHECK(read_file(first.path() / "event.json", std::size_t{1} << 20) ==
        read_file(second.path() / "event.json", std::size_t{1} << 20));
  CHECK(std::filesystem::file_size(first.path() / "repo.bundle") > 1000);

  auto const scenario = json_of(first.path() / "scenario.json");
  auto const github = json_of(first.path() / "github.json");
  auto const root =
      sigstore::parse_trusted_root(read_file(first.path() / "trusted_root.json", std::size_t{1} << 20), "scenario").value();
  sigstore::Verifier const verifier({root});
  std::size_t verified = 0;
  for (auto const& chart : scenario.at_pointer("/expect/charts").as_array())
    for (auto const& [key, promised] : chart.at("attestations").as_object()) {
      for (auto const& listed : github.at("attestations").as_array()) {
        if (std::to_string(listed.at("id").as_int64()) != promised.at("id").as_string().c_str()) continue;
        CHECK(listed.at_pointer("/listed_under/0") == promised.at("digest"));
        auto const artifact = sigstore::Artifact::of_digest_text(promised.at("digest").as_string().c_str()).value();
        auto const result = verifier.verify(boost::json::serialize(listed.at("bundle")), artifact, world_verdict::policy());
        CHECK(result.attestation.has_value());
        ++verified;
      }
    }
  CHECK(verified == 18);
}

}  // namespace
}  // namespace scenario_test

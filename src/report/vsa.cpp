#include "report/vsa.hpp"

#include <algorithm>

#include "report/json_text.hpp"
#include "report/verification_report.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"

namespace acr::report {
namespace {

namespace json = boost::json;

constexpr std::string_view unevaluated = "SLSA_BUILD_LEVEL_UNEVALUATED";

// in-toto's DigestSet: algorithm → hex.
json::object digest_set(std::string_view sha256_text) {
  return {{"sha256", json_text(sha256_text.substr(std::string_view("sha256:").size()))}};
}

bool lineage_verified(ChartRecord const& chart) {
  return !chart.entries.empty() &&
         std::ranges::all_of(chart.entries, [](LineageEntry const& entry) { return entry.status == EntryStatus::verified; });
}

}  // namespace

std::string vsa_predicate(ReleaseRecord const& record, std::string_view verifier_id) {
  bool const passed = record.result != Result::failed;
  auto const repository = record.server_url + "/" + record.repository;

  json::array inputs;
  std::int64_t dependencies = 0;
  bool all_verified = true;
  for (auto const& chart : record.charts) {
    // A chart left out by `verify-policy: flag` is not a subject of this attestation.
    if (passed && chart.status != ChartStatus::packaged) continue;
    all_verified = all_verified && lineage_verified(chart);
    dependencies += static_cast<std::int64_t>(chart.dependencies.size());
    for (auto const& entry : chart.entries) {
      if (!entry.facts) continue;
      json::object input;
      // Under this id nothing was found (A-100): it must not be named as what was verified.
      if (entry.status != EntryStatus::verified_other_id) input["uri"] = json_text(repository + "/attestations/" + entry.id);
      // The digest is that of the signed statement: the bundle around it may be encoded anew where it is stored.
      if (is_sha256_text(entry.facts->statement_digest)) input["digest"] = digest_set(entry.facts->statement_digest);
      input["annotations"] =
          json::object{{"chart", json_text(chart.name)},
                       {"key", json_text(entry.key)},
                       {"bound", entry.bound.empty() ? json::value(nullptr) : json::value(json_text(entry.bound))}};
      inputs.push_back(std::move(input));
    }
  }

  json::array levels;
  if (!passed) {
    levels.push_back("FAILED");
  } else {
    levels.push_back(json::string(unevaluated));
    if (all_verified && record.packaged_count() > 0) levels.push_back("ACR_TAG_LINEAGE_VERIFIED");
  }

  json::object document{
      {"verifier",
       json::object{{"id", json_text(verifier_id)}, {"version", json::object{{"atomic-chart-release", ACR_VERSION}}}}},
      {"resourceUri", json_text("git+" + repository + "@" + record.head)},
      {"policy", json::object{{"uri", json_text(std::string(verifier_id) + "#policy")},
                              {"digest", digest_set(policy_digest(record))},
                              {"content", base64(policy_json(record))}}},
      {"inputAttestations", std::move(inputs)},
      {"verificationResult", passed ? "PASSED" : "FAILED"},
      {"verifiedLevels", std::move(levels)},
  };
  document["trusted_roots"] = trusted_roots_json(record.trusted_roots);
  if (dependencies > 0) document["dependencyLevels"] = json::object{{unevaluated, dependencies}};
  document["slsaVersion"] = "1.0";
  return to_pretty_json(std::move(document));
}

}  // namespace acr::report

// A root that was right once refuses what was signed later, and says so (T-1; issue 15, 10).
#include "sigstore/samples.hpp"
#include "sigstore/verifier.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"

namespace root_age_test {
namespace {

using namespace acr::sigstore;
namespace json = boost::json;

struct Judged {
  std::string code, fix;
};

// The sample judged by its root after `change`.
template <class Change>
Judged judged(samples::Attestation const& sample, Change const& change) {
  auto document = acr::parse_json(sample.trusted_root, "root").value();
  change(document.as_object());
  Verifier const verifier({parse_trusted_root(json::serialize(document), "old.json").value()}, {BundleVersion::v0_1});
  Policy policy;
  policy.certificate_identity = sample.identity;
  policy.certificate_oidc_issuer = sample.issuer;
  auto const result = verifier.verify(sample.bundle, Artifact::of_bytes(sample.artifact), policy);
  if (!result.rejection) return {};
  return {std::string(result.rejection->code.text()), result.rejection->fix_text};
}

struct Row {
  char const *sample, *list, *code, *kind;
};

auto rows() {
  return one_of<Row>({{"private-instance-demo", "certificateAuthorities", "certificate-chain", "certificate authority"},
                      {"private-instance-demo", "timestampAuthorities", "timestamp-threshold", "timestamp authority"},
                      {"reusable-workflow", "tlogs", "log-threshold", "transparency log"},
                      {"reusable-workflow", "ctlogs", "sct", "certificate transparency log"}});
}

// All that is left is one whose key is another's, trusted from `start`.
void leave_stranger(json::object& root, char const* list, char const* start, json::array const& strangers) {
  root.at(list).as_array() = strangers;
  for (auto& each : root.at(list).as_array()) {
    auto& entry = each.as_object();
    (entry.contains("publicKey") ? entry.at("publicKey").as_object() : entry)["validFor"] = json::object{{"start", start}};
  }
}

json::array strangers_of(std::string const& list) {
  // The other instance's, or staging's, know neither sample.
  auto const* file = "trusted_root_staging.json";
  return acr::parse_json(samples::text(file), file).value().as_object().at(list).as_array();
}

TEST_CASE("an authority or log that came after the root: the advice names root, dates and the way out", "[sigstore]") {
  auto const row = rows();
  CAPTURE(row.sample, row.list);
  auto const sample = samples::attestation(row.sample);
  CHECK(judged(sample, [](json::object&) {}).code.empty());
  auto const strangers = strangers_of(row.list);
  auto const old =
      judged(sample, [&](json::object& root) { leave_stranger(root, row.list, "2020-01-01T00:00:00Z", strangers); });
  if (std::string(row.list) == "certificateAuthorities") {
    // Staging's organisation is another: the instance itself is unknown then, and the advice is to give its root.
    CHECK(old.code == "trusted-root-unknown");
    return;
  }
  CHECK(old.code == row.code);
  CHECK(old.fix.rfind("the trusted root old.json is older than this signature of 20", 0) == 0);
  CHECK(old.fix.find("its newest " + std::string(row.kind) + " is trusted from 2020-01-01T00:00:00Z") != std::string::npos);
  CHECK(
      old.fix.find(
          "use a newer version of this program, or set trusted-root to a file that `gh attestation trusted-root` has written") !=
      std::string::npos);

  auto const young =
      judged(sample, [&](json::object& root) { leave_stranger(root, row.list, "2030-01-01T00:00:00Z", strangers); });
  CHECK(young.code == row.code);
  CHECK(young.fix.find("lacks it for another reason") != std::string::npos);
}

TEST_CASE("the certificate authority that has signed is gone from the root", "[sigstore]") {
  auto const sample = samples::attestation("private-instance-demo");
  auto const gone = judged(sample, [](json::object& root) {
    auto& authorities = root.at("certificateAuthorities").as_array();
    authorities.erase(authorities.begin());
  });
  CHECK(gone.code == "certificate-chain");
  CHECK(gone.fix.rfind(
            "the trusted root old.json is older than the certificate authority of this signature of 2024-04-22T17:33:26Z", 0) ==
        0);
}

TEST_CASE("an authority whose time was over: only a root that has no later one is called old", "[sigstore]") {
  auto const sample = samples::attestation("private-instance-demo");
  auto const ended = [](bool alone) {
    return [alone](json::object& root) {
      for (auto const* list : {"certificateAuthorities", "timestampAuthorities"}) {
        auto& authorities = root.at(list).as_array();
        if (alone) authorities.erase(authorities.begin() + 1, authorities.end());
      }
      root.at("certificateAuthorities").as_array().front().as_object()["validFor"] =
          json::object{{"start", "2023-10-27T16:30:00Z"}, {"end", "2024-01-01T00:00:00Z"}};
    };
  };
  CHECK(judged(sample, ended(true)).code == "certificate-time");
  CHECK(judged(sample, ended(true)).fix.find("is older than this signature") != std::string::npos);
  CHECK(judged(sample, ended(false)).code == "certificate-time");
  CHECK(judged(sample, ended(false)).fix.empty());
}

}  // namespace
}  // namespace root_age_test

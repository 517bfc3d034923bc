#include "report/short_refusal.hpp"

#include "report/sample_record.hpp"
#include "support/catch2.hpp"

namespace short_refusal_test {
namespace {

using acr::report::FindingGroup;
using acr::report::short_refusal;

TEST_CASE("the common refusals are a sentence for a reader in a hurry", "[report]") {
  struct Row {
    acr::Code code;
    char const* shown;
  };
  auto const row = one_of<Row>({
      {"tag-not-found", "tag web-v1.2.0 is missing. Push the tag, then re-run."},
      {"tag-not-annotated", "tag web-v1.2.0 is not annotated. Delete it, tag again with `git tag --annotate`, then re-run."},
      {"tag-not-on-branch", "tag web-v1.2.0 is not known to be on main. Tag a commit of that branch, then re-run."},
      {"tag-content-mismatch", "the chart has changed since tag web-v1.2.0. Raise its version and tag that."},
      {"version-not-bumped", "the chart has changed, its version has not. Raise `version` in Chart.yaml and tag that."},
      {"unresolved", "no attestation found for lint. Run the check again, tag with its new id, then re-run."},
      {"signature", "the signature does not hold: lint. Attest anew, tag with the new id, then re-run."},
      {"identity", "signed by another identity than the policy allows: lint. Compare expected and found below."},
      {"check-failed", "not passed, by its own attestation: lint. Fix what the check found, tag again, then re-run."},
      {"chart-yaml", "`why` – `fix`"},
  });
  auto const record = acr::test::released_record();
  auto const refusal = acr::reject(row.code, "where", "why").fix("fix");
  CHECK(short_refusal(record, &record.charts[1], {&refusal, {"lint"}}) == row.shown);
}

TEST_CASE("a short refusal names one check, or one and how many others", "[report]") {
  auto const record = acr::test::released_record();
  auto const refusal = acr::reject("unresolved", "where", "why");
  auto const begin = [&](std::vector<std::string> keys) {
    auto const text = short_refusal(record, &record.charts[1], {&refusal, std::move(keys)});
    return text.substr(0, text.find(". "));
  };
  CHECK(begin({"lint"}) == "no attestation found for lint");
  CHECK(begin({"lint", "b"}) == "no attestation found for lint and 1 other");
  CHECK(begin({"lint", "b", "c"}) == "no attestation found for lint and 2 others");
  CHECK(begin({"w5/semver"}) == "no attestation found for `w5/semver`");
  CHECK(begin({}) == "no attestation found for a check");
}

TEST_CASE("what comes from outside cannot leave a short refusal's words (A-86)", "[report]") {
  auto record = acr::test::released_record();
  record.source_branch = "@acme <b>";
  auto& web = record.charts[1];
  web.tag = "{check}[x](https://x.example)|`";
  auto const refusal = acr::reject("tag-not-on-branch", "where", "why");
  CHECK(short_refusal(record, &web, {&refusal, {}}) ==
        "tag `{check}[x](https://x.example)\\u{7c}\\u{60}` is not known to be on `@acme \\u{3c}b\\u{3e}`. Tag a commit of that "
        "branch, then re-run.");
  auto const foreign = acr::reject("chart-yaml", "where", "@acme `|").fix("<img>");
  CHECK(short_refusal(record, nullptr, {&foreign, {}}) == "`@acme \\u{60}\\u{7c}` – `\\u{3c}img\\u{3e}`");
}

}  // namespace
}  // namespace short_refusal_test

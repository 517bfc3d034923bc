// Report, verification summary, job summary and ruleset, byte for byte.
#include <algorithm>
#include <sstream>

#include "report/golden.hpp"
#include "report/job_summary.hpp"
#include "report/limits.hpp"
#include "report/pull_request_body.hpp"
#include "report/ruleset.hpp"
#include "report/sample_record.hpp"
#include "report/short_refusal.hpp"
#include "report/verification_report.hpp"
#include "report/vsa.hpp"
#include "support/catch2.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace documents_test {
namespace {

constexpr char const* verifier_id = "https://github.com/acme/atomic-chart-release";

TEST_CASE("the report comes in pieces, one for each chart, which are its text", "[report]") {  // A-72
  auto record = acr::test::released_record();
  REQUIRE_FALSE(record.charts.empty());
  while (record.charts.size() < 20) record.charts.push_back(record.charts.front());
  std::string text;
  std::size_t pieces = 0, largest = 0;
  acr::report::write_verification_report(record, [&](std::string_view piece) {
    text += piece;
    ++pieces;
    largest = std::max(largest, piece.size());
  });
  CHECK(text == acr::report::verification_report(record));
  CHECK(pieces == record.charts.size() + 3);
  CHECK(largest < text.size() / 4);
  record.charts.clear();
  CHECK(acr::parse_json(acr::report::verification_report(record), "report").has_value());
}

TEST_CASE("the report of a release says what was proved, and by whom", "[report]") {
  auto const text = acr::report::verification_report(acr::test::released_record());
  CHECK(text == acr::test::golden("tag-verification.json", text));
}

TEST_CASE("the report of a refused run says what did not hold", "[report]") {
  auto const text = acr::report::verification_report(acr::test::refused_record());
  CHECK(text == acr::test::golden("tag-verification-refused.json", text));
}

TEST_CASE("the policy's digest is that of its JSON, so that anyone can compute it", "[report]") {
  auto const record = acr::test::released_record();
  CHECK(
      acr::report::policy_json(record) ==
      R"({"missing-lineage":"fail","unresolved-id":"fail","signer-workflows":"acme/checks/.github/workflows/check.yaml@refs/tags/v*"})");
  auto const report = acr::parse_json(acr::report::verification_report(record), "report").value();
  CHECK(acr::string_in(*acr::find(report, "policy"), "digest") == acr::sha256_text(acr::report::policy_json(record)));
}

TEST_CASE("foreign bytes that are not UTF-8 do not spoil the report", "[report]") {
  auto record = acr::test::refused_record();
  record.charts[1].refusals[0].found_value = "\xff\xfe\"\n";
  auto const text = acr::report::verification_report(record);
  auto const report = acr::parse_json(text, "report");
  REQUIRE(report.has_value());
  CHECK(text.find(R"(\\u{ff}\\u{fe}\"\\u{a})") != std::string::npos);
}

TEST_CASE("the verification summary names verifier, policy, inputs and result", "[report]") {
  auto const text = acr::report::vsa_predicate(acr::test::released_record(), verifier_id);
  CHECK(text == acr::test::golden("vsa.json", text));
  auto const vsa = acr::parse_json(text, "vsa").value();
  CHECK(acr::string_in(*acr::find(vsa, "policy"), "content") ==
        acr::base64(acr::report::policy_json(acr::test::released_record())));
  CHECK(text.find("timeVerified") == std::string::npos);  // two runs, equal bytes
}

TEST_CASE("a summary claims the lineage only when every packaged chart has one and all of it holds", "[report]") {
  auto const levels = [](acr::report::ReleaseRecord const& record) {
    auto const vsa = acr::parse_json(acr::report::vsa_predicate(record, verifier_id), "vsa").value();
    return acr::to_ascii_json(*acr::find(vsa, "verifiedLevels"));
  };
  auto record = acr::test::released_record();
  CHECK(levels(record) == R"(["SLSA_BUILD_LEVEL_UNEVALUATED","ACR_TAG_LINEAGE_VERIFIED"])");
  record.charts[0].entries[0].status = acr::report::EntryStatus::verified_other_id;
  CHECK(levels(record) == R"(["SLSA_BUILD_LEVEL_UNEVALUATED"])");
  record.charts[0].entries.clear();
  CHECK(levels(record) == R"(["SLSA_BUILD_LEVEL_UNEVALUATED"])");
  // Left out under `verify-policy: flag`: no subject, so it does not count.
  record.charts[0].status = acr::report::ChartStatus::refused;
  CHECK(levels(record) == R"(["SLSA_BUILD_LEVEL_UNEVALUATED","ACR_TAG_LINEAGE_VERIFIED"])");
  CHECK(levels(acr::test::refused_record()) == R"(["FAILED"])");
  record.charts.clear();
  CHECK(levels(record) == R"(["SLSA_BUILD_LEVEL_UNEVALUATED"])");
}

TEST_CASE("an id that was not found is never named as an input", "[report]") {
  auto record = acr::test::released_record();
  record.charts[0].entries[0].status = acr::report::EntryStatus::verified_other_id;
  CHECK(acr::report::vsa_predicate(record, verifier_id).find("/attestations/101") == std::string::npos);
}

TEST_CASE("the job summary of a release", "[report]") {
  auto const text = acr::report::job_summary(acr::test::released_record(), acr::test::sample_files());
  CHECK(text == acr::test::golden("summary.md", text));
}

TEST_CASE("the job summary of a refused run begins with the verdict and what to do", "[report]") {
  auto const text = acr::report::job_summary(acr::test::refused_record(), {});
  CHECK(text == acr::test::golden("summary-refused.md", text));
  CHECK(text.starts_with("## Atomic chart release: refused\n"));
}

TEST_CASE("a summary beyond the limit is cut at a row's end and counts what is missing (A-28)", "[report]") {
  auto record = acr::test::refused_record();
  for (int i = 0; i < 6000; ++i)
    record.warnings.push_back(acr::reject("tag-differs", "place " + std::to_string(i), std::string(300, 'x')));
  auto const text = acr::report::job_summary(record, acr::test::sample_files());
  CHECK(text.size() <= acr::report::max_summary_bytes);
  CHECK(text.size() > acr::report::max_summary_bytes - 2000);
  auto const lines = acr::lines(text);
  CHECK(lines.back().starts_with("… "));
  CHECK(lines.back().find(" rows are missing here") != std::string_view::npos);
  std::size_t shown = 0;
  for (auto const line : lines)
    if (line.starts_with("| `tag-differs` | ")) {
      ++shown;
      CHECK(line.ends_with(" | – |"));
    }
  auto const missing = acr::to_number(lines.back().substr(4, lines.back().find(' ', 4) - 4));
  REQUIRE(missing);
  auto const count = [&](std::string const& word) { return std::ranges::count(lines, word); };
  CHECK(count("<details>") == 4);  // attestations, dependencies, roots, and the warnings that were cut short
  CHECK(count("<details>") == count("</details>"));
  CHECK(shown + *missing == 6000 + 1 + 1 + 4);  // api's warning, the removed chart and four files do not fit either
}

TEST_CASE("the summary begins with a line for each refused chart, at most twenty", "[report]") {
  auto record = acr::test::refused_record();
  auto const web = record.charts[1];
  for (int i = 0; i < 21; ++i) record.charts.push_back(web);
  auto const text = acr::report::job_summary(record, {});
  auto const lines = acr::lines(text.substr(0, text.find("### Refused")));
  CHECK(std::ranges::count(
            lines,
            "- ❌ web 1.2.0: the chart has changed since tag web-v1.2.0. Raise its version and tag that. (2 more below)") == 20);
  CHECK(std::ranges::count(lines, "- … and 2 more") == 1);
}

TEST_CASE("the first line says what happened and what to do", "[report]") {
  auto const first_line = [](acr::report::ReleaseRecord const& record) {
    auto const text = acr::report::job_summary(record, {});
    return std::string(acr::lines(text)[2]);
  };
  auto record = acr::test::refused_record();
  CHECK(
      first_line(record) ==
      "**1 of 2 charts refused, nothing is packaged.** Do what each ❌ says, then re-run this job; a new commit starts it by itself.");
  record.result = acr::report::Result::partial;
  CHECK(first_line(record) ==
        "**1 of 2 charts left out**, the others are packaged. To release all, do what each ❌ says, then re-run this job.");
  record = acr::test::released_record();
  CHECK(first_line(record) == "Nothing is left to do: merge when all checks are green.");
  record.result = acr::report::Result::failed;  // the run itself
  CHECK(
      first_line(record) ==
      "**The release is refused, nothing is packaged.** Do what each ❌ says, then re-run this job; a new commit starts it by itself.");
  record = {};
  record.reason = "cancelled";
  CHECK(first_line(record) == "Reason: `cancelled`.");
  record.refusals = {acr::reject("bad-input", "input charts-dir", "it is absolute").fix("give a relative path")};
  record.reason = "bad-input";
  auto const text = acr::report::job_summary(record, {});
  CHECK(
      text.starts_with("## Atomic chart release: refused\n\nDo what each ❌ says, then re-run this job.\n\n"
                       "- ❌ `it is absolute` – `give a relative path`\n\nReason: `bad-input`.\n\n"));
  record.refusals.clear();
  record.result = acr::report::Result::no_charts;
  CHECK(first_line(record) == "There is nothing to release, and nothing to do.");
  record.result = acr::report::Result::skipped;
  CHECK(first_line(record) == "Nothing was checked; no action is needed.");
}

TEST_CASE("hostile names stay inside code spans and labels (A-86)", "[report]") {
  std::string const evil = "x`|\n## hi\n```\n\"]; click c0 \"javascript:x\" <img src=x> @all";
  auto record = acr::test::refused_record();
  auto& web = record.charts[1];
  web.name = web.version = web.tag = web.path = evil;
  web.entries[0].key = web.entries[0].refusal->found_value = web.refusals[0].why = evil;
  record.removed_charts = {evil};
  record.head = evil;
  auto const text = acr::report::job_summary(record, acr::test::sample_files());
  CHECK(text.find("<img") == std::string::npos);
  CHECK(text.find("\n## hi") == std::string::npos);
  auto const graph = text.substr(text.find("```mermaid"));
  CHECK(graph.substr(0, graph.find("\n```\n")).find("click c0 \"") == std::string::npos);
  std::size_t fences = 0;
  for (auto const line : acr::lines(text)) {
    fences += line.starts_with("```") ? 1 : 0;
    // Outside code spans there is no mention (A-86): an odd part between backticks is code.
    auto const parts = acr::split(line, '`');
    for (std::size_t i = 0; i < parts.size(); i += 2) CHECK(parts[i].find('@') == std::string_view::npos);
  }
  CHECK(fences == 2);
}

TEST_CASE("the same refusal of many entries is one row with their keys", "[report]") {
  auto record = acr::test::refused_record();
  auto& web = record.charts[1];
  web.refusals.clear();
  web.entries.erase(web.entries.begin());
  auto entry = web.entries[0];
  for (int i = 0; i < 4; ++i) {
    entry.key = "check-" + std::to_string(i);
    entry.refusal->where = entry.key + ": 104";
    web.entries.push_back(entry);
  }
  auto const text = acr::report::job_summary(record, {});
  auto const lines = acr::lines(text);
  CHECK(std::ranges::count(
            lines,
            "- ❌ web 1.2.0: no attestation found for w5-semver and 4 others. Run the check again, tag with its new "
            "id, then re-run.") == 1);
  CHECK(std::ranges::count(
            lines,
            "| `unresolved` | `web`, 5 entries: `w5-semver`, `check-0`, `check-1`, `check-2`, `check-3` | `w5-semver: 104` "
            "(the first of 5) | `no attestation with this id was found` | – | – | `write the subject's digest into the "
            "tag` | `A-100` |") == 1);
  CHECK(text.find("| `unresolved` | ", text.find("| `unresolved` | ") + 1) == std::string::npos);

  web.entries[2].refusal->why = "another reason";
  web.entries[3].refusal->expected_value = "x";
  auto const other = acr::report::job_summary(record, {});
  CHECK(other.find("| `unresolved` | `web` `check-1` | ") != std::string::npos);
  CHECK(other.find("`web`, 4 entries: `w5-semver`, `check-0`, `check-2`, `check-3`") != std::string::npos);
  CHECK(other.find("| – (the first of 4) | – | ") != std::string::npos);

  for (int i = 0; i < 30; ++i) web.entries.push_back(entry);
  CHECK(acr::report::job_summary(record, {}).find("`check-3`, … and 14 more | ") != std::string::npos);
}

TEST_CASE("a chart's own refusals are a row each, also when they are alike", "[report]") {
  auto record = acr::test::refused_record();
  record.charts[1].refusals.push_back(record.charts[1].refusals[0]);
  CHECK(acr::report::refusals_of(record.charts[1]).size() == 4);
}

TEST_CASE("the lineage graph is bounded", "[report]") {
  auto record = acr::test::released_record();
  for (int i = 0; i < 300; ++i) {
    auto chart = record.charts[0];
    chart.name = "chart-" + std::to_string(i);
    record.charts.push_back(chart);
  }
  auto const text = acr::report::job_summary(record, {});
  auto const begin = text.find("```mermaid"), end = text.find("```", begin + 3);
  CHECK(end - begin < acr::report::max_graph_bytes);
  CHECK(text.find(" of 302 charts.") != std::string::npos);
}

TEST_CASE("what finalize could not write into the description stands in the summary (A-90)", "[report]") {
  auto manifest = acr::report::manifest_of(acr::test::released_record(), acr::test::sample_files());
  manifest = with_attestations(manifest, {{"tag-verification", "1"}, {"build-api", "2"}, {"build-web", "2"}}).value();
  acr::report::HumanPart const human{"https://github.com", "acme/helm-charts", manifest, acr::test::fake_digest('0'), "5"};
  auto const text = acr::report::finalize_summary(manifest, "https://github.com", "acme/helm-charts", "5",
                                                  acr::report::human_section(human, "\n", false));
  CHECK(text == acr::test::golden("summary-finalize.md", text));
}

TEST_CASE("the ruleset is that of the contract (A-79)", "[report]") {
  auto const text = acr::report::ruleset_payload("release", "atomic-chart-release");
  CHECK(acr::parse_json(text, "payload").value() == acr::parse_json(R"({
    "name": "release-protection", "target": "branch", "enforcement": "active",
    "conditions": {"ref_name": {"include": ["refs/heads/release"], "exclude": []}},
    "rules": [
      {"type": "deletion"}, {"type": "non_fast_forward"},
      {"type": "pull_request", "parameters": {"allowed_merge_methods": ["merge"], "dismiss_stale_reviews_on_push": true,
        "require_code_owner_review": true, "require_last_push_approval": false, "required_approving_review_count": 1,
        "required_review_thread_resolution": false}},
      {"type": "required_status_checks", "parameters": {"strict_required_status_checks_policy": false,
        "do_not_enforce_on_create": true,
        "required_status_checks": [{"context": "atomic-chart-release", "integration_id": 15368}]}}]})",
                                                                    "expected")
                                                        .value());
}

TEST_CASE("the ruleset is of the branch and the check that are configured", "[report]") {
  auto const text = acr::report::ruleset_payload("stable", "my job");
  CHECK(text.find("\"refs/heads/stable\"") != std::string::npos);
  CHECK(text.find("\"context\": \"my job\"") != std::string::npos);
}

TEST_CASE("a check counts only when GitHub Actions sets it (A-79, A-80)", "[report]") {
  using acr::report::check_required;
  CHECK(check_required({{"lint", {}}, {"acr", 15368}}, "release", "acr").has_value());
  CHECK_FALSE(check_required({{"acr", {}}}, "release", "acr").has_value());
  CHECK_FALSE(check_required({{"acr", 1}}, "release", "acr").has_value());
  CHECK_FALSE(check_required({{"ACR", 15368}}, "release", "acr").has_value());
  auto const nothing = check_required({}, "release", "acr");
  REQUIRE(nothing.has_error());
  CHECK(nothing.error().code == "check-not-required");
  CHECK(nothing.error().why.find("no ruleset requires") != std::string::npos);
  auto const others = check_required({{"lint", {}}, {"acr", 7}}, "release", "acr");
  CHECK(others.error().found_value == "lint (any integration), acr (integration 7)");
}

}  // namespace
}  // namespace documents_test

#pragma once

// One record with something of everything, for golden files and schemas.

#include <string>

#include "report/release_record.hpp"

namespace acr::test {

inline std::string fake_digest(char digit) { return "sha256:" + std::string(64, digit); }

inline report::LineageEntry verified_entry(std::string key, std::string id, char digit) {
  report::LineageEntry entry;
  entry.key = std::move(key);
  entry.id = std::move(id);
  entry.subject_digest = fake_digest(digit);
  entry.subject_source = "annotation";
  entry.bound = "source";
  entry.status = report::EntryStatus::verified;
  report::VerifiedFacts facts;
  facts.signer = "https://github.com/acme/helm-charts/.github/workflows/check.yaml@refs/heads/main";
  facts.issuer = "https://token.actions.githubusercontent.com";
  facts.workflow = facts.signer;
  facts.source_repository = "https://github.com/acme/helm-charts";
  facts.source_repository_id = "500000001";
  facts.source_commit = std::string(40, 'c');
  facts.source_ref = "refs/heads/main";
  facts.runner_environment = "github-hosted";
  facts.run = "https://github.com/acme/helm-charts/actions/runs/1/attempts/1";
  facts.predicate_type = "https://slsa.dev/provenance/v1";
  facts.statement_digest = fake_digest('e');
  facts.instance = "public good";
  facts.trusted_root = "built-in public good";
  facts.times = {{"2026-08-01T10:00:00Z", "log-integrated", "https://rekor.sigstore.dev"}};
  facts.log_entries = {{"https://rekor.sigstore.dev", 123456, "dsse 0.0.1", "2026-08-01T10:00:00Z"}};
  entry.facts = facts;
  entry.checks = {{"V-57", "inclusion proof of entry 0", true, {}, "root of tree 200000", "", "", ""}};
  return entry;
}

/// Two charts, both good.
inline report::ReleaseRecord released_record() {
  report::ReleaseRecord record;
  record.repository = "acme/helm-charts";
  record.pr_number = 42;
  record.source_branch = "main";
  record.release_branch = "release";
  record.head = std::string(40, '1');
  record.base = std::string(40, '2');
  record.merge = std::string(40, '3');
  record.result = report::Result::success;
  record.policy = {{"missing-lineage", "fail"},
                   {"unresolved-id", "fail"},
                   {"signer-workflows", "acme/checks/.github/workflows/check.yaml@refs/tags/v*"}};
  record.trusted_roots = {
      {"built in (public good, 2026-08-21)", fake_digest('7'), "built-in", "sigstore.dev", 0, 0, "2026-08-21"},
      {"tuf.example/trusted_root.json", fake_digest('8'), "tuf", "zeta", 16, 14, ""}};
  record.hosts = {"charts.example.org"};
  record.removed_charts = {"old"};
  report::ChartRecord api;
  api.name = "api";
  api.version = "2.0.0";
  api.path = "charts/api";
  api.tag = "api-v2.0.0";
  api.commit = std::string(40, '4');
  api.tag_object = std::string(40, '5');
  api.lineage_status = "ok";
  api.source_pr = "17";
  api.source_digest = fake_digest('6');
  api.status = report::ChartStatus::packaged;
  api.package = "api-2.0.0.tgz";
  api.digest = fake_digest('a');
  api.size = 1234;
  api.entries = {verified_entry("lint", "101", '8'), verified_entry("w5-semver", "102", '9')};
  api.dependencies = {{"redis", "1.2.3", "https://charts.example.org/stable",
                       "https://charts.example.org/stable/redis-1.2.3.tgz", fake_digest('d'), "", false,
                       "digest: " + fake_digest('d')}};
  api.warnings = {reject("unpinned", "charts/api: redis", "the lock fixes no bytes").rule("D-31")};
  report::ChartRecord web = api;
  web.name = "web";
  web.version = "1.2.0";
  web.path = "charts/web";
  web.tag = "web-v1.2.0";
  web.package = "web-1.2.0.tgz";
  web.digest = fake_digest('b');
  web.size = 99;
  web.source_pr.clear();
  web.source_digest = fake_digest('5');
  web.entries = {verified_entry("lint", "103", '8')};
  web.dependencies.clear();
  web.warnings.clear();
  record.charts = {api, web};
  return record;
}

/// `api` is good but held back, `web` has a broken and an unresolved attestation.
inline report::ReleaseRecord refused_record() {
  auto record = released_record();
  record.result = report::Result::failed;
  record.reason = "log-inclusion-proof";
  auto& api = record.charts[0];
  auto& web = record.charts[1];
  for (auto* chart : {&api, &web}) {
    chart->status = report::ChartStatus::refused;
    chart->package.clear();
    chart->digest.clear();
    chart->size = 0;
  }
  api.status = report::ChartStatus::held_back;
  auto& broken = web.entries[0];
  broken.status = report::EntryStatus::failed;
  broken.facts.reset();
  broken.checks = {{"V-57", "inclusion proof of entry 0", false, "log-inclusion-proof", "the proof leads to another root",
                    "root aa", "root bb", "fetch the bundle again"}};
  broken.refusal = reject("log-inclusion-proof", "entry 0", "the proof leads to another root")
                       .rule("V-57")
                       .expected("root aa")
                       .found("root bb")
                       .fix("fetch the bundle again");
  report::LineageEntry unresolved;
  unresolved.key = "w5-semver";
  unresolved.id = "104";
  unresolved.refusal = reject("unresolved", "w5-semver: 104", "no attestation with this id was found")
                           .rule("A-100")
                           .fix("write the subject's digest into the tag");
  web.entries.push_back(unresolved);
  web.refusals = {reject("tag-content-mismatch", "charts/web/values.yaml", "the content is not that of the tag")
                      .rule("A-55")
                      .expected("blob 1")
                      .found("blob 2")
                      .fix("bump the version")};
  return record;
}

inline report::ReleasePlaces sample_files() {
  return {".cr-release-packages", ".cr-release-packages/checksums.txt", ".cr-release-packages/tag-verification.json",
          fake_digest('f'),       ".cr-release-packages/vsa.json",      "release-attestation-manifest.json",
          fake_digest('0')};
}

}  // namespace acr::test

#pragma once

// A workspace with a manifest after `run`, a pull request in memory, and a signing world that plays the attest steps.

#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "github/pull_requests.hpp"
#include "release/finalize.hpp"
#include "report/limits.hpp"
#include "report/release_manifest.hpp"
#include "signing/world.hpp"
#include "sigstore/trusted_root.hpp"
#include "support/atomic_file.hpp"
#include "support/digest.hpp"
#include "support/temporary_directory.hpp"

namespace acr::test {

/// In-memory twin: answers as scripted, remembers what was written.
class PullRequestsInMemory : public release::PullRequests {
 public:
  github::PullRequest pull;
  std::vector<std::string> writes;               ///< every body that was sent
  std::deque<github::BodyWrite> outcomes;        ///< of the next writes; `written` when empty
  std::function<void(std::size_t)> after_write;  ///< what others do then; 1-based number of the write
  int read_status = 0;                           ///< what reading is answered with, unless 0

  github::PullRequest read(std::uint64_t) override {
    if (read_status != 0)
      throw github::ApiError(ExitStatus::bad_input, "no-access", "GET: " + std::to_string(read_status), read_status);
    return pull;
  }

  github::BodyWriteResult write_body(std::uint64_t, std::string const& body) override {
    writes.push_back(body);
    auto outcome = github::BodyWrite::written;
    if (!outcomes.empty()) outcome = outcomes.front(), outcomes.pop_front();
    if (outcome == github::BodyWrite::written || outcome == github::BodyWrite::unknown) pull.body = body;
    if (after_write) after_write(writes.size());
    github::BodyWriteResult result;
    result.outcome = outcome;
    if (outcome == github::BodyWrite::written) result.pull = pull;
    return result;
  }
};

struct Named {
  std::string name;
  std::string hex;
};

/// The files of build.jsonl and tags.jsonl, which hold this run's attestations, are in `bundle_paths`.
struct FinalizeWorld {
  TemporaryDirectory directory;
  release::FinalizeSettings settings;
  PullRequestsInMemory pulls;
  std::vector<std::chrono::milliseconds> sleeps;
  report::ReleaseManifest initial;
  signing::World signing;
  std::unique_ptr<sigstore::Verifier> verifier;
  Named const api{"api-2.0.0.tgz", std::string(64, 'a')};
  Named const web{"web-1.2.0.tgz", std::string(64, 'b')};
  Named const report{"w7-tag-verify", sha256_text("the report").substr(7)};

  FinalizeWorld() {
    std::filesystem::create_directories(workspace());
    std::filesystem::create_directories(temp());
    settings.workspace = workspace();
    settings.runner_temp = temp();
    settings.repository.full_name = "acme/helm-charts";
    settings.repository.id = "500000001";
    settings.repository.owner_id = "9001";
    settings.commit = signing::Attest{}.commit;
    settings.run_id = "7000000042";
    settings.run_attempt = "2";
    settings.workflow_ref = "acme/helm-charts/.github/workflows/release.yaml@refs/pull/42/merge";
    settings.workflow_sha = std::string(40, '7');
    settings.pr_number = 42;
    settings.head_sha = std::string(40, '1');
    settings.base_ref = "release";
    pulls.pull.number = 42;
    pulls.pull.state = "open";
    pulls.pull.head_sha = settings.head_sha;
    pulls.pull.base_ref = "release";
    pulls.pull.body = "Automated release.\n\n<!-- ATTESTATION_MAP\n{\"lint\":\"14400001\"}\n-->\n";

    initial.charts = {{"api", "2.0.0", "sha256:" + api.hex, "api-v2.0.0", api.name, sha256_text("api")},
                      {"web", "1.2.0", "sha256:" + web.hex, "web-v1.2.0", web.name, sha256_text("web")}};
    initial.pr = 42;
    initial.head = settings.head_sha;
    initial.base = std::string(40, '2');
    initial.merge = settings.commit;
    initial.verification_path = ".cr-release-packages/tag-verification.json";
    initial.verification_digest = "sha256:" + report.hex;
    initial.upstream = {{"api", {{"lint", "101", "sha256:" + std::string(64, '8')}}}, {"web", {}}};
    write("release-attestation-manifest.json", report::manifest_text(initial));

    std::vector<sigstore::TrustedRoot> roots;
    roots.push_back(sigstore::parse_trusted_root(signing.trusted_root().json(), "the test's").value());
    verifier = std::make_unique<sigstore::Verifier>(std::move(roots));
    write("build.jsonl", bundle({api, web}));
    write("tags.jsonl", bundle({report}));
    settings.bundle_paths = {"build.jsonl", "tags.jsonl"};
  }

  /// What an attest step of this run signs; `request` changes it.
  std::string bundle(std::vector<Named> const& subjects, signing::Attest request = this_run()) {
    std::string list;
    for (auto const& subject : subjects)
      list += std::string(list.empty() ? "" : ",") + R"({"name":")" + subject.name + R"(","digest":{"sha256":")" + subject.hex +
              R"("}})";
    request.statement = R"({"_type":"https://in-toto.io/Statement/v1","subject":[)" + list + R"(],"predicateType":")" +
                        request.predicate_type + R"(","predicate":{}})";
    return signing.attest(request) + "\n";
  }
  static signing::Attest this_run() {
    signing::Attest request;
    request.workflow = ".github/workflows/release.yaml";
    request.ref = "refs/pull/42/merge";
    request.fulcio = {{21, "https://github.com/acme/helm-charts/actions/runs/7000000042/attempts/2"}};
    return request;
  }
  /// The last step: the manifest's own attestation, and its id.
  void give_overall(std::string const& id) {
    clear_ids(settings);
    settings.overall_attestation_id = id;
    write("overall.jsonl", bundle({{"release-attestation-manifest.json", sha256_text(manifest_bytes()).substr(7)}}));
    settings.bundle_paths = {"overall.jsonl"};
  }

  [[nodiscard]] std::filesystem::path workspace() const { return directory.path() / "workspace"; }
  [[nodiscard]] std::filesystem::path temp() const { return directory.path() / "runner_temp"; }
  void write(std::string const& name, std::string const& bytes) const { write_file(workspace() / name, bytes); }

  release::FinalizeResult run() {
    return release::finalize(settings, {pulls, *verifier, [&](std::chrono::milliseconds pause) { sleeps.push_back(pause); }});
  }

  [[nodiscard]] std::string manifest_bytes() const {
    return read_file(workspace() / "release-attestation-manifest.json", report::max_manifest_bytes);
  }
  [[nodiscard]] report::ReleaseManifest manifest() const { return report::read_manifest(manifest_bytes()).value(); }

  static void clear_ids(release::FinalizeSettings& settings) {
    settings.attestations.clear();
    settings.attestation_ids_dir.clear();
    settings.build_attestation_id.clear();
    settings.verification_attestation_id.clear();
    settings.overall_attestation_id.clear();
  }
};

}  // namespace acr::test

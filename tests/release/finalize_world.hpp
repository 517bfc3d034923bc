#pragma once

// A workspace with a manifest after `run`, and a pull request in memory.

#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "github/pull_requests.hpp"
#include "release/finalize.hpp"
#include "report/limits.hpp"
#include "report/release_manifest.hpp"
#include "support/atomic_file.hpp"
#include "support/temporary_directory.hpp"

namespace acr::test {

/// In-memory twin: answers as scripted, remembers what was written.
class PullRequestsInMemory : public release::PullRequests {
 public:
  github::PullRequest pull;
  std::vector<std::string> writes;               ///< every body that was sent
  std::deque<github::BodyWrite> outcomes;        ///< of the next writes; `written` when empty
  std::function<void(std::size_t)> after_write;  ///< what others do then; 1-based number of the write
  bool unreadable = false;                       ///< 403 on reading

  github::PullRequest read(std::uint64_t) override {
    if (unreadable) throw github::ApiError(ExitStatus::bad_input, "no-access", "GET: 403", 403);
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

struct FinalizeWorld {
  TemporaryDirectory directory;
  release::FinalizeSettings settings;
  PullRequestsInMemory pulls;
  std::vector<std::chrono::milliseconds> sleeps;
  report::ReleaseManifest initial;

  FinalizeWorld() {
    std::filesystem::create_directories(workspace());
    std::filesystem::create_directories(temp());
    settings.workspace = workspace();
    settings.runner_temp = temp();
    settings.repository = "acme/helm-charts";
    settings.repository_id = "500000001";
    settings.repository_owner_id = "9001";
    settings.commit = std::string(40, '3');
    settings.pr_number = 42;
    settings.head_sha = std::string(40, '1');
    settings.base_ref = "release";
    pulls.pull.number = 42;
    pulls.pull.state = "open";
    pulls.pull.head_sha = settings.head_sha;
    pulls.pull.base_ref = "release";
    pulls.pull.body = "Automated release.\n\n<!-- ATTESTATION_MAP\n{\"lint\":\"14400001\"}\n-->\n";

    initial.charts = {{"api", "2.0.0", "sha256:" + std::string(64, 'a'), "api-v2.0.0", "api-2.0.0.tgz"},
                      {"web", "1.2.0", "sha256:" + std::string(64, 'b'), "web-v1.2.0", "web-1.2.0.tgz"}};
    initial.pr = 42;
    initial.head = settings.head_sha;
    initial.base = std::string(40, '2');
    initial.merge = settings.commit;
    initial.verification_path = ".cr-release-packages/tag-verification.json";
    initial.verification_digest = "sha256:" + std::string(64, 'f');
    initial.upstream = {{"api", {{"lint", "101", "sha256:" + std::string(64, '8')}}}, {"web", {}}};
    write("release-attestation-manifest.json", report::manifest_text(initial));
  }

  [[nodiscard]] std::filesystem::path workspace() const { return directory.path() / "workspace"; }
  [[nodiscard]] std::filesystem::path temp() const { return directory.path() / "runner_temp"; }
  void write(std::string const& name, std::string const& bytes) const { write_file(workspace() / name, bytes); }

  release::FinalizeResult run(sigstore::Verifier const& verifier) {
    return release::finalize(settings, {pulls, verifier, [&](std::chrono::milliseconds pause) { sleeps.push_back(pause); }});
  }
  /// With the built-in roots: for calls without bundles.
  release::FinalizeResult run() { return run(sigstore::Verifier{}); }

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

#pragma once

// A whole release in memory: commits, tags, listings and bundles, and the run over them. Each member is plain data that a test
// changes before run(); as it stands, the release of charts/web 1.1.0 passes every check.

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "event/inputs.hpp"
#include "github/attestations.hpp"
#include "github/scripted_github.hpp"
#include "memory/objects.hpp"
#include "release/listed_attestations.hpp"
#include "release/pipeline.hpp"
#include "signing/world.hpp"
#include "sigstore/trusted_root.hpp"
#include "support/digest.hpp"
#include "support/json.hpp"
#include "support/temporary_directory.hpp"

namespace acr::test {

/// By path in the repository.
using Files = std::map<std::string, std::string>;

inline std::string chart_yaml(std::string const& name, std::string const& version) {
  return "apiVersion: v2\nname: " + name + "\nversion: " + version + "\nicon: https://example.org/i.png\n";
}

inline Files chart_files(std::string const& name, std::string const& version) {
  auto const root = "charts/" + name + "/";
  return {{root + "Chart.yaml", chart_yaml(name, version)},
          {root + "values.yaml", "replicas: 1\n"},
          {root + "templates/a.yaml", "kind: ConfigMap # " + version + "\n"}};
}

inline Files operator+(Files a, Files const& b) {
  for (auto const& [path, bytes] : b) a.insert_or_assign(path, bytes);
  return a;
}

/// What a check attested: any digest will do.
inline std::string subject_of(std::string const& text) { return sha256_text(text); }

struct Line {
  std::string key, id;
  std::string digest{};  ///< "sha256:…"; empty: the id alone
};

inline std::string annotation(std::string const& chart, std::string const& version, std::vector<Line> const& lines,
                              std::string const& rest = {}) {
  std::string text = "Release: " + chart + " v" + version + "\n\nAttestation Lineage:\n";
  for (auto const& line : lines)
    text += "- " + line.key + ": " + line.id + (line.digest.empty() ? "" : " " + line.digest) + "\n";
  if (lines.empty()) text += "- No attestation data available\n";
  return text + rest;
}

/// The Sigstore of these tests; its keys are made once.
inline signing::World& signing_world() {
  static signing::World world;
  return world;
}

inline sigstore::Verifier const& signing_verifier() {
  static sigstore::Verifier const verifier = [] {
    std::vector<sigstore::TrustedRoot> roots;
    roots.push_back(sigstore::parse_trusted_root(signing_world().trusted_root().json(), "the test's").value());
    return sigstore::Verifier(std::move(roots));
  }();
  return verifier;
}

class PipelineWorld {
 public:
  Files base = chart_files("web", "1.0.0");
  Files tagged = chart_files("web", "1.1.0");  ///< at the tags' commit
  std::optional<Files> head{};                 ///< default: as tagged, and a page beside it
  std::optional<Files> merge{};                ///< of the test merge; default: it is not at hand
  std::map<std::string, std::string> tags{};   ///< annotations by tag name
  /// What the checks attested is of no account here, except to tests of just that.
  std::map<std::string, std::string> inputs{{"tag-wait", "0"}, {"max-parallel", "1"}, {"subject-binding", "off"}};
  ListedBySubject listed{};  ///< by subject
  release::RunSettings settings{};
  release::DependencyBuild* dependencies = nullptr;
  bool asks_github = true;
  std::function<void(release::Findings&)> before_charts{};
  dependencies::AskRegistry registry{};
  std::function<std::optional<net::Reply>(net::Request const&)> intercept{};  ///< answers, or not, before GitHub does

  git::MemoryObjects objects{};
  git::ObjectSource* source = &objects;
  git::ObjectId base_commit, tag_commit, head_commit, merge_commit;
  TemporaryDirectory directory;

  PipelineWorld() {
    for (auto const name : {"workspace", "temp"}) std::filesystem::create_directories(directory.path() / name);
    settings.repository.full_name = "acme/helm-charts";
    settings.repository.id = "500000001";
    settings.repository.owner_id = "9001";
    settings.workspace = workspace();
    settings.runner_temp = directory.path() / "temp";
    settings.change.pr_number = 42;
    tags["web-v1.1.0"] = annotation("web", "1.1.0", {{"lint", "1001", subject_of("lint")}});
    attest("1001", subject_of("lint"));
  }

  [[nodiscard]] std::filesystem::path workspace() const { return directory.path() / "workspace"; }

  /// Lists an attestation of `subject`.
  void attest(std::string const& id, std::string const& subject, signing::Attest request = {}) {
    request.subject_sha256 = subject.substr(7);
    listed[subject].push_back({id, signing_world().attest(request)});
  }

  /// Base, tag's commit, head in a row, and the refs. run() does it when it was not done.
  void build() {
    base_commit = objects.add_commit(objects.add_files(base), {}, 1'790'000'000);
    tag_commit = objects.add_commit(objects.add_files(tagged), {base_commit}, 1'790'000'100);
    head_commit = objects.add_commit(objects.add_files(head ? *head : tagged + Files{{"README.md", "charts\n"}}), {tag_commit},
                                     1'790'000'200);
    if (merge) merge_commit = objects.add_commit(objects.add_files(*merge), {base_commit, head_commit}, 1'790'000'300);
    for (auto const& [name, text] : tags) tag(name, text);
  }
  void tag(std::string const& name, std::string const& text) {
    objects.set_ref("refs/tags/" + name, objects.add_tag(name, tag_commit, git::ObjectType::commit, text));
  }

  release::RunOutcome run() {
    if (head_commit.empty()) build();
    auto reading = event::read_inputs(event::from_map(inputs), workspace().string(), event::TokenRule::optional);
    for (auto const& mistake : reading.mistakes) throw std::logic_error(mistake.sentence());
    settings.inputs = std::move(reading.inputs);
    auto lists = release::read_lists(settings.inputs, settings.repository.server_url);
    for (auto const& mistake : lists.mistakes) throw std::logic_error(mistake.sentence());
    settings.lists = std::move(lists.lists);
    settings.change.head = head_commit;
    settings.change.base = base_commit;
    settings.change.merge = merge_commit;
    ScriptedGithub github([this](net::Request const& request) { return answer(request); });
    github::Attestations attestations(github.api);
    log_text.str("");
    report::WorkflowLog log(log_text, report::WorkflowLog::Style::actions);
    auto outcome = release::run_release(
        settings, {.objects = *source,
                   .attestations = asks_github ? &attestations : nullptr,
                   .verifier = signing_verifier(),
                   .clock = run_clock ? *run_clock : clock,
                   .log = log,
                   .dependencies = dependencies,
                   .before_charts = before_charts,
                   .waits = {.now = [this] { return now; }, .sleep = [this](RunClock::Clock::duration pause) { sleep(pause); }},
                   .registry = registry});
    asked = github.asked();
    return outcome;
  }

  /// Waits take no time; they move `now`, and `meanwhile` happens: told how many waits there were.
  RunClock::Clock::time_point now = RunClock::Clock::now();
  std::vector<std::int64_t> pauses;  ///< seconds
  std::function<void(std::size_t)> meanwhile{};

  RunClock clock{std::chrono::seconds(600)};
  RunClock* run_clock = nullptr;   ///< instead of `clock`
  std::ostringstream log_text;     ///< of the last run
  std::vector<std::string> asked;  ///< requests of the last run

 protected:
  void sleep(RunClock::Clock::duration pause) {
    now += pause;
    pauses.push_back(std::chrono::duration_cast<std::chrono::seconds>(pause).count());
    if (meanwhile) meanwhile(pauses.size());
  }

  net::Reply answer(net::Request const& request) const {
    if (intercept)
      if (auto reply = intercept(request)) return *std::move(reply);
    return listing_answer(listed, request);
  }
};

/// "code @ place" of each, in order: what tests compare.
inline std::vector<std::string> findings_of(std::vector<Rejection> const& all) {
  std::vector<std::string> result;
  for (auto const& one : all) result.push_back(std::string(one.code.text()) + " @ " + one.where);
  return result;
}

using Findings = std::vector<std::string>;

/// Of the charts themselves, their entries, then the run.
inline Findings refusals(release::RunOutcome const& outcome) {
  std::vector<Rejection> all;
  for (auto const& chart : outcome.record.charts) {
    all.insert(all.end(), chart.refusals.begin(), chart.refusals.end());
    for (auto const& entry : chart.entries)
      if (entry.refusal) all.push_back(*entry.refusal);
  }
  all.insert(all.end(), outcome.record.refusals.begin(), outcome.record.refusals.end());
  return findings_of(all);
}

inline Findings warnings(release::RunOutcome const& outcome) {
  std::vector<Rejection> all;
  for (auto const& chart : outcome.record.charts) {
    all.insert(all.end(), chart.warnings.begin(), chart.warnings.end());
    for (auto const& entry : chart.entries) all.insert(all.end(), entry.warnings.begin(), entry.warnings.end());
  }
  all.insert(all.end(), outcome.record.warnings.begin(), outcome.record.warnings.end());
  return findings_of(all);
}

/// Names of what is in the output directory, sorted.
inline std::vector<std::string> released(PipelineWorld const& world) {
  std::vector<std::string> names;
  std::error_code error;
  for (auto const& item : std::filesystem::directory_iterator(world.workspace() / ".cr-release-packages", error))
    names.push_back(item.path().filename().string());
  std::ranges::sort(names);
  return names;
}

}  // namespace acr::test

#pragma once

// The job of a release and the stage that publishes, with the built program: tests/scenario/sequence.hpp
// The attest steps are played by the signing world that also signed the upstream attestations.

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "scenario/release_world.hpp"
#include "signing/scenario.hpp"
#include "support/atomic_file.hpp"
#include "support/digest.hpp"
#include "support/json.hpp"
#include "support/places.hpp"
#include "support/temporary_directory.hpp"
#include "support/text.hpp"

namespace acr::test {

inline boost::json::value json_of(std::string const& text) { return acr::parse_json(text, "test").value(); }

struct Subject {
  std::string name, hex;
};

// Lines of a checksums file as the attest action reads them: split at the first space, one flag character off, the rest a name
// (A-68).
inline std::vector<Subject> subjects_of_checksums(std::string const& text) {
  std::vector<Subject> subjects;
  for (auto const line : acr::lines(text)) {
    if (acr::trimmed(line).empty()) continue;
    auto const space = line.find(' ');
    if (space == std::string_view::npos || space + 2 >= line.size())
      throw std::runtime_error("not a checksum line: " + std::string(line));
    subjects.push_back({std::string(line.substr(space + 2)), std::string(line.substr(0, space))});
  }
  return subjects;
}

// Some charts with upstream attestations, and a Sigstore that goes on signing.
struct Sequence {
  TemporaryDirectory directory;
  acr::signing::World signing = acr::signing::scenario_world();
  std::filesystem::path const folder = directory.path() / "scenario";
  std::unique_ptr<ReleaseWorld> world;

  explicit Sequence(std::function<void(acr::loopback::StandInSettings&)> const& adjust = {}) {
    acr::signing::write_scenario(folder, {.attestations = 2}, signing);
    world = std::make_unique<ReleaseWorld>(folder, Checkout::full, adjust);
  }

  /// Goes on where other stages have left a repository.
  Sequence(std::filesystem::path scenario, acr::signing::World signer, std::unique_ptr<ReleaseWorld> ready)
      : signing(std::move(signer)), folder(std::move(scenario)), world(std::move(ready)) {}

  /// This run, as certificates name it (.21); at its second attempt.
  [[nodiscard]] std::string run_url() const {
    return "https://github.com/acme/helm-charts/actions/runs/" + world->environment.at("GITHUB_RUN_ID");
  }
  acr::loopback::GithubAnswers& github() const { return world->github().github(); }
  [[nodiscard]] std::string body() const { return github().pull_body(42).value_or(""); }
  [[nodiscard]] std::string manifest() const { return text_of(world->file("release-attestation-manifest.json")); }
  [[nodiscard]] std::size_t writes() const { return world->github().count("api", "PATCH "); }

  // What an attest step leaves: one bundle in RUNNER_TEMP. The path is given as the host sees it (A-5).
  std::string attest(std::string const& name, std::vector<Subject> const& subjects, acr::signing::Attest request = {}) {
    boost::json::array list;
    for (auto const& subject : subjects)
      list.push_back({{"name", subject.name}, {"digest", boost::json::object{{"sha256", subject.hex}}}});
    request.statement = boost::json::serialize(boost::json::object{{"_type", "https://in-toto.io/Statement/v1"},
                                                                   {"subject", list},
                                                                   {"predicateType", request.predicate_type},
                                                                   {"predicate", boost::json::object{}}});
    if (request.workflow == signing::Attest{}.workflow) request.workflow = ".github/workflows/release.yaml";
    if (request.ref == signing::Attest{}.ref) request.ref = "refs/pull/42/merge";
    request.fulcio.insert({21, run_url() + "/attempts/2"});
    if (request.commit == signing::Attest{}.commit) request.commit = world->environment.at("GITHUB_SHA");
    request.timestamped = true;
    std::filesystem::path const file = std::filesystem::path(world->environment.at("RUNNER_TEMP")) / name / "attestation.json";
    std::filesystem::create_directories(file.parent_path());
    acr::write_file(file, signing.attest(request) + "\n");
    return "/home/runner/work/_temp/" + name + "/attestation.json";
  }
  /// As the workflow that the action ships, called by this repository's: the certificate names the called file at its own ref,
  /// all else is the caller's (B-11).
  static signing::Attest shipped(std::string const& ref = "refs/tags/v1") {
    return {.san = "https://github.com/org/atomic-chart-release/.github/workflows/release-charts.yaml@" + ref};
  }
  std::string attest_packages(acr::signing::Attest request = {}) {
    return attest("packages", subjects_of_checksums(text_of(world->file(world->outputs().at("checksums-path")))),
                  std::move(request));
  }
  std::string attest_report(signing::Attest request = {}) {
    return attest("report", {{"w7-tag-verify", world->outputs().at("verification-digest").substr(7)}}, std::move(request));
  }

  /// O-19: one step for all charts.
  std::string attest_oci(signing::Attest request = {}) {
    return attest("oci", subjects_of_checksums(text_of(world->file(world->outputs().at("oci-subjects-path")))),
                  std::move(request));
  }

  std::string attest_manifest(signing::Attest request = {}) {
    return attest("overall", {{"release-attestation-manifest.json", sha256_text(manifest()).substr(7)}}, std::move(request));
  }

  ProgramResult finalize(std::map<std::string, std::string> inputs) {
    inputs["command"] = "finalize";
    return world->run(inputs);
  }
};

inline std::map<std::string, std::string> ids_and_bundles(std::string const& packages, std::string const& report) {
  return {
      {"build-attestation-id", "88001"}, {"verification-attestation-id", "88002"}, {"bundle-paths", packages + "\n" + report}};
}

// Stage 8: another clone, the packages of the release, and a GitHub that lists what the attest step has made.
struct Publishing {
  Sequence& sequence;
  std::unique_ptr<ReleaseWorld> world;
  boost::json::object push;  ///< the event: the pull request was merged as its test merge was

  /// `bundles` are listed for the packages, `of_manifest` for the manifest, `of_oci` for the OCI digests.
  explicit Publishing(Sequence& released, std::vector<std::string> const& bundles,
                      std::vector<std::string> const& of_manifest = {}, Checkout checkout = Checkout::full,
                      std::vector<std::string> const& of_oci = {})
      : sequence(released) {
    auto const packages = subjects_of_checksums(text_of(sequence.world->file(".cr-release-packages/checksums.txt")));
    auto github = json_of(text_of(sequence.folder / "github.json"));
    boost::json::array subjects;
    for (auto const& package : packages) subjects.emplace_back("sha256:" + package.hex);
    std::int64_t id = 88001;
    auto const list = [&](std::string const& bundle, boost::json::array const& listed_under) {
      github.as_object()["attestations"].as_array().push_back({{"id", id++},
                                                               {"repository_id", 500000001},
                                                               {"listed_under", listed_under},
                                                               {"predicate_type", "https://slsa.dev/provenance/v1"},
                                                               {"initiator", "github"},
                                                               {"serve", "bundle_url"},
                                                               {"bundle", json_of(bundle)}});
    };
    for (auto const& bundle : bundles) list(bundle, subjects);
    for (auto const& bundle : of_manifest) list(bundle, {boost::json::string(acr::sha256_text(sequence.manifest()))});
    boost::json::array oci;
    for (auto const& subject : subjects_of_checksums(text_of(sequence.world->file(".cr-release-packages/oci-subjects.txt"))))
      oci.emplace_back("sha256:" + subject.hex);
    for (auto const& bundle : of_oci) list(bundle, oci);
    acr::write_file(sequence.folder / "github.json", boost::json::serialize(github));
    world = std::make_unique<ReleaseWorld>(sequence.folder, checkout);
    std::filesystem::copy(sequence.world->file(".cr-release-packages"), world->file("packages"));
    acr::write_file(world->file("manifest.json"), sequence.manifest());
    auto const event = json_of(text_of(sequence.folder / "event.json"));
    push = {{"ref", "refs/heads/release"},
            {"before", string_in(*find(*find(event, "pull_request"), "base"), "sha").value()},
            {"after", world->environment.at("GITHUB_SHA")},
            {"repository", *find(event, "repository")}};
  }
  // As a step of a workflow on `push`.
  ProgramResult step(std::map<std::string, std::string> inputs = {}) {
    auto const event = world->temporary() / "push.json";
    acr::write_file(event, boost::json::serialize(push));
    inputs.insert({{"command", "verify-package"},
                   {"output-dir", "packages"},
                   {"manifest-path", "manifest.json"},
                   {"GITHUB_EVENT_NAME", "push"}});
    inputs.insert({{"GITHUB_EVENT_PATH", event.string()},
                   {"GITHUB_REF", std::string(push.at("ref").as_string())},
                   {"GITHUB_SHA", std::string(push.at("after").as_string())}});
    return world->run(inputs);
  }
  /// The output of git in the workspace's repository, without its line end.
  std::string git(std::vector<std::string> words) const {
    words.insert(words.begin(), {"--git-dir=" + world->file(".git").string()});
    std::map<std::string, std::string> const environment{{"PATH", std::getenv("PATH")},
                                                         {"HOME", "/nonexistent"},
                                                         {"GIT_CONFIG_NOSYSTEM", "1"},
                                                         {"GIT_AUTHOR_NAME", "a"},
                                                         {"GIT_AUTHOR_EMAIL", "a@example.org"},
                                                         {"GIT_COMMITTER_NAME", "a"},
                                                         {"GIT_COMMITTER_EMAIL", "a@example.org"}};
    auto const result = run_program("/usr/bin/git", environment, words, "/");
    if (result.status != 0) throw std::runtime_error("git failed: " + result.err);
    return std::string(trimmed(result.out));
  }
  ProgramResult reproduce(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "reproduce");
    arguments.insert(arguments.end(), {"--trusted-root", "trusted_root.json"});
    return run_program(acr::test::built_program(), world->environment, arguments, world->workspace());
  }
};

}  // namespace acr::test

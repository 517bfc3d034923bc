#include "release/package_proof.hpp"

#include <algorithm>
#include <utility>

#include "chart/charts_directories.hpp"
#include "chart/packager.hpp"
#include "git/annotated_tag.hpp"
#include "release/git_source_tree.hpp"
#include "release/lineage_check.hpp"
#include "release/own_workflow.hpp"
#include "sigstore/statement.hpp"
#include "support/digest.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace {

constexpr std::size_t listed_at_most = 100;  // of one file; real ones have a handful

AttestationProof proof_of(std::string name, sigstore::Verification const& result) {
  AttestationProof proof{.name = std::move(name), .signer = {}, .refusal = {}};
  if (!result.attestation)
    proof.refusal = *result.rejection;
  else if (auto const* identity = result.attestation->identity())
    proof.signer = identity->san;
  return proof;
}

// an annotation that names something else is about something else.
Verdict<void> check_annotation(git::Lineage const& lineage, chart::Package const& package, std::string const& commit,
                               std::string const& where) {
  if (lineage.release->chart != package.name || lineage.release->version != package.version)
    return reject("release-line-mismatch", where, "the annotation's Release line names another release than the chart")
        .rule("A-95")
        .expected("Release: " + package.name + " v" + package.version)
        .found("Release: " + lineage.release->chart + " v" + lineage.release->version);
  if (lineage.commit && *lineage.commit != commit)
    return reject("commit-mismatch", where, "the annotation's Commit line names another commit than the tag points at")
        .rule("A-95")
        .expected(commit)
        .found(*lineage.commit);
  return {};
}

}  // namespace

Verdict<Rebuilt> rebuild_package(git::ObjectSource& objects, std::string const& tag_name, RunSettings const& settings,
                                 RebuildTools const* dependencies) {
  auto const tag = git::resolve_tag(objects, tag_name);
  if (!tag) return tag.error();
  auto lineage = git::parse_annotation(tag->message);
  if (!lineage.release)
    return reject("release-line", "tag " + tag_name, "the annotation has no Release line that names the chart").rule("A-95");
  GitSourceTree const tree(objects, tag->commit.tree);
  chart::PackageOptions options;
  options.time = settings.source_date_epoch.value_or(tag->commit.committer_time);
  // By name, whatever the directory is called (B-22); charts that share a name differ in their version.
  for (auto const& root :
       chart::charts_named(tree, settings.inputs.charts_dirs, lineage.release->chart, lineage.release->version)) {
    if (dependencies) {
      auto archives = archives_for(tree, root, options, *dependencies);
      if (!archives) return archives.error();
      options.extra_archives = std::move(*archives);
    }
    auto package = chart::package(tree, root, options);
    if (!package) return package.error();
    if (auto const fine = check_annotation(lineage, *package, tag->commit.id, "tag " + tag_name); !fine) return fine.error();
    return Rebuilt{std::move(package->bytes),   std::move(package->digest),    std::move(package->name),
                   std::move(package->version), std::move(package->file_name), tag->commit.id};
  }
  return reject("no-chart", "tag " + tag_name,
                "its commit has no chart " + lineage.release->chart + " " + lineage.release->version +
                    " in the charts directories")
      .fix("name the directory with charts-dir");
}

Verdict<void> compare_package(std::string const& file, std::string const& digest, std::string const& built_digest,
                              git::ObjectId const& commit) {
  if (digest == built_digest) return {};
  return reject("package-differs", file, "the package differs from a rebuild of the tag")
      .rule("P-130")
      .expected(built_digest + " of commit " + commit)
      .found(digest)
      .fix("do not publish it; find out who built it, and from what");
}

sigstore::Policy builder_policy(RunSettings const& settings) {
  auto policy = lineage_policy(settings, {});
  policy.source_digest.clear();
  // A check's signer must not pass for a builder, and a scan or a bill of materials of the same bytes says nothing about who
  // built them.
  policy.signer_workflows = settings.lists.build_signer_workflows;
  if (policy.signer_workflows.empty()) policy.released_workflow = own_workflow();
  policy.predicate_types = {std::string(sigstore::slsa_provenance)};
  policy.deny_self_hosted_runners = !settings.inputs.self_hosted_builders;
  return policy;
}

bool ListedProofs::proved() const {
  return std::ranges::any_of(attestations, [](auto const& one) { return !one.refusal; });
}

std::string ListedProofs::signer() const {
  auto const good = std::ranges::find_if(attestations, [](auto const& one) { return !one.refusal; });
  return good == attestations.end() ? std::string() : good->signer;
}

Rejection ListedProofs::refusal(std::string const& what, std::string const& digest) const {
  std::string found = "none is listed";
  if (!attestations.empty())
    found = std::to_string(attestations.size()) + " listed; of " + attestations.front().name + ": " +
            attestations.front().refusal->sentence();
  return reject("not-attested", what, "no attestation of it verifies")
      .rule("V-95")
      .expected("provenance of " + digest + " by a workflow that may build releases of this repository")
      .found(found)
      .fix("look at the attest step of the release run; do not publish without");
}

std::map<std::string, ListedProofs> verify_listed(std::vector<std::string> const& digests, github::Attestations& attestations,
                                                  sigstore::Verifier const& verifier, sigstore::Policy const& policy,
                                                  std::size_t workers, std::map<std::string, std::string> const& first) {
  std::map<std::string, ListedProofs> proofs;
  auto const listing = attestations.list(digests);
  // One file's bundles at a time: memory must not grow with the release.
  for (auto const& digest : digests) {
    auto& proof = proofs[digest];
    if (!proof.attestations.empty()) continue;
    auto const found = listing.of.find(digest);
    if (found == listing.of.end()) continue;
    auto listed = found->second;
    if (auto const id = first.find(digest); id != first.end())
      std::stable_partition(listed.begin(), listed.end(), [&](auto const& one) { return one.id == id->second; });
    if (listed.size() > listed_at_most) listed.resize(listed_at_most);
    auto const artifact = sigstore::Artifact::of_digest_text(digest).value();  // list() takes nothing but digests
    auto const bundles = attestations.download_all(listed);
    std::vector<sigstore::Verifier::Job> jobs;
    std::vector<std::size_t> of_job;
    for (std::size_t i = 0; i < bundles.size(); ++i) {
      proof.attestations.push_back({.name = listed[i].id.value_or("without id"), .signer = {}, .refusal = {}});
      if (!bundles[i]) {
        proof.attestations.back().refusal = bundles[i].error();
        continue;
      }
      jobs.push_back({.bundle_json = *bundles[i], .artifact = &artifact, .policy = &policy});
      of_job.push_back(i);
    }
    auto const results = verifier.verify_all(jobs, workers);
    for (std::size_t i = 0; i < results.size(); ++i)
      proof.attestations[of_job[i]] = proof_of(proof.attestations[of_job[i]].name, results[i]);
  }
  return proofs;
}

AttestationProof verify_given(std::string const& name, std::string_view bundle_json, sigstore::Artifact const& artifact,
                              sigstore::Verifier const& verifier, sigstore::Policy const& policy) {
  return proof_of(name, verifier.verify(bundle_json, artifact, policy));
}

}  // namespace acr::release

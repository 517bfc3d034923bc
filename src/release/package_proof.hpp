#pragma once

// Is a published package what its tag gives, and who vouches for it: src/release/package_proof.hpp (mission.md stage 8)

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "git/objects.hpp"
#include "github/attestations.hpp"
#include "release/dependency_build.hpp"
#include "release/settings.hpp"
#include "sigstore/verifier.hpp"
#include "support/verdict.hpp"

namespace acr::release {

struct Rebuilt {
  std::string bytes;
  std::string digest;         ///< "sha256:…"
  std::string name, version;  ///< of its Chart.yaml; the annotation's Release line says the same
  std::string file_name;      ///< "<name>-<version>.tgz"
  std::string commit;         ///< of the tag
};

/// The package that the tag's commit gives, by the steps and times of a release (P-130): from `settings` the charts directories
/// and the SOURCE_DATE_EPOCH count. `dependencies` is null for `dependencies: off`. Codes: those of the tag, of
/// dependencies and of packaging; release-line, release-line-mismatch, commit-mismatch; no-chart. Throws Unreachable.
Verdict<Rebuilt> rebuild_package(git::ObjectSource& objects, std::string const& tag, RunSettings const& settings,
                                 RebuildTools const* dependencies);

/// Refused (package-differs) unless the bytes with this digest are those that `commit`, a tag's, gives.
Verdict<void> compare_package(std::string const& file, std::string const& digest, std::string const& built_digest,
                              git::ObjectId const& commit);

/// Who may have built a package (B-16a): `build-signer-workflows`, else the workflow that this action ships at a trusted
/// release, with provenance v1 of any source commit, on a runner of GitHub's unless `deny-self-hosted: false` was given. The
/// certificate names the test merge of the release run, which nobody knows afterwards; the source is bound by the rebuilt
/// bytes.
sigstore::Policy builder_policy(RunSettings const& settings);

/// What one attestation proved or did not.
struct AttestationProof {
  std::string name;  ///< its id, or the file it came from
  std::string signer;
  std::optional<Rejection> refusal;
};

/// A file that someone is about to trust, with everything that GitHub lists for it.
struct ListedProofs {
  std::vector<AttestationProof> attestations;
  /// One that verifies is enough: anyone who may write attestations can add others, and must not be able to stop a release by
  /// that.
  [[nodiscard]] bool proved() const;
  /// Of the first that verifies; "" when none does.
  [[nodiscard]] std::string signer() const;
  /// Code not-attested; `what` is named in it.
  [[nodiscard]] Rejection refusal(std::string const& what, std::string const& digest) const;
};

/// Lists all `digests` at once, fetches and verifies their attestations; every digest is a key of the result. `first`: of a
/// digest, the id that is looked at before the others. Throws as the github room does when the API or storage is out of reach.
std::map<std::string, ListedProofs> verify_listed(std::vector<std::string> const& digests, github::Attestations& attestations,
                                                  sigstore::Verifier const& verifier, sigstore::Policy const& policy,
                                                  std::size_t workers, std::map<std::string, std::string> const& first = {});

/// The same for a bundle at hand.
AttestationProof verify_given(std::string const& name, std::string_view bundle_json, sigstore::Artifact const& artifact,
                              sigstore::Verifier const& verifier, sigstore::Policy const& policy);

}  // namespace acr::release

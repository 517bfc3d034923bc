#pragma once

// Who must have signed: src/sigstore/identity_policy.hpp
// The options of `gh attestation verify` under the same meaning (V-93, V-94), the action's own (A-60, V-96), and the policy
// for GitHub's release attestations (V-38a).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sigstore/certificate_identity.hpp"
#include "sigstore/check.hpp"
#include "sigstore/public_key.hpp"
#include "sigstore/released_workflow.hpp"
#include "sigstore/signer_workflow.hpp"
#include "sigstore/statement.hpp"
#include "sigstore/time.hpp"
#include "support/verdict.hpp"

namespace acr::sigstore {

inline constexpr std::string_view github_actions_issuer = "https://token.actions.githubusercontent.com";

/// What a release attestation of GitHub must say (V-38a).
struct ReleasePolicy {
  std::string repository;  ///< "owner/repo"
  std::string repository_id;
  std::string owner_id;
  std::string tag;
  std::string commit;  ///< sha1 hex of the commit the tag stands for
};

/// A key that the verifier knows out of band (V-88).
struct KeyPolicy {
  PublicKey key;
  Validity valid_for;  ///< with a bound, at least one verified time is required and all must be inside
};

/// Plain value. Empty strings and lists, and nothing: not demanded. Exactly one of these must say who signs: `repository`,
/// `owner`, `certificate_identity`, `certificate_identity_regex`, `key`, `release`; see check_policy().
struct Policy {
  std::string repository;                  ///< --repo: "owner/repo"; .12 and .16, ASCII case ignored
  std::string owner;                       ///< --owner: .16
  std::string signer_repository;           ///< --signer-repo: "owner/repo"
  std::string signer_workflow;             ///< --signer-workflow: "[host/]owner/repo/path[@ref]"
  std::string certificate_identity;        ///< --cert-identity: the whole SAN
  std::string certificate_identity_regex;  ///< --cert-identity-regex: searched in the SAN, linear time (identity_pattern.hpp)
  std::string certificate_oidc_issuer{github_actions_issuer};  ///< --cert-oidc-issuer; byte for byte
  std::string signer_digest;                                   ///< --signer-digest: .10, hex
  std::string source_digest;                                   ///< --source-digest: .13, hex
  std::string source_ref;                                      ///< --source-ref: .14, "refs/…"
  bool deny_self_hosted_runners = false;                       ///< .11 must be "github-hosted"
  std::string hostname = "github.com";                         ///< --hostname
  std::vector<std::string> predicate_types;                    ///< --predicate-type; any of them; empty: any

  // The action's own demands.
  std::vector<SignerWorkflow> signer_workflows;       ///< A-60, B-10: any of them; empty: any
  std::optional<ReleasedWorkflow> released_workflow;  ///< B-16a: this one alone
  std::string repository_id;                          ///< V-96: .15, decimal
  std::string owner_id;                               ///< V-96: .17, decimal

  std::optional<KeyPolicy> key;
  std::optional<ReleasePolicy> release;
};

/// Refuses (code "policy", rule V-93) a policy that contradicts itself or names nobody: two of the four SAN options, both
/// `repository` and `owner`, an ill-formed "owner/repo", a digest that is not hex, …
Verdict<void> check_policy(Policy const& policy);

/// Compares a certificate with a policy that check_policy() accepts; every demand is one check in `trace`. True when all hold.
bool check_identity(CertificateIdentity const& identity, Policy const& policy, CheckTrace& trace);

/// The demands on the statement: predicate type, and V-38a for release attestations (`payload`: the verified bytes).
bool check_statement(Statement const& statement, std::string_view payload, Policy const& policy, CheckTrace& trace);

}  // namespace acr::sigstore

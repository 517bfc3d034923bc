#pragma once

// One bundle, one verdict: src/sigstore/verifier.hpp
// Sigstore client specification §4 and V-1 … V-96; docs/verification.md lists the checks in order.
//
//   sigstore::Verifier const verifier;   // built-in roots
//   auto const result = verifier.verify(bundle_json, Artifact::of_bytes(package), policy);
//   if (!result.attestation) return *result.rejection;
//
// Opens no socket, reads no clock: the times are the verified ones of the bundle.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sigstore/artifact.hpp"
#include "sigstore/bundle.hpp"
#include "sigstore/certificate.hpp"
#include "sigstore/certificate_identity.hpp"
#include "sigstore/check.hpp"
#include "sigstore/identity_policy.hpp"
#include "sigstore/statement.hpp"
#include "sigstore/trusted_root.hpp"
#include "support/verdict.hpp"

namespace acr::sigstore {

/// A time that a trusted service vouches for (V-84).
struct VerifiedTime {
  enum class Kind { log_integrated, signed_timestamp };
  Time time;
  Kind kind = Kind::log_integrated;
  std::string source;  ///< base URL of the log, URI of the timestamp authority
};

/// An entry whose proof or promise was checked in full.
struct VerifiedLogEntry {
  std::string log;  ///< base URL
  std::int64_t log_index = 0;
  std::string kind;                     ///< "dsse"
  std::string api_version;              ///< "0.0.1"
  std::optional<Time> integrated_time;  ///< nothing: the log vouches for no time
};

/// Exists only after every check has passed, and holds only what these checks have established (V-4). Copyable value.
class VerifiedAttestation {
 public:
  /// Null for bundles signed by a bare key (V-88).
  [[nodiscard]] CertificateIdentity const* identity() const { return identity_ ? &*identity_ : nullptr; }
  [[nodiscard]] std::vector<VerifiedTime> const& times() const { return times_; }
  [[nodiscard]] std::vector<VerifiedLogEntry> const& log_entries() const { return log_entries_; }
  [[nodiscard]] Instance instance() const { return instance_; }
  /// TrustedRoot::source of the root that vouches for all of this.
  [[nodiscard]] std::string const& trusted_root() const { return trusted_root_; }
  /// Null for a message signature.
  [[nodiscard]] Statement const* statement() const { return statement_ ? &*statement_ : nullptr; }
  /// "sha256:…" of the artifact that was matched.
  [[nodiscard]] std::string const& artifact() const { return artifact_; }
  /// Bytes of the whole in-toto statement, JSON; empty for a message signature. Its signature holds, but whatever the workflow
  /// wrote into the predicate is the workflow's word: no policy may rest on it alone (V-4).
  [[nodiscard]] std::string const& workflow_controlled_payload() const { return payload_; }
  /// Raw bytes of the signature that holds.
  [[nodiscard]] std::string const& signature() const { return signature_; }

 private:
  friend class Verifier;
  VerifiedAttestation() = default;
  std::optional<CertificateIdentity> identity_;
  std::vector<VerifiedTime> times_;
  std::vector<VerifiedLogEntry> log_entries_;
  Instance instance_ = Instance::other;
  std::string trusted_root_;
  std::optional<Statement> statement_;
  std::string artifact_;
  std::string payload_;
  std::string signature_;
};

/// The result of one bundle. Exactly one of `attestation` and `rejection` is there.
struct Verification {
  std::optional<VerifiedAttestation> attestation;
  std::optional<Rejection> rejection;  ///< the first check that failed
  std::vector<CheckResult> checks;     ///< all that were carried out, in order; after a failure all that still could be
};

struct VerifierOptions {
  BundleVersion minimum_version = BundleVersion::v0_2;  ///< V-6
  bool remember_signatures = true;                      ///< of certificates; false: each chain is checked anew, for comparison
  /// Asked for each issuer organisation (V-30) that a bundle has, from any thread; its first answer stays: the root that alone
  /// counts for its bundles. It may block, throw, and refuse; what it refuses is not verified, and no other root is tried (T-9,
  /// T-11). Nothing: the verifier's own roots count.
  std::function<Verdict<std::optional<TrustedRoot>>(std::string const& organization)> current_root{};
};

/// Thread-safe after construction: all members are const and may be called from many threads at once. Remembers which
/// certificate was signed by which issuer key (keyed by the full bytes of both, bounded), never a verdict about times or
/// identity.
class Verifier {
 public:
  /// Trusts what is built in; a built-in root is parsed when the first bundle of its issuers comes.
  explicit Verifier(VerifierOptions options = {});
  explicit Verifier(std::vector<TrustedRoot> roots, VerifierOptions options = {});
  ~Verifier();
  Verifier(Verifier&&) noexcept;
  Verifier& operator=(Verifier&&) noexcept;

  [[nodiscard]] Verification verify(std::string_view bundle_json, Artifact const& artifact, Policy const& policy) const;
  [[nodiscard]] Verification verify(Bundle const& bundle, Artifact const& artifact, Policy const& policy) const;

  /// All pointed-to things must outlive the call.
  struct Job {
    std::string_view bundle_json;
    Artifact const* artifact = nullptr;
    Policy const* policy = nullptr;
  };
  /// One result per job, in the order of the jobs, whatever the number of threads.
  [[nodiscard]] std::vector<Verification> verify_all(std::span<Job const> jobs, std::size_t workers) const;

  /// Its own, built in or given.
  [[nodiscard]] std::vector<TrustedRoot const*> roots() const;
  /// What `current_root` has answered so far, ordered by organisation.
  [[nodiscard]] std::vector<TrustedRoot const*> current_roots() const;

 private:
  struct State;
  /// `leaf`: what the bundle's signing certificate parses to.
  [[nodiscard]] Verification verify(Bundle const& bundle, std::optional<Certificate> leaf, Artifact const& artifact,
                                    Policy const& policy) const;
  std::unique_ptr<State> state_;
};

}  // namespace acr::sigstore

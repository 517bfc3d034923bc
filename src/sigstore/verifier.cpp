// See verifier.hpp. OneVerification::run() is the list of checks, in the order of V-1.
#include "sigstore/verifier.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <set>

#include "sigstore/certificate.hpp"
#include "sigstore/certificate_chain.hpp"
#include "sigstore/sct.hpp"
#include "sigstore/signature.hpp"
#include "sigstore/timestamp.hpp"
#include "sigstore/transparency_log.hpp"
#include "support/parallel.hpp"
#include "support/text.hpp"
#include "support/work_budget.hpp"

namespace acr::sigstore {
namespace {

Rejection refuse(Code code, std::string rule, std::string why) {
  return reject(code, "bundle", std::move(why)).rule(std::move(rule));
}

/// V-85: how much evidence an instance must give.
struct Profile {
  bool log_entries_looked_at = true;
  std::size_t log_entries = 1;
  std::size_t scts = 1;
  std::size_t signed_timestamps = 0;  ///< 0: any kind of time will do, but one there must be
};

Profile profile_of(Instance instance, TrustedRoot const& root) {
  switch (instance) {
    case Instance::public_good:
      return {true, 1, 1, 0};
    case Instance::github:
      return {false, 0, 0, 1};
    case Instance::other:
      break;
  }
  return {true, root.tlogs.empty() ? 0U : 1U, root.ctlogs.empty() ? 0U : 1U, 0};
}

/// When the youngest of some instances of a root begins to count.
template <class Instances>
std::optional<Time> newest_start(Instances const& instances) {
  std::optional<Time> newest;
  for (auto const& instance : instances)
    if (auto const from = instance.valid_for.from; from && (!newest || *newest < *from)) newest = from;
  return newest;
}

/// What a root lacks when a check of this code and rule has failed: its kind, and the start of the youngest that it has.
struct Lack {
  std::string_view kind;
  std::optional<Time> newest;
  bool unknown = true;  ///< the root knows none that fits; else one, outside its time
};

std::optional<Lack> lack_behind(Code code, std::string_view rule, Bundle const& bundle, TrustedRoot const& root) {
  if ((code == "certificate-chain" && rule == "V-36") || code == "certificate-time")
    return Lack{"certificate authority", newest_start(root.certificate_authorities), code == "certificate-chain"};
  if ((code == "timestamp-threshold" && !bundle.timestamps.empty()) || (code == "timestamp" && rule == "V-80"))
    return Lack{"timestamp authority", newest_start(root.timestamp_authorities), code == "timestamp-threshold"};
  if (code == "log-threshold" && !bundle.log_entries.empty()) return Lack{"transparency log", newest_start(root.tlogs)};
  if (code == "sct" && rule == "V-44") return Lack{"certificate transparency log", newest_start(root.ctlogs)};
  return std::nullopt;
}

/// T-1: authorities and logs change their keys, so a root that was right once refuses what was signed later. The certificate's
/// own date is only a claim here; it decides about the advice, never about the verdict.
std::string advice_about_age(Code code, std::string_view rule, Bundle const& bundle, Time signed_at, TrustedRoot const& root) {
  auto const lack = lack_behind(code, rule, bundle, root);
  if (!lack) return {};
  bool const older = lack->newest && *lack->newest < signed_at;
  if (!older && !lack->unknown) return {};
  std::string const kind(lack->kind),
      newer =
          "; use a newer version of this program, or set trusted-root to a file that `gh attestation trusted-root` has written";
  if (older)
    return "the trusted root " + root.source + " is older than this signature of " + to_text(signed_at) + ": its newest " +
           kind + " is trusted from " + to_text(*lack->newest) + newer;
  return "the trusted root " + root.source + " is older than the " + kind + " of this signature of " + to_text(signed_at) +
         ", or lacks it for another reason" + newer;
}

/// Who signed, as the bundle has it; read, not yet trusted.
struct Signer {
  std::optional<Certificate> certificate;
  std::optional<CertificateIdentity> identity;
  std::optional<PublicKey> key;
  Instance instance = Instance::other;
  std::string organization;
};

}  // namespace

/// A trusted root made ready for verifying.
struct PreparedRoot {
  TrustedRoot const& document;
  ChainVerifier chains;
  TimestampVerifier timestamps;
};

/// What VerifierOptions::current_root has said of one organisation.
struct CurrentRoot {
  explicit CurrentRoot(Verdict<std::optional<TrustedRoot>> said) : answer(std::move(said)) {}
  Verdict<std::optional<TrustedRoot>> answer;
  std::optional<PreparedRoot> prepared;

  /// Null: the verifier's own roots count.
  [[nodiscard]] Verdict<PreparedRoot const*> result() const {
    if (!answer) return answer.error();
    return prepared ? &*prepared : nullptr;
  }
};

/// A root of the verifier's own: a given one, or one that is built in, which is parsed when it is needed. Thread-safe.
class OwnRoot {
 public:
  explicit OwnRoot(TrustedRoot given) : given_(std::move(given)) {}
  explicit OwnRoot(std::size_t built_in) : built_in_(built_in) {}

  /// Has it an authority for this issuer organisation (V-31)?
  [[nodiscard]] bool is_for(std::string_view organization) const {
    return given_ ? !roots_for(std::span(&*given_, 1), organization).empty()
                  : built_in_roots()[built_in_].organization == organization;
  }
  [[nodiscard]] TrustedRoot const& document() const { return given_ ? *given_ : parsed_built_in(built_in_); }
  [[nodiscard]] PreparedRoot const& ready(SignatureMemory& memory) {
    std::call_once(once_, [&] {
      TrustedRoot const& root = document();
      prepared_.emplace(PreparedRoot{root, ChainVerifier(root.certificate_authorities, memory),
                                     TimestampVerifier(root.timestamp_authorities, memory)});
    });
    return *prepared_;
  }

 private:
  std::optional<TrustedRoot> given_;
  std::size_t built_in_ = 0;
  std::once_flag once_;
  std::optional<PreparedRoot> prepared_;
};

struct Verifier::State {
  explicit State(VerifierOptions given) : options(std::move(given)) {}

  VerifierOptions options;
  SignatureMemory memory{options.remember_signatures};
  std::deque<OwnRoot> roots;
  std::mutex mutex;  ///< of `current`, whose entries stay once they are there
  std::map<std::string, std::unique_ptr<CurrentRoot>> current;

  /// Null: the verifier's own roots count.
  Verdict<PreparedRoot const*> current_root(std::string const& organization);
};

/// One bundle under one root.
class OneVerification {
 public:
  OneVerification(Bundle const& bundle, Signer const& signer, Artifact const& artifact, Policy const& policy,
                  PreparedRoot const& root)
      : bundle_(bundle),
        signer_(signer),
        artifact_(artifact),
        policy_(policy),
        root_(root),
        profile_(profile_of(signer.instance, root.document)) {
    // V-88: a key speaks for itself.
    if (policy.key) {
      profile_ = {true, root.document.tlogs.empty() ? 0U : 1U, 0, 0};
    }
  }

  void run() {
    check_log_entries();
    check_timestamps();
    check_times();
    if (signer_.certificate) {
      check_chain();
      check_certificate_timestamps();
    }
    check_content();
    if (signer_.identity) identity_holds_ = check_identity(*signer_.identity, policy_, trace_);
  }

  /// Nothing failed, and nothing was left out: an attestation must not come from a check that was not reached.
  [[nodiscard]] bool holds() const {
    bool const signer_holds = policy_.key ? !signer_.certificate : chain_holds_ && identity_holds_;
    return trace_.all_passed() && evidence_holds_ && times_hold_ && signer_holds && content_holds_;
  }

  CheckTrace trace_;
  std::vector<VerifiedTime> times_;
  std::vector<VerifiedLogEntry> entries_;
  std::optional<Statement> statement_;

 private:
  void check_log_entries();
  void check_timestamps();
  void check_times();
  void check_chain();
  void check_certificate_timestamps();
  void check_content();
  void check_message(MessageSignature const& message);
  void check_envelope(DsseEnvelope const& envelope);

  Bundle const& bundle_;
  Signer const& signer_;
  Artifact const& artifact_;
  Policy const& policy_;
  PreparedRoot const& root_;
  Profile profile_;
  std::vector<Certificate> issuers_;  ///< the CAs that really signed the leaf
  bool evidence_holds_ = true;        ///< of logs and timestamp authorities
  bool times_hold_ = false;
  bool chain_holds_ = false;
  bool identity_holds_ = false;
  bool content_holds_ = false;
};

void OneVerification::check_log_entries() {
  if (!profile_.log_entries_looked_at || !signer_.key) return;
  auto const evidence =
      sigstore::check_log_entries(bundle_, *signer_.key, signer_.certificate ? &*signer_.certificate : nullptr,
                                  root_.document.tlogs, profile_.log_entries, trace_);
  evidence_holds_ = evidence_holds_ && evidence;
  if (!evidence) return;
  for (CheckedLogEntry const& checked : evidence->entries) {
    LogEntry const& entry = bundle_.log_entries[checked.position];
    entries_.push_back({checked.log->name(), entry.log_index, entry.kind, entry.api_version, checked.integrated_time});
    if (checked.integrated_time)
      times_.push_back({*checked.integrated_time, VerifiedTime::Kind::log_integrated, checked.log->name()});
  }
}

void OneVerification::check_timestamps() {
  auto const evidence = root_.timestamps.check(bundle_, profile_.signed_timestamps, trace_);
  evidence_holds_ = evidence_holds_ && evidence;
  if (!evidence) return;
  for (CheckedTimestamp const& checked : evidence->timestamps)
    times_.push_back({checked.time, VerifiedTime::Kind::signed_timestamp, checked.authority->uri});
}

void OneVerification::check_times() {
  std::string const rule = policy_.key ? "V-88" : "V-85";
  bool const needed = !policy_.key || policy_.key->valid_for.from || policy_.key->valid_for.to;
  if (!needed || !times_.empty()) {
    times_hold_ = true;
    if (!times_.empty()) trace_.pass(rule, "verified times", counted(times_.size(), "verified time"));
  } else if (evidence_holds_) {
    // Else what should have given a time has failed above, and this would only say it again.
    trace_.fail(
        "verified times",
        refuse("time-missing", rule, "no trusted party confirms the time of signing").expected("1 verified time").found("0"));
  }
  if (!policy_.key) return;
  for (auto const& time : times_) {
    if (policy_.key->valid_for.contains(time.time)) continue;
    trace_.fail("key validity", refuse("key-time", "V-88", "the key was not valid when the signature was made")
                                    .expected(to_text(policy_.key->valid_for))
                                    .found(to_text(time.time)));
    return;
  }
}

void OneVerification::check_chain() {
  auto const paths = root_.chains.paths(*signer_.certificate);
  if (!trace_.record("V-34", "certificate chain", paths,
                     paths ? "issued by " + paths->front().issuer().subject_text() : std::string()))
    return;
  // V-32: at every verified time, never now. Without one, check_times() has already failed.
  bool all = true;
  std::set<std::string> seen;
  for (auto const& time : times_) {
    auto const path = root_.chains.at(*paths, time.time);
    if (!path) {
      all = false;
      trace_.fail("certificate validity at " + to_text(time.time), path.error());
    } else if (seen.insert((*path)->issuer().der()).second) {
      issuers_.push_back((*path)->issuer());
    }
  }
  chain_holds_ = all && !times_.empty();
  if (chain_holds_) trace_.pass("V-87", "certificate validity", "valid at " + counted(times_.size(), "verified time"));
  // For a complete list of failures the timestamps are still looked at when no time holds.
  if (issuers_.empty())
    for (auto const& path : *paths)
      if (seen.insert(path.issuer().der()).second) issuers_.push_back(path.issuer());
}

void OneVerification::check_certificate_timestamps() {
  if (profile_.scts == 0) return;  // V-46
  if (issuers_.empty()) return;    // no chain, no issuer to check against: check_chain() has failed
  auto const logs = check_scts(*signer_.certificate, issuers_, root_.document.ctlogs, profile_.scts);
  std::string names;
  if (logs)
    for (auto const& name : *logs) names += (names.empty() ? "" : ", ") + name;
  trace_.record("V-43", "certificate timestamps", logs, names);
}

void OneVerification::check_content() {
  if (!signer_.key) return;  // reading it has failed already
  if (auto const* message = std::get_if<MessageSignature>(&bundle_.content)) {
    check_message(*message);
  } else {
    check_envelope(std::get<DsseEnvelope>(bundle_.content));
  }
}

void OneVerification::check_message(MessageSignature const& message) {
  bool const same_digest = trace_.record("V-11", "artifact", check_message_digest(message, artifact_), artifact_.text());
  bool const is_signed = trace_.record("V-48", "signature", check_message_signature(message, artifact_, *signer_.key),
                                       std::string(to_text(signer_.key->kind())));
  content_holds_ = same_digest && is_signed;
  if (!policy_.predicate_types.empty() || policy_.release)
    trace_.fail("predicate type", refuse("predicate-type", "V-93", "the bundle holds a bare signature, no statement"));
}

void OneVerification::check_envelope(DsseEnvelope const& envelope) {
  // V-1: nothing of the payload is looked at before its signature holds.
  if (!trace_.record("V-49", "signature", check_envelope_signature(envelope, *signer_.key),
                     std::string(to_text(signer_.key->kind()))))
    return;
  constexpr std::string_view in_toto = "application/vnd.in-toto+json";
  if (envelope.payload_type != in_toto) {
    trace_.fail("payload type", refuse("payload-type", "V-50.1", "the signed payload is not an in-toto statement")
                                    .expected(std::string(in_toto))
                                    .found(envelope.payload_type.substr(0, 100)));
    return;
  }
  auto statement = parse_statement(envelope.payload);
  if (!trace_.record(
          "V-50.2", "statement", statement,
          statement ? counted(statement->subjects.size(), "subject") + " of " + statement->predicate_type : std::string()))
    return;
  bool const about_artifact = trace_.record("V-50.3", "artifact", matching_subject(*statement, artifact_), artifact_.text());
  bool const as_demanded = check_statement(*statement, envelope.payload, policy_, trace_);
  content_holds_ = about_artifact && as_demanded;
  statement_ = std::move(*statement);
}

namespace {

Verification failed(CheckTrace trace) {
  Verification result;
  result.rejection = trace.first_failure();
  result.checks = trace.take();
  return result;
}

/// Failures that an old root explains say so.
void advise_about_age(Verification& result, Bundle const& bundle, Time signed_at, TrustedRoot const& root) {
  if (result.rejection && result.rejection->fix_text.empty())
    result.rejection->fix_text =
        advice_about_age(result.rejection->code, result.rejection->rule_number, bundle, signed_at, root);
  for (auto& check : result.checks)
    if (!check.passed && check.fix.empty()) check.fix = advice_about_age(check.code, check.rule, bundle, signed_at, root);
}

/// Reads the signer out of the bundle. False when nothing can be verified without him; what failed is in `trace`.
bool read_signer(std::optional<Certificate> const& leaf, Policy const& policy, CheckTrace& trace, Signer& signer) {
  if (!leaf && !policy.key) {
    trace.fail("key material", refuse("key-material", "V-88", "the bundle was signed with a bare public key, and none is known")
                                   .expected("a certificate")
                                   .found("a public key"));
    return false;
  }
  if (leaf && policy.key) {
    trace.fail("key material", refuse("key-material", "V-88", "a key is demanded, but the bundle was signed with a certificate")
                                   .expected("a public key")
                                   .found("a certificate"));
    return false;
  }
  if (policy.key) {
    signer.key = policy.key->key;
    trace.pass("V-88", "key material", std::string(to_text(signer.key->kind())) + " key given by the verifier");
    return true;
  }
  signer.certificate = leaf;
  auto identity = read_identity(*leaf);
  if (trace.record("V-91", "certificate identity", identity, identity ? identity->san : std::string()))
    signer.identity = std::move(*identity);
  auto const& key = leaf->public_key();
  if (trace.record("V-47", "signing key", key, key ? std::string(to_text(key->kind())) : std::string())) signer.key = *key;
  auto organization = issuer_organization(*leaf);
  if (!trace.record("V-30", "issuer", organization, organization ? *organization : std::string())) return false;
  signer.organization = std::move(*organization);
  signer.instance = instance_of(signer.organization);
  return true;
}

}  // namespace

Verifier::Verifier(VerifierOptions options) : state_(std::make_unique<State>(std::move(options))) {
  for (std::size_t i = 0; i < built_in_roots().size(); ++i) state_->roots.emplace_back(i);
}
Verifier::Verifier(std::vector<TrustedRoot> roots, VerifierOptions options)
    : state_(std::make_unique<State>(std::move(options))) {
  for (auto& root : roots) state_->roots.emplace_back(std::move(root));
}
Verifier::~Verifier() = default;
Verifier::Verifier(Verifier&&) noexcept = default;
Verifier& Verifier::operator=(Verifier&&) noexcept = default;

std::vector<TrustedRoot const*> Verifier::roots() const {
  std::vector<TrustedRoot const*> documents;
  for (auto const& root : state_->roots) documents.push_back(&root.document());
  return documents;
}

std::vector<TrustedRoot const*> Verifier::current_roots() const {
  std::lock_guard const lock(state_->mutex);
  std::vector<TrustedRoot const*> roots;
  for (auto const& [organization, current] : state_->current)
    if (current->prepared) roots.push_back(&current->prepared->document);
  return roots;
}

Verdict<PreparedRoot const*> Verifier::State::current_root(std::string const& organization) {
  if (!options.current_root) return nullptr;
  {
    std::lock_guard const lock(mutex);
    if (auto const known = current.find(organization); known != current.end()) return known->second->result();
  }
  // Without the lock: it may wait, and bundles of another organisation need not (T-8).
  auto fresh = std::make_unique<CurrentRoot>(options.current_root(organization));
  if (fresh->answer && *fresh->answer) {
    TrustedRoot const& root = **fresh->answer;
    fresh->prepared.emplace(PreparedRoot{root, ChainVerifier(root.certificate_authorities, memory),
                                         TimestampVerifier(root.timestamp_authorities, memory)});
  }
  // The first answer stays: two bundles of one instance are never judged by two roots.
  std::lock_guard const lock(mutex);
  return current.try_emplace(organization, std::move(fresh)).first->second->result();
}

Verification Verifier::verify(std::string_view bundle_json, Artifact const& artifact, Policy const& policy) const {
  auto const parsed = parse_bundle_with_leaf(bundle_json, {state_->options.minimum_version});
  if (parsed) return verify(parsed->bundle, parsed->leaf, artifact, policy);
  CheckTrace trace;
  trace.fail("bundle", parsed.error());
  return failed(std::move(trace));
}

Verification Verifier::verify(Bundle const& bundle, Artifact const& artifact, Policy const& policy) const {
  std::string const* const der = bundle.leaf();
  if (!der) return verify(bundle, std::nullopt, artifact, policy);
  auto const leaf = Certificate::parse(*der);
  if (leaf) return verify(bundle, *leaf, artifact, policy);
  CheckTrace trace;
  trace.fail("signing certificate", leaf.error());
  return failed(std::move(trace));
}

Verification Verifier::verify(Bundle const& bundle, std::optional<Certificate> leaf, Artifact const& artifact,
                              Policy const& policy) const {
  CheckTrace common;
  if (!common.record("V-93", "policy", check_policy(policy))) return failed(std::move(common));
  if (bundle.version < state_->options.minimum_version) {
    common.fail("bundle", refuse("bundle-version", "V-6", "bundles of this version are not accepted here")
                              .found(std::string(to_text(bundle.version))));
    return failed(std::move(common));
  }
  common.pass("V-7", "bundle", bundle.media_type);
  Signer signer;
  if (!read_signer(leaf, policy, common, signer)) return failed(std::move(common));

  // A root that stays current, or the verifier's own.
  auto const current = policy.key ? Verdict<PreparedRoot const*>(nullptr) : state_->current_root(signer.organization);
  if (!current) {
    common.fail("trusted root", current.error());
    return failed(std::move(common));
  }
  std::vector<PreparedRoot const*> candidates;
  auto const take = [&](auto const& fits) {
    for (auto& root : state_->roots)
      if (fits(root)) candidates.push_back(&root.ready(state_->memory));
  };
  if (*current) {
    if (!roots_for(std::span(&(*current)->document, 1), signer.organization).empty()) candidates.push_back(*current);
  } else if (policy.key) {
    // No issuer points to a root: those with logs, so that a root without any does not excuse the missing log entry.
    take([](OwnRoot const& root) { return !root.document().tlogs.empty(); });
    if (candidates.empty()) take([](OwnRoot const&) { return true; });
  } else {
    take([&](OwnRoot const& root) { return root.is_for(signer.organization); });
  }
  if (candidates.empty()) {
    std::string known = *current ? (*current)->document.source : std::string();
    for (auto const* root : roots()) known += (known.empty() ? "" : ", ") + root->source;
    common.fail("trusted root",
                refuse("trusted-root-unknown", "V-30", "no trusted root knows the authority that issued the certificate")
                    .expected(known)
                    .found(signer.organization)
                    .fix("give a trusted-root file of that authority, if you trust it"));
    return failed(std::move(common));
  }
  if (policy.release && signer.instance != Instance::github) {
    common.fail("trusted root",
                refuse("release-attestation", "V-38a", "release attestations are signed under GitHub's own root")
                    .found(signer.organization));
    return failed(std::move(common));
  }

  // Of several roots one must verify alone (V-31). When none does, the account of the one that came furthest is given.
  std::optional<Verification> nearest;
  std::size_t fewest_failures = 0;
  for (PreparedRoot const* const candidate : candidates) {
    OneVerification one(bundle, signer, artifact, policy, *candidate);
    one.trace_ = common;
    one.trace_.pass("V-30", "trusted root", candidate->document.source);
    one.run();
    check_work();  // B-25: OpenSSL's callbacks swallow what the clock throws, and would make a verdict of it
    if (one.holds()) {
      VerifiedAttestation attestation;
      attestation.identity_ = signer.identity;
      attestation.times_ = std::move(one.times_);
      attestation.log_entries_ = std::move(one.entries_);
      attestation.instance_ = signer.instance;
      attestation.trusted_root_ = candidate->document.source;
      attestation.statement_ = std::move(one.statement_);
      attestation.artifact_ = artifact.text();
      attestation.signature_ = bundle.signature();
      if (auto const* envelope = std::get_if<DsseEnvelope>(&bundle.content)) attestation.payload_ = envelope->payload;
      Verification result;
      result.attestation = std::move(attestation);
      result.checks = one.trace_.take();
      return result;
    }
    auto const& checks = one.trace_.results();
    auto const failures =
        static_cast<std::size_t>(std::count_if(checks.begin(), checks.end(), [](auto const& c) { return !c.passed; }));
    if (nearest && failures >= fewest_failures) continue;
    fewest_failures = failures;
    nearest = failed(std::move(one.trace_));
    if (leaf && leaf->validity().from) advise_about_age(*nearest, bundle, *leaf->validity().from, candidate->document);
  }
  return std::move(*nearest);
}

std::vector<Verification> Verifier::verify_all(std::span<Job const> jobs, std::size_t workers) const {
  std::vector<Verification> results(jobs.size());
  for_each_index(jobs.size(), workers,
                 [&](std::size_t i) { results[i] = verify(jobs[i].bundle_json, *jobs[i].artifact, *jobs[i].policy); });
  return results;
}

}  // namespace acr::sigstore

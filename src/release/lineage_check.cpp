#include "release/lineage_check.hpp"

#include <algorithm>
#include <semaphore>
#include <utility>

#include "release/check_outcome.hpp"
#include "release/findings.hpp"
#include "release/limits.hpp"
#include "release/reused_attestations.hpp"
#include "release/subject_binding.hpp"
#include "support/digest.hpp"
#include "support/parallel.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace {

// A lineage entry with the attestations that may stand for it.
struct Candidate {
  LineageCheck const* check = nullptr;
  report::LineageEntry* entry = nullptr;
  github::ListedAttestation const* listed = nullptr;
  bool has_id = false;  ///< the entry's own
};

report::Check check_of(sigstore::CheckResult const& result) {
  return {.rule = result.rule,
          .name = result.name,
          .passed = result.passed,
          .code = result.code,
          .detail = result.detail,
          .expected = result.expected,
          .found = result.found,
          .fix = result.fix};
}

void record_unavailable(Candidate const& candidate, Rejection why) {
  if (candidate.entry->refusal) return;
  candidate.entry->status = report::EntryStatus::failed;
  candidate.entry->refusal = std::move(why).within(attestation_place(candidate.entry->key, candidate.entry->id));
}

// B-9. Attestations of files have no statement, hence no result.
Verdict<CheckOutcome> outcome_of(sigstore::VerifiedAttestation const& attestation) {
  auto const* statement = attestation.statement();
  if (!statement) return CheckOutcome::silent;
  return check_outcome(statement->predicate_type, attestation.workflow_controlled_payload());
}

// One candidate's result is written into its entry; of several with other ids the first that verifies counts.
void record_verdict(Candidate const& candidate, sigstore::Verification&& verification, RunSettings const& settings) {
  auto& entry = *candidate.entry;
  // A check that failed is not made good by another attestation of the same subject.
  if (!candidate.has_id && entry.refusal && entry.refusal->code == "check-failed") return;
  if (verification.attestation) {
    auto const outcome = outcome_of(*verification.attestation);
    if (!outcome) {
      entry.refusal.reset();  // the reason to tell, whatever others were refused for
      return record_unavailable(candidate, outcome.error());
    }
    entry.facts = facts_of(*verification.attestation);
    entry.checks.clear();  // all passed; docs/verification.md lists them
    entry.refusal.reset();
    if (*outcome == CheckOutcome::warned)
      entry.warnings.push_back(reject("check-warned", attestation_place(entry.key, entry.id), "the check passed with warnings")
                                   .rule("B-9")
                                   .expected("PASSED")
                                   .found("WARNED"));
    if (candidate.has_id) {
      entry.status = report::EntryStatus::verified;
      return;
    }
    entry.status = report::EntryStatus::verified_other_id;
    auto other_id =
        reject("unresolved-id", attestation_place(entry.key, entry.id),
               "no attestation of the subject has this id, another one of the same subject verifies")
            .rule("A-100")
            .expected("id " + entry.id + " among the attestations of " + entry.subject_digest)
            .found(candidate.listed->id ? "id " + *candidate.listed->id : std::string("an attestation without a known id"))
            .fix("tag with the id that the attest step returned, or set unresolved-id: warn");
    if (settings.inputs.unresolved_id_fails) {
      entry.refusal = std::move(other_id);
    } else {
      entry.warnings.push_back(std::move(other_id));
    }
    return;
  }
  if (entry.refusal) return;  // the first candidate's reason is the one to tell
  entry.status = report::EntryStatus::failed;
  entry.refusal = std::move(*verification.rejection).within(attestation_place(entry.key, entry.id));
  for (auto const& result : verification.checks) entry.checks.push_back(check_of(result));
}

// An entry without a verdict yet.
struct OpenEntry {
  LineageCheck* check;
  report::LineageEntry* entry;
};

std::vector<OpenEntry> open_entries(std::vector<LineageCheck*> const& checks) {
  std::vector<OpenEntry> open;
  for (auto* check : checks)
    for (auto& entry : check->entries)
      if (entry.status == report::EntryStatus::unresolved && !entry.refusal) open.push_back({check, &entry});
  return open;
}

// The attestation with the entry's id, when it can be had.
github::ListedAttestation const* listed_by_id(report::LineageEntry const& entry,
                                              std::vector<github::ListedAttestation> const& listed) {
  auto const found = std::ranges::find_if(listed, [&](auto const& one) { return one.id == entry.id && !one.broken; });
  return found == listed.end() ? nullptr : &*found;
}

// Nothing is listed, or other ids alone although this one is what counts: it may be there in a moment.
bool may_be_late(report::LineageEntry const& entry, github::Listing const& listing, RunSettings const& settings) {
  if (listing.too_long.contains(entry.subject_digest)) return false;
  auto const& listed = listing.of.at(entry.subject_digest);
  if (listed.empty()) return true;
  return settings.inputs.unresolved_id_fails &&
         std::ranges::all_of(listed, [&](auto const& one) { return one.id && *one.id != entry.id; });
}

// A round holds at most one candidate of each entry: those with its id first, others until one verifies.
std::vector<Candidate> first_candidates(std::vector<OpenEntry> const& open, github::Listing const& listing) {
  std::vector<Candidate> candidates;
  for (auto const& [check, entry] : open)
    if (auto const* listed = listed_by_id(*entry, listing.of.at(entry->subject_digest)))
      candidates.push_back({check, entry, listed, true});
  return candidates;
}

std::vector<Candidate> other_candidates(std::vector<OpenEntry> const& open, github::Listing const& listing, std::size_t rank) {
  std::vector<Candidate> candidates;
  for (auto const& [check, entry] : open) {
    if (entry->status == report::EntryStatus::verified || entry->status == report::EntryStatus::verified_other_id) continue;
    auto const& listed = listing.of.at(entry->subject_digest);
    if (listed_by_id(*entry, listed) != nullptr) continue;
    std::size_t seen = 0;
    for (auto const& one : listed) {
      if (one.broken || seen++ != rank) continue;
      candidates.push_back({check, entry, &one, false});
      break;
    }
  }
  return candidates;
}

// Each bundle is verified where it arrives, while others are still under way. At most `workers` verify at once: what came
// meanwhile waits, so that no more bundles are in memory than downloads may run.
void verify_round(std::vector<Candidate> const& candidates, github::Attestations& attestations,
                  sigstore::Verifier const& verifier, RunSettings const& settings, std::size_t workers) {
  std::vector<github::ListedAttestation const*> wanted;
  wanted.reserve(candidates.size());
  for (auto const& candidate : candidates) wanted.push_back(candidate.listed);
  std::counting_semaphore<> places(static_cast<std::ptrdiff_t>(workers));
  attestations.download_each(wanted, [&](std::size_t i, Verdict<std::string> bundle) {
    auto const& candidate = candidates[i];
    if (!bundle) return record_unavailable(candidate, bundle.error());
    auto const artifact =
        sigstore::Artifact::of_digest_text(candidate.entry->subject_digest).value();  // list() took it for a digest
    auto const policy = lineage_policy(settings, candidate.check->tagged->commit().id);
    Turn const turn(places);
    record_verdict(candidate, verifier.verify(*bundle, artifact, policy), settings);
  });
}

// G-12: the entry itself is verified or refused by what can be had.
void warn_of_broken(report::LineageEntry& entry, github::Listing const& listing) {
  auto const& listed = listing.of.at(entry.subject_digest);
  auto const broken = std::ranges::count_if(listed, &github::ListedAttestation::broken);
  if (broken == 0) return;
  entry.warnings.push_back(reject("attestation-broken", attestation_place(entry.key, entry.id),
                                  "attestations of the same subject are listed without bundle and link")
                               .rule("G-12")
                               .found(std::to_string(broken) + " of " + std::to_string(listed.size())));
}

void refuse_unresolved(LineageCheck const& check, report::LineageEntry& entry, github::Listing const& listing) {
  if (listing.too_long.contains(entry.subject_digest)) {
    entry.status = report::EntryStatus::unresolved;
    entry.refusal = reject("listing-too-long", attestation_place(entry.key, entry.id),
                           "this repository has more attestations of the entry's subject than are read")
                        .rule("G-31")
                        .expected("at most 20 pages of 100 attestations of " + entry.subject_digest)
                        .fix("attest a subject of its own for each release, or delete attestations that are no longer needed");
    return;
  }
  std::size_t const count = listing.of.at(entry.subject_digest).size();
  entry.status = report::EntryStatus::unresolved;
  bool const searched = !entry.other_subject.empty();
  auto why = reject("unresolved", attestation_place(entry.key, entry.id),
                    searched ? "no attestation of the chart's source or package can be had from this repository"
                             : "no attestation of the entry's subject can be had from this repository")
                 .rule(searched ? "B-4" : "A-100")
                 .expected("an attestation of " + entry.subject_digest + (searched ? " or " + entry.other_subject : "") +
                           " with id " + entry.id)
                 .found(count == 0 ? "none is listed" : std::to_string(count) + " listed, all without bundle and link");
  std::string fix = searched ? "attest the chart's source digest in the check of " + entry.key +
                                   ", or name the subject: its digest behind the id in the annotation of " +
                                   check.tagged->chart().tag + ", or a rule in lineage-subjects"
                             : "check that the attest step of " + entry.key + " ran in this repository with this subject";
  // Listings lag behind.
  if (count == 0) fix = "re-run this job in a minute if the attestation was made just now; else " + fix;
  entry.refusal = std::move(why).fix(std::move(fix));
}

}  // namespace

std::string host_of(std::string_view server_url) {
  auto const scheme = server_url.find("://");
  auto host = scheme == std::string_view::npos ? server_url : server_url.substr(scheme + 3);
  while (host.ends_with('/')) host.remove_suffix(1);
  return std::string(host);
}

sigstore::Policy lineage_policy(RunSettings const& settings, git::ObjectId const& commit) {
  sigstore::Policy policy;
  policy.repository = settings.repository.full_name;
  policy.repository_id = settings.repository.id;
  policy.owner_id = settings.repository.owner_id;
  policy.certificate_oidc_issuer = settings.inputs.oidc_issuer;
  policy.hostname = host_of(settings.repository.server_url);
  policy.signer_workflows = settings.lists.signer_workflows;
  policy.predicate_types = settings.lists.predicate_types;
  policy.deny_self_hosted_runners = settings.inputs.deny_self_hosted;
  if (settings.inputs.source_digest == event::SourceDigest::tag_commit) policy.source_digest = commit;
  return policy;
}

bool LineageCheck::refused() const {
  return std::ranges::any_of(entries, [](report::LineageEntry const& entry) { return entry.refusal.has_value(); });
}

bool LineageCheck::verified() const {
  return has_subjects() && !refused() && std::ranges::all_of(entries, [](report::LineageEntry const& entry) {
           return entry.facts &&
                  (entry.status == report::EntryStatus::verified || entry.status == report::EntryStatus::verified_other_id);
         });
}

std::vector<LineageCheck*> verify_lineage(std::vector<LineageCheck*> const& checks, github::Attestations& attestations,
                                          sigstore::Verifier const& verifier, RunSettings const& settings, std::size_t workers,
                                          Unlisted unlisted) {
  auto open = open_entries(checks);
  std::vector<std::string> subjects;
  for (auto const& [check, entry] : open) {
    subjects.push_back(entry->subject_digest);
    if (!entry->other_subject.empty()) subjects.push_back(entry->other_subject);
  }
  if (subjects.empty()) return {};
  auto const listing = attestations.list(subjects);
  for (auto const& [check, entry] : open) choose_subject(*entry, listing);

  std::vector<LineageCheck*> waiting;
  if (unlisted == Unlisted::wait)
    std::erase_if(open, [&](OpenEntry const& each) {
      if (!may_be_late(*each.entry, listing, settings)) return false;
      if (waiting.empty() || waiting.back() != each.check) waiting.push_back(each.check);
      return true;
    });
  if (auto const named = first_candidates(open, listing); !named.empty())
    verify_round(named, attestations, verifier, settings, workers);
  for (std::size_t rank = 0; rank < limits::other_candidates; ++rank) {
    auto const others = other_candidates(open, listing, rank);
    if (others.empty()) break;
    verify_round(others, attestations, verifier, settings, workers);
  }
  for (auto* check : checks) refuse_reused(check->entries, check->tagged->chart().tag);
  for (auto const& [check, entry] : open) {
    if (entry->status == report::EntryStatus::unresolved)
      refuse_unresolved(*check, *entry, listing);
    else
      warn_of_broken(*entry, listing);
  }
  return waiting;
}

report::VerifiedFacts facts_of(sigstore::VerifiedAttestation const& attestation) {
  using sigstore::FulcioExtension;
  report::VerifiedFacts facts;
  if (auto const* identity = attestation.identity()) {
    auto const value = [&](FulcioExtension extension) {
      auto const* text = identity->find(extension);
      return text ? *text : std::string();
    };
    facts.signer = identity->san;
    facts.issuer = identity->issuer;
    facts.workflow = value(FulcioExtension::build_config_uri);
    facts.source_repository = value(FulcioExtension::source_repository_uri);
    facts.source_repository_id = value(FulcioExtension::source_repository_id);
    facts.source_commit = value(FulcioExtension::source_repository_digest);
    facts.source_ref = value(FulcioExtension::source_repository_ref);
    facts.runner_environment = value(FulcioExtension::runner_environment);
    facts.run = value(FulcioExtension::run_invocation_uri);
  }
  if (auto const* statement = attestation.statement()) {
    facts.predicate_type = statement->predicate_type;
    facts.statement_digest = sha256_text(attestation.workflow_controlled_payload());
  }
  facts.signature_digest = sha256_text(attestation.signature());
  facts.instance = to_text(attestation.instance());
  facts.trusted_root = attestation.trusted_root();
  for (auto const& time : attestation.times())
    facts.times.push_back(
        {.time = to_text(time.time),
         .kind = time.kind == sigstore::VerifiedTime::Kind::log_integrated ? "log-integrated" : "signed-timestamp",
         .source = time.source});
  for (auto const& entry : attestation.log_entries())
    facts.log_entries.push_back({.log = entry.log,
                                 .index = entry.log_index,
                                 .kind = entry.kind + " " + entry.api_version,
                                 .integrated_time = entry.integrated_time ? to_text(*entry.integrated_time) : std::string()});
  return facts;
}

}  // namespace acr::release

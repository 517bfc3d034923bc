#include "release/required_attestations.hpp"

#include <algorithm>
#include <utility>

#include "git/lineage_subjects.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace {

Rejection mistake(std::string why, std::string_view found) {
  return reject("bad-input", "", std::move(why))
      .rule("B-10")
      .expected("key, key predicate-type, or key predicate-type owner/repo/.github/workflows/file.yml@ref")
      .found(std::string(found));
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (auto const word : split(line, ' '))
    if (!trimmed(word).empty()) words.push_back(trimmed(word));
  return words;
}

// Every signer of `inner` is one of `outer`: a star of `inner` stands for itself, which only a star of `outer` takes.
bool allows(sigstore::SignerWorkflow const& outer, sigstore::SignerWorkflow const& inner) {
  return outer.matches(inner.place(), inner.place().host);
}

// What an entry under the line's key lacks.
std::string shortfall(RequiredAttestation const& line, report::LineageEntry const& entry, std::string_view host) {
  if (!line.is_met_by(entry.key, *entry.facts, host))
    return !line.predicate_type.empty() && line.predicate_type != entry.facts->predicate_type
               ? "of type " + entry.facts->predicate_type
               : "signed by " + entry.facts->signer;
  return "not bound to the chart's content";
}

std::string listed(RequiredAttestation const& line, std::vector<report::LineageEntry> const& entries, std::string_view host) {
  std::string same_key, keys;
  for (auto const& entry : entries) {
    keys += (keys.empty() ? "" : ", ") + entry.key;
    if (git::key_matches(line.key, entry.key))
      same_key += (same_key.empty() ? "" : ", ") + entry.key + " " + shortfall(line, entry, host);
  }
  if (!same_key.empty()) return same_key;
  return keys.empty() ? "the tag lists no attestation" : "the tag lists " + keys;
}

}  // namespace

Verdict<RequiredAttestation> RequiredAttestation::parse(std::string_view line, std::vector<std::string> const& predicate_types,
                                                        std::vector<sigstore::SignerWorkflow> const& signer_workflows,
                                                        std::string_view server_url) {
  auto const words = words_of(line);
  if (words.empty() || words.size() > 3) return mistake("a line has one to three words", line);
  RequiredAttestation required;
  for (auto const word : words) required.text += (required.text.empty() ? "" : " ") + std::string(word);
  required.key = std::string(words[0]);
  if (!git::is_key_pattern(required.key)) return mistake("the key cannot be in an annotation", required.key);
  if (words.size() > 1) {
    auto type = sigstore::parse_predicate_type(words[1]);
    if (!type) return type.error();
    required.predicate_type = std::move(*type);
    if (!predicate_types.empty() && std::ranges::find(predicate_types, required.predicate_type) == predicate_types.end())
      return mistake("predicate-types does not allow this type, so no attestation could fulfil the line",
                     required.predicate_type)
          .fix("add the type to predicate-types");
  }
  if (words.size() > 2) {
    auto signer = sigstore::SignerWorkflow::parse(words[2], server_url);
    if (!signer) return signer.error();
    required.signer = std::move(*signer);
    if (!signer_workflows.empty() &&
        std::ranges::none_of(signer_workflows, [&](auto const& each) { return allows(each, *required.signer); }))
      return mistake("signer-workflows does not allow this signer, so no attestation could fulfil the line",
                     required.signer->text())
          .fix("add the workflow to signer-workflows");
  }
  return required;
}

bool RequiredAttestation::is_met_by(std::string_view entry_key, report::VerifiedFacts const& facts,
                                    std::string_view host) const {
  if (!git::key_matches(key, entry_key)) return false;
  if (!predicate_type.empty() && predicate_type != facts.predicate_type) return false;
  if (!signer) return true;
  auto const actual = sigstore::workflow_place_of_uri(facts.signer);
  return actual && signer->matches(*actual, host);
}

std::vector<Rejection> missing_attestations(std::vector<RequiredAttestation> const& required, std::string const& tag,
                                            std::vector<report::LineageEntry> const& entries, bool unbound_counts,
                                            std::string_view host) {
  std::vector<Rejection> missing;
  for (auto const& line : required) {
    bool const excused = std::ranges::any_of(entries, [&](report::LineageEntry const& entry) {
      if (!git::key_matches(line.key, entry.key)) return false;
      // What is refused is reported as that; what was not asked for (a dry run) is not judged.
      if (entry.refusal || !entry.facts) return true;
      return line.is_met_by(entry.key, *entry.facts, host) && (unbound_counts || !entry.bound.empty());
    });
    if (excused) continue;
    missing.push_back(reject("attestation-required", "tag " + tag, "a required attestation is missing")
                          .rule("B-8")
                          .expected(line.text)
                          .found(listed(line, entries, host))
                          .fix("run the check for this chart and list its attestation in the annotation of " + tag));
  }
  return missing;
}

}  // namespace acr::release

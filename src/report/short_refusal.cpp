#include "report/short_refusal.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "report/markdown.hpp"

namespace acr::report {
namespace {

struct Sentence {
  Code code;
  std::string_view what, what_to_do;  // {tag}, {check}, {source}
};

// The most common codes of docs/refusals.md. What is not here is shown in the refusal's own words.
constexpr std::array sentences{
    Sentence{"tag-not-found", "tag {tag} is missing", "Push the tag, then re-run."},
    Sentence{"tag-not-annotated", "tag {tag} is not annotated", "Delete it, tag again with `git tag --annotate`, then re-run."},
    Sentence{"tag-not-on-branch", "tag {tag} is not known to be on {source}", "Tag a commit of that branch, then re-run."},
    Sentence{"tag-content-mismatch", "the chart has changed since tag {tag}", "Raise its version and tag that."},
    Sentence{"tag-name-mismatch", "tag {tag} was made under another name", "Delete it, tag again, then re-run."},
    Sentence{"commit-mismatch", "the annotation of tag {tag} names another commit",
             "Tag the commit that the checks ran on, then re-run."},
    Sentence{"release-line-mismatch", "the annotation of tag {tag} names another release",
             "Delete it, tag again, then re-run."},
    Sentence{"no-lineage-block", "tag {tag} lists no attestations", "Tag again with the ids of the checks, then re-run."},
    Sentence{"empty-block", "tag {tag} lists no attestations", "Tag again with the ids of the checks, then re-run."},
    Sentence{"missing-lineage", "tag {tag} says that nothing was attested",
             "Tag again with the ids of the checks, then re-run."},
    Sentence{"version-not-bumped", "the chart has changed, its version has not", "Raise `version` in Chart.yaml and tag that."},
    Sentence{"attestation-required", "an attestation that `required-attestations` asks for is missing",
             "Run the missing check for this chart, tag again, then re-run."},
    Sentence{"unresolved", "no attestation found for {check}", "Run the check again, tag with its new id, then re-run."},
    Sentence{"unresolved-id", "another attestation than the tag's was found for {check}",
             "Tag with the newer id, then re-run."},
    Sentence{"subject-mismatch", "the tag's digest for {check} is not the expected one",
             "Check what was attested, tag again, then re-run."},
    Sentence{"subject-unbound", "nothing ties the attestation of {check} to this chart",
             "Attest the chart's source digest or its package, tag again, then re-run."},
    Sentence{"artifact-mismatch", "the attestation of {check} is about something else",
             "Attest the right subject, tag again, then re-run."},
    Sentence{"check-failed", "not passed, by its own attestation: {check}",
             "Fix what the check found, tag again, then re-run."},
    Sentence{"identity", "signed by another identity than the policy allows: {check}", "Compare expected and found below."},
    Sentence{"signature", "the signature does not hold: {check}", "Attest anew, tag with the new id, then re-run."},
    Sentence{"certificate-chain", "the certificate leads to no trusted authority: {check}",
             "Attest anew, tag with the new id, then re-run."},
    Sentence{"log-inclusion-proof", "the transparency log's proof does not hold: {check}",
             "Attest anew, tag with the new id, then re-run."},
    Sentence{"wrong-head", "the pull request is not from the source branch",
             "Merge into the source branch, then open the release pull request from there."},
    Sentence{"fork-head", "the pull request comes from a fork", "Merge there first, then open one from this repository."},
};

std::string check_names(std::vector<std::string> const& keys) {
  if (keys.empty()) return "a check";
  auto const name = plain_word(keys.front());
  if (keys.size() == 1) return name;
  return name + " and " + std::to_string(keys.size() - 1) + (keys.size() == 2 ? " other" : " others");
}

std::string filled(std::string_view text, std::string_view tag, std::string_view check, std::string_view source) {
  std::string out;
  while (!text.empty()) {
    auto const open = std::min(text.find('{'), text.size());
    out += text.substr(0, open);
    text.remove_prefix(open);
    if (text.empty()) break;
    auto const name = text.substr(0, text.find('}') + 1);
    out += name == "{tag}" ? tag : name == "{check}" ? check : source;
    text.remove_prefix(name.size());
  }
  return out;
}

void add_to(std::vector<FindingGroup>& groups, std::size_t from, Finding const& finding, std::string const& key) {
  auto const begin = groups.begin() + static_cast<std::ptrdiff_t>(from);
  auto const same = std::find_if(begin, groups.end(), [&](auto const& group) {
    return group.first->code == finding.code && group.first->why == finding.why &&
           group.first->rule_number == finding.rule_number;
  });
  if (same == groups.end()) {
    groups.push_back({&finding, {key}});
    return;
  }
  same->keys.push_back(key);
  same->same_where = same->same_where && same->first->where == finding.where;
  same->same_expected = same->same_expected && same->first->expected_value == finding.expected_value;
  same->same_found = same->same_found && same->first->found_value == finding.found_value;
  same->same_fix = same->same_fix && same->first->fix_text == finding.fix_text;
}

}  // namespace

std::vector<FindingGroup> refusals_of(ChartRecord const& chart) {
  std::vector<FindingGroup> groups;
  for (auto const& refusal : chart.refusals) groups.push_back({&refusal, {}});
  auto const own = groups.size();
  for (auto const& entry : chart.entries)
    if (entry.refusal) add_to(groups, own, *entry.refusal, entry.key);
  return groups;
}

std::vector<FindingGroup> warnings_of(ChartRecord const& chart) {
  std::vector<FindingGroup> groups;
  for (auto const& warning : chart.warnings) groups.push_back({&warning, {}});
  auto const own = groups.size();
  for (auto const& entry : chart.entries)
    for (auto const& warning : entry.warnings) add_to(groups, own, warning, entry.key);
  return groups;
}

std::string short_refusal(ReleaseRecord const& record, ChartRecord const* chart, FindingGroup const& refusal) {
  auto const& why = *refusal.first;
  auto const known = std::ranges::find(sentences, why.code, &Sentence::code);
  if (known == sentences.end()) {
    auto text = code_span(why.why, 500);
    if (!why.fix_text.empty()) text += " – " + code_span(why.fix_text, 500);
    return text;
  }
  return filled(known->what, plain_word(chart ? chart->tag : ""), check_names(refusal.keys), plain_word(record.source_branch)) +
         ". " + std::string(known->what_to_do);
}

}  // namespace acr::report

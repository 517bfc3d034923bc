#include "release/subject_binding.hpp"

#include <algorithm>
#include <utility>

#include "git/lineage_subjects.hpp"
#include "release/tag_check.hpp"

namespace acr::release {
namespace {

std::string place(report::LineageEntry const& entry) { return "attestation " + entry.key + " (id " + entry.id + ")"; }

git::SubjectContext context_of(report::ChartRecord const& record) {
  return {.chart = record.name,
          .version = record.version,
          .tag = record.tag,
          .commit = record.commit,
          .source = record.source_digest,
          .package = record.digest};
}

Rejection mismatch(report::LineageEntry const& entry, std::string const& by_rule, std::string const& by_tag) {
  return reject("subject-mismatch", place(entry), "the tag names another subject than lineage-subjects does")
      .rule("B-4")
      .expected(by_rule + ", by lineage-subjects")
      .found(by_tag + " in the annotation")
      .fix("check what the attest step of " + entry.key + " attested; tag anew, or correct the rule in lineage-subjects");
}

// Nothing when the entry needs a digest that is not known.
std::optional<report::LineageEntry> entry_of(git::LineageItem const& item, git::SubjectContext const& context,
                                             RunSettings const& settings, Digests digests) {
  report::LineageEntry entry;
  entry.key = item.key;
  entry.id = item.id;
  if (auto const* rule = settings.lists.lineage_subjects.rule(item.key)) {
    auto const subject = rule->subject(context);
    if (!subject) return std::nullopt;
    entry.subject_digest = *subject;
    entry.subject_source = "lineage-subjects";
    if (item.digest && *item.digest != *subject) {
      entry.status = report::EntryStatus::failed;
      entry.refusal = mismatch(entry, *subject, *item.digest);
    }
    return entry;
  }
  if (item.digest) {
    entry.subject_digest = *item.digest;
    entry.subject_source = "annotation";
    return entry;
  }
  if (context.source.empty() || (context.package.empty() && digests == Digests::so_far)) return std::nullopt;
  entry.subject_digest = context.source;
  entry.subject_source = "source";
  entry.other_subject = context.package;
  return entry;
}

bool lists_id(std::vector<github::ListedAttestation> const& listed, std::string const& id) {
  return std::ranges::any_of(listed, [&](auto const& one) { return one.id == id; });
}

// B-5. No other chart of the commit gives the text that this one gives.
bool fits_alone(git::SubjectRule const& rule, ChartWork const& work, RunSettings const& settings,
                std::vector<chart::ChartRelease> const& releases) {
  auto const context = context_of(work.record);
  auto const own = rule.subject(context);
  return std::ranges::none_of(releases, [&](chart::ChartRelease const& other) {
    if (other.name == work.record.name && other.version == work.record.version) return false;
    auto filled = context;
    filled.chart = other.name;
    filled.version = other.version;
    filled.tag = tag_name(settings.inputs.tag_format, other.name, other.version);
    return rule.subject(filled) == own;
  });
}

std::string binding_of(report::LineageEntry const& entry, ChartWork const& work, RunSettings const& settings,
                       std::function<std::vector<chart::ChartRelease> const&()> const& releases) {
  if (entry.subject_digest == work.record.source_digest) return "source";
  if (entry.subject_digest == work.record.digest) return "package";
  if (entry.subject_source != "lineage-subjects") return {};
  auto const* rule = settings.lists.lineage_subjects.rule(entry.key);
  if (rule->names_content()) return "rule";
  return rule->names_release() && fits_alone(*rule, work, settings, releases()) ? "rule" : "";
}

Rejection unbound(std::string where, std::string why, std::string found, ChartWork const& work) {
  return reject("subject-unbound", std::move(where), std::move(why))
      .rule("B-6")
      .expected("the chart's source digest " + work.record.source_digest)
      .found(std::move(found))
      .fix("attest the source digest (command: digest gives it), or add a rule to lineage-subjects");
}

}  // namespace

bool resolve_subjects(ChartWork& work, RunSettings const& settings, Digests digests) {
  if (!work.record.entries.empty()) return true;
  auto const context = context_of(work.record);
  std::vector<report::LineageEntry> entries;
  entries.reserve(work.lineage.entries.size());  // they are large, and kept to the end of the run
  for (auto const& item : work.lineage.entries) {
    auto entry = entry_of(item, context, settings, digests);
    if (!entry) return false;
    entries.push_back(*std::move(entry));
  }
  work.record.entries = std::move(entries);
  return true;
}

void choose_subject(report::LineageEntry& entry, github::Listing const& listing) {
  if (entry.other_subject.empty()) return;
  auto const& chosen = listing.of.at(entry.subject_digest);
  auto const& other = listing.of.at(entry.other_subject);
  bool const only_other = chosen.empty() && !other.empty() && !listing.too_long.contains(entry.subject_digest);
  if (lists_id(chosen, entry.id) || !(lists_id(other, entry.id) || only_other)) return;
  std::swap(entry.subject_digest, entry.other_subject);
  entry.subject_source = entry.subject_source == "source" ? "package" : "source";
}

void bind_subjects(ChartWork& work, RunSettings const& settings,
                   std::function<std::vector<chart::ChartRelease> const&()> const& releases) {
  using event::SubjectBinding;
  if (work.record.source_digest.empty()) return;
  std::string keys;
  for (auto& entry : work.record.entries) {
    entry.bound = binding_of(entry, work, settings, releases);
    if (!entry.bound.empty() || !entry.facts || entry.refusal) continue;
    if (settings.inputs.subject_binding == SubjectBinding::require) {
      entry.refusal =
          unbound(place(entry), "what was attested is neither this chart's source nor its package", entry.subject_digest, work);
      entry.status = report::EntryStatus::failed;
    }
    keys += (keys.empty() ? "" : ", ") + entry.key;
  }
  if (settings.inputs.subject_binding == SubjectBinding::warn && !keys.empty())
    work.warn(unbound("tag " + work.record.tag, "attestations that only the tag ties to this chart", keys, work));
}

}  // namespace acr::release

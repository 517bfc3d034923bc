#include "release/subject_binding.hpp"

#include <algorithm>
#include <utility>

#include "release/changed_chart.hpp"

namespace acr::release {
namespace {

Rejection mismatch(report::LineageEntry const& entry, std::string const& by_rule, std::string const& by_tag) {
  return reject("subject-mismatch", attestation_place(entry.key, entry.id),
                "the tag names another subject than lineage-subjects does")
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
bool fits_alone(git::SubjectRule const& rule, git::SubjectContext const& context, RunSettings const& settings,
                std::vector<chart::ChartRelease> const& releases) {
  auto const own = rule.subject(context);
  return std::ranges::none_of(releases, [&](chart::ChartRelease const& other) {
    if (other.name == context.chart && other.version == context.version) return false;
    auto filled = context;
    filled.chart = other.name;
    filled.version = other.version;
    filled.tag = tag_name(settings.inputs.tag_format, other.name, other.version);
    return rule.subject(filled) == own;
  });
}

std::string binding_of(report::LineageEntry const& entry, git::SubjectContext const& context, RunSettings const& settings,
                       std::function<std::vector<chart::ChartRelease> const&()> const& releases) {
  if (entry.subject_digest == context.source) return "source";
  if (entry.subject_digest == context.package) return "package";
  if (entry.subject_source != "lineage-subjects") return {};
  auto const* rule = settings.lists.lineage_subjects.rule(entry.key);
  if (rule->names_content()) return "rule";
  return rule->names_release() && fits_alone(*rule, context, settings, releases()) ? "rule" : "";
}

Rejection unbound(std::string where, std::string why, std::string found, std::string const& source_digest) {
  return reject("subject-unbound", std::move(where), std::move(why))
      .rule("B-6")
      .expected("the chart's source digest " + source_digest)
      .found(std::move(found))
      .fix("attest the source digest (command: digest gives it), or add a rule to lineage-subjects");
}

}  // namespace

git::SubjectContext subject_context(TaggedChart const& tagged, std::string source_digest, std::string package_digest) {
  auto const& chart = tagged.chart();
  return {.chart = chart.name,
          .version = chart.version,
          .tag = chart.tag,
          .commit = tagged.commit().id,
          .source = std::move(source_digest),
          .package = std::move(package_digest)};
}

bool resolve_subjects(LineageCheck& check, git::SubjectContext const& context, RunSettings const& settings, Digests digests) {
  if (!check.entries.empty()) return true;
  auto const& items = check.tagged->lineage().entries;
  std::vector<report::LineageEntry> entries;
  entries.reserve(items.size());  // they are large, and kept to the end of the run
  for (auto const& item : items) {
    auto entry = entry_of(item, context, settings, digests);
    if (!entry) return false;
    entries.push_back(*std::move(entry));
  }
  check.entries = std::move(entries);
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

void bind_subjects(LineageCheck& check, git::SubjectContext const& context, RunSettings const& settings,
                   std::function<std::vector<chart::ChartRelease> const&()> const& releases, Findings& findings) {
  using event::SubjectBinding;
  if (context.source.empty()) return;
  std::string keys;
  for (auto& entry : check.entries) {
    entry.bound = binding_of(entry, context, settings, releases);
    if (!entry.bound.empty() || !entry.facts || entry.refusal) continue;
    if (settings.inputs.subject_binding == SubjectBinding::require) {
      entry.refusal =
          unbound(attestation_place(entry.key, entry.id), "what was attested is neither this chart's source nor its package",
                  entry.subject_digest, context.source);
      entry.status = report::EntryStatus::failed;
    }
    keys += (keys.empty() ? "" : ", ") + entry.key;
  }
  if (settings.inputs.subject_binding == SubjectBinding::warn && !keys.empty())
    findings.warn(unbound("tag " + context.tag, "attestations that only the tag ties to this chart", keys, context.source));
}

}  // namespace acr::release

#pragma once

// Which digest an entry of a tag's lineage is about, and whether that digest is this chart's: src/release/subject_binding.hpp
// (B-4 … B-6)

#include <functional>
#include <string>
#include <vector>

#include "chart/charts_directories.hpp"
#include "git/lineage_subjects.hpp"
#include "github/attestations.hpp"
#include "release/findings.hpp"
#include "release/lineage_check.hpp"
#include "release/settings.hpp"

namespace acr::release {

/// What is known of a chart's digests when its subjects are looked for.
enum class Digests {
  so_far,  ///< the package may still be made
  all,     ///< what is missing now stays missing
};

/// What an entry's subject may be made of. A digest that is not known is empty.
git::SubjectContext subject_context(TaggedChart const& tagged, std::string source_digest, std::string package_digest);

/// Fills in the entries (B-4): first the rule of lineage-subjects that fits the key, then the annotation's digest, then, for an
/// id alone, the source digest with the package's as other_subject. A rule and an annotation that differ: the entry is refused
/// (`subject-mismatch`). False when a digest is missing that an entry needs: then nothing is filled in. No-op when it was done.
bool resolve_subjects(LineageCheck& check, git::SubjectContext const& context, RunSettings const& settings, Digests digests);

/// For an id alone: of its two subjects the one that lists the id, source digest first (B-4). Without the id: the one that
/// lists anything.
void choose_subject(report::LineageEntry& entry, github::Listing const& listing);

/// Says of each entry by what it is bound (B-5), and does with the others what subject-binding says (B-6): `subject-unbound`,
/// as refusal of the entry or as one warning in `findings`. Verified entries alone are refused or warned of. `releases` are all
/// charts of the commit; it is asked only when a template needs it. A chart without a source digest is refused for that: its
/// entries stay as they are.
void bind_subjects(LineageCheck& check, git::SubjectContext const& context, RunSettings const& settings,
                   std::function<std::vector<chart::ChartRelease> const&()> const& releases, Findings& findings);

}  // namespace acr::release

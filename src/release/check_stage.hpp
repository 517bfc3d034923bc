#pragma once

// What a check works on, before any tag: src/release/check_stage.hpp (B-13)
// The charts that a push or a pull request changes, and a chart's package as it is at the commit, for tools that look at files.

#include <cstdint>
#include <string>

#include "chart/changed_charts.hpp"
#include "chart/packager.hpp"
#include "release/dependency_build.hpp"
#include "release/source_digests.hpp"

namespace acr::release {

/// The charts of `head` that differ from `base` (null: all), with their source digests. A chart whose version was not raised is
/// checked like any other; one that cannot be read is a refusal. Refused as a whole as changed_charts() and source_digests().
Verdict<SourceDigests> changed_source_digests(chart::SourceTree const* base, chart::SourceTree const& head,
                                              chart::ChartsScope const& scope, std::size_t workers);

/// digest_outputs(), and `matrix`: {"include":[…]} of the same charts.
report::Outputs changed_outputs(SourceDigests const& found);

struct PackageToCheck {
  SourceDigest source;
  chart::Package package;
};

/// One chart by name or directory, packaged from the tree: what a check looks at is what its source digest names, whatever the
/// work tree holds. `time`: seconds, of all files. `dependencies`: null when nothing is fetched. Refused as source_digests()
/// and chart::package().
Verdict<PackageToCheck> package_to_check(chart::SourceTree const& tree, chart::ChartsScope const& scope,
                                         std::string const& chart, std::int64_t time, RebuildTools const* dependencies);

}  // namespace acr::release

#pragma once

// `command: annotate`, for the stage that tags: src/release/chart_annotation.hpp
// The annotation that the release will read: the chart's version from the commit itself, the lineage block with ids and
// digests.

#include <string>

#include "git/objects.hpp"
#include "release/settings.hpp"
#include "support/verdict.hpp"

namespace acr::release {

struct Annotation {
  std::string text;
  std::string tag;  ///< by tag-format
  std::string chart, version;
};

/// The annotation for input `chart` at `commit` with the lines of input `lineage`, each `<key>: <id> sha256:<hex>` as in an
/// annotation, with or without the leading dash. Codes: no-chart, duplicate-name, those of Chart.yaml, bad-line, annotation.
Verdict<Annotation> annotation_of(git::ObjectSource& objects, git::ObjectId const& commit, event::ActionInputs const& inputs);

}  // namespace acr::release

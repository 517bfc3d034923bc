#pragma once

// Objects of many charts, asked for together: src/release/object_waves.hpp (G-40)
// Hints alone: what is read afterwards, and what is made of it, does not depend on them.

#include <cstddef>
#include <vector>

#include "git/objects.hpp"
#include "release/tagged_chart.hpp"

namespace acr::release {

/// The tag objects behind these refs, and the commits that they point at.
void prefetch_tags(std::vector<git::ObjectSource::RefAnswer> const& refs, git::ObjectSource& objects);

/// Whether the tags' commits are ancestors of `head`, and the trees from each commit's root down to the chart's directory.
void prefetch_tagged(std::vector<TaggedChart const*> const& charts, git::ObjectSource& objects, git::ObjectId const& head);

}  // namespace acr::release

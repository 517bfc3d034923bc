#pragma once

// Objects of many charts, asked for together: src/release/object_waves.hpp (G-40)
// Hints alone: what is read afterwards, and what is made of it, does not depend on them.

#include <cstddef>
#include <vector>

#include "git/objects.hpp"
#include "release/chart_work.hpp"

namespace acr::release {

/// The tag objects behind these refs, and the commits that they point at.
void prefetch_tags(std::vector<git::ObjectSource::RefAnswer> const& refs, git::ObjectSource& objects);

/// For charts whose tags are resolved: whether their commits are ancestors of `head`, and the trees from each commit's root
/// down to the chart's directory.
void prefetch_tagged(std::vector<ChartWork*> const& charts, git::ObjectSource& objects, git::ObjectId const& head);

/// `charts` in their order, at most `size` in each group.
std::vector<std::vector<ChartWork*>> groups_of(std::vector<ChartWork*> const& charts, std::size_t size);

}  // namespace acr::release

#pragma once

// The directory that a run writes: cleared before, published at once: src/release/output_directory.hpp (A-6, A-7, A-17, O-14)

#include <filesystem>
#include <string>
#include <vector>

#include "release/proven_chart.hpp"
#include "release/release_files.hpp"
#include "release/settings.hpp"

namespace acr::release {

/// Removes what an earlier run left in the output directory: the packages that its checksums.txt names, our own files, and what
/// it left of them when it was killed; the manifest too. Returns the file names that stay because they are not ours.
/// Removes nothing with `clean: false`.
std::vector<std::string> remove_stale(RunSettings const& settings);

/// Writes checksums.txt first, so that a killed run leaves nothing that the next one does not know of, then the packages, then
/// the other files; each appears whole, packages with the time of their entries (O-14). All belong to the workspace's owner
/// . After a failure none of them is left; a time that the file system does not keep is one for charts with an OCI digest
/// (RunError, code "oci-time").
void publish(std::vector<ProvenChart> const& charts, ReleaseFiles const& files, RunSettings const& settings);

}  // namespace acr::release

#pragma once

// Why a registry has another manifest than the one that was computed: src/oci/manifest_difference.hpp (oci.md O-23)
// Pure: two documents in, words out. The one from the registry is foreign.

#include <string>
#include <string_view>

namespace acr::oci {

struct ManifestDifference {
  std::string text;           ///< the first of O-23's list, in one line; what is foreign in it is escaped and short
  bool same_package = false;  ///< layers and config are the same: the package was pushed with another time or zone (O-22)
};

/// `planned`: the manifest that was computed. `there`: the bytes that the registry gave for the tag.
ManifestDifference first_difference(std::string_view planned, std::string_view there);

}  // namespace acr::oci

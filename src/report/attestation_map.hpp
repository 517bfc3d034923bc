#pragma once

// The attestation map in a pull request's description: src/report/attestation_map.hpp
//   <!-- ATTESTATION_MAP
//   {"lint":"14400001"}
//   -->

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/verdict.hpp"

namespace acr::report {

/// One member as it stands in the description. `raw_value` is the JSON text of the value, so that values of any size
/// and kind survive untouched.
struct MapMember {
  std::string key;
  std::string raw_value;
  std::optional<std::string> id;  ///< decimal digits, when the value is a string of digits or an integer (A-81)

  friend bool operator==(MapMember const&, MapMember const&) = default;
};

struct AttestationMap {
  std::vector<MapMember> members;  ///< in the order of the text

  [[nodiscard]] MapMember const* find(std::string_view key) const;
};

/// Where the first map of a description stands. Offsets are bytes.
struct MapPlace {
  std::size_t header_begin = 0;              ///< of the line `<!-- ATTESTATION_MAP`
  std::size_t json_begin = 0, json_end = 0;  ///< between the header's line end and the line `-->`
  std::size_t footer_end = 0;                ///< behind the line end of `-->`
  bool more_maps = false;                    ///< another header follows (A-84)
};

/// Nothing when there is no map. Refused (code "map-invalid"): no end marker.
Verdict<std::optional<MapPlace>> find_attestation_map(std::string_view body);

/// Nothing when there is no map. Refused (code "map-invalid"): no end marker, invalid JSON, no object, a key twice.
Verdict<std::optional<AttestationMap>> read_attestation_map(std::string_view body);

/// A key that only this program sets: "tag-verification", "overall", "build-…", "oci-…".
bool is_own_key(std::string_view key);

/// Merges into the JSON text of a map: values of `set` replace those of equal keys in place or are appended in
/// the text's own style; `keep` are members that are put back when missing. Own keys that are not in `set` are dropped: anyone
/// can write a description, and what stands there under our name must be proved (B-15). Everything else keeps key, value and
/// order.
/// `-` of a `--` inside strings becomes `\u002d`, `<` and `>` become `\u003c`, `\u003e`. `line_end`: of the description.
Verdict<std::string> merge_map_json(std::string_view json, std::vector<MapMember> const& set,
                                    std::vector<MapMember> const& keep, std::string_view line_end);

/// A member of ours.
MapMember own_member(std::string key, std::string id);

/// One line of ASCII with the same members: output `attestation-map`.
std::string compact_map(AttestationMap const& map);

}  // namespace acr::report

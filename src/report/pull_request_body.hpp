#pragma once

// The pull request's description: src/report/pull_request_body.hpp

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/attestation_map.hpp"
#include "report/release_manifest.hpp"
#include "support/verdict.hpp"

namespace acr::report {

/// What people read: one row per chart of the manifest, and the manifest's digest.
struct HumanPart {
  std::string server_url = "https://github.com";
  std::string repository;  ///< "owner/repo"
  ReleaseManifest manifest;
  std::string manifest_digest;  ///< "sha256:…"
  std::string overall_id;       ///< may be empty
};

/// The text between (and with) the two markers, lines ended by `line_end` but for the last. `short_form`: one line.
std::string human_section(HumanPart const& human, std::string_view line_end, bool short_form);

struct BodyUpdate {
  std::string body;            ///< equal to the old one when nothing is to be written (A-88)
  AttestationMap map;          ///< as it stands in `body`
  bool multiple_maps = false;  ///< warning `multiple-maps`
  bool shortened = false;      ///< the human part was cut to one line (A-87)
};

/// The description with our keys and our section. `body`: nothing or empty = no description yet. `ids`: own keys, in the
/// order in which new ones are appended. `seen`: foreign members of earlier rounds that must not get lost.
/// Refused: "map-invalid", "body-too-long".
Verdict<BodyUpdate> merge_description(std::optional<std::string> const& body, AttestationIds const& ids, HumanPart const& human,
                                      std::vector<MapMember> const& seen = {});

/// Code points; an invalid byte counts as one.
std::size_t count_code_points(std::string_view text);

}  // namespace acr::report

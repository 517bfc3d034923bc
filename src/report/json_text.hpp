#pragma once

// Values for the JSON that this room writes: src/report/json_text.hpp
// Includes the heavy Boost.JSON: only .cpp files include this header.

#include <string_view>

#include "report/release_record.hpp"
#include "support/json.hpp"

namespace acr::report {

/// A JSON string. Foreign bytes that are not UTF-8 are escaped as printable() does, since JSON cannot hold them.
boost::json::string json_text(std::string_view text);

/// {code, where, why, rule, expected, found, fix}; always all seven, "" where one does not apply.
boost::json::object finding_object(Finding const& finding);

boost::json::array finding_array(std::vector<Finding> const& findings);

/// T-14: the roots that bundles of this run were judged by, for report, manifest and summary predicate.
boost::json::array trusted_roots_json(std::vector<TrustedRoot> const& roots);

/// {ref, digest, created} (O-15).
boost::json::object oci_json(OciPlace const& oci);

/// An attestation's id: 1 … 9223372036854775807 without leading zero.
bool is_attestation_id(std::string_view text);

}  // namespace acr::report

#include "report/json_text.hpp"

#include <limits>

#include "support/encoding.hpp"
#include "support/text.hpp"

namespace acr::report {

namespace json = boost::json;

json::string json_text(std::string_view text) {
  return is_utf8(text) ? json::string(text) : json::string(printable(text, text.size()));
}

json::object finding_object(Finding const& finding) {
  return {
      {"code", json_text(finding.code.text())},
      {"where", json_text(finding.where)},
      {"why", json_text(finding.why)},
      {"rule", json_text(finding.rule_number)},
      {"expected", json_text(finding.expected_value)},
      {"found", json_text(finding.found_value)},
      {"fix", json_text(finding.fix_text)},
  };
}

json::array finding_array(std::vector<Finding> const& findings) {
  json::array array;
  for (auto const& finding : findings) array.push_back(finding_object(finding));
  return array;
}

json::object oci_json(OciPlace const& oci) {
  return {{"ref", json_text(oci.ref)}, {"digest", json_text(oci.digest)}, {"created", json_text(oci.created)}};
}

bool is_attestation_id(std::string_view text) {
  auto const number = to_number(text, std::numeric_limits<std::int64_t>::max());
  return number && *number != 0;
}

}  // namespace acr::report

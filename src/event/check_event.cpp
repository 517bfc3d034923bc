#include "event/check_event.hpp"

#include "event/limits.hpp"
#include "support/encoding.hpp"
#include "support/json.hpp"

namespace acr::event {
namespace {

std::optional<std::string> commit_in(boost::json::value const& parent, std::string_view name) {
  auto id = string_in(parent, name);
  bool const is_commit = id && (is_lower_hex(*id, 40) || is_lower_hex(*id, 64));
  if (!is_commit || id->find_first_not_of('0') == std::string::npos) return std::nullopt;  // zeros: a new branch
  return id;
}

}  // namespace

std::optional<std::string> compared_commit(std::string_view event_name, std::optional<std::string> const& payload) {
  if (!payload) return std::nullopt;
  auto const parsed = parse_json(*payload, "event payload", {.max_bytes = max_payload_bytes, .max_depth = max_payload_depth});
  if (!parsed) return std::nullopt;
  if (event_name == "push") return commit_in(*parsed, "before");
  if (event_name != "pull_request") return std::nullopt;
  auto const* pull = find(*parsed, "pull_request");
  auto const* base = pull ? find(*pull, "base") : nullptr;
  return base ? commit_in(*base, "sha") : std::nullopt;
}

}  // namespace acr::event

#include "net/path_prefix.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "net/url.hpp"
#include "support/text.hpp"

namespace acr::net {
namespace {

using Segments = std::vector<std::string>;

/// B-28: what one server takes for a way up, for a parameter or for a slash, and another for a name.
bool is_read_in_two_ways(std::string_view text) {
  return text.find("..") != std::string_view::npos || to_lower_ascii(text).find("%2e") != std::string::npos ||
         text.find_first_of(";\\") != std::string_view::npos;
}

Segments without_dots(std::vector<std::string_view> const& all) {
  Segments kept;
  for (auto const segment : all)
    if (segment != ".") kept.emplace_back(segment);
  return kept;
}

/// Segments of "/a/b/"; a slash at the end begins none.
std::optional<Segments> segments_of(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  auto whole = without_dots(split(path.substr(1), '/'));
  if (!whole.empty() && whole.back().empty()) whole.pop_back();
  return whole;
}

/// Segments before decoding, each decoded for itself: an encoded slash is not a separator.
std::optional<Segments> segments_decoded_apart(std::string_view path) {
  auto apart = segments_of(path);
  if (!apart) return std::nullopt;
  for (auto& segment : *apart) {
    auto decoded = percent_decoded(segment);
    if (!decoded) return std::nullopt;
    segment = std::move(*decoded);
  }
  return apart;
}

bool begins_with(Segments const& path, Segments const& prefix) {
  return path.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), path.begin());
}

}  // namespace

bool is_below_prefix(std::string_view path, std::string_view prefix) {
  if (prefix.empty() || prefix == "/") return true;
  if (is_read_in_two_ways(path) || !is_usable_prefix(prefix)) return false;
  auto const decoded = percent_decoded(path);
  if (!decoded || is_read_in_two_ways(*decoded)) return false;
  auto const wanted = segments_decoded_apart(prefix);
  auto const apart = segments_decoded_apart(path);
  auto const together = segments_of(*decoded);
  return wanted && apart && together && begins_with(*apart, *wanted) && begins_with(*together, *wanted);
}

bool is_usable_prefix(std::string_view prefix) {
  if (prefix.empty() || prefix == "/") return true;
  auto const decoded = percent_decoded(prefix);
  if (!decoded || !prefix.starts_with('/') || is_read_in_two_ways(prefix) || is_read_in_two_ways(*decoded)) return false;
  for (auto const segment : split(prefix.substr(1, prefix.size() - (prefix.ends_with('/') ? 2 : 1)), '/'))
    if (segment.empty() || segment == ".") return false;
  return segments_decoded_apart(prefix) == segments_of(*decoded);
}

}  // namespace acr::net

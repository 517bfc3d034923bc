// Reading listings of attestations (github-api.md G-12, G-12b, G-13, G-34).
#include <algorithm>

#include "github/answer.hpp"
#include "github/attestations.hpp"
#include "support/text.hpp"

namespace acr::github {
namespace {

namespace json = boost::json;

// One entry of either listing; nothing when it belongs to another repository (G-12: its attestations must not
// count).
std::optional<ListedAttestation> entry_in(Answer const& answer, json::value const& value, std::string const& subject,
                                          std::uint64_t repository_id) {
  if (!value.is_object()) bad_response(answer, "an entry of the listing is not an object");
  auto const owner = integer_in(value, "repository_id");  // absent: not proven to be ours
  if (!owner || *owner < 0 || static_cast<std::uint64_t>(*owner) != repository_id) return std::nullopt;
  ListedAttestation entry;
  entry.subject = subject;
  if (auto const* bundle = object_in(value, "bundle")) entry.bundle = json::serialize(*bundle);
  entry.bundle_url = string_in(value, "bundle_url").value_or("");
  entry.id = attestation_id_in(entry.bundle_url);
  entry.broken = entry.bundle.empty() && entry.bundle_url.empty();
  return entry;
}

void keep(std::optional<ListedAttestation> entry, std::string const& subject, Listing& listing) {
  if (!entry) {
    ++listing.foreign;
    return;
  }
  if (entry->broken) ++listing.broken;
  listing.bundle_bytes += entry->bundle.size();
  if (listing.bundle_bytes > limits::kept_bundle_bytes) {
    listing.bundle_bytes -= entry->bundle.size();
    if (entry->bundle_url.empty()) {
      listing.too_long.insert(subject);
      return;
    }
    entry->bundle.clear();
  }
  listing.of[subject].push_back(*std::move(entry));
}

}  // namespace

std::optional<std::string> attestation_id_in(std::string_view bundle_url) {
  auto path = bundle_url.substr(0, bundle_url.find_first_of("?#"));
  auto const slash = path.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  auto name = path.substr(slash + 1);
  if (name.ends_with(".sn")) name.remove_suffix(3);
  if (!name.ends_with(".json")) return std::nullopt;
  name.remove_suffix(5);
  // The range and form of ids in annotations (A-92), so that the two compare as text.
  if (name == "0" || !to_number(name, INT64_MAX)) return std::nullopt;
  return std::string(name);
}

void read_listing(Answer const& answer, std::string const& subject, std::uint64_t repository_id, Listing& listing) {
  auto const value = json_of(answer);
  listing.of[subject];
  for (auto const& entry : array_field(answer, value, "attestations"))
    keep(entry_in(answer, entry, subject, repository_id), subject, listing);
}

std::optional<std::string> read_bulk_listing(Answer const& answer, std::vector<std::string> const& subjects,
                                             std::uint64_t repository_id, Listing& listing,
                                             std::vector<std::string>& unlinked) {
  auto const value = json_of(answer);
  for (auto const& subject : subjects) listing.of[subject];
  for (auto const& [name, entries] : object_field(answer, value, "attestations_subject_digests")) {
    std::string const subject(name);
    // An answer about something that nobody asked for is not GitHub's.
    if (std::find(subjects.begin(), subjects.end(), subject) == subjects.end())
      bad_response(answer, "it lists " + subject + ", which was not asked for");
    if (entries.is_null()) continue;
    if (!entries.is_array()) bad_response(answer, "the entries of " + subject + " are neither array nor null");
    for (auto const& each : entries.get_array()) {
      auto entry = entry_in(answer, each, subject, repository_id);
      if (entry && !entry->broken && entry->bundle_url.empty()) unlinked.push_back(subject);
      keep(std::move(entry), subject, listing);
    }
  }
  object_field(answer, value, "page_info");
  auto const& page = *find(value, "page_info");
  auto const* more = find(page, "has_next");
  if (!more || !more->is_bool()) bad_response(answer, "page_info has no has_next");
  if (!more->get_bool()) return std::nullopt;
  auto next = string_field(answer, page, "next");
  if (next.empty()) bad_response(answer, "page_info promises a page without a cursor");
  return next;
}

}  // namespace acr::github

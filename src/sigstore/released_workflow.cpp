// See released_workflow.hpp.
#include "sigstore/released_workflow.hpp"

#include "support/text.hpp"

namespace acr::sigstore {
namespace {

constexpr std::string_view tag_beginning = "refs/tags/v";
constexpr std::uint64_t largest_number = 999'999;

std::string text_of(ReleaseNumber const& number) {
  return "v" + std::to_string(number.major) + "." + std::to_string(number.minor) + "." + std::to_string(number.patch);
}

}  // namespace

std::optional<ReleaseNumber> release_number(std::string_view text) {
  auto const parts = split(text, '.');
  if (parts.size() != 3) return std::nullopt;
  auto const major = to_number(parts[0], largest_number), minor = to_number(parts[1], largest_number),
             patch = to_number(parts[2], largest_number);
  if (!major || !minor || !patch) return std::nullopt;
  return ReleaseNumber{*major, *minor, *patch};
}

bool ReleasedWorkflow::matches(WorkflowPlace const& actual) const {
  if (actual.host != host || !equal_ignoring_ascii_case(actual.repository, repository) || actual.path != path) return false;
  if (!actual.ref.starts_with(tag_beginning)) return false;
  auto const name = actual.ref.substr(tag_beginning.size());
  if (own.major != 0 && name == std::to_string(own.major)) return true;
  auto const number = release_number(name);
  return number && number->major == own.major && (own.major != 0 || number->minor == own.minor) && *number >= oldest;
}

std::string ReleasedWorkflow::text() const {
  auto const major = std::to_string(own.major);
  auto const line = own.major == 0 ? "0." + std::to_string(own.minor) + ".x" : major + ".x.y";
  auto const exact = "v" + line + " from " + text_of(oldest);
  return repository + "/" + path + "@refs/tags/" + (own.major == 0 ? exact : "v" + major + ", or at " + exact);
}

}  // namespace acr::sigstore

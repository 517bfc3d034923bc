#include "release/own_workflow.hpp"

#include <stdexcept>
#include <string>

namespace acr::release {
namespace {

constexpr std::string_view scheme = "https://";

sigstore::ReleaseNumber number(std::string_view text) {
  auto const parsed = sigstore::release_number(text);
  if (!parsed) throw std::logic_error("not a release: " + std::string(text));
  return *parsed;
}

}  // namespace

sigstore::ReleasedWorkflow own_workflow() { return shipped_workflow(ACR_SOURCE, ACR_VERSION, oldest_trusted); }

sigstore::ReleasedWorkflow shipped_workflow(std::string_view source, std::string_view own, std::string_view oldest) {
  auto const host_end = source.find('/', scheme.size());
  if (!source.starts_with(scheme) || host_end == std::string_view::npos)
    throw std::logic_error("not the address of a repository: " + std::string(source));
  return {.host = std::string(source.substr(scheme.size(), host_end - scheme.size())),
          .repository = std::string(source.substr(host_end + 1)),
          .path = ".github/workflows/release-charts.yaml",
          .own = number(own),
          .oldest = number(oldest)};
}

}  // namespace acr::release

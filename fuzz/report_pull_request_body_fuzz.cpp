// Merging into a hostile description: twice is once, and nobody else's bytes are lost, and no id under our names is another's
// (A-83, A-88, B-15).
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "report/pull_request_body.hpp"

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::report;
  std::string const body(reinterpret_cast<char const*>(data), size);
  HumanPart human;
  human.repository = "acme/helm-charts";
  human.manifest.charts = {{"web", "1.0.0", "sha256:" + std::string(64, 'a'), "web-v1.0.0", "web-1.0.0.tgz"}};
  human.manifest.attestations = {{"tag-verification", "7"}, {"build-web", "8"}};
  auto const before = read_attestation_map(body);
  auto const once = merge_description(body, human.manifest.attestations, human);
  if (!once) {
    demand(once.error().code == (before ? acr::Code("body-too-long") : acr::Code("map-invalid")));
    return 0;
  }
  demand(count_code_points(once->body) <= 65536 && once->body.size() <= 262144);
  auto const twice = merge_description(once->body, human.manifest.attestations, human);
  demand(twice.has_value() && twice->body == once->body);
  demand(once->map.find("build-web") && once->map.find("build-web")->id == "8");
  demand(before.has_value());
  if (*before)
    for (auto const& member : (*before)->members) {
      auto const* kept = once->map.find(member.key);
      if (is_own_key(member.key)) {  // B-15: what stands under our names is what this run proves, or gone
        demand((kept != nullptr) == (member.key == "build-web" || member.key == "tag-verification"));
      } else {
        demand(kept != nullptr && kept->id == member.id);
      }
    }
  // What stands before the first thing of ours is as it was; so is what follows the map.
  auto const place = find_attestation_map(body);
  auto const new_place = find_attestation_map(once->body);
  demand(place.has_value() && new_place.has_value() && new_place->has_value());
  if (*place) {
    auto const tail = body.substr((*place)->footer_end);
    if (tail.find("atomic-chart-release:") == std::string::npos) demand(once->body.ends_with(tail));
  }
  return 0;
}

// Any text as annotation, as its key and as a keyword: what is written reads back as what was meant.

#include "chart/chart_metadata.hpp"
#include "chart/read_metadata.hpp"
#include "yaml/writer.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::chart;
  namespace yaml = acr::yaml;
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  ChartMetadata metadata;
  metadata.api_version = "v2";
  metadata.annotations["k"] = text;
  metadata.keywords.emplace_back(text);
  // Helm writes the key << without quotes, as we do, and then it reads as a merge.
  if (auto const key = yaml::key_through_json(text); key && *key != "<<") metadata.annotations[*key] = text;
  auto const written = write_metadata(metadata);
  if (!written) return 0;
  auto const again = read_metadata(*written, "Chart.yaml");
  if (!again) std::abort();
  auto const meant = yaml::through_json(text);
  if (!meant) std::abort();
  for (auto const& [key, value] : again->annotations)
    if (value != *meant || !metadata.annotations.contains(key)) std::abort();
  if (again->annotations.size() != metadata.annotations.size()) std::abort();
  if (again->keywords != std::vector<std::string>{*meant}) std::abort();
  return 0;
}

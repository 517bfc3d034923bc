// Chart.yaml, requirements.yaml behind the first NUL, and the same bytes as a lock: whatever is written reads back and is
// written the same.

#include "chart/chart_lock.hpp"
#include "chart/chart_metadata.hpp"
#include "chart/read_metadata.hpp"

#include <cstdint>
#include <cstdlib>
#include <utility>

namespace {

using namespace acr::chart;

void fuzz_chart(std::string_view chart_yaml, std::string_view requirements) {
  auto metadata = read_metadata(chart_yaml, "Chart.yaml");
  if (!metadata) {
    if (!metadata.error().where.starts_with("Chart.yaml")) std::abort();
    return;
  }
  if (!requirements.empty() && !merge_requirements(*metadata, requirements, "requirements.yaml")) return;
  auto const validated = validate(std::move(*metadata), "Chart.yaml");
  if (!validated) return;
  auto const written = write_metadata(validated->metadata);
  if (!written) return;
  auto again = read_metadata(*written, "Chart.yaml");
  if (!again) std::abort();
  auto const validated_again = validate(std::move(*again), "Chart.yaml");
  if (!validated_again) std::abort();
  auto const written_again = write_metadata(validated_again->metadata);
  if (!written_again || *written_again != *written) std::abort();
}

void fuzz_lock(std::string_view bytes) {
  auto const lock = read_lock(bytes, "Chart.lock");
  if (!lock || !*lock) return;
  auto const written = write_lock(**lock);
  if (!written) return;
  auto const again = read_lock(*written, "Chart.lock");
  if (!again || !*again || generated_time(**again) != generated_time(**lock)) std::abort();
  auto const written_again = write_lock(**again);
  if (!written_again || *written_again != *written) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const input(reinterpret_cast<char const*>(data), size);
  auto const end = input.find('\0');
  fuzz_chart(input.substr(0, end), end == std::string_view::npos ? std::string_view{} : input.substr(end + 1));
  fuzz_lock(input);
  static_cast<void>(check_api_version(input, "Chart.yaml"));
  return 0;
}

// Constraints of Chart.yaml (D-13): any text is a constraint or dep-lock-mismatch; an exact one allows its own version.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "chart/constraint.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::chart;
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const split = text.find('\n');
  auto const constraint = Constraint::parse(text.substr(0, split));
  if (!constraint) {
    if (constraint.error().code != "dep-lock-mismatch") std::abort();
    return 0;
  }
  auto const version = parse_version(split == std::string_view::npos ? "1.0.0" : text.substr(split + 1));
  if (version) static_cast<void>(constraint->allows(*version));
  if (auto const exact = constraint->exact_version(); !exact.empty()) {
    auto const own = parse_version(exact);
    if (!own || !constraint->allows(*own)) std::abort();
  }
  return 0;
}

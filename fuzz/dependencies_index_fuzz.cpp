// Indexes of chart repositories (D-15, D-16): any bytes, in any pieces, give an index or dep-index-invalid.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dependencies/index_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::dependencies;
  if (size == 0) return 0;
  std::size_t const piece = data[0] + std::size_t{1};  // the first byte cuts the rest
  std::string_view const text(reinterpret_cast<char const*>(data) + 1, size - 1);
  WantedCharts const wanted{{"web", {"1.0.0", "2.0.0+b"}}, {"db", {"1.2"}}};
  auto const whole = read_index(text, wanted, "index");
  IndexReader reader(wanted, "index");
  reader.start();
  for (std::size_t at = 0; at < text.size(); at += piece)
    if (!reader.take(text.substr(at, piece))) break;
  auto const pieces = reader.finish();
  if (whole.has_value() != pieces.has_value()) std::abort();
  if (!whole) {
    if (whole.error().code != "dep-index-invalid" || whole.error() != pieces.error()) std::abort();
    return 0;
  }
  for (auto const& [name, chart] : *whole) {
    if (!wanted.contains(name)) std::abort();
    if (chart.entries.size() != pieces->at(name).entries.size()) std::abort();
    for (auto const& version : wanted.at(name)) {
      auto const choice = choose(*whole, name, version, "", "index");
      if (!choice && choice.error().code != "dep-not-found" && choice.error().code != "dep-index-ambiguous") std::abort();
    }
  }
  return 0;
}

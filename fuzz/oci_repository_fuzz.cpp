// The input `oci-repository` (O-10): what is taken reads as itself the next time; what is refused gets a form that is taken.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "oci/chart_reference.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const parsed = acr::oci::Repository::parse(text);
  if (parsed) {
    auto const again = acr::oci::Repository::parse(parsed->text());
    if (!again || again->text() != parsed->text() || again->folded) std::abort();
    if (parsed->registry().host.empty()) std::abort();
    (void)acr::oci::chart_reference(*parsed, text, text);
    return 0;
  }
  constexpr std::string_view write = "write ";
  auto const fix = parsed.error().fix_text;
  if (!std::string_view(fix).starts_with(write) || !acr::oci::Repository::parse(std::string_view(fix).substr(write.size())))
    std::abort();
  return 0;
}

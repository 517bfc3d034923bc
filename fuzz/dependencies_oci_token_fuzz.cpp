// Challenges of registries and answers of token services (D-22): a token is visible ASCII or there is none.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dependencies/oci_auth.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::dependencies;
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const token = read_token(text, "registry");
  if (!token && token.error().code != "dep-auth") std::abort();
  if (token && (token->value.empty() || token->life.count() < 0 ||
                !std::ranges::all_of(token->value, [](char c) { return c > ' ' && c < '\x7f'; })))
    std::abort();
  for (auto const& challenge : parse_challenges(text)) {
    auto const realm = challenge.parameters.find("realm");
    if (realm == challenge.parameters.end()) continue;
    auto const service = challenge.parameters.find("service");
    auto const url = acr::net::Url::parse(realm->second);
    if (!url) continue;
    // What is added must not change whom is asked, and stays a URL.
    auto const asked = token_url(*url, service == challenge.parameters.end() ? nullptr : &service->second, "charts/web");
    if (asked.origin() != url->origin() || asked.path != url->path) std::abort();
    auto const again = acr::net::Url::parse(asked.text());
    if (!again && asked.text().size() <= 8192) std::abort();
  }
  return 0;
}

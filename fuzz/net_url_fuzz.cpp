// URLs from redirects, links and indexes: what parses must print, parse again to the same value, and never
// hold a character that could split a request.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "net/proxy.hpp"
#include "net/url.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check(acr::net::Url const& url) {
  auto const again = acr::net::Url::parse(url.text());
  require(again.has_value());
  require(again->text() == url.text() && again->origin() == url.origin());
  for (char const c : url.text()) require(c > 0x20 && c < 0x7f);
  require(url.path.starts_with('/'));
  require(url.is_below(acr::net::Url::parse(url.origin().text()).value()) || url.path.find('.') != std::string::npos ||
          url.path.find('%') != std::string::npos);
}

/// What was escaped needs no more escapes, and what needed none stays.
void check_escaped(std::string_view text) {
  auto const escaped = acr::net::escaped_reference(text);
  if (!escaped) return;
  for (char const c : *escaped) require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  auto const again = acr::net::escaped_reference(*escaped);
  if (again) require(*again == *escaped);
  if (auto const url = acr::net::Url::parse(text)) {
    require(*escaped == text);
    (void)url;
  }
  static auto const base = acr::net::Url::parse("https://charts.example.org:8443/stable/v1?r=2").value();
  if (auto const url = base.resolve(*escaped)) check(*url);
  if (auto const url = acr::net::Url::parse(*escaped)) check(*url);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  if (auto const url = acr::net::Url::parse(text)) check(*url);
  check_escaped(text);
  static auto const base = acr::net::Url::parse("https://charts.example.org:8443/stable/v1?r=2").value();
  if (auto const url = base.resolve(text)) check(*url);
  static acr::net::ProxySettings const proxy{.https = acr::net::Proxy::parse("http://p:1").value(),
                                             .exempted = acr::net::no_proxy_entries("a.b,.c,10.0.0.0/8,::1/3")};
  acr::net::ProxySettings const hostile{.https = proxy.https, .exempted = acr::net::no_proxy_entries(text)};
  (void)hostile.proxy_for(base);
  (void)acr::net::Proxy::parse(text);
  return 0;
}

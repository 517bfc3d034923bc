#include "net/proxy.hpp"

#include <algorithm>

#include "net/address.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"

namespace acr::net {
namespace {

Rejection bad_proxy(std::string why) {
  return reject("bad-proxy", "HTTPS_PROXY", std::move(why)).rule("A-11").expected("http://[user:password@]host[:port]");
}

bool is_in_range(Address const& address, std::string_view range) {
  auto const slash = range.find('/');
  auto const base = Address::parse(range.substr(0, slash));
  auto const bits = to_number(range.substr(slash + 1), 128);
  if (!base || !bits || base->is_v4() != address.is_v4() || (base->is_v4() && *bits > 32)) return false;
  for (std::size_t bit = 0; bit < *bits; ++bit) {
    auto const mask = static_cast<std::uint8_t>(0x80 >> (bit % 8));
    if ((base->bytes()[bit / 8] & mask) != (address.bytes()[bit / 8] & mask)) return false;
  }
  return true;
}

/// Takes ":8443" off the end of "host:8443" or "[::1]:8443", and brackets off an address.
std::optional<std::uint64_t> take_port(std::string_view& entry) {
  std::optional<std::uint64_t> port;
  auto const colon = entry.rfind(':');
  bool const bare_v6 = Address::parse(entry).has_value();
  if (!bare_v6 && colon != std::string_view::npos) {
    port = to_number(entry.substr(colon + 1), 65535);
    if (port) entry = entry.substr(0, colon);
  }
  if (entry.starts_with('[') && entry.ends_with(']')) entry = entry.substr(1, entry.size() - 2);
  return port;
}

bool covers(std::string_view entry, Url const& url) {
  if (entry == "*") return true;
  auto const literal = Address::parse(url.host);
  if (entry.find('/') != std::string_view::npos) return literal && is_in_range(*literal, entry);
  if (auto const port = take_port(entry); port && *port != url.port) return false;
  if (auto const address = Address::parse(entry)) return literal && *literal == *address;
  if (literal || entry.empty()) return false;
  if (entry.starts_with("*.")) entry.remove_prefix(1);
  if (entry.starts_with('.')) return url.host.ends_with(entry);
  return url.host == entry || (url.host.ends_with(entry) && url.host[url.host.size() - entry.size() - 1] == '.');
}

}  // namespace

Verdict<Proxy> Proxy::parse(std::string_view text) {
  text = trimmed(text);
  if (auto const mark = text.find("://"); mark != std::string_view::npos) {
    if (!equal_ignoring_ascii_case(text.substr(0, mark), "http")) {
      return bad_proxy("only plain http proxies can be used").found(std::string(text.substr(0, mark)) + "://…");
    }
    text = text.substr(mark + 3);
  }
  if (text.ends_with('/')) text.remove_suffix(1);
  Proxy proxy;
  if (auto const at = text.rfind('@'); at != std::string_view::npos) {
    auto const credentials = percent_decoded(text.substr(0, at));
    if (!credentials) return bad_proxy("the user name or password holds a broken escape");
    proxy.authorization = "Basic " + base64(*credentials);
    text = text.substr(at + 1);
  }
  auto const url = Url::parse("http://" + std::string(text));
  if (!url || url->path != "/" || url->query || url->fragment) return bad_proxy("the value names no host and port");
  proxy.host = url->host;
  proxy.port = url->port;
  return proxy;
}

std::optional<Proxy> ProxySettings::proxy_for(Url const& url) const {
  if (!https || !url.is_https() || url.is_loopback()) return std::nullopt;
  bool const exempt = std::any_of(exempted.begin(), exempted.end(), [&](auto const& entry) { return covers(entry, url); });
  return exempt ? std::nullopt : https;
}

std::vector<std::string> no_proxy_entries(std::string_view text) {
  std::vector<std::string> entries;
  std::string entry;
  for (char const c : to_lower_ascii(text) + ",") {
    if (c != ',' && c != ' ' && c != '\t') {
      entry += c;
    } else if (!entry.empty()) {
      entries.push_back(std::move(entry));
      entry.clear();
    }
  }
  return entries;
}

}  // namespace acr::net

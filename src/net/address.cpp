#include "net/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <span>

namespace acr::net {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

struct Range {
  Bytes prefix;
  unsigned bits;
};

bool is_within(Bytes const& address, Range const& range) {
  for (unsigned bit = 0; bit < range.bits; bit += 8) {
    unsigned const left = range.bits - bit;
    auto const mask = static_cast<std::uint8_t>(left >= 8 ? 0xff : 0xff << (8 - left));
    if ((address[bit / 8] & mask) != (range.prefix[bit / 8] & mask)) return false;
  }
  return true;
}

bool is_within_any(Bytes const& address, std::span<Range const> ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [&](Range const& range) { return is_within(address, range); });
}

constexpr Range v4_never[] = {
    {{0}, 8},                    // this network
    {{100, 100, 100, 200}, 32},  // a cloud's metadata service inside shared space (D-33)
    {{127}, 8},                  // loopback
    {{168, 63, 129, 16}, 32},    // a host service behind a public address (D-33)
    {{169, 254}, 16},            // link-local, metadata services
    {{192, 0, 0}, 24},           // protocol assignments
    {{192, 0, 2}, 24},           // documentation
    {{192, 88, 99}, 24},         // 6to4 relays, withdrawn by RFC 7526
    {{198, 18}, 15},             // benchmarks
    {{198, 51, 100}, 24},        // documentation
    {{203, 0, 113}, 24},         // documentation
    {{224}, 4},                  // multicast
    {{240}, 4},                  // reserved, broadcast
};
constexpr Range v4_private[] = {
    {{10}, 8},
    {{100, 64}, 10},
    {{172, 16}, 12},
    {{192, 168}, 16},
};
constexpr Range v6_never[] = {
    {{0xfd, 0x00, 0x0e, 0xc2}, 32},  // metadata services (D-33)
    {{0xfd, 0x20, 0x00, 0xce}, 32}, {{0xfd, 0x00, 0x00, 0x42}, 32},
    {{0x20, 0x01, 0x00}, 23},        // protocol assignments: Teredo, benchmarks, ORCHID
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x3f, 0xff, 0x00}, 20},        // documentation (RFC 9637)
};
constexpr Range v6_private[] = {{{0xfc}, 7}};
constexpr Range v6_global[] = {{{0x20}, 3}};

struct Embedding {
  Range range;
  unsigned at;  ///< where the IPv4 address starts
};
constexpr Embedding embeddings[] = {
    {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96}, 12},        // mapped
    {{{0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0}, 96}, 12},  // NAT64
    {{{0x20, 0x02}, 16}, 2},                                       // 6to4
};

bool is_listed(AddressPolicy const& policy, std::string_view host) {
  return std::find(policy.private_names.begin(), policy.private_names.end(), host) != policy.private_names.end();
}

}  // namespace

std::optional<Address> Address::parse(std::string_view text) {
  std::string const terminated(text);
  if (terminated.size() != std::strlen(terminated.c_str())) return std::nullopt;
  Address address;
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes_.data()) == 1) {
    address.is_v4_ = true;
    return address;
  }
  address.bytes_ = {};
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes_.data()) == 1) return address;
  return std::nullopt;
}

Address Address::v4(std::array<std::uint8_t, 4> const& bytes) {
  Address address;
  std::copy(bytes.begin(), bytes.end(), address.bytes_.begin());
  address.is_v4_ = true;
  return address;
}

std::string Address::text() const {
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(is_v4_ ? AF_INET : AF_INET6, bytes_.data(), text, sizeof text);
  return text;
}

bool Address::is_loopback() const {
  if (is_v4_) return bytes_[0] == 127;
  auto const& mapped = embeddings[0];
  if (is_within(bytes_, mapped.range)) return bytes_[mapped.at] == 127;
  return is_within(bytes_, {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128});
}

AddressKind kind_of(Address const& address) {
  Bytes const& bytes = address.bytes();
  if (address.is_v4()) {
    if (is_within_any(bytes, v4_never)) return AddressKind::never;
    return is_within_any(bytes, v4_private) ? AddressKind::private_use : AddressKind::global;
  }
  for (auto const& [range, at] : embeddings) {
    if (is_within(bytes, range)) return kind_of(Address::v4({bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]}));
  }
  if (is_within_any(bytes, v6_never)) return AddressKind::never;
  if (is_within_any(bytes, v6_private)) return AddressKind::private_use;
  return is_within_any(bytes, v6_global) ? AddressKind::global : AddressKind::never;
}

std::optional<std::string> refusal(AddressPolicy const& policy, std::string_view host, Address const& address) {
  if (!policy.public_only) return std::nullopt;
  auto const kind = kind_of(address);
  if (kind == AddressKind::global) return std::nullopt;
  if (kind == AddressKind::private_use) {
    if (is_listed(policy, host)) return std::nullopt;
    return address.text() + " is a private address";
  }
  if (policy.loopback_literals && address.is_loopback() && (host == "localhost" || Address::parse(host))) {
    return std::nullopt;
  }
  return address.text() + (address.is_loopback() ? " is a loopback address" : " is not a public address");
}

std::optional<std::string> refusal_behind_proxy(AddressPolicy const& policy, std::string_view host) {
  if (!policy.public_only) return std::nullopt;
  if (auto const literal = Address::parse(host)) return refusal(policy, host, *literal);
  // RFC 6761: these are loopback whatever resolves them, and loopback is never allowed by a list.
  if (host == "localhost" || host.ends_with(".localhost")) return std::string(host) + " is a loopback name";
  bool const local = host.find('.') == std::string_view::npos || host.ends_with(".local") || host.ends_with(".internal");
  if (!local || is_listed(policy, host)) return std::nullopt;
  return std::string(host) + " is a name of the local network";
}

}  // namespace acr::net

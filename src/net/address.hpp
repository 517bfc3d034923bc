#pragma once

// IP addresses and which of them may be asked: src/net/address.hpp (dependencies.md D-33, RFC 6890)

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace acr::net {

/// An IPv4 or IPv6 address; plain value.
class Address {
 public:
  /// Dotted IPv4 without leading zeros, or IPv6 without brackets and zone; nothing for anything else.
  static std::optional<Address> parse(std::string_view text);
  static Address v4(std::array<std::uint8_t, 4> const& bytes);

  [[nodiscard]] bool is_v4() const { return is_v4_; }
  /// Network order; of an IPv4 address the first four count.
  [[nodiscard]] std::array<std::uint8_t, 16> const& bytes() const { return bytes_; }
  /// Dotted, or the shortest form of RFC 5952.
  [[nodiscard]] std::string text() const;
  /// 127.0.0.0/8, ::1, and 127.0.0.0/8 mapped into IPv6.
  [[nodiscard]] bool is_loopback() const;

  friend bool operator==(Address const&, Address const&) = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
  bool is_v4_ = false;
};

enum class AddressKind {
  global,       ///< globally routable
  private_use,  ///< 10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7: allowed for listed names (D-33)
  never,        ///< everything else: loopback, link-local, metadata services, reserved, multicast, …
};

/// D-33: mapped, 6to4 and NAT64 forms count as the IPv4 address inside.
AddressKind kind_of(Address const& address);

/// Which addresses a request may be sent to. The default asks nothing.
struct AddressPolicy {
  bool public_only = false;                  ///< only AddressKind::global
  std::vector<std::string> private_names{};  ///< lower-case hosts that may also be AddressKind::private_use
  bool loopback_literals = false;  ///< loopback *literals* and "localhost" in the URL pass (D-32, tests); a name does not
};

/// Nothing when `host` may be reached at `address`; else the reason, e.g. "10.0.0.1 is a private address".
std::optional<std::string> refusal(AddressPolicy const& policy, std::string_view host, Address const& address);

/// What can still be checked when a proxy resolves the name (D-33): literals and local names (no dot,
/// `localhost`,
/// `*.localhost`, `*.local`, `*.internal`). Names of `private_names` pass, those of loopback never.
std::optional<std::string> refusal_behind_proxy(AddressPolicy const& policy, std::string_view host);

}  // namespace acr::net

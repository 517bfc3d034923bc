#pragma once

// Absolute URLs as values: src/net/url.hpp (RFC 3986, stricter: ASCII, no userinfo, no odd spelling of
// addresses) Origins decide where credentials go (G-8), so two spellings of one host must never compare as
// different or equal by accident: what is unusual is refused instead of normalised.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "support/verdict.hpp"

namespace acr::net {

/// Scheme, host and port: the unit of trust for credentials (G-8).
struct Origin {
  std::string scheme;      ///< lower case
  std::string host;        ///< as Url::host
  std::uint16_t port = 0;  ///< never 0 in a parsed URL: the scheme's default is filled in
  /// "https://host" or "https://host:8443"; an IPv6 address in brackets.
  [[nodiscard]] std::string text() const;
  friend bool operator==(Origin const&, Origin const&) = default;
  friend auto operator<=>(Origin const&, Origin const&) = default;
};

/// A parsed absolute URL. Parts hold the text as given (percent escapes are neither decoded nor added).
struct Url {
  std::string scheme;                   ///< "https", "http" or "oci"
  std::string host;                     ///< lower case name, dotted IPv4, or IPv6 in its shortest form without brackets
  std::uint16_t port = 0;               ///< explicit, or 443 / 80 / 443
  std::string path;                     ///< starts with "/"; dot segments stay as they are
  std::optional<std::string> query;     ///< without "?"; nothing when there is no "?"
  std::optional<std::string> fragment;  ///< without "#"; never sent

  /// Accepts exactly `scheme://host[:port][/path][?query][#fragment]`. Refused, code "bad-url": other
  /// schemes, characters outside RFC 3986, broken escapes, empty or odd hosts (`127.1`, `0x7f.0.0.1`, a
  /// trailing dot, IPv6 zones), port 0, more than limits::url_bytes. Code "url-userinfo": credentials before
  /// the host (not echoed anywhere).
  static Verdict<Url> parse(std::string_view text);

  /// RFC 3986 section 5.2: `reference` seen from this URL. An absolute reference stands for itself (its dot
  /// segments are removed too). Refused as parse() does.
  [[nodiscard]] Verdict<Url> resolve(std::string_view reference) const;

  [[nodiscard]] Origin origin() const { return {scheme, host, port}; }
  /// "https://host:8443/path?query", without the fragment, the default port left out.
  [[nodiscard]] std::string text() const;
  /// For logs and reports: without query and fragment (pre-signed links hold their secret there, G-10).
  [[nodiscard]] std::string text_without_query() const;
  /// Path and query, as in a request line.
  [[nodiscard]] std::string target() const;
  /// "host" or "host:8443" as in a `Host` header.
  [[nodiscard]] std::string authority() const;

  [[nodiscard]] bool is_https() const { return scheme == "https"; }
  /// The host is a loopback address (127.0.0.0/8, ::1) or "localhost" (G-1).
  [[nodiscard]] bool is_loopback() const;
  /// The host is an address, not a name.
  [[nodiscard]] bool is_address() const;
  /// Same origin, and the path is that of `base` or below it by whole segments; false when the path holds dot
  /// segments, encoded ones too (G-31: a link must stay below the API's base).
  [[nodiscard]] bool is_below(Url const& base) const;

  friend bool operator==(Url const&, Url const&) = default;
};

/// A URL reference as people write it into indexes and headers, made fit for Url::parse and Url::resolve as Go's net/url does
/// (D-17): in the path, blanks, letters outside ASCII and other characters that must be escaped become `%20` and the like; a
/// path that needs none stays as it is, one that needs some is decoded before it is encoded. Query and fragment: only what must
/// be escaped changes. Refused, code "bad-url": control characters, text that is not UTF-8, broken escapes in such a path.
Verdict<std::string> escaped_reference(std::string_view text);

/// The scheme's port when a URL gives none: https and oci 443, http 80, else 0.
std::uint16_t default_port(std::string_view scheme);

/// Undoes one level of percent-encoding; nothing for a broken escape.
std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace acr::net

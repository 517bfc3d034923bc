#pragma once

// Certificates with one thing wrong on purpose, made in memory with OpenSSL: tests/sigstore/forge.hpp

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sigstore/certificate.hpp"

namespace forge {

/// "P-256", "P-384", "P-521", "RSA:<bits>", "ED25519", "secp256k1".
struct Key {
  explicit Key(std::string const& kind = "P-256");
  std::shared_ptr<void> pkey;
};

struct Wish {
  std::string subject = "leaf";        ///< CN; empty: an empty name
  std::string organization = "forge";  ///< O; empty: none
  std::string not_before = "20260101000000Z";
  std::string not_after = "20260101001000Z";
  std::string hash = "SHA256";  ///< empty for Ed25519
  /// In the language of OpenSSL's extension configuration.
  std::vector<std::pair<std::string, std::string>> extensions;
};

inline constexpr char const* san = "critical,URI:https://github.com/octo/charts/.github/workflows/lint.yml@refs/heads/main";

/// A leaf as Fulcio makes it.
Wish leaf();
/// A certificate authority; valid through 2026.
Wish authority(std::string const& name);

struct Issued {
  acr::sigstore::Certificate certificate;
  Key key;
};

/// Signed by `issuer`; by itself when that is null.
Issued issue(Wish const& wish, Issued const* issuer, Key const& key = Key());

/// Replaces or adds one extension; an empty value removes it.
Wish with(Wish wish, std::string const& name, std::string const& value);

}  // namespace forge

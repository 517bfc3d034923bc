#pragma once

// Certificates of the virtual signing world: authorities, signers with Fulcio's extensions, timestamp signers.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signing/key.hpp"

namespace acr::signing {

struct Extension {
  std::string oid;    ///< dotted decimals
  std::string value;  ///< what extnValue wraps, e.g. DER of a UTF8String
  bool critical = false;
};

/// What a certificate will say. Every field may be set to something wrong before it is issued.
struct CertificateSpec {
  std::string organization;  ///< subject; none when both are empty
  std::string common_name;
  std::int64_t not_before = 0;  ///< seconds since 1970
  std::int64_t not_after = 0;
  std::string serial_hex = "";        ///< random when empty
  std::string basic_constraints;      ///< OpenSSL's notation: "critical,CA:TRUE,pathlen:0"; empty: no such extension
  std::string key_usage;              ///< "critical,keyCertSign,cRLSign"
  std::string extended_key_usage;     ///< "codeSigning"
  std::string name_constraints;       ///< "critical,permitted;URI:.example.com"
  std::vector<Extension> extensions;  ///< in this order, duplicates as they are
  bool key_identifiers = true;        ///< subject and authority key identifier
  HashAlgorithm signature_hash = HashAlgorithm::sha256;
};

CertificateSpec authority_spec(std::string organization, std::string common_name, std::int64_t from, std::int64_t to);

/// A certificate and the key that belongs to it.
struct Identity {
  Key key;
  std::string der;
};

/// Issues `spec` for `key`. `issuer` null: self-signed. `finish` may add extensions that depend on everything else (SCTs): it
/// gets the DER of the TBSCertificate as it is without them.
Identity issue(CertificateSpec const& spec, Key const& key, Identity const* issuer,
               std::function<std::vector<Extension>(std::string const& tbs)> const& finish = {});

// Subject alternative names.
Extension uri_name(std::string_view uri);
Extension email_name(std::string_view address);
/// Fulcio's otherName 1.3.6.1.4.1.57264.1.7.
Extension user_name(std::string_view name);

/// 1.3.6.1.4.1.57264.1.`number` in its encoding (V-91): raw below 8, UTF8String from 8 on.
Extension fulcio(int number, std::string_view value);

}  // namespace acr::signing

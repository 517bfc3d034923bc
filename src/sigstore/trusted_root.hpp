#pragma once

// Whom a verification trusts: logs, certificate authorities, timestamp authorities: src/sigstore/trusted_root.hpp
// Sigstore protobuf-specs "trustroot" v0.1 and v0.2; rules V-21 to V-31 of docs/verification.md.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sigstore/certificate.hpp"
#include "sigstore/public_key.hpp"
#include "sigstore/time.hpp"
#include "support/verdict.hpp"

namespace acr::sigstore {

/// A transparency log or a CT log.
struct LogInstance {
  std::string base_url;           ///< as given, may be empty
  PublicKey key;                  ///< its kind is the declared one (V-26)
  std::string log_id;             ///< logId.keyId, raw; for v1 and CT logs = SHA-256 of the SPKI, recomputed (V-27)
  std::string checkpoint_key_id;  ///< raw; v0.2 roots only, else empty
  Validity valid_for;             ///< `from` is always there (V-24)
  std::string operator_name;      ///< v0.2, else empty

  /// For messages: base URL, or the id in hex when there is none.
  [[nodiscard]] std::string name() const;
};

struct CertificateAuthority {
  std::string organization;  ///< `subject` of the document, for messages only: never evidence
  std::string common_name;
  std::string uri;
  std::vector<Certificate> chain;  ///< leaf side first, the last one is the trust anchor; never empty (V-28)
  Validity valid_for;
  std::string operator_name;
};

/// Same shape (V-29): the first certificate is the signer if it is not a CA, else only intermediates and anchor are given.
struct TimestampAuthority {
  std::string organization;
  std::string common_name;
  std::string uri;
  std::vector<Certificate> chain;
  Validity valid_for;
  std::string operator_name;

  /// The signer's certificate where the root names it (V-78), else null.
  [[nodiscard]] Certificate const* leaf() const { return chain.front().is_ca() ? nullptr : &chain.front(); }
};

/// Which rules a bundle is judged by (V-85); follows the issuer's organisation.
enum class Instance { public_good, github, other };

/// "public good", "GitHub", "private".
std::string_view to_text(Instance instance);

/// V-30: `sigstore.dev` → public_good, `GitHub, Inc.` → github, everything else → other.
Instance instance_of(std::string_view issuer_organization);

struct TrustedRoot {
  std::string media_type;
  std::vector<LogInstance> tlogs;
  std::vector<CertificateAuthority> certificate_authorities;
  std::vector<LogInstance> ctlogs;
  std::vector<TimestampAuthority> timestamp_authorities;
  std::string source;              ///< where it came from, for people: "built in (public good, 2026-08-01)" or a file name
  std::string sha256_hex;          ///< of its JSON text
  std::vector<std::string> notes;  ///< instances that were left out because their key kind is not supported (V-26)
};

/// Reads one trusted root document. `source` becomes TrustedRoot::source and the `where` of rejections.
Verdict<TrustedRoot> parse_trusted_root(std::string_view text, std::string_view source);

/// Reads a file's text: one document, or JSON Lines with several (V-31), the last line with or without LF. At least one.
Verdict<std::vector<TrustedRoot>> parse_trusted_roots(std::string_view text, std::string_view source);

/// The indexes of the roots that have a CA for issuer organisation `organization`: the O of the subject or the issuer of the
/// CA's lowest certificate (V-31). Empty: no root knows this issuer.
std::vector<std::size_t> roots_for(std::span<TrustedRoot const> roots, std::string_view organization);

/// A trusted root compiled into the program, with the start of trust of the TUF repository that it comes from (T-6).
struct BuiltInRoot {
  std::string_view name;          ///< "public good", "GitHub"
  std::string_view organization;  ///< O of its issuers (V-30)
  std::string_view json;
  std::string date;                                       ///< when the copy was taken, "2026-08-01"
  std::string_view initial_root;                          ///< bytes of a root.json
  std::int64_t timestamp = 0, snapshot = 0, targets = 0;  ///< versions that the copy was taken from; 0: not known
};

/// The date and the versions of `name` ("public_good", "github") in a file like roots/built_in.json. Refused, code "built-in":
/// any member missing, another type, no date.
Verdict<BuiltInRoot> parse_built_in_facts(std::string_view text, std::string_view name);

/// Both, public good first.
std::span<BuiltInRoot const> built_in_roots();

/// built_in_roots()[index], parsed at the first call, then shared. The files are part of the program: std::logic_error when one
/// does not parse. All of its authorities issue for the one organisation that BuiltInRoot names.
TrustedRoot const& parsed_built_in(std::size_t index);

/// All of them.
std::vector<TrustedRoot> const& default_roots();

}  // namespace acr::sigstore

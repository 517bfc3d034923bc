// See certificate_identity.hpp.
#include "sigstore/certificate_identity.hpp"

#include <openssl/asn1.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <set>

#include "sigstore/der.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"

namespace acr::sigstore {
namespace {

constexpr std::string_view fulcio_arc = "1.3.6.1.4.1.57264.1.";
constexpr std::string_view san_oid = "2.5.29.17";

// Names as in Fulcio's "OID information", index = .n; empty: not an extension of its own.
constexpr std::array<std::string_view, 25> extension_names = {"",
                                                              "issuer",
                                                              "githubWorkflowTrigger",
                                                              "githubWorkflowSHA",
                                                              "githubWorkflowName",
                                                              "githubWorkflowRepository",
                                                              "githubWorkflowRef",
                                                              "",
                                                              "issuerV2",
                                                              "buildSignerURI",
                                                              "buildSignerDigest",
                                                              "runnerEnvironment",
                                                              "sourceRepositoryURI",
                                                              "sourceRepositoryDigest",
                                                              "sourceRepositoryRef",
                                                              "sourceRepositoryIdentifier",
                                                              "sourceRepositoryOwnerURI",
                                                              "sourceRepositoryOwnerIdentifier",
                                                              "buildConfigURI",
                                                              "buildConfigDigest",
                                                              "buildTrigger",
                                                              "runInvocationURI",
                                                              "sourceRepositoryVisibilityAtSigning",
                                                              "deploymentEnvironment",
                                                              "tokenSubject"};

Rejection bad_identity(std::string rule, std::string why) {
  return reject("certificate-identity", "signing certificate", std::move(why)).rule(std::move(rule));
}

std::string oid_of(X509_EXTENSION* extension) {
  std::array<char, 128> text{};
  int const length = OBJ_obj2txt(text.data(), static_cast<int>(text.size()), X509_EXTENSION_get_object(extension), 1);
  return length > 0 && static_cast<std::size_t>(length) < text.size() ? std::string(text.data()) : std::string();
}

std::string_view value_of(X509_EXTENSION* extension) {
  ASN1_OCTET_STRING const* const data = X509_EXTENSION_get_data(extension);
  return {reinterpret_cast<char const*>(ASN1_STRING_get0_data(data)), static_cast<std::size_t>(ASN1_STRING_length(data))};
}

/// V-89: GeneralNames with exactly one name in it, of one of three kinds.
Verdict<void> read_san(std::string_view der, CertificateIdentity& identity) {
  auto const names = der_only(der, der::sequence);
  if (!names) return bad_identity("V-89", "the subject alternative name is ill-formed");
  DerReader reader(names->value);
  auto const name = reader.next();
  if (!name) return bad_identity("V-89", "the subject alternative name is empty");
  if (!reader.done())
    return bad_identity("V-89", "the certificate names more than one subject").expected("exactly one subject alternative name");
  switch (name->tag) {
    case 0x86:  // [6] uniformResourceIdentifier
      identity.san_kind = SanKind::uri;
      identity.san = name->value;
      break;
    case 0x81:  // [1] rfc822Name
      identity.san_kind = SanKind::email;
      identity.san = name->value;
      break;
    case 0xa0: {  // [0] otherName { type-id, [0] EXPLICIT value }
      DerReader other(name->value);
      auto const type = other.next(der::object_identifier);
      auto const wrapped = other.next(0xa0);
      auto const text = wrapped ? der_only(wrapped->value, der::utf8_string) : std::nullopt;
      if (!type || !text || !other.done() || der_oid_text(type->value) != std::string(fulcio_arc) + "7" ||
          !is_utf8(text->value))
        return bad_identity("V-89", "the subject alternative name is an otherName of an unknown kind");
      identity.san_kind = SanKind::other_name;
      identity.san = text->value;
      break;
    }
    default:
      return bad_identity("V-89", "the subject alternative name is neither URI nor email nor Fulcio's otherName");
  }
  if (identity.san.empty()) return bad_identity("V-89", "the subject alternative name is empty");
  return {};
}

/// V-91: raw text up to .6, DER UTF8String from .8 on.
Verdict<IdentityExtension> read_extension(std::uint32_t number, std::string_view data) {
  IdentityExtension extension{number, std::string(fulcio_arc) + std::to_string(number), hex(data)};
  if (number >= extension_names.size() || extension_names[number].empty()) return extension;
  extension.name = extension_names[number];
  std::string_view text = data;
  if (number >= 8) {
    auto const element = der_only(data, der::utf8_string);
    if (!element) return bad_identity("V-91", "the extension " + extension.name + " is not a DER UTF8String");
    text = element->value;
  }
  if (!is_utf8(text)) return bad_identity("V-91", "the extension " + extension.name + " is not UTF-8");
  extension.value = text;
  return extension;
}

}  // namespace

std::string const* CertificateIdentity::find(FulcioExtension extension) const {
  auto const at = std::find_if(extensions.begin(), extensions.end(),
                               [&](auto const& e) { return e.number == static_cast<std::uint32_t>(extension); });
  return at == extensions.end() ? nullptr : &at->value;
}

Verdict<CertificateIdentity> read_identity(Certificate const& certificate) {
  CertificateIdentity identity;
  identity.certificate_issuer = certificate.issuer_text();
  identity.serial_hex = certificate.serial_hex();
  identity.sha256_hex = hex(certificate.fingerprint());
  identity.validity = certificate.validity();

  X509* const x509 = certificate.native();
  std::set<std::string> seen;
  for (int i = 0; i < X509_get_ext_count(x509); ++i) {
    X509_EXTENSION* const extension = X509_get_ext(x509, i);
    std::string const oid = oid_of(extension);
    if (oid.empty()) return bad_identity("V-92", "an extension has an unreadable identifier");
    if (!seen.insert(oid).second) return bad_identity("V-92", "an extension occurs twice").found(oid);
    if (oid == san_oid) {
      if (auto const read = read_san(value_of(extension), identity); !read) return read.error();
    } else if (oid.starts_with(fulcio_arc)) {
      auto const number = to_number(std::string_view(oid).substr(fulcio_arc.size()), UINT32_MAX);
      if (!number) continue;  // deeper arcs are not Fulcio's extensions
      auto read = read_extension(static_cast<std::uint32_t>(*number), value_of(extension));
      if (!read) return read.error();
      identity.extensions.push_back(std::move(*read));
    }
  }
  if (identity.san.empty()) return bad_identity("V-89", "the certificate has no subject alternative name");
  std::sort(identity.extensions.begin(), identity.extensions.end(),
            [](auto const& a, auto const& b) { return a.number < b.number; });

  auto const* const old_issuer = identity.find(FulcioExtension::issuer);
  auto const* const new_issuer = identity.find(FulcioExtension::issuer_v2);
  if (old_issuer && new_issuer && *old_issuer != *new_issuer)
    return bad_identity("V-90", "the certificate names two different OIDC issuers").expected(*new_issuer).found(*old_issuer);
  if (new_issuer || old_issuer) identity.issuer = new_issuer ? *new_issuer : *old_issuer;
  return identity;
}

Verdict<std::string> issuer_organization(Certificate const& certificate) {
  auto organizations = certificate.issuer_organizations();
  if (organizations.size() != 1)
    return reject("certificate-issuer", "signing certificate",
                  "its issuer must name exactly one organisation (O), which decides whose rules hold")
        .rule("V-30")
        .expected("one O")
        .found(certificate.issuer_text());
  return std::move(organizations.front());
}

}  // namespace acr::sigstore

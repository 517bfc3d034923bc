// See timestamp.hpp. The token is read with the room's own strict DER reader: what is not signed has one legal value (V-77a),
// or is ignored: status text, revocation lists, unsigned attributes, certificates of others. OpenSSL builds the certificate
// path and checks its extensions.
#include "sigstore/timestamp.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <utility>

#include "sigstore/artifact.hpp"
#include "sigstore/der.hpp"
#include "sigstore/limits.hpp"
#include "sigstore/x509_chain.hpp"
#include "support/encoding.hpp"
#include "support/handle.hpp"

namespace acr::sigstore {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view oid_signed_data = "1.2.840.113549.1.7.2";
constexpr std::string_view oid_tst_info = "1.2.840.113549.1.9.16.1.4";
constexpr std::string_view oid_content_type = "1.2.840.113549.1.9.3";
constexpr std::string_view oid_message_digest = "1.2.840.113549.1.9.4";
constexpr std::string_view oid_signing_certificate = "1.2.840.113549.1.9.16.2.12";
constexpr std::string_view oid_signing_certificate_v2 = "1.2.840.113549.1.9.16.2.47";
constexpr std::string_view oid_rsa = "1.2.840.113549.1.1.1";
constexpr std::string_view oid_ed25519 = "1.3.101.112";

constexpr unsigned char context_0 = 0xa0;  // [0], constructed
constexpr unsigned char context_1 = 0xa1;  // [1], constructed
constexpr unsigned char context_0_primitive = 0x80;
constexpr unsigned char bit_string = 0x03;
constexpr unsigned char null = 0x05;
constexpr unsigned char generalized_time = 0x18;

struct HashOids {
  HashAlgorithm hash;
  std::string_view digest, ecdsa, rsa;
};
// SHA-1 is not among them (V-76, V-36).
constexpr std::array<HashOids, 3> hash_oids = {{
    {HashAlgorithm::sha256, "2.16.840.1.101.3.4.2.1", "1.2.840.10045.4.3.2", "1.2.840.113549.1.1.11"},
    {HashAlgorithm::sha384, "2.16.840.1.101.3.4.2.2", "1.2.840.10045.4.3.3", "1.2.840.113549.1.1.12"},
    {HashAlgorithm::sha512, "2.16.840.1.101.3.4.2.3", "1.2.840.10045.4.3.4", "1.2.840.113549.1.1.13"},
}};

Rejection bad_timestamp(std::string rule, std::string why) {
  return reject("timestamp", "signed timestamp", std::move(why)).rule(std::move(rule));
}

/// AlgorithmIdentifier: dotted decimals, parameters absent or NULL.
std::optional<std::string> algorithm_oid(std::string_view sequence_value) {
  DerReader reader(sequence_value);
  auto const oid = reader.next(der::object_identifier);
  if (!oid) return std::nullopt;
  if (!reader.done()) {
    auto const parameters = reader.next(null);
    if (!parameters || !parameters->value.empty() || !reader.done()) return std::nullopt;
  }
  return der_oid_text(oid->value);
}

std::optional<HashAlgorithm> hash_algorithm(std::string_view sequence_value) {
  auto const oid = algorithm_oid(sequence_value);
  if (!oid) return std::nullopt;
  for (auto const& known : hash_oids)
    if (known.digest == *oid) return known.hash;
  return std::nullopt;
}

bool is_number(std::optional<DerElement> const& element, char value) {
  return element && element->value == std::string_view(&value, 1);
}

/// Magnitude of a non-negative DER INTEGER in its shortest form, as Certificate::serial_hex() has it.
std::optional<std::string> magnitude_hex(std::string_view value) {
  if (value.empty() || (static_cast<unsigned char>(value.front()) & 0x80U) != 0) return std::nullopt;
  if (value.size() > 1 && value.front() == 0) {
    if ((static_cast<unsigned char>(value[1]) & 0x80U) == 0) return std::nullopt;
    value.remove_prefix(1);
  }
  return hex(value);
}

/// GeneralizedTime as RFC 3161 §2.4.2 has it: YYYYMMDDhhmmss[.fraction]Z, no trailing zeros.
std::optional<Time> parse_gen_time(std::string_view text) {
  constexpr std::size_t whole_digits = 14;
  if (text.size() < whole_digits + 1 || !text.ends_with('Z')) return std::nullopt;
  auto const fraction = text.substr(whole_digits, text.size() - whole_digits - 1);
  if (fraction.ends_with('0') || fraction == ".") return std::nullopt;
  std::string rfc3339;
  for (std::size_t i = 0; i < whole_digits; ++i) {
    if (i == 4 || i == 6) rfc3339 += '-';
    if (i == 8) rfc3339 += 'T';
    if (i == 10 || i == 12) rfc3339 += ':';
    rfc3339 += text[i];
  }
  return parse_rfc3339(rfc3339.append(fraction) + "Z");
}

class TokenReader {
 public:
  Verdict<TimestampToken> read(std::string_view der);

 private:
  // Each returns false after keeping the reason.
  bool read_response(std::string_view value);
  bool read_status(std::string_view value);
  bool read_content_info(std::string_view value);
  bool read_signed_data(std::string_view value);
  bool read_certificates(std::string_view value);
  bool read_tst_info(std::string_view value);
  bool read_signer(std::string_view value);
  bool read_signer_id(DerElement const& element, char version);
  bool read_attributes(std::string_view value);
  bool read_certificate_hashes();

  bool refuse(std::string rule, std::string why, std::string expected = {}, std::string found = {}) {
    rejection_ = bad_timestamp(std::move(rule), std::move(why)).expected(std::move(expected)).found(std::move(found));
    return false;
  }
  bool ill_formed(char const* what) { return refuse("V-75", std::string(what) + " is ill-formed"); }

  TimestampToken token_;
  std::vector<HashAlgorithm> announced_digests_;
  std::map<std::string, std::string> attributes_;  ///< the one value of each, DER
  Rejection rejection_;
};

Verdict<TimestampToken> TokenReader::read(std::string_view der) {
  if (der.size() > limits::max_timestamp_bytes)
    return bad_timestamp("V-2", "it is larger than the limit")
        .expected("at most " + std::to_string(limits::max_timestamp_bytes) + " bytes");
  auto const response = der_only(der, der::sequence);
  if (!response) return bad_timestamp("V-75", "it is not a DER time-stamp response, or bytes follow it");
  if (!read_response(response->value)) return rejection_;
  return std::move(token_);
}

bool TokenReader::read_response(std::string_view value) {
  DerReader reader(value);
  auto const status = reader.next(der::sequence);
  if (!status) return ill_formed("the status");
  if (!read_status(status->value)) return false;
  auto const token = reader.next(der::sequence);
  if (!token || !reader.done()) return ill_formed("the response");
  return read_content_info(token->value);
}

bool TokenReader::read_status(std::string_view value) {
  DerReader reader(value);
  auto const status = reader.next(der::integer);
  if (!status) return ill_formed("the status");
  if (!is_number(status, 0))
    return refuse("V-75", "the authority has not granted it", "status 0", "status " + hex(status->value).substr(0, 20));
  (void)reader.next(der::sequence);  // statusString: words for people
  if (reader.next(bit_string)) return refuse("V-75", "it is granted and has a reason for failure");
  return reader.done() || ill_formed("the status");
}

bool TokenReader::read_content_info(std::string_view value) {
  DerReader reader(value);
  auto const type = reader.next(der::object_identifier);
  auto const wrapped = reader.next(context_0);
  if (!type || !wrapped || !reader.done()) return ill_formed("the token");
  if (der_oid_text(type->value) != oid_signed_data)
    return refuse("V-75", "the token is not signed data", std::string(oid_signed_data), der_oid_text(type->value).value_or(""));
  auto const signed_data = der_only(wrapped->value, der::sequence);
  if (!signed_data) return ill_formed("the token");
  return read_signed_data(signed_data->value);
}

bool TokenReader::read_signed_data(std::string_view value) {
  DerReader reader(value);
  auto const version = reader.next(der::integer);
  auto const digests = reader.next(der::set);
  auto const content = reader.next(der::sequence);
  if (!version || !digests || !content) return ill_formed("the signed data");
  if (!is_number(version, 3))
    return refuse("V-75", "the signed data is of another version", "3", hex(version->value).substr(0, 20));
  for (DerReader list(digests->value); !list.done();) {
    auto const algorithm = list.next(der::sequence);
    if (!algorithm) return ill_formed("the list of digest algorithms");
    if (auto const hash = hash_algorithm(algorithm->value)) announced_digests_.push_back(*hash);
  }

  DerReader content_reader(content->value);
  auto const type = content_reader.next(der::object_identifier);
  auto const wrapped = content_reader.next(context_0);
  auto const octets = wrapped ? der_only(wrapped->value, der::octet_string) : std::nullopt;
  if (!type || !octets || !content_reader.done()) return ill_formed("the content");
  if (der_oid_text(type->value) != oid_tst_info)
    return refuse("V-75", "the token's content is not a time-stamp", std::string(oid_tst_info),
                  der_oid_text(type->value).value_or(""));
  token_.content = octets->value;

  if (auto const certificates = reader.next(context_0); certificates && !read_certificates(certificates->value)) return false;
  // Revocation lists are not used (V-39). None at all would be `certificates` with a flipped tag (V-77a).
  if (auto const lists = reader.next(context_1); lists && lists->value.empty()) return ill_formed("the revocation lists");
  auto const signers = reader.next(der::set);
  if (!signers || !reader.done()) return ill_formed("the signed data");
  DerReader signer_reader(signers->value);
  auto const signer = signer_reader.next(der::sequence);
  if (!signer || !signer_reader.done()) return refuse("V-75", "the token has not exactly one signer");
  return read_tst_info(token_.content) && read_signer(signer->value);
}

bool TokenReader::read_certificates(std::string_view value) {
  for (DerReader reader(value); !reader.done();) {
    auto const certificate = reader.next(der::sequence);
    if (!certificate) return ill_formed("the list of certificates");
    if (token_.certificates.size() == limits::max_certificates) return refuse("V-2", "the token holds too many certificates");
    token_.certificates.emplace_back(certificate->whole);
  }
  return true;
}

bool TokenReader::read_tst_info(std::string_view value) {
  auto const info = der_only(value, der::sequence);
  if (!info) return ill_formed("the time-stamp information");
  DerReader reader(info->value);
  auto const version = reader.next(der::integer);
  auto const policy = reader.next(der::object_identifier);  // any (V-81)
  auto const imprint = reader.next(der::sequence);
  auto const serial = reader.next(der::integer);
  auto const time = reader.next(generalized_time);
  if (!version || !policy || !imprint || !serial || !time) return ill_formed("the time-stamp information");
  if (!is_number(version, 1))
    return refuse("V-75", "the time-stamp information is of another version", "1", hex(version->value).substr(0, 20));

  DerReader imprint_reader(imprint->value);
  auto const algorithm = imprint_reader.next(der::sequence);
  auto const hashed = imprint_reader.next(der::octet_string);
  if (!algorithm || !hashed || !imprint_reader.done()) return ill_formed("the imprint");
  auto const hash = hash_algorithm(algorithm->value);
  if (!hash)
    return refuse("V-76", "the imprint's hash algorithm is not accepted", "SHA-256, SHA-384 or SHA-512",
                  algorithm_oid(algorithm->value).value_or(""));
  if (hashed->value.size() != digest_size(*hash)) return refuse("V-76", "the imprint has the wrong length");
  token_.imprint_algorithm = *hash;
  token_.imprint = hashed->value;

  auto const gen_time = parse_gen_time(time->value);
  if (!gen_time)
    return refuse("V-80", "its time is not in the form of RFC 3161", "YYYYMMDDhhmmss[.fraction]Z",
                  std::string(time->value.substr(0, 40)));
  token_.time = *gen_time;

  (void)reader.next(der::sequence);  // accuracy
  (void)reader.next(der::boolean);   // ordering
  (void)reader.next(der::integer);   // nonce (V-81)
  (void)reader.next(context_0);      // the authority's name, for people
  if (auto const extensions = reader.next(context_1))
    for (DerReader list(extensions->value); !list.done();) {
      auto const extension = list.next(der::sequence);
      if (!extension) return ill_formed("an extension");
      DerReader parts(extension->value);
      if (!parts.next(der::object_identifier)) return ill_formed("an extension");
      if (parts.next(der::boolean)) return refuse("V-75", "it has a critical extension");
    }
  return reader.done() || ill_formed("the time-stamp information");
}

bool TokenReader::read_signer(std::string_view value) {
  DerReader reader(value);
  auto const version = reader.next(der::integer);
  auto const id = reader.next();
  auto const digest_identifier = reader.next(der::sequence);
  auto const attributes = reader.next(context_0);
  auto const algorithm = reader.next(der::sequence);
  auto const signature = reader.next(der::octet_string);
  if (!version || version->value.size() != 1 || !id || !digest_identifier) return ill_formed("the signer");
  if (!attributes) return refuse("V-77", "the signer has no signed attributes");
  if (!algorithm || !signature) return ill_formed("the signer");
  (void)reader.next(context_1);  // unsigned attributes
  if (!reader.done()) return ill_formed("the signer");

  if (!read_signer_id(*id, version->value.front())) return false;
  auto const hash = hash_algorithm(digest_identifier->value);
  if (!hash)
    return refuse("V-77", "the signer's digest algorithm is not accepted", "SHA-256, SHA-384 or SHA-512",
                  algorithm_oid(digest_identifier->value).value_or(""));
  token_.digest_algorithm = *hash;
  if (std::find(announced_digests_.begin(), announced_digests_.end(), *hash) == announced_digests_.end())
    return refuse("V-77", "the signer's digest algorithm is not among those that the token announces");
  auto const signature_oid = algorithm_oid(algorithm->value);
  if (!signature_oid) return ill_formed("the signature algorithm");
  token_.signature_algorithm = *signature_oid;
  token_.signature = signature->value;
  return read_attributes(attributes->value);
}

bool TokenReader::read_signer_id(DerElement const& element, char version) {
  if (element.tag == der::sequence && version == 1) {
    DerReader reader(element.value);
    auto const issuer = reader.next(der::sequence);
    auto const serial = reader.next(der::integer);
    auto const magnitude = serial ? magnitude_hex(serial->value) : std::nullopt;
    if (!issuer || !magnitude || !reader.done()) return ill_formed("the signer's identifier");
    token_.signer = {std::string(issuer->whole), *magnitude, {}};
    return true;
  }
  if (element.tag == context_0_primitive && version == 3 && !element.value.empty()) {
    token_.signer = {{}, {}, std::string(element.value)};
    return true;
  }
  return ill_formed("the signer's identifier");
}

bool TokenReader::read_attributes(std::string_view value) {
  for (DerReader reader(value); !reader.done();) {
    auto const attribute = reader.next(der::sequence);
    if (!attribute) return ill_formed("a signed attribute");
    DerReader parts(attribute->value);
    auto const type = parts.next(der::object_identifier);
    auto const values = parts.next(der::set);
    auto const oid = type ? der_oid_text(type->value) : std::nullopt;
    if (!oid || !values || !parts.done()) return ill_formed("a signed attribute");
    DerReader one(values->value);
    auto const only = one.next();
    if (!only || !one.done()) return refuse("V-77", "a signed attribute has not exactly one value", {}, *oid);
    if (!attributes_.emplace(*oid, only->whole).second) return refuse("V-77", "a signed attribute occurs twice", {}, *oid);
  }
  // What is signed is the set itself, not its place in the signer (RFC 5652 §5.4).
  token_.signed_attributes = der_wrap(der::set, value);

  auto const content_type = der_only(attributes_[std::string(oid_content_type)], der::object_identifier);
  if (!content_type || der_oid_text(content_type->value) != oid_tst_info)
    return refuse("V-77", "the signed content type is missing or not that of a time-stamp");
  auto const message_digest = der_only(attributes_[std::string(oid_message_digest)], der::octet_string);
  if (!message_digest) return refuse("V-77", "the signed message digest is missing");
  token_.message_digest = message_digest->value;
  return read_certificate_hashes();
}

/// ESS signingCertificate and signingCertificateV2 (RFC 5816): the first one named is the signer's.
bool TokenReader::read_certificate_hashes() {
  auto const first_of = [&](std::string_view oid) -> std::optional<DerElement> {
    auto const attribute = der_only(attributes_[std::string(oid)], der::sequence);
    auto const list = attribute ? DerReader(attribute->value).next(der::sequence) : std::nullopt;
    return list ? DerReader(list->value).next(der::sequence) : std::nullopt;
  };
  bool const has_v1 = attributes_.contains(std::string(oid_signing_certificate));
  bool const has_v2 = attributes_.contains(std::string(oid_signing_certificate_v2));
  if (!has_v1 && !has_v2) return refuse("V-77", "the signed attributes do not name the signer's certificate");
  if (has_v1) {
    auto const id = first_of(oid_signing_certificate);
    auto const hash = id ? DerReader(id->value).next(der::octet_string) : std::nullopt;
    if (!hash || hash->value.size() != digest_size(HashAlgorithm::sha1)) return ill_formed("the signer's certificate id");
    token_.certificate_hash_v1 = hash->value;
  }
  if (has_v2) {
    auto const id = first_of(oid_signing_certificate_v2);
    if (!id) return ill_formed("the signer's certificate id");
    DerReader parts(id->value);
    if (auto const algorithm = parts.next(der::sequence)) {  // SHA-256 when absent
      auto const known = hash_algorithm(algorithm->value);
      if (!known) return refuse("V-77", "the hash algorithm of the signer's certificate id is not accepted");
      token_.certificate_hash_algorithm = *known;
    }
    auto const hash = parts.next(der::octet_string);
    if (!hash || hash->value.size() != digest_size(token_.certificate_hash_algorithm))
      return ill_formed("the signer's certificate id");
    token_.certificate_hash_v2 = hash->value;
  }
  return true;
}

bool names(SignerId const& id, Certificate const& certificate) {
  if (id.key_id.empty()) return id.issuer_der == certificate.issuer_der() && id.serial_hex == certificate.serial_hex();
  ASN1_OCTET_STRING const* const key_id = X509_get0_subject_key_id(certificate.native());
  return key_id && id.key_id == std::string_view(reinterpret_cast<char const*>(ASN1_STRING_get0_data(key_id)),
                                                 static_cast<std::size_t>(ASN1_STRING_length(key_id)));
}

/// V-77: the algorithm must fit the key and the digest algorithm.
bool fits(std::string_view signature_oid, KeyKind kind, HashAlgorithm digest) {
  auto const& oids = *std::find_if(hash_oids.begin(), hash_oids.end(), [&](auto const& h) { return h.hash == digest; });
  if (is_ecdsa(kind)) return signature_oid == oids.ecdsa;
  if (is_rsa(kind)) return signature_oid == oids.rsa || signature_oid == oid_rsa;
  return signature_oid == oid_ed25519 && digest == HashAlgorithm::sha512;  // RFC 8419
}

/// What the token says of itself, of `message` and of `signer`.
Verdict<void> check_token(TimestampToken const& token, Certificate const& signer, std::string_view message) {
  if (token.imprint != digest(token.imprint_algorithm, message))
    return bad_timestamp("V-76", "it was made for another signature")
        .expected(hex(digest(token.imprint_algorithm, message)))
        .found(hex(token.imprint));
  if (token.message_digest != digest(token.digest_algorithm, token.content))
    return bad_timestamp("V-77", "the signed message digest is not that of the content");
  bool const named =
      (token.certificate_hash_v1.empty() || token.certificate_hash_v1 == digest(HashAlgorithm::sha1, signer.der())) &&
      (token.certificate_hash_v2.empty() ||
       token.certificate_hash_v2 == digest(token.certificate_hash_algorithm, signer.der()));
  if (!named) return bad_timestamp("V-77", "the signed attributes name another certificate than the signer's");
  for (auto const& embedded : token.certificates) {
    auto const certificate = Certificate::parse(embedded);
    if (!certificate) return bad_timestamp("V-78", "an embedded certificate is unreadable: " + certificate.error().why);
    if (names(token.signer, *certificate) && *certificate != signer)
      return bad_timestamp("V-78", "the embedded signer's certificate is not that of the trusted root");
  }
  auto const key = signer.public_key();
  if (!key) return bad_timestamp("V-36", "the signer's key is of a kind that is not accepted").found(key.error().found_value);
  if (!fits(token.signature_algorithm, key->kind(), token.digest_algorithm))
    return bad_timestamp("V-77", "the signature algorithm does not fit the signer's key and digest algorithm")
        .expected(std::string(to_text(key->kind())) + " with " + std::string(to_text(token.digest_algorithm)))
        .found(token.signature_algorithm);
  if (!key->verifies(token.digest_algorithm, token.signed_attributes, token.signature))
    return bad_timestamp("V-77", "its signature does not hold");
  return {};
}

using KeyUsages = Handle<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>;

/// V-79: exactly one purpose, timeStamping, critical; no CA; its key may make signatures.
Verdict<void> check_signer_certificate(Certificate const& signer) {
  X509* const x509 = signer.native();
  int critical = -1;
  KeyUsages const usages(static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(x509, NID_ext_key_usage, &critical, nullptr)));
  if (!usages || critical != 1 || sk_ASN1_OBJECT_num(usages.get()) != 1 ||
      OBJ_obj2nid(sk_ASN1_OBJECT_value(usages.get(), 0)) != NID_time_stamp)
    return bad_timestamp("V-79", "the signer's certificate is not made for time-stamping alone")
        .expected("extended key usage timeStamping, critical, nothing else");
  if (signer.is_ca()) return bad_timestamp("V-79", "the signer's certificate is a CA certificate");
  if ((X509_get_key_usage(x509) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) == 0)
    return bad_timestamp("V-79", "the signer's key may not make signatures");
  return {};
}

bool may_stamp(X509* x509) {
  return (X509_get_extension_flags(x509) & EXFLAG_XKUSAGE) == 0 ||
         (X509_get_extended_key_usage(x509) & (XKU_TIMESTAMP | XKU_ANYEKU)) != 0;
}

/// As V-52: one address, one operator, one certificate is one authority (V-82).
bool is_same_authority(TimestampAuthority const& a, TimestampAuthority const& b) {
  return (!a.uri.empty() && a.uri == b.uri) || (!a.operator_name.empty() && a.operator_name == b.operator_name) ||
         a.chain.front() == b.chain.front();
}

}  // namespace

Verdict<TimestampToken> parse_timestamp(std::string_view der) { return TokenReader().read(der); }

struct TimestampVerifier::Authority {
  TimestampAuthority const& document;
  SignatureMemory& memory;
  X509Store store;
  X509Stack intermediates;
  std::once_flag once;
  std::optional<Verdict<std::vector<Certificate>>> leaf_path;  ///< of the signer that the root names; dates left out

  Authority(TimestampAuthority const& authority, SignatureMemory& remembered)
      : document(authority), memory(remembered), store(X509_STORE_new()), intermediates(sk_X509_new_null()) {
    must_set_up(store && intermediates);
    must_set_up(X509_STORE_add_cert(store.get(), authority.chain.back().native()) == 1);
    for (std::size_t i = authority.leaf() ? 1 : 0; i + 1 < authority.chain.size(); ++i)
      must_set_up(sk_X509_push(intermediates.get(), authority.chain[i].native()) > 0);
  }

  [[nodiscard]] Verdict<std::vector<Certificate>> path(Certificate const& signer) const;
  [[nodiscard]] Verdict<std::vector<Certificate>> const& path_of_leaf() {
    std::call_once(once, [&] { leaf_path = path(*document.leaf()); });
    return *leaf_path;
  }
  /// V-80, V-79: the authority's own period, and every certificate's dates, both ends inclusive.
  [[nodiscard]] Verdict<void> check_time(std::vector<Certificate> const& path, Time time) const;
};

Verdict<std::vector<Certificate>> TimestampVerifier::Authority::path(Certificate const& signer) const {
  if (auto const sound = check_signer_certificate(signer); !sound) return sound.error();
  X509StoreContext const context(X509_STORE_CTX_new());
  must_set_up(context && X509_STORE_CTX_init(context.get(), store.get(), signer.native(), intermediates.get()) == 1);
  // Dates are compared in check_time(), signatures below, so that the latter are remembered.
  X509_STORE_CTX_set_verify(context.get(), [](X509_STORE_CTX*) { return 1; });
  X509_VERIFY_PARAM* const parameters = X509_STORE_CTX_get0_param(context.get());
  unsigned long flags = X509_V_FLAG_X509_STRICT | X509_V_FLAG_NO_CHECK_TIME;
  if (!document.chain.back().is_self_issued()) flags |= X509_V_FLAG_PARTIAL_CHAIN;
  X509_VERIFY_PARAM_set_flags(parameters, flags);
  X509_VERIFY_PARAM_set_depth(parameters, static_cast<int>(limits::max_chain_depth));
  X509_VERIFY_PARAM_set_auth_level(parameters, 2);  // 112 bits
  int const verified = X509_verify_cert(context.get());
  int const error = X509_STORE_CTX_get_error(context.get());
  ERR_clear_error();
  if (verified != 1 || error != X509_V_OK)
    return bad_timestamp("V-79",
                         std::string("the signer's certificate chain does not hold: ") + X509_verify_cert_error_string(error))
        .found(signer.subject_text());

  std::vector<Certificate> path;
  STACK_OF(X509) const* const chain = X509_STORE_CTX_get0_chain(context.get());
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    X509* const x509 = sk_X509_value(chain, i);
    if (i == 0) {
      path.push_back(signer);
      continue;
    }
    auto const known = std::find_if(document.chain.begin(), document.chain.end(),
                                    [&](auto const& c) { return X509_cmp(c.native(), x509) == 0; });
    if (known == document.chain.end()) throw std::logic_error("a path holds a certificate that nobody put there");
    path.push_back(*known);
  }
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    Certificate const& child = path[i];
    Certificate const& parent = path[i + 1];
    bool const anchored = i + 2 == path.size();
    if (!parent.is_ca() || (X509_get_key_usage(parent.native()) & KU_KEY_CERT_SIGN) == 0)
      return bad_timestamp("V-79", "a certificate that may not issue certificates has issued another one")
          .found(parent.subject_text());
    if (!is_sound_authority_key(parent))
      return bad_timestamp("V-36", "an authority's key is of a kind that is not accepted").found(parent.subject_text());
    if (!is_sound_signature(child.native()))
      return bad_timestamp("V-36", "a certificate is signed with an algorithm that is not accepted")
          .found(child.subject_text());
    if (!anchored && !may_stamp(parent.native()))
      return bad_timestamp("V-79", "an intermediate authority may not issue time-stamping certificates")
          .found(parent.subject_text());
    if (!memory.signed_by(child, parent))
      return bad_timestamp("V-79", "the signer's certificate chain does not hold: a signature is wrong")
          .found(child.subject_text());
  }
  return path;
}

Verdict<void> TimestampVerifier::Authority::check_time(std::vector<Certificate> const& path, Time time) const {
  if (!document.valid_for.contains(time))
    return bad_timestamp("V-80", "it was made outside the time for which the authority is trusted")
        .expected(to_text(document.valid_for))
        .found(to_text(time));
  for (std::size_t i = 0; i < path.size(); ++i)
    if (!path[i].validity().contains({time.seconds, 0}))
      return bad_timestamp(i == 0 ? "V-80" : "V-79", i == 0 ? "it was made when the signer's certificate was not valid"
                                                            : "it was made when an authority's certificate was not valid")
          .expected(to_text(path[i].validity()))
          .found(to_text(time));
  return {};
}

TimestampVerifier::TimestampVerifier(std::span<TimestampAuthority const> authorities, SignatureMemory& memory) {
  for (auto const& authority : authorities) authorities_.push_back(std::make_unique<Authority>(authority, memory));
}
TimestampVerifier::~TimestampVerifier() = default;
TimestampVerifier::TimestampVerifier(TimestampVerifier&&) noexcept = default;

Verdict<CheckedTimestamp> TimestampVerifier::verify(std::string_view der, std::string_view message) const {
  auto const token = parse_timestamp(der);
  if (!token) return token.error();
  std::optional<Rejection> nearest;  // of an authority that the token names
  auto const try_one = [&](Authority& authority, Certificate const& signer, Verdict<std::vector<Certificate>> const& path) {
    Verdict<void> outcome = check_token(*token, signer, message);
    if (outcome && !path) outcome = path.error();
    if (outcome) outcome = authority.check_time(*path, token->time);
    if (!outcome && !nearest) nearest = outcome.error();
    return outcome.has_value();
  };
  for (auto const& authority : authorities_) {
    if (auto const* leaf = authority->document.leaf()) {
      if (names(token->signer, *leaf) && try_one(*authority, *leaf, authority->path_of_leaf()))
        return CheckedTimestamp{0, &authority->document, token->time};
      continue;
    }
    // Only its authorities are named: the signer has to be embedded (V-29).
    for (auto const& embedded : token->certificates) {
      auto const signer = Certificate::parse(embedded);
      if (!signer || !names(token->signer, *signer)) continue;
      auto const path = authority->path(*signer);
      if (path && try_one(*authority, *signer, path)) return CheckedTimestamp{0, &authority->document, token->time};
    }
  }
  if (nearest) return *nearest;
  return CheckedTimestamp{0, nullptr, token->time};
}

std::optional<TimestampEvidence> TimestampVerifier::check(Bundle const& bundle, std::size_t threshold,
                                                          CheckTrace& trace) const {
  TimestampEvidence evidence;
  std::vector<TimestampAuthority const*> counted;
  bool sound = true;
  std::size_t unknown = 0;
  for (std::size_t i = 0; i < bundle.timestamps.size(); ++i) {
    std::string const title = "timestamp " + std::to_string(i);
    auto checked = verify(bundle.timestamps[i], bundle.signature());
    if (!checked) {
      trace.fail(title, std::move(checked.error()).within(title));
      sound = false;
    } else if (!checked->authority) {
      ++unknown;
      trace.pass("V-82", title, "of an authority that the trusted root does not know: it does not count");
    } else {
      checked->position = i;
      evidence.timestamps.push_back(*checked);
      if (std::none_of(counted.begin(), counted.end(),
                       [&](auto const* authority) { return is_same_authority(*authority, *checked->authority); }))
        counted.push_back(checked->authority);
      trace.pass("V-77", title,
                 to_text(checked->time) + " by " +
                     (checked->authority->uri.empty() ? checked->authority->common_name : checked->authority->uri));
    }
  }
  evidence.distinct_authorities = counted.size();
  if (counted.size() < threshold) {
    std::string found = std::to_string(counted.size());
    if (unknown != 0) found += ", and " + std::to_string(unknown) + " of authorities that the trusted root does not know";
    trace.fail("signed timestamps", reject("timestamp-threshold", "bundle",
                                           bundle.timestamps.empty() ? "it has no signed timestamp"
                                                                     : "too few authorities have timestamped the signature")
                                        .rule("V-85")
                                        .expected("at least " + std::to_string(threshold))
                                        .found(found));
    return std::nullopt;
  }
  if (!sound) return std::nullopt;
  if (threshold != 0)
    trace.pass("V-85", "signed timestamps", std::to_string(counted.size()) + " of " + std::to_string(threshold));
  return evidence;
}

}  // namespace acr::sigstore

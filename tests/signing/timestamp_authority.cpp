#include "signing/timestamp_authority.hpp"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/ts.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <stdexcept>
#include <utility>

#include "signing/der.hpp"
#include "support/handle.hpp"

namespace acr::signing {
namespace {

std::string digest_oid(HashAlgorithm hash) {
  switch (hash) {
    case HashAlgorithm::sha1:
      return "1.3.14.3.2.26";
    case HashAlgorithm::sha256:
      return "2.16.840.1.101.3.4.2.1";
    case HashAlgorithm::sha384:
      return "2.16.840.1.101.3.4.2.2";
    case HashAlgorithm::sha512:
      return "2.16.840.1.101.3.4.2.3";
  }
  return {};
}

std::string signature_oid(KeyType key, HashAlgorithm hash) {
  bool const rsa = key == KeyType::rsa2048 || key == KeyType::rsa3072 || key == KeyType::rsa4096 || key == KeyType::rsa1024;
  if (key == KeyType::ed25519) return "1.3.101.112";
  switch (hash) {
    case HashAlgorithm::sha1:
      return rsa ? "1.2.840.113549.1.1.5" : "1.2.840.10045.4.1";
    case HashAlgorithm::sha256:
      return rsa ? "1.2.840.113549.1.1.11" : "1.2.840.10045.4.3.2";
    case HashAlgorithm::sha384:
      return rsa ? "1.2.840.113549.1.1.12" : "1.2.840.10045.4.3.3";
    case HashAlgorithm::sha512:
      return rsa ? "1.2.840.113549.1.1.13" : "1.2.840.10045.4.3.4";
  }
  return {};
}

std::string algorithm(std::string const& oid) { return der::sequence(der::oid(oid)); }

std::string gen_time_of(std::int64_t seconds) {
  auto const time = static_cast<time_t>(seconds);
  tm parts{};
  gmtime_r(&time, &parts);
  char text[32];
  std::size_t const length = std::strftime(text, sizeof text, "%Y%m%d%H%M%SZ", &parts);
  return {text, length};
}

using X509Handle = Handle<X509, X509_free>;
X509Handle certificate_in(std::string const& der) {
  auto const* cursor = reinterpret_cast<unsigned char const*>(der.data());
  return X509Handle(d2i_X509(nullptr, &cursor, static_cast<long>(der.size())));
}

template <class T>
std::string encoded(T* object, int (*encode)(T const*, unsigned char**)) {
  unsigned char* bytes = nullptr;
  int const length = encode(object, &bytes);
  std::string out(reinterpret_cast<char const*>(bytes), length > 0 ? static_cast<std::size_t>(length) : 0);
  OPENSSL_free(bytes);
  return out;
}

std::string attribute(std::string const& oid, std::string const& value) {
  return der::sequence(der::oid(oid) + der::set(value));
}

/// DER sorts the elements of a set.
std::string sorted(std::vector<std::string> elements) {
  std::sort(elements.begin(), elements.end());
  std::string out;
  for (auto const& element : elements) out += element;
  return out;
}

int fixed_time(TS_resp_ctx*, void* seconds, long* whole, long* micro) {
  *whole = static_cast<long>(*static_cast<std::int64_t*>(seconds));
  *micro = 0;
  return 1;
}

ASN1_INTEGER* fixed_serial(TS_resp_ctx*, void*) {
  ASN1_INTEGER* const serial = ASN1_INTEGER_new();
  ASN1_INTEGER_set(serial, 4711);
  return serial;
}

}  // namespace

std::vector<std::string> StampingAuthority::chain() const {
  std::vector<std::string> chain{signer_.der};
  chain.insert(chain.end(), above_.begin(), above_.end());
  return chain;
}

TimestampParts StampingAuthority::parts(std::int64_t seconds) const {
  TimestampParts parts;
  parts.seconds = seconds;
  parts.digest_algorithm = signer_.key.type() == KeyType::p384      ? HashAlgorithm::sha384
                           : signer_.key.type() == KeyType::ed25519 ? HashAlgorithm::sha512
                                                                    : HashAlgorithm::sha256;
  return parts;
}

std::string StampingAuthority::stamp(std::string_view message, TimestampParts const& parts) const {
  X509Handle const x509 = certificate_in(signer_.der);
  std::string const issuer = encoded<X509_NAME>(X509_get_issuer_name(x509.get()), i2d_X509_NAME);
  std::string const serial = encoded<ASN1_INTEGER>(X509_get_serialNumber(x509.get()), i2d_ASN1_INTEGER);

  std::string const imprint = parts.imprint.empty() ? digest(parts.imprint_algorithm, message) : parts.imprint;
  std::string info = der::integer(parts.info_version) + der::oid("1.3.6.1.4.1.57264.2") +
                     der::sequence(algorithm(digest_oid(parts.imprint_algorithm)) + der::octets(imprint)) + der::integer(4711) +
                     der::element(0x18, parts.gen_time.empty() ? gen_time_of(parts.seconds) : parts.gen_time);
  if (parts.critical_extension)
    info += der::context(1, der::sequence(der::oid("1.2.3.4") + der::element(0x01, "\xff") + der::octets(der::null())));
  std::string const content = der::sequence(info);

  std::string const named = parts.ess_certificate.empty() ? signer_.der : parts.ess_certificate;
  std::vector<std::string> attributes;
  if (!parts.content_type_attribute_oid.empty())
    attributes.push_back(attribute("1.2.840.113549.1.9.3", der::oid(parts.content_type_attribute_oid)));
  std::string const message_digest =
      attribute("1.2.840.113549.1.9.4",
                der::octets(parts.message_digest.empty() ? digest(parts.digest_algorithm, content) : parts.message_digest));
  if (parts.message_digest_attribute) attributes.push_back(message_digest);
  if (parts.message_digest_twice) attributes.push_back(message_digest);
  if (parts.ess_v1)
    attributes.push_back(
        attribute("1.2.840.113549.1.9.16.2.12",
                  der::sequence(der::sequence(der::sequence(der::octets(digest(HashAlgorithm::sha1, named)))))));
  if (parts.ess_v2) {
    std::string const by = parts.ess_hash == HashAlgorithm::sha256 ? std::string() : algorithm(digest_oid(parts.ess_hash));
    attributes.push_back(
        attribute("1.2.840.113549.1.9.16.2.47",
                  der::sequence(der::sequence(der::sequence(by + der::octets(digest(parts.ess_hash, named)))))));
  }
  std::string const signed_attributes = sorted(attributes);

  std::string sid = der::sequence(issuer + serial);
  if (parts.by_key_identifier) {
    ASN1_OCTET_STRING const* const id = X509_get0_subject_key_id(x509.get());
    sid = der::element(
        0x80, {reinterpret_cast<char const*>(ASN1_STRING_get0_data(id)), static_cast<std::size_t>(ASN1_STRING_length(id))});
  }
  std::string const to_sign = parts.signed_attributes ? der::set(signed_attributes) : content;
  std::string const signature_algorithm = parts.signature_algorithm_oid.empty()
                                              ? signature_oid(signer_.key.type(), parts.digest_algorithm)
                                              : parts.signature_algorithm_oid;
  std::string const signer =
      der::sequence(der::integer(parts.signer_version) + sid + algorithm(digest_oid(parts.digest_algorithm)) +
                    (parts.signed_attributes ? der::context(0, signed_attributes) : std::string()) +
                    algorithm(signature_algorithm) + der::octets(signer_.key.sign(parts.digest_algorithm, to_sign)));
  std::string signers;
  for (std::size_t i = 0; i < parts.signers; ++i) signers += signer;

  std::string certificates;
  for (auto const& der : parts.embedded) certificates += der;
  std::string const announced =
      parts.announced_digest_oid.empty() ? digest_oid(parts.digest_algorithm) : parts.announced_digest_oid;
  std::string const signed_data =
      der::sequence(der::integer(parts.signed_data_version) + der::set(algorithm(announced)) +
                    der::sequence(der::oid(parts.inner_type_oid) + der::context(0, der::octets(content))) +
                    (certificates.empty() ? std::string() : der::context(0, certificates)) + der::set(signers));
  std::string const status =
      der::sequence(der::integer(static_cast<std::uint64_t>(parts.status)) +
                    (parts.failure_info ? der::element(0x03, std::string("\x00\x80", 2)) : std::string()));
  std::string const token = der::sequence(der::oid(parts.content_type_oid) + der::context(0, signed_data));
  return der::sequence(status + token) + parts.trailing;
}

std::string StampingAuthority::openssl_stamp(std::string_view message, std::int64_t seconds, bool embed,
                                             HashAlgorithm hash) const {
  auto const must = [](bool ok) {
    if (!ok) throw std::runtime_error("OpenSSL could not make a timestamp");
  };
  Handle<TS_REQ, TS_REQ_free> const request(TS_REQ_new());
  Handle<TS_MSG_IMPRINT, TS_MSG_IMPRINT_free> const imprint(TS_MSG_IMPRINT_new());
  Handle<X509_ALGOR, X509_ALGOR_free> const by(X509_ALGOR_new());
  must(X509_ALGOR_set0(by.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr) == 1);
  std::string digest_bytes = sha256(message);
  must(TS_MSG_IMPRINT_set_algo(imprint.get(), by.get()) == 1 &&
       TS_MSG_IMPRINT_set_msg(imprint.get(), reinterpret_cast<unsigned char*>(digest_bytes.data()),
                              static_cast<int>(digest_bytes.size())) == 1);
  must(TS_REQ_set_version(request.get(), 1) == 1 && TS_REQ_set_msg_imprint(request.get(), imprint.get()) == 1 &&
       TS_REQ_set_cert_req(request.get(), embed ? 1 : 0) == 1);
  Handle<BIO, BIO_free_all> const in(BIO_new(BIO_s_mem()));
  must(i2d_TS_REQ_bio(in.get(), request.get()) == 1);

  Handle<TS_RESP_CTX, TS_RESP_CTX_free> const context(TS_RESP_CTX_new());
  X509Handle const x509 = certificate_in(signer_.der);
  EVP_MD const* const md = hash == HashAlgorithm::sha384   ? EVP_sha384()
                           : hash == HashAlgorithm::sha512 ? EVP_sha512()
                                                           : EVP_sha256();
  Handle<ASN1_OBJECT, ASN1_OBJECT_free> const policy(OBJ_txt2obj("1.3.6.1.4.1.57264.2", 1));
  must(TS_RESP_CTX_set_signer_cert(context.get(), x509.get()) == 1 &&
       TS_RESP_CTX_set_signer_key(context.get(), signer_.key.native()) == 1 &&
       TS_RESP_CTX_set_signer_digest(context.get(), md) == 1 &&
       TS_RESP_CTX_set_ess_cert_id_digest(context.get(), EVP_sha256()) == 1 &&
       TS_RESP_CTX_set_def_policy(context.get(), policy.get()) == 1 && TS_RESP_CTX_add_md(context.get(), EVP_sha256()) == 1);
  TS_RESP_CTX_set_time_cb(context.get(), &fixed_time, &seconds);
  TS_RESP_CTX_set_serial_cb(context.get(), &fixed_serial, nullptr);
  Handle<TS_RESP, TS_RESP_free> const response(TS_RESP_create_response(context.get(), in.get()));
  must(response && TS_RESP_get_token(response.get()));
  return encoded<TS_RESP>(response.get(), i2d_TS_RESP);
}

CertificateSpec stamping_spec(std::string organization, std::int64_t from, std::int64_t to) {
  CertificateSpec spec;
  spec.organization = std::move(organization);
  spec.common_name = "TSA";
  spec.not_before = from;
  spec.not_after = to;
  spec.key_usage = "critical,digitalSignature";
  spec.extended_key_usage = "critical,timeStamping";
  return spec;
}

}  // namespace acr::signing

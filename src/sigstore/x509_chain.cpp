#include "sigstore/x509_chain.hpp"

#include <openssl/evp.h>
#include <openssl/objects.h>

#include <stdexcept>

namespace acr::sigstore {

void must_set_up(bool ok) {
  if (!ok) throw std::runtime_error("OpenSSL could not set up a certificate store");
}

bool is_sound_signature(X509* x509) {
  switch (X509_get_signature_nid(x509)) {
    case NID_ecdsa_with_SHA256:
    case NID_ecdsa_with_SHA384:
    case NID_ecdsa_with_SHA512:
    case NID_sha256WithRSAEncryption:
    case NID_sha384WithRSAEncryption:
    case NID_sha512WithRSAEncryption:
    case NID_ED25519:
      return true;
    default:
      return false;
  }
}

bool is_sound_authority_key(Certificate const& certificate) {
  if (certificate.public_key()) return true;
  EVP_PKEY* const key = X509_get0_pubkey(certificate.native());
  return key && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) >= 2048;
}

}  // namespace acr::sigstore

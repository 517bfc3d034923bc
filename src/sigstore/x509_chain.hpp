#pragma once

// What both kinds of certificate chains share: src/sigstore/x509_chain.hpp (V-36); for .cpp files of this room

#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <memory>

#include "sigstore/certificate.hpp"
#include "support/handle.hpp"

namespace acr::sigstore {

struct FreeX509Stack {
  void operator()(STACK_OF(X509) * stack) const noexcept { sk_X509_free(stack); }
};
using X509Stack = std::unique_ptr<STACK_OF(X509), FreeX509Stack>;  ///< borrows its certificates
using X509Store = Handle<X509_STORE, X509_STORE_free>;
using X509StoreContext = Handle<X509_STORE_CTX, X509_STORE_CTX_free>;

/// Throws std::runtime_error where OpenSSL could not set up a store: out of memory.
void must_set_up(bool ok);

/// V-36: no SHA-1, no MD5; SHA-256/384/512 with ECDSA or RSA PKCS#1, or Ed25519.
bool is_sound_signature(X509* x509);

/// V-36: what an authority may hold. (The leaf's key has its own list, V-47.)
bool is_sound_authority_key(Certificate const& certificate);

}  // namespace acr::sigstore

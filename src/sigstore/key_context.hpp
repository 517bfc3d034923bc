#pragma once

// Where OpenSSL looks for what reads a key: src/sigstore/key_context.hpp (decision 0013)
// OpenSSL 3.0 walks over every decoder and every kind of key that a library context knows, for each key that it reads: more
// than half of what reading a certificate costs. This context knows the few that the room accepts. They are OpenSSL's own, so
// they refuse what OpenSSL refuses.

#include <array>

struct ossl_lib_ctx_st;  // OpenSSL's OSSL_LIB_CTX and EVP_PKEY, for .cpp files of this room
struct evp_pkey_st;

namespace acr::sigstore {

/// Made once, kept until the program ends; null, which is OpenSSL's default context, when it cannot be made. A key is used in
/// the context that it was read in: in another one OpenSSL would copy it first. Thread-safe.
[[nodiscard]] ossl_lib_ctx_st* key_context();

/// The context that `key` was read in.
[[nodiscard]] ossl_lib_ctx_st* context_of(evp_pkey_st const* key);

/// The contexts to read a key in, in this order. The second one is the default context, which knows all kinds: so a refusal can
/// name the kind of a key that is not accepted.
[[nodiscard]] inline std::array<ossl_lib_ctx_st*, 2> reading_contexts() { return {key_context(), nullptr}; }

}  // namespace acr::sigstore

// See key_context.hpp. The provider here has no algorithm of its own: it passes on some of those of the default provider, with
// that provider's own state behind them.
#include "sigstore/key_context.hpp"

#include <openssl/core_dispatch.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include <string_view>
#include <vector>

namespace acr::sigstore {
namespace {

constexpr char const* provider_name = "acr-few";

using Algorithms = std::vector<OSSL_ALGORITHM>;  // as OpenSSL has them: an empty one at the end

/// Names are separated by colons: "EC:id-ecPublicKey:1.2.840.10045.2.1".
bool has_name(OSSL_ALGORITHM const& algorithm, std::string_view name) {
  std::string_view names(algorithm.algorithm_names);
  while (!names.empty()) {
    auto const one = names.substr(0, names.find(':'));
    if (one == name) return true;
    names.remove_prefix(one.size() == names.size() ? one.size() : one.size() + 1);
  }
  return false;
}

bool has_property(OSSL_ALGORITHM const& algorithm, std::string_view property) {
  return algorithm.property_definition != nullptr &&
         std::string_view(algorithm.property_definition).find(property) != std::string_view::npos;
}

bool is_accepted_key(OSSL_ALGORITHM const& algorithm) {
  return has_name(algorithm, "EC") || has_name(algorithm, "RSA") || has_name(algorithm, "ED25519");
}

/// From any SubjectPublicKeyInfo to one of a kind ("DER"), and from there to the key.
bool is_key_decoder(OSSL_ALGORITHM const& algorithm) {
  return has_property(algorithm, "input=der") && has_property(algorithm, "structure=SubjectPublicKeyInfo") &&
         (has_name(algorithm, "DER") || is_accepted_key(algorithm));
}

bool is_accepted_signature(OSSL_ALGORITHM const& algorithm) {
  return has_name(algorithm, "ECDSA") || has_name(algorithm, "RSA") || has_name(algorithm, "ED25519");
}

struct FewAlgorithms {
  OSSL_PROVIDER* origin;
  Algorithms decoders, keys, signatures, digests;

  explicit FewAlgorithms(OSSL_PROVIDER* provider)
      : origin(provider),
        decoders(some(OSSL_OP_DECODER, is_key_decoder)),
        keys(some(OSSL_OP_KEYMGMT, is_accepted_key)),
        signatures(some(OSSL_OP_SIGNATURE, is_accepted_signature)),
        // All of them: OpenSSL looks for the digest of a certificate's signature before anyone asks whether it is accepted.
        digests(some(OSSL_OP_DIGEST, [](OSSL_ALGORITHM const&) { return true; })) {}

  template <class Wanted>
  [[nodiscard]] Algorithms some(int operation, Wanted wanted) const {
    Algorithms found;
    int unused = 0;
    OSSL_ALGORITHM const* algorithm = OSSL_PROVIDER_query_operation(origin, operation, &unused);
    for (; algorithm != nullptr && algorithm->algorithm_names != nullptr; ++algorithm)
      if (wanted(*algorithm)) found.push_back(*algorithm);
    found.push_back({});
    return found;
  }
};

/// Null where openssl.cnf leaves the default provider out or demands FIPS: nothing here may bring it back.
OSSL_PROVIDER* default_provider() {
  OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, nullptr);
  if (OSSL_PROVIDER_available(nullptr, "default") != 1 || EVP_default_properties_is_fips_enabled(nullptr) == 1) return nullptr;
  constexpr int keeps_fallbacks = 1;
  return OSSL_PROVIDER_try_load(nullptr, "default", keeps_fallbacks);
}

/// Null: there is no default provider. Never freed: OpenSSL's own state points to it until the program ends.
FewAlgorithms const* few_algorithms() {
  static FewAlgorithms const* const few = [] {
    OSSL_PROVIDER* const provider = default_provider();
    return provider != nullptr ? new FewAlgorithms(provider) : nullptr;
  }();
  return few;
}

extern "C" {

OSSL_ALGORITHM const* acr_few_query(void* /*state*/, int operation, int* no_store) {
  *no_store = 0;
  auto const& few = *few_algorithms();
  switch (operation) {
    case OSSL_OP_DECODER:
      return few.decoders.data();
    case OSSL_OP_KEYMGMT:
      return few.keys.data();
    case OSSL_OP_SIGNATURE:
      return few.signatures.data();
    case OSSL_OP_DIGEST:
      return few.digests.data();
    default:
      return nullptr;
  }
}

int acr_few_start(OSSL_CORE_HANDLE const* /*core*/, OSSL_DISPATCH const* /*offered*/, OSSL_DISPATCH const** functions,
                  void** state) {
  static OSSL_DISPATCH const ours[] = {
      {OSSL_FUNC_PROVIDER_QUERY_OPERATION, reinterpret_cast<void (*)()>(&acr_few_query)},  // NOLINT: OpenSSL's own form
      {0, nullptr}};
  *functions = ours;
  *state = OSSL_PROVIDER_get0_provider_ctx(few_algorithms()->origin);
  return 1;
}

}  // extern "C"

}  // namespace

ossl_lib_ctx_st* key_context() {
  static OSSL_LIB_CTX* const context = [] {
    OSSL_LIB_CTX* made = few_algorithms() != nullptr ? OSSL_LIB_CTX_new() : nullptr;
    bool const ready = made != nullptr && OSSL_PROVIDER_add_builtin(made, provider_name, &acr_few_start) == 1 &&
                       OSSL_PROVIDER_load(made, provider_name) != nullptr;
    if (!ready) {
      OSSL_LIB_CTX_free(made);
      made = nullptr;
    }
    ERR_clear_error();
    return made;
  }();
  return context;
}

ossl_lib_ctx_st* context_of(evp_pkey_st const* key) {
  OSSL_PROVIDER const* const provider = EVP_PKEY_get0_provider(key);
  return provider != nullptr && std::string_view(OSSL_PROVIDER_get0_name(provider)) == provider_name ? key_context() : nullptr;
}

}  // namespace acr::sigstore

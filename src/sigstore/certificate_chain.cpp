// See certificate_chain.hpp. The recipe of V-36: one store per authority with only its anchor, the intermediates as untrusted
// certificates, everything strict. OpenSSL builds the path and checks names, constraints and extensions; the signatures are
// checked in a callback that remembers them, the dates by at(), because OpenSSL takes notAfter as exclusive (V-33).
#include "sigstore/certificate_chain.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <mutex>
#include <unordered_set>

#include "sigstore/limits.hpp"
#include "sigstore/x509_chain.hpp"

namespace acr::sigstore {
namespace {

Rejection bad_chain(std::string rule, std::string why) {
  return reject("certificate-chain", "signing certificate", std::move(why)).rule(std::move(rule));
}

/// V-34: absent means unlimited.
bool allows_code_signing(X509* x509) {
  if ((X509_get_extension_flags(x509) & EXFLAG_XKUSAGE) == 0) return true;
  return (X509_get_extended_key_usage(x509) & (XKU_CODE_SIGN | XKU_ANYEKU)) != 0;
}

struct Checking {
  SignatureMemory* memory;
  std::vector<Certificate> const* known;  ///< leaf and the authority's chain
};

int checking_index() {
  static int const index = X509_STORE_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

Certificate const& known_certificate(Checking const& checking, X509* x509) {
  for (auto const& certificate : *checking.known)
    if (X509_cmp(certificate.native(), x509) == 0) return certificate;
  throw std::logic_error("a path holds a certificate that nobody put there");
}

/// Takes the place of OpenSSL's loop over signatures and dates; called by X509_verify_cert once a path is built and all its
/// extensions hold.
int verify_signatures(X509_STORE_CTX* context) noexcept {
  try {
    auto const& checking = *static_cast<Checking const*>(X509_STORE_CTX_get_ex_data(context, checking_index()));
    STACK_OF(X509) const* const chain = X509_STORE_CTX_get0_chain(context);
    for (int i = 0; i + 1 < sk_X509_num(chain); ++i) {
      X509* const child = sk_X509_value(chain, i);
      X509* const parent = sk_X509_value(chain, i + 1);
      X509_STORE_CTX_set_current_cert(context, child);
      X509_STORE_CTX_set_error_depth(context, i);
      // RFC 5280 §6.1.4 (n); absent means unlimited.
      if ((X509_get_key_usage(parent) & KU_KEY_CERT_SIGN) == 0) {
        X509_STORE_CTX_set_error(context, X509_V_ERR_KEYUSAGE_NO_CERTSIGN);
        return 0;
      }
      if (!checking.memory->signed_by(known_certificate(checking, child), known_certificate(checking, parent))) {
        X509_STORE_CTX_set_error(context, X509_V_ERR_CERT_SIGNATURE_FAILURE);
        return 0;
      }
    }
    return 1;
  } catch (...) {  // not through C frames
    X509_STORE_CTX_set_error(context, X509_V_ERR_UNSPECIFIED);
    return 0;
  }
}

/// What V-34 demands of the leaf itself, before any path is looked for.
Verdict<void> check_leaf(Certificate const& leaf) {
  X509* const x509 = leaf.native();
  if (leaf.is_ca()) return bad_chain("V-34", "the signing certificate is a CA certificate");
  if ((X509_get_extension_flags(x509) & EXFLAG_XKUSAGE) == 0 || (X509_get_extended_key_usage(x509) & XKU_CODE_SIGN) == 0)
    return bad_chain("V-34", "the signing certificate is not made for code signing").expected("extended key usage codeSigning");
  if ((X509_get_key_usage(x509) & KU_DIGITAL_SIGNATURE) == 0)
    return bad_chain("V-34", "the signing certificate's key may not make signatures").expected("key usage digitalSignature");
  if (auto const key = leaf.public_key(); !key) {
    Rejection rejection = key.error();
    rejection.where = "signing certificate";
    return rejection;
  }
  return {};
}

}  // namespace

struct SignatureMemory::State {
  bool remembers = true;
  std::mutex mutex;
  std::unordered_set<std::string> seen;
};

SignatureMemory::SignatureMemory(bool remembers) : state_(std::make_unique<State>()) { state_->remembers = remembers; }
SignatureMemory::~SignatureMemory() = default;

bool SignatureMemory::signed_by(Certificate const& certificate, Certificate const& issuer) {
  auto const check = [&] {
    EVP_PKEY* const issuer_key = X509_get0_pubkey(issuer.native());
    bool const holds = issuer_key && X509_verify(certificate.native(), issuer_key) == 1;
    ERR_clear_error();
    return holds;
  };
  if (!state_->remembers) return check();
  auto const key = issuer.public_key();
  // The certificate's whole DER holds its signature and algorithm; its length makes the pair unambiguous.
  std::string const pair =
      std::to_string(certificate.der().size()) + ":" + certificate.der() + (key ? key->spki() : issuer.der());
  {
    std::lock_guard const lock(state_->mutex);
    if (state_->seen.contains(pair)) return true;
  }
  bool const holds = check();
  if (holds) {
    std::lock_guard const lock(state_->mutex);
    if (state_->seen.size() >= limits::max_cached_chains) state_->seen.clear();
    state_->seen.insert(pair);
  }
  return holds;
}

struct ChainVerifier::Authority {
  CertificateAuthority const& document;
  std::size_t index;
  SignatureMemory& memory;
  X509Store store;
  X509Stack intermediates;

  Authority(CertificateAuthority const& authority, std::size_t at, SignatureMemory& remembered)
      : document(authority), index(at), memory(remembered), store(X509_STORE_new()), intermediates(sk_X509_new_null()) {
    must_set_up(store && intermediates);
    must_set_up(X509_STORE_add_cert(store.get(), authority.chain.back().native()) == 1);
    for (std::size_t i = 0; i + 1 < authority.chain.size(); ++i)
      must_set_up(sk_X509_push(intermediates.get(), authority.chain[i].native()) > 0);
  }

  [[nodiscard]] Verdict<CertificatePath> path(Certificate const& leaf) const;
};

Verdict<CertificatePath> ChainVerifier::Authority::path(Certificate const& leaf) const {
  std::vector<Certificate> known{leaf};
  known.insert(known.end(), document.chain.begin(), document.chain.end());
  Checking checking{&memory, &known};

  X509StoreContext const context(X509_STORE_CTX_new());
  must_set_up(context && X509_STORE_CTX_init(context.get(), store.get(), leaf.native(), intermediates.get()) == 1);
  must_set_up(X509_STORE_CTX_set_ex_data(context.get(), checking_index(), &checking) == 1);
  X509_STORE_CTX_set_verify(context.get(), &verify_signatures);
  X509_VERIFY_PARAM* const parameters = X509_STORE_CTX_get0_param(context.get());
  // NO_CHECK_TIME goes together with ChainVerifier::at(), which compares both dates of every certificate of the path.
  unsigned long flags = X509_V_FLAG_X509_STRICT | X509_V_FLAG_NO_CHECK_TIME;
  if (!document.chain.back().is_self_issued()) flags |= X509_V_FLAG_PARTIAL_CHAIN;
  X509_VERIFY_PARAM_set_flags(parameters, flags);
  X509_VERIFY_PARAM_set_depth(parameters, static_cast<int>(limits::max_chain_depth));
  X509_VERIFY_PARAM_set_auth_level(parameters, 2);  // 112 bits

  int const verified = X509_verify_cert(context.get());
  int const error = X509_STORE_CTX_get_error(context.get());
  ERR_clear_error();
  if (verified != 1 || error != X509_V_OK) {
    bool const foreign = error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
                         error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT || error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
    return bad_chain(foreign ? "V-36" : "V-34",
                     foreign ? std::string("no trusted authority has issued the certificate")
                             : std::string("the certificate chain does not hold: ") + X509_verify_cert_error_string(error))
        .found("issuer " + leaf.issuer_text());
  }
  STACK_OF(X509) const* const chain = X509_STORE_CTX_get0_chain(context.get());
  CertificatePath path;
  path.authority = index;
  for (int i = 0; i < sk_X509_num(chain); ++i)
    path.certificates.push_back(known_certificate(checking, sk_X509_value(chain, i)));
  if (path.certificates.size() < 2) return bad_chain("V-34", "the signing certificate is itself an anchor");
  for (std::size_t i = 0; i < path.certificates.size(); ++i) {
    Certificate const& certificate = path.certificates[i];
    bool const anchor = i + 1 == path.certificates.size();
    if (i != 0 && !certificate.is_ca())
      return bad_chain("V-34", "a certificate that is not a CA has issued another one").found(certificate.subject_text());
    if (i != 0 && !is_sound_authority_key(certificate))
      return bad_chain("V-36", "an authority's key is of a kind that is not accepted").found(certificate.subject_text());
    // The anchor is trusted as a key, so its own signature says nothing.
    if (!anchor && !is_sound_signature(certificate.native()))
      return bad_chain("V-36", "a certificate is signed with an algorithm that is not accepted")
          .expected("SHA-256, SHA-384 or SHA-512 with ECDSA or RSA, or Ed25519")
          .found(certificate.subject_text());
    if (!anchor && i != 0 && !allows_code_signing(certificate.native()))
      return bad_chain("V-34", "an intermediate authority may not issue code-signing certificates")
          .found(certificate.subject_text());
  }
  return path;
}

ChainVerifier::ChainVerifier(std::span<CertificateAuthority const> authorities, SignatureMemory& memory) {
  for (std::size_t i = 0; i < authorities.size(); ++i)
    authorities_.push_back(std::make_unique<Authority>(authorities[i], i, memory));
}
ChainVerifier::~ChainVerifier() = default;
ChainVerifier::ChainVerifier(ChainVerifier&&) noexcept = default;

Verdict<std::vector<CertificatePath>> ChainVerifier::paths(Certificate const& leaf) const {
  if (auto const sound = check_leaf(leaf); !sound) return sound.error();
  std::vector<CertificatePath> found;
  std::optional<Rejection> nearest;
  for (auto const& authority : authorities_) {
    auto path = authority->path(leaf);
    if (path) {
      found.push_back(std::move(*path));
    } else if (!nearest || nearest->rule_number == "V-36") {
      // "Not issued by this one" says less than "issued by this one, but".
      nearest = path.error();
    }
  }
  if (found.empty()) return nearest ? *nearest : bad_chain("V-36", "the trusted root has no certificate authority");
  return found;
}

Verdict<CertificatePath const*> ChainVerifier::at(std::span<CertificatePath const> paths, Time time) const {
  // The leaf's own dates are the same on every path, and the most telling.
  for (auto const& path : paths)
    if (!path.certificates.front().validity().contains(time))
      return reject("certificate-time", "signing certificate", "it was not valid when the signature was made")
          .rule("V-33")
          .expected(to_text(path.certificates.front().validity()))
          .found(to_text(time));
  for (auto const& path : paths)
    if (authorities_[path.authority]->document.valid_for.contains(time) &&
        std::all_of(path.certificates.begin(), path.certificates.end(),
                    [&](auto const& c) { return c.validity().contains(time); }))
      return &path;
  std::string periods;
  for (auto const& path : paths)
    periods += (periods.empty() ? "" : "; ") + to_text(authorities_[path.authority]->document.valid_for);
  return reject("certificate-time", "certificate authority",
                "no authority that issued the certificate was trusted when the signature was made")
      .rule("V-33")
      .expected(periods)
      .found(to_text(time));
}

}  // namespace acr::sigstore

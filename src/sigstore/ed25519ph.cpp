// Ed25519ph (RFC 8032 §5.1, no context), which OpenSSL's public interface has only from 3.2 on. Everything here is public
// data, so plain big numbers do: no constant time needed. Checked against RFC 8032 §7.3.
#include <openssl/bn.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "sigstore/public_key.hpp"
#include "support/digest.hpp"
#include "support/handle.hpp"

namespace acr::sigstore {
namespace {

using Number = Handle<BIGNUM, BN_free>;
using Context = Handle<BN_CTX, BN_CTX_free>;

Number number(BN_ULONG value = 0) {
  Number n(BN_new());
  BN_set_word(n.get(), value);
  return n;
}

Number number(char const* hex) {
  BIGNUM* n = nullptr;
  BN_hex2bn(&n, hex);
  return Number(n);
}

Number little_endian(std::string_view text) {
  return Number(BN_lebin2bn(reinterpret_cast<unsigned char const*>(text.data()), static_cast<int>(text.size()), nullptr));
}

/// Extended homogeneous coordinates (RFC 8032 §5.1.4).
struct Point {
  Number x, y, z, t;
};

class Curve {
 public:
  Curve()
      : context_(BN_CTX_new()),
        p_(number("7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFED")),
        order_(number("1000000000000000000000000000000014DEF9DEA2F79CD65812631A5CF5D3ED")),
        d_(number("52036CEE2B6FFE738CC740797779E89800700A4D4141D8AB75EB4DCA135978A3")) {}

  [[nodiscard]] BIGNUM const* order() const { return order_.get(); }

  [[nodiscard]] Point base() const {
    return affine(number("216936D3CD6E53FEC0A4E231FDD6DC5C692CC7609525A7B2C9562D608F25D51A"),
                  number("6666666666666666666666666666666666666666666666666666666666666658"));
  }

  /// §5.1.3; nothing for bytes that are no point, or not in their canonical form.
  [[nodiscard]] std::optional<Point> decode(std::string_view encoded) const {
    std::string bytes(encoded);
    bool const odd = (static_cast<unsigned char>(bytes[31]) & 0x80U) != 0;
    bytes[31] = static_cast<char>(static_cast<unsigned char>(bytes[31]) & 0x7fU);
    Number y = little_endian(bytes);
    if (BN_cmp(y.get(), p_.get()) >= 0) return std::nullopt;
    Number const y2 = mul(y, y);
    Number const divisor = add(mul(d_, y2), number(1));
    Number const inverse(BN_mod_inverse(nullptr, divisor.get(), p_.get(), context_.get()));
    if (!inverse) return std::nullopt;
    Number const x2 = mul(sub(y2, number(1)), inverse);
    Number x(BN_mod_sqrt(nullptr, x2.get(), p_.get(), context_.get()));
    if (!x || (BN_is_zero(x.get()) && odd)) return std::nullopt;
    if ((BN_is_odd(x.get()) != 0) != odd) x = sub(p_, x);
    return affine(std::move(x), std::move(y));
  }

  [[nodiscard]] Point add(Point const& a, Point const& b) const {
    Number const m = mul(sub(a.y, a.x), sub(b.y, b.x));
    Number const n = mul(add(a.y, a.x), add(b.y, b.x));
    Number const c = mul(add(d_, d_), mul(a.t, b.t));
    Number const dd = mul(add(a.z, a.z), b.z);
    Number const e = sub(n, m), f = sub(dd, c), g = add(dd, c), h = add(n, m);
    return {mul(e, f), mul(g, h), mul(f, g), mul(e, h)};
  }

  [[nodiscard]] Point times(BIGNUM const* factor, Point const& point) const {
    Point result = affine(number(), number(1));
    for (int bit = BN_num_bits(factor); bit-- > 0;) {
      result = add(result, result);
      if (BN_is_bit_set(factor, bit)) result = add(result, point);
    }
    return result;
  }

  [[nodiscard]] bool equal(Point const& a, Point const& b) const {
    return BN_cmp(mul(a.x, b.z).get(), mul(b.x, a.z).get()) == 0 && BN_cmp(mul(a.y, b.z).get(), mul(b.y, a.z).get()) == 0;
  }

 private:
  [[nodiscard]] Point affine(Number x, Number y) const {
    Number t = mul(x, y);
    return {std::move(x), std::move(y), number(1), std::move(t)};
  }
  [[nodiscard]] Number mul(Number const& a, Number const& b) const {
    Number r = number();
    BN_mod_mul(r.get(), a.get(), b.get(), p_.get(), context_.get());
    return r;
  }
  [[nodiscard]] Number add(Number const& a, Number const& b) const {
    Number r = number();
    BN_mod_add(r.get(), a.get(), b.get(), p_.get(), context_.get());
    return r;
  }
  [[nodiscard]] Number sub(Number const& a, Number const& b) const {
    Number r = number();
    BN_mod_sub(r.get(), a.get(), b.get(), p_.get(), context_.get());
    return r;
  }

  Context context_;
  Number p_, order_, d_;
};

}  // namespace

bool PublicKey::verifies_ed25519ph(std::string_view sha512_digest, std::string_view signature) const {
  std::string const key = raw_ed25519();
  if (key.size() != 32 || sha512_digest.size() != 64 || signature.size() != 64) return false;
  Curve const curve;
  auto const r = curve.decode(signature.substr(0, 32));
  auto const a = curve.decode(key);
  Number const s = little_endian(signature.substr(32));
  if (!r || !a || BN_cmp(s.get(), curve.order()) >= 0) return false;
  // dom2(1, "") of §2, then R ‖ A ‖ PH(M).
  Hasher hasher(HashAlgorithm::sha512);
  hasher.update(std::string_view("SigEd25519 no Ed25519 collisions\x01\x00", 34));
  hasher.update(signature.substr(0, 32));
  hasher.update(key);
  hasher.update(sha512_digest);
  Number const k = little_endian(hasher.finish());
  return curve.equal(curve.times(s.get(), curve.base()), curve.add(*r, curve.times(k.get(), *a)));
}

}  // namespace acr::sigstore

#include "tuf/key.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "support/catch2.hpp"
#include "support/encoding.hpp"
#include "tuf_signing/repository.hpp"

namespace key_test {
namespace {

using namespace acr::tuf;
using acr::tuftest::SigningKey;

KeyText text_of(SigningKey const& key) {
  auto const document = key.document();
  return {std::string(document.at("keytype").as_string()), std::string(document.at("scheme").as_string()),
          std::string(document.at("keyval").at("public").as_string())};
}

std::string hex_signature(SigningKey const& key, std::string_view message) { return acr::hex(key.sign(message)); }

TEST_CASE("keys of the three schemes verify what they have signed, and nothing else (T-18)", "[tuf]") {
  auto const key = one_of({false, true}) ? SigningKey::ecdsa() : SigningKey::ed25519();
  auto const parsed = VerificationKey::parse(text_of(key));
  REQUIRE(parsed);
  CHECK(parsed->verifies("message", key.sign("message")));
  CHECK_FALSE(parsed->verifies("other", key.sign("message")));
  CHECK_FALSE(parsed->verifies("message", key.sign("message") + std::string(1, '\0')));  // T-19: no byte behind
  CHECK_FALSE(parsed->verifies("message", ""));
}

TEST_CASE("RSA keys sign with PSS and a salt as long as the digest (T-18)", "[tuf]") {
  auto const key = SigningKey::rsa();
  auto const parsed = VerificationKey::parse(text_of(key));
  REQUIRE(parsed);
  CHECK(parsed->verifies("message", key.sign("message")));
  CHECK_FALSE(parsed->verifies("other", key.sign("message")));
  CHECK_FALSE(VerificationKey::parse(text_of(SigningKey::rsa(1024))));
}

TEST_CASE("keys that are kept and verify nothing (T-18)", "[tuf]") {
  auto const good = text_of(SigningKey::ecdsa());
  auto const edwards = text_of(SigningKey::ed25519());
  auto const rsa = text_of(SigningKey::rsa());
  auto const point = SigningKey::ecdsa().point_hex();
  struct Row {
    char const* what;
    KeyText key;
    bool parses;
  };
  std::vector<Row> const rows = {
      {"control", good, true},
      {"the old type name", {"ecdsa-sha2-nistp256", good.scheme, good.value}, true},
      {"a point in hex", {"ecdsa", "ecdsa-sha2-nistp256", point}, true},
      {"line ends of another system",
       {good.type, good.scheme,
        [&] {
          auto s = good.value;
          for (std::size_t at = 0; (at = s.find('\n', at)) != std::string::npos; at += 2) s.replace(at, 1, "\r\n");
          return s;
        }()},
       true},
      {"ed25519", edwards, true},
      {"rsa", rsa, true},
      {"an unknown type", {"sphincs", good.scheme, good.value}, false},
      {"an unknown scheme", {"ecdsa", "ecdsa-sha2-nistp384", good.value}, false},
      {"type and scheme of two kinds", {"rsa", "ecdsa-sha2-nistp256", good.value}, false},
      {"an RSA key as ECDSA", {"ecdsa", "ecdsa-sha2-nistp256", rsa.value}, false},
      {"an ECDSA key as RSA", {"rsa", "rsassa-pss-sha256", good.value}, false},
      {"another curve", text_of(SigningKey::ecdsa_p384()), false},
      {"a point off the curve", {"ecdsa", "ecdsa-sha2-nistp256", "04" + std::string(128, '1')}, false},
      {"a compressed point in hex", {"ecdsa", "ecdsa-sha2-nistp256", "02" + point.substr(2, 64)}, false},
      {"a point that says another form", {"ecdsa", "ecdsa-sha2-nistp256", "06" + point.substr(2)}, false},
      {"ed25519 of 31 bytes", {"ed25519", "ed25519", edwards.value.substr(2)}, false},
      {"ed25519 not in hex", {"ed25519", "ed25519", std::string(64, 'x')}, false},
      {"empty", {good.type, good.scheme, ""}, false},
      {"another PEM block", {good.type, good.scheme, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"}, false},
      {"no end of the block", {good.type, good.scheme, good.value.substr(0, 60)}, false},
      {"begin and end share their dashes", {good.type, good.scheme, "-----BEGIN PUBLIC KEY-----END PUBLIC KEY-----"}, false},
      {"not base64", {good.type, good.scheme, "-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----"}, false},
      {"a byte behind the key",
       {good.type, good.scheme,
        [&] {
          auto const end = good.value.find("\n-----END");
          auto body = good.value.substr(27, end - 27);
          std::erase(body, '\n');
          return "-----BEGIN PUBLIC KEY-----\n" + acr::base64(*acr::from_base64(body) + std::string(1, '\0')) +
                 "\n-----END PUBLIC KEY-----";
        }()},
       false},
  };
  for (auto const& row : rows) {
    CAPTURE(row.what);
    CHECK(VerificationKey::parse(row.key).has_value() == row.parses);
  }
}

TEST_CASE("one key in two spellings is one key (T-20)", "[tuf]") {
  auto const key = SigningKey::ecdsa();
  auto const pem = VerificationKey::parse(text_of(key));
  auto const point = VerificationKey::parse({"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", key.point_hex()});
  REQUIRE(pem);
  REQUIRE(point);
  CHECK(pem->identity() == point->identity());
  CHECK(pem->identity() != VerificationKey::parse(text_of(SigningKey::ecdsa()))->identity());
}

TEST_CASE("signatures of distinct keys count, each once (T-19, T-20)", "[tuf]") {
  auto a = SigningKey::ecdsa();
  auto b = SigningKey::ed25519();
  auto stranger = SigningKey::ecdsa();
  a.id = "a";
  b.id = "b";
  auto again = a;
  again.id = "a again";
  KeyTable keys{{"a", text_of(a)},
                {"b", text_of(b)},
                {"a again", {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", a.point_hex()}},
                {"unlisted", text_of(stranger)}};
  Role const role{{"a", "a", "b", "a again", "gone"}, 5};
  std::string_view const message = "message";
  auto const count = [&](std::vector<Signature> const& signatures) { return count_signers(role, keys, signatures, message); };
  Signature const by_a{"a", hex_signature(a, message)};
  Signature const by_b{"b", hex_signature(b, message)};
  CHECK(count({by_a, by_b}) == 2);
  CHECK(count({}) == 0);
  CHECK(count({by_a, {"a again", by_a.hex}}) == 1);  // the same key under two ids
  CHECK(count({{"b", by_a.hex}, by_a}) == 1);        // another's signature does not spoil a good one
  CHECK(count({{"unlisted", hex_signature(stranger, message)}}) == 0);
  CHECK(count({{"gone", by_a.hex}}) == 0);  // the key table lacks it
  CHECK(count({{"a", ""}, by_b}) == 1);
  CHECK(count({{"a", "zz"}, by_b}) == 1);
  CHECK(count({{"a", by_a.hex + "00"}}) == 0);
  CHECK(count({{"a", " " + by_a.hex}}) == 0);
  std::string upper = by_a.hex;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  CHECK(count({{"a", upper}}) == 1);  // hex in either case
  Role const of_one{{"a", "b"}, 1};
  CHECK(count_signers(of_one, keys, std::vector<Signature>{by_a, by_b}, message) == 1);  // enough is enough
}

TEST_CASE("who may sign is compared by keys and threshold (T-25)", "[tuf]") {
  auto const a = SigningKey::ecdsa(), b = SigningKey::ed25519();
  KeyTable const keys{{"1", text_of(a)}, {"2", text_of(b)}, {"3", {"unknown", "x", "y"}}, {"4", {"unknown", "x", "z"}}};
  KeyTable const other_ids{{"x", {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", a.point_hex()}},
                           {"y", text_of(b)},
                           {"3", {"unknown", "x", "y"}},
                           {"4", {"unknown", "x", "z"}}};
  CHECK(same_signers({{"1", "2"}, 1}, keys, {{"y", "x"}, 1}, other_ids));
  CHECK_FALSE(same_signers({{"1", "2"}, 1}, keys, {{"y", "x"}, 2}, other_ids));
  CHECK_FALSE(same_signers({{"1", "2"}, 1}, keys, {{"x"}, 1}, other_ids));
  CHECK_FALSE(same_signers({{"3"}, 1}, keys, {{"4"}, 1}, other_ids));
  CHECK(same_signers({{"3", "gone"}, 1}, keys, {{"3"}, 1}, other_ids));
}

}  // namespace
}  // namespace key_test

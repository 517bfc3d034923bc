#include "sigstore/timestamp.hpp"

#include <openssl/bio.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <set>

#include "samples.hpp"
#include "signing/der.hpp"
#include "support/catch2.hpp"
#include "support/handle.hpp"
#include "world_verdict.hpp"

namespace timestamp_test {
namespace {

using namespace acr;
using namespace acr::sigstore;
using signing::CertificateSpec;
using signing::Identity;
using signing::Key;
using signing::KeyType;
using signing::StampingAuthority;
using signing::TimestampParts;
using signing::World;

std::string const signature = "a bundle's signature";
constexpr std::int64_t now = signing::world_time;
constexpr std::int64_t year = 365 * 86400;

TrustedRoot parsed(signing::TrustedRootParts const& parts) {
  auto root = parse_trusted_root(parts.json(), "world");
  REQUIRE(root.has_value());
  return *root;
}

/// "rule: why", "unknown", or empty for a pass.
std::string judged(signing::TrustedRootParts const& parts, std::string const& der, std::string const& message = signature) {
  TrustedRoot const root = parsed(parts);
  SignatureMemory memory;
  auto const outcome = TimestampVerifier(root.timestamp_authorities, memory).verify(der, message);
  if (!outcome) return outcome.error().rule_number + ": " + outcome.error().why;
  return outcome->authority ? "" : "unknown";
}

/// A timestamp that is right but for `change`.
std::string judged(World const& world, std::function<void(TimestampParts&)> const& change = {}) {
  auto parts = world.tsa.parts(now);
  if (change) change(parts);
  return judged(world.trusted_root(), world.tsa.stamp(signature, parts));
}

/// The same, by a world whose authority's certificates `options` change.
std::string judged_by(signing::WorldOptions options) {
  World const world(std::move(options));
  return judged(world);
}

Handle<TS_RESP, TS_RESP_free> native(std::string const& der) {
  auto const* cursor = reinterpret_cast<unsigned char const*>(der.data());
  return Handle<TS_RESP, TS_RESP_free>(d2i_TS_RESP(nullptr, &cursor, static_cast<long>(der.size())));
}

Handle<X509, X509_free> native_certificate(std::string const& der) {
  auto const* cursor = reinterpret_cast<unsigned char const*>(der.data());
  return Handle<X509, X509_free>(d2i_X509(nullptr, &cursor, static_cast<long>(der.size())));
}

/// OpenSSL's own verdict (V-83).
bool openssl_verifies(StampingAuthority const& authority, std::string const& der, std::string const& message) {
  auto const response = native(der);
  if (!response) return false;
  Handle<TS_VERIFY_CTX, TS_VERIFY_CTX_free> const context(TS_VERIFY_CTX_new());
  auto* const store = X509_STORE_new();
  auto* const others = sk_X509_new_null();
  auto const chain = authority.chain();
  X509_STORE_add_cert(store, native_certificate(chain.back()).get());
  X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), now);
  for (auto const& certificate : chain) sk_X509_push(others, native_certificate(certificate).release());
  BIO* const data = BIO_new_mem_buf(message.data(), static_cast<int>(message.size()));
  // The context owns all three. OpenSSL 3.4 renamed what sets them.
#if OPENSSL_VERSION_NUMBER >= 0x30400000L
  TS_VERIFY_CTX_set0_store(context.get(), store);
  TS_VERIFY_CTX_set0_certs(context.get(), others);
  TS_VERIFY_CTX_set0_data(context.get(), data);
#else
  TS_VERIFY_CTX_set_store(context.get(), store);
  TS_VERIFY_CTX_set_certs(context.get(), others);
  TS_VERIFY_CTX_set_data(context.get(), data);
#endif
  TS_VERIFY_CTX_set_flags(context.get(), TS_VFY_VERSION | TS_VFY_SIGNATURE | TS_VFY_DATA);
  return TS_RESP_verify_response(context.get(), response.get()) == 1;
}

TEST_CASE("timestamps of the world and OpenSSL's own agree in both directions", "[sigstore]") {
  for (auto const key : {KeyType::p256, KeyType::p384, KeyType::rsa2048}) {
    World const world({.tsa_key = key});
    for (bool const embed : {false, true}) {
      auto const theirs = world.tsa.openssl_stamp(signature, now, embed, HashAlgorithm::sha256);
      CHECK(openssl_verifies(world.tsa, theirs, signature));
      CHECK(judged(world.trusted_root(), theirs).empty());
      CHECK(judged(world.trusted_root(), theirs, "another signature") == "V-76: it was made for another signature");
      auto parts = world.tsa.parts(now);
      if (embed) parts.embedded = {world.tsa.signer().der};
      auto const ours = world.tsa.stamp(signature, parts);
      CHECK(openssl_verifies(world.tsa, ours, signature));
      CHECK(judged(world.trusted_root(), ours).empty());
    }
  }
}

TEST_CASE("timestamps with every accepted hash and signer id verify", "[sigstore]") {
  World const world;
  for (auto const hash : {HashAlgorithm::sha256, HashAlgorithm::sha384, HashAlgorithm::sha512}) {
    CHECK(judged(world, [=](TimestampParts& p) { p.imprint_algorithm = hash; }).empty());
    CHECK(judged(world, [=](TimestampParts& p) { p.digest_algorithm = hash; }).empty());
    CHECK(judged(world, [=](TimestampParts& p) { p.ess_hash = hash; }).empty());
  }
  CHECK(judged(world, [](TimestampParts& p) { p.by_key_identifier = true, p.signer_version = 3; }).empty());
  CHECK(judged(world, [](TimestampParts& p) { p.ess_v1 = true, p.ess_v2 = false; }).empty());
  CHECK(judged(world, [](TimestampParts& p) { p.ess_v1 = true; }).empty());
}

TEST_CASE("a timestamp is refused for each defect of its own", "[sigstore]") {
  World const world;
  std::string const stranger = World().tsa.signer().der;
  struct Row {
    char const* defect;
    std::function<void(TimestampParts&)> change;
    char const* refusal;
  };
  std::vector<Row> const rows = {
      {"granted with modifications", [](auto& p) { p.status = 1; }, "V-75: the authority has not granted it"},
      {"rejected", [](auto& p) { p.status = 2; }, "V-75: the authority has not granted it"},
      {"granted, with a failure", [](auto& p) { p.failure_info = true; }, "V-75: it is granted and has a reason for failure"},
      {"bytes behind it", [](auto& p) { p.trailing = std::string(1, '\0'); },
       "V-75: it is not a DER time-stamp response, or bytes follow it"},
      {"no signed data", [](auto& p) { p.content_type_oid = "1.2.840.113549.1.7.1"; }, "V-75: the token is not signed data"},
      {"another content", [](auto& p) { p.inner_type_oid = "1.2.840.113549.1.7.1"; },
       "V-75: the token's content is not a time-stamp"},
      {"another version of signed data", [](auto& p) { p.signed_data_version = 1; },
       "V-75: the signed data is of another version"},
      {"another version of information", [](auto& p) { p.info_version = 2; },
       "V-75: the time-stamp information is of another version"},
      {"another version of signer", [](auto& p) { p.signer_version = 3; }, "V-75: the signer's identifier is ill-formed"},
      {"no signer", [](auto& p) { p.signers = 0; }, "V-75: the token has not exactly one signer"},
      {"two signers", [](auto& p) { p.signers = 2; }, "V-75: the token has not exactly one signer"},
      {"critical extension", [](auto& p) { p.critical_extension = true; }, "V-75: it has a critical extension"},
      {"imprint by SHA-1", [](auto& p) { p.imprint_algorithm = HashAlgorithm::sha1; },
       "V-76: the imprint's hash algorithm is not accepted"},
      {"imprint of another length", [](auto& p) { p.imprint = "short"; }, "V-76: the imprint has the wrong length"},
      {"imprint of another signature", [](auto& p) { p.imprint = sha256("another"); },
       "V-76: it was made for another signature"},
      {"digest by SHA-1", [](auto& p) { p.digest_algorithm = HashAlgorithm::sha1; },
       "V-77: the signer's digest algorithm is not accepted"},
      {"digest not announced", [](auto& p) { p.announced_digest_oid = "2.16.840.1.101.3.4.2.3"; },
       "V-77: the signer's digest algorithm is not among those that the token announces"},
      {"no signed attributes", [](auto& p) { p.signed_attributes = false; }, "V-77: the signer has no signed attributes"},
      {"no content type", [](auto& p) { p.content_type_attribute_oid.clear(); },
       "V-77: the signed content type is missing or not that of a time-stamp"},
      {"another content type", [](auto& p) { p.content_type_attribute_oid = "1.2.840.113549.1.7.1"; },
       "V-77: the signed content type is missing or not that of a time-stamp"},
      {"no message digest", [](auto& p) { p.message_digest_attribute = false; }, "V-77: the signed message digest is missing"},
      {"two message digests", [](auto& p) { p.message_digest_twice = true; }, "V-77: a signed attribute occurs twice"},
      {"another message digest", [](auto& p) { p.message_digest = std::string(48, 'x'); },
       "V-77: the signed message digest is not that of the content"},
      {"no certificate id", [](auto& p) { p.ess_v2 = false; },
       "V-77: the signed attributes do not name the signer's certificate"},
      {"another certificate's id", [&](auto& p) { p.ess_certificate = stranger; },
       "V-77: the signed attributes name another certificate than the signer's"},
      {"another certificate's id, SHA-1", [&](auto& p) { p.ess_certificate = stranger, p.ess_v1 = true, p.ess_v2 = false; },
       "V-77: the signed attributes name another certificate than the signer's"},
      {"certificate id by SHA-1 in V2", [](auto& p) { p.ess_hash = HashAlgorithm::sha1; },
       "V-77: the hash algorithm of the signer's certificate id is not accepted"},
      {"RSA algorithm for an EC key", [](auto& p) { p.signature_algorithm_oid = "1.2.840.113549.1.1.12"; },
       "V-77: the signature algorithm does not fit the signer's key and digest algorithm"},
      {"ECDSA with another hash", [](auto& p) { p.signature_algorithm_oid = "1.2.840.10045.4.3.2"; },
       "V-77: the signature algorithm does not fit the signer's key and digest algorithm"},
      {"a key's id for an algorithm", [](auto& p) { p.signature_algorithm_oid = "1.2.840.10045.2.1"; },
       "V-77: the signature algorithm does not fit the signer's key and digest algorithm"},
      {"unreadable embedded certificate", [](auto& p) { p.embedded = {signing::der::sequence("x")}; },
       "V-78: an embedded certificate is unreadable: it is not an X.509 certificate"},
  };
  for (auto const& row : rows) {
    CAPTURE(row.defect);
    CHECK(judged(world, row.change) == row.refusal);
  }
}

TEST_CASE("a timestamp's time is UTC in the form of RFC 3161 (V-80)", "[sigstore]") {
  World const world;
  auto const at = [&](std::string const& text) { return judged(world, [&](TimestampParts& p) { p.gen_time = text; }); };
  CHECK(at("20261124113320Z").empty());
  CHECK(at("20261124113320.5Z").empty());
  CHECK(at("20261124113320.000000001Z").empty());
  for (char const* text :
       {"20261124113320", "20261124113320+0000", "20261124113320.50Z", "20261124113320.Z", "20261124113320,5Z", "202611241133Z",
        "20261324113320Z", "20261124113360Z", "2026112411332 Z", "20261124113320.0Z", "20261124113320z", ""}) {
    CAPTURE(text);
    if (*text != '\0') CHECK(at(text) == "V-80: its time is not in the form of RFC 3161");
  }
  TrustedRoot const root = parsed(world.trusted_root());
  SignatureMemory memory;
  auto parts = world.tsa.parts(now);
  parts.gen_time = "20261124113320.25Z";
  CHECK(TimestampVerifier(root.timestamp_authorities, memory).verify(world.tsa.stamp(signature, parts), signature)->time ==
        Time{now, 250'000'000});
}

TEST_CASE("no bit of a timestamp may change unnoticed (V-77a)", "[sigstore]") {
  World const world;
  auto const root = parsed(world.trusted_root());
  SignatureMemory memory;
  TimestampVerifier const verifier(root.timestamp_authorities, memory);
  std::string const der = world.tsa.stamp(signature, world.tsa.parts(now));
  for (std::size_t at = 0; at < der.size(); ++at)
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = der;
      flipped[at] = static_cast<char>(flipped[at] ^ 1 << bit);
      auto const outcome = verifier.verify(flipped, signature);
      if (outcome && outcome->authority) FAIL("bit " << bit << " of byte " << at);
    }
  CHECK(verifier.verify(der, signature).has_value());
}

TEST_CASE("of GitHub's genuine timestamp not even the unsigned bytes may change (V-77a)", "[sigstore]") {
  auto const sample = samples::attestation("private-instance-demo");
  auto const bundle = parse_bundle(sample.bundle).value();
  auto const root = parse_trusted_root(sample.trusted_root, "sample").value();
  SignatureMemory memory;
  TimestampVerifier const verifier(root.timestamp_authorities, memory);
  std::string const der = bundle.timestamps.at(0);
  REQUIRE(verifier.verify(der, bundle.signature())->authority);
  std::set<std::size_t> const unsigned_bytes = {34, 38, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 253};
  for (std::size_t at : unsigned_bytes)
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = der;
      flipped[at] = static_cast<char>(flipped[at] ^ 1 << bit);
      CAPTURE(at, bit);
      CHECK(verifier.verify(flipped, bundle.signature()).has_error());
    }
}

TEST_CASE("the signer is exactly the certificate that the root names (V-78)", "[sigstore]") {
  World const world;
  // Same key, issuer and serial number, other certificate: embedded beside a good signature.
  CHECK(judged(world, [&](TimestampParts& p) { p.embedded = {world.tsa.signer().der}; }).empty());
  CHECK(judged(world, [&](TimestampParts& p) { p.embedded = world.tsa.chain(); }).empty());
  CHECK(
      judged(world, [&](TimestampParts& p) { p.embedded = {world.root().der}; }).empty());  // names nobody, trusted for nothing

  Identity const authority = signing::issue(signing::authority_spec("twins.example", "TSA root", now - year, now + year),
                                            Key::generate(KeyType::p256), nullptr);
  auto spec = signing::stamping_spec("twins.example", now - year, now + year);
  spec.serial_hex = "4711";
  Key const key = Key::generate(KeyType::p256);
  StampingAuthority const known(signing::issue(spec, key, &authority), {authority.der});
  spec.common_name = "twin";
  StampingAuthority const twin(signing::issue(spec, key, &authority), {authority.der});
  auto root = world.trusted_root();
  root.timestamp_authorities = {{"twins.example", "TSA", "https://twins.example", known.chain(), {}, {}, {}}};
  auto parts = known.parts(now);
  CHECK(judged(root, known.stamp(signature, parts)).empty());
  parts.embedded = {twin.signer().der};
  CHECK(judged(root, known.stamp(signature, parts)) ==
        "V-78: the embedded signer's certificate is not that of the trusted root");
  // The twin's own token, which OpenSSL would accept: it chains to the same anchor.
  CHECK(openssl_verifies(twin, twin.stamp(signature, parts), signature));
  CHECK_FALSE(judged(root, twin.stamp(signature, parts)).empty());
}

TEST_CASE("where the root names only authorities, the signer is embedded (V-29)", "[sigstore]") {
  World const world;
  auto root = world.trusted_root();
  root.timestamp_authorities[0].certificates.erase(root.timestamp_authorities[0].certificates.begin());
  auto parts = world.tsa.parts(now);
  CHECK(judged(root, world.tsa.stamp(signature, parts)) == "unknown");
  parts.embedded = {world.tsa.signer().der};
  CHECK(judged(root, world.tsa.stamp(signature, parts)).empty());
  CHECK(judged(root, world.tsa.stamp(signature, parts), "another") == "V-76: it was made for another signature");
  World const stranger;
  parts.embedded = {stranger.tsa.signer().der};
  CHECK(judged(root, stranger.tsa.stamp(signature, parts)) == "unknown");
}

TEST_CASE("the signer's certificate is for time-stamping alone (V-79)", "[sigstore]") {
  using Change = std::function<void(CertificateSpec&)>;
  std::string const purpose = "V-79: the signer's certificate is not made for time-stamping alone";
  auto const tsa = [](Change change) { return judged_by({.tsa = std::move(change)}); };
  CHECK(tsa([](auto& s) { s.extended_key_usage = "timeStamping"; }) == purpose);  // not critical
  CHECK(tsa([](auto& s) { s.extended_key_usage = "critical,codeSigning"; }) == purpose);
  CHECK(tsa([](auto& s) { s.extended_key_usage = "critical,timeStamping,codeSigning"; }) == purpose);
  CHECK(tsa([](auto& s) { s.extended_key_usage = "critical,anyExtendedKeyUsage"; }) == purpose);
  CHECK(tsa([](auto& s) { s.extended_key_usage.clear(); }) == purpose);
  CHECK(tsa([](auto& s) { s.key_usage = "critical,keyAgreement"; }) == "V-79: the signer's key may not make signatures");
  CHECK(tsa([](auto& s) { s.key_usage.clear(); }).empty());
  CHECK_THAT(tsa([](auto& s) {
               s.extensions.push_back({"1.2.3.4", "\x05\x00", true});
             }),
             Catch::Matchers::StartsWith("V-79: the signer's certificate chain does not hold: "));
  CHECK(tsa([](auto& s) { s.signature_hash = HashAlgorithm::sha1; }) != "");
}

TEST_CASE("the signer's authorities are held to RFC 5280 (V-79)", "[sigstore]") {
  auto const root = [](std::function<void(CertificateSpec&)> change) { return judged_by({.tsa_root = std::move(change)}); };
  CHECK_FALSE(root([](auto& s) { s.key_usage = "critical,digitalSignature"; }).empty());
  CHECK_FALSE(
      root([](auto& s) { s.basic_constraints = "critical,CA:TRUE,pathlen:0", s.key_usage = "critical,cRLSign"; }).empty());
  CHECK(root([](auto& s) { s.basic_constraints = "critical,CA:TRUE,pathlen:0"; }).empty());

  // An intermediate between signer and anchor.
  Identity const anchor = signing::issue(signing::authority_spec("mid.example", "anchor", now - year, now + year),
                                         Key::generate(KeyType::p256), nullptr);
  auto const below = [&](std::function<void(CertificateSpec&)> const& change) {
    auto spec = signing::authority_spec("mid.example", "intermediate", now - year, now + year);
    if (change) change(spec);
    Identity const middle = signing::issue(spec, Key::generate(KeyType::p256), &anchor);
    StampingAuthority const authority(
        signing::issue(signing::stamping_spec("mid.example", now - year, now + year), Key::generate(KeyType::p256), &middle),
        {middle.der, anchor.der});
    auto parts = World().trusted_root();
    parts.timestamp_authorities = {{"mid.example", "TSA", "https://mid.example", authority.chain(), {}, {}, {}}};
    return judged(parts, authority.stamp(signature, authority.parts(now)));
  };
  CHECK(below({}).empty());
  CHECK(below([](auto& s) { s.extended_key_usage = "timeStamping"; }).empty());
  CHECK(below([](auto& s) { s.extended_key_usage = "codeSigning"; }) ==
        "V-79: an intermediate authority may not issue time-stamping certificates");
  CHECK_THAT(below([](auto& s) { s.basic_constraints = "critical,CA:FALSE"; }), Catch::Matchers::StartsWith("V-79: "));
  CHECK(below([](auto& s) { s.not_after = now - 1; }) == "V-79: it was made when an authority's certificate was not valid");
  CHECK(below([](auto& s) { s.not_after = now; }).empty());  // inclusive
}

TEST_CASE("a signer's certificate of another authority, with the known one's name, is refused (V-79)", "[sigstore]") {
  World const world;
  // Its chain in the root document is broken: leaf of one authority, anchor of another.
  World const other;
  auto root = world.trusted_root();
  root.timestamp_authorities[0].certificates[1] = other.tsa.chain()[1];
  CHECK_THAT(judged(root, world.tsa.stamp(signature, world.tsa.parts(now))),
             Catch::Matchers::StartsWith("V-79: the signer's certificate chain does not hold"));
}

TEST_CASE("an authority of the known one's name and key identifier, but with another key, has signed nothing (V-79)",
          "[sigstore]") {
  // Names, identifiers, dates and extensions all fit; only the signature on the signer's certificate does not hold.
  World const world;
  auto const chain = world.tsa.chain();
  auto const genuine = native_certificate(chain.at(1));
  ASN1_OCTET_STRING const* const id = X509_get0_subject_key_id(genuine.get());
  REQUIRE(id != nullptr);
  auto spec = signing::authority_spec(world.organization(), "TSA root", now - 5 * year, now + 5 * year);
  spec.key_identifiers = false;
  spec.extensions.push_back({"2.5.29.14",
                             signing::der::octets({reinterpret_cast<char const*>(ASN1_STRING_get0_data(id)),
                                                   static_cast<std::size_t>(ASN1_STRING_length(id))}),
                             false});
  Identity const impostor = signing::issue(spec, Key::generate(KeyType::p384), nullptr);
  std::string const der = world.tsa.stamp(signature, world.tsa.parts(now));
  auto root = world.trusted_root();
  CHECK(judged(root, der).empty());
  root.timestamp_authorities[0].certificates[1] = impostor.der;
  CHECK(judged(root, der) == "V-79: the signer's certificate chain does not hold: a signature is wrong");
  // The control: what the impostor did sign holds below it.
  StampingAuthority const own(signing::issue(signing::stamping_spec(world.organization(), now - year, now + year),
                                             Key::generate(KeyType::p256), &impostor),
                              {impostor.der});
  root.timestamp_authorities[0].certificates = own.chain();
  CHECK(judged(root, own.stamp(signature, own.parts(now))).empty());
}

TEST_CASE("a timestamp lies in the authority's time and its certificate's, both ends inclusive (V-80)", "[sigstore]") {
  World const world;
  std::string const der = world.tsa.stamp(signature, world.tsa.parts(now));
  auto const with = [&](std::int64_t start, std::int64_t end) {
    auto root = world.trusted_root();
    root.timestamp_authorities[0].start = signing::rfc3339(start);
    root.timestamp_authorities[0].end = signing::rfc3339(end);
    return judged(root, der);
  };
  std::string const outside = "V-80: it was made outside the time for which the authority is trusted";
  CHECK(with(now, now).empty());
  CHECK(with(now - year, now - 1) == outside);
  CHECK(with(now + 1, now + year) == outside);
  std::string const expired = "V-80: it was made when the signer's certificate was not valid";
  CHECK(judged_by({.tsa = [](auto& s) { s.not_after = now; }}).empty());
  CHECK(judged_by({.tsa = [](auto& s) { s.not_after = now - 1; }}) == expired);
  CHECK(judged_by({.tsa = [](auto& s) { s.not_before = now + 1; }}) == expired);
}

TEST_CASE("every period of an authority is tried, and one success suffices (V-81)", "[sigstore]") {
  World const world;
  auto root = world.trusted_root();
  auto retired = root.timestamp_authorities[0];
  retired.end = signing::rfc3339(now - 1);
  root.timestamp_authorities.insert(root.timestamp_authorities.begin(), retired);
  CHECK(judged(root, world.tsa.stamp(signature, world.tsa.parts(now))).empty());
  root.timestamp_authorities.pop_back();
  CHECK(judged(root, world.tsa.stamp(signature, world.tsa.parts(now))) ==
        "V-80: it was made outside the time for which the authority is trusted");
}

TEST_CASE("an unknown authority's timestamp is skipped, a known one's bad timestamp refuses (V-82)", "[sigstore]") {
  World world, stranger;
  using namespace world_verdict;
  auto const with = [&](auto change) { return refusal(world, {.timestamped = true, .bundle = change}); };
  auto const foreign = [&](signing::BundleParts const& b) { return stranger.tsa.stamp(b.signature, stranger.tsa.parts(now)); };
  CHECK(with([&](signing::BundleParts& b) { b.timestamps.push_back(foreign(b)); }).empty());
  CHECK(with([&](signing::BundleParts& b) { b.timestamps = {foreign(b)}; }).empty());  // the log gives the time
  CHECK(with([&](signing::BundleParts& b) { b.timestamps.push_back(world.tsa.stamp("another", world.tsa.parts(now))); }) ==
        "V-76: it was made for another signature");
  CHECK(with([&](signing::BundleParts& b) { b.timestamps.push_back("\x30\x01"); }) ==
        "V-75: it is not a DER time-stamp response, or bytes follow it");

  World github({.profile = signing::Profile::github});
  CHECK(refusal(github, {.bundle = [&](signing::BundleParts& b) { b.timestamps = {foreign(b)}; }}) ==
        "V-85: too few authorities have timestamped the signature");
  CHECK(refusal(github, {.timestamped = false}) == "V-85: it has no signed timestamp");
}

TEST_CASE("one authority counts once, whatever its number of timestamps (V-82)", "[sigstore]") {
  World world;
  auto const bundle =
      parse_bundle(world.attest({.subject_sha256 = world_verdict::file_digest,
                                 .timestamped = true,
                                 .bundle =
                                     [&](signing::BundleParts& b) {
                                       b.timestamps.push_back(world.tsa.stamp(b.signature, world.tsa.parts(now + 5)));
                                     }}))
          .value();
  auto const count = [&](signing::TrustedRootParts const& parts, std::size_t threshold) -> std::size_t {
    auto const root = parsed(parts);
    SignatureMemory memory;
    CheckTrace trace;
    auto const evidence = TimestampVerifier(root.timestamp_authorities, memory).check(bundle, threshold, trace);
    CHECK(trace.all_passed() == evidence.has_value());
    return evidence ? evidence->distinct_authorities : 99;
  };
  CHECK(count(world.trusted_root(), 1) == 1);
  CHECK(count(world.trusted_root(), 2) == 99);
}

TEST_CASE("every timestamp's time has to fit the certificate (V-32, V-87)", "[sigstore]") {
  World world;
  using namespace world_verdict;
  CHECK_THAT(refusal(world, {.timestamped = true, .timestamp = [](TimestampParts& p) { p.seconds += 86400; }}),
             Catch::Matchers::StartsWith("V-33: "));
  CHECK_THAT(refusal(world, {.timestamped = true, .timestamp = [](TimestampParts& p) { p.seconds -= 86400; }}),
             Catch::Matchers::StartsWith("V-33: "));
}

}  // namespace
}  // namespace timestamp_test

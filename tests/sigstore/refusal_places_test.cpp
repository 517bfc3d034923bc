// Each refusal of this room at its own place: the sentence tells which check refused. Beside each what passes.

#include <algorithm>
#include <functional>
#include <limits>
#include <sstream>
#include <utility>

#include "forge.hpp"
#include "samples.hpp"
#include "signing/world.hpp"
#include "sigstore/bundle.hpp"
#include "sigstore/certificate_chain.hpp"
#include "sigstore/certificate_identity.hpp"
#include "sigstore/checkpoint.hpp"
#include "sigstore/conformance.hpp"
#include "sigstore/der.hpp"
#include "sigstore/limits.hpp"
#include "sigstore/log_entry.hpp"
#include "sigstore/sct.hpp"
#include "sigstore/signature.hpp"
#include "sigstore/timestamp.hpp"
#include "sigstore/transparency_log.hpp"
#include "support/catch2.hpp"
#include "support/encoding.hpp"
#include "support/json.hpp"
#include "support/temporary_directory.hpp"
#include "world_verdict.hpp"

namespace refusal_places_test {
namespace {

using namespace acr;
using namespace acr::sigstore;
using namespace std::string_literals;
using signing::Attest;
using signing::KeyType;
using signing::LogKind;
using signing::World;

template <class T>
std::string why(Verdict<T> const& verdict) {
  return verdict ? std::string("taken") : verdict.error().why;
}

constexpr std::size_t last = std::numeric_limits<std::size_t>::max();
using Path = std::vector<std::size_t>;
using Change = std::function<std::string(DerElement const&)>;

std::vector<DerElement> children(std::string_view value) {
  std::vector<DerElement> all;
  for (DerReader reader(value); !reader.done();) all.push_back(reader.next().value());
  return all;
}

/// `der` with the element changed to which `path` leads: an index of a child for each level.
std::string rebuilt(std::string_view der, Path const& path, Change const& change) {
  auto const element = DerReader(der).next().value();
  if (path.empty()) return change(element);
  auto const below = children(element.value);
  std::size_t const at = path.front() == last ? below.size() - 1 : path.front();
  REQUIRE(at < below.size());
  std::string value;
  for (std::size_t i = 0; i < below.size(); ++i)
    value += i == at ? rebuilt(below[i].whole, Path(path.begin() + 1, path.end()), change) : std::string(below[i].whole);
  return der_wrap(element.tag, value);
}

/// The same element with a length that is longer than it need be: BER, which OpenSSL reads, and not DER.
std::string as_ber(DerElement const& element) {
  std::string length = "\x84";
  for (int shift = 24; shift >= 0; shift -= 8) length += static_cast<char>(element.value.size() >> shift & 0xff);
  return static_cast<char>(element.tag) + length + std::string(element.value);
}

Change with_more(std::string const& more) {
  return [=](DerElement const& element) { return der_wrap(element.tag, std::string(element.value) + more); };
}
Change with_content(std::string const& content) {
  return [=](DerElement const& element) { return der_wrap(element.tag, content); };
}
Change with_children(std::size_t count) {
  return [=](DerElement const& element) {
    std::string value;
    auto const below = children(element.value);
    for (std::size_t i = 0; i < count; ++i) value += below.at(i).whole;
    return der_wrap(element.tag, value);
  };
}

std::string genuine_leaf() {
  auto const bundle = parse_bundle(samples::attestation("reusable-workflow").bundle);
  REQUIRE(bundle.has_value());
  return *bundle->leaf();
}

/// Code and sentence of the first check that failed, or "taken".
std::pair<std::string, std::string> first_failure(CheckTrace const& trace) {
  for (auto const& check : trace.results())
    if (!check.passed) return {std::string(check.code.text()), check.detail};
  return {"", "taken"};
}

std::string const nothing = "\x05\x00"s;  // NULL, which stands in none of these places

TEST_CASE("a certificate is read to its dates and extensions", "[sigstore]") {
  auto const der = genuine_leaf();
  CHECK(why(Certificate::parse(der)) == "taken");
  auto undated = der;
  auto const date = undated.find("\x17\x0d"s);  // UTCTime
  REQUIRE(date != std::string::npos);
  undated[date + 2] = 'X';
  CHECK(why(Certificate::parse(undated)) == "its validity is unreadable");
  auto usage = der;
  auto const bits = usage.find("\x03\x02\x07\x80"s);  // key usage: digitalSignature
  REQUIRE(bits != std::string::npos);
  usage[bits] = '\x05';
  CHECK(why(Certificate::parse(usage)) == "one of its extensions is ill-formed");
}

TEST_CASE("a certificate's subject is one name of a known kind", "[sigstore]") {
  auto const named = [](std::string const& value) {
    return why(read_identity(forge::issue(forge::with(forge::leaf(), "subjectAltName", value), nullptr).certificate));
  };
  CHECK(named("critical,URI:https://github.com/octo/charts") == "taken");
  CHECK(named("critical,email:a@example.org") == "taken");
  CHECK(named("otherName:1.3.6.1.4.1.57264.1.7;UTF8:octo") == "taken");
  CHECK(named("DER:308103860178") == "the subject alternative name is ill-formed");
  CHECK(named("DER:3000") == "the subject alternative name is empty");
  CHECK(named("DER:30028600") == "the subject alternative name is empty");
  CHECK(named("URI:https://a.example,URI:https://b.example") == "the certificate names more than one subject");
  CHECK(named("otherName:1.2.3.4;UTF8:octo") == "the subject alternative name is an otherName of an unknown kind");
  CHECK(named("DNS:example.org") == "the subject alternative name is neither URI nor email nor Fulcio's otherName");
  auto const extended = [](int arcs) {
    std::string oid = "1.2";
    for (int i = 0; i < arcs; ++i) oid += ".3";
    return why(read_identity(forge::issue(forge::with(forge::leaf(), oid, "DER:0500"), nullptr).certificate));
  };
  CHECK(extended(62) == "taken");  // 127 characters
  CHECK(extended(63) == "an extension has an unreadable identifier");
}

TEST_CASE("a signature outside the certificate's dates is told from one outside the authority's", "[sigstore]") {
  auto const root = forge::issue(forge::authority("root"), nullptr);
  auto const leaf = forge::issue(forge::leaf(), &root);
  auto const judged = [&](char const* time, Validity const& period) {
    SignatureMemory memory;
    std::vector<CertificateAuthority> const authorities{{"forge", "ca", "https://ca.example", {root.certificate}, period, ""}};
    ChainVerifier const chains(authorities, memory);
    auto const paths = chains.paths(leaf.certificate);
    REQUIRE(paths.has_value());
    auto const path = chains.at(*paths, parse_rfc3339(time).value());
    return path ? std::string("taken") : path.error().where + ": " + path.error().why;
  };
  Validity const late{parse_rfc3339("2026-01-01T00:06:00Z"), {}};
  CHECK(judged("2026-01-01T00:05:00Z", {}) == "taken");
  CHECK(judged("2026-01-01T00:11:00Z", {}) == "signing certificate: it was not valid when the signature was made");
  CHECK(judged("2026-01-01T00:05:00Z", late).starts_with("certificate authority: "));
}

TEST_CASE("a public key is refused for what is wrong with it", "[sigstore]") {
  auto const key = signing::Key::generate(KeyType::p256);
  auto const spki = key.spki();
  CHECK(why(PublicKey::from_spki(spki)) == "taken");
  CHECK(why(PublicKey::from_spki(spki + '\0')) == "it is not in DER, or bytes follow it");
  CHECK(why(PublicKey::from_spki(nothing)) == "it is not a SubjectPublicKeyInfo");
  CHECK(why(PublicKey::from_spki(std::string(limits::max_certificate_bytes + 1, '0'))) == "it is too long");
  CHECK(why(PublicKey::from_spki(std::string(limits::max_certificate_bytes, '0'))) == "it is not a SubjectPublicKeyInfo");
  auto const x = spki.substr(spki.size() - 64, 32);
  char const sign = spki.back() % 2 == 0 ? '\x02' : '\x03';
  auto const compressed = *from_hex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + sign + x;
  CHECK(why(PublicKey::from_spki(compressed)) == "it is not in the canonical form: named curve, uncompressed point");
  CHECK(why(PublicKey::from_pem(key.pem())) == "taken");
  CHECK(why(PublicKey::from_pem(key.pem() + key.pem())) == "it is not one PEM block PUBLIC KEY");
  CHECK(why(PublicKey::from_pem(spki)) == "it is not one PEM block PUBLIC KEY");
  auto const padded = [&](std::size_t size) {
    auto pem = std::string(trimmed(key.pem()));
    return pem.insert(pem.find('\n') + 1, std::string(size - pem.size(), '\n'));
  };
  CHECK(why(PublicKey::from_pem(padded(limits::max_certificate_bytes + 1))) == "it is too long");
  CHECK(why(PublicKey::from_pem(padded(limits::max_certificate_bytes))) != "it is too long");
  CHECK(why(PublicKey::from_native(nullptr)) == "it cannot be parsed");
}

TEST_CASE("certificate timestamps are read out of certificates in DER alone", "[sigstore]") {
  auto const der = genuine_leaf();
  auto const read = [](std::string const& bytes) {
    auto const certificate = Certificate::parse(bytes);
    REQUIRE(certificate.has_value());
    return why(embedded_scts(*certificate));
  };
  CHECK(read(der) == "taken");
  constexpr std::size_t extensions = 7;  // behind version, serial, algorithm, issuer, validity, subject, key
  for (auto const& path :
       {Path{}, Path{0}, Path{0, 1}, Path{0, extensions, 0}, Path{0, extensions, 0, 0}, Path{0, extensions, 0, 0, 0}}) {
    CAPTURE(path.size());
    CHECK(read(rebuilt(der, path, as_ber)) ==
          "the certificate is not in the DER form that certificate timestamps are made over");
  }
  auto const twice = rebuilt(der, {0, extensions, 0}, [](DerElement const& element) {
    return der_wrap(element.tag, std::string(element.value) + std::string(children(element.value).back().whole));
  });
  CHECK(read(twice) == "the certificate has more than one list of certificate timestamps");
  std::string const ill_formed = "the list of certificate timestamps is ill-formed";
  CHECK(why(parse_sct_list("\x00\x01x"s)) == ill_formed);
  CHECK(why(parse_sct_list("\x00\x02\x00\x01"s)) == ill_formed);
}

TEST_CASE("a message's signature is told from one that nobody could check", "[sigstore]") {
  auto const key = signing::Key::generate(KeyType::p256);
  auto const public_key = PublicKey::from_spki(key.spki()).value();
  MessageSignature content;
  content.signature = key.sign(world_verdict::file);
  auto const judged = [&](Artifact const& artifact) { return why(check_message_signature(content, artifact, public_key)); };
  CHECK(judged(Artifact::of_bytes(world_verdict::file)) == "taken");
  CHECK(judged(Artifact::of_digest(HashAlgorithm::sha256, sha256(world_verdict::file))) == "taken");
  CHECK(judged(Artifact::of_bytes("another")) == "the signature is not one of the signer's key over this artifact");
  CHECK(judged(Artifact::of_digest(HashAlgorithm::sha512, digest(HashAlgorithm::sha512, world_verdict::file))) ==
        "the signer's key signs another digest than the one that was given");
}

TEST_CASE("a log entry needs a kind that is known, and a key that its log could know", "[sigstore]") {
  World world;
  Attest request{.subject_sha256 = world_verdict::file_digest, .log = LogKind::rekor2};
  request.timestamped = true;
  auto const bundle = parse_bundle(world.attest(request)).value();
  auto const signer = Certificate::parse(*bundle.leaf())->public_key().value();
  CHECK(why(check_log_entry_body(bundle.log_entries.at(0), bundle, signer)) == "taken");
  auto const ed25519 = PublicKey::from_spki(signing::Key::generate(KeyType::ed25519).spki()).value();
  CHECK(why(check_log_entry_body(bundle.log_entries.at(0), bundle, ed25519)) ==
        "an Ed25519 signature over an envelope has no digest that could be logged as hashedrekord");
  auto entry = bundle.log_entries.at(0);
  entry.kind = "rekord";
  entry.api_version = "0.0.1";
  entry.canonicalized_body = R"({"kind":"rekord","apiVersion":"0.0.1"})";
  CHECK(why(check_log_entry_body(entry, bundle, signer)) == "this kind of log entry is not accepted");
  CHECK(check_log_entry_body(entry, bundle, signer).error().code == "log-body");
  CHECK(why(parse_checkpoint("log.example\n7\nAAAA\n")) == "no empty line separates text and signatures");
}

TEST_CASE("a policy that nobody can meet is refused for what is wrong with it", "[sigstore]") {
  auto const checked = [](std::function<void(Policy&)> const& change, bool bare = false) {
    Policy policy;
    if (!bare) policy.repository = "acme/helm-charts";
    change(policy);
    auto const outcome = check_policy(policy);
    return outcome ? std::string("taken") : outcome.error().where + ": " + outcome.error().why;
  };
  CHECK(checked([](Policy&) {}) == "taken");
  CHECK(checked([](Policy& p) { p.owner = "acme"; }, true) == "taken");
  CHECK(checked([](Policy& p) { p.owner = "ac me"; }, true) == "owner: this is not an owner");
  CHECK(checked([](Policy& p) { p.signer_repository = "acme/workflows"; }) == "taken");
  CHECK(checked([](Policy& p) { p.signer_repository = "acme"; }) == "signer-repo: this is not a repository");
  CHECK(checked([](Policy& p) { p.signer_digest = "0a1b"; }) == "taken");
  CHECK(checked([](Policy& p) { p.signer_digest = "main"; }) == "signer-digest: this is not a digest");
  auto const with_key = [](Policy& p) {
    p.key = KeyPolicy{PublicKey::from_spki(signing::Key::generate(KeyType::p256).spki()).value(), {}};
  };
  CHECK(checked(with_key, true) == "taken");
  CHECK(checked([](Policy& p) { p.release.emplace(); }, true) == "taken");
  CHECK(checked(
            [&](Policy& p) {
              with_key(p);
              p.release.emplace();
            },
            true) == "policy: a key and a release attestation exclude each other");
}

TEST_CASE("a wrong call of verify-bundle says what is wrong with it", "[sigstore]") {
  test::TemporaryDirectory directory;
  auto const no_key = (directory.path() / "key.pub").string();
  write_file(no_key, "no key");
  auto const said = [](std::vector<std::string_view> const& arguments) {
    std::ostringstream log;
    int const status = verify_bundle_command(arguments, log);
    return std::to_string(status) + " " + log.str();
  };
  auto const begins = [&](std::vector<std::string_view> const& arguments, std::string const& with) {
    auto const text = said(arguments);
    CAPTURE(text);
    CHECK(text.starts_with(with));
  };
  std::string_view const id = "--certificate-identity", issuer = "--certificate-oidc-issuer", digest = "sha256:00";
  begins({"--bundle", "b", "--bundle", "c", id, "i", issuer, "j", digest}, "2 --bundle: it is given twice");
  begins({"--bundle", "b", "--other", id, "i", issuer, "j", digest}, "2 --other: unknown option");
  begins({"--bundle", "b", id, "i", issuer, "j", digest, "more"}, "2 more: only one file or digest can be verified");
  begins({id, "i", issuer, "j", digest}, "2 --bundle: it is missing");
  begins({"--bundle", "b", id, "i", issuer, "j"}, "2 FILE_OR_DIGEST: it is missing");
  begins({"--bundle", "b", id, "i", digest}, "2 --certificate-identity: give identity and issuer, or a key");
  begins({"--bundle", "b", "--key", no_key, digest}, "1 public key: it is not one PEM block PUBLIC KEY");
}

TEST_CASE("each element of a timestamp is told from the others", "[sigstore]") {
  World const world;
  auto root = parse_trusted_root(world.trusted_root().json(), "world");
  REQUIRE(root.has_value());
  std::string const message = "a bundle's signature";
  auto const judged = [&](std::string const& der) {
    SignatureMemory memory;
    return why(TimestampVerifier(root->timestamp_authorities, memory).verify(der, message));
  };
  auto parts = world.tsa.parts(signing::world_time);
  auto const good = world.tsa.stamp(message, parts);
  CHECK(judged(good) == "taken");
  CHECK(judged(std::string(limits::max_timestamp_bytes + 1, '0')) == "it is larger than the limit");
  CHECK(judged(std::string(limits::max_timestamp_bytes, '0')) == "it is not a DER time-stamp response, or bytes follow it");
  CHECK(judged(rebuilt(good, {0}, with_more(nothing))) == "the status is ill-formed");

  Path const signed_data{1, 1, 0}, signer{1, 1, 0, last, 0};
  CHECK(judged(rebuilt(good, signer, with_content(nothing))) == "the signer is ill-formed");
  CHECK(judged(rebuilt(good, signer, with_children(4))) == "the signer is ill-formed");
  CHECK(judged(rebuilt(good, signer, with_children(5))) == "the signer is ill-formed");
  CHECK(judged(rebuilt(good, signer, with_more(nothing))) == "the signer is ill-formed");

  auto const info = [&](std::string const& der, Path const& path, Change const& change) {
    return judged(rebuilt(der, {1, 1, 0, 2, 1, 0},
                          [&](DerElement const& octets) { return der_wrap(octets.tag, rebuilt(octets.value, path, change)); }));
  };
  CHECK(info(good, {}, with_more(nothing)) == "the time-stamp information is ill-formed");
  auto critical = parts;
  critical.critical_extension = true;
  auto const extended = world.tsa.stamp(message, critical);
  CHECK(judged(extended) == "it has a critical extension");
  CHECK(info(extended, {last}, with_content(nothing)) == "an extension is ill-formed");
  CHECK(info(extended, {last}, with_content("\x30\x00"s)) == "an extension is ill-formed");

  auto crowded = parts;
  crowded.embedded.assign(limits::max_certificates, world.tsa.signer().der);
  CHECK(judged(world.tsa.stamp(message, crowded)) == "taken");
  crowded.embedded.push_back(world.tsa.signer().der);
  CHECK(judged(world.tsa.stamp(message, crowded)) == "the token holds too many certificates");

  auto old = parts;
  old.ess_v1 = true;
  old.ess_v2 = false;
  auto named = world.tsa.stamp(message, old);
  CHECK(judged(named) == "taken");
  auto const identifier = named.find(der_wrap(0x06, *from_hex("2a864886f70d010910020c")));
  REQUIRE(identifier != std::string::npos);
  auto const hash = named.find("\x04\x14"s, identifier);
  REQUIRE(hash != std::string::npos);
  named[hash] = '\x0c';
  CHECK(judged(named) == "the signer's certificate id is ill-formed");
}

TEST_CASE("a timestamp authority's certificates are of kinds that are accepted", "[sigstore]") {
  std::string const message = "a bundle's signature";
  auto const judged = [&](signing::TrustedRootParts const& parts, std::string const& der) {
    auto const root = parse_trusted_root(parts.json(), "world");
    REQUIRE(root.has_value());
    SignatureMemory memory;
    auto const outcome = TimestampVerifier(root->timestamp_authorities, memory).verify(der, message);
    return outcome && !outcome->authority ? std::string("unknown") : why(outcome);
  };
  auto const by_world = [&](signing::WorldOptions options) {
    World const world(std::move(options));
    return judged(world.trusted_root(), world.tsa.stamp(message, world.tsa.parts(signing::world_time)));
  };
  CHECK(by_world({}) == "taken");
  CHECK(by_world({.tsa_key = KeyType::secp256k1}) == "the signer's key is of a kind that is not accepted");
  // Where the root names authorities alone, the signer is embedded.
  auto const embedded = [&](std::string const& constraints, std::string const& usage) {
    World const world({.tsa = [&](auto& spec) {
      spec.basic_constraints = constraints;
      spec.key_usage = usage;
    }});
    auto root = world.trusted_root();
    root.timestamp_authorities.at(0).certificates = {world.tsa.chain().at(1)};
    auto parts = world.tsa.parts(signing::world_time);
    parts.embedded = {world.tsa.signer().der};
    return judged(root, world.tsa.stamp(message, parts));
  };
  CHECK(embedded("critical,CA:FALSE", "critical,digitalSignature") == "taken");
  CHECK(embedded("critical,CA:TRUE", "critical,digitalSignature,keyCertSign") == "unknown");  // an authority is no signer

  World const world;
  auto const by = [&](signing::StampingAuthority const& authority) {
    auto root = world.trusted_root();
    root.timestamp_authorities.at(0).certificates = authority.chain();
    return judged(root, authority.stamp(message, authority.parts(signing::world_time)));
  };
  CHECK(by(world.tsa) == "taken");
  auto const below = [&](KeyType type) {
    auto const anchor = signing::issue(
        signing::authority_spec("tsa.example", "anchor", signing::world_time - 86400, signing::world_time + 86400),
        signing::Key::generate(type), nullptr);
    auto signer =
        signing::issue(signing::stamping_spec("tsa.example", signing::world_time - 86400, signing::world_time + 86400),
                       signing::Key::generate(KeyType::p256), &anchor);
    return by({std::move(signer), {anchor.der}});
  };
  CHECK(below(KeyType::p384) == "taken");
  CHECK(below(KeyType::secp256k1) == "an authority's key is of a kind that is not accepted");

  // ecdsa-with-SHA224, in both places that name the algorithm.
  auto const algorithm = with_content(der_wrap(0x06, *from_hex("2a8648ce3d040301")));
  auto weak = world.tsa.signer();
  weak.der = rebuilt(rebuilt(weak.der, {0, 2}, algorithm), {1}, algorithm);
  CHECK(by({weak, {world.tsa.chain().at(1)}}) == "a certificate is signed with an algorithm that is not accepted");
}

TEST_CASE("a proof's index lies in the tree, whoever read the bundle", "[sigstore]") {
  World world;
  auto bundle = parse_bundle(world.attest({.subject_sha256 = world_verdict::file_digest, .timestamped = true})).value();
  auto const leaf = Certificate::parse(*bundle.leaf()).value();
  auto const root = parse_trusted_root(world.trusted_root().json(), "world").value();
  auto const judged = [&](std::int64_t index) {
    bundle.log_entries.at(0).inclusion_proof->log_index = index;
    CheckTrace trace;
    auto const evidence = check_log_entries(bundle, leaf.public_key().value(), &leaf, root.tlogs, 1, trace);
    CHECK(evidence.has_value() == trace.all_passed());
    return first_failure(trace).second;
  };
  CHECK(judged(bundle.log_entries.at(0).inclusion_proof->log_index) == "taken");
  CHECK(judged(-1) == "the index lies outside the tree");
  auto& proof = *bundle.log_entries.at(0).inclusion_proof;
  auto const size = std::exchange(proof.tree_size, 0);
  CHECK(judged(0) == "the index lies outside the tree");
  proof.tree_size = size;
  bundle.log_entries.at(0).inclusion_promise.reset();
  bundle.log_entries.at(0).inclusion_proof.reset();
  CheckTrace trace;
  CHECK_FALSE(check_log_entries(bundle, leaf.public_key().value(), &leaf, root.tlogs, 1, trace));
  CHECK(first_failure(trace) == std::pair("log-inclusion-proof"s, "it has neither a promise nor a proof of inclusion"s));
}

TEST_CASE("a file of trusted roots has a size and a number of roots", "[sigstore]") {
  auto const document = World().trusted_root().json();
  auto const one_line = boost::json::serialize(boost::json::parse(document));
  auto const roots = [&](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += one_line + "\n";
    return why(parse_trusted_roots(text, "roots"));
  };
  CHECK(roots(1) == "taken");
  CHECK(roots(32) == "taken");
  CHECK(roots(33) == "it holds too many roots");
  CHECK(why(parse_trusted_roots(document + std::string(limits::max_trusted_root_bytes - document.size(), '\n'), "roots")) ==
        "taken");
  CHECK(why(parse_trusted_roots(document + std::string(limits::max_trusted_root_bytes + 1 - document.size(), '\n'), "roots")) ==
        "the file is larger than the limit");
}

TEST_CASE("a bundle that somebody else read is held to version, certificate and signature", "[sigstore]") {
  World world;
  auto const root = parse_trusted_root(world.trusted_root().json(), "world").value();
  Verifier const verifier({root});
  auto const judged = [&](Bundle const& bundle) {
    auto const outcome = verifier.verify(bundle, Artifact::of_bytes(world_verdict::file), world_verdict::policy());
    CHECK(outcome.attestation.has_value() != outcome.rejection.has_value());
    return outcome.rejection ? std::string(outcome.rejection->code.text()) + ": " + outcome.rejection->why
                             : std::string("taken");
  };
  auto const good = parse_bundle(world.attest({.subject_sha256 = world_verdict::file_digest})).value();
  CHECK(judged(good) == "taken");
  auto old = good;
  old.version = BundleVersion::v0_1;
  CHECK(judged(old) == "bundle-version: bundles of this version are not accepted here");
  auto longer = good;
  std::get<CertificateMaterial>(longer.key_material).leaf += "x";
  CHECK(judged(longer) == "certificate: bytes follow it");
  CHECK(judged(parse_bundle(world.attest({.message = world_verdict::file})).value()) == "taken");
  auto forged = parse_bundle(world.attest({.message = world_verdict::file})).value();
  std::get<MessageSignature>(forged.content).signature = signing::Key::generate(KeyType::p256).sign(world_verdict::file);
  CHECK(judged(forged) == "log-body: the log's entry was made for another signature");
  auto const checks = verifier.verify(forged, Artifact::of_bytes(world_verdict::file), world_verdict::policy()).checks;
  CHECK(std::ranges::any_of(checks, [](CheckResult const& check) {
    return !check.passed && check.detail == "the signature is not one of the signer's key over this artifact";
  }));
}

}  // namespace
}  // namespace refusal_places_test

#include "sigstore/certificate_identity.hpp"

#include "samples.hpp"
#include "sigstore/bundle.hpp"
#include "support/catch2.hpp"

namespace certificate_identity_test {
namespace {

using namespace acr;
using namespace acr::sigstore;
using namespace std::string_literals;

/// The leaf of a genuine attestation, DER.
std::string leaf(std::string const& name = "reusable-workflow") {
  auto const bundle = parse_bundle(samples::attestation(name).bundle);
  REQUIRE(bundle.has_value());
  return *bundle->leaf();
}

/// 1.3.6.1.4.1.57264.1.<n>, DER with its header.
std::string oid(char n) { return "\x06\x0a\x2b\x06\x01\x04\x01\x83\xbf\x30\x01"s + n; }

Verdict<CertificateIdentity> identity_of(std::string const& der) {
  auto const certificate = Certificate::parse(der);
  REQUIRE(certificate.has_value());
  return read_identity(*certificate);
}

std::string refused_by(std::string const& der) {
  auto const identity = identity_of(der);
  return identity ? std::string() : identity.error().rule_number;
}

TEST_CASE("a workflow's certificate names its run (V-89 to V-91)", "[sigstore]") {
  auto const identity = identity_of(leaf());
  REQUIRE(identity.has_value());
  CHECK(identity->san_kind == SanKind::uri);
  CHECK(identity->san == samples::attestation("reusable-workflow").identity);
  CHECK(identity->issuer == "https://token.actions.githubusercontent.com");
  using enum FulcioExtension;
  REQUIRE(identity->find(source_repository_uri));
  CHECK(*identity->find(build_signer_uri) == identity->san);
  CHECK(*identity->find(runner_environment) == "github-hosted");
  CHECK(*identity->find(issuer_v2) == *identity->find(issuer));
  CHECK(identity->find(deployment_environment) == nullptr);
  CHECK(identity->certificate_issuer == "CN=sigstore-intermediate,O=sigstore.dev");
  for (auto const& name : samples::attestation_names()) {
    CAPTURE(name);
    auto const other = identity_of(leaf(name));
    REQUIRE(other.has_value());
    CHECK(other->san == samples::attestation(name).identity);
    CHECK(other->issuer == samples::attestation(name).issuer);
  }
}

TEST_CASE("the issuer's organisation decides the instance (V-30)", "[sigstore]") {
  CHECK(*issuer_organization(*Certificate::parse(leaf())) == "sigstore.dev");
  CHECK(*issuer_organization(*Certificate::parse(leaf("private-instance-demo"))) == "GitHub, Inc.");
}

TEST_CASE("an extension that occurs twice is refused (V-92)", "[sigstore]") {
  CHECK(refused_by(samples::with(leaf(), oid(9), oid(10))) == "V-92");
}

TEST_CASE("an unknown extension number is kept in hex and ignored (V-92)", "[sigstore]") {
  auto const identity = identity_of(samples::with(leaf(), oid(20), oid(99)));
  REQUIRE(identity.has_value());
  CHECK(identity->find(FulcioExtension::build_trigger) == nullptr);
  CHECK(identity->extensions.back().name == "1.3.6.1.4.1.57264.1.99");
}

TEST_CASE("two issuers that differ are refused (V-90)", "[sigstore]") {
  std::string const issuer = "https://token.actions.githubusercontent.com";
  CHECK(refused_by(samples::with(leaf(), issuer, "https://token.actions.githubusercontent.con")) == "V-90");
}

TEST_CASE("an issuer in one form only is enough (V-90)", "[sigstore]") {
  auto const without_old = identity_of(samples::with(leaf(), oid(1), oid(98)));
  REQUIRE(without_old.has_value());
  CHECK(without_old->issuer == "https://token.actions.githubusercontent.com");
  auto const without_new = identity_of(samples::with(leaf(), oid(8), oid(98)));
  REQUIRE(without_new.has_value());
  CHECK(without_new->issuer == "https://token.actions.githubusercontent.com");
  auto const without_any = identity_of(samples::with(samples::with(leaf(), oid(8), oid(98)), oid(1), oid(97)));
  REQUIRE(without_any.has_value());
  CHECK(without_any->issuer.empty());
}

TEST_CASE("extensions from .8 on are UTF8Strings and nothing else (V-91)", "[sigstore]") {
  // OCTET STRING { UTF8String "github-hosted" }, damaged in tag, length and text.
  std::string const value = "\x04\x0f\x0c\x0dgithub-hosted"s;
  CHECK(refused_by(samples::with(leaf(), value, "\x04\x0f\x16\x0dgithub-hosted")) == "V-91");
  CHECK(refused_by(samples::with(leaf(), value, "\x04\x0f\x0c\x0cgithub-hosted")) == "V-91");
  CHECK(refused_by(samples::with(leaf(), value, "\x04\x0f\x0c\x0egithub-hosted")) == "V-91");
  CHECK(refused_by(samples::with(leaf(), value, "\x04\x0f\x0c\x0dgithub-hoste\xff")) == "V-91");
}

TEST_CASE("the subject alternative name is one URI, email or Fulcio name (V-89)", "[sigstore]") {
  std::string const uri = samples::attestation("reusable-workflow").identity;
  REQUIRE(uri.size() < 0x80);  // one length octet
  std::string const head = "\x86"s + static_cast<char>(uri.size()) + uri.substr(0, 10);
  auto const with_tag = [&](char tag) { return samples::with(leaf(), head, tag + head.substr(1)); };
  auto const email = identity_of(with_tag('\x81'));
  REQUIRE(email.has_value());
  CHECK(email->san_kind == SanKind::email);
  CHECK(refused_by(with_tag('\x82')) == "V-89");  // DNS name
}

TEST_CASE("a certificate with bytes behind it or a cut one is refused (V-9)", "[sigstore]") {
  CHECK(Certificate::parse(leaf() + "x").has_error());
  CHECK(Certificate::parse(leaf().substr(0, 100)).has_error());
  CHECK(Certificate::parse("").has_error());
}

}  // namespace
}  // namespace certificate_identity_test

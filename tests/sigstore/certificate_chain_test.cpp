#include "sigstore/certificate_chain.hpp"

#include "forge.hpp"
#include "samples.hpp"
#include "sigstore/bundle.hpp"
#include "support/catch2.hpp"

namespace certificate_chain_test {
namespace {

using namespace acr;
using namespace acr::sigstore;

Time at(char const* text) { return *parse_rfc3339(text); }
constexpr char const* signing_time = "2026-01-01T00:05:00Z";

/// A root, an intermediate and a leaf; each part can be replaced by a wish that is wrong.
struct Hierarchy {
  forge::Issued root = forge::issue(forge::authority("root"), nullptr);
  forge::Issued intermediate =
      forge::issue(forge::with(forge::authority("intermediate"), "extendedKeyUsage", "codeSigning"), &root);
  forge::Issued leaf = forge::issue(forge::leaf(), &intermediate);
  Validity valid_for{};

  /// Empty when a path is found that holds at `time`, else the rule.
  [[nodiscard]] std::string verdict(char const* time = signing_time) const {
    SignatureMemory memory;
    std::vector<CertificateAuthority> const authorities{authority({intermediate.certificate, root.certificate}, valid_for)};
    return verdict(authorities, time);
  }
  [[nodiscard]] std::string verdict(std::vector<CertificateAuthority> const& authorities,
                                    char const* time = signing_time) const {
    SignatureMemory memory;
    ChainVerifier const chains(authorities, memory);
    auto const paths = chains.paths(leaf.certificate);
    if (!paths) return paths.error().rule_number;
    auto const path = chains.at(*paths, sigstore_time(time));
    return path ? "" : path.error().rule_number;
  }
  static Time sigstore_time(char const* text) { return at(text); }
  static CertificateAuthority authority(std::vector<Certificate> chain, Validity validity = {}) {
    return {"forge", "ca", "https://ca.example", std::move(chain), validity, ""};
  }
};

TEST_CASE("a leaf chains to its authority (V-34)", "[sigstore]") { CHECK(Hierarchy().verdict().empty()); }

TEST_CASE("genuine leaves chain, strictly, and their true issuer is kept (V-36, V-37)", "[sigstore]") {
  for (auto const& name : samples::attestation_names()) {
    CAPTURE(name);
    auto const sample = samples::attestation(name);
    auto const bundle = parse_bundle(sample.bundle);
    auto const root = parse_trusted_root(sample.trusted_root, "root");
    REQUIRE((bundle.has_value() && root.has_value()));
    SignatureMemory memory;
    ChainVerifier const chains(root->certificate_authorities, memory);
    auto const leaf = Certificate::parse(*bundle->leaf());
    auto const paths = chains.paths(*leaf);
    REQUIRE(paths.has_value());
    auto const path = chains.at(*paths, *leaf->validity().from);
    REQUIRE(path.has_value());
    CHECK((*path)->issuer().subject_der() == leaf->issuer_der());
    CHECK((*path)->certificates.size() >= 3);
  }
}

TEST_CASE("a leaf that is not made for signing code is refused (V-34)", "[sigstore]") {
  struct Row {
    char const* defect;
    char const* extension;
    char const* value;
  };
  auto const row = one_of<Row>({
      {"no extended key usage", "extendedKeyUsage", ""},
      {"a TLS server's", "extendedKeyUsage", "serverAuth"},
      {"any usage does not say code signing", "extendedKeyUsage", "anyExtendedKeyUsage"},
      {"a CA", "basicConstraints", "critical,CA:TRUE"},
      {"key usage without digitalSignature", "keyUsage", "critical,keyAgreement"},
      {"an unknown critical extension", "1.2.3.4", "critical,ASN1:NULL"},
      {"a poison extension", "1.3.6.1.4.1.11129.2.4.3", "critical,ASN1:NULL"},
  });
  CAPTURE(row.defect);
  Hierarchy h;
  h.leaf = forge::issue(forge::with(forge::leaf(), row.extension, row.value), &h.intermediate);
  CHECK(h.verdict() == "V-34");
}

TEST_CASE("what a leaf may have is accepted (V-34, V-35)", "[sigstore]") {
  struct Row {
    char const* what;
    char const* extension;
    char const* value;
  };
  auto const row = one_of<Row>({
      {"more usages beside code signing", "extendedKeyUsage", "serverAuth,codeSigning"},
      {"no key usage", "keyUsage", ""},
      {"Fulcio's other name, critical", "subjectAltName", "critical,otherName:1.3.6.1.4.1.57264.1.7;UTF8:octocat"},
      {"an unknown extension that is not critical", "1.2.3.4", "ASN1:NULL"},
  });
  CAPTURE(row.what);
  Hierarchy h;
  h.leaf = forge::issue(forge::with(forge::leaf(), row.extension, row.value), &h.intermediate);
  CHECK(h.verdict().empty());
}

TEST_CASE("an intermediate that may not issue is refused (V-34)", "[sigstore]") {
  struct Row {
    char const* defect;
    char const* extension;
    char const* value;
  };
  auto const row = one_of<Row>({
      {"no CA", "basicConstraints", "critical,CA:FALSE"},
      {"no basic constraints", "basicConstraints", ""},
      {"no keyCertSign", "keyUsage", "critical,cRLSign"},
      {"nested usage forbids code signing", "extendedKeyUsage", "timeStamping"},
      {"an unknown critical extension", "1.2.3.4", "critical,ASN1:NULL"},
      {"its name constraints exclude the leaf", "nameConstraints", "critical,permitted;URI:.example.com"},
  });
  CAPTURE(row.defect);
  Hierarchy h;
  h.intermediate = forge::issue(forge::with(forge::authority("intermediate"), row.extension, row.value), &h.root);
  h.leaf = forge::issue(forge::leaf(), &h.intermediate);
  CHECK_FALSE(h.verdict().empty());
}

TEST_CASE("a path longer than an authority allows is refused (V-34)", "[sigstore]") {
  Hierarchy h;
  h.root = forge::issue(forge::with(forge::authority("root"), "basicConstraints", "critical,CA:TRUE,pathlen:0"), nullptr);
  h.intermediate = forge::issue(forge::authority("intermediate"), &h.root);
  h.leaf = forge::issue(forge::leaf(), &h.intermediate);
  CHECK(h.verdict() == "V-34");
}

TEST_CASE("a chain of more than six certificates is refused (V-36)", "[sigstore]") {
  forge::Issued const root = forge::issue(forge::authority("root"), nullptr);
  auto const verdict_for = [&](int intermediates) {
    std::vector<Certificate> chain;
    forge::Issued last = root;
    for (int i = 0; i < intermediates; ++i) {
      last = forge::issue(forge::authority("ca " + std::to_string(i)), &last);
      chain.insert(chain.begin(), last.certificate);
    }
    chain.push_back(root.certificate);
    Hierarchy h;
    h.leaf = forge::issue(forge::leaf(), &last);
    return h.verdict({Hierarchy::authority(chain)});
  };
  CHECK(verdict_for(4).empty());
  CHECK_FALSE(verdict_for(8).empty());
}

TEST_CASE("weak algorithms are refused anywhere in the path (V-36, V-47)", "[sigstore]") {
  Hierarchy h;
  SECTION("an RSA leaf key of 1024 bits") { h.leaf = forge::issue(forge::leaf(), &h.intermediate, forge::Key("RSA:1024")); }
  SECTION("a leaf key on another curve") { h.leaf = forge::issue(forge::leaf(), &h.intermediate, forge::Key("secp256k1")); }
  SECTION("a leaf signed with SHA-1") {
    auto wish = forge::leaf();
    wish.hash = "SHA1";
    h.leaf = forge::issue(wish, &h.intermediate);
  }
  SECTION("a leaf signed with SHA-224") {
    auto wish = forge::leaf();
    wish.hash = "SHA224";
    h.leaf = forge::issue(wish, &h.intermediate);
  }
  SECTION("an intermediate signed with SHA-1") {
    auto wish = forge::authority("intermediate");
    wish.hash = "SHA1";
    h.intermediate = forge::issue(wish, &h.root);
    h.leaf = forge::issue(forge::leaf(), &h.intermediate);
  }
  SECTION("an intermediate with an RSA key of 1024 bits") {
    h.intermediate = forge::issue(forge::authority("intermediate"), &h.root, forge::Key("RSA:1024"));
    h.leaf = forge::issue(forge::leaf(), &h.intermediate);
  }
  SECTION("an anchor on another curve") {
    h.root = forge::issue(forge::authority("root"), nullptr, forge::Key("secp256k1"));
    h.intermediate = forge::issue(forge::authority("intermediate"), &h.root);
    h.leaf = forge::issue(forge::leaf(), &h.intermediate);
  }
  std::string const rule = h.verdict();
  CAPTURE(rule);
  CHECK_FALSE(rule.empty());
}

TEST_CASE("all accepted kinds of keys chain (V-36)", "[sigstore]") {
  auto const kind = one_of<char const*>({"P-256", "P-384", "P-521", "RSA:2048", "RSA:3072", "ED25519"});
  CAPTURE(kind);
  Hierarchy h;
  h.intermediate = forge::issue(forge::authority("intermediate"), &h.root, forge::Key(kind));
  auto wish = forge::leaf();
  if (std::string_view(kind) == "ED25519") wish.hash.clear();
  h.leaf = forge::issue(wish, &h.intermediate, forge::Key(kind));
  CHECK(h.verdict().empty());
}

TEST_CASE("a certificate signed by a stranger of the right name is refused (V-34)", "[sigstore]") {
  Hierarchy h;
  forge::Issued const stranger =
      forge::issue(forge::with(forge::authority("intermediate"), "subjectKeyIdentifier", "00"), &h.root);
  forge::Issued const same_name =
      forge::issue(forge::with(forge::authority("intermediate"), "authorityKeyIdentifier", ""), nullptr);
  for (auto const* issuer : {&stranger, &same_name}) {
    h.leaf = forge::issue(forge::with(forge::leaf(), "authorityKeyIdentifier", ""), issuer);
    CHECK_FALSE(h.verdict().empty());
  }
}

TEST_CASE("an authority of the right name and key identifier, but with another key, has signed nothing (V-34)", "[sigstore]") {
  std::string const id = "00112233445566778899AABBCCDDEEFF00112233";
  auto const named = [&](std::string const& name) { return forge::with(forge::authority(name), "subjectKeyIdentifier", id); };
  Hierarchy h;
  h.intermediate = forge::issue(named("intermediate"), &h.root);
  h.leaf = forge::issue(forge::leaf(), &h.intermediate);
  CHECK(h.verdict().empty());
  forge::Issued const impostor = forge::issue(named("intermediate"), &h.root);
  SignatureMemory memory;
  std::vector<CertificateAuthority> const authorities{Hierarchy::authority({impostor.certificate, h.root.certificate})};
  auto const paths = ChainVerifier(authorities, memory).paths(h.leaf.certificate);
  REQUIRE(paths.has_error());
  CHECK(paths.error().code == "certificate-chain");
  CHECK(paths.error().why == "the certificate chain does not hold: certificate signature failure");
}

TEST_CASE("dates are inclusive at both ends, for every certificate of the path (V-33)", "[sigstore]") {
  Hierarchy h;
  CHECK(h.verdict("2026-01-01T00:00:00Z").empty());
  CHECK(h.verdict("2026-01-01T00:10:00Z").empty());  // exactly notAfter, which OpenSSL refuses
  CHECK(h.verdict("2025-12-31T23:59:59Z") == "V-33");
  CHECK(h.verdict("2026-01-01T00:10:01Z") == "V-33");
  CHECK(h.verdict("2026-01-01T00:10:00.000000001Z") == "V-33");

  auto wish = forge::authority("intermediate");
  wish.not_before = "20260101000500Z";
  h.intermediate = forge::issue(wish, &h.root);
  h.leaf = forge::issue(forge::leaf(), &h.intermediate);
  CHECK(h.verdict("2026-01-01T00:05:00Z").empty());
  CHECK(h.verdict("2026-01-01T00:04:59Z") == "V-33");
}

TEST_CASE("the anchor's own dates count too (V-33)", "[sigstore]") {
  Hierarchy h;
  auto wish = forge::authority("root");
  wish.not_after = "20260101000500Z";
  h.root = forge::issue(wish, nullptr);
  h.intermediate = forge::issue(forge::authority("intermediate"), &h.root);
  h.leaf = forge::issue(forge::leaf(), &h.intermediate);
  CHECK(h.verdict("2026-01-01T00:05:00Z").empty());
  CHECK(h.verdict("2026-01-01T00:05:01Z") == "V-33");
}

TEST_CASE("an authority is usable inside its period only (V-33)", "[sigstore]") {
  Hierarchy h;
  h.valid_for = {at("2026-01-01T00:03:00Z"), at("2026-01-01T00:05:00Z")};
  CHECK(h.verdict("2026-01-01T00:03:00Z").empty());
  CHECK(h.verdict("2026-01-01T00:05:00Z").empty());
  CHECK(h.verdict("2026-01-01T00:02:59Z") == "V-33");
  CHECK(h.verdict("2026-01-01T00:05:00.001Z") == "V-33");
}

TEST_CASE("of several authorities with one name each is tried (V-28, V-37)", "[sigstore]") {
  Hierarchy h, other;
  auto const mine = Hierarchy::authority({h.intermediate.certificate, h.root.certificate});
  auto const foreign = Hierarchy::authority({other.intermediate.certificate, other.root.certificate});
  CHECK(h.verdict({foreign, mine}).empty());
  CHECK(h.verdict({mine, foreign}).empty());
  CHECK(h.verdict({foreign}) != "");

  SECTION("and the period is that of the one that issued") {
    auto expired = mine;
    expired.valid_for.to = at("2020-01-01T00:00:00Z");
    CHECK(h.verdict({foreign, expired}) == "V-33");
    CHECK(h.verdict({expired, mine}).empty());
  }
}

TEST_CASE("an anchor need not be self-signed (V-28, V-36)", "[sigstore]") {
  Hierarchy h;
  CHECK(h.verdict({Hierarchy::authority({h.intermediate.certificate})}).empty());
  CHECK(h.verdict({Hierarchy::authority({h.root.certificate})}) == "V-36");
}

TEST_CASE("a leaf that is itself an anchor is refused", "[sigstore]") {
  Hierarchy h;
  CHECK_FALSE(h.verdict({Hierarchy::authority({h.leaf.certificate})}).empty());
}

TEST_CASE("a remembered signature does not vouch for another certificate", "[sigstore]") {
  Hierarchy h, other;
  SignatureMemory memory;
  CHECK(memory.signed_by(h.leaf.certificate, h.intermediate.certificate));
  CHECK(memory.signed_by(h.leaf.certificate, h.intermediate.certificate));
  CHECK_FALSE(memory.signed_by(h.leaf.certificate, other.intermediate.certificate));
  CHECK_FALSE(memory.signed_by(other.leaf.certificate, h.intermediate.certificate));
  std::string der = h.leaf.certificate.der();
  der.back() = static_cast<char>(der.back() ^ 1);
  if (auto const flipped = Certificate::parse(der)) CHECK_FALSE(memory.signed_by(*flipped, h.intermediate.certificate));
}

}  // namespace
}  // namespace certificate_chain_test

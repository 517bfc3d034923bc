#include "sigstore/trusted_root.hpp"

#include "samples.hpp"
#include "support/catch2.hpp"

namespace trusted_root_test {
namespace {

using namespace acr::sigstore;

std::string public_good() { return samples::text("trusted_root_public_good.json"); }

std::string damaged(std::string_view from, std::string_view to) { return samples::with(public_good(), from, to); }

/// The document on one line, as `gh attestation trusted-root` prints it.
std::string on_one_line(std::string text) {
  std::erase(text, '\n');
  return text;
}

TEST_CASE("the built-in trusted roots are the files of the test data", "[sigstore]") {
  REQUIRE(built_in_roots().size() == 2);
  CHECK(built_in_roots()[0].json == public_good());
  CHECK(built_in_roots()[1].json == samples::text("trusted_root_github.json"));
  auto const& roots = default_roots();
  REQUIRE(roots.size() == 2);
  CHECK(roots[0].tlogs.size() == 2);
  CHECK(roots[0].ctlogs.size() == 2);
  CHECK(roots[1].tlogs.empty());
  CHECK(roots[1].certificate_authorities.size() == 6);
  CHECK(roots[1].timestamp_authorities.size() == 6);
  CHECK(roots[0].source == "built in (public good, 2026-08-21)");
}

TEST_CASE("built-in roots come with their date, their versions and the start of trust (T-6)", "[sigstore]") {
  CHECK(built_in_roots()[0].date == "2026-08-21");
  CHECK(built_in_roots()[0].organization == "sigstore.dev");
  CHECK(built_in_roots()[0].timestamp == 762);
  CHECK(built_in_roots()[0].snapshot == 165);
  CHECK(built_in_roots()[0].targets == 14);
  CHECK(built_in_roots()[0].initial_root.find("\"version\": 16") != std::string_view::npos);
  CHECK(built_in_roots()[1].organization == "GitHub, Inc.");
  CHECK(built_in_roots()[1].date == "2026-08-01");
  CHECK(built_in_roots()[1].initial_root.find("\"version\": 3") != std::string_view::npos);
}

TEST_CASE("facts of a built-in root are all there or refused (T-6)", "[sigstore]") {
  struct Row {
    char const* facts;
    bool good;
  };
  auto const row = one_of<Row>({
      {R"({"date":"2026-08-01","timestamp":1,"snapshot":2,"targets":0})", true},
      {R"({"timestamp":1,"snapshot":2,"targets":3})", false},
      {R"({"date":"August","timestamp":1,"snapshot":2,"targets":3})", false},
      {R"({"date":"2026-08-01","snapshot":2,"targets":3})", false},
      {R"({"date":"2026-08-01","timestamp":1,"targets":3})", false},
      {R"({"date":"2026-08-01","timestamp":1,"snapshot":2,"targets":"3"})", false},
  });
  CAPTURE(row.facts);
  auto const facts = parse_built_in_facts(std::string("{\"x\":") + row.facts + "}", "x");
  CHECK(facts.has_value() == row.good);
  if (!row.good) CHECK(facts.error().code == "built-in");
  CHECK(parse_built_in_facts("{", "x").has_error());
  CHECK(parse_built_in_facts("{}", "x").has_error());
}

TEST_CASE("the staging root with its bare PKCS#1 key is read (V-26, V-27)", "[sigstore]") {
  auto const root = parse_trusted_root(samples::text("trusted_root_staging.json"), "staging");
  REQUIRE(root.has_value());
  CHECK(root->ctlogs.front().key.kind() == KeyKind::rsa_4096);
  CHECK(root->ctlogs.front().log_id == root->ctlogs.front().key.spki_sha256());
}

TEST_CASE("a damaged trusted root is refused as a whole", "[sigstore]") {
  struct Row {
    char const* defect;
    char const* from;
    char const* to;
    char const* rule;
  };
  auto const row = one_of<Row>({
      {"unknown media type", "version=0.1", "version=0.9", "V-21"},
      {"unknown field", "\"tlogs\"", "\"extra\": 1, \"tlogs\"", "V-14"},
      {"duplicate field", "\"tlogs\"", "\"tlogs\": [], \"tlogs\"", "V-22"},
      {"log key without beginning", "\"start\": \"2021-01-12T11:53:27Z\"", "", "V-24"},
      {"unreadable time", "2021-01-12T11:53:27Z", "12 January 2021", "V-25"},
      {"other hash", "SHA2_256", "SHA2_512", "V-23"},
      {"no key kind", "PKIX_ECDSA_P256_SHA_256", "P256", "V-26"},
      {"declared kind is not the key's", "PKIX_ECDSA_P256_SHA_256", "PKIX_ECDSA_P384_SHA_384", "V-26"},
      {"log id of another key",
       "wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0=", "zxGZFVvd0FEmjR8WrFwMdcAJ9vtaY/QXf44Y1wUeP6A=", "V-27"},
      {"v2 log id, name changed", "https://log2025-1.rekor.sigstore.dev", "https://log2025-2.rekor.sigstore.dev", "V-27"},
      {"certificate that is none", "\"rawBytes\": \"MIIB+DCC", "\"rawBytes\": \"MIIB+DCD", "V-28"},
      {"key that is none", "\"rawBytes\": \"MFkwEwYHKoZI", "\"rawBytes\": \"MFkwEwYHKoZJ", "V-26"},
  });
  CAPTURE(row.defect);
  auto const root = parse_trusted_root(damaged(row.from, row.to), "root.json");
  REQUIRE(root.has_error());
  CHECK(root.error().rule_number == row.rule);
  CHECK_THAT(root.error().where, Catch::Matchers::StartsWith("root.json"));
}

TEST_CASE("an empty certificate chain makes a root unusable (V-28)", "[sigstore]") {
  std::string text = public_good();
  auto const begin = text.find("\"certificates\": [") + std::string("\"certificates\": [").size();
  text.erase(begin, text.find(']', begin) - begin);
  CHECK(parse_trusted_root(text, "root").error().rule_number == "V-28");
}

TEST_CASE("a log with a key kind of the future is left out, and said so (V-26)", "[sigstore]") {
  auto const root = parse_trusted_root(damaged("PKIX_ED25519", "ML_DSA_65"), "root");
  REQUIRE(root.has_value());
  CHECK(root->tlogs.size() == 1);
  REQUIRE(root->notes.size() == 1);
  CHECK_THAT(root->notes[0], Catch::Matchers::StartsWith("root.tlogs[1]"));
}

TEST_CASE("all three media types of trusted roots are read (V-21)", "[sigstore]") {
  auto const type = one_of<char const*>(
      {"application/vnd.dev.sigstore.trustedroot.v0.1+json", "application/vnd.dev.sigstore.trustedroot.v0.2+json"});
  CHECK(parse_trusted_root(damaged("application/vnd.dev.sigstore.trustedroot+json;version=0.1", type), "root").has_value());
}

TEST_CASE("a file may hold one root per line, the last with or without newline (V-31)", "[sigstore]") {
  std::string const both = on_one_line(public_good()) + "\n" + on_one_line(samples::text("trusted_root_github.json"));
  for (std::string const& text : {both, both + "\n", both + "\r\n\n"}) {
    auto const roots = parse_trusted_roots(text, "roots.jsonl");
    REQUIRE(roots.has_value());
    CHECK(roots->size() == 2);
  }
  CHECK(parse_trusted_roots(public_good(), "one.json")->size() == 1);
  auto const bad_second = parse_trusted_roots(on_one_line(public_good()) + "\n{}\n", "roots.jsonl");
  REQUIRE(bad_second.has_error());
  CHECK_THAT(bad_second.error().where, Catch::Matchers::StartsWith("roots.jsonl:2"));
  CHECK(parse_trusted_roots("", "empty").has_error());
  CHECK(parse_trusted_roots("\n\n", "blank").has_error());
}

TEST_CASE("the issuer's organisation picks the root (V-30, V-31)", "[sigstore]") {
  CHECK(roots_for(default_roots(), "sigstore.dev") == std::vector<std::size_t>{0});
  CHECK(roots_for(default_roots(), "GitHub, Inc.") == std::vector<std::size_t>{1});
  CHECK(roots_for(default_roots(), "somebody else").empty());
  // A built-in root is picked by its name before it is parsed: no authority of it issues for another organisation.
  for (std::size_t i = 0; i < built_in_roots().size(); ++i)
    for (auto const& authority : parsed_built_in(i).certificate_authorities) {
      std::vector<std::string> const only{std::string(built_in_roots()[i].organization)};
      CHECK(authority.chain.front().subject_organizations() == only);
      CHECK(authority.chain.front().issuer_organizations() == only);
    }
  CHECK(instance_of("sigstore.dev") == Instance::public_good);
  CHECK(instance_of("GitHub, Inc.") == Instance::github);
  CHECK(instance_of("GitHub, Inc") == Instance::other);
}

}  // namespace
}  // namespace trusted_root_test

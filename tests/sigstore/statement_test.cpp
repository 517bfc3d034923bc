#include "sigstore/statement.hpp"

#include "samples.hpp"
#include "support/catch2.hpp"
#include "support/encoding.hpp"

namespace statement_test {
namespace {

using namespace acr;
using namespace acr::sigstore;

std::string const good = R"({
  "_type": "https://in-toto.io/Statement/v1",
  "subject": [{"name": "web-1.0.0.tgz", "digest": {"sha256": "aa"}}],
  "predicateType": "https://example.com/p/v1",
  "predicate": {"any": [1, {"thing": null}]}
})";

std::string refused_by(std::string const& text) {
  auto const statement = parse_statement(text);
  return statement ? std::string() : statement.error().rule_number;
}

Statement with_digests(std::map<std::string, std::string> digests) {
  return {"https://in-toto.io/Statement/v1", {{"web", "", std::move(digests)}}, "p"};
}

TEST_CASE("a statement is read field by field (V-19a)", "[sigstore]") {
  auto const statement = parse_statement(good);
  REQUIRE(statement.has_value());
  CHECK(statement->subjects.size() == 1);
  CHECK(statement->subjects[0].name == "web-1.0.0.tgz");
  CHECK(statement->subjects[0].digests.at("sha256") == "aa");
  CHECK(statement->predicate_type == "https://example.com/p/v1");
}

TEST_CASE("a statement with a defect is refused (V-19, V-50.2)", "[sigstore]") {
  struct Row {
    char const* defect;
    char const* from;
    char const* to;
    char const* rule;
  };
  auto const row = one_of<Row>({
      {"unknown version", "Statement/v1\"", "Statement/v2\"", "V-50.2"},
      {"no type", "\"_type\": \"https://in-toto.io/Statement/v1\",", "", "V-50.2"},
      {"no subject", "{\"name\": \"web-1.0.0.tgz\", \"digest\": {\"sha256\": \"aa\"}}", "", "V-50.2"},
      {"empty predicate type", "https://example.com/p/v1", "", "V-50.2"},
      {"unknown field", "\"predicateType\"", "\"extra\": 1, \"predicateType\"", "V-14"},
      {"unknown subject field", "\"digest\"", "\"hash\": {}, \"digest\"", "V-14"},
      {"duplicate field", "\"predicateType\"", "\"predicateType\": \"x\", \"predicateType\"", "V-19"},
      {"duplicate digest", "\"sha256\": \"aa\"", "\"sha256\": \"aa\", \"sha256\": \"bb\"", "V-19"},
      {"digest that is not a string", "\"aa\"", "1", "V-19a"},
      {"digests that are not an object", "{\"sha256\": \"aa\"}", "[]", "V-19a"},
      {"predicate that is not an object", "{\"any\": [1, {\"thing\": null}]}", "\"text\"", "V-19a"},
      {"annotations that are not an object", "\"digest\"", "\"annotations\": [], \"digest\"", "V-19a"},
      {"content that is not base64", "\"digest\"", "\"content\": \"?\", \"digest\"", "V-16"},
      {"no JSON", "{\n", "(\n", "V-19"},
  });
  CAPTURE(row.defect);
  CHECK(refused_by(samples::with(good, row.from, row.to)) == row.rule);
  CHECK(refused_by(good + "{}") == "V-19");
}

TEST_CASE("what a statement may leave out or add is accepted (V-19a)", "[sigstore]") {
  struct Row {
    char const* what;
    char const* from;
    char const* to;
  };
  auto const row = one_of<Row>({
      {"the old version", "Statement/v1\"", "Statement/v0.1\""},
      {"no predicate", ",\n  \"predicate\": {\"any\": [1, {\"thing\": null}]}", ""},
      {"a subject with uri alone", "\"name\": \"web-1.0.0.tgz\"", "\"uri\": \"pkg:github/o/r@v1\""},
      {"all subject fields", "\"digest\"",
       "\"uri\": \"u\", \"content\": \"AA==\", \"downloadLocation\": \"d\", \"mediaType\": \"m\", \"annotations\": {\"a\": 1}, \"digest\""},
      {"a subject without digest", ", \"digest\": {\"sha256\": \"aa\"}", ""},
  });
  CAPTURE(row.what);
  CHECK(refused_by(samples::with(good, row.from, row.to)).empty());
}

TEST_CASE("a statement beyond the bounds is refused (V-3)", "[sigstore]") {
  auto const with_subjects = [](std::size_t count) {
    std::string list = "{}";
    for (std::size_t i = 1; i < count; ++i) list += ",{}";
    return samples::with(good, "{\"name\": \"web-1.0.0.tgz\", \"digest\": {\"sha256\": \"aa\"}}", list);
  };
  CHECK(refused_by(with_subjects(1024)).empty());
  CHECK(refused_by(with_subjects(1025)) == "V-3");
  auto const with_digests_count = [](std::size_t count) {
    std::string list = "\"sha256\": \"aa\"";
    for (std::size_t i = 1; i < count; ++i) list += ",\"x" + std::to_string(i) + "\": \"aa\"";
    return samples::with(good, "\"sha256\": \"aa\"", list);
  };
  CHECK(refused_by(with_digests_count(32)).empty());
  CHECK(refused_by(with_digests_count(33)) == "V-3");
}

TEST_CASE("a subject matches by SHA-2 digests of the artifact alone (V-50.3)", "[sigstore]") {
  Artifact const artifact = Artifact::of_bytes("the file");
  std::string const sha256_hex = hex(digest(HashAlgorithm::sha256, "the file"));
  std::string const sha384_hex = hex(digest(HashAlgorithm::sha384, "the file"));
  std::string const sha512_hex = hex(digest(HashAlgorithm::sha512, "the file"));
  std::string upper = sha256_hex;
  for (char& c : upper)
    if (c >= 'a') c = static_cast<char>(c - 32);
  auto const matches = [&](std::map<std::string, std::string> digests) {
    return matching_subject(with_digests(std::move(digests)), artifact).has_value();
  };
  CHECK(matches({{"sha256", sha256_hex}}));
  CHECK(matches({{"sha256", upper}}));
  CHECK(matches({{"sha384", sha384_hex}}));
  CHECK(matches({{"sha512", sha512_hex}}));
  CHECK(matches({{"md5", "00"}, {"sha512", sha512_hex}}));
  CHECK_FALSE(matches({}));
  CHECK_FALSE(matches({{"sha512", sha256_hex}}));
  CHECK_FALSE(matches({{"SHA256", sha256_hex}}));
  CHECK_FALSE(matches({{"sha1", hex(digest(HashAlgorithm::sha1, "the file"))}}));
  CHECK_FALSE(matches({{"gitCommit", hex(digest(HashAlgorithm::sha1, "the file"))}}));
  CHECK_FALSE(matches({{"sha256", sha256_hex + "00"}}));
  CHECK_FALSE(matches({{"sha256", sha256_hex.substr(0, 62)}}));
  CHECK_FALSE(matches({{"sha256", "0x" + sha256_hex}}));
  CHECK_FALSE(matches({{"sha256", ""}}));
}

TEST_CASE("any of several subjects may be the artifact", "[sigstore]") {
  Statement statement = with_digests({{"sha256", std::string(64, '0')}});
  statement.subjects.push_back({"other", "", {{"sha256", hex(sha256("x"))}}});
  CHECK(matching_subject(statement, Artifact::of_bytes("x")).value() == 1);
}

TEST_CASE("a digest of another algorithm than given is not compared, and the message says so (V-50.4)", "[sigstore]") {
  auto const only_512 = with_digests({{"sha512", hex(digest(HashAlgorithm::sha512, "x"))}});
  auto const refused = matching_subject(only_512, Artifact::of_digest(HashAlgorithm::sha256, sha256("x")));
  REQUIRE(refused.has_error());
  CHECK(refused.error().rule_number == "V-50.4");
  CHECK(matching_subject(only_512, Artifact::of_bytes("x")).has_value());
}

TEST_CASE("a digest is written as algorithm and hex (V-50.4)", "[sigstore]") {
  CHECK(Artifact::of_digest_text(sha256_text("x"))->digest(HashAlgorithm::sha256) == sha256("x"));
  CHECK(Artifact::of_digest_text("sha512:" + std::string(128, 'A')).has_value());
  for (char const* text :
       {"", "sha256:", "sha256:aa", "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709", "md5:00", "web-1.0.0.tgz"}) {
    CAPTURE(text);
    CHECK(Artifact::of_digest_text(text).has_error());
  }
  CHECK(Artifact::of_digest_text(sha256_text("x") + "00").has_error());
}

}  // namespace
}  // namespace statement_test

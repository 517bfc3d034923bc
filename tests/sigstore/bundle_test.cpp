#include "sigstore/bundle.hpp"

#include "samples.hpp"
#include "support/catch2.hpp"
#include "support/encoding.hpp"

namespace bundle_test {
namespace {

using namespace acr::sigstore;

// The smallest bundles there are, one per version; `{leaf}` stands for a real certificate.
std::string leaf_base64() {
  std::string const bundle = samples::text("conformance/happy-path-v0.3/bundle.sigstore.json");
  auto const from = bundle.find("\"rawBytes\"");
  auto const begin = bundle.find('"', bundle.find(':', from)) + 1;
  return bundle.substr(begin, bundle.find('"', begin) - begin);
}

std::string const& minimal_v3() {
  static std::string const text = R"({
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "certificate": {"rawBytes": ")" +
                                  leaf_base64() + R"("},
    "tlogEntries": [{
      "logIndex": "7",
      "logId": {"keyId": "d0=="},
      "kindVersion": {"kind": "dsse", "version": "0.0.1"},
      "integratedTime": "1700000000",
      "inclusionPromise": {"signedEntryTimestamp": "AAEC"},
      "inclusionProof": {"logIndex": "2", "treeSize": "3", "rootHash": "AAAA", "hashes": ["AAAA"],
                         "checkpoint": {"envelope": "log\n3\nAAAA\n"}},
      "canonicalizedBody": "e30="
    }],
    "timestampVerificationData": {"rfc3161Timestamps": [{"signedTimestamp": "MAA="}]}
  },
  "dsseEnvelope": {"payload": "e30=", "payloadType": "application/vnd.in-toto+json",
                   "signatures": [{"sig": "AAEC", "keyid": ""}]}
})";
  return text;
}

std::string v3(std::string_view from, std::string_view to) { return samples::with(minimal_v3(), from, to); }

std::string v1_or_v2(std::string_view version) {
  return samples::with(samples::with(minimal_v3(), "application/vnd.dev.sigstore.bundle.v0.3+json",
                                     "application/vnd.dev.sigstore.bundle+json;version=" + std::string(version)),
                       "\"certificate\": {\"rawBytes\": \"" + leaf_base64() + "\"}",
                       "\"x509CertificateChain\": {\"certificates\": [{\"rawBytes\": \"" + leaf_base64() + "\"}]}");
}

constexpr std::string_view message_signature =
    R"("messageSignature": {"messageDigest": {"algorithm": "SHA2_256", "digest": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}, "signature": "AAEC"})";

std::string with_message(std::string_view from = "", std::string_view to = "") {
  auto const begin = minimal_v3().find("\"dsseEnvelope\"");
  std::string const text = minimal_v3().substr(0, begin) + std::string(message_signature) + "}";
  return from.empty() ? text : samples::with(text, from, to);
}

constexpr BundleOptions any_version{BundleVersion::v0_1};

TEST_CASE("a small bundle is read field by field", "[sigstore]") {
  auto const bundle = parse_bundle(samples::with(minimal_v3(), "d0==", "dw=="));
  REQUIRE(bundle.has_value());
  CHECK(bundle->version == BundleVersion::v0_3);
  REQUIRE(bundle->leaf());
  REQUIRE(bundle->log_entries.size() == 1);
  LogEntry const& entry = bundle->log_entries[0];
  CHECK(entry.log_index == 7);
  CHECK(entry.log_id == "w");
  CHECK(entry.kind == "dsse");
  CHECK(entry.integrated_time == 1700000000);
  CHECK(entry.inclusion_promise == std::string("\x00\x01\x02", 3));
  REQUIRE(entry.inclusion_proof);
  CHECK(entry.inclusion_proof->tree_size == 3);
  CHECK(entry.inclusion_proof->hashes.size() == 1);
  CHECK(entry.canonicalized_body == "{}");
  CHECK(bundle->timestamps == std::vector<std::string>{std::string("0\0", 2)});
  CHECK(std::get<DsseEnvelope>(bundle->content).payload == "{}");
  CHECK(bundle->signature() == std::string("\x00\x01\x02", 3));
}

TEST_CASE("each part of a bundle is refused for what is wrong with it", "[sigstore]") {
  auto const good = v3("d0==", "dw==");
  auto const why = [](std::string const& text) {
    auto const bundle = parse_bundle(text, any_version);
    return bundle ? std::string("taken") : bundle.error().why;
  };
  auto const changed = [&](std::string_view from, std::string_view to) { return why(samples::with(good, from, to)); };
  CHECK(why(good) == "taken");
  CHECK(changed("\"verificationMaterial\"", "\"other\"") == "this is missing");
  CHECK(changed("\"hashes\": [\"AAAA\"]", "\"hashes\": [\"*\"]") == "a hash is not valid base64");
  CHECK(changed("\"hashes\": [\"AAAA\"]", "\"hashes\": [7]") == "a hash is not valid base64");
  CHECK(changed("\"treeSize\": \"3\"", "\"treeSize\": \"0\"") == "a tree has at least one leaf");
  CHECK(changed("\"treeSize\": \"3\"", "\"treeSize\": \"2\"") == "the index lies outside the tree");
  CHECK(changed("\"canonicalizedBody\": \"e30=\"", "\"canonicalizedBody\": 7") == "this must be a base64 string");
  CHECK(changed("[{\"signedTimestamp\": \"MAA=\"}]", "{}") == "this must be an array");
  auto const checkpoint = [&](std::size_t size) { return changed("log\\n3\\nAAAA\\n", std::string(size, 'x')); };
  CHECK(checkpoint(std::size_t{64} << 10) == "taken");
  CHECK(checkpoint((std::size_t{64} << 10) + 1) == "the checkpoint is larger than the limit");
  auto const chain = samples::with(v1_or_v2("0.2"), "d0==", "dw==");
  CHECK(why(chain) == "taken");
  CHECK(why(samples::with(chain, "[{\"rawBytes\": \"" + leaf_base64() + "\"}]", "[]")) == "the chain is empty");
  auto const message = samples::with(with_message(), "d0==", "dw==");
  CHECK(why(message) == "taken");
  CHECK(why(samples::with(message, "\"messageDigest\"", "\"other\"")) == "this is missing");
}

TEST_CASE("exactly four media types are bundles (V-5)", "[sigstore]") {
  struct Row {
    char const* media_type;
    bool accepted;
  };
  auto const row = one_of<Row>({
      {"application/vnd.dev.sigstore.bundle.v0.3+json", true},
      {"application/vnd.dev.sigstore.bundle+json;version=0.3", true},
      {"application/vnd.dev.sigstore.bundle.v0.1+json", false},
      {"application/vnd.dev.sigstore.bundle.v0.2+json", false},
      {"application/vnd.dev.sigstore.bundle+json;version=0.4", false},
      {"application/vnd.dev.sigstore.bundle+json;version=99.9", false},
      {"application/vnd.dev.sigstore.bundle.v1.0+json", false},
      {" application/vnd.dev.sigstore.bundle.v0.3+json", false},
      {"application/vnd.dev.sigstore.bundle.v0.3", false},
      {"", false},
  });
  CAPTURE(row.media_type);
  auto const bundle =
      parse_bundle(samples::with(v3("d0==", "dw=="), "application/vnd.dev.sigstore.bundle.v0.3+json", row.media_type));
  CHECK(bundle.has_value() == row.accepted);
  if (!row.accepted) CHECK(bundle.error().code == "bundle-version");
}

TEST_CASE("old versions are accepted only where that is asked for (V-6)", "[sigstore]") {
  CHECK(parse_bundle(samples::with(v1_or_v2("0.1"), "d0==", "dw=="), any_version).has_value());
  CHECK(parse_bundle(samples::with(v1_or_v2("0.1"), "d0==", "dw==")).error().rule_number == "V-6");
  CHECK(parse_bundle(samples::with(v1_or_v2("0.2"), "d0==", "dw==")).has_value());
  CHECK_FALSE(parse_bundle(samples::with(v1_or_v2("0.2"), "d0==", "dw=="), {BundleVersion::v0_3}).has_value());
}

TEST_CASE("each version has its own shape (V-7)", "[sigstore]") {
  auto const refused = [](std::string const& text) {
    return parse_bundle(samples::with(text, "d0==", "dw=="), any_version).has_error();
  };
  std::string const promise = R"("inclusionPromise": {"signedEntryTimestamp": "AAEC"},)";
  std::string const v1 = v1_or_v2("0.1");
  std::string const v2 = v1_or_v2("0.2");
  auto const without_proof = [](std::string const& text) {
    auto const begin = text.find("\"inclusionProof\"");
    auto const end = text.find("\"canonicalizedBody\"");
    return text.substr(0, begin) + text.substr(end);
  };
  SECTION("0.1 without inclusion promise") { CHECK(refused(samples::with(v1, promise, ""))); }
  SECTION("0.1 without inclusion proof is fine") { CHECK_FALSE(refused(without_proof(v1))); }
  SECTION("0.2 without inclusion promise is fine") { CHECK_FALSE(refused(samples::with(v2, promise, ""))); }
  SECTION("0.2 without inclusion proof") { CHECK(refused(without_proof(v2))); }
  SECTION("0.3 without inclusion proof") { CHECK(refused(without_proof(minimal_v3()))); }
  SECTION("0.3 with a certificate chain") {
    CHECK(refused(samples::with(v2, "application/vnd.dev.sigstore.bundle+json;version=0.2",
                                "application/vnd.dev.sigstore.bundle.v0.3+json")));
  }
  SECTION("0.2 with a single certificate") {
    CHECK(refused(v3("application/vnd.dev.sigstore.bundle.v0.3+json", "application/vnd.dev.sigstore.bundle+json;version=0.2")));
  }
  SECTION("a proof without checkpoint, at any version") {
    CHECK(refused(samples::with(v1, R"("envelope": "log\n3\nAAAA\n")", "")));
    CHECK(refused(v3(R"("envelope": "log\n3\nAAAA\n")", "")));
  }
}

TEST_CASE("a damaged bundle is refused with the place of the damage", "[sigstore]") {
  struct Row {
    char const* defect;
    char const* from;
    char const* to;
    char const* rule;
    char const* where;
  };
  auto const row = one_of<Row>({
      {"two kinds of key material", "\"certificate\": {", "\"publicKey\": {\"hint\": \"x\"}, \"certificate\": {", "V-7",
       "bundle.verificationMaterial"},
      {"no key material", "\"certificate\": {", "\"kertificate\": {", "V-7", "bundle.verificationMaterial"},
      {"unknown top-level field", "{\n  \"mediaType\"", "{\"x\": 1, \"mediaType\"", "V-14", "bundle"},
      {"unknown field in an entry", "\"logIndex\": \"7\"", "\"logIndex\": \"7\", \"foo\": 0", "V-14",
       "bundle.verificationMaterial.tlogEntries[0]"},
      {"snake case", "\"logIndex\": \"7\"", "\"log_index\": \"7\"", "V-14", "bundle.verificationMaterial.tlogEntries[0]"},
      {"duplicate name", "\"logIndex\": \"7\"", "\"logIndex\": \"7\", \"logIndex\": \"7\"", "V-13", ""},
      {"negative log index", "\"logIndex\": \"7\"", "\"logIndex\": \"-1\"", "V-17",
       "bundle.verificationMaterial.tlogEntries[0].logIndex"},
      {"log index with exponent", "\"logIndex\": \"7\"", "\"logIndex\": 7e0", "V-17", ""},
      {"log index with fraction", "\"logIndex\": \"7\"", "\"logIndex\": 7.0", "V-17", ""},
      {"log index with plus", "\"logIndex\": \"7\"", "\"logIndex\": \"+7\"", "V-17", ""},
      {"log index with leading zero", "\"logIndex\": \"7\"", "\"logIndex\": \"07\"", "V-17", ""},
      {"log index with blank", "\"logIndex\": \"7\"", "\"logIndex\": \" 7\"", "V-17", ""},
      {"log index in hex", "\"logIndex\": \"7\"", "\"logIndex\": \"0x7\"", "V-17", ""},
      {"log index minus zero", "\"logIndex\": \"7\"", "\"logIndex\": \"-0\"", "V-17", ""},
      {"log index beyond int64", "\"logIndex\": \"7\"", "\"logIndex\": \"9223372036854775808\"", "V-17", ""},
      {"log index beyond int64 as number", "\"logIndex\": \"7\"", "\"logIndex\": 9223372036854775808", "V-17", ""},
      {"empty log index", "\"logIndex\": \"7\"", "\"logIndex\": \"\"", "V-17", ""},
      {"negative integrated time", "\"1700000000\"", "\"-1700000000\"", "V-17",
       "bundle.verificationMaterial.tlogEntries[0].integratedTime"},
      {"tree size zero", "\"treeSize\": \"3\"", "\"treeSize\": \"0\"", "V-17", ""},
      {"proof index not in the tree", "\"logIndex\": \"2\"", "\"logIndex\": \"3\"", "V-17", ""},
      {"log id missing", "\"logId\": {\"keyId\": \"dw==\"},", "", "V-51", ""},
      {"kind missing", "\"kindVersion\": {\"kind\": \"dsse\", \"version\": \"0.0.1\"},", "", "V-51", ""},
      {"body missing", "\"canonicalizedBody\": \"e30=\"", "\"canonicalizedBody\": \"\"", "V-51", ""},
      {"intoto 0.0.1", "\"dsse\", \"version\": \"0.0.1\"", "\"intoto\", \"version\": \"0.0.1\"", "V-54", ""},
      {"dsse 0.0.2", "\"version\": \"0.0.1\"", "\"version\": \"0.0.2\"", "V-54", ""},
      {"rekord 0.0.1", "\"kind\": \"dsse\"", "\"kind\": \"rekord\"", "V-54", ""},
      {"promise on a v2 entry", "\"dsse\", \"version\": \"0.0.1\"", "\"hashedrekord\", \"version\": \"0.0.2\"", "V-71", ""},
      {"empty promise", "{\"signedEntryTimestamp\": \"AAEC\"}", "{}", "V-71", ""},
      {"empty SET", "\"signedEntryTimestamp\": \"AAEC\"", "\"signedEntryTimestamp\": \"\"", "V-71", ""},
      {"base64 with blank", "\"sig\": \"AAEC\"", "\"sig\": \"AA EC\"", "V-16", "bundle.dsseEnvelope.signatures[0].sig"},
      {"base64 with left-over bits", "\"sig\": \"AAEC\"", "\"sig\": \"AB==\"", "V-16", ""},
      {"base64 with wrong padding", "\"sig\": \"AAEC\"", "\"sig\": \"AAEC=\"", "V-16", ""},
      {"base64 of mixed alphabets", "\"sig\": \"AAEC\"", "\"sig\": \"+_AA\"", "V-16", ""},
      {"two signatures", "{\"sig\": \"AAEC\", \"keyid\": \"\"}", "{\"sig\": \"AAEC\"}, {\"sig\": \"AAEC\"}", "V-12", ""},
      {"no signature", "{\"sig\": \"AAEC\", \"keyid\": \"\"}", "", "V-12", ""},
      {"empty signature", "\"sig\": \"AAEC\"", "\"sig\": \"\"", "V-12", ""},
      {"array for an object", "\"logId\": {\"keyId\": \"dw==\"}", "\"logId\": []", "V-15", ""},
      {"number for a string", "\"kind\": \"dsse\"", "\"kind\": 1", "V-15", ""},
      {"null for an entry", "\"tlogEntries\": [{", "\"tlogEntries\": [null, {", "V-15", ""},
      {"empty timestamp", "\"signedTimestamp\": \"MAA=\"", "\"signedTimestamp\": \"\"", "V-75", ""},
      {"text behind the object", "\"keyid\": \"\"}]}\n}", "\"keyid\": \"\"}]}\n} x", "V-13", ""},
      {"comment", "\"logIndex\": \"7\"", "/* x */ \"logIndex\": \"7\"", "V-13", ""},
      {"trailing comma", "\"keyid\": \"\"}", "\"keyid\": \"\",}", "V-13", ""},
      {"lone surrogate", "\"keyid\": \"\"", "\"keyid\": \"\\ud800\"", "V-13", ""},
      {"raw control character", "\"keyid\": \"\"", "\"keyid\": \"\x01\"", "V-13", ""},
      {"invalid UTF-8", "\"keyid\": \"\"", "\"keyid\": \"\xff\"", "V-13", ""},
      {"byte-order mark", "{\n  \"mediaType\"", "\xef\xbb\xbf{\"mediaType\"", "V-13", ""},
      {"NaN", "\"logIndex\": \"7\"", "\"logIndex\": NaN", "V-13", ""},
  });
  CAPTURE(row.defect);
  auto const bundle = parse_bundle(samples::with(v3("d0==", "dw=="), row.from, row.to));
  REQUIRE(bundle.has_error());
  CHECK(bundle.error().rule_number == row.rule);
  if (*row.where) CHECK(bundle.error().where == row.where);
}

TEST_CASE("what proto3 JSON allows is read alike", "[sigstore]") {
  struct Row {
    char const* what;
    char const* from;
    char const* to;
  };
  auto const row = one_of<Row>({
      {"log index as a number", "\"logIndex\": \"7\"", "\"logIndex\": 7"},
      {"null promise = none", "{\"signedEntryTimestamp\": \"AAEC\"}", "null"},
      {"URL alphabet without padding", "\"sig\": \"AAEC\"", "\"sig\": \"-_8\""},
      {"no keyid", ", \"keyid\": \"\"", ""},
      {"first entry of a shard (V-15a)", "\"logIndex\": \"7\",", ""},
      {"a proof of a tree with one leaf (V-15a)",
       "\"logIndex\": \"2\", \"treeSize\": \"3\", \"rootHash\": \"AAAA\", \"hashes\": [\"AAAA\"]",
       "\"treeSize\": \"1\", \"rootHash\": \"AAAA\""},
      {"no integrated time (V-18)", "\"integratedTime\": \"1700000000\",", ""},
      {"no timestamps", "\"timestampVerificationData\": {\"rfc3161Timestamps\": [{\"signedTimestamp\": \"MAA=\"}]}",
       "\"timestampVerificationData\": null"},
  });
  CAPTURE(row.what);
  CHECK(parse_bundle(samples::with(v3("d0==", "dw=="), row.from, row.to)).has_value());
}

TEST_CASE("the content is exactly one of two kinds (V-7, V-11)", "[sigstore]") {
  auto const refused_by = [](std::string const& text) -> std::string {
    auto const bundle = parse_bundle(samples::with(text, "d0==", "dw=="));
    return bundle ? "" : bundle.error().rule_number;
  };
  CHECK(refused_by(with_message()).empty());
  CHECK(refused_by(v3("\"dsseEnvelope\"", std::string(message_signature) + ", \"dsseEnvelope\"")) == "V-7");
  CHECK(refused_by(with_message(message_signature, "\"dsseEnvelope\": null")) == "V-7");
  CHECK(refused_by(with_message("SHA2_256", "SHA2_512")) == "V-11");
  CHECK(refused_by(with_message("SHA2_256", "SHA1")) == "V-11");
  CHECK(refused_by(with_message("\"algorithm\": \"SHA2_256\"", "\"algorithm\": 1")) == "V-15");
  CHECK(refused_by(with_message("\"signature\": \"AAEC\"", "\"signature\": \"\"")) == "V-48");
  auto const digest = std::string(message_signature).substr(std::string("\"messageSignature\": {").size());
  CHECK(refused_by(with_message(digest.substr(0, digest.find("\"signature\"")), "")) == "V-11");
}

TEST_CASE("a certificate is read to its last byte (V-9)", "[sigstore]") {
  auto const refused = [](std::string const& der) {
    return parse_bundle(samples::with(v3("d0==", "dw=="), leaf_base64(), acr::base64(der))).has_error();
  };
  std::string const der = *acr::from_base64(leaf_base64());
  CHECK_FALSE(refused(der));
  CHECK(refused(""));
  CHECK(refused(der + '\0'));
  CHECK(refused(der.substr(0, der.size() - 1)));
  CHECK(refused("not a certificate"));
}

TEST_CASE("a bundle beyond the bounds is refused (V-2, V-3)", "[sigstore]") {
  auto const entry_begin = minimal_v3().find("[{", minimal_v3().find("tlogEntries")) + 1;
  auto const entry_end = minimal_v3().find("}],\n    \"timestampVerificationData\"") + 1;
  std::string const entry = minimal_v3().substr(entry_begin, entry_end - entry_begin);
  auto const with_entries = [&](std::size_t count) {
    std::string list = entry;
    for (std::size_t i = 1; i < count; ++i) list += "," + entry;
    std::string text = minimal_v3();
    text.replace(entry_begin, entry.size(), list);
    for (std::size_t at = 0; (at = text.find("d0==", at)) != std::string::npos;) text.replace(at, 4, "dw==");
    return text;
  };
  CHECK(parse_bundle(with_entries(32)).has_value());
  CHECK(parse_bundle(with_entries(33)).error().rule_number == "V-3");

  std::string deep = v3("d0==", "dw==");
  deep = samples::with(deep, "\"mediaType\"", "\"x\": " + std::string(100, '[') + std::string(100, ']') + ", \"mediaType\"");
  CHECK(parse_bundle(deep).error().code == "bundle-json");
  CHECK(parse_bundle(std::string((std::size_t{64} << 20) + 1, ' ')).error().code == "bundle-json");
}

}  // namespace
}  // namespace bundle_test

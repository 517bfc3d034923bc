#include "sigstore/sct.hpp"

#include "samples.hpp"
#include "sigstore/bundle.hpp"
#include "support/catch2.hpp"

namespace sct_test {
namespace {

using namespace acr;
using namespace acr::sigstore;
using namespace std::string_literals;

std::string leaf_der() {
  auto const bundle = parse_bundle(samples::attestation("reusable-workflow").bundle);
  REQUIRE(bundle.has_value());
  return *bundle->leaf();
}

struct Fixture {
  TrustedRoot root = default_roots().front();
  std::string der = leaf_der();
  Certificate leaf = *Certificate::parse(der);
  /// [0] intermediate, [1] root of the authority that signed the leaf.
  std::vector<Certificate> issuers = root.certificate_authorities[1].chain;

  [[nodiscard]] Verdict<std::vector<std::string>> check(std::size_t threshold = 1) const {
    return check_scts(leaf, std::span(issuers).first(1), root.ctlogs, threshold);
  }
};

std::string number(std::uint64_t value, std::size_t size) {
  std::string out;
  while (size-- > 0) out += static_cast<char>(value >> (8 * size) & 0xff);
  return out;
}

std::string one_sct(char version = 0, std::string const& extensions = "", std::string const& behind = "") {
  std::string const sct = version + std::string(32, 'L') + number(1700000000123, 8) + number(extensions.size(), 2) +
                          extensions + "\x04\x03" + number(3, 2) + "sig" + behind;
  return number(sct.size(), 2) + sct;
}

std::string list(std::string const& scts) { return number(scts.size(), 2) + scts; }

TEST_CASE("a list of certificate timestamps is read field by field (V-40)", "[sigstore]") {
  auto const scts = parse_sct_list(list(one_sct() + one_sct(0, "ext")));
  REQUIRE(scts.has_value());
  REQUIRE(scts->size() == 2);
  CHECK((*scts)[0].log_id == std::string(32, 'L'));
  CHECK(to_text((*scts)[0].time()) == "2023-11-14T22:13:20.123Z");
  CHECK((*scts)[1].extensions == "ext");
  CHECK((*scts)[1].signature == "sig");
}

TEST_CASE("an ill-formed list of certificate timestamps is refused (V-40)", "[sigstore]") {
  CHECK(parse_sct_list("").has_error());
  CHECK(parse_sct_list(list("")).has_error());
  CHECK(parse_sct_list(list(one_sct()) + "x").has_error());
  CHECK(parse_sct_list(list(one_sct() + "x")).has_error());
  CHECK(parse_sct_list(list(one_sct(0, "", "x"))).has_error());
  CHECK(parse_sct_list(list(one_sct(1))).has_error());
  CHECK(parse_sct_list(list(number(0, 2))).has_error());
  std::string const good = list(one_sct());
  for (std::size_t length = 0; length < good.size(); ++length) CHECK(parse_sct_list(good.substr(0, length)).has_error());
  std::string many;
  for (int i = 0; i < 17; ++i) many += one_sct();
  CHECK(parse_sct_list(list(many)).error().rule_number == "V-2");
}

TEST_CASE("a genuine certificate's timestamp holds under the authority that signed it (V-41)", "[sigstore]") {
  Fixture f;
  auto const logs = f.check();
  REQUIRE(logs.has_value());
  REQUIRE(logs->size() == 1);
  CHECK_THAT(logs->front(), Catch::Matchers::StartsWith("https://ctfe.sigstore.dev/2022 at "));
}

TEST_CASE("a certificate timestamp fails under the anchor instead of the true issuer (V-41)", "[sigstore]") {
  Fixture f;
  f.issuers = {f.issuers[1]};
  CHECK(f.check().error().rule_number == "V-43");
  f.issuers = {f.root.certificate_authorities[0].chain[0]};
  CHECK(f.check().has_error());
}

TEST_CASE("a certificate timestamp of an unknown log does not count (V-43, V-44)", "[sigstore]") {
  Fixture f;
  f.root.ctlogs.pop_back();
  CHECK(f.check().error().rule_number == "V-44");
}

TEST_CASE("a log's key must be valid at the timestamp's time, to the millisecond (V-25, V-43)", "[sigstore]") {
  Fixture f;
  auto const scts = embedded_scts(f.leaf);
  REQUIRE((scts.has_value() && scts->has_value()));
  Time const at = (*scts)->scts.front().time();
  LogInstance& log = f.root.ctlogs.back();
  log.valid_for = {at, at};
  CHECK(f.check().has_value());
  log.valid_for = {Time{0, 0}, Time{at.seconds, at.nanoseconds - 1}};
  CHECK(f.check().has_error());
  log.valid_for = {Time{at.seconds, at.nanoseconds + 1}, {}};
  CHECK(f.check().has_error());
}

TEST_CASE("another key under the log's id is refused", "[sigstore]") {
  Fixture f;
  f.root.ctlogs[1].key = f.root.ctlogs[0].key;
  CHECK(f.check().error().rule_number == "V-43");
}

TEST_CASE("two instances under one log id are both tried, and count once (V-23, V-44)", "[sigstore]") {
  Fixture f;
  LogInstance wrong = f.root.ctlogs[1];
  wrong.key = f.root.ctlogs[0].key;
  f.root.ctlogs.insert(f.root.ctlogs.begin(), wrong);
  CHECK(f.check().has_value());
  f.root.ctlogs.push_back(f.root.ctlogs.back());
  CHECK(f.check().has_value());
  CHECK(f.check(2).has_error());
}

TEST_CASE("every other byte of the certificate is signed too (V-41)", "[sigstore]") {
  Fixture f;
  f.leaf = *Certificate::parse(samples::with(f.der, "github-hosted", "github-hostex"));
  CHECK(f.check().has_error());
}

TEST_CASE("the algorithm of a certificate timestamp must fit the key (V-43)", "[sigstore]") {
  Fixture f;
  // hash 4 (SHA-256), signature 3 (ECDSA), then the length and the SEQUENCE of the signature.
  auto const at = f.der.find("\x04\x03\x00"s, f.der.find("\xd6\x79\x02\x04\x02"s));
  REQUIRE(at != std::string::npos);
  for (std::size_t const offset : {0U, 1U}) {
    std::string der = f.der;
    der[at + offset] = '\x01';
    f.leaf = *Certificate::parse(der);
    CHECK(f.check().has_error());
  }
}

TEST_CASE("a certificate without timestamps, with a poison or with two lists is refused (V-44, V-45)", "[sigstore]") {
  Fixture f;
  std::string const oid = "\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02"s;
  std::string const poison = "\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x03"s;
  f.leaf = *Certificate::parse(samples::with(f.der, oid, "\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x09"s));
  CHECK(f.check().error().rule_number == "V-44");
  f.leaf = *Certificate::parse(samples::with(f.der, oid, poison));
  CHECK(f.check().error().rule_number == "V-45");
  // Fulcio's .1.1 has the same length as the list's identifier.
  std::string const fulcio = "\x2b\x06\x01\x04\x01\x83\xbf\x30\x01\x01"s;
  auto const twice = Certificate::parse(samples::with(f.der, fulcio, oid));
  REQUIRE(twice.has_value());
  f.leaf = *twice;
  CHECK(f.check().has_error());
}

TEST_CASE("GitHub's own instance embeds no certificate timestamps (V-46)", "[sigstore]") {
  auto const bundle = parse_bundle(samples::attestation("private-instance-demo").bundle);
  REQUIRE(bundle.has_value());
  auto const scts = embedded_scts(*Certificate::parse(*bundle->leaf()));
  REQUIRE(scts.has_value());
  CHECK_FALSE(scts->has_value());
}

}  // namespace
}  // namespace sct_test

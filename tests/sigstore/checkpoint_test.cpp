#include "sigstore/checkpoint.hpp"

#include "samples.hpp"
#include "signing/logs.hpp"
#include "sigstore/bundle.hpp"
#include "sigstore/limits.hpp"
#include "support/catch2.hpp"
#include "support/encoding.hpp"

namespace checkpoint_test {
namespace {

using namespace acr;
using namespace acr::sigstore;
using namespace std::string_literals;
using signing::KeyType;

std::string const root_hash = base64(sha256("root"));
std::string const text = "log.example\n7\n" + root_hash + "\n";
std::string const dash = "\xe2\x80\x94 ";
std::string const line = dash + "log.example " +
                         base64(
                             "hint"
                             "signature") +
                         "\n";

std::string rule(Verdict<Checkpoint> const& checkpoint) { return checkpoint ? "" : checkpoint.error().rule_number; }
std::string why(Verdict<void> const& outcome) {
  return outcome ? "" : outcome.error().rule_number + ": " + outcome.error().why;
}

LogInstance instance(signing::RekorLog const& log, std::string const& base_url) {
  return {base_url, PublicKey::from_spki(log.key().spki()).value(), log.id(), {}, {}, {}};
}
LogInstance instance(signing::RekorLog const& log) { return instance(log, "https://" + log.host()); }

/// The verdict on a fresh note of this log.
std::string judged(signing::RekorLog const& log, LogInstance const& known, signing::LogHooks const& hooks = {}) {
  auto const checkpoint = parse_checkpoint(log.checkpoint(hooks));
  if (!checkpoint) return checkpoint.error().sentence();
  return why(check_checkpoint(*checkpoint, known, log.is_v2() ? RekorVersion::v2 : RekorVersion::v1));
}

TEST_CASE("a checkpoint is read line by line", "[sigstore]") {
  auto const checkpoint = parse_checkpoint(text + "Timestamp: 1675209600000000000\n\n" + line + dash + "witness.example/1 " +
                                           base64("abcdxyz") + "\n")
                              .value();
  CHECK(checkpoint.text == text + "Timestamp: 1675209600000000000\n");
  CHECK(checkpoint.origin == "log.example");
  CHECK(checkpoint.tree_size == 7);
  CHECK(base64(checkpoint.root_hash) == root_hash);
  CHECK(checkpoint.extensions == std::vector<std::string>{"Timestamp: 1675209600000000000"});
  REQUIRE(checkpoint.signatures.size() == 2);
  CHECK(checkpoint.signatures[1].name == "witness.example/1");
  CHECK(checkpoint.signatures[1].key_hint == "abcd");
  CHECK(checkpoint.signatures[1].signature == "xyz");
}

TEST_CASE("checkpoints are refused for each defect (V-59, V-60)", "[sigstore]") {
  struct Row {
    char const* defect;
    std::string note;
    char const* rule;
  };
  auto const row = one_of<Row>({
      {"nothing", "", "V-59"},
      {"no empty line", text + line, "V-59"},
      {"no origin", "7\n" + root_hash + "\n\n" + line, "V-59"},
      {"empty origin", "\n7\n" + root_hash + "\n\n" + line, "V-59"},
      {"no size", "log.example\n" + root_hash + "\n\n" + line, "V-59"},
      {"no root", "log.example\n7\n\n" + line, "V-59"},
      {"leading zero", "log.example\n07\n" + root_hash + "\n\n" + line, "V-59"},
      {"negative size", "log.example\n-7\n" + root_hash + "\n\n" + line, "V-59"},
      {"size with sign", "log.example\n+7\n" + root_hash + "\n\n" + line, "V-59"},
      {"size beyond 64 bits", "log.example\n18446744073709551616\n" + root_hash + "\n\n" + line, "V-59"},
      {"size with white space", "log.example\n7 \n" + root_hash + "\n\n" + line, "V-59"},
      {"root of 31 bytes", "log.example\n7\n" + base64(std::string(31, 'x')) + "\n\n" + line, "V-59"},
      {"root without padding", "log.example\n7\n" + root_hash.substr(0, 43) + "\n\n" + line, "V-59"},
      {"carriage return", "log.example\r\n7\n" + root_hash + "\n\n" + line, "V-59"},
      {"NUL", "log.example\0\n7\n"s + root_hash + "\n\n" + line, "V-59"},
      {"not UTF-8", "log\xff.example\n7\n" + root_hash + "\n\n" + line, "V-59"},
      {"an empty line in the text", text + "\n" + line + "\n" + line, "V-59"},
      {"no signature", text + "\n", "V-60"},
      {"last line without end", text + "\n" + line.substr(0, line.size() - 1), "V-60"},
      {"hyphen for dash", text + "\n- log.example " + base64("hintsignature") + "\n", "V-60"},
      {"no name", text + "\n" + dash + base64("hintsignature") + "\n", "V-60"},
      {"empty name", text + "\n" + dash + " " + base64("hintsignature") + "\n", "V-60"},
      {"plus in the name", text + "\n" + dash + "log+example " + base64("hintsignature") + "\n", "V-60"},
      {"white space behind", text + "\n" + line.substr(0, line.size() - 1) + " \n", "V-60"},
      {"not base64", text + "\n" + dash + "log.example ****\n", "V-60"},
      {"URL alphabet", text + "\n" + dash + "log.example " + "_-_-_-_-" + "\n", "V-60"},
      {"hint alone", text + "\n" + dash + "log.example " + base64("hint") + "\n", "V-60"},
      {"a good line and a bad one", text + "\n" + line + "— \n", "V-60"},
      {"too large", text + std::string(limits::max_checkpoint_bytes, 'x') + "\n\n" + line, "V-2"},
  });
  CAPTURE(row.defect);
  CHECK(rule(parse_checkpoint(row.note)) == row.rule);
}

TEST_CASE("a checkpoint holds a hundred signatures at most (V-60)", "[sigstore]") {
  std::string note = text + "\n";
  for (std::size_t i = 0; i < limits::max_checkpoint_signatures; ++i) note += line;
  CHECK(rule(parse_checkpoint(note)).empty());
  CHECK(rule(parse_checkpoint(note + line)) == "V-60");
}

TEST_CASE("the genuine checkpoints of the samples are the logs'", "[sigstore]") {
  struct Row {
    char const* name;
    char const* host;
    std::size_t lines;
  };
  auto const row = one_of<Row>({{"rekor2-happy-path", "log2025-alpha1.rekor.sigstage.dev", 1},
                                {"rekor2-checkpoint-cosigned", "log2025-alpha1.rekor.sigstage.dev", 2},
                                {"rekor2-dsse-happy-path", "log2025-alpha3.rekor.sigstage.dev", 4}});
  std::string const folder = std::string("conformance/") + row.name;
  auto const bundle = parse_bundle(samples::text(folder + "/bundle.sigstore.json")).value();
  auto const root = parse_trusted_root(samples::text(folder + "/trusted_root.json"), row.name).value();
  auto const checkpoint = parse_checkpoint(bundle.log_entries.at(0).inclusion_proof->checkpoint).value();
  CHECK(checkpoint.origin == row.host);
  CHECK(checkpoint.signatures.size() == row.lines);
  std::size_t signers = 0;
  for (auto const& log : root.tlogs) signers += check_checkpoint(checkpoint, log, RekorVersion::v2).has_value() ? 1 : 0;
  CHECK(signers == 1);
}

TEST_CASE("checkpoints of every key kind are verified by the version's rules (V-62, V-65)", "[sigstore]") {
  for (auto const key : {KeyType::p256, KeyType::p384, KeyType::p521, KeyType::ed25519, KeyType::rsa2048}) {
    CAPTURE(static_cast<int>(key));
    auto const v1 = signing::RekorLog::v1("rekor.example", signing::Key::generate(key));
    auto const v2 = signing::RekorLog::v2("log.example", signing::Key::generate(key));
    CHECK(judged(v1, instance(v1)).empty());
    CHECK(judged(v2, instance(v2)).empty());
  }
}

TEST_CASE("a P-384 log signs with SHA-256 in v1 and SHA-384 in v2 (V-65)", "[sigstore]") {
  auto const with = [](HashAlgorithm hash, auto const& log) {
    std::string signed_text;
    signing::LogHooks hooks;
    hooks.checkpoint_text = [&](std::string& t) { signed_text = t; };
    hooks.checkpoint_lines = [&](auto& lines) { lines[0].signature = log.key().sign(hash, signed_text); };
    return judged(log, instance(log), hooks);
  };
  auto const v1 = signing::RekorLog::v1("rekor.example", signing::Key::generate(KeyType::p384));
  CHECK(with(HashAlgorithm::sha256, v1).empty());
  CHECK(with(HashAlgorithm::sha384, v1) == "V-61: the log's signature does not hold");
  auto const v2 = signing::RekorLog::v2("log.example", signing::Key::generate(KeyType::p384));
  CHECK(with(HashAlgorithm::sha384, v2).empty());
  CHECK(with(HashAlgorithm::sha256, v2) == "V-61: the log's signature does not hold");
}

TEST_CASE("only lines of the log itself count (V-61, V-64)", "[sigstore]") {
  auto const key = signing::Key::generate(KeyType::ed25519);
  auto const log = signing::RekorLog::v2("log.example", key);
  auto const witness = signing::Key::generate(KeyType::ed25519);
  std::string signed_text;
  signing::LogHooks hooks;
  hooks.checkpoint_text = [&](std::string& t) { signed_text = t; };
  auto const with_lines = [&](auto change) {
    hooks.checkpoint_lines = change;
    return judged(log, instance(log), hooks);
  };
  using Lines = std::vector<signing::NoteLine>;
  std::string const none = "V-61: no signature line is the log's";
  CHECK(with_lines([&](Lines& l) {
          l.insert(l.begin(), signing::cosignature(witness, "witness.example", signed_text, 1));
        }).empty());
  CHECK(with_lines([&](Lines& l) { l = {signing::cosignature(witness, "witness.example", signed_text, 1)}; }) == none);
  CHECK(with_lines([&](Lines& l) { l = {signing::cosignature(key, "log.example", signed_text, 1)}; }) ==
        none);  // the log as a witness
  CHECK(with_lines([](Lines& l) { l[0].hint[0] ^= 1; }) == none);
  CHECK(with_lines([](Lines& l) { l[0].name = "other.example"; }) == none);
  CHECK(with_lines([](Lines& l) { l.push_back({"log.example", "\1\2\3\4", "another key of this origin"}); }).empty());
  CHECK(with_lines([](Lines& l) { l[0].signature[5] ^= 1; }) == "V-61: the log's signature does not hold");
  // A good line does not excuse a bad one of the same key.
  CHECK(with_lines([](Lines& l) { l.push_back(l[0]), l[1].signature[5] ^= 1; }) == "V-61: the log's signature does not hold");
}

TEST_CASE("a v2 log is its host, a v1 log has a name and a number (V-54, V-63)", "[sigstore]") {
  auto const v1 = signing::RekorLog::v1("rekor.example", signing::Key::generate(KeyType::p256));
  auto const v2 = signing::RekorLog::v2("log.example", signing::Key::generate(KeyType::p256));
  CHECK(judged(v2, instance(v2, "https://log.example/some/path")).empty());
  CHECK(judged(v2, instance(v2, "https://other.example")) == "V-63: its origin is not the log's name");
  CHECK(judged(v2, instance(v2, "")) == "V-63: the trusted root gives no URL for this log, so its name is unknown");
  CHECK(judged(v1, instance(v1, "https://elsewhere.example")).empty());  // private deployments sign with a pod's name
  auto const of_v1 = parse_checkpoint(v1.checkpoint()).value();
  auto const of_v2 = parse_checkpoint(v2.checkpoint()).value();
  CHECK(why(check_checkpoint(of_v1, instance(v1), RekorVersion::v2)) == "V-63: its origin is not the log's name");
  CHECK(why(check_checkpoint(of_v2, instance(v2), RekorVersion::v1)) == "V-54: its origin has not the form of a Rekor v1 log");
  for (char const* origin : {"rekor.example - x1", "rekor.example - ", "rekor.example -1", " - 1"}) {
    signing::LogHooks hooks;
    hooks.checkpoint_text = [&](std::string& t) { t.replace(0, t.find('\n'), origin); };
    CHECK(judged(v1, instance(v1), hooks) == "V-54: its origin has not the form of a Rekor v1 log");
  }
}

TEST_CASE("a checkpoint signed by another key is refused", "[sigstore]") {
  auto const ours = signing::RekorLog::v1("rekor.example", signing::Key::generate(KeyType::p256));
  auto const theirs = signing::RekorLog::v1("rekor.example", signing::Key::generate(KeyType::p256));
  CHECK(judged(theirs, instance(ours)) == "V-61: no signature line is the log's");
  signing::LogHooks posing;
  posing.checkpoint_lines = [&](auto& lines) { lines[0].hint = ours.hint(); };
  CHECK(judged(theirs, instance(ours), posing) == "V-61: the log's signature does not hold");
}

}  // namespace
}  // namespace checkpoint_test

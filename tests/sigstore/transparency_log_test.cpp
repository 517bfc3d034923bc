#include "sigstore/transparency_log.hpp"

#include <set>

#include "samples.hpp"
#include "support/catch2.hpp"
#include "world_verdict.hpp"

namespace transparency_log_test {
namespace {

using namespace acr;
using namespace acr::sigstore;
using namespace world_verdict;
using signing::Attest;
using signing::BundleParts;
using signing::EntryParts;
using signing::LogKind;
using signing::World;

/// A bundle that is right but for what `change` does to its parts.
std::string refusal_of_parts(World& world, std::function<void(BundleParts&)> change, LogKind log = LogKind::dsse) {
  return refusal(world, {.log = log, .bundle = std::move(change)});
}

constexpr std::int64_t half_a_year = 180 * 86400;

TEST_CASE("an entry of an unknown log does not count (V-51)", "[sigstore]") {
  World world;
  World stranger;
  auto const entry = stranger.parts({.subject_sha256 = file_digest}).entries.front();
  CHECK(refusal_of_parts(world, [&](BundleParts& b) { b.entries = {entry}; }) == "V-85: too few logs hold the signature");
  // Beside a known log's entry it is left out, whatever it says.
  CHECK(refusal_of_parts(world, [&](BundleParts& b) { b.entries.push_back(entry); }).empty());
}

TEST_CASE("an entry that occurs twice is refused (V-52)", "[sigstore]") {
  World world;
  CHECK(refusal_of_parts(world, [](BundleParts& b) { b.entries.push_back(b.entries[0]); }) ==
        "V-52: the bundle holds this entry twice");
}

TEST_CASE("one log, one address, one operator counts once (V-52)", "[sigstore]") {
  World world;
  std::string const json =
      world.attest({.subject_sha256 = file_digest, .timestamped = true, .bundle = [&](BundleParts& b) {
                      // The same signing, logged once more in the same log.
                      b.entries.push_back(world.rekor.add("dsse", "0.0.1", b.entries[0].body, signing::world_time + 2));
                    }});
  auto const bundle = parse_bundle(json).value();
  auto const leaf = Certificate::parse(*bundle.leaf()).value();
  auto const count = [&](signing::TrustedRootParts const& parts, std::size_t threshold) -> std::size_t {
    auto const root = parse_trusted_root(parts.json(), "world").value();
    CheckTrace trace;
    auto const evidence = check_log_entries(bundle, leaf.public_key().value(), &leaf, root.tlogs, threshold, trace);
    CHECK(trace.all_passed() == evidence.has_value());
    return evidence ? evidence->distinct_logs : 99;
  };
  CHECK(count(world.trusted_root(), 1) == 1);
  CHECK(count(world.trusted_root(), 2) == 99);

  // Two logs of one operator, or at one address, are one.
  auto second = signing::RekorLog::v1("second.example", signing::Key::generate(signing::KeyType::p256));
  auto const two = [&](std::string const& url, std::string const& op) {
    auto const parts =
        world.parts({.subject_sha256 = file_digest, .bundle = [&](BundleParts& b) {
                       b.entries.push_back(second.add("dsse", "0.0.1", b.entries[0].body, signing::world_time + 2));
                     }});
    auto root = world.trusted_root();
    root.tlogs[0].operator_name = "operator";
    root.tlogs.push_back(
        {url, "SHA2_256", second.key().spki(), second.key().details(), root.tlogs[0].start, {}, second.id(), op});
    auto const parsed_root = parse_trusted_root(root.json(), "world").value();
    auto const parsed = parse_bundle(parts.json()).value();
    auto const signer = Certificate::parse(*parsed.leaf()).value();
    CheckTrace trace;
    auto const evidence = check_log_entries(parsed, signer.public_key().value(), &signer, parsed_root.tlogs, 1, trace);
    REQUIRE(evidence.has_value());
    CHECK(evidence->entries.size() == 2);
    return evidence->distinct_logs;
  };
  CHECK(two("https://second.example", "") == 2);
  CHECK(two("https://second.example", "operator") == 1);
  CHECK(two("https://rekor.world.example", "") == 1);
}

TEST_CASE("a bad entry beside a good one is refused (V-53)", "[sigstore]") {
  World world;
  CHECK(refusal_of_parts(world, [&](BundleParts& b) {
          b.entries.push_back(world.rekor.add("dsse", "0.0.1", b.entries[0].body, signing::world_time + 2));
          (*b.entries[1].promise)[10] ^= 1;
        }) == "V-55: the log has not signed this inclusion promise");
}

TEST_CASE("a bundle without any log entry fails where the root has logs (V-8, V-85)", "[sigstore]") {
  World world;
  CHECK(refusal(world, {.log = LogKind::none}) == "V-85: the signature was not logged");
}

TEST_CASE("an inclusion promise is over body, time, log and index (V-55)", "[sigstore]") {
  World world;
  std::string const why = "V-55: the log has not signed this inclusion promise";
  CHECK(refusal_of_parts(world, [](BundleParts& b) { b.entries[0].integrated_time += 1; }) == why);
  CHECK(refusal_of_parts(world, [](BundleParts& b) { b.entries[0].log_index += 1; }) == why);
  CHECK(refusal_of_parts(world, [](BundleParts& b) { b.entries[0].body += " "; }) == why);
  CHECK(refusal_of_parts(world, [](BundleParts& b) { b.entries[0].promise->back() ^= 1; }) == why);
  CHECK(refusal_of_parts(world, [](BundleParts& b) { *b.entries[0].promise += "x"; }) == why);  // bytes behind the DER
  // The proof's index is not what is promised.
  CHECK(refusal_of_parts(world, [&](BundleParts& b) {
          EntryParts promised = b.entries[0];
          promised.log_index = promised.proof->log_index;
          b.entries[0].promise = world.rekor.promise(promised);
        }) == why);
}

TEST_CASE("the promise's payload is canonical JSON (V-55)", "[sigstore]") {
  LogEntry entry;
  entry.log_index = 42;
  entry.log_id = "\x01\xff";
  entry.integrated_time = 1710869186;
  entry.canonicalized_body = "{\"a\":\"?>\"}";
  CHECK(inclusion_promise_payload(entry) ==
        R"({"body":"eyJhIjoiPz4ifQ==","integratedTime":1710869186,"logID":"01ff","logIndex":42})");
}

TEST_CASE("an integrated time must lie in the log key's validity, both ends inclusive (V-56)", "[sigstore]") {
  World world;
  std::string const bundle = world.attest({.subject_sha256 = file_digest});  // integrated one second after signing
  auto const with = [&](std::int64_t start, std::int64_t end) {
    auto root = world.trusted_root();
    root.tlogs[0].start = signing::rfc3339(start);
    root.tlogs[0].end = signing::rfc3339(end);
    return refusal(root, bundle);
  };
  std::int64_t const logged = signing::world_time + 1;
  std::string const why = "V-56: it was logged outside the time for which the log's key is trusted";
  CHECK(with(logged, logged).empty());
  CHECK(with(logged - half_a_year, logged).empty());
  CHECK(with(logged + 1, logged + half_a_year) == why);
  CHECK(with(logged - half_a_year, logged - 1) == why);
}

TEST_CASE("an integrated time must lie in the certificate's validity, promised or not (V-56)", "[sigstore]") {
  World world;
  std::string const why = "V-56: it was logged when the signing certificate was not valid";
  for (std::int64_t const shift : {-86400, 86400}) {
    signing::LogHooks hooks;
    hooks.before_promise = [&](EntryParts& entry) { entry.integrated_time += shift; };
    CHECK(refusal(world, {.timestamped = true, .log_hooks = hooks}) == why);
    CHECK(refusal(world, {.timestamped = true, .bundle = [&](BundleParts& b) {
                            b.entries[0].promise.reset();
                            b.entries[0].integrated_time += shift;
                          }}) == why);
  }
}

TEST_CASE("a proof alone gives no time (V-58, V-84)", "[sigstore]") {
  World world;
  auto const without_promise = [](BundleParts& b) { b.entries[0].promise.reset(); };
  CHECK(refusal_of_parts(world, without_promise) == "V-85: no trusted party confirms the time of signing");
  CHECK(refusal(world, {.timestamped = true, .bundle = without_promise}).empty());
}

TEST_CASE("without a promise it is the proof that binds an entry's body (V-20)", "[sigstore]") {
  World world;
  CHECK(refusal(world, {.timestamped = true, .bundle = [](BundleParts& b) {
                          b.entries[0].promise.reset();
                          b.entries[0].body += " ";  // the same JSON
                        }}) == "V-57: the tree of the checkpoint does not hold this entry");
}

TEST_CASE("an inclusion proof is refused for each defect (V-57)", "[sigstore]") {
  World world;
  struct Row {
    char const* defect;
    std::function<void(BundleParts&)> change;
    char const* why;
  };
  std::vector<Row> const rows = {
      {"another root", [](BundleParts& b) { b.entries[0].proof->root_hash[0] ^= 1; },
       "V-57: the proof has another root than the checkpoint"},
      {"short root", [](BundleParts& b) { b.entries[0].proof->root_hash.pop_back(); },
       "V-57: the proof has another root than the checkpoint"},
      {"another size", [](BundleParts& b) { b.entries[0].proof->tree_size += 1; },
       "V-57: the proof is for another tree size than the checkpoint"},
      {"another place", [](BundleParts& b) { b.entries[0].proof->log_index -= 1; }, "V-57: "},
      {"another hash", [](BundleParts& b) { b.entries[0].proof->hashes[0][0] ^= 1; },
       "V-57: the tree of the checkpoint does not hold this entry"},
      {"a hash of 31 bytes", [](BundleParts& b) { b.entries[0].proof->hashes[0].pop_back(); },
       "V-57: a hash has the wrong length"},
      {"a hash missing", [](BundleParts& b) { b.entries[0].proof->hashes.pop_back(); },
       "V-57: the proof has the wrong number of hashes"},
      {"a hash too many", [](BundleParts& b) { b.entries[0].proof->hashes.push_back(std::string(32, 'x')); },
       "V-57: the proof has the wrong number of hashes"},
      {"hashes the other way round",
       [](BundleParts& b) { std::swap(b.entries[0].proof->hashes[0], b.entries[0].proof->hashes[1]); },
       "V-57: the tree of the checkpoint does not hold this entry"},
  };
  world.attest({.subject_sha256 = file_digest});  // one more leaf: the next one's proof has at least two hashes
  for (auto const& row : rows) {
    CAPTURE(row.defect);
    CHECK_THAT(refusal_of_parts(world, row.change), Catch::Matchers::StartsWith(row.why));
  }
}

TEST_CASE("the entry of another tree head is refused (V-57, V-58)", "[sigstore]") {
  World world;
  auto const earlier = world.parts({.subject_sha256 = file_digest}).entries[0].proof->checkpoint;
  CHECK(refusal_of_parts(world, [&](BundleParts& b) { b.entries[0].proof->checkpoint = earlier; }) ==
        "V-57: the proof is for another tree size than the checkpoint");
}

TEST_CASE("a checkpoint of another log or signer is refused (V-61)", "[sigstore]") {
  World world, stranger;
  for (auto const log : {LogKind::dsse, LogKind::rekor2}) {
    auto const checkpoint = stranger.parts({.subject_sha256 = file_digest, .log = log}).entries[0].proof->checkpoint;
    CHECK(refusal_of_parts(
              world, [&](BundleParts& b) { b.entries[0].proof->checkpoint = checkpoint; }, log) ==
          "V-61: no signature line is the log's");
  }
}

TEST_CASE("a Rekor v2 entry under a v1 log's checkpoint is refused, and the other way round (V-54)", "[sigstore]") {
  World world;
  auto const body_of = [&](LogKind kind) { return world.parts({.subject_sha256 = file_digest, .log = kind}).entries[0].body; };
  CHECK_THAT(refusal(world, {.timestamped = true,
                             .bundle =
                                 [&](BundleParts& b) {
                                   b.entries = {
                                       world.rekor.add("hashedrekord", "0.0.2", body_of(LogKind::rekor2), signing::world_time)};
                                   b.entries[0].promise.reset();
                                   b.entries[0].log_index = b.entries[0].proof->log_index;
                                 }}),
             Catch::Matchers::StartsWith("V-63: its origin is not the log's name"));
  CHECK_THAT(refusal(world, {.log = LogKind::rekor2,
                             .bundle =
                                 [&](BundleParts& b) {
                                   b.entries = {world.rekor2.add("dsse", "0.0.1", body_of(LogKind::dsse), signing::world_time)};
                                 }}),
             Catch::Matchers::StartsWith("V-54: its origin has not the form of a Rekor v1 log"));
}

TEST_CASE("a Rekor v2 entry has one index and no promise (V-57, V-71)", "[sigstore]") {
  World world;
  CHECK(refusal_of_parts(
            world, [](BundleParts& b) { b.entries[0].log_index += 1; }, LogKind::rekor2) ==
        "V-57: entry and proof have different indexes");
  CHECK(refusal_of_parts(
            world, [&](BundleParts& b) { b.entries[0].promise = world.rekor2.promise(b.entries[0]); }, LogKind::rekor2) ==
        "V-71: a Rekor v2 log makes no inclusion promises");
  CHECK_THAT(refusal_of_parts(
                 world, [](BundleParts& b) { b.entries[0].proof.reset(); }, LogKind::rekor2),
             Catch::Matchers::StartsWith("V-7: "));
  CHECK(refusal(world, {.log = LogKind::rekor2, .timestamped = false}) ==
        "V-85: no trusted party confirms the time of signing");
}

TEST_CASE("of two log instances with one id, one has to hold in full (V-23)", "[sigstore]") {
  World world;
  std::string const bundle = world.attest({.subject_sha256 = file_digest});
  auto root = world.trusted_root();
  auto retired = root.tlogs[0];
  retired.end = signing::rfc3339(signing::world_time - half_a_year);
  root.tlogs.insert(root.tlogs.begin(), retired);
  CHECK(refusal(root, bundle).empty());
  root.tlogs[1].end = retired.end;
  CHECK(refusal(root, bundle) == "V-56: it was logged outside the time for which the log's key is trusted");
}

TEST_CASE("all that is wrong with an entry is listed", "[sigstore]") {
  World world;
  auto const result =
      verification(world.trusted_root(), world.attest({.subject_sha256 = file_digest, .bundle = [](BundleParts& b) {
                                                         b.entries[0].promise->back() ^= 1;
                                                         b.entries[0].proof->hashes[0][0] ^= 1;
                                                         b.payload += " ";
                                                       }}));
  std::set<std::string> failed;
  for (auto const& check : result.checks)
    if (!check.passed) failed.insert(check.name);
  CHECK(failed.contains("log entry 0: inclusion promise"));
  CHECK(failed.contains("log entry 0: inclusion proof"));
  CHECK(failed.contains("log entry 0: what was logged"));
  CHECK(failed.contains("signature"));
  CHECK_FALSE(failed.contains("log entry 0: signature of the checkpoint"));
}

}  // namespace
}  // namespace transparency_log_test

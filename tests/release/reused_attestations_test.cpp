// One attestation under two keys (B-7).

#include "release/reused_attestations.hpp"

#include "support/catch2.hpp"

namespace reused_attestations_test {
namespace {

using acr::report::EntryStatus;
using acr::report::LineageEntry;

LineageEntry verified(std::string key, std::string id, std::string signature, std::string statement) {
  LineageEntry entry;
  entry.key = std::move(key);
  entry.id = std::move(id);
  entry.status = EntryStatus::verified;
  entry.facts.emplace();
  entry.facts->signature_digest = std::move(signature);
  entry.facts->statement_digest = std::move(statement);
  return entry;
}

TEST_CASE("an attestation of its own for each key", "[release]") {
  std::vector<LineageEntry> entries{verified("lint", "1", "s1", "t1"), verified("scan", "2", "s2", "t2"),
                                    verified("files", "3", "s3", ""), verified("more", "4", "s4", "")};
  acr::release::refuse_reused(entries, "web-v1.0.0");
  for (auto const& entry : entries) {
    CHECK(entry.status == EntryStatus::verified);
    CHECK_FALSE(entry.refusal);
  }
}

TEST_CASE("an attestation under two keys counts for the first", "[release]") {
  struct Row {
    char const* id;
    char const* signature;
    char const* statement;
    char const* found;
  };
  auto const row = one_of<Row>({
      {"1", "s2", "t2", "the same id as under lint"},
      {"2", "s1", "t2", "the same signature as under lint"},
      {"2", "s2", "t1", "the same statement as under lint"},
      {"1", "s1", "t1", "the same id as under lint"},
  });
  CAPTURE(row.found);
  std::vector<LineageEntry> entries{verified("lint", "1", "s1", "t1"), verified("scan", row.id, row.signature, row.statement)};
  acr::release::refuse_reused(entries, "web-v1.0.0");
  CHECK(entries[0].status == EntryStatus::verified);
  CHECK_FALSE(entries[0].refusal);
  CHECK(entries[1].status == EntryStatus::failed);
  REQUIRE(entries[1].refusal);
  CHECK(entries[1].refusal->code == "attestation-reused");
  CHECK(entries[1].refusal->rule_number == "B-7");
  CHECK(entries[1].refusal->found_value == row.found);
}

TEST_CASE("an entry that is refused already keeps its reason", "[release]") {
  std::vector<LineageEntry> entries{verified("lint", "1", "s1", "t1"), verified("scan", "1", "s1", "t1")};
  entries[1].refusal = acr::reject("identity", "attestation scan", "signed by somebody else");
  acr::release::refuse_reused(entries, "web-v1.0.0");
  CHECK(entries[1].refusal->code == "identity");
}

}  // namespace
}  // namespace reused_attestations_test

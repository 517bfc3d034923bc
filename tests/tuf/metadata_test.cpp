#include "tuf/metadata.hpp"

#include "support/catch2.hpp"
#include "tuf/limits.hpp"
#include "tuf_signing/repository.hpp"

namespace metadata_test {
namespace {

using namespace acr::tuf;
using namespace acr::tuftest;

template <class T>
std::string code_of(acr::Verdict<T> const& verdict) {
  return verdict ? "fine" : std::string(verdict.error().code.text()) + " " + verdict.error().rule_number;
}

json::object document() {
  static Repository const repository;
  return json::parse(repository.initial_root()).as_object();
}

std::string root_code(json::object const& file) { return code_of(parse_root(json::serialize(file), "1.root.json")); }

json::object with(std::string_view member, json::value value) {
  auto file = document();
  file["signed"].as_object()[member] = std::move(value);
  return file;
}

json::object without(std::string_view member) {
  auto file = document();
  file["signed"].as_object().erase(member);
  return file;
}

TEST_CASE("the frame of a metadata file (T-15)", "[tuf]") {
  CHECK(root_code(document()) == "fine");
  struct Row {
    char const* text;
    char const* code;
  };
  auto const row = one_of<Row>({
      {"[]", "tuf-malformed T-15"},
      {"{\"signatures\":[]}", "tuf-malformed T-15"},
      {"{\"signed\":{}}", "tuf-malformed T-15"},
      {"{\"signatures\":{},\"signed\":{}}", "tuf-malformed T-15"},
      {"{\"signatures\":[],\"signed\":[]}", "tuf-malformed T-15"},
      {"{\"signatures\":[1],\"signed\":{}}", "tuf-malformed T-15"},
      {"<html>", "tuf-malformed T-15"},
  });
  CAPTURE(row.text);
  CHECK(code_of(parse_root(row.text, "1.root.json")) == row.code);
}

TEST_CASE("unknown members are legal everywhere, and signed (T-15, T-16)", "[tuf]") {
  auto file = document();
  file["more"] = 1;
  file["signatures"].as_array()[0].as_object()["more"] = json::object{};
  auto& content = file["signed"].as_object();
  content["x-more"] = json::array{1, json::object{}};
  content["roles"].as_object()["mirrors"] = 7;
  content["keys"].as_object().begin()->value().as_object()["keyid_hash_algorithms"] = "md5";
  auto const parsed = parse_root(json::serialize(file), "1.root.json");
  REQUIRE(parsed.has_value());
  CHECK(parsed->bytes.find("\"x-more\":[1,{}]") != std::string::npos);
  CHECK(parsed->bytes.find("keyid_hash_algorithms") != std::string::npos);
}

TEST_CASE("signatures have an id and a text, and no id signs twice (T-15, T-20)", "[tuf]") {
  struct Row {
    char const* signatures;
    char const* code;
  };
  auto const row = one_of<Row>({
      {R"([])", "fine"},
      {R"([{"keyid":"a","sig":""},{"keyid":"b","sig":"x"}])", "fine"},
      {R"([{"keyid":"a","sig":""},{"keyid":"a","sig":"x"}])", "tuf-malformed T-20"},
      {R"([{"keyid":"a"}])", "tuf-malformed T-15"},
      {R"([{"sig":""}])", "tuf-malformed T-15"},
      {R"([{"keyid":1,"sig":""}])", "tuf-malformed T-15"},
      {R"([{"keyid":"a","sig":null}])", "tuf-malformed T-15"},
  });
  CAPTURE(row.signatures);
  auto file = document();
  file["signatures"] = json::parse(row.signatures);
  CHECK(root_code(file) == row.code);
}

TEST_CASE("what all metadata have (T-17)", "[tuf]") {
  struct Row {
    char const* member;
    char const* value;
    char const* code;
  };
  auto const row = one_of<Row>({
      {"_type", R"("targets")", "tuf-malformed T-17"},
      {"_type", R"("Root")", "tuf-malformed T-17"},
      {"_type", "1", "tuf-malformed T-15"},
      {"spec_version", R"("1.0")", "fine"},
      {"spec_version", R"("1.0.31")", "fine"},
      {"spec_version", R"("1.99")", "fine"},
      {"spec_version", R"("1")", "tuf-malformed T-17"},
      {"spec_version", R"("2.0.0")", "tuf-malformed T-17"},
      {"spec_version", R"("1.0.31.1")", "tuf-malformed T-17"},
      {"spec_version", R"("1.x")", "tuf-malformed T-17"},
      {"spec_version", R"("1.")", "tuf-malformed T-17"},
      {"spec_version", R"("10.0")", "tuf-malformed T-17"},
      {"version", "9223372036854775807", "fine"},
      {"version", "0", "tuf-malformed T-15"},
      {"version", "-1", "tuf-malformed T-15"},
      {"version", R"("1")", "tuf-malformed T-15"},
      {"version", "true", "tuf-malformed T-15"},
      {"expires", R"("2022-05-11T19:09:02.663975009Z")", "fine"},
      {"expires", R"("2021-12-18T13:28:12.99008-06:00")", "fine"},
      {"expires", R"("2030-01-01T00:00:00")", "tuf-malformed T-17"},
      {"expires", R"("2030-01-01t00:00:00Z")", "tuf-malformed T-17"},
      {"expires", R"("2030-01-01T00:00:00z")", "tuf-malformed T-17"},
      {"expires", R"("2030-01-01T00:00:60Z")", "tuf-malformed T-17"},
      {"expires", R"("2030-01-01T24:00:00Z")", "tuf-malformed T-17"},
      {"expires", R"("2030-02-29T00:00:00Z")", "tuf-malformed T-17"},
      {"expires", R"("2030-01-01 00:00:00Z")", "tuf-malformed T-17"},
      {"expires", R"("2030-01-01T00:00Z")", "tuf-malformed T-17"},
      {"expires", R"("2030-01-01T00:00:00.0000000001Z")", "tuf-malformed T-17"},
      {"expires", "1893456000", "tuf-malformed T-15"},
      {"consistent_snapshot", "1", "tuf-malformed T-15"},
      {"keys", "[]", "tuf-malformed T-15"},
      {"roles", "[]", "tuf-malformed T-21"},
  });
  CAPTURE(row.member, row.value);
  CHECK(root_code(with(row.member, json::parse(row.value))) == row.code);
}

TEST_CASE("members that must be there (T-15)", "[tuf]") {
  for (auto const* member : {"_type", "spec_version", "version", "expires", "keys", "roles"}) {
    CAPTURE(member);
    CHECK(root_code(without(member)) == "tuf-malformed T-15");
  }
  CHECK(root_code(without("consistent_snapshot")) == "fine");
}

TEST_CASE("an offset of an expiry is converted (T-17)", "[tuf]") {
  auto const parsed = parse_root(json::serialize(with("expires", "2021-12-18T13:28:12.5-06:00")), "1.root.json");
  REQUIRE(parsed.has_value());
  CHECK(acr::to_text(parsed->content.expires) == "2021-12-18T19:28:12.5Z");
}

TEST_CASE("a root has the four top-level roles (T-20, T-21)", "[tuf]") {
  struct Row {
    char const* role;
    char const* code;
  };
  auto const row = one_of<Row>({
      {R"({"keyids":["a"],"threshold":1})", "fine"},
      {R"({"keyids":[],"threshold":5})", "fine"},  // it can never be met; the file stands
      {R"({"keyids":["a"],"threshold":0})", "tuf-malformed T-21"},
      {R"({"keyids":["a"],"threshold":"1"})", "tuf-malformed T-21"},
      {R"({"keyids":["a"]})", "tuf-malformed T-21"},
      {R"({"threshold":1})", "tuf-malformed T-21"},
      {R"({"keyids":"a","threshold":1})", "tuf-malformed T-21"},
      {R"({"keyids":[1],"threshold":1})", "tuf-malformed T-20"},
      {"[]", "tuf-malformed T-21"},
  });
  for (auto const* name : {"root", "timestamp", "snapshot", "targets"}) {
    CAPTURE(name, row.role);
    auto file = document();
    file["signed"].as_object()["roles"].as_object()[name] = json::parse(row.role);
    CHECK(root_code(file) == row.code);
    file["signed"].as_object()["roles"].as_object().erase(name);
    CHECK(root_code(file) == "tuf-malformed T-21");
  }
}

TEST_CASE("a key has type, scheme and keyval, whatever they say (T-18)", "[tuf]") {
  struct Row {
    char const* key;
    char const* code;
  };
  auto const row = one_of<Row>({
      {R"({"keytype":"new","scheme":"newer","keyval":{}})", "fine"},
      {R"({"keytype":"ecdsa","scheme":"ecdsa-sha2-nistp256","keyval":{"public":7}})", "fine"},
      {R"({"scheme":"x","keyval":{}})", "tuf-malformed T-18"},
      {R"({"keytype":"x","keyval":{}})", "tuf-malformed T-18"},
      {R"({"keytype":"x","scheme":"x"})", "tuf-malformed T-18"},
      {R"({"keytype":"x","scheme":"x","keyval":"x"})", "tuf-malformed T-18"},
      {R"({"keytype":1,"scheme":"x","keyval":{}})", "tuf-malformed T-18"},
      {"1", "tuf-malformed T-18"},
  });
  CAPTURE(row.key);
  auto file = document();
  file["signed"].as_object()["keys"].as_object()["k"] = json::parse(row.key);
  CHECK(root_code(file) == row.code);
}

TEST_CASE("files that a timestamp or snapshot lists (T-17, T-26, T-27)", "[tuf]") {
  struct Row {
    char const* meta;
    char const* timestamp;
    char const* snapshot;
  };
  auto const row = one_of<Row>({
      {R"({"snapshot.json":{"version":1}})", "fine", "fine"},
      {R"({"snapshot.json":{"version":1,"length":0,"hashes":{"x":"y"}}})", "fine", "fine"},
      {"{}", "tuf-malformed T-26", "fine"},
      {R"({"snapshot.json":{"version":0}})", "tuf-malformed T-17", "tuf-malformed T-17"},
      {R"({"snapshot.json":{}})", "tuf-malformed T-17", "tuf-malformed T-17"},
      {R"({"snapshot.json":1})", "tuf-malformed T-17", "tuf-malformed T-17"},
      {R"({"snapshot.json":{"version":1},"other.json":{"version":"1"}})", "tuf-malformed T-17", "tuf-malformed T-17"},
      {R"({"snapshot.json":{"version":1,"length":-1}})", "tuf-malformed T-17", "tuf-malformed T-17"},
      {R"({"snapshot.json":{"version":1,"hashes":{}}})", "tuf-malformed T-27", "tuf-malformed T-27"},
      {R"({"snapshot.json":{"version":1,"hashes":{"a":1}}})", "tuf-malformed T-27", "tuf-malformed T-27"},
      {R"({"snapshot.json":{"version":1,"hashes":{"a":1,"x":"y"}}})", "tuf-malformed T-27", "tuf-malformed T-27"},
      {"[]", "tuf-malformed T-15", "tuf-malformed T-15"},
  });
  CAPTURE(row.meta);
  auto const file = [&](char const* type) {
    return R"({"signatures":[],"signed":{"_type":")" + std::string(type) +
           R"(","spec_version":"1.0","version":1,"expires":"2030-01-01T00:00:00Z","meta":)" + row.meta + "}}";
  };
  CHECK(code_of(parse_timestamp(file("timestamp"), "timestamp.json")) == row.timestamp);
  CHECK(code_of(parse_snapshot(file("snapshot"), "1.snapshot.json")) == row.snapshot);
}

TEST_CASE("listed targets have length and hashes (T-28)", "[tuf]") {
  struct Row {
    char const* targets;
    char const* code;
  };
  auto const row = one_of<Row>({
      {R"({"a":{"length":0,"hashes":{"sha256":"x"},"custom":{}}})", "fine"},
      {R"({"a":{"length":-1,"hashes":{"sha256":"x"}}})", "tuf-malformed T-28"},
      {R"({"a":{"hashes":{"sha256":"x"}}})", "tuf-malformed T-28"},
      {R"({"a":{"length":1}})", "tuf-malformed T-28"},
      {R"({"a":{"length":1,"hashes":{}}})", "tuf-malformed T-27"},
      {R"({"a":[]})", "tuf-malformed T-28"},
      {"[]", "tuf-malformed T-15"},
  });
  CAPTURE(row.targets);
  auto content = empty_targets();
  content["targets"] = json::parse(row.targets);
  CHECK(code_of(parse_targets(signed_file(content, {}), "1.targets.json")) == row.code);
}

TEST_CASE("every kind of metadata has its limit (T-30)", "[tuf]") {
  auto const spaces = [](std::size_t count) { return std::string(count, ' ') + "{}"; };
  namespace limits = acr::tuf::limits;
  CHECK(code_of(parse_root(spaces(limits::root_bytes), "f")) == "tuf-too-large T-30");
  CHECK(code_of(parse_timestamp(spaces(limits::timestamp_bytes), "f")) == "tuf-too-large T-30");
  CHECK(code_of(parse_snapshot(spaces(limits::snapshot_bytes), "f")) == "tuf-too-large T-30");
  CHECK(code_of(parse_targets(spaces(limits::targets_bytes), "f")) == "tuf-too-large T-30");
  CHECK(code_of(parse_root(spaces(limits::root_bytes - 2), "f")) == "tuf-malformed T-15");
}

}  // namespace
}  // namespace metadata_test

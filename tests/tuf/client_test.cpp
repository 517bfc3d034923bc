#include "tuf/client.hpp"

#include <algorithm>

#include "support/catch2.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "tuf/limits.hpp"
#include "tuf_signing/repository.hpp"

namespace client_test {
namespace {

using namespace acr::tuftest;
using acr::tuf::MemoryStore;
using Requests = std::vector<std::string>;

json::object& meta(json::object& document) { return document["meta"].as_object(); }

/// A store with the repository's first root, as `tuf init` leaves it.
MemoryStore initialised(Repository const& repository) {
  MemoryStore store;
  store.save("root", repository.initial_root());
  return store;
}

std::int64_t stored_version(MemoryStore const& store, std::string const& name) {
  auto const found = store.files().find(name);
  return found == store.files().end() ? 0 : json::parse(found->second).at("signed").at("version").as_int64();
}

RefreshOptions at(std::string_view time) { return {.time = *acr::parse_rfc3339(time)}; }

RefreshOptions wanting(std::vector<std::string> targets) {
  RefreshOptions options;
  options.targets = std::move(targets);
  return options;
}

TEST_CASE("a refresh asks for four files in order and stores what it got", "[tuf]") {
  Repository repository;
  auto store = initialised(repository);
  auto const outcome = refresh(repository, store);
  REQUIRE(outcome.code() == "fine");
  CHECK(outcome.requests == Requests{"2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"});
  CHECK(store.files().at("timestamp") == repository.files.at("timestamp.json"));
  CHECK(store.files().at("snapshot") == repository.files.at("1.snapshot.json"));
  CHECK(store.files().at("targets") == repository.files.at("1.targets.json"));
  // Unchanged: snapshot and targets are not asked for again (T-27, T-28).
  CHECK(refresh(repository, store).requests == Requests{"2.root.json", "timestamp.json"});
}

TEST_CASE("without consistent snapshots files have no version in their names (T-21)", "[tuf]") {
  bool const absent = one_of({false, true});
  Repository repository;
  repository.root.erase("consistent_snapshot");
  if (!absent) repository.root["consistent_snapshot"] = false;
  repository.add_target(repository.targets, "a/b", "content");
  repository.publish_root();
  repository.publish();
  repository.files["snapshot.json"] = repository.files.at("2.snapshot.json");
  repository.files["targets.json"] = repository.files.at("2.targets.json");
  repository.target_files["a/b"] = "content";
  auto const outcome = refresh(repository, wanting({"a/b"}));
  CHECK(outcome.code() == "fine");
  CHECK(outcome.requests == Requests{"2.root.json", "3.root.json", "timestamp.json", "snapshot.json", "targets.json", "a/b"});
}

// T-23

TEST_CASE("trust begins with a root that its own keys vouch for (T-23)", "[tuf]") {
  Repository repository;
  auto const broken = signed_file(repository.root, {pooled_key(3)});
  SECTION("the stored one, without a built-in one") {
    MemoryStore store;
    store.save("root", broken);
    auto const outcome = refresh(repository, store);
    CHECK(outcome.code() == "tuf-signatures");
    CHECK(outcome.requests.empty());
  }
  SECTION("one that cannot be read, stored or built in") {
    MemoryStore store;
    store.save("root", "{}");
    CHECK(refresh(repository, store).code() == "tuf-malformed");
    MemoryStore empty;
    auto const outcome = refresh(repository, empty, {.built_in = acr::tuf::BuiltIn{"{}", {}}});
    CHECK(outcome.code() == "tuf-malformed");
    CHECK(outcome.rejection->where == "built-in root.json: signatures");
    CHECK(outcome.requests.empty());
    // The control: beside a built-in root that can be read, the stored one is as if it were not there.
    CHECK(refresh(repository, store, {.built_in = acr::tuf::BuiltIn{repository.initial_root(), {}}}).code() == "fine");
  }
  SECTION("none at all") {
    MemoryStore store;
    auto const outcome = refresh(repository, store);
    CHECK(outcome.code() == "tuf-root");
    CHECK(outcome.requests.empty());
  }
  SECTION("one over its limit is as if it were missing (T-30)") {
    MemoryStore store;
    store.save("root", repository.initial_root() + std::string(acr::tuf::limits::root_bytes, ' '));
    CHECK(refresh(repository, store).code() == "tuf-root");
  }
  SECTION("the built-in one") {
    MemoryStore store;
    auto const outcome = refresh(repository, store, {.built_in = acr::tuf::BuiltIn{broken, {}}});
    CHECK(outcome.code() == "tuf-signatures");
    CHECK(outcome.requests.empty());
  }
  SECTION("a broken stored one gives way to the built-in one, and every stored file is dropped") {
    auto store = initialised(repository);
    REQUIRE(refresh(repository, store).code() == "fine");
    store.save("root", broken);
    store.save("other", "left over");
    CHECK(refresh(repository, store, {.built_in = acr::tuf::BuiltIn{repository.initial_root(), {}}}).requests.size() == 4);
    CHECK_FALSE(store.files().contains("other"));
  }
  SECTION("so does one older than the built-in one") {
    repository.publish_root();
    auto store = initialised(repository);
    store.save("other", "left over");
    auto const outcome = refresh(repository, store, {.built_in = acr::tuf::BuiltIn{repository.files.at("2.root.json"), {}}});
    CHECK(outcome.requests.front() == "3.root.json");
    CHECK_FALSE(store.files().contains("other"));
  }
  SECTION("a newer stored one counts") {
    repository.publish_root();
    MemoryStore store;
    store.save("root", repository.files.at("2.root.json"));
    store.save("other", "kept");
    auto const outcome = refresh(repository, store, {.built_in = acr::tuf::BuiltIn{repository.initial_root(), {}}});
    CHECK(outcome.requests.front() == "3.root.json");
    CHECK(store.files().contains("other"));
  }
}

// T-24

TEST_CASE("the walk over roots holds each to the one before and to itself (T-24)", "[tuf]") {
  Repository repository;
  auto const old_keys = repository.signers["root"];
  auto store = initialised(repository);
  auto const replace = [&](std::string const& bytes) { repository.files["2.root.json"] = bytes; };
  repository.publish_root();  // the control: 2.root.json as it should be
  auto root = repository.root;
  std::string expected = "fine";
  SECTION("control") {}
  SECTION("not signed by the root before") {
    repository.set_role("root", {pooled_key(4)});
    replace(signed_file((repository.root["version"] = 2, repository.root), {pooled_key(4)}));
    expected = "tuf-signatures";
  }
  SECTION("not signed by its own keys") {
    repository.set_role("root", {pooled_key(4)});
    replace(signed_file(repository.root, old_keys));
    expected = "tuf-signatures";
  }
  SECTION("control: new keys, signed by both") {
    repository.set_role("root", {pooled_key(4)});
    replace(signed_file(repository.root, {old_keys.front(), pooled_key(4)}));
  }
  SECTION("another version") {
    root["version"] = 3;
    replace(signed_file(root, old_keys));
    expected = "tuf-version";
  }
  SECTION("the version before") {
    root["version"] = 1;
    replace(signed_file(root, old_keys));
    expected = "tuf-version";
  }
  SECTION("another type") {
    root["_type"] = "targets";
    replace(signed_file(root, old_keys));
    expected = "tuf-malformed";
  }
  auto const outcome = refresh(repository, store);
  CHECK(outcome.code() == expected);
  CHECK(stored_version(store, "root") == (expected == "fine" ? 2 : 1));
  CHECK((outcome.requests == Requests{"2.root.json"}) == (expected != "fine"));  // nothing more is asked for after a fault
}

TEST_CASE("an expired root in the middle is accepted, at the end refused (T-24)", "[tuf]") {
  Repository repository;
  repository.root["expires"] = past;
  repository.publish_root();
  auto store = initialised(repository);
  auto const at_end = refresh(repository, store);
  CHECK(at_end.code() == "tuf-expired");
  CHECK(at_end.rejection->where == "2.root.json");
  CHECK(at_end.requests == Requests{"2.root.json", "3.root.json"});
  CHECK(stored_version(store, "root") == 2);
  repository.root["expires"] = far;
  repository.publish_root();
  CHECK(refresh(repository).code() == "fine");
  CHECK(refresh(repository, store).requests.front() == "3.root.json");  // it goes on from what was stored
}

TEST_CASE("roots rotate over many versions, with thresholds up and down (T-24)", "[tuf]") {
  Repository repository;
  for (std::size_t step = 0; step < 12; ++step) {
    auto const old_keys = repository.signers["root"];
    std::vector<SigningKey> keys;
    std::size_t const count = 1 + step % 4;
    for (std::size_t i = 0; i < count; ++i) keys.push_back(pooled_key(4 + (step / 2 + i) % 6));  // partly the same, partly new
    repository.set_role("root", keys, static_cast<std::int64_t>(1 + step % count));
    repository.publish_root(old_keys);
  }
  auto const outcome = refresh(repository);
  CHECK(outcome.code() == "fine");
  CHECK(outcome.root == 13);
}

TEST_CASE("one refresh takes 256 roots, and the next goes on from there (T-24)", "[tuf]") {
  Repository repository;
  for (int i = 0; i < 257; ++i) repository.publish_root();
  auto store = initialised(repository);
  auto const first = refresh(repository, store);
  CHECK(first.code() == "fine");
  CHECK(first.root == 257);
  CHECK(first.requests[255] == "257.root.json");
  CHECK(first.requests[256] == "timestamp.json");
  auto const second = refresh(repository, store);
  CHECK(second.root == 258);
  CHECK(second.requests[1] == "259.root.json");
}

TEST_CASE("the walk ends at the greatest version (T-24)", "[tuf]") {
  Repository repository;
  repository.root["version"] = INT64_MAX;
  MemoryStore store;
  store.save("root", signed_file(repository.root, repository.signers["root"]));
  CHECK(refresh(repository, store).requests.front() == "timestamp.json");
}

// T-25

TEST_CASE("new keys of timestamp or snapshot drop what is stored of both: recovery from fast-forward (T-25)", "[tuf]") {
  Repository repository;
  auto store = initialised(repository);
  repository.timestamp["version"] = 1000;
  repository.snapshot["version"] = 2000;
  repository.targets["version"] = 3000;
  repository.publish();
  REQUIRE(refresh(repository, store).code() == "fine");
  auto const back = [&] {
    repository.timestamp["version"] = 1;
    repository.snapshot["version"] = 1;
    repository.targets["version"] = 1;
    repository.publish();
  };
  struct Row {
    char const* what;
    bool recovers;
  };
  auto const row = one_of<Row>({{"timestamp keys", true},
                                {"snapshot keys", true},
                                {"timestamp threshold", true},
                                {"snapshot threshold", true},
                                {"targets keys", false},
                                {"root keys", false},
                                {"nothing", false},
                                {"new id of the same key", false}});
  CAPTURE(row.what);
  std::string const what = row.what;
  auto const root_keys = repository.signers["root"];
  if (what == "timestamp keys") repository.set_role("timestamp", {pooled_key(5)});
  if (what == "snapshot keys") repository.set_role("snapshot", {pooled_key(5)});
  if (what == "timestamp threshold") repository.set_role("timestamp", {pooled_key(1), pooled_key(5)}, 2);
  if (what == "snapshot threshold") repository.set_role("snapshot", {pooled_key(2), pooled_key(5)}, 2);
  if (what == "targets keys") repository.set_role("targets", {pooled_key(5)});
  if (what == "root keys") repository.set_role("root", {pooled_key(5)});
  if (what == "new id of the same key") {
    auto key = pooled_key(1);
    key.id = "another name";
    repository.set_role("timestamp", {key});
  }
  repository.publish_root(root_keys);
  back();
  auto const outcome = refresh(repository, store);
  CHECK(outcome.code() == (row.recovers ? "fine" : "tuf-rollback"));
}

TEST_CASE("files are dropped before the root that has new keys is stored (T-25)", "[tuf]") {
  Repository repository;
  auto store = initialised(repository);
  REQUIRE(refresh(repository, store).code() == "fine");
  auto const root_keys = repository.signers["root"];
  repository.set_role("timestamp", {pooled_key(5)});
  repository.publish_root(root_keys);
  struct Killed : std::runtime_error {
    using runtime_error::runtime_error;
  };
  struct Fragile : acr::tuf::Store {
    MemoryStore& below;
    explicit Fragile(MemoryStore& store) : below(store) {}
    std::optional<std::string> load(std::string_view name, std::size_t limit) override { return below.load(name, limit); }
    void save(std::string_view, std::string_view) override { throw Killed("killed"); }
    void drop(std::string_view name) override { below.drop(name); }
    void clear() override { below.clear(); }
  } fragile(store);
  CHECK_THROWS_AS(refresh(repository, fragile), Killed);
  CHECK_FALSE(store.files().contains("timestamp"));
  CHECK_FALSE(store.files().contains("snapshot"));
  CHECK(stored_version(store, "root") == 1);
}

TEST_CASE("floors of a built-in copy hold until keys change (T-6, T-25)", "[tuf]") {
  Repository repository;
  for (int i = 0; i < 4; ++i) repository.publish();  // version 5 of all
  auto const with = [&](acr::tuf::Floors floors) {
    return refresh(repository, {.built_in = acr::tuf::BuiltIn{repository.initial_root(), floors}}).code();
  };
  CHECK(with({5, 5, 5}) == "fine");
  CHECK(with({6, 0, 0}) == "tuf-rollback");
  CHECK(with({0, 6, 0}) == "tuf-rollback");
  CHECK(with({0, 0, 6}) == "tuf-rollback");
  SECTION("a root without new keys keeps them") {
    repository.publish_root();
    CHECK(with({6, 0, 0}) == "tuf-rollback");
  }
  SECTION("new keys drop them") {
    repository.set_role("snapshot", {pooled_key(5)});
    repository.publish_root();
    repository.publish_as_is();
    CHECK(with({6, 6, 6}) == "fine");
  }
  SECTION("they hold for a stored root that has the same keys, and not for one with others") {
    repository.publish_root();
    MemoryStore store;
    store.save("root", repository.files.at("2.root.json"));
    acr::tuf::BuiltIn const built_in{repository.initial_root(), {6, 0, 0}};
    CHECK(refresh(repository, store, {.built_in = built_in}).code() == "tuf-rollback");
    repository.set_role(one_of<std::string>({"timestamp", "snapshot"}), {pooled_key(5)});
    repository.publish_root();
    repository.publish_as_is();
    store.save("root", repository.files.at("3.root.json"));
    CHECK(refresh(repository, store, {.built_in = built_in}).code() == "fine");
  }
  SECTION("they hold when a stored timestamp counts, too") {
    auto store = initialised(repository);
    REQUIRE(refresh(repository, store).code() == "fine");
    CHECK(refresh(repository, store, {.built_in = acr::tuf::BuiltIn{repository.initial_root(), {0, 6, 0}}}).code() ==
          "tuf-rollback");
  }
}

// T-26

TEST_CASE("a timestamp is signed, of its type, not older, not expired (T-26)", "[tuf]") {
  Repository repository;
  repository.publish();  // 2
  auto store = initialised(repository);
  REQUIRE(refresh(repository, store).code() == "fine");
  auto const before = store.files().at("timestamp");
  repository.publish();  // 3
  std::string expected;
  SECTION("control") { expected = "fine"; }
  SECTION("signed by another role") {
    repository.files["timestamp.json"] = signed_file(repository.timestamp, repository.signers["snapshot"]);
    expected = "tuf-signatures";
  }
  SECTION("a known version that nobody signed") {
    repository.timestamp["version"] = 2;
    repository.files["timestamp.json"] = signed_file(repository.timestamp, {});
    expected = "tuf-signatures";
  }
  SECTION("a known version of another type") {
    repository.timestamp["version"] = 2;
    repository.timestamp["_type"] = "snapshot";
    repository.publish_timestamp();
    expected = "tuf-malformed";
  }
  SECTION("an older version") {
    repository.timestamp["version"] = 1;
    repository.publish_timestamp();
    expected = "tuf-rollback";
  }
  SECTION("an older snapshot in it") {
    repository.listed_snapshot()["version"] = 1;
    repository.publish_timestamp();
    expected = "tuf-rollback";
  }
  SECTION("expired") {
    repository.timestamp["expires"] = past;
    repository.publish_timestamp();
    expected = "tuf-expired";
  }
  SECTION("it expires now") {
    repository.timestamp["expires"] = acr::to_text(now);
    repository.publish_timestamp();
    expected = "tuf-expired";
  }
  SECTION("over its limit (T-30)") {
    repository.timestamp["more"] = std::string(acr::tuf::limits::timestamp_bytes, 'x');
    repository.publish_timestamp();
    expected = "tuf-too-large";
  }
  auto const outcome = refresh(repository, store);
  CHECK(outcome.code() == expected);
  CHECK((store.files().at("timestamp") == before) == (expected != "fine"));
}

TEST_CASE("of two timestamps of one version the stored one counts (T-26)", "[tuf]") {
  Repository repository;
  auto store = initialised(repository);
  REQUIRE(refresh(repository, store).code() == "fine");
  auto const before = store.files().at("timestamp");
  repository.listed_snapshot()["version"] = 100;
  repository.publish_timestamp();
  CHECK(refresh(repository, store).code() == "fine");
  CHECK(store.files().at("timestamp") == before);
  // An unchanged timestamp whose time is over is a freeze.
  repository.timestamp["expires"] = "2031-01-01T00:00:00Z";
  repository.root["expires"] = "2032-01-01T00:00:00Z";
  repository.publish_root();
  repository.publish_timestamp();
  CHECK(refresh(repository, store, at("2030-06-01T00:00:00Z")).code() == "tuf-expired");
}

TEST_CASE("a stored timestamp that no longer counts is as if it were not there, an expired one is a floor (T-26)", "[tuf]") {
  Repository repository;
  repository.timestamp["version"] = 50;
  repository.publish_timestamp();
  auto store = initialised(repository);
  REQUIRE(refresh(repository, store).code() == "fine");
  repository.timestamp["version"] = 20;
  repository.publish_timestamp();
  CHECK(refresh(repository, store).code() == "tuf-rollback");
  SECTION("unreadable") {
    store.save("timestamp", "{");
    CHECK(refresh(repository, store).code() == "fine");
  }
  SECTION("over its limit (T-30)") {
    store.save("timestamp", store.files().at("timestamp") + std::string(acr::tuf::limits::timestamp_bytes, ' '));
    CHECK(refresh(repository, store).code() == "fine");
  }
  SECTION("signed by others") {
    repository.timestamp["version"] = 50;
    store.save("timestamp", signed_file(repository.timestamp, {pooled_key(7)}));
    CHECK(refresh(repository, store).code() == "fine");
  }
  SECTION("expired") {
    repository.timestamp["version"] = 50;
    repository.timestamp["expires"] = past;
    store.save("timestamp", signed_file(repository.timestamp, repository.signers["timestamp"]));
    CHECK(refresh(repository, store).code() == "tuf-rollback");
  }
}

// T-27

TEST_CASE("a snapshot is what the timestamp says (T-27)", "[tuf]") {
  Repository repository;
  meta(repository.snapshot)["a.json"] = json::object{{"version", 5}};
  repository.publish();
  auto store = initialised(repository);
  REQUIRE(refresh(repository, store).code() == "fine");
  repository.publish();
  std::string expected;
  SECTION("control") { expected = "fine"; }
  SECTION("signed by another role") {
    repository.files["3.snapshot.json"] = signed_file(repository.snapshot, repository.signers["timestamp"]);
    expected = "tuf-signatures";
  }
  SECTION("another version") {
    repository.snapshot["version"] = 4;
    repository.files["3.snapshot.json"] = signed_file(repository.snapshot, repository.signers["snapshot"]);
    expected = "tuf-version";
  }
  SECTION("without targets.json") {
    meta(repository.snapshot).erase("targets.json");
    repository.publish_snapshot();
    expected = "tuf-unlisted";
  }
  SECTION("a file is gone") {
    meta(repository.snapshot).erase("a.json");
    repository.publish_snapshot();
    expected = "tuf-rollback";
  }
  SECTION("a file is older") {
    meta(repository.snapshot)["a.json"].as_object()["version"] = 4;
    repository.publish_snapshot();
    expected = "tuf-rollback";
  }
  SECTION("targets are older") {
    repository.listed_targets()["version"] = 1;
    repository.publish_snapshot();
    expected = "tuf-rollback";
  }
  SECTION("expired") {
    repository.snapshot["expires"] = past;
    repository.publish_snapshot();
    expected = "tuf-expired";
  }
  SECTION("another type") {
    repository.snapshot["_type"] = "targets";
    repository.publish_snapshot();
    expected = "tuf-malformed";
  }
  auto const outcome = refresh(repository, store);
  CHECK(outcome.code() == expected);
  CHECK(stored_version(store, "snapshot") == (expected == "fine" ? 3 : 2));
  CHECK(stored_version(store, "timestamp") == 3);  // it passed its own step
}

TEST_CASE("a stored snapshot is used when it is the wanted one, and a floor otherwise (T-27)", "[tuf]") {
  Repository repository;
  meta(repository.snapshot)["a.json"] = json::object{{"version", 5}};
  repository.publish_snapshot();
  auto store = initialised(repository);
  REQUIRE(refresh(repository, store).code() == "fine");
  auto const asked_for_snapshot = [](Outcome const& outcome) {
    return std::count(outcome.requests.begin(), outcome.requests.end(), "1.snapshot.json") == 1;
  };
  CHECK_FALSE(asked_for_snapshot(refresh(repository, store)));
  SECTION("of the wanted version, signed by others: asked for, and no floor") {
    auto other = repository.snapshot;
    meta(other)["a.json"].as_object()["version"] = 9;
    store.save("snapshot", signed_file(other, {pooled_key(7)}));
    auto const outcome = refresh(repository, store);
    CHECK(outcome.code() == "fine");
    CHECK(asked_for_snapshot(outcome));
  }
  SECTION("of the wanted version, and expired: asked for, and a floor") {
    auto other = repository.snapshot;
    other["expires"] = past;
    meta(other)["a.json"].as_object()["version"] = 9;
    store.save("snapshot", signed_file(other, repository.signers["snapshot"]));
    auto const outcome = refresh(repository, store);
    CHECK(asked_for_snapshot(outcome));
    CHECK(outcome.code() == "tuf-rollback");
  }
  SECTION("over its limit (T-30): as if it were not there") {
    store.save("snapshot", store.files().at("snapshot") + std::string(acr::tuf::limits::snapshot_bytes, ' '));
    CHECK(asked_for_snapshot(refresh(repository, store)));
  }
  SECTION("not the one that the timestamp's hash means") {
    repository.listed_snapshot()["hashes"] =
        json::object{{"sha256", acr::hex(acr::sha256(repository.files.at("1.snapshot.json") + " "))}};
    repository.files["1.snapshot.json"] += " ";
    repository.timestamp["version"] = 2;
    repository.publish_timestamp();
    auto const outcome = refresh(repository, store);
    CHECK(outcome.code() == "fine");
    CHECK(asked_for_snapshot(outcome));
  }
}

TEST_CASE("lengths and hashes are held to where they are given (T-27, T-28, T-31)", "[tuf]") {
  struct Row {
    char const* what;
    char const* member;
    std::string value;
    char const* code;
  };
  Repository repository;
  bool const of_targets = one_of({false, true});
  auto const& file = repository.files.at(of_targets ? "1.targets.json" : "1.snapshot.json");
  std::string const length = std::to_string(file.size());
  std::string const right = acr::hex(acr::sha256(file));
  std::string const right512 = acr::hex(acr::digest(acr::HashAlgorithm::sha512, file));
  std::string const zeros(64, '0');
  std::string upper = right;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  std::vector<Row> const rows = {
      {"control: both", "hashes", R"({"sha256":")" + right + R"(","sha512":")" + right512 + "\"}", "fine"},
      {"control: sha512 alone", "hashes", R"({"sha512":")" + right512 + "\"}", "fine"},
      {"control: an unknown one does not count", "hashes", R"({"sha256":")" + right + R"(","md5":"x"})", "fine"},
      {"control: length", "length", length, "fine"},
      {"a wrong sha256", "hashes", R"({"sha256":")" + zeros + "\"}", "tuf-digest"},
      {"one of two wrong", "hashes", R"({"sha256":")" + right + R"(","sha512":")" + zeros + "\"}", "tuf-digest"},
      {"upper case", "hashes", R"({"sha256":")" + upper + "\"}", "tuf-digest"},
      {"no known one", "hashes", R"({"md5":"x"})", "tuf-digest"},
      {"none", "hashes", "{}", "tuf-malformed"},
      {"not a string", "hashes", R"({"sha256":1})", "tuf-malformed"},
      {"not an object", "hashes", "[]", "tuf-malformed"},
      {"shorter", "length", std::to_string(file.size() - 1), "tuf-length"},
      {"longer", "length", std::to_string(file.size() + 1), "tuf-length"},
      {"negative", "length", "-1", "tuf-malformed"},
  };
  for (auto const& row : rows) {
    CAPTURE(row.what, of_targets);
    Repository changed = repository;
    if (of_targets) {
      changed.listed_targets()[row.member] = json::parse(row.value);
      changed.publish_snapshot();
    } else {
      changed.listed_snapshot()[row.member] = json::parse(row.value);
      changed.publish_timestamp();
    }
    CHECK(refresh(changed).code() == row.code);
  }
}

TEST_CASE("a limit is never above what the metadata say (T-30)", "[tuf]") {
  Repository repository;
  auto const limits_of = [&] {
    std::vector<std::size_t> limits;
    MemoryStore store = initialised(repository);
    acr::tuf::Client client(store, now, true);
    auto step = client.start(std::nullopt);
    while (step && client.wanted()) {
      limits.push_back(client.wanted()->max_bytes);
      auto const found = repository.files.find(client.wanted()->path);
      step = found == repository.files.end() ? client.no_newer_root() : client.take(found->second);
    }
    return limits;
  };
  CHECK(limits_of() == std::vector<std::size_t>{512'000, 16'384, 2'000'000, 5'000'000});
  repository.listed_targets()["length"] = repository.files.at("1.targets.json").size();
  repository.publish_snapshot();
  repository.listed_snapshot()["length"] = repository.files.at("1.snapshot.json").size();
  repository.publish_timestamp();
  CHECK(limits_of() == std::vector<std::size_t>{512'000, 16'384, repository.files.at("1.snapshot.json").size(),
                                                repository.files.at("1.targets.json").size()});
  repository.listed_targets()["length"] = 5'000'001;
  repository.listed_snapshot().erase("length");
  repository.publish_as_is();
  CHECK(limits_of().back() == 5'000'000);
}

// T-28

TEST_CASE("targets are what the snapshot says (T-28)", "[tuf]") {
  Repository repository;
  repository.publish();
  auto store = initialised(repository);
  REQUIRE(refresh(repository, store).code() == "fine");
  repository.publish();
  std::string expected;
  SECTION("control") { expected = "fine"; }
  SECTION("signed by another role") {
    repository.files["3.targets.json"] = signed_file(repository.targets, repository.signers["snapshot"]);
    expected = "tuf-signatures";
  }
  SECTION("another version") {
    repository.targets["version"] = 4;
    repository.files["3.targets.json"] = signed_file(repository.targets, repository.signers["targets"]);
    expected = "tuf-version";
  }
  SECTION("expired") {
    repository.targets["expires"] = past;
    repository.publish_targets();
    expected = "tuf-expired";
  }
  SECTION("another type") {
    repository.targets["_type"] = "snapshot";
    repository.publish_targets();
    expected = "tuf-malformed";
  }
  auto const outcome = refresh(repository, store);
  CHECK(outcome.code() == expected);
  CHECK(stored_version(store, "targets") == (expected == "fine" ? 3 : 2));
  CHECK(stored_version(store, "snapshot") == 3);
}

TEST_CASE("stored targets are not a floor, and used only when they pass everything (T-28)", "[tuf]") {
  Repository repository;
  auto store = initialised(repository);
  auto high = repository.targets;
  high["version"] = 9;
  store.save("targets", signed_file(high, repository.signers["targets"]));
  CHECK(refresh(repository, store).code() == "fine");
  CHECK(stored_version(store, "targets") == 1);
  store.save("targets", signed_file(repository.targets, {pooled_key(7)}));
  CHECK(refresh(repository, store).requests.back() == "1.targets.json");
  store.save("targets", store.files().at("targets") + std::string(acr::tuf::limits::targets_bytes, ' '));
  CHECK(refresh(repository, store).requests.back() == "1.targets.json");
  CHECK(refresh(repository, store).requests.back() == "timestamp.json");
}

// T-31

TEST_CASE("a target file is held to its length and hashes (T-31)", "[tuf]") {
  Repository repository;
  repository.add_target(repository.targets, "a/b c.json", "content");
  repository.publish();
  auto const path = "a/" + acr::hex(acr::sha256("content")) + ".b%20c.json";
  auto const outcome = refresh(repository, wanting({"a/b c.json"}));
  CHECK(outcome.code() == "fine");
  CHECK(outcome.found == "content");
  CHECK(outcome.requests.back() == path);
  repository.target_files[path] = "contenu";
  CHECK(refresh(repository, wanting({"a/b c.json"})).code() == "tuf-digest");
  repository.target_files[path] = "content ";
  CHECK(refresh(repository, wanting({"a/b c.json"})).code() == "tuf-length");
  CHECK(refresh(repository, wanting({"a/b"})).code() == "tuf-no-target");
}

TEST_CASE("the hash in a target's address is its sha256, else its sha512, and never another text (T-31)", "[tuf]") {
  Repository repository;
  repository.add_target(repository.targets, "t", "content");
  auto const hash512 = acr::hex(acr::digest(acr::HashAlgorithm::sha512, "content"));
  struct Row {
    json::object hashes;
    std::string code, why;
  };
  std::string const not_listed = "neither its sha256 nor its sha512 is listed";
  std::string const not_hex = "its listed hash is not lower-case hex of that algorithm";
  std::vector<Row> const rows = {
      {{{"sha512", hash512}}, "fine", ""},
      {{{"md5", "x"}}, "tuf-digest", not_listed},
      {{{"sha256", "../../secret"}}, "tuf-digest", not_hex},
      {{{"sha512", acr::hex(acr::sha256("content"))}}, "tuf-digest", not_hex},
      {{}, "tuf-malformed", "no hash is listed"},
  };
  for (auto const& row : rows) {
    CAPTURE(json::serialize(row.hashes));
    repository.targets["targets"].as_object()["t"].as_object()["hashes"] = row.hashes;
    repository.publish();
    repository.target_files[hash512 + ".t"] = "content";
    auto const outcome = refresh(repository, wanting({"t"}));
    CHECK(outcome.code() == row.code);
    CHECK((outcome.rejection ? outcome.rejection->why : "") == row.why);
    if (row.code != "fine") CHECK(outcome.requests.back().find(".t") == outcome.requests.back().find(".targets.json"));
  }
}

TEST_CASE("a target's name is not a path out of anything (T-31)", "[tuf]") {
  Repository repository;
  for (std::string const name : {"", "/a", "a/", "a//b", "./a", "a/..", "../a", "a/./b", "."}) {
    CAPTURE(name);
    repository.add_target(repository.targets, name, "content");
    repository.publish();
    auto const outcome = refresh(repository, wanting({name}));
    CHECK(outcome.code() == "tuf-target-name");
    CHECK(outcome.requests.back().ends_with(".targets.json"));
  }
  for (std::string const name : {"...", "..a", "%2e%2e", "a b/?#", "\xc3\xa9"}) {
    CAPTURE(name);
    repository.add_target(repository.targets, name, "content");
    repository.publish();
    CHECK(refresh(repository, wanting({name})).code() == "fine");
  }
}

TEST_CASE("one client takes several targets in order and stops at the first fault (T-37)", "[tuf]") {
  Repository repository;
  repository.add_target(repository.targets, "a", "1");
  repository.add_target(repository.targets, "b", "2");
  repository.publish();
  CHECK(refresh(repository, wanting({"a", "b"})).found == "2");
  auto const outcome = refresh(repository, wanting({"a", "missing", "b"}));
  CHECK(outcome.code() == "tuf-no-target");
  CHECK(outcome.requests.back().ends_with(".a"));
}

// T-32

TEST_CASE("a refresh that is interrupted after any file can be repeated (T-32)", "[tuf]") {
  Repository repository;
  auto const root_keys = repository.signers["root"];
  repository.set_role("timestamp", {pooled_key(5)});
  repository.publish_root(root_keys);
  repository.add_target(repository.targets, "x/t", "content");
  repository.publish();
  auto const count = refresh(repository, wanting({"x/t"})).requests.size();
  REQUIRE(count == 6);
  for (std::size_t stop = 0; stop < count; ++stop) {
    CAPTURE(stop);
    auto store = initialised(repository);
    struct Interrupted : std::runtime_error {
      using runtime_error::runtime_error;
    };
    std::size_t asked = 0;
    auto options = wanting({"x/t"});
    options.fetch = [&](std::string const& path) -> std::optional<std::string> {
      if (asked++ == stop) throw Interrupted("interrupted");
      if (auto const found = repository.files.find(path); found != repository.files.end()) return found->second;
      auto const target = repository.target_files.find(path);
      return target == repository.target_files.end() ? std::nullopt : std::optional(target->second);
    };
    CHECK_THROWS_AS(refresh(repository, store, options), Interrupted);
    auto const again = refresh(repository, store, wanting({"x/t"}));
    CHECK(again.code() == "fine");
    CHECK(again.found == "content");
  }
}

TEST_CASE("a missing file ends a refresh, except where the walk over roots ends (T-8, T-24)", "[tuf]") {
  Repository repository;
  repository.publish_root();
  auto const row = one_of<std::string>({"timestamp.json", "1.snapshot.json", "1.targets.json"});
  auto files = repository.files;
  repository.files.erase(row);
  auto store = initialised(repository);
  CHECK(refresh(repository, store).code() == "tuf-unreachable");
  CHECK(stored_version(store, "root") == 2);
  repository.files = files;
  CHECK(refresh(repository, store).code() == "fine");
}

TEST_CASE("questions out of turn are our own mistake", "[tuf]") {
  Repository repository;
  auto store = initialised(repository);
  acr::tuf::Client client(store, now, true);
  CHECK_THROWS_AS(client.take("{}"), std::logic_error);
  CHECK_THROWS_AS(client.find("a"), std::logic_error);
  CHECK_THROWS_AS(client.want_target(), std::logic_error);
  CHECK_THROWS_AS(client.no_newer_root(), std::logic_error);
}

}  // namespace
}  // namespace client_test

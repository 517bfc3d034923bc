// The client against the stand-in, over real sockets, with everything that goes wrong on the way (G-35).
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "github/attestations.hpp"
#include "github/download_one.hpp"
#include "github/loopback_world.hpp"
#include "github/pull_requests.hpp"
#include "github/rest_objects.hpp"
#include "github/rules.hpp"
#include "net/http.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/encoding.hpp"
#include "support/json.hpp"
#include "support/places.hpp"
#include "support/temporary_directory.hpp"
#include "support/text.hpp"

namespace acr::github {
namespace {

using test::lab;
using test::LoopbackWorld;

// What github.json of a scenario says: subject → (id, bundle).
std::map<std::string, std::pair<std::string, std::string>> expected_in(std::string const& scenario) {
  JsonLimits bounds;
  auto const text = read_file(acr::test::data_folder().string() + "/lab/" + scenario + "/github.json", std::size_t{64} << 20);
  auto const file = parse_json(text, scenario, bounds);
  REQUIRE(file.has_value());
  std::map<std::string, std::pair<std::string, std::string>> all;
  for (auto const& each : *array_in(*file, "attestations"))
    for (auto const& subject : *array_in(each, "listed_under"))
      all[std::string(subject.as_string())] = {std::to_string(*integer_in(each, "id")),
                                               boost::json::serialize(*find(each, "bundle"))};
  return all;
}

std::vector<std::string> subjects_of(std::map<std::string, std::pair<std::string, std::string>> const& expected) {
  std::vector<std::string> all;
  for (auto const& [subject, rest] : expected) all.push_back(subject);
  return all;
}

// Lists and downloads everything and compares it with the scenario's file.
void check_all(LoopbackWorld& world, std::string const& scenario) {
  auto const expected = expected_in(scenario);
  Attestations attestations(world.api);
  auto const listing = attestations.list(subjects_of(expected));
  std::vector<ListedAttestation> flat;
  for (auto const& [subject, entries] : listing.of) {
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].id == expected.at(subject).first);
    flat.push_back(entries[0]);
  }
  REQUIRE(flat.size() == expected.size());
  std::vector<ListedAttestation const*> wanted;
  for (auto const& each : flat) wanted.push_back(&each);
  std::vector<std::string> bundles(flat.size());
  attestations.download_each(wanted,
                             [&](std::size_t i, Verdict<std::string> bundle) { bundles[i] = bundle ? *bundle : "rejected"; });
  for (std::size_t i = 0; i < flat.size(); ++i) CHECK(bundles[i] == expected.at(flat[i].subject).second);
}

TEST_CASE("every scenario's attestations are found and fetched, the token seen by the API alone",
          "[github]") {  // G-8, G-10
  std::string const scenario = one_of({"feature-branch", "fork-main", "ids-only", "no-lineage", "other-repository",
                                       "private-instance", "tag-missing", "tampered-signature", "two-charts"});
  std::string const version = one_of({"2022-11-28", "2026-03-10"});  // G-5
  CAPTURE(scenario, version);
  LoopbackWorld world(lab(scenario), "ghs_0123456789abcdef", version);
  check_all(world, scenario);
  CHECK(world.stand_in.count("api", "") == 1);  // one bulk call
  for (auto const& each : world.stand_in.log()) CHECK(each.credentials == (each.server == "api"));
  CHECK(world.stand_in.violations() == std::vector<std::string>{});
}

TEST_CASE("each survivable fault, once on every request, changes nothing", "[github]") {  // G-28, G-29, G-35
  auto const fault = GENERATE(from_range(loopback::survivable_faults()));
  CAPTURE(std::string(loopback::name_of(fault)));
  auto settings = lab("two-charts");
  settings.once_each = fault;
  LoopbackWorld world(settings);
  check_all(world, "two-charts");
  RestObjects objects(world.api);
  CHECK(objects.refs_with_prefix("refs/tags/", 9).size() >= 2);
  CHECK(world.stand_in.violations() == std::vector<std::string>{});
}

TEST_CASE("answers that travel strangely are answers all the same", "[github]") {  // G-35
  std::string const kind = one_of({"chunked", "until_close", "close_after", "vanish_after", "slow_body"});
  auto settings = lab("no-lineage");
  settings.faults = {loopback::planned_fault(kind + " x* at ")};
  CAPTURE(kind);
  LoopbackWorld world(settings);
  check_all(world, "no-lineage");
}

TEST_CASE("faults that do not pass have their names", "[github]") {  // G-6, G-28, G-31, G-33, G-34
  struct Row {
    char const* fault;
    char const* code;
    ExitStatus exit;
  };
  auto const row = one_of<Row>({
      {"status_503 x* at api", "unreachable", ExitStatus::unreachable},
      {"html_502 x* at api", "unreachable", ExitStatus::unreachable},
      {"reset x* at api", "unreachable", ExitStatus::unreachable},
      {"truncated x* at api", "unreachable", ExitStatus::unreachable},
      {"html_200 x* at api", "bad-response", ExitStatus::unreachable},
      {"empty_200 x* at api", "bad-response", ExitStatus::unreachable},
      {"wrong_shape x* at api", "bad-response", ExitStatus::unreachable},
      {"limited_for_long x* at api", "rate-limited", ExitStatus::unreachable},
      {"gone x* at api", "gone", ExitStatus::refused},
      {"forbidden x* at api", "no-access", ExitStatus::bad_input},
      {"not_found x* at api", "no-access", ExitStatus::bad_input},
      {"status_503 x* at storage", "unreachable", ExitStatus::unreachable},
  });
  CAPTURE(row.fault);
  auto settings = lab("no-lineage");
  settings.faults = {loopback::planned_fault(row.fault)};
  settings.github.bulk_listing = std::string(row.fault).find("GET") == std::string::npos;
  LoopbackWorld world(settings);
  try {
    check_all(world, "no-lineage");
    FAIL("it went well");
  } catch (RunError const& error) {
    CHECK(error.code() == row.code);
    CHECK(error.status() == row.exit);
    CHECK(std::string(error.what()).find("ghs_") == std::string::npos);
    CHECK(std::string(error.what()).find("sig=") == std::string::npos);
  }
}

TEST_CASE("a secondary limit is waited out", "[github]") {  // G-27, G-28
  auto settings = lab("no-lineage");
  settings.faults = {loopback::planned_fault("secondary_limit x2 at api POST")};
  LoopbackWorld world(settings);
  world.stand_in.add_fault(loopback::planned_fault("status_503 x1 at storage"));
  check_all(world, "no-lineage");
  CHECK(world.stand_in.count("api", "bulk-list") == 3);
}

TEST_CASE("a fallback to single listings finds the same", "[github]") {  // G-12b
  std::string const kind = one_of({"not_found", "unprocessable", "forbidden", "redirect_post"});
  auto settings = lab("two-charts");
  settings.faults = {loopback::planned_fault(kind + " x* at api POST")};
  LoopbackWorld world(settings);
  check_all(world, "two-charts");
  CHECK(world.stand_in.count("api", "GET /repos/acme/helm-charts/attestations/") == expected_in("two-charts").size());
}

TEST_CASE("a listing without an end, or too large to be read, is given up, the run is not", "[github]") {  // G-31
  std::string const fault = one_of({"endless_pages x* at api GET", "oversize x* at api"});
  auto settings = lab("no-lineage");
  settings.faults = {loopback::planned_fault(fault)};
  settings.github.bulk_listing = fault.find("GET") == std::string::npos;
  LoopbackWorld world(settings);
  Attestations attestations(world.api);
  auto const subjects = subjects_of(expected_in("no-lineage"));
  auto const listing = attestations.list(subjects);
  CHECK(listing.too_long == std::set<std::string>(subjects.begin(), subjects.end()));
  for (auto const& [subject, entries] : listing.of) CHECK(entries.empty());
}

TEST_CASE("small pages give the same listing, bulk and single", "[github]") {  // G-31, G-12b
  bool const bulk = one_of({true, false});
  test::TemporaryDirectory folder;
  // One subject with seven attestations, another with one; two of a foreign repository.
  std::string const a = "sha256:" + std::string(64, 'a'), b = "sha256:" + std::string(64, 'b');
  std::string entries;
  for (int id = 1; id <= 10; ++id)
    entries += std::string(id > 1 ? "," : "") + R"({"id":)" + std::to_string(id) + R"(,"repository_id":)" +
               (id > 8 ? "7" : "500000001") +
               R"(,"predicate_type":"p","initiator":"user","serve":"bundle_url","listed_under":[")" + (id == 8 ? b : a) +
               R"("],"bundle":{"n":)" + std::to_string(id) + "}}";
  write_file(folder.path() / "github.json",
             R"({"repository":"acme/helm-charts","repository_id":500000001,"attestations":[)" + entries + "]}");
  loopback::StandInSettings settings;
  settings.github.scenario = folder.path();
  settings.github.page_cap = 2;
  settings.github.bulk_listing = bulk;
  LoopbackWorld world(settings);
  Attestations attestations(world.api);
  auto const listing = attestations.list({a, b});
  std::string ids;
  for (auto const& entry : listing.of.at(a)) ids += entry.id.value_or("?") + " ";
  CHECK(ids == "1 2 3 4 5 6 7 ");
  CHECK(listing.of.at(b).size() == 1);
  CHECK(listing.foreign == 2);
  CHECK(download_one(attestations, listing.of.at(b)[0]).value() == R"({"n":8})");
  CHECK(world.stand_in.violations() == std::vector<std::string>{});
}

TEST_CASE("expired links are renewed once", "[github]") {  // G-14
  auto settings = lab("no-lineage");
  settings.github.dead_links = 1;
  LoopbackWorld world(settings);
  check_all(world, "no-lineage");
  auto const count = expected_in("no-lineage").size();
  CHECK(world.stand_in.count("storage", "") == 2 * count);
  CHECK(world.stand_in.count("api", "GET") == count);

  settings.github.dead_links = 2;
  LoopbackWorld dead(settings);
  Attestations attestations(dead.api);
  auto const listing = attestations.list({subjects_of(expected_in("no-lineage"))[0]});
  CHECK(download_one(attestations, listing.of.begin()->second.at(0)).error().code == "bundle-unavailable");
}

TEST_CASE("bundles inside the listing need no storage", "[github]") {  // G-12, G-5
  test::TemporaryDirectory folder;
  std::string const a = "sha256:" + std::string(64, 'a');
  auto const write = [&](std::string const& serve) {
    write_file(
        folder.path() / "github.json",
        R"({"repository":"acme/helm-charts","repository_id":500000001,"attestations":[{"id":5,"repository_id":500000001,)"
        R"("predicate_type":"p","serve":")" +
            serve + R"(","listed_under":[")" + a + R"("],"bundle":{"n":5}}]})");
  };
  struct Row {
    char const* serve;
    char const* version;
    std::size_t downloads;
    bool broken;
  };
  auto const row = one_of<Row>({
      {"bundle", "2022-11-28", 0, false},
      {"both", "2022-11-28", 0, false},
      {"both", "2026-03-10", 1, false},  // the field is gone, the link remains
      {"bundle", "2026-03-10", 1, false},
      {"neither", "2022-11-28", 0, true},
  });
  CAPTURE(row.serve, row.version);
  write(row.serve);
  loopback::StandInSettings settings;
  settings.github.scenario = folder.path();
  LoopbackWorld world(settings, "", row.version);
  Attestations attestations(world.api);
  auto const listing = attestations.list({a});
  REQUIRE(listing.of.at(a).size() == 1);
  auto const bundle = download_one(attestations, listing.of.at(a)[0]);
  CHECK(bundle.has_value() != row.broken);
  CHECK(world.stand_in.count("storage", "") == row.downloads);
  CHECK(world.stand_in.violations() == std::vector<std::string>{});
}

TEST_CASE("a wrong token and a missing one", "[github]") {  // G-33
  std::string const token = one_of({"", "ghs_wrong"});
  LoopbackWorld world(lab("no-lineage"), token);
  try {
    pull_request(world.api, 42);
    FAIL("accepted");
  } catch (ApiError const& error) {
    CHECK(error.code() == "bad-token");
    CHECK(std::string(error.what()).find("ghs_wrong") == std::string::npos);
  }
}

TEST_CASE("the description is read, written, read again", "[github]") {  // G-23, G-24
  std::string const version = one_of({"2022-11-28", "2026-03-10"});
  LoopbackWorld world(lab("two-charts"), "ghs_0123456789abcdef", version);
  auto const before = pull_request(world.api, 42);
  CHECK(before.body == "Automated release.\n\n<!-- ATTESTATION_MAP\n{\"lint\":\"14400001\"}\n-->\n");
  CHECK(before.base_ref == "release");
  auto const body = "\xE2\x9C\x93\r\n" + *before.body;
  auto const written = write_pull_request_body(world.api, 42, body);
  CHECK(written.outcome == BodyWrite::written);
  CHECK(pull_request(world.api, 42).body == body);
  CHECK(world.stand_in.github().pull_body(42) == body);
  CHECK(world.stand_in.violations() == std::vector<std::string>{});
}

TEST_CASE("a server that normalises line ends keeps the same text", "[github]") {  // G-24
  auto settings = lab("two-charts");
  settings.github.normalize_line_ends = true;
  LoopbackWorld world(settings);
  auto const written = write_pull_request_body(world.api, 42, "a\r\nb\r\n");
  REQUIRE(written.pull);
  CHECK(written.pull->body == "a\nb\n");
  CHECK(same_text(*written.pull->body, "a\r\nb\r\n"));
}

TEST_CASE("writes that are refused leave the description alone", "[github]") {  // A-87, A-90, G-29
  auto settings = lab("two-charts");
  int const kind = one_of({0, 1, 2});
  std::string body = "new";
  BodyWrite expected = BodyWrite::forbidden;
  if (kind == 0) settings.github.read_only_token = true;
  if (kind == 1) body = std::string(65537, 'x'), expected = BodyWrite::refused;
  if (kind == 2) settings.faults = {loopback::planned_fault("reset x* at api PATCH")}, expected = BodyWrite::unknown;
  LoopbackWorld world(settings);
  auto const before = world.stand_in.github().pull_body(42);
  CHECK(write_pull_request_body(world.api, 42, body).outcome == expected);
  CHECK(world.stand_in.github().pull_body(42) == before);
  CHECK(world.stand_in.count("api", "PATCH") == 1);  // never repeated
}

TEST_CASE("rules of a branch come page by page", "[github]") {  // G-21
  test::TemporaryDirectory folder;
  write_file(folder.path() / "github.json", R"({"repository":"acme/helm-charts","repository_id":500000001,"attestations":[]})");
  write_file(folder.path() / "rules.json",
             R"([{"type":"deletion","ruleset_source_type":"Repository","ruleset_source":"acme/helm-charts","ruleset_id":1},
                 {"type":"required_status_checks","ruleset_source_type":"Organization","ruleset_source":"acme","ruleset_id":2,
                  "parameters":{"strict_required_status_checks_policy":false,"required_status_checks":[{"context":"release","integration_id":15368}]}}])");
  loopback::StandInSettings settings;
  settings.github.scenario = folder.path();
  settings.github.page_cap = 1;
  LoopbackWorld world(settings);
  CHECK(required_checks(world.api, "release") == std::vector<RequiredCheck>{{"release", 15368, 2}});
  CHECK(world.stand_in.count("api", "/rules/branches/release") == 2);
  CHECK(world.stand_in.violations() == std::vector<std::string>{});
}

TEST_CASE("tags are all found, listed at once as github.com does or in pages as its description allows",
          "[github]") {  // G-31, B-24
  auto settings = lab("two-charts");
  bool const paged = one_of({false, true});
  if (paged) settings.github.page_cap = 1;
  LoopbackWorld world(settings);
  RestObjects objects(world.api);
  auto const names = objects.refs_with_prefix("refs/tags/", 100);
  REQUIRE(names.size() >= 2);
  CHECK(world.stand_in.count("api", "/git/matching-refs/") == (paged ? names.size() : 1));
  for (auto const& answer : objects.refs(names)) CHECK(answer.ref.has_value());
  CHECK(world.stand_in.violations() == std::vector<std::string>{});
}

TEST_CASE("a renamed repository goes on answering", "[github]") {  // G-9
  auto settings = lab("two-charts");
  settings.github.renamed_from = "acme/helm-charts";
  test::TemporaryDirectory folder;
  // The scenario under a new name: asked for by the old one.
  for (auto const* name : {"repo.bundle", "event.json"})
    std::filesystem::copy_file(settings.github.scenario / name, folder.path() / name);
  auto text = read_file(settings.github.scenario / "github.json", std::size_t{64} << 20);
  text.replace(text.find("acme/helm-charts"), 16, "acme/new-charts!");
  text.replace(text.find("acme/new-charts!"), 16, "acme/new-charts");
  write_file(folder.path() / "github.json", text);
  settings.github.scenario = folder.path();
  LoopbackWorld world(settings);
  CHECK(pull_request(world.api, 42).number == 42);
  CHECK(world.api.use().renamed);
  CHECK(write_pull_request_body(world.api, 42, "x").outcome == BodyWrite::written);  // 307: method and body repeated
  CHECK(world.stand_in.github().pull_body(42) == "x");
}

TEST_CASE("an unsupported version fails, and names what the server has", "[github]") {  // G-4
  auto settings = lab("no-lineage");
  settings.github.api_versions = {"2022-11-28"};
  LoopbackWorld world(settings, "ghs_0123456789abcdef", "2026-03-10");
  try {
    pull_request(world.api, 42);
    FAIL("accepted");
  } catch (ApiError const& error) {
    CHECK(error.code() == "api-version");
    CHECK(std::string(error.what()).find("2022-11-28") != std::string::npos);
  }
}

TEST_CASE("a base path is kept", "[github]") {  // G-1
  auto settings = lab("two-charts");
  settings.base_path = "/api/v3";
  LoopbackWorld world(settings);
  check_all(world, "two-charts");
  RestObjects objects(world.api);
  CHECK(objects.refs_with_prefix("refs/tags/", 9).size() >= 2);
  CHECK(world.stand_in.violations() == std::vector<std::string>{});
}

TEST_CASE("without git data the API still lists tags", "[github]") {
  auto settings = lab("two-charts");
  settings.github.serve_objects = false;
  LoopbackWorld world(settings);
  RestObjects objects(world.api);
  auto const name = objects.refs_with_prefix("refs/tags/", 1).at(0);
  auto const ref = objects.ref(name);
  REQUIRE(ref);
  CHECK_FALSE(objects.tag(ref->target));
}

TEST_CASE("storage turns away what proves itself twice", "[github]") {  // G-10: the stand-in itself
  loopback::GithubAnswers answers(lab("no-lineage").github, acr::test::data_folder().string() + "/github/openapi-subset.json");
  auto const status = [&](std::map<std::string, std::string> headers) {
    return answers.storage({"GET", "/attestations/500000001/2026/11/24/14500051.json.sn?sig=secret-1", std::move(headers), ""})
        .status;
  };
  CHECK(status({{"user-agent", "x"}}) == 200);
  CHECK(status({{"user-agent", "x"}, {"authorization", "Bearer y"}}) == 400);
  CHECK(status({{"user-agent", "x"}, {"accept", "application/vnd.github+json"}}) == 400);
  CHECK(status({{"user-agent", "x"}, {"x-github-api-version", "2022-11-28"}}) == 400);
}

TEST_CASE("planned faults are read from text", "[github]") {
  auto const fault = loopback::planned_fault("html_502 x3 after 2 at api GET /repos/a b");
  CHECK(fault.kind == "html_502");
  CHECK(fault.times == 3);
  CHECK(fault.skip == 2);
  CHECK(fault.where == "api GET /repos/a b");
  auto const bad =
      one_of({"", "html_502", "nonsense at api", "html_502 x at api", "html_502 after at api", "html_502 y2 at api"});
  CHECK_THROWS_AS(loopback::planned_fault(bad), std::invalid_argument);
}

// What the attest steps of a workflow do (tests/runner), by the operation that they use.
TEST_CASE("an attestation that is stored is listed under each of its subjects from then on", "[github]") {
  LoopbackWorld world(lab("two-charts"));
  auto& github = world.stand_in.github();
  std::string const first(64, 'a'), second(64, 'b');
  auto const stored = [&](std::string const& statement) {
    boost::json::object const body{
        {"bundle", {{"mediaType", "x"}, {"dsseEnvelope", {{"payload", base64(statement)}, {"payloadType", "y"}}}}}};
    return github.api({.method = "POST",
                       .target = "/repos/acme/helm-charts/attestations",
                       .headers = {{"user-agent", "t"}, {"authorization", "Bearer ghs_0123456789abcdef"}},
                       .body = boost::json::serialize(body)});
  };
  auto const statement = [&](std::string const& hex) {
    return R"({"subject":[{"name":"p","digest":{"sha256":")" + first + R"("}},{"name":"q","digest":{"sha256":")" + hex +
           R"("}}],"predicateType":"https://example.com/p"})";
  };
  auto const answer = stored(statement(second));
  REQUIRE(answer.status == 201);
  auto const id = std::to_string(*integer_in(*parse_json(answer.body, "answer"), "id"));
  Attestations attestations(world.api);
  auto const listing = attestations.list({"sha256:" + first, "sha256:" + second});
  REQUIRE(listing.of.size() == 2);
  for (auto const& [subject, entries] : listing.of) {
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].id == id);
  }
  auto const next = stored(statement(second));
  CHECK(std::to_string(*integer_in(*parse_json(next.body, "answer"), "id")) == std::to_string(std::stoull(id) + 1));
  CHECK(stored(statement("not a digest")).status == 422);
  CHECK(stored("{}").status == 422);
  CHECK(stored("nothing").status == 422);
}

}  // namespace
}  // namespace acr::github

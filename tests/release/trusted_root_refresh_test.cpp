#include "release/trusted_root_refresh.hpp"

#include <algorithm>

#include "loopback/scripted_http.hpp"
#include "support/catch2.hpp"
#include "tuf_signing/repository.hpp"

namespace trusted_root_refresh_test {
namespace {

using namespace acr::release;
using acr::Rejection;
using acr::loopback::reply;
using acr::loopback::ScriptedHttp;
using acr::net::Failure;
using acr::net::NetworkError;
using acr::tuftest::Repository;
using Kind = RefreshOutcome::Kind;

std::string trusted_root() { return std::string(acr::sigstore::built_in_roots()[0].json); }

/// A repository that lists a trusted root, and how a run knows it.
struct World {
  Repository repository;
  TrustSource source;

  World() {
    repository.add_target(repository.targets, "trusted_root.json", trusted_root());
    repository.publish();
    source.organization = "sigstore.dev";
    source.address = {*base_url("https://tuf.example/"), *base_url("https://tuf.example/targets/")};
    source.initial_root = repository.initial_root();
    source.name = "tuf.example/trusted_root.json";
  }
  [[nodiscard]] acr::net::Reply answer(acr::net::Request const& request) const {
    auto const& path = request.url.path;
    auto const& files = path.starts_with("/targets/") ? repository.target_files : repository.files;
    auto const found = files.find(path.substr(path.starts_with("/targets/") ? 9 : 1));
    return found == files.end() ? reply(404) : reply(200, found->second);
  }
  RefreshOutcome refresh(std::function<acr::net::Reply(acr::net::Request const&)> answer_ = {}) const {
    ScriptedHttp http(answer_ ? answer_ : [this](acr::net::Request const& request) { return answer(request); });
    acr::tuf::MemoryStore store;
    return refresh_trusted_root(source, store, http, acr::tuftest::now, false);
  }
};

/// Answers as `world` does, but `file` as `other` does.
std::function<acr::net::Reply(acr::net::Request const&)> instead(
    World const& world, std::string file, std::function<acr::net::Reply(acr::net::Request const&)> other) {
  return [&world, file, other](acr::net::Request const& request) {
    return request.url.path.find(file) != std::string::npos ? other(request) : world.answer(request);
  };
}

TEST_CASE("a trusted root is refreshed from its repository", "[release][trust]") {
  World const world;
  auto const outcome = world.refresh();
  REQUIRE(outcome.kind == Kind::fresh);
  CHECK(outcome.fresh.json == trusted_root());
  CHECK(outcome.fresh.root == 1);
  CHECK(outcome.fresh.targets == 2);
}

TEST_CASE("the built-in copy that is listed needs no request (T-31)", "[release][trust]") {
  World world;
  for (bool const equal : {true, false}) {
    world.source.built_in = BuiltInCopy{equal ? trusted_root() : "{}", "2026-08-21"};
    ScriptedHttp http([&](acr::net::Request const& request) { return world.answer(request); });
    acr::tuf::MemoryStore store;
    CHECK(refresh_trusted_root(world.source, store, http, acr::tuftest::now, false).kind == Kind::fresh);
    CHECK(http.seen().size() == (equal ? 4U : 5U));
  }
}

TEST_CASE("timestamp and next root are asked for at once, and no more than needed one after the other (T-24)",
          "[release][trust]") {
  World const world;
  ScriptedHttp http([&](acr::net::Request const& request) { return world.answer(request); });
  acr::tuf::MemoryStore store;
  CHECK(refresh_trusted_root(world.source, store, http, acr::tuftest::now, true).kind == Kind::fresh);
  auto const seen = http.seen();
  CHECK(seen.size() == 5);
  CHECK(std::count_if(seen.begin(), seen.end(), [](auto const& request) { return request.url.path == "/timestamp.json"; }) ==
        1);
}

TEST_CASE("floors of the built-in copy hold (T-6)", "[release][trust]") {
  World world;
  world.source.floors = {2, 2, 2};
  CHECK(world.refresh().kind == Kind::fresh);
  world.source.floors = {3, 0, 0};
  auto const outcome = world.refresh();
  CHECK(outcome.kind == Kind::wrong);
  CHECK(outcome.fault.code == "tuf-rollback");
}

TEST_CASE("outages are unreachable, whichever file they hit (T-8)", "[release][trust]") {
  World const world;
  std::string const file =
      one_of<std::string>({"2.root.json", "timestamp.json", "2.snapshot.json", "2.targets.json", ".trusted_root.json"});
  CAPTURE(file);
  for (auto const failure :
       {Failure::resolve, Failure::connect, Failure::proxy, Failure::tls, Failure::certificate, Failure::timeout,
        Failure::closed_early, Failure::truncated, Failure::server_error, Failure::rate_limited}) {
    auto const outcome = world.refresh(
        instead(world, file, [&](auto const&) -> acr::net::Reply { throw NetworkError(failure, "tuf.example", "no"); }));
    CAPTURE(static_cast<int>(failure));
    CHECK(outcome.kind == Kind::unreachable);
    CHECK(outcome.fault.code == "tuf-unreachable");
    CHECK(outcome.fault.where.find(file) != std::string::npos);
  }
  for (int const status : {204, 304, 400, 401, 410, 418, 429, 500, 502}) {
    CAPTURE(status);
    CHECK(world.refresh(instead(world, file, [&](auto const&) { return reply(status); })).kind == Kind::unreachable);
  }
  CHECK(world.refresh(instead(world, file, [&](auto const&) -> acr::net::Reply { throw acr::Unreachable("timeout", "late"); }))
            .kind == Kind::unreachable);
  for (int const status : {403, 404}) {
    auto const outcome = world.refresh(instead(world, file, [&](auto const&) { return reply(status); }));
    CHECK(outcome.kind == (file == "2.root.json" ? Kind::fresh : Kind::unreachable));
  }
}

TEST_CASE("answers that are wrong are not an outage (T-9, T-13)", "[release][trust]") {
  World const world;
  std::string const file =
      one_of<std::string>({"2.root.json", "timestamp.json", "2.snapshot.json", "2.targets.json", ".trusted_root.json"});
  CAPTURE(file);
  auto const code = [&](std::function<acr::net::Reply(acr::net::Request const&)> other) {
    auto const outcome = world.refresh(instead(world, file, std::move(other)));
    return (outcome.kind == Kind::wrong ? "" : "not wrong: ") + std::string(outcome.fault.code.text());
  };
  for (auto const failure : {Failure::bad_framing, Failure::redirect_refused, Failure::address_refused})
    CHECK(code([&](auto const&) -> acr::net::Reply { throw NetworkError(failure, "tuf.example", "no"); }) == "tuf-answer");
  CHECK(code([](auto const&) -> acr::net::Reply { throw NetworkError(Failure::too_large, "tuf.example", "no", 200); }) ==
        "tuf-answer");
  CHECK(code([](auto const&) -> acr::net::Reply { throw NetworkError(Failure::too_large, "tuf.example", "no", 0); }) ==
        "tuf-answer");
  for (auto const* elsewhere : {"https://other.example/x", "http://tuf.example/x", "https://tuf.example:8443/x",
                                "//other.example/x", "https://tuf.example@other.example/"})
    CHECK(code([&](auto const&) { return reply(302, "", {{"Location", elsewhere}}); }) == "tuf-answer");
  CHECK(code([&](acr::net::Request const& request) {
          return reply(307, "", {{"Location", request.url.text()}});
        }) == "tuf-answer");  // a loop
  CHECK(code([&](acr::net::Request const& request) {
          auto good = world.answer(request);
          return reply(200, good.body, {{"Content-Encoding", "gzip"}});
        }) == "tuf-answer");
  auto const page = code([](auto const&) { return reply(200, "<html>log in</html>"); });
  CHECK(page == (file == ".trusted_root.json" ? "tuf-length" : "tuf-malformed"));
}

TEST_CASE("a large page with another status is judged by the status (T-8, T-24)", "[release][trust]") {
  World const world;
  auto const too_large = [](int status) {
    return [status](auto const&) -> acr::net::Reply { throw NetworkError(Failure::too_large, "tuf.example", "no", status); };
  };
  CHECK(world.refresh(instead(world, "2.root.json", too_large(404))).kind == Kind::fresh);
  CHECK(world.refresh(instead(world, "timestamp.json", too_large(404))).kind == Kind::unreachable);
  CHECK(world.refresh(instead(world, "timestamp.json", too_large(503))).kind == Kind::unreachable);
}

TEST_CASE("a redirect within the origin is followed, without credentials or coding (T-13)", "[release][trust]") {
  World const world;
  ScriptedHttp http([&](acr::net::Request request) {
    if (request.url.path == "/timestamp.json") return reply(302, "", {{"Location", "/moved/timestamp.json"}});
    if (request.url.path == "/moved/timestamp.json") request.url.path = "/timestamp.json";
    return world.answer(request);
  });
  acr::tuf::MemoryStore store;
  CHECK(refresh_trusted_root(world.source, store, http, acr::tuftest::now, false).kind == Kind::fresh);
  for (auto const& request : http.seen()) {
    CHECK(request.headers.size() == 0);
    CHECK(request.origin_headers.size() == 0);
  }
}

TEST_CASE("expired metadata is neither fresh nor wrong (T-9)", "[release][trust]") {
  World world;
  world.repository.timestamp["expires"] = acr::tuftest::past;
  world.repository.publish_timestamp();
  auto const outcome = world.refresh();
  CHECK(outcome.kind == Kind::expired);
  CHECK(outcome.fault.where == "timestamp.json");
}

TEST_CASE("a fetched trusted root is parsed before anything uses it (T-33)", "[release][trust]") {
  World world;
  world.repository.add_target(world.repository.targets, "trusted_root.json", "{\"mediaType\":\"x\"}");
  world.repository.publish();
  auto const outcome = world.refresh();
  CHECK(outcome.kind == Kind::wrong);
  CHECK(outcome.fault.code == "trusted-root");
}

TEST_CASE("a trusted root above the limit of its reader is wrong before it is fetched (T-9)", "[release][trust]") {
  World world;
  world.repository.targets["targets"].as_object()["trusted_root.json"].as_object()["length"] = (4 << 20) + 1;
  world.repository.publish();
  auto const outcome = world.refresh();
  CHECK(outcome.kind == Kind::wrong);
  CHECK(outcome.fault.code == "tuf-too-large");
}

TEST_CASE("no such target in verified metadata is wrong (T-9)", "[release][trust]") {
  World world;
  world.source.target = "other.trusted_root.json";
  auto const outcome = world.refresh();
  CHECK(outcome.kind == Kind::wrong);
  CHECK(outcome.fault.code == "tuf-no-target");
}

TEST_CASE("what a run does with each outcome, in each mode (T-7 … T-11)", "[release][trust]") {
  struct Row {
    RefreshMode mode;
    Kind kind;
    char const* date;
    char const* code;
    char const* where;
    int status;
  };
  using enum RefreshMode;
  using acr::ExitStatus;
  constexpr auto young = "2026-08-21";
  constexpr auto old = "2025-07-20";         // 401 days before the refresh
  constexpr auto just_young = "2025-07-21";  // 400 days
  auto const row = one_of<Row>({
      {automatic, Kind::fresh, young, "", "fresh", 0},
      {automatic, Kind::fresh, old, "", "fresh", 0},
      {automatic, Kind::unreachable, young, "trusted-root-built-in", "notice", 0},
      {automatic, Kind::unreachable, just_young, "trusted-root-built-in", "notice", 0},
      {automatic, Kind::unreachable, old, "trusted-root-stale", "refusal", 3},
      {automatic, Kind::unreachable, "", "trusted-root-stale", "refusal", 3},
      {automatic, Kind::expired, young, "trusted-root-expired", "warning", 0},
      {automatic, Kind::expired, old, "trusted-root-stale", "refusal", 3},
      {automatic, Kind::wrong, young, "trusted-root-invalid", "refusal", 1},
      {automatic, Kind::wrong, "", "trusted-root-invalid", "refusal", 1},
      {require, Kind::fresh, young, "", "fresh", 0},
      {require, Kind::unreachable, young, "trusted-root-stale", "refusal", 3},
      {require, Kind::expired, young, "trusted-root-stale", "refusal", 3},
      {require, Kind::wrong, young, "trusted-root-stale", "refusal", 1},
  });
  RefreshOutcome outcome;
  outcome.kind = row.kind;
  if (row.kind != Kind::fresh)
    outcome.fault = acr::reject("tuf-version", "timestamp.json", "the fault").found("2025-01-01T00:00:00Z");
  CAPTURE(static_cast<int>(row.mode), static_cast<int>(row.kind), row.date);
  auto const choice = choose_root(row.mode, &outcome, "sigstore.dev", row.date, acr::tuftest::now);
  std::string const where = choice.refusal ? "refusal" : choice.warning ? "warning" : choice.notice ? "notice" : "fresh";
  CHECK(where == row.where);
  CHECK(static_cast<int>(choice.status) == row.status);
  auto const& said = choice.refusal ? choice.refusal : choice.warning ? choice.warning : choice.notice;
  CHECK((said ? said->code.text() : "") == row.code);
  CHECK((choice.use == RootChoice::Use::fresh) == (where == "fresh"));
  CHECK((choice.use == RootChoice::Use::nothing) == (where == "refusal"));
  if (!said) return;
  CHECK(said->sentence().find("timestamp.json: the fault") != std::string::npos);  // file and fault
  if (where != "refusal") CHECK(said->why.find(row.date) != std::string::npos);
  if (said->code == "trusted-root-invalid") {
    CHECK(said->fix_text.find("trusted-root-refresh") != std::string::npos);
    CHECK(said->fix_text.find("trusted-root file") != std::string::npos);
  }
}

TEST_CASE("off asks nothing, and warns of an old copy (T-7, T-8)", "[release][trust]") {
  auto const of = [](char const* date) {
    return choose_root(RefreshMode::off, nullptr, "sigstore.dev", date, acr::tuftest::now);
  };
  CHECK(of("2026-08-21").use == RootChoice::Use::built_in);
  CHECK_FALSE(of("2026-08-21").warning);
  CHECK(of("2025-07-01").use == RootChoice::Use::built_in);
  REQUIRE(of("2025-07-01").warning);
  CHECK(of("2025-07-01").warning->code == "trusted-root-old");
  CHECK(of("").use == RootChoice::Use::nothing);
  CHECK(of("").refusal->code == "trusted-root-stale");
}

}  // namespace
}  // namespace trusted_root_refresh_test

// Archives from https repositories over loopback (D-14 … D-18, D-29, D-30, D-32 … D-36; rows of section 10).

#include "dependencies/network_source.hpp"

#include <thread>

#include "dependencies/limits.hpp"
#include "network_world.hpp"
#include "support/temporary_directory.hpp"
#include "support/thrown.hpp"

namespace network_source_test {
namespace {

using namespace acr::dependencies;
using acr::sha256_text;
using acr::loopback::Answer;
using acr::loopback::ChartRepository;
using acr::loopback::Delivery;
using acr::loopback::Handler;
using acr::loopback::LoopbackServer;
using acr::loopback::redirect_answer;
using acr::loopback::Seen;

std::string const a(64, 'a'), b(64, 'b');

ArchiveOrder web(LoopbackServer const& server, std::string const& version = "1.0.0", std::string const& pin = {}) {
  return {"web", version, server.base() + "/s", pin};
}

std::size_t asked(LoopbackServer const& server, std::string_view path) {
  std::size_t count = 0;
  for (auto const& seen : server.seen()) count += seen.path() == path ? 1 : 0;
  return count;
}

TEST_CASE("archives that do not stay in memory lie in the directory for temporary files (B-25)", "[dependencies]") {
  LoopbackServer server(ChartRepository("/s").add("web", "1.0.0", "archive").site());
  RunLimits limits;
  limits.kept_bytes = 7;
  CHECK(*NetworkWorld(loopback_settings(), 4, {}, limits, "/nowhere/at/all").fetched(web(server)).stored->bytes() == "archive");
  limits.kept_bytes = 6;
  CHECK(acr::test::thrown_code([&] {
          (void)NetworkWorld(loopback_settings(), 4, {}, limits, "/nowhere/at/all").outcome(web(server));
        }) == "temporary-file");
  acr::test::TemporaryDirectory const folder;
  CHECK(*NetworkWorld(loopback_settings(), 4, {}, limits, folder.path()).fetched(web(server)).stored->bytes() == "archive");
}

TEST_CASE("an archive comes from the repository that the lock names, with what the record needs", "[dependencies]") {
  LoopbackServer server(ChartRepository("/s").add("web", "1.0.0", "archive").site());
  NetworkWorld world;
  auto const archive = world.fetched({"web", "1.0.0", server.base() + "/s/?r=2", sha256_text("archive")});
  CHECK(*archive.stored->bytes() == "archive");
  CHECK(archive.sha256 == sha256_text("archive"));
  CHECK(archive.url == server.base() + "/s/web-1.0.0.tgz");
  CHECK(archive.oci_manifest.empty());
  CHECK(archive.pinned);
  CHECK(archive.warnings.empty());
  CHECK(world.source.hosts() == std::vector<std::string>{host_of(server)});

  auto const seen = server.seen();
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].target == "/s/index.yaml?r=2");
  CHECK_FALSE(seen[0].has("Accept"));
  CHECK(seen[1].target == "/s/web-1.0.0.tgz?r=2");
  CHECK(seen[1].header("Accept") == "application/gzip,application/octet-stream");
  for (auto const& request : seen) {
    CHECK(request.header("User-Agent") == "atomic-chart-release/test");
    CHECK_FALSE(request.has("Accept-Encoding"));
    CHECK_FALSE(request.has("Authorization"));
    CHECK_FALSE(request.has("X-GitHub-Api-Version"));
  }
}

TEST_CASE("twenty orders for one archive ask once for index and archive (D-35)", "[dependencies]") {
  LoopbackServer server(
      ChartRepository("/s").add("web", "1.0.0", "one").add("web", "2.0.0", "two").add("db", "1.0.0", "db").site());
  NetworkWorld world;
  std::vector<ArchiveOrder> orders(20, web(server));
  orders.push_back(web(server, "2.0.0"));
  orders.push_back({"db", "1.0.0", server.base() + "/s/", ""});
  auto results = world.source.fetch(orders);
  REQUIRE(results.size() == 22);
  for (std::size_t i = 0; i < 20; ++i) CHECK(results[i]->stored == results[0]->stored);
  CHECK(*results[20]->stored->bytes() == "two");
  CHECK(*results[21]->stored->bytes() == "db");
  CHECK(world.source.fetch(orders).size() == 22);  // a second call asks nobody
  CHECK(server.request_count() == 4);
}

TEST_CASE("later calls read a small index again, and ask a large one or none that failed (D-35)", "[dependencies]") {
  ChartRepository small("/small"), large("/large");
  for (int i = 0; i < 3; ++i)
    small.add("c" + std::to_string(i), "1.0.0", "x"), large.add("c" + std::to_string(i), "1.0.0", "x");
  std::string const half(limits::index_kept_bytes / 2, 'x');
  large.file("index.yaml", {.body = large.index() + "a: " + half + "\nb: " + half + "\n"});
  auto site = small.site();
  site.answers.merge(large.site().answers);
  LoopbackServer server(site);
  NetworkWorld world;
  for (int i = 0; i < 3; ++i)
    for (auto const* place : {"/small", "/large", "/none"})
      CHECK(world.outcome({"c" + std::to_string(i), "1.0.0", server.base() + place, ""}) ==
            (place == std::string("/none") ? "dep-not-found" : "fetched"));
  CHECK(asked(server, "/small/index.yaml") == 1);
  CHECK(asked(server, "/none/index.yaml") == 1);
  CHECK(asked(server, "/large/index.yaml") == 3);
}

TEST_CASE("results keep the orders' places whatever the number of workers (D-35)", "[dependencies]") {
  auto const workers = one_of({std::size_t{1}, std::size_t{3}, std::size_t{16}});
  ChartRepository repository("/s");
  for (int i = 0; i < 24; ++i) repository.add("c" + std::to_string(i), "1.0.0", "archive " + std::to_string(i));
  LoopbackServer server([site = repository.site()](Seen const& seen) {
    auto answer = site(seen);
    answer.delay = std::chrono::milliseconds(seen.target.size() * 7 % 5);
    return answer;
  });
  NetworkWorld world(loopback_settings(), workers);
  std::vector<ArchiveOrder> orders;
  for (int i = 23; i >= 0; --i)
    orders.push_back({"c" + std::to_string(i), i % 5 == 0 ? "2.0.0" : "1.0.0", server.base() + "/s", ""});
  auto const results = world.source.fetch(orders);
  for (std::size_t i = 0; i < orders.size(); ++i) {
    if (auto const n = 23 - i; n % 5 == 0) {
      CHECK(results[i].error().code == "dep-not-found");
    } else {
      CHECK(*results[i]->stored->bytes() == "archive " + std::to_string(n));
    }
  }
  CHECK(server.most_at_once() <= workers);
}

TEST_CASE("a version twice: of one URL two digests, of one digest two URLs, and both differ (D-16)", "[dependencies]") {
  auto const digest = sha256_text("archive").substr(7);
  ChartRepository repository("/s");
  repository.file("x.tgz", {.body = "archive"}).file("y.tgz", {.body = "other"});
  repository.entry("one-url", "1.0.0", "x.tgz", a).entry("one-url", "1.0.0", "x.tgz", digest);
  repository.entry("one-digest", "1.0.0", "x.tgz", digest).entry("one-digest", "1.0.0", "missing.tgz", digest);
  repository.entry("both", "1.0.0", "x.tgz", digest).entry("both", "1.0.0", "y.tgz", a);
  LoopbackServer server(repository.site());
  NetworkWorld world;
  auto const order = [&](std::string const& name, std::string const& pin = {}) {
    return ArchiveOrder{name, "1.0.0", server.base() + "/s", pin};
  };
  CHECK(world.outcome(order("one-url")) == "fetched");
  CHECK(world.outcome(order("one-digest")) == "fetched");
  CHECK(world.outcome(order("both")) == "dep-index-ambiguous");
  CHECK(world.outcome(order("both", "sha256:" + digest)) == "fetched");
  CHECK(world.outcome(order("both", "sha256:" + b)) == "dep-index-ambiguous");
}

TEST_CASE("build metadata and a leading v decide which entry is meant (D-16)", "[dependencies]") {
  LoopbackServer server(
      ChartRepository("/s").add("web", "3.0.0+b1", "b1").add("web", "3.0.0+b2", "b2").add("web", "v1.2.3", "v").site());
  NetworkWorld world;
  CHECK(*world.fetched(web(server, "3.0.0+b2")).stored->bytes() == "b2");
  CHECK(*world.fetched(web(server, "1.2.3")).stored->bytes() == "v");
  CHECK(world.outcome(web(server, "3.0.0")) == "dep-not-found");
  CHECK(world.last.found_value == "3.0.0+b2, 3.0.0+b1, v1.2.3");
}

TEST_CASE("only the first URL counts (D-17)", "[dependencies]") {
  ChartRepository repository("/s");
  repository.file("good.tgz", {.body = "archive"});
  repository.file("index.yaml",
                  {.body = "apiVersion: v1\nentries:\n  web:\n  - {name: web, version: 1.0.0, urls: [bad.tgz, good.tgz]}\n"});
  LoopbackServer server(repository.site());
  NetworkWorld world;
  CHECK(world.outcome(web(server)) == "dep-not-found");
  CHECK(asked(server, "/s/good.tgz") == 0);
}

TEST_CASE("an index that is none is refused, with 200 too (D-15)", "[dependencies]") {
  auto const body = one_of({"<!DOCTYPE html><html></html>", "\x1f\x8b garbage", "", "entries: {}"});
  LoopbackServer server(ChartRepository("/s").file("index.yaml", {.body = body}).site());
  NetworkWorld world;
  CHECK(world.outcome(web(server)) == "dep-index-invalid");
  CHECK(world.last.where.starts_with(server.base() + "/s/index.yaml:1"));
  CHECK(server.request_count() == 1);
}

TEST_CASE("a body is raw whatever Content-Encoding says (D-18)", "[dependencies]") {
  LoopbackServer server(ChartRepository("/s")
                            .add("web", "1.0.0", "archive")
                            .file("web-1.0.0.tgz", {.headers = {{"Content-Encoding", "gzip"}}, .body = "archive"})
                            .site());
  NetworkWorld world;
  CHECK(*world.fetched(web(server)).stored->bytes() == "archive");
}

TEST_CASE("statuses of an archive (D-18)", "[dependencies]") {
  struct Row {
    int status;
    char const* outcome;
    std::size_t asked;
  };
  auto const row = one_of<Row>({{404, "dep-not-found", 1},
                                {401, "dep-auth", 1},
                                {403, "dep-auth", 1},
                                {410, "dep-unreachable", 1},
                                {206, "dep-unreachable", 1},
                                {503, "dep-unreachable", 4},
                                {429, "dep-unreachable", 4}});
  CAPTURE(row.status);
  LoopbackServer server(
      ChartRepository("/s").add("web", "1.0.0", "archive").file("web-1.0.0.tgz", {.status = row.status}).site());
  NetworkWorld world;
  CHECK(world.outcome(web(server)) == row.outcome);
  CHECK(asked(server, "/s/web-1.0.0.tgz") == row.asked);
  CHECK((world.last.fix_text.find("registry-credentials") != std::string::npos) ==
        (row.status == 429 || row.status == 401 || row.status == 403));
}

TEST_CASE("passing faults are survived: 503 twice, 429 with and without retry-after, cut bodies", "[dependencies]") {
  auto const fault = one_of({0, 1, 2, 3});
  CAPTURE(fault);
  std::atomic<int> left{2};
  LoopbackServer server(
      [&left, fault, site = ChartRepository("/s").add("web", "1.0.0", std::string(5000, 'x')).site()](Seen const& seen) {
        auto answer = site(seen);
        if (left-- <= 0) return answer;
        switch (fault) {
          case 0:
            return Answer{.status = 503};
          case 1:
            return Answer{.status = 429, .headers = {{"Retry-After", "1"}}};
          case 2:
            return Answer{.status = 429};
          default:
            answer.delivery = Delivery::close_in_body;
            return answer;
        }
      });
  NetworkWorld world;
  CHECK(world.fetched(web(server)).stored->size() == 5000);
}

TEST_CASE("a host out of reach refuses its orders, not those of others", "[dependencies]") {
  LoopbackServer server(ChartRepository("/s").add("web", "1.0.0", "archive").site());
  std::uint16_t closed = 0;
  {
    closed = LoopbackServer([](Seen const&) { return Answer{}; }).port();
  }
  NetworkWorld world;
  auto const results = world.source.fetch({{"web", "1.0.0", "http://127.0.0.1:" + std::to_string(closed), ""}, web(server)});
  CHECK(results[0].error().code == "dep-unreachable");
  CHECK(results[1].has_value());
}

TEST_CASE("altered bytes, index digest and pin (D-30)", "[dependencies]") {
  auto const good = sha256_text("archive");
  auto const other = "sha256:" + a;
  ChartRepository repository("/s");
  repository.file("x.tgz", {.body = "archive"});
  repository.entry("right", "1.0.0", "x.tgz", good).entry("wrong", "1.0.0", "x.tgz", a).entry("none", "1.0.0", "x.tgz", "");
  repository.entry("odd", "1.0.0", "x.tgz", "md5:abc").entry("upper", "1.0.0", "x.tgz", "SHA256:" + good.substr(7));
  LoopbackServer server(repository.site());
  struct Row {
    char const* name;
    std::string pin;
    char const* outcome;
    bool pinned;
    char const* warning;
  };
  auto const row = one_of<Row>({{"right", "", "fetched", false, ""},
                                {"upper", "", "fetched", false, ""},
                                {"right", good, "fetched", true, ""},
                                {"right", other, "dep-digest-mismatch", false, ""},
                                {"wrong", "", "dep-digest-mismatch", false, ""},
                                {"wrong", good, "fetched", true, "index-digest-other"},
                                {"wrong", other, "dep-digest-mismatch", false, ""},
                                {"none", "", "fetched", false, ""},
                                {"none", other, "dep-digest-mismatch", false, ""},
                                {"odd", "", "fetched", false, "index-digest-form"},
                                {"odd", good, "fetched", true, "index-digest-form"}});
  CAPTURE(row.name, row.pin);
  NetworkWorld world;
  auto const results = world.source.fetch({{row.name, "1.0.0", server.base() + "/s", row.pin}});
  if (!results[0]) {
    CHECK(results[0].error().code == row.outcome);
    CHECK(results[0].error().found_value == good);
    CHECK_FALSE(results[0].error().expected_value.empty());
    return;
  }
  CHECK(std::string("fetched") == row.outcome);
  CHECK(results[0]->pinned == row.pinned);
  REQUIRE(results[0]->warnings.size() == (*row.warning == 0 ? 0 : 1));
  if (*row.warning != 0) CHECK(results[0]->warnings[0].code == row.warning);
}

TEST_CASE("one fetch serves orders with different pins, each checked by itself (D-35)", "[dependencies]") {
  LoopbackServer server(ChartRepository("/s").add("web", "1.0.0", "archive").site());
  NetworkWorld world;
  auto const results =
      world.source.fetch({web(server), web(server, "1.0.0", sha256_text("archive")), web(server, "1.0.0", "sha256:" + a)});
  CHECK_FALSE(results[0]->pinned);
  CHECK(results[1]->pinned);
  CHECK(results[2].error().code == "dep-digest-mismatch");
  CHECK(server.request_count() == 2);
}

TEST_CASE("an archive or index over its limit (D-35)", "[dependencies]") {
  ChartRepository repository("/s");
  repository.add("fits", "1.0.0", std::string(limits::archive_bytes, 'x'));
  repository.add("large", "1.0.0", std::string(limits::archive_bytes + 1, 'x'));
  LoopbackServer server(repository.site());
  NetworkWorld world;
  auto const results =
      world.source.fetch({{"fits", "1.0.0", server.base() + "/s", ""}, {"large", "1.0.0", server.base() + "/s", ""}});
  CHECK(results[0].has_value());
  CHECK(results[1].error().code == "dep-too-large");
  CHECK(results[1].error().expected_value == "at most 5242880 bytes");
}

TEST_CASE("over a run's limit every order that fetches is refused, alike (D-35)", "[dependencies]") {
  ChartRepository repository("/s");
  for (int i = 0; i < 4; ++i) repository.add("c" + std::to_string(i), "1.0.0", std::string(1000, 'x'));
  auto const index_bytes = repository.index().size();
  LoopbackServer server(repository.site());
  std::vector<ArchiveOrder> orders{{"local", "1.0.0", "ftp://h/s", ""}};
  for (int i = 0; i < 4; ++i) orders.push_back({"c" + std::to_string(i), "1.0.0", server.base() + "/s", ""});
  orders.push_back(orders.back());  // counts once
  auto const workers = one_of({std::size_t{1}, std::size_t{4}});
  auto const codes = [&](RunLimits const& run) {
    NetworkWorld world(loopback_settings(), workers, {}, run);
    std::string text;
    for (auto const& result : world.source.fetch(orders))
      text += (result ? "fetched" : std::string(result.error().code.text())) + " ";
    return text;
  };
  std::string const all = "dep-repository fetched fetched fetched fetched fetched ";
  std::string const none = "dep-repository dep-too-large dep-too-large dep-too-large dep-too-large dep-too-large ";
  CHECK(codes({4, 4000, index_bytes}) == all);
  CHECK(codes({4, 3999, index_bytes}) == none);
  CHECK(codes({4, 4000, index_bytes - 1}) == none);
  server.forget();
  CHECK(codes({3, 4000, index_bytes}) == none);
  CHECK(server.request_count() == 0);
}

TEST_CASE("bytes of an index that is tried again count once (D-35)", "[dependencies]") {
  ChartRepository repository("/s");
  repository.add("web", "1.0.0", "archive");
  std::atomic<int> left{2};
  LoopbackServer server([&left, site = repository.site()](Seen const& seen) {
    auto answer = site(seen);
    if (left-- > 0) answer.delivery = Delivery::close_in_body;
    return answer;
  });
  NetworkWorld world(loopback_settings(), 1, {}, {.index_bytes = repository.index().size()});
  CHECK(world.outcome(web(server)) == "fetched");
  CHECK(asked(server, "/s/index.yaml") == 3);
}

TEST_CASE("an index over the run's limit is not read on, and not asked for again (D-35)", "[dependencies]") {
  ChartRepository repository("/s");
  repository.add("web", "1.0.0", "archive");
  LoopbackServer server([site = repository.site()](Seen const& seen) {
    auto answer = site(seen);
    answer.delivery = Delivery::close_in_body;
    return answer;
  });
  NetworkWorld stopped(loopback_settings(), 1, {}, {.index_bytes = 20});
  CHECK(stopped.outcome(web(server)) == "dep-too-large");
  CHECK(stopped.last.expected_value == "at most 20 bytes of indexes");
  CHECK(server.request_count() == 1);
  server.forget();
  CHECK(NetworkWorld(loopback_settings(), 1).outcome(web(server)) == "dep-unreachable");
  CHECK(server.request_count() == 4);
}

TEST_CASE("an order or an index that names no usable place is refused before it is asked (D-17)", "[dependencies]") {
  ChartRepository repository("/s");
  repository.add("web", "1.0.0", "archive");
  repository.entry("untagged", "1.0.0", "oci://127.0.0.1:1/charts/untagged", a);
  repository.entry("ftp", "1.0.0", "ftp://127.0.0.1/x.tgz", a);
  LoopbackServer server(repository.site());
  NetworkWorld world;
  auto const outcome = [&](std::string const& name, std::string const& place) {
    return world.outcome({name, "1.0.0", place, ""});
  };
  CHECK(outcome("web", server.base() + "/s") == "fetched");
  server.forget();
  CHECK(outcome("Web", oci_of(server) + "/charts") == "dep-repository");
  CHECK(world.last.why == "a part of the OCI repository's path is not allowed");
  CHECK(server.request_count() == 0);
  CHECK(outcome("untagged", server.base() + "/s") == "dep-repository");
  CHECK(world.last.why == "the index gives an OCI URL without tag");
  CHECK(outcome("ftp", server.base() + "/s") == "dep-repository");
  CHECK(world.last.why == "the index gives an unusable URL: the scheme is not https");
  CHECK(server.request_count() == 0);  // the index was known
}

TEST_CASE("a cancelled run and one out of time end, they refuse nothing", "[dependencies]") {
  LoopbackServer server([](Seen const&) { return Answer{.body = std::string(100, 'x'), .delivery = Delivery::stall_in_body}; });
  NetworkWorld world;
  std::jthread const canceller([&] {
    while (server.request_count() == 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    world.clock.cancel(acr::ExitStatus::terminated);
  });
  CHECK_THROWS_AS(static_cast<void>(world.source.fetch({web(server)})), acr::Cancelled);
}

TEST_CASE("no refusal or warning holds a password, a query or a token", "[dependencies]") {
  auto const status = one_of({401, 403, 404, 500, 302});
  LoopbackServer server([&](Seen const& seen) {
    if (seen.path() == "/token") return acr::loopback::json_answer(R"({"token":"secret-token"})");
    Answer answer{.status = status, .headers = {{"Location", "http://h/?secret-query"}}, .body = "secret-body"};
    if (status == 401)
      answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"http://" + seen.header("Host") + "/token?secret-query\"");
    return answer;
  });
  NetworkWorld world(loopback_settings({host_of(server) + "=secret-user:secret-password"}));
  std::vector<std::string> const repositories{server.base() + "/s?secret-query", oci_of(server) + "/charts",
                                              "http://secret-user:secret@h/s", "ftp://a:secret@h"};
  for (auto const& repository : repositories) {
    CHECK(world.outcome({"web", "1.0.0", repository, ""}) != "fetched");
    CAPTURE(world.last.sentence());
    CHECK(world.last.sentence().find("secret") == std::string::npos);
    CHECK(world.last.sentence().find("c2VjcmV0") == std::string::npos);  // base64 of "secret"
  }
}

}  // namespace
}  // namespace network_source_test

#include "net/retrying_http.hpp"

#include <numeric>
#include <optional>
#include <utility>

#include "loopback/scripted_http.hpp"
#include "support/catch2.hpp"
#include "support/thrown.hpp"

namespace retrying_http_test {
namespace {

using namespace acr::net;
using acr::loopback::reply;
using acr::loopback::ScriptedHttp;
using namespace std::chrono_literals;

/// Answers in order, the last one indefinitely; waits pass at once and are recorded.
struct Bench {
  explicit Bench(std::vector<std::function<Reply()>> answers_, std::chrono::seconds budget = 600s)
      : clock(budget), answers(std::move(answers_)) {}

  Pacing pacing() {
    return {.sleep =
                [this](std::chrono::milliseconds pause) {
                  slept.push_back(pause);
                  time += pause;
                },
            .now = [this] { return acr::RunClock::Clock::time_point(time); },
            .date = [this] { return std::chrono::system_clock::time_point(1000000s + time); },
            .jitter = [] { return 1.0; }};
  }

  Reply exchange(RetryRules rules, std::string method = "GET", bool idempotent = true) {
    Request request{.method = std::move(method), .url = *Url::parse("https://api.github.com/x")};
    request.retry = rules;
    request.idempotent = idempotent;
    return retrying.exchange(request);
  }

  /// The failure and its sentence.
  std::pair<Failure, std::string> failure(RetryRules rules, bool idempotent = true) {
    try {
      exchange(rules, idempotent ? "GET" : "PATCH", idempotent);
    } catch (NetworkError const& error) {
      return {error.failure(), error.what()};
    }
    FAIL("there was an answer");
    return {};
  }

  std::size_t asked() { return http.seen().size(); }

  acr::RunClock clock;
  std::vector<std::function<Reply()>> answers;
  std::size_t at = 0;
  ScriptedHttp http{[this](Request const&) { return answers[std::min(at++, answers.size() - 1)](); }};
  std::chrono::milliseconds time{0};
  std::vector<std::chrono::milliseconds> slept;
  RetryingHttp retrying{http, clock, pacing()};
};

std::function<Reply()> answer(int status, Headers headers = {}, std::string body = {}) {
  return [=] { return reply(status, body, headers); };
}
std::function<Reply()> failing(Failure failure) {
  return [=]() -> Reply { throw NetworkError(failure, "api.github.com", "it failed"); };
}

using Waits = std::vector<std::chrono::milliseconds>;

TEST_CASE("server errors and broken connections are tried again after 1, 2 and 4 s (G-29)", "[net]") {
  auto const rules = one_of({RetryRules::github_api, RetryRules::storage});
  auto const fault = one_of<std::function<Reply()>>(
      {answer(500), answer(502, {}, "<html>"), answer(503), answer(504), answer(408), failing(Failure::connect),
       failing(Failure::resolve), failing(Failure::timeout), failing(Failure::closed_early), failing(Failure::truncated)});
  Bench bench({fault, fault, fault, answer(200, {}, "done")});
  CHECK(bench.exchange(rules).body == "done");
  CHECK(bench.slept == Waits{1s, 2s, 4s});
}

TEST_CASE("after four tries the server is unreachable (G-29)", "[net]") {
  Bench server_error({answer(503)});
  auto const [failure, sentence] = server_error.failure(RetryRules::github_api);
  CHECK(failure == Failure::server_error);
  CHECK(sentence == "api.github.com: the server answers HTTP 503 (4 tries)");
  CHECK(server_error.asked() == 4);

  Bench broken({failing(Failure::truncated)});
  CHECK(broken.failure(RetryRules::storage).first == Failure::truncated);
  CHECK(broken.asked() == 4);
}

TEST_CASE("what another try cannot fix is not tried again", "[net]") {
  auto const failure = one_of({Failure::tls, Failure::certificate, Failure::too_large, Failure::bad_framing,
                               Failure::redirect_refused, Failure::address_refused, Failure::proxy});
  Bench bench({failing(failure)});
  CHECK(bench.failure(RetryRules::github_api).first == failure);
  CHECK(bench.asked() == 1);
}

TEST_CASE("other statuses are handed over at once (G-33)", "[net]") {
  auto const status = one_of({200, 201, 204, 304, 400, 401, 404, 409, 410, 422, 451, 501, 505});
  auto const rules = one_of({RetryRules::github_api, RetryRules::storage});
  Bench bench({answer(status)});
  CHECK(bench.exchange(rules).status == status);
  CHECK(bench.asked() == 1);
}

TEST_CASE("a write that may have been received is not repeated, a limited one is (G-28, G-29)", "[net]") {
  Bench lost({failing(Failure::truncated), answer(200)});
  CHECK(lost.failure(RetryRules::github_api, false).first == Failure::truncated);
  CHECK(lost.asked() == 1);

  Bench failed({answer(502), answer(200)});
  CHECK(failed.failure(RetryRules::github_api, false).first == Failure::server_error);
  CHECK(failed.asked() == 1);

  Bench limited({answer(403, {{"Retry-After", "3"}}), answer(200)});
  CHECK(limited.exchange(RetryRules::github_api, "PATCH", false).status == 200);
  CHECK(limited.slept == Waits{3s});
}

TEST_CASE("limits say how long to wait, in the order of G-28", "[net]") {
  struct Row {
    int status;
    Headers headers;
    char const* body;
    std::chrono::milliseconds wait;
  };
  // The bench's date is 1,000,000 s after the epoch: Mon, 12 Jan 1970 13:46:40 GMT.
  auto const row = one_of<Row>({
      {403, {{"retry-after", "7"}}, "", 7s},
      {429, {{"Retry-After", " 7 "}}, "", 7s},
      {429, {{"Retry-After", "Mon, 12 Jan 1970 13:47:00 GMT"}}, "", 20s},
      {429, {{"Retry-After", "Mon, 12 Jan 1970 13:00:00 GMT"}, {"Date", "Mon, 12 Jan 1970 12:59:50 GMT"}}, "", 10s},
      {429, {{"Retry-After", "7"}, {"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "1000050"}}, "", 7s},
      {403, {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "1000050"}}, "", 51s},
      {403, {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "900000"}}, "", 0s},
      {403, {{"Retry-After", "soon"}, {"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "1000050"}}, "", 51s},
      {403, {}, "You have exceeded a Secondary Rate Limit.", 60s},
      {429, {{"X-RateLimit-Remaining", "57"}}, R"({"message":"secondary rate limit"})", 60s},
  });
  CAPTURE(row.status, row.body);
  Bench bench({answer(row.status, row.headers, row.body), answer(200, {}, "done")});
  CHECK(bench.exchange(RetryRules::github_api).body == "done");
  auto const total = std::accumulate(bench.slept.begin(), bench.slept.end(), 0ms);
  CHECK(total == row.wait);
}

TEST_CASE("the wait for a secondary limit doubles (G-28)", "[net]") {
  Bench bench({answer(403, {}, "secondary rate limit")});
  auto const [failure, sentence] = bench.failure(RetryRules::github_api);
  CHECK(failure == Failure::rate_limited);
  CHECK(bench.slept == Waits{60s, 120s, 240s});
  CHECK(bench.asked() == 4);
}

TEST_CASE("a 403 or 429 without marks is a permission problem (G-28)", "[net]") {
  auto const status = one_of({403, 429});
  Bench bench({answer(status, {{"X-RateLimit-Remaining", "12"}, {"X-RateLimit-Reset", "1000050"}}, "Resource not accessible")});
  CHECK(bench.exchange(RetryRules::github_api).status == status);
  CHECK(bench.asked() == 1);
}

TEST_CASE("storage and registries: 429 always waits, 403 only when told (G-14, D-18)", "[net]") {
  Bench plain({answer(429), answer(429), answer(200)});
  CHECK(plain.exchange(RetryRules::storage).status == 200);
  CHECK(plain.slept == Waits{1s, 2s});

  Bench told({answer(403, {{"Retry-After", "5"}}), answer(200)});
  CHECK(told.exchange(RetryRules::storage).status == 200);
  CHECK(told.slept == Waits{5s});

  Bench expired({answer(403, {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "1000050"}})});
  CHECK(expired.exchange(RetryRules::storage).status == 403);
  CHECK(expired.asked() == 1);

  Bench always({answer(429)});
  CHECK(always.failure(RetryRules::storage).first == Failure::rate_limited);
  CHECK(always.asked() == 4);
}

TEST_CASE("a wait beyond the run's time ends it at once, with the time of the reset (G-28)", "[net]") {
  Bench bench({answer(403, {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "1003599"}})}, 30s);
  auto const [failure, sentence] = bench.failure(RetryRules::github_api);
  CHECK(failure == Failure::rate_limited);
  CHECK(sentence ==
        "api.github.com: the server limits our requests (HTTP 403) until 1970-01-12T14:46:40Z, longer than "
        "this run may wait");
  CHECK(bench.slept.empty());
  CHECK(bench.asked() == 1);
}

TEST_CASE("absurd waits do not overflow", "[net]") {
  auto const value = one_of<char const*>({"4294967295", "Fri, 31 Dec 9999 23:59:59 GMT"});
  Bench bench({answer(429, {{"Retry-After", value}})});
  CHECK(bench.failure(RetryRules::github_api).first == Failure::rate_limited);
}

TEST_CASE("a back-off beyond the run's time ends with the true reason", "[net]") {
  Bench bench({failing(Failure::closed_early)}, 1s);
  CHECK(bench.failure(RetryRules::github_api).second ==
        "api.github.com: it failed (the run's time does not allow another try)");
}

TEST_CASE("while an origin asked to wait, its other requests wait too, those of others do not (G-28)", "[net]") {
  Bench bench({answer(429, {{"Retry-After", "9"}}), answer(200)});
  // The wait is cut short, so the origin stays closed when the next request comes.
  auto pacing = bench.pacing();
  bool cut = true;
  pacing.sleep = [&](std::chrono::milliseconds pause) {
    bench.slept.push_back(pause);
    if (std::exchange(cut, false)) throw acr::Cancelled(acr::ExitStatus::interrupted);
    bench.time += pause;
  };
  RetryingHttp retrying(bench.http, bench.clock, pacing);
  Request request{.url = *Url::parse("https://api.github.com/x")};
  request.retry = RetryRules::github_api;
  CHECK_THROWS_AS(retrying.exchange(request), acr::Cancelled);
  bench.time += 2s;

  auto elsewhere = request;
  elsewhere.url = *Url::parse("https://storage.example/x");
  CHECK(retrying.exchange(elsewhere).status == 200);
  CHECK(bench.slept == Waits{9s});
  CHECK(retrying.exchange(request).status == 200);
  CHECK(bench.slept == Waits{9s, 7s});
}

TEST_CASE("202 is asked again after 2 s, five times (G-33)", "[net]") {
  Bench soon({answer(202), answer(202), answer(200)});
  CHECK(soon.exchange(RetryRules::github_api).status == 200);
  CHECK(soon.slept == Waits{2s, 2s});

  Bench never({answer(202)});
  CHECK(never.exchange(RetryRules::github_api).status == 202);
  CHECK(never.asked() == 6);

  Bench registry({answer(202)});
  CHECK(registry.exchange(RetryRules::storage).status == 202);
  CHECK(registry.asked() == 1);
}

TEST_CASE("202 does not use up the tries for failures", "[net]") {
  Bench bench({answer(202), answer(502), answer(202), answer(502), answer(502), answer(200)});
  CHECK(bench.exchange(RetryRules::github_api).status == 200);
}

TEST_CASE("without rules there is one try", "[net]") {
  Bench bench({answer(503)});
  CHECK(bench.exchange(RetryRules::none).status == 503);
  Bench broken({failing(Failure::connect)});
  CHECK(broken.failure(RetryRules::none).first == Failure::connect);
  CHECK(broken.asked() == 1);
}

TEST_CASE("a proxy's 503 is passing, its 407 is not", "[net]") {
  struct Row {
    int status;
    std::size_t asked;
  };
  auto const row = one_of<Row>({{503, 4}, {407, 1}});
  Bench bench({[&]() -> Reply { throw NetworkError(Failure::proxy, "h", "the proxy refused", row.status); }});
  CHECK(bench.failure(RetryRules::github_api).first == Failure::proxy);
  CHECK(bench.asked() == row.asked);
}

TEST_CASE("the real jitter stays within a quarter", "[net]") {
  acr::RunClock clock;
  ScriptedHttp http([](Request const&) { return reply(503); });
  Waits slept;
  RetryingHttp retrying(http, clock, {.sleep = [&](std::chrono::milliseconds pause) { slept.push_back(pause); }});
  Request request{.url = *Url::parse("https://h/x")};
  request.retry = RetryRules::storage;
  for (int i = 0; i < 50; ++i) CHECK_THROWS_AS(retrying.exchange(request), NetworkError);
  REQUIRE(slept.size() == 150);
  for (std::size_t i = 0; i < slept.size(); ++i) {
    auto const nominal = 1000ms * (1 << (i % 3));
    CHECK(slept[i] >= nominal * 3 / 4);
    CHECK(slept[i] <= nominal * 5 / 4);
  }
}

// Another request of the run was told to wait; for this one it is longer than the run lasts.
TEST_CASE("an origin that is closed for longer than the run lasts is not waited for (G-28)", "[net]") {
  acr::RunClock clock(30s);
  std::chrono::milliseconds time{0};
  ScriptedHttp http([](Request const&) { return reply(429, "", {{"retry-after", "20"}}); });
  RetryingHttp retrying(
      http, clock,
      {.sleep = [](std::chrono::milliseconds) { throw acr::Unreachable("too-many-objects", "while it waited"); },
       .now = [&] { return acr::RunClock::Clock::time_point(time); },
       .date = [] { return std::chrono::system_clock::time_point(1000000s); },
       .jitter = [] { return 1.0; }});
  Request request{.url = *Url::parse("https://api.github.com/x")};
  request.retry = RetryRules::storage;
  CHECK(acr::test::thrown_code([&] { (void)retrying.exchange(request); }) == "too-many-objects");  // 20 seconds would do
  time = -20s;
  CHECK(acr::test::thrown_code([&] { (void)retrying.exchange(request); }) == "rate-limited");  // 40 would not
  CHECK(http.seen().size() == 1);
}

}  // namespace
}  // namespace retrying_http_test

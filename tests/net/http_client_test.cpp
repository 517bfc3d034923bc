#include "net/http_client.hpp"

#include <atomic>
#include <future>
#include <latch>
#include <stdexcept>
#include <thread>

#include "loopback/server.hpp"
#include "net/retrying_http.hpp"
#include "support/catch2.hpp"
#include "support/parallel.hpp"

namespace http_client_test {
namespace {

using namespace acr::net;
using acr::loopback::Answer;
using acr::loopback::Delivery;
using acr::loopback::Handler;
using acr::loopback::LoopbackServer;
using acr::loopback::Seen;
using namespace std::chrono_literals;

ClientSettings settings() { return {.user_agent = "atomic-chart-release/test"}; }

/// Called from many threads, where Catch's macros must not be.
Url url(std::string_view text) { return Url::parse(text).value(); }

/// A client with its clock, and a server that gives one answer to everything.
struct Scene {
  explicit Scene(Handler handler) : server(std::move(handler)) {}
  explicit Scene(Answer answer) : Scene([answer](Seen const&) { return answer; }) {}

  Request get(std::string_view target = "/x") { return {.url = url(server.base() + std::string(target))}; }
  Reply exchange() { return http.exchange(get()); }

  LoopbackServer server;
  acr::RunClock clock;
  HttpClient http{clock, settings()};
};

Failure failure_of(Http& http, Request const& request) {
  try {
    auto const reply = http.exchange(request);
    FAIL("there was an answer: HTTP " << reply.status);
  } catch (NetworkError const& error) {
    INFO(error.what());
    CHECK(std::string(error.what()).starts_with(request.url.host + ": "));
    return error.failure();
  }
  return {};
}

TEST_CASE("a request arrives with the fields it must have, and no other (G-2)", "[net]") {
  Scene scene(Answer{.status = 201, .headers = {{"X-A", "1"}, {"X-a", "2"}}, .body = "done"});
  auto request = scene.get("/repos/x?y=%2B");
  request.method = "POST";
  request.body = R"({"a":1})";
  request.headers = {{"Accept", "application/json"}};
  request.origin_headers = {{"Authorization", "Bearer t"}};
  auto const reply = scene.http.exchange(request);
  CHECK(reply.status == 201);
  CHECK(reply.body == "done");
  CHECK(reply.headers.joined("x-A") == "1, 2");
  CHECK(reply.url == request.url);
  CHECK(reply.hops.empty());

  auto const seen = scene.server.seen().at(0);
  CHECK(seen.method == "POST");
  CHECK(seen.target == "/repos/x?y=%2B");
  CHECK(seen.body == R"({"a":1})");
  acr::loopback::Fields const expected{{"Host", "127.0.0.1:" + std::to_string(scene.server.port())},
                                       {"User-Agent", "atomic-chart-release/test"},
                                       {"Accept", "application/json"},
                                       {"Authorization", "Bearer t"},
                                       {"Content-Length", "7"}};
  CHECK(seen.headers == expected);
}

TEST_CASE("a body arrives whole however it travels (G-35)", "[net]") {
  auto const delivery = one_of({Delivery::whole, Delivery::chunked, Delivery::until_close, Delivery::until_cut,
                                Delivery::close_after, Delivery::vanish_after, Delivery::slow_headers, Delivery::slow_body});
  std::string body;
  for (int i = 0; body.size() < 100000; ++i) body += std::to_string(i);
  Scene scene(Answer{.body = body, .delivery = delivery, .pause = 1ms, .piece_bytes = 5000});
  CHECK(scene.exchange().body == body);
  CHECK(scene.exchange().body == body);
}

TEST_CASE("connections are kept and used again (G-7)", "[net]") {
  auto const delivery = one_of({Delivery::whole, Delivery::chunked});
  Scene scene(Answer{.body = "x", .delivery = delivery});
  for (int i = 0; i < 5; ++i) scene.exchange();
  CHECK(scene.server.connection_count() == 1);
}

TEST_CASE("a connection that the server does not keep is not used again", "[net]") {
  auto const delivery = one_of({Delivery::close_after, Delivery::until_close});
  Scene scene(Answer{.body = "x", .delivery = delivery});
  for (int i = 0; i < 3; ++i) CHECK(scene.exchange().body == "x");
  CHECK(scene.server.connection_count() == 3);
}

TEST_CASE("a kept connection that is closed at the next request costs nothing: the keep-alive race (G-7)", "[net]") {
  auto const fault = one_of({Delivery::close_before, Delivery::reset_before});
  Scene scene(
      [fault](Seen const& seen) { return Answer{.body = "x", .delivery = seen.on_connection == 2 ? fault : Delivery::whole}; });
  CHECK(scene.exchange().body == "x");
  CHECK(scene.exchange().body == "x");
  CHECK(scene.server.request_count() == 3);
  CHECK(scene.server.connection_count() == 2);
}

TEST_CASE("only one fresh connection is tried at once (G-7)", "[net]") {
  Scene scene([](Seen const& seen) {
    return Answer{.body = "x",
                  .delivery = seen.connection == 1 && seen.on_connection == 1 ? Delivery::whole : Delivery::close_before};
  });
  scene.exchange();
  CHECK(failure_of(scene.http, scene.get()) == Failure::closed_early);
  CHECK(scene.server.request_count() == 3);
}

TEST_CASE("a write never rides on a kept connection, so it is never sent twice (G-29)", "[net]") {
  Scene scene([](Seen const& seen) {
    return Answer{.body = "x", .delivery = seen.method == "PATCH" ? Delivery::close_before : Delivery::whole};
  });
  scene.exchange();
  auto request = scene.get();
  request.method = "PATCH";
  request.body = "{}";
  request.idempotent = false;
  CHECK(failure_of(scene.http, request) == Failure::closed_early);
  CHECK(scene.server.request_count() == 2);
}

TEST_CASE("idle connections that the server closed are noticed before use", "[net]") {
  Scene scene(Answer{.body = "x"});
  scene.exchange();
  scene.server.close_idle();
  CHECK(scene.exchange().body == "x");
  CHECK(scene.server.connection_count() == 2);
}

TEST_CASE("every way an answer can break has its kind (G-35)", "[net]") {
  struct Row {
    Delivery delivery;
    Failure failure;
  };
  auto const row = one_of<Row>({
      {Delivery::close_before, Failure::closed_early},
      {Delivery::reset_before, Failure::closed_early},
      {Delivery::reset_in_headers, Failure::truncated},
      {Delivery::close_in_body, Failure::truncated},
      {Delivery::reset_in_body, Failure::truncated},
  });
  Scene scene(Answer{.body = "a body", .delivery = row.delivery});
  CHECK(failure_of(scene.http, scene.get()) == row.failure);
}

TEST_CASE("what is not HTTP is refused", "[net]") {
  Scene scene(Answer{.body = "220 mail.example.org ESMTP\r\n", .delivery = Delivery::raw});
  CHECK(failure_of(scene.http, scene.get()) == Failure::bad_framing);
}

TEST_CASE("a body above the limit is refused while it is read (G-6)", "[net]") {
  auto const delivery = one_of({Delivery::whole, Delivery::chunked, Delivery::until_close});
  Scene scene(Answer{.body = std::string(2000, 'x'), .delivery = delivery});
  auto request = scene.get();
  request.max_body = 2000;
  CHECK(scene.http.exchange(request).body.size() == 2000);
  request.max_body = 1999;
  CHECK(failure_of(scene.http, request) == Failure::too_large);
}

TEST_CASE("silence ends an exchange (G-6)", "[net]") {
  auto const delivery = one_of({Delivery::stall_before, Delivery::stall_in_body});
  Scene scene(Answer{.body = "a body", .delivery = delivery});
  auto request = scene.get();
  request.timeouts.silent = 100ms;
  try {
    scene.http.exchange(request);
    FAIL("there was an answer");
  } catch (NetworkError const& error) {
    CHECK(error.failure() == Failure::timeout);
    CHECK(std::string(error.what()) == "127.0.0.1: no byte for 100 ms");
  }
}

TEST_CASE("an exchange that always moves a little still has an end (G-6)", "[net]") {
  auto const delivery = one_of({Delivery::slow_headers, Delivery::slow_body});
  Scene scene(Answer{.headers = {{"X", std::string(5000, 'x')}},
                     .body = std::string(5000, 'x'),
                     .delivery = delivery,
                     .pause = 20ms,
                     .piece_bytes = 10});
  auto request = scene.get();
  request.timeouts.exchange = 300ms;
  try {
    scene.http.exchange(request);
    FAIL("there was an answer");
  } catch (NetworkError const& error) {
    CHECK(error.failure() == Failure::timeout);
    CHECK(std::string(error.what()) == "127.0.0.1: the exchange was not done within 300 ms");
  }
}

TEST_CASE("the run's deadline ends an exchange with its own reason", "[net]") {
  LoopbackServer server([](Seen const&) { return Answer{.delivery = Delivery::stall_before}; });
  acr::RunClock clock(1s);
  HttpClient http(clock, settings());
  try {
    http.exchange({.url = url(server.base() + "/")});
    FAIL("there was an answer");
  } catch (NetworkError const& error) {
    FAIL(error.what());
  } catch (acr::Unreachable const& error) {
    CHECK(error.code() == "timeout");
  }
  CHECK_THROWS_AS(http.exchange({.url = url(server.base() + "/")}), acr::Unreachable);
}

TEST_CASE("cancelling ends every exchange under way, and no new one starts (A-21)", "[net]") {
  std::latch arrived(8);
  Scene scene([&](Seen const&) {
    arrived.count_down();
    return Answer{.body = "a body", .delivery = Delivery::stall_in_body};
  });
  std::atomic<int> cancelled = 0;
  std::vector<std::jthread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      try {
        scene.exchange();
      } catch (acr::Cancelled const& error) {
        cancelled += error.status() == acr::ExitStatus::terminated ? 1 : 0;
      }
    });
  }
  arrived.wait();
  scene.clock.cancel(acr::ExitStatus::terminated);
  callers.clear();
  CHECK(cancelled == 8);
  CHECK_THROWS_AS(scene.exchange(), acr::Cancelled);
}

TEST_CASE("many threads share the client, and no origin gets more connections than allowed (G-7)", "[net]") {
  Scene scene([](Seen const& seen) { return Answer{.body = seen.target, .delay = 2ms}; });
  auto few = settings();
  few.connections_per_origin = 4;
  HttpClient http(scene.clock, few);
  acr::for_each_index(200, 16, [&](std::size_t i) {
    auto const target = "/" + std::to_string(i);
    if (http.exchange(scene.get(target)).body != target) throw std::runtime_error("mixed up");
  });
  CHECK(scene.server.request_count() == 200);
  CHECK(scene.server.connection_count() <= 4);
  CHECK(scene.server.most_at_once() <= 4);
}

TEST_CASE("a redirect elsewhere loses the token on the wire (G-8, G-9)", "[net]") {
  Scene storage(Answer{.body = "stored"});
  Scene api([&](Seen const&) { return acr::loopback::redirect_answer(302, storage.server.base() + "/blob?sig=1"); });
  auto request = api.get();
  request.headers = {{"Accept", "x"}};
  request.origin_headers = {{"Authorization", "Bearer t"}};
  auto const reply = api.http.exchange(request);
  CHECK(reply.body == "stored");
  CHECK(reply.url.text() == storage.server.base() + "/blob?sig=1");
  CHECK(reply.hops.size() == 1);
  CHECK(api.server.seen().at(0).has("authorization"));
  CHECK_FALSE(storage.server.seen().at(0).has("authorization"));
  CHECK(storage.server.seen().at(0).header("accept") == "x");
}

TEST_CASE("a 304 has no body and keeps the connection (G-30)", "[net]") {
  Scene scene(Answer{.status = 304, .headers = {{"ETag", "W/\"x\""}}});
  CHECK(scene.exchange().headers.joined("etag") == "W/\"x\"");
  CHECK(scene.exchange().status == 304);
  CHECK(scene.server.connection_count() == 1);
}

TEST_CASE("no content coding is undone (G-2, D-18)", "[net]") {
  Scene scene(Answer{.headers = {{"Content-Encoding", "gzip"}}, .body = "\x1f\x8b not really"});
  CHECK(scene.exchange().body == "\x1f\x8b not really");
  CHECK_FALSE(scene.server.seen().at(0).has("accept-encoding"));
}

/// Keeps what it is given; says enough after `enough` bytes.
struct Keeper final : BodySink {
  explicit Keeper(std::size_t enough_ = SIZE_MAX) : enough(enough_) {}
  void start() override {
    ++starts;
    kept.clear();
  }
  bool take(std::string_view piece) override {
    kept += piece;
    largest = std::max(largest, piece.size());
    return kept.size() < enough;
  }
  std::size_t enough, largest = 0;
  int starts = 0;
  std::string kept;
};

TEST_CASE("a large body is handed on piece by piece (D-15)", "[net]") {
  auto const delivery = one_of({Delivery::whole, Delivery::chunked});
  std::string const body(3000000, 'x');
  Scene scene(Answer{.body = body, .delivery = delivery, .piece_bytes = 100000});
  Keeper keeper;
  auto request = scene.get();
  request.sink = &keeper;
  auto const reply = scene.http.exchange(request);
  CHECK(reply.body.empty());
  CHECK_FALSE(reply.cut_short);
  CHECK(keeper.kept == body);
  CHECK(keeper.largest <= limits::read_bytes);
}

TEST_CASE("who has seen enough stops the rest", "[net]") {
  Scene scene(Answer{.body = std::string(3000000, 'x')});
  Keeper keeper(1000);
  auto request = scene.get();
  request.sink = &keeper;
  CHECK(scene.http.exchange(request).cut_short);
  CHECK(keeper.kept.size() < 100000);
  CHECK(scene.exchange().body.size() == 3000000);
  CHECK(scene.server.connection_count() == 2);
}

TEST_CASE("an exception of the one who reads passes through", "[net]") {
  struct Thrower final : BodySink {
    void start() override {}
    bool take(std::string_view) override { throw std::domain_error("no index"); }
  } thrower;
  Scene scene(Answer{.body = "x"});
  auto request = scene.get();
  request.sink = &thrower;
  CHECK_THROWS_AS(scene.http.exchange(request), std::domain_error);
}

TEST_CASE("only the body of a 200 is handed on, an empty one too", "[net]") {
  auto const status = one_of({200, 404});
  Scene scene(Answer{.status = status, .body = status == 200 ? "" : "not here"});
  Keeper keeper;
  auto request = scene.get();
  request.sink = &keeper;
  auto const reply = scene.http.exchange(request);
  CHECK(keeper.starts == (status == 200 ? 1 : 0));
  CHECK(reply.body == (status == 200 ? "" : "not here"));
}

TEST_CASE("a body that broke starts anew when it is tried again", "[net]") {
  Scene scene(
      acr::loopback::once_each(acr::loopback::Fault::reset_in_body, [](Seen const&) { return Answer{.body = "whole"}; }));
  RetryingHttp retrying(scene.http, scene.clock, {.sleep = [](std::chrono::milliseconds) {}});
  Keeper keeper;
  auto request = scene.get();
  request.sink = &keeper;
  request.retry = RetryRules::storage;
  retrying.exchange(request);
  CHECK(keeper.kept == "whole");
}

TEST_CASE("every survivable fault is survived by trying again (G-28, G-29, G-35)", "[net]") {
  for (auto const fault : acr::loopback::survivable_faults()) {
    CAPTURE(acr::loopback::name_of(fault));
    Scene scene(acr::loopback::once_each(fault, [](Seen const&) { return Answer{.body = "whole"}; }));
    RetryingHttp retrying(scene.http, scene.clock, {.sleep = [](std::chrono::milliseconds) {}});
    auto request = scene.get();
    request.retry = RetryRules::github_api;
    CHECK(retrying.exchange(request).body == "whole");
    CHECK(scene.server.request_count() == 2);
  }
}

TEST_CASE("plain http goes to loopback only, checked after the name was resolved (G-1)", "[net]") {
  acr::RunClock clock;
  auto custom = settings();
  std::atomic<int> asked = 0;
  custom.resolver = [&](std::string const&) {
    ++asked;
    return std::vector<std::string>{"127.0.0.1"};
  };
  HttpClient http(clock, custom);
  CHECK(failure_of(http, {.url = url("http://charts.example.org/")}) == Failure::address_refused);
  CHECK(failure_of(http, {.url = url("http://8.8.8.8/")}) == Failure::address_refused);
  CHECK(asked == 0);
}

TEST_CASE("a URL of another scheme is refused", "[net]") {
  acr::RunClock clock;
  HttpClient http(clock, settings());
  CHECK(failure_of(http, {.url = url("oci://127.0.0.1/")}) == Failure::address_refused);
}

TEST_CASE("localhost is loopback whatever a resolver says", "[net]") {
  Scene scene(Answer{.body = "x"});
  auto custom = settings();
  custom.resolver = [](std::string const&) { return std::vector<std::string>{"192.0.2.1"}; };
  HttpClient http(scene.clock, custom);
  CHECK(http.exchange({.url = url("http://localhost:" + std::to_string(scene.server.port()) + "/")}).body == "x");
}

TEST_CASE("names that resolve to refused addresses are not connected to (D-33)", "[net]") {
  auto const addresses = one_of<std::vector<std::string>>({
      {"127.0.0.1"},
      {"169.254.169.254"},
      {"::ffff:10.0.0.1"},
      {"10.0.0.1"},
      {"8.8.8.8", "10.0.0.1"},  // one refused address refuses the host
      {"fe80::1%eth0"},
  });
  acr::RunClock clock;
  auto custom = settings();
  custom.resolver = [&](std::string const&) { return addresses; };
  HttpClient http(clock, custom);
  Request request{.url = url("https://charts.example.org/")};
  request.addresses = {.public_only = true, .loopback_literals = true};
  CHECK(failure_of(http, request) == Failure::address_refused);
}

TEST_CASE("a connection kept for one policy is checked against the next one's (D-33)", "[net]") {
  Scene scene(Answer{.body = "x"});
  scene.exchange();
  auto request = scene.get();
  request.addresses.public_only = true;
  CHECK(failure_of(scene.http, request) == Failure::address_refused);
  request.addresses.loopback_literals = true;
  CHECK(scene.http.exchange(request).body == "x");
}

TEST_CASE("unknown names and closed ports are reported as such", "[net]") {
  acr::RunClock clock;
  auto custom = settings();
  custom.resolver = [](std::string const&) { return std::vector<std::string>(); };
  HttpClient http(clock, custom);
  CHECK(failure_of(http, {.url = url("https://nowhere.example.org/")}) == Failure::resolve);

  std::uint16_t port = 0;
  {
    LoopbackServer gone([](Seen const&) { return Answer{}; });
    port = gone.port();
  }
  CHECK(failure_of(http, {.url = url("http://127.0.0.1:" + std::to_string(port) + "/")}) == Failure::connect);
}

TEST_CASE("a resolver that hangs holds up neither the timeout nor a cancelled run (A-21)", "[net]") {
  struct Hanging {
    std::promise<void> release;
    std::shared_future<void> released = release.get_future().share();
  } hanging;
  {
    acr::RunClock clock;
    auto custom = settings();
    custom.resolver = [released = hanging.released](std::string const&) {
      released.wait();
      return std::vector<std::string>();
    };
    HttpClient http(clock, custom);
    Request request{.url = url("https://slow.example.org/")};
    request.timeouts.connect = 50ms;
    CHECK(failure_of(http, request) == Failure::timeout);
    request.timeouts.connect = 1h;
    request.timeouts.exchange = 1h;
    std::jthread const canceller([&] { clock.cancel(acr::ExitStatus::interrupted); });
    CHECK_THROWS_AS(http.exchange(request), acr::Cancelled);
  }
  hanging.release.set_value();
}

TEST_CASE("callers that ask for one host at one time share the look-up", "[net]") {
  acr::RunClock clock;
  auto custom = settings();
  std::atomic<int> asked = 0;
  std::atomic<int> refused = 0;
  custom.resolver = [&](std::string const&) {
    ++asked;
    return std::vector<std::string>{"10.0.0.1"};
  };
  HttpClient http(clock, custom);
  acr::for_each_index(20, 10, [&](std::size_t) {
    Request request{.url = url("https://charts.example.org/")};
    request.addresses.public_only = true;
    try {
      http.exchange(request);
    } catch (NetworkError const& error) {
      refused += error.failure() == Failure::address_refused ? 1 : 0;
    }
  });
  CHECK(refused == 20);
  CHECK(asked == 1);
}

TEST_CASE("a request with a smuggled field never reaches the network", "[net]") {
  Scene scene(Answer{.body = "x"});
  auto request = scene.get();
  request.headers = {{"Accept", "a\r\nX-Evil: 1"}};
  CHECK_THROWS_AS(scene.http.exchange(request), std::logic_error);
  CHECK(scene.server.connection_count() == 0);
}

}  // namespace
}  // namespace http_client_test

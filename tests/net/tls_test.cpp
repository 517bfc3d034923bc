// Real TLS against a private authority, directly and through a CONNECT proxy (G-2, A-11, D-33).

#include <filesystem>
#include <fstream>
#include <memory>

#include "loopback/authority.hpp"
#include "loopback/server.hpp"
#include "loopback/stream.hpp"
#include "net/http_client.hpp"
#include "support/catch2.hpp"
#include "support/temporary_directory.hpp"

namespace tls_test {
namespace {

using namespace acr::net;
using acr::loopback::Answer;
using acr::loopback::Authority;
using acr::loopback::Delivery;
using acr::loopback::Identity;
using acr::loopback::LoopbackProxy;
using acr::loopback::LoopbackServer;
using acr::loopback::Seen;

Authority const& authority() {
  static Authority const made;
  return made;
}

LoopbackServer::Options tls(Identity identity) {
  LoopbackServer::Options options;
  options.tls = std::move(identity);
  return options;
}

/// A TLS server; the client takes every name for 127.0.0.1.
struct Scene {
  explicit Scene(Identity identity, Answer answer = {.body = "secret"})
      : server([answer](Seen const&) { return answer; }, tls(std::move(identity))) {}

  ClientSettings settings() const {
    return {.user_agent = "agent/1", .ca_file = authority().file(), .resolver = [](std::string const&) {
              return std::vector<std::string>{"127.0.0.1"};
            }};
  }
  Request get(std::string const& host) const {
    return {.url = *Url::parse("https://" + host + ":" + std::to_string(server.port()) + "/x")};
  }

  LoopbackServer server;
  acr::RunClock clock;
};

std::pair<Failure, std::string> failure_of(Http& http, Request const& request) {
  try {
    http.exchange(request);
  } catch (NetworkError const& error) {
    return {error.failure(), error.what()};
  }
  FAIL("there was an answer");
  return {};
}

TEST_CASE("a server with the right name and chain is believed, and its connection kept", "[net]") {
  Scene scene(authority().identity({"charts.example.org", "127.0.0.1"}));
  HttpClient http(scene.clock, scene.settings());
  CHECK(http.exchange(scene.get("charts.example.org")).body == "secret");
  CHECK(http.exchange(scene.get("charts.example.org")).body == "secret");
  CHECK(http.exchange(scene.get("127.0.0.1")).body == "secret");
  CHECK(scene.server.connection_count() == 2);  // one for each origin
}

TEST_CASE("a certificate for another name is refused before anything is sent", "[net]") {
  auto const host = one_of<char const*>({"charts.example.org", "a.b.wild.example.org", "wild.example.org", "127.0.0.1"});
  CAPTURE(host);
  Scene scene(authority().identity({"other.example.org", "*.wild.example.org", "127.0.0.2"}));
  HttpClient http(scene.clock, scene.settings());
  auto const [failure, sentence] = failure_of(http, scene.get(host));
  CHECK(failure == Failure::certificate);
  CHECK(sentence.find("mismatch") != std::string::npos);
  CHECK(scene.server.request_count() == 0);
}

TEST_CASE("an expired certificate is refused", "[net]") {
  Scene scene(authority().expired_identity({"charts.example.org"}));
  HttpClient http(scene.clock, scene.settings());
  auto const [failure, sentence] = failure_of(http, scene.get("charts.example.org"));
  CHECK(failure == Failure::certificate);
  CHECK(sentence.find("expired") != std::string::npos);
  CHECK(scene.server.request_count() == 0);
}

TEST_CASE("a chain that ends elsewhere is refused", "[net]") {
  Authority const stranger;
  Scene scene(stranger.identity({"charts.example.org"}));
  HttpClient http(scene.clock, scene.settings());
  CHECK(failure_of(http, scene.get("charts.example.org")).first == Failure::certificate);
  CHECK(scene.server.request_count() == 0);
}

TEST_CASE("a server that speaks TLS 1.1 only is refused", "[net]") {
  Scene scene(authority().old_identity({"charts.example.org"}));
  HttpClient http(scene.clock, scene.settings());
  CHECK(failure_of(http, scene.get("charts.example.org")).first == Failure::tls);
}

TEST_CASE("a server that speaks plain http where TLS is due is refused", "[net]") {
  LoopbackServer plain([](Seen const&) { return Answer{}; });
  Scene scene(authority().identity({"charts.example.org"}));
  HttpClient http(scene.clock, scene.settings());
  Request const request{.url = *Url::parse("https://127.0.0.1:" + std::to_string(plain.port()) + "/")};
  auto const [failure, sentence] = failure_of(http, request);
  CHECK((failure == Failure::tls || failure == Failure::connect));
  CHECK(plain.request_count() == 0);
}

TEST_CASE("a body without length that TLS does not end in order is cut, not whole", "[net]") {
  Scene whole(authority().identity({"127.0.0.1"}), {.body = "secret", .delivery = Delivery::until_close});
  HttpClient http(whole.clock, whole.settings());
  CHECK(http.exchange(whole.get("127.0.0.1")).body == "secret");

  Scene cut(authority().identity({"127.0.0.1"}), {.body = "secret", .delivery = Delivery::until_cut});
  CHECK(failure_of(http, cut.get("127.0.0.1")).first == Failure::truncated);
}

TEST_CASE("the keep-alive race is survived over TLS too (G-7)", "[net]") {
  LoopbackServer server(
      [](Seen const& seen) {
        return Answer{.body = "x", .delivery = seen.on_connection == 2 ? Delivery::close_before : Delivery::whole};
      },
      tls(authority().identity({"127.0.0.1"})));
  acr::RunClock clock;
  HttpClient http(clock, {.user_agent = "agent/1", .ca_file = authority().file()});
  Request const request{.url = *Url::parse(server.base() + "/")};
  CHECK(http.exchange(request).body == "x");
  CHECK(http.exchange(request).body == "x");
  CHECK(server.connection_count() == 2);
}

TEST_CASE("a handshake that never ends is cut off (G-6)", "[net]") {
  acr::loopback::Listener const mute(0, [](acr::loopback::Stream& stream) { stream.wait_until_client_leaves(); });
  acr::RunClock clock;
  HttpClient http(clock, {.user_agent = "agent/1", .ca_file = authority().file()});
  Request request{.url = *Url::parse("https://127.0.0.1:" + std::to_string(mute.port()) + "/")};
  request.timeouts.tls = std::chrono::milliseconds(100);
  auto const [failure, sentence] = failure_of(http, request);
  CHECK(failure == Failure::timeout);
  CHECK(sentence == "127.0.0.1: no TLS handshake within 100 ms");
}

TEST_CASE("a CA file without certificates is a broken environment", "[net]") {
  acr::test::TemporaryDirectory const folder;
  std::ofstream(folder.path() / "empty.pem").close();
  auto const name = one_of<char const*>({"empty.pem", "absent.pem"});
  acr::RunClock clock;
  try {
    HttpClient const http(clock, {.user_agent = "agent/1", .ca_file = folder.path() / name});
    FAIL("taken");
  } catch (acr::BadEnvironment const& error) {
    CHECK(error.code() == "bad-ca-file");
  }
}

TEST_CASE("a client made of another believes the same authorities, outlives it, and has a deadline of its own", "[net]") {
  Scene scene(authority().identity({"host.example"}));
  acr::test::TemporaryDirectory const directory;
  auto settings = scene.settings();
  settings.ca_file = directory.path() / "ca.pem";
  std::filesystem::copy_file(authority().file(), settings.ca_file);
  auto first = std::make_unique<HttpClient>(scene.clock, settings);
  std::filesystem::remove(settings.ca_file);  // it is not read again
  acr::RunClock other_clock;
  HttpClient second(other_clock, *first);
  CHECK(second.exchange(scene.get("host.example")).body == "secret");
  CHECK(failure_of(second, scene.get("other.example")).first == Failure::certificate);
  other_clock.cancel(acr::ExitStatus::interrupted);
  CHECK_THROWS_AS(second.exchange(scene.get("host.example")), acr::Cancelled);
  CHECK(first->exchange(scene.get("host.example")).body == "secret");
  HttpClient third(scene.clock, *first);
  first.reset();
  CHECK(third.exchange(scene.get("host.example")).body == "secret");
}

TEST_CASE("https goes through the proxy by CONNECT, its credentials nowhere else (A-11)", "[net]") {
  Scene scene(authority().identity({"charts.example.org"}));
  LoopbackProxy proxy([&](std::string const&) { return scene.server.port(); });
  auto settings = scene.settings();
  settings.resolver = [](std::string const&) { return std::vector<std::string>(); };  // the proxy resolves
  settings.proxy.https = *Proxy::parse("http://user:pw@127.0.0.1:" + std::to_string(proxy.port()));
  settings.proxy.exempted = {"direct.example.org"};
  HttpClient http(scene.clock, settings);
  Request request{.url = *Url::parse("https://charts.example.org/x")};
  request.origin_headers = {{"Authorization", "Bearer t"}};
  CHECK(http.exchange(request).body == "secret");
  CHECK(http.exchange(request).body == "secret");

  auto const seen = proxy.seen();
  REQUIRE(seen.size() == 1);  // the tunnel is kept
  CHECK(seen[0].target == "charts.example.org:443");
  CHECK(seen[0].authorization == "Basic dXNlcjpwdw==");
  CHECK_FALSE(scene.server.seen().at(0).has("proxy-authorization"));
  CHECK(scene.server.seen().at(0).header("host") == "charts.example.org");

  request.url = *Url::parse("https://direct.example.org/x");
  CHECK(failure_of(http, request).first == Failure::resolve);
  CHECK(proxy.seen().size() == 1);
}

TEST_CASE("a proxy that refuses is named with its status", "[net]") {
  Scene scene(authority().identity({"charts.example.org"}));
  LoopbackProxy proxy([](std::string const&) { return std::uint16_t{0}; });
  auto settings = scene.settings();
  settings.proxy.https = *Proxy::parse(proxy.url());
  HttpClient http(scene.clock, settings);
  auto const [failure, sentence] = failure_of(http, {.url = *Url::parse("https://charts.example.org/x")});
  CHECK(failure == Failure::proxy);
  CHECK(sentence == "charts.example.org: the proxy 127.0.0.1 refused the connection (HTTP 403)");
}

TEST_CASE("the certificate behind a proxy is verified all the same", "[net]") {
  Scene scene(authority().identity({"other.example.org"}));
  LoopbackProxy proxy([&](std::string const&) { return scene.server.port(); });
  auto settings = scene.settings();
  settings.proxy.https = *Proxy::parse(proxy.url());
  HttpClient http(scene.clock, settings);
  CHECK(failure_of(http, {.url = *Url::parse("https://charts.example.org/x")}).first == Failure::certificate);
}

TEST_CASE("behind a proxy local names are refused, also on a kept tunnel (D-33)", "[net]") {
  Scene scene(authority().identity({"metadata.internal"}));
  LoopbackProxy proxy([&](std::string const&) { return scene.server.port(); });
  auto settings = scene.settings();
  settings.proxy.https = *Proxy::parse(proxy.url());
  HttpClient http(scene.clock, settings);
  Request request{.url = *Url::parse("https://metadata.internal/x")};
  CHECK(http.exchange(request).body == "secret");
  request.addresses.public_only = true;
  CHECK(failure_of(http, request).first == Failure::address_refused);
}

}  // namespace
}  // namespace tls_test

// Connections below HTTP: each way in which none comes about, or ends while it is written to.
#include "net/transport.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "loopback/stream.hpp"
#include "net/connection_pool.hpp"
#include "net/limits.hpp"
#include "support/catch2.hpp"

namespace transport_test {
namespace {

using namespace acr::net;
using namespace std::chrono_literals;

char const* const authorities = "/etc/ssl/certs/ca-certificates.crt";
Address const here = *Address::parse("127.0.0.1");

TimePoint in(std::chrono::milliseconds time) { return acr::RunClock::Clock::now() + time; }

std::string why(auto const& action) {
  try {
    action();
  } catch (TransportError const& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("a connection needs an address that answers", "[net]") {
  acr::loopback::Listener listener(0, [](acr::loopback::Stream&) {});
  Transport transport(acr::net::read_authorities(authorities));
  CHECK(why([&] { (void)transport.connect({here}, listener.port(), in(10s)); }).empty());
  // The first address of two refuses: the second one counts.
  CHECK(why([&] { (void)transport.connect({*Address::parse("::1"), here}, listener.port(), in(10s)); }).empty());
  CHECK(why([&] { (void)transport.connect({}, listener.port(), in(10s)); }) == "no address to connect to");
  std::uint16_t closed = 0;
  {
    acr::loopback::Listener const gone(0, [](acr::loopback::Stream&) {});
    closed = gone.port();
  }
  CHECK(why([&] { (void)transport.connect({here}, closed, in(10s)); }) == "no connection (Connection refused)");
}

// A listener whose queue is full answers nobody.
TEST_CASE("a connection that does not come about ends in time (G-6)", "[net]") {
  int const listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0);
  REQUIRE(::listen(listener, 0) == 0);
  socklen_t size = sizeof name;
  REQUIRE(::getsockname(listener, reinterpret_cast<sockaddr*>(&name), &size) == 0);
  Transport transport(acr::net::read_authorities(authorities));
  std::vector<std::unique_ptr<Connection>> waiting;
  std::string said;
  for (int i = 0; i < 8 && said.empty(); ++i)
    said = why([&] { waiting.push_back(transport.connect({here}, ntohs(name.sin_port), in(500ms))); });
  CHECK(said == "no connection in time");
  ::close(listener);
}

TEST_CASE("a peer that goes away while it is written to is told as such", "[net]") {
  acr::loopback::Listener listener(0, [](acr::loopback::Stream&) {});
  Transport transport(acr::net::read_authorities(authorities));
  auto const connection = transport.connect({here}, listener.port(), in(10s));
  std::string const much(std::size_t{64} << 20, 'x');
  CHECK(why([&] { connection->write(much, in(20s)); }) == "the connection was closed before an answer came");
}

TEST_CASE("after the end of the run no connection comes about (A-21)", "[net]") {
  acr::loopback::Listener listener(0, [](acr::loopback::Stream&) {});
  Transport transport(acr::net::read_authorities(authorities));
  transport.abort();
  CHECK(why([&] { (void)transport.connect({here}, listener.port(), in(10s)); }) == "the run was cancelled");
}

TEST_CASE("who waits for one of an origin's connections waits as long as it may (G-7)", "[net]") {
  acr::RunClock clock;
  ConnectionPool pool(clock, 1);
  Route const route{Url::parse("https://h.example/")->origin(), {}}, other{Url::parse("https://i.example/")->origin(), {}};
  auto const held = pool.lease(route, in(10s));
  CHECK(pool.lease(other, in(10s)));
  try {
    (void)pool.lease(route, in(20ms));
    FAIL("it was leased twice");
  } catch (NetworkError const& error) {
    CHECK(error.failure() == Failure::timeout);
    CHECK(error.reason() == "no connection became free in time");
  }
}

}  // namespace
}  // namespace transport_test

#pragma once

// The least that so many downloads can take: bench/download_floor.hpp
// A client that knows nothing but GET, one connection for each place, and looks at no answer but its length.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace acr::bench {

class PlainConnection {
 public:
  explicit PlainConnection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int const one = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (::connect(socket_, reinterpret_cast<sockaddr const*>(&address), sizeof address) != 0) fail();
  }
  ~PlainConnection() { ::close(socket_); }
  PlainConnection(PlainConnection const&) = delete;
  PlainConnection& operator=(PlainConnection const&) = delete;

  /// Bytes of the body.
  std::size_t get(std::string const& target) {
    std::string const request = "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: floor\r\n\r\n";
    if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) fail();
    std::string head;
    std::size_t end = std::string::npos;
    char block[65536];
    while (end == std::string::npos) {
      head.append(block, received(block, sizeof block));
      end = head.find("\r\n\r\n");
    }
    auto const length = head.find("ontent-Length: ");
    if (length > end || head.compare(0, 12, "HTTP/1.1 200") != 0) fail();
    auto const body = std::strtoul(head.c_str() + length + 15, nullptr, 10);
    for (std::size_t have = head.size() - end - 4; have < body;) have += received(block, sizeof block);
    return body;
  }

 private:
  int socket_;

  [[noreturn]] static void fail() { throw std::runtime_error("the minimal client failed"); }
  std::size_t received(char* to, std::size_t size) {
    auto const got = ::recv(socket_, to, size, 0);
    if (got <= 0) fail();
    return static_cast<std::size_t>(got);
  }
};

/// Seconds until all targets have been fetched; `arrived` is called for each on the thread that fetched it.
inline double download_all(std::uint16_t port, std::vector<std::string> const& targets, std::size_t places,
                           std::function<void(std::size_t)> const& arrived = {}) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  auto const begin = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> threads;
    for (std::size_t place = 0; place < std::min(places, targets.size()); ++place)
      threads.emplace_back([&] {
        try {
          PlainConnection connection(port);
          for (auto at = next++; at < targets.size(); at = next++) {
            connection.get(targets[at]);
            if (arrived) arrived(at);
          }
        } catch (std::exception const&) {
          failed = true;
        }
      });
  }
  if (failed) throw std::runtime_error("the minimal client failed");
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace acr::bench

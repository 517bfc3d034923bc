// One entry out of a large index, over loopback: time and the highest memory of the process that asks (D-15).
//   index-bench [MEGABYTES]
// The server is a process of its own, so that its copy of the index does not count. Two forms: YAML as `helm repo index` writes
// it, and JSON on one line.

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "dependencies/network_source.hpp"
#include "loopback/server.hpp"
#include "net/http_client.hpp"
#include "net/retrying_http.hpp"

namespace {

using namespace acr;

std::string index_of(bool json, std::size_t bytes) {
  std::string text = json ? R"({"apiVersion":"v1","entries":{)" : "apiVersion: v1\nentries:\n";
  auto const entry = [&](std::string const& name, int minor) {
    auto const version = "1." + std::to_string(minor) + ".0";
    auto const url = name + "-" + version + ".tgz";
    std::string const about(180, 'd'), digest(64, 'a');
    if (json) {
      text += R"({"apiVersion":"v2","name":")" + name + R"(","version":")" + version + R"(","description":")" + about +
              R"(","digest":")" + digest + R"(","urls":[")" + url + R"("],"keywords":["a","b"]},)";
    } else {
      text += "  - apiVersion: v2\n    description: " + about + "\n    digest: " + digest +
              "\n    keywords:\n    - a\n    - b\n    name: " + name + "\n    urls:\n    - " + url +
              "\n    version: " + version + "\n";
    }
  };
  for (int chart = 0; text.size() < bytes; ++chart) {
    auto const name = "chart-" + std::to_string(chart);
    text += json ? (chart == 0 ? "\"" : ",\"") + name + "\":[" : "  " + name + ":\n";
    for (int minor = 0; minor < 100; ++minor) entry(name, minor);
    if (json) text.back() = ']';
  }
  return text + (json ? "}}" : "generated: \"2024-01-01T00:00:00Z\"\n");
}

std::size_t peak_kibibytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (std::size_t value = 0; word == "VmHWM:" && status >> value) return value;
  return 0;
}

/// In a process of its own; it ends with the pipe's other side.
std::uint16_t start_server(bool json, std::size_t bytes) {
  int ends[2];
  if (::pipe(ends) != 0) std::abort();
  if (::fork() == 0) {
    loopback::LoopbackServer const server([body = index_of(json, bytes)](loopback::Seen const& seen) {
      return seen.path() == "/index.yaml" ? loopback::Answer{.body = body} : loopback::Answer{.status = 404};
    });
    auto const port = server.port();
    if (::write(ends[1], &port, sizeof port) != sizeof port) std::abort();
    while (::getppid() != 1) ::usleep(50'000);
    std::_Exit(0);
  }
  std::uint16_t port = 0;
  if (::read(ends[0], &port, sizeof port) != sizeof port) std::abort();
  return port;
}

void measure(bool json, std::uint16_t port) {
  RunClock clock;
  net::HttpClient http(clock, {.user_agent = "bench"});
  net::RetryingHttp retrying(http, clock);
  dependencies::HostSettings settings;
  settings.loopback_http = true;
  dependencies::NetworkSource source(retrying, settings, 4, std::filesystem::path());
  auto const start = std::chrono::steady_clock::now();
  // The archive is not there: all of the index is read, and one request follows.
  auto const result = source.fetch({{"chart-7", "1.50.0", "http://127.0.0.1:" + std::to_string(port), ""}});
  std::chrono::duration<double> const took = std::chrono::steady_clock::now() - start;
  std::printf("%-4s %6.2f s   peak of the process %6.1f MiB   (%s)\n", json ? "JSON" : "YAML", took.count(),
              static_cast<double>(peak_kibibytes()) / 1024, result.at(0) ? "fetched" : result.at(0).error().code.text().data());
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** words) {
  auto const bytes = static_cast<std::size_t>(count > 1 ? std::atoi(words[1]) : 50) * 1'000'000;
  for (bool const json : {false, true}) {
    // Each form in a process of its own, too: a peak never falls.
    auto const child = ::fork();
    if (child == 0) {
      measure(json, start_server(json, bytes));
      std::_Exit(0);
    }
    int status = 0;
    if (::waitpid(child, &status, 0) != child || status != 0) return 1;
  }
  return 0;
}

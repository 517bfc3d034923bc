// A hundred charts that share twenty dependencies, from a repository with 50 ms latency: ours against `helm dependency build`
// and `helm package`, chart by chart; and the memory that a 50 MB index costs.
//   HELM=/path/to/helm dependencies-bench [DEPENDENCIES-PER-CHART] [WORKERS]
// Helm is left out when it is not there.

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "chart/package_command.hpp"
#include "dependencies/network_source.hpp"
#include "dependencies/sample_charts.hpp"
#include "loopback/chart_hosts.hpp"
#include "loopback/server.hpp"
#include "net/http_client.hpp"
#include "net/retrying_http.hpp"
#include "support/atomic_file.hpp"
#include "support/text.hpp"
#include "terminal/dependency_commands.hpp"

namespace fs = std::filesystem;
using namespace acr::dependencies;
using namespace acr::dependencies::samples;
using acr::loopback::LoopbackServer;

namespace {

constexpr std::size_t chart_count = 100, pool = 20;
constexpr auto latency = std::chrono::milliseconds(50);

std::string name_of(std::size_t i) { return "dep-" + std::to_string(i + 1); }

// About 60 KB that do not pack well, as templates and values of real charts together.
std::string sample_archive(std::size_t i) {
  std::string values;
  while (values.size() < 60'000) values += acr::random_hex(24) + ": " + acr::random_hex(8) + "\n";
  return archive_of(name_of(i),
                    {{"Chart.yaml", chart_yaml(name_of(i))}, {"files/data", values}, {"templates/a.yaml", "kind: A\n"}});
}

// Our side of one measurement: HTTP client and source are new each time, as in a run.
struct Network {
  acr::RunClock clock;
  acr::net::HttpClient client;
  acr::net::RetryingHttp http;
  NetworkSource source;
  explicit Network(std::size_t workers)
      : client(clock, acr::net::ClientSettings{.user_agent = "bench"}),
        http(client, clock),
        source(http, settings(), workers, std::filesystem::path()) {}
  static HostSettings settings() {
    HostSettings hosts;
    hosts.loopback_http = true;
    return hosts;
  }
};

double seconds(std::function<void()> const& work) {
  auto const start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void package_all(std::vector<fs::path> const& charts, fs::path const& destination, std::size_t workers) {
  Network network(workers);
  acr::terminal::DiskBuild build(
      charts, {.check_order = [&](ArchiveOrder const& order) { return network.source.check(order); }}, workers);
  build.fetch(network.source);
  acr::chart::PackageCommand command;
  command.charts = charts;
  command.destination = destination;
  command.epoch = 1'700'000'000;
  command.workers = workers;
  command.dependencies = [&](std::size_t i, acr::chart::SourceTree const& tree,
                             acr::chart::PackageOptions const& options) -> acr::Verdict<std::vector<acr::chart::ExtraArchive>> {
    auto const& chart = build.charts()[i];
    if (auto const refused = chart.refusals(); !refused.empty()) return refused.front();
    return archives_of(tree, chart.plan, chart.fetched, options);
  };
  for (auto const& outcome : run_package_command(command))
    if (outcome.refused) {
      std::fprintf(stderr, "%s\n", acr::printable(outcome.refused->sentence()).c_str());
      std::exit(1);
    }
}

int run(std::string const& program, std::vector<std::string> arguments, bool quiet = true) {
  std::vector<char*> argv;
  arguments.insert(arguments.begin(), program);
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::fflush(nullptr);  // or the child prints it once more
  auto const child = ::fork();
  if (child == 0) {
    if (quiet && (!std::freopen("/dev/null", "w", stdout) || !std::freopen("/dev/null", "w", stderr))) ::_exit(126);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

void build_with_helm(std::string const& helm, std::string const& repository, std::vector<fs::path> const& charts,
                     fs::path const& scratch) {
  for (auto const* const name : {"CACHE", "CONFIG", "DATA"})
    ::setenv(("HELM_" + std::string(name) + "_HOME").c_str(), (scratch / name).c_str(), 1);
  if (run(helm, {"repo", "add", "bench", repository}) != 0) std::exit(1);
  for (auto const& chart : charts)
    if (run(helm, {"dependency", "build", chart.string()}) != 0 ||
        run(helm, {"package", "-d", (scratch / "helm").string(), chart.string()}) != 0) {
      std::fprintf(stderr, "helm failed\n");
      std::exit(1);
    }
}

// An index of about 50 MB, of which one entry is wanted; JSON or YAML.
std::string large_index(bool json, std::string const& digest) {
  std::string text = json ? "{\"apiVersion\":\"v1\",\"entries\":{" : "apiVersion: v1\nentries:\n";
  std::string const words(260, 'w');
  for (std::size_t chart = 0; text.size() < 50'000'000; ++chart) {
    auto const name = "chart-" + std::to_string(chart);
    text += json ? (chart == 0 ? "\"" : ",\"") + name + "\":[" : "  " + name + ":\n";
    for (int version = 0; version < 50; ++version) {
      auto const number = "1." + std::to_string(version) + ".0";
      text += json ? std::string(version == 0 ? "" : ",") + "{\"name\":\"" + name + "\",\"version\":\"" + number +
                         "\",\"description\":\"" + words + "\",\"urls\":[\"" + name + "-" + number + ".tgz\"],\"digest\":\"" +
                         std::string(64, 'a') + "\"}"
                   : "  - name: " + name + "\n    version: " + number + "\n    description: " + words + "\n    urls:\n    - " +
                         name + "-" + number + ".tgz\n    digest: " + std::string(64, 'a') + "\n";
    }
    if (json) text += "]";
  }
  return text +
         (json ? ",\"dep-1\":[{\"name\":\"dep-1\",\"version\":\"1.0.0\",\"urls\":[\"dep-1-1.0.0.tgz\"],\"digest\":\"" + digest +
                     "\"}]}}"
               : "  dep-1:\n  - name: dep-1\n    version: 1.0.0\n    urls: [dep-1-1.0.0.tgz]\n    digest: " + digest + "\n");
}

// The highest resident size of this very program, without what its parent had (VmHWM; getrusage counts that in).
long peak_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::strtol(line.c_str() + 6, nullptr, 10);
  return 0;
}

int fetch_one(std::string const& repository) {
  auto const before = peak_kib();
  Network network(4);
  auto const took = seconds([&] {
    auto const results = network.source.fetch({{.name = "dep-1", .version = "1.0.0", .repository = repository, .pin = {}}});
    if (results.front()) return;
    std::fprintf(stderr, "%s\n", acr::printable(results.front().error().sentence()).c_str());
    std::exit(1);
  });
  std::printf("%.2f s, peak %.1f MiB (%.1f MiB before)\n", took, static_cast<double>(peak_kib()) / 1024,
              static_cast<double>(before) / 1024);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string(argv[1]) == "--fetch-one") return fetch_one(argv[2]);
  std::size_t const each = argc > 1 ? std::clamp<std::size_t>(std::strtoul(argv[1], nullptr, 10), 1, pool) : 5;
  std::size_t const workers = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 4;
  char const* const helm_variable = std::getenv("HELM");
  std::string const helm = helm_variable ? helm_variable : "helm";
  auto const scratch = fs::temp_directory_path() / ("acr-bench-" + acr::random_hex(6));

  acr::loopback::ChartRepository repository("/stable");
  for (std::size_t i = 0; i < pool; ++i) repository.add(name_of(i), "1.0.0", sample_archive(i));
  LoopbackServer server(repository.site(), {.latency = latency});
  auto const url = server.base() + "/stable";

  std::vector<fs::path> charts;
  for (std::size_t i = 0; i < chart_count; ++i) {
    std::vector<Entry> declared, locked;
    for (std::size_t d = 0; d < each; ++d) {
      declared.push_back({name_of((i + d * (pool / each)) % pool), "1.x", url});
      locked.push_back({declared.back().name, "1.0.0", url});
    }
    auto const name = "chart-" + std::to_string(i);
    charts.push_back(scratch / "charts" / name);
    acr::write_file(charts.back() / "Chart.yaml", chart_yaml(name, declared));
    acr::write_file(charts.back() / "Chart.lock", lock_text(declared, locked));
    acr::write_file(charts.back() / "templates/a.yaml", "kind: A\n");
  }
  std::printf("%zu charts, each with %zu of %zu dependencies, %lld ms latency, %zu workers\n", chart_count, each, pool,
              static_cast<long long>(latency.count()), workers);

  double ours = 1e9;
  for (int i = 0; i < 3; ++i) {
    server.forget();
    ours = std::min(ours, seconds([&] { package_all(charts, scratch / "ours", workers); }));
  }
  std::map<std::string, std::size_t> fetches;
  for (auto const& seen : server.seen()) ++fetches[seen.target];
  auto const most = std::ranges::max_element(fetches, {}, [](auto const& one) { return one.second; })->second;
  std::printf(
      "ours, best of three:                       %8.2f s   %zu requests (an index and %zu archives), the most frequent %zu time(s)\n",
      ours, server.request_count(), fetches.size() - 1, most);

  if (run(helm, {"version"}) == 0) {
    server.forget();
    auto const theirs = seconds([&] { build_with_helm(helm, url, charts, scratch); });
    std::printf(
        "helm dependency build + package, each:     %8.2f s   %zu requests\nhelm / ours:                               %8.1f\n",
        theirs, server.request_count(), theirs / ours);
  } else {
    std::printf("helm is not here\n");
  }

  auto const archive = sample_archive(0);
  for (bool const json : {false, true}) {
    acr::loopback::ChartRepository large("/large");
    large.file("index.yaml", {.body = large_index(json, acr::sha256_text(archive).substr(7))})
        .file("dep-1-1.0.0.tgz", {.body = archive});
    LoopbackServer const host(large.site());
    std::printf("an index of 50 MB, %s: ", json ? "JSON" : "YAML");
    std::fflush(stdout);
    if (run(fs::read_symlink("/proc/self/exe").string(), {"--fetch-one", host.base() + "/large"}, false) != 0) return 1;
  }
  fs::remove_all(scratch);
}

// loopback-github: a stand-in for GitHub on 127.0.0.1, made of a scenario folder (tests/data/lab/*).
// Used by scripts/demo and by benchmarks; ends on SIGTERM or SIGINT.
#include <csignal>
#include <cstdlib>
#include <exception>
#include <functional>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

#include "loopback/github_stand_in.hpp"
#include "support/atomic_file.hpp"
#include "support/text.hpp"

namespace {

constexpr char const* usage = R"(usage: loopback-github SCENARIO [options]

Serves SCENARIO (a folder with github.json, and repo.bundle, event.json, rules.json and others as needed) as GitHub's REST API and
as the storage behind its links, on two ports of 127.0.0.1, until SIGTERM or SIGINT. Then it exits with 1, and lists them
on standard error, when requests came or answers went out that GitHub's own description does not know.

  --port-file FILE       write GITHUB_API_URL=…, STORAGE_URL=… and REPOSITORY=… (a bare one, with its tags as they are now)
                         there, a line each, once both listen (default: standard output)
  --port N               port of the API (default: any free one)
  --log FILE             write the request log there at the end, one JSON object a line
  --stats FILE           write the summary there at the end; <api>/__stats answers it at any time
                         (the pull request of an event that is posted to <api>/__event is open from then on)
  --latency-ms N         wait before every answer
  --token TEXT           accept this token only
  --read-only            refuse to write to pull requests
  --base-path PATH       e.g. /api/v3
  --serve-objects on|off answer git data (default on)
  --bulk on|off          answer the bulk listing (default on)
  --attestations on|off  answer listings at all (default on)
  --installed-version V  say that this is an Enterprise Server
  --renamed-from O/R     redirect that repository to /repositories/<id>
  --rate-limit N         x-ratelimit-remaining to begin with (default 1000)
  --dead-links N         so many links of each attestation have expired
  --page-cap N           entries of one page at most
  --once-each FAULT      the first try of every request meets this fault
  --fault "KIND [xN|x*] [after N] at WHERE"   may be given several times; KIND as printed by --fault-kinds
)";

std::size_t number(std::string const& text) {
  auto const value = acr::to_number(text, 1'000'000'000);
  if (!value) throw std::invalid_argument("not a number: " + text);
  return static_cast<std::size_t>(*value);
}

bool on(std::string const& text) {
  if (text != "on" && text != "off") throw std::invalid_argument("neither on nor off: " + text);
  return text == "on";
}

int serve(int argc, char** argv) {
  acr::loopback::StandInSettings settings;
  std::string port_file, log_file, stats_file;
  auto& github = settings.github;
  std::map<std::string, std::function<void(std::string const&)>> const options{
      {"--port-file", [&](auto& v) { port_file = v; }},
      {"--port", [&](auto& v) { settings.port = static_cast<std::uint16_t>(number(v)); }},
      {"--log", [&](auto& v) { log_file = v; }},
      {"--stats", [&](auto& v) { stats_file = v; }},
      {"--latency-ms", [&](auto& v) { settings.latency = std::chrono::milliseconds(number(v)); }},
      {"--token", [&](auto& v) { github.token = v; }},
      {"--base-path", [&](auto& v) { settings.base_path = v; }},
      {"--serve-objects", [&](auto& v) { github.serve_objects = on(v); }},
      {"--bulk", [&](auto& v) { github.bulk_listing = on(v); }},
      {"--attestations", [&](auto& v) { github.attestations = on(v); }},
      {"--installed-version", [&](auto& v) { github.installed_version = v; }},
      {"--renamed-from", [&](auto& v) { github.renamed_from = v; }},
      {"--rate-limit", [&](auto& v) { github.rate_limit = number(v); }},
      {"--dead-links", [&](auto& v) { github.dead_links = number(v); }},
      {"--page-cap", [&](auto& v) { github.page_cap = number(v); }},
      {"--once-each", [&](auto& v) { settings.once_each = acr::loopback::survivable_fault(v); }},
      {"--fault", [&](auto& v) { settings.faults.push_back(acr::loopback::planned_fault(v)); }},
  };
  for (int i = 1; i < argc; ++i) {
    std::string const word = argv[i];
    if (word == "--help") return std::cout << usage, 0;
    if (word == "--fault-kinds") {
      for (auto const& kind : acr::loopback::planned_fault_kinds()) std::cout << kind << '\n';
      return 0;
    }
    if (word == "--read-only") {
      github.read_only_token = true;
    } else if (auto const option = options.find(word); option != options.end()) {
      if (++i == argc) throw std::invalid_argument(word + " needs a value");
      option->second(argv[i]);
    } else if (word.starts_with("-") || !github.scenario.empty()) {
      throw std::invalid_argument("unknown argument " + word);
    } else {
      github.scenario = word;
    }
  }
  if (github.scenario.empty()) throw std::invalid_argument("no scenario folder given");

  // Blocked before any thread starts, so that only sigwait() sees them.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  acr::loopback::GithubStandIn stand_in(settings);
  auto const where = "GITHUB_API_URL=" + stand_in.api_url() + "\nSTORAGE_URL=" + stand_in.storage_url() +
                     "\nREPOSITORY=" + stand_in.github().repository().string() + "\n";
  if (port_file.empty())
    std::cout << where << std::flush;
  else
    acr::write_file(port_file, where);
  int signal = 0;
  sigwait(&ends, &signal);
  if (!log_file.empty()) acr::write_file(log_file, stand_in.log_lines());
  if (!stats_file.empty()) acr::write_file(stats_file, stand_in.stats() + "\n");
  for (auto const& violation : stand_in.violations()) std::cerr << "violation: " << violation << '\n';
  return stand_in.violations().empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return serve(argc, argv);
  } catch (std::exception const& error) {
    std::cerr << "loopback-github: " << error.what() << "\n" << usage;
    return 2;
  }
}

// What a whole release costs, with GitHub 50 ms away:
//   release-bench [--charts N]… [--attestations N] [--latency-ms N] [--checkout full|shallow|none]… [--real FOLDER]
//                 [--runs N] [--graphql on|off] [--floor on|off] [--requests FILE] [--keep FOLDER]
// Makes a release (tests/signing), serves it (tests/loopback) and runs the built program as a step. Goals, with a full
// checkout: at most 12 round trips in sequence, requests at most 10 + attestations/100 + downloads, peak memory at most 64 MB;
// 1,000 charts take at most 10.5 times as long as 100, with at most 1.5 times the memory.
//
// With --real, charts have the files of the charts in FOLDER (tests/data/charts) beside a few of their own, each changed a
// little, so that no two are one blob. --runs: the best of so many. --requests: every request with its times. Shallow at most 2
// times, none at most 3 times the wall time of a full checkout, each at most 12 in sequence, none at most 800 requests beside
// the downloads.
//
// Round trips in sequence: the API's longest chain of requests of which each began after the one before had ended, and one for
// the downloads. These do not wait for one another, only for one of 96 places (G-40); how many times the places were filled is
// told apart.
// --floor on, with a full checkout: beside it what the downloads and the bare signature checks take in the same run (goal: 1.25
// times that), and with HELM and one of COSIGN and GH set to programs what a script that calls them would take (goal: a
// fiftieth). release_floor.hpp says how.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "release_floor.hpp"
#include "scenario/release_world.hpp"
#include "signing/scenario.hpp"
#include "support/atomic_file.hpp"
#include "support/temporary_directory.hpp"
#include "support/text.hpp"

namespace {

using acr::test::Checkout;
using acr::test::ReleaseWorld;

struct Options {
  std::vector<std::size_t> charts;
  std::size_t attestations = 5;
  std::chrono::milliseconds latency{50};
  std::vector<Checkout> checkouts;
  std::filesystem::path real;  ///< charts whose files are used; empty: small ones
  std::size_t runs = 1;
  bool graphql = true;
  bool floor = false;
  std::filesystem::path requests;  ///< where every request is written to; empty: nowhere
  std::filesystem::path keep;      ///< where generated releases stay, to be used again
};

struct Measured {
  double wall = 0, cpu = 0, megabytes = 0;
  std::size_t requests = 0, bulk = 0, downloads = 0, in_sequence = 0, waves = 0;
  acr::bench::ReleaseFloor floor;
};

char const* name_of(Checkout checkout) {
  return checkout == Checkout::full ? "full" : checkout == Checkout::shallow ? "shallow" : "none";
}

std::size_t number(std::string const& text) {
  auto const value = acr::to_number(text, 10'000);
  if (!value || *value == 0) throw std::invalid_argument("not a number from 1 to 10000: " + text);
  return static_cast<std::size_t>(*value);
}

Options options_in(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i += 2) {
    std::string const option = argv[i], value = i + 1 < argc ? argv[i + 1] : "";
    if (option == "--charts")
      options.charts.push_back(number(value));
    else if (option == "--attestations")
      options.attestations = number(value);
    else if (option == "--latency-ms")
      options.latency = std::chrono::milliseconds(number(value));
    else if (option == "--real")
      options.real = value;
    else if (option == "--runs")
      options.runs = number(value);
    else if (option == "--graphql" && (value == "on" || value == "off"))
      options.graphql = value == "on";
    else if (option == "--floor" && (value == "on" || value == "off"))
      options.floor = value == "on";
    else if (option == "--requests")
      options.requests = value;
    else if (option == "--keep")
      options.keep = value;
    else if (option == "--checkout" && value == "full")
      options.checkouts.push_back(Checkout::full);
    else if (option == "--checkout" && value == "shallow")
      options.checkouts.push_back(Checkout::shallow);
    else if (option == "--checkout" && value == "none")
      options.checkouts.push_back(Checkout::none);
    else
      throw std::invalid_argument("unknown option " + option + " " + value);
  }
  if (options.charts.empty()) options.charts = {100, 1000};
  if (options.checkouts.empty()) options.checkouts = {Checkout::full, Checkout::shallow, Checkout::none};
  return options;
}

std::size_t chain_of(std::vector<acr::loopback::Logged> log, std::string_view server) {
  std::erase_if(log, [&](auto const& each) { return each.server != server; });
  std::ranges::sort(log, {}, &acr::loopback::Logged::end);
  std::size_t chain = 0;
  std::chrono::microseconds free{-1};
  for (auto const& each : log)
    if (each.begin >= free) ++chain, free = each.end;
  return chain;
}

// The annotations of a run that failed; the whole log of a thousand charts helps nobody.
std::string errors_of(std::string const& log) {
  std::string errors;
  for (auto const line : acr::lines(log))
    if (line.starts_with("::error")) errors += std::string(line) + "\n";
  return errors;
}

Measured measure(std::filesystem::path const& release, Checkout checkout, Options const& options) {
  ReleaseWorld world(release, checkout, [&](acr::loopback::StandInSettings& settings) {
    settings.latency = options.latency;
    settings.github.rate_limit = 1'000'000;  // without a checkout and GraphQL every file costs a request
    settings.github.graphql = options.graphql;
    settings.github.preload_objects = true;
  });
  auto const result = world.start({{"timeout", "3000"}}, true)->wait(std::chrono::hours(1));
  if (result.status != 0 || world.outputs().at("result") != "success")
    throw std::runtime_error("the release failed:\n" + errors_of(result.out) + result.err);
  if (!world.github().violations().empty()) throw std::runtime_error("not GitHub's: " + world.github().violations().front());
  auto const log = world.github().log();
  Measured measured;
  measured.wall = static_cast<double>(result.wall.count()) / 1000;
  measured.cpu = static_cast<double>(result.cpu.count()) / 1000;
  measured.megabytes = static_cast<double>(result.peak_kib) / 1024;
  if (!options.requests.empty()) acr::write_file(options.requests, world.github().log_lines());
  measured.requests = log.size();
  measured.bulk = world.github().count("api", "POST /graphql");
  measured.downloads = world.github().count("storage");
  measured.waves = chain_of(log, "storage");
  measured.in_sequence = chain_of(log, "api") + (measured.downloads > 0 ? 1 : 0);
  if (options.floor && checkout == Checkout::full) measured.floor = acr::bench::measure_floor(release, world.github());
  return measured;
}

// The best of several: other load on the machine only ever adds.
Measured best_of(std::filesystem::path const& release, Checkout checkout, Options const& options) {
  auto best = measure(release, checkout, options);
  for (std::size_t run = 1; run < options.runs; ++run) {
    auto const next = measure(release, checkout, options);
    auto floor = best.floor;
    floor = {std::min(floor.downloads, next.floor.downloads), std::min(floor.checks, next.floor.checks),
             std::min(floor.checks_cpu, next.floor.checks_cpu), std::min(floor.together, next.floor.together)};
    if (next.wall < best.wall) best = next;
    best.floor = floor;
  }
  return best;
}

// Text files of real charts, by the number of the chart that gets them; each says whose it is.
std::map<std::string, acr::signing::ChartExtras> real_files(std::filesystem::path const& folder, std::size_t charts) {
  namespace fs = std::filesystem;
  std::vector<fs::path> sources;
  for (auto const& each : fs::directory_iterator(folder))
    if (fs::exists(each.path() / "Chart.yaml")) sources.push_back(each.path());
  if (sources.empty()) throw std::invalid_argument("no charts in " + folder.string());
  std::ranges::sort(sources);
  std::map<std::string, acr::signing::ChartExtras> extras;
  for (std::size_t i = 0; i < charts; ++i) {
    auto const digits = std::to_string(i + 1);
    auto const name = "service-" + std::string(3 - std::min<std::size_t>(3, digits.size()), '0') + digits;
    auto const& source = sources[i % sources.size()];
    for (auto const& each : fs::recursive_directory_iterator(source)) {
      auto const path = fs::relative(each.path(), source).string();
      auto const extension = each.path().extension();
      bool const text =
          extension == ".yaml" || extension == ".yml" || extension == ".tpl" || extension == ".md" || extension == ".txt";
      if (!each.is_regular_file() || !text || path.starts_with("charts/") || path == "Chart.yaml" ||
          path == "requirements.yaml" || acr::to_lower_ascii(path) == "readme.md")
        continue;
      auto& file = extras[name].files[path];
      file = acr::read_file(each.path(), std::size_t{1} << 20);
      file += "\n# of " + name + "\n";
    }
  }
  return extras;
}

char const* verdict(bool met) { return met ? "met" : "MISSED"; }

void compare_with_goals(std::map<std::size_t, Measured> const& full, std::size_t attestations) {
  if (full.empty()) return;
  auto const& [charts, small] = *full.begin();
  std::size_t const allowed = 10 + charts * attestations / 100 + small.downloads;
  std::printf("goals, full checkout, %zu charts: in sequence %zu of 12 %s; requests %zu of %zu %s; memory %.1f of 64 MB %s\n",
              charts, small.in_sequence, verdict(small.in_sequence <= 12), small.requests, allowed,
              verdict(small.requests <= allowed), small.megabytes, verdict(small.megabytes <= 64));
  auto const& [most, large] = *full.rbegin();
  if (most == charts) return;
  std::printf("goals, %zu against %zu charts: time x %.2f of 10.5 %s; memory x %.2f of 1.5 %s\n", most, charts,
              large.wall / small.wall, verdict(large.wall <= 10.5 * small.wall), large.megabytes / small.megabytes,
              verdict(large.megabytes <= 1.5 * small.megabytes));
}

void compare_checkouts(std::map<Checkout, Measured> const& of, std::size_t charts) {
  auto const full = of.find(Checkout::full);
  if (full == of.end()) return;
  for (auto const& [checkout, m] : of) {
    if (checkout == Checkout::full) continue;
    double const most = checkout == Checkout::shallow ? 2 : 3;
    std::printf("goals, %s checkout, %zu charts: time x %.2f of %.0f %s; in sequence %zu of 12 %s", name_of(checkout), charts,
                m.wall / full->second.wall, most, verdict(m.wall <= most * full->second.wall), m.in_sequence,
                verdict(m.in_sequence <= 12));
    if (checkout == Checkout::none)
      std::printf("; requests beside downloads %zu of 800 %s", m.requests - m.downloads,
                  verdict(m.requests - m.downloads <= 800));
    std::printf("\n");
  }
}

void compare_with_floor(Measured const& full, std::size_t charts, Options const& options) {
  auto const& floor = full.floor;
  double const sum = floor.downloads + floor.checks;
  std::printf(
      "floor, %zu charts: %zu downloads in %zu places %.3f s, bare checks on %zu cores %.3f s (%.3f s of processor time)\n",
      charts, full.downloads, acr::bench::floor_places, floor.downloads, acr::bench::floor_cores, floor.checks,
      floor.checks_cpu);
  std::printf("floor, %zu charts: one after the other %.3f s, at once %.3f s\n", charts, sum, floor.together);
  std::printf("goals, full checkout, %zu charts: time x %.2f of 1.25 times the floor %s (x %.2f of that at once)\n", charts,
              full.wall / sum, verdict(full.wall <= 1.25 * sum), full.wall / floor.together);
  auto const costs = acr::bench::script_costs();
  if (costs.verifier.empty()) return;
  double const latency = static_cast<double>(options.latency.count()) / 1000;
  double const script = acr::bench::script_seconds(costs, charts, full.downloads, latency);
  std::printf(
      "script, %zu charts: %zu x (%s %.1f ms + %.0f ms of waiting) + %zu x (helm package %.1f ms + 4 x git %.1f ms + %.0f ms "
      "of waiting) = %.1f s\n",
      charts, full.downloads, costs.verifier.c_str(), costs.verify * 1e3, latency * 1e3, charts, costs.package * 1e3,
      costs.git * 1e3, latency * 1e3, script);
  std::printf("goals, full checkout, %zu charts: %.0f times faster than the script of 50 %s\n", charts, script / full.wall,
              verdict(script >= 50 * full.wall));
}

int run(Options const& options) {
  acr::test::TemporaryDirectory const scratch;
  std::map<std::size_t, Measured> full;
  std::printf("%7s %-8s %8s %8s %8s %9s %8s %10s %12s %6s\n", "charts", "checkout", "wall s", "cpu s", "peak MB", "requests",
              "GraphQL", "downloads", "in sequence", "waves");
  for (auto const charts : options.charts) {
    auto const release = (options.keep.empty() ? scratch.path() : options.keep) / std::to_string(charts);
    if (!std::filesystem::exists(release / "scenario.json")) {
      acr::signing::ScenarioOptions scenario;
      scenario.charts = charts;
      scenario.attestations = options.attestations;
      if (!options.real.empty()) scenario.extras = real_files(options.real, charts);
      acr::signing::write_scenario(release, scenario);
    }
    std::map<Checkout, Measured> of;
    for (auto const checkout : options.checkouts) {
      auto const m = best_of(release, checkout, options);
      of[checkout] = m;
      if (checkout == Checkout::full) full[charts] = m;
      std::printf("%7zu %-8s %8.2f %8.2f %8.1f %9zu %8zu %10zu %12zu %6zu\n", charts, name_of(checkout), m.wall, m.cpu,
                  m.megabytes, m.requests, m.bulk, m.downloads, m.in_sequence, m.waves);
      std::fflush(stdout);
    }
    compare_checkouts(of, charts);
    if (options.floor && of.contains(Checkout::full)) compare_with_floor(of[Checkout::full], charts, options);
  }
  compare_with_goals(full, options.attestations);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(options_in(argc, argv));
  } catch (std::exception const& error) {
    std::fprintf(stderr, "release-bench: %s\n", error.what());
    return 1;
  }
}

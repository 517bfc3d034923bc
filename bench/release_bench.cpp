// What a whole release costs, with GitHub 50 ms away:
//   release-bench [--charts N]… [--attestations N] [--latency-ms N] [--checkout full|shallow|none]… [--keep FOLDER]
// Makes a release (tests/signing), serves it (tests/loopback) and runs the built program as a step. Goals, with a full
// checkout: at most 12 round trips in sequence, requests at most 10 + attestations/100 + downloads, peak memory at most 64 MB;
// 1,000 charts take at most 10.5 times as long as 100, with at most 1.5 times the memory.
//
// Round trips in sequence: the API's longest chain of requests of which each began after the one before had ended, and one for
// the downloads. These do not wait for one another, only for one of 32 places (G-7); how many times the places were filled is
// told apart.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "scenario/release_world.hpp"
#include "signing/scenario.hpp"
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
  std::filesystem::path keep;  ///< where generated releases stay, to be used again
};

struct Measured {
  double wall = 0, cpu = 0, megabytes = 0;
  std::size_t requests = 0, downloads = 0, in_sequence = 0, waves = 0;
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

Measured measure(std::filesystem::path const& release, Checkout checkout, Options const& options) {
  ReleaseWorld world(release, checkout, [&](acr::loopback::StandInSettings& settings) {
    settings.latency = options.latency;
    settings.github.rate_limit = 1'000'000;  // without a checkout every file costs a request
  });
  auto const result = world.start({{"timeout", "3000"}}, true)->wait(std::chrono::hours(1));
  if (result.status != 0 || world.outputs().at("result") != "success")
    throw std::runtime_error("the release failed:\n" + result.out + result.err);
  if (!world.github().violations().empty()) throw std::runtime_error("not GitHub's: " + world.github().violations().front());
  auto const log = world.github().log();
  Measured measured;
  measured.wall = static_cast<double>(result.wall.count()) / 1000;
  measured.cpu = static_cast<double>(result.cpu.count()) / 1000;
  measured.megabytes = static_cast<double>(result.peak_kib) / 1024;
  measured.requests = log.size();
  measured.downloads = world.github().count("storage");
  measured.waves = chain_of(log, "storage");
  measured.in_sequence = chain_of(log, "api") + (measured.downloads > 0 ? 1 : 0);
  return measured;
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

int run(Options const& options) {
  acr::test::TemporaryDirectory const scratch;
  std::map<std::size_t, Measured> full;
  std::printf("%7s %-8s %8s %8s %8s %9s %10s %12s %6s\n", "charts", "checkout", "wall s", "cpu s", "peak MB", "requests",
              "downloads", "in sequence", "waves");
  for (auto const charts : options.charts) {
    auto const release = (options.keep.empty() ? scratch.path() : options.keep) / std::to_string(charts);
    if (!std::filesystem::exists(release / "scenario.json")) {
      acr::signing::ScenarioOptions scenario;
      scenario.charts = charts;
      scenario.attestations = options.attestations;
      acr::signing::write_scenario(release, scenario);
    }
    for (auto const checkout : options.checkouts) {
      auto const m = measure(release, checkout, options);
      if (checkout == Checkout::full) full[charts] = m;
      std::printf("%7zu %-8s %8.2f %8.2f %8.1f %9zu %10zu %12zu %6zu\n", charts, name_of(checkout), m.wall, m.cpu, m.megabytes,
                  m.requests, m.downloads, m.in_sequence, m.waves);
      std::fflush(stdout);
    }
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

// What keeping trusted roots current costs a run (T-8), with GitHub and the repositories 50 ms away:
//   refresh-bench [--program FILE] [--runs N] [--latency-ms N] [--release FOLDER]
// Runs one release by turns without a refresh (`off`), with one that finds the built-in root to be the current one (`same`:
// three round trips) and with one that has to fetch another (`changed`: four), and prints wall time, time of the processor,
// peak memory and requests. Goals: at most 6 requests to a repository, no longer than without, less than 4 MB more.
#include <algorithm>
#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "scenario/release_world.hpp"
#include "scenario/trust_repository.hpp"
#include "signing/scenario.hpp"
#include "support/places.hpp"
#include "support/text.hpp"

namespace {

using acr::test::ReleaseWorld;
using acr::test::TrustRepository;

struct Series {
  std::vector<double> wall, cpu, megabytes;

  static double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values.at(values.size() / 2);
  }
  void print(char const* name) const {
    std::printf("%-8s %9.3f %9.3f %9.3f %9.3f %9.2f\n", name, median(wall), *std::ranges::min_element(wall),
                *std::ranges::max_element(wall), median(cpu), median(megabytes));
  }
};

int run(std::map<std::string, std::string> const& options) {
  auto const number = [&](char const* name) { return acr::to_number(options.at(name), 10'000).value(); };
  std::chrono::milliseconds const latency(number("--latency-ms"));
  acr::test::TemporaryDirectory const scratch;
  auto release = std::filesystem::path(options.at("--release"));
  if (release.empty()) {
    release = scratch.path() / "release";
    acr::signing::write_scenario(release, {});
  }
  auto const root = acr::test::text_of(release / "trusted_root.json");
  TrustRepository same(root, {.latency = latency}), changed(root, {.latency = latency});
  changed.list(root + "\n");  // the same root in other bytes
  for (auto* each : {&same, &changed}) each->organization = "sample.example";
  ReleaseWorld world(release, acr::test::Checkout::full,
                     [&](acr::loopback::StandInSettings& settings) { settings.latency = latency; });

  std::map<std::string, Series> series;
  for (std::uint64_t i = 0; i < number("--runs"); ++i)
    for (std::string const mode : {"off", "same", "changed"}) {
      auto environment = world.environment;
      environment["ACR_TUF_REPOSITORIES"] = (mode == "changed" ? changed : same).variable("2026-08-21");
      environment["INPUT_TRUSTED-ROOT"] = "";
      environment["INPUT_TRUSTED-ROOT-REFRESH"] = mode == "off" ? "off" : "auto";
      acr::test::RunningProgram program({.program = options.at("--program"),
                                         .environment = environment,
                                         .directory = world.workspace(),
                                         .watch_memory = true});
      auto const result = program.wait();
      if (result.status != 0) throw std::runtime_error("the release failed:\n" + result.out + result.err);
      series[mode].wall.push_back(static_cast<double>(result.wall.count()) / 1000);
      series[mode].cpu.push_back(static_cast<double>(result.cpu.count()) / 1000);
      series[mode].megabytes.push_back(static_cast<double>(result.peak_kib) / 1024);
    }
  std::printf("%-8s %9s %9s %9s %9s %9s\n", "mode", "wall s", "min", "max", "cpu s", "peak MB");
  for (auto const* mode : {"off", "same", "changed"}) series.at(mode).print(mode);
  auto const& off = series["off"];
  for (auto const& [mode, trust] : {std::pair{"same", &same}, std::pair{"changed", &changed}})
    std::printf(
        "%-8s wall %+.3f s, memory %+.2f MB (goal: less than 4), %.1f requests to the repository in a run (goal: at most 6), two of them at once\n",
        mode, Series::median(series[mode].wall) - Series::median(off.wall),
        Series::median(series[mode].megabytes) - Series::median(off.megabytes),
        static_cast<double>(trust->server.request_count()) / static_cast<double>(number("--runs")));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    std::map<std::string, std::string> options{
        {"--program", acr::test::built_program().string()}, {"--runs", "20"}, {"--latency-ms", "50"}, {"--release", ""}};
    for (int i = 1; i < argc; i += 2) {
      if (i + 1 == argc || !options.contains(argv[i])) throw std::invalid_argument(std::string("unknown option ") + argv[i]);
      options[argv[i]] = argv[i + 1];
    }
    return run(options);
  } catch (std::exception const& error) {
    std::fprintf(stderr, "refresh-bench: %s\n", error.what());
    return 1;
  }
}

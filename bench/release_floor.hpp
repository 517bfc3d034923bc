#pragma once

// What a release is compared with: bench/release_floor.hpp
// Below, what no program can do without: its downloads from the same stand-in, and the bare signature checks of its bundles on
// two cores. Above, a workflow's shell script that calls other programs one after another. It is added up, not run: the bundles
// of the bench are those of a Sigstore that no other client trusts, so each call is timed with a genuine bundle and multiplied.

#include <atomic>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "child_process.hpp"
#include "download_floor.hpp"
#include "loopback/github_stand_in.hpp"
#include "signature_floor.hpp"
#include "support/atomic_file.hpp"
#include "support/json.hpp"
#include "support/places.hpp"
#include "support/temporary_directory.hpp"
#include "support/text.hpp"

namespace acr::bench {

constexpr std::size_t floor_places = 96, floor_cores = 2;

/// Seconds.
struct ReleaseFloor {
  double downloads = 0;   ///< all of them
  double checks = 0;      ///< of all bundles, on two cores
  double checks_cpu = 0;  ///< of them, processor time
  double together = 0;    ///< each bundle checked once it has arrived, while others are on their way
};

/// Work of the bundles of a generated release; what is above their leaves is once for all.
inline std::vector<Floor> bundle_floors(std::filesystem::path const& release) {
  JsonLimits limits;
  limits.max_bytes = std::size_t{256} << 20;
  auto const github = parse_json(read_file(release / "github.json", limits.max_bytes), "github.json", limits).value();
  auto const root =
      sigstore::parse_trusted_root(read_file(release / "trusted_root.json", std::size_t{1} << 20), "trusted_root.json").value();
  sigstore::SignatureMemory memory;
  sigstore::ChainVerifier const chains(root.certificate_authorities, memory);
  std::vector<Floor> floors;
  for (auto const& attestation : *array_in(github, "attestations")) {
    auto const bundle = sigstore::parse_bundle(boost::json::serialize(*find(attestation, "bundle"))).value();
    auto const path = chains.paths(sigstore::Certificate::parse(*bundle.leaf()).value()).value();
    floors.push_back(floor_of(bundle, path.front(), root));
    if (floors.size() > 1) floors.back().of_chains.clear();
  }
  return floors;
}

inline void do_bare_work(Floor const& floor) {
  for (auto const* keys : {&floor.of_bundle, &floor.of_chains})
    for (auto const& key : *keys) bare_check(key);
  for (auto const& bytes : floor.hashed) (void)sha256(bytes);
}

/// `stand_in` has just served a whole release; its log says what was downloaded.
inline ReleaseFloor measure_floor(std::filesystem::path const& release, loopback::GithubStandIn& stand_in) {
  std::vector<std::string> targets;
  for (auto const& each : stand_in.log())
    if (each.server == "storage") targets.push_back(each.target);
  auto const floors = bundle_floors(release);
  if (targets.size() != floors.size()) throw std::runtime_error("not every bundle was downloaded once");

  ReleaseFloor measured;
  measured.downloads = download_all(stand_in.storage_port(), targets, floor_places);
  std::atomic<std::size_t> next{0};
  std::counting_semaphore<> arrived{0};
  auto const work_all = [&](bool wait) {
    std::vector<std::jthread> threads;
    next = 0;
    for (std::size_t core = 0; core < floor_cores; ++core)
      threads.emplace_back([&, wait] {
        for (auto at = next++; at < floors.size(); at = next++) {
          if (wait) arrived.acquire();
          do_bare_work(floors[at]);
        }
      });
  };
  auto const seconds = [](auto const& work) {
    auto const begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  auto const cpu = [] { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; };
  auto const before = cpu();
  measured.checks = seconds([&] { work_all(false); });
  measured.checks_cpu = cpu() - before;
  measured.together = seconds([&] {
    std::jthread const downloads(
        [&] { download_all(stand_in.storage_port(), targets, floor_places, [&](std::size_t) { arrived.release(); }); });
    work_all(true);
  });
  return measured;
}

/// What the script's calls cost, wall seconds each.
struct ScriptCosts {
  double verify = 0, package = 0, git = 0;
  std::string verifier;
};

inline void take_faster(ScriptCosts& costs, std::string const& verifier, std::vector<std::string> const& words) {
  auto const cost = best_start(words, 10);
  std::printf("  %s: %.1f ms of wall time, %.1f ms of processor time for a bundle\n", verifier.c_str(), cost.wall * 1e3,
              cost.cpu * 1e3);
  if (costs.verifier.empty() || cost.wall < costs.verify) costs.verify = cost.wall, costs.verifier = verifier;
}

/// Nothing to compare with: `verifier` stays empty.
inline ScriptCosts script_costs() {
  ScriptCosts costs;
  std::string const data = test::data_folder().string() + "/sigstore/", folder = data + "github/reusable-workflow/";
  std::string const bundle = folder + "bundle.sigstore.json", root = data + "trusted_root_public_good.json",
                    file = folder + "artifact", type = "https://slsa.dev/provenance/v1";
  std::string const identity(trimmed(read_file(folder + "identity", 4096))),
      issuer(trimmed(read_file(folder + "issuer", 4096)));
  if (auto const cosign = other_program("COSIGN"))
    take_faster(costs, "cosign", cosign_words(*cosign, bundle, root, identity, issuer, type, file));
  if (auto const gh = other_program("GH"))
    take_faster(costs, "gh",
                {*gh, "attestation", "verify", file, "--bundle", bundle, "--custom-trusted-root", root, "--owner", "github",
                 "--cert-identity", identity, "--cert-oidc-issuer", issuer, "--predicate-type", type});
  auto const helm = other_program("HELM");
  if (costs.verifier.empty() || !helm) {
    std::printf("the script of other programs: left out, HELM and one of COSIGN and GH must be set\n");
    return {};
  }
  test::TemporaryDirectory const out;
  std::size_t charts = 0;
  for (auto const& chart : std::filesystem::directory_iterator(test::data_folder() / "charts")) {
    if (!chart.is_directory()) continue;
    costs.package += best_start({*helm, "package", "-d", out.path().string(), chart.path().string()}, 3).wall;
    ++charts;
  }
  costs.package /= static_cast<double>(charts);
  costs.git = best_start({"git", "--version"}, 20).wall;
  return costs;
}

/// Seconds of `charts` charts with so many bundles each: a request for each listing and download, a verifier for each bundle,
/// `helm package`, and git for the tag, its commit, and the trees at tag and head.
inline double script_seconds(ScriptCosts const& costs, std::size_t charts, std::size_t bundles, double latency) {
  constexpr double git_calls = 4;
  auto const of = [](std::size_t count) { return static_cast<double>(count); };
  return of(bundles) * (costs.verify + latency) + of(charts) * (costs.package + git_calls * costs.git + latency);
}

}  // namespace acr::bench

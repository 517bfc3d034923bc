// Packaging a hundred real charts: our own code against the real Helm and against the bare deflate library.
//   HELM=/path/to/helm package-bench [RUNS]
// The charts of tests/data/charts are copied under a hundred names. CPU is user and system time of the process, or of Helm's;
// each line is the best of RUNS (7) runs, as other load on the machine only ever adds. Helm's single call is its own best case:
// one process, and it waits for no disk. Goals against it: a fifth of the processor time, a third of the wall time. Without
// HELM its lines are left out.

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "chart/gzip_writer.hpp"
#include "chart/package_command.hpp"
#include "child_process.hpp"
#include "support/atomic_file.hpp"
#include "support/places.hpp"
#include "support/text.hpp"

namespace fs = std::filesystem;
using namespace acr::chart;
using acr::bench::Cost;

namespace {

constexpr std::int64_t epoch = 1700000000;

double own_cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  auto const seconds = [](timeval const& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::size_t runs = 7;

Cost best_cost(std::function<void()> const& work) {
  Cost best{1e9, 1e9};
  for (std::size_t i = 0; i < runs; ++i) {
    auto const cpu = own_cpu_seconds();
    auto const start = std::chrono::steady_clock::now();
    work();
    std::chrono::duration<double> const wall = std::chrono::steady_clock::now() - start;
    best.cpu = std::min(best.cpu, own_cpu_seconds() - cpu);
    best.wall = std::min(best.wall, wall.count());
  }
  return best;
}

void show(std::string const& what, Cost const& cost) {
  std::printf("%-52s CPU %8.1f ms   wall %8.1f ms\n", what.c_str(), cost.cpu * 1e3, cost.wall * 1e3);
  std::fflush(stdout);
}

long peak_kib(int who) {
  rusage usage{};
  ::getrusage(who, &usage);
  return usage.ru_maxrss;
}

/// A hundred charts below a folder that goes with it.
struct Corpus {
  fs::path const scratch = fs::temp_directory_path() / ("acr-bench-" + acr::random_hex(6));
  std::vector<fs::path> charts;
  std::size_t different = 0;  ///< the rest are copies of these, in the same order

  Corpus() {
    std::vector<std::string> names;
    auto const source = acr::test::data_folder() / "charts";
    for (auto const& entry : fs::directory_iterator(source))
      if (entry.is_directory()) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    different = names.size();
    for (std::size_t i = 0; i < 100; ++i) {
      auto const target = scratch / std::to_string(i / different) / names[i % different];
      fs::create_directories(target.parent_path());
      fs::copy(source / names[i % different], target, fs::copy_options::recursive);
      charts.push_back(target);
    }
  }
  ~Corpus() {
    std::error_code ignored;
    fs::remove_all(scratch, ignored);
  }
  Corpus(Corpus const&) = delete;
  Corpus& operator=(Corpus const&) = delete;
};

PackageOptions options() {
  PackageOptions options;
  options.time = epoch;
  return options;
}

/// As the terminal command: one command per copy of the corpus, as two charts of one name may not be written to one file.
Cost whole_command(Corpus const& corpus, std::size_t workers) {
  PackageCommand command;
  command.workers = workers;
  command.epoch = epoch;
  command.keep_going = true;  // frobnitz and frobnitz-bom make one file name: the second is refused, the rest written
  return best_cost([&] {
    for (std::size_t i = 0; i < corpus.charts.size(); i += corpus.different) {
      auto const at = [&](std::size_t n) {
        return corpus.charts.begin() + static_cast<std::ptrdiff_t>(std::min(n, corpus.charts.size()));
      };
      command.charts.assign(at(i), at(i + corpus.different));
      command.destination = corpus.scratch / "out" / std::to_string(i);
      for (auto const& outcome : run_package_command(command))
        if (outcome.file.empty() && outcome.chart.filename() != "frobnitz-bom")
          throw std::runtime_error("not packaged: " + outcome.chart.string());
    }
  });
}

Cost written_without_sync(Corpus const& corpus) {
  return best_cost([&] {
    auto const staging = corpus.scratch / "staged";
    fs::create_directories(staging);
    for (std::size_t i = 0; i < corpus.charts.size(); ++i)
      acr::write_staged_file(staging / std::to_string(i), package(DirectoryTree(corpus.charts[i]), "", options())->bytes);
    fs::remove_all(staging);
  });
}

/// The parts, one worker.
void show_parts(Corpus const& corpus) {
  show("ours, 1 worker: without fsync, removed again", written_without_sync(corpus));
  auto const in_memory = best_cost([&] {
    for (auto const& chart : corpus.charts) static_cast<void>(package(DirectoryTree(chart), "", options()));
  });
  show("ours, 1 worker: without writing files", in_memory);
  show("ours, 1 worker: without writing and deflating", best_cost([&] {
         for (auto const& chart : corpus.charts) static_cast<void>(package_tar(DirectoryTree(chart), "", options()));
       }));
  std::vector<std::string> tars;
  std::size_t tar_bytes = 0, packed = 0;
  for (auto const& chart : corpus.charts) {
    tars.push_back(*package_tar(DirectoryTree(chart), "", options()));
    tar_bytes += tars.back().size();
  }
  auto const deflate = best_cost([&] {
    packed = 0;
    for (auto const& tar : tars) packed += gzip(tar).size();
  });
  show("the deflate library alone on the same tar streams", deflate);
  std::printf("%.1f MiB of tar, %.2f MiB packed; deflate alone / packaging in memory (speed share) %.2f\n",
              static_cast<double>(tar_bytes) / 1048576, static_cast<double>(packed) / 1048576, deflate.cpu / in_memory.cpu);
}

void compare_with_helm(Corpus const& corpus, std::string const& helm, Cost const& one, Cost const& all) {
  std::string const out = (corpus.scratch / "helm").string();
  std::vector<std::string> together{helm, "package", "-d", out};
  for (auto const& chart : corpus.charts) together.push_back(chart.string());
  auto const once = acr::bench::best_start(together, runs);
  show("helm package, all charts in one call", once);
  Cost each;
  for (auto const& chart : corpus.charts) {
    auto const call = acr::bench::best_start({helm, "package", "-d", out, chart.string()}, std::min<std::size_t>(runs, 3));
    each = {each.cpu + call.cpu, each.wall + call.wall};
  }
  show("helm package, one call each", each);
  std::printf(
      "Helm's one call / ours: CPU %.2f with 1 worker, %.2f with all (goal 5); wall %.2f with 1, %.2f with all (goal 3)\n",
      once.cpu / one.cpu, once.cpu / all.cpu, once.wall / one.wall, once.wall / all.wall);
  std::printf("Helm's hundred calls / ours: CPU %.1f with 1 worker (goal 50)\n", each.cpu / one.cpu);
  std::printf("peak memory: Helm %ld KiB\n", peak_kib(RUSAGE_CHILDREN));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc > 1) runs = std::max<std::size_t>(1, std::strtoul(argv[1], nullptr, 10));
    Corpus const corpus;
    auto const cores = std::max(1U, std::thread::hardware_concurrency());
    auto const one = whole_command(corpus, 1);
    auto const peak = peak_kib(RUSAGE_SELF);
    show("ours, 1 worker: read, check, package, fsync", one);
    auto const all = whole_command(corpus, cores);
    show("ours, " + std::to_string(cores) + " workers (the default)", all);
    std::printf("peak memory: ours %ld KiB with 1 worker, %ld KiB with all\n", peak, peak_kib(RUSAGE_SELF));
    show_parts(corpus);
    if (auto const helm = acr::bench::other_program("HELM"))
      compare_with_helm(corpus, *helm, one, all);
    else
      std::printf("helm: left out, HELM is not set\n");
    return 0;
  } catch (std::exception const& error) {
    std::fprintf(stderr, "package-bench: %s\n", error.what());
    return 1;
  }
}

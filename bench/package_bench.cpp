// Packaging a hundred real charts: our own code against the real Helm and against the bare deflate library.
//   HELM=/path/to/helm package-bench [WORKERS [RUNS]]
// The charts of tests/data/charts are copied under a hundred names. CPU is user and system time of the
// process or of the children it waited for; each line is the best of RUNS (7) runs, as other load on the machine only
// ever adds. Helm's single call is its own best case: one process, and it waits for no disk.

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "chart/gzip_writer.hpp"
#include "chart/package_command.hpp"
#include "support/atomic_file.hpp"
#include "support/places.hpp"
#include "support/text.hpp"

namespace fs = std::filesystem;
using namespace acr::chart;

namespace {

struct Cost {
  double cpu = 0, wall = 0;
};

double cpu_seconds(int who) {
  rusage usage{};
  ::getrusage(who, &usage);
  auto const seconds = [](timeval const& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::size_t runs = 7;

Cost best_cost(int who, std::function<void()> const& work) {
  Cost best{1e9, 1e9};
  for (std::size_t i = 0; i < runs; ++i) {
    auto const cpu = cpu_seconds(who);
    auto const start = std::chrono::steady_clock::now();
    work();
    std::chrono::duration<double> const wall = std::chrono::steady_clock::now() - start;
    best.cpu = std::min(best.cpu, cpu_seconds(who) - cpu);
    best.wall = std::min(best.wall, wall.count());
  }
  return best;
}

void show(char const* what, Cost const& cost) {
  std::printf("%-52s CPU %8.1f ms   wall %8.1f ms\n", what, cost.cpu * 1e3, cost.wall * 1e3);
}

void run_helm(std::string const& helm, std::vector<std::string> arguments) {
  std::vector<char*> argv;
  arguments.insert(arguments.begin(), helm);
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  auto const child = ::fork();
  if (child == 0) {
    if (!std::freopen("/dev/null", "w", stdout)) ::_exit(126);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (status != 0) {
    std::fprintf(stderr, "helm failed with status %d\n", status);
    std::exit(1);
  }
}

long peak_kib(int who) {
  rusage usage{};
  ::getrusage(who, &usage);
  return usage.ru_maxrss;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t const workers = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1;
  if (argc > 2) runs = std::strtoul(argv[2], nullptr, 10);
  char const* const helm_variable = std::getenv("HELM");
  std::string const helm = helm_variable ? helm_variable : "helm";

  auto const scratch = fs::temp_directory_path() / ("acr-bench-" + acr::random_hex(6));
  std::vector<fs::path> charts;
  std::vector<std::string> names;
  for (auto const& entry : fs::directory_iterator(acr::test::data_folder() / "charts"))
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  for (std::size_t i = 0; i < 100; ++i) {
    auto const target = scratch / std::to_string(i / names.size()) / names[i % names.size()];
    fs::create_directories(target.parent_path());
    fs::copy(acr::test::data_folder() / "charts" / names[i % names.size()], target, fs::copy_options::recursive);
    charts.push_back(target);
  }

  PackageCommand command;
  command.workers = workers;
  command.epoch = 1700000000;
  // One command per copy of the corpus: two charts of one name may not be written to one file.
  auto const ours = [&] {
    for (std::size_t i = 0; i < charts.size(); i += names.size()) {
      command.charts.assign(charts.begin() + static_cast<std::ptrdiff_t>(i),
                            charts.begin() + static_cast<std::ptrdiff_t>(std::min(i + names.size(), charts.size())));
      command.destination = scratch / "out" / std::to_string(i);
      for (auto const& outcome : run_package_command(command))
        if (outcome.file.empty() && outcome.chart.filename() != "frobnitz-bom") std::exit(1);
    }
  };
  // frobnitz and frobnitz-bom make one file name; let the second be refused and the rest be written.
  command.keep_going = true;
  auto const packaging = best_cost(RUSAGE_SELF, ours);
  auto const our_peak = peak_kib(RUSAGE_SELF);

  std::vector<std::string> tars;
  std::size_t tar_bytes = 0;
  PackageOptions options;
  options.time = command.epoch;
  for (auto const& chart : charts) {
    DirectoryTree const tree(chart);
    tars.push_back(*package_tar(tree, "", options));
    tar_bytes += tars.back().size();
  }
  auto const in_memory = best_cost(RUSAGE_SELF, [&] {
    for (auto const& chart : charts) static_cast<void>(package(DirectoryTree(chart), "", options));
  });
  auto const staged_only = best_cost(RUSAGE_SELF, [&] {
    auto const staging = scratch / "staged";
    fs::create_directories(staging);
    for (std::size_t i = 0; i < charts.size(); ++i) {
      auto const made = package(DirectoryTree(charts[i]), "", options);
      acr::write_staged_file(staging / std::to_string(i), made->bytes);
    }
    fs::remove_all(staging);
  });
  auto const without_deflate = best_cost(RUSAGE_SELF, [&] {
    for (auto const& chart : charts) static_cast<void>(package_tar(DirectoryTree(chart), "", options));
  });
  std::size_t packed = 0;
  auto const deflate = best_cost(RUSAGE_SELF, [&] {
    packed = 0;
    for (auto const& tar : tars) packed += gzip(tar).size();
  });

  std::vector<std::string> all{"package", "-d", (scratch / "helm").string()};
  for (auto const& chart : charts) all.push_back(chart.string());
  auto const helm_once = best_cost(RUSAGE_CHILDREN, [&] { run_helm(helm, all); });
  auto const helm_each = best_cost(RUSAGE_CHILDREN, [&] {
    for (auto const& chart : charts) run_helm(helm, {"package", "-d", (scratch / "helm").string(), chart.string()});
  });
  auto const helm_peak = peak_kib(RUSAGE_CHILDREN);
  fs::remove_all(scratch);

  std::printf("100 charts, %.1f MiB of tar, %.2f MiB packed, %zu worker(s)\n", static_cast<double>(tar_bytes) / 1048576,
              static_cast<double>(packed) / 1048576, workers);
  show("ours: read, check, package, write with fsync", packaging);
  show("ours: the same without fsync, removed again", staged_only);
  show("ours: without writing files", in_memory);
  show("ours: without writing and deflating", without_deflate);
  show("the deflate library alone on the same tar streams", deflate);
  show("helm package, all charts in one call", helm_once);
  show("helm package, one call each", helm_each);
  std::printf("Helm's one call / ours, CPU                        %8.1f\n", helm_once.cpu / packaging.cpu);
  std::printf("Helm's hundred calls / ours, CPU                   %8.1f\n", helm_each.cpu / packaging.cpu);
  std::printf("bare deflate / packaging in memory (speed share)   %8.2f\n", deflate.cpu / in_memory.cpu);
  std::printf("peak memory: ours %ld KiB, Helm %ld KiB\n", our_peak, helm_peak);
}

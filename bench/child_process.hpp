#pragma once

// What a program costs that is started for one call: bench/child_process.hpp

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace acr::bench {

/// Seconds.
struct Cost {
  double cpu = 0, wall = 0;
};

/// Runs a program with its words; its output goes nowhere. Throws std::runtime_error when it does not exit with 0.
inline Cost cost_of_start(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  auto const begin = std::chrono::steady_clock::now();
  auto const child = ::fork();
  if (child == 0) {
    int const nowhere = ::open("/dev/null", O_RDWR);
    for (int const stream : {0, 1, 2}) ::dup2(nowhere, stream);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  std::chrono::duration<double> const wall = std::chrono::steady_clock::now() - begin;
  if (status != 0) {
    std::string shown;
    for (auto const& word : words) shown += (shown.empty() ? "" : " ") + word;
    throw std::runtime_error("it failed: " + shown);
  }
  auto const seconds = [](timeval const& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; };
  return {seconds(usage.ru_utime) + seconds(usage.ru_stime), wall.count()};
}

/// The least of so many starts, processor and wall time each: other load on the machine only ever adds.
inline Cost best_start(std::vector<std::string> const& words, std::size_t starts) {
  Cost best{1e9, 1e9};
  for (std::size_t i = 0; i < starts; ++i) {
    auto const cost = cost_of_start(words);
    best = {std::min(best.cpu, cost.cpu), std::min(best.wall, cost.wall)};
  }
  return best;
}

/// A program to compare with, as an environment variable names it.
inline std::optional<std::string> other_program(char const* variable) {
  char const* const value = std::getenv(variable);
  return value != nullptr && *value != '\0' ? std::optional<std::string>(value) : std::nullopt;
}

/// `cosign` verifying one attestation bundle offline.
inline std::vector<std::string> cosign_words(std::string const& cosign, std::string const& bundle, std::string const& root,
                                             std::string const& identity, std::string const& issuer, std::string const& type,
                                             std::string const& file) {
  return {cosign,
          "verify-blob-attestation",
          "--bundle",
          bundle,
          "--trusted-root",
          root,
          "--certificate-identity",
          identity,
          "--certificate-oidc-issuer",
          issuer,
          "--type",
          type,
          "--offline",
          file};
}

}  // namespace acr::bench

#pragma once

// Archives from https repositories and OCI registries: src/dependencies/network_source.hpp (dependencies.md 3, 4, 6, 7)

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "dependencies/archive_source.hpp"
#include "dependencies/fetcher.hpp"
#include "dependencies/limits.hpp"

namespace acr::dependencies {

/// What a whole run may fetch (D-35); smaller in tests.
struct RunLimits {
  std::size_t archives = limits::run_archives;
  std::uint64_t archive_bytes = limits::run_archive_bytes;
  std::uint64_t index_bytes = limits::run_index_bytes;
  std::size_t kept_bytes = limits::run_archive_kept_bytes;  ///< of archives, in memory
};

/// An ArchiveSource over the network. Each index, token and archive is asked for once in the object's life (D-35).
class NetworkSource final : public ArchiveSource {
 public:
  /// `http` tries again by Request::retry (net::RetryingHttp) and must live longer. `workers` ≥ 1: exchanges at one time.
  /// `temporary`: directory for archives that do not stay in memory; empty: the system's.
  NetworkSource(net::Http& http, HostSettings settings, std::size_t workers, std::filesystem::path temporary,
                RunLimits limits = {});
  ~NetworkSource() override;

  /// What can be said of an order without asking anybody: dep-repository, dep-host-denied (D-6: before all fetching).
  [[nodiscard]] Verdict<void> check(ArchiveOrder const& order) const;

  /// Thread-safe; one call at a time goes on.
  [[nodiscard]] std::vector<Verdict<FetchedArchive>> fetch(std::vector<ArchiveOrder> const& orders) override;
  [[nodiscard]] std::vector<std::string> hosts() const override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace acr::dependencies

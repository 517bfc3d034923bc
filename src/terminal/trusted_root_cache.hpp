#pragma once

// Trusted roots between two commands on a terminal: src/terminal/trusted_root_cache.hpp (T-35)

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "release/trusted_root_refresh.hpp"

namespace acr::terminal {

/// One directory for each instance, below `${XDG_CACHE_HOME:-$HOME/.cache}/atomic-chart-release/tuf`.
class TrustedRootCache {
 public:
  /// Empty: nothing is kept.
  explicit TrustedRootCache(std::filesystem::path directory) : directory_(std::move(directory)) {}
  static TrustedRootCache of(std::function<std::optional<std::string>(std::string const&)> const& environment);

  /// The copy of less than a day ago when it passes every check, else what the repository says, which is kept. `always`: the
  /// repository is asked in any case.
  release::RefreshOutcome refresh(release::TrustSource const& source, net::Http& http, Time now, bool always) const;
  /// What is kept, of any age; no request. Not fresh: nothing usable is there.
  [[nodiscard]] release::RefreshOutcome kept(release::TrustSource const& source, Time now) const;

 private:
  std::filesystem::path directory_;
};

}  // namespace acr::terminal

#pragma once

// Terminal commands about trusted roots: src/terminal/trusted_root_commands.hpp (T-12, T-35, T-36)

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "release/trusted_root_refresh.hpp"
#include "terminal/command.hpp"
#include "terminal/commands.hpp"

namespace acr::terminal {

Command trusted_roots_command();

/// `--refresh` of inspect and verify-bundle: current roots, from the cache or the repositories.
class TerminalRefresh {
 public:
  explicit TerminalRefresh(Terminal const& terminal);
  /// For VerifierOptions::current_root.
  [[nodiscard]] std::function<Verdict<std::optional<sigstore::TrustedRoot>>(std::string const& organization)> current_root();
  /// Of what could not be refreshed: 1 wrong, 3 unreachable or expired; else what `status` says.
  [[nodiscard]] ExitStatus status_or(ExitStatus status) const;

 private:
  std::shared_ptr<net::HttpClient> client_;  // before what uses it
  std::shared_ptr<release::TrustedRootRefresh> refresh_;
  std::shared_ptr<ExitStatus> status_;
};

}  // namespace acr::terminal

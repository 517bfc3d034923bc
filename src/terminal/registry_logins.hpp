#pragma once

// The user's own registry logins, on a terminal: src/terminal/registry_logins.hpp (dependencies.md D-36, D-38)
// Of `helm registry login` first, then of `docker login`, as Helm looks for them. The action reads neither.

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dependencies/login_file.hpp"
#include "terminal/commands.hpp"

namespace acr::terminal {

class RegistryLogins {
 public:
  /// Nothing is read before the first registry asks for a password. What `terminal` refers to must live longer.
  explicit RegistryLogins(Terminal const& terminal);
  /// Prints what could not be used, and stood in nobody's way, as warnings.
  ~RegistryLogins();
  RegistryLogins(RegistryLogins const&) = delete;
  RegistryLogins& operator=(RegistryLogins const&) = delete;

  /// This must live longer than what is given back. Empty inside Actions.
  [[nodiscard]] dependencies::FindLogin find_login();

 private:
  using Found = Verdict<std::optional<dependencies::Login>>;
  Found find(std::string_view host, std::uint16_t port);
  Found look_for(std::string_view host, std::uint16_t port);
  Found ask_helper(dependencies::LoginFile::Entry const& entry, std::string const& file, std::string_view host,
                   std::uint16_t port);
  void read_files();
  [[nodiscard]] std::vector<std::filesystem::path> files() const;
  [[nodiscard]] std::string variable(char const* name) const;

  Terminal terminal_;
  std::mutex mutex_;  ///< of all below; a program asks one question at a time
  bool read_ = false;
  std::vector<std::pair<std::string, dependencies::LoginFile>> logins_;  ///< by path
  std::map<std::pair<std::string, std::uint16_t>, Found> found_;
  std::vector<std::string> warnings_;
};

}  // namespace acr::terminal

#pragma once

// What `docker login` and `helm registry login` keep: src/dependencies/login_file.hpp (dependencies.md D-36, D-38, binding.md
// B-27) One JSON file: passwords in `auths`, or the names of programs that keep them (`credHelpers`, `credsStore`). Nothing of
// a password is repeated in a refusal.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "dependencies/credentials.hpp"
#include "support/verdict.hpp"

namespace acr::dependencies {

/// A credential of such a file, and the file or program that it comes from.
struct Login {
  Credential credential;
  std::string source;
};

/// The login for a registry's host and port; a refusal when one is meant for it that cannot be used. Thread-safe.
using FindLogin = std::function<Verdict<std::optional<Login>>(std::string_view host, std::uint16_t port)>;

class LoginFile {
 public:
  /// `path` is for messages. Refused: what is not such a file at all.
  static Verdict<LoginFile> parse(std::string_view text, std::string path);

  /// What the file says of one registry: a password, a program to be asked, or nothing.
  struct Entry {
    std::optional<Login> login{};
    std::string helper{};  ///< NAME of `docker-credential-NAME`
    std::string server{};  ///< what it is asked for
    bool named = false;    ///< the file names this registry, so that a login is meant for it
  };
  /// An entry of its own in `credHelpers`, else the `credsStore`, else `auths`. A key counts for its host and port alone: those
  /// with `http://` or with a path are passed over. Code dep-auth: an entry for this registry that cannot be used.
  [[nodiscard]] Verdict<Entry> entry(std::string_view host, std::uint16_t port) const;

 private:
  struct Kept {
    std::string auth;           ///< Base64 of user:password
    bool by_token = false;      ///< an identity or registry token stands in the password's place
    bool is_of_strings = true;  ///< it has the form of an entry
  };
  std::string path_;
  std::map<std::string, Kept> auths_;
  std::map<std::string, std::string> helpers_;  ///< empty value: not a program's name
  std::string store_;
  bool store_is_name_ = true;
};

/// What `docker-credential-NAME get` printed: `{"ServerURL":…,"Username":…,"Secret":…}`. Code dep-auth; `source` is for
/// messages.
Verdict<Login> read_helper_answer(std::string_view json, std::string_view host, std::uint16_t port, std::string const& source);

/// The refusal of a login that is meant for a registry and cannot be used.
Rejection unusable_login(std::string source, std::string why, std::string_view host, std::uint16_t port);

}  // namespace acr::dependencies

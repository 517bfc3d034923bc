#pragma once

// A private certificate authority made when the test starts: tests/loopback/authority.hpp

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace acr::loopback {

/// What a TLS server shows: PEM texts.
struct Identity {
  std::string certificate;
  std::string key;
  bool only_tls11 = false;  ///< the server speaks nothing newer
};

class Authority {
 public:
  /// A fresh P-256 root.
  Authority();
  ~Authority();
  Authority(Authority const&) = delete;
  Authority& operator=(Authority const&) = delete;

  /// PEM of the root, and the path of a file that holds it (gone with this object): the client's CA file.
  [[nodiscard]] std::string const& pem() const { return pem_; }
  [[nodiscard]] std::filesystem::path const& file() const { return file_; }

  /// A server certificate for `names` (DNS names or addresses), valid for a day around now.
  [[nodiscard]] Identity identity(std::vector<std::string> const& names) const;
  /// The same, ended yesterday.
  [[nodiscard]] Identity expired_identity(std::vector<std::string> const& names) const;
  /// A valid certificate, but the server speaks TLS 1.1 only.
  [[nodiscard]] Identity old_identity(std::vector<std::string> const& names) const;

 private:
  [[nodiscard]] Identity issue(std::vector<std::string> const& names, long from, long until) const;
  struct Keys;
  std::unique_ptr<Keys> keys_;
  std::string pem_;
  std::filesystem::path file_;
};

}  // namespace acr::loopback

#pragma once

// The logs of the virtual signing world: certificate transparency, Rekor v1, Rekor v2. Trees, proofs and notes are written from
// the definitions (RFC 6962 §2.1, C2SP signed-note), not from the verifier's algorithms.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "signing/certificate_authority.hpp"
#include "signing/documents.hpp"
#include "signing/key.hpp"

namespace acr::signing {

/// One signed certificate timestamp before it is signed.
struct SctParts {
  std::uint8_t version = 0;
  std::string log_id;  ///< 32 raw bytes
  std::uint64_t timestamp_ms = 0;
  std::string extensions;
  std::uint8_t hash_algorithm = 4, signature_algorithm = 3;
  std::string issuer_key_hash;  ///< 32 raw bytes
  std::string tbs;
  std::string signature;  ///< set: used as it is
};

class CtLog {
 public:
  explicit CtLog(Key key) : key_(std::move(key)) {}
  [[nodiscard]] Key const& key() const { return key_; }
  [[nodiscard]] std::string id() const;
  [[nodiscard]] SctParts parts(std::string_view issuer_spki, std::string tbs, std::int64_t seconds) const;
  /// One SerializedSCT, without its length.
  [[nodiscard]] std::string serialized(SctParts const& parts) const;

 private:
  Key key_;
};

/// The extension 1.3.6.1.4.1.11129.2.4.2 with a list of SerializedSCTs.
Extension sct_extension(std::vector<std::string> const& scts);

/// RFC 6962 §2.1: MTH and PATH, by recursion.
std::string tree_root(std::vector<std::string> const& leaf_hashes);
std::vector<std::string> tree_path(std::vector<std::string> const& leaf_hashes, std::size_t index);
std::string leaf_hash(std::string_view entry);

struct NoteLine {
  std::string name;
  std::string hint;       ///< 4 raw bytes
  std::string signature;  ///< raw
};

/// Text, empty line, signature lines.
std::string note(std::string_view text, std::vector<NoteLine> const& lines);

/// Where a test can step in while an entry is logged.
struct LogHooks {
  std::function<void(std::string& body)> body;                   ///< before it is logged
  std::function<void(EntryParts&)> before_promise;               ///< before the SET is signed
  std::function<void(std::string& text)> checkpoint_text;        ///< before it is signed
  std::function<void(std::vector<NoteLine>&)> checkpoint_lines;  ///< after
};

class RekorLog {
 public:
  /// v1: `first_index` is the global index of the shard's first leaf. The tree starts with `strangers` leaves of other people.
  static RekorLog v1(std::string host, Key key, std::int64_t first_index = 1000000, std::size_t strangers = 5);
  static RekorLog v2(std::string host, Key key, std::size_t strangers = 5);

  [[nodiscard]] Key const& key() const { return key_; }
  [[nodiscard]] std::string const& host() const { return host_; }
  [[nodiscard]] bool is_v2() const { return v2_; }
  /// v1: SHA-256 of the key; v2: the note key's full hash.
  [[nodiscard]] std::string id() const;
  [[nodiscard]] std::string hint() const { return id().substr(0, 4); }

  /// Logs `body` and gives the entry with promise (v1, `promise`) and proof.
  EntryParts add(std::string kind, std::string version, std::string body, std::int64_t seconds, LogHooks const& hooks = {});
  /// A note about the tree as it is.
  [[nodiscard]] std::string checkpoint(LogHooks const& hooks = {}) const;
  /// The promise's payload, signed.
  [[nodiscard]] std::string promise(EntryParts const& entry) const;

 private:
  RekorLog(bool v2, std::string host, Key key, std::int64_t first_index, std::size_t strangers);
  bool v2_;
  std::string host_;
  Key key_;
  std::int64_t first_index_;
  std::vector<std::string> leaves_;  ///< hashes
};

/// A witness' line on a checkpoint (C2SP tlog-cosignature): timestamped Ed25519.
NoteLine cosignature(Key const& witness, std::string const& name, std::string_view checkpoint_text, std::int64_t seconds);

}  // namespace acr::signing

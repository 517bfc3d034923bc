#pragma once

// A TUF repository in memory with keys of its own: tests/tuf_signing/repository.hpp
// Documents are plain JSON objects that a test changes before they are signed, so that each clause can be broken on purpose.

#include <boost/json.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/time.hpp"
#include "tuf/client.hpp"
#include "tuf/store.hpp"

namespace acr::tuftest {

namespace json = boost::json;

/// A private key that signs as T-18's schemes do.
class SigningKey {
 public:
  static SigningKey ecdsa();
  static SigningKey ecdsa_p384();
  static SigningKey ed25519();
  static SigningKey rsa(unsigned bits = 2048);

  /// As metadata hold it.
  [[nodiscard]] json::object document() const;
  /// ECDSA: the uncompressed point in hex, as old roots have it.
  [[nodiscard]] std::string point_hex() const;
  [[nodiscard]] std::string pem() const;
  /// Raw signature bytes.
  [[nodiscard]] std::string sign(std::string_view message) const;
  std::string id;  ///< as given by the test; of a fresh key some unique text

 private:
  struct State;
  std::shared_ptr<State const> state_;
};

/// One of a pool that is made once: making keys is what costs time.
SigningKey pooled_key(std::size_t index);

inline constexpr std::string_view far = "2030-01-01T00:00:00Z";
inline constexpr std::string_view past = "2025-01-01T00:00:00Z";
inline Time const now = *parse_rfc3339("2026-08-25T00:00:00Z");

/// `{"signatures": […], "signed": …}`, signed by each key once.
std::string signed_file(json::object const& content, std::vector<SigningKey> const& keys);

/// Root, timestamp, snapshot, targets in version 1, each role with a key of its own.
class Repository {
 public:
  Repository();

  json::object root, timestamp, snapshot, targets;         ///< what is published next
  std::map<std::string, std::vector<SigningKey>> signers;  ///< by role
  std::map<std::string, std::string> files;                ///< by request path below metadata: "2.root.json"

  /// Puts keys and threshold of `role` into root.
  void set_role(std::string const& role, std::vector<SigningKey> keys, std::int64_t threshold = 1);
  /// A new root version, signed by the root keys before and after.
  void publish_root(std::vector<SigningKey> const& old_keys);
  void publish_root() { publish_root(signers["root"]); }
  /// New versions of these, linked: targets in snapshot, snapshot in timestamp.
  void publish();
  /// The documents as they are, without new versions or links.
  void publish_as_is();
  void publish_timestamp() { files["timestamp.json"] = signed_file(timestamp, signers["timestamp"]); }
  void publish_snapshot();
  void publish_targets();

  /// Lists a target and keeps its bytes at its path.
  void add_target(json::object& targets_document, std::string const& name, std::string const& bytes);
  /// A delegation of `delegator` (a targets document) to `name`; `more` are members such as paths.
  static json::object& delegate(json::object& delegator, std::string const& name, std::vector<SigningKey> const& keys,
                                std::int64_t threshold, bool terminating, std::vector<std::string> const& paths);
  /// Publishes a delegated role's document as version `version` and lists it in the snapshot (publish_snapshot comes after).
  void publish_delegated(std::string const& name, json::object document, std::vector<SigningKey> const& keys);

  [[nodiscard]] std::string const& initial_root() const { return files.at("1.root.json"); }

  [[nodiscard]] json::object& listed_targets() { return snapshot["meta"].as_object()["targets.json"].as_object(); }
  [[nodiscard]] json::object& listed_snapshot() { return timestamp["meta"].as_object()["snapshot.json"].as_object(); }

  std::map<std::string, std::string> target_files;  ///< by request path below targets
};

json::object empty_targets(std::int64_t version = 1);

/// What a refresh asked for, and how it ended.
struct Outcome {
  std::optional<Rejection> rejection;
  std::vector<std::string> requests;
  std::int64_t root = 0, targets = 0;
  std::string found;  ///< bytes of the target, when one was asked for
  [[nodiscard]] std::string code() const { return rejection ? std::string(rejection->code.text()) : "fine"; }
};

struct RefreshOptions {
  std::optional<tuf::BuiltIn> built_in{};
  Time time = now;
  bool follow_delegations = true;
  std::vector<std::string> targets{};  ///< in this order, by one client
  /// Stands between repository and client: nothing is a 404.
  std::function<std::optional<std::string>(std::string const& path)> fetch{};
};

/// Drives a client over `repository`, beginning with the stored root.
Outcome refresh(Repository const& repository, tuf::Store& store, RefreshOptions const& options = {});
/// The same with the first root built in and nothing stored.
Outcome refresh(Repository const& repository, RefreshOptions options = {});

}  // namespace acr::tuftest

#pragma once

// One refresh of a TUF repository as a state machine: src/tuf/client.hpp
// TUF specification 1.0.34 section 5, rules T-22 … T-31; docs/rules/trusted-roots.md has each clause with its tests.
//
//   tuf::Client client(store, now, {});
//   auto step = client.start({.root = built_in});
//   while (step && client.wanted()) step = client.take(fetched(client.wanted()->path));
//   if (step) step = client.find("trusted_root.json"); …
//
// Opens no socket and reads no clock: it is fed bytes and says which file it wants next.

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/time.hpp"
#include "support/verdict.hpp"
#include "tuf/metadata.hpp"
#include "tuf/store.hpp"

namespace acr::tuf {

/// The least versions that count besides what is stored (T-6): those that the built-in copy was taken from. 0: none is known.
struct Floors {
  std::int64_t timestamp = 0;
  std::int64_t snapshot = 0;
  std::int64_t targets = 0;
};

/// Where trust begins when nothing newer is stored.
struct BuiltIn {
  std::string_view root;  ///< bytes of a root.json
  Floors floors;
};

enum class FileKind { root, timestamp, snapshot, targets, delegated, target };

/// A file that is needed next.
struct Wanted {
  FileKind kind = FileKind::root;
  std::string path;           ///< below the metadata's address, or the targets' for `target`; encoded
  std::size_t max_bytes = 0;  ///< reading stops there (T-30)
};

/// A target as verified metadata lists it.
struct FoundTarget {
  std::string name;
  std::string path;  ///< below the targets' address, encoded (T-31)
  Target target;
};

class Client {
 public:
  /// `store` must live longer. `now` was taken before the first request (T-22). `follow_delegations`: false looks in the
  /// top-level targets only, as a run does (T-29).
  Client(Store& store, Time now, bool follow_delegations);

  // Each step succeeds, or says why the refresh has failed; then nothing more may be asked of this object. Codes: "tuf-root"
  // (no root to begin with), "tuf-malformed", "tuf-too-large", "tuf-signatures", "tuf-version", "tuf-rollback", "tuf-length",
  // "tuf-digest", "tuf-expired", "tuf-unlisted", "tuf-no-target", "tuf-target-name".

  /// T-23. Without `built_in` the stored root is the only one.
  Verdict<void> start(std::optional<BuiltIn> const& built_in);
  /// What to fetch next. Nothing when the step that was asked for is done.
  [[nodiscard]] std::optional<Wanted> const& wanted() const { return wanted_; }
  /// The bytes of wanted().
  Verdict<void> take(std::string_view bytes);
  /// The server said 403 or 404 to wanted(), a root: the walk ends (T-24).
  Verdict<void> no_newer_root();

  /// Once root, timestamp, snapshot and targets are verified: looks for a target (T-29). While wanted() is something, a
  /// delegated role is needed.
  Verdict<void> find(std::string_view target);
  /// What find() has found.
  [[nodiscard]] std::optional<FoundTarget> const& found() const { return found_; }
  /// Wants the file of found(); take() compares it and leaves keeping it to the caller (T-31).
  void want_target();

  [[nodiscard]] std::int64_t root_version() const { return root_.version; }
  [[nodiscard]] std::int64_t targets_version() const { return targets_->version; }
  [[nodiscard]] std::int64_t timestamp_version() const { return timestamp_.version; }
  [[nodiscard]] std::int64_t snapshot_version() const { return snapshot_.version; }
  /// The earliest of the four expiries.
  [[nodiscard]] Time expires() const;

 private:
  /// A delegation on the way, with the keys of the role that made it.
  struct Visit {
    std::string delegator;
    Delegation delegation;
    std::shared_ptr<Targets const> keys_of;
  };

  Verdict<void> begin_root_walk();
  Verdict<void> take_root(std::string_view bytes);
  Verdict<void> finish_root_walk();
  Verdict<void> take_timestamp(std::string_view bytes);
  Verdict<void> use_timestamp(Timestamp timestamp);
  Verdict<void> want_snapshot();
  Verdict<Snapshot> checked_snapshot(std::string_view bytes, std::string const& file) const;
  Verdict<void> use_snapshot(Snapshot snapshot);
  Verdict<Targets> checked_targets(std::string_view bytes, std::string const& file, ListedFile const& listed, Role const& role,
                                   KeyTable const& keys) const;
  Verdict<void> use_targets(Targets targets);
  void enter(std::string const& name, std::shared_ptr<Targets const> const& targets);
  Verdict<void> search();
  Verdict<void> check_expiry(Common const& metadata, std::string const& file) const;
  [[nodiscard]] std::string versioned(std::int64_t version, std::string const& name) const;
  void want(FileKind kind, std::string path, std::size_t max_bytes);

  Store& store_;
  Time now_;
  bool follow_delegations_;
  Floors floors_;
  std::optional<Wanted> wanted_;

  Root root_;
  std::size_t root_updates_ = 0;
  std::optional<Timestamp> stored_timestamp_;
  Timestamp timestamp_;
  std::optional<Snapshot> stored_snapshot_;
  Snapshot snapshot_;
  std::shared_ptr<Targets const> targets_;
  bool refreshed_ = false;

  std::string sought_;
  std::vector<Visit> ahead_;  ///< the next one is the last
  std::optional<Visit> visit_;
  std::set<std::pair<std::string, std::string>> visited_;  ///< delegator and role
  std::optional<FoundTarget> found_;
};

/// T-31: length, every known hash, and at least one known. Codes "tuf-length", "tuf-digest".
Verdict<void> check_content(std::string_view bytes, std::string_view file, std::optional<std::int64_t> length,
                            std::optional<Hashes> const& hashes);

}  // namespace acr::tuf

// See client.hpp.
#include "tuf/client.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>

#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"
#include "tuf/limits.hpp"

namespace acr::tuf {
namespace {

Rejection refuse(Code code, std::string_view file, std::string why, std::string rule) {
  return reject(code, std::string(file), std::move(why)).rule(std::move(rule));
}

/// T-19, T-20.
template <class T>
Verdict<void> check_signatures(Signed<T> const& file, std::string_view name, Role const& role, KeyTable const& keys,
                               std::string_view whose) {
  auto const count = count_signers(role, keys, file.signatures, file.bytes);
  if (count >= role.threshold) return {};
  return refuse("tuf-signatures", name, "too few keys of " + std::string(whose) + " have signed it", "T-20")
      .expected("signatures of " + std::to_string(role.threshold) + " keys")
      .found(std::to_string(count));
}

Verdict<void> check_version(std::int64_t version, std::string_view name, std::int64_t wanted, std::string rule) {
  if (version == wanted) return {};
  return refuse("tuf-version", name, "the file has another version than was asked for", std::move(rule))
      .expected(std::to_string(wanted))
      .found(std::to_string(version));
}

/// A file never gets older (T-26, T-27, and T-6 for what was built in).
Verdict<void> check_rollback(std::int64_t version, std::string_view name, std::string_view what, std::int64_t known,
                             std::string rule) {
  if (version >= known) return {};
  return refuse("tuf-rollback", name, std::string(what) + " is older than one that was verified before", std::move(rule))
      .expected("version " + std::to_string(known) + " or newer")
      .found(std::to_string(version));
}

/// A limit may only get smaller by what the metadata say (T-30).
std::size_t limit_of(ListedFile const& listed, std::size_t limit) {
  if (!listed.length || static_cast<std::uint64_t>(*listed.length) >= limit) return limit;
  return static_cast<std::size_t>(*listed.length);
}

/// T-31: the file's address below the targets'.
Verdict<std::string> target_path(std::string_view name, Target const& target, bool with_hash) {
  std::string prefix;
  if (with_hash) {
    auto const sha256 = target.hashes.find("sha256");
    auto const found = sha256 != target.hashes.end() ? sha256 : target.hashes.find("sha512");
    if (found == target.hashes.end()) return refuse("tuf-digest", name, "neither its sha256 nor its sha512 is listed", "T-31");
    // It becomes part of an address.
    if (!is_lower_hex(found->second, found == sha256 ? 64 : 128))
      return refuse("tuf-digest", name, "its listed hash is not lower-case hex of that algorithm", "T-31")
          .found(found->second.substr(0, 130));
    prefix = found->second + ".";
  }
  std::string path;
  auto const segments = split(name, '/');
  for (std::size_t i = 0; i < segments.size(); ++i)
    path += (i == 0 ? "" : "/") + (i + 1 == segments.size() ? prefix : std::string()) + percent_encode(segments[i]);
  return path;
}

}  // namespace

Verdict<void> check_content(std::string_view bytes, std::string_view file, std::optional<std::int64_t> length,
                            std::optional<Hashes> const& hashes) {
  if (length && static_cast<std::uint64_t>(*length) != bytes.size())
    return refuse("tuf-length", file, "the file does not have the listed length", "T-31")
        .expected(std::to_string(*length) + " bytes")
        .found(std::to_string(bytes.size()) + " bytes");
  if (!hashes) return {};
  bool any = false;
  for (auto const& [name, algorithm] :
       {std::pair{"sha256", HashAlgorithm::sha256}, std::pair{"sha512", HashAlgorithm::sha512}}) {
    auto const listed = hashes->find(name);
    if (listed == hashes->end()) continue;
    any = true;
    if (auto const found = hex(digest(algorithm, bytes)); found != listed->second)
      return refuse("tuf-digest", file, std::string("the file does not have the listed ") + name, "T-31")
          .expected(listed->second.substr(0, 130))
          .found(found);
  }
  if (!any) return refuse("tuf-digest", file, "neither its sha256 nor its sha512 is listed", "T-31");
  return {};
}

Client::Client(Store& store, Time now, bool follow_delegations)
    : store_(store), now_(now), follow_delegations_(follow_delegations) {}

void Client::want(FileKind kind, std::string path, std::size_t max_bytes) {
  wanted_ = Wanted{kind, std::move(path), max_bytes};
}

std::string Client::versioned(std::int64_t version, std::string const& name) const {
  return root_.consistent_snapshot ? std::to_string(version) + "." + name : name;  // T-21
}

Verdict<void> Client::check_expiry(Common const& metadata, std::string const& file) const {
  if (now_ < metadata.expires) return {};
  return refuse("tuf-expired", file, "the file has expired", "T-17")
      .expected("a time after " + to_text(now_))
      .found(to_text(metadata.expires));
}

Time Client::expires() const { return std::min({root_.expires, timestamp_.expires, snapshot_.expires, targets_->expires}); }

// Root (T-23 … T-25)

namespace {

/// A root that its own keys vouch for.
Verdict<Root> self_signed_root(std::string_view bytes, std::string_view file) {
  auto root = parse_root(bytes, file);
  if (!root) return root.error();
  auto const own = check_signatures(*root, file, root->content.root, root->content.keys, "the root itself");
  if (!own) return own.error();
  return std::move(root->content);
}

}  // namespace

Verdict<void> Client::start(std::optional<BuiltIn> const& built_in) {
  auto const bytes = store_.load("root", limits::root_bytes);
  auto stored =
      bytes ? self_signed_root(*bytes, "stored root.json")
            : Verdict<Root>(refuse("tuf-root", "stored root.json", "the file is missing, unreadable or too large", "T-23"));
  if (!built_in) {
    if (!stored) return stored.error();
    root_ = std::move(*stored);
    return begin_root_walk();
  }
  auto const initial = self_signed_root(built_in->root, "built-in root.json");
  if (!initial) return initial.error();
  floors_ = built_in->floors;
  if (stored && stored->version >= initial->version) {
    root_ = std::move(*stored);
    // T-25 between the two: steps that were stored by an earlier refresh have dropped the floors already.
    if (!same_signers(initial->timestamp, initial->keys, root_.timestamp, root_.keys) ||
        !same_signers(initial->snapshot, initial->keys, root_.snapshot, root_.keys))
      floors_ = {};
  } else {
    store_.clear();
    store_.save("root", built_in->root);
    root_ = *initial;
  }
  return begin_root_walk();
}

Verdict<void> Client::begin_root_walk() {
  // T-24: the next refresh goes on from there.
  if (root_updates_ == limits::root_updates || root_.version == std::numeric_limits<std::int64_t>::max())
    return finish_root_walk();
  want(FileKind::root, std::to_string(root_.version + 1) + ".root.json", limits::root_bytes);
  return {};
}

Verdict<void> Client::take_root(std::string_view bytes) {
  std::string const file = std::to_string(root_.version + 1) + ".root.json";
  auto const next = parse_root(bytes, file);
  if (!next) return next.error();
  if (auto const old_keys = check_signatures(*next, file, root_.root, root_.keys, "the root before it"); !old_keys)
    return old_keys.error();
  if (auto const own_keys = check_signatures(*next, file, next->content.root, next->content.keys, "the root itself"); !own_keys)
    return own_keys.error();
  if (auto const version = check_version(next->content.version, file, root_.version + 1, "T-24"); !version)
    return version.error();
  // T-25, before the root is stored: a kill in between must not lose it.
  if (!same_signers(root_.timestamp, root_.keys, next->content.timestamp, next->content.keys) ||
      !same_signers(root_.snapshot, root_.keys, next->content.snapshot, next->content.keys)) {
    store_.drop("timestamp");
    store_.drop("snapshot");
    floors_ = {};
  }
  store_.save("root", bytes);
  root_ = next->content;
  ++root_updates_;
  return begin_root_walk();
}

Verdict<void> Client::no_newer_root() {
  if (!wanted_ || wanted_->kind != FileKind::root) throw std::logic_error("only a walk over roots ends with a missing file");
  wanted_.reset();
  return finish_root_walk();
}

Verdict<void> Client::finish_root_walk() {
  if (auto const fresh = check_expiry(root_, std::to_string(root_.version) + ".root.json"); !fresh) return fresh.error();
  // A stored file that the newest root's keys do not vouch for is as if it were not there (T-26, T-27).
  if (auto const bytes = store_.load("timestamp", limits::timestamp_bytes))
    if (auto const stored = parse_timestamp(*bytes, "stored timestamp.json");
        stored && check_signatures(*stored, "", root_.timestamp, root_.keys, ""))
      stored_timestamp_ = stored->content;
  want(FileKind::timestamp, "timestamp.json", limits::timestamp_bytes);
  return {};
}

// Timestamp (T-26)

Verdict<void> Client::take_timestamp(std::string_view bytes) {
  constexpr std::string_view file = "timestamp.json";
  auto const next = parse_timestamp(bytes, file);
  if (!next) return next.error();
  if (auto const keys = check_signatures(*next, file, root_.timestamp, root_.keys, "the role timestamp"); !keys)
    return keys.error();
  auto const& found = next->content;
  auto const known = std::max(stored_timestamp_ ? stored_timestamp_->version : 0, floors_.timestamp);
  if (auto const newer = check_rollback(found.version, file, "the file", known, "T-26"); !newer) return newer.error();
  // Equal versions: the stored one counts, whatever else the new one says.
  if (stored_timestamp_ && stored_timestamp_->version == found.version) {
    if (auto const used = use_timestamp(*stored_timestamp_); !used) return used.error();
    return want_snapshot();
  }
  auto const snapshot = stored_timestamp_ ? stored_timestamp_->snapshot.version : 0;
  if (auto const newer = check_rollback(found.snapshot.version, file, "the snapshot in it", snapshot, "T-26"); !newer)
    return newer.error();
  if (auto const used = use_timestamp(found); !used) return used.error();
  store_.save("timestamp", bytes);
  return want_snapshot();
}

Verdict<void> Client::use_timestamp(Timestamp timestamp) {
  constexpr auto file = "timestamp.json";
  if (auto const newer = check_rollback(timestamp.snapshot.version, file, "the snapshot in it", floors_.snapshot, "T-26");
      !newer)
    return newer.error();
  if (auto const fresh = check_expiry(timestamp, file); !fresh) return fresh.error();
  timestamp_ = std::move(timestamp);
  return {};
}

// Snapshot (T-27)

Verdict<void> Client::want_snapshot() {
  if (auto const bytes = store_.load("snapshot", limits::snapshot_bytes)) {
    if (auto const stored = parse_snapshot(*bytes, "stored snapshot.json");
        stored && check_signatures(*stored, "", root_.snapshot, root_.keys, "")) {
      if (auto usable = checked_snapshot(*bytes, "stored snapshot.json")) return use_snapshot(std::move(*usable));
      stored_snapshot_ = stored->content;  // a floor, expired or not
    }
  }
  want(FileKind::snapshot, versioned(timestamp_.snapshot.version, "snapshot.json"),
       limit_of(timestamp_.snapshot, limits::snapshot_bytes));
  return {};
}

Verdict<Snapshot> Client::checked_snapshot(std::string_view bytes, std::string const& file) const {
  auto const& listed = timestamp_.snapshot;
  if (auto const content = check_content(bytes, file, listed.length, listed.hashes); !content) return content.error();
  auto parsed = parse_snapshot(bytes, file);
  if (!parsed) return parsed.error();
  if (auto const keys = check_signatures(*parsed, file, root_.snapshot, root_.keys, "the role snapshot"); !keys)
    return keys.error();
  auto& snapshot = parsed->content;
  if (auto const version = check_version(snapshot.version, file, listed.version, "T-27"); !version) return version.error();
  auto const targets = snapshot.files.find("targets.json");
  if (targets == snapshot.files.end()) return refuse("tuf-unlisted", file, "it does not list targets.json", "T-27");
  if (stored_snapshot_)
    for (auto const& [name, before] : stored_snapshot_->files) {
      auto const now = snapshot.files.find(name);
      if (now == snapshot.files.end()) return refuse("tuf-rollback", file, "it no longer lists " + name, "T-27");
      if (auto const newer = check_rollback(now->second.version, file, name, before.version, "T-27"); !newer)
        return newer.error();
    }
  if (auto const newer = check_rollback(targets->second.version, file, "targets.json", floors_.targets, "T-6"); !newer)
    return newer.error();
  if (auto const fresh = check_expiry(snapshot, file); !fresh) return fresh.error();
  return std::move(snapshot);
}

Verdict<void> Client::use_snapshot(Snapshot snapshot) {
  snapshot_ = std::move(snapshot);
  auto const& listed = snapshot_.files.find("targets.json")->second;
  if (auto const bytes = store_.load("targets", limits::targets_bytes))
    if (auto stored = checked_targets(*bytes, "stored targets.json", listed, root_.targets, root_.keys))
      return use_targets(std::move(*stored));
  want(FileKind::targets, versioned(listed.version, "targets.json"), limit_of(listed, limits::targets_bytes));
  return {};
}

// Targets (T-28)

Verdict<Targets> Client::checked_targets(std::string_view bytes, std::string const& file, ListedFile const& listed,
                                         Role const& role, KeyTable const& keys) const {
  if (auto const content = check_content(bytes, file, listed.length, listed.hashes); !content) return content.error();
  auto parsed = parse_targets(bytes, file);
  if (!parsed) return parsed.error();
  if (auto const signers = check_signatures(*parsed, file, role, keys, "the role"); !signers) return signers.error();
  if (auto const version = check_version(parsed->content.version, file, listed.version, "T-28"); !version)
    return version.error();
  if (auto const fresh = check_expiry(parsed->content, file); !fresh) return fresh.error();
  return std::move(parsed->content);
}

Verdict<void> Client::use_targets(Targets targets) {
  targets_ = std::make_shared<Targets const>(std::move(targets));
  refreshed_ = true;
  return {};
}

Verdict<void> Client::take(std::string_view bytes) {
  if (!wanted_) throw std::logic_error("no file is wanted");
  Wanted const wanted = *wanted_;
  wanted_.reset();
  switch (wanted.kind) {
    case FileKind::root:
      return take_root(bytes);
    case FileKind::timestamp:
      return take_timestamp(bytes);
    case FileKind::snapshot: {
      auto snapshot = checked_snapshot(bytes, wanted.path);
      if (!snapshot) return snapshot.error();
      store_.save("snapshot", bytes);
      return use_snapshot(std::move(*snapshot));
    }
    case FileKind::targets: {
      auto targets =
          checked_targets(bytes, wanted.path, snapshot_.files.find("targets.json")->second, root_.targets, root_.keys);
      if (!targets) return targets.error();
      store_.save("targets", bytes);
      return use_targets(std::move(*targets));
    }
    case FileKind::delegated: {
      auto const& [delegator, delegation, keys_of] = *visit_;
      auto targets = checked_targets(bytes, wanted.path, snapshot_.files.find(delegation.name + ".json")->second,
                                     delegation.role, keys_of->keys);
      if (!targets) return targets.error();
      store_.save(encoded_role(delegation.name), bytes);
      enter(std::string(delegation.name), std::make_shared<Targets const>(std::move(*targets)));
      return search();
    }
    case FileKind::target:
      return check_content(bytes, found_->name, found_->target.length, found_->target.hashes);
  }
  throw std::logic_error("no such kind of file");
}

// Delegations (T-29)

Verdict<void> Client::find(std::string_view target) {
  if (!refreshed_) throw std::logic_error("targets are looked for after a refresh");
  auto const segments = split(target, '/');
  if (std::any_of(segments.begin(), segments.end(), [](std::string_view s) { return s.empty() || s == "." || s == ".."; }))
    return refuse("tuf-target-name", target, "a target's name cannot have an empty, `.` or `..` segment", "T-31");
  sought_ = target;
  ahead_.clear();
  visited_.clear();
  visit_.reset();
  found_.reset();
  enter("targets", targets_);
  return search();
}

void Client::enter(std::string const& name, std::shared_ptr<Targets const> const& targets) {
  if (auto const target = targets->targets.find(sought_); target != targets->targets.end()) {
    found_ = FoundTarget{sought_, {}, target->second};
    return;
  }
  if (!follow_delegations_) return;
  auto const& delegations = targets->delegations;
  for (auto delegation = delegations.rbegin(); delegation != delegations.rend(); ++delegation)
    if (delegation->covers(sought_)) ahead_.push_back({name, *delegation, targets});
}

Verdict<void> Client::search() {
  while (!found_) {
    if (ahead_.empty() || visited_.size() == limits::delegation_visits)
      return refuse("tuf-no-target", sought_, "the verified metadata do not list this target", "T-29");
    visit_ = std::move(ahead_.back());
    ahead_.pop_back();
    auto const& [delegator, delegation, keys_of] = *visit_;
    if (!visited_.emplace(delegator, delegation.name).second) continue;
    if (delegation.terminating) ahead_.clear();  // nothing further of this delegator, of those above, or waiting elsewhere
    auto const listed = snapshot_.files.find(delegation.name + ".json");
    if (listed == snapshot_.files.end())
      return refuse("tuf-unlisted", delegation.name, "the snapshot does not list this delegated role", "T-29");
    auto const encoded = encoded_role(delegation.name);
    // With the keys by which it is reached this time, also when it was verified with others before.
    if (auto const bytes = store_.load(encoded, limits::targets_bytes))
      if (auto stored =
              checked_targets(*bytes, "stored " + encoded + ".json", listed->second, delegation.role, keys_of->keys)) {
        enter(std::string(delegation.name), std::make_shared<Targets const>(std::move(*stored)));
        continue;
      }
    want(FileKind::delegated, versioned(listed->second.version, encoded + ".json"),
         limit_of(listed->second, limits::targets_bytes));
    return {};
  }
  auto path = target_path(sought_, found_->target, root_.consistent_snapshot);
  if (!path) return path.error();
  found_->path = std::move(*path);
  return {};
}

void Client::want_target() {
  if (!found_) throw std::logic_error("no target was found");
  want(FileKind::target, found_->path, static_cast<std::size_t>(found_->target.length));
}

}  // namespace acr::tuf

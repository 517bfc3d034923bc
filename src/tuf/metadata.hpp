#pragma once

// The four kinds of TUF metadata as plain values: src/tuf/metadata.hpp (TUF specification 1.0.34 section 4; T-15 … T-21, T-28,
// T-29) Parsing decides nothing about trust: who signed is checked by client.cpp.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/time.hpp"
#include "support/verdict.hpp"
#include "tuf/key.hpp"

namespace acr::tuf {

/// Algorithm ("sha256") to hex digits, as listed: both foreign text.
using Hashes = std::map<std::string, std::string, std::less<>>;

/// What all kinds have (T-17).
struct Common {
  std::int64_t version = 0;
  Time expires;
};

struct Root : Common {
  bool consistent_snapshot = false;
  KeyTable keys;
  Role root, timestamp, snapshot, targets;
};

/// One file as timestamp or snapshot list it.
struct ListedFile {
  std::int64_t version = 0;
  std::optional<std::int64_t> length;
  std::optional<Hashes> hashes;
};

struct Timestamp : Common {
  ListedFile snapshot;
};

struct Snapshot : Common {
  std::map<std::string, ListedFile, std::less<>> files;  ///< by "<role>.json"
};

struct Target {
  std::int64_t length = 0;
  Hashes hashes;
};

/// A role that another role hands targets to (T-29).
struct Delegation {
  std::string name;
  Role role;
  bool terminating = false;
  std::vector<std::string> paths;                              ///< patterns
  std::optional<std::vector<std::string>> path_hash_prefixes;  ///< in place of `paths`

  [[nodiscard]] bool covers(std::string_view target) const;
};

struct Targets : Common {
  std::map<std::string, Target, std::less<>> targets;  ///< by path
  KeyTable keys;                                       ///< of the delegations
  std::vector<Delegation> delegations;                 ///< in order of appearance
};

template <class T>
struct Signed {
  T content;
  std::string bytes;  ///< that the signatures are made over (T-16)
  std::vector<Signature> signatures;
};

// One file each. `file` is its name for rejections: "tuf-too-large", "tuf-malformed".
Verdict<Signed<Root>> parse_root(std::string_view text, std::string_view file);
Verdict<Signed<Timestamp>> parse_timestamp(std::string_view text, std::string_view file);
Verdict<Signed<Snapshot>> parse_snapshot(std::string_view text, std::string_view file);
Verdict<Signed<Targets>> parse_targets(std::string_view text, std::string_view file);

/// A role's name as part of requests and file names (T-29): percent-encoded whole.
std::string encoded_role(std::string_view name);

/// True when `path` matches `pattern` segment by segment (T-29).
bool matches_path(std::string_view pattern, std::string_view path);

}  // namespace acr::tuf

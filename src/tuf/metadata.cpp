// See metadata.hpp.
#include "tuf/metadata.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"
#include "tuf/json_reading.hpp"
#include "tuf/limits.hpp"

namespace acr::tuf {
namespace {

namespace json = boost::json;

std::string at(std::string_view place, std::size_t index) { return std::string(place) + "[" + std::to_string(index) + "]"; }

/// `1.0`, `1.0.31` (T-17).
bool is_known_version(std::string_view text) {
  auto const parts = split(text, '.');
  return (parts.size() == 2 || parts.size() == 3) && parts.front() == "1" &&
         std::all_of(parts.begin(), parts.end(), [](std::string_view part) { return to_number(part).has_value(); });
}

std::vector<std::string> read_texts(Reading& reading, json::array const& elements, std::string const& place,
                                    std::string_view rule) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < elements.size() && !reading.refused(); ++i) {
    auto const* const text = elements[i].if_string();
    if (!text) reading.refuse(at(place, i), "this is not a string", rule);
    if (text) texts.emplace_back(text->data(), text->size());
  }
  return texts;
}

std::vector<Signature> read_signatures(Reading& reading, Fields& top) {
  std::vector<Signature> signatures;
  std::set<std::string> ids;
  auto const& elements = top.array("signatures");
  for (std::size_t i = 0; i < elements.size() && !reading.refused(); ++i) {
    Fields fields(reading, &elements[i], at("signatures", i), "T-15");
    Signature signature{fields.text("keyid"), fields.text("sig")};
    // Known key or not: which of two signatures counts must not be a question.
    if (!ids.insert(signature.key_id).second)
      reading.refuse(at("signatures", i), "a key id signs twice", "T-20", {}, signature.key_id);
    signatures.push_back(std::move(signature));
  }
  return signatures;
}

Common read_common(Reading& reading, Fields& fields, std::string_view type) {
  if (auto const found = fields.text("_type"); found != type)
    reading.refuse("signed._type", "this is another kind of metadata", "T-17", std::string(type), found);
  if (auto const version = fields.text("spec_version"); !is_known_version(version))
    reading.refuse("signed.spec_version", "the version of the specification is not known", "T-17", "1.x or 1.x.y", version);
  Common common;
  common.version = fields.integer("version", 1);
  auto const text = fields.text("expires");
  auto const expires = parse_rfc3339(text);
  if (!expires) reading.refuse("signed.expires", "this is not a time", "T-17", "2026-01-31T12:00:00Z", text);
  common.expires = expires.value_or(Time{});
  return common;
}

KeyTable read_keys(Reading& reading, json::object const& members, std::string const& place) {
  KeyTable keys;
  for (auto const& [id, value] : members) {
    if (reading.refused()) break;
    Fields fields(reading, &value, place + "." + std::string(id), "T-18");
    KeyText key{fields.text("keytype"), fields.text("scheme"), {}};
    auto const& inner = fields.object("keyval");
    // A key that is not understood is kept, and verifies nothing.
    auto const* const text = inner.if_contains("public");
    if (text && text->is_string()) key.value = std::string(text->get_string());
    keys.emplace(std::string(id), std::move(key));
  }
  return keys;
}

Role read_role(Reading& reading, Fields& fields) {
  Role role;
  role.key_ids = read_texts(reading, fields.array("keyids"), fields.place("keyids"), "T-20");
  role.threshold = fields.integer("threshold", 1);
  return role;
}

Hashes read_hashes(Reading& reading, Fields& fields) {
  Hashes hashes;
  for (auto const& [algorithm, value] : fields.object("hashes")) {
    auto const* const text = value.if_string();
    if (!text) reading.refuse(fields.place("hashes"), "a hash is not a string", "T-27");
    if (text) hashes.emplace(std::string(algorithm), std::string(text->data(), text->size()));
  }
  if (hashes.empty()) reading.refuse(fields.place("hashes"), "no hash is listed", "T-27");
  return hashes;
}

std::map<std::string, ListedFile, std::less<>> read_files(Reading& reading, Fields& signed_fields) {
  std::map<std::string, ListedFile, std::less<>> files;
  for (auto const& [name, value] : signed_fields.object("meta")) {
    if (reading.refused()) break;
    Fields fields(reading, &value, "signed.meta." + std::string(name), "T-17");
    ListedFile file;
    file.version = fields.integer("version", 1);
    if (fields.has("length")) file.length = fields.integer("length", 0);
    if (fields.has("hashes")) file.hashes = read_hashes(reading, fields);
    files.emplace(std::string(name), std::move(file));
  }
  return files;
}

void read_content(Reading& reading, Fields& fields, Root& root) {
  static_cast<Common&>(root) = read_common(reading, fields, "root");
  if (fields.has("consistent_snapshot")) root.consistent_snapshot = fields.flag("consistent_snapshot");
  root.keys = read_keys(reading, fields.object("keys"), "signed.keys");
  Fields roles(reading, fields.member("roles"), "signed.roles", "T-21");
  for (auto const& [name, role] : {std::pair{"root", &root.root}, std::pair{"timestamp", &root.timestamp},
                                   std::pair{"snapshot", &root.snapshot}, std::pair{"targets", &root.targets}}) {
    Fields inner(reading, roles.member(name), roles.place(name), "T-21");
    *role = read_role(reading, inner);
  }
}

void read_content(Reading& reading, Fields& fields, Timestamp& timestamp) {
  static_cast<Common&>(timestamp) = read_common(reading, fields, "timestamp");
  auto files = read_files(reading, fields);
  auto const found = files.find("snapshot.json");
  if (found == files.end())
    reading.refuse("signed.meta", "snapshot.json is missing", "T-26");
  else
    timestamp.snapshot = std::move(found->second);
}

void read_content(Reading& reading, Fields& fields, Snapshot& snapshot) {
  static_cast<Common&>(snapshot) = read_common(reading, fields, "snapshot");
  snapshot.files = read_files(reading, fields);
}

/// T-29: a role whose file would replace another one's, or whose name is not a file name.
bool is_usable_name(std::string_view name) {
  constexpr std::array<std::string_view, 4> top_level = {"root", "timestamp", "snapshot", "targets"};
  return !name.empty() && encoded_role(name).size() <= limits::role_name_bytes &&
         std::find(top_level.begin(), top_level.end(), name) == top_level.end();
}

Delegation read_delegation(Reading& reading, json::value const& value, std::string const& place) {
  Fields fields(reading, &value, place, "T-29");
  Delegation delegation;
  delegation.name = fields.text("name");
  if (!is_usable_name(delegation.name))
    reading.refuse(fields.place("name"), "a delegated role cannot have this name", "T-29", {}, delegation.name);
  delegation.role = read_role(reading, fields);
  delegation.terminating = fields.flag("terminating");
  if (fields.has("paths") == fields.has("path_hash_prefixes"))
    reading.refuse(place, "it must have either paths or path_hash_prefixes", "T-29");
  if (fields.has("paths")) delegation.paths = read_texts(reading, fields.array("paths"), fields.place("paths"), "T-29");
  if (fields.has("path_hash_prefixes"))
    delegation.path_hash_prefixes =
        read_texts(reading, fields.array("path_hash_prefixes"), fields.place("path_hash_prefixes"), "T-29");
  return delegation;
}

void read_delegations(Reading& reading, Fields& fields, Targets& targets) {
  if (!fields.has("delegations")) return;
  Fields delegations(reading, fields.member("delegations"), "signed.delegations", "T-29");
  targets.keys = read_keys(reading, delegations.object("keys"), "signed.delegations.keys");
  if (delegations.has("succinct_roles") && !delegations.has("roles")) return;  // not followed
  std::set<std::string> names;
  auto const& elements = delegations.array("roles");
  for (std::size_t i = 0; i < elements.size() && !reading.refused(); ++i) {
    auto const place = at("signed.delegations.roles", i);
    targets.delegations.push_back(read_delegation(reading, elements[i], place));
    if (auto const& name = targets.delegations.back().name; !names.insert(name).second)
      reading.refuse(place, "a role is listed twice", "T-29", {}, name);
  }
}

void read_content(Reading& reading, Fields& fields, Targets& targets) {
  static_cast<Common&>(targets) = read_common(reading, fields, "targets");
  for (auto const& [path, value] : fields.object("targets")) {
    if (reading.refused()) break;
    Fields inner(reading, &value, "signed.targets." + std::string(path), "T-28");
    Target target;
    target.length = inner.integer("length", 0);
    target.hashes = read_hashes(reading, inner);
    targets.targets.emplace(std::string(path), std::move(target));
  }
  read_delegations(reading, fields, targets);
}

template <class T>
Verdict<Signed<T>> parse(std::string_view text, std::string_view file, std::size_t max_bytes) {
  auto const document = parse_document(text, file, max_bytes);
  if (!document) return document.error();
  Reading reading(file);
  Fields top(reading, &*document, "", "T-15");
  Signed<T> result;
  result.signatures = read_signatures(reading, top);
  auto const* const content = top.member("signed");
  Fields fields(reading, content, "signed", "T-15");
  read_content(reading, fields, result.content);
  if (reading.refused()) return reading.rejection();
  result.bytes = canonical_form(*content);
  return result;
}

}  // namespace

Verdict<Signed<Root>> parse_root(std::string_view text, std::string_view file) {
  return parse<Root>(text, file, limits::root_bytes);
}
Verdict<Signed<Timestamp>> parse_timestamp(std::string_view text, std::string_view file) {
  return parse<Timestamp>(text, file, limits::timestamp_bytes);
}
Verdict<Signed<Snapshot>> parse_snapshot(std::string_view text, std::string_view file) {
  return parse<Snapshot>(text, file, limits::snapshot_bytes);
}
Verdict<Signed<Targets>> parse_targets(std::string_view text, std::string_view file) {
  return parse<Targets>(text, file, limits::targets_bytes);
}

std::string encoded_role(std::string_view name) { return percent_encode(name); }

bool Delegation::covers(std::string_view target) const {
  if (path_hash_prefixes) {
    std::string const hash = hex(sha256(target));
    return std::any_of(path_hash_prefixes->begin(), path_hash_prefixes->end(),
                       [&](std::string const& prefix) { return hash.starts_with(prefix); });
  }
  return std::any_of(paths.begin(), paths.end(), [&](std::string const& pattern) { return matches_path(pattern, target); });
}

}  // namespace acr::tuf

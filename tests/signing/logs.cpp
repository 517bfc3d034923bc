#include "signing/logs.hpp"

#include <algorithm>
#include <utility>

#include "signing/der.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"

namespace acr::signing {
namespace {

std::string big_endian(std::uint64_t value, int bytes) {
  std::string out;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
  return out;
}

std::string root_of(std::string const* first, std::size_t count) {
  if (count == 0) return sha256("");
  if (count == 1) return *first;
  std::size_t split = 1;
  while (split * 2 < count) split *= 2;
  return sha256("\x01" + root_of(first, split) + root_of(first + split, count - split));
}

void path_of(std::string const* first, std::size_t count, std::size_t index, std::vector<std::string>& out) {
  if (count <= 1) return;
  std::size_t split = 1;
  while (split * 2 < count) split *= 2;
  if (index < split) {
    path_of(first, split, index, out);
    out.push_back(root_of(first + split, count - split));
  } else {
    path_of(first + split, count - split, index - split, out);
    out.push_back(root_of(first, split));
  }
}

}  // namespace

std::string CtLog::id() const { return sha256(key_.spki()); }

SctParts CtLog::parts(std::string_view issuer_spki, std::string tbs, std::int64_t seconds) const {
  SctParts parts;
  parts.log_id = id();
  parts.timestamp_ms = static_cast<std::uint64_t>(seconds) * 1000;
  parts.signature_algorithm =
      key_.type() == KeyType::rsa2048 || key_.type() == KeyType::rsa3072 || key_.type() == KeyType::rsa4096 ? 1 : 3;
  parts.issuer_key_hash = sha256(issuer_spki);
  parts.tbs = std::move(tbs);
  return parts;
}

std::string CtLog::serialized(SctParts const& parts) const {
  std::string const head = big_endian(parts.version, 1);
  std::string const extensions = big_endian(parts.extensions.size(), 2) + parts.extensions;
  std::string const signed_data = head + std::string(1, '\0') + big_endian(parts.timestamp_ms, 8) + big_endian(1, 2) +
                                  parts.issuer_key_hash + big_endian(parts.tbs.size(), 3) + parts.tbs + extensions;
  std::string const signature = parts.signature.empty() ? key_.sign(HashAlgorithm::sha256, signed_data) : parts.signature;
  return head + parts.log_id + big_endian(parts.timestamp_ms, 8) + extensions + big_endian(parts.hash_algorithm, 1) +
         big_endian(parts.signature_algorithm, 1) + big_endian(signature.size(), 2) + signature;
}

Extension sct_extension(std::vector<std::string> const& scts) {
  std::string list;
  for (auto const& sct : scts) list += big_endian(sct.size(), 2) + sct;
  return {"1.3.6.1.4.1.11129.2.4.2", der::octets(big_endian(list.size(), 2) + list), false};
}

std::string tree_root(std::vector<std::string> const& leaf_hashes) { return root_of(leaf_hashes.data(), leaf_hashes.size()); }

std::vector<std::string> tree_path(std::vector<std::string> const& leaf_hashes, std::size_t index) {
  std::vector<std::string> path;
  path_of(leaf_hashes.data(), leaf_hashes.size(), index, path);
  return path;
}

std::string leaf_hash(std::string_view entry) { return sha256(std::string(1, '\0').append(entry)); }

std::string note(std::string_view text, std::vector<NoteLine> const& lines) {
  std::string out = std::string(text) + "\n";
  for (auto const& line : lines) out += "\xe2\x80\x94 " + line.name + " " + base64(line.hint + line.signature) + "\n";
  return out;
}

RekorLog::RekorLog(bool v2, std::string host, Key key, std::int64_t first_index, std::size_t strangers)
    : v2_(v2), host_(std::move(host)), key_(std::move(key)), first_index_(first_index) {
  for (std::size_t i = 0; i < strangers; ++i) leaves_.push_back(leaf_hash("somebody else's entry " + std::to_string(i)));
}

RekorLog RekorLog::v1(std::string host, Key key, std::int64_t first_index, std::size_t strangers) {
  return {false, std::move(host), std::move(key), first_index, strangers};
}

RekorLog RekorLog::v2(std::string host, Key key, std::size_t strangers) {
  return {true, std::move(host), std::move(key), 0, strangers};
}

std::string RekorLog::id() const {
  if (!v2_ || key_.type() == KeyType::p256 || key_.type() == KeyType::p384 || key_.type() == KeyType::p521)
    return sha256(key_.spki());
  if (key_.type() == KeyType::ed25519) return sha256(host_ + "\n\x01" + key_.raw_public());
  return sha256(host_ + "\n\xff" + "PKIX-RSA-PKCS#1v1.5" + key_.spki());
}

std::string RekorLog::promise(EntryParts const& entry) const {
  return key_.sign(HashAlgorithm::sha256,
                   "{\"body\":\"" + base64(entry.body) + "\",\"integratedTime\":" + std::to_string(entry.integrated_time) +
                       ",\"logID\":\"" + hex(entry.log_id) + "\",\"logIndex\":" + std::to_string(entry.log_index) + "}");
}

std::string RekorLog::checkpoint(LogHooks const& hooks) const {
  std::string text = host_ + (v2_ ? "" : " - 1193050959916656506") + "\n" + std::to_string(leaves_.size()) + "\n" +
                     base64(tree_root(leaves_)) + "\n";
  if (hooks.checkpoint_text) hooks.checkpoint_text(text);
  std::vector<NoteLine> lines{{host_, hint(), key_.sign(v2_ ? key_.hash() : HashAlgorithm::sha256, text)}};
  if (hooks.checkpoint_lines) hooks.checkpoint_lines(lines);
  return note(text, lines);
}

EntryParts RekorLog::add(std::string kind, std::string version, std::string body, std::int64_t seconds, LogHooks const& hooks) {
  if (hooks.body) hooks.body(body);
  std::size_t const position = leaves_.size();
  leaves_.push_back(leaf_hash(body));
  EntryParts entry;
  entry.log_index = first_index_ + static_cast<std::int64_t>(position);
  entry.log_id = id();
  entry.kind = std::move(kind);
  entry.version = std::move(version);
  entry.body = std::move(body);
  if (!v2_) {
    entry.integrated_time = seconds;
    if (hooks.before_promise) hooks.before_promise(entry);
    entry.promise = promise(entry);
  }
  entry.proof = ProofParts{static_cast<std::int64_t>(position), static_cast<std::int64_t>(leaves_.size()), tree_root(leaves_),
                           tree_path(leaves_, position), checkpoint(hooks)};
  return entry;
}

NoteLine cosignature(Key const& witness, std::string const& name, std::string_view checkpoint_text, std::int64_t seconds) {
  std::string const hint = sha256(name + "\n\x04" + witness.raw_public()).substr(0, 4);
  std::string const message = "cosignature/v1\ntime " + std::to_string(seconds) + "\n" + std::string(checkpoint_text);
  return {name, hint, big_endian(static_cast<std::uint64_t>(seconds), 8) + witness.sign(message)};
}

}  // namespace acr::signing

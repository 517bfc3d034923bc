// See checkpoint.hpp.
#include "sigstore/checkpoint.hpp"

#include <algorithm>
#include <optional>

#include "sigstore/limits.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"

namespace acr::sigstore {
namespace {

constexpr std::string_view signature_mark = "\xe2\x80\x94 ";  // U+2014 EM DASH, space
constexpr std::size_t hint_bytes = 4;
constexpr std::size_t root_bytes = 32;

Rejection bad_checkpoint(std::string rule, std::string why) {
  return reject("log-checkpoint", "checkpoint", std::move(why)).rule(std::move(rule));
}

/// Standard alphabet with padding, the only encoding of its bytes.
std::optional<std::string> exact_base64(std::string_view text) {
  auto bytes = from_base64(text);
  if (bytes && base64(*bytes) != text) return std::nullopt;
  return bytes;
}

/// One line without its LF.
std::optional<NoteSignature> parse_signature_line(std::string_view line) {
  if (!line.starts_with(signature_mark)) return std::nullopt;
  line.remove_prefix(signature_mark.size());
  auto const space = line.find(' ');
  if (space == 0 || space == std::string_view::npos) return std::nullopt;
  auto const name = line.substr(0, space);
  if (name.find('+') != std::string_view::npos) return std::nullopt;
  auto const bytes = exact_base64(line.substr(space + 1));
  if (!bytes || bytes->size() <= hint_bytes || bytes->size() > hint_bytes + limits::max_signature_bytes) return std::nullopt;
  return NoteSignature{std::string(name), bytes->substr(0, hint_bytes), bytes->substr(hint_bytes)};
}

/// "rekor.example" of "rekor.example - 1193050959916656506"; nothing for another form.
std::optional<std::string_view> v1_name(std::string_view origin) {
  auto const dash = origin.rfind(" - ");
  if (dash == std::string_view::npos || dash == 0) return std::nullopt;
  auto const digits = origin.substr(dash + 3);
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  return origin.substr(0, dash);
}

/// V-65: v1 hashes with SHA-256 whatever the curve. Ed25519 takes the text itself.
HashAlgorithm note_hash(RekorVersion version, PublicKey const& key) {
  return version == RekorVersion::v2 ? key.hash() : HashAlgorithm::sha256;
}

std::string hints_of(Checkpoint const& checkpoint) {
  std::string list;
  for (std::size_t i = 0; i < std::min<std::size_t>(checkpoint.signatures.size(), 5); ++i)
    list += (i == 0 ? "" : ", ") + checkpoint.signatures[i].name + " " + hex(checkpoint.signatures[i].key_hint);
  return list;
}

}  // namespace

Verdict<Checkpoint> parse_checkpoint(std::string_view note) {
  if (note.size() > limits::max_checkpoint_bytes)
    return bad_checkpoint("V-2", "it is larger than the limit")
        .expected("at most " + std::to_string(limits::max_checkpoint_bytes) + " bytes");
  if (!is_utf8(note)) return bad_checkpoint("V-59", "it is not UTF-8");
  if (std::any_of(note.begin(), note.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; }))
    return bad_checkpoint("V-59", "it holds control characters");
  // The signatures follow the last empty line: a text that has one itself cannot move the border.
  auto const border = note.rfind("\n\n");
  if (border == std::string_view::npos) return bad_checkpoint("V-59", "no empty line separates text and signatures");

  Checkpoint checkpoint;
  checkpoint.text = note.substr(0, border + 1);
  auto const text_lines = lines(checkpoint.text);
  if (text_lines.size() < 3)
    return bad_checkpoint("V-59", "the text has too few lines")
        .expected("origin, tree size and root hash")
        .found(std::to_string(text_lines.size()) + " lines");
  if (std::any_of(text_lines.begin(), text_lines.end(), [](auto line) { return line.empty(); }))
    return bad_checkpoint("V-59", "a line of the text is empty");
  checkpoint.origin = text_lines[0];
  auto const size = to_number(text_lines[1]);
  if (!size)
    return bad_checkpoint("V-59", "the tree size is not a decimal number").found(std::string(text_lines[1].substr(0, 60)));
  checkpoint.tree_size = *size;
  auto const root = exact_base64(text_lines[2]);
  if (!root || root->size() != root_bytes)
    return bad_checkpoint("V-59", "the root hash is not 32 bytes of base64").found(std::string(text_lines[2].substr(0, 100)));
  checkpoint.root_hash = *root;
  checkpoint.extensions.assign(text_lines.begin() + 3, text_lines.end());

  std::string_view rest = note.substr(border + 2);
  if (!rest.ends_with('\n')) return bad_checkpoint("V-60", rest.empty() ? "it has no signature" : "the last line does not end");
  for (std::string_view const line : lines(rest)) {
    if (checkpoint.signatures.size() == limits::max_checkpoint_signatures)
      return bad_checkpoint("V-60", "it has too many signatures")
          .expected("at most " + std::to_string(limits::max_checkpoint_signatures));
    auto signature = parse_signature_line(line);
    if (!signature)
      return bad_checkpoint("V-60", "a signature line is ill-formed")
          .expected("— name base64(hint and signature)")
          .found(std::string(line.substr(0, 100)));
    checkpoint.signatures.push_back(std::move(*signature));
  }
  return checkpoint;
}

std::string log_host(std::string_view base_url) {
  if (auto const scheme = base_url.find("://"); scheme != std::string_view::npos) base_url.remove_prefix(scheme + 3);
  return std::string(base_url.substr(0, base_url.find('/')));
}

std::string checkpoint_key_hint(RekorVersion version, std::string_view name, PublicKey const& key) {
  if (version == RekorVersion::v1 || is_ecdsa(key.kind())) return key.spki_sha256().substr(0, hint_bytes);
  std::string const head = std::string(name) + "\n";
  if (key.kind() == KeyKind::ed25519) return sha256(head + '\x01' + key.raw_ed25519()).substr(0, hint_bytes);
  return sha256(head + '\xff' + "PKIX-RSA-PKCS#1v1.5" + key.spki()).substr(0, hint_bytes);
}

Verdict<void> check_checkpoint(Checkpoint const& checkpoint, LogInstance const& log, RekorVersion version) {
  bool const v2 = version == RekorVersion::v2;
  std::string const host = log_host(log.base_url);
  if (v2 && host.empty())
    return bad_checkpoint("V-63", "the trusted root gives no URL for this log, so its name is unknown").found(log.name());
  if (v2 && checkpoint.origin != host)
    return bad_checkpoint("V-63", "its origin is not the log's name").expected(host).found(checkpoint.origin);
  auto const name = v2 ? std::optional<std::string_view>(host) : v1_name(checkpoint.origin);
  if (!name)
    return bad_checkpoint("V-54", "its origin has not the form of a Rekor v1 log")
        .expected("name - number")
        .found(checkpoint.origin);

  // A v1 log is known by its key alone (V-63: private ones sign with a pod's name), but signs under the name of its origin.
  std::string const hint = checkpoint_key_hint(version, *name, log.key);
  bool signed_by_log = false;
  for (auto const& line : checkpoint.signatures) {
    if (line.key_hint != hint || line.name != *name) continue;
    if (!log.key.verifies(note_hash(version, log.key), checkpoint.text, line.signature))
      return bad_checkpoint("V-61", "the log's signature does not hold").expected("a signature of " + log.name());
    signed_by_log = true;
  }
  if (!signed_by_log)
    return bad_checkpoint("V-61", "no signature line is the log's")
        .expected(std::string(*name) + " " + hex(hint))
        .found(hints_of(checkpoint));
  return {};
}

}  // namespace acr::sigstore

// See trusted_root.hpp.
#include "sigstore/trusted_root.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <stdexcept>

#include "sigstore/limits.hpp"
#include "sigstore/proto_json.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"

// roots.S
extern "C" char const acr_root_public_good[], acr_root_public_good_end[];
extern "C" char const acr_root_github[], acr_root_github_end[];
extern "C" char const acr_initial_root_public_good[], acr_initial_root_public_good_end[];
extern "C" char const acr_initial_root_github[], acr_initial_root_github_end[];
extern "C" char const acr_built_in[], acr_built_in_end[];

namespace acr::sigstore {
namespace {

// V-21.
constexpr std::array<std::string_view, 3> root_media_types = {
    "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    "application/vnd.dev.sigstore.trustedroot.v0.1+json",
    "application/vnd.dev.sigstore.trustedroot.v0.2+json",
};

struct KeyDetails {
  std::string_view name;
  KeyKind kind;
};
// V-26. A key is used with the algorithm that its declared kind stands for, which must be the kind it has.
constexpr std::array<KeyDetails, 7> key_details = {{
    {"PKIX_ECDSA_P256_SHA_256", KeyKind::ecdsa_p256},
    {"PKIX_ECDSA_P384_SHA_384", KeyKind::ecdsa_p384},
    {"PKIX_ECDSA_P521_SHA_512", KeyKind::ecdsa_p521},
    {"PKIX_ED25519", KeyKind::ed25519},
    {"PKIX_RSA_PKCS1V15_2048_SHA256", KeyKind::rsa_2048},
    {"PKIX_RSA_PKCS1V15_3072_SHA256", KeyKind::rsa_3072},
    {"PKIX_RSA_PKCS1V15_4096_SHA256", KeyKind::rsa_4096},
}};

std::string host_of(std::string_view url) {
  if (auto const scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  return std::string(url.substr(0, url.find('/')));
}

/// The id a Rekor v2 log derives from its name and key (V-62); empty for ECDSA, which uses the v1 form.
std::string note_key_id(std::string_view name, PublicKey const& key) {
  std::string const head = std::string(name) + "\n";
  if (key.kind() == KeyKind::ed25519) return sha256(head + '\x01' + key.raw_ed25519());
  if (is_rsa(key.kind())) return sha256(head + '\xff' + "PKIX-RSA-PKCS#1v1.5" + key.spki());
  return {};
}

class RootReader {
 public:
  RootReader(std::string_view source) : source_(source) {}
  Verdict<TrustedRoot> read(std::string_view text);

 private:
  enum class LogKind { transparency, certificate_transparency };

  Validity read_validity(ProtoMessage& parent, std::string const& path, bool start_required);
  std::vector<LogInstance> read_logs(ProtoMessage& parent, std::string_view name, LogKind kind);
  std::optional<LogInstance> read_log(boost::json::value const& value, std::string const& path, LogKind kind);
  std::optional<PublicKey> read_key(std::string const& raw, std::string const& details, std::string const& path);
  template <class Authority>
  std::vector<Authority> read_authorities(ProtoMessage& parent, std::string_view name);
  std::vector<Certificate> read_chain(boost::json::value const* value, std::string const& path);

  std::string source_;
  ProtoReading reading_{"trusted-root", "V-22"};
  TrustedRoot root_;
};

Verdict<TrustedRoot> RootReader::read(std::string_view text) {
  auto const document = parse_json(
      text, source_,
      {.max_bytes = limits::max_trusted_root_bytes, .max_depth = limits::max_json_depth, .duplicate_names_allowed = false});
  if (!document) {
    Rejection rejection = document.error();
    rejection.code = "trusted-root";
    rejection.rule_number = "V-22";
    return rejection;
  }
  ProtoMessage top(reading_, &*document, source_);
  root_.media_type = top.string("mediaType");
  if (std::find(root_media_types.begin(), root_media_types.end(), root_.media_type) == root_media_types.end())
    reading_.refuse(top.path("mediaType"), "this is not a trusted root of a known version", "V-21",
                    std::string(root_media_types.front()), root_.media_type.substr(0, 100));
  root_.tlogs = read_logs(top, "tlogs", LogKind::transparency);
  root_.certificate_authorities = read_authorities<CertificateAuthority>(top, "certificateAuthorities");
  root_.ctlogs = read_logs(top, "ctlogs", LogKind::certificate_transparency);
  root_.timestamp_authorities = read_authorities<TimestampAuthority>(top, "timestampAuthorities");
  top.done();
  if (reading_.refused()) return reading_.rejection();
  root_.source = source_;
  root_.sha256_hex = hex(sha256(text));
  return std::move(root_);
}

Validity RootReader::read_validity(ProtoMessage& parent, std::string const& path, bool start_required) {
  ProtoMessage message(reading_, parent.message("validFor"), path + ".validFor");
  Validity validity;
  for (auto const& [name, bound] : {std::pair{"start", &validity.from}, std::pair{"end", &validity.to}}) {
    if (!message.has(name)) continue;
    std::string const text = message.string(name);
    *bound = parse_rfc3339(text);
    if (!*bound)
      reading_.refuse(message.path(name), "this is not an RFC 3339 time", "V-25", "2026-01-31T12:00:00Z", text.substr(0, 100));
  }
  message.done();
  // A log key without a beginning would vouch for any past time.
  if (start_required && !validity.from)
    reading_.refuse(message.path("start"), "a log key must say from when it is valid", "V-24");
  return validity;
}

std::vector<LogInstance> RootReader::read_logs(ProtoMessage& parent, std::string_view name, LogKind kind) {
  std::vector<LogInstance> logs;
  auto const* elements = parent.array(name, limits::max_authorities, "V-2");
  if (!elements) return logs;
  for (std::size_t i = 0; i < elements->size() && !reading_.refused(); ++i)
    if (auto log = read_log((*elements)[i], parent.path(name) + "[" + std::to_string(i) + "]", kind))
      logs.push_back(std::move(*log));
  return logs;
}

std::optional<PublicKey> RootReader::read_key(std::string const& raw, std::string const& details, std::string const& path) {
  bool const bare = details == "PKCS1_RSA_PKCS1V5";
  auto const known = std::find_if(key_details.begin(), key_details.end(), [&](auto const& d) { return d.name == details; });
  if (!bare && known == key_details.end()) {
    // V-26: never used with a guessed algorithm; one log of a new kind does not make the others useless.
    if (details.starts_with("PKIX_") || details.starts_with("PKCS1_") || details.starts_with("ML_DSA_") ||
        details.starts_with("LMS_") || details.starts_with("LMOTS_"))
      root_.notes.push_back(path + ": left out, the key kind " + details.substr(0, 60) + " is not supported");
    else
      reading_.refuse(path + ".keyDetails", "this is not a key kind", "V-26", "e.g. PKIX_ECDSA_P256_SHA_256",
                      details.substr(0, 100));
    return std::nullopt;
  }
  auto const key = bare ? PublicKey::from_pkcs1(raw) : PublicKey::from_spki(raw);
  if (!key) {
    reading_.refuse(path + ".rawBytes", "the key is not usable: " + key.error().why, "V-26", key.error().expected_value,
                    key.error().found_value);
    return std::nullopt;
  }
  if (!bare && key->kind() != known->kind) {
    reading_.refuse(path + ".keyDetails", "the key is of another kind than declared", "V-26", details,
                    std::string(to_text(key->kind())));
    return std::nullopt;
  }
  return *key;
}

std::optional<LogInstance> RootReader::read_log(boost::json::value const& value, std::string const& path, LogKind kind) {
  ProtoMessage message(reading_, &value, path);
  std::string const base_url = message.string("baseUrl");
  if (std::string const hash = message.string("hashAlgorithm"); hash != "SHA2_256")
    reading_.refuse(message.path("hashAlgorithm"), "only SHA-256 logs are known", "V-23", "SHA2_256", hash.substr(0, 100));
  ProtoMessage key_message(reading_, message.message("publicKey"), message.path("publicKey"));
  std::string const raw = key_message.bytes("rawBytes");
  std::string const details = key_message.string("keyDetails");
  Validity const valid_for = read_validity(key_message, key_message.path(), true);
  key_message.done();
  ProtoMessage id_message(reading_, message.message("logId"), message.path("logId"));
  std::string const log_id = id_message.bytes("keyId");
  id_message.done();
  ProtoMessage checkpoint_id(reading_, message.message("checkpointKeyId"), message.path("checkpointKeyId"));
  std::string const checkpoint_key_id = checkpoint_id.bytes("keyId");
  checkpoint_id.done();
  std::string const operator_name = message.string("operator");
  message.done();
  if (reading_.refused()) return std::nullopt;

  auto const key = read_key(raw, details, key_message.path());
  if (!key) return std::nullopt;
  // V-27: the id is a function of the key, so a wrong one is a mistake or worse. CT logs know the first form only.
  bool const id_fits =
      log_id == key->spki_sha256() || (kind == LogKind::transparency && log_id == note_key_id(host_of(base_url), *key));
  if (!id_fits) {
    reading_.refuse(id_message.path("keyId"), "the log id does not belong to the key", "V-27", base64(key->spki_sha256()),
                    base64(log_id).substr(0, 100));
    return std::nullopt;
  }
  return LogInstance{base_url, *key, log_id, checkpoint_key_id, valid_for, operator_name};
}

std::vector<Certificate> RootReader::read_chain(boost::json::value const* value, std::string const& path) {
  ProtoMessage message(reading_, value, path);
  std::vector<Certificate> chain;
  auto const* elements = message.array("certificates", limits::max_certificates, "V-28");
  if (!elements || elements->empty()) reading_.refuse(message.path("certificates"), "the chain is empty", "V-28");
  for (std::size_t i = 0; elements && i < elements->size() && !reading_.refused(); ++i) {
    ProtoMessage element(reading_, &(*elements)[i], message.path("certificates") + "[" + std::to_string(i) + "]");
    auto parsed = Certificate::parse(element.bytes("rawBytes"));
    element.done();
    if (!parsed) {
      reading_.refuse(element.path("rawBytes"), "this is not a certificate: " + parsed.error().why, "V-28");
    } else {
      chain.push_back(*parsed);
    }
  }
  message.done();
  return chain;
}

template <class Authority>
std::vector<Authority> RootReader::read_authorities(ProtoMessage& parent, std::string_view name) {
  std::vector<Authority> authorities;
  auto const* elements = parent.array(name, limits::max_authorities, "V-2");
  for (std::size_t i = 0; elements && i < elements->size() && !reading_.refused(); ++i) {
    ProtoMessage message(reading_, &(*elements)[i], parent.path(name) + "[" + std::to_string(i) + "]");
    Authority authority;
    ProtoMessage subject(reading_, message.message("subject"), message.path("subject"));
    authority.organization = subject.string("organization");
    authority.common_name = subject.string("commonName");
    subject.done();
    authority.uri = message.string("uri");
    authority.chain = read_chain(message.message("certChain"), message.path("certChain"));
    authority.valid_for = read_validity(message, message.path(), false);
    authority.operator_name = message.string("operator");
    message.done();
    authorities.push_back(std::move(authority));
  }
  return authorities;
}

TrustedRoot parse_built_in(BuiltInRoot const& root) {
  auto parsed = parse_trusted_root(root.json, "built in (" + std::string(root.name) + ", " + root.date + ")");
  if (!parsed) throw std::logic_error("a built-in trusted root does not parse: " + parsed.error().sentence());
  return std::move(*parsed);
}

}  // namespace

std::string LogInstance::name() const { return base_url.empty() ? hex(log_id) : base_url; }

std::string_view to_text(Instance instance) {
  switch (instance) {
    case Instance::public_good:
      return "public good";
    case Instance::github:
      return "GitHub";
    case Instance::other:
      return "private";
  }
  return "unknown";
}

Instance instance_of(std::string_view issuer_organization) {
  if (issuer_organization == "sigstore.dev") return Instance::public_good;
  if (issuer_organization == "GitHub, Inc.") return Instance::github;
  return Instance::other;
}

Verdict<TrustedRoot> parse_trusted_root(std::string_view text, std::string_view source) {
  return RootReader(source).read(text);
}

Verdict<std::vector<TrustedRoot>> parse_trusted_roots(std::string_view text, std::string_view source) {
  std::vector<TrustedRoot> roots;
  if (text.size() > limits::max_trusted_root_bytes)
    return reject("trusted-root", std::string(source), "the file is larger than the limit")
        .rule("V-2")
        .expected("at most " + std::to_string(limits::max_trusted_root_bytes) + " bytes");
  // A document printed over several lines is one root; otherwise each line is one.
  if (auto whole = parse_trusted_root(text, source)) {
    roots.push_back(std::move(*whole));
    return roots;
  } else if (auto const second_line = trimmed(text).find('\n');
             second_line == std::string_view::npos || !trimmed(trimmed(text).substr(0, second_line)).ends_with('}')) {
    return whole.error();
  }
  std::size_t number = 0;
  for (std::string_view const line : lines(text)) {
    ++number;
    if (trimmed(line).empty()) continue;
    if (roots.size() == limits::max_trusted_roots)
      return reject("trusted-root", std::string(source), "it holds too many roots")
          .rule("V-2")
          .expected("at most " + std::to_string(limits::max_trusted_roots));
    auto root = parse_trusted_root(line, std::string(source) + ":" + std::to_string(number));
    if (!root) return root.error();
    roots.push_back(std::move(*root));
  }
  return roots;
}

std::vector<std::size_t> roots_for(std::span<TrustedRoot const> roots, std::string_view organization) {
  std::vector<std::size_t> found;
  auto const named = [&](std::vector<std::string> const& names) {
    return std::find(names.begin(), names.end(), organization) != names.end();
  };
  for (std::size_t i = 0; i < roots.size(); ++i)
    if (std::any_of(roots[i].certificate_authorities.begin(), roots[i].certificate_authorities.end(), [&](auto const& ca) {
          return named(ca.chain.front().subject_organizations()) || named(ca.chain.front().issuer_organizations());
        }))
      found.push_back(i);
  return found;
}

Verdict<BuiltInRoot> parse_built_in_facts(std::string_view text, std::string_view name) {
  auto const document = parse_json(text, "built_in.json");
  if (!document) return document.error();
  auto const* const facts = find(*document, name);
  auto const date = facts ? string_in(*facts, "date") : std::nullopt;
  auto const timestamp = facts ? integer_in(*facts, "timestamp") : std::nullopt;
  auto const snapshot = facts ? integer_in(*facts, "snapshot") : std::nullopt;
  auto const targets = facts ? integer_in(*facts, "targets") : std::nullopt;
  if (!date || !parse_rfc3339(*date + "T00:00:00Z") || !timestamp || !snapshot || !targets)
    return reject("built-in", "built_in.json: " + std::string(name), "a date and three versions are needed").rule("T-6");
  return BuiltInRoot{.name = {},
                     .organization = {},
                     .json = {},
                     .date = *date,
                     .initial_root = {},
                     .timestamp = *timestamp,
                     .snapshot = *snapshot,
                     .targets = *targets};
}

std::span<BuiltInRoot const> built_in_roots() {
  static std::array<BuiltInRoot, 2> const roots = [] {
    auto const embedded = [](char const* begin, char const* end) {
      return std::string_view(begin, static_cast<std::size_t>(end - begin));
    };
    auto const facts = [&](std::string_view name) {
      auto parsed = parse_built_in_facts(embedded(acr_built_in, acr_built_in_end), name);
      if (!parsed) throw std::logic_error(parsed.error().sentence());
      return std::move(*parsed);
    };
    std::array<BuiltInRoot, 2> both{facts("public_good"), facts("github")};
    both[0].name = "public good";
    both[0].organization = "sigstore.dev";
    both[0].json = embedded(acr_root_public_good, acr_root_public_good_end);
    both[0].initial_root = embedded(acr_initial_root_public_good, acr_initial_root_public_good_end);
    both[1].name = "GitHub";
    both[1].organization = "GitHub, Inc.";
    both[1].json = embedded(acr_root_github, acr_root_github_end);
    both[1].initial_root = embedded(acr_initial_root_github, acr_initial_root_github_end);
    return both;
  }();
  return roots;
}

TrustedRoot const& parsed_built_in(std::size_t index) {
  static std::array<std::once_flag, 2> once;
  static std::array<std::optional<TrustedRoot>, 2> roots;
  auto& root = roots.at(index);
  std::call_once(once.at(index), [&] { root = parse_built_in(built_in_roots()[index]); });
  return *root;
}

std::vector<TrustedRoot> const& default_roots() {
  static std::vector<TrustedRoot> const roots = [] {
    std::vector<TrustedRoot> parsed;
    for (std::size_t i = 0; i < built_in_roots().size(); ++i) parsed.push_back(parsed_built_in(i));
    return parsed;
  }();
  return roots;
}

}  // namespace acr::sigstore

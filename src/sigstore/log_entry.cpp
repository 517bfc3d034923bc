// See log_entry.hpp. One function per kind; each compares everything that the body and the bundle both say.
#include "sigstore/log_entry.hpp"

#include <optional>
#include <string>

#include "sigstore/artifact.hpp"
#include "sigstore/limits.hpp"
#include "sigstore/signature.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace acr::sigstore {
namespace {

namespace json = boost::json;

Rejection bad_body(std::string rule, std::string why) {
  return reject("log-body", "log entry", std::move(why)).rule(std::move(rule));
}

/// Null when a step of the path is missing or no object.
json::value const* at(json::value const* value, std::initializer_list<std::string_view> path) {
  for (auto const name : path) value = value ? find(*value, name) : nullptr;
  return value;
}

std::optional<std::string> text_at(json::value const& value, std::initializer_list<std::string_view> path) {
  auto const* found = at(&value, path);
  auto const* text = found ? found->if_string() : nullptr;
  if (!text) return std::nullopt;
  return std::string(text->data(), text->size());
}

std::optional<std::string> bytes_at(json::value const& value, std::initializer_list<std::string_view> path) {
  auto const text = text_at(value, path);
  return text ? from_base64(*text) : std::nullopt;
}

/// The only element of an array, else null.
json::value const* only_element(json::value const* value) {
  auto const* array = value ? value->if_array() : nullptr;
  return array && array->size() == 1 ? &array->front() : nullptr;
}

/// The DER of a text that is one PEM block with this label, nothing else.
std::optional<std::string> pem_content(std::string_view pem, std::string_view label) {
  std::string const begin = "-----BEGIN " + std::string(label) + "-----";
  std::string const end = "-----END " + std::string(label) + "-----";
  pem = trimmed(pem);
  if (!pem.starts_with(begin) || !pem.ends_with(end) || pem.size() < begin.size() + end.size()) return std::nullopt;
  pem = pem.substr(begin.size(), pem.size() - begin.size() - end.size());
  std::string encoded;
  for (auto const line : lines(pem)) encoded += trimmed(line);
  return from_base64(encoded);
}

/// V-66: the same certificate for a certificate bundle, the same bare key for a key bundle. `verifier`: PEM as the body has it.
Verdict<void> check_verifier(std::optional<std::string> const& verifier, Bundle const& bundle, PublicKey const& key) {
  if (!verifier) return bad_body("V-66", "the log's entry names no signer");
  if (auto const* leaf = bundle.leaf()) {
    auto const der = pem_content(*verifier, "CERTIFICATE");
    if (!der) return bad_body("V-66", "the log's entry was made for a key, the bundle has a certificate");
    if (*der != *leaf)
      return bad_body("V-66", "the log's entry was made for another certificate")
          .expected("SHA-256 " + hex(sha256(*leaf)))
          .found("SHA-256 " + hex(sha256(*der)));
    return {};
  }
  auto const der = pem_content(*verifier, "PUBLIC KEY");
  if (!der) return bad_body("V-66", "the log's entry was made for a certificate, the bundle is signed by a bare key");
  if (*der != key.spki())
    return bad_body("V-66", "the log's entry was made for another key")
        .expected("SHA-256 " + hex(key.spki_sha256()))
        .found("SHA-256 " + hex(sha256(*der)));
  return {};
}

Verdict<void> check_signature(std::optional<std::string> const& signature, Bundle const& bundle) {
  if (!signature) return bad_body("V-66", "the log's entry holds no signature");
  if (*signature != bundle.signature()) return bad_body("V-66", "the log's entry was made for another signature");
  return {};
}

Verdict<void> check_payload_hash(json::value const* hash, DsseEnvelope const& envelope, std::string const& rule) {
  auto const algorithm = hash ? string_in(*hash, "algorithm") : std::nullopt;
  auto const value = hash ? string_in(*hash, "value") : std::nullopt;
  if (!algorithm || !value) return bad_body(rule, "the log's entry holds no digest of the payload");
  if (*algorithm != "sha256")
    return bad_body(rule, "the log's entry has the payload's digest by another algorithm").expected("sha256").found(*algorithm);
  std::string const expected = hex(sha256(envelope.payload));
  if (*value != expected)
    return bad_body(rule, "the log's entry was made for another payload").expected(expected).found(*value);
  return {};
}

Verdict<void> check_hashedrekord(json::value const& body, Bundle const& bundle, PublicKey const& key) {
  auto const* message = std::get_if<MessageSignature>(&bundle.content);
  if (!message) return bad_body("V-70", "a signed envelope cannot be logged as hashedrekord 0.0.1");
  auto const algorithm = text_at(body, {"spec", "data", "hash", "algorithm"});
  auto const value = text_at(body, {"spec", "data", "hash", "value"});
  if (!algorithm || !value) return bad_body("V-67", "the log's entry holds no digest");
  if (*algorithm != to_text(message->digest_algorithm))
    return bad_body("V-67", "the log's entry has the digest by another algorithm")
        .expected(std::string(to_text(message->digest_algorithm)))
        .found(*algorithm);
  if (*value != hex(message->digest))
    return bad_body("V-67", "the log's entry was made for another artifact").expected(hex(message->digest)).found(*value);
  if (auto const same = check_signature(bytes_at(body, {"spec", "signature", "content"}), bundle); !same) return same.error();
  return check_verifier(bytes_at(body, {"spec", "signature", "publicKey", "content"}), bundle, key);
}

Verdict<void> check_dsse(json::value const& body, Bundle const& bundle, PublicKey const& key) {
  auto const* envelope = std::get_if<DsseEnvelope>(&bundle.content);
  if (!envelope) return bad_body("V-70", "a message signature cannot be logged as dsse");
  if (auto const same = check_payload_hash(at(&body, {"spec", "payloadHash"}), *envelope, "V-68"); !same) return same.error();
  auto const* signature = only_element(at(&body, {"spec", "signatures"}));
  if (!signature) return bad_body("V-68", "the log's entry does not hold exactly one signature");
  if (auto const same = check_signature(bytes_at(*signature, {"signature"}), bundle); !same) return same.error();
  return check_verifier(bytes_at(*signature, {"verifier"}), bundle, key);
}

Verdict<void> check_intoto(json::value const& body, Bundle const& bundle, PublicKey const& key) {
  auto const* envelope = std::get_if<DsseEnvelope>(&bundle.content);
  if (!envelope) return bad_body("V-70", "a message signature cannot be logged as intoto");
  if (auto const same = check_payload_hash(at(&body, {"spec", "content", "payloadHash"}), *envelope, "V-69"); !same)
    return same.error();
  auto const* signature = only_element(at(&body, {"spec", "content", "envelope", "signatures"}));
  if (!signature) return bad_body("V-69", "the log's entry does not hold exactly one signature");
  auto const once = bytes_at(*signature, {"sig"});  // base64 of the base64 text
  if (auto const same = check_signature(once ? from_base64(*once) : std::nullopt, bundle); !same) return same.error();
  return check_verifier(bytes_at(*signature, {"publicKey"}), bundle, key);
}

std::string_view v2_hash_name(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::sha384:
      return "SHA2_384";
    case HashAlgorithm::sha512:
      return "SHA2_512";
    default:
      return "SHA2_256";
  }
}

std::string_view v2_key_details(KeyKind kind) {
  switch (kind) {
    case KeyKind::ecdsa_p256:
      return "PKIX_ECDSA_P256_SHA_256";
    case KeyKind::ecdsa_p384:
      return "PKIX_ECDSA_P384_SHA_384";
    case KeyKind::ecdsa_p521:
      return "PKIX_ECDSA_P521_SHA_512";
    case KeyKind::rsa_2048:
      return "PKIX_RSA_PKCS1V15_2048_SHA256";
    case KeyKind::rsa_3072:
      return "PKIX_RSA_PKCS1V15_3072_SHA256";
    case KeyKind::rsa_4096:
      return "PKIX_RSA_PKCS1V15_4096_SHA256";
    case KeyKind::ed25519:
      return "PKIX_ED25519_PH";
  }
  return {};
}

/// A v2 entry that differs from what it must be: what does its body say?
Rejection v2_difference(json::value const& body, std::string const& leaf) {
  auto const expected = parse_json(leaf, "leaf");
  struct Field {
    char const* why;
    char const* rule;
    std::initializer_list<std::string_view> path;
  };
  static Field const fields[] = {
      {"the log's entry was made for another digest algorithm", "V-72", {"spec", "hashedRekordV002", "data", "algorithm"}},
      {"the log's entry was made for another digest", "V-73", {"spec", "hashedRekordV002", "data", "digest"}},
      {"the log's entry was made for another signature", "V-66", {"spec", "hashedRekordV002", "signature", "content"}},
      {"the log's entry names another kind of key",
       "V-72",
       {"spec", "hashedRekordV002", "signature", "verifier", "keyDetails"}},
      {"the log's entry was made for another certificate",
       "V-66",
       {"spec", "hashedRekordV002", "signature", "verifier", "x509Certificate", "rawBytes"}},
      {"the log's entry was made for another key",
       "V-66",
       {"spec", "hashedRekordV002", "signature", "verifier", "publicKey", "rawBytes"}},
  };
  for (auto const& field : fields) {
    auto const want = text_at(*expected, field.path), have = text_at(body, field.path);
    if (want != have)
      return bad_body(field.rule, field.why)
          .expected(want.value_or("nothing").substr(0, 100))
          .found(have.value_or("nothing").substr(0, 100));
  }
  return bad_body("V-72", "the log's entry is not, byte by byte, what a Rekor v2 log holds for this bundle");
}

Verdict<void> check_v2(LogEntry const& entry, json::value const& body, Bundle const& bundle, PublicKey const& key) {
  auto const leaf = rekor_v2_leaf(bundle, key);
  if (!leaf) return leaf.error();
  if (*leaf != entry.canonicalized_body) return v2_difference(body, *leaf);
  return {};
}

}  // namespace

Verdict<std::string> rekor_v2_leaf(Bundle const& bundle, PublicKey const& key) {
  std::string data_digest;
  if (auto const* envelope = std::get_if<DsseEnvelope>(&bundle.content)) {
    if (key.kind() == KeyKind::ed25519)
      return bad_body("V-74", "an Ed25519 signature over an envelope has no digest that could be logged as hashedrekord");
    data_digest = digest(key.hash(), dsse_pae(envelope->payload_type, envelope->payload));
  } else {
    auto const& message = std::get<MessageSignature>(bundle.content);
    if (message.digest_algorithm != key.hash())
      return bad_body("V-72", "the artifact's digest is not of the key's algorithm")
          .expected(std::string(to_text(key.hash())))
          .found(std::string(to_text(message.digest_algorithm)));
    data_digest = message.digest;
  }
  // Names in canonical order (RFC 8785); no value needs escaping.
  std::string leaf = R"({"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{"data":{"algorithm":")";
  leaf += v2_hash_name(key.hash());
  leaf += R"(","digest":")" + base64(data_digest);
  leaf += R"("},"signature":{"content":")" + base64(bundle.signature());
  leaf += R"(","verifier":{"keyDetails":")";
  leaf += v2_key_details(key.kind());
  leaf += bundle.leaf() ? R"(","x509Certificate":{"rawBytes":")" + base64(*bundle.leaf())
                        : R"(","publicKey":{"rawBytes":")" + base64(key.spki());
  leaf += R"("}}}}}})";
  return leaf;
}

Verdict<void> check_log_entry_body(LogEntry const& entry, Bundle const& bundle, PublicKey const& key) {
  auto const body = parse_json(
      entry.canonicalized_body, "body of the log entry",
      {.max_bytes = limits::max_bundle_bytes, .max_depth = limits::max_json_depth, .duplicate_names_allowed = false});
  if (!body) return bad_body("V-54", "its body is not JSON: " + body.error().why);
  std::string const declared = entry.kind + " " + entry.api_version;
  std::string const actual = string_in(*body, "kind").value_or("") + " " + string_in(*body, "apiVersion").value_or("");
  if (declared != actual) return bad_body("V-54", "its body is of another kind than declared").expected(declared).found(actual);
  if (entry.is_v2()) return check_v2(entry, *body, bundle, key);
  if (entry.kind == "hashedrekord" && entry.api_version == "0.0.1") return check_hashedrekord(*body, bundle, key);
  if (entry.kind == "dsse" && entry.api_version == "0.0.1") return check_dsse(*body, bundle, key);
  if (entry.kind == "intoto" && entry.api_version == "0.0.2") return check_intoto(*body, bundle, key);
  return bad_body("V-54", "this kind of log entry is not accepted").found(declared);
}

}  // namespace acr::sigstore

#pragma once

// A whole Sigstore in memory: authorities, logs, timestamps, and what they sign. Everything that a verifier must refuse can be
// produced by setting one field or stepping in with one hook.
//
//   signing::World world;
//   auto const root = world.trusted_root().json();
//   auto const bundle = world.attest({.subject_sha256 = hex(sha256("…")), .repository = "acme/helm-charts"});
//   auto const forged = world.attest({.subject_sha256 = …, .bundle = [](auto& parts) { parts.payload[10] ^= 1; }});
//
// Uses OpenSSL and src/support only, nothing of src/sigstore: both sides cannot be wrong together.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "signing/certificate_authority.hpp"
#include "signing/documents.hpp"
#include "signing/key.hpp"
#include "signing/logs.hpp"
#include "signing/timestamp_authority.hpp"

namespace acr::signing {

/// The world's present, unless told otherwise: 2026-11-24T11:33:20Z.
inline constexpr std::int64_t world_time = 1795520000;

enum class Profile {
  public_good,  ///< O=sigstore.dev; both Rekors, CT log, timestamp authority
  github,       ///< O="GitHub, Inc."; timestamp authority only
  other,        ///< an own organisation; as public_good
};

struct WorldOptions {
  Profile profile = Profile::public_good;
  std::string organization{};  ///< empty: the profile's
  std::int64_t now = world_time;
  KeyType root_key = KeyType::p384, intermediate_key = KeyType::p384;
  KeyType rekor_key = KeyType::p256, rekor2_key = KeyType::ed25519;
  KeyType ct_key = KeyType::p256, tsa_key = KeyType::p384;
  // Before each of these is issued.
  std::function<void(CertificateSpec&)> root{}, intermediate{}, tsa_root{}, tsa{};
};

enum class LogKind { none, hashedrekord, dsse, intoto, rekor2 };

/// One signing: who, what, how, and where a test steps in.
struct Attest {
  // What is signed: a statement about this subject, unless `statement` or `message` is given.
  std::string subject_sha256{};  ///< 64 hex digits
  std::string subject_name = "artifact";
  std::string predicate_type = "https://slsa.dev/provenance/v1";
  std::string predicate = "{}";            ///< JSON
  std::optional<std::string> statement{};  ///< the whole payload
  std::optional<std::string> message{};    ///< a file's bytes: message signature instead of envelope

  // Who signs. Certificates name the workflow https://github.com/<repository>/<workflow>@<ref>.
  std::string repository = "acme/helm-charts";
  std::string workflow = ".github/workflows/validate.yaml";
  std::string ref = "refs/pull/17/merge";
  std::string san{};  ///< overrides the three above in the SAN and in .9
  std::string commit = "fde89a9d05668add4348c3f63e66be735e488242";
  std::string issuer = "https://token.actions.githubusercontent.com";
  std::string repository_id = "500000001";
  std::string owner_id = "9001";
  std::string trigger = "pull_request";
  std::string runner = "github-hosted";
  std::map<int, std::optional<std::string>> fulcio{};  ///< .n → another value, or none
  std::optional<Key> bare_key{};                       ///< no certificate: a key known out of band (V-88)

  // How.
  KeyType key = KeyType::p256;
  std::string version = "0.3";
  std::optional<LogKind> log{};       ///< default: none for GitHub, else hashedrekord or dsse, by content
  std::optional<bool> timestamped{};  ///< default: where there is no promise
  bool embed_tsa_certificate = false;
  std::int64_t time = 0;  ///< default: the world's

  // Where to step in.
  std::function<void(CertificateSpec&)> leaf{};                   ///< before it is issued
  std::function<void(std::vector<SctParts>&)> scts{};             ///< before they are signed
  std::function<void(std::vector<Extension>&)> sct_extensions{};  ///< before they go into the certificate
  std::function<void(std::string& signature)> signature{};        ///< before it is logged and timestamped
  LogHooks log_hooks{};
  std::function<void(TimestampParts&)> timestamp{};
  std::function<void(BundleParts&)> bundle{};  ///< at the end
};

class World {
 public:
  explicit World(WorldOptions options = {});

  /// The bundle's JSON.
  std::string attest(Attest const& request);
  BundleParts parts(Attest const& request);
  /// A signing certificate as Fulcio issues it.
  Identity leaf(Attest const& request);
  /// What a trusted root of this world holds.
  [[nodiscard]] TrustedRootParts trusted_root() const;

  [[nodiscard]] WorldOptions const& options() const { return options_; }
  [[nodiscard]] std::string const& organization() const { return options_.organization; }
  [[nodiscard]] Identity const& root() const { return root_; }
  [[nodiscard]] Identity const& intermediate() const { return intermediate_; }
  CtLog ct;
  RekorLog rekor;
  RekorLog rekor2;
  StampingAuthority tsa;

 private:
  WorldOptions options_;
  Identity root_;
  Identity intermediate_;
};

/// DSSE's pre-authentication encoding.
std::string pae(std::string_view type, std::string_view payload);

}  // namespace acr::signing

#include "tuf_signing/repository.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <stdexcept>

#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "support/handle.hpp"
#include "tuf_signing/canonical_json.hpp"

namespace acr::tuftest {

using KeyHandle = Handle<EVP_PKEY, EVP_PKEY_free>;

struct SigningKey::State {
  KeyHandle key;
  std::string type, scheme;
};

namespace {

std::string fresh_id() {
  static int count = 0;
  return "key-" + std::to_string(++count);
}

std::string public_der(EVP_PKEY* key) {
  unsigned char* raw = nullptr;
  int const size = i2d_PUBKEY(key, &raw);
  if (size <= 0) throw std::logic_error("a key cannot be written");
  std::string der(reinterpret_cast<char*>(raw), static_cast<std::size_t>(size));
  OPENSSL_free(raw);
  return der;
}

void check(bool holds, char const* what) {
  if (!holds) throw std::logic_error(what);
}

}  // namespace

SigningKey SigningKey::ecdsa() {
  SigningKey key;
  key.state_ = std::make_shared<State const>(State{KeyHandle(EVP_EC_gen("P-256")), "ecdsa", "ecdsa-sha2-nistp256"});
  key.id = fresh_id();
  return key;
}

SigningKey SigningKey::ecdsa_p384() {
  SigningKey key;
  key.state_ = std::make_shared<State const>(State{KeyHandle(EVP_EC_gen("P-384")), "ecdsa", "ecdsa-sha2-nistp256"});
  key.id = fresh_id();
  return key;
}

SigningKey SigningKey::ed25519() {
  SigningKey key;
  key.state_ =
      std::make_shared<State const>(State{KeyHandle(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")), "ed25519", "ed25519"});
  key.id = fresh_id();
  return key;
}

SigningKey SigningKey::rsa(unsigned bits) {
  SigningKey key;
  key.state_ = std::make_shared<State const>(State{KeyHandle(EVP_RSA_gen(bits)), "rsa", "rsassa-pss-sha256"});
  key.id = fresh_id();
  return key;
}

std::string SigningKey::pem() const {
  std::string const body = base64(public_der(state_->key.get()));
  std::string text = "-----BEGIN PUBLIC KEY-----\n";
  for (std::size_t at = 0; at < body.size(); at += 64) text += body.substr(at, 64) + "\n";
  return text + "-----END PUBLIC KEY-----\n";
}

std::string SigningKey::point_hex() const {
  auto const der = public_der(state_->key.get());
  return hex(der.substr(der.size() - 65));
}

json::object SigningKey::document() const {
  std::string text;
  if (state_->type == "ed25519") {
    auto const der = public_der(state_->key.get());
    text = hex(der.substr(der.size() - 32));
  } else {
    text = pem();
  }
  return {{"keytype", state_->type}, {"scheme", state_->scheme}, {"keyval", json::object{{"public", text}}}};
}

std::string SigningKey::sign(std::string_view message) const {
  Handle<EVP_MD_CTX, EVP_MD_CTX_free> const context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* settings = nullptr;
  auto const* hash = state_->type == "ed25519" ? nullptr : EVP_sha256();
  check(EVP_DigestSignInit(context.get(), &settings, hash, nullptr, state_->key.get()) == 1, "signing does not begin");
  if (state_->type == "rsa") {
    check(EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1, "no PSS");
    check(EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) == 1, "no salt");
  }
  auto const* bytes = reinterpret_cast<unsigned char const*>(message.data());
  std::size_t size = 0;
  check(EVP_DigestSign(context.get(), nullptr, &size, bytes, message.size()) == 1, "no size");
  std::string out(size, '\0');
  check(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes, message.size()) == 1,
        "no signature");
  out.resize(size);
  return out;
}

SigningKey pooled_key(std::size_t index) {
  static std::vector<SigningKey> pool;
  while (pool.size() <= index) pool.push_back(pool.size() % 3 == 2 ? SigningKey::ed25519() : SigningKey::ecdsa());
  return pool[index];
}

std::string signed_file(json::object const& content, std::vector<SigningKey> const& keys) {
  auto const bytes = tuf::canonical_json(json::serialize(content), std::size_t{16} << 20);
  if (!bytes) throw std::logic_error(bytes.error().sentence());
  json::array signatures;
  for (auto const& key : keys) signatures.push_back(json::object{{"keyid", key.id}, {"sig", hex(key.sign(*bytes))}});
  return json::serialize(json::object{{"signatures", signatures}, {"signed", content}});
}

json::object empty_targets(std::int64_t version) {
  return {
      {"_type", "targets"}, {"spec_version", "1.0.31"}, {"version", version}, {"expires", far}, {"targets", json::object{}}};
}

Repository::Repository() {
  root = {{"_type", "root"},        {"spec_version", "1.0.31"}, {"version", 0}, {"expires", far}, {"consistent_snapshot", true},
          {"keys", json::object{}}, {"roles", json::object{}}};
  set_role("root", {pooled_key(0)});
  set_role("timestamp", {pooled_key(1)});
  set_role("snapshot", {pooled_key(2)});
  set_role("targets", {pooled_key(3)});
  targets = empty_targets(0);
  snapshot = {{"_type", "snapshot"},
              {"spec_version", "1.0.31"},
              {"version", 0},
              {"expires", far},
              {"meta", json::object{{"targets.json", json::object{{"version", 0}}}}}};
  timestamp = {{"_type", "timestamp"},
               {"spec_version", "1.0.31"},
               {"version", 0},
               {"expires", far},
               {"meta", json::object{{"snapshot.json", json::object{{"version", 0}}}}}};
  publish_root();
  publish();
}

void Repository::set_role(std::string const& role, std::vector<SigningKey> keys, std::int64_t threshold) {
  json::array ids;
  for (auto const& key : keys) {
    root["keys"].as_object()[key.id] = key.document();
    ids.push_back(json::string(key.id));
  }
  root["roles"].as_object()[role] = json::object{{"keyids", ids}, {"threshold", threshold}};
  signers[role] = std::move(keys);
}

void Repository::publish_root(std::vector<SigningKey> const& old_keys) {
  auto const version = root["version"].as_int64() + 1;
  root["version"] = version;
  auto keys = signers["root"];
  for (auto const& key : old_keys)
    if (std::none_of(keys.begin(), keys.end(), [&](auto const& k) { return k.id == key.id; })) keys.push_back(key);
  files[std::to_string(version) + ".root.json"] = signed_file(root, keys);
}

void Repository::publish_targets() {
  files[std::to_string(targets["version"].as_int64()) + ".targets.json"] = signed_file(targets, signers["targets"]);
}

void Repository::publish_snapshot() {
  files[std::to_string(snapshot["version"].as_int64()) + ".snapshot.json"] = signed_file(snapshot, signers["snapshot"]);
}

void Repository::publish() {
  auto const next = [](json::object& document) {
    return (document["version"] = document["version"].as_int64() + 1).as_int64();
  };
  listed_targets()["version"] = next(targets);
  listed_snapshot()["version"] = next(snapshot);
  next(timestamp);
  publish_as_is();
}

void Repository::publish_as_is() {
  publish_targets();
  publish_snapshot();
  publish_timestamp();
}

void Repository::add_target(json::object& document, std::string const& name, std::string const& bytes) {
  auto const hash = hex(sha256(bytes));
  document["targets"].as_object()[name] = json::object{{"length", bytes.size()}, {"hashes", json::object{{"sha256", hash}}}};
  auto const slash = name.rfind('/');
  auto const directory = slash == std::string::npos ? std::string() : name.substr(0, slash + 1);
  target_files[percent_encode(directory, "/") + hash + "." + percent_encode(name.substr(directory.size()))] = bytes;
}

json::object& Repository::delegate(json::object& delegator, std::string const& name, std::vector<SigningKey> const& keys,
                                   std::int64_t threshold, bool terminating, std::vector<std::string> const& paths) {
  if (!delegator.contains("delegations"))
    delegator["delegations"] = json::object{{"keys", json::object{}}, {"roles", json::array{}}};
  auto& delegations = delegator["delegations"].as_object();
  json::array ids;
  for (auto const& key : keys) {
    delegations["keys"].as_object()[key.id] = key.document();
    ids.push_back(json::string(key.id));
  }
  json::array patterns;
  for (auto const& path : paths) patterns.push_back(json::string(path));
  auto& roles = delegations["roles"].as_array();
  roles.push_back(json::object{
      {"name", name}, {"keyids", ids}, {"threshold", threshold}, {"terminating", terminating}, {"paths", patterns}});
  return roles.back().as_object();
}

void Repository::publish_delegated(std::string const& name, json::object document, std::vector<SigningKey> const& keys) {
  auto const version = document["version"].as_int64();
  snapshot["meta"].as_object()[name + ".json"] = json::object{{"version", version}};
  files[std::to_string(version) + "." + percent_encode(name) + ".json"] = signed_file(document, keys);
}

Outcome refresh(Repository const& repository, tuf::Store& store, RefreshOptions const& options) {
  Outcome outcome;
  auto const ask = [&](std::string const& path, bool target) -> std::optional<std::string> {
    outcome.requests.push_back(path);
    if (options.fetch) return options.fetch(path);
    auto const& files = target ? repository.target_files : repository.files;
    auto const found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  };
  tuf::Client client(store, options.time, options.follow_delegations);
  auto const drive = [&](Verdict<void> step) {
    while (step && client.wanted()) {
      auto const wanted = *client.wanted();
      auto const file = ask(wanted.path, wanted.kind == tuf::FileKind::target);
      if (file) {
        if (wanted.kind == tuf::FileKind::target && step) outcome.found = *file;
        step = client.take(*file);
      } else if (wanted.kind == tuf::FileKind::root) {
        step = client.no_newer_root();
      } else {
        step = reject("tuf-unreachable", wanted.path, "404");
      }
    }
    return step;
  };
  auto step = drive(client.start(options.built_in));
  for (auto const& target : options.targets) {
    if (step) step = drive(client.find(target));
    if (step) {
      client.want_target();
      step = drive({});
    }
  }
  if (!step) {
    outcome.rejection = step.error();
    outcome.found.clear();
  } else {
    outcome.root = client.root_version();
    outcome.targets = client.targets_version();
  }
  return outcome;
}

Outcome refresh(Repository const& repository, RefreshOptions options) {
  tuf::MemoryStore store;
  if (!options.built_in) options.built_in = tuf::BuiltIn{repository.initial_root(), {}};
  return refresh(repository, store, options);
}

}  // namespace acr::tuftest

#include "signing/world.hpp"

#include <utility>

#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "support/json.hpp"

namespace acr::signing {
namespace {

namespace json = boost::json;

constexpr std::int64_t year = 365 * 86400;
constexpr std::int64_t leaf_seconds = 600;
constexpr std::string_view in_toto = "application/vnd.in-toto+json";

WorldOptions completed(WorldOptions options) {
  if (options.organization.empty())
    options.organization = options.profile == Profile::public_good ? "sigstore.dev"
                           : options.profile == Profile::github    ? "GitHub, Inc."
                                                                   : "acr.example";
  return options;
}

Identity made_root(WorldOptions const& options) {
  auto spec = authority_spec(completed(options).organization, "sigstore", options.now - 5 * year, options.now + 5 * year);
  spec.signature_hash = HashAlgorithm::sha384;
  if (options.root) options.root(spec);
  return issue(spec, Key::generate(options.root_key), nullptr);
}

Identity made_intermediate(WorldOptions const& options, Identity const& root) {
  auto spec = authority_spec(options.organization, "sigstore-intermediate", options.now - 4 * year, options.now + 4 * year);
  spec.basic_constraints = "critical,CA:TRUE,pathlen:0";
  spec.extended_key_usage = "codeSigning";
  spec.signature_hash = HashAlgorithm::sha384;
  if (options.intermediate) options.intermediate(spec);
  return issue(spec, Key::generate(options.intermediate_key), &root);
}

StampingAuthority made_tsa(WorldOptions const& options) {
  std::string const organization = completed(options).organization;
  auto root_spec = authority_spec(organization, "TSA root", options.now - 5 * year, options.now + 5 * year);
  root_spec.signature_hash = HashAlgorithm::sha384;
  if (options.tsa_root) options.tsa_root(root_spec);
  Identity const root = issue(root_spec, Key::generate(KeyType::p384), nullptr);
  auto spec = stamping_spec(organization, options.now - year, options.now + year);
  spec.signature_hash = HashAlgorithm::sha384;
  if (options.tsa) options.tsa(spec);
  return {issue(spec, Key::generate(options.tsa_key), &root), {root.der}};
}

std::string media_type(std::string const& version) {
  if (version == "0.3") return "application/vnd.dev.sigstore.bundle.v0.3+json";
  return "application/vnd.dev.sigstore.bundle+json;version=" + version;
}

std::string hash_name(HashAlgorithm hash) {
  return hash == HashAlgorithm::sha384 ? "sha384" : hash == HashAlgorithm::sha512 ? "sha512" : "sha256";
}

std::string proto_hash_name(HashAlgorithm hash) {
  return hash == HashAlgorithm::sha384 ? "SHA2_384" : hash == HashAlgorithm::sha512 ? "SHA2_512" : "SHA2_256";
}

json::object hash_json(std::string const& value) { return {{"algorithm", "sha256"}, {"value", value}}; }

std::string statement_of(Attest const& request) {
  if (request.statement) return *request.statement;
  json::array const subjects{json::object{{"name", request.subject_name}, {"digest", {{"sha256", request.subject_sha256}}}}};
  return json::serialize(json::object{{"_type", "https://in-toto.io/Statement/v1"},
                                      {"subject", subjects},
                                      {"predicateType", request.predicate_type},
                                      {"predicate", json::parse(request.predicate)}});
}

/// The log's account of a signing.
struct Body {
  std::string kind, version, text;
};

Body body_of(LogKind log, BundleParts const& bundle, Key const& key) {
  std::string const pem = bundle.certificates.empty() ? key.pem() : pem_block("CERTIFICATE", bundle.certificates.front());
  std::string const payload_hash = hex(sha256(bundle.payload));
  switch (log) {
    case LogKind::none:
      return {};
    case LogKind::hashedrekord: {
      json::object const hash{{"algorithm", hash_name(key.hash())}, {"value", hex(bundle.digest)}};
      json::object const signature{{"content", base64(bundle.signature)}, {"publicKey", {{"content", base64(pem)}}}};
      json::object const spec{{"data", {{"hash", hash}}}, {"signature", signature}};
      return {"hashedrekord", "0.0.1",
              json::serialize(json::object{{"apiVersion", "0.0.1"}, {"kind", "hashedrekord"}, {"spec", spec}})};
    }
    case LogKind::dsse: {
      json::array const signatures{json::object{{"signature", base64(bundle.signature)}, {"verifier", base64(pem)}}};
      json::object const spec{{"envelopeHash", hash_json(hex(sha256("the envelope as it was")))},
                              {"payloadHash", hash_json(payload_hash)},
                              {"signatures", signatures}};
      return {"dsse", "0.0.1", json::serialize(json::object{{"apiVersion", "0.0.1"}, {"kind", "dsse"}, {"spec", spec}})};
    }
    case LogKind::intoto: {
      json::array const signatures{json::object{{"publicKey", base64(pem)}, {"sig", base64(base64(bundle.signature))}}};
      json::object const envelope{{"payloadType", bundle.payload_type}, {"signatures", signatures}};
      json::object const content{{"envelope", envelope},
                                 {"hash", hash_json(hex(sha256("the envelope as it was")))},
                                 {"payloadHash", hash_json(payload_hash)}};
      return {"intoto", "0.0.2",
              json::serialize(json::object{{"apiVersion", "0.0.2"}, {"kind", "intoto"}, {"spec", {{"content", content}}}})};
    }
    case LogKind::rekor2: {
      std::string const data =
          bundle.is_envelope ? digest(key.hash(), pae(bundle.payload_type, bundle.payload)) : bundle.digest;
      json::object verifier;
      verifier["keyDetails"] = key.type() == KeyType::ed25519 ? "PKIX_ED25519_PH" : key.details();
      if (bundle.certificates.empty()) {
        verifier["publicKey"] = json::object{{"rawBytes", base64(key.spki())}};
      } else {
        verifier["x509Certificate"] = json::object{{"rawBytes", base64(bundle.certificates.front())}};
      }
      json::object const record{{"data", {{"algorithm", proto_hash_name(key.hash())}, {"digest", base64(data)}}},
                                {"signature", {{"content", base64(bundle.signature)}, {"verifier", verifier}}}};
      return {"hashedrekord", "0.0.2",
              json::serialize(
                  json::object{{"apiVersion", "0.0.2"}, {"kind", "hashedrekord"}, {"spec", {{"hashedRekordV002", record}}}})};
    }
  }
  return {};
}

std::vector<Extension> fulcio_extensions(Attest const& request, std::string const& san) {
  std::string const server = "https://github.com/";
  std::string const owner = request.repository.substr(0, request.repository.find('/'));
  std::string const workflow = server + request.repository + "/" + request.workflow + "@" + request.ref;
  std::map<int, std::optional<std::string>> values = {
      {1, request.issuer},
      {2, request.trigger},
      {3, request.commit},
      {4, "Validate"},
      {5, request.repository},
      {6, request.ref},
      {8, request.issuer},
      {9, san},
      {10, request.commit},
      {11, request.runner},
      {12, server + request.repository},
      {13, request.commit},
      {14, request.ref},
      {15, request.repository_id},
      {16, server + owner},
      {17, request.owner_id},
      {18, workflow},
      {19, request.commit},
      {20, request.trigger},
      {21, server + request.repository + "/actions/runs/1/attempts/1"},
      {22, "public"},
  };
  for (auto const& [number, value] : request.fulcio) values[number] = value;
  std::vector<Extension> extensions;
  for (auto const& [number, value] : values)
    if (value) extensions.push_back(fulcio(number, *value));
  return extensions;
}

}  // namespace

std::string pae(std::string_view type, std::string_view payload) {
  return "DSSEv1 " + std::to_string(type.size()) + " " + std::string(type) + " " + std::to_string(payload.size()) + " " +
         std::string(payload);
}

World::World(WorldOptions options)
    : ct(Key::generate(options.ct_key)),
      rekor(RekorLog::v1("rekor.world.example", Key::generate(options.rekor_key))),
      rekor2(RekorLog::v2("log2026.world.example", Key::generate(options.rekor2_key))),
      tsa(made_tsa(options)),
      options_(completed(std::move(options))),
      root_(made_root(options_)),
      intermediate_(made_intermediate(options_, root_)) {}

Identity World::leaf(Attest const& request) {
  std::int64_t const time = request.time != 0 ? request.time : options_.now;
  std::string const san = !request.san.empty()
                              ? request.san
                              : "https://github.com/" + request.repository + "/" + request.workflow + "@" + request.ref;
  CertificateSpec spec;
  spec.not_before = time;
  spec.not_after = time + leaf_seconds;
  spec.key_usage = "critical,digitalSignature";
  spec.extended_key_usage = "codeSigning";
  spec.signature_hash = HashAlgorithm::sha384;
  spec.extensions.push_back(uri_name(san));
  for (auto& extension : fulcio_extensions(request, san)) spec.extensions.push_back(std::move(extension));
  if (request.leaf) request.leaf(spec);
  return issue(spec, Key::generate(request.key), &intermediate_, [&](std::string const& tbs) {
    std::vector<SctParts> scts;
    if (options_.profile != Profile::github) scts.push_back(ct.parts(intermediate_.key.spki(), tbs, time));
    if (request.scts) request.scts(scts);
    std::vector<std::string> serialized;
    for (auto const& parts : scts) serialized.push_back(ct.serialized(parts));
    std::vector<Extension> extensions;
    if (!serialized.empty()) extensions.push_back(sct_extension(serialized));
    if (request.sct_extensions) request.sct_extensions(extensions);
    return extensions;
  });
}

BundleParts World::parts(Attest const& request) {
  std::int64_t const time = request.time != 0 ? request.time : options_.now;
  BundleParts bundle;
  bundle.media_type = media_type(request.version);
  bundle.single_certificate = request.version == "0.3";
  std::optional<Identity> signer;
  if (!request.bare_key) {
    signer = leaf(request);
    bundle.certificates = {signer->der};
    if (!bundle.single_certificate) bundle.certificates.push_back(intermediate_.der);
  }
  Key const& key = request.bare_key ? *request.bare_key : signer->key;
  if (request.message) {
    bundle.is_envelope = false;
    bundle.digest_algorithm = proto_hash_name(key.hash());
    bundle.digest = digest(key.hash(), *request.message);
    bundle.signature = key.sign(*request.message);
  } else {
    bundle.payload_type = in_toto;
    bundle.payload = statement_of(request);
    bundle.signature = key.sign(pae(bundle.payload_type, bundle.payload));
  }
  if (request.signature) request.signature(bundle.signature);

  LogKind const log = request.log.value_or(options_.profile == Profile::github ? LogKind::none
                                           : request.message                   ? LogKind::hashedrekord
                                                                               : LogKind::dsse);
  if (log != LogKind::none) {
    Body const body = body_of(log, bundle, key);
    RekorLog& to = log == LogKind::rekor2 ? rekor2 : rekor;
    bundle.entries.push_back(to.add(body.kind, body.version, body.text, time + 1, request.log_hooks));
  }
  if (request.timestamped.value_or(log == LogKind::none || log == LogKind::rekor2)) {
    TimestampParts timestamp = tsa.parts(time + 2);
    if (request.embed_tsa_certificate) timestamp.embedded = {tsa.signer().der};
    if (request.timestamp) request.timestamp(timestamp);
    bundle.timestamps.push_back(tsa.stamp(bundle.signature, timestamp));
  }
  if (request.bundle) request.bundle(bundle);
  return bundle;
}

std::string World::attest(Attest const& request) { return parts(request).json(); }

TrustedRootParts World::trusted_root() const {
  std::string const start = rfc3339(options_.now - year);
  std::string const name = "world.example";
  TrustedRootParts root;
  root.certificate_authorities.push_back(
      {options_.organization, "sigstore", "https://fulcio." + name, {intermediate_.der, root_.der}, start, {}, {}});
  root.timestamp_authorities.push_back({options_.organization, "TSA", "https://timestamp." + name, tsa.chain(), start, {}, {}});
  if (options_.profile == Profile::github) return root;
  for (auto const* log : {&rekor, &rekor2})
    root.tlogs.push_back(
        {"https://" + log->host(), "SHA2_256", log->key().spki(), log->key().details(), start, {}, log->id(), {}});
  root.ctlogs.push_back({"https://ct." + name, "SHA2_256", ct.key().spki(), ct.key().details(), start, {}, ct.id(), {}});
  return root;
}

}  // namespace acr::signing

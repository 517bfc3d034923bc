#include "signing/documents.hpp"

#include <ctime>

#include "support/encoding.hpp"
#include "support/json.hpp"

namespace acr::signing {
namespace {

namespace json = boost::json;

json::object certificate(std::string const& der) { return {{"rawBytes", base64(der)}}; }

json::object chain(std::vector<std::string> const& certificates) {
  json::array list;
  for (auto const& der : certificates) list.push_back(certificate(der));
  return {{"certificates", list}};
}

json::object proof_json(ProofParts const& proof) {
  json::array hashes;
  for (auto const& hash : proof.hashes) hashes.push_back(json::string(base64(hash)));
  return {{"logIndex", std::to_string(proof.log_index)},
          {"rootHash", base64(proof.root_hash)},
          {"treeSize", std::to_string(proof.tree_size)},
          {"hashes", hashes},
          {"checkpoint", {{"envelope", proof.checkpoint}}}};
}

json::object entry_json(EntryParts const& entry) {
  json::object out;
  out["logIndex"] = std::to_string(entry.log_index);
  out["logId"] = json::object{{"keyId", base64(entry.log_id)}};
  out["kindVersion"] = json::object{{"kind", entry.kind}, {"version", entry.version}};
  if (entry.integrated_time != 0) out["integratedTime"] = std::to_string(entry.integrated_time);
  if (entry.promise) out["inclusionPromise"] = json::object{{"signedEntryTimestamp", base64(*entry.promise)}};
  if (entry.proof) out["inclusionProof"] = proof_json(*entry.proof);
  out["canonicalizedBody"] = base64(entry.body);
  return out;
}

json::object validity(std::string const& start, std::string const& end) {
  json::object out;
  if (!start.empty()) out["start"] = start;
  if (!end.empty()) out["end"] = end;
  return out;
}

json::array logs(std::vector<LogParts> const& parts) {
  json::array list;
  for (auto const& log : parts) {
    json::object one;
    one["baseUrl"] = log.base_url;
    one["hashAlgorithm"] = log.hash_algorithm;
    one["publicKey"] =
        json::object{{"rawBytes", base64(log.key)}, {"keyDetails", log.details}, {"validFor", validity(log.start, log.end)}};
    one["logId"] = json::object{{"keyId", base64(log.log_id)}};
    if (!log.operator_name.empty()) one["operator"] = log.operator_name;
    list.push_back(one);
  }
  return list;
}

json::array authorities(std::vector<AuthorityParts> const& parts) {
  json::array list;
  for (auto const& authority : parts) {
    json::object one;
    one["subject"] = json::object{{"organization", authority.organization}, {"commonName", authority.common_name}};
    one["uri"] = authority.uri;
    one["certChain"] = chain(authority.certificates);
    one["validFor"] = validity(authority.start, authority.end);
    if (!authority.operator_name.empty()) one["operator"] = authority.operator_name;
    list.push_back(one);
  }
  return list;
}

}  // namespace

std::string BundleParts::json() const {
  json::object material;
  if (certificates.empty()) {
    material["publicKey"] = json::object{{"hint", public_key_hint}};
  } else if (single_certificate) {
    material["certificate"] = certificate(certificates.front());
  } else {
    material["x509CertificateChain"] = chain(certificates);
  }
  json::array entry_list;
  for (auto const& entry : entries) entry_list.push_back(entry_json(entry));
  if (!entry_list.empty()) material["tlogEntries"] = entry_list;
  json::array timestamp_list;
  for (auto const& timestamp : timestamps) timestamp_list.push_back(json::object{{"signedTimestamp", base64(timestamp)}});
  if (!timestamp_list.empty()) material["timestampVerificationData"] = json::object{{"rfc3161Timestamps", timestamp_list}};

  json::object out{{"mediaType", media_type}, {"verificationMaterial", material}};
  if (is_envelope) {
    json::array const signatures{json::object{{"sig", base64(signature)}}};
    out["dsseEnvelope"] = json::object{{"payload", base64(payload)}, {"payloadType", payload_type}, {"signatures", signatures}};
  } else {
    out["messageSignature"] = json::object{{"messageDigest", {{"algorithm", digest_algorithm}, {"digest", base64(digest)}}},
                                           {"signature", base64(signature)}};
  }
  return json::serialize(out);
}

std::string TrustedRootParts::json() const {
  json::object out{{"mediaType", media_type}};
  if (!tlogs.empty()) out["tlogs"] = logs(tlogs);
  if (!certificate_authorities.empty()) out["certificateAuthorities"] = authorities(certificate_authorities);
  if (!ctlogs.empty()) out["ctlogs"] = logs(ctlogs);
  if (!timestamp_authorities.empty()) out["timestampAuthorities"] = authorities(timestamp_authorities);
  return json::serialize(out);
}

std::string rfc3339(std::int64_t seconds) {
  auto const time = static_cast<time_t>(seconds);
  tm parts{};
  gmtime_r(&time, &parts);
  char text[32];
  std::size_t const length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text, length};
}

}  // namespace acr::signing

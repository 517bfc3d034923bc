// See sct.hpp. By hand rather than by OpenSSL's CT interface, which can be filled with logs only from a file, knows no validity
// of logs and is absent from some builds (V-45).
#include "sigstore/sct.hpp"

#include <algorithm>
#include <set>

#include "sigstore/der.hpp"
#include "sigstore/limits.hpp"
#include "support/encoding.hpp"

namespace acr::sigstore {
namespace {

using namespace std::string_view_literals;

// Content octets of 1.3.6.1.4.1.11129.2.4.2 and .3.
constexpr std::string_view sct_oid = "\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02"sv;
constexpr std::string_view poison_oid = "\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x03"sv;

Rejection bad_sct(std::string rule, std::string why) {
  return reject("sct", "signing certificate", std::move(why)).rule(std::move(rule));
}

/// TLS presentation language (RFC 5246 §4): big-endian numbers and length-prefixed strings. After the first read past the
/// end, `failed` stays set and everything reads as zero.
class TlsReader {
 public:
  explicit TlsReader(std::string_view bytes) : left_(bytes) {}
  std::uint64_t number(std::size_t size) {
    std::uint64_t value = 0;
    for (char const c : fixed(size)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  std::string_view fixed(std::size_t size) {
    if (size > left_.size()) {
      failed_ = true;
      left_ = {};
      return {};
    }
    std::string_view const out = left_.substr(0, size);
    left_.remove_prefix(size);
    return out;
  }
  std::string_view opaque16() { return fixed(static_cast<std::size_t>(number(2))); }
  [[nodiscard]] bool done() const { return left_.empty(); }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::string_view left_;
  bool failed_ = false;
};

void append_number(std::string& out, std::uint64_t value, std::size_t size) {
  while (size-- > 0) out += static_cast<char>(value >> (8 * size) & 0xffU);
}

Verdict<Sct> parse_sct(std::string_view bytes) {
  TlsReader reader(bytes);
  std::uint64_t const version = reader.number(1);
  Sct sct;
  sct.log_id = reader.fixed(32);
  sct.timestamp_ms = reader.number(8);
  sct.extensions = reader.opaque16();
  sct.hash_algorithm = static_cast<std::uint8_t>(reader.number(1));
  sct.signature_algorithm = static_cast<std::uint8_t>(reader.number(1));
  sct.signature = reader.opaque16();
  if (reader.failed() || !reader.done()) return bad_sct("V-40", "a certificate timestamp is ill-formed");
  if (version != 0)
    return bad_sct("V-40", "a certificate timestamp is of an unknown version")
        .expected("0 (v1)")
        .found(std::to_string(version));
  return sct;
}

bool holds(Sct const& sct, LogInstance const& log, std::span<Certificate const> issuers, std::string_view tbs) {
  constexpr std::uint8_t sha256_code = 4, rsa_code = 1, ecdsa_code = 3;
  KeyKind const kind = log.key.kind();
  bool const fits = sct.hash_algorithm == sha256_code && ((is_ecdsa(kind) && sct.signature_algorithm == ecdsa_code) ||
                                                          (is_rsa(kind) && sct.signature_algorithm == rsa_code));
  if (!fits || !log.valid_for.contains(sct.time())) return false;
  return std::any_of(issuers.begin(), issuers.end(), [&](Certificate const& issuer) {
    auto const key = issuer.public_key();
    return key && log.key.verifies(HashAlgorithm::sha256, sct_signed_data(sct, key->spki_sha256(), tbs), sct.signature);
  });
}

}  // namespace

Time Sct::time() const {
  return {static_cast<std::int64_t>(timestamp_ms / 1000), static_cast<std::int32_t>(timestamp_ms % 1000 * 1'000'000)};
}

Verdict<std::vector<Sct>> parse_sct_list(std::string_view bytes) {
  TlsReader reader(bytes);
  TlsReader list(reader.opaque16());
  if (reader.failed() || !reader.done()) return bad_sct("V-40", "the list of certificate timestamps is ill-formed");
  std::vector<Sct> scts;
  while (!list.done()) {
    if (scts.size() == limits::max_scts)
      return bad_sct("V-2", "too many certificate timestamps").expected("at most " + std::to_string(limits::max_scts));
    std::string_view const bytes_of_one = list.opaque16();
    if (list.failed()) return bad_sct("V-40", "the list of certificate timestamps is ill-formed");
    auto sct = parse_sct(bytes_of_one);
    if (!sct) return sct.error();
    scts.push_back(std::move(*sct));
  }
  if (scts.empty()) return bad_sct("V-40", "the list of certificate timestamps is empty");
  return scts;
}

Verdict<std::optional<EmbeddedScts>> embedded_scts(Certificate const& certificate) {
  Rejection const unreadable =
      bad_sct("V-41", "the certificate is not in the DER form that certificate timestamps are made over");
  auto const outer = der_only(certificate.der(), der::sequence);
  if (!outer) return unreadable;
  auto const tbs = DerReader(outer->value).next(der::sequence);
  if (!tbs) return unreadable;

  std::optional<std::string> list;
  std::string rebuilt;
  DerReader fields(tbs->value);
  while (!fields.done()) {
    auto const field = fields.next();
    if (!field) return unreadable;
    if (field->tag != 0xa3) {  // [3] EXPLICIT Extensions
      rebuilt += field->whole;
      continue;
    }
    auto const extensions = der_only(field->value, der::sequence);
    if (!extensions) return unreadable;
    std::string kept;
    DerReader reader(extensions->value);
    while (!reader.done()) {
      auto const extension = reader.next(der::sequence);
      if (!extension) return unreadable;
      DerReader parts(extension->value);
      auto const oid = parts.next(der::object_identifier);
      if (!oid) return unreadable;
      if (oid->value == poison_oid)
        return bad_sct("V-45", "the certificate is a precertificate: it carries a poison extension");
      if (oid->value != sct_oid) {
        kept += extension->whole;
        continue;
      }
      if (list) return bad_sct("V-45", "the certificate has more than one list of certificate timestamps");
      parts.next(der::boolean);
      auto const value = parts.next(der::octet_string);
      auto const inner = value && parts.done() ? der_only(value->value, der::octet_string) : std::nullopt;
      if (!inner) return bad_sct("V-40", "the list of certificate timestamps is ill-formed");
      list = inner->value;
    }
    rebuilt += der_wrap(0xa3, der_wrap(der::sequence, kept));
  }
  if (!list) return std::optional<EmbeddedScts>();
  auto scts = parse_sct_list(*list);
  if (!scts) return scts.error();
  return std::optional<EmbeddedScts>(EmbeddedScts{std::move(*scts), der_wrap(der::sequence, rebuilt)});
}

std::string sct_signed_data(Sct const& sct, std::string_view issuer_key_hash, std::string_view tbs) {
  std::string data;
  data.reserve(64 + tbs.size() + sct.extensions.size());
  append_number(data, 0, 1);  // sct_version v1
  append_number(data, 0, 1);  // certificate_timestamp
  append_number(data, sct.timestamp_ms, 8);
  append_number(data, 1, 2);  // precert_entry
  data += issuer_key_hash;
  append_number(data, tbs.size(), 3);
  data += tbs;
  append_number(data, sct.extensions.size(), 2);
  data += sct.extensions;
  return data;
}

Verdict<std::vector<std::string>> check_scts(Certificate const& leaf, std::span<Certificate const> issuers,
                                             std::span<LogInstance const> logs, std::size_t threshold) {
  auto const embedded = embedded_scts(leaf);
  if (!embedded) return embedded.error();
  if (!*embedded)
    return bad_sct("V-44", "the certificate carries no certificate timestamp, so it may have been issued in secret");
  std::set<std::string> counted;  // one log counts once, however often it signs
  std::vector<std::string> names;
  bool any_known = false;
  std::string found;
  for (Sct const& sct : (*embedded)->scts) {
    found += (found.empty() ? "log " : ", log ") + hex(sct.log_id).substr(0, 16) + "… at " + to_text(sct.time());
    for (LogInstance const& log : logs) {
      if (log.log_id != sct.log_id) continue;
      any_known = true;
      if (counted.contains(log.log_id) || !holds(sct, log, issuers, (*embedded)->tbs)) continue;
      counted.insert(log.log_id);
      names.push_back(log.name() + " at " + to_text(sct.time()));
    }
  }
  if (names.size() < threshold)
    return bad_sct(any_known ? "V-43" : "V-44",
                   any_known ? "no certificate timestamp of a trusted CT log holds"
                             : "all certificate timestamps are of CT logs that the trusted root does not know")
        .expected(std::to_string(threshold) + " from distinct logs")
        .found(found);
  return names;
}

}  // namespace acr::sigstore

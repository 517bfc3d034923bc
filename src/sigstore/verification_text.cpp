// See verification_text.hpp.
#include "sigstore/verification_text.hpp"

#include <algorithm>

#include "sigstore/certificate.hpp"
#include "sigstore/certificate_identity.hpp"
#include "support/encoding.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace acr::sigstore {
namespace {

namespace json = boost::json;

/// What a bundle says of itself. Facts once a verification has passed, claims before.
struct Account {
  std::optional<CertificateIdentity> identity;
  std::optional<Statement> statement;
};

Account account_of(Bundle const* bundle, Verification const& verification) {
  Account account;
  if (verification.attestation) {
    if (auto const* identity = verification.attestation->identity()) account.identity = *identity;
    if (auto const* statement = verification.attestation->statement()) account.statement = *statement;
    return account;
  }
  if (!bundle) return account;
  if (auto const* leaf = bundle->leaf())
    if (auto const certificate = Certificate::parse(*leaf))
      if (auto identity = read_identity(*certificate)) account.identity = std::move(*identity);
  if (auto const* envelope = std::get_if<DsseEnvelope>(&bundle->content))
    if (auto statement = parse_statement(envelope->payload)) account.statement = std::move(*statement);
  return account;
}

std::string_view text_of(VerifiedTime::Kind kind) {
  return kind == VerifiedTime::Kind::log_integrated ? "log" : "timestamp authority";
}

std::string_view text_of(SanKind kind) {
  switch (kind) {
    case SanKind::uri:
      return "URI";
    case SanKind::email:
      return "email";
    case SanKind::other_name:
      return "other name";
  }
  return "unknown";
}

void line(std::string& out, std::string_view name, std::string_view value) {
  std::string label = "  " + std::string(name) + ":";
  label.resize(std::max<std::size_t>(label.size() + 1, 22), ' ');
  out += label + printable(value) + "\n";
}

void explain_signer(std::string& out, Bundle const* bundle, Account const& account) {
  out += "Signed by\n";
  if (account.identity) {
    line(out, "identity", account.identity->san);
    line(out, "identity kind", text_of(account.identity->san_kind));
    line(out, "identified by", account.identity->issuer.empty() ? "nobody named" : account.identity->issuer);
    for (auto const& [label, extension] :
         {std::pair{"repository", FulcioExtension::source_repository_uri},
          std::pair{"ref", FulcioExtension::source_repository_ref},
          std::pair{"commit", FulcioExtension::source_repository_digest}, std::pair{"trigger", FulcioExtension::build_trigger},
          std::pair{"runner", FulcioExtension::runner_environment}, std::pair{"run", FulcioExtension::run_invocation_uri}})
      if (auto const* value = account.identity->find(extension)) line(out, label, *value);
    line(out, "certificate", "serial " + account.identity->serial_hex + ", valid " + to_text(account.identity->validity));
    line(out, "issued by", account.identity->certificate_issuer);
  } else if (bundle && !bundle->leaf()) {
    line(out, "key", "a public key that the verifier must know");
  } else {
    line(out, "identity", "unreadable");
  }
}

void explain_content(std::string& out, Bundle const* bundle, Account const& account) {
  out += "Signed\n";
  if (account.statement) {
    line(out, "predicate type", account.statement->predicate_type);
    constexpr std::size_t shown = 20;
    for (std::size_t i = 0; i < account.statement->subjects.size() && i < shown; ++i) {
      Subject const& subject = account.statement->subjects[i];
      std::string digests;
      for (auto const& [algorithm, value] : subject.digests) digests += (digests.empty() ? "" : ", ") + algorithm + ":" + value;
      line(out, "subject", (subject.name.empty() ? subject.uri : subject.name) + "  " + digests);
    }
    if (account.statement->subjects.size() > shown)
      line(out, "subject", "and " + std::to_string(account.statement->subjects.size() - shown) + " more");
  } else if (auto const* message = bundle ? std::get_if<MessageSignature>(&bundle->content) : nullptr) {
    line(out, "file with digest", std::string(to_text(message->digest_algorithm)) + ":" + hex(message->digest));
  } else {
    line(out, "statement", "unreadable");
  }
}

void explain_times(std::string& out, Bundle const* bundle, Verification const& verification) {
  out += "When and where logged\n";
  if (auto const& attestation = verification.attestation) {
    for (auto const& time : attestation->times())
      line(out, "time", to_text(time.time) + " by " + std::string(text_of(time.kind)) + " " + time.source);
    for (auto const& entry : attestation->log_entries())
      line(out, "log entry",
           entry.log + " index " + std::to_string(entry.log_index) + " (" + entry.kind + " " + entry.api_version + ")");
    if (attestation->log_entries().empty()) line(out, "log entry", "none looked at");
    line(out, "trusted root", attestation->trusted_root());
  } else if (bundle) {
    for (auto const& entry : bundle->log_entries)
      line(out, "log entry",
           "log " + hex(entry.log_id).substr(0, 16) + "… index " + std::to_string(entry.log_index) + " (" + entry.kind + " " +
               entry.api_version + ")" + (entry.integrated_time != 0 ? " at " + to_text(Time{entry.integrated_time, 0}) : ""));
    line(out, "timestamps", std::to_string(bundle->timestamps.size()));
  }
}

json::value identity_json(CertificateIdentity const& identity) {
  json::object extensions;
  for (auto const& extension : identity.extensions) extensions[extension.name] = printable(extension.value, 4000);
  return json::object{{"subjectAlternativeName", printable(identity.san, 4000)},
                      {"kind", text_of(identity.san_kind)},
                      {"issuer", printable(identity.issuer, 4000)},
                      {"certificateIssuer", printable(identity.certificate_issuer)},
                      {"serial", identity.serial_hex},
                      {"sha256", identity.sha256_hex},
                      {"notBefore", identity.validity.from ? to_text(*identity.validity.from) : ""},
                      {"notAfter", identity.validity.to ? to_text(*identity.validity.to) : ""},
                      {"extensions", std::move(extensions)}};
}

json::value statement_json(Statement const& statement) {
  json::array subjects;
  for (auto const& subject : statement.subjects) {
    json::object digests;
    for (auto const& [algorithm, value] : subject.digests) digests[printable(algorithm)] = printable(value);
    json::object entry;
    if (!subject.name.empty()) entry["name"] = printable(subject.name);
    if (!subject.uri.empty()) entry["uri"] = printable(subject.uri);
    entry["digest"] = std::move(digests);
    subjects.push_back(std::move(entry));
  }
  return json::object{{"type", printable(statement.type)},
                      {"predicateType", printable(statement.predicate_type)},
                      {"subjects", std::move(subjects)}};
}

json::value check_json(CheckResult const& check) {
  json::object out{{"rule", check.rule}, {"name", printable(check.name)}, {"passed", check.passed}};
  if (!check.detail.empty()) out["detail"] = printable(check.detail);
  if (!check.code.empty()) out["code"] = check.code.text();
  if (!check.expected.empty()) out["expected"] = printable(check.expected);
  if (!check.found.empty()) out["found"] = printable(check.found);
  if (!check.fix.empty()) out["fix"] = printable(check.fix);
  return out;
}

json::array entries_json(Bundle const* bundle, Verification const& verification) {
  json::array entries;
  if (verification.attestation) {
    for (auto const& entry : verification.attestation->log_entries())
      entries.push_back(json::object{
          {"log", printable(entry.log)}, {"logIndex", entry.log_index}, {"kind", entry.kind + " " + entry.api_version}});
  } else if (bundle) {
    for (auto const& entry : bundle->log_entries)
      entries.push_back(json::object{
          {"logId", hex(entry.log_id)}, {"logIndex", entry.log_index}, {"kind", entry.kind + " " + entry.api_version}});
  }
  return entries;
}

}  // namespace

std::string explain_checks(Verification const& verification) {
  std::string out;
  for (CheckResult const& check : verification.checks) {
    std::string rule = check.rule;
    rule.resize(std::max<std::size_t>(rule.size() + 1, 7), ' ');
    out += (check.passed ? "ok    " : "FAIL  ") + rule + printable(check.name);
    if (!check.detail.empty()) out += ": " + printable(check.detail);
    out += "\n";
    if (check.passed) continue;
    for (auto const& [label, text] :
         {std::pair{"expected", &check.expected}, std::pair{"found", &check.found}, std::pair{"fix", &check.fix}})
      if (!text->empty()) out += "        " + std::string(label) + ": " + printable(*text) + "\n";
  }
  return out;
}

std::string explain(Bundle const* bundle, Verification const& verification) {
  Account const account = account_of(bundle, verification);
  std::string out;
  if (verification.attestation) {
    out += "VERIFIED against " + printable(verification.attestation->trusted_root()) + "\n\n";
  } else {
    out +=
        "NOT VERIFIED: " + printable(verification.rejection ? verification.rejection->sentence() : std::string("no reason")) +
        "\n";
    if (bundle) out += "What follows up to the checks is what the bundle claims; nothing of it is verified.\n";
    out += "\n";
  }
  if (bundle || verification.attestation) {
    explain_signer(out, bundle, account);
    explain_content(out, bundle, account);
    explain_times(out, bundle, verification);
  }
  out += "Checks\n" + explain_checks(verification);
  return out;
}

std::string explain_json(Bundle const* bundle, Verification const& verification) {
  Account const account = account_of(bundle, verification);
  json::object out;
  out["verified"] = verification.attestation.has_value();
  if (verification.rejection) {
    Rejection const& rejection = *verification.rejection;
    out["rejection"] = json::object{
        {"code", rejection.code.text()}, {"rule", rejection.rule_number}, {"sentence", printable(rejection.sentence())}};
  }
  // A reader who takes facts from here must not take claims for them: the name of the member tells.
  json::object facts;
  if (bundle) facts["mediaType"] = printable(bundle->media_type);
  if (account.identity) facts["signer"] = identity_json(*account.identity);
  if (account.statement) facts["statement"] = statement_json(*account.statement);
  facts["logEntries"] = entries_json(bundle, verification);
  if (auto const& attestation = verification.attestation) {
    json::array times;
    for (auto const& time : attestation->times())
      times.push_back(
          json::object{{"time", to_text(time.time)}, {"kind", text_of(time.kind)}, {"source", printable(time.source)}});
    facts["times"] = std::move(times);
    facts["artifact"] = attestation->artifact();
    facts["instance"] = to_text(attestation->instance());
    facts["trustedRoot"] = printable(attestation->trusted_root());
  }
  out[verification.attestation ? "attestation" : "unverifiedClaims"] = std::move(facts);
  json::array checks;
  for (auto const& check : verification.checks) checks.push_back(check_json(check));
  out["checks"] = std::move(checks);
  return to_pretty_json(out);
}

}  // namespace acr::sigstore

#include "release/reused_attestations.hpp"

#include <map>
#include <optional>
#include <string>

namespace acr::release {
namespace {

// Which key stood for an id, a signature or a statement first. The three are apart: an id is decimal, digests begin with their
// algorithm.
class Uses {
 public:
  /// The key that `name` was seen under before, if any.
  std::optional<std::string> before(std::string const& name, std::string const& key) {
    if (name.empty()) return std::nullopt;
    auto const [known, fresh] = first_.emplace(name, key);
    if (fresh) return std::nullopt;
    return known->second;
  }

 private:
  std::map<std::string, std::string> first_;
};

Rejection reused(report::LineageEntry const& entry, std::string const& other, std::string_view what, std::string_view tag) {
  return reject("attestation-reused", "attestation " + entry.key + " (id " + entry.id + ")",
                "the tag lists one attestation under two keys")
      .rule("B-7")
      .expected("an attestation of its own for each key")
      .found("the same " + std::string(what) + " as under " + other)
      .fix("list each attestation once in the annotation of " + std::string(tag));
}

}  // namespace

void refuse_reused(std::vector<report::LineageEntry>& entries, std::string_view tag) {
  Uses ids, signatures, statements;
  for (auto& entry : entries) {
    auto const by_id = ids.before(entry.id, entry.key);
    auto const by_signature = entry.facts ? signatures.before(entry.facts->signature_digest, entry.key) : std::nullopt;
    auto const by_statement = entry.facts ? statements.before(entry.facts->statement_digest, entry.key) : std::nullopt;
    auto const& other = by_id ? by_id : by_signature ? by_signature : by_statement;
    if (!other || entry.refusal) continue;
    entry.status = report::EntryStatus::failed;
    entry.refusal = reused(entry, *other, by_id ? "id" : by_signature ? "signature" : "statement", tag);
  }
}

}  // namespace acr::release

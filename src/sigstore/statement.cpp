// See statement.hpp.
#include "sigstore/statement.hpp"

#include "sigstore/limits.hpp"
#include "sigstore/proto_json.hpp"
#include "support/encoding.hpp"

namespace acr::sigstore {
namespace {

constexpr std::string_view document_path = "statement";

std::map<std::string, std::string> read_digests(ProtoReading& reading, ProtoMessage& subject) {
  std::map<std::string, std::string> digests;
  auto const* value = subject.any("digest");
  if (!value) return digests;
  auto const* object = value->if_object();
  if (!object) {
    reading.refuse(subject.path("digest"), "this must be an object", "V-19a");
    return digests;
  }
  if (object->size() > limits::max_digests_per_subject) {
    reading.refuse(subject.path("digest"), "too many digests", "V-3",
                   "at most " + std::to_string(limits::max_digests_per_subject), std::to_string(object->size()));
    return digests;
  }
  for (auto const& [name, digest] : *object) {
    auto const* text = digest.if_string();
    if (!text) {
      reading.refuse(subject.path("digest"), "a digest must be a string", "V-19a");
      return digests;
    }
    digests.emplace(std::string(name.data(), name.size()), std::string(text->data(), text->size()));
  }
  return digests;
}

Subject read_subject(ProtoReading& reading, boost::json::value const& value, std::string path) {
  ProtoMessage message(reading, &value, std::move(path));
  Subject subject;
  subject.name = message.string("name");
  subject.uri = message.string("uri");
  subject.digests = read_digests(reading, message);
  message.bytes("content");
  message.string("downloadLocation");
  message.string("mediaType");
  if (auto const* annotations = message.any("annotations"); annotations && !annotations->is_object())
    reading.refuse(message.path("annotations"), "this must be an object", "V-19a");
  message.done();
  return subject;
}

}  // namespace

Verdict<Statement> parse_statement(std::string_view payload) {
  auto const document = parse_json(
      payload, document_path,
      {.max_bytes = limits::max_bundle_bytes, .max_depth = limits::max_json_depth, .duplicate_names_allowed = false});
  if (!document) {
    Rejection rejection = document.error();
    rejection.code = "statement";
    rejection.rule_number = "V-19";
    return rejection;
  }
  ProtoReading reading("statement", "V-19");
  ProtoMessage message(reading, &*document, std::string(document_path));
  Statement statement;
  statement.type = message.string("_type");
  statement.predicate_type = message.string("predicateType");
  if (statement.type != "https://in-toto.io/Statement/v1" && statement.type != "https://in-toto.io/Statement/v0.1")
    reading.refuse(message.path("_type"), "this is not an in-toto statement of a known version", "V-50.2",
                   "https://in-toto.io/Statement/v1", statement.type.substr(0, 100));
  auto const* subjects = message.array("subject", limits::max_subjects);
  if (!subjects || subjects->empty())
    reading.refuse(message.path("subject"), "a statement needs at least one subject", "V-50.2");
  for (std::size_t i = 0; subjects && i < subjects->size() && !reading.refused(); ++i)
    statement.subjects.push_back(
        read_subject(reading, (*subjects)[i], message.path("subject") + "[" + std::to_string(i) + "]"));
  if (statement.predicate_type.empty()) reading.refuse(message.path("predicateType"), "this is missing", "V-50.2");
  if (auto const* predicate = message.any("predicate"); predicate && !predicate->is_object())
    reading.refuse(message.path("predicate"), "this must be an object", "V-19a");
  message.done();
  if (reading.refused()) return reading.rejection();
  return statement;
}

Verdict<std::size_t> matching_subject(Statement const& statement, Artifact const& artifact) {
  std::string found;
  bool comparable = false;
  for (std::size_t i = 0; i < statement.subjects.size(); ++i)
    for (HashAlgorithm const algorithm : {HashAlgorithm::sha256, HashAlgorithm::sha384, HashAlgorithm::sha512}) {
      auto const entry = statement.subjects[i].digests.find(std::string(to_text(algorithm)));
      if (entry == statement.subjects[i].digests.end()) continue;
      if (found.empty()) found = entry->first + ":" + entry->second.substr(0, 128);
      auto const digest = artifact.digest(algorithm);
      if (!digest) continue;
      comparable = true;
      // from_hex yields nothing for a foreign character; a value of another length cannot equal the digest.
      if (auto const raw = from_hex(entry->second); raw && *raw == *digest) return i;
    }
  std::size_t const others = statement.subjects.size() - 1;
  if (!found.empty() && others != 0) found += " and " + std::to_string(others) + " more subjects";
  if (!found.empty() && !comparable)
    return reject("artifact-mismatch", "statement.subject", "no subject carries a digest of the algorithm that was given")
        .rule("V-50.4")
        .expected(artifact.text())
        .found(found)
        .fix("give the file itself, or a digest of the algorithm the statement uses");
  return reject("artifact-mismatch", "statement.subject", "the statement is about another artifact")
      .rule("V-50.3")
      .expected(artifact.text())
      .found(found.empty() ? "no sha256, sha384 or sha512 digest" : found);
}

}  // namespace acr::sigstore

#pragma once

// The in-toto statement inside a DSSE envelope: src/sigstore/statement.hpp
// in-toto Statement v0.1 and v1; rules V-19, V-19a and V-50.1 to V-50.4 of docs/verification.md.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sigstore/artifact.hpp"
#include "support/verdict.hpp"

namespace acr::sigstore {

/// Predicate type of the provenance that `actions/attest-build-provenance` makes.
inline constexpr std::string_view slsa_provenance = "https://slsa.dev/provenance/v1";

struct Subject {
  std::string name;
  std::string uri;
  std::map<std::string, std::string> digests;  ///< algorithm → hex, as written
};

struct Statement {
  std::string type;               ///< "https://in-toto.io/Statement/v1" or "…/v0.1"
  std::vector<Subject> subjects;  ///< 1 … 1024
  std::string predicate_type;     ///< never empty
};

/// Reads a decoded payload. Only call it for a payload whose signature holds (V-1).
Verdict<Statement> parse_statement(std::string_view payload);

/// V-50.3: the index of the first subject that carries a digest of the artifact, compared within one algorithm of
/// sha256, sha384, sha512. Names, md5, sha1 and gitCommit are not an evidence.
Verdict<std::size_t> matching_subject(Statement const& statement, Artifact const& artifact);

}  // namespace acr::sigstore

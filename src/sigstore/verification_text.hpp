#pragma once

// A bundle explained, for people and as JSON: src/sigstore/verification_text.hpp
// Who signed what, when, where it was logged, and every check with its result.

#include <string>
#include <string_view>

#include "sigstore/bundle.hpp"
#include "sigstore/verifier.hpp"

namespace acr::sigstore {

/// Text for a terminal, lines of LF, foreign bytes made printable. `bundle` may be null when it could not be parsed. What the
/// bundle claims is shown as claims ("not verified") unless the verification passed.
std::string explain(Bundle const* bundle, Verification const& verification);

/// The same as one JSON document, two-space indent, LF at the end.
std::string explain_json(Bundle const* bundle, Verification const& verification);

/// One line per check: "ok   V-57 inclusion proof of entry 0: …" / "FAIL V-25 …".
std::string explain_checks(Verification const& verification);

}  // namespace acr::sigstore

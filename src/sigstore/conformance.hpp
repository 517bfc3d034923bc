#pragma once

// The command-line protocol of the public sigstore-conformance suite: src/sigstore/conformance.hpp
//   verify-bundle --bundle F (--certificate-identity I --certificate-oidc-issuer U | --key K) [--trusted-root F] FILE_OR_DIGEST

#include <functional>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sigstore/trusted_root.hpp"
#include "support/verdict.hpp"

namespace acr::sigstore {

/// `arguments`: those after "verify-bundle". Writes the checks to `log`. 0: verified; 1: not verified; 2: wrong usage or a file
/// that cannot be read. Accepts bundles from v0.1 on (V-6); options may come in any order.
/// Without --trusted-root `roots` count, nothing: the built-in ones; or what `current_root` gives (VerifierOptions).
int verify_bundle_command(
    std::span<std::string_view const> arguments, std::ostream& log, std::optional<std::vector<TrustedRoot>> roots = {},
    std::function<Verdict<std::optional<TrustedRoot>>(std::string const& organization)> current_root = {});

}  // namespace acr::sigstore

// See conformance.hpp.
#include "sigstore/conformance.hpp"

#include <filesystem>
#include <stdexcept>
#include <string>

#include "sigstore/artifact.hpp"
#include "sigstore/limits.hpp"
#include "sigstore/verification_text.hpp"
#include "sigstore/verifier.hpp"
#include "support/atomic_file.hpp"
#include "support/text.hpp"

namespace acr::sigstore {
namespace {

constexpr std::string_view usage =
    "usage: verify-bundle --bundle FILE (--certificate-identity ID --certificate-oidc-issuer URL | --key FILE)\n"
    "                     [--trusted-root FILE] FILE_OR_DIGEST\n";

constexpr std::size_t max_artifact_bytes = std::size_t{1} << 30;
enum Status { verified = 0, not_verified = 1, wrong_usage = 2 };

struct Options {
  std::string bundle, identity, issuer, key, trusted_root, artifact;
};

Verdict<Options> read_options(std::span<std::string_view const> arguments) {
  Options options;
  auto const wrong = [](std::string_view argument, std::string why) {
    return reject("usage", std::string(argument), std::move(why));
  };
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string_view const argument = arguments[i];
    std::string* const target = argument == "--bundle"                    ? &options.bundle
                                : argument == "--certificate-identity"    ? &options.identity
                                : argument == "--certificate-oidc-issuer" ? &options.issuer
                                : argument == "--key"                     ? &options.key
                                : argument == "--trusted-root"            ? &options.trusted_root
                                                                          : nullptr;
    if (target) {
      if (++i == arguments.size()) return wrong(argument, "a value is missing");
      if (!target->empty()) return wrong(argument, "it is given twice");
      *target = arguments[i];
    } else if (argument.starts_with("-")) {
      return wrong(argument, "unknown option");
    } else if (!options.artifact.empty()) {
      return wrong(argument, "only one file or digest can be verified");
    } else {
      options.artifact = argument;
    }
  }
  if (options.bundle.empty()) return wrong("--bundle", "it is missing");
  if (options.artifact.empty()) return wrong("FILE_OR_DIGEST", "it is missing");
  bool const by_identity = !options.identity.empty() && !options.issuer.empty();
  bool const partly = options.identity.empty() != options.issuer.empty();
  if (partly || by_identity == !options.key.empty())
    return wrong("--certificate-identity", "give identity and issuer, or a key");
  return options;
}

Verdict<Policy> read_policy(Options const& options) {
  Policy policy;
  if (options.key.empty()) {
    policy.certificate_identity = options.identity;
    policy.certificate_oidc_issuer = options.issuer;
    return policy;
  }
  auto key = PublicKey::from_pem(read_file(options.key, limits::max_certificate_bytes));
  if (!key) return key.error();
  policy.key = KeyPolicy{*key, {}};
  return policy;
}

}  // namespace

int verify_bundle_command(std::span<std::string_view const> arguments, std::ostream& log,
                          std::optional<std::vector<TrustedRoot>> roots,
                          std::function<Verdict<std::optional<TrustedRoot>>(std::string const& organization)> current_root) {
  auto const options = read_options(arguments);
  if (!options) {
    log << printable(options.error().sentence()) << "\n" << usage;
    return wrong_usage;
  }
  try {
    auto const policy = read_policy(*options);
    if (!policy) {
      log << printable(policy.error().sentence()) << "\n";
      return not_verified;
    }
    if (!options->trusted_root.empty()) {
      auto parsed =
          parse_trusted_roots(read_file(options->trusted_root, limits::max_trusted_root_bytes), options->trusted_root);
      if (!parsed) {
        log << printable(parsed.error().sentence()) << "\n";
        return not_verified;
      }
      roots = std::move(*parsed);
    }
    // A name with a colon is a digest unless there is such a file.
    std::string file;
    auto artifact = Artifact::of_digest_text(options->artifact);
    if (!artifact || std::filesystem::exists(options->artifact)) {
      file = read_file(options->artifact, max_artifact_bytes);
      artifact = Artifact::of_bytes(file);
    }
    // V-6: the suite needs version 0.1, which nothing else here accepts.
    VerifierOptions how{.minimum_version = BundleVersion::v0_1,
                        .remember_signatures = true,
                        .current_root = options->trusted_root.empty() ? std::move(current_root) : nullptr};
    auto const verifier = roots ? Verifier(std::move(*roots), std::move(how)) : Verifier(std::move(how));
    auto const result = verifier.verify(read_file(options->bundle, limits::max_bundle_bytes), *artifact, *policy);
    log << explain_checks(result);
    if (!result.attestation) log << "not verified: " << printable(result.rejection->sentence()) << "\n";
    return result.attestation ? verified : not_verified;
  } catch (std::runtime_error const& problem) {
    log << printable(problem.what()) << "\n";
    return wrong_usage;
  }
}

}  // namespace acr::sigstore

#include "terminal/sigstore_commands.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <utility>

#include "release/services.hpp"
#include "sigstore/conformance.hpp"
#include "sigstore/limits.hpp"
#include "sigstore/verification_text.hpp"
#include "sigstore/verifier.hpp"
#include "support/text.hpp"
#include "terminal/commands.hpp"
#include "terminal/trusted_root_commands.hpp"

namespace acr::terminal {
namespace {

constexpr std::size_t artifact_bytes = std::size_t{512} << 20;

bool is_digest(std::string_view text) {
  return text.starts_with("sha256:") || text.starts_with("sha384:") || text.starts_with("sha512:");
}

constexpr std::size_t bundles_of_a_file = 1'000;

/// One bundle of a file. `place`: the file, and its line when there are several (JSON Lines, as `gh attestation download`
/// writes).
struct NamedBundle {
  std::string place, text;
};

/// A document of several lines begins with a line that is not one of its own; lines that are each an object are bundles.
std::vector<NamedBundle> bundles_in(std::string const& file) {
  auto text = read_named_file(file, sigstore::limits::max_bundle_bytes);
  std::vector<NamedBundle> found;
  std::size_t number = 0;
  for (auto const line : lines(text)) {
    ++number;
    auto const one = trimmed(line);
    if (one.empty()) continue;
    if (!one.starts_with('{') || !one.ends_with('}')) return {{file, std::move(text)}};
    if (found.size() >= bundles_of_a_file)
      throw BadEnvironment("bad-input", file + " holds more than " + std::to_string(bundles_of_a_file) + " bundles");
    found.push_back({file + ":" + std::to_string(number), std::string(one)});
  }
  if (found.size() < 2) return {{file, std::move(text)}};
  return found;
}

sigstore::Policy policy_of(Arguments const& arguments) {
  sigstore::Policy policy;
  policy.repository = arguments.value("repository");
  policy.repository_id = arguments.value("repository-id");
  policy.owner = arguments.value("owner");
  policy.certificate_identity = arguments.value("certificate-identity");
  if (arguments.has("certificate-oidc-issuer")) policy.certificate_oidc_issuer = arguments.value("certificate-oidc-issuer");
  for (auto const& line : arguments.all("signer-workflow")) {
    auto signer = sigstore::SignerWorkflow::parse(line);
    if (!signer) throw BadEnvironment("usage", signer.error().within("--signer-workflow").sentence());
    policy.signer_workflows.push_back(std::move(*signer));
  }
  for (auto const& line : arguments.all("predicate-type")) {
    auto type = sigstore::parse_predicate_type(line);
    if (!type) throw BadEnvironment("usage", type.error().within("--predicate-type").sentence());
    policy.predicate_types.push_back(std::move(*type));
  }
  policy.source_digest = arguments.value("source-digest");
  policy.source_ref = arguments.value("source-ref");
  policy.deny_self_hosted_runners = arguments.has("deny-self-hosted");
  return policy;
}

// What both commands that hold bundles to a policy take.
std::vector<Option> policy_options() {
  return {
      option("repository", "O/R", "The repository that the signing workflow must have run in."),
      option("repository-id", "N", "Its numeric id, which stays when it is renamed."),
      option("owner", "NAME", "The owner of the repository that the signing workflow must have run in."),
      option("certificate-identity", "IDENTITY", "The exact identity that the certificate must name."),
      option("certificate-oidc-issuer", "URL",
             "The issuer that the certificate must name. Without it: that of GitHub Actions."),
      repeated("signer-workflow", "WORKFLOW", "A workflow that may have signed, owner/repo/path@ref; `*` allowed in the ref."),
      repeated("predicate-type", "URI", "A predicate type that counts. Without it: any."),
      option("source-digest", "DIGEST", "The commit that the certificate must name as its source."),
      option("source-ref", "REF", "The ref that the certificate must name as its source."),
      flag("deny-self-hosted", "Refuse attestations that were made on self-hosted runners."),
      option("trusted-root", "FILE", "A Sigstore trusted root file (JSON). Without it: the roots that are built in.")};
}

// The verifier's advice names the action's inputs; here they are options.
void name_options(std::string& advice) {
  constexpr std::pair<std::string_view, std::string_view> names[] = {
      {"signer-workflows: ", "--signer-workflow "},
      {"give oidc-issuer ", "give --certificate-oidc-issuer "},
      {"with signer-workflows", "with --signer-workflow"},
      {"set trusted-root to", "set --trusted-root to"},
      {"give a trusted-root file", "give a --trusted-root file"}};
  for (auto const& [input, option] : names)
    if (auto const at = advice.find(input); at != std::string::npos) advice.replace(at, input.size(), option);
}

void name_options(sigstore::Verification& verification) {
  if (verification.rejection) name_options(verification.rejection->fix_text);
  for (auto& check : verification.checks) name_options(check.fix);
}

sigstore::Verifier verifier_of(Arguments const& arguments, Terminal const& terminal, sigstore::VerifierOptions options = {}) {
  auto roots = arguments.has("trusted-root") ? release::trusted_roots(".", arguments.value("trusted-root"))
                                             : release::offline_roots(terminal.environment);
  return roots ? sigstore::Verifier(std::move(*roots), std::move(options)) : sigstore::Verifier(std::move(options));
}

void expect_no_root_file(bool given) {
  if (given) throw BadEnvironment("usage", "a trusted-root file is never refreshed: give one of --refresh and --trusted-root");
}

/// What the second argument of `inspect` names.
struct InspectedArtifact {
  std::string subject;  ///< the argument; empty: none was given
  std::string bytes;    ///< of the file that it names
};

InspectedArtifact artifact_named(Arguments const& arguments) {
  InspectedArtifact named;
  if (arguments.positional.size() < 2) return named;
  named.subject = arguments.positional[1];
  if (is_digest(named.subject)) return named;
  std::error_code ignored;
  if (!std::filesystem::exists(named.subject, ignored))
    if (auto const digest = sigstore::Artifact::of_digest_text(named.subject); !digest && !digest.error().fix_text.empty())
      throw BadEnvironment("usage", digest.error().sentence());
  named.bytes = read_named_file(named.subject, artifact_bytes);
  return named;
}

/// Prints what a bundle says. True: it verifies.
bool inspect_one(std::string const& text, InspectedArtifact const& named, Arguments const& arguments,
                 std::optional<TerminalRefresh>& refresh, Terminal const& terminal) {
  auto const bundle = sigstore::parse_bundle(text, {.minimum_version = sigstore::BundleVersion::v0_1});
  // Without an artifact the statement's own first subject is taken: shown as a claim of the bundle, for looking, not for
  // trusting.
  auto subject = named.subject;
  bool const given = !subject.empty();
  if (!given && bundle)
    if (auto const* envelope = std::get_if<sigstore::DsseEnvelope>(&bundle->content))
      if (auto const statement = sigstore::parse_statement(envelope->payload); statement && !statement->subjects.empty())
        for (auto const& [algorithm, hex] : statement->subjects.front().digests)
          if (is_digest(algorithm + ":") && subject.empty()) subject = algorithm + ":" + hex;
  auto artifact = named.bytes.empty() ? sigstore::Artifact::of_digest_text(subject)
                                      : Verdict<sigstore::Artifact>(sigstore::Artifact::of_bytes(named.bytes));
  if (!artifact)
    throw BadEnvironment("usage", given ? artifact.error().sentence() : "name the file or digest that the bundle is about");

  auto policy = policy_of(arguments);
  bool const anyone = policy.repository.empty() && policy.owner.empty() && policy.certificate_identity.empty();
  if (anyone) policy.certificate_identity_regex = ".*";
  // T-11: with --refresh nothing that is built in counts.
  sigstore::VerifierOptions options{.minimum_version = sigstore::BundleVersion::v0_1,
                                    .remember_signatures = true,
                                    .current_root = refresh ? refresh->current_root() : nullptr};
  auto const verifier = refresh ? sigstore::Verifier(std::vector<sigstore::TrustedRoot>(), std::move(options))
                                : verifier_of(arguments, terminal, std::move(options));
  auto verification = verifier.verify(text, *artifact, policy);
  name_options(verification);
  auto const* shown = bundle ? &*bundle : nullptr;
  terminal.out << (arguments.has("json") ? sigstore::explain_json(shown, verification)
                                         : sigstore::explain(shown, verification));
  if (anyone) terminal.err << "any signer was accepted: give --repository or --certificate-identity to hold it to one\n";
  if (!given) terminal.err << "the subject was taken from the bundle itself: give the file or digest to bind it to one\n";
  return verification.attestation.has_value();
}

ExitStatus run_verify_bundle(std::vector<std::string_view> const& words, Terminal const& terminal) {
  std::vector<std::string_view> rest(words);
  if (std::erase(rest, "--refresh") == 0)
    return static_cast<ExitStatus>(
        sigstore::verify_bundle_command(words, terminal.err, release::offline_roots(terminal.environment)));
  expect_no_root_file(std::ranges::find(rest, "--trusted-root") != rest.end());
  // A key's bundle does not say which root it needs.
  if (std::ranges::find(rest, "--key") != rest.end())
    throw BadEnvironment("usage", "only roots that a certificate names are refreshed: give one of --refresh and --key");
  TerminalRefresh refresh(terminal);
  return refresh.status_or(static_cast<ExitStatus>(
      sigstore::verify_bundle_command(rest, terminal.err, std::vector<sigstore::TrustedRoot>(), refresh.current_root())));
}

ExitStatus run_inspect(Arguments const& arguments, Terminal const& terminal) {
  if (arguments.has("refresh")) expect_no_root_file(arguments.has("trusted-root"));
  auto const bundles = bundles_in(arguments.positional.front());
  auto const named = artifact_named(arguments);
  auto refresh = arguments.has("refresh") ? std::optional<TerminalRefresh>(terminal) : std::nullopt;
  bool const several = bundles.size() > 1, as_json = arguments.has("json");
  bool all = true;
  for (std::size_t i = 0; i < bundles.size(); ++i) {
    if (several && as_json) terminal.out << (i == 0 ? "[\n" : ",\n");
    if (several && !as_json) terminal.out << (i == 0 ? "" : "\n") << printable(bundles[i].place) << '\n';
    all = inspect_one(bundles[i].text, named, arguments, refresh, terminal) && all;
  }
  if (several && as_json) terminal.out << "]\n";
  auto const status = all ? ExitStatus::done : ExitStatus::refused;
  return refresh ? refresh->status_or(status) : status;
}

ExitStatus run_verify_attestations(Arguments const& arguments, Terminal const& terminal) {
  auto const policy = policy_of(arguments);
  if (auto const checked = sigstore::check_policy(policy); !checked) throw BadEnvironment("usage", checked.error().sentence());
  if (arguments.positional.empty())
    throw BadEnvironment("usage", "name at least one BUNDLE=DIGEST: nothing listed is nothing proved (V-95)");

  std::vector<NamedBundle> bundles;
  std::vector<sigstore::Artifact> artifacts;
  std::vector<std::string> digests;
  for (auto const& item : arguments.positional) {
    auto const equals = item.rfind('=');
    auto artifact = sigstore::Artifact::of_digest_text(equals == std::string::npos ? "" : item.substr(equals + 1));
    if (!artifact) throw BadEnvironment("usage", artifact.error().sentence());
    for (auto& each : bundles_in(item.substr(0, equals))) {
      bundles.push_back(std::move(each));
      artifacts.push_back(*artifact);
      digests.push_back(item.substr(equals));
    }
  }
  std::vector<sigstore::Verifier::Job> jobs;
  for (std::size_t i = 0; i < bundles.size(); ++i)
    jobs.push_back({.bundle_json = bundles[i].text, .artifact = &artifacts[i], .policy = &policy});
  terminal.begin_step("verifying attestations");
  auto const verifier = verifier_of(arguments, terminal);
  auto results = verifier.verify_all(jobs, 2);
  for (auto& result : results) name_options(result);
  bool all = true;
  for (std::size_t i = 0; i < results.size(); ++i) {
    bool const good = results[i].attestation.has_value();
    all = all && good;
    terminal.out << (good ? "ok    " : "FAIL  ") << printable(bundles[i].place + digests[i])
                 << (good ? std::string() : "  " + printable(results[i].rejection->sentence())) << '\n';
  }
  return all ? ExitStatus::done : ExitStatus::refused;
}

}  // namespace

Command inspect_command() {
  return {.name = "inspect",
          .usage = "BUNDLE [FILE|DIGEST] [--repository O/R | --certificate-identity I] [--trusted-root F | --refresh] [--json]",
          .meaning = "who signed what, when, where it was logged, each check with its result",
          .options = joined(policy_options(), {flag("refresh", "Judge by trusted roots that are fetched now."), json_flag()}),
          .least = 1,
          .most = 2,
          .run = run_inspect};
}

Command verify_bundle_command() {
  return {.name = "verify-bundle",
          .usage =
              "--bundle F (--certificate-identity I --certificate-oidc-issuer U | --key K) [--trusted-root F] [--refresh] "
              "FILE|DIGEST",
          .meaning = "the protocol of the public Sigstore conformance suite",
          .options = {option("bundle", "FILE", "The bundle to verify."),
                      option("certificate-identity", "IDENTITY", "The exact identity that the certificate must name."),
                      option("certificate-oidc-issuer", "URL", "The issuer that the certificate must name."),
                      option("key", "FILE", "A public key (PEM) in place of a certificate."),
                      option("trusted-root", "FILE",
                             "A Sigstore trusted root file (JSON). Without it: the roots that are built in."),
                      flag("refresh", "Judge by trusted roots that are fetched now.")},
          .most = many,
          .run_words = run_verify_bundle};
}

Command verify_attestations_command() {
  return {.name = "verify-attestations",
          .usage = "--repository O/R [--repository-id N] BUNDLE=DIGEST…",
          .meaning = "verifies a list of bundles against one identity policy",
          .options = policy_options(),
          .most = many,
          .run = run_verify_attestations};
}

}  // namespace acr::terminal

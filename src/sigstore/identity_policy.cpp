// See identity_policy.hpp. Everything is compared literally and as a whole (V-94): no option is turned into a regular
// expression, and ASCII case is ignored only where GitHub does, in owner and repository names.
#include "sigstore/identity_policy.hpp"

#include <algorithm>
#include <array>

#include "sigstore/identity_pattern.hpp"
#include "sigstore/limits.hpp"
#include "support/encoding.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace acr::sigstore {
namespace {

using enum FulcioExtension;

constexpr std::string_view release_identity = "https://dotcom.releases.github.com";
constexpr std::array<std::string_view, 2> release_predicate_types = {"https://in-toto.io/attestation/release/v0.1",
                                                                     "https://in-toto.io/attestation/release/v0.2"};

Rejection bad_policy(std::string where, std::string why) {
  return reject("policy", std::move(where), std::move(why)).rule("V-93");
}

Rejection not_as_demanded(std::string rule, std::string why, std::string expected, std::string found) {
  return reject("identity", "signing certificate", std::move(why))
      .rule(std::move(rule))
      .expected(std::move(expected))
      .found(std::move(found));
}

/// "owner/repo".
bool is_repository(std::string_view text) {
  auto const slash = text.find('/');
  return slash != std::string_view::npos && is_plain_name(text.substr(0, slash)) && is_plain_name(text.substr(slash + 1));
}

bool is_hex(std::string_view text) { return !text.empty() && from_hex(text).has_value(); }

std::string joined(std::vector<std::string> const& parts) {
  std::string text;
  for (auto const& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

std::string joined(std::vector<SignerWorkflow> const& signers) {
  std::string text;
  for (auto const& signer : signers) text += (text.empty() ? "" : ", ") + signer.text();
  return text;
}

/// How to allow a workflow that the list lacks. A pull request controls the file at its own ref: nobody is advised to pin that
/// (B-11).
std::string advice_to_allow(WorkflowPlace const& actual) {
  std::string const file = std::string(actual.repository) + "/" + std::string(actual.path);
  if (actual.ref.starts_with("refs/pull/"))
    return "it ran from a pull request, which can change the file: sign in a reusable workflow that is called at a protected branch or tag, and allow "
           "that one with signer-workflows (docs/policies.md)";
  return "if you trust this workflow, allow it with signer-workflows: " + file + "@" + std::string(actual.ref);
}

/// One run over a certificate's demands.
class IdentityCheck {
 public:
  IdentityCheck(CertificateIdentity const& identity, Policy const& policy, CheckTrace& trace)
      : identity_(identity), policy_(policy), trace_(trace) {}

  bool run() {
    if (policy_.release) return check_release_identity(), ok_;
    check_issuer();
    check_signer();
    check_source();
    check_extension("V-93", "signer digest", build_signer_digest, policy_.signer_digest, Compare::hex);
    check_extension("V-93", "source digest", source_repository_digest, policy_.source_digest, Compare::hex);
    check_source_ref();
    check_extension("V-96", "source repository id", source_repository_id, policy_.repository_id, Compare::bytes);
    check_extension("V-96", "source repository owner id", source_repository_owner_id, policy_.owner_id, Compare::bytes);
    if (policy_.deny_self_hosted_runners)
      check_extension("V-93", "runner", runner_environment, "github-hosted", Compare::bytes);
    return ok_;
  }

 private:
  enum class Compare { bytes, ignoring_case, hex };

  void pass(std::string rule, std::string name, std::string detail) {
    trace_.pass(std::move(rule), std::move(name), std::move(detail));
  }
  void fail(std::string name, Rejection const& rejection) {
    ok_ = false;
    trace_.fail(std::move(name), rejection);
  }
  [[nodiscard]] std::string origin() const { return "https://" + policy_.hostname + "/"; }

  void check_extension(std::string rule, std::string name, FulcioExtension extension, std::string const& expected, Compare how,
                       std::string fix = {}) {
    if (expected.empty()) return;
    std::string const* const found = identity_.find(extension);
    bool const equal = found && (how == Compare::bytes ? *found == expected : equal_ignoring_ascii_case(*found, expected));
    if (equal) return pass(std::move(rule), std::move(name), *found);
    auto rejection = not_as_demanded(
        std::move(rule), found ? "the certificate has another " + name : "the certificate says nothing about the " + name,
        expected, found ? *found : std::string());
    rejection.fix_text = std::move(fix);
    fail(std::move(name), rejection);
  }

  void check_issuer() {
    std::string expected = policy_.certificate_oidc_issuer;
    // A tenant of GitHub Enterprise Cloud with data residency has its own issuer.
    if (expected == github_actions_issuer && policy_.hostname != "github.com")
      expected = "https://token.actions." + policy_.hostname;
    if (expected.empty()) return;
    if (identity_.issuer == expected) return pass("V-90", "OIDC issuer", expected);
    auto rejection = not_as_demanded(
        "V-90",
        identity_.issuer.empty() ? "the certificate names no OIDC issuer" : "the signer was identified by another OIDC issuer",
        expected, identity_.issuer);
    if (identity_.issuer.starts_with(expected + "/"))
      rejection.fix_text = "the certificate is of an enterprise with an issuer of its own: give oidc-issuer " +
                           identity_.issuer + " if that is your enterprise";
    fail("OIDC issuer", rejection);
  }

  void check_signer() {
    std::string const& san = identity_.san;
    if (!policy_.certificate_identity.empty()) {
      if (san == policy_.certificate_identity) return pass("V-93", "signer identity", san);
      return fail("signer identity", with_ref_hint(not_as_demanded("V-93", "the certificate was issued to somebody else",
                                                                   policy_.certificate_identity, san),
                                                   policy_.certificate_identity));
    }
    if (!policy_.certificate_identity_regex.empty()) {
      auto const pattern = IdentityPattern::compile(policy_.certificate_identity_regex);
      if (pattern && pattern->found_in(san)) return pass("V-93", "signer identity", san);
      return fail("signer identity", not_as_demanded("V-93", "the certificate was issued to somebody else",
                                                     "a match of " + policy_.certificate_identity_regex, san));
    }
    auto const workflow = workflow_place_of_uri(san);
    if (policy_.released_workflow) return check_released_workflow(workflow);
    if (!policy_.signer_workflows.empty()) return check_signer_workflows(workflow);
    if (!policy_.signer_workflow.empty()) return check_signer_workflow(workflow);
    if (!policy_.signer_repository.empty()) {
      if (workflow && workflow->host == policy_.hostname &&
          equal_ignoring_ascii_case(workflow->repository, policy_.signer_repository))
        return pass("V-93", "signer repository", san);
      return fail("signer repository", not_as_demanded("V-93", "a workflow of another repository has signed",
                                                       origin() + policy_.signer_repository + "/…", san));
    }
    if (!policy_.repository.empty() || !policy_.owner.empty()) check_default_signer(workflow);
  }

  // V-96: the numeric id is this repository's and the name is not, so the name has changed since. Still refused: a name that
  // was given up can be registered by somebody else, and then its certificates are his.
  [[nodiscard]] std::string renamed_since() const {
    std::string const* const id = identity_.find(source_repository_id);
    std::string const* const name = identity_.find(source_repository_uri);
    if (policy_.repository.empty() || policy_.repository_id.empty() || !id || *id != policy_.repository_id || !name ||
        !name->starts_with(origin()) || equal_ignoring_ascii_case(*name, origin() + policy_.repository))
      return {};
    std::string const* const owner = identity_.find(source_repository_owner_id);
    bool const transferred = !policy_.owner_id.empty() && owner && *owner != policy_.owner_id;
    return "the certificate has this repository's id " + *id + " and the name " + name->substr(origin().size()) +
           ": the repository was " + (transferred ? "transferred" : "renamed") +
           " after signing; run the checks again under its present name " + policy_.repository +
           ", and tag with the ids of the new attestations";
  }

  void check_default_signer(std::optional<WorkflowPlace> const& workflow) {
    std::string const& wanted = policy_.repository.empty() ? policy_.owner : policy_.repository;
    if (workflow && workflow->host == policy_.hostname) {
      std::string_view const owner = workflow->repository.substr(0, workflow->repository.find('/'));
      if (equal_ignoring_ascii_case(policy_.repository.empty() ? owner : workflow->repository, wanted))
        return pass("V-93", "signer workflow", identity_.san);
    }
    auto rejection =
        not_as_demanded("V-93", "a workflow of another repository has signed", origin() + wanted + "/…", identity_.san);
    std::string const* const source = identity_.find(source_repository_uri);
    if (workflow && source && !policy_.repository.empty() && equal_ignoring_ascii_case(*source, origin() + policy_.repository))
      rejection.fix_text =
          "it was signed by a reusable workflow of " + std::string(workflow->repository) + "; " + advice_to_allow(*workflow);
    if (auto renamed = renamed_since(); !renamed.empty()) rejection.fix_text = std::move(renamed);
    fail("signer workflow", rejection);
  }

  void check_signer_workflows(std::optional<WorkflowPlace> const& actual) {
    if (actual)
      for (auto const& allowed : policy_.signer_workflows)
        if (allowed.matches(*actual, policy_.hostname))
          return pass("A-60", "signer workflow", identity_.san + " is allowed by " + allowed.text());
    auto rejection = not_as_demanded("A-60", "the signing workflow is not among the allowed ones",
                                     joined(policy_.signer_workflows), identity_.san);
    if (actual && actual->host == policy_.hostname) rejection.fix_text = nearest_workflow(*actual);
    if (auto renamed = renamed_since(); !renamed.empty()) rejection.fix_text = std::move(renamed);
    fail("signer workflow", rejection);
  }

  void check_released_workflow(std::optional<WorkflowPlace> const& actual) {
    auto const& released = *policy_.released_workflow;
    if (actual && released.matches(*actual)) return pass("B-16a", "signer workflow", identity_.san);
    auto rejection = not_as_demanded("B-16a", "the signing workflow is not the released one",
                                     "https://" + released.host + "/" + released.text(), identity_.san);
    bool const same_file =
        actual && equal_ignoring_ascii_case(actual->repository, released.repository) && actual->path == released.path;
    rejection.fix_text = same_file ? "call the workflow at a release tag of this major version"
                                   : "call that workflow, or name the one that builds your releases in build-signer-workflows";
    if (auto renamed = renamed_since(); !renamed.empty()) rejection.fix_text = std::move(renamed);
    fail("signer workflow", rejection);
  }

  [[nodiscard]] std::string nearest_workflow(WorkflowPlace const& actual) const {
    for (auto const& signer : policy_.signer_workflows) {
      auto const allowed = signer.place();
      if (!equal_ignoring_ascii_case(allowed.repository, actual.repository) || allowed.path != actual.path) continue;
      std::string hint = "ref `" + std::string(allowed.ref) + "` given, certificate has `" + std::string(actual.ref) + "`";
      if (allowed.ref.find('*') != std::string_view::npos) hint += " (`*` does not match `/`)";
      return hint;
    }
    return advice_to_allow(actual);
  }

  void check_signer_workflow(std::optional<WorkflowPlace> const& actual) {
    std::string_view wanted = policy_.signer_workflow;
    std::string_view host = policy_.hostname;
    // "[host/]owner/repo/path": an owner's name has no dot.
    if (auto const slash = wanted.find('/');
        slash != std::string_view::npos && wanted.substr(0, slash).find('.') != std::string_view::npos) {
      host = wanted.substr(0, slash);
      wanted.remove_prefix(slash + 1);
    }
    auto const allowed = workflow_place(wanted);
    bool const holds =
        allowed && actual && actual->host == host && equal_ignoring_ascii_case(allowed->repository, actual->repository) &&
        allowed->path == actual->path &&
        (allowed->ref.empty() ? actual->ref.empty() || is_ref_or_commit(actual->ref) : allowed->ref == actual->ref);
    if (holds) return pass("V-93", "signer workflow", identity_.san);
    fail("signer workflow",
         with_ref_hint(not_as_demanded("V-93", "another workflow has signed",
                                       "https://" + std::string(host) + "/" + std::string(wanted), identity_.san),
                       wanted));
  }

  [[nodiscard]] Rejection with_ref_hint(Rejection rejection, std::string_view wanted) const {
    auto const given = wanted.rfind('@');
    auto const had = identity_.san.rfind('@');
    if (given != std::string_view::npos && had != std::string::npos &&
        wanted.substr(given) != std::string_view(identity_.san).substr(had))
      rejection.fix_text =
          "ref `" + std::string(wanted.substr(given + 1)) + "` given, certificate has `" + identity_.san.substr(had + 1) + "`";
    return rejection;
  }

  void check_source() {
    std::string const owner =
        policy_.repository.empty() ? policy_.owner : policy_.repository.substr(0, policy_.repository.find('/'));
    if (owner.empty()) return;
    std::string fix = renamed_since();
    check_extension("V-93", "source repository owner", source_repository_owner_uri, origin() + owner, Compare::ignoring_case,
                    fix);
    if (policy_.repository.empty()) return;
    if (auto const* found = identity_.find(source_repository_uri);
        fix.empty() && found && found->starts_with(origin() + policy_.repository))
      fix = "the names only begin alike: this is another repository";
    check_extension("V-96", "source repository", source_repository_uri, origin() + policy_.repository, Compare::ignoring_case,
                    fix);
  }

  void check_source_ref() {
    std::string fix;
    if (auto const* found = identity_.find(source_repository_ref);
        found && !policy_.source_ref.starts_with("refs/") && found->ends_with("/" + policy_.source_ref))
      fix = "ref `" + policy_.source_ref + "` given, certificate has `" + *found + "`: give the full form";
    check_extension("V-93", "source ref", source_repository_ref, policy_.source_ref, Compare::bytes, fix);
  }

  void check_release_identity() {
    if (identity_.san_kind == SanKind::uri && identity_.san == release_identity)
      return pass("V-38a", "release attestation signer", identity_.san);
    fail("release attestation signer", not_as_demanded("V-38a", "GitHub's release service has not signed this",
                                                       std::string(release_identity), identity_.san));
  }

  CertificateIdentity const& identity_;
  Policy const& policy_;
  CheckTrace& trace_;
  bool ok_ = true;
};

/// A member that is a string or an integer, as text.
std::string text_in(boost::json::value const& predicate, std::string_view name) {
  if (auto text = string_in(predicate, name)) return std::move(*text);
  if (auto const number = integer_in(predicate, name)) return std::to_string(*number);
  return {};
}

bool check_release_statement(Statement const& statement, std::string_view payload, ReleasePolicy const& release,
                             CheckTrace& trace) {
  bool ok = true;
  auto const check = [&](std::string name, bool holds, std::string const& expected, std::string const& found) {
    if (holds) return trace.pass("V-38a", std::move(name), found);
    ok = false;
    trace.fail(name, reject("release-attestation", "statement", "the release attestation has another " + name)
                         .rule("V-38a")
                         .expected(expected)
                         .found(found));
  };
  // The payload was parsed by parse_statement() before; it is the same text.
  auto const document = parse_json(
      payload, "statement",
      {.max_bytes = limits::max_bundle_bytes, .max_depth = limits::max_json_depth, .duplicate_names_allowed = false});
  boost::json::value const none;
  auto const* const member = document ? find(*document, "predicate") : nullptr;
  boost::json::value const& predicate = member ? *member : none;

  bool const type_known = std::find(release_predicate_types.begin(), release_predicate_types.end(), statement.predicate_type) !=
                          release_predicate_types.end();
  check("predicate type", type_known, std::string(release_predicate_types.back()), statement.predicate_type);
  std::string const repository = text_in(predicate, "repository");
  check("repository", equal_ignoring_ascii_case(repository, release.repository), release.repository, repository);
  for (auto const& [name, key, expected] :
       {std::tuple{"repository id", "repositoryId", &release.repository_id},
        std::tuple{"owner id", "ownerId", &release.owner_id}, std::tuple{"tag", "tag", &release.tag}}) {
    std::string const found = text_in(predicate, key);
    check(name, !expected->empty() && found == *expected, *expected, found);
  }
  std::string const package = "pkg:github/" + release.repository + "@";
  std::string found_commit;
  for (Subject const& subject : statement.subjects) {
    std::string_view const uri = subject.uri;
    if (uri.size() < package.size() || !equal_ignoring_ascii_case(uri.substr(0, package.size()), package)) continue;
    std::string_view const version = uri.substr(package.size());
    if (version != release.tag && version != percent_encode(release.tag)) continue;
    if (auto const digest = subject.digests.find("sha1"); digest != subject.digests.end()) found_commit = digest->second;
  }
  check("commit of " + package + release.tag,
        !release.commit.empty() && equal_ignoring_ascii_case(found_commit, release.commit), release.commit, found_commit);
  return ok;
}

}  // namespace

Verdict<void> check_policy(Policy const& policy) {
  int const san_options = int{!policy.signer_repository.empty()} + int{!policy.signer_workflow.empty()} +
                          int{!policy.certificate_identity.empty()} + int{!policy.certificate_identity_regex.empty()} +
                          int{!policy.signer_workflows.empty()} + int{policy.released_workflow.has_value()};
  bool const about_certificates = san_options != 0 || !policy.repository.empty() || !policy.owner.empty() ||
                                  !policy.repository_id.empty() || !policy.owner_id.empty() || !policy.signer_digest.empty() ||
                                  !policy.source_digest.empty() || !policy.source_ref.empty() ||
                                  policy.deny_self_hosted_runners;
  if (policy.key || policy.release) {
    if (policy.key && policy.release) return bad_policy("policy", "a key and a release attestation exclude each other");
    if (about_certificates)
      return bad_policy("policy", "demands on a workflow's certificate do not go together with a key or a release attestation");
    return {};
  }
  if (!policy.repository.empty() && !policy.owner.empty())
    return bad_policy("policy", "repository and owner exclude each other");
  if (san_options > 1)
    return bad_policy(
        "policy", "signer-repo, signer-workflow, signer-workflows, cert-identity and cert-identity-regex exclude each other");
  if (policy.repository.empty() && policy.owner.empty() && san_options == 0)
    return bad_policy("policy", "no allowed signer was given").expected("a repository, an owner or an identity");
  if (!policy.repository.empty() && !is_repository(policy.repository))
    return bad_policy("repository", "this is not a repository").expected("owner/repo").found(policy.repository);
  if (!policy.owner.empty() && !is_plain_name(policy.owner))
    return bad_policy("owner", "this is not an owner").found(policy.owner);
  if (!policy.signer_repository.empty() && !is_repository(policy.signer_repository))
    return bad_policy("signer-repo", "this is not a repository").expected("owner/repo").found(policy.signer_repository);
  if (policy.hostname.empty() || !is_plain_name(policy.hostname))
    return bad_policy("hostname", "this is not a host name").found(policy.hostname);
  if (!policy.signer_digest.empty() && !is_hex(policy.signer_digest))
    return bad_policy("signer-digest", "this is not a digest").expected("hex").found(policy.signer_digest);
  if (!policy.source_digest.empty() && !is_hex(policy.source_digest))
    return bad_policy("source-digest", "this is not a digest").expected("hex").found(policy.source_digest);
  if (!policy.certificate_identity_regex.empty())
    if (auto const pattern = IdentityPattern::compile(policy.certificate_identity_regex); !pattern) return pattern.error();
  return {};
}

bool check_identity(CertificateIdentity const& identity, Policy const& policy, CheckTrace& trace) {
  return IdentityCheck(identity, policy, trace).run();
}

bool check_statement(Statement const& statement, std::string_view payload, Policy const& policy, CheckTrace& trace) {
  if (policy.release) return check_release_statement(statement, payload, *policy.release, trace);
  if (policy.predicate_types.empty()) return true;
  if (std::find(policy.predicate_types.begin(), policy.predicate_types.end(), statement.predicate_type) !=
      policy.predicate_types.end()) {
    trace.pass("V-93", "predicate type", statement.predicate_type);
    return true;
  }
  trace.fail("predicate type", reject("predicate-type", "statement", "the statement has a predicate of another type")
                                   .rule("V-93")
                                   .expected(joined(policy.predicate_types))
                                   .found(statement.predicate_type));
  return false;
}

}  // namespace acr::sigstore

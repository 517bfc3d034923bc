#include "sigstore/identity_policy.hpp"

#include "sigstore/identity_pattern.hpp"
#include "support/catch2.hpp"
#include "support/encoding.hpp"

namespace identity_policy_test {
namespace {

using namespace acr::sigstore;

constexpr char const* commit = "724e3bf5665461d1a62166fccd2deec9ee613b51";

/// What a workflow of octo/charts gets, signing with its own file.
CertificateIdentity certificate() {
  CertificateIdentity identity;
  identity.san = "https://github.com/octo/charts/.github/workflows/lint.yml@refs/tags/v1";
  identity.issuer = "https://token.actions.githubusercontent.com";
  identity.extensions = {
      {10, "buildSignerDigest", commit},
      {11, "runnerEnvironment", "github-hosted"},
      {12, "sourceRepositoryURI", "https://github.com/octo/charts"},
      {13, "sourceRepositoryDigest", commit},
      {14, "sourceRepositoryRef", "refs/tags/v1"},
      {15, "sourceRepositoryIdentifier", "1001"},
      {16, "sourceRepositoryOwnerURI", "https://github.com/octo"},
      {17, "sourceRepositoryOwnerIdentifier", "77"},
  };
  return identity;
}

void set(CertificateIdentity& identity, FulcioExtension extension, std::string value) {
  for (auto& e : identity.extensions)
    if (e.number == static_cast<std::uint32_t>(extension)) e.value = std::move(value);
}

std::vector<SignerWorkflow> signers(std::vector<std::string> const& lines) {
  std::vector<SignerWorkflow> parsed;
  for (auto const& line : lines) parsed.push_back(SignerWorkflow::parse(line).value());
  return parsed;
}

Policy for_repository() {
  Policy policy;
  policy.repository = "octo/charts";
  return policy;
}

struct Outcome {
  bool ok;
  std::vector<CheckResult> checks;
  [[nodiscard]] CheckResult const* failed(std::string_view name) const {
    for (auto const& check : checks)
      if (!check.passed && check.name == name) return &check;
    return nullptr;
  }
  [[nodiscard]] std::size_t failures() const {
    std::size_t count = 0;
    for (auto const& check : checks) count += check.passed ? 0 : 1;
    return count;
  }
};

Outcome judge(CertificateIdentity const& identity, Policy const& policy) {
  REQUIRE(check_policy(policy).has_value());
  CheckTrace trace;
  bool const ok = check_identity(identity, policy, trace);
  CHECK(ok == trace.all_passed());
  return {ok, trace.take()};
}

bool passes(CertificateIdentity const& identity, Policy const& policy) { return judge(identity, policy).ok; }

TEST_CASE("a repository's own workflow passes its policy", "[sigstore]") {
  auto const outcome = judge(certificate(), for_repository());
  CHECK(outcome.ok);
  CHECK(outcome.checks.size() == 4);  // issuer, signer, owner, repository
}

TEST_CASE("owner and repository names ignore ASCII case, nothing else does (V-93, V-94)", "[sigstore]") {
  Policy policy = for_repository();
  policy.repository = "Octo/CHARTS";
  CHECK(passes(certificate(), policy));

  auto identity = certificate();
  identity.issuer = "https://TOKEN.actions.githubusercontent.com";
  CHECK_FALSE(passes(identity, policy));
}

TEST_CASE("look-alikes of the repository are refused (V-94)", "[sigstore]") {
  struct Row {
    char const* source;
    char const* owner;
    char const* san;
  };
  auto const row = one_of<Row>({
      {"https://github.com/octo/charts-evil", "https://github.com/octo",
       "https://github.com/octo/charts/.github/workflows/lint.yml@refs/tags/v1"},
      {"https://github.com/octo/charts", "https://github.com/octo",
       "https://github.com/octo/charts-evil/.github/workflows/lint.yml@refs/tags/v1"},
      {"https://github.com/octo/charts", "https://github.com/octo-evil",
       "https://github.com/octo/charts/.github/workflows/lint.yml@refs/tags/v1"},
      {"https://github.com/octo/charts/", "https://github.com/octo",
       "https://github.com/octo/charts/.github/workflows/lint.yml@refs/tags/v1"},
      {"http://github.com/octo/charts", "https://github.com/octo",
       "https://github.com/octo/charts/.github/workflows/lint.yml@refs/tags/v1"},
      {"https://github.com/octo/charts", "https://github.com/octo",
       "https://github.com.evil.example/octo/charts/.github/workflows/lint.yml@refs/tags/v1"},
      {"https://github.com/octo/charts", "https://github.com/octo",
       "http://github.com/octo/charts/.github/workflows/lint.yml@refs/tags/v1"},
      {"https://github.com/octo/charts", "https://github.com/octo", "https://github.com/octo"},
      {"https://github.com/octo/charts", "https://github.com/octo", "someone@example.com"},
  });
  CAPTURE(row.source, row.owner, row.san);
  auto identity = certificate();
  set(identity, FulcioExtension::source_repository_uri, row.source);
  set(identity, FulcioExtension::source_repository_owner_uri, row.owner);
  identity.san = row.san;
  CHECK_FALSE(passes(identity, for_repository()));
}

TEST_CASE("a certificate that does not name its source repository is refused", "[sigstore]") {
  auto identity = certificate();
  identity.extensions.clear();
  auto const outcome = judge(identity, for_repository());
  CHECK_FALSE(outcome.ok);
  REQUIRE(outcome.failed("source repository"));
  CHECK(outcome.failed("source repository")->rule == "V-96");
}

TEST_CASE("all failing demands are listed, not only the first", "[sigstore]") {
  auto policy = for_repository();
  policy.repository_id = "9";
  policy.owner_id = "9";
  policy.source_ref = "refs/heads/main";
  policy.source_digest = "aa";
  policy.signer_digest = "aa";
  policy.deny_self_hosted_runners = true;
  auto identity = certificate();
  identity.issuer = "https://evil.example";
  set(identity, FulcioExtension::runner_environment, "self-hosted");
  CHECK(judge(identity, policy).failures() == 7);
}

TEST_CASE("an enterprise's issuer is not the default one, and the message says how to allow it (V-93)", "[sigstore]") {
  auto identity = certificate();
  identity.issuer += "/octo-enterprise";
  auto const outcome = judge(identity, for_repository());
  REQUIRE(outcome.failed("OIDC issuer"));
  CHECK_THAT(
      outcome.failed("OIDC issuer")->fix,
      Catch::Matchers::EndsWith("https://token.actions.githubusercontent.com/octo-enterprise if that is your enterprise"));
  auto policy = for_repository();
  policy.certificate_oidc_issuer = identity.issuer;
  CHECK(passes(identity, policy));
}

TEST_CASE("a missing issuer is refused when one is demanded (V-90)", "[sigstore]") {
  auto identity = certificate();
  identity.issuer.clear();
  CHECK_FALSE(passes(identity, for_repository()));
}

TEST_CASE("a tenant has its own host and issuer (V-93)", "[sigstore]") {
  auto identity = certificate();
  identity.san = "https://octo.ghe.com/octo/charts/.github/workflows/lint.yml@refs/tags/v1";
  identity.issuer = "https://token.actions.octo.ghe.com";
  set(identity, FulcioExtension::source_repository_uri, "https://octo.ghe.com/octo/charts");
  set(identity, FulcioExtension::source_repository_owner_uri, "https://octo.ghe.com/octo");
  auto policy = for_repository();
  CHECK_FALSE(passes(identity, policy));
  policy.hostname = "octo.ghe.com";
  CHECK(passes(identity, policy));
  CHECK_FALSE(passes(certificate(), policy));
}

TEST_CASE("numeric ids are compared as text (V-96)", "[sigstore]") {
  auto policy = for_repository();
  policy.repository_id = "1001";
  policy.owner_id = "77";
  CHECK(passes(certificate(), policy));
  policy.repository_id = "10010";
  CHECK_FALSE(passes(certificate(), policy));
  policy.repository_id = "1001";
  policy.owner_id = "7";
  CHECK_FALSE(passes(certificate(), policy));
}

TEST_CASE("digests ignore hex case, refs need their full form (V-93)", "[sigstore]") {
  auto policy = for_repository();
  policy.source_digest = "724E3BF5665461D1A62166FCCD2DEEC9EE613B51";
  policy.signer_digest = policy.source_digest;
  policy.source_ref = "refs/tags/v1";
  CHECK(passes(certificate(), policy));
  policy.source_ref = "v1";
  auto const outcome = judge(certificate(), policy);
  REQUIRE(outcome.failed("source ref"));
  CHECK(outcome.failed("source ref")->fix == "ref `v1` given, certificate has `refs/tags/v1`: give the full form");
}

TEST_CASE("a self-hosted runner is refused where that is asked for (V-93)", "[sigstore]") {
  auto policy = for_repository();
  policy.deny_self_hosted_runners = true;
  CHECK(passes(certificate(), policy));
  auto identity = certificate();
  set(identity, FulcioExtension::runner_environment, "self-hosted");
  CHECK_FALSE(passes(identity, policy));
  std::erase_if(identity.extensions, [](auto const& e) { return e.number == 11; });
  CHECK_FALSE(passes(identity, policy));
}

TEST_CASE("an owner alone may be demanded", "[sigstore]") {
  Policy policy;
  policy.owner = "OCTO";
  CHECK(passes(certificate(), policy));
  policy.owner = "oct";
  CHECK_FALSE(passes(certificate(), policy));
}

TEST_CASE("signer-repo names the repository of the signing workflow", "[sigstore]") {
  auto policy = for_repository();
  policy.signer_repository = "octo/workflows";
  CHECK_FALSE(passes(certificate(), policy));
  auto identity = certificate();
  identity.san = "https://github.com/octo/workflows/.github/workflows/attest.yml@refs/heads/main";
  CHECK(passes(identity, policy));
  identity.san = "https://github.com/octo/workflows-evil/.github/workflows/attest.yml@refs/heads/main";
  CHECK_FALSE(passes(identity, policy));
}

TEST_CASE("signer-workflow is matched as a whole (V-93, V-94)", "[sigstore]") {
  struct Row {
    char const* option;
    char const* san;
    bool passes;
  };
  auto const row = one_of<Row>({
      {"octo/charts/.github/workflows/lint.yml", "https://github.com/octo/charts/.github/workflows/lint.yml@refs/tags/v1",
       true},
      {"OCTO/charts/.github/workflows/lint.yml", "https://github.com/octo/charts/.github/workflows/lint.yml@refs/tags/v1",
       true},
      {"github.com/octo/charts/.github/workflows/lint.yml",
       "https://github.com/octo/charts/.github/workflows/lint.yml@refs/tags/v1", true},
      {"octo/charts/.github/workflows/lint.yml",
       "https://github.com/octo/charts/.github/workflows/lint.yml@724e3bf5665461d1a62166fccd2deec9ee613b51", true},
      {"octo/charts/.github/workflows/lint.yml", "https://github.com/octo/charts/.github/workflows/lint.yml", true},
      {"octo/charts/.github/workflows/lint.yml@refs/tags/v1",
       "https://github.com/octo/charts/.github/workflows/lint.yml@refs/tags/v1", true},
      {"octo/charts/.github/workflows/lint.yml@refs/tags/v1",
       "https://github.com/octo/charts/.github/workflows/lint.yml@refs/tags/v11", false},
      {"octo/charts/.github/workflows/lint.yml@v1", "https://github.com/octo/charts/.github/workflows/lint.yml@refs/tags/v1",
       false},
      {"octo/charts/.github/workflows/lint.yml",
       "https://github.com/octo/charts/.github/workflows/lint.yml.evil.yml@refs/tags/v1", false},
      {"octo/charts/.github/workflows/lint.yml", "https://github.com/octo/charts/.github/workflows/lintxyml@refs/tags/v1",
       false},
      {"octo/charts/.github/workflows/lint.yml", "https://github.com/octo/charts/.github/workflows/LINT.yml@refs/tags/v1",
       false},
      {"octo/charts/.github/workflows/lint.yml",
       "https://github.com/octo/charts/.github/workflows/lint.yml@evil.yml@refs/tags/v1", false},
      {"octo/charts/.github/workflows/lint.yml", "https://evil.example/octo/charts/.github/workflows/lint.yml@refs/tags/v1",
       false},
      {"evil.example/octo/charts/.github/workflows/lint.yml",
       "https://github.com/octo/charts/.github/workflows/lint.yml@refs/tags/v1", false},
      {"charts/.github/workflows/lint.yml", "https://github.com/octo/charts/.github/workflows/lint.yml@refs/tags/v1", false},
  });
  CAPTURE(row.option, row.san);
  auto policy = for_repository();
  policy.signer_workflow = row.option;
  auto identity = certificate();
  identity.san = row.san;
  CHECK(passes(identity, policy) == row.passes);
}

TEST_CASE("signer-workflows pins file and ref, with a star in the ref only (A-60)", "[sigstore]") {
  struct Row {
    char const* allowed;
    char const* ref;
    bool passes;
  };
  auto const row = one_of<Row>({
      {"octo/wf/.github/workflows/a.yml@refs/heads/main", "refs/heads/main", true},
      {"Octo/WF/.github/workflows/a.yml@refs/heads/main", "refs/heads/main", true},
      {"octo/wf/.github/workflows/a.yml@refs/heads/main", "refs/heads/main2", false},
      {"octo/wf/.github/workflows/a.yml@refs/heads/main", "refs/heads/mai", false},
      {"octo/wf/.github/workflows/a.yml@refs/heads/main", "refs/tags/main", false},
      {"octo/wf/.github/workflows/a.yml@refs/tags/v*", "refs/tags/v1.2.3", true},
      {"octo/wf/.github/workflows/a.yml@refs/tags/v*", "refs/tags/x1", false},
      {"octo/wf/.github/workflows/a.yml@refs/tags/v*", "refs/tags/v1/evil", false},  // as GitHub's branch protection reads it
      {"octo/wf/.github/workflows/a.yml@refs/pull/*/merge", "refs/pull/42/merge", true},
      {"octo/wf/.github/workflows/a.yml@refs/pull/*/merge", "refs/pull/42/head", false},
      {"octo/wf/.github/workflows/a.yml@refs/heads/*-*-x", "refs/heads/a-b-c-x", true},
      {"octo/wf/.github/workflows/a.yml@refs/heads/*", "refs/heads/any", true},
      {"octo/wf/.github/workflows/a.yml@refs/heads/*", "refs/heads/any/thing", false},
      {"octo/wf/.github/workflows/a.yml@724e3bf5665461d1a62166fccd2deec9ee613b51", "724e3bf5665461d1a62166fccd2deec9ee613b51",
       true},
      {"octo/wf/.github/workflows/a.yml@724e3bf5665461d1a62166fccd2deec9ee613b51", "724e3bf5665461d1a62166fccd2deec9ee613b52",
       false},
      {"octo/wf/.github/workflows/b.yml@refs/heads/main", "refs/heads/main", false},
      {"octo/wf2/.github/workflows/a.yml@refs/heads/main", "refs/heads/main", false},
  });
  CAPTURE(row.allowed, row.ref);
  auto policy = for_repository();
  policy.signer_workflows = signers({"octo/other/.github/workflows/z.yml@refs/heads/main", row.allowed});
  auto identity = certificate();
  identity.san = std::string("https://github.com/octo/wf/.github/workflows/a.yml@") + row.ref;
  CHECK(passes(identity, policy) == row.passes);
}

TEST_CASE("the nearest miss is named", "[sigstore]") {
  auto policy = for_repository();
  SECTION("the workflow is right, the ref is not") {
    policy.signer_workflows = signers({"octo/charts/.github/workflows/lint.yml@refs/heads/v1"});
    auto const outcome = judge(certificate(), policy);
    REQUIRE(outcome.failed("signer workflow"));
    CHECK(outcome.failed("signer workflow")->fix == "ref `refs/heads/v1` given, certificate has `refs/tags/v1`");
  }
  SECTION("a reusable workflow of another repository has signed") {
    auto identity = certificate();
    identity.san = "https://github.com/octo/wf/.github/workflows/a.yml@refs/heads/main";
    auto const outcome = judge(identity, policy);
    REQUIRE(outcome.failed("signer workflow"));
    CHECK(outcome.failed("signer workflow")->fix ==
          "it was signed by a reusable workflow of octo/wf; if you trust this workflow, allow it with signer-workflows: "
          "octo/wf/.github/workflows/a.yml@refs/heads/main");
  }
  SECTION("nothing advises to pin a ref that a pull request controls (B-11)") {
    policy.signer_workflows = signers({"octo/wf/.github/workflows/z.yml@refs/heads/main"});
    auto identity = certificate();
    for (auto const* repository : {"octo/charts", "octo/wf"}) {
      identity.san = "https://github.com/" + std::string(repository) + "/.github/workflows/a.yml@refs/pull/17/merge";
      auto const outcome = judge(identity, policy);
      REQUIRE(outcome.failed("signer workflow"));
      CHECK(outcome.failed("signer workflow")->fix.find("refs/pull") == std::string::npos);
      CHECK(outcome.failed("signer workflow")->fix.find("reusable workflow that is called at a protected branch or tag") !=
            std::string::npos);
    }
    identity.san = "https://github.com/octo/charts/.github/workflows/a.yml@refs/heads/main";  // control
    CHECK(judge(identity, policy).failed("signer workflow")->fix ==
          "if you trust this workflow, allow it with signer-workflows: octo/charts/.github/workflows/a.yml@refs/heads/main");
  }
  SECTION("an enterprise's own issuer, by the name of the action's input") {
    auto identity = certificate();
    identity.issuer = "https://token.actions.githubusercontent.com/acme";
    CHECK(
        judge(identity, policy).failed("OIDC issuer")->fix ==
        "the certificate is of an enterprise with an issuer of its own: give oidc-issuer https://token.actions.githubusercontent.com/acme if that is "
        "your enterprise");
  }
  SECTION("a repository whose name begins alike") {
    auto identity = certificate();
    set(identity, FulcioExtension::source_repository_uri, "https://github.com/octo/charts-evil");
    CHECK(judge(identity, policy).failed("source repository")->fix == "the names only begin alike: this is another repository");
  }
}

TEST_CASE("a repository that was renamed or transferred after signing is refused, and says so (V-96)", "[sigstore]") {
  auto policy = for_repository();
  policy.repository_id = "1001";
  policy.owner_id = "77";
  auto old = certificate();
  old.san = "https://github.com/octo/old-charts/.github/workflows/lint.yml@refs/tags/v1";
  set(old, FulcioExtension::source_repository_uri, "https://github.com/octo/old-charts");
  std::string const advice =
      "after signing; run the checks again under its present name octo/charts, and tag with the ids of the new attestations";

  SECTION("renamed: every check that the old name fails says it") {
    auto const outcome = judge(old, policy);
    CHECK_FALSE(outcome.ok);
    for (auto const* name : {"signer workflow", "source repository"}) {
      CAPTURE(name);
      REQUIRE(outcome.failed(name));
      CHECK(outcome.failed(name)->fix ==
            "the certificate has this repository's id 1001 and the name octo/old-charts: the repository was renamed " + advice);
    }
  }
  SECTION("renamed, with a pinned signer of the new name") {
    policy.signer_workflows = signers({"octo/charts/.github/workflows/lint.yml@refs/tags/v1"});
    CHECK(judge(old, policy).failed("signer workflow")->fix.find("was renamed") != std::string::npos);
  }
  SECTION("transferred: the owner's id is another") {
    set(old, FulcioExtension::source_repository_uri, "https://github.com/before/charts");
    set(old, FulcioExtension::source_repository_owner_uri, "https://github.com/before");
    set(old, FulcioExtension::source_repository_owner_id, "76");
    auto const outcome = judge(old, policy);
    for (auto const* name : {"source repository owner", "source repository"})
      CHECK(outcome.failed(name)->fix ==
            "the certificate has this repository's id 1001 and the name before/charts: the repository was transferred " +
                advice);
  }
  SECTION("another id is another repository: no such hint") {
    set(old, FulcioExtension::source_repository_id, "1002");
    auto const outcome = judge(old, policy);
    REQUIRE(outcome.failed("source repository"));
    for (auto const& check : outcome.checks) CHECK(check.fix.find("renamed") == std::string::npos);
  }
  SECTION("the same name in another case is the same name") {
    set(old, FulcioExtension::source_repository_uri, "https://github.com/Octo/Charts");
    old.san = certificate().san;
    CHECK(judge(old, policy).ok);
  }
}

TEST_CASE("a whole identity is compared byte by byte, a pattern is searched (V-93)", "[sigstore]") {
  Policy policy;
  policy.certificate_identity = certificate().san;
  CHECK(passes(certificate(), policy));
  policy.certificate_identity += "1";
  CHECK_FALSE(passes(certificate(), policy));
  policy.certificate_identity.clear();
  policy.certificate_identity_regex = R"(^https://github\.com/octo/charts/)";
  CHECK(passes(certificate(), policy));
  policy.certificate_identity_regex = R"(^https://github\.com/octo/chart/)";
  CHECK_FALSE(passes(certificate(), policy));
}

TEST_CASE("a policy that contradicts itself or names nobody is refused", "[sigstore]") {
  auto const code = [](Policy const& policy) {
    auto const verdict = check_policy(policy);
    return verdict ? std::string() : std::string(verdict.error().code.text());
  };
  CHECK(code(Policy{}) == "policy");
  Policy policy = for_repository();
  CHECK(code(policy).empty());
  SECTION("repository and owner") { policy.owner = "octo"; }
  SECTION("two SAN options") {
    policy.signer_repository = "o/r";
    policy.certificate_identity = "x";
  }
  SECTION("signer-workflows and cert-identity") {
    policy.signer_workflows = signers({"o/r/.github/workflows/f.yml@refs/heads/main"});
    policy.certificate_identity = "x";
  }
  SECTION("repository without owner") { policy.repository = "charts"; }
  SECTION("repository with a path") { policy.repository = "octo/charts/x"; }
  SECTION("repository as a URL") { policy.repository = "https://github.com/octo/charts"; }
  SECTION("digest that is none") { policy.source_digest = "main"; }
  SECTION("bad pattern") {
    policy.repository.clear();
    policy.certificate_identity_regex = "(";
  }
  SECTION("a release attestation with a workflow's identity") { policy.release = ReleasePolicy{}; }
  SECTION("host name with a slash") { policy.hostname = "github.com/"; }
  CHECK(code(policy) == "policy");
}

TEST_CASE("the predicate type is one of those asked for (V-93)", "[sigstore]") {
  Statement statement{"https://in-toto.io/Statement/v1", {}, "https://slsa.dev/provenance/v1"};
  CheckTrace trace;
  Policy policy = for_repository();
  CHECK(check_statement(statement, "{}", policy, trace));
  policy.predicate_types = {"https://x.example/a", "https://slsa.dev/provenance/v1"};
  CHECK(check_statement(statement, "{}", policy, trace));
  policy.predicate_types = {"https://slsa.dev/provenance/v0.2"};
  CHECK_FALSE(check_statement(statement, "{}", policy, trace));
}

TEST_CASE("a release attestation speaks of this repository, tag and commit (V-38a)", "[sigstore]") {
  std::string const payload = R"({
    "_type": "https://in-toto.io/Statement/v1",
    "subject": [{"uri": "pkg:github/octo/charts@web-v1", "digest": {"sha1": "724e3bf5665461d1a62166fccd2deec9ee613b51"}},
                {"name": "web-1.tgz", "digest": {"sha256": "aa"}}],
    "predicateType": "https://in-toto.io/attestation/release/v0.1",
    "predicate": {"ownerId": "77", "repository": "octo/charts", "repositoryId": "1001", "tag": "web-v1"}})";
  auto const statement = parse_statement(payload);
  REQUIRE(statement.has_value());
  auto const failures = [&](ReleasePolicy const& release, std::string const& text) {
    Policy policy;
    policy.release = release;
    CheckTrace trace;
    auto const parsed = parse_statement(text);
    REQUIRE(parsed.has_value());
    bool const ok = check_statement(*parsed, text, policy, trace);
    CHECK(ok == trace.all_passed());
    std::size_t failed = 0;
    for (auto const& check : trace.results()) failed += check.passed ? 0 : 1;
    return failed;
  };
  ReleasePolicy const release{"Octo/charts", "1001", "77", "web-v1", commit};
  CHECK(failures(release, payload) == 0);
  auto const with = [&](std::string_view from, std::string_view to) {
    std::string text = payload;
    return text.replace(text.find(from), from.size(), to);
  };
  CHECK(failures(release, with("\"repositoryId\": \"1001\"", "\"repositoryId\": 1001")) == 0);
  CHECK(failures(release, with("\"repositoryId\": \"1001\"", "\"repositoryId\": \"1002\"")) == 1);
  CHECK(failures(release, with("\"ownerId\": \"77\"", "\"ownerId\": \"78\"")) == 1);
  CHECK(failures(release, with("\"tag\": \"web-v1\"", "\"tag\": \"web-v2\"")) == 1);
  CHECK(failures(release, with("\"repository\": \"octo/charts\"", "\"repository\": \"octo/charts2\"")) == 1);
  CHECK(failures(release, with("release/v0.1", "release/v0.3")) == 1);
  CHECK(failures(release, with("@web-v1", "@web-v11")) == 1);
  CHECK(failures(release, with("\"sha1\": \"724e", "\"sha1\": \"824e")) == 1);
  CHECK(failures({"octo/charts", "", "", "", ""}, payload) == 4);  // an empty demand is never met

  Policy policy;
  policy.release = release;
  auto identity = certificate();
  CHECK_FALSE(passes(identity, policy));
  identity.san = "https://dotcom.releases.github.com";
  CHECK(passes(identity, policy));
  identity.san = "https://dotcom.releases.github.com/";
  CHECK_FALSE(passes(identity, policy));
}

TEST_CASE("identity patterns match as RE2 would", "[sigstore]") {
  struct Row {
    char const* pattern;
    char const* text;
    bool found;
  };
  auto const row = one_of<Row>({
      {"", "", true},
      {"b", "abc", true},
      {"^b", "abc", false},
      {"^abc$", "abc", true},
      {"^ab$", "abc", false},
      {"a.c", "abc", true},
      {"a.c", "a\nc", false},
      {R"(a\.c)", "abc", false},
      {R"(a\.c)", "a.c", true},
      {"^(a|bc)+$", "abcbca", true},
      {"^(a|bc)+$", "abcb", false},
      {"^a*$", "", true},
      {"^a+$", "", false},
      {"^a?b$", "ab", true},
      {"^a?b$", "aab", false},
      {"^a{2}$", "aa", true},
      {"^a{2}$", "aaa", false},
      {"^a{2,}$", "aaaa", true},
      {"^a{1,3}$", "aaaa", false},
      {"^a{0,3}$", "", true},
      {"^[a-c]+$", "abcab", true},
      {"^[a-c]+$", "abd", false},
      {"^[^/]+$", "abc", true},
      {"^[^/]+$", "a/c", false},
      {"^[]a]+$", "]a", true},
      {R"(^[\w.-]+$)", "a_b-c.9", true},
      {R"(^\d+\s\w$)", "12 x", true},
      {"(?i)^HTTPS://GitHub", "https://github.com", true},
      {"^HTTPS", "https", false},
      {"(?i)^[A-C]$", "b", true},
      {"^(?:refs/(heads|tags)/)?v[0-9]+$", "refs/tags/v12", true},
      {"x|", "anything", true},
      {"(a*)*$", "aaab", true},
      {"^(a|a)*$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", false},
  });
  CAPTURE(row.pattern, row.text);
  auto const pattern = IdentityPattern::compile(row.pattern);
  REQUIRE(pattern.has_value());
  CHECK(pattern->found_in(row.text) == row.found);
}

TEST_CASE("a pattern outside the known syntax is refused", "[sigstore]") {
  auto const pattern = one_of<char const*>({"(", ")", "a)", "[a", "a**", "a*?", "*a", "a{x}", "a{3,1}", "a{999}", "(?P<n>a)",
                                            "(?=a)", R"(\b)", R"(\)", "[z-a]", "((a{200}){200}){200}"});
  CAPTURE(pattern);
  CHECK(IdentityPattern::compile(pattern).has_error());
}

TEST_CASE("only the released workflow may sign when the policy names one (B-16a)", "[sigstore]") {
  auto policy = for_repository();
  policy.released_workflow =
      ReleasedWorkflow{"github.com", "octo/action", ".github/workflows/release.yaml", {1, 2, 0}, {1, 1, 0}};
  auto called = certificate();
  called.san = "https://github.com/octo/action/.github/workflows/release.yaml@refs/tags/v1";
  CHECK(passes(called, policy));

  auto const own_file = judge(certificate(), policy);
  REQUIRE(own_file.failed("signer workflow"));
  CHECK(own_file.failures() == 1);
  CHECK(own_file.failed("signer workflow")->rule == "B-16a");
  CHECK(own_file.failed("signer workflow")->fix ==
        "call that workflow, or name the one that builds your releases in build-signer-workflows");

  called.san = "https://github.com/octo/action/.github/workflows/release.yaml@refs/heads/main";
  auto const branch = judge(called, policy);
  REQUIRE(branch.failed("signer workflow"));
  CHECK(branch.failed("signer workflow")->fix == "call the workflow at a release tag of this major version");
  called.san = "mallory@example.org";
  CHECK_FALSE(passes(called, policy));

  policy.signer_workflows = signers({"octo/charts/.github/workflows/lint.yml@refs/tags/v1"});
  CHECK(check_policy(policy).error().code == "policy");
}

}  // namespace
}  // namespace identity_policy_test

#include "sigstore/signer_workflow.hpp"

#include "support/catch2.hpp"

namespace signer_workflow_test {
namespace {

using namespace acr::sigstore;

std::string const file = "octo/wf/.github/workflows/a.yml";
std::string const commit(40, 'a');

TEST_CASE("a signer is a workflow file at a full ref (B-10)", "[sigstore]") {
  auto const line = one_of<std::string>(
      {file + "@refs/heads/main", file + "@refs/tags/v1", file + "@refs/tags/v1.*", file + "@refs/pull/*/merge",
       file + "@refs/heads/*", file + "@refs/heads/a/b", file + "@" + commit, file + "@" + std::string(64, '0'),
       "Octo.x/w_f-1/.github/workflows/my file.yaml@refs/heads/main", "octo/wf/.github/workflows/a@b.yml@refs/heads/x@y"});
  CAPTURE(line);
  auto const signer = SignerWorkflow::parse(line);
  REQUIRE(signer.has_value());
  CHECK(signer->text() == line);
  CHECK(SignerWorkflow::parse("https://github.com/" + line).value().text() == line);
  CHECK(SignerWorkflow::parse("https://ghe.acme.example/" + line, "https://ghe.acme.example/").value().text() == line);
}

TEST_CASE("a signer of another form is a mistake, and says what may have been meant (B-10)", "[sigstore]") {
  struct Row {
    std::string line, why, fix;
  };
  auto const row = one_of<Row>({
      {"validate.yaml", "the line does not begin with owner/repo/", ""},
      {"", "the line does not begin with owner/repo/", ""},
      {"octo/wf", "the line does not begin with owner/repo/", ""},
      {"oc to/wf/.github/workflows/a.yml@refs/heads/main", "the line does not begin with owner/repo/", ""},
      {"/wf/.github/workflows/a.yml@refs/heads/main", "the line does not begin with owner/repo/", ""},
      {file, "the workflow has no @ref", "append the ref that it is called at, for example @refs/heads/main"},
      {file + "@", "the workflow has no @ref", "append the ref that it is called at, for example @refs/heads/main"},
      {file + "@v1", "the ref is not a full one", "did you mean @refs/tags/v1 or @refs/heads/v1?"},
      {file + "@main", "the ref is not a full one", "did you mean @refs/tags/main or @refs/heads/main?"},
      {file + "@aaaaaaa", "the commit id is shortened; only a whole one names one commit",
       "give all digits of the commit id, in lower case"},
      {file + "@" + std::string(39, 'a'), "the commit id is shortened; only a whole one names one commit",
       "give all digits of the commit id, in lower case"},
      {file + "@" + std::string(40, 'A'), "commit ids are written in lower case",
       "give all digits of the commit id, in lower case"},
      {file + "@*", "`*` stands behind refs/heads/, refs/tags/ or refs/pull/ only", ""},
      {file + "@refs/*", "`*` stands behind refs/heads/, refs/tags/ or refs/pull/ only", ""},
      {file + "@refs/heads*", "`*` stands behind refs/heads/, refs/tags/ or refs/pull/ only", ""},
      {file + "@refs/heads/", "the ref is neither a branch, nor a tag, nor a pull request's", ""},
      {file + "@refs/notes/x", "the ref is neither a branch, nor a tag, nor a pull request's", ""},
      {file + "@refs/heads/a..b", "git accepts no ref of this name", ""},
      {file + "@refs/heads/a b", "git accepts no ref of this name", ""},
      {"octo/*/.github/workflows/a.yml@refs/heads/main", "`*` is allowed in the ref only", ""},
      {"*/wf/.github/workflows/a.yml@refs/heads/main", "`*` is allowed in the ref only", ""},
      {"octo/wf/.github/workflows/*.yml@refs/heads/main", "`*` is allowed in the ref only", ""},
      {file + "@refs/heads/main, " + file + "@refs/heads/x", "a comma does not separate workflows",
       "write one workflow per line"},
      {"octo/wf/action.yml@refs/heads/main", "the file is not in .github/workflows", ""},
      {"octo/wf/x/.github/workflows/a.yml@refs/heads/main", "the file is not in .github/workflows", ""},
      {"octo/wf/.github/workflows/x/a.yml@refs/heads/main", "workflows are not read from directories below .github/workflows",
       ""},
      {"octo/wf/.github/workflows/a.json@refs/heads/main", "the workflow's file name does not end in .yml or .yaml", ""},
      {"octo/wf/.github/workflows/.yml@refs/heads/main", "the workflow's file name does not end in .yml or .yaml", ""},
      {"octo/wf/.github/workflows/.yaml@refs/heads/main", "the workflow's file name does not end in .yml or .yaml", ""},
      {"https://evil.example/" + file + "@refs/heads/main", "the workflow is on another server than this run",
       "leave the server out; only https://github.com counts"},
      {"https://github.com.evil.example/" + file + "@refs/heads/main", "the workflow is on another server than this run",
       "leave the server out; only https://github.com counts"},
      {"octo/wf/.github/workflows/a\n.yml@refs/heads/main", "the line has a control character", ""},
  });
  CAPTURE(row.line);
  auto const signer = SignerWorkflow::parse(row.line);
  REQUIRE(signer.has_error());
  CHECK(signer.error().code == "bad-input");
  CHECK(signer.error().rule_number == "B-10");
  CHECK(signer.error().where.empty());
  CHECK(signer.error().why == row.why);
  CHECK(signer.error().fix_text == row.fix);
  CHECK(signer.error().found_value == row.line);
}

TEST_CASE("a signer matches on the run's own host only", "[sigstore]") {
  auto const signer = SignerWorkflow::parse(file + "@refs/heads/*").value();
  auto const matches = [&](std::string const& uri, std::string const& host = "github.com") {
    auto const place = workflow_place_of_uri(uri);
    return place && signer.matches(*place, host);
  };
  CHECK(matches("https://github.com/" + file + "@refs/heads/main"));
  CHECK(matches("https://github.com/OCTO/wf/.github/workflows/a.yml@refs/heads/main"));
  CHECK_FALSE(matches("https://github.com/octo/wf/.github/workflows/A.yml@refs/heads/main"));
  CHECK_FALSE(matches("https://ghe.example/" + file + "@refs/heads/main"));
  CHECK(matches("https://ghe.example/" + file + "@refs/heads/main", "ghe.example"));
  CHECK_FALSE(matches("http://github.com/" + file + "@refs/heads/main"));
  CHECK_FALSE(matches("https://github.com/" + file));
  CHECK_FALSE(matches("https://github.com/" + file + "@refs/heads/a/b"));
  CHECK_FALSE(matches("https://github.com/" + file + "@evil.yml@refs/heads/main"));
}

TEST_CASE("a predicate type is a URI with its scheme (B-10)", "[sigstore]") {
  for (auto const* type : {"https://slsa.dev/provenance/v1", "urn:example:check", "a:b"})
    CHECK(parse_predicate_type(type).value() == type);
  struct Row {
    std::string line, why;
  };
  auto const row = one_of<Row>({
      {"slsa.dev/provenance/v1", "the predicate type has no scheme"},
      {"https:", "the predicate type has no scheme"},
      {":x", "the predicate type has no scheme"},
      {"1a:x", "the predicate type has no scheme"},
      {"a_b:x", "the predicate type has no scheme"},
      {"https://slsa.dev/provenance/v1, https://x.example", "a comma does not separate predicate types"},
      {"https://slsa.dev/a b", "white space and characters outside ASCII are not part of a URI"},
      {"https://\xc3\xa4.example/", "white space and characters outside ASCII are not part of a URI"},
  });
  CAPTURE(row.line);
  auto const type = parse_predicate_type(row.line);
  REQUIRE(type.has_error());
  CHECK(type.error().code == "bad-input");
  CHECK(type.error().rule_number == "B-10");
  CHECK(type.error().why == row.why);
  CHECK(type.error().found_value == row.line);
}

}  // namespace
}  // namespace signer_workflow_test

// What the audit sees of a commit (U-19, U-20), and what it says without GitHub (U-18).
#include "release/audit_facts.hpp"

#include <algorithm>

#include "audit/limits.hpp"
#include "memory/objects.hpp"
#include "support/catch2.hpp"

namespace audit_facts_test {
namespace {

using namespace acr;
using namespace acr::release;

std::string const workflow =
    "on: { pull_request: { branches: [release] } }\njobs:\n  gate:\n"
    "    permissions: { contents: read, attestations: write, id-token: write, pull-requests: write }\n"
    "    uses: org/atomic-chart-release/.github/workflows/release-charts.yaml@v1\n";

struct Repository {
  git::MemoryObjects objects;
  AuditSettings settings{.source_branch = "main",
                         .release_branch = "release",
                         .tag_format = "{name}-v{version}",
                         .check_name = {},
                         .source_commit = {},
                         .release_commit = {}};

  void commit(git::ObjectId const& tree) { settings.source_commit = settings.release_commit = objects.add_commit(tree); }
  void files(std::map<std::string, std::string> const& all) { commit(objects.add_files(all)); }
  audit::Question question() { return audit_question(settings, objects, nullptr); }
};

std::vector<std::string> paths_of(audit::BranchFiles const& files) {
  std::vector<std::string> paths;
  for (auto const& file : files.workflows) paths.push_back(file.path);
  return paths;
}

TEST_CASE("workflows, owned files and the CODEOWNERS that counts are read from the commit", "[release]") {
  Repository repository;
  repository.files({{".github/workflows/gate.yaml", workflow},
                    {".github/workflows/b.yml", "on: push\njobs: {}\n"},
                    {".github/workflows/README.md", "x"},
                    {".github/workflows/deeper/c.yaml", "x"},
                    {".github/dependabot.yml", "x"},
                    {"CODEOWNERS", "* @root\n"},
                    {"docs/CODEOWNERS", "* @docs\n"},
                    {"workflows/d.yaml", "x"}});
  auto question = repository.question();
  CHECK(paths_of(question.source) == std::vector<std::string>{".github/workflows/b.yml", ".github/workflows/gate.yaml"});
  CHECK(question.source.workflows[1].bytes == workflow);
  auto owned = question.source.owned_paths;
  std::ranges::sort(owned);
  CHECK(owned == std::vector<std::string>{".github/dependabot.yml", ".github/workflows/README.md", ".github/workflows/b.yml",
                                          ".github/workflows/deeper/c.yaml", ".github/workflows/gate.yaml", "CODEOWNERS"});
  REQUIRE(question.source.code_owners);
  CHECK(question.source.code_owners->path == "CODEOWNERS");
  CHECK(question.source.code_owners->bytes == "* @root\n");
  CHECK(question.source.unreadable.empty());
  CHECK(question.action_repository == "org/atomic-chart-release");

  repository.files({{"docs/CODEOWNERS", "* @docs\n"}});
  CHECK(repository.question().source.code_owners->path == "docs/CODEOWNERS");
  repository.files({{".github/CODEOWNERS", "* @github\n"}, {"CODEOWNERS", "* @root\n"}});
  CHECK(repository.question().source.code_owners->path == ".github/CODEOWNERS");
  repository.files({{"README.md", "x"}});
  CHECK_FALSE(repository.question().source.code_owners);
}

TEST_CASE("what is not a plain file of a sane size is unreadable, not absent (U-20)", "[release]") {
  Repository repository;
  auto& objects = repository.objects;
  auto const blob = objects.add_blob("../x");
  using git::EntryMode;
  SECTION("a workflow that is a link") {
    auto const workflows = objects.add_tree({{"a.yaml", EntryMode::symlink, blob, {}}});
    auto const github = objects.add_tree({{"workflows", EntryMode::directory, workflows, {}}});
    repository.commit(objects.add_tree({{".github", EntryMode::directory, github, {}}}));
    auto const question = repository.question();
    REQUIRE(question.source.unreadable.size() == 1);
    CHECK(question.source.unreadable[0].code == "workflow-unreadable");
    CHECK(question.source.unreadable[0].where == ".github/workflows/a.yaml");
    CHECK(question.source.unreadable[0].why == "it is not a regular file");
  }
  SECTION(".github that is a link") {
    repository.commit(objects.add_tree({{".github", EntryMode::symlink, blob, {}}}));
    CHECK(repository.question().source.unreadable.at(0).why == "it is not a directory");
  }
  SECTION("a large workflow, and one that is as large as can be") {
    repository.files({{".github/workflows/a.yaml", std::string(audit::limits::workflow_bytes, '#')},
                      {".github/workflows/b.yaml", std::string(audit::limits::workflow_bytes + 1, '#')}});
    auto const question = repository.question();
    CHECK(paths_of(question.source) == std::vector<std::string>{".github/workflows/a.yaml"});
    REQUIRE(question.source.unreadable.size() == 1);
    CHECK(question.source.unreadable[0].where == ".github/workflows/b.yaml");
    CHECK(question.source.unreadable[0].why == "the file is too large");
  }
  SECTION("workflows that are too large together") {
    std::map<std::string, std::string> files;
    auto const count = audit::limits::workflow_bytes_together / audit::limits::workflow_bytes;
    for (std::size_t i = 0; i < count; ++i)
      files[".github/workflows/" + std::to_string(i) + ".yaml"] = std::string(audit::limits::workflow_bytes, '#');
    repository.files(files);
    CHECK(repository.question().source.unreadable.empty());
    files[".github/workflows/x.yaml"] = "#";
    repository.files(files);
    CHECK(repository.question().source.unreadable.at(0).why == "the workflows are too large together");
  }
  SECTION("too many workflows") {
    std::map<std::string, std::string> files;
    for (std::size_t i = 0; i < audit::limits::workflow_files; ++i)
      files[".github/workflows/" + std::to_string(i) + ".yaml"] = "#";
    repository.files(files);
    CHECK(repository.question().source.unreadable.empty());
    files[".github/workflows/x.yaml"] = "#";
    repository.files(files);
    CHECK(repository.question().source.unreadable.at(0).why == "there are more workflows than are looked at");
  }
  SECTION("too many files") {
    std::map<std::string, std::string> files;
    for (std::size_t i = 0; i < audit::limits::owned_paths; ++i) files[".github/" + std::to_string(i)] = "";
    repository.files(files);
    CHECK(repository.question().source.unreadable.empty());
    files[".github/x"] = "";
    repository.files(files);
    CHECK(repository.question().source.unreadable.at(0).why == "it holds more files than are looked at");
  }
  SECTION("too deep") {
    auto tree = objects.add_tree({{"x", EntryMode::file, blob, {}}});
    for (std::size_t i = 1; i < audit::limits::yaml_levels; ++i)
      tree = objects.add_tree({{"d", EntryMode::directory, tree, {}}});
    repository.commit(objects.add_tree({{".github", EntryMode::directory, tree, {}}}));
    CHECK(repository.question().source.unreadable.empty());
    tree = objects.add_tree({{"d", EntryMode::directory, tree, {}}});
    repository.commit(objects.add_tree({{".github", EntryMode::directory, tree, {}}}));
    CHECK(repository.question().source.unreadable.at(0).why == "directories are nested too deeply");
  }
  SECTION("a large CODEOWNERS") {
    repository.files({{"CODEOWNERS", std::string(audit::limits::code_owner_bytes, '\n')}});
    CHECK_FALSE(repository.question().source.code_owners_too_large);
    repository.files({{"CODEOWNERS", std::string(audit::limits::code_owner_bytes + 1, '\n')}});
    auto const question = repository.question();
    CHECK(question.source.code_owners_too_large);
    CHECK(question.source.code_owners);
  }
}

TEST_CASE("an object that nobody has ends the audit", "[release]") {
  Repository repository;
  repository.files({{".github/workflows/gate.yaml", workflow}});
  auto const forgotten = one_of({0, 1, 2});
  auto const commit = repository.objects.commit(repository.settings.source_commit);
  auto const github = repository.objects.tree(commit->tree)->entries[0].id;
  auto const workflows = repository.objects.tree(github)->entries[0].id;
  repository.objects.forget(forgotten == 0   ? repository.settings.source_commit
                            : forgotten == 1 ? github
                                             : repository.objects.tree(workflows)->entries[0].id);
  try {
    repository.question();
    FAIL("accepted");
  } catch (BadEnvironment const& error) {
    CHECK(error.code() == "object-missing");
  }
}

TEST_CASE("without GitHub the rules are unknown, and the answer is not good (U-18, U-22)", "[release]") {
  Repository repository;
  repository.files({{".github/workflows/gate.yaml", workflow}, {".github/CODEOWNERS", ".github/ @acme/security\n"}});
  auto const record = audit_repository(repository.settings, repository.objects, nullptr);
  CHECK(record.answer == "unknown");
  CHECK(audit_status(record) == ExitStatus::refused);
  CHECK(record.checks == std::vector<std::string>{"gate / release"});
  REQUIRE(record.rows.size() == 3);
  for (auto const& row : record.rows) {
    CHECK(row.severity == "unknown");
    CHECK(row.finding.code == "rules-unreadable");
    CHECK(row.finding.fix_text == "give --repository");
  }
  auto good = record;
  good.answer = "binding";
  CHECK(audit_status(good) == ExitStatus::done);
}

}  // namespace
}  // namespace audit_facts_test

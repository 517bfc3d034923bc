#include "release/audit_facts.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "audit/limits.hpp"
#include "github/rest_objects.hpp"
#include "github/rulesets.hpp"
#include "release/own_workflow.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace {

using git::EntryMode;

constexpr std::string_view workflows_directory = ".github/workflows/";

bool is_file(EntryMode mode) { return mode == EntryMode::file || mode == EntryMode::executable; }

/// The files that the audit looks at, read out of a commit's tree.
class FileReader {
 public:
  FileReader(git::ObjectSource& objects, audit::BranchFiles& files) : objects_(objects), files_(files) {}

  void read(git::ObjectId const& commit_id) {
    auto const commit = objects_.commit(commit_id);
    if (!commit) missing("commit", commit_id);
    auto const root = tree_of(commit->tree);
    if (auto const* github = entry_of(root, ".github")) {
      if (github->mode == EntryMode::directory)
        walk(tree_of(github->id), ".github/", 0);
      else
        unreadable(".github", "it is not a directory");
    }
    if (!files_.code_owners) code_owners(root, "");
    if (!files_.code_owners)
      if (auto const* docs = entry_of(root, "docs"); docs != nullptr && docs->mode == EntryMode::directory)
        code_owners(tree_of(docs->id), "docs/");
  }

 private:
  [[noreturn]] static void missing(std::string const& kind, std::string const& id) {
    throw BadEnvironment("object-missing", "the " + kind + " " + id + " is in no object source");
  }

  git::Tree tree_of(git::ObjectId const& id) {
    auto tree = objects_.tree(id);
    if (!tree) missing("tree", id);
    return std::move(*tree);
  }

  static git::TreeEntry const* entry_of(git::Tree const& tree, std::string_view name) {
    auto const found = std::ranges::find(tree.entries, name, &git::TreeEntry::name);
    return found == tree.entries.end() ? nullptr : &*found;
  }

  void unreadable(std::string path, std::string why) {
    files_.unreadable.push_back(reject("workflow-unreadable", std::move(path), std::move(why)).rule("U-20"));
  }

  /// Nothing: larger than `limit`.
  std::optional<std::string> bytes_of(git::ObjectId const& id, std::size_t limit) {
    try {
      auto bytes = objects_.blob(id, limit);
      if (!bytes) missing("file", id);
      return bytes;
    } catch (BadEnvironment const& error) {
      if (error.code() != "object-too-large") throw;
      return std::nullopt;
    }
  }

  void walk(git::Tree const& tree, std::string const& prefix, std::size_t depth) {
    for (auto const& entry : tree.entries) {
      auto const path = prefix + entry.name;
      if (entry.mode == EntryMode::directory) {
        if (depth + 1 < audit::limits::yaml_levels)
          walk(tree_of(entry.id), path + "/", depth + 1);
        else
          unreadable(path, "directories are nested too deeply");
        continue;
      }
      if (files_.owned_paths.size() >= audit::limits::owned_paths) {
        if (!std::exchange(too_many_, true)) unreadable(".github", "it holds more files than are looked at");
        return;
      }
      files_.owned_paths.push_back(path);
      if (prefix == workflows_directory && (path.ends_with(".yml") || path.ends_with(".yaml"))) workflow(entry, path);
    }
    if (prefix == ".github/") code_owners(tree, prefix);
  }

  void workflow(git::TreeEntry const& entry, std::string const& path) {
    if (!is_file(entry.mode)) return unreadable(path, "it is not a regular file");
    if (files_.workflows.size() >= audit::limits::workflow_files)
      return unreadable(path, "there are more workflows than are looked at");
    auto bytes = bytes_of(entry.id, audit::limits::workflow_bytes);
    if (!bytes) return unreadable(path, "the file is too large");
    bytes_ += bytes->size();
    if (bytes_ > audit::limits::workflow_bytes_together) return unreadable(path, "the workflows are too large together");
    files_.workflows.push_back({path, std::move(*bytes)});
  }

  void code_owners(git::Tree const& tree, std::string const& prefix) {
    auto const* entry = entry_of(tree, "CODEOWNERS");
    if (entry == nullptr || !is_file(entry->mode)) return;
    auto bytes = bytes_of(entry->id, audit::limits::code_owner_bytes);
    files_.code_owners_too_large = !bytes;
    files_.code_owners = audit::File{prefix + "CODEOWNERS", bytes ? std::move(*bytes) : std::string()};
    if (prefix != ".github/") files_.owned_paths.push_back(files_.code_owners->path);
  }

  git::ObjectSource& objects_;
  audit::BranchFiles& files_;
  std::size_t bytes_ = 0;
  bool too_many_ = false;
};

Rejection unread(std::string where, std::string why) {
  return reject("rules-unreadable", std::move(where), std::move(why))
      .rule("U-18")
      .fix("run the audit with a token that may read the repository's rules");
}

bool is_hidden(github::ApiError const& error) { return error.http_status() == 403 || error.http_status() == 404; }

void add(audit::BranchRules& to, github::ActiveRules const& from) {
  to.pull_request = to.pull_request || from.pull_request;
  to.code_owner_review = to.code_owner_review || from.code_owner_review;
  to.stale_reviews_end = to.stale_reviews_end || from.stale_reviews_end;
  to.approvals = std::max(to.approvals, from.approvals);
  to.deletion = to.deletion || from.deletion;
  to.force_push = to.force_push || from.force_push;
  to.merge_commits_only = to.merge_commits_only || from.merge_commits_only;
  to.up_to_date = to.up_to_date || from.up_to_date;
  to.merge_queue = to.merge_queue || from.merge_queue;
  for (auto const& check : from.checks) to.checks.push_back({check.context, check.integration_id});
  to.required_workflows.insert(to.required_workflows.end(), from.workflows.begin(), from.workflows.end());
}

audit::BranchRules rules_of(github::Api& api, std::string const& branch, audit::Question& question,
                            std::vector<std::int64_t>& ids) {
  audit::BranchRules rules;
  rules.branch = branch;
  rules.merge_commits_only = false;
  try {
    auto const active = github::active_rules(api, branch);
    add(rules, active);
    ids.insert(ids.end(), active.ruleset_ids.begin(), active.ruleset_ids.end());
  } catch (github::ApiError const& error) {
    if (!is_hidden(error)) throw;
    rules.unreadable = unread("branch " + branch, std::string("its rules could not be read: ") + error.what());
    return rules;
  }
  auto const classic = github::classic_protection(api, branch);
  if (!classic.gap.empty()) rules.classic_gap = classic.gap;
  if (classic.rules) {
    add(rules, *classic.rules);
    audit::Ruleset shown;
    shown.name = "classic protection of " + branch;
    shown.target = "branch";
    shown.enforcement = "active";
    shown.bypass.emplace();
    if (classic.admins_exempt) shown.bypass->push_back({"administrators", std::nullopt, "always"});
    question.rulesets.push_back(std::move(shown));
  }
  return rules;
}

audit::Ruleset as_ruleset(github::RulesetDetails const& from) {
  audit::Ruleset to;
  to.id = from.id;
  to.name = from.name;
  to.target = from.target;
  to.enforcement = from.enforcement;
  to.include = from.include;
  to.exclude = from.exclude;
  to.rules = from.rules;
  to.token_can_bypass = from.token_can_bypass;
  if (from.bypass) {
    to.bypass.emplace();
    for (auto const& actor : *from.bypass) to.bypass->push_back({actor.type, actor.id, actor.mode});
  }
  return to;
}

void read_rules(audit::Question& question, github::Api& api) {
  std::vector<std::int64_t> ids;
  question.source_rules = rules_of(api, question.source_branch, question, ids);
  question.release_rules = rules_of(api, question.release_branch, question, ids);
  try {
    for (auto const& each : github::rulesets(api, ids)) question.rulesets.push_back(as_ruleset(each));
  } catch (github::ApiError const& error) {
    if (!is_hidden(error) && error.code() != "listing-too-long") throw;
    question.rulesets_unreadable = unread("rulesets", std::string("they could not be read: ") + error.what());
  }
  for (auto* files : {&question.source, &question.release}) {
    if (!files->code_owners) continue;
    for (auto const& error : github::owner_line_errors(api, files->commit))
      if (error.path == files->code_owners->path)
        files->owner_errors.push_back(
            {static_cast<std::uint32_t>(std::min<std::uint64_t>(error.line, UINT32_MAX)), error.kind});
  }
}

}  // namespace

AuditSettings audit_settings(event::ActionInputs const& inputs, std::string source_commit, std::string release_commit) {
  return {.source_branch = inputs.source_branch,
          .release_branch = inputs.release_branch,
          .tag_format = inputs.tag_format,
          .check_name = inputs.check_name,
          .source_commit = std::move(source_commit),
          .release_commit = std::move(release_commit)};
}

git::ObjectId branch_on_server(github::Api& api, std::string const& branch) {
  github::RestObjects objects(api);
  auto const ref = objects.ref("refs/heads/" + branch);
  if (!ref) throw BadEnvironment("unknown-commit", "the server has no branch " + printable(branch));
  return ref->target;
}

audit::Question audit_question(AuditSettings const& settings, git::ObjectSource& objects, github::Api* api) {
  audit::Question question;
  question.source_branch = settings.source_branch;
  question.release_branch = settings.release_branch;
  question.tag_format = settings.tag_format;
  question.check_name = settings.check_name;
  question.action_repository = own_workflow().repository;
  question.source.branch = settings.source_branch;
  question.source.commit = settings.source_commit;
  question.release.branch = settings.release_branch;
  question.release.commit = settings.release_commit;
  for (auto* files : {&question.source, &question.release}) FileReader(objects, *files).read(files->commit);
  if (api != nullptr) {
    read_rules(question, *api);
    return question;
  }
  auto const nobody_asked = [](std::string where) {
    return unread(std::move(where), "GitHub was not asked").fix("give --repository");
  };
  question.source_rules.branch = settings.source_branch;
  question.source_rules.unreadable = nobody_asked("branch " + settings.source_branch);
  question.release_rules.branch = settings.release_branch;
  question.release_rules.unreadable = nobody_asked("branch " + settings.release_branch);
  question.rulesets_unreadable = nobody_asked("rulesets");
  return question;
}

report::AuditRecord audit_repository(AuditSettings const& settings, git::ObjectSource& objects, github::Api* api) {
  auto const question = audit_question(settings, objects, api);
  auto found = audit::audit(question);
  report::AuditRecord record;
  record.answer = audit::to_text(found.answer());
  record.source_branch = settings.source_branch;
  record.source_commit = settings.source_commit;
  record.release_branch = settings.release_branch;
  record.release_commit = settings.release_commit;
  record.checks = std::move(found.checks);
  record.gates = std::move(found.gates);
  for (auto& finding : found.findings) record.rows.push_back({audit::to_text(finding.severity), std::move(finding.what)});
  return record;
}

ExitStatus audit_status(report::AuditRecord const& record) {
  return record.answer == "binding" ? ExitStatus::done : ExitStatus::refused;
}

}  // namespace acr::release

#pragma once

// What the audit is about, from git objects and GitHub's API: src/release/audit_facts.hpp (U-19, U-22)

#include <string>

#include "audit/audit.hpp"
#include "event/inputs.hpp"
#include "git/objects.hpp"
#include "github/api.hpp"
#include "report/audit_report.hpp"
#include "support/errors.hpp"

namespace acr::release {

struct AuditSettings {
  std::string source_branch, release_branch, tag_format, check_name;
  std::string source_commit, release_commit;  ///< ids; what is looked at of each branch
};

/// Of the inputs, and which commits are looked at.
AuditSettings audit_settings(event::ActionInputs const& inputs, std::string source_commit, std::string release_commit);

/// The commit of a branch as the server has it (U-19). Throws BadEnvironment("unknown-commit").
git::ObjectId branch_on_server(github::Api& api, std::string const& branch);

/// Files of both commits and, with `api`, the rules of both branches and of tags. Without it they are unknown. Answers of 403
/// and 404 become findings; other failures throw, as does an object that is in no source (BadEnvironment("object-missing")).
audit::Question audit_question(AuditSettings const& settings, git::ObjectSource& objects, github::Api* api);

/// The question, and the answer as a record of what was looked at.
report::AuditRecord audit_repository(AuditSettings const& settings, git::ObjectSource& objects, github::Api* api);

/// U-22: 0 when binding, else 1.
ExitStatus audit_status(report::AuditRecord const& record);

}  // namespace acr::release

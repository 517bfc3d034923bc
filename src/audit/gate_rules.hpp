#pragma once

// What the rules of branches and tags and CODEOWNERS say about the gate: src/audit/gate_rules.hpp (U-10 … U-15, U-18)

#include <string>
#include <vector>

#include "audit/audit.hpp"

namespace acr::audit {

/// `checks`: names that the gate's check has; empty: none is known.
std::vector<Finding> check_findings(BranchRules const& rules, std::vector<std::string> const& checks);
/// Reviews that pull requests to this branch need, deletion, and what stops releases on the release branch.
std::vector<Finding> branch_findings(BranchRules const& rules, bool is_release);
std::vector<Finding> owner_findings(BranchFiles const& files);
std::vector<Finding> tag_findings(Question const& question);
std::vector<Finding> bypass_findings(std::vector<Ruleset> const& rulesets);

}  // namespace acr::audit

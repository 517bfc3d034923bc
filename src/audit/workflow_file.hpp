#pragma once

// A workflow file, as far as the audit looks: src/audit/workflow_file.hpp (U-20)
// Expressions stay text. What GitHub would refuse is refused where it could hide something: values of a wrong kind.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/verdict.hpp"

namespace acr::audit {

/// A scalar and where it stands.
struct Text {
  std::string text;
  std::uint32_t line = 0;  ///< 1-based
  bool is_false = false;   ///< `false` without quotes
};

/// What stands below `permissions:`.
struct Permissions {
  std::uint32_t line = 0;
  std::string all;                                         ///< "read-all", "write-all" or empty
  std::vector<std::pair<std::string, std::string>> names;  ///< {"contents", "read"}, …

  /// "write", "read" or "none".
  [[nodiscard]] std::string of(std::string_view name) const;
};

struct Trigger {
  std::string event;  ///< "pull_request"
  std::uint32_t line = 0;
  std::optional<std::vector<std::string>> branches, branches_ignore, types;  ///< nothing: no such filter
  bool filters_paths = false;                                                ///< `paths` or `paths-ignore`
};

struct Step {
  std::uint32_t line = 0;
  std::optional<Text> uses, condition, continue_on_error;
  std::vector<std::pair<std::string, std::string>> with;  ///< scalars alone, as written

  /// An input, "" when it is not given. Names compare without letter case, as the runner's do.
  [[nodiscard]] std::string_view input(std::string_view name) const;
};

struct Job {
  std::string id;
  std::uint32_t line = 0;
  std::optional<Text> name, uses, condition, continue_on_error;
  std::optional<Permissions> permissions;
  std::vector<std::string> needs;
  bool has_matrix = false;
  std::vector<Step> steps;
};

struct Workflow {
  std::string path;  ///< ".github/workflows/release.yaml"
  std::vector<Trigger> triggers;
  std::optional<Permissions> permissions;
  std::vector<Job> jobs;

  [[nodiscard]] Trigger const* trigger(std::string_view event) const;
};

/// Code "workflow-unreadable", `where` = "<path>:<line>", rule U-20.
Verdict<Workflow> read_workflow(std::string_view bytes, std::string_view path);

}  // namespace acr::audit

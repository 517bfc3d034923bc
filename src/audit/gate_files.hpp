#pragma once

// What the workflow files of a branch say about the gate: src/audit/gate_files.hpp (U-1 … U-9)

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "audit/audit.hpp"
#include "audit/workflow_file.hpp"

namespace acr::audit {

/// What stands behind `uses:`.
struct Uses {
  enum class Kind { local, repository, image, other };
  Kind kind = Kind::other;
  std::string repository;  ///< "owner/repo"; of an image the name without host, tag and digest
  std::string path;        ///< below the repository, or of a local one: "./" is dropped
  std::string ref;         ///< behind `@` (of an image also behind `:`)

  /// A commit id, or an image's digest.
  [[nodiscard]] bool is_pinned() const;
};
Uses parse_uses(std::string_view text);

/// A job that runs the gate, with the jobs that call it.
struct Gate {
  struct Part {
    Workflow const* workflow = nullptr;
    Job const* job = nullptr;
  };
  std::vector<Part> chain;     ///< the caller first; never empty
  Step const* step = nullptr;  ///< of the last job; null when that calls the shipped workflow
  std::string repository;      ///< of the action
  std::string check;           ///< name of the check; empty when an expression or a matrix makes it
};

/// The workflow files of a branch, read once.
class BranchWorkflows {
 public:
  BranchWorkflows(BranchFiles const& files, std::string_view action_repository);
  BranchWorkflows(BranchWorkflows const&) = delete;
  BranchWorkflows& operator=(BranchWorkflows const&) = delete;

  [[nodiscard]] std::string const& branch() const { return files_.branch; }
  [[nodiscard]] std::vector<Rejection> const& unreadable() const { return unreadable_; }
  [[nodiscard]] std::map<std::string, Workflow> const& workflows() const { return workflows_; }
  /// Gates of workflows that a pull request starts, of whatever target.
  [[nodiscard]] std::vector<Gate> const& gates() const { return gates_; }
  /// Jobs that are no gates and may have a check of this name: true where they surely have, false where an expression decides.
  [[nodiscard]] std::vector<std::pair<Gate::Part, bool>> const& others_called(std::string const& check) const;
  /// Bytes of a file, "" when it is not there.
  [[nodiscard]] std::string_view bytes_of(std::string_view path) const;

 private:
  void collect(Workflow const& workflow, Job const& job, std::vector<Gate::Part> chain, std::string const& prefix, bool known);

  BranchFiles const& files_;
  std::string action_repository_;
  std::map<std::string, Workflow> workflows_;
  std::vector<Rejection> unreadable_;
  std::vector<Gate> gates_;
  struct Name {
    Gate::Part job;
    std::string before, behind;  ///< literal text around what an expression or another file decides
    bool exact = true;           ///< `before` is the whole name
  };
  std::vector<Name> others_;
  std::size_t jobs_seen_ = 0;
  mutable std::map<std::string, std::vector<std::pair<Gate::Part, bool>>> called_;
};

/// Findings about the gates of a branch; `paths`: only of gates in these files, null: of all.
std::vector<Finding> gate_findings(BranchWorkflows const& branch, Question const& question, std::set<std::string> const* paths);

/// The gates that run for pull requests to the release branch, as far as that can be known.
std::vector<Gate const*> gates_of_release(BranchWorkflows const& branch, std::string_view release_branch);

}  // namespace acr::audit

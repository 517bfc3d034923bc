#include "audit/gate_files.hpp"

#include <algorithm>
#include <array>

#include "audit/limits.hpp"
#include "audit/patterns.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"

namespace acr::audit {
namespace {

constexpr std::string_view shipped_gate = ".github/workflows/release-charts.yaml";
constexpr std::string_view shipped_job = "release";  ///< of that workflow: the name of the check is "<caller> / release"

std::string_view last_segment(std::string_view text) {
  auto const slash = text.rfind('/');
  return slash == std::string_view::npos ? text : text.substr(slash + 1);
}

bool has_expression(std::string_view text) { return text.find("${{") != std::string_view::npos; }

bool is_commit_id(std::string_view text) {
  return is_lower_hex(to_lower_ascii(text), 40) || is_lower_hex(to_lower_ascii(text), 64);
}

/// `v1`, `v1.2.3`: tags that publish-charts.yaml accepts as builders of this action (B-16a).
bool is_release_tag(std::string_view ref) {
  if (!ref.starts_with('v')) return false;
  auto const parts = split(ref.substr(1), '.');
  return (parts.size() == 1 || parts.size() == 3) &&
         std::ranges::all_of(parts, [](std::string_view part) { return to_number(part).has_value(); });
}

/// Without blanks and one pair of `${{ }}`.
std::string bare_condition(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with("${{") && text.ends_with("}}")) text = trimmed(text.substr(3, text.size() - 5));
  std::string bare;
  for (char const c : text)
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') bare += c;
  return bare;
}

bool runs_always(std::optional<Text> const& condition) {
  return condition && equal_ignoring_ascii_case(bare_condition(condition->text), "always()");
}

std::string name_of(Job const& job) { return job.name && !job.name->text.empty() ? job.name->text : job.id; }

bool is_same_action(std::string_view repository, std::string_view action) {
  return equal_ignoring_ascii_case(last_segment(repository), last_segment(action));
}

bool starts_by_pull_request(Workflow const& workflow) {
  return workflow.trigger("pull_request") != nullptr || workflow.trigger("pull_request_target") != nullptr;
}

std::string place(std::string const& branch, Workflow const& workflow, std::uint32_t line) {
  return "branch " + branch + ", " + workflow.path + ":" + std::to_string(line);
}

/// Does the workflow run for a pull request to this branch? Nothing: a filter of a form that is not judged.
std::optional<bool> runs_for(Trigger const& trigger, std::string_view branch) {
  if (trigger.branches) return branch_filter_admits(*trigger.branches, branch);
  if (trigger.branches_ignore) {
    auto const ignored = branch_filter_admits(*trigger.branches_ignore, branch);
    return ignored ? std::optional(!*ignored) : std::nullopt;
  }
  return true;
}

}  // namespace

bool Uses::is_pinned() const {
  if (kind == Kind::local || kind == Kind::other) return true;
  if (kind == Kind::image) return ref.starts_with("sha256:") && is_lower_hex(std::string_view(ref).substr(7), 64);
  return is_commit_id(ref);
}

Uses parse_uses(std::string_view text) {
  Uses uses;
  text = trimmed(text);
  if (text.starts_with("./")) {
    uses.kind = Uses::Kind::local;
    uses.path = std::string(text.substr(2));
    return uses;
  }
  constexpr std::string_view image = "docker://";
  if (text.starts_with(image)) {
    uses.kind = Uses::Kind::image;
    auto name = text.substr(image.size());
    if (auto const at = name.find('@'); at != std::string_view::npos) {
      uses.ref = std::string(name.substr(at + 1));
      name = name.substr(0, at);
    }
    if (auto const colon = name.rfind(':');
        colon != std::string_view::npos && name.find('/', colon) == std::string_view::npos) {
      if (uses.ref.empty()) uses.ref = std::string(name.substr(colon + 1));
      name = name.substr(0, colon);
    }
    auto const slash = name.find('/');
    bool const has_host =
        slash != std::string_view::npos && name.substr(0, slash).find_first_of(".:") != std::string_view::npos;
    uses.repository = std::string(has_host ? name.substr(slash + 1) : name);
    return uses;
  }
  auto const at = text.find('@');
  auto const name = text.substr(0, at);
  auto const owner_end = name.find('/');
  if (owner_end == std::string_view::npos || owner_end == 0 || text.starts_with("$/")) return uses;
  uses.kind = Uses::Kind::repository;
  auto const repository_end = name.find('/', owner_end + 1);
  uses.repository = std::string(name.substr(0, repository_end));
  if (repository_end != std::string_view::npos) uses.path = std::string(name.substr(repository_end + 1));
  if (at != std::string_view::npos) uses.ref = std::string(text.substr(at + 1));
  return uses;
}

BranchWorkflows::BranchWorkflows(BranchFiles const& files, std::string_view action_repository)
    : files_(files), action_repository_(action_repository), unreadable_(files.unreadable) {
  for (auto const& file : files.workflows) {
    auto read = read_workflow(file.bytes, file.path);
    if (read)
      workflows_.emplace(file.path, std::move(*read));
    else
      unreadable_.push_back(read.error());
  }
  for (auto& one : unreadable_) one.where = "branch " + files.branch + ", " + one.where;
  for (auto const& [path, workflow] : workflows_) {
    // What only others call has no check of its own.
    if (workflow.triggers.size() == 1 && workflow.triggers.front().event == "workflow_call") continue;
    for (auto const& job : workflow.jobs) collect(workflow, job, {}, "", true);
  }
}

void BranchWorkflows::collect(Workflow const& workflow, Job const& job, std::vector<Gate::Part> chain,
                              std::string const& prefix, bool known) {
  if (chain.size() >= limits::call_depth || ++jobs_seen_ > limits::yaml_nodes) return;
  chain.push_back({&workflow, &job});
  auto const& own_name = name_of(job);
  known = known && !has_expression(own_name) && !job.has_matrix;
  auto const name = prefix + own_name;
  auto const add_other = [&](bool exact) {
    if (known && exact) return others_.push_back({{&workflow, &job}, name, "", true});
    auto const begin = known ? name.size() : name.find("${{");
    auto const end = name.rfind("}}");
    others_.push_back({{&workflow, &job},
                       begin == std::string::npos ? name : name.substr(0, begin),
                       known || end == std::string::npos || job.has_matrix ? "" : name.substr(end + 2),
                       false});
  };
  auto const add_gate = [&](Step const* step, std::string repository, std::string check) {
    if (!starts_by_pull_request(*chain.front().workflow)) return others_.push_back({{&workflow, &job}, check, "", known});
    gates_.push_back(
        {.chain = chain, .step = step, .repository = std::move(repository), .check = known ? std::move(check) : ""});
  };
  if (job.uses) {
    auto const uses = parse_uses(job.uses->text);
    if (uses.kind == Uses::Kind::local) {
      if (auto const called = workflows_.find(uses.path); called != workflows_.end())
        for (auto const& inner : called->second.jobs) collect(called->second, inner, chain, name + " / ", known);
      return;
    }
    if (uses.kind == Uses::Kind::repository && uses.path == shipped_gate && is_same_action(uses.repository, action_repository_))
      return add_gate(nullptr, uses.repository, name + " / " + std::string(shipped_job));
    // Names of jobs in another repository's workflow: not known here.
    others_.push_back({{&workflow, &job}, name + " / ", "", false});
    if (!known) others_.back().before = name.substr(0, name.find("${{"));
    return;
  }
  bool is_gate = false;
  for (auto const& step : job.steps) {
    if (!step.uses) continue;
    auto const uses = parse_uses(step.uses->text);
    bool const action = (uses.kind == Uses::Kind::repository && uses.path.empty()) || uses.kind == Uses::Kind::image;
    if (!action || !is_same_action(uses.repository, action_repository_)) continue;
    auto const command = trimmed(step.input("command"));
    if (!command.empty() && command != "run" && !has_expression(command)) continue;
    is_gate = true;
    add_gate(&step, uses.repository, name);
  }
  if (!is_gate) add_other(true);
}

std::vector<std::pair<Gate::Part, bool>> const& BranchWorkflows::others_called(std::string const& check) const {
  auto const [found, is_new] = called_.try_emplace(check);
  if (!is_new) return found->second;
  for (auto const& each : others_) {
    if (each.exact ? each.before != check
                   : check.size() < each.before.size() + each.behind.size() || !check.starts_with(each.before) ||
                         !check.ends_with(each.behind))
      continue;
    found->second.emplace_back(each.job, each.exact);
  }
  return found->second;
}

std::string_view BranchWorkflows::bytes_of(std::string_view path) const {
  for (auto const& file : files_.workflows)
    if (file.path == path) return file.bytes;
  return {};
}

std::vector<Gate const*> gates_of_release(BranchWorkflows const& branch, std::string_view release_branch) {
  std::vector<Gate const*> found;
  for (auto const& gate : branch.gates()) {
    auto const& workflow = *gate.chain.front().workflow;
    auto const* trigger = workflow.trigger("pull_request");
    if (trigger == nullptr) trigger = workflow.trigger("pull_request_target");
    if (runs_for(*trigger, release_branch).value_or(true)) found.push_back(&gate);
  }
  return found;
}

namespace {

class Findings {
 public:
  Findings(BranchWorkflows const& branch, Question const& question, std::set<std::string> const* paths)
      : branch_(branch), question_(question), paths_(paths) {}

  std::vector<Finding> take() {
    for (auto const* gate : gates_of_release(branch_, question_.release_branch)) {
      bool const wanted = paths_ == nullptr || std::ranges::any_of(gate->chain, [&](Gate::Part const& part) {
                            return paths_->contains(part.workflow->path);
                          });
      if (!wanted) continue;
      triggers(*gate);
      for (auto const& part : gate->chain) runs(part);
      if (gate->step != nullptr) steps(*gate);
      permissions(*gate);
      for (auto const& part : gate->chain) pins(*part.workflow);
      names(*gate);
    }
    other_triggers();
    return std::move(found_);
  }

 private:
  void add(Severity severity, Rejection what) {
    for (auto const& one : found_)
      if (one.what == what) return;
    found_.push_back({severity, std::move(what)});
  }

  std::string at(Workflow const& workflow, std::uint32_t line) const { return place(branch_.branch(), workflow, line); }

  void triggers(Gate const& gate) {
    auto const& workflow = *gate.chain.front().workflow;
    if (auto const* unsafe = workflow.trigger("pull_request_target"))
      add(Severity::forgeable, reject("unsafe-trigger", at(workflow, unsafe->line),
                                      "the gate's workflow runs on pull_request_target, whose token may write")
                                   .rule("U-5")
                                   .found("pull_request_target")
                                   .fix("use `on: pull_request`; the action refuses this event"));
    auto const* trigger = workflow.trigger("pull_request");
    if (trigger == nullptr) return;
    if (!runs_for(*trigger, question_.release_branch))
      add(Severity::unknown,
          reject("trigger-filtered", at(workflow, trigger->line),
                 "whether the branch filter admits the release branch is not judged: it has `?`, `+`, `[` or a backslash")
              .rule("U-6")
              .expected("branches: [" + question_.release_branch + "]")
              .fix("name the branch"));
    if (trigger->filters_paths)
      add(Severity::warning,
          reject("trigger-filtered", at(workflow, trigger->line),
                 "a `paths` filter: the check of a pull request that it leaves out stays pending indefinitely")
              .rule("U-6")
              .fix("remove the filter; the action itself finds out that no chart changed"));
    if (trigger->types)
      for (auto const needed : {"opened", "synchronize", "reopened"})
        if (std::ranges::find(*trigger->types, needed) == trigger->types->end())
          add(Severity::warning,
              reject("trigger-filtered", at(workflow, trigger->line),
                     "`types` leaves out " + std::string(needed) + ": the check of such a pull request stays pending")
                  .rule("U-6")
                  .fix("remove `types`"));
  }

  void runs(Gate::Part const& part) {
    auto const& [workflow, job] = part;
    if (job->condition && !runs_always(job->condition))
      condition(*workflow, *job->condition, "job");
    else if (!job->needs.empty() && !job->condition)
      add(Severity::forgeable,
          reject("job-needs", at(*workflow, job->line),
                 "the gate's job needs others: when one of them fails, the gate is skipped, and a skipped job counts as passed")
              .rule("U-3")
              .found("needs: " + joined(job->needs))
              .fix("remove `needs`, or add `if: always()`"));
    failure(*workflow, job->continue_on_error, "job");
  }

  void steps(Gate const& gate) {
    auto const& [workflow, job] = gate.chain.back();
    if (gate.step->condition && !runs_always(gate.step->condition)) condition(*workflow, *gate.step->condition, "step");
    failure(*workflow, gate.step->continue_on_error, "step");
    add(Severity::warning,
        reject("own-steps", at(*workflow, gate.step->line),
               "the gate's steps stand in this repository: who can edit this file can change what is checked and signed")
            .rule("U-9")
            .expected("uses: " + question_.action_repository + "/" + std::string(shipped_gate) + "@v1")
            .fix("call the shipped workflow, and name it in signer-workflows (docs/security.md, set-up 2)"));
  }

  void condition(Workflow const& workflow, Text const& text, std::string const& what) {
    add(Severity::forgeable,
        reject("job-condition", at(workflow, text.line),
               "the gate's " + what + " has an `if`: when it is false the " + what + " is skipped, and that counts as passed")
            .rule("U-2")
            .found("if: " + text.text)
            .fix("remove it; the action itself reports when there is nothing to release"));
  }

  void failure(Workflow const& workflow, std::optional<Text> const& text, std::string const& what) {
    if (!text || text->is_false) return;
    add(Severity::forgeable, reject("failure-ignored", at(workflow, text->line), "a refusal does not fail the gate's " + what)
                                 .rule("U-4")
                                 .found("continue-on-error: " + text->text)
                                 .fix("remove it"));
  }

  void permissions(Gate const& gate) {
    bool const called = gate.step == nullptr;
    auto const& [workflow, job] = gate.chain.front();
    auto const& given = job->permissions ? job->permissions : workflow->permissions;
    auto const where = at(*workflow, given && given->line != 0 ? given->line : job->line);
    if (!given) {
      add(Severity::warning,
          reject("permissions-surplus", where,
                 "no permissions are given: the job has what the repository's settings give, perhaps everything")
              .rule("U-7")
              .expected(needed_text())
              .fix("write `permissions: {}` at the top and the job's own at the job"));
      return;
    }
    struct Need {
      std::string_view name, value;
      bool of_steps;  ///< steps of one's own cannot do without it
    };
    constexpr std::array needs{Need{"contents", "read", true}, Need{"attestations", "write", true},
                               Need{"id-token", "write", false}, Need{"pull-requests", "write", false}};
    std::vector<std::string> missing;
    for (auto const& need : needs) {
      if (!called && !need.of_steps) continue;
      auto const has = given->of(need.name);
      if (has == "write" || has == need.value || (!called && has == "read")) continue;
      missing.push_back(std::string(need.name) + ": " + std::string(called ? need.value : "read"));
    }
    if (!missing.empty())
      add(Severity::warning, reject("permissions-missing", where, "the gate cannot run: permissions are missing")
                                 .rule("U-7")
                                 .expected(needed_text())
                                 .found("missing: " + joined(missing))
                                 .fix("add them to the job"));
    std::vector<std::string> surplus;
    if (given->all == "write-all") surplus.emplace_back("write-all");
    for (auto const& [name, value] : given->names)
      if (value == "write" && name != "attestations" && name != "id-token" && name != "pull-requests" &&
          name != "artifact-metadata")
        surplus.push_back(name + ": " + value);
    if (!surplus.empty())
      add(Severity::warning, reject("permissions-surplus", where, "the gate's job has permissions that the gate does not need")
                                 .rule("U-7")
                                 .expected(needed_text())
                                 .found(joined(surplus))
                                 .fix("remove them"));
  }

  static std::string needed_text() { return "contents: read, attestations: write, id-token: write, pull-requests: write"; }

  void pins(Workflow const& workflow) {
    std::vector<std::string> unpinned;
    std::uint32_t first = 0;
    auto const look = [&](std::optional<Text> const& text, bool calls) {
      if (!text) return;
      auto const uses = parse_uses(text->text);
      if (uses.is_pinned()) return;
      // B-16a: publishing accepts the shipped workflow at release tags only.
      if (calls && is_same_action(uses.repository, question_.action_repository) && is_release_tag(uses.ref)) return;
      if (first == 0) first = text->line;
      unpinned.push_back(text->text);
    };
    for (auto const& job : workflow.jobs) {
      look(job.uses, true);
      for (auto const& step : job.steps) look(step.uses, false);
    }
    if (unpinned.empty()) return;
    add(Severity::warning, reject("action-unpinned", at(workflow, first),
                                  "actions by tag or branch: who can move it decides what runs beside the gate")
                               .rule("U-8")
                               .expected("a commit id of 40 digits, or an image's digest")
                               .found(joined(unpinned))
                               .fix("pin each by its commit id, with the version as a comment"));
  }

  void names(Gate const& gate) {
    auto const& [workflow, job] = gate.chain.front();
    if (!equal_ignoring_ascii_case(gate.repository, question_.action_repository))
      add(Severity::warning, reject("gate-other-source", at(*workflow, job->line), "the gate is taken from another repository")
                                 .rule("U-9")
                                 .expected(question_.action_repository)
                                 .found(gate.repository)
                                 .fix("make sure that it is a copy that you keep"));
    if (gate.check.empty()) {
      if (question_.check_name.empty())
        add(Severity::unknown, reject("check-name-unknown", at(*workflow, job->line),
                                      "an expression or a matrix makes the name of the gate's check")
                                   .rule("U-10")
                                   .fix("give the job a plain name, or give check-name"));
      return;
    }
    std::size_t named = 0;
    for (auto const& [other, surely] : branch_.others_called(gate.check)) {
      if (++named > limits::named) break;
      add(surely ? Severity::forgeable : Severity::warning,
          reject("check-name-shared", at(*other.workflow, other.job->line),
                 std::string(surely ? "another job has" : "another job may have") +
                     " a check of the gate's name, so that one passes for the other")
              .rule("U-10")
              .found("job " + other.job->id)
              .expected("one job alone whose check is called " + gate.check)
              .fix("give the job another name"));
    }
  }

  void other_triggers() {
    for (auto const& [path, workflow] : branch_.workflows()) {
      auto const* unsafe = workflow.trigger("pull_request_target");
      if (unsafe == nullptr || (paths_ != nullptr && !paths_->contains(path))) continue;
      Workflow const* const here = &workflow;
      bool const has_gate =
          std::ranges::any_of(branch_.gates(), [&](Gate const& gate) { return gate.chain.front().workflow == here; });
      if (has_gate) continue;  // said above
      add(Severity::warning,
          reject(
              "unsafe-trigger", at(workflow, unsafe->line),
              "a workflow runs on pull_request_target: if it runs anything of the pull request, that can report the gate's check")
              .rule("U-5")
              .found("pull_request_target")
              .fix("use pull_request, or make sure that nothing of the pull request is run or read"));
    }
  }

  static std::string joined(std::vector<std::string> const& items) {
    std::string text;
    for (std::size_t i = 0; i < std::min(items.size(), limits::named); ++i) text += (i == 0 ? "" : ", ") + items[i];
    if (items.size() > limits::named) text += ", and " + std::to_string(items.size() - limits::named) + " more";
    return text;
  }

  BranchWorkflows const& branch_;
  Question const& question_;
  std::set<std::string> const* paths_;
  std::vector<Finding> found_;
};

}  // namespace

std::vector<Finding> gate_findings(BranchWorkflows const& branch, Question const& question,
                                   std::set<std::string> const* paths) {
  return Findings(branch, question, paths).take();
}

}  // namespace acr::audit

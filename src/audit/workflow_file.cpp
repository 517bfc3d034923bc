#include "audit/workflow_file.hpp"

#include <algorithm>

#include "audit/limits.hpp"
#include "audit/yaml_tree.hpp"
#include "support/text.hpp"

namespace acr::audit {
namespace {

using Kind = YamlNode::Kind;

class WorkflowReader {
 public:
  WorkflowReader(YamlTree const& tree, std::string_view path) : tree_(tree), path_(path) {}

  Verdict<Workflow> read() {
    Workflow workflow;
    workflow.path = std::string(path_);
    auto const& root = tree_.at(tree_.root);
    if (is_map(root, "the workflow")) {
      if (auto const* on = tree_.find(root, "on"))
        workflow.triggers = triggers(*on);
      else
        refuse(root.line, "the workflow has no `on`");
      workflow.permissions = permissions(tree_.find(root, "permissions"));
      if (auto const* jobs = tree_.find(root, "jobs"); jobs == nullptr)
        refuse(root.line, "the workflow has no `jobs`");
      else if (is_map(*jobs, "`jobs`"))
        for (auto const& entry : jobs->entries) {
          if (!visit(entry.line)) break;
          workflow.jobs.push_back(job(entry));
        }
    }
    if (rejection_) return std::move(*rejection_);
    return workflow;
  }

 private:
  void refuse(std::uint32_t line, std::string why) {
    if (!rejection_)
      rejection_ = reject("workflow-unreadable", std::string(path_) + ":" + std::to_string(line), std::move(why))
                       .rule("U-20")
                       .fix("correct the file as actionlint or GitHub's editor shows it");
  }

  // Aliases make one list the child of many: what counts is what is looked at.
  bool visit(std::uint32_t line, std::size_t values = 1) {
    if ((visits_ += values) > limits::yaml_visits) refuse(line, "the file expands to too many values");
    return !rejection_;
  }

  bool is_map(YamlNode const& node, std::string const& what) {
    if (node.kind != Kind::map) refuse(node.line, what + " is not a map");
    return node.kind == Kind::map;
  }

  std::optional<Text> text(YamlNode const* node, std::string const& what) {
    if (node == nullptr) return std::nullopt;
    if (node->kind != Kind::scalar) {
      refuse(node->line, what + " is not a text");
      return std::nullopt;
    }
    return Text{node->text, node->line, node->is_false()};
  }

  /// A list of texts, or one text.
  std::vector<std::string> texts(YamlNode const& node, std::string const& what) {
    std::vector<std::string> found;
    if (node.kind == Kind::scalar) {
      if (!node.is_null()) found.push_back(node.text);
      return found;
    }
    if (node.kind == Kind::map) refuse(node.line, what + " is not a list");
    for (auto const item : node.items) {
      auto const& each = tree_.at(item);
      if (!visit(each.line)) break;
      if (auto one = text(&each, "an item of " + what)) found.push_back(std::move(one->text));
    }
    return found;
  }

  std::vector<Trigger> triggers(YamlNode const& on) {
    std::vector<Trigger> found;
    if (on.kind != Kind::map) {
      for (auto& event : texts(on, "`on`")) {
        auto& trigger = found.emplace_back();
        trigger.event = std::move(event);
        trigger.line = on.line;
      }
      return found;
    }
    for (auto const& entry : on.entries) {
      if (!visit(entry.line)) break;
      auto& trigger = found.emplace_back();
      trigger.event = entry.key;
      trigger.line = entry.line;
      auto const& filters = tree_.at(entry.value);
      if (filters.is_null()) continue;
      if (filters.kind == Kind::list && entry.key == "schedule") continue;
      if (!is_map(filters, "`" + printable(entry.key, 60) + "`")) break;
      auto const list = [&](std::string_view key) -> std::optional<std::vector<std::string>> {
        auto const* node = tree_.find(filters, key);
        if (node == nullptr) return std::nullopt;
        return texts(*node, "`" + std::string(key) + "`");
      };
      trigger.branches = list("branches");
      trigger.branches_ignore = list("branches-ignore");
      trigger.types = list("types");
      trigger.filters_paths = tree_.find(filters, "paths") != nullptr || tree_.find(filters, "paths-ignore") != nullptr;
    }
    return found;
  }

  std::optional<Permissions> permissions(YamlNode const* node) {
    if (node == nullptr) return std::nullopt;
    Permissions found;
    found.line = node->line;
    if (node->kind == Kind::scalar) {
      if (node->text == "read-all" || node->text == "write-all")
        found.all = node->text;
      else if (!node->is_null())
        refuse(node->line, "`permissions` is neither read-all nor write-all nor a map");
      return found;
    }
    if (!is_map(*node, "`permissions`")) return std::nullopt;
    for (auto const& entry : node->entries) {
      if (!visit(entry.line)) break;
      auto const value = text(&tree_.at(entry.value), "a permission");
      if (!value) break;
      if (value->text != "read" && value->text != "write" && value->text != "none")
        refuse(entry.line, "the permission " + printable(entry.key, 60) + " is not read, write or none");
      found.names.emplace_back(entry.key, value->text);
    }
    return found;
  }

  Job job(YamlNode::Entry const& entry) {
    Job job;
    job.id = entry.key;
    job.line = entry.line;
    auto const& node = tree_.at(entry.value);
    if (!is_map(node, "the job " + printable(entry.key, 60)) || !visit(entry.line, node.entries.size())) return job;
    job.name = text(tree_.find(node, "name"), "a job's `name`");
    job.uses = text(tree_.find(node, "uses"), "a job's `uses`");
    job.condition = text(tree_.find(node, "if"), "a job's `if`");
    job.continue_on_error = text(tree_.find(node, "continue-on-error"), "`continue-on-error`");
    job.permissions = permissions(tree_.find(node, "permissions"));
    if (auto const* needs = tree_.find(node, "needs")) job.needs = texts(*needs, "`needs`");
    if (auto const* strategy = tree_.find(node, "strategy"))
      // An expression for the whole strategy may hold a matrix.
      job.has_matrix = strategy->kind != Kind::map || tree_.find(*strategy, "matrix") != nullptr;
    if (auto const* steps = tree_.find(node, "steps")) {
      if (steps->kind != Kind::list) refuse(steps->line, "`steps` is not a list");
      for (auto const item : steps->items) {
        if (!visit(steps->line)) break;
        job.steps.push_back(step(tree_.at(item)));
      }
    }
    return job;
  }

  Step step(YamlNode const& node) {
    Step step;
    step.line = node.line;
    if (!is_map(node, "a step") || !visit(node.line, node.entries.size())) return step;
    step.uses = text(tree_.find(node, "uses"), "a step's `uses`");
    step.condition = text(tree_.find(node, "if"), "a step's `if`");
    step.continue_on_error = text(tree_.find(node, "continue-on-error"), "`continue-on-error`");
    if (auto const* with = tree_.find(node, "with"); with != nullptr && !with->is_null() && is_map(*with, "`with`"))
      for (auto const& entry : with->entries) {
        if (!visit(entry.line)) break;
        auto const& value = tree_.at(entry.value);
        step.with.emplace_back(entry.key, value.kind == Kind::scalar ? value.text : std::string());
      }
    return step;
  }

  YamlTree const& tree_;
  std::string_view path_;
  std::optional<Rejection> rejection_;
  std::size_t visits_ = 0;
};

}  // namespace

std::string Permissions::of(std::string_view name) const {
  if (all == "write-all") return "write";
  if (all == "read-all") return name == "id-token" ? "none" : "read";
  for (auto const& [each, value] : names)
    if (each == name) return value;
  return "none";
}

std::string_view Step::input(std::string_view name) const {
  for (auto const& [each, value] : with)
    if (equal_ignoring_ascii_case(each, name)) return value;
  return {};
}

Trigger const* Workflow::trigger(std::string_view event) const {
  auto const found = std::ranges::find(triggers, event, &Trigger::event);
  return found == triggers.end() ? nullptr : &*found;
}

Verdict<Workflow> read_workflow(std::string_view bytes, std::string_view path) {
  auto const tree = read_yaml_tree(bytes, path);
  if (!tree) return tree.error();
  return WorkflowReader(*tree, path).read();
}

}  // namespace acr::audit

// A lock against its Chart.yaml (D-7 … D-13, D-29).

#include "dependencies/lock_check.hpp"

#include <algorithm>
#include <utility>

#include "chart/constraint.hpp"
#include "chart/local_dependency.hpp"
#include "chart/lock_digest.hpp"
#include "chart/semver.hpp"
#include "dependencies/limits.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"

namespace acr::dependencies {
namespace {

using chart::Constraint;
using chart::Dependency;
using chart::DependencyList;

constexpr auto update = "run `helm dependency update` and commit the lock (see that .gitignore does not hide it)";

std::string entry_text(Dependency const& d) {
  return d.is_null ? "null" : d.name + " " + d.version + " " + shown_repository(d.repository);
}

Rejection mismatch(Dependency const& declared, Dependency const& locked, ListFiles const& files, std::string why) {
  return reject("dep-lock-mismatch", line_of(files.locked, locked.line), std::move(why))
      .rule("D-12")
      .expected(entry_text(declared))
      .found(entry_text(locked))
      .fix(update);
}

/// What the lists say of one dependency, for messages.
LockedDependency both(Dependency const& declared, Dependency const& locked) {
  return {.name = declared.name,
          .version = locked.version,
          .repository = declared.repository,
          .constraint = {},
          .pin = {},
          .alias = declared.alias};
}

/// D-29; an empty pin is none.
Verdict<std::string> pin_of(Dependency const& locked, ListFiles const& files) {
  if (locked.pin.empty()) return std::string();
  if (is_sha256_text(locked.pin)) return locked.pin;
  return reject("dep-lock-mismatch", line_of(files.locked, locked.line),
                "the pin of " + locked.name + " is not a SHA-256 digest")
      .rule("D-29")
      .expected("digest: sha256:<64 lower-case hex digits>")
      .found(locked.pin)
      .fix("paste the line that the report prints");
}

Verdict<void> check_entry(Dependency const& declared, Dependency const& locked, ListFiles const& files) {
  if (declared.name != locked.name) return mismatch(declared, locked, files, "the lock names another chart at this place");
  if (declared.repository != locked.repository)
    return mismatch(declared, locked, files, "the lock names another repository for " + declared.name);
  if (declared.repository.empty()) {
    if (declared.version != locked.version)
      return mismatch(declared, locked, files, "the lock names another version of " + declared.name);
    return {};
  }
  auto const version = chart::parse_version(locked.version);
  if (!version) return mismatch(declared, locked, files, "the locked version of " + declared.name + " is not a version");
  auto const constraint = Constraint::parse(declared.version);
  if (!constraint) {
    auto refused = constraint.error();
    refused.where = line_of(files.declared, declared.line);
    return refused;
  }
  if (!constraint->allows(*version))
    return mismatch(declared, locked, files,
                    "the locked version of " + declared.name + " does not meet the declared constraint");
  return {};
}

Verdict<LockPlan> plan_from_lock(DependencyList declared, chart::ChartMetadata const& metadata, chart::ChartLock const& lock,
                                 ListFiles const& files) {
  LockPlan plan;
  plan.has_lock = true;
  auto const locked = lock.dependencies.value_or(DependencyList{});
  for (auto const* list : {static_cast<DependencyList const*>(&declared), &locked})
    for (auto const& entry : *list)
      if (entry.is_null)
        return reject("dep-lock-mismatch", line_of(files.locked, entry.line), "a list of dependencies holds an empty entry")
            .rule("D-8")
            .expected("name, version, repository")
            .found("null")
            .fix(update);
  auto const original = declared;
  // D-11: which URL an alias stands for is known to the lock alone; the digest proves it.
  for (std::size_t i = 0; i < declared.size() && i < locked.size(); ++i)
    if (is_repository_alias(declared[i].repository)) declared[i].repository = locked[i].repository;
  auto const digest = lock_digest(declared, lock.dependencies);
  if (digest != lock.digest) {
    bool const may_be_legacy = metadata.api_version.empty() || metadata.api_version == "v1";
    if (!may_be_legacy || legacy_lock_digest(original) != lock.digest)
      return reject("dep-lock-out-of-sync", files.locked, "the lock is out of sync with the dependencies of Chart.yaml")
          .rule("D-10")
          .expected(digest)
          .found(lock.digest.empty() ? "no digest" : lock.digest)
          .fix(update);
    plan.warnings.push_back(
        reject("lock-legacy", files.locked, "the lock's digest has Helm 2's form, which does not cover what is locked")
            .rule("D-9")
            .fix("run `helm dependency update` with Helm 3 or later"));
  }
  if (declared.size() != locked.size())
    return reject("dep-lock-mismatch", files.locked, "the lock has another number of entries than Chart.yaml")
        .rule("D-12")
        .expected(std::to_string(declared.size()) + " entries")
        .found(std::to_string(locked.size()) + " entries")
        .fix(update);
  for (std::size_t i = 0; i < declared.size(); ++i) {
    auto const dependency = both(original[i], locked[i]);
    if (is_repository_alias(locked[i].repository))
      return about(reject("dep-repository", line_of(files.locked, locked[i].line),
                          "the lock holds the alias of a repository, not its URL")
                       .rule("D-11")
                       .expected("a URL")
                       .found(locked[i].repository)
                       .fix(update),
                   dependency);
    // What the tag vouches for (A-55, P-109) is found by Chart.yaml's own `file://`: one that only the lock names would not be
    // compared.
    if (is_repository_alias(original[i].repository) && chart::is_local_repository(locked[i].repository))
      return about(reject("dep-repository", line_of(files.locked, locked[i].line),
                          "a repository alias leads to a directory of the commit")
                       .rule("D-11")
                       .expected("the URL of a repository")
                       .found(locked[i].repository)
                       .fix("write file:// into Chart.yaml itself, then " + std::string(update)),
                   dependency);
    if (auto const fine = check_entry(declared[i], locked[i], files); !fine) return about(fine.error(), dependency);
    auto pin = pin_of(locked[i], files);
    if (!pin) return about(pin.error(), dependency);
    plan.dependencies.push_back({declared[i].name, locked[i].version, locked[i].repository, declared[i].version,
                                 std::move(*pin), true, original[i].line, locked[i].line, declared[i].alias});
  }
  return plan;
}

/// D-10: without a lock the commit itself must fix each missing one.
Verdict<LockPlan> plan_without_lock(DependencyList const& declared, std::vector<bool> const& missing, ListFiles const& files) {
  LockPlan plan;
  for (std::size_t i = 0; i < declared.size(); ++i) {
    auto const& entry = declared[i];
    LockedDependency fixed{entry.name, entry.version, entry.repository, entry.version, {}, false, entry.line, 0, entry.alias};
    if (!missing[i] || entry.repository.empty() || chart::is_local_repository(entry.repository)) {
      plan.dependencies.push_back(std::move(fixed));
      continue;
    }
    if (is_repository_alias(entry.repository))
      return about(reject("dep-repository", line_of(files.declared, entry.line),
                          "only a lock can say where the repository alias of " + entry.name + " leads")
                       .rule("D-11")
                       .expected("a URL, or a committed lock")
                       .found(entry.repository)
                       .fix("correct Chart.yaml, or commit the lock"),
                   fixed);
    auto const constraint = Constraint::parse(entry.version);
    auto const exact = constraint ? constraint->exact_version() : std::string();
    if (exact.empty())
      return about(reject("dep-lock-missing", line_of(files.declared, entry.line),
                          "nothing in the commit says which version of " + entry.name + " is meant")
                       .rule("D-10")
                       .expected("a committed Chart.lock, or exact versions")
                       .found("no lock, and the version `" + entry.version + "`")
                       .fix(update),
                   fixed);
    fixed.version = exact;
    plan.dependencies.push_back(std::move(fixed));
  }
  return plan;
}

}  // namespace

std::string line_of(std::string_view file, std::size_t line) {
  return std::string(file) + (line == 0 ? "" : ":" + std::to_string(line));
}

bool is_repository_alias(std::string_view repository) {
  return repository.starts_with('@') || repository.starts_with("alias:");
}

std::string shown_repository(std::string_view repository) {
  auto text = std::string(repository.substr(0, repository.find_first_of("?#")));
  auto const scheme = text.find("://");
  if (scheme == std::string::npos) return text;
  auto const host = scheme + 3;
  auto const authority = std::string_view(text).substr(host, text.find('/', host) - host);
  auto const port = authority.substr(std::min(authority.size(), authority.rfind(':') + 1));
  // A password may hold a slash: then what looks like a port is not a number.
  bool const has_user =
      authority.find('@') != std::string_view::npos ||
      (authority.find(':') != std::string_view::npos && !authority.starts_with('[') && !to_number(port, 65535));
  auto const last = text.rfind('@');
  if (has_user && last != std::string::npos && last > scheme) text.erase(host, last + 1 - host);
  return text;
}

std::string dependency_name(std::string_view name, std::string_view version, std::string_view aliases,
                            std::string_view repository) {
  auto text = "dependency " + std::string(name);
  if (!version.empty()) text.append(" ").append(version);
  if (!aliases.empty()) text.append(" (alias ").append(aliases).append(")");
  if (!repository.empty()) text += " from " + shown_repository(repository);
  return text;
}

Rejection about(Rejection why, LockedDependency const& dependency) {
  auto const name = dependency_name(dependency.name, dependency.version, dependency.alias, dependency.repository);
  why.where += why.where.empty() ? name : ": " + name;
  return why;
}

Verdict<LockPlan> check_lock(chart::ChartMetadata const& metadata, std::optional<chart::ChartLock> const& lock,
                             std::vector<bool> const& missing, ListFiles const& files) {
  auto const& declared = metadata.dependencies;
  if (declared.size() > limits::chart_dependencies)
    return reject("dep-too-large", files.declared, "the chart declares too many dependencies")
        .rule("D-35")
        .expected("at most " + std::to_string(limits::chart_dependencies))
        .found(std::to_string(declared.size()))
        .fix("commit the charts instead");
  return lock ? plan_from_lock(declared, metadata, *lock, files) : plan_without_lock(declared, missing, files);
}

}  // namespace acr::dependencies

#include "terminal/tag_command.hpp"

#include <array>
#include <filesystem>
#include <ostream>
#include <utility>

#include "git/annotated_tag.hpp"
#include "git/tag_annotation.hpp"
#include "release/missing_tags.hpp"
#include "release/services.hpp"
#include "release/tags_report.hpp"
#include "support/text.hpp"
#include "terminal/git_process.hpp"
#include "terminal/local_clone.hpp"
#include "terminal/option_inputs.hpp"
#include "terminal/workspace.hpp"

namespace acr::terminal {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view tag_usage =
    "--missing --repository O/R --repository-id N --signer-workflows W [--push [--remote R]] [--no-attestations] [--json] [--ref REF]";

constexpr std::array<std::string_view, 15> tag_inputs{"token",
                                                      "charts-dir",
                                                      "exclude-charts",
                                                      "tag-format",
                                                      "object-source",
                                                      "signer-workflows",
                                                      "oidc-issuer",
                                                      "predicate-types",
                                                      "deny-self-hosted",
                                                      "source-digest",
                                                      "required-attestations",
                                                      "trusted-root",
                                                      "trusted-root-refresh",
                                                      "max-parallel",
                                                      "api-version"};

// The same annotation as far as a release reads it; who signed it or wrapped its lines does not matter.
bool says_the_same(std::string_view a, std::string_view b) {
  auto const left = git::parse_annotation(a), right = git::parse_annotation(b);
  return left.status == right.status && left.error == right.error && left.entries == right.entries &&
         left.release == right.release && left.commit == right.commit;
}

Rejection git_failed(release::MissingTag const& chart, std::string_view what, GitResult const& result) {
  return reject("git-failed", "tag " + chart.tag, "git could not " + std::string(what) + " the tag")
      .rule("B-14")
      .found("status " + std::to_string(result.status) + ", " + std::string(trimmed(result.err)));
}

// True when the clone has the tag already, as an earlier call left it whose push failed. Another tag of that name is in the
// way.
Verdict<bool> is_made(git::ObjectSource& clone, release::MissingTag const& chart, git::ObjectId const& commit) {
  auto const ref = clone.ref("refs/tags/" + chart.tag);
  if (!ref) return false;
  auto const tag = git::resolve_tag(clone, chart.tag, ref);
  if (tag && tag->commit.id == commit && says_the_same(tag->message, chart.message)) return true;
  return reject("tag-in-clone", "tag " + chart.tag, "this clone has another tag of this name, and the server has none")
      .rule("B-24")
      .expected("no such tag, or one on " + commit + " with the same annotation")
      .found(ref->target)
      .fix("look at it, and delete it with git tag --delete " + chart.tag);
}

Verdict<void> push(git::ObjectSource& clone, release::MissingTag const& chart, git::ObjectId const& commit,
                   fs::path const& workspace, std::string const& remote) {
  auto const made = is_made(clone, chart, commit);
  if (!made) return made.error();
  if (!*made) {
    auto const tagged =
        run_git(workspace, {"tag", "--annotate", "--cleanup=verbatim", "--file=-", "--", chart.tag, commit}, chart.message);
    if (tagged.status != 0) return git_failed(chart, "make", tagged);
  }
  auto const ref = "refs/tags/" + chart.tag;
  auto const pushed = run_git(workspace, {"push", "--quiet", "--", remote, ref + ":" + ref});
  if (pushed.status != 0) return git_failed(chart, "push", pushed);
  return {};
}

void push_all(release::MissingTags& found, fs::path const& workspace, std::string const& remote, RunClock& clock) {
  git::Libgit2 const library;
  auto const clone = open_clone(library, workspace);
  for (auto& chart : found.charts) {
    if (chart.status != release::TagStatus::missing) continue;
    clock.check();
    if (auto const pushed = push(*clone, chart, found.commit, workspace, remote); !pushed) {
      chart.refuse(pushed.error());
      chart.status = release::TagStatus::refused;
    } else {
      chart.status = release::TagStatus::created;
    }
  }
}

void show(release::MissingTags const& found, Terminal const& terminal) {
  for (auto const& chart : found.charts) {
    for (auto const& warning : chart.warnings) terminal.err << "warning: " << printable(warning.sentence()) << '\n';
    for (auto const& why : chart.refusals)
      terminal.err << "refused: " << why.code.text() << ": " << printable(why.sentence()) << '\n';
    if (!chart.refusals.empty()) continue;
    terminal.out << printable(chart.tag) << "  " << to_text(chart.status);
    for (auto const& each : chart.attestations) terminal.out << "  " << printable(each.key) << ": " << each.id;
    if (chart.passed_over_count() > 0) terminal.out << "  (" << chart.passed_over_count() << " passed over)";
    terminal.out << '\n';
  }
  if (found.charts.empty()) terminal.out << "nothing to tag\n";
}

release::Repository repository_of(Arguments const& arguments, Terminal const& terminal) {
  return release::repository_named(arguments.value("repository"), arguments.value("repository-id"),
                                   event::read_runner_environment(terminal.environment));
}

// The command's options, read and checked.
release::RunSettings read_settings(Arguments const& arguments, Terminal const& terminal) {
  release::RunSettings settings;
  settings.workspace = workspace_of(arguments);
  auto options = read_options(arguments, terminal, settings.workspace);
  settings.inputs = std::move(options.inputs);
  settings.lists = std::move(options.lists);
  settings.inputs.declares_no_attestations = arguments.has("no-attestations");
  settings.inputs.tag_wait = {};  // somebody sits here, and can ask again
  settings.repository = repository_of(arguments, terminal);
  if (settings.repository.full_name.empty() || to_number(settings.repository.id, INT64_MAX).value_or(0) == 0)
    throw BadEnvironment("usage", "tag needs --repository and --repository-id: the numeric id is the identity (A-50)");
  std::string mistakes;
  for (auto const& mistake : release::tag_mistakes(settings.inputs, settings.lists))
    mistakes += (mistakes.empty() ? "" : "; ") + mistake.sentence();
  if (!mistakes.empty()) throw BadEnvironment("bad-input", mistakes);
  return settings;
}

ExitStatus run_tag(Arguments const& arguments, Terminal const& terminal) {
  if (!arguments.has("missing")) throw BadEnvironment("usage", "atomic-chart-release tag " + std::string(tag_usage));

  auto const settings = read_settings(arguments, terminal);
  release::Services services(clone_services(settings.inputs, settings.repository, settings.workspace, terminal),
                             terminal.clock);
  auto& objects = services.objects();
  auto const commit = arguments.has("ref") ? commit_named(objects, settings.workspace, arguments.value("ref"), "ref")
                                           : head_of(objects, settings.workspace);
  if (commit.empty()) throw BadEnvironment("unknown-commit", "HEAD of this clone has no commit yet");
  services.begin_refresh();
  terminal.begin_step("looking for tags and attestations");
  auto found = release::missing_tags(commit, settings, {objects, services.attestations(), services.verifier(), terminal.clock});
  if (!found) throw BadEnvironment(found.error().code, found.error().sentence());
  terminal.leave_screen();  // git may ask for a password
  if (arguments.has("push"))
    push_all(*found, settings.workspace, arguments.has("remote") ? arguments.value("remote") : "origin", terminal.clock);
  for (auto const& warning : found->warnings) terminal.err << "warning: " << printable(warning.sentence()) << '\n';
  if (arguments.has("json"))
    terminal.out << release::tags_json(*found) << '\n';
  else
    show(*found, terminal);
  return release::tags_status(*found, settings.inputs.verify_policy);
}

}  // namespace

Command tag_command() {
  return {.name = "tag",
          .usage = tag_usage,
          .meaning = "charts whose tags are missing, with the attestations of their content; --push makes the tags",
          .options = joined({flag("missing", "Look for charts without a tag; always needed."),
                             flag("push", "Make the tags in this clone and push them, with git."),
                             option("remote", "NAME", "Where --push pushes to. Without it: origin."),
                             flag("no-attestations", "Tag charts that have no attestation, and say so in the tag."),
                             option("ref", "REF", "The commit to tag. Without it: HEAD."), workspace_option(),
                             option("repository", "O/R", "The repository at GitHub whose attestations count."),
                             option("repository-id", "N", "Its numeric id, which is its identity."), json_flag()},
                            input_options(tag_inputs)),
          .run = run_tag};
}

}  // namespace acr::terminal

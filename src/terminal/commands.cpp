#include "terminal/commands.hpp"

#include <algorithm>
#include <array>
#include <ostream>

#include "report/ruleset.hpp"
#include "terminal/audit_command.hpp"
#include "terminal/chart_commands.hpp"
#include "terminal/command_line.hpp"
#include "terminal/completion.hpp"
#include "terminal/dependency_commands.hpp"
#include "terminal/digest_command.hpp"
#include "terminal/git_commands.hpp"
#include "terminal/oci_commands.hpp"
#include "terminal/reproduce_command.hpp"
#include "terminal/run_command.hpp"
#include "terminal/sigstore_commands.hpp"
#include "terminal/tag_command.hpp"
#include "terminal/trusted_root_commands.hpp"
#include "terminal/tuf_command.hpp"

namespace acr::terminal {
namespace {

using Words = std::vector<std::string_view>;

ExitStatus run_ruleset(Arguments const& arguments, Terminal const& terminal) {
  if (!arguments.has("check-name")) throw BadEnvironment("usage", "ruleset needs --check-name, the name of the job (A-78)");
  auto const branch = arguments.value("release-branch");
  terminal.out << report::ruleset_payload(branch.empty() ? "release" : branch, arguments.value("check-name"));
  return ExitStatus::done;
}

Command ruleset_command() {
  return {.name = "ruleset",
          .usage = "--check-name JOB [--release-branch B]",
          .meaning = "the ruleset that makes the check binding",
          .options = {option("check-name", "JOB", "The name of the job that is the check."), input_option("release-branch")},
          .run = run_ruleset};
}

ExitStatus run_completion(Arguments const& arguments, Terminal const& terminal);

Command completion_command() {
  return {.name = "completion",
          .usage = "bash|zsh|fish",
          .meaning = "a script that completes commands and options (docs/install.md)",
          .least = 1,
          .most = 1,
          .run = run_completion};
}

constexpr std::array declarations{
    run_command,          changed_command,       source_digest_command, gate_command,      lineage_command,
    annotate_command,     tag_command,           map_command,           package_command,   oci_digest_command,
    dependencies_command, pin_command,           list_command,          reproduce_command, verify_attestations_command,
    inspect_command,      verify_bundle_command, trusted_roots_command, tuf_command,       audit_command,
    completion_command,   ruleset_command};

std::vector<Command> all_commands() {
  std::vector<Command> commands;
  commands.reserve(declarations.size());
  for (auto const declare : declarations) commands.push_back(declare());
  return commands;
}

ExitStatus run_completion(Arguments const& arguments, Terminal const& terminal) {
  auto const script = completion_script(arguments.positional.front(), all_commands());
  if (!script) throw BadEnvironment(script.error().code, script.error().sentence());
  terminal.out << *script;
  return ExitStatus::done;
}

void help(std::ostream& out) {
  out << "atomic-chart-release " ACR_VERSION
         ": releases Helm charts with proof.\n\n"
         "Inside GitHub Actions it is started without arguments and takes everything from its inputs (docs/inputs.md).\n"
         "On a terminal:\n\n";
  for (auto const& command : all_commands())
    out << "  " << command.name << ' ' << command.usage << "\n      " << command.meaning << "\n";
  out << "\n  --version, --help; after a command --help lists its options\n\n"
         "Exit status: 0 done, 1 refused, 2 bad input or environment, 3 service unreachable or out of time, 130/143 cancelled.\n";
}

ExitStatus run(Command const& command, Words const& words, Terminal const& terminal) {
  bool const asks_for_help = words.size() == 1 && (words.front() == "--help" || words.front() == "-h");
  if (command.run_words != nullptr && !asks_for_help) return command.run_words(words, terminal);
  auto const arguments = read_arguments(command, words);
  if (arguments) return command.run(*arguments, terminal);
  terminal.out << help_text(command);
  return ExitStatus::done;
}

}  // namespace

ExitStatus run_command_line(Words const& words, Terminal const& terminal) {
  auto const name = words.front();
  if (name == "--version") {
    terminal.out << "atomic-chart-release " ACR_VERSION "\n";
    return ExitStatus::done;
  }
  if (name == "--help" || name == "-h" || name == "help") {
    help(terminal.out);
    return ExitStatus::done;
  }
  auto const commands = all_commands();
  auto const command = std::ranges::find(commands, name, &Command::name);
  if (command == commands.end()) {
    std::vector<std::string_view> names(commands.size());
    std::ranges::transform(commands, names.begin(), &Command::name);
    throw BadEnvironment("usage", unknown_command(name, names));
  }
  return run(*command, Words(words.begin() + 1, words.end()), terminal);
}

}  // namespace acr::terminal

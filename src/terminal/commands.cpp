#include "terminal/commands.hpp"

#include <array>
#include <functional>
#include <ostream>
#include <stdexcept>

#include "report/ruleset.hpp"
#include "support/text.hpp"
#include "terminal/arguments.hpp"
#include "terminal/audit_command.hpp"
#include "terminal/chart_commands.hpp"
#include "terminal/completion.hpp"
#include "terminal/dependency_commands.hpp"
#include "terminal/digest_command.hpp"
#include "terminal/git_commands.hpp"
#include "terminal/oci_commands.hpp"
#include "terminal/sigstore_commands.hpp"
#include "terminal/tag_command.hpp"
#include "terminal/trusted_root_commands.hpp"
#include "terminal/tuf_command.hpp"
#include "terminal/verify_package.hpp"

namespace acr::terminal {
namespace {

using Words = std::vector<std::string_view>;

ExitStatus ruleset(Words const& words, Terminal const& terminal) {
  Arguments const arguments(words, {.values = {"release-branch", "check-name"}, .repeated = {}, .flags = {}});
  arguments.expect_positional(0, 0, "ruleset [--release-branch B] --check-name JOB");
  if (!arguments.has("check-name")) throw BadEnvironment("usage", "ruleset needs --check-name, the name of the job (A-78)");
  auto const branch = arguments.value("release-branch");
  terminal.out << report::ruleset_payload(branch.empty() ? "release" : branch, arguments.value("check-name"));
  return ExitStatus::done;
}

ExitStatus completion_command(Words const& words, Terminal const& terminal);

struct Row {
  std::string_view name;
  ExitStatus (*run)(Words const&, Terminal const&);
  std::string_view usage;
  std::string_view meaning;
};

constexpr std::array rows{
    Row{"run", dry_run_command, "--base REF --head REF [--repository O/R] [--json] [inputs as options]",
        "what a release of these commits would do; writes nothing"},
    Row{"changed", changed_command, "--base REF --head REF [--charts-dir D]… [--exclude-charts C]… [--json]",
        "charts that change between two commits of this clone"},
    Row{"source-digest", source_digest_command, "CHART… [--ref REF] [--charts-dir D]… [--json]",
        "the source digest of charts at a commit of this clone (HEAD)"},
    Row{"gate", gate_command, "--event FILE --repository O/R [--source-branch B] [--release-branch B]",
        "the branch gate's verdict on an event file"},
    Row{"lineage", lineage_command, "FILE|TAG [--json]", "parse a tag's annotation and show the result"},
    Row{"annotate", annotate_command,
        "--chart C --version V --entry KEY=ID,sha256:HEX… [--commit SHA] [--source-pr N] [--changelog FILE]",
        "the annotation of a tag, with its lineage block"},
    Row{"tag", tag_command,
        "--missing --repository O/R --repository-id N --signer-workflows W [--push [--remote R]] [--no-attestations] [--json] [--ref REF]",
        "charts whose tags are missing, with the attestations of their content; --push makes the tags"},
    Row{"map", map_command, "FILE [--set KEY=ID]…", "the attestation map of a pull request's description, read or merged"},
    Row{"package", package_command,
        "CHART… [-d DEST] [--version V] [--app-version V] [--source-date-epoch N] [--commit-time] [--profile 4.2|epoch-all] [--strict] [--fail-fast] [--oci-repository R] [--json] [--dependencies build|off] [other dependency inputs as options]",
        "packages as `helm package` makes them, reproducibly"},
    Row{"oci-digest", oci_digest_command, "FILE.tgz… [--created SECONDS] [--oci-repository R] [--check free|pushed] [--json]",
        "the digest that each package's manifest will have in an OCI registry once `TZ=UTC helm push` has pushed it"},
    Row{"dependencies", dependencies_command, "CHART… [--json] [dependency inputs as options]",
        "each declared dependency: constraint, lock, pin, and where it comes from; asks no host"},
    Row{"pin", pin_command, "CHART… [dependency inputs as options]",
        "fetches what charts/ lacks and writes its digests into Chart.lock"},
    Row{"list", list_command, "CHART [--json]", "what would be packaged, what is ignored and by which rule"},
    Row{"verify-package", verify_package_command,
        "FILE.tgz TAG [--repository O/R --repository-id N] [--bundle F]… [--build-signer-workflows W] [--charts-dir D] [--no-attestations]",
        "rebuilds a published package from its tag and compares; verifies its attestations"},
    Row{"verify-attestations", verify_attestations_command, "--repository O/R [--repository-id N] BUNDLE=DIGEST…",
        "verifies a list of bundles against one identity policy"},
    Row{"inspect", inspect_command,
        "BUNDLE [FILE|DIGEST] [--repository O/R | --certificate-identity I] [--trusted-root F | --refresh] [--json]",
        "who signed what, when, where it was logged, each check with its result"},
    Row{"verify-bundle", verify_bundle_words,
        "--bundle F (--certificate-identity I --certificate-oidc-issuer U | --key K) [--trusted-root F] [--refresh] FILE|DIGEST",
        "the protocol of the public Sigstore conformance suite"},
    Row{"trusted-roots", trusted_roots_command, "[--json] [--refresh] [--write DIR]",
        "the trusted roots that are built in, and the current ones"},
    Row{"tuf", tuf_command,
        "--metadata-dir D [--metadata-url U] [--target-name N]… [--target-base-url U] [--target-dir D] init ROOT | refresh | download",
        "the protocol of the public conformance suite for TUF clients"},
    Row{"audit", audit_command,
        "[--ref REF] [--repository O/R] [--source-branch B] [--release-branch B] [--tag-format F] [--check-name N] [--json]",
        "is the gate binding? workflow files, rules and code owners, each finding with its fix"},
    Row{"completion", completion_command, "bash|zsh|fish", "a script that completes commands and options (docs/install.md)"},
    Row{"ruleset", ruleset, "--check-name JOB [--release-branch B]", "the ruleset that makes the check binding"},
};

/// What each command accepts, by its own word.
std::vector<CompletedCommand> completed_commands(Terminal const& terminal) {
  std::vector<CompletedCommand> commands;
  for (auto const& row : rows) {
    auto& command = commands.emplace_back();
    command.name = row.name;
    command.meaning = row.meaning;
    if (row.run == verify_bundle_words) {  // a protocol with a parser of its own
      command.values = {"bundle", "certificate-identity", "certificate-oidc-issuer", "key", "trusted-root"};
      command.flags = {"refresh"};
      continue;
    }
    try {
      row.run({Arguments::ask_for_options}, terminal);
      throw std::logic_error("the command " + command.name + " has no options of its own");
    } catch (Arguments::Asked const& asked) {
      for (auto const name : asked.accepted.values) command.values.emplace_back(name);
      for (auto const name : asked.accepted.repeated) command.values.emplace_back(name);
      for (auto const name : asked.accepted.flags) command.flags.emplace_back(name);
    }
  }
  return commands;
}

ExitStatus completion_command(Words const& words, Terminal const& terminal) {
  Arguments const arguments(words, {.values = {}, .repeated = {}, .flags = {}});
  arguments.expect_positional(1, 1, "completion bash|zsh|fish");
  auto const script = completion_script(arguments.positional().front(), completed_commands(terminal));
  if (!script) throw BadEnvironment(script.error().code, script.error().sentence());
  terminal.out << *script;
  return ExitStatus::done;
}

void help(std::ostream& out) {
  out << "atomic-chart-release " ACR_VERSION
         ": releases Helm charts with proof.\n\n"
         "Inside GitHub Actions it is started without arguments and takes everything from its inputs (docs/inputs.md).\n"
         "On a terminal:\n\n";
  for (auto const& row : rows) out << "  " << row.name << ' ' << row.usage << "\n      " << row.meaning << "\n";
  out << "\n  --version, --help\n\n"
         "Exit status: 0 done, 1 refused, 2 bad input or environment, 3 service unreachable or out of time, 130/143 cancelled.\n";
}

}  // namespace

ExitStatus run_command_line(Words const& arguments, Terminal const& terminal) {
  auto const name = arguments.front();
  if (name == "--version") {
    terminal.out << "atomic-chart-release " ACR_VERSION "\n";
    return ExitStatus::done;
  }
  if (name == "--help" || name == "-h" || name == "help") {
    help(terminal.out);
    return ExitStatus::done;
  }
  for (auto const& row : rows) {
    if (row.name != name) continue;
    Words const rest(arguments.begin() + 1, arguments.end());
    if (rest.size() == 1 && (rest.front() == "--help" || rest.front() == "-h")) {
      terminal.out << "atomic-chart-release " << row.name << ' ' << row.usage << "\n  " << row.meaning << '\n';
      return ExitStatus::done;
    }
    if (rest.size() == 1 && rest.front() == Arguments::ask_for_options)
      throw BadEnvironment("usage", "unknown option; see --help");
    return row.run(rest, terminal);
  }
  throw BadEnvironment("usage", "there is no command " + printable(name, 60) + "; see --help");
}

}  // namespace acr::terminal

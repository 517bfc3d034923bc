#include "terminal/digest_command.hpp"

#include <filesystem>
#include <ostream>
#include <thread>

#include "release/source_digests.hpp"
#include "support/text.hpp"
#include "terminal/commands.hpp"
#include "terminal/local_clone.hpp"

namespace acr::terminal {

namespace {

ExitStatus run_source_digest(Arguments const& arguments, Terminal const& terminal) {
  std::filesystem::path const workspace = arguments.has("workspace") ? arguments.value("workspace") : ".";
  git::Libgit2 const library;
  auto const objects = open_clone(library, workspace);
  auto const id =
      arguments.has("ref") ? commit_named(*objects, workspace, arguments.value("ref"), "ref") : head_of(*objects, workspace);
  if (id.empty()) throw BadEnvironment("unknown-commit", "HEAD of this clone has no commit yet");
  auto const tree = tree_at(*objects, id);
  auto directories = arguments.all("charts-dir");
  if (directories.empty()) directories.emplace_back("charts");
  auto const found = release::source_digests(tree, {directories}, arguments.positional, std::thread::hardware_concurrency());
  if (!found) throw BadEnvironment(found.error().code, found.error().sentence());
  if (arguments.has("json"))
    terminal.out << release::source_digests_json(found->charts) << '\n';
  else
    for (auto const& chart : found->charts) terminal.out << chart.digest << "  " << printable(chart.path) << '\n';
  for (auto const& why : found->refusals)
    terminal.err << "refused: " << why.code.text() << ": " << printable(why.sentence()) << '\n';
  return found->refusals.empty() ? ExitStatus::done : ExitStatus::refused;
}

}  // namespace

Command source_digest_command() {
  return {.name = "source-digest",
          .usage = "CHART… [--ref REF] [--charts-dir D]… [--json]",
          .meaning = "the source digest of charts at a commit of this clone (HEAD)",
          .options = {option("ref", "REF", "The commit to look at. Without it: HEAD."), workspace_option(),
                      repeated("charts-dir", "DIR", "A directory whose direct children are charts. Without it: charts."),
                      json_flag()},
          .least = 1,
          .most = many,
          .run = run_source_digest};
}

}  // namespace acr::terminal

#include "terminal/digest_command.hpp"

#include <filesystem>
#include <ostream>
#include <thread>

#include "release/source_digests.hpp"
#include "support/text.hpp"
#include "terminal/arguments.hpp"
#include "terminal/local_clone.hpp"

namespace acr::terminal {

ExitStatus source_digest_command(std::vector<std::string_view> const& words, Terminal const& terminal) {
  Arguments const arguments(words, {.values = {"ref", "workspace"}, .repeated = {"charts-dir"}, .flags = {"json"}});
  arguments.expect_positional(1, 10'000, "source-digest CHART… [--ref REF] [--charts-dir D]… [--json]");
  std::filesystem::path const workspace = arguments.has("workspace") ? arguments.value("workspace") : ".";
  git::Libgit2 const library;
  auto const objects = open_clone(library, workspace);
  auto const id =
      arguments.has("ref") ? commit_named(*objects, workspace, arguments.value("ref"), "ref") : head_of(*objects, workspace);
  if (id.empty()) throw BadEnvironment("unknown-commit", "HEAD of this clone has no commit yet");
  auto const tree = tree_at(*objects, id);
  auto directories = arguments.all("charts-dir");
  if (directories.empty()) directories.emplace_back("charts");
  auto const found = release::source_digests(tree, {directories}, arguments.positional(), std::thread::hardware_concurrency());
  if (!found) throw BadEnvironment(found.error().code, found.error().sentence());
  if (arguments.has("json"))
    terminal.out << release::source_digests_json(found->charts) << '\n';
  else
    for (auto const& chart : found->charts) terminal.out << chart.digest << "  " << printable(chart.path) << '\n';
  for (auto const& why : found->refusals) terminal.err << "refused: " << why.code << ": " << printable(why.sentence()) << '\n';
  return found->refusals.empty() ? ExitStatus::done : ExitStatus::refused;
}

}  // namespace acr::terminal

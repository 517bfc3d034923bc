#include "terminal/git_process.hpp"

#include <cstdlib>
#include <utility>

#include "support/errors.hpp"
#include "terminal/child_process.hpp"

namespace acr::terminal {
namespace {

constexpr std::size_t error_bytes = std::size_t{64} << 10;

}  // namespace

GitResult run_git(std::filesystem::path const& directory, std::vector<std::string> const& arguments, std::string const& input) {
  char const* const path = std::getenv("PATH");
  auto const git = program_in_path("git", path ? path : "");
  if (git.empty()) throw BadEnvironment("no-git", "git was not found in PATH; only git can write and push tags here");
  std::vector<std::string> words{"-C", directory.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto result = run_child(git, words, input, {.output_bytes = error_bytes});
  return {result.status, std::move(result.err)};
}

}  // namespace acr::terminal

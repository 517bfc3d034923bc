// `completion` with the built program: what the scripts complete is what the commands accept.
#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "scenario/program.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/places.hpp"
#include "support/temporary_directory.hpp"

namespace completion_test {
namespace {

using acr::test::run_program;

std::map<std::string, std::string> const environment{{"PATH", "/usr/bin:/bin"}};

std::string script(std::string const& shell) {
  auto const result = run_program(acr::test::built_program(), environment, {"completion", shell}, "/");
  INFO(result.err);
  REQUIRE(result.status == 0);
  return result.out;
}

// What bash offers for the last of these words.
std::vector<std::string> offered(std::string const& bash, std::vector<std::string> const& words) {
  acr::test::TemporaryDirectory const folder;
  std::string text = bash + "COMP_WORDS=(atomic-chart-release";
  for (auto const& word : words) text += " '" + word + "'";
  text += ")\nCOMP_CWORD=" + std::to_string(words.size()) + "\n_atomic_chart_release\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
  acr::write_file(folder.path() / "script", text);
  acr::write_file(folder.path() / "a-file", "");
  auto const result =
      run_program("/bin/bash", environment, {"--norc", "-e", (folder.path() / "script").string()}, folder.path());
  INFO(result.err);
  CHECK(result.status == 0);
  CHECK(result.err.empty());
  std::vector<std::string> lines;
  std::istringstream stream(result.out);
  for (std::string line; std::getline(stream, line);)
    if (!line.empty()) lines.push_back(line);
  return lines;
}

TEST_CASE("bash completes commands, their options, choices and files", "[scenario]") {
  auto const bash = script("bash");
  CHECK(offered(bash, {"aud"}) == std::vector<std::string>{"audit"});
  CHECK(offered(bash, {"run", "--diff"}) == std::vector<std::string>{"--diff-mode"});
  CHECK(offered(bash, {"run", "--diff-mode", ""}) == std::vector<std::string>{"tree", "merge-base"});
  CHECK(offered(bash, {"package", "--fail"}) == std::vector<std::string>{"--fail-fast"});
  CHECK(offered(bash, {"package", "a-"}) == std::vector<std::string>{"a-file"});
  CHECK(offered(bash, {"gate", "--fail"}).empty());
  CHECK(offered(bash, {"verify-bundle", "--bun"}) == std::vector<std::string>{"--bundle"});
}

TEST_CASE("every option that is offered is accepted, in every command", "[scenario]") {
  auto const bash = script("bash");
  auto const commands = offered(bash, {""});
  CHECK(commands.size() >= 20);
  std::size_t options = 0;
  for (auto const& command : commands)
    for (auto const& option : offered(bash, {command, "--"})) {
      CAPTURE(command, option);
      auto const result = run_program(acr::test::built_program(), environment, {command, option, "x", "--no-such-option"}, "/");
      CHECK(result.err.find("unknown option " + option + ";") == std::string::npos);
      ++options;
    }
  CHECK(options > 200);
}

TEST_CASE("scripts for zsh and fish name each command with its meaning, quoted", "[scenario]") {
  auto const zsh = script("zsh"), fish = script("fish");
  CHECK(zsh.starts_with("#compdef atomic-chart-release\n"));
  CHECK(zsh.find("'lineage:parse a tag'\\''s annotation and show the result'") != std::string::npos);
  CHECK(zsh.find("'*--diff-mode:diff-mode:(tree merge-base)'") != std::string::npos);
  CHECK(fish.find("-a lineage -d 'parse a tag\\'s annotation and show the result'\n") != std::string::npos);
  CHECK(fish.find("-n '__fish_seen_subcommand_from run' -l diff-mode -x -a 'tree merge-base'\n") != std::string::npos);
  // What the shell itself says, where there is one.
  for (auto const& [shell, text] : {std::pair{std::string("zsh"), zsh}, std::pair{std::string("fish"), fish}}) {
    std::string const program = "/usr/bin/" + shell;
    if (!std::filesystem::exists(program)) continue;
    acr::test::TemporaryDirectory const folder;
    acr::write_file(folder.path() / "script", text);
    CHECK(run_program(program, environment, {"-n", (folder.path() / "script").string()}, "/").status == 0);
  }
}

TEST_CASE("--help of a command lists every option that completion offers, with a text", "[scenario]") {
  auto const bash = script("bash");
  for (auto const& command : offered(bash, {""})) {
    auto const help = run_program(acr::test::built_program(), environment, {command, "--help"}, "/");
    CAPTURE(command, help.out);
    CHECK(help.status == 0);
    CHECK(help.out.find("\nusage: atomic-chart-release " + command + " ") != std::string::npos);
    for (auto const& option : offered(bash, {command, "--"})) {
      CAPTURE(option);
      auto const at = help.out.find(option + " ");
      CHECK(at != std::string::npos);
      if (option == "--trusted-root-refresh")  // an input's own text
        CHECK(help.out.find("Whether the trusted roots are fetched anew over TUF.") != std::string::npos);
    }
  }
}

TEST_CASE("options come from the command line alone, and no file of words is read", "[scenario]") {
  acr::test::TemporaryDirectory const folder;
  acr::write_file(folder.path() / "words", "--json\n");
  acr::write_file(folder.path() / "config.toml", "json = true\nbase = \"x\"\n");
  auto variables = environment;
  variables.insert({{"BASE", "main"}, {"base", "main"}, {"CLI11_CONFIG", "config.toml"}});
  auto const result = run_program(acr::test::built_program(), variables, {"lineage", "@words"}, folder.path());
  CHECK(result.status == 2);
  CHECK(result.err.find("checkout-unavailable") != std::string::npos);  // a tag of that name is looked for
  auto const changed = run_program(acr::test::built_program(), variables, {"changed"}, folder.path());
  CHECK(changed.status == 2);
  CHECK(run_program(acr::test::built_program(), variables, {"changed", "--config", "config.toml"}, folder.path()).err ==
        "usage: unknown option --config; see --help\n");
}

TEST_CASE("there is no completion for other shells", "[scenario]") {
  auto const result = run_program(acr::test::built_program(), environment, {"completion", "tcsh"}, "/");
  CHECK(result.status == 2);
  CHECK(result.err == "usage: completion: there is no completion for tcsh; expected bash, zsh or fish\n");
  CHECK(run_program(acr::test::built_program(), environment, {"completion"}, "/").status == 2);
}

}  // namespace
}  // namespace completion_test

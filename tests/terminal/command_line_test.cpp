#include "terminal/arguments.hpp"

#include <map>
#include <sstream>

#include "event/action_interface.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/temporary_directory.hpp"
#include "terminal/commands.hpp"
#include "terminal/option_inputs.hpp"

namespace {

using namespace acr;
using namespace acr::terminal;

Arguments arguments(std::vector<std::string_view> const& words) {
  return {words, {.values = {"value"}, .repeated = {"many"}, .flags = {"flag"}, .short_d = "value"}};
}

// "code: sentence" of what is thrown, or "accepted".
template <class Action>
std::string refusal(Action const& action) {
  try {
    action();
  } catch (BadEnvironment const& error) {
    return error.code() + ": " + error.what();
  }
  return "accepted";
}

TEST_CASE("options of a terminal command", "[terminal]") {
  auto const given = arguments({"a", "--value=1=2", "--many", "x", "--many=y", "--flag", "--", "--value"});
  CHECK(given.value("value") == "1=2");
  CHECK(given.all("many") == std::vector<std::string>{"x", "y"});
  CHECK(given.has("flag"));
  CHECK(given.positional() == std::vector<std::string>{"a", "--value"});
  CHECK(arguments({"-d", "x"}).value("value") == "x");
  CHECK(arguments({}).value("value").empty());
  CHECK(arguments({}).all("many").empty());
}

TEST_CASE("each misuse of an option has its own answer", "[terminal]") {
  struct Row {
    std::vector<std::string_view> words;
    char const* says;
  };
  auto const row = GENERATE(values<Row>({{{"--flag=1"}, "usage: --flag takes no value; see --help"},
                                         {{"--other"}, "usage: unknown option --other; see --help"},
                                         {{"--value", "1", "--value", "2"}, "usage: --value is given twice; see --help"},
                                         {{"--value"}, "usage: --value needs a value; see --help"},
                                         {{"-d"}, "usage: --value needs a value; see --help"}}));
  CHECK(refusal([&] { (void)arguments(row.words); }) == row.says);
  CHECK(refusal([&] { arguments({"a"}).expect_positional(1, 1, "x"); }) == "accepted");
  CHECK(refusal([&] { arguments({}).expect_positional(1, 1, "x A"); }) == "usage: atomic-chart-release x A; see --help");
  CHECK(refusal([&] {
          arguments({"a", "b"}).expect_positional(1, 1, "x A");
        }) == "usage: atomic-chart-release x A; see --help");
}

TEST_CASE("a file that is named and cannot be read is a mistake", "[terminal]") {
  test::TemporaryDirectory const folder;
  auto const file = (folder.path() / "f").string();
  CHECK(refusal([&] { (void)read_named_file(file, 10); }).rfind("bad-input: ", 0) == 0);
  write_file(file, "12345678901");
  CHECK(refusal([&] { (void)read_named_file(file, 10); }).rfind("bad-input: ", 0) == 0);
  CHECK(read_named_file(file, 11) == "12345678901");
}

struct Console {
  std::map<std::string, std::string> variables;
  std::ostringstream out, err;
  RunClock clock;
  Terminal terminal{[this](std::string const& name) -> std::optional<std::string> {
                      auto const found = variables.find(name);
                      return found == variables.end() ? std::nullopt : std::optional(found->second);
                    },
                    out, err, clock};

  OptionInputs options(std::vector<std::string_view> const& words) {
    std::vector<std::string_view> names;
    for (auto const& row : event::input_table()) names.push_back(row.name);
    return read_options(Arguments(words, {.values = names, .repeated = {}, .flags = {}}), terminal, "/w");
  }
};

TEST_CASE("inputs as options, the token from the environment", "[terminal]") {
  Console console;
  console.variables["GH_TOKEN"] = "from-environment";
  auto const given =
      console.options({"--signer-workflows", "o/r/.github/workflows/a.yml@refs/heads/main", "--charts-dir=helm"});
  CHECK(given.inputs.charts_dirs == std::vector<std::string>{"helm"});
  CHECK(given.inputs.token == "from-environment");
  CHECK(given.lists.signer_workflows.size() == 1);
  CHECK(console.options({"--token=mine"}).inputs.token == "mine");
}

TEST_CASE("a mistake on a terminal names the option, all mistakes together", "[terminal]") {
  Console console;
  auto const said = refusal([&] {
    console.options({"--diff-mode", "x", "--signer-workflows", "a\nb", "--dependency-hosts", "a b"});
  });
  CAPTURE(said);
  CHECK(said.rfind("bad-input: ", 0) == 0);
  for (auto const* place : {"option --diff-mode: ", "option --signer-workflows, line 1: ",
                            "option --signer-workflows, line 2: ", "option --dependency-hosts: "})
    CHECK(said.find(place) != std::string::npos);
  CHECK(said.find("input ") == std::string::npos);
}

TEST_CASE("passwords come from a file", "[terminal]") {
  Console console;
  test::TemporaryDirectory const folder;
  auto const file = (folder.path() / "f").string();
  auto const option = "@" + file;
  CHECK(refusal([&] { console.options({"--registry-credentials", option}); }).rfind("bad-input: ", 0) == 0);
  write_file(file, "h.example=u:a-password\n");
  CHECK(console.options({"--registry-credentials", option}).inputs.registry_credentials ==
        std::vector<std::string>{"h.example=u:a-password"});
}

TEST_CASE("the program's own words", "[terminal]") {
  Console console;
  CHECK(run_command_line({"--version"}, console.terminal) == ExitStatus::done);
  for (auto const* word : {"--help", "-h", "help"}) CHECK(run_command_line({word}, console.terminal) == ExitStatus::done);
  CHECK(run_command_line({"lineage", "--help"}, console.terminal) == ExitStatus::done);
  CHECK(refusal([&] { run_command_line({"nonsense"}, console.terminal); }) ==
        "usage: there is no command nonsense; see --help");
  CHECK(refusal([&] { run_command_line({"ruleset"}, console.terminal); }) ==
        "usage: ruleset needs --check-name, the name of the job (A-78)");
  CHECK(run_command_line({"ruleset", "--check-name", "gate"}, console.terminal) == ExitStatus::done);
  CHECK(console.out.str().find("\"gate\"") != std::string::npos);
}

TEST_CASE("usage of the terminal commands that read files", "[terminal]") {
  struct Row {
    std::vector<std::string_view> words;
    char const* says;
  };
  auto const row = GENERATE(values<Row>({
      {{"annotate", "--chart", "a", "--version", "1.0.0", "--source-pr", "x"}, "usage: --source-pr needs a number"},
      {{"annotate", "--chart", "a", "--version", "1.0.0", "--entry", "lint"},
       "usage: --entry needs KEY=ID,sha256:HEX, not lint"},
      {{"verify-attestations"}, "policy"},
      {{"verify-attestations", "--repository", "o/r"},
       "usage: name at least one BUNDLE=DIGEST: nothing listed is nothing proved (V-95)"},
      {{"verify-attestations", "--repository", "o/r", "--signer-workflow", "a@v1"}, "usage: --signer-workflow: "},
      {{"verify-attestations", "--repository", "o/r", "--predicate-type", "a"}, "usage: --predicate-type: "},
      {{"inspect", "/nowhere"}, "bad-input: "},
      {{"run", "--base", "a", "--head", "b", "--repository", "o/r", "--workspace", "/nowhere"},
       "usage: --repository needs --repository-id too: the numeric id is the identity (A-50)"},
  }));
  Console console;
  auto const said = refusal([&] { run_command_line(row.words, console.terminal); });
  CAPTURE(said);
  CHECK(said.find(row.says) != std::string::npos);
}

}  // namespace

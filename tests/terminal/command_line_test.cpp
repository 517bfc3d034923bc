#include "terminal/command_line.hpp"

#include <map>
#include <sstream>

#include "event/action_interface.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/temporary_directory.hpp"
#include "terminal/commands.hpp"
#include "terminal/option_inputs.hpp"

namespace command_line_test {
namespace {

using namespace acr;
using namespace acr::terminal;

Command const command{.name = "x",
                      .usage = "A",
                      .meaning = "does x",
                      .options = {{.name = "value", .value = "V", .help = "A value.", .letter = 'd'},
                                  repeated("many", "M", "Of many."),
                                  flag("flag", "A flag.")},
                      .most = many};

Arguments arguments(std::vector<std::string_view> const& words) { return read_arguments(command, words).value(); }

// "code: sentence" of what is thrown, or "accepted".
template <class Action>
std::string refusal(Action const& action) {
  try {
    action();
  } catch (BadEnvironment const& error) {
    return error.coded_sentence();
  }
  return "accepted";
}

TEST_CASE("options of a terminal command", "[terminal]") {
  auto const given = arguments({"a", "--value=1=2", "--many", "x", "--many=y", "--flag", "--", "--value"});
  CHECK(given.value("value") == "1=2");
  CHECK(given.all("many") == std::vector<std::string>{"x", "y"});
  CHECK(given.has("flag"));
  CHECK(given.positional == std::vector<std::string>{"a", "--value"});
  CHECK(arguments({"-d", "x"}).value("value") == "x");
  CHECK(arguments({}).value("value").empty());
  CHECK(arguments({}).all("many").empty());
  CHECK(arguments({"--flag", "--flag"}).has("flag"));
}

TEST_CASE("a value is taken as it is, whatever it begins with", "[terminal]") {
  auto const text = one_of<std::string>(
      {"",   "-",   "--",  "-d",  "-h",    "--help", "--flag", "--flag=1", "--many=", "--many=a=b", "-1", "=",    "==",
       "=x", "--=", "---", "--?", "--?x=", "[a,b]",  "[]",     "@file",    "a b",     "{",          "!",  "\x01", "%TAG"});
  CAPTURE(text);
  CHECK(arguments({"--value", text}).value("value") == text);
  CHECK(arguments({"--value=" + text}).value("value") == text);
  CHECK(arguments({"-d", text, "a"}).value("value") == text);
  CHECK(arguments({"--many", text, "--many", text}).all("many") == std::vector{text, text});
  CHECK(arguments({"--", text, text}).positional == std::vector{text, text});
}

TEST_CASE("a word with one dash is positional, unless it is a letter of the command", "[terminal]") {
  for (auto const* word : {"-", "-x", "-dx", "-1", "-fd", "-H", "", "[a,b]", "=x", "!", "/x"})
    CHECK(arguments({word, "--flag", word}).positional == std::vector<std::string>{word, word});
}

TEST_CASE("each misuse of an option has its own answer", "[terminal]") {
  struct Row {
    std::vector<std::string_view> words;
    char const* says;
  };
  auto const row = one_of<Row>({{{"--flag=1"}, "usage: --flag takes no value; see --help"},
                                {{"--flag="}, "usage: --flag takes no value; see --help"},
                                {{"--other"}, "usage: unknown option --other; see --help"},
                                {{"--other=1", "a"}, "usage: unknown option --other; see --help"},
                                {{"---"}, "usage: unknown option ---; see --help"},
                                {{"--?"}, "usage: unknown option --?; see --help"},
                                {{"--\x01options"}, "usage: unknown option --\\u{1}options; see --help"},
                                {{"--other", "--value"}, "usage: unknown option --other; see --help"},
                                {{"--value", "1", "--value", "2"}, "usage: --value is given twice; see --help"},
                                {{"--value", "1", "-d", "2"}, "usage: --value is given twice; see --help"},
                                {{"--value"}, "usage: --value needs a value; see --help"},
                                {{"--many", "a", "--many"}, "usage: --many needs a value; see --help"},
                                {{"-d"}, "usage: --value needs a value; see --help"}});
  CAPTURE(row.says);
  CHECK(refusal([&] { (void)arguments(row.words); }) == row.says);
}

TEST_CASE("a mistyped option or command is answered with the one that was likely meant", "[terminal]") {
  CHECK(refusal([] { (void)arguments({"--valeu=1"}); }) == "usage: unknown option --valeu; did you mean --value? See --help");
  CHECK(refusal([] { (void)arguments({"--Flags"}); }) == "usage: unknown option --Flags; did you mean --flag? See --help");
  CHECK(unknown_command("lineag", {"gate", "lineage"}) == "unknown command lineag; did you mean lineage? See --help");
  CHECK(unknown_command("nonsense", {"gate", "lineage"}) == "unknown command nonsense; see --help");
  CHECK(unknown_command("", {"gate"}) == "unknown command ; see --help");
}

TEST_CASE("an option that is an input has the input's own text", "[terminal]") {
  auto const declared = input_option("trusted-root-refresh");
  CHECK(declared.value == "auto, require, off");
  CHECK(declared.is_choice);
  CHECK(declared.help == event::input_row("trusted-root-refresh")->description);
  Command one{.name = "x", .usage = "", .meaning = "", .options = {declared}};
  CHECK(help_text(one).find("--trusted-root-refresh auto|require|off") != std::string::npos);
  CHECK_THROWS_AS(input_option("nonsense"), std::logic_error);
}

TEST_CASE("too few and too many words are answered with the usage", "[terminal]") {
  auto one = command;
  one.least = one.most = 1;
  auto const read = [&](std::vector<std::string_view> const& words) {
    return refusal([&] { (void)read_arguments(one, words); });
  };
  CHECK(read({"a"}) == "accepted");
  CHECK(read({}) == "usage: atomic-chart-release x A; see --help");
  CHECK(read({"a", "b"}) == "usage: atomic-chart-release x A; see --help");
}

TEST_CASE("ten thousand charts may be named", "[terminal]") {
  std::vector<std::string_view> words(many, "a");
  CHECK(arguments(words).positional.size() == many);
  words.push_back("a");
  CHECK(refusal([&] { (void)arguments(words); }) == "usage: atomic-chart-release x A; see --help");
}

TEST_CASE("help is asked for anywhere, and lists each option", "[terminal]") {
  CHECK_FALSE(read_arguments(command, {"--help"}));
  CHECK_FALSE(read_arguments(command, {"a", "--flag", "-h"}));
  auto const text = help_text(command);
  CAPTURE(text);
  for (auto const* part : {"does x\n", "usage: atomic-chart-release x A\n", "-d,--value V", "A value.", "--many M (repeatable)",
                           "Of many.", "--flag ", "A flag.", "-h,--help"})
    CHECK(text.find(part) != std::string::npos);
  CHECK(text.find("words") == std::string::npos);
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
    Command all{.name = "x", .usage = "", .meaning = ""};
    for (auto const& row : event::input_table()) all.options.push_back(input_option(row.name));
    return read_options(read_arguments(all, words).value(), terminal, "/w");
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
  for (auto const* word : {"--help", "-h"})
    for (auto const* name : {"lineage", "verify-bundle", "tuf"})
      CHECK(run_command_line({name, word}, console.terminal) == ExitStatus::done);
  CHECK(refusal([&] { run_command_line({"nonsense"}, console.terminal); }) == "usage: unknown command nonsense; see --help");
  CHECK(refusal([&] { run_command_line({"pakage"}, console.terminal); }) ==
        "usage: unknown command pakage; did you mean package? See --help");
  CHECK(refusal([&] {
          run_command_line({"changed", "--chart-dir", "x"}, console.terminal);
        }) == "usage: unknown option --chart-dir; did you mean --charts-dir? See --help");
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
  auto const row = one_of<Row>({
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
  });
  Console console;
  auto const said = refusal([&] { run_command_line(row.words, console.terminal); });
  CAPTURE(said);
  CHECK(said.find(row.says) != std::string::npos);
}

}  // namespace
}  // namespace command_line_test

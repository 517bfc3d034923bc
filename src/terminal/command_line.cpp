#include "terminal/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <memory>

#include "support/errors.hpp"
#include "support/nearest_name.hpp"
#include "support/text.hpp"

namespace acr::terminal {
namespace {

constexpr std::size_t help_column = 34, help_width = 110;
constexpr char shield = '=', not_an_option = '?';

BadEnvironment usage(std::string const& what) { return {"usage", what + "; see --help"}; }

// "unknown option --x; did you mean --y? See --help"
BadEnvironment unknown(std::string const& what, std::string_view likely) {
  if (likely.empty()) return usage(what);
  return {"usage", what + "; did you mean " + std::string(likely) + "? See --help"};
}

Option const* option_named(Command const& command, std::string_view name) {
  auto const found = std::ranges::find(command.options, name, &Option::name);
  return found == command.options.end() ? nullptr : &*found;
}

bool is_letter(Command const& command, std::string_view word) {
  return word == "-h" || (word.size() == 2 && word[0] == '-' &&
                          std::ranges::any_of(command.options, [&](Option const& each) { return each.letter == word[1]; }));
}

// The name in `--name` and `--name=value`.
std::string_view name_of(std::string_view word) { return word.substr(2, std::min(word.find('='), word.size()) - 2); }

// What CLI11 would take for something else than we do: a single dash, an empty value behind `=`, brackets, which are lists
// there. Each word is changed so that it is an option, a value or positional for both; unshielded() gives back any of them.
std::string shielded(Command const& command, std::string_view word) {
  if (word == "--" || is_letter(command, word)) return std::string(word);
  if (!word.starts_with("--")) return shield + std::string(word);
  auto const* known = option_named(command, name_of(word));
  auto const equals = word.find('=');
  bool const flag_with_value = equals != std::string_view::npos && known != nullptr && known->value.empty();
  std::string text(word);
  if (equals != std::string_view::npos) text.insert(equals, 1, shield);
  if (flag_with_value || std::isalnum(static_cast<unsigned char>(word[2])) == 0) text.insert(2, 1, not_an_option);
  return text;
}

std::string unshielded(std::string word) {
  if (word.starts_with(shield)) return word.substr(1);
  if (!word.starts_with("--")) return word;
  if (word.size() > 2 && word[2] == not_an_option) word.erase(2, 1);
  if (auto const equals = word.find('='); equals != std::string::npos) word.erase(equals, 1);
  return word;
}

std::vector<std::string> unshielded(std::vector<std::string> words) {
  for (auto& word : words) word = unshielded(std::move(word));
  return words;
}

// In lines of at most `width` bytes, but for longer words.
std::string wrapped(std::string_view text, std::size_t width) {
  std::string lines;
  std::size_t column = 0;
  for (auto const word : split(text, ' ')) {
    bool const fits = column + 1 + word.size() <= width;
    if (!lines.empty()) lines += fits ? ' ' : '\n';
    lines += word;
    column = (fits ? column + 1 : 0) + word.size();
  }
  return lines;
}

// "build, off" as "build|off".
std::string shown_value(Option const& option) {
  if (!option.is_choice) return std::string(option.value);
  std::string text;
  for (auto const value : split(option.value, ',')) text += (text.empty() ? "" : "|") + std::string(trimmed(value));
  return text;
}

// Our own usage line; all else as CLI11 lays it out.
class Help final : public CLI::Formatter {
 public:
  explicit Help(Command const& command)
      : usage_("usage: atomic-chart-release " + std::string(command.name) + " " + std::string(command.usage) + "\n") {
    column_width(help_column);
  }
  std::string make_usage(CLI::App const*, std::string) const override { return usage_; }

 private:
  std::string usage_;
};

// One command as CLI11 knows it. No configuration file and no environment variable is declared, so that it reads none.
struct Parser {
  CLI::App app;
  CLI::Option* positional = nullptr;
  std::vector<CLI::Option*> options;  // in the order of the declaration

  explicit Parser(Command const& command) : app(std::string(command.meaning)) {
    app.formatter(std::make_shared<Help>(command));
    app.set_help_flag("-h,--help", std::string("Print this text."));
    app.allow_extras();  // what is unknown is reported with what was likely meant
    for (auto const& each : command.options) options.push_back(add(each));
    positional = app.add_option("words")->group("")->expected(0, static_cast<int>(many));
    positional->allow_extra_args()->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }

 private:
  CLI::Option* add(Option const& each) {
    auto const names = (each.letter != 0 ? std::string{'-', each.letter, ','} : std::string()) + "--" + std::string(each.name);
    auto* const added = each.value.empty() ? app.add_flag(names) : app.add_option(names);
    added->description(wrapped(each.help, help_width - help_column));
    if (each.value.empty()) return added;
    added->option_text(shown_value(each) + (each.repeated ? " (repeatable)" : ""));
    // What is given twice we report ourselves; brackets are bytes like others.
    added->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
    return added;
  }
};

[[noreturn]] void refuse_unknown(Command const& command, std::string const& word) {
  auto const name = name_of(word);
  if (auto const* known = option_named(command, name)) throw usage("--" + std::string(known->name) + " takes no value");
  std::vector<std::string_view> names;
  for (auto const& each : command.options) names.push_back(each.name);
  auto const likely = likely_name(name, names);
  throw unknown("unknown option --" + printable(name, 60), likely.empty() ? std::string() : "--" + std::string(likely));
}

void expect_known(Command const& command, CLI::App const& app) {
  for (auto const& word : app.remaining())
    if (word != "--") refuse_unknown(command, unshielded(word));
}

// The last word is an option without its value: nothing else ends CLI11's reading.
[[noreturn]] void refuse_missing_value(Command const& command, std::string_view last) {
  std::string name(last.starts_with("--") ? name_of(last) : std::string_view());
  for (auto const& each : command.options)
    if (name.empty() && each.letter != 0 && last == std::string{'-', each.letter}) name = each.name;
  throw usage("--" + printable(name, 60) + " needs a value");
}

Arguments taken(Command const& command, Parser const& parser) {
  Arguments arguments;
  for (std::size_t i = 0; i < command.options.size(); ++i) {
    auto const& declared = command.options[i];
    auto const& results = parser.options[i]->results();
    if (results.empty()) continue;
    if (!declared.value.empty() && !declared.repeated && results.size() > 1)
      throw usage("--" + std::string(declared.name) + " is given twice");
    arguments.options.emplace(declared.name, declared.value.empty() ? std::vector<std::string>() : unshielded(results));
  }
  arguments.positional = unshielded(parser.positional->results());
  return arguments;
}

}  // namespace

std::optional<Arguments> read_arguments(Command const& command, std::vector<std::string_view> const& words) {
  Parser parser(command);
  std::vector<std::string> reversed;  // as CLI11 takes them
  for (auto word = words.rbegin(); word != words.rend(); ++word) reversed.push_back(shielded(command, *word));
  try {
    parser.app.parse(reversed);
  } catch (CLI::CallForHelp const&) {
    return std::nullopt;
  } catch (CLI::ArgumentMismatch const&) {
    expect_known(command, parser.app);
    refuse_missing_value(command, words.back());
  }
  expect_known(command, parser.app);
  auto arguments = taken(command, parser);
  if (arguments.positional.size() < command.least || arguments.positional.size() > command.most)
    throw usage("atomic-chart-release " + std::string(command.name) + " " + std::string(command.usage));
  return arguments;
}

std::string help_text(Command const& command) {
  auto const text = Parser(command).app.help();
  return std::string(trimmed(text)) + "\n";
}

std::string unknown_command(std::string_view name, std::vector<std::string_view> const& names) {
  return unknown("unknown command " + printable(name, 60), likely_name(name, names)).what();
}

}  // namespace acr::terminal

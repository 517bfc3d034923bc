#include "terminal/completion.hpp"

#include <algorithm>
#include <map>

#include "support/text.hpp"

namespace acr::terminal {
namespace {

constexpr std::string_view program = "atomic-chart-release";

/// Words of a choice, "" for others.
std::string choices_of(Option const& option) {
  std::string words;
  if (!option.is_choice) return words;
  for (auto const word : split(option.value, ',')) words += (words.empty() ? "" : " ") + std::string(trimmed(word));
  return words;
}

/// In single quotes of a POSIX shell.
std::string single_quoted(std::string_view text) {
  std::string out = "'";
  for (char const c : text) c == '\'' ? out += "'\\''" : out += c;
  return out + "'";
}

bool has_value(Option const& option) { return !option.value.empty(); }

// Those with a value first.
std::vector<Option> sorted(std::vector<Option> options) {
  std::stable_partition(options.begin(), options.end(), has_value);
  return options;
}

std::map<std::string, std::string> choices_of_all(std::vector<Command> const& commands) {
  std::map<std::string, std::string> found;
  for (auto const& command : commands)
    for (auto const& option : command.options)
      if (option.is_choice) found.emplace(option.name, choices_of(option));
  return found;
}

std::string bash(std::vector<Command> const& commands) {
  std::string names;
  for (auto const& command : commands) names += (names.empty() ? "" : " ") + std::string(command.name);
  std::string text =
      "_atomic_chart_release() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options= words=\n"
      "  COMPREPLY=()\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    mapfile -t COMPREPLY < <(compgen -W '" +
      names +
      "' -- \"$current\")\n"
      "    return\n"
      "  fi\n"
      "  case $before in\n";
  for (auto const& [option, words] : choices_of_all(commands)) text += "    --" + option + ") words='" + words + "' ;;\n";
  text += "  esac\n  case ${COMP_WORDS[1]} in\n";
  for (auto const& command : commands) {
    std::string options;
    for (auto const& option : sorted(command.options)) (options += options.empty() ? "--" : " --") += option.name;
    text += "    " + std::string(command.name) + ") options='" + options + "' ;;\n";
  }
  return text +
         "  esac\n"
         "  if [ -n \"$words\" ]; then\n"
         "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
         "  elif [[ $current == -* ]]; then\n"
         "    mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$current\")\n"
         "  else\n"
         "    mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
         "  fi\n"
         "}\n"
         "complete -o filenames -F _atomic_chart_release " +
         std::string(program) + "\n";
}

std::string zsh_option(Option const& option) {
  std::string const name(option.name);
  if (!has_value(option)) return "--" + name;
  auto const words = choices_of(option);
  return "*--" + name + ":" + name + ":" + (words.empty() ? std::string("_files") : "(" + words + ")");
}

std::string zsh(std::vector<Command> const& commands) {
  std::string text = "#compdef " + std::string(program) +
                     "\n_atomic_chart_release() {\n"
                     "  local -a commands\n"
                     "  commands=(\n";
  for (auto const& command : commands)
    text += "    " + single_quoted(std::string(command.name) + ":" + std::string(command.meaning)) + "\n";
  text +=
      "  )\n"
      "  if (( CURRENT == 2 )); then\n"
      "    _describe command commands\n"
      "    return\n"
      "  fi\n"
      "  local command=$words[2]\n"
      "  shift words\n"
      "  (( CURRENT-- ))\n"
      "  case $command in\n";
  for (auto const& command : commands) {
    text += "    " + std::string(command.name) + ") _arguments";
    for (auto const& option : sorted(command.options)) text += " " + single_quoted(zsh_option(option));
    text += " '*:file:_files' ;;\n";
  }
  return text +
         "  esac\n}\nif [ \"$funcstack[1]\" = _atomic_chart_release ]; then\n  _atomic_chart_release \"$@\"\nelse\n  compdef _atomic_chart_release " +
         std::string(program) + "\nfi\n";
}

std::string fish(std::vector<Command> const& commands) {
  auto const single = [](std::string_view text) {
    std::string out = "'";
    for (char const c : text) {
      if (c == '\'' || c == '\\') out += '\\';
      out += c;
    }
    return out + "'";
  };
  std::string const begin = "complete -c " + std::string(program);
  std::string text;
  for (auto const& command : commands) {
    std::string const name(command.name);
    text += begin + " -f -n __fish_use_subcommand -a " + name + " -d " + single(command.meaning) + "\n";
    auto const within = begin + " -n '__fish_seen_subcommand_from " + name + "' -l ";
    for (auto const& option : sorted(command.options)) {
      auto const words = choices_of(option);
      (text += within) += option.name;
      text += !has_value(option) ? "\n" : words.empty() ? " -r\n" : " -x -a " + single(words) + "\n";
    }
  }
  return text;
}

}  // namespace

Verdict<std::string> completion_script(std::string_view shell, std::vector<Command> const& commands) {
  if (shell == "bash") return bash(commands);
  if (shell == "zsh") return zsh(commands);
  if (shell == "fish") return fish(commands);
  return reject("usage", "completion", "there is no completion for " + printable(shell, 60)).expected("bash, zsh or fish");
}

}  // namespace acr::terminal

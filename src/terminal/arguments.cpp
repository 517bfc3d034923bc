#include "terminal/arguments.hpp"

#include <algorithm>

#include "support/atomic_file.hpp"
#include "support/errors.hpp"
#include "support/text.hpp"

namespace acr::terminal {
namespace {

BadEnvironment usage(std::string const& what) { return {"usage", what + "; see --help"}; }

bool contains(std::vector<std::string_view> const& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

Arguments::Arguments(std::vector<std::string_view> const& arguments, Accepted const& accepted) {
  if (arguments.size() == 1 && arguments.front() == ask_for_options) throw Asked{accepted};
  bool options_ended = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    auto const argument = arguments[i];
    if (!options_ended && argument == "--") {
      options_ended = true;
      continue;
    }
    bool const short_form = !options_ended && argument == "-d" && !accepted.short_d.empty();
    if (options_ended || !(argument.starts_with("--") || short_form)) {
      positional_.emplace_back(argument);
      continue;
    }
    auto const equals = argument.find('=');
    auto const name =
        short_form ? accepted.short_d : argument.substr(2, equals == std::string_view::npos ? equals : equals - 2);
    if (contains(accepted.flags, name)) {
      if (equals != std::string_view::npos) throw usage("--" + std::string(name) + " takes no value");
      given_[std::string(name)];
      continue;
    }
    bool const repeated = contains(accepted.repeated, name);
    if (!repeated && !contains(accepted.values, name)) throw usage("unknown option --" + printable(name, 60));
    if (!repeated && given_.contains(name)) throw usage("--" + std::string(name) + " is given twice");
    auto& values = given_[std::string(name)];
    if (equals != std::string_view::npos && !short_form) {
      values.emplace_back(argument.substr(equals + 1));
    } else if (i + 1 < arguments.size()) {
      values.emplace_back(arguments[++i]);
    } else {
      throw usage("--" + std::string(name) + " needs a value");
    }
  }
}

std::string Arguments::value(std::string_view name) const {
  auto const found = given_.find(name);
  return found == given_.end() || found->second.empty() ? std::string() : found->second.front();
}

std::vector<std::string> Arguments::all(std::string_view name) const {
  auto const found = given_.find(name);
  return found == given_.end() ? std::vector<std::string>() : found->second;
}

void Arguments::expect_positional(std::size_t least, std::size_t most, std::string_view text) const {
  if (positional_.size() < least || positional_.size() > most) throw usage("atomic-chart-release " + std::string(text));
}

std::string read_named_file(std::string const& path, std::size_t limit) {
  try {
    return read_file(path, limit);
  } catch (std::runtime_error const& error) {
    throw BadEnvironment("bad-input", error.what());
  }
}

}  // namespace acr::terminal

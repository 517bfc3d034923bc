#include "terminal/arguments.hpp"

#include "support/atomic_file.hpp"
#include "support/errors.hpp"

namespace acr::terminal {

std::string Arguments::value(std::string_view name) const {
  auto const found = options.find(name);
  return found == options.end() || found->second.empty() ? std::string() : found->second.front();
}

std::vector<std::string> Arguments::all(std::string_view name) const {
  auto const found = options.find(name);
  return found == options.end() ? std::vector<std::string>() : found->second;
}

std::string read_named_file(std::string const& path, std::size_t limit) {
  try {
    return read_file(path, limit);
  } catch (std::runtime_error const& error) {
    throw BadEnvironment("bad-input", error.what());
  }
}

}  // namespace acr::terminal

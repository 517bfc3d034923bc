// make-scenario: writes a whole release to try the program on, in the format of tests/data/lab.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <stdexcept>
#include <string>

#include "signing/scenario.hpp"
#include "support/text.hpp"

namespace {

constexpr char const* usage = R"(usage: make-scenario FOLDER [options]

Writes scenario.json, event.json, github.json, trusted_root.json and repo.bundle below FOLDER: a repository of charts with tags,
the attestations that these name, signed by a Sigstore made for the occasion. Times and object ids are fixed, keys are fresh.

  --name TEXT          name of the scenario (default: release)
  --repository O/R     default: acme/helm-charts
  --charts N           default: 2, of which the second carries a subchart
  --attestations M     per chart (default: 5)
  --templates K        files below templates/, per chart (default: 4)
)";

std::size_t number(std::string const& text) {
  auto const value = acr::to_number(text, 999);
  if (!value || *value == 0) throw std::invalid_argument("not a number from 1 to 999: " + text);
  return static_cast<std::size_t>(*value);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc % 2 != 0 || std::string(argv[1]).starts_with("-")) {
    std::fputs(usage, stderr);
    return 2;
  }
  try {
    acr::signing::ScenarioOptions options;
    for (int i = 2; i + 1 < argc; i += 2) {
      std::string const option = argv[i], value = argv[i + 1];
      if (option == "--name")
        options.name = value;
      else if (option == "--repository")
        options.repository = value;
      else if (option == "--charts")
        options.charts = number(value);
      else if (option == "--attestations")
        options.attestations = number(value);
      else if (option == "--templates")
        options.templates = number(value);
      else
        throw std::invalid_argument("unknown option " + option);
    }
    acr::signing::write_scenario(argv[1], options);
    return 0;
  } catch (std::exception const& error) {
    std::fprintf(stderr, "make-scenario: %s\n", error.what());
    return 1;
  }
}

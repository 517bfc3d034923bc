// make-scenario: writes a whole release to try the program on, in the format of tests/data/lab.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>

#include "signing/scenario.hpp"
#include "support/json.hpp"
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
  --sign               goes on signing with the same Sigstore, as the attest steps of a workflow do: reads a JSON object a line,
                       {"statement": "…", "san": "https://github.com/…", "commit", "ref", "trigger", "runner", "run"}, and writes
                       one bundle a line, until its standard input ends; the first line that it writes is `ready`
)";

std::size_t number(std::string const& text) {
  auto const value = acr::to_number(text, 999);
  if (!value || *value == 0) throw std::invalid_argument("not a number from 1 to 999: " + text);
  return static_cast<std::size_t>(*value);
}

// All but the statement may be left out; what a certificate says of the job comes from the one who asks.
std::string signed_for(acr::signing::World& world, acr::signing::ScenarioOptions const& options, std::string const& line) {
  auto const asked = acr::parse_json(line, "standard input").value();
  auto const text = [&](char const* name, std::string otherwise) {
    return acr::string_in(asked, name).value_or(std::move(otherwise));
  };
  acr::signing::Attest request;
  request.statement = acr::string_in(asked, "statement").value();
  request.repository = options.repository;
  request.repository_id = std::to_string(options.repository_id);
  request.owner_id = std::to_string(options.owner_id);
  request.san = text("san", "");
  request.ref = text("ref", request.ref);
  request.commit = text("commit", request.commit);
  request.trigger = text("trigger", request.trigger);
  request.runner = text("runner", request.runner);
  if (auto const run = acr::string_in(asked, "run")) request.fulcio[21] = *run;
  request.timestamped = true;
  return world.attest(request);
}

}  // namespace

int main(int argc, char** argv) {
  bool const sign = argc > 2 && std::string(argv[argc - 1]) == "--sign";
  if (sign) --argc;
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
    auto world = acr::signing::scenario_world();
    acr::signing::write_scenario(argv[1], options, world);
    if (sign) std::cout << "ready" << std::endl;
    for (std::string line; sign && std::getline(std::cin, line);) std::cout << signed_for(world, options, line) << std::endl;
    return 0;
  } catch (std::exception const& error) {
    std::fprintf(stderr, "make-scenario: %s\n", error.what());
    return 1;
  }
}

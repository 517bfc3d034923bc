// `finalize` by the built program under faults: the description is written once, whatever the connection does (A-89, G-24,
// G-29). The sequence without faults: sequence_test.cpp.
#include <thread>

#include "scenario/sequence.hpp"
#include "support/catch2.hpp"

namespace finalize_test {
namespace {

using namespace acr::test;

// A world after `run` and the attest steps; every finalize begins with the manifest and the description of that moment.
struct Finalizing {
  Sequence sequence;
  std::map<std::string, std::string> inputs;
  std::string manifest_before;
  std::optional<std::string> body_before;

  Finalizing() {
    if (sequence.world->run().status != 0) throw std::runtime_error("the run before finalize failed");
    inputs = ids_and_bundles(sequence.attest_packages(), sequence.attest_report());
    manifest_before = sequence.manifest();
    body_before = sequence.github().pull_body(42);
  }

  ProgramResult run() {
    acr::write_file(sequence.world->file("release-attestation-manifest.json"), manifest_before);
    sequence.github().set_pull_body(42, body_before);
    return sequence.finalize(inputs);
  }
};

TEST_CASE("every survivable fault on every first try leaves finalize's result as it is", "[scenario]") {
  auto const& faults = acr::loopback::survivable_faults();
  std::vector<std::string> complaints(faults.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t quarter = 0; quarter < 4; ++quarter)  // mostly waiting
      threads.emplace_back([&, quarter] {
        try {
          Finalizing finalizing;
          finalizing.run();
          auto const body = finalizing.sequence.body();
          if (body.find("88001") == std::string::npos) complaints[quarter] = "without a fault the id is not written";
          auto const completed = finalizing.sequence.manifest();
          for (std::size_t i = quarter; i < faults.size(); i += 4) {
            finalizing.sequence.world->github().set_once_each(faults[i]);
            auto const result = finalizing.run();
            if (result.status != 0 || finalizing.sequence.body() != body || finalizing.sequence.manifest() != completed ||
                finalizing.sequence.world->outputs().at("pr-updated") != "true")
              complaints[i] = "status " + std::to_string(result.status) + "\n" + result.out + finalizing.sequence.body();
          }
        } catch (std::exception const& error) {
          complaints[quarter] += error.what();
        }
      });
  }
  for (std::size_t i = 0; i < faults.size(); ++i) {
    CAPTURE(name_of(faults[i]));
    INFO(complaints[i]);
    CHECK(complaints[i].empty());
  }
}

}  // namespace
}  // namespace finalize_test

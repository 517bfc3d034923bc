// `finalize` by the built program under faults: the description is written once, whatever the connection does (A-89, G-24, G-29). The sequence
// without faults: sequence_test.cpp.
#include <thread>

#include "scenario/release_files.hpp"
#include "scenario/release_world.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"

namespace {

using namespace acr::test;

std::map<std::string, std::string> const finalize{{"command", "finalize"}, {"build-attestation-id", "24490001"}};
std::string const manifest = "release-attestation-manifest.json";

// A world after `run`; every finalize begins with the manifest and the description of that moment.
struct Finalizing {
  ReleaseWorld world;
  std::string manifest_before;
  std::optional<std::string> body_before;

  explicit Finalizing(std::function<void(acr::loopback::StandInSettings&)> const& adjust = {})
      : world(lab_folder() / "two-charts", Checkout::full, adjust) {
    if (world.run().status != 0) throw std::runtime_error("the run before finalize failed");
    manifest_before = text_of(world.file(manifest));
    body_before = world.github().github().pull_body(42);
  }

  ProgramResult run() {
    acr::write_file(world.file(manifest), manifest_before);
    world.github().github().set_pull_body(42, body_before);
    return world.run(finalize);
  }
  std::string body() { return world.github().github().pull_body(42).value_or(""); }
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
          auto const body = finalizing.body();
          if (body.find("24490001") == std::string::npos) complaints[quarter] = "without a fault the id is not written";
          auto const completed = text_of(finalizing.world.file(manifest));
          for (std::size_t i = quarter; i < faults.size(); i += 4) {
            finalizing.world.github().set_once_each(faults[i]);
            auto const result = finalizing.run();
            if (result.status != 0 || finalizing.body() != body || text_of(finalizing.world.file(manifest)) != completed ||
                finalizing.world.outputs().at("pr-updated") != "true")
              complaints[i] = "status " + std::to_string(result.status) + "\n" + result.out + finalizing.body();
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

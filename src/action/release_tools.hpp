#pragma once

// What a command needs that proves charts as a release does: src/action/release_tools.hpp
// Services, and who is asked for dependencies and about the registry, by the inputs.

#include "action/step.hpp"
#include "dependencies/network_source.hpp"
#include "release/pipeline.hpp"

namespace acr::action {

class ReleaseTools {
 public:
  /// All arguments must live longer.
  ReleaseTools(Step const& step, release::Repository const& repository, release::Services& services, RunClock& clock);
  ReleaseTools(ReleaseTools const&) = delete;
  ReleaseTools& operator=(ReleaseTools const&) = delete;

  /// For one run; what it refers to is this object's and its arguments'.
  release::RunTools tools();

 private:
  Step const& step_;
  release::Services& services_;
  RunClock& clock_;
  dependencies::HostSettings hosts_;
  dependencies::NetworkSource source_;
  release::DependencyBuild dependencies_;
};

}  // namespace acr::action

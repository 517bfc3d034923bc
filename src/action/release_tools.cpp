#include "action/release_tools.hpp"

#include "release/dependency_network.hpp"

namespace acr::action {

ReleaseTools::ReleaseTools(Step const& step, release::Repository const& repository, release::Services& services,
                           RunClock& clock)
    : step_(step),
      services_(services),
      clock_(clock),
      hosts_(release::host_settings(step.inputs, repository.api_url)),
      source_(services.http(), hosts_, step.inputs.max_parallel, step.environment.runner_temp),
      dependencies_(source_, release::plan_settings(step.inputs, source_), step.inputs.max_parallel) {}

release::RunTools ReleaseTools::tools() {
  return {.objects = services_.objects(),
          .attestations = &services_.attestations(),
          .verifier = services_.verifier(),
          .clock = clock_,
          .log = step_.log,
          .dependencies = step_.inputs.build_dependencies ? &dependencies_ : nullptr,
          .before_proofs = [&services = services_] { services.begin_refresh(); },
          .trusted_roots = [&services = services_] { return services.trusted_roots(); },
          .registry = release::registry_look(step_.inputs.oci_check, services_.http(), hosts_, clock_)};
}

}  // namespace acr::action

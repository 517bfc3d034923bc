#include "terminal/workspace.hpp"

#include "terminal/local_clone.hpp"

namespace acr::terminal {

std::filesystem::path workspace_of(Arguments const& arguments) {
  return std::filesystem::absolute(arguments.has("workspace") ? arguments.value("workspace") : ".").lexically_normal();
}

release::ServiceSettings clone_services(event::ActionInputs const& inputs, release::Repository const& repository,
                                        std::filesystem::path const& workspace, Terminal const& terminal) {
  auto settings = release::service_settings(inputs, repository, workspace, terminal.environment);
  settings.clone = clone_directories(workspace).home;
  return settings;
}

}  // namespace acr::terminal

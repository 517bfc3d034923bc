#include "release/repository.hpp"

#include <cstdint>
#include <utility>

#include "release/trusted_root_refresh.hpp"
#include "support/errors.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace {

Repository at_server(event::RunnerEnvironment const& environment) {
  Repository repository;
  repository.server_url = server_url(environment);
  if (!environment.api_url.empty()) repository.api_url = environment.api_url;
  return repository;
}

}  // namespace

Repository repository_of_runner(event::RunnerEnvironment const& environment) {
  auto const id = to_number(environment.repository_id, INT64_MAX).value_or(0);
  if (environment.repository.empty() || id == 0)
    throw BadEnvironment("bad-input", "GITHUB_REPOSITORY and GITHUB_REPOSITORY_ID do not name a repository");
  auto repository = repository_named(environment.repository, std::to_string(id), environment);
  repository.owner_id = environment.repository_owner_id;
  return repository;
}

Repository repository_of_event(event::Repository const& named, event::RunnerEnvironment const& environment) {
  auto repository = repository_named(named.full_name, std::to_string(named.id), environment);
  repository.owner_id = environment.repository_owner_id;
  repository.owner_type = named.owner_type;
  return repository;
}

Repository repository_named(std::string full_name, std::string id, event::RunnerEnvironment const& environment) {
  auto repository = at_server(environment);
  repository.full_name = std::move(full_name);
  repository.id = std::move(id);
  return repository;
}

github::Repository address_of(Repository const& repository) {
  auto const slash = repository.full_name.find('/');
  return {.owner = repository.full_name.substr(0, slash),
          .name = slash == std::string::npos ? std::string() : repository.full_name.substr(slash + 1),
          .id = to_number(repository.id, INT64_MAX).value_or(0),
          .owner_kind = repository.owner_type == "User" ? github::OwnerKind::user : github::OwnerKind::organization};
}

}  // namespace acr::release

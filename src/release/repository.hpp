#pragma once

// The repository that a command is about, and the server that has it: src/release/repository.hpp
// The runner names it, or an event, or options; what works with it does not ask which. Plain value.

#include <string>

#include "event/event.hpp"
#include "event/runner_environment.hpp"
#include "github/api.hpp"

namespace acr::release {

struct Repository {
  std::string full_name;                           ///< "owner/repo"; empty: none is named, and no server is asked
  std::string id;                                  ///< decimal; empty: not known
  std::string owner_id;                            ///< decimal; empty: not known
  std::string owner_type;                          ///< "Organization", "User", or empty: not known
  std::string server_url = "https://github.com";   ///< of pages, and what certificates name
  std::string api_url = "https://api.github.com";  ///< G-1
};

/// The one that the runner names, of a step whose event need not say it. Throws BadEnvironment("bad-input") when it has no name
/// or no number.
Repository repository_of_runner(event::RunnerEnvironment const& environment);

/// The one of an event that a gate has accepted; its owner's number and the server are the runner's.
Repository repository_of_event(event::Repository const& named, event::RunnerEnvironment const& environment);

/// The one that options name, at the server of `environment`; both texts may be empty, an id that is not a number counts as
/// none.
Repository repository_named(std::string full_name, std::string id, event::RunnerEnvironment const& environment);

/// As requests to the API name it.
github::Repository address_of(Repository const& repository);

}  // namespace acr::release

#pragma once

// The payload of a pull_request event: src/event/event.hpp

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "support/verdict.hpp"

namespace acr::event {

struct Repository {
  std::int64_t id = 0;
  std::string full_name;    ///< "owner/repo"
  std::string owner_login;  ///< may be empty
  std::string owner_type;   ///< "Organization", "User" or empty
};

struct Side {
  std::string ref;                 ///< branch name, without refs/heads/
  std::string sha;                 ///< 40 or 64 lower-case hex digits
  std::optional<Repository> repo;  ///< nothing: deleted
};

/// Text from people (title, body, refs, login) is foreign.
struct PullRequestEvent {
  std::string action;
  std::uint64_t number = 0;
  std::string state;
  bool draft = false, merged = false;
  std::string title, body, author;
  Side head, base;  ///< base.repo is always there
  Repository repository;
};

/// A refusal of a payload, code "bad-payload"; `where` names the member.
Rejection bad_payload(std::string where, std::string why);

/// The runner's event file; nothing when it cannot be read as a regular file of at most 32 MiB.
std::optional<std::string> read_event_file(std::filesystem::path const& path);

/// repository.owner.type of any event's payload, "Organization" or "User"; empty when it does not say.
std::string owner_type_of(std::string_view payload);

/// repository.id of any event's payload, in decimal; empty when the payload does not say, or is about another repository than
/// `full_name`.
std::string repository_id_of(std::string_view payload, std::string_view full_name);

/// GITHUB_HEAD_REF and GITHUB_BASE_REF, compared when not empty.
struct RefVariables {
  std::string head_ref, base_ref;
};

/// Refused with code "bad-payload" as A-48 lists it.
Verdict<PullRequestEvent> read_event(std::string_view payload, RefVariables const& variables);

}  // namespace acr::event

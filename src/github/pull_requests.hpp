#pragma once

// Reading and describing a pull request: src/github/pull_requests.hpp (github-api.md G-23 … G-25
// … A-90) One read, one write; the rounds of A-89 belong to the caller.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "github/api.hpp"

namespace acr::github {

struct PullRequest {
  std::uint64_t number = 0;
  std::string state;  ///< "open", "closed"
  bool draft = false;
  bool merged = false;
  std::optional<std::string> body;  ///< nothing for null
  std::string head_ref;
  std::string head_sha;
  std::optional<std::uint64_t> head_repository_id;  ///< nothing when the fork was deleted
  std::string base_ref;
  std::string base_sha;
  std::string updated_at;  ///< RFC 3339, empty when absent
};

/// GET, conditional (G-30). Throws ApiError: "no-access" for 404.
PullRequest pull_request(Api& api, std::uint64_t number);

enum class BodyWrite {
  written,    ///< 200; `pull` is what the server keeps now
  forbidden,  ///< 403, 404: a read-only token (A-90)
  refused,    ///< 422: too long, or refused by validation; `why` holds errors[].message
  conflict,   ///< 409: merge again (A-89)
  unknown,    ///< the answer was lost; it may have been applied: read before the next try (G-29)
};

struct BodyWriteResult {
  BodyWrite outcome = BodyWrite::unknown;
  std::optional<PullRequest> pull;  ///< when written
  std::string why;                  ///< the server's message, escaped; empty when written
};

/// PATCH with exactly {"body"} (G-24). Never repeated here.
BodyWriteResult write_pull_request_body(Api& api, std::uint64_t number, std::string const& body);

/// Equal when CRLF counts as LF (G-24).
bool same_text(std::string_view a, std::string_view b);

}  // namespace acr::github

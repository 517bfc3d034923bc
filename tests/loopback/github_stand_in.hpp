#pragma once

// A GitHub on 127.0.0.1: tests/loopback/github_stand_in.hpp (github-api.md G-35)
// Two servers, the API and the storage behind bundle_url, over GithubAnswers. Every request and every answer
// (but for faults asked for) is held against GitHub's own description; what does not fit is in violations().

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loopback/github_answers.hpp"
#include "loopback/server.hpp"

namespace acr::loopback {

/// Something that goes wrong on purpose. As text (the program's --fault): `KIND [x TIMES] [after SKIPPED] at
/// WHERE`, e.g. "html_502 x2 at api GET /repos/acme/helm-charts/git". TIMES `*`: always.
struct PlannedFault {
  std::string kind;       ///< one of planned_fault_kinds()
  std::string where;      ///< part of "api GET /repos/…?query" or "storage GET /attestations/…"
  std::size_t times = 1;  ///< SIZE_MAX: always
  std::size_t skip = 0;   ///< matching requests that are answered properly before
};

/// The survivable ones of server.hpp (status_500 … reset_in_body), and: chunked, until_close, close_after,
/// vanish_after, slow_body, stall_before, oversize, html_200, empty_200, wrong_shape, endless_pages,
/// redirect_away, redirect_post, secondary_limit, limited_for_long, forbidden, not_found, gone,
/// unprocessable.
std::vector<std::string> planned_fault_kinds();
/// A survivable one by its kind; throws std::invalid_argument for another.
Fault survivable_fault(std::string_view kind);
/// Throws std::invalid_argument for text of another form.
PlannedFault planned_fault(std::string_view text);

struct StandInSettings {
  GithubSettings github;
  std::filesystem::path description;     ///< openapi-subset.json; empty: the one of tests/data
  std::string base_path;                 ///< "/api/v3": as an Enterprise Server's
  std::chrono::milliseconds latency{0};  ///< before every answer
  std::uint16_t port = 0;                ///< of the API; 0: any free one
  std::vector<PlannedFault> faults;
  std::optional<Fault> once_each;  ///< the first try of every request meets this fault
  std::optional<Identity> tls{};   ///< of both servers, for 127.0.0.1; nothing: plain http
};

/// One request as it was answered.
struct Logged {
  std::string server;  ///< "api" or "storage"
  std::string method;
  std::string target;
  bool credentials = false;  ///< it carried Authorization
  int status = 0;
  std::string fault;                         ///< kind, empty when answered properly
  std::chrono::microseconds begin{}, end{};  ///< since the start of the stand-in
};

class GithubStandIn {
 public:
  explicit GithubStandIn(StandInSettings settings);
  ~GithubStandIn();
  GithubStandIn(GithubStandIn const&) = delete;
  GithubStandIn& operator=(GithubStandIn const&) = delete;

  /// For GITHUB_API_URL.
  [[nodiscard]] std::string api_url() const;
  [[nodiscard]] std::string storage_url() const;
  [[nodiscard]] std::uint16_t api_port() const;
  [[nodiscard]] std::uint16_t storage_port() const;

  /// Tags and pull requests, to be changed while it runs.
  GithubAnswers& github();
  void add_fault(PlannedFault fault);
  /// From now on, as StandInSettings::once_each: requests that were seen before meet it, too.
  void set_once_each(std::optional<Fault> fault);

  [[nodiscard]] std::vector<Logged> log() const;
  /// Requests to `server` whose "METHOD target" contains `part`.
  [[nodiscard]] std::size_t count(std::string_view server, std::string_view part = {}) const;
  /// Requests and answers that GitHub's description does not know, and credentials where none belong.
  [[nodiscard]] std::vector<std::string> violations() const;
  /// Most requests of which each began after the one before had ended: round trips in sequence.
  [[nodiscard]] std::size_t longest_chain() const;
  /// {"requests", "api", "storage", "downloads", "longest_chain", "most_at_once", "violations"} as JSON text;
  /// also answered at <api>/__stats, which is not logged. What is posted to <api>/__event is an event whose pull request is
  /// open from then on.
  [[nodiscard]] std::string stats() const;
  /// The log as JSON lines.
  [[nodiscard]] std::string log_lines() const;
  void forget_log();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace acr::loopback

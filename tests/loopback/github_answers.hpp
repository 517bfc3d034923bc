#pragma once

// What GitHub would answer, without sockets: tests/loopback/github_answers.hpp (github-api.md)
// A scenario folder (tests/data/lab/*) makes the material: repo.bundle (cloned bare, read with the git
// command line), github.json (attestations), event.json (the pull request). Answers are filled-in examples of
// GitHub's own description, so that they have every field that GitHub promises.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace acr::loopback {

struct GithubSettings {
  std::filesystem::path scenario;           ///< folder with github.json; repo.bundle, event.json, rules.json, rulesets.json,
                                            ///< protection.json, owner-errors.json as needed
  std::string token;                        ///< non-empty: the only one that is accepted
  bool read_only_token = false;             ///< PATCH, and creating tags, answer 403
  bool serve_objects = true;                ///< off: git data answers 404, as if the run should need none of it
  bool bulk_listing = true;                 ///< off: the bulk listing answers 404 (G-12b)
  bool graphql = true;                      ///< off: no GraphQL, 404 (G-38)
  std::uint64_t graphql_points = 1000;      ///< of an hour, as the workflow's token has for a repository (G-39)
  std::size_t graphql_text_bytes = 512000;  ///< a longer text comes cut (G-38)
  bool preload_objects = false;             ///< all objects into memory at the start, so that git costs nothing afterwards
  bool attestations = true;                 ///< off: no attestation endpoint at all, as on an Enterprise Server (G-15)
  bool repository_visible = true;           ///< off: the repository itself answers 404
  bool normalize_line_ends = false;         ///< a written description comes back with LF for CRLF
  std::string installed_version;            ///< non-empty: an Enterprise Server of that version
  std::optional<std::string> trust_domain;  ///< what /meta says of data residency (G-15); nothing: no such member
  std::vector<std::string> api_versions{"2022-11-28", "2026-03-10"};
  std::string renamed_from;                   ///< "owner/name": answers 301 or 307 to /repositories/<id>/… (G-9)
  std::size_t truncate_trees_above = 100000;  ///< entries; more: `truncated` (G-18)
  std::uint64_t rate_limit = 1000;            ///< x-ratelimit-limit and first x-ratelimit-remaining
  std::size_t dead_links = 0;                 ///< so many links of each attestation are expired when handed out
  std::size_t page_cap = 100;                 ///< entries of one page at most, whatever per_page says; below 100: of refs, too
};

struct PlainRequest {
  std::string method;
  std::string target;                          ///< path and query, without the base path
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

struct PlainAnswer {
  int status = 200;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

/// Thread-safe. Stateful: the description of pull requests, tags, attestations that were created, the rate limit.
class GithubAnswers {
 public:
  /// `description`: openapi-subset.json. Throws std::runtime_error for an unusable scenario.
  GithubAnswers(GithubSettings settings, std::filesystem::path const& description);
  ~GithubAnswers();
  GithubAnswers(GithubAnswers const&) = delete;
  GithubAnswers& operator=(GithubAnswers const&) = delete;

  /// Where the two servers are reachable, without a trailing slash. Called once, before the first answer.
  void set_origins(std::string api_base, std::string storage);

  /// As api.github.com.
  PlainAnswer api(PlainRequest const& request);
  /// As its GraphQL address; `problem` receives what GitHub would not understand about the question.
  PlainAnswer graphql(PlainRequest const& request, std::string& problem);
  /// As the storage behind bundle_url: Snappy blocks; refuses a request with credentials (G-10).
  PlainAnswer storage(PlainRequest const& request);

  /// The bare repository with its tags as they are now; empty without repo.bundle.
  [[nodiscard]] std::filesystem::path repository() const;

  /// Tags that are not pushed yet answer 404.
  void hide_tag(std::string const& name);
  void show_tag(std::string const& name);
  /// Makes an annotated tag, as somebody with the right to push tags would. Throws std::runtime_error when the server would
  /// refuse it.
  void put_tag(std::string const& name, std::string const& commit, std::string const& message);
  /// Attestations that are not listed yet: listings are empty meanwhile.
  void hide_attestations(bool hidden);
  [[nodiscard]] std::optional<std::string> pull_body(std::uint64_t number) const;
  void set_pull_body(std::uint64_t number, std::optional<std::string> const& body);
  /// The pull request of an event file, as somebody opens it; one of this number is replaced. Throws for what is no event.
  void open_pull(std::string const& event);
  /// Sets one field of the pull request by its path, e.g. {"head", "sha"}.
  void set_pull_field(std::uint64_t number, std::vector<std::string> const& where, std::string const& json);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace acr::loopback

#pragma once

// An Api over the in-memory HTTP twin: tests/github/scripted_github.hpp
// Every request to the API is held against GitHub's own description (openapi-subset.json).

#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "github/api.hpp"
#include "loopback/openapi.hpp"
#include "loopback/scripted_http.hpp"
#include "support/places.hpp"
#include "support/run_clock.hpp"

namespace acr::test {

inline loopback::OpenApi const& github_description() {
  static auto const description =
      loopback::shared_description(acr::test::data_folder().string() + "/github/openapi-subset.json");
  return *description;
}

inline github::ApiSettings settings_with(std::string base_url = "https://api.github.com") {
  github::ApiSettings settings;
  settings.base_url = std::move(base_url);
  settings.token = "ghs_0123456789abcdef";
  return settings;
}

inline github::Repository acme() { return {"acme", "helm-charts", 500000001, github::OwnerKind::organization}; }

class ScriptedGithub {
 public:
  using Script = std::function<net::Reply(net::Request const&)>;

  explicit ScriptedGithub(Script script, github::ApiSettings settings = settings_with(), github::Repository repository = acme())
      : script_(std::move(script)),
        base_(settings.base_url),
        http([this](net::Request const& request) { return checked(request); }),
        api(http, clock, std::move(settings), std::move(repository)) {}

  /// What GitHub's description does not know about the requests so far.
  std::vector<std::string> problems() const {
    std::scoped_lock const lock(mutex_);
    return problems_;
  }
  /// "METHOD url" of every request, in order of arrival.
  std::vector<std::string> asked() const {
    std::vector<std::string> all;
    for (auto const& request : http.seen()) all.push_back(request.method + " " + request.url.text());
    return all;
  }

 private:
  net::Reply checked(net::Request const& request) {
    auto const url = request.url.text();
    if (url.starts_with(base_ + "/") && url != base_ + "/graphql") {
      auto target = url.substr(base_.size());
      if (target.starts_with("/repositories/")) {  // the lasting name of a repository (G-9)
        auto const end = target.find('/', 14);
        target = "/repos/acme/helm-charts" + (end == std::string::npos ? "" : target.substr(end));
      }
      auto const* version = request.headers.find("X-GitHub-Api-Version");
      auto const found =
          github_description().request_problems(request.method, target, request.body, version ? *version : "2022-11-28");
      std::scoped_lock const lock(mutex_);
      problems_.insert(problems_.end(), found.begin(), found.end());
    }
    return script_(request);
  }

  Script script_;
  std::string base_;
  mutable std::mutex mutex_;
  std::vector<std::string> problems_;

 public:
  RunClock clock;
  loopback::ScriptedHttp http;
  github::Api api;
};

/// A JSON answer as GitHub sends it.
inline net::Reply json_reply(std::string body, int status = 200, net::Headers headers = {}) {
  headers.add("Content-Type", "application/json; charset=utf-8");
  return loopback::reply(status, std::move(body), std::move(headers));
}

}  // namespace acr::test

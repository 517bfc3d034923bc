#pragma once

// The in-memory twin of HttpClient: tests/loopback/scripted_http.hpp
// Redirects are followed by the code that HttpClient uses; what is asked is recorded.

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "net/http.hpp"

namespace acr::loopback {

/// Thread-safe, as `answer` must be.
class ScriptedHttp final : public net::Http {
 public:
  /// `answer` is asked for every hop; its `url`, `hops` and `elapsed` are filled in. It may throw
  /// NetworkError. A 200 goes to the request's sink when it has one; a body above max_body throws as
  /// HttpClient does.
  explicit ScriptedHttp(std::function<net::Reply(net::Request const&)> answer);
  net::Reply exchange(net::Request const& request) override;
  /// Requests in order of arrival, redirects' hops included; `origin_headers` is empty once it was dropped.
  [[nodiscard]] std::vector<net::Request> seen() const;

 private:
  std::function<net::Reply(net::Request const&)> answer_;
  mutable std::mutex mutex_;
  std::vector<net::Request> seen_;
};

/// A reply of `status` with `body`.
net::Reply reply(int status, std::string body = {}, net::Headers headers = {});

}  // namespace acr::loopback

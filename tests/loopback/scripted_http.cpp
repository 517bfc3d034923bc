#include "loopback/scripted_http.hpp"

#include <utility>

#include "net/redirects.hpp"

namespace acr::loopback {

ScriptedHttp::ScriptedHttp(std::function<net::Reply(net::Request const&)> answer) : answer_(std::move(answer)) {}

net::Reply ScriptedHttp::exchange(net::Request const& request) {
  return net::follow_redirects(request, [this](net::Request const& hop) {
    {
      std::lock_guard const lock(mutex_);
      seen_.push_back(hop);
    }
    auto reply = answer_(hop);
    if (reply.body.size() > hop.max_body) {
      throw net::NetworkError(net::Failure::too_large, hop.url.host,
                              "the answer is larger than " + std::to_string(hop.max_body) + " bytes");
    }
    if (hop.sink != nullptr && reply.status == 200) {
      hop.sink->start();
      reply.cut_short = !reply.body.empty() && !hop.sink->take(std::exchange(reply.body, {}));
    }
    return reply;
  });
}

std::vector<net::Request> ScriptedHttp::seen() const {
  std::lock_guard const lock(mutex_);
  return seen_;
}

net::Reply reply(int status, std::string body, net::Headers headers) {
  net::Reply made;
  made.status = status;
  made.body = std::move(body);
  made.headers = std::move(headers);
  return made;
}

}  // namespace acr::loopback

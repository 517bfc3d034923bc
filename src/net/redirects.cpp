#include "net/redirects.hpp"

#include <algorithm>

#include "net/path_prefix.hpp"

namespace acr::net {
namespace {

bool is_redirect(int status) { return status == 301 || status == 302 || status == 303 || status == 307 || status == 308; }
/// Those that turn a write into a GET, or may.
bool loses_method(int status) { return status == 301 || status == 302 || status == 303; }

}  // namespace

Reply follow_redirects(Request const& request, std::function<Reply(Request const& hop)> const& send) {
  bool const reads = request.method == "GET" || request.method == "HEAD";
  bool const plain_loopback = request.url.scheme == "http" && request.url.is_loopback();
  Request hop = request;
  std::vector<Url> hops;
  for (;;) {
    if (request.on_hop) request.on_hop(hop.url);
    Reply reply = send(hop);
    reply.url = hop.url;
    if (request.redirects == Redirects::hand_over || !is_redirect(reply.status)) {
      reply.hops = std::move(hops);
      return reply;
    }
    auto const refuse = [&](std::string const& why) {
      return NetworkError(Failure::redirect_refused, hop.url.host,
                          "the redirect (HTTP " + std::to_string(reply.status) + ") " + why);
    };
    if (!reads && loses_method(reply.status)) {
      throw refuse("of a " + request.method + " would not repeat it");
    }
    auto const* const location = reply.headers.find("location");
    if (!location) throw refuse("does not say where to");
    auto const reference = escaped_reference(*location);
    auto next = reference ? hop.url.resolve(*reference) : Verdict<Url>(reference.error());
    if (!next) throw refuse("leads to an unusable address: " + next.error().why);
    next->fragment.reset();
    bool const still_plain_loopback = plain_loopback && next->scheme == "http" && next->is_loopback();
    if (!next->is_https() && !still_plain_loopback) throw refuse("does not lead to https");
    if (!reads && next->origin() != hop.url.origin()) throw refuse("of a " + request.method + " leads to another host");
    hops.push_back(hop.url);
    if (hops.size() > limits::hops) throw refuse("is one more than the " + std::to_string(limits::hops) + " allowed");
    auto const same = [&](Url const& seen) { return seen.text() == next->text(); };
    if (std::any_of(hops.begin(), hops.end(), same)) throw refuse("leads back: a loop");
    hop.url = std::move(*next);
    // Dropped for good: a later hop back does not bring them back (G-8, B-28).
    if (hop.url.origin() != request.url.origin() || !is_below_prefix(hop.url.path, request.origin_prefix))
      hop.origin_headers = {};
  }
}

}  // namespace acr::net

#include "release/tuf_fetch.hpp"

#include "net/limits.hpp"
#include "support/text.hpp"
#include "tuf/limits.hpp"

namespace acr::release {
namespace {

Rejection unreachable(std::string_view file, std::string const& why) {
  return reject("tuf-unreachable", std::string(file), why).rule("T-8");
}
Rejection wrong(std::string_view file, std::string const& why, std::string rule) {
  return reject("tuf-answer", std::string(file), why).rule(std::move(rule));
}

/// T-8 and T-9: an outage, or an answer that is not the repository's.
bool is_outage(net::Failure failure) {
  switch (failure) {
    case net::Failure::resolve:
    case net::Failure::connect:
    case net::Failure::proxy:
    case net::Failure::tls:
    case net::Failure::certificate:
    case net::Failure::timeout:
    case net::Failure::closed_early:
    case net::Failure::truncated:
    case net::Failure::server_error:
    case net::Failure::rate_limited:
      return true;
    case net::Failure::too_large:
    case net::Failure::bad_framing:
    case net::Failure::redirect_refused:
    case net::Failure::address_refused:
      break;
  }
  return false;
}

bool is_redirect(int status) { return status == 301 || status == 302 || status == 303 || status == 307 || status == 308; }

/// A status other than 200 and a redirect: its body does not matter.
Verdict<FetchedFile> by_status(tuf::Wanted const& wanted, std::string const& host, int status) {
  if (wanted.kind == tuf::FileKind::root && (status == 403 || status == 404)) return FetchedFile{.absent = true, .bytes = {}};
  return unreachable(wanted.path, host + ": the server answers with status " + std::to_string(status));
}

}  // namespace

Verdict<net::Url> base_url(std::string_view text) {
  auto url = net::Url::parse(text);
  if (!url) return url.error();
  if (url->query || url->fragment)
    return reject("bad-url", printable(text, 200), "the address of a repository has neither query nor fragment").rule("T-4");
  if (!url->path.ends_with('/')) url->path += '/';
  return url;
}

TufFetch::~TufFetch() {
  if (timestamp_.valid()) timestamp_.wait();
}

void TufFetch::begin_timestamp() {
  timestamp_ = std::async(std::launch::async, [this] {
    return ask({.kind = tuf::FileKind::timestamp, .path = "timestamp.json", .max_bytes = tuf::limits::timestamp_bytes});
  });
}

Verdict<FetchedFile> TufFetch::get(tuf::Wanted const& wanted) {
  if (wanted.kind == tuf::FileKind::timestamp && timestamp_.valid()) return timestamp_.get();
  return ask(wanted);
}

Verdict<FetchedFile> TufFetch::ask(tuf::Wanted const& wanted) {
  net::Request request;
  request.url = wanted.kind == tuf::FileKind::target ? address_.targets : address_.metadata;
  request.url.path += wanted.path;
  request.max_body = wanted.max_bytes;
  request.redirects = net::Redirects::hand_over;
  request.retry = net::RetryRules::storage;
  auto const origin = request.url.origin();
  try {
    for (unsigned hops = 0; hops <= net::limits::hops; ++hops) {
      net::Reply reply;
      try {
        reply = http_.exchange(request);
      } catch (net::NetworkError const& error) {
        if (error.failure() == net::Failure::too_large && error.http_status() != 0 && error.http_status() != 200)
          return by_status(wanted, error.host(), error.http_status());
        if (is_outage(error.failure())) return unreachable(wanted.path, error.what());
        return wrong(wanted.path, error.what(), "T-9");
      }
      auto const* const location = is_redirect(reply.status) ? reply.headers.find("location") : nullptr;
      if (location) {
        auto next = request.url.resolve(*location);
        if (!next || next->origin() != origin)
          return wrong(wanted.path, origin.host + ": the answer is a redirect to another host, scheme or port", "T-13");
        next->fragment.reset();
        request.url = std::move(*next);
        continue;
      }
      if (reply.status != 200) return by_status(wanted, origin.host, reply.status);
      if (reply.headers.has("content-encoding"))
        return wrong(wanted.path, origin.host + ": the answer has a content encoding, which was not asked for", "T-13");
      return FetchedFile{.absent = false, .bytes = std::move(reply.body)};
    }
  } catch (Cancelled const&) {
    throw;
  } catch (Unreachable const& error) {
    return unreachable(wanted.path, error.what());  // the deadline
  }
  return wrong(wanted.path, origin.host + ": more than " + std::to_string(net::limits::hops) + " redirects", "T-13");
}

}  // namespace acr::release

// Requests of this room (D-14, D-17, D-18, D-32 … D-36).

#include "dependencies/fetcher.hpp"

#include <algorithm>
#include <utility>

#include "support/errors.hpp"
#include "support/text.hpp"

namespace acr::dependencies {
namespace {

bool matches(std::string_view pattern, net::Url const& url) {
  auto const lower = to_lower_ascii(pattern);
  std::string_view host = lower;
  std::string_view port;
  if (auto const colon = host.rfind(':'); colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  auto const wanted = port.empty() ? std::optional<std::uint64_t>(url.is_loopback() ? url.port : 443) : to_number(port, 65535);
  if (!wanted || *wanted != url.port) return false;
  if (!host.starts_with("*.")) return registry_host(host) == url.host;
  auto const suffix = host.substr(1);  // ".suffix": one or more labels must stand before it
  return url.host.size() > suffix.size() && url.host.ends_with(suffix) && !url.is_address();
}

Rejection refused_exchange(net::NetworkError const& error, net::Url const& url, std::size_t max_body) {
  auto const where = url.text_without_query();
  switch (error.failure()) {
    case net::Failure::address_refused:
      return reject("dep-address", where, "the host may not be asked: " + error.reason())
          .rule("D-33")
          .expected("a public address")
          .found(error.host())
          .mend("name the host in dependency-private-hosts, or commit the chart");
    case net::Failure::redirect_refused:
      return reject("dep-redirect", where, "the redirect is not followed: " + error.reason())
          .rule("D-34")
          .expected("at most 5 redirects, all https")
          .found(error.host())
          .mend("take another source, or commit the chart");
    case net::Failure::too_large:
      return reject("dep-too-large", where, "the answer is too large")
          .rule("D-35")
          .expected("at most " + std::to_string(max_body) + " bytes")
          .found("more")
          .mend("take another source, or commit the chart");
    default: break;
  }
  std::string hint;
  if (error.failure() == net::Failure::rate_limited) hint = "; registry-credentials may raise the limit";
  throw Unreachable("dep-unreachable", std::string(error.what()) + hint);
}

}  // namespace

Verdict<net::Url> Fetcher::repository_url(std::string_view text) const {
  auto const refuse = [&](std::string why, std::string found) {
    return reject("dep-repository", "", std::move(why))
        .rule("D-32")
        .expected("https://host/path, oci://host/path, file://path, or nothing for a committed chart")
        .found(std::move(found))
        .mend("correct Chart.yaml, update the lock");
  };
  auto url = net::Url::parse(text);
  if (!url && url.error().code == "url-userinfo")
    return refuse("the repository's URL holds a user or password", "credentials in the URL (not shown)");
  if (!url) return refuse("the repository is no usable URL: " + url.error().why, std::string(text.substr(0, text.find('?'))));
  if (url->scheme == "oci") url->host = registry_host(url->host);
  if (url->scheme == "http" && !speaks_http(*url)) return refuse("the repository is not asked in plain http", url->text_without_query());
  if (!settings_.hosts.empty() && std::ranges::none_of(settings_.hosts, [&](auto const& pattern) { return matches(pattern, *url); })) {
    std::string listed;
    for (auto const& host : settings_.hosts) listed += (listed.empty() ? "" : ", ") + host;
    return reject("dep-host-denied", "", "the repository's host is not among dependency-hosts")
        .rule("D-32")
        .expected(listed)
        .found(url->authority())
        .mend("add the host to dependency-hosts, or commit the chart");
  }
  return std::move(*url);
}

Verdict<net::Reply> Fetcher::ask(net::Url const& url, std::string_view accept, std::size_t max_body, std::string const& authorization,
                                 net::Redirects redirects) {
  net::Request request;
  request.url = url;
  if (!accept.empty()) request.headers.add("Accept", std::string(accept));
  if (!authorization.empty()) request.origin_headers.add("Authorization", authorization);
  request.max_body = max_body;
  request.redirects = redirects;
  request.retry = net::RetryRules::storage;
  request.addresses = {true, settings_.private_hosts, settings_.loopback_http};
  {
    std::lock_guard const lock(mutex_);
    asked_.insert(url.authority());
  }
  try {
    auto reply = http_.exchange(request);
    std::lock_guard const lock(mutex_);
    for (auto const& hop : reply.hops) asked_.insert(hop.authority());
    if (!reply.url.host.empty()) asked_.insert(reply.url.authority());
    return reply;
  } catch (net::NetworkError const& error) {
    return refused_exchange(error, url, max_body);
  }
}

Rejection refused_answer(net::Reply const& reply, net::Url const& url) {
  auto const where = url.text_without_query();
  auto const status = std::to_string(reply.status);
  if (reply.status == 404)
    return reject("dep-not-found", where, "the host does not have it").rule("D-18").expected("200").found(status).mend(
        "check name, version and repository");
  if (reply.status == 401 || reply.status == 403)
    return reject("dep-auth", where, "the host does not give it to us")
        .rule("D-18")
        .expected("200")
        .found(status + " of " + reply.url.authority())
        .mend("give registry-credentials for it");
  throw Unreachable("dep-unreachable", url.authority() + " answers with status " + status +
                                           (reply.status == 429 ? "; registry-credentials may raise the limit" : ""));
}

Verdict<std::string> Fetcher::get(net::Url const& url, std::string_view accept, std::size_t max_body) {
  auto const* const credential = url.is_https() || speaks_http(url) ? credentials().find(url.host, url.port, url.path) : nullptr;
  auto reply = ask(url, accept, max_body, credential ? credential->basic() : std::string());
  if (!reply) return reply.error();
  if (reply->status != 200) return refused_answer(*reply, url);
  return std::move(reply->body);
}

std::vector<std::string> Fetcher::hosts() const {
  std::lock_guard const lock(mutex_);
  return {asked_.begin(), asked_.end()};
}

net::Url index_url(net::Url const& repository) {
  auto url = repository;
  if (url.path.ends_with('/')) url.path.pop_back();
  url.path += "/index.yaml";
  url.fragment.reset();
  return url;
}

Verdict<net::Url> archive_url(net::Url const& repository, std::string_view reference) {
  auto const refuse = [&](std::string why) {
    return reject("dep-repository", index_url(repository).text_without_query(), std::move(why))
        .rule("D-17")
        .expected("an https or oci URL, or one relative to the repository")
        .found(std::string(reference.substr(0, reference.find('?'))))
        .mend("the repository's owner must mend the index");
  };
  if (reference.empty()) return refuse("the index gives no URL for it");
  auto const scheme_end = reference.find(':');
  bool const absolute = scheme_end != std::string_view::npos && reference.substr(0, scheme_end).find_first_of("/?#") == std::string_view::npos;
  if (absolute) {
    auto url = net::Url::parse(reference);
    if (!url && url.error().code == "url-userinfo") return reject("dep-repository", "", "the index gives a URL with a user or password").rule("D-36");
    if (!url) return refuse("the index gives an unusable URL");
    if (url->scheme == "http" && !url->is_loopback()) return refuse("the index gives a plain http URL");
    return std::move(*url);
  }
  auto base = repository;
  if (!base.path.ends_with('/')) base.path += '/';
  auto url = base.resolve(reference);
  if (!url) return refuse("the index gives an unusable URL");
  url->query = repository.query;
  return std::move(*url);
}

}  // namespace acr::dependencies

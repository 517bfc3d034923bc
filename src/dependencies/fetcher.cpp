// Requests of this room (D-14, D-17, D-18, D-32 … D-36).

#include "dependencies/fetcher.hpp"

#include <algorithm>
#include <utility>

#include "support/text.hpp"

namespace acr::dependencies {
namespace {

/// D-32: no port is 443; `*.s` stands for one or more labels before `.s`.
bool matches(std::string_view pattern, net::Url const& url) {
  bool const any_label = pattern.starts_with("*.");
  auto const listed = net::Url::parse("https://" + std::string(any_label ? pattern.substr(2) : pattern));
  if (!listed || listed->port != url.port) return false;
  if (!any_label) return listed->host == url.host || registry_host(listed->host) == url.host;
  auto const suffix = "." + listed->host;
  return url.host.size() > suffix.size() && url.host.ends_with(suffix) && !url.is_address();
}

/// D-17: as Helm's URLs are read, so that blanks and letters outside ASCII are escaped.
Verdict<net::Url> parsed_url(std::string_view text) {
  auto const escaped = net::escaped_reference(text);
  return escaped ? net::Url::parse(*escaped) : Verdict<net::Url>(escaped.error());
}

/// Text of the tree or of an index, fit to be shown: what may hold a secret, query and userinfo, is left out (D-36).
std::string shown(std::string_view text) {
  text = text.substr(0, text.find_first_of("?#"));
  auto const at = text.rfind('@');
  return at == std::string_view::npos ? std::string(text) : "…" + std::string(text.substr(at));
}

Rejection unusable(std::string why, std::string found) {
  return reject("dep-repository", "", std::move(why))
      .rule("D-32")
      .expected("https://host/path, oci://host/path, file://path, or nothing for a committed chart")
      .found(std::move(found))
      .fix("correct Chart.yaml, update the lock");
}

/// What another run may find otherwise: names, connections, limits, a server's bad day. All else stays as it is.
bool is_passing(net::NetworkError const& error) {
  switch (error.failure()) {
    case net::Failure::resolve:
    case net::Failure::connect:
    case net::Failure::timeout:
    case net::Failure::closed_early:
    case net::Failure::truncated:
    case net::Failure::server_error:
    case net::Failure::rate_limited:
      return true;
    case net::Failure::proxy:
      return error.http_status() >= 500;
    default:
      return false;
  }
}

/// Never advises another run where that would end the same way.
std::string advice(net::NetworkError const& error) {
  if (error.failure() == net::Failure::rate_limited) return "run again later; registry-credentials may raise the limit";
  if (is_passing(error)) return "run again";
  switch (error.failure()) {
    case net::Failure::certificate:
      return "name a file with the authority's certificate in SSL_CERT_FILE, or correct the server's certificate";
    case net::Failure::tls:
      return "use another source, or have the server speak TLS 1.2 or newer";
    case net::Failure::proxy:
      return "correct HTTPS_PROXY, or have the proxy allow the host";
    default:
      return "use another source, or commit the chart";
  }
}

Rejection unreachable(std::string const& where, std::string const& last_error, bool limited, std::string fix) {
  return reject("dep-unreachable", where, "the host cannot be reached: " + last_error)
      .rule(limited ? "D-18" : "D-35")
      .found(last_error)
      .fix(std::move(fix));
}

Rejection refused_exchange(net::NetworkError const& error, Question const& question) {
  auto const where = question.url.text_without_query();
  switch (error.failure()) {
    case net::Failure::address_refused:
      return reject("dep-address", where, "the host may not be asked: " + error.reason())
          .rule("D-33")
          .expected("a public address")
          .found(error.what())
          .fix("name the host in dependency-private-hosts, or commit the chart");
    case net::Failure::redirect_refused:
      return reject("dep-redirect", where, "the redirect is not followed: " + error.reason())
          .rule("D-34")
          .expected("at most " + std::to_string(net::limits::hops) + " redirects, all https")
          .found(error.what())
          .fix("take another source, or commit the chart");
    case net::Failure::too_large:
      return reject("dep-too-large", where, "the answer is too large")
          .rule("D-35")
          .expected("at most " + std::to_string(question.max_body) + " bytes")
          .found(error.reason())
          .fix("take another source, or commit the chart");
    default:
      return unreachable(where, error.what(), error.failure() == net::Failure::rate_limited, advice(error));
  }
}

}  // namespace

Fetcher::Fetcher(net::Http& http, HostSettings settings) : http_(http), settings_(std::move(settings)) {
  // As they stand in URLs: lower case, IPv6 in its shortest form and without brackets.
  for (auto& host : settings_.private_hosts)
    if (auto const url = net::Url::parse("https://" + host)) host = url->host;
}

Verdict<net::Url> Fetcher::repository_url(std::string_view text) const {
  auto url = parsed_url(text);
  if (!url && url.error().code == "url-userinfo")
    return unusable("the repository's URL holds a user or password", "credentials in the URL (not shown)");
  if (!url) return unusable("the repository is not a usable URL: " + url.error().why, shown(text));
  if (url->scheme == "oci") url->host = registry_host(url->host);
  if (url->scheme == "http" && !speaks_http(*url))
    return unusable("the repository is not asked in plain http", url->text_without_query());
  if (!settings_.hosts.empty() &&
      std::ranges::none_of(settings_.hosts, [&](auto const& pattern) { return matches(pattern, *url); })) {
    std::string listed;
    for (auto const& host : settings_.hosts) listed += (listed.empty() ? "" : ", ") + host;
    return reject("dep-host-denied", "", "the repository's host is not among dependency-hosts")
        .rule("D-32")
        .expected(listed)
        .found(url->authority())
        .fix("add the host to dependency-hosts, or commit the chart");
  }
  return std::move(*url);
}

Verdict<net::Url> Fetcher::archive_url(net::Url const& repository, std::string_view reference) const {
  auto const refuse = [&](std::string why, std::string_view found) {
    return reject("dep-repository", index_url(repository).text_without_query(), std::move(why))
        .rule("D-17")
        .expected("an https or oci URL, or one relative to the repository")
        .found(shown(found))
        .fix("the repository's owner must fix the index");
  };
  if (reference.empty()) return refuse("the index gives no URL for it", "");
  auto const scheme_end = reference.find_first_of(":/?#");
  bool const absolute = scheme_end != std::string_view::npos && reference[scheme_end] == ':';
  auto base = repository;
  if (!base.path.ends_with('/')) base.path += '/';
  auto const escaped = net::escaped_reference(reference);
  auto url = !escaped ? Verdict<net::Url>(escaped.error()) : absolute ? net::Url::parse(*escaped) : base.resolve(*escaped);
  if (!url && url.error().code == "url-userinfo")
    return refuse("the index gives a URL with a user or password", "credentials in the URL (not shown)");
  if (!url) return refuse("the index gives an unusable URL: " + url.error().why, reference);
  if (url->scheme == "http" && !speaks_http(*url)) return refuse("the index gives a plain http URL", reference);
  if (!absolute) url->query = repository.query;
  url->fragment.reset();
  return std::move(*url);
}

Verdict<net::Reply> Fetcher::ask(Question const& question) {
  net::Request request;
  request.method = question.method;
  request.url = question.url;
  if (!question.accept.empty()) request.headers.add("Accept", question.accept);
  if (!question.authorization.empty()) request.origin_headers.add("Authorization", question.authorization);
  request.origin_prefix = question.prefix;
  request.max_body = question.max_body;
  request.sink = question.sink;
  request.redirects = question.redirects;
  request.retry = net::RetryRules::storage;
  request.addresses = {true, settings_.private_hosts, settings_.loopback_http};
  std::vector<std::string> hops;
  request.on_hop = [&](net::Url const& hop) { hops.push_back(hop.authority()); };
  auto const note_hosts = [&] {
    std::lock_guard const lock(mutex_);
    asked_.insert(hops.begin(), hops.end());
  };
  try {
    auto reply = http_.exchange(request);
    note_hosts();
    return reply;
  } catch (net::NetworkError const& error) {
    if (error.failure() == net::Failure::address_refused && !hops.empty()) hops.pop_back();  // this one was not asked
    note_hosts();
    return refused_exchange(error, question);
  }
}

Rejection refused_answer(net::Reply const& reply, net::Url const& url) {
  auto const where = url.text_without_query();
  auto const status = std::to_string(reply.status);
  if (reply.status == 404)
    return reject("dep-not-found", where, "the host does not have it")
        .rule("D-18")
        .expected("200")
        .found(status)
        .fix("check name, version and repository");
  if (reply.status == 401 || reply.status == 403)
    return reject("dep-auth", where, "the host does not give it to us")
        .rule("D-18")
        .expected("200")
        .found(status + " of " + reply.url.authority())
        .fix("give registry-credentials for it");
  bool const limited = reply.status == 429;
  bool const passing = limited || reply.status == 408 || reply.status == 425 ||
                       (reply.status >= 500 && reply.status != 501 && reply.status != 505);
  return unreachable(where, reply.url.authority() + " answers with status " + status, limited,
                     limited   ? "run again later; registry-credentials may raise the limit"
                     : passing ? "run again"
                               : "check the repository's URL, or use another source");
}

Verdict<net::Reply> Fetcher::get(Question question) {
  auto const& url = question.url;
  if (auto const* const credential = credentials().find(url.host, url.port, url.path)) {
    question.authorization = credential->basic();
    question.prefix = credential->prefix;
  }
  auto reply = ask(question);
  if (!reply) return reply.error();
  if (reply->status != 200) return refused_answer(*reply, url);
  return std::move(*reply);
}

Verdict<std::optional<Login>> Fetcher::login(net::Url const& registry) const {
  if (!settings_.find_login) return std::optional<Login>();
  return settings_.find_login(registry.host, registry.port);
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

}  // namespace acr::dependencies

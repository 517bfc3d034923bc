// Calls to GitHub's API (github-api.md G-1 … G-9, G-26, G-30 … G-34, G-36, G-40).
#include "github/api.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>

#include "github/answer.hpp"
#include "net/gate.hpp"
#include "net/http.hpp"
#include "net/link_header.hpp"
#include "net/url.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"

namespace acr::github {
namespace {

namespace json = boost::json;

net::Url base_url(std::string text) {
  if (text.ends_with('/')) text.pop_back();
  auto url = net::Url::parse(text);
  auto const refuse = [](std::string const& why) -> BadEnvironment {
    return {"bad-api-url", "GITHUB_API_URL cannot be used: " + why};
  };
  if (!url) throw refuse(url.error().why);
  if (url->query || url->fragment) throw refuse("it has a query or a fragment");
  bool const plain_loopback = url->scheme == "http" && url->is_loopback();
  if (!url->is_https() && !plain_loopback) throw refuse("only https is allowed, plain http to a loopback address");
  if (url->path == "/") url->path.clear();
  return *std::move(url);
}

// G-36. Beside REST at the same origin: nothing else gets the token.
net::Url graphql_address(net::Url const& base, std::string const& wanted) {
  if (auto url = net::Url::parse(wanted); url && url->origin() == base.origin() && !url->query && !url->fragment)
    return *std::move(url);
  auto address = base;
  if (address.path.ends_with("/v3")) address.path.resize(address.path.size() - 3);
  address.path += "/graphql";
  return address;
}

std::string query_text(std::vector<std::pair<std::string, std::string>> const& query) {
  std::string text;
  for (auto const& [name, value] : query)
    text += (text.empty() ? "?" : "&") + percent_encode(name) + "=" + percent_encode(value);
  return text;
}

// `message` and `errors[].message` of an error body, escaped and cut; empty for HTML or nothing (G-32).
std::string server_message(std::string const& body) {
  JsonLimits bounds;
  bounds.max_bytes = limits::json_bytes;
  auto const parsed = parse_json(body, "error", bounds);
  if (!parsed) return {};
  auto text = string_in(*parsed, "message").value_or("");
  if (auto const* errors = array_in(*parsed, "errors"))
    for (auto const& error : *errors) {
      auto const detail = error.is_string() ? std::optional(std::string(error.get_string())) : string_in(error, "message");
      if (detail) text += (text.empty() ? "" : "; ") + *detail;
    }
  return printable(text, limits::error_text);
}

// What the token lacks when a call is forbidden.
std::string_view permission_for(std::string_view method, std::string_view path) {
  if (path.find("/attestations/") != std::string_view::npos) return "attestations: read";
  if (path.find("/pulls/") != std::string_view::npos) return method == "GET" ? "pull-requests: read" : "pull-requests: write";
  if (path.find("/git/") != std::string_view::npos || path.find("/compare/") != std::string_view::npos)
    return method == "GET" ? "contents: read" : "contents: write";
  return {};
}

std::optional<std::uint64_t> number_header(net::Reply const& reply, std::string_view name) {
  auto const* value = reply.headers.find(name);
  return value ? to_number(*value) : std::nullopt;
}

struct Stored {
  std::string etag, body, content_type, link;
};

}  // namespace

struct Api::State {
  net::Http& http;
  RunClock& clock;
  ApiSettings settings;
  Repository repository;
  net::Url base, graphql;
  net::Gate gate;

  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> unchanged{0};
  std::atomic<bool> renamed{false};
  std::atomic<bool> version_dropped{false};

  std::mutex mutex;  // guards what follows
  std::map<std::string, Stored> stored;
  std::optional<std::uint64_t> remaining;
  std::uint64_t reset = 0;  ///< the window that `remaining` belongs to

  State(net::Http& client, RunClock& run, ApiSettings wanted, Repository about)
      : http(client),
        clock(run),
        settings(std::move(wanted)),
        repository(std::move(about)),
        base(base_url(settings.base_url)),
        graphql(graphql_address(base, settings.graphql_url)),
        gate(run, std::clamp<std::size_t>(settings.max_parallel, 1, limits::parallel_requests)) {}

  [[nodiscard]] net::Url url_of(Call const& call) const {
    if (call.graphql) return graphql;
    auto url = net::Url::parse(base.origin().text() + base.path + call.path + query_text(call.query));
    if (!url) throw std::logic_error("a request without a usable URL: " + call.path);
    return *std::move(url);
  }

  net::Request request_for(Call const& call, net::Url const& url) {
    net::Request request;
    request.method = call.method;
    request.url = url;
    request.headers = {{"Accept", call.accept}};
    if (call.names_version && !version_dropped) request.headers.add("X-GitHub-Api-Version", settings.api_version);
    if (!call.body.empty()) request.headers.add("Content-Type", "application/json");
    if (!settings.token.empty()) request.origin_headers.add("Authorization", "Bearer " + settings.token);
    request.body = call.body;
    request.max_body = call.body_limit;
    request.retry = call.graphql ? net::RetryRules::none : net::RetryRules::github_api;
    request.idempotent = call.read;
    request.on_limited = [this] { gate.narrow(); };  // G-40
    return request;
  }

  // The lowest number of the newest window: answers of concurrent calls arrive in any order (G-26).
  void note_limits(net::Reply const& reply) {
    auto const left = number_header(reply, "x-ratelimit-remaining");
    auto const* resource = reply.headers.find("x-ratelimit-resource");
    if (!left || (resource && *resource != "core")) return;
    auto const window = number_header(reply, "x-ratelimit-reset").value_or(0);
    std::scoped_lock const lock(mutex);
    bool const newer = window > reset + 60;  // GitHub moves `reset` by some seconds within one window
    remaining = remaining && !newer ? std::min(*remaining, *left) : *left;
    if (newer || reset == 0) reset = window;
  }

  Answer send(Call const& call, net::Url const& url) {
    auto request = request_for(call, url);
    auto const key = call.accept + " " + url.text();  // validators are per URL, Accept and token (G-30)
    if (call.conditional) {
      std::scoped_lock const lock(mutex);
      if (auto const found = stored.find(key); found != stored.end()) request.headers.add("If-None-Match", found->second.etag);
    }
    net::Reply reply;
    {
      auto const place = gate.enter();
      reply = http.exchange(request);
    }
    ++requests;
    note_limits(reply);
    if (call.graphql && (reply.status == 403 || reply.status == 429)) gate.narrow();
    // The server tells a new name by its old one's redirect (G-9).
    if (!reply.hops.empty() && reply.url.path.starts_with(base.path + "/repositories/")) renamed = true;

    Answer answer;
    answer.status = reply.status;
    answer.body = std::move(reply.body);
    answer.link = reply.headers.joined("link");
    answer.content_type = reply.headers.joined("content-type");
    answer.about = call.method + " " + printable(url.path, limits::error_text);
    if (reply.status == 304) return from_store(std::move(answer), key);
    if (reply.status == 200 && call.conditional) {
      if (auto const* etag = reply.headers.find("etag")) {
        std::scoped_lock const lock(mutex);
        stored[key] = {*etag, answer.body, answer.content_type, answer.link};
      }
    }
    if (reply.status >= 300) {
      answer.message = server_message(answer.body);
      if (auto const* id = reply.headers.find("x-github-request-id")) answer.request_id = printable(*id, 64);
    }
    return answer;
  }

  Answer from_store(Answer answer, std::string const& key) {
    ++unchanged;
    std::scoped_lock const lock(mutex);
    auto const found = stored.find(key);
    if (found == stored.end()) bad_response(answer, "\"unchanged\" to a question without condition");
    answer.status = 200;
    answer.body = found->second.body;
    answer.content_type = found->second.content_type;
    answer.link = found->second.link;
    answer.unchanged = true;
    return answer;
  }

  [[nodiscard]] bool is_enterprise_server() const {
    return base.host != "api.github.com" && !base.host.ends_with(".ghe.com") && !base.is_loopback();
  }

  // G-33, for everything that the caller does not handle itself.
  Answer judged(Call const& call, Answer answer) const {
    if (answer.status == 200 || answer.status == 201) return answer;
    if (std::find(call.expected.begin(), call.expected.end(), answer.status) != call.expected.end()) return answer;
    auto const fail = [&](SettledCode code, std::string const& meaning) {
      std::string sentence = answer.about + " answered " + std::to_string(answer.status);
      if (!answer.message.empty()) sentence += " (" + answer.message + ")";
      sentence += ": " + meaning;
      if (!answer.request_id.empty()) sentence += " [request " + answer.request_id + "]";
      return ApiError(code, sentence, answer.status);
    };
    switch (answer.status) {
      case 400:
        throw fail("bad-request", "the request was not understood");
      case 401:
        throw fail("bad-token", "the token is wrong or has expired");
      case 403:
      case 404: {
        auto const permission = permission_for(call.method, call.path);
        throw fail("no-access", permission.empty()
                                    ? "it is absent, or the token must not see it"
                                    : "it is absent, or the token lacks the permission `" + std::string(permission) + "`");
      }
      case 406:
      case 415:
        throw fail("not-acceptable", "it does not offer the media type asked for");
      // With marks it was waited for below; without, nobody knows how long it would take (G-28).
      case 429:
        throw fail("rate-limited", "too many requests");
      case 410:
        throw fail("gone", "this feature is switched off for the repository");
      case 422:
        throw fail("validation-failed", "the request was refused");
      case 451:
        throw fail("blocked", "the repository is blocked");
      default:
        throw fail("bad-response", "an answer that this call never has");
    }
  }

  static bool names_the_version(Answer const& answer) {
    return answer.status == 400 && to_lower_ascii(answer.message).find("version") != std::string::npos;
  }

  // G-4: which versions there are, for the message.
  [[noreturn]] void version_refused(Answer const& answer) {
    std::string supported;
    try {
      Call call;
      call.path = "/versions";
      call.names_version = false;
      auto const list = send(call, url_of(call));
      auto const value = json_of(list);
      for (auto const& each : array_of(list, value))
        if (each.is_string()) supported += (supported.empty() ? "" : ", ") + std::string(each.get_string());
    } catch (ApiError const&) {
      supported.clear();  // the message does without
    }
    throw ApiError(ExitStatus::bad_input, "api-version",
                   answer.about + " answered 400 (" + answer.message + "): the input `api-version` names \"" +
                       printable(settings.api_version, 40) + "\", which the server does not support" +
                       (supported.empty() ? "" : "; it supports " + printable(supported, limits::error_text)),
                   400);
  }

  Answer exchange(Call const& call, net::Url const& url) {
    bool const version_sent = call.names_version && !version_dropped;
    auto answer = send(call, url);
    if (version_sent && names_the_version(answer)) {
      if (!is_enterprise_server()) version_refused(answer);
      version_dropped = true;  // G-4: an Enterprise Server older than our version
      answer = send(call, url);
    }
    return judged(call, std::move(answer));
  }
};

std::vector<std::string> ApiUse::warnings() const {
  std::vector<std::string> sentences;
  if (renamed)
    sentences.emplace_back(
        "the repository was renamed: GitHub answered under its new address; update the workflow's remote and "
        "links");
  if (version_dropped)
    sentences.emplace_back("this Enterprise Server does not know the configured api-version; its default was used");
  if (remaining && *remaining < limits::few_requests_left)
    sentences.push_back("only " + std::to_string(*remaining) + " API requests are left in this hour");
  return sentences;
}

std::string path(std::vector<std::string_view> const& segments) {
  std::string text;
  for (auto const segment : segments) {
    // An empty, "." or ".." segment would name another resource than the one meant.
    if (segment.empty() || segment == "." || segment == "..")
      throw BadEnvironment("bad-name", "\"" + printable(segment, 100) + "\" cannot be part of an API address");
    text += "/" + percent_encode(segment, ":");
  }
  return text;
}

std::string path_with_ref(std::vector<std::string_view> const& segments, std::string_view ref) {
  auto text = path(segments);
  for (auto const piece : split(ref, '/')) text += path({piece});
  return text;
}

Api::Api(net::Http& http, RunClock& clock, ApiSettings settings, Repository repository)
    : state_(std::make_unique<State>(http, clock, std::move(settings), std::move(repository))) {}
Api::~Api() = default;

Repository const& Api::repository() const { return state_->repository; }
ApiSettings const& Api::settings() const { return state_->settings; }
RunClock& Api::clock() const { return state_->clock; }
net::Http& Api::http() const { return state_->http; }
bool Api::is_enterprise_server() const { return state_->is_enterprise_server(); }
std::string Api::graphql_url() const { return state_->graphql.text(); }
bool Api::is_plain_loopback() const { return state_->base.scheme == "http"; }

std::string Api::repository_path(std::vector<std::string_view> const& segments) const {
  auto text = path({"repos", state_->repository.owner, state_->repository.name});
  return segments.empty() ? text : text + path(segments);
}

Answer Api::call(Call const& call) { return state_->exchange(call, state_->url_of(call)); }

void Api::pages(Call const& call, std::function<bool(Answer const&)> const& page) {
  auto url = state_->url_of(call);
  auto each = call;
  std::set<std::string> seen;
  for (std::size_t count = 1;; ++count) {
    seen.insert(url.text());
    auto const answer = state_->exchange(each, url);
    if (!page(answer)) return;
    each.expected.clear();
    auto const next = net::next_link(answer.link);
    if (!next) bad_response(answer, next.error().why);
    if (!*next) return;
    if (count == limits::pages)
      throw ApiError("listing-too-long",
                     answer.about + " lists more than " + std::to_string(limits::pages) + " pages; no more are read [G-31]",
                     answer.status);
    auto following = net::Url::parse(**next);
    auto root = state_->base;
    if (root.path.empty()) root.path = "/";
    if (!following || !following->is_below(root)) bad_response(answer, "its next page lies outside the API");
    if (seen.contains(following->text())) bad_response(answer, "its next page was read already");
    url = *std::move(following);
  }
}

std::optional<std::uint64_t> Api::remaining() {
  {
    std::scoped_lock const lock(state_->mutex);
    if (state_->remaining) return state_->remaining;
  }
  Call ask;
  ask.path = "/rate_limit";
  ask.expected = {403, 404};  // an Enterprise Server without limits
  auto const answer = call(ask);
  if (answer.status != 200) return std::nullopt;
  auto const value = json_of(answer);
  object_field(answer, value, "resources");  // `rate` is gone in 2026-03-10 (G-5)
  auto const& resources = *find(value, "resources");
  object_field(answer, resources, "core");
  return number_field(answer, *find(resources, "core"), "remaining");
}

ApiUse Api::use() const {
  ApiUse use;
  use.requests = state_->requests;
  use.unchanged = state_->unchanged;
  use.renamed = state_->renamed;
  use.version_dropped = state_->version_dropped;
  std::scoped_lock const lock(state_->mutex);
  use.remaining = state_->remaining;
  return use;
}

Meta meta(Api& api) {
  Call call;
  call.path = "/meta";
  auto const answer = api.call(call);
  auto const value = json_of(answer);
  if (!value.is_object()) bad_response(answer, "an object was expected");
  Meta found;
  found.installed_version = string_in(value, "installed_version");
  auto const* domains = find(value, "domains");
  auto const* attestations = domains ? find(*domains, "artifact_attestations") : nullptr;
  if (attestations) found.trust_domain = string_in(*attestations, "trust_domain");
  return found;
}

}  // namespace acr::github

// A GitHub on 127.0.0.1 (github-api.md G-35).
#include "loopback/github_stand_in.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>

#include "loopback/openapi.hpp"
#include "support/json.hpp"
#include "support/places.hpp"
#include "support/text.hpp"

namespace acr::loopback {
namespace {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;

using Maker = std::function<Answer(Answer proper)>;

Answer with_delivery(Answer answer, Delivery delivery) {
  answer.delivery = delivery;
  return answer;
}

Answer error(int status, std::string const& message) {
  return json_answer("{\"message\":\"" + message + "\",\"documentation_url\":\"https://docs.github.com/rest\"}", status);
}

std::map<std::string, Fault, std::less<>> const& survivable() {
  static std::map<std::string, Fault, std::less<>> const all{{"status_500", Fault::status_500},
                                                             {"html_502", Fault::html_502},
                                                             {"status_503", Fault::status_503},
                                                             {"status_408", Fault::status_408},
                                                             {"limited_with_retry_after", Fault::limited_with_retry_after},
                                                             {"limited_until_reset", Fault::limited_until_reset},
                                                             {"closed", Fault::closed},
                                                             {"reset", Fault::reset},
                                                             {"reset_in_headers", Fault::reset_in_headers},
                                                             {"truncated", Fault::truncated},
                                                             {"reset_in_body", Fault::reset_in_body}};
  return all;
}

// What each kind makes of the proper answer.
std::map<std::string, Maker> const& makers() {
  static std::map<std::string, Maker> const all = [] {
    std::map<std::string, Maker> kinds;
    for (auto const& [name, fault] : survivable()) kinds[name] = [which = fault](Answer const&) { return answer_of(which); };
    for (auto const& [name, delivery] :
         std::initializer_list<std::pair<char const*, Delivery>>{{"chunked", Delivery::chunked},
                                                                 {"until_close", Delivery::until_close},
                                                                 {"close_after", Delivery::close_after},
                                                                 {"vanish_after", Delivery::vanish_after},
                                                                 {"slow_body", Delivery::slow_body},
                                                                 {"stall_before", Delivery::stall_before}})
      kinds[name] = [way = delivery](Answer proper) { return with_delivery(std::move(proper), way); };
    kinds["oversize"] = [](Answer proper) {
      proper.body = std::string(std::size_t{40} << 20, ' ');
      return proper;
    };
    kinds["html_200"] = [](Answer const&) {
      return Answer{200, {{"Content-Type", "text/html"}}, "<!DOCTYPE html><title>Sign in</title>"};
    };
    kinds["empty_200"] = [](Answer const&) { return json_answer(""); };
    kinds["wrong_shape"] = [](Answer const&) { return json_answer("{\"unexpected\":true}"); };
    kinds["redirect_away"] = [](Answer const&) { return redirect_answer(302, "http://127.0.0.1:9/elsewhere"); };
    kinds["redirect_post"] = [](Answer const&) { return redirect_answer(301, "/moved"); };
    kinds["secondary_limit"] = [](Answer const&) {
      return error(403, "You have exceeded a secondary rate limit. Please wait a few minutes.");
    };
    kinds["limited_for_long"] = [](Answer const&) {
      auto answer = error(429, "API rate limit exceeded");
      answer.headers.emplace_back("Retry-After", "3600");
      return answer;
    };
    kinds["forbidden"] = [](Answer const&) { return error(403, "Resource not accessible by integration"); };
    kinds["not_found"] = [](Answer const&) { return error(404, "Not Found"); };
    kinds["gone"] = [](Answer const&) { return error(410, "This feature is disabled"); };
    kinds["unprocessable"] = [](Answer const&) { return error(422, "Validation Failed"); };
    return kinds;
  }();
  return all;
}

std::string version_of(Seen const& seen) {
  auto const named = seen.header("X-GitHub-Api-Version");
  return named.empty() ? "2022-11-28" : named;
}

}  // namespace

std::vector<std::string> planned_fault_kinds() {
  std::vector<std::string> names{"endless_pages"};
  for (auto const& [name, maker] : makers()) names.push_back(name);
  return names;
}

Fault survivable_fault(std::string_view kind) {
  auto const found = survivable().find(kind);
  if (found == survivable().end()) throw std::invalid_argument("not a survivable fault: " + std::string(kind));
  return found->second;
}

PlannedFault planned_fault(std::string_view text) {
  PlannedFault fault;
  auto const refuse = [&] { return std::invalid_argument("not a fault: " + std::string(text)); };
  auto const at = text.find(" at ");
  if (at == std::string_view::npos) throw refuse();
  fault.where = text.substr(at + 4);
  auto const words = split(text.substr(0, at), ' ');
  fault.kind = words[0];
  auto const kinds = planned_fault_kinds();
  if (std::find(kinds.begin(), kinds.end(), fault.kind) == kinds.end()) throw refuse();
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "x*") {
      fault.times = SIZE_MAX;
    } else if (auto const times = words[i].starts_with('x') ? to_number(words[i].substr(1)) : std::nullopt) {
      fault.times = static_cast<std::size_t>(*times);
    } else if (words[i] == "after" && i + 1 < words.size() && to_number(words[i + 1])) {
      fault.skip = static_cast<std::size_t>(*to_number(words[++i]));
    } else {
      throw refuse();
    }
  }
  return fault;
}

struct GithubStandIn::State {
  StandInSettings settings;
  std::shared_ptr<OpenApi const> description;
  GithubAnswers answers;
  Clock::time_point const start = Clock::now();

  mutable std::mutex mutex;  // guards what follows
  std::vector<PlannedFault> faults;
  std::vector<Logged> log;
  std::vector<std::string> violations;
  std::set<std::string> pages_given;  ///< targets of `Link` headers: the server's own words, declared or not
  std::shared_ptr<Handler const> api_handler, storage_handler;

  // Last members: their threads use everything above.
  std::unique_ptr<LoopbackServer> storage;
  std::unique_ptr<LoopbackServer> api;

  static std::filesystem::path document(StandInSettings const& settings) {
    return settings.description.empty() ? acr::test::data_folder() / "github" / "openapi-subset.json" : settings.description;
  }

  explicit State(StandInSettings wanted)
      : settings(std::move(wanted)),
        description(shared_description(document(settings))),
        answers(settings.github, document(settings)),
        faults(settings.faults) {
    set_once_each(settings.once_each);
    LoopbackServer::Options options;
    options.latency = settings.latency;
    options.tls = settings.tls;
    storage = std::make_unique<LoopbackServer>([this](Seen const& seen) { return (*current(storage_handler))(seen); }, options);
    options.port = settings.port;
    api = std::make_unique<LoopbackServer>([this](Seen const& seen) { return (*current(api_handler))(seen); }, options);
    answers.set_origins(api->base() + settings.base_path, storage->base());
  }

  void set_once_each(std::optional<Fault> fault) {
    Handler for_api = [this](Seen const& seen) { return api_answer(seen); };
    Handler for_storage = [this](Seen const& seen) { return storage_answer(seen); };
    if (fault) {
      for_api = once_each(*fault, std::move(for_api));
      // Storage knows no such limit: a 403 of its means that the link has expired (G-14).
      for_storage =
          once_each(*fault == Fault::limited_until_reset ? Fault::limited_with_retry_after : *fault, std::move(for_storage));
    }
    std::scoped_lock const lock(mutex);
    api_handler = std::make_shared<Handler const>(std::move(for_api));
    storage_handler = std::make_shared<Handler const>(std::move(for_storage));
  }

  std::shared_ptr<Handler const> current(std::shared_ptr<Handler const> const& handler) {
    std::scoped_lock const lock(mutex);
    return handler;
  }

  static PlainRequest plain(Seen const& seen, std::string target) {
    PlainRequest request{seen.method, std::move(target), {}, seen.body};
    for (auto const& [name, value] : seen.headers) request.headers[to_lower_ascii(name)] = value;
    return request;
  }

  std::optional<std::string> fault_for(std::string const& what) {
    std::scoped_lock const lock(mutex);
    for (auto& fault : faults) {
      if (fault.times == 0 || what.find(fault.where) == std::string::npos) continue;
      if (fault.skip > 0) {
        --fault.skip;
        continue;
      }
      if (fault.times != SIZE_MAX) --fault.times;
      return fault.kind;
    }
    return std::nullopt;
  }

  void complain(std::string const& about, std::vector<std::string> const& problems) {
    std::scoped_lock const lock(mutex);
    for (auto const& problem : problems) violations.push_back(about + ": " + problem);
  }

  Answer logged(std::string const& server, Seen const& seen, PlainAnswer proper, std::optional<std::string> const& fault,
                Clock::time_point begin) {
    Answer answer;
    answer.status = proper.status;
    for (auto& [name, value] : proper.headers) answer.headers.emplace_back(name, value);
    answer.body = std::move(proper.body);
    if (fault == "endless_pages") {
      auto const next = api->base() + seen.path() + "?per_page=100&after=" + random_hex(8);
      answer.headers.emplace_back("link", "<" + next + ">; rel=\"next\"");
    } else if (fault) {
      answer = makers().at(*fault)(std::move(answer));
    }
    auto const since = [&](Clock::time_point when) {
      return std::chrono::duration_cast<std::chrono::microseconds>(when - start);
    };
    Logged entry{server,        seen.method,        seen.target,  seen.has("Authorization"),
                 answer.status, fault.value_or(""), since(begin), since(Clock::now())};
    std::scoped_lock const lock(mutex);
    log.push_back(std::move(entry));
    return answer;
  }

  bool was_given(std::string const& target) const {
    std::scoped_lock const lock(mutex);
    return pages_given.contains(target);
  }

  void note_page(std::string const& link) {
    auto const at = link.find(settings.base_path + "/repos/");
    if (at == std::string::npos) return;
    std::scoped_lock const lock(mutex);
    pages_given.insert(link.substr(at + settings.base_path.size(), link.find('>', at) - at - settings.base_path.size()));
  }

  // What the description knows: /repositories/<id>/… is /repos/<owner>/<name>/… under a lasting name (G-9).
  static std::string described(std::string const& target) {
    if (!target.starts_with("/repositories/")) return target;
    auto const end = target.find_first_of("/?", 14);
    return "/repos/owner/name" + (end == std::string::npos ? std::string() : target.substr(end));
  }

  Answer api_answer(Seen const& seen) {
    auto const begin = Clock::now() - settings.latency;
    if (seen.path() == settings.base_path + "/__stats") return json_answer(stats());
    if (seen.path() == settings.base_path + "/__event") return answers.open_pull(seen.body), json_answer("{}");
    auto const about = "api " + seen.method + " " + seen.target;
    if (seen.target == graphql_target()) return graphql_answer(seen, about, begin);
    if (!seen.target.starts_with(settings.base_path + "/")) {
      complain(about, {"outside the base path"});
      return json_answer("{\"message\":\"Not Found\"}", 404);
    }
    auto const request = plain(seen, seen.target.substr(settings.base_path.size()));
    auto const target = described(request.target);
    auto const version = version_of(seen);
    complain(about, description->request_problems(seen.method, was_given(target) ? target.substr(0, target.find('?')) : target,
                                                  seen.body, version));
    auto const fault = fault_for(about);
    // A fault never changes the state: the pull request stays as it is, and no tag is made.
    bool const writes = seen.method == "PATCH" || (seen.method == "POST" && seen.target.find("/git/") != std::string::npos);
    auto proper = fault && makers().contains(*fault) && writes ? PlainAnswer{} : answers.api(request);
    if (auto const link = proper.headers.find("link"); link != proper.headers.end()) note_page(link->second);
    bool const moved = proper.status == 301 || proper.status == 307;
    if (!fault && !moved)
      complain(about, description->answer_problems(seen.method, target, proper.status, proper.headers["content-type"],
                                                   proper.body, version));
    return logged("api", seen, std::move(proper), fault, begin);
  }

  // Beside REST: https://HOST/api/graphql of an Enterprise Server, whose REST is below /api/v3.
  [[nodiscard]] std::string graphql_target() const {
    auto const& base = settings.base_path;
    return (base.ends_with("/v3") ? base.substr(0, base.size() - 3) : base) + "/graphql";
  }

  Answer graphql_answer(Seen const& seen, std::string const& about, Clock::time_point begin) {
    auto const fault = fault_for(about);
    std::string problem;
    auto proper = answers.graphql(plain(seen, seen.target), problem);
    if (!problem.empty()) complain(about, {problem});
    return logged("api", seen, std::move(proper), fault, begin);
  }

  Answer storage_answer(Seen const& seen) {
    auto const begin = Clock::now() - settings.latency;
    auto const about = "storage " + seen.method + " " + seen.path();
    if (seen.has("Authorization")) complain(about, {"credentials sent to storage"});
    auto const fault = fault_for(about);
    return logged("storage", seen, answers.storage(plain(seen, seen.target)), fault, begin);
  }

  std::size_t longest_chain() const {
    std::scoped_lock const lock(mutex);
    auto sorted = log;
    std::sort(sorted.begin(), sorted.end(), [](Logged const& a, Logged const& b) { return a.end < b.end; });
    std::size_t chain = 0;
    std::chrono::microseconds free{-1};
    for (auto const& each : sorted)
      if (each.begin >= free) ++chain, free = each.end;
    return chain;
  }

  std::size_t count(std::string_view server, std::string_view part) const {
    std::scoped_lock const lock(mutex);
    return static_cast<std::size_t>(std::count_if(log.begin(), log.end(), [&](Logged const& each) {
      return each.server == server && (each.method + " " + each.target).find(part) != std::string::npos;
    }));
  }

  std::string stats() const {
    std::size_t wrong = 0;
    {
      std::scoped_lock const lock(mutex);
      wrong = violations.size();
    }
    json::object const summary{{"requests", count("api", "") + count("storage", "")},
                               {"api", count("api", "")},
                               {"storage", count("storage", "")},
                               {"listings", count("api", "/attestations/")},
                               {"git", count("api", "/git/")},
                               {"longest_chain", longest_chain()},
                               {"most_at_once", std::max(api->most_at_once(), storage->most_at_once())},
                               {"violations", wrong}};
    return json::serialize(summary);
  }
};

GithubStandIn::GithubStandIn(StandInSettings settings) : state_(std::make_unique<State>(std::move(settings))) {}
GithubStandIn::~GithubStandIn() = default;

std::string GithubStandIn::api_url() const { return state_->api->base() + state_->settings.base_path; }
std::string GithubStandIn::storage_url() const { return state_->storage->base(); }
std::uint16_t GithubStandIn::api_port() const { return state_->api->port(); }
std::uint16_t GithubStandIn::storage_port() const { return state_->storage->port(); }
GithubAnswers& GithubStandIn::github() { return state_->answers; }

void GithubStandIn::add_fault(PlannedFault fault) {
  std::scoped_lock const lock(state_->mutex);
  state_->faults.push_back(std::move(fault));
}

void GithubStandIn::set_once_each(std::optional<Fault> fault) { state_->set_once_each(fault); }

std::vector<Logged> GithubStandIn::log() const {
  std::scoped_lock const lock(state_->mutex);
  return state_->log;
}

std::size_t GithubStandIn::count(std::string_view server, std::string_view part) const { return state_->count(server, part); }

std::vector<std::string> GithubStandIn::violations() const {
  std::scoped_lock const lock(state_->mutex);
  return state_->violations;
}

std::size_t GithubStandIn::longest_chain() const { return state_->longest_chain(); }
std::string GithubStandIn::stats() const { return state_->stats(); }

std::string GithubStandIn::log_lines() const {
  std::string text;
  for (auto const& each : log())
    text += json::serialize(json::object{{"server", each.server},
                                         {"method", each.method},
                                         {"target", each.target},
                                         {"credentials", each.credentials},
                                         {"status", each.status},
                                         {"fault", each.fault},
                                         {"begin_us", each.begin.count()},
                                         {"end_us", each.end.count()}}) +
            "\n";
  return text;
}

void GithubStandIn::forget_log() {
  std::scoped_lock const lock(state_->mutex);
  state_->log.clear();
  state_->violations.clear();
}

}  // namespace acr::loopback

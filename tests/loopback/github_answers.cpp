// What GitHub would answer, without sockets (github-api.md).
#include "loopback/github_answers.hpp"

#include <sys/types.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <deque>
#include <functional>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <stdexcept>
#include <utility>

#include "loopback/git_command.hpp"
#include "loopback/graphql.hpp"
#include "loopback/openapi.hpp"
#include "support/atomic_file.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "support/json.hpp"
#include "support/packed.hpp"
#include "support/temporary_directory.hpp"
#include "support/text.hpp"

namespace acr::loopback {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr std::size_t file_bytes = std::size_t{256} << 20;
constexpr std::uint64_t first_created_id = 31000001;  // of attestations that the scenario has not

json::value json_file(fs::path const& path) {
  JsonLimits bounds;
  bounds.max_bytes = file_bytes;
  auto parsed = parse_json(read_file(path, file_bytes), path.filename().string(), bounds);
  if (!parsed) throw std::runtime_error(parsed.error().sentence());
  return std::move(*parsed);
}

PlainAnswer answer_with(int status, json::value const& body) {
  return {status, {{"content-type", "application/json; charset=utf-8"}}, json::serialize(body)};
}

PlainAnswer error_answer(int status, std::string const& message, json::array const& errors = {}) {
  json::object body{
      {"message", message}, {"documentation_url", "https://docs.github.com/rest"}, {"status", std::to_string(status)}};
  if (!errors.empty()) body["errors"] = errors;
  return answer_with(status, body);
}

PlainAnswer not_found() { return error_answer(404, "Not Found"); }

std::string header(PlainRequest const& request, std::string const& name) {
  auto const found = request.headers.find(name);
  return found == request.headers.end() ? std::string() : found->second;
}

std::string utc_time(std::string_view seconds) {
  auto const number = static_cast<std::time_t>(to_number(seconds).value_or(0));
  std::tm parts{};
  gmtime_r(&number, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

struct Person {
  std::string name, email, date;
};

// "A U Thor <a@example.com> 1700000000 +0100"
Person person_in(std::string_view line) {
  auto const open = line.rfind('<');
  auto const close = line.rfind('>');
  if (open == std::string_view::npos || close == std::string_view::npos) return {"unknown", "unknown", utc_time("0")};
  auto const rest = split(trimmed(line.substr(close + 1)), ' ');
  return {std::string(trimmed(line.substr(0, open))), std::string(line.substr(open + 1, close - open - 1)),
          utc_time(rest.front())};
}

// The headers of a commit or tag object and what follows the first empty line.
struct RawObject {
  std::vector<std::pair<std::string, std::string>> headers;
  std::string message;
  [[nodiscard]] std::string first(std::string_view name) const {
    for (auto const& [key, value] : headers)
      if (key == name) return value;
    return {};
  }
};

RawObject raw_object(std::string_view text) {
  RawObject object;
  auto const end = text.find("\n\n");
  object.message = end == std::string_view::npos ? "" : std::string(text.substr(end + 2));
  for (auto const line : lines(text.substr(0, end))) {
    if (line.starts_with(' ')) continue;  // continuation of a signature
    auto const space = line.find(' ');
    object.headers.emplace_back(line.substr(0, space),
                                space == std::string_view::npos ? std::string_view{} : line.substr(space + 1));
  }
  return object;
}

struct Query {
  std::vector<std::pair<std::string, std::string>> items;
  [[nodiscard]] std::string get(std::string_view name) const {
    for (auto const& [key, value] : items)
      if (key == name) return value;
    return {};
  }
  [[nodiscard]] std::size_t number(std::string_view name, std::size_t fallback) const {
    auto const found = to_number(get(name));
    return found ? static_cast<std::size_t>(*found) : fallback;
  }
};

struct Target {
  std::string path;                   ///< still encoded
  std::vector<std::string> segments;  ///< decoded
  Query query;
};

Target target_in(std::string_view text) {
  Target target;
  auto const question = text.find('?');
  target.path = std::string(text.substr(0, question));
  for (auto const segment : split(std::string_view(target.path).substr(1), '/'))
    target.segments.push_back(percent_decoded(segment));
  if (question == std::string_view::npos) return target;
  for (auto const pair : split(text.substr(question + 1), '&')) {
    auto const equals = pair.find('=');
    auto const value = equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
    target.query.items.emplace_back(percent_decoded(pair.substr(0, equals)), percent_decoded(value));
  }
  return target;
}

std::string joined(std::vector<std::string> const& segments, std::size_t from) {
  std::string text;
  for (std::size_t i = from; i < segments.size(); ++i) text += (i == from ? "" : "/") + segments[i];
  return text;
}

struct Attestation {
  std::string id;
  std::uint64_t repository_id = 0;
  std::vector<std::string> listed_under;
  std::string predicate_type, initiator, serve;
  std::string bundle;  ///< JSON text
  std::size_t links_given = 0;
};

bool has_predicate(Attestation const& attestation, std::string const& wanted) {
  if (wanted.empty() || wanted == attestation.predicate_type) return true;
  if (wanted == "provenance") return attestation.predicate_type.find("slsa.dev/provenance") != std::string::npos;
  if (wanted == "release") return attestation.predicate_type.find("release") != std::string::npos;
  return wanted == "sbom" && (attestation.predicate_type.find("spdx") != std::string::npos ||
                              attestation.predicate_type.find("cyclonedx") != std::string::npos);
}

std::string next_link(std::string const& url) { return "<" + url + ">; rel=\"next\""; }

}  // namespace

struct GithubAnswers::State {
  GithubSettings settings;
  std::shared_ptr<OpenApi const> description;
  test::TemporaryDirectory scratch;
  fs::path repository;  ///< bare; empty without repo.bundle
  std::string owner, name, owner_type = "Organization";
  std::uint64_t id = 0;
  mutable std::shared_mutex catalogue;   // guards the next three
  std::deque<Attestation> attestations;  ///< grows, elements stay where they are
  std::map<std::string, std::vector<std::size_t>> by_subject;
  std::map<std::string, std::size_t> by_file;  ///< "<id>.json.sn", as storage calls it
  json::array rules;
  json::object rules_of;   ///< by branch, in place of `rules`
  json::array rulesets;    ///< in full; the listing leaves out what GitHub leaves out there
  json::value protection;  ///< by branch; a branch that is not named is not protected; null: hidden from this token
  json::array owner_errors;
  std::string api_base, storage_base;

  mutable std::mutex mutex;  // guards what follows, `links_given` and nothing else
  std::set<std::string> hidden_tags;
  bool all_tags_hidden = false;
  std::atomic<bool> attestations_hidden{false};
  std::map<std::uint64_t, json::value> pulls;
  std::uint64_t remaining = 0;
  std::map<std::string, PlainAnswer> objects;  ///< answers about immutable objects
  std::uint64_t points_left = 0;               ///< of GraphQL

  std::once_flag stored_once;
  std::map<std::string, RawGitObject> stored;  ///< by id, once GraphQL was asked or with `preload_objects`
  std::atomic<bool> is_stored{false};

  State(GithubSettings wanted, fs::path const& document)
      : settings(std::move(wanted)), description(shared_description(document)) {
    remaining = settings.rate_limit;
    points_left = settings.graphql_points;
    read_attestations();
    if (fs::exists(settings.scenario / "repo.bundle")) {
      repository = scratch.path() / "repository.git";
      auto const cloned =
          git_output(scratch.path() / "none",
                     {"clone", "--quiet", "--mirror", (settings.scenario / "repo.bundle").string(), repository.string()});
      if (!cloned) throw std::runtime_error("repo.bundle cannot be cloned");
    }
    if (settings.preload_objects) store_objects();
    if (fs::exists(settings.scenario / "event.json")) {
      auto const event = json_file(settings.scenario / "event.json");
      if (auto const* repo = find(event, "repository"))
        if (auto const* who = find(*repo, "owner")) owner_type = string_in(*who, "type").value_or(owner_type);
      read_event(event);
    }
    auto const extra = [&](char const* file) {
      auto const path = settings.scenario / file;
      return fs::exists(path) ? json_file(path) : json::value();
    };
    if (auto found = extra("rules.json"); found.is_array())
      rules = std::move(found.get_array());
    else if (found.is_object())
      rules_of = std::move(found.get_object());
    if (auto found = extra("rulesets.json"); found.is_array()) rulesets = std::move(found.get_array());
    protection = extra("protection.json");
    if (auto found = extra("owner-errors.json"); found.is_array()) owner_errors = std::move(found.get_array());
  }

  void read_attestations() {
    auto const file = json_file(settings.scenario / "github.json");
    auto const full_name = string_in(file, "repository").value_or("");
    auto const slash = full_name.find('/');
    if (slash == std::string::npos) throw std::runtime_error("github.json names no repository");
    owner = full_name.substr(0, slash);
    name = full_name.substr(slash + 1);
    id = static_cast<std::uint64_t>(integer_in(file, "repository_id").value_or(0));
    if (auto const* hidden = find(file, "hide_tags")) {
      all_tags_hidden = hidden->is_bool() && hidden->get_bool();
      if (auto const* names = hidden->if_array())
        for (auto const& each : *names) hidden_tags.emplace(each.as_string());
    }
    for (auto const& each : *array_in(file, "attestations")) {
      Attestation one;
      one.id = std::to_string(integer_in(each, "id").value_or(0));
      one.repository_id = static_cast<std::uint64_t>(integer_in(each, "repository_id").value_or(0));
      one.predicate_type = string_in(each, "predicate_type").value_or("");
      one.initiator = string_in(each, "initiator").value_or("user");
      one.serve = string_in(each, "serve").value_or("bundle_url");
      one.bundle = json::serialize(*find(each, "bundle"));
      for (auto const& subject : *array_in(each, "listed_under"))
        by_subject[std::string(subject.as_string())].push_back(attestations.size());
      by_file[one.id + ".json.sn"] = attestations.size();
      attestations.push_back(std::move(one));
    }
  }

  // The pull request of the event, in the form of the REST answer: GitHub's example with the event's values.
  void read_event(json::value const& event) {
    auto const* given = find(event, "pull_request");
    if (!given) return;
    json::value pull = json::parse(description->example("pull-request"));
    pull.as_object()["requested_teams"] = json::array{};  // the example's team lacks a required field
    for (auto const* field : {"number", "state", "draft", "merged", "title", "body", "merge_commit_sha"})
      if (auto const* value = find(*given, field)) pull.as_object()[field] = *value;
    for (auto const* side : {"head", "base"}) {
      auto const* from = find(*given, side);
      if (!from) continue;
      auto& to = pull.as_object()[side].as_object();
      for (auto const* field : {"label", "ref", "sha"})
        if (auto const* value = find(*from, field)) to[field] = *value;
      auto const* repo = find(*from, "repo");
      if (repo && repo->is_null()) to["repo"] = nullptr;
      if (!repo || !repo->is_object()) continue;
      for (auto const* field : {"id", "name", "full_name", "private", "fork", "default_branch"})
        if (auto const* value = find(*repo, field)) to["repo"].as_object()[field] = *value;
    }
    std::scoped_lock const lock(mutex);
    pulls[static_cast<std::uint64_t>(integer_in(*given, "number").value_or(0))] = std::move(pull);
  }

  std::optional<std::string> git(std::vector<std::string> const& arguments) const {
    if (repository.empty()) return std::nullopt;
    return git_output(repository, arguments);
  }

  // Everything that the repository holds now, with one git.
  void store_objects() {
    std::call_once(stored_once, [this] {
      auto const all = git({"cat-file", "--batch", "--batch-all-objects", "--unordered"}).value_or("");
      for (std::size_t at = 0; at < all.size();) {
        auto const end = all.find('\n', at);
        auto const words = split(std::string_view(all).substr(at, end - at), ' ');
        auto const size = static_cast<std::size_t>(to_number(words.at(2)).value());
        stored[std::string(words[0])] = {std::string(words[1]), all.substr(end + 1, size)};
        at = end + 1 + size + 1;
      }
      is_stored = true;
    });
  }

  // An object's bytes; nothing when it is not there or of another type.
  std::optional<std::string> raw(std::string const& type, std::string const& sha) const {
    if (is_stored)
      if (auto const found = stored.find(sha); found != stored.end())
        return found->second.type == type ? std::optional(found->second.bytes) : std::nullopt;
    return git({"cat-file", type, sha});
  }

  // Of any type; tags that were made meanwhile are not among the stored ones.
  std::optional<RawGitObject> any_raw(std::string const& sha) const {
    if (auto const found = stored.find(sha); found != stored.end()) return found->second;
    auto const type = git({"cat-file", "-t", sha});
    if (!type) return std::nullopt;
    auto bytes = git({"cat-file", std::string(trimmed(*type)), sha});
    return bytes ? std::optional(RawGitObject{std::string(trimmed(*type)), *std::move(bytes)}) : std::nullopt;
  }

  PlainAnswer graphql(PlainRequest const& request, std::string& problem) {
    if (!settings.graphql) return not_found();
    auto const credentials = header(request, "authorization");
    if (credentials.empty()) return error_answer(403, "This endpoint requires you to be authenticated.");
    if (!settings.token.empty() && credentials != "Bearer " + settings.token) return error_answer(401, "Bad credentials");
    if (header(request, "user-agent").empty()) return error_answer(403, "Request forbidden by administrative rules");
    if (request.method != "POST") return not_found();
    store_objects();
    GraphqlWorld world;
    if (settings.repository_visible) world.repository = owner + "/" + name;
    world.text_bytes = settings.graphql_text_bytes;
    if (settings.serve_objects) world.object = [this](std::string const& sha) { return any_raw(sha); };
    auto reply = graphql_answer(world, request.body);
    problem = reply.problem;
    std::scoped_lock const lock(mutex);
    // A question that cannot be paid for is answered with 200 and an error.
    if (reply.cost > points_left)
      reply.body =
          R"({"errors":[{"type":"RATE_LIMITED","code":"graphql_rate_limit","message":"API rate limit already exceeded for site ID installation."}]})";
    else
      points_left -= reply.cost;
    PlainAnswer answer{200, {{"content-type", "application/json; charset=utf-8"}}, std::move(reply.body)};
    answer.headers["x-ratelimit-limit"] = std::to_string(settings.graphql_points);
    answer.headers["x-ratelimit-remaining"] = std::to_string(points_left);
    answer.headers["x-ratelimit-used"] = std::to_string(settings.graphql_points - points_left);
    answer.headers["x-ratelimit-reset"] = std::to_string(std::time(nullptr) + 3600);
    answer.headers["x-ratelimit-resource"] = "graphql";
    answer.headers["x-github-request-id"] = "ACR0:" + random_hex(8);
    return answer;
  }

  [[nodiscard]] std::string repository_url() const { return api_base + "/repos/" + owner + "/" + name; }

  bool is_hidden(std::string const& ref) const {
    std::scoped_lock const lock(mutex);
    return ref.starts_with("refs/tags/") && (all_tags_hidden || hidden_tags.contains(ref.substr(10)));
  }

  json::object ref_value(std::string const& ref, std::string const& type, std::string const& sha) const {
    return {{"ref", ref},
            {"node_id", "REF_" + sha.substr(0, 12)},
            {"url", repository_url() + "/git/" + ref},
            {"object", {{"type", type}, {"sha", sha}, {"url", repository_url() + "/git/" + type + "s/" + sha}}}};
  }

  PlainAnswer one_ref(std::string const& below) const {
    std::string const ref = "refs/" + below;
    if (is_hidden(ref)) return not_found();
    auto const found = git({"for-each-ref", "--format=%(refname) %(objecttype) %(objectname)", ref});
    if (!found) return not_found();
    for (auto const line : lines(*found)) {
      auto const parts = split(line, ' ');
      if (parts.size() == 3 && parts[0] == ref)
        return answer_with(200, ref_value(ref, std::string(parts[1]), std::string(parts[2])));
    }
    return not_found();
  }

  PlainAnswer matching_refs(std::string const& below, Query const& query, std::string const& path) const {
    std::string const prefix = "refs/" + below;
    json::array all;
    auto const found = git({"for-each-ref", "--format=%(refname) %(objecttype) %(objectname)"}).value_or("");
    for (auto const line : lines(found)) {
      auto const parts = split(line, ' ');
      if (parts.size() == 3 && parts[0].starts_with(prefix) && !is_hidden(std::string(parts[0])))
        all.push_back(ref_value(std::string(parts[0]), std::string(parts[1]), std::string(parts[2])));
    }
    // One answer has them all: github.com passes over per_page here, although its description declares a Link header.
    return settings.page_cap < 100 ? paged(all, query, path) : answer_with(200, all);
  }

  // Pages by number, as rules have them.
  PlainAnswer paged(json::array const& all, Query const& query, std::string const& path) const {
    auto const size = std::max<std::size_t>(1, std::min({query.number("per_page", 30), std::size_t{100}, settings.page_cap}));
    auto const page = std::max<std::size_t>(1, query.number("page", 1));
    auto const from = std::min(all.size(), (page - 1) * size);
    auto const to = std::min(all.size(), from + size);
    auto answer = answer_with(
        200, json::array(all.begin() + static_cast<std::ptrdiff_t>(from), all.begin() + static_cast<std::ptrdiff_t>(to)));
    if (to < all.size())
      answer.headers["link"] =
          next_link(api_base + path + "?per_page=" + std::to_string(size) + "&page=" + std::to_string(page + 1));
    return answer;
  }

  PlainAnswer rulesets_listing(Target const& target) const {
    auto const wanted = target.query.get("targets");
    json::array listed;
    for (auto const& each : rulesets) {
      if (!wanted.empty() && string_in(each, "target").value_or("") != wanted) continue;
      auto item = each.as_object();
      for (auto const* detail : {"conditions", "rules", "bypass_actors", "current_user_can_bypass"}) item.erase(detail);
      listed.push_back(std::move(item));
    }
    return paged(listed, target.query, target.path);
  }

  PlainAnswer one_ruleset(std::string const& number) const {
    for (auto const& each : rulesets)
      if (std::to_string(integer_in(each, "id").value_or(0)) == number) return answer_with(200, each);
    return not_found();
  }

  // As the job's own token sees it when the scenario says nothing.
  PlainAnswer classic_protection(std::string const& branch) const {
    if (protection.is_null()) return error_answer(403, "Resource not accessible by integration");
    auto const* found = find(protection, branch);
    return found != nullptr ? answer_with(200, *found) : error_answer(404, "Branch not protected");
  }

  PlainAnswer commit(std::string const& sha) const {
    auto const bytes = raw("commit", sha);
    if (!bytes) return not_found();
    auto const object = raw_object(*bytes);
    json::value answer = json::parse(description->example("git-commit-2"));
    auto& fields = answer.as_object();
    fields["sha"] = sha;
    fields["url"] = repository_url() + "/git/commits/" + sha;
    fields["message"] = object.message;
    for (auto const* role : {"author", "committer"}) {
      auto const person = person_in(object.first(role));
      fields[role] = {{"name", person.name}, {"email", person.email}, {"date", person.date}};
    }
    auto const tree = object.first("tree");
    fields["tree"] = {{"sha", tree}, {"url", repository_url() + "/git/trees/" + tree}};
    json::array parents;
    for (auto const& [key, value] : object.headers)
      if (key == "parent")
        parents.push_back({{"sha", value},
                           {"url", repository_url() + "/git/commits/" + value},
                           {"html_url", "https://github.com/" + owner + "/" + name + "/commit/" + value}});
    fields["parents"] = parents;
    return answer_with(200, answer);
  }

  PlainAnswer tag(std::string const& sha) const {
    auto const bytes = raw("tag", sha);
    if (!bytes) return not_found();
    auto const object = raw_object(*bytes);
    json::value answer = json::parse(description->example("git-tag"));
    auto& fields = answer.as_object();
    auto const person = person_in(object.first("tagger"));
    fields["tag"] = object.first("tag");
    fields["sha"] = sha;
    fields["url"] = repository_url() + "/git/tags/" + sha;
    fields["message"] = object.message;
    fields["tagger"] = {{"name", person.name}, {"email", person.email}, {"date", person.date}};
    fields["object"] = {{"sha", object.first("object")},
                        {"type", object.first("type")},
                        {"url", repository_url() + "/git/" + object.first("type") + "s/" + object.first("object")}};
    return answer_with(200, answer);
  }

  // The object alone; nothing points at it yet.
  PlainAnswer create_tag(PlainRequest const& request) {
    if (settings.read_only_token) return error_answer(403, "Resource not accessible by integration");
    auto const parsed = parse_json(request.body, "tag");
    if (!parsed) return error_answer(400, "Problems parsing JSON");
    auto const target = string_in(*parsed, "object").value_or(""), type = string_in(*parsed, "type").value_or("");
    if (trimmed(git({"cat-file", "-t", target}).value_or("")) != type) return error_answer(422, "Could not verify object");
    std::scoped_lock const lock(mutex);
    auto const file = scratch.path() / ("tag-" + random_hex(8));
    write_file(file,
               "object " + target + "\ntype " + type + "\ntag " + string_in(*parsed, "tag").value_or("") +
                   "\ntagger github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com> 1790000000 +0000\n\n" +
                   string_in(*parsed, "message").value_or(""));
    auto const made = git({"hash-object", "-t", "tag", "-w", file.string()});
    if (!made) return error_answer(422, "Invalid tag");
    auto answer = tag(std::string(trimmed(*made)));
    answer.status = 201;
    return answer;
  }

  // 422 for a ref that exists: GitHub says no more than that.
  PlainAnswer create_ref(PlainRequest const& request) {
    if (settings.read_only_token) return error_answer(403, "Resource not accessible by integration");
    auto const parsed = parse_json(request.body, "ref");
    auto const ref = parsed ? string_in(*parsed, "ref").value_or("") : "",
               sha = parsed ? string_in(*parsed, "sha").value_or("") : "";
    if (!ref.starts_with("refs/")) return error_answer(422, "Reference name must start with 'refs/'");
    std::scoped_lock const lock(mutex);
    bool const hidden = ref.starts_with("refs/tags/") && (all_tags_hidden || hidden_tags.contains(ref.substr(10)));
    if (!hidden && git({"rev-parse", "--verify", "--quiet", ref})) return error_answer(422, "Reference already exists");
    auto const type = std::string(trimmed(git({"cat-file", "-t", sha}).value_or("")));
    if (type.empty() || !git({"update-ref", ref, sha})) return error_answer(422, "Object does not exist");
    if (hidden) hidden_tags.erase(ref.substr(10));
    auto answer = answer_with(201, ref_value(ref, type, sha));
    return answer;
  }

  PlainAnswer tree(std::string const& sha, bool recursive) const {
    std::vector<std::string> arguments{"ls-tree", "-z", "-l"};
    if (recursive) arguments.insert(arguments.end(), {"-r", "-t"});
    arguments.push_back(sha);
    if (trimmed(git({"cat-file", "-t", sha}).value_or("")) != "tree") return not_found();
    auto const listed = git(arguments);
    if (!listed) return not_found();
    json::array entries;
    bool truncated = false;
    for (auto const record : split(*listed, '\0')) {
      if (record.empty()) continue;
      if (entries.size() == settings.truncate_trees_above) {
        truncated = true;
        break;
      }
      auto const tab = record.find('\t');
      std::vector<std::string> words;
      for (auto const word : split(record.substr(0, tab), ' '))
        if (!word.empty()) words.emplace_back(word);
      auto const kind = words[1] == "commit" ? std::string("commit") : words[1];
      json::object entry{{"path", record.substr(tab + 1)},
                         {"mode", words[0]},
                         {"type", kind},
                         {"sha", words[2]},
                         {"url", repository_url() + "/git/" + kind + "s/" + words[2]}};
      if (kind == "blob") entry["size"] = to_number(words[3]).value_or(0);
      entries.push_back(std::move(entry));
    }
    return answer_with(
        200, json::object{
                 {"sha", sha}, {"url", repository_url() + "/git/trees/" + sha}, {"tree", entries}, {"truncated", truncated}});
  }

  PlainAnswer blob(std::string const& sha, bool as_it_is) const {
    auto const bytes = raw("blob", sha);
    if (!bytes) return not_found();
    if (as_it_is) return {200, {{"content-type", "application/vnd.github.raw+json; charset=utf-8"}}, *bytes};
    auto const packed = base64(*bytes);
    std::string content;  // with line breaks, as GitHub sends it (G-19)
    for (std::size_t at = 0; at < packed.size(); at += 60) content += packed.substr(at, 60) + "\n";
    return answer_with(200, json::object{{"sha", sha},
                                         {"node_id", "B_" + sha.substr(0, 12)},
                                         {"size", bytes->size()},
                                         {"url", repository_url() + "/git/blobs/" + sha},
                                         {"content", content},
                                         {"encoding", "base64"}});
  }

  PlainAnswer compare(std::string const& range) const {
    auto const dots = range.find("...");
    if (dots == std::string::npos) return not_found();
    auto const base = range.substr(0, dots);
    auto const head = range.substr(dots + 3);
    auto const merge_base = git({"merge-base", base, head});
    if (!merge_base) return not_found();
    auto const count = [&](std::string const& from, std::string const& to) {
      return to_number(trimmed(git({"rev-list", "--count", from + ".." + to}).value_or("0"))).value_or(0);
    };
    auto const ahead = count(base, head);
    auto const behind = count(head, base);
    json::value answer = json::parse(description->example("commit-comparison"));
    auto& fields = answer.as_object();
    fields["base_commit"].as_object()["sha"] = base;
    fields["merge_base_commit"].as_object()["sha"] = trimmed(*merge_base);
    fields["status"] = ahead && behind ? "diverged" : ahead ? "ahead" : behind ? "behind" : "identical";
    fields["ahead_by"] = ahead;
    fields["behind_by"] = behind;
    fields["total_commits"] = ahead;
    return answer_with(200, answer);
  }

  json::object listed(Attestation& attestation, std::string_view version) {
    json::object entry{{"repository_id", attestation.repository_id}, {"initiator", attestation.initiator}};
    bool const keeps_bundle = version < "2026-03-10";
    if (keeps_bundle && (attestation.serve == "bundle" || attestation.serve == "both"))
      entry["bundle"] = json::parse(attestation.bundle);
    if (attestation.serve == "neither" || (keeps_bundle && attestation.serve == "bundle")) return entry;
    std::scoped_lock const lock(mutex);
    auto const number = ++attestation.links_given;
    entry["bundle_url"] = storage_base + "/attestations/" + std::to_string(attestation.repository_id) + "/2026/11/24/" +
                          attestation.id + ".json.sn?se=2026-11-24T20%3A00%3A00Z&sig=secret-" + std::to_string(number);
    return entry;
  }

  PlainAnswer listing(std::string const& subject, Target const& target, std::string_view version) {
    if (!settings.attestations) return not_found();
    if (!subject.starts_with("sha256:") || !is_lower_hex(std::string_view(subject).substr(7), 64))
      return error_answer(422, "Invalid request",
                          {{{"code", "invalid"}, {"field", "subject_digest"}, {"message", "not a digest"}}});
    std::shared_lock const reading(catalogue);
    std::vector<std::size_t> wanted;
    if (auto const found = by_subject.find(subject); found != by_subject.end() && !attestations_hidden)
      for (auto const index : found->second)
        if (has_predicate(attestations[index], target.query.get("predicate_type"))) wanted.push_back(index);
    if (wanted.empty()) return not_found();
    auto const size =
        std::max<std::size_t>(1, std::min({target.query.number("per_page", 30), std::size_t{100}, settings.page_cap}));
    auto const from = std::min(wanted.size(), cursor_position(target.query.get("after")));
    auto const to = std::min(wanted.size(), from + size);
    json::array entries;
    for (std::size_t i = from; i < to; ++i) entries.push_back(listed(attestations[wanted[i]], version));
    auto answer = answer_with(200, json::object{{"attestations", entries}});
    if (to < wanted.size()) {
      auto url = api_base + target.path + "?per_page=" + std::to_string(size);
      if (auto const filter = target.query.get("predicate_type"); !filter.empty())
        url += "&predicate_type=" + percent_encode(filter);
      answer.headers["link"] = next_link(url + "&after=" + percent_encode(cursor(to)));
    }
    return answer;
  }

  static std::string cursor(std::size_t position) { return base64("cursor:v2:" + std::to_string(position)); }
  static std::size_t cursor_position(std::string const& text) {
    auto const plain = from_base64(text).value_or("");
    return plain.starts_with("cursor:v2:") ? static_cast<std::size_t>(to_number(plain.substr(10)).value_or(0)) : 0;
  }

  PlainAnswer bulk_listing(std::string const& body, Query const& query, std::string_view version) {
    if (!settings.attestations || !settings.bulk_listing) return not_found();
    auto const parsed = parse_json(body, "bulk listing");
    auto const* subjects = parsed ? array_in(*parsed, "subject_digests") : nullptr;
    if (!subjects || subjects->empty() || subjects->size() > 1024) return error_answer(422, "Invalid request");
    auto const filter = string_in(*parsed, "predicate_type").value_or("");
    std::vector<std::pair<std::string, std::size_t>> wanted;
    json::object of;
    auto const from = cursor_position(query.get("after"));
    std::shared_lock const reading(catalogue);
    for (auto const& each : *subjects) {
      std::string const subject(each.as_string());
      bool any = false;
      if (auto const found = by_subject.find(subject); found != by_subject.end() && !attestations_hidden)
        for (auto const index : found->second)
          if (has_predicate(attestations[index], filter)) wanted.emplace_back(subject, index), any = true;
      if (!any && from == 0) of[subject] = nullptr;
    }
    auto const size = std::max<std::size_t>(1, std::min({query.number("per_page", 30), std::size_t{100}, settings.page_cap}));
    auto const to = std::min(wanted.size(), from + size);
    for (auto i = std::min(from, to); i < to; ++i) {
      auto& entries = of[wanted[i].first];
      if (!entries.is_array()) entries = json::array{};
      entries.as_array().push_back(listed(attestations[wanted[i].second], version));
    }
    json::object page{{"has_next", to < wanted.size()}, {"has_previous", from > 0}};
    page["next"] = to < wanted.size() ? json::value(cursor(to)) : json::value(nullptr);
    page["previous"] = from > 0 ? json::value(cursor(from > size ? from - size : 0)) : json::value(nullptr);
    return answer_with(200, json::object{{"attestations_subject_digests", of}, {"page_info", page}});
  }

  // What the attest action stores: listed from then on under each subject of its statement.
  PlainAnswer create_attestation(PlainRequest const& request) {
    if (!settings.attestations) return not_found();
    if (settings.read_only_token) return error_answer(403, "Resource not accessible by integration");
    auto const parsed = parse_json(request.body, "attestation");
    auto const* bundle = parsed ? find(*parsed, "bundle") : nullptr;
    auto const* envelope = bundle ? find(*bundle, "dsseEnvelope") : nullptr;
    auto const payload = envelope ? from_base64(string_in(*envelope, "payload").value_or("")) : std::nullopt;
    auto const statement = payload ? parse_json(*payload, "statement") : parse_json("", "statement");
    auto const* subjects = statement ? array_in(*statement, "subject") : nullptr;
    if (!subjects || subjects->empty()) return error_answer(422, "Validation Failed");
    Attestation one;
    one.repository_id = id;
    one.predicate_type = string_in(*statement, "predicateType").value_or("");
    one.initiator = "github";
    one.serve = "bundle_url";
    one.bundle = json::serialize(*bundle);
    std::unique_lock const writing(catalogue);
    auto number = first_created_id;
    for (auto const& each : attestations) number = std::max(number, to_number(each.id).value_or(0) + 1);
    one.id = std::to_string(number);
    for (auto const& subject : *subjects) {
      auto const* digest = find(subject, "digest");
      auto const hex = digest ? string_in(*digest, "sha256").value_or("") : "";
      if (!is_lower_hex(hex, 64)) return error_answer(422, "Validation Failed");
      one.listed_under.push_back("sha256:" + hex);
    }
    for (auto const& subject : one.listed_under) by_subject[subject].push_back(attestations.size());
    by_file[one.id + ".json.sn"] = attestations.size();
    attestations.push_back(std::move(one));
    return answer_with(201, json::object{{"id", number}});
  }

  json::value pull_value(json::value pull, std::string_view version) const {
    if (version >= "2026-03-10") {
      pull.as_object().erase("merge_commit_sha");
      pull.as_object().erase("assignee");
    }
    return pull;
  }

  PlainAnswer pull(PlainRequest const& request, std::uint64_t number, std::string_view version) {
    std::scoped_lock const lock(mutex);
    auto const found = pulls.find(number);
    if (found == pulls.end()) return not_found();
    if (request.method == "PATCH") {
      if (settings.read_only_token) return error_answer(403, "Resource not accessible by integration");
      auto const parsed = parse_json(request.body, "pull request");
      auto body = parsed ? string_in(*parsed, "body") : std::nullopt;
      if (!body) return error_answer(422, "Invalid request");
      std::size_t characters = 0;
      for (char const c : *body) characters += (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
      if (characters > 65536)
        return error_answer(422, "Validation Failed",
                            {{{"resource", "Issue"},
                              {"code", "custom"},
                              {"field", "body"},
                              {"message", "body is too long (maximum is 65536 characters)"}}});
      if (settings.normalize_line_ends)
        for (std::size_t at = 0; (at = body->find("\r\n", at)) != std::string::npos;) body->erase(at, 1);
      found->second.as_object()["body"] = *body;
    }
    return answer_with(200, pull_value(found->second, version));
  }

  PlainAnswer repository_answer() const {
    if (!settings.repository_visible) return not_found();
    json::value answer = json::parse(description->example("full-repository-default-response"));
    auto& fields = answer.as_object();
    fields["id"] = id;
    fields["name"] = name;
    fields["full_name"] = owner + "/" + name;
    fields["owner"].as_object()["login"] = owner;
    fields["owner"].as_object()["type"] = owner_type;
    return answer_with(200, answer);
  }

  PlainAnswer rate_answer(std::string_view version) const {
    json::value answer = json::parse(description->example("rate-limit-overview"));
    std::scoped_lock const lock(mutex);
    auto& core = answer.as_object()["resources"].as_object()["core"].as_object();
    core["limit"] = settings.rate_limit;
    core["remaining"] = remaining;
    core["used"] = settings.rate_limit - remaining;
    if (version >= "2026-03-10") answer.as_object().erase("rate");
    return answer_with(200, answer);
  }

  PlainAnswer meta_answer() const {
    json::value answer = json::parse(description->example("api-overview"));
    // The example's fingerprints are numbers where the schema wants strings.
    answer.as_object().erase("ssh_key_fingerprints");
    answer.as_object().erase("domains");
    if (settings.trust_domain)
      answer.as_object()["domains"] =
          json::object{{"artifact_attestations", json::object{{"trust_domain", *settings.trust_domain}}}};
    if (!settings.installed_version.empty()) answer.as_object()["installed_version"] = settings.installed_version;
    return answer_with(200, answer);
  }

  PlainAnswer remembered(std::string const& key, std::function<PlainAnswer()> const& make) {
    {
      std::scoped_lock const lock(mutex);
      if (auto const found = objects.find(key); found != objects.end()) return found->second;
    }
    auto answer = make();
    std::scoped_lock const lock(mutex);
    return objects.insert_or_assign(key, std::move(answer)).first->second;
  }

  PlainAnswer git_data(std::vector<std::string> const& parts, std::size_t at, Target const& target,
                       PlainRequest const& request) {
    auto const& kind = parts[at];
    auto const rest = joined(parts, at + 1);
    if (kind == "ref") return one_ref(rest);
    if (kind == "matching-refs") return matching_refs(rest, target.query, target.path);
    if (!settings.serve_objects) return not_found();
    bool const raw = header(request, "accept").find("raw") != std::string::npos;
    bool const recursive = !target.query.get("recursive").empty();
    return remembered(kind +
                          (raw         ? "+raw "
                           : recursive ? "+all "
                                       : " ") +
                          rest,
                      [&]() -> PlainAnswer {
                        if (kind == "commits") return commit(rest);
                        if (kind == "tags") return tag(rest);
                        if (kind == "trees") return tree(rest, recursive);
                        if (kind == "blobs") return blob(rest, raw);
                        return not_found();
                      });
  }

  // Answers below /repos/{owner}/{repo} or /repositories/{id}; `at` is the first segment behind that.
  PlainAnswer below_repository(PlainRequest const& request, Target const& target, std::size_t at, std::string_view version) {
    auto const& parts = target.segments;
    if (parts.size() == at) return repository_answer();
    if (!settings.repository_visible) return not_found();
    if (parts[at] == "attestations" && parts.size() == at + 1 && request.method == "POST") return create_attestation(request);
    if (parts[at] == "attestations" && parts.size() > at + 1) return listing(joined(parts, at + 1), target, version);
    if (parts[at] == "git" && parts.size() == at + 2 && request.method == "POST")
      return parts[at + 1] == "tags" ? create_tag(request) : parts[at + 1] == "refs" ? create_ref(request) : not_found();
    if (parts[at] == "git" && parts.size() > at + 2) return git_data(parts, at + 1, target, request);
    if (parts[at] == "compare" && parts.size() > at + 1)
      return settings.serve_objects ? compare(joined(parts, at + 1)) : not_found();
    if (parts[at] == "pulls" && parts.size() == at + 2) return pull(request, to_number(parts[at + 1]).value_or(0), version);
    if (parts[at] == "rules" && parts.size() > at + 2 && parts[at + 1] == "branches") {
      auto const own = rules_of.find(joined(parts, at + 2));
      return paged(own == rules_of.end() ? rules : own->value().as_array(), target.query, target.path);
    }
    if (parts[at] == "rulesets") return parts.size() == at + 1 ? rulesets_listing(target) : one_ruleset(parts[at + 1]);
    if (parts[at] == "branches" && parts.size() > at + 2 && parts.back() == "protection") {
      auto branch = joined(parts, at + 1);
      return classic_protection(branch.substr(0, branch.rfind('/')));
    }
    if (parts[at] == "codeowners" && parts.size() == at + 2) return answer_with(200, json::object{{"errors", owner_errors}});
    return not_found();
  }

  PlainAnswer dispatch(PlainRequest const& request, std::string_view version) {
    auto const target = target_in(request.target);
    auto const& parts = target.segments;
    if (parts.size() == 1 && parts[0] == "versions") {
      json::array versions;
      for (auto const& each : settings.api_versions) versions.emplace_back(each);
      return answer_with(200, versions);
    }
    if (parts.size() == 1 && parts[0] == "meta") return meta_answer();
    if (parts.size() == 1 && parts[0] == "rate_limit") return rate_answer(version);
    if (parts.size() == 4 && (parts[0] == "orgs" || parts[0] == "users") && parts[2] == "attestations" &&
        parts[3] == "bulk-list" && equal_ignoring_ascii_case(parts[1], owner) &&
        (parts[0] == "orgs") == (owner_type == "Organization"))
      return bulk_listing(request.body, target.query, version);
    if (parts.size() >= 3 && parts[0] == "repos") {
      auto const full_name = parts[1] + "/" + parts[2];
      if (equal_ignoring_ascii_case(full_name, owner + "/" + name)) return below_repository(request, target, 3, version);
      if (!settings.renamed_from.empty() && equal_ignoring_ascii_case(full_name, settings.renamed_from)) {
        auto const rest = request.target.substr(std::string("/repos/" + full_name).size());
        auto const location = api_base + "/repositories/" + std::to_string(id) + rest;
        auto answer = error_answer(request.method == "GET" ? 301 : 307, "Moved Permanently");
        answer.headers["location"] = location;
        return answer;
      }
    }
    if (parts.size() >= 2 && parts[0] == "repositories" && parts[1] == std::to_string(id))
      return below_repository(request, target, 2, version);
    return not_found();
  }

  PlainAnswer answer(PlainRequest const& request) {
    if (header(request, "user-agent").empty()) return error_answer(403, "Request forbidden by administrative rules");
    auto const credentials = header(request, "authorization");
    if (!settings.token.empty() && credentials != "Bearer " + settings.token)
      return error_answer(401, credentials.empty() ? "Requires authentication" : "Bad credentials");
    auto const named = header(request, "x-github-api-version");
    auto const version = named.empty() ? std::string("2022-11-28") : named;
    if (std::find(settings.api_versions.begin(), settings.api_versions.end(), version) == settings.api_versions.end() &&
        !named.empty())
      return error_answer(400, "The API version " + named + " is not supported, see /versions");
    auto reply = dispatch(request, version);
    if (reply.status == 200 && request.method == "GET") {
      auto const tag = "W/\"" + hex(sha256(reply.body)).substr(0, 32) + "\"";
      reply.headers["etag"] = tag;
      if (header(request, "if-none-match") == tag) reply = {304, {{"etag", tag}}, ""};
    }
    return reply;
  }
};

GithubAnswers::GithubAnswers(GithubSettings settings, fs::path const& description)
    : state_(std::make_unique<State>(std::move(settings), description)) {}
GithubAnswers::~GithubAnswers() = default;

void GithubAnswers::set_origins(std::string api_base, std::string storage) {
  state_->api_base = std::move(api_base);
  state_->storage_base = std::move(storage);
}

PlainAnswer GithubAnswers::api(PlainRequest const& request) {
  auto reply = state_->answer(request);
  std::scoped_lock const lock(state_->mutex);
  if (reply.status != 304 && !request.target.starts_with("/rate_limit") && state_->remaining > 0) --state_->remaining;
  reply.headers["x-ratelimit-limit"] = std::to_string(state_->settings.rate_limit);
  reply.headers["x-ratelimit-remaining"] = std::to_string(state_->remaining);
  reply.headers["x-ratelimit-used"] = std::to_string(state_->settings.rate_limit - state_->remaining);
  reply.headers["x-ratelimit-reset"] = std::to_string(std::time(nullptr) + 3600);
  reply.headers["x-ratelimit-resource"] = "core";
  reply.headers["x-github-request-id"] = "ACR0:" + random_hex(8);
  return reply;
}

PlainAnswer GithubAnswers::graphql(PlainRequest const& request, std::string& problem) {
  return state_->graphql(request, problem);
}

PlainAnswer GithubAnswers::storage(PlainRequest const& request) {
  auto const refuse = [](int status, std::string const& code) {
    return PlainAnswer{
        status, {{"content-type", "application/xml"}}, "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code></Error>"};
  };
  if (!header(request, "authorization").empty()) return refuse(400, "InvalidAuthenticationInfo");
  if (header(request, "accept").find("github") != std::string::npos) return refuse(400, "InvalidHeaderValue");
  for (auto const& [name, value] : request.headers)
    if (name.starts_with("x-github-")) return refuse(400, "InvalidHeaderValue");
  if (header(request, "user-agent").empty()) return refuse(400, "MissingRequiredHeader");
  if (request.method != "GET") return refuse(405, "UnsupportedHttpVerb");
  auto const target = target_in(request.target);
  if (target.segments.size() < 2 || target.segments[0] != "attestations") return refuse(404, "BlobNotFound");
  auto const signature = target.query.get("sig");
  auto const number = signature.starts_with("secret-") ? to_number(signature.substr(7)).value_or(0) : 0;
  if (number <= state_->settings.dead_links) return refuse(403, "AuthenticationFailed");
  std::shared_lock const reading(state_->catalogue);
  if (auto const found = state_->by_file.find(target.segments.back()); found != state_->by_file.end())
    return {200,
            {{"content-type", "application/octet-stream"}},
            test::packed_by_snappy(state_->attestations[found->second].bundle)};
  return refuse(404, "BlobNotFound");
}

std::filesystem::path GithubAnswers::repository() const { return state_->repository; }

void GithubAnswers::hide_attestations(bool hidden) { state_->attestations_hidden = hidden; }

void GithubAnswers::hide_tag(std::string const& name) {
  std::scoped_lock const lock(state_->mutex);
  state_->hidden_tags.insert(name);
}

void GithubAnswers::show_tag(std::string const& name) {
  std::scoped_lock const lock(state_->mutex);
  state_->hidden_tags.erase(name);
}

void GithubAnswers::put_tag(std::string const& name, std::string const& commit, std::string const& message) {
  auto const tag = state_->create_tag(
      {.method = "POST",
       .target = {},
       .headers = {},
       .body = json::serialize(json::object{{"tag", name}, {"object", commit}, {"type", "commit"}, {"message", message}})});
  auto const sha = tag.status == 201 ? string_in(parse_json(tag.body, "tag").value(), "sha").value_or("") : "";
  auto const ref = state_->create_ref({.method = "POST",
                                       .target = {},
                                       .headers = {},
                                       .body = json::serialize(json::object{{"ref", "refs/tags/" + name}, {"sha", sha}})});
  if (ref.status != 201) throw std::runtime_error("the tag " + name + " was not made");
}

std::optional<std::string> GithubAnswers::pull_body(std::uint64_t number) const {
  std::scoped_lock const lock(state_->mutex);
  return string_in(state_->pulls.at(number), "body");
}

void GithubAnswers::set_pull_body(std::uint64_t number, std::optional<std::string> const& body) {
  std::scoped_lock const lock(state_->mutex);
  state_->pulls.at(number).as_object()["body"] = body ? json::value(*body) : json::value(nullptr);
}

void GithubAnswers::open_pull(std::string const& event) { state_->read_event(parse_json(event, "event").value()); }

void GithubAnswers::set_pull_field(std::uint64_t number, std::vector<std::string> const& where, std::string const& text) {
  std::scoped_lock const lock(state_->mutex);
  json::value* at = &state_->pulls.at(number);
  for (auto const& step : where) at = &at->as_object()[step];
  *at = json::parse(text);
}

}  // namespace acr::loopback

// Git objects by the hundred (github-api.md G-36 … G-39).
#include "github/bulk_objects.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>
#include <utility>

#include "git/object_format.hpp"
#include "github/git_answers.hpp"
#include "github/limits.hpp"
#include "net/gate.hpp"
#include "net/http.hpp"
#include "support/json.hpp"
#include "support/parallel.hpp"
#include "support/text.hpp"

namespace acr::github {
namespace {

namespace json = boost::json;
using git::ObjectId;
using git::ObjectType;

// A commit with more is a rare octopus; it comes by REST.
constexpr std::int64_t parents_asked = 10;

// The fields of which each type's bytes can be put together. Names are those of GitHub's public schema.
std::string_view fields_of(ObjectType type) {
  switch (type) {
    case ObjectType::blob:
      return "fragment F on Blob{byteSize isBinary isTruncated text}";
    case ObjectType::tree:
      return "fragment F on Tree{entries{name mode oid}}";
    case ObjectType::commit:
      return "fragment F on Commit{tree{oid}parents(first:10){totalCount nodes{oid}}"
             "author{name email date}committer{name email date}message signature{signature}}";
    case ObjectType::tag:
      return "fragment F on Tag{name message tagger{name email date}target{__typename oid ...C}}"
             "fragment C on Commit{tree{oid entries{name mode oid}}parents(first:10){totalCount nodes{oid}}"
             "author{name email date}committer{name email date}message signature{signature}}";
  }
  return {};
}
static_assert(parents_asked == 10);

std::string_view typename_of(ObjectType type) {
  switch (type) {
    case ObjectType::blob:
      return "Blob";
    case ObjectType::tree:
      return "Tree";
    case ObjectType::commit:
      return "Commit";
    case ObjectType::tag:
      return "Tag";
  }
  return {};
}

bool has_id(ObjectType type, std::string_view bytes, ObjectId const& id) {
  return git::object_id(type, bytes, git::algorithm_of(id)) == id;
}

std::optional<std::string> blob_bytes(json::value const& value) {
  auto const* binary = find(value, "isBinary");
  auto const* truncated = find(value, "isTruncated");
  if (!binary || !binary->is_bool() || binary->get_bool()) return std::nullopt;
  if (!truncated || !truncated->is_bool() || truncated->get_bool()) return std::nullopt;
  auto text = string_in(value, "text");
  if (!text || integer_in(value, "byteSize") != static_cast<std::int64_t>(text->size())) return std::nullopt;
  return text;
}

std::string octal(std::int64_t mode) {
  std::string digits;
  for (; mode > 0; mode /= 8) digits.insert(digits.begin(), static_cast<char>('0' + mode % 8));
  return digits;
}

std::optional<std::string> tree_bytes(json::value const& value, ObjectId const& id) {
  auto const* entries = array_in(value, "entries");
  if (!entries) return std::nullopt;
  git::Tree tree;
  tree.entries.reserve(entries->size());
  for (auto const& each : *entries) {
    auto name = string_in(each, "name");
    auto oid = string_in(each, "oid");
    auto const number = integer_in(each, "mode");
    auto const mode = number ? git::entry_mode(octal(*number)) : std::nullopt;
    if (!name || !oid || !mode || !git::is_object_id(*oid) || oid->size() != id.size()) return std::nullopt;
    tree.entries.push_back({.name = *std::move(name), .mode = *mode, .id = *std::move(oid), .size = {}});
  }
  git::sort_entries(tree);
  return git::serialize_tree(tree);
}

// "Name <mail> 1700000000 +0200": GraphQL keeps the time zone of a person's date.
std::optional<std::string> person_line(json::value const& value, std::string_view role) {
  auto const* person = find(value, role);
  if (!person) return std::nullopt;
  auto const name = string_in(*person, "name"), email = string_in(*person, "email"), date = string_in(*person, "date");
  if (!name || !email || !date) return std::nullopt;
  auto const seconds = rfc3339_seconds(*date);
  if (!seconds) return std::nullopt;
  std::string zone = "+0000";
  if (!date->ends_with('Z') && !date->ends_with('z')) zone = date->substr(date->size() - 6, 3) + date->substr(date->size() - 2);
  return *name + " <" + *email + "> " + std::to_string(*seconds) + " " + zone;
}

// A message as it may have been: with and without the line end that interfaces like to drop.
std::array<std::string, 2> messages_of(std::string const& message) { return {message, message + "\n"}; }

std::optional<std::string> commit_bytes(json::value const& value, ObjectId const& id) {
  auto const* tree = find(value, "tree");
  auto const* parents = find(value, "parents");
  auto const* nodes = parents ? array_in(*parents, "nodes") : nullptr;
  auto const author = person_line(value, "author"), committer = person_line(value, "committer");
  auto const message = string_in(value, "message");
  if (!tree || !nodes || !author || !committer || !message) return std::nullopt;
  if (integer_in(*parents, "totalCount") != static_cast<std::int64_t>(nodes->size())) return std::nullopt;
  std::string head = "tree " + string_in(*tree, "oid").value_or("") + "\n";
  for (auto const& parent : *nodes) head += "parent " + string_in(parent, "oid").value_or("") + "\n";
  head += "author " + *author + "\ncommitter " + *committer + "\n";
  if (auto const* signature = find(value, "signature"); signature && signature->is_object()) {
    head += id.size() == 64 ? "gpgsig-sha256 " : "gpgsig ";
    for (char const c : string_in(*signature, "signature").value_or("")) {
      head += c;
      if (c == '\n') head += ' ';
    }
    head += '\n';
  }
  for (auto const& each : messages_of(*message))
    if (auto bytes = head + "\n" + each; has_id(ObjectType::commit, bytes, id)) return bytes;
  return std::nullopt;
}

std::optional<std::string> tag_bytes(json::value const& value, ObjectId const& id) {
  auto const name = string_in(value, "name"), message = string_in(value, "message");
  auto const* target = find(value, "target");
  auto const tagger = person_line(value, "tagger");
  if (!name || !message || !target || !tagger) return std::nullopt;
  std::string const head = "object " + string_in(*target, "oid").value_or("") + "\ntype " +
                           to_lower_ascii(string_in(*target, "__typename").value_or("")) + "\ntag " + *name + "\ntagger " +
                           *tagger + "\n";
  for (auto const& each : messages_of(*message))
    if (auto bytes = head + "\n" + each; has_id(ObjectType::tag, bytes, id)) return bytes;
  return std::nullopt;
}

// The bytes of one object, when they have its id (G-37).
std::optional<std::string> proven(json::value const& value, ObjectType type, ObjectId const& id) {
  if (string_in(value, "__typename") != std::string(typename_of(type))) return std::nullopt;
  switch (type) {
    case ObjectType::commit:
      return commit_bytes(value, id);
    case ObjectType::tag:
      return tag_bytes(value, id);
    case ObjectType::blob:
    case ObjectType::tree: {
      auto bytes = type == ObjectType::blob ? blob_bytes(value) : tree_bytes(value, id);
      if (bytes && has_id(type, *bytes, id)) return bytes;
      return std::nullopt;
    }
  }
  return std::nullopt;
}

bool names_a_limit(json::value const& answer) {
  auto const* errors = array_in(answer, "errors");
  return errors &&
         std::ranges::any_of(*errors, [](json::value const& error) { return string_in(error, "type") == "RATE_LIMITED"; });
}

std::string alias(std::size_t i) { return "o" + std::to_string(i); }

}  // namespace

std::string bulk_query(Repository const& repository, ObjectType type, std::vector<ObjectId> const& ids) {
  std::string query = "query($owner:String!,$name:String!){repository(owner:$owner,name:$name){";
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!git::is_object_id(ids[i])) throw std::logic_error("not an object id: " + ids[i]);
    query += alias(i) + ":object(oid:\"" + ids[i] + "\"){__typename ...F}";
  }
  query += "}}";
  query += fields_of(type);
  return json::serialize(
      json::object{{"query", query}, {"variables", {{"owner", repository.owner}, {"name", repository.name}}}});
}

BulkAnswer read_bulk_answer(std::string_view body, ObjectType type, std::vector<ObjectId> const& ids) {
  BulkAnswer result;
  JsonLimits bounds;
  bounds.max_bytes = limits::bulk_bytes;
  bounds.max_depth = limits::json_depth;
  auto const answer = parse_json(body, "answer", bounds);
  if (!answer) return result;
  result.limited = names_a_limit(*answer);
  auto const* data = find(*answer, "data");
  auto const* repository = data ? find(*data, "repository") : nullptr;
  if (!repository || !repository->is_object()) return result;
  result.usable = true;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    auto const* value = find(*repository, alias(i));
    if (!value) continue;
    auto bytes = proven(*value, type, ids[i]);
    if (!bytes) continue;
    result.objects.push_back({ids[i], type, *std::move(bytes)});
    if (type != ObjectType::tag) continue;
    auto const* target = find(*value, "target");  // its id is the proven tag's own word
    auto const target_id = target ? string_in(*target, "oid").value_or("") : std::string();
    if (!git::is_object_id(target_id)) continue;
    auto commit = proven(*target, ObjectType::commit, target_id);
    if (!commit) continue;
    result.objects.push_back({target_id, ObjectType::commit, *std::move(commit)});
    auto const* root = find(*target, "tree");  // as the proven commit names it
    auto const root_id = string_in(*root, "oid").value_or("");
    if (!git::is_object_id(root_id)) continue;
    if (auto tree = tree_bytes(*root, root_id); tree && has_id(ObjectType::tree, *tree, root_id))
      result.objects.push_back({root_id, ObjectType::tree, *std::move(tree)});
  }
  return result;
}

struct BulkObjects::State {
  Api& api;
  net::Gate gate;
  std::atomic<bool> turned_down{false};
  std::atomic<std::size_t> failures{0};

  explicit State(Api& caller) : api(caller), gate(caller.clock(), limits::bulk_requests) {}

  [[nodiscard]] bool usable() const { return !turned_down && failures < limits::bulk_failures; }

  enum class Came { answer, too_much, nothing, refusal };  ///< refusal: GraphQL itself is not to be had

  Came asked(ObjectType type, std::vector<ObjectId> const& ids, std::string& body) {
    Call call;
    call.method = "POST";
    call.graphql = true;
    call.names_version = false;
    call.accept = "application/json";
    call.body = bulk_query(api.repository(), type, ids);
    call.body_limit = limits::bulk_bytes;
    try {
      auto const place = gate.enter();
      body = api.call(call).body;
      return Came::answer;
    } catch (ApiError const& error) {
      return error.http_status() < 500 ? Came::refusal : Came::nothing;
    } catch (net::NetworkError const& error) {
      switch (error.failure()) {
        case net::Failure::too_large:
          return Came::too_much;
        case net::Failure::timeout:
        case net::Failure::closed_early:
        case net::Failure::truncated:
          return Came::nothing;
        default:
          return Came::refusal;
      }
    }
  }

  // G-38: what is too much for one answer may fit into two.
  void fetch(ObjectType type, std::vector<ObjectId> const& ids, std::function<void(ProvenObject)> const& take) {
    if (!usable()) return;
    std::string body;
    auto const came = asked(type, ids, body);
    auto answer = came == Came::answer ? read_bulk_answer(body, type, ids) : BulkAnswer{};
    if (came == Came::refusal || answer.limited) turned_down = true;
    for (auto& object : answer.objects) take(std::move(object));
    if (answer.usable || turned_down) return;
    if (came != Came::too_much) ++failures;
    if (ids.size() < 2 * limits::bulk_from) return;
    auto const middle = ids.begin() + static_cast<std::ptrdiff_t>(ids.size() / 2);
    fetch(type, {ids.begin(), middle}, take);
    fetch(type, {middle, ids.end()}, take);
  }
};

BulkObjects::BulkObjects(Api& api) : state_(std::make_unique<State>(api)) {}
BulkObjects::~BulkObjects() = default;

bool BulkObjects::would_ask(std::size_t objects) const {
  return objects >= limits::bulk_from && !state_->api.settings().token.empty() && state_->usable();
}

void BulkObjects::fetch(ObjectType type, std::vector<ObjectId> const& ids, std::function<void(ProvenObject)> const& take) {
  if (!would_ask(ids.size())) return;
  auto const parts = (ids.size() + limits::bulk_objects - 1) / limits::bulk_objects;
  for_each_index(parts, limits::bulk_requests, [&](std::size_t part) {
    auto const from = ids.begin() + static_cast<std::ptrdiff_t>(part * limits::bulk_objects);
    auto const to = ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), (part + 1) * limits::bulk_objects));
    state_->fetch(type, {from, to}, take);
  });
}

}  // namespace acr::github

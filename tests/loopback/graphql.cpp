// The part of GitHub's GraphQL that answers about git objects.
#include "loopback/graphql.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <ctime>
#include <map>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "support/encoding.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace acr::loopback {
namespace {

namespace json = boost::json;

constexpr std::size_t node_limit = 500000;
constexpr std::size_t requests_of_a_point = 100;

// What GitHub answers without data.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Selection {
  std::string alias, field;  ///< of a field
  std::map<std::string, json::value> arguments;
  std::string on, fragment;  ///< `... on Type {…}`, `...Name`
  std::vector<Selection> below;
};
using Selections = std::vector<Selection>;

class QueryParser {
 public:
  QueryParser(std::string_view text, json::value const& variables) : rest_(text), variables_(variables) {}

  Selections operation;
  std::map<std::string, std::pair<std::string, Selections>> fragments;  ///< type and fields

  void run() {
    for (skip(); !rest_.empty(); skip()) {
      if (peek() == '{') {
        operation = selections();
        continue;
      }
      auto const word = name();
      if (word == "query") {
        while (!rest_.empty() && peek() != '{') rest_.remove_prefix(1);  // name and declared variables
        operation = selections();
      } else if (word == "fragment") {
        auto const fragment = name();
        if (name() != "on") fail("on");
        auto type = name();
        fragments[fragment] = {std::move(type), selections()};
      } else {
        fail("query");
      }
    }
  }

 private:
  std::string_view rest_;
  json::value const& variables_;

  [[noreturn]] void fail(std::string const& wanted) const {
    throw Refused("Parse error, expecting " + wanted + " at \"" + std::string(rest_.substr(0, 20)) + "\"");
  }
  void skip() {
    while (!rest_.empty() && (std::isspace(static_cast<unsigned char>(rest_.front())) != 0 || rest_.front() == ','))
      rest_.remove_prefix(1);
  }
  char peek() {
    skip();
    return rest_.empty() ? '\0' : rest_.front();
  }
  bool take(std::string_view token) {
    skip();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  void need(std::string_view token) {
    if (!take(token)) fail(std::string(token));
  }
  std::string name() {
    skip();
    std::size_t end = 0;
    while (end < rest_.size() && (std::isalnum(static_cast<unsigned char>(rest_[end])) != 0 || rest_[end] == '_')) ++end;
    if (end == 0) fail("a name");
    std::string word(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return word;
  }
  json::value value() {
    if (take("$")) {
      auto const* found = find(variables_, name());
      return found ? *found : json::value(nullptr);
    }
    if (take("\"")) {
      auto const end = rest_.find('"');
      if (end == std::string_view::npos) fail("\"");
      json::value text(rest_.substr(0, end));
      rest_.remove_prefix(end + 1);
      return text;
    }
    auto const word = name();
    if (auto const number = to_number(word)) return json::value(*number);
    return json::value(word);
  }
  Selections selections() {
    Selections all;
    need("{");
    while (!take("}")) {
      auto& one = all.emplace_back();
      if (take("...")) {
        auto const word = name();
        if (word != "on") {
          one.fragment = word;
          continue;
        }
        one.on = name();
        one.below = selections();
        continue;
      }
      one.alias = one.field = name();
      if (take(":")) one.field = name();
      if (take("("))
        while (!take(")")) {
          auto const argument = name();
          need(":");
          one.arguments[argument] = value();
        }
      if (peek() == '{') one.below = selections();
    }
    return all;
  }
};

std::string two_digits(std::int64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); }

// What is not UTF-8 comes as something else.
std::string as_utf8(std::string_view bytes) {
  if (is_utf8(bytes)) return std::string(bytes);
  std::string text;
  for (char const c : bytes) text += static_cast<unsigned char>(c) < 0x80 ? std::string(1, c) : "\xef\xbf\xbd";
  return text;
}

// "Name <mail> 1700000000 +0200" as a GitActor. Its date keeps the time zone: GitTimestamp is not DateTime.
json::value actor_of(std::string_view line) {
  auto const open = line.rfind('<'), close = line.rfind('>');
  if (open == std::string_view::npos || close == std::string_view::npos) return nullptr;
  auto const rest = split(trimmed(line.substr(close + 1)), ' ');
  if (rest.size() != 2 || rest[1].size() != 5) return nullptr;
  auto const zone = rest[1];
  std::int64_t const minutes = std::stoi(std::string(zone.substr(1, 2))) * 60 + std::stoi(std::string(zone.substr(3, 2)));
  auto const local = static_cast<std::time_t>(std::stoll(std::string(rest[0])) + (zone[0] == '-' ? -60 : 60) * minutes);
  std::tm parts{};
  gmtime_r(&local, &parts);
  char text[32];
  std::string date(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts));
  date += minutes == 0 ? "Z" : std::string(1, zone[0]) + two_digits(minutes / 60) + ":" + two_digits(minutes % 60);
  return json::object{
      {"name", as_utf8(trimmed(line.substr(0, open)))}, {"email", line.substr(open + 1, close - open - 1)}, {"date", date}};
}

struct Headers {
  std::vector<std::pair<std::string, std::string>> all;  ///< continuation lines joined with a line end
  std::string message;
  [[nodiscard]] std::string first(std::string_view name) const {
    for (auto const& [key, value] : all)
      if (key == name) return value;
    return {};
  }
};

Headers headers_of(std::string_view bytes) {
  Headers headers;
  auto const end = bytes.find("\n\n");
  headers.message = end == std::string_view::npos ? "" : std::string(bytes.substr(end + 2));
  for (auto const line : split(bytes.substr(0, end), '\n')) {
    if (line.starts_with(' ')) {
      headers.all.back().second += "\n" + std::string(line.substr(1));
      continue;
    }
    auto const space = line.find(' ');
    headers.all.emplace_back(line.substr(0, space), line.substr(std::min(line.size(), space + 1)));
  }
  return headers;
}

class Executor {
 public:
  Executor(GraphqlWorld const& world, QueryParser const& parsed) : world_(world), parsed_(parsed) {}

  json::object query() {
    json::object data;
    for (auto const& each : parsed_.operation) {
      if (each.field != "repository") unknown("Query", each.field);
      data[each.alias] = repository(each);
    }
    return data;
  }

  json::array errors;
  std::size_t connections = 0, nodes = 0;

 private:
  GraphqlWorld const& world_;
  QueryParser const& parsed_;

  [[noreturn]] static void unknown(std::string const& type, std::string const& field) {
    throw Refused("Field '" + field + "' doesn't exist on type '" + type + "'");
  }

  // The fields that are asked of a value of this type; fragments on other types do not apply.
  std::vector<Selection const*> fields_of(Selections const& selections, std::string const& type) const {
    std::vector<Selection const*> fields;
    for (auto const& each : selections) {
      if (!each.field.empty()) {
        fields.push_back(&each);
        continue;
      }
      auto const* on = &each.on;
      auto const* below = &each.below;
      if (!each.fragment.empty()) {
        auto const found = parsed_.fragments.find(each.fragment);
        if (found == parsed_.fragments.end()) throw Refused("Fragment " + each.fragment + " was used, but not defined");
        on = &found->second.first;
        below = &found->second.second;
      }
      if (*on != type) continue;
      auto const more = fields_of(*below, type);
      fields.insert(fields.end(), more.begin(), more.end());
    }
    return fields;
  }

  json::value repository(Selection const& asked) {
    auto const text = [&](char const* name) {
      auto const found = asked.arguments.find(name);
      if (found == asked.arguments.end() || !found->second.is_string())
        throw Refused(std::string("Field 'repository' is missing required arguments: ") + name);
      return std::string(found->second.get_string());
    };
    auto const full_name = text("owner") + "/" + text("name");
    if (world_.repository.empty() || !equal_ignoring_ascii_case(full_name, world_.repository)) {
      errors.push_back(json::object{{"type", "NOT_FOUND"},
                                    {"path", json::array{asked.alias}},
                                    {"message", "Could not resolve to a Repository with the name '" + full_name + "'."}});
      return nullptr;
    }
    json::object value;
    for (auto const* each : fields_of(asked.below, "Repository")) {
      if (each->field != "object") unknown("Repository", each->field);
      auto const oid = each->arguments.find("oid");
      if (oid == each->arguments.end() || !oid->second.is_string()) throw Refused("object: oid or expression is required");
      value[each->alias] = object(std::string(oid->second.get_string()), each->below);
    }
    return value;
  }

  json::value object(std::string const& oid, Selections const& asked) {
    auto const found = world_.object ? world_.object(oid) : std::nullopt;
    if (!found) return nullptr;
    std::string type = found->type;
    type[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(type[0])));
    json::object value;
    auto const headers = type == "Commit" || type == "Tag" ? headers_of(found->bytes) : Headers{};
    for (auto const* each : fields_of(asked, type)) {
      auto& field = value[each->alias];
      if (each->field == "__typename")
        field = type;
      else if (each->field == "oid")
        field = oid;
      else if (type == "Blob")
        field = blob_field(*each, found->bytes);
      else if (type == "Tree")
        field = tree_field(*each, found->bytes, oid.size() / 2);
      else if (type == "Commit")
        field = commit_field(*each, headers);
      else
        field = tag_field(*each, headers);
    }
    return value;
  }

  json::value blob_field(Selection const& asked, std::string const& bytes) const {
    bool const binary = bytes.find('\0') != std::string::npos;
    bool const cut = bytes.size() > world_.text_bytes;
    if (asked.field == "byteSize") return json::value(bytes.size());
    if (asked.field == "isBinary") return json::value(binary);
    if (asked.field == "isTruncated") return json::value(cut);
    if (asked.field == "text") return binary ? json::value(nullptr) : json::value(as_utf8(bytes.substr(0, world_.text_bytes)));
    unknown("Blob", asked.field);
  }

  json::value tree_field(Selection const& asked, std::string_view bytes, std::size_t id_bytes) const {
    if (asked.field != "entries") unknown("Tree", asked.field);
    json::array entries;
    while (!bytes.empty()) {
      auto const space = bytes.find(' '), nul = bytes.find('\0');
      std::string const octal(bytes.substr(0, space)), name(bytes.substr(space + 1, nul - space - 1));
      auto const id = hex(bytes.substr(nul + 1, id_bytes));
      bytes.remove_prefix(nul + 1 + id_bytes);
      json::object entry;
      for (auto const* each : fields_of(asked.below, "TreeEntry")) {
        auto& field = entry[each->alias];
        if (each->field == "name")
          field = as_utf8(name);
        else if (each->field == "mode")
          field = std::stoi(octal, nullptr, 8);
        else if (each->field == "type")
          field = octal == "40000" ? "tree" : octal == "160000" ? "commit" : "blob";
        else if (each->field == "oid")
          field = id;
        else
          unknown("TreeEntry", each->field);
      }
      entries.push_back(std::move(entry));
    }
    return entries;
  }

  json::value picked(Selection const& asked, std::string const& type, json::value const& whole) const {
    if (!whole.is_object()) return nullptr;
    json::object value;
    for (auto const* each : fields_of(asked.below, type)) {
      auto const* found = find(whole, each->field);
      if (!found) unknown(type, each->field);
      value[each->alias] = *found;
    }
    return value;
  }

  json::value commit_field(Selection const& asked, Headers const& headers) {
    if (asked.field == "author" || asked.field == "committer")
      return picked(asked, "GitActor", actor_of(headers.first(asked.field)));
    if (asked.field == "message")  // without the line end, as GitHub shows it
      return json::value(
          as_utf8(headers.message.substr(0, headers.message.size() - (headers.message.ends_with('\n') ? 1 : 0))));
    if (asked.field == "tree") return object(headers.first("tree"), asked.below);
    if (asked.field == "signature") {
      auto const signature = headers.first("gpgsig");
      return signature.empty() ? json::value(nullptr) : picked(asked, "GitSignature", json::object{{"signature", signature}});
    }
    if (asked.field == "parents") return parents(asked, headers);
    unknown("Commit", asked.field);
  }

  json::value parents(Selection const& asked, Headers const& headers) {
    auto const first = asked.arguments.find("first");
    if (first == asked.arguments.end())
      throw Refused("You must provide a `first` or `last` value to properly paginate the `parents` connection.");
    auto const most = first->second.to_number<std::size_t>();
    if (most < 1 || most > 100) throw Refused("`first` on the `parents` connection must be 1 to 100");
    ++connections;
    nodes += most;
    std::vector<std::string> ids;
    for (auto const& [key, id] : headers.all)
      if (key == "parent") ids.push_back(id);
    json::object value;
    for (auto const* each : fields_of(asked.below, "CommitConnection")) {
      if (each->field == "totalCount") {
        value[each->alias] = ids.size();
      } else if (each->field == "nodes") {
        json::array all;
        for (std::size_t i = 0; i < std::min(most, ids.size()); ++i) all.push_back(object(ids[i], each->below));
        value[each->alias] = std::move(all);
      } else {
        unknown("CommitConnection", each->field);
      }
    }
    return value;
  }

  json::value tag_field(Selection const& asked, Headers const& headers) {
    if (asked.field == "name") return json::value(as_utf8(headers.first("tag")));
    if (asked.field == "message") return json::value(as_utf8(headers.message));
    if (asked.field == "tagger") return picked(asked, "GitActor", actor_of(headers.first("tagger")));
    if (asked.field == "target") return object(headers.first("object"), asked.below);
    unknown("Tag", asked.field);
  }
};

std::string errors_only(std::string const& message) {
  return json::serialize(json::object{{"errors", json::array{json::object{{"message", message}}}}});
}

}  // namespace

GraphqlReply graphql_answer(GraphqlWorld const& world, std::string const& body) {
  GraphqlReply reply;
  auto const parsed = parse_json(body, "GraphQL request");
  auto const query = parsed ? string_in(*parsed, "query") : std::nullopt;
  try {
    if (!query) throw Refused("A query attribute must be specified and must be a string.");
    auto const* variables = find(*parsed, "variables");
    json::value const none = json::object{};
    QueryParser parser(*query, variables ? *variables : none);
    parser.run();
    Executor executor(world, parser);
    json::object answer{{"data", executor.query()}};
    if (executor.nodes > node_limit)
      throw Refused("This query requests up to " + std::to_string(executor.nodes) +
                    " possible nodes which exceeds the maximum limit of 500,000.");
    if (!executor.errors.empty()) answer["errors"] = std::move(executor.errors);
    reply.cost = std::max<std::size_t>(1, (executor.connections + requests_of_a_point / 2) / requests_of_a_point);
    reply.body = json::serialize(answer);
  } catch (Refused const& refused) {
    reply.problem = refused.what();
    reply.body = errors_only(refused.what());
  }
  return reply;
}

}  // namespace acr::loopback

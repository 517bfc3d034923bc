// Checks requests and answers against GitHub's published description.
#include "loopback/openapi.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

#include "support/atomic_file.hpp"
#include "support/encoding.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace acr::loopback {
namespace {

namespace json = boost::json;
using Problems = std::vector<std::string>;

// RFC 7396: what GitHub's `x-github-breaking-changes` are written in.
void merge_patch(json::value& target, json::value const& patch) {
  if (!patch.is_object()) {
    target = patch;
    return;
  }
  if (!target.is_object()) target = json::object{};
  for (auto const& [name, change] : patch.get_object()) {
    if (change.is_null())
      target.get_object().erase(name);
    else
      merge_patch(target.get_object()[name], change);
  }
}

// The value as it is in `version`: every change that came with this or an earlier version applied, at any
// depth.
json::value as_of(json::value value, std::string_view version) {
  if (auto* array = value.if_array()) {
    for (auto& each : *array) each = as_of(std::move(each), version);
    return value;
  }
  auto* object = value.if_object();
  if (!object) return value;
  if (auto const* changes = array_in(value, "x-github-breaking-changes")) {
    json::array const copy = *changes;
    object->erase("x-github-breaking-changes");
    for (auto const& change : copy) {
      auto const since = string_in(change, "version").value_or("9999");
      auto const* patch = find(change, "patch");
      if (since <= version && patch && patch->is_object()) merge_patch(value, *patch);
    }
    object = value.if_object();
  }
  for (auto& [name, member] : *object) member = as_of(std::move(member), version);
  return value;
}

struct Validator {
  json::value const& root;
  Problems& problems;

  void complain(std::string const& at, std::string const& what) const { problems.push_back(at + ": " + what); }

  json::value const& resolved(json::value const& schema) const {
    auto const reference = string_in(schema, "$ref");
    if (!reference) return schema;
    json::value const* at = &root;
    for (auto const step : split(std::string_view(*reference).substr(2), '/')) {
      at = find(*at, step);
      if (!at) throw std::logic_error("dangling reference " + *reference);
    }
    return resolved(*at);
  }

  // Number of problems that `schema` has with `value`, nothing recorded: for anyOf and oneOf.
  std::size_t objections(json::value const& schema, json::value const& value) const {
    Problems trial;
    Validator{root, trial}.check(schema, value, "");
    return trial.size();
  }

  void check(json::value const& unresolved, json::value const& value, std::string const& at) const {
    json::value const& schema = resolved(unresolved);
    auto const* nullable = find(schema, "nullable");
    if (value.is_null() && nullable && nullable->is_bool() && nullable->get_bool()) return;
    if (auto const* all = array_in(schema, "allOf"))
      for (auto const& each : *all) check(each, value, at);
    if (auto const* any = array_in(schema, "anyOf")) check_some(*any, value, at);
    // Alternatives of the description overlap (optional fields only), so "one of" is held to "at least one
    // of".
    if (auto const* one = array_in(schema, "oneOf")) check_some(*one, value, at);
    if (auto const* allowed = array_in(schema, "enum"))
      if (std::find(allowed->begin(), allowed->end(), value) == allowed->end())
        complain(at, "is none of the listed values: " + json::serialize(value));
    if (auto const type = string_in(schema, "type")) check_type(*type, schema, value, at);
  }

  void check_some(json::array const& schemas, json::value const& value, std::string const& at) const {
    std::size_t best = SIZE_MAX;
    json::value const* closest = nullptr;
    for (auto const& each : schemas) {
      auto const count = objections(each, value);
      if (count < best) best = count, closest = &each;
    }
    if (closest && best > 0) check(*closest, value, at);
  }

  void check_type(std::string const& type, json::value const& schema, json::value const& value, std::string const& at) const {
    if (type == "object") return check_object(schema, value, at);
    if (type == "array") return check_array(schema, value, at);
    if (type == "string") return check_string(schema, value, at);
    if (type == "boolean" && !value.is_bool()) complain(at, "is not a boolean");
    if (type == "number" && !value.is_number()) complain(at, "is not a number");
    if (type == "integer" && !value.is_int64() && !value.is_uint64()) complain(at, "is not an integer");
    if (!value.is_number()) return;
    auto const number = value.to_number<double>();
    if (auto const low = integer_in(schema, "minimum"); low && number < static_cast<double>(*low))
      complain(at, "is below " + std::to_string(*low));
    if (auto const high = integer_in(schema, "maximum"); high && number > static_cast<double>(*high))
      complain(at, "is above " + std::to_string(*high));
  }

  void check_object(json::value const& schema, json::value const& value, std::string const& at) const {
    auto const* object = value.if_object();
    if (!object) return complain(at, "is not an object");
    auto const* properties = object_in(schema, "properties");
    if (auto const* required = array_in(schema, "required"))
      for (auto const& name : *required)
        if (!object->contains(name.as_string())) complain(at, "lacks \"" + std::string(name.as_string()) + "\"");
    for (auto const& [name, member] : *object) {
      auto const* property = properties ? properties->if_contains(name) : nullptr;
      auto const* others = find(schema, "additionalProperties");
      if (property)
        check(*property, member, at + "/" + std::string(name));
      else if (others && others->is_object())
        check(*others, member, at + "/" + std::string(name));
    }
  }

  void check_array(json::value const& schema, json::value const& value, std::string const& at) const {
    auto const* array = value.if_array();
    if (!array) return complain(at, "is not an array");
    auto const* items = find(schema, "items");
    if (!items) return;
    for (std::size_t i = 0; i < array->size(); ++i) check(*items, (*array)[i], at + "/" + std::to_string(i));
  }

  void check_string(json::value const& schema, json::value const& value, std::string const& at) const {
    auto const* text = value.if_string();
    if (!text) return complain(at, "is not a string");
    if (auto const least = integer_in(schema, "minLength"); least && text->size() < static_cast<std::size_t>(*least))
      complain(at, "is too short");
    if (auto const most = integer_in(schema, "maxLength"); most && text->size() > static_cast<std::size_t>(*most))
      complain(at, "is too long");
    auto const format = string_in(schema, "format").value_or("");
    std::string_view const view(*text);
    if (format == "date-time" && (view.size() < 20 || view[4] != '-' || view[10] != 'T' || view[13] != ':'))
      complain(at, "is not a date-time: " + std::string(view));
    if (format == "date" && (view.size() != 10 || view[4] != '-' || view[7] != '-'))
      complain(at, "is not a date: " + std::string(view));
    if (format == "uri" && view.find(':') == std::string_view::npos) complain(at, "is not a URI: " + std::string(view));
  }
};

struct AskedFor {
  std::string_view path;
  std::vector<std::pair<std::string, std::string>> query;
};

AskedFor asked_for(std::string_view text) {
  AskedFor target;
  auto const question = text.find('?');
  target.path = text.substr(0, question);
  if (question == std::string_view::npos) return target;
  for (auto const pair : split(text.substr(question + 1), '&')) {
    auto const equals = pair.find('=');
    auto const value = equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
    target.query.emplace_back(percent_decoded(pair.substr(0, equals)), percent_decoded(value));
  }
  return target;
}

// The bulk listing of G-12b, which the description does not have.
bool is_bulk(std::string_view path) {
  auto const parts = split(path, '/');
  return parts.size() == 5 && (parts[1] == "orgs" || parts[1] == "users") && parts[3] == "attestations" &&
         parts[4] == "bulk-list";
}

bool is_digest(std::string_view text) { return text.starts_with("sha256:") && is_lower_hex(text.substr(7), 64); }

void check_bulk_request(AskedFor const& target, std::string_view body, Problems& problems) {
  for (auto const& [name, value] : target.query) {
    if (name == "per_page" ? !to_number(value, 100) : name != "after" && name != "before")
      problems.push_back("bulk-list: query parameter " + name + "=" + value);
  }
  auto const parsed = parse_json(body, "bulk-list request");
  if (!parsed) return problems.push_back(parsed.error().sentence());
  auto const* subjects = array_in(*parsed, "subject_digests");
  if (!subjects || subjects->empty() || subjects->size() > 1024)
    return problems.push_back("bulk-list: subject_digests is not an array of 1 to 1,024 digests");
  for (auto const& each : *subjects)
    if (!each.is_string() || !is_digest(each.get_string())) problems.push_back("bulk-list: " + json::serialize(each));
  for (auto const& [name, value] : parsed->as_object())
    if (name != "subject_digests" && !(name == "predicate_type" && value.is_string()))
      problems.push_back("bulk-list: unknown member " + std::string(name));
}

void check_bulk_answer(std::string_view body, std::string_view version, Problems& problems) {
  auto const parsed = parse_json(body, "bulk-list answer");
  if (!parsed) return problems.push_back(parsed.error().sentence());
  auto const* of = object_in(*parsed, "attestations_subject_digests");
  auto const* page = object_in(*parsed, "page_info");
  if (!of || !page) return problems.push_back("bulk-list: attestations_subject_digests or page_info is absent");
  std::size_t entries = 0;
  for (auto const& [digest, listed] : *of) {
    if (!is_digest(digest)) problems.push_back("bulk-list: key " + std::string(digest));
    if (listed.is_null()) continue;
    if (!listed.is_array()) return problems.push_back("bulk-list: entries are neither array nor null");
    for (auto const& entry : listed.get_array()) {
      ++entries;
      if (!integer_in(entry, "repository_id")) problems.push_back("bulk-list: an entry without repository_id");
      if (version >= "2026-03-10" && find(entry, "bundle"))
        problems.push_back("bulk-list: bundle is gone in " + std::string(version));
    }
  }
  if (entries > 100) problems.push_back("bulk-list: more than 100 entries on a page");
  auto const* more = page->if_contains("has_next");
  if (!more || !more->is_bool() || (more->get_bool() && !string_in(*find(*parsed, "page_info"), "next")))
    problems.push_back("bulk-list: page_info");
}

}  // namespace

struct OpenApi::Document {
  json::value original;
  std::map<std::string, json::value, std::less<>> by_version;  // the description as of each version

  [[nodiscard]] json::value const& at(std::string_view version) const {
    auto const found = by_version.upper_bound(version);
    return found == by_version.begin() ? by_version.begin()->second : std::prev(found)->second;
  }

  // The operation for a method and a path; the template with the longest literal part wins.
  [[nodiscard]] json::value const* operation(json::value const& root, std::string_view method, std::string_view path) const {
    json::value const* best = nullptr;
    std::size_t best_literal = 0;
    Problems none;
    Validator const look{root, none};
    for (auto const& [name, item] : object_in(root, "paths") ? *object_in(root, "paths") : json::object{}) {
      auto const* found = find(item, to_lower_ascii(method));
      if (!found) continue;
      auto const literal = matched_literal(look, *found, name, path);
      if (literal && (!best || *literal > best_literal))
        best = find(*find(*find(root, "paths"), name), to_lower_ascii(method)), best_literal = *literal;
    }
    return best;
  }

  // Number of literal segments when `path` fits the template; the last parameter may span several when it is
  // declared `x-multi-segment`.
  static std::optional<std::size_t> matched_literal(Validator const& look, json::value const& operation,
                                                    std::string_view pattern, std::string_view path) {
    auto const wanted = split(pattern, '/');
    auto const given = split(path, '/');
    bool multi = false;
    if (wanted.back().starts_with('{')) {
      auto const name = wanted.back().substr(1, wanted.back().size() - 2);
      for (auto const& unresolved : *array_in(operation, "parameters")) {
        auto const& parameter = look.resolved(unresolved);
        auto const* flag = find(parameter, "x-multi-segment");
        if (string_in(parameter, "name") == name && flag && flag->is_bool() && flag->get_bool()) multi = true;
      }
    }
    if (given.size() < wanted.size() || (given.size() > wanted.size() && !multi)) return std::nullopt;
    std::size_t literal = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (wanted[i].starts_with('{')) {
        if (given[i].empty()) return std::nullopt;
      } else if (wanted[i] != given[i]) {
        return std::nullopt;
      } else {
        ++literal;
      }
    }
    return literal;
  }
};

OpenApi::OpenApi(std::filesystem::path const& document) : document_(std::make_unique<Document>()) {
  auto parsed = parse_json(read_file(document, std::size_t{4} << 20), document.filename().string());
  if (!parsed) throw std::runtime_error(parsed.error().sentence());
  document_->original = std::move(*parsed);
  for (auto const* version : {"2022-11-28", "2026-03-10"})
    document_->by_version.emplace(version, as_of(document_->original, version));
}

OpenApi::~OpenApi() = default;

std::vector<std::string> OpenApi::request_problems(std::string_view method, std::string_view target_text, std::string_view body,
                                                   std::string_view api_version) const {
  Problems problems;
  auto const target = asked_for(target_text);
  if (is_bulk(target.path)) {
    if (method != "POST") problems.emplace_back("bulk-list: not a POST");
    check_bulk_request(target, body, problems);
    return problems;
  }
  auto const& root = document_->at(api_version);
  auto const* operation = document_->operation(root, method, target.path);
  if (!operation) return {"no such operation: " + std::string(method) + " " + std::string(target.path)};
  Validator const validator{root, problems};
  for (auto const& [name, value] : target.query) {
    json::value const* declared = nullptr;
    if (auto const* parameters = array_in(*operation, "parameters"))
      for (auto const& unresolved : *parameters) {
        auto const& parameter = validator.resolved(unresolved);
        if (string_in(parameter, "name") == name && string_in(parameter, "in") == "query") declared = &parameter;
      }
    if (!declared) {
      problems.push_back("query parameter " + name + " is not declared");
      continue;
    }
    auto const type = string_in(*find(*declared, "schema"), "type").value_or("string");
    if (type == "integer" && !to_number(value)) problems.push_back("query parameter " + name + " is not a number");
    if (name == "per_page" && !to_number(value, 100)) problems.push_back("per_page is above 100");
  }
  auto const* content = find(*operation, "requestBody");
  if (!content) {
    if (!body.empty()) problems.emplace_back("a body where none is declared");
    return problems;
  }
  auto const parsed = parse_json(body, "request body");
  if (!parsed) return {parsed.error().sentence()};
  validator.check(*find(*find(*find(*content, "content"), "application/json"), "schema"), *parsed, "body");
  return problems;
}

std::vector<std::string> OpenApi::answer_problems(std::string_view method, std::string_view target_text, int status,
                                                  std::string_view content_type, std::string_view body,
                                                  std::string_view api_version) const {
  Problems problems;
  auto const target = asked_for(target_text);
  auto const& root = document_->at(api_version);
  Validator const validator{root, problems};
  auto const at = std::string(method) + " " + std::string(target.path) + " " + std::to_string(status);
  if (status == 304) {
    if (!body.empty()) problems.push_back(at + ": a body with 304");
    return problems;
  }
  json::value const* schema = nullptr;
  if (status < 300 && is_bulk(target.path)) {
    check_bulk_answer(body, api_version, problems);
    return problems;
  }
  if (status < 300) {
    auto const* operation = document_->operation(root, method, target.path);
    if (!operation) return {at + ": no such operation"};
    auto const* answer = find(*find(*operation, "responses"), std::to_string(status));
    if (!answer) return {at + ": status is not declared"};
    if (content_type.find("raw") != std::string_view::npos) return problems;  // G-19: the blob's own bytes
    schema = find(*find(*find(validator.resolved(*answer), "content"), "application/json"), "schema");
  } else {
    schema = find(*find(*find(root, "components"), "schemas"), status == 422 ? "validation-error" : "basic-error");
  }
  auto const parsed = parse_json(body, "answer");
  if (!parsed) return {at + ": " + parsed.error().sentence()};
  validator.check(*schema, *parsed, at);
  return problems;
}

std::string OpenApi::example(std::string_view name) const {
  auto const* examples = find(*find(document_->original, "components"), "examples");
  auto const* found = find(*examples, name);
  if (!found) throw std::logic_error("no example " + std::string(name));
  return json::serialize(*find(*found, "value"));
}

std::shared_ptr<OpenApi const> shared_description(std::filesystem::path const& document) {
  static std::mutex mutex;
  static std::map<std::filesystem::path, std::shared_ptr<OpenApi const>> all;
  std::scoped_lock const lock(mutex);
  auto& one = all[document];
  if (!one) one = std::make_shared<OpenApi const>(document);
  return one;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto const byte = text[i] == '%' && i + 2 < text.size() ? from_hex(text.substr(i + 1, 2)) : std::nullopt;
    if (byte)
      out += *byte, i += 2;
    else
      out += text[i];
  }
  return out;
}

}  // namespace acr::loopback

#include "report/attestation_map.hpp"

#include <algorithm>
#include <cctype>
#include <limits>

#include "report/json_text.hpp"
#include "report/limits.hpp"
#include "report/release_manifest.hpp"
#include "support/text.hpp"

namespace acr::report {
namespace {

constexpr std::string_view header = "<!-- ATTESTATION_MAP";
constexpr std::string_view footer = "-->";

Rejection invalid_map(std::string where, std::string why) {
  return reject("map-invalid", "attestation map: " + std::move(where), std::move(why))
      .rule("A-84")
      .fix("repair the map in the pull request's description by hand; writing over it would lose other stages' ids");
}

bool is_header(std::string_view line) {
  return line.starts_with(header) && line.find_first_not_of(" \r", header.size()) == std::string_view::npos;
}

// One line from `at` on, without its line end; `at` moves behind the line end.
std::string_view next_line(std::string_view text, std::size_t& at) {
  auto const end = text.find('\n', at);
  auto const line = text.substr(at, end == std::string_view::npos ? end : end - at);
  at = end == std::string_view::npos ? text.size() : end + 1;
  return line;
}

// --- the JSON text, token by token -----------------------------------------------------------------------------------
// The strict parser has accepted the text before any of these run: they only need to find where tokens end.

bool is_json_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::size_t skip_space(std::string_view json, std::size_t at) {
  while (at < json.size() && is_json_space(json[at])) ++at;
  return at;
}

std::size_t end_of_string(std::string_view json, std::size_t at) {
  for (++at; at < json.size() && json[at] != '"'; ++at)
    if (json[at] == '\\') ++at;
  return std::min(at + 1, json.size());
}

std::size_t end_of_value(std::string_view json, std::size_t at) {
  if (json[at] == '"') return end_of_string(json, at);
  if (json[at] != '{' && json[at] != '[') {
    while (at < json.size() && !is_json_space(json[at]) && json[at] != ',' && json[at] != '}' && json[at] != ']') ++at;
    return at;
  }
  for (std::size_t depth = 0; at < json.size();) {
    if (json[at] == '"') {
      at = end_of_string(json, at);
      continue;
    }
    if (json[at] == '{' || json[at] == '[') ++depth;
    if ((json[at] == '}' || json[at] == ']') && --depth == 0) return at + 1;
    ++at;
  }
  return at;
}

struct RawMember {
  std::string key;
  std::size_t key_begin, value_begin, value_end;
};

struct RawObject {
  std::size_t open = 0, close = 0;  // offsets of the braces
  std::vector<RawMember> members;
};

std::string decoded(std::string_view string_token) {
  auto const value = parse_json(string_token, "key");
  auto const& text = value.value().get_string();
  return {text.data(), text.size()};
}

RawObject raw_object(std::string_view json) {
  RawObject object;
  object.open = skip_space(json, 0);
  std::size_t at = skip_space(json, object.open + 1);
  while (json[at] != '}') {
    if (json[at] == ',') at = skip_space(json, at + 1);
    RawMember member{.key = {}, .key_begin = at, .value_begin = 0, .value_end = 0};
    at = end_of_string(json, at);
    member.key = decoded(json.substr(member.key_begin, at - member.key_begin));
    at = skip_space(json, at);
    member.value_begin = skip_space(json, at + 1);  // behind the colon
    member.value_end = end_of_value(json, member.value_begin);
    at = skip_space(json, member.value_end);
    object.members.push_back(std::move(member));
  }
  object.close = at;
  return object;
}

// nothing inside the map's strings may end the comment that surrounds it.
std::string comment_safe(std::string_view json) {
  std::string out;
  bool in_string = false;
  for (std::size_t at = 0; at < json.size(); ++at) {
    char const c = json[at];
    if (in_string && c == '\\' && at + 1 < json.size()) {
      out += c;
      out += json[++at];
      continue;
    }
    if (c == '"') in_string = !in_string;
    if (in_string && c == '<')
      out += "\\u003c";
    else if (in_string && c == '>')
      out += "\\u003e";
    else if (in_string && c == '-' && out.back() == '-')
      out += "\\u002d";
    else
      out += c;
  }
  return out;
}

std::optional<std::string> id_of(std::string_view raw) {
  std::string const text = raw.front() == '"' ? decoded(raw) : std::string(raw);
  if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  return text;
}

Verdict<RawObject> checked_object(std::string_view json) {
  auto const value = parse_json(json, "JSON", {.max_bytes = max_body_bytes});
  if (!value) return invalid_map(value.error().where, value.error().why);
  if (!value->is_object()) return invalid_map("JSON", "the value is not an object");
  return raw_object(json);
}

MapMember member_of(std::string_view json, RawMember const& raw) {
  std::string value(json.substr(raw.value_begin, raw.value_end - raw.value_begin));
  auto id = id_of(value);
  return {raw.key, std::move(value), std::move(id)};
}

// How the text separates its members, so that an added one looks like its neighbours.
struct Style {
  std::string before;  // in front of each key
  std::string colon;   // between key and value
  std::string after;   // in front of the closing brace
};

Style style_of(std::string_view json, RawObject const& object, std::string_view line_end) {
  if (object.members.empty()) {
    bool const spread = json.substr(object.open, object.close - object.open).find('\n') != std::string_view::npos;
    return spread ? Style{std::string(line_end) + "  ", ": ", std::string(line_end)} : Style{"", ":", ""};
  }
  auto const& last = object.members.back();
  std::size_t begin = last.key_begin;
  while (is_json_space(json[begin - 1])) --begin;
  std::size_t const key_end = end_of_string(json, last.key_begin);
  return {std::string(json.substr(begin, last.key_begin - begin)),
          std::string(json.substr(key_end, last.value_begin - key_end)),
          std::string(json.substr(last.value_end, object.close - last.value_end))};
}

}  // namespace

bool is_own_key(std::string_view key) {
  return key == tag_verification_key || key == overall_key || key.starts_with(build_key_prefix) ||
         key.starts_with(oci_key_prefix);
}

MapMember const* AttestationMap::find(std::string_view key) const {
  auto const found = std::ranges::find(members, key, &MapMember::key);
  return found == members.end() ? nullptr : &*found;
}

Verdict<std::optional<MapPlace>> find_attestation_map(std::string_view body) {
  std::optional<MapPlace> place;
  bool closed = false;
  for (std::size_t at = 0; at < body.size();) {
    std::size_t const begin = at;
    auto const line = next_line(body, at);
    if (place && closed) {
      if (is_header(line)) {
        place->more_maps = true;
        break;
      }
    } else if (place) {
      if (trimmed(line) != footer) continue;
      closed = true;
      place->json_end = begin;
      place->footer_end = at;
    } else if (is_header(line)) {
      place.emplace();
      place->header_begin = begin;
      place->json_begin = at;
    }
  }
  if (place && !closed)
    return invalid_map("end", "no line with the end marker follows").expected("a line `-->`").found("the end of the text");
  return place;
}

Verdict<std::optional<AttestationMap>> read_attestation_map(std::string_view body) {
  auto const place = find_attestation_map(body);
  if (!place) return place.error();
  if (!*place) return std::optional<AttestationMap>();
  auto const json = body.substr((*place)->json_begin, (*place)->json_end - (*place)->json_begin);
  auto const object = checked_object(json);
  if (!object) return object.error();
  AttestationMap map;
  for (auto const& raw : object->members) map.members.push_back(member_of(json, raw));
  return std::optional<AttestationMap>(std::move(map));
}

Verdict<std::string> merge_map_json(std::string_view json, std::vector<MapMember> const& set,
                                    std::vector<MapMember> const& keep, std::string_view line_end) {
  auto const object = checked_object(json);
  if (!object) return object.error();
  auto const style = style_of(json, *object, line_end);

  std::string out(json.substr(0, object->open + 1));
  auto const lead = object->members.empty()
                        ? std::string_view()
                        : json.substr(object->open + 1, object->members.front().key_begin - object->open - 1);
  std::size_t copied = object->open + 1;
  bool first = true;
  for (auto const& raw : object->members) {
    auto const own = std::ranges::find(set, raw.key, &MapMember::key);
    auto const before = json.substr(copied, raw.key_begin - copied);
    copied = raw.value_end;
    if (own == set.end() && is_own_key(raw.key)) continue;
    out += first ? lead : before;
    first = false;
    out += json.substr(raw.key_begin, raw.value_begin - raw.key_begin);
    // An id that is there already keeps its form: an integer is read too.
    bool const replace = own != set.end() && member_of(json, raw).id != own->id;
    out += replace ? std::string_view(own->raw_value) : json.substr(raw.value_begin, raw.value_end - raw.value_begin);
  }
  bool added = false;
  auto const append = [&](MapMember const& member) {
    if (!first) out += ',';
    first = false;
    added = true;
    out += style.before + to_ascii_json(json_text(member.key)) + style.colon + member.raw_value;
  };
  auto const is_there = [&](std::string const& key) {
    return std::ranges::find(object->members, key, &RawMember::key) != object->members.end();
  };
  auto const is_own = [&](std::string const& key) { return std::ranges::find(set, key, &MapMember::key) != set.end(); };
  for (auto const& member : keep)
    if (!is_there(member.key) && !is_own(member.key)) append(member);
  for (auto const& member : set)
    if (!is_there(member.key)) append(member);
  out += added ? std::string_view(style.after) : json.substr(copied, object->close - copied);
  out += json.substr(object->close);
  return comment_safe(out);
}

MapMember own_member(std::string key, std::string id) { return {std::move(key), "\"" + id + "\"", id}; }

std::string compact_map(AttestationMap const& map) {
  std::string out = "{";
  for (auto const& member : map.members) {
    if (out.size() > 1) out += ',';
    out += to_ascii_json(json_text(member.key)) + ":";
    // Numbers stay as they are written: an id may be larger than what a number type holds.
    bool in_string = false;
    for (std::size_t at = 0; at < member.raw_value.size();) {
      char const c = member.raw_value[at];
      if (c == '\\' && in_string) {
        out += member.raw_value.substr(at, 2);
        at += 2;
      } else if (static_cast<unsigned char>(c) < 0x80) {
        if (c == '"') in_string = !in_string;
        if (in_string || !is_json_space(c)) out += c;
        ++at;
      } else {
        std::size_t const begin = at;
        next_code_point(member.raw_value, at);
        auto const text = to_ascii_json(json_text(std::string_view(member.raw_value).substr(begin, at - begin)));
        out += text.substr(1, text.size() - 2);
      }
    }
  }
  return out + "}";
}

}  // namespace acr::report

// Reading git objects out of REST answers (github-api.md G-16 … G-20).
#include "github/git_answers.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "git/object_format.hpp"
#include "github/answer.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"

namespace acr::github {
namespace {

namespace json = boost::json;

[[noreturn]] void mismatch(Answer const& answer, std::string_view type, git::ObjectId const& expected,
                           git::ObjectId const& found) {
  throw ApiError("object-mismatch",
                 answer.about + " sent a " + std::string(type) + " that is not " + expected + ": what came has the id " +
                     found + "; a file name that is not UTF-8 cannot be read this way, a checkout step helps then",
                 answer.status);
}

// The trees of an answer while they are being put together: an entry, and its mode as sent (old trees hold
// "100664").
struct Listed {
  std::string mode;
  git::TreeEntry entry;
};

Listed listed_entry(Answer const& answer, json::value const& value, std::string name, git::ObjectId const& root) {
  Listed listed;
  listed.mode = string_field(answer, value, "mode");
  if (listed.mode.starts_with('0')) listed.mode.erase(0, 1);  // the API pads directories, tree objects do not
  auto const type = string_field(answer, value, "type");
  auto const mode = git::entry_mode(listed.mode);
  auto const wanted = !mode                                ? ""
                      : *mode == git::EntryMode::directory ? "tree"
                      : *mode == git::EntryMode::submodule ? "commit"
                                                           : "blob";
  if (type != wanted) bad_response(answer, "an entry of mode " + listed.mode + " and type " + type);
  listed.entry.name = std::move(name);
  listed.entry.mode = *mode;
  listed.entry.id = object_id_field(answer, value, "sha");
  if (listed.entry.id.size() != root.size()) bad_response(answer, "object ids of two formats");
  if (auto const size = integer_in(value, "size"); size && *size >= 0 && type == "blob")
    listed.entry.size = static_cast<std::uint64_t>(*size);
  return listed;
}

git::Tree proven_tree(Answer const& answer, std::vector<Listed> entries, git::ObjectId const& id) {
  // Git's order: names by bytes, a directory as if it ended in "/".
  auto const key = [](Listed const& listed) {
    return listed.entry.mode == git::EntryMode::directory ? listed.entry.name + "/" : listed.entry.name;
  };
  std::sort(entries.begin(), entries.end(), [&](Listed const& a, Listed const& b) { return key(a) < key(b); });
  std::string bytes;
  git::Tree tree;
  for (auto& listed : entries) {
    git::append_tree_entry(bytes, listed.mode, listed.entry.name, listed.entry.id);
    tree.entries.push_back(std::move(listed.entry));
  }
  auto const found = git::object_id(git::ObjectType::tree, bytes, git::algorithm_of(id));
  if (found != id) mismatch(answer, "tree", id, found);
  return tree;
}

// `object` of a tag or ref answer: what it points at.
std::pair<git::ObjectId, std::optional<git::ObjectType>> read_ref_object(Answer const& answer, json::value const& value) {
  object_field(answer, value, "object");
  auto const& object = *find(value, "object");
  return {object_id_field(answer, object, "sha"), git::object_type(string_field(answer, object, "type"))};
}

std::optional<unsigned> digits_at(std::string_view text, std::size_t at, std::size_t count) {
  unsigned value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (i >= text.size() || text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(text[i] - '0');
  }
  return value;
}

}  // namespace

TreeAnswer read_tree_answer(Answer const& answer, git::ObjectId const& root) {
  auto const value = json_of(answer);
  auto const* truncated = find(value, "truncated");
  TreeAnswer result;
  result.truncated = truncated && truncated->is_bool() && truncated->get_bool();
  if (result.truncated) return result;

  std::map<std::string, std::vector<Listed>> directories;  // by path, "" is the tree asked for
  std::map<std::string, git::ObjectId> ids{{"", root}};
  directories[""];
  for (auto const& each : array_field(answer, value, "tree")) {
    auto const path = string_field(answer, each, "path");
    auto const slash = path.rfind('/');
    auto const directory = slash == std::string::npos ? std::string() : path.substr(0, slash);
    auto name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (name.empty() || name == "." || name == ".." || name.find('\0') != std::string::npos || path.starts_with('/'))
      bad_response(answer, "an entry without a usable name: \"" + path + "\"");
    auto listed = listed_entry(answer, each, std::move(name), root);
    if (listed.entry.mode == git::EntryMode::directory) {
      if (!ids.emplace(path, listed.entry.id).second) bad_response(answer, "two directories \"" + path + "\"");
    }
    directories[directory].push_back(std::move(listed));
  }
  for (auto const& [path, entries] : directories)
    if (!ids.contains(path)) bad_response(answer, "entries of \"" + path + "\", which is not listed itself");
  // A listing of one level names directories without saying what is in them.
  bool const recursive = directories.size() > 1;
  for (auto& [path, entries] : directories) {
    auto const& id = ids.at(path);
    result.trees.insert_or_assign(id, proven_tree(answer, std::move(entries), id));
  }
  if (recursive)
    for (auto const& [path, id] : ids)
      if (!directories.contains(path)) result.trees.insert_or_assign(id, proven_tree(answer, {}, id));
  return result;
}

std::string read_blob_answer(Answer const& answer, git::ObjectId const& id) {
  // Raw bytes were asked for; whether they came is shown by their id, not by a header.
  auto const raw_id = git::object_id(git::ObjectType::blob, answer.body, git::algorithm_of(id));
  if (raw_id == id) return answer.body;
  if (answer.content_type.find("json") == std::string::npos || answer.content_type.find("raw") != std::string::npos)
    mismatch(answer, "blob", id, raw_id);
  auto const value = json_of(answer);
  auto const encoding = string_field(answer, value, "encoding");
  auto content = string_field(answer, value, "content");
  if (encoding == "base64") {
    content.erase(std::remove_if(content.begin(), content.end(), [](char c) { return c == '\n' || c == '\r'; }), content.end());
    auto bytes = from_base64(content);
    if (!bytes) bad_response(answer, "the content is not base64");
    content = *std::move(bytes);
  } else if (encoding != "utf-8") {
    bad_response(answer, "the encoding " + encoding);
  }
  auto const found = git::object_id(git::ObjectType::blob, content, git::algorithm_of(id));
  if (found != id) mismatch(answer, "blob", id, found);
  return content;
}

git::Tag read_tag_answer(Answer const& answer, git::ObjectId const& id) {
  auto const value = json_of(answer);
  git::Tag tag;
  tag.id = object_id_field(answer, value, "sha");
  if (tag.id != id) bad_response(answer, "another tag: " + tag.id);
  tag.name = string_field(answer, value, "tag");
  tag.message = string_field(answer, value, "message");
  auto const [target, type] = read_ref_object(answer, value);
  if (!type) bad_response(answer, "a tag of an unknown type of object");
  tag.target = target;
  tag.target_type = *type;
  return tag;
}

git::Ref read_ref_answer(Answer const& answer, std::string const& name) {
  auto const value = json_of(answer);
  if (auto const found = string_field(answer, value, "ref"); found != name) bad_response(answer, "another ref: " + found);
  auto [target, type] = read_ref_object(answer, value);
  return {name, std::move(target), type};
}

std::vector<git::Ref> read_matching_refs(Answer const& answer, std::set<std::string> const& wanted, std::size_t& entries) {
  auto const value = json_of(answer);
  std::vector<git::Ref> refs;
  entries = array_of(answer, value).size();
  for (auto const& each : array_of(answer, value)) {
    auto name = string_field(answer, each, "ref");
    if (!wanted.contains(name)) continue;
    auto [target, type] = read_ref_object(answer, each);
    refs.push_back({std::move(name), std::move(target), type});
  }
  return refs;
}

git::Commit read_commit_answer(Answer const& answer, git::ObjectId const& id) {
  auto const value = json_of(answer);
  git::Commit commit;
  commit.id = object_id_field(answer, value, "sha");
  if (commit.id != id) bad_response(answer, "another commit: " + commit.id);
  object_field(answer, value, "tree");
  commit.tree = object_id_field(answer, *find(value, "tree"), "sha");
  for (auto const& parent : array_field(answer, value, "parents"))
    commit.parents.push_back(object_id_field(answer, parent, "sha"));
  object_field(answer, value, "committer");
  auto const date = string_field(answer, *find(value, "committer"), "date");
  auto const seconds = rfc3339_seconds(date);
  if (!seconds) bad_response(answer, "a commit date that is not an RFC 3339 time: " + date);
  commit.committer_time = *seconds;
  return commit;
}

std::optional<std::int64_t> rfc3339_seconds(std::string_view text) {
  auto const year = digits_at(text, 0, 4), month = digits_at(text, 5, 2), day = digits_at(text, 8, 2);
  auto const hour = digits_at(text, 11, 2), minute = digits_at(text, 14, 2), second = digits_at(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  if (text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':')
    return std::nullopt;
  std::chrono::year_month_day const date{std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                                         std::chrono::day(*day)};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  auto rest = text.substr(19);
  if (rest.starts_with('.')) {
    auto const end = rest.find_first_not_of("0123456789", 1);
    if (end == 1 || end == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(end);
  }
  std::int64_t offset = 0;
  if (rest != "Z" && rest != "z") {
    auto const hours = digits_at(rest, 1, 2), minutes = digits_at(rest, 4, 2);
    if (rest.size() != 6 || (rest[0] != '+' && rest[0] != '-') || rest[3] != ':' || !hours || !minutes || *hours > 23 ||
        *minutes > 59)
      return std::nullopt;
    offset = (static_cast<std::int64_t>(*hours) * 60 + *minutes) * 60 * (rest[0] == '-' ? -1 : 1);
  }
  auto const days = std::chrono::sys_days(date).time_since_epoch().count();
  return static_cast<std::int64_t>(days) * 86400 + *hour * 3600 + *minute * 60 + *second - offset;
}

}  // namespace acr::github

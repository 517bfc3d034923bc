#include "git/object_format.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

#include "git/limits.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"
#include "support/work_budget.hpp"

namespace acr::git {
namespace {

constexpr std::array<std::pair<ObjectType, std::string_view>, 4> types{{
    {ObjectType::commit, "commit"},
    {ObjectType::tree, "tree"},
    {ObjectType::blob, "blob"},
    {ObjectType::tag, "tag"},
}};

constexpr std::array<std::pair<EntryMode, std::string_view>, 5> modes{{
    {EntryMode::file, "100644"},
    {EntryMode::executable, "100755"},
    {EntryMode::symlink, "120000"},
    {EntryMode::directory, "40000"},
    {EntryMode::submodule, "160000"},
}};

constexpr std::size_t units_of_an_entry = 500;  // of a tree: three allocations and a sort

Rejection malformed(std::string_view what, std::string why) {
  return reject("object-malformed", std::string(what), std::move(why)).rule("G-18");
}

// Git compares names as if a directory's ended in "/" (base_name_compare).
bool sorts_before(TreeEntry const& a, TreeEntry const& b) {
  auto const last = [](TreeEntry const& entry) { return entry.mode == EntryMode::directory ? '/' : '\0'; };
  std::size_t const common = std::min(a.name.size(), b.name.size());
  if (int const order = a.name.compare(0, common, b.name, 0, common); order != 0) return order < 0;
  auto const next = [&](TreeEntry const& entry) {
    return static_cast<unsigned char>(entry.name.size() > common ? entry.name[common] : last(entry));
  };
  return next(a) < next(b);
}

// Takes one line off a header block; nothing when there is no line end.
std::optional<std::string_view> take_line(std::string_view& rest) {
  auto const end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  auto const line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

// The value of the next header if it has this name; leaves `rest` alone otherwise.
std::optional<std::string_view> take_header(std::string_view& rest, std::string_view name) {
  auto ahead = rest;
  auto const line = take_line(ahead);
  if (!line || line->size() <= name.size() || !line->starts_with(name) || (*line)[name.size()] != ' ') return std::nullopt;
  rest = ahead;
  return line->substr(name.size() + 1);
}

std::optional<ObjectId> take_id(std::string_view& rest, std::string_view header, std::size_t digits) {
  auto ahead = rest;
  auto const value = take_header(ahead, header);
  if (!value || !is_lower_hex(*value, digits)) return std::nullopt;
  rest = ahead;
  return ObjectId(*value);
}

// "Name <mail> 1700000000 +0000": the number. A few imported histories hold times before 1970.
std::optional<std::int64_t> time_of(std::string_view person) {
  auto const mail_end = person.rfind('>');
  if (mail_end == std::string_view::npos) return std::nullopt;
  auto const parts = split(person.substr(mail_end + 1), ' ');
  if (parts.size() != 3 || !parts[0].empty()) return std::nullopt;
  std::int64_t seconds = 0;
  auto const [end, error] = std::from_chars(parts[1].data(), parts[1].data() + parts[1].size(), seconds);
  if (error != std::errc() || end != parts[1].data() + parts[1].size()) return std::nullopt;
  return seconds;
}

}  // namespace

bool is_object_id(std::string_view text) { return is_lower_hex(text, 40) || is_lower_hex(text, 64); }

HashAlgorithm algorithm_of(std::string_view id) {
  if (id.size() == 40) return HashAlgorithm::sha1;
  if (id.size() == 64) return HashAlgorithm::sha256;
  throw std::logic_error("an object id has 40 or 64 digits");
}

std::string_view to_text(ObjectType type) {
  return std::ranges::find(types, type, &decltype(types)::value_type::first)->second;
}

std::optional<ObjectType> object_type(std::string_view text) {
  auto const found = std::ranges::find(types, text, &decltype(types)::value_type::second);
  if (found == types.end()) return std::nullopt;
  return found->first;
}

std::string_view to_text(EntryMode mode) { return std::ranges::find(modes, mode, &decltype(modes)::value_type::first)->second; }

std::optional<EntryMode> entry_mode(std::string_view octal) {
  if (octal == "100664") return EntryMode::file;
  if (octal == "040000") return EntryMode::directory;
  auto const found = std::ranges::find(modes, octal, &decltype(modes)::value_type::second);
  if (found == modes.end()) return std::nullopt;
  return found->first;
}

ObjectId object_id(ObjectType type, std::string_view bytes, HashAlgorithm algorithm) {
  Hasher hasher(algorithm);
  std::string header = std::string(to_text(type)) + " " + std::to_string(bytes.size());
  header += '\0';
  hasher.update(header);
  hasher.update(bytes);
  return hex(hasher.finish());
}

void append_tree_entry(std::string& bytes, std::string_view octal_mode, std::string_view name, std::string_view id) {
  if (!is_object_id(id)) throw std::logic_error("a tree entry needs an object id of 40 or 64 lower-case hex digits");
  octal_mode.remove_prefix(std::min(octal_mode.find_first_not_of('0'), octal_mode.size()));
  bytes += octal_mode;
  bytes += ' ';
  bytes += name;
  bytes += '\0';
  bytes += *from_hex(id);
}

std::string serialize_tree(Tree const& tree) {
  std::string bytes;
  for (auto const& entry : tree.entries) append_tree_entry(bytes, to_text(entry.mode), entry.name, entry.id);
  return bytes;
}

void sort_entries(Tree& tree) { std::ranges::sort(tree.entries, sorts_before); }

Verdict<Tree> parse_tree_object(std::string_view bytes, std::string_view what, HashAlgorithm algorithm) {
  std::size_t const id_bytes = digest_size(algorithm);
  Tree tree;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    charge_work(units_of_an_entry);
    if (tree.entries.size() == max_tree_entries)
      return malformed(what, "the tree has more than " + std::to_string(max_tree_entries) + " entries");
    auto const space = rest.find(' ');
    auto const nul = rest.find('\0');
    if (space == std::string_view::npos || nul == std::string_view::npos || nul < space || rest.size() - nul - 1 < id_bytes)
      return malformed(what, "entry " + std::to_string(tree.entries.size() + 1) + " of the tree is cut off");
    auto const mode = rest.starts_with('0') ? std::nullopt : entry_mode(rest.substr(0, space));
    auto const name = rest.substr(space + 1, nul - space - 1);
    if (!mode)
      return malformed(what, "a tree entry has a mode that git does not write")
          .found(std::string(rest.substr(0, std::min<std::size_t>(space, 16))));
    if (name.empty() || name == "." || name == ".." || name.find('/') != std::string_view::npos)
      return malformed(what, "a tree entry has a name that is not a single path component").found(std::string(name));
    TreeEntry entry{.name = std::string(name), .mode = *mode, .id = hex(rest.substr(nul + 1, id_bytes)), .size = {}};
    if (!tree.entries.empty() && !sorts_before(tree.entries.back(), entry))
      return malformed(what, "the tree's entries are not in order").found(entry.name);
    tree.entries.push_back(std::move(entry));
    rest.remove_prefix(nul + 1 + id_bytes);
  }
  // A file and a directory of one name are both in order when other names sort between them: "a", "a.b", "a/".
  std::vector<std::string_view> names;
  names.reserve(tree.entries.size());
  for (auto const& entry : tree.entries) names.push_back(entry.name);
  std::ranges::sort(names);
  if (auto const twice = std::ranges::adjacent_find(names); twice != names.end())
    return malformed(what, "the tree holds one name twice").found(std::string(*twice));
  return tree;
}

Verdict<Commit> parse_commit_object(std::string_view bytes, ObjectId const& id) {
  std::string const what = "commit " + id;
  std::size_t const digits = 2 * digest_size(algorithm_of(id));
  Commit commit;
  commit.id = id;
  std::string_view rest = bytes;
  auto const tree = take_id(rest, "tree", digits);
  if (!tree) return malformed(what, "the commit does not begin with its tree's id");
  commit.tree = *tree;
  while (auto const parent = take_id(rest, "parent", digits)) {
    if (commit.parents.size() == max_commit_parents)
      return malformed(what, "the commit has more than " + std::to_string(max_commit_parents) + " parents").rule("B-25");
    commit.parents.push_back(*parent);
  }
  if (!take_header(rest, "author")) return malformed(what, "the commit has no author line after its parents");
  auto const committer = take_header(rest, "committer");
  if (!committer) return malformed(what, "the commit has no committer line after its author");
  auto const seconds = time_of(*committer);
  if (!seconds) return malformed(what, "the committer line has no time").found(std::string(*committer));
  commit.committer_time = *seconds;
  return commit;
}

Verdict<Tag> parse_tag_object(std::string_view bytes, ObjectId const& id) {
  std::string const what = "tag object " + id;
  std::size_t const digits = 2 * digest_size(algorithm_of(id));
  Tag tag;
  tag.id = id;
  std::string_view rest = bytes;
  auto const target = take_id(rest, "object", digits);
  if (!target) return malformed(what, "the tag does not begin with its target's id");
  tag.target = *target;
  auto const type = take_header(rest, "type");
  auto const known = type ? object_type(*type) : std::nullopt;
  if (!known) return malformed(what, "the tag has no known type after its target");
  tag.target_type = *known;
  auto const name = take_header(rest, "tag");
  if (!name || name->empty()) return malformed(what, "the tag has no name after its type");
  tag.name = std::string(*name);
  // The tagger, and headers that signing in two hash algorithms leaves; an empty line ends them.
  while (!rest.empty()) {
    auto const line = take_line(rest);
    charge_work(line.value_or("").size());
    if (!line) return malformed(what, "the tag's headers are cut off");
    if (line->empty()) break;
  }
  tag.message = std::string(rest);
  return tag;
}

}  // namespace acr::git

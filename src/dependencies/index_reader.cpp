// index.yaml over libyaml's events (D-15, D-16).

#include "dependencies/index_reader.hpp"

#include <yaml.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include "chart/semver.hpp"
#include "dependencies/limits.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"

namespace acr::dependencies {
namespace {

/// What stops the reading; turned into a rejection in one place.
struct Fault {
  std::string why;
  std::size_t line;
};

class Event {
 public:
  Event() = default;
  Event(Event const&) = delete;
  Event& operator=(Event const&) = delete;
  ~Event() { yaml_event_delete(&raw); }
  yaml_event_t raw{};
  [[nodiscard]] std::size_t line() const { return raw.start_mark.line + 1; }
  [[nodiscard]] std::string text() const {
    return {reinterpret_cast<char const*>(raw.data.scalar.value), raw.data.scalar.length};
  }
  /// A scalar that YAML takes for nothing.
  [[nodiscard]] bool is_null() const {
    if (raw.type != YAML_SCALAR_EVENT || raw.data.scalar.style != YAML_PLAIN_SCALAR_STYLE || raw.data.scalar.tag) return false;
    auto const value = text();
    return value.empty() || value == "~" || value == "null" || value == "Null" || value == "NULL";
  }
};

class Reader {
 public:
  Reader(std::string_view bytes, std::set<std::string, std::less<>> const& wanted) : wanted_(wanted) {
    if (!yaml_parser_initialize(&parser_)) throw std::bad_alloc();
    yaml_parser_set_input_string(&parser_, reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size());
  }
  ~Reader() { yaml_parser_delete(&parser_); }
  Reader(Reader const&) = delete;
  Reader& operator=(Reader const&) = delete;

  Index read() {
    Index index;
    skip_start();
    bool api_version = false;
    each_field("the index is no map", [&](std::string const& key, Event& value) {
      if (key == "apiVersion") {
        api_version = !string_of(value, "apiVersion").empty();
        return;
      }
      if (key != "entries") return skip(value);
      if (!value.is_null()) read_entries(value, index);
    }, nullptr, {"apiVersion", "entries"});
    if (!api_version) throw Fault{"the index has no apiVersion", 1};
    return index;
  }

 private:
  yaml_parser_t parser_{};
  std::set<std::string, std::less<>> const& wanted_;
  std::size_t depth_ = 0;

  void next(Event& event) {
    if (!yaml_parser_parse(&parser_, &event.raw))
      throw Fault{std::string("the index is neither JSON nor YAML: ") + (parser_.problem ? parser_.problem : "unreadable"),
                  parser_.problem_mark.line + 1};
    if (event.raw.type == YAML_MAPPING_START_EVENT || event.raw.type == YAML_SEQUENCE_START_EVENT) {
      if (++depth_ > limits::index_depth) throw Fault{"the index is nested too deeply", event.line()};
    } else if (event.raw.type == YAML_MAPPING_END_EVENT || event.raw.type == YAML_SEQUENCE_END_EVENT) {
      --depth_;
    }
  }

  void skip_start() {
    Event start, document;
    next(start);
    next(document);
    if (document.raw.type != YAML_DOCUMENT_START_EVENT) throw Fault{"the index is empty", 1};
  }

  /// All of the value that `event` begins.
  void skip(Event const& event) {
    if (event.raw.type != YAML_MAPPING_START_EVENT && event.raw.type != YAML_SEQUENCE_START_EVENT) return;
    auto const outside = depth_ - 1;
    while (depth_ != outside) {
      Event inner;
      next(inner);
    }
  }

  /// Calls `work` with each key and the first event of its value. `opening`: the map's own first event; null: read here.
  /// A key of `unique` (empty: any key) may occur only once.
  template <class Work>
  void each_field(std::string const& no_map, Work const& work, Event const* opening,
                  std::set<std::string, std::less<>> const& unique) {
    Event own;
    if (!opening) {
      next(own);
      opening = &own;
    }
    if (opening->raw.type != YAML_MAPPING_START_EVENT) throw Fault{no_map, opening->line()};
    std::set<std::string, std::less<>> seen;
    while (true) {
      Event key;
      next(key);
      if (key.raw.type == YAML_MAPPING_END_EVENT) return;
      if (key.raw.type != YAML_SCALAR_EVENT) throw Fault{"a key is no text", key.line()};
      auto name = key.text();
      if ((unique.empty() || unique.contains(name)) && !seen.insert(name).second)
        throw Fault{"the key " + name + " occurs twice", key.line()};
      Event value;
      next(value);
      work(name, value);
    }
  }

  std::string string_of(Event const& value, std::string_view field) {
    if (value.raw.type != YAML_SCALAR_EVENT) throw Fault{std::string(field) + " is no text", value.line()};
    return value.is_null() ? std::string() : value.text();
  }

  void read_entries(Event const& opening, Index& index) {
    each_field("entries is no map", [&](std::string const& name, Event& value) {
      if (!wanted_.contains(name)) return skip(value);
      read_versions(name, value, index[name]);
    }, &opening, wanted_.empty() ? std::set<std::string, std::less<>>{""} : wanted_);
  }

  void read_versions(std::string const& name, Event const& opening, std::vector<IndexEntry>& entries) {
    if (opening.is_null()) return;
    if (opening.raw.type != YAML_SEQUENCE_START_EVENT) throw Fault{"the versions of " + name + " are no list", opening.line()};
    while (true) {
      Event item;
      next(item);
      if (item.raw.type == YAML_SEQUENCE_END_EVENT) return;
      if (item.is_null()) continue;
      if (entries.size() == limits::index_versions) throw Fault{"too many versions of " + name, item.line()};
      if (auto entry = read_entry(name, item)) entries.push_back(std::move(*entry));
    }
  }

  std::optional<IndexEntry> read_entry(std::string const& name, Event const& opening) {
    IndexEntry entry;
    entry.line = opening.line();
    std::string own_name, type;
    bool urls = false;
    each_field("a version of " + name + " is no map", [&](std::string const& key, Event& value) {
      if (key == "version") {
        entry.version = string_of(value, "version");
      } else if (key == "digest") {
        entry.digest = string_of(value, "digest");
      } else if (key == "urls") {
        urls = read_urls(value, entry.url);
      } else if ((key == "name" || key == "type") && value.raw.type == YAML_SCALAR_EVENT) {
        (key == "name" ? own_name : type) = string_of(value, key);
      } else {
        skip(value);
      }
    }, &opening, {});
    bool const valid = !own_name.empty() && own_name != "." && own_name != ".." && own_name.find('/') == std::string::npos &&
                       chart::is_version(entry.version) && (type.empty() || type == "application" || type == "library");
    if (!valid || !urls) return std::nullopt;
    return entry;
  }

  /// True when there is a first URL.
  bool read_urls(Event const& opening, std::string& first) {
    if (opening.is_null()) return false;
    if (opening.raw.type != YAML_SEQUENCE_START_EVENT) throw Fault{"urls is no list", opening.line()};
    for (bool any = false;; any = true) {
      Event item;
      next(item);
      if (item.raw.type == YAML_SEQUENCE_END_EVENT) return any;
      auto url = string_of(item, "a URL");
      if (!any) first = std::move(url);
    }
  }
};

/// "sha256:<lower-case hex>", or nothing for a form that says nothing (D-30).
std::optional<std::string> normal_digest(std::string_view digest) {
  auto lower = to_lower_ascii(digest);
  if (lower.starts_with("sha256:")) lower.erase(0, 7);
  if (!is_lower_hex(lower, 64)) return std::nullopt;
  return "sha256:" + lower;
}

std::string nearest(std::vector<IndexEntry> const& entries, std::string_view version) {
  std::vector<chart::Version> known;
  for (auto const& entry : entries)
    if (auto parsed = chart::parse_version(entry.version)) known.push_back(std::move(*parsed));
  std::ranges::sort(known, [](auto const& a, auto const& b) { return chart::compare(a, b) > 0; });
  auto const wanted = chart::parse_version(version);
  std::size_t from = 0;
  while (wanted && from < known.size() && chart::compare(known[from], *wanted) > 0) ++from;
  from -= std::min(from, limits::nearest_versions / 2);
  std::string text;
  for (std::size_t i = from; i < known.size() && i < from + limits::nearest_versions; ++i)
    text += (text.empty() ? "" : ", ") + known[i].original;
  return text.empty() ? "no version of that name" : text;
}

}  // namespace

bool same_version(std::string_view a, std::string_view b) {
  if (a == b) return true;
  auto const x = chart::parse_version(a);
  auto const y = chart::parse_version(b);
  return x && y && chart::compare(*x, *y) == 0 && x->metadata == y->metadata;
}

Verdict<Index> read_index(std::string_view bytes, std::set<std::string, std::less<>> const& wanted, std::string_view where) {
  auto const refuse = [&](std::string const& why, std::size_t line) {
    return reject("dep-index-invalid", std::string(where) + ":" + std::to_string(line), why)
        .rule("D-15")
        .expected("an index of chart repositories, JSON or YAML")
        .mend("the repository's owner must mend it");
  };
  try {
    return Reader(bytes, wanted).read();
  } catch (Fault const& fault) {
    return refuse(fault.why, fault.line);
  }
}

Verdict<IndexChoice> choose(Index const& index, std::string_view name, std::string_view version, std::string_view pin,
                            std::string_view where) {
  static std::vector<IndexEntry> const none;
  auto const found = index.find(name);
  auto const& entries = found == index.end() ? none : found->second;
  std::vector<IndexEntry const*> matches;
  for (auto const& entry : entries)
    if (entry.version == version) matches.push_back(&entry);
  if (matches.empty())
    for (auto const& entry : entries)
      if (same_version(entry.version, version)) matches.push_back(&entry);
  if (matches.empty())
    return reject("dep-not-found", std::string(where), "the repository does not have " + std::string(name) + " " + std::string(version))
        .rule("D-16")
        .expected(std::string(name) + " " + std::string(version))
        .found(nearest(entries, version))
        .mend("check name and version in Chart.yaml and the lock");

  IndexChoice choice{matches.front()->url, {}, false};
  auto const note = [&](IndexEntry const& entry) {
    if (entry.digest.empty()) return;
    if (auto digest = normal_digest(entry.digest))
      choice.digests.push_back(std::move(*digest));
    else
      choice.bad_digest = true;
  };
  auto const all_of = [&](auto const& same) { return std::ranges::all_of(matches, same); };
  auto const first_digest = normal_digest(matches.front()->digest);
  if (first_digest && all_of([&](auto const* e) { return normal_digest(e->digest) == first_digest; })) {
    choice.digests.push_back(*first_digest);
    return choice;
  }
  if (all_of([&](auto const* e) { return e->url == choice.url; })) {
    for (auto const* entry : matches) note(*entry);
    return choice;
  }
  for (auto const* entry : matches)
    if (!pin.empty() && normal_digest(entry->digest) == pin) return IndexChoice{entry->url, {std::string(pin)}, false};
  return reject("dep-index-ambiguous", std::string(where) + ":" + std::to_string(matches[1]->line),
                "the index has " + std::string(name) + " " + std::string(version) + " more than once, with different contents")
      .rule("D-16")
      .expected("one entry for a version")
      .found(std::to_string(matches.size()) + " entries")
      .mend("pin the digest in the lock; the repository's owner must mend the index");
}

}  // namespace acr::dependencies

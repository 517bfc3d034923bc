// libyaml's events, given the meaning of go-yaml v2: src/yaml/reader.hpp (P-62, P-62a, P-63, P-68, P-68a)
// Values are decoded as the events come, with a stack of our own. An alias shares the value of its anchor; what Helm
// counts on the way (P-68) is kept per value, so that an alias costs nothing however much it expands to.

#include "yaml/reader.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>
#include <optional>
#include <unordered_map>

#include "support/text.hpp"
#include "support/work_budget.hpp"
#include "yaml/events.hpp"
#include "yaml/limits.hpp"
#include "yaml/source_text.hpp"

namespace acr::yaml {
namespace {

constexpr std::string_view yaml_tag_prefix = "tag:yaml.org,2002:";

/// libyaml's events, charged to the run (B-25).
class ChargedEvents {
 public:
  explicit ChargedEvents(std::string_view bytes) : events_(bytes) {}

  /// False when the text is not YAML; problem() then tells.
  bool next() {
    // What an event costs by its size comes on top: libyaml hands on up to the whole text at once.
    charge_work(units_of_an_event + events_.position() - charged_);
    charged_ = events_.position();
    return events_.next();
  }
  [[nodiscard]] Event const& event() const { return events_.event(); }
  [[nodiscard]] Problem problem() const { return events_.problem(); }

 private:
  static constexpr std::size_t units_of_an_event = 500;
  Events events_;
  std::size_t charged_ = 0;  ///< characters
};

/// Texts of a document, as they come.
class TextStore {
 public:
  std::string_view keep(std::string_view text) {
    if (text.empty()) return {};
    if (blocks_.empty() || blocks_.back().size() + text.size() > blocks_.back().capacity()) {
      blocks_.emplace_back();
      blocks_.back().reserve(std::max(text.size(), block_bytes));
    }
    auto& block = blocks_.back();
    auto const at = block.size();
    block.append(text);  // never beyond the capacity: earlier views stay good
    return std::string_view(block).substr(at);
  }

 private:
  static constexpr std::size_t block_bytes = 16 * 1024;
  std::deque<std::string> blocks_;
};

/// Go's base64.StdEncoding: line breaks skipped, padding complete, left-over bits free.
bool decode_base64(std::string_view text, std::string& out) {
  std::uint32_t bits = 0;
  unsigned have = 0, padding = 0;
  for (char const c : text) {
    if (c == '\r' || c == '\n') continue;
    if (c == '=') {
      if (have + ++padding > 4 || have < 2) return false;
      continue;
    }
    if (padding != 0) return false;
    std::uint32_t value;
    if (c >= 'A' && c <= 'Z')
      value = static_cast<std::uint32_t>(c - 'A');
    else if (c >= 'a' && c <= 'z')
      value = static_cast<std::uint32_t>(c - 'a') + 26;
    else if (c >= '0' && c <= '9')
      value = static_cast<std::uint32_t>(c - '0') + 52;
    else if (c == '+')
      value = 62;
    else if (c == '/')
      value = 63;
    else
      return false;
    bits = (bits << 6) | value;
    if (++have == 4) {
      for (unsigned shift : {16U, 8U, 0U}) out += static_cast<char>((bits >> shift) & 0xff);
      bits = 0, have = 0;
    }
  }
  if (have == 0) return padding == 0;
  if (have + padding != 4) return false;
  bits <<= 6 * padding;
  out += static_cast<char>((bits >> 16) & 0xff);
  if (have == 3) out += static_cast<char>((bits >> 8) & 0xff);
  return true;
}

/// P-68: how much of what was decoded may come from aliases.
double allowed_alias_share(std::uint64_t decoded) {
  constexpr double low = 400'000, high = 4'000'000;
  auto const count = static_cast<double>(decoded);
  if (count <= low) return 0.99;
  if (count >= high) return 0.10;
  return 0.99 - 0.89 * ((count - low) / (high - low));
}

bool same_key(Value const& a, Value const& b) {
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case Value::Kind::null:
      return true;
    case Value::Kind::boolean:
      return a.boolean == b.boolean;
    case Value::Kind::integer:
      return a.integer == b.integer;
    case Value::Kind::unsigned_integer:
      return a.unsigned_integer == b.unsigned_integer;
    case Value::Kind::floating:
      return a.floating == b.floating;
    case Value::Kind::string:
      return a.text == b.text;
    default:
      return false;
  }
}

/// Any total order that puts equal keys side by side.
int compare_keys(Value const& a, Value const& b) {
  auto const by = [](auto const& x, auto const& y) { return x < y ? -1 : y < x ? 1 : 0; };
  if (a.kind != b.kind) return by(a.kind, b.kind);
  switch (a.kind) {
    case Value::Kind::boolean:
      return by(a.boolean, b.boolean);
    case Value::Kind::integer:
      return by(a.integer, b.integer);
    case Value::Kind::unsigned_integer:
      return by(a.unsigned_integer, b.unsigned_integer);
    case Value::Kind::floating:
      if (std::isnan(a.floating) || std::isnan(b.floating)) return by(std::isnan(a.floating), std::isnan(b.floating));
      return by(a.floating, b.floating);
    case Value::Kind::string:
      return a.text.compare(b.text);
    default:
      return 0;
  }
}

class Decoder {
 public:
  Decoder(SourceText& source, ReadOptions const& name) : source_(source), name_(name) {}

  /// Nothing: the source was patched (P-62a), and reading starts anew.
  std::optional<Verdict<Document>> decode();

 private:
  using Kind = Value::Kind;

  enum class Role : std::uint8_t { item, key, value, merge, merge_item };

  struct Open {
    bool map = false;
    bool flow = false;
    bool at_key = true;        ///< of a map: a key comes next
    bool merge = false;        ///< of a map: the value of `<<` comes next; of a list: it is that value
    std::uint32_t value = 0;   ///< index into values
    std::size_t start = 0;     ///< where its children begin in items_ or entries_
    std::uint64_t visits = 1;  ///< P-68, so far
    std::uint32_t height = 0;  ///< of the children
    std::uint32_t key = 0;
    bool has_properties = false;  ///< an anchor or a tag
    std::size_t index = 0;        ///< where it starts, in code points
    std::string anchor;
  };
  struct Anchor {
    std::uint32_t value = 0;
    std::uint64_t visits = 0;
    bool complete = false;
  };

  Verdict<Document> run();
  bool step(Event const& event);
  bool scalar(Event const& event);
  bool alias(Event const& event);
  bool open(Event const& event);
  bool close();
  bool place(std::uint32_t value, std::uint64_t visits, bool is_alias);
  bool merge_in(std::uint32_t value);
  void drop_overwritten(Open const& map);
  bool resolve(std::string_view tag, Value& value);
  bool count(std::uint64_t visits, std::uint64_t from_alias);
  Role role() const;
  bool fail(std::uint32_t line, std::string why, char const* rule = "P-62");
  /// `line` counts from 0 in the text.
  [[nodiscard]] std::uint32_t line_of(std::size_t line) const { return static_cast<std::uint32_t>(line) + name_.first_line; }

  SourceText& source_;
  ReadOptions const& name_;
  Document document_;
  std::shared_ptr<TextStore> texts_ = std::make_shared<TextStore>();
  std::vector<Open> open_;
  std::vector<std::uint32_t> items_;      ///< children of open lists
  std::vector<Document::Entry> entries_;  ///< children of open maps
  std::vector<bool> merged_;              ///< parallel to entries_: came from a merge key
  std::unordered_map<std::string, Anchor> anchors_;
  std::uint64_t decoded_ = 1, from_aliases_ = 0;  ///< the document itself is one visit
  std::uint64_t own_work_ = 0;
  std::uint64_t& work_ = name_.work != nullptr ? *name_.work : own_work_;
  std::size_t flow_depth_ = 0;
  bool root_done_ = false;
  bool patched_ = false;
  Rejection rejection_;
};

bool Decoder::fail(std::uint32_t line, std::string why, char const* rule) {
  rejection_ = reject(name_.code, std::string(name_.file) + ":" + std::to_string(line), std::move(why))
                   .rule(rule)
                   .fix("correct the YAML at this line");
  return false;
}

std::optional<Verdict<Document>> Decoder::decode() {
  auto result = run();
  if (patched_) return std::nullopt;
  return result;
}

Verdict<Document> Decoder::run() {
  document_.storage = texts_;
  document_.values.reserve(source_.text().size() / 16 + 8);
  ChargedEvents events(source_.text());
  while (!root_done_) {
    if (!events.next()) {
      auto const problem = events.problem();
      if (source_.patch_after(problem.what, problem.index, problem.context_index)) {
        patched_ = true;
        return rejection_;
      }
      fail(line_of(problem.shown_line()),
           "the YAML cannot be read: " + std::string(problem.what.empty() ? "unknown problem" : problem.what));
      return std::move(rejection_);
    }
    auto const& event = events.event();
    if (event.kind == Event::Kind::stream_end) {
      document_.root = static_cast<std::uint32_t>(document_.values.size());
      document_.values.emplace_back().line = name_.first_line;
      return std::move(document_);
    }
    if (!step(event)) return std::move(rejection_);
  }
  // What follows the first document is not read by Helm, but a reviewer may read it (P-158).
  if (name_.looks_for_second) {
    auto const line = document_.second_document;
    if (line == 0) {
      bool good = events.next();
      while (good && events.event().kind == Event::Kind::document_end) good = events.next();
      if (!good)
        document_.second_document = line_of(events.problem().line);
      else if (events.event().kind == Event::Kind::document_start)
        document_.second_document = line_of(events.event().line);
    }
  }
  if (document_.at(document_.root).height > limits::levels) {
    fail(name_.first_line, "the YAML is nested too deeply");
    return std::move(rejection_).rule("P-68").expected("at most " + std::to_string(limits::levels) + " levels");
  }
  return std::move(document_);
}

bool Decoder::step(Event const& event) {
  auto const line = line_of(event.line);
  if (document_.values.size() > name_.max_values) {
    fail(line, "the YAML holds too many values");
    rejection_ = std::move(rejection_).rule("P-153").expected("at most " + std::to_string(name_.max_values));
    return false;
  }
  // libyaml looks at every open flow collection for every token: bound the product.
  if ((work_ += flow_depth_) > limits::work) {
    fail(line, "the YAML is too deep for its size");
    rejection_ = std::move(rejection_).rule("P-153");
    return false;
  }
  switch (event.kind) {
    case Event::Kind::document_start:
      return event.is_yaml_1_1 || fail(line, "Helm reads YAML 1.1 only");  // P-62a
    case Event::Kind::document_end:
      root_done_ = true;
      return true;
    case Event::Kind::scalar:
      return scalar(event);
    case Event::Kind::alias:
      return alias(event);
    case Event::Kind::list_start:
    case Event::Kind::map_start:
      if (event.tag && source_.patch_tag(event.start)) return patched_ = true, false;
      return open(event);
    case Event::Kind::list_end:
    case Event::Kind::map_end:
      return close();
    default:
      return true;
  }
}

Decoder::Role Decoder::role() const {
  if (open_.empty()) return Role::value;
  auto const& top = open_.back();
  if (!top.map) return top.merge ? Role::merge_item : Role::item;
  if (top.at_key) return Role::key;
  return top.merge ? Role::merge : Role::value;
}

bool Decoder::scalar(Event const& event) {
  auto const line = line_of(event.line);
  auto const raw = event.text;
  if (event.tag && source_.patch_tag(event.start)) return patched_ = true, false;
  if (flow_depth_ > 0 && event.style == Event::Style::plain && raw.find('?') != std::string_view::npos)
    return fail(line, "Helm cannot read a question mark within an unquoted text in [] or {}");  // P-62a
  if (event.style == Event::Style::double_quoted && source_.escapes_slash(event.start, event.end))
    return fail(line, "Helm cannot read the escape \\/");  // P-62a

  // libyaml drops the tag "!"; Helm's reader keeps it and takes the scalar for a string.
  // (A scalar of no characters at all is what stands for a missing one: what follows it is not its own.)
  bool const bare_tag = !event.tag && event.implicit && event.start != event.end && source_.has_tag(event.start);
  auto const tag = bare_tag ? std::string_view("!") : event.tag.value_or("");

  // P-68a: `<<` where a key is wanted.
  if (role() == Role::key && raw == "<<" && (event.implicit || tag == "tag:yaml.org,2002:merge")) {
    if (event.anchor) {
      auto const index = static_cast<std::uint32_t>(document_.values.size());
      auto& value = document_.values.emplace_back();
      value.kind = Kind::string, value.line = line, value.height = 0, value.text = texts_->keep(raw);
      anchors_[std::string(*event.anchor)] = {index, 1, true};
    }
    open_.back().at_key = false;
    open_.back().merge = true;
    return true;
  }

  auto const index = static_cast<std::uint32_t>(document_.values.size());
  auto& value = document_.values.emplace_back();
  value.line = line;
  value.height = 0;
  value.plain = event.style == Event::Style::plain && tag.empty();
  value.text = source_.has_placeholders() ? texts_->keep(source_.original(raw)) : texts_->keep(raw);
  if (tag.empty()) {
    if (event.implicit)
      resolve_plain(value.text, value);
    else
      value.kind = Kind::string;
  } else if (!resolve(tag, value)) {
    return false;
  }
  if (event.anchor) anchors_[std::string(*event.anchor)] = {index, 1, true};
  return place(index, 1, false);
}

bool Decoder::resolve(std::string_view tag, Value& value) {
  value.kind = Kind::string;
  if (!tag.starts_with(yaml_tag_prefix)) return true;
  tag.remove_prefix(yaml_tag_prefix.size());
  if (tag == "binary") {
    std::string bytes;
    if (!decode_base64(value.text, bytes)) return fail(value.line, "a !!binary value is not base64");
    value.text = texts_->keep(bytes);
    return true;
  }
  bool const wants_time = tag == "timestamp";
  bool const wants_int = tag == "int", wants_float = tag == "float", wants_bool = tag == "bool", wants_null = tag == "null";
  if (!wants_time && !wants_int && !wants_float && !wants_bool && !wants_null) return true;  // !!str and foreign tags
  auto const written = value.text;
  if (wants_time) {
    if (is_timestamp(written)) return true;
  } else {
    resolve_plain(written, value);
    switch (value.kind) {
      case Kind::null:
        if (wants_null) return true;
        break;
      case Kind::boolean:
        if (wants_bool) return true;
        break;
      case Kind::integer:
        if (wants_int) return true;
        if (wants_float) {
          value.floating = static_cast<double>(value.integer);
          value.kind = Kind::floating;
          return true;
        }
        break;
      case Kind::unsigned_integer:
        if (wants_int) return true;
        break;
      case Kind::floating:
        if (wants_float) return true;
        break;
      default:
        break;
    }
  }
  return fail(value.line, "a value does not fit its tag !!" + std::string(tag));
}

bool Decoder::alias(Event const& event) {
  auto const line = line_of(event.line);
  auto const found = anchors_.find(std::string(event.anchor.value_or("")));
  if (found == anchors_.end()) return fail(line, "an alias names an unknown anchor");
  if (!found->second.complete) return fail(line, "an anchor's value contains itself");
  return place(found->second.value, found->second.visits, true);
}

bool Decoder::open(Event const& event) {
  bool const map = event.kind == Event::Kind::map_start;
  auto const line = line_of(event.line);
  if (open_.size() >= limits::levels) {
    fail(line, "the YAML is nested too deeply");
    rejection_ = std::move(rejection_).rule("P-68").expected("at most " + std::to_string(limits::levels) + " levels");
    return false;
  }
  Open opened;
  opened.map = map;
  opened.flow = event.flow;
  opened.has_properties = event.anchor || event.tag;
  opened.index = event.start;
  opened.value = static_cast<std::uint32_t>(document_.values.size());
  opened.start = map ? entries_.size() : items_.size();
  if (auto const where = role(); where == Role::merge || where == Role::merge_item) {
    // P-68a: the value of `<<` is a map or a list of maps; the list itself is not visited.
    if (!map && where == Role::merge_item) return fail(line, "the merge key << wants a map or a list of maps");
    if (!map) opened.merge = true, opened.visits = 0;
  }
  auto& value = document_.values.emplace_back();
  value.kind = map ? Kind::map : Kind::list;
  value.line = line;
  if (event.anchor) {
    opened.anchor = *event.anchor;
    anchors_[opened.anchor] = {opened.value, 0, false};
  }
  if (opened.visits != 0 && !count(1, 0)) return fail(line, "the YAML holds excessive aliasing", "P-68");
  flow_depth_ += event.flow ? 1 : 0;
  open_.push_back(std::move(opened));
  return true;
}

bool Decoder::count(std::uint64_t visits, std::uint64_t from_alias) {
  decoded_ += visits;
  from_aliases_ += from_alias;
  return !(from_aliases_ > 100 && decoded_ > 1000 &&
           static_cast<double>(from_aliases_) / static_cast<double>(decoded_) > allowed_alias_share(decoded_));
}

bool Decoder::place(std::uint32_t index, std::uint64_t visits, bool is_alias) {
  auto const value = document_.values[index];
  auto const line = value.line;
  auto const where = role();
  bool const merges = where == Role::merge || where == Role::merge_item;
  // Collections counted themselves when they were opened; a list of merged maps is not visited at all.
  if (is_alias && !count(visits + 1, visits)) return fail(line, "the YAML holds excessive aliasing", "P-68");
  if (!is_alias && value.height == 0 && !count(1, 0)) return fail(line, "the YAML holds excessive aliasing", "P-68");

  if (open_.empty()) {
    document_.root = index;
    return true;
  }
  auto& parent = open_.back();
  parent.visits += visits + (is_alias ? 1 : 0);
  if (merges) {
    // A list below `<<` comes here when it is complete, its maps are merged then (close()).
    if (value.kind != Kind::map) return fail(line, "the merge key << wants a map or a list of maps");
    if (where == Role::merge_item) {
      items_.push_back(index);
      return true;
    }
    parent.at_key = true, parent.merge = false;
    return merge_in(index);
  }
  if (!parent.map) {
    items_.push_back(index);
    parent.height = std::max(parent.height, value.height);
    return true;
  }
  if (parent.at_key) {
    if (value.kind == Kind::map || value.kind == Kind::list) {
      return fail(line, "a list or a map cannot be a key");
    }
    parent.key = index;
    parent.at_key = false;
    return true;
  }
  entries_.push_back({parent.key, index});
  merged_.push_back(false);
  parent.at_key = true;
  return true;
}

bool Decoder::merge_in(std::uint32_t index) {
  auto const& value = document_.values[index];
  if (entries_.size() + value.count > name_.max_values) {
    fail(value.line, "the YAML holds too many merged values");
    rejection_ = std::move(rejection_).rule("P-153");
    return false;
  }
  for (std::uint32_t i = 0; i < value.count; ++i) {
    entries_.push_back(document_.entries[value.first + i]);
    merged_.push_back(true);
  }
  return true;
}

/// Last one wins (P-62). Keeps the order of those that stay.
void Decoder::drop_overwritten(Open const& map) {
  auto const count = entries_.size() - map.start;
  if (count < 2) return;
  auto const note = [&](std::size_t position) {
    auto const& key = document_.values[entries_[position].key];
    if (!merged_[position] && document_.duplicates.size() < limits::duplicates)
      document_.duplicates.push_back({key.line, std::string(key.text)});
  };
  std::vector<bool> gone(count, false);
  bool any = false;
  constexpr std::size_t few = 12;
  if (count <= few) {
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t j = i + 1; j < count && !gone[i]; ++j)
        if (same_key(document_.values[entries_[map.start + i].key], document_.values[entries_[map.start + j].key]))
          gone[i] = any = true;
  } else {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), map.start);
    auto const key_at = [&](std::size_t position) -> Value const& { return document_.values[entries_[position].key]; };
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      auto const difference = compare_keys(key_at(a), key_at(b));
      return difference != 0 ? difference < 0 : a < b;
    });
    for (std::size_t i = 0; i + 1 < count; ++i)
      if (same_key(key_at(order[i]), key_at(order[i + 1]))) gone[order[i] - map.start] = any = true;
  }
  if (!any) return;
  std::size_t kept = map.start;
  for (std::size_t i = 0; i < count; ++i) {
    if (gone[i]) {
      note(map.start + i);
      continue;
    }
    entries_[kept++] = entries_[map.start + i];
  }
  entries_.resize(kept);
}

bool Decoder::close() {
  Open closing = std::move(open_.back());
  open_.pop_back();
  flow_depth_ -= closing.flow ? 1 : 0;
  auto& document = document_;
  if (closing.map) {
    drop_overwritten(closing);
    auto& value = document.values[closing.value];
    value.first = static_cast<std::uint32_t>(document.entries.size());
    value.count = static_cast<std::uint32_t>(entries_.size() - closing.start);
    for (std::size_t i = closing.start; i < entries_.size(); ++i)
      closing.height = std::max(closing.height, document.values[entries_[i].value].height);
    document.entries.insert(document.entries.end(), entries_.begin() + static_cast<std::ptrdiff_t>(closing.start),
                            entries_.end());
    entries_.resize(closing.start);
    merged_.resize(closing.start);
    value.height = closing.height + 1;
  } else {
    auto& value = document.values[closing.value];
    value.first = static_cast<std::uint32_t>(document.items.size());
    value.count = static_cast<std::uint32_t>(items_.size() - closing.start);
    document.items.insert(document.items.end(), items_.begin() + static_cast<std::ptrdiff_t>(closing.start), items_.end());
    items_.resize(closing.start);
    value.height = closing.height + 1;
  }
  if (!closing.anchor.empty()) {
    auto& anchor = anchors_[closing.anchor];
    // A later anchor of the same name within may have taken the name over.
    if (anchor.value == closing.value) anchor = {closing.value, closing.visits + (closing.merge ? 1 : 0), true};
  }
  if (closing.merge && !closing.map) {
    // The list of `<<`: later maps first, so that earlier ones win (P-68a).
    auto const list = document.values[closing.value];
    auto& parent = open_.back();
    parent.at_key = true, parent.merge = false;
    parent.visits += closing.visits;
    for (std::uint32_t i = list.count; i-- > 0;)
      if (!merge_in(document.items[list.first + i])) return false;
    return true;
  }
  // P-62a: to Helm's reader an empty flow collection as the first key of the root is the whole document.
  if (closing.flow && !closing.has_properties && open_.size() == 1) {
    auto const& parent = open_.back();
    if (parent.map && !parent.flow && parent.at_key && entries_.size() == parent.start && parent.index == closing.index &&
        document.values[closing.value].count == 0) {
      document.root = closing.value;
      document.second_document = document.values[closing.value].line;
      return root_done_ = true;
    }
  }
  return place(closing.value, closing.visits, false);
}

}  // namespace

Verdict<Document> read(std::string_view bytes, ReadOptions const& name) {
  auto source = SourceText::of(bytes, name);
  if (!source) return source.error();
  for (;;) {
    auto document = Decoder(*source, name).decode();
    if (document) return std::move(*document);
    if (source->patches() > limits::patches)
      return reject(name.code, std::string(name.file), "too many notations that YAML readers disagree on")
          .rule("P-62a")
          .fix("put blanks after the colons within [] and {}");
  }
}

}  // namespace acr::yaml

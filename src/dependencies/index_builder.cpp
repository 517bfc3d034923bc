// index.yaml as a stream of events (D-15, D-16).

#include "dependencies/index_builder.hpp"

#include <algorithm>
#include <utility>

#include "dependencies/limits.hpp"

namespace acr::dependencies {
namespace {

std::string bounded(std::string_view text, std::string_view field, std::size_t line) {
  if (text.size() > limits::index_text_bytes) throw IndexFault{std::string(field) + " is too long", line};
  return std::string(text);
}

/// Fields of an entry that are texts and read.
bool is_read(std::string_view key) { return key == "version" || key == "digest" || key == "name" || key == "type"; }

/// Puts `version` into `list`, which is newest first, unless `most` on its side of `wanted` are nearer.
void note_near(std::vector<chart::Version>& list, chart::Version const& version, chart::Version const& wanted) {
  auto const is_above = [&](chart::Version const& v) { return chart::compare(v, wanted) > 0; };
  auto const at = std::ranges::find_if(list, [&](auto const& known) { return chart::compare(known, version) <= 0; });
  if (at != list.end() && at->original == version.original) return;
  list.insert(at, version);
  auto const above = static_cast<std::size_t>(std::ranges::count_if(list, is_above));
  if (above > limits::nearest_versions) list.erase(list.begin());
  if (list.size() - std::min(above, limits::nearest_versions) > limits::nearest_versions) list.pop_back();
}

}  // namespace

bool same_version(std::string_view a, std::string_view b) {
  if (a == b) return true;
  auto const x = chart::parse_version(a);
  auto const y = chart::parse_version(b);
  return x && y && chart::compare(*x, *y) == 0 && x->metadata == y->metadata;
}

void IndexBuilder::begin_map(std::size_t line) { open(true, line); }
void IndexBuilder::begin_list(std::size_t line) { open(false, line); }

void IndexBuilder::open(bool is_map, std::size_t line) {
  if (places_.size() + skipped_depth_ == limits::index_depth) throw IndexFault{"the index is nested too deeply", line};
  if (skipped_depth_ > 0) {
    ++skipped_depth_;
    return;
  }
  auto const enter = [&](Place place) {
    places_.push_back(place);
    key_next_ = place != Place::versions && place != Place::urls;
  };
  if (places_.empty()) {
    if (!is_map) throw IndexFault{"the index is not a map", line};
    return enter(Place::root);
  }
  if (key_next_) throw IndexFault{"a key is not text", line};
  switch (places_.back()) {
    case Place::root:
      if (key_ == "apiVersion") throw IndexFault{"apiVersion is not text", line};
      if (key_ != "entries") break;
      if (!is_map) throw IndexFault{"entries is not a map", line};
      return enter(Place::entries);
    case Place::entries:
      if (chart_.empty()) break;
      if (is_map) throw IndexFault{"the versions of " + chart_ + " are not a list", line};
      return enter(Place::versions);
    case Place::versions:
      if (!is_map) throw IndexFault{"a version of " + chart_ + " is not a map", line};
      entry_ = {};
      entry_.line = line;
      entry_name_.clear();
      entry_type_.clear();
      entry_keys_.clear();
      has_url_ = false;
      return enter(Place::entry);
    case Place::entry:
      if (key_ == "version" || key_ == "digest") throw IndexFault{key_ + " is not text", line};
      if (key_ != "urls") break;
      if (is_map) throw IndexFault{"urls is not a list", line};
      return enter(Place::urls);
    case Place::urls:
      throw IndexFault{"a URL is not text", line};
  }
  skipped_depth_ = 1;
}

void IndexBuilder::end() {
  if (skipped_depth_ > 0) {
    if (--skipped_depth_ > 0) return;
  } else {
    if (places_.back() == Place::entry) take_entry();
    places_.pop_back();
  }
  // The value of a key has ended; items of a list have none.
  key_next_ = !places_.empty() && places_.back() != Place::versions && places_.back() != Place::urls;
}

void IndexBuilder::key(std::string_view text, std::size_t line) {
  auto const twice = [&](TextSet& seen) {
    if (seen.contains(text)) throw IndexFault{"the key " + std::string(text) + " occurs twice", line};
    seen.insert(std::string(text));
  };
  switch (places_.back()) {
    case Place::root:
      if (text == "apiVersion" || text == "entries") twice(root_keys_);
      key_ = text == "apiVersion" || text == "entries" ? std::string(text) : std::string();
      break;
    case Place::entries:
      chart_ = wanted_.contains(text) ? std::string(text) : std::string();
      if (!chart_.empty()) twice(charts_);
      break;
    default:
      if (entry_keys_.size() == limits::index_entry_keys)
        throw IndexFault{"a version of " + chart_ + " has too many keys", line};
      key_ = bounded(text, "a key", line);
      twice(entry_keys_);
  }
  key_next_ = false;
}

bool IndexBuilder::wants_text() const {
  if (skipped_depth_ > 0 || places_.empty()) return false;
  if (key_next_) return true;
  switch (places_.back()) {
    case Place::root:
      return key_ == "apiVersion";
    case Place::entry:
      return is_read(key_);
    case Place::urls:
      return true;
    default:
      return false;
  }
}

void IndexBuilder::scalar(std::string_view text, IndexScalar kind, std::size_t line) {
  if (skipped_depth_ > 0) return;
  if (places_.empty()) throw IndexFault{"the index is not a map", line};
  if (key_next_) {
    if (kind == IndexScalar::other) throw IndexFault{"a key is not text", line};
    return key(text, line);
  }
  bool const null = kind == IndexScalar::null;
  switch (places_.back()) {
    case Place::root:
      if (key_ == "apiVersion") {
        if (kind == IndexScalar::other) throw IndexFault{"apiVersion is not text", line};
        api_version_ = !null && !text.empty();
      }
      if (key_ == "entries" && !null) throw IndexFault{"entries is not a map", line};
      key_next_ = true;
      return;
    case Place::entries:
      if (!chart_.empty() && !null) throw IndexFault{"the versions of " + chart_ + " are not a list", line};
      key_next_ = true;
      return;
    case Place::versions:
      if (!null) throw IndexFault{"a version of " + chart_ + " is not a map", line};
      return;
    case Place::entry:
      entry_value(text, kind, line);
      key_next_ = true;
      return;
    case Place::urls:
      if (kind == IndexScalar::other) throw IndexFault{"a URL is not text", line};
      if (!has_url_ && !null) entry_.url = bounded(text, "a URL", line);
      has_url_ = true;
      return;
  }
}

void IndexBuilder::entry_value(std::string_view text, IndexScalar kind, std::size_t line) {
  if (key_ == "urls") {
    if (kind != IndexScalar::null) throw IndexFault{"urls is not a list", line};
    return;
  }
  if (!is_read(key_)) return;
  bool const looked_at = key_ == "version" || key_ == "digest";
  if (looked_at && kind == IndexScalar::other) throw IndexFault{key_ + " is not text", line};
  auto& field = key_ == "version"  ? entry_.version
                : key_ == "digest" ? entry_.digest
                : key_ == "name"   ? entry_name_
                                   : entry_type_;
  field = kind == IndexScalar::text ? bounded(text, key_, line) : std::string();
}

void IndexBuilder::take_entry() {
  auto const version = chart::parse_version(entry_.version);
  bool const valid = version && !entry_name_.empty() && entry_name_ != "." && entry_name_ != ".." &&
                     entry_name_.find('/') == std::string::npos &&
                     (entry_type_.empty() || entry_type_ == "application" || entry_type_ == "library");
  if (!valid || !has_url_) return;
  auto& chart = index_[chart_];
  bool kept = false;
  for (auto const& wanted : wanted_.find(chart_)->second) {
    auto const parsed = chart::parse_version(wanted);
    if (parsed) note_near(chart.nearest[wanted], *version, *parsed);
    if (kept || !same_version(entry_.version, wanted)) continue;
    if (chart.entries.size() == limits::index_versions)
      throw IndexFault{"too many entries of one version of " + chart_, entry_.line};
    chart.entries.push_back(entry_);
    kept = true;
  }
}

Index IndexBuilder::finish() {
  if (!api_version_) throw IndexFault{"the index has no apiVersion", 1};
  return std::move(index_);
}

}  // namespace acr::dependencies

// index.yaml: which form it has, and which entry is meant (D-15, D-16).

#include "dependencies/index_reader.hpp"

#include <algorithm>
#include <utility>

#include "dependencies/index_parsers.hpp"
#include "dependencies/limits.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"

namespace acr::dependencies {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// "sha256:<lower-case hex>", or nothing for a form that says nothing (D-30).
std::optional<std::string> normal_digest(std::string_view digest) {
  auto lower = to_lower_ascii(digest);
  if (lower.starts_with("sha256:")) lower.erase(0, 7);
  if (!is_lower_hex(lower, 64)) return std::nullopt;
  return "sha256:" + lower;
}

/// Versions of the index around the one that is missing.
std::string nearest(IndexedChart const& chart, std::string_view version) {
  auto const found = chart.nearest.find(version);
  if (found == chart.nearest.end() || found->second.empty()) return "no version of that name";
  auto const& near = found->second;  // newest first
  auto const wanted = chart::parse_version(version);
  auto const above = static_cast<std::size_t>(
      std::ranges::count_if(near, [&](auto const& known) { return wanted && chart::compare(known, *wanted) > 0; }));
  auto const most = std::min(limits::nearest_versions, near.size());
  auto const from = std::min(above - std::min(above, most / 2), near.size() - most);
  std::string text;
  for (std::size_t i = from; i < from + most; ++i) text += (text.empty() ? "" : ", ") + near[i].original;
  return text;
}

}  // namespace

IndexReader::IndexReader(WantedCharts wanted, std::string where, std::function<void(std::int64_t)> count)
    : wanted_(std::move(wanted)), where_(std::move(where)), count_(std::move(count)) {}
IndexReader::~IndexReader() = default;

void IndexReader::start() {
  if (count_) count_(-std::exchange(taken_, 0));
  parser_.reset();  // before the builder that it uses
  builder_.reset();
  is_over_ = may_fall_back_ = is_web_page_ = false;
  held_.clear();
  outcome_ = {};
}

void IndexReader::open(bool as_json) {
  parser_.reset();
  builder_.emplace(wanted_);
  is_json_ = as_json;
  parser_ = as_json ? json_index_parser(*builder_) : yaml_index_parser(*builder_);
}

bool IndexReader::take(std::string_view piece) {
  if (is_over_) return false;
  taken_ += static_cast<std::int64_t>(piece.size());
  if (count_) count_(static_cast<std::int64_t>(piece.size()));
  if (!parser_) {
    held_.append(piece);
    if (held_.size() < byte_order_mark.size() && byte_order_mark.starts_with(held_)) return true;
    auto const start = held_.starts_with(byte_order_mark) ? byte_order_mark.size() : std::size_t{0};
    auto const first = held_.find_first_not_of(" \t\r\n", start);
    if (first == std::string::npos && held_.size() < limits::index_buffer_bytes) return true;
    is_web_page_ = first != std::string::npos && held_[first] == '<';
    open(first != std::string::npos && held_[first] == '{');
    may_fall_back_ = is_json_;
    auto const bytes = is_json_ ? held_ : std::exchange(held_, {});
    return parser_->take(std::string_view(bytes).substr(start)) || settle();
  }
  if (may_fall_back_) {
    may_fall_back_ = held_.size() + piece.size() <= limits::index_buffer_bytes;
    may_fall_back_ ? void(held_.append(piece)) : std::string().swap(held_);
  }
  return parser_->take(piece) || settle();
}

/// The parser has seen enough. True: another one began, and goes on.
bool IndexReader::settle() {
  outcome_ = parser_->finish();
  if (is_json_ && outcome_.other_form && may_fall_back_) {
    // YAML may begin with `{` too; it differs from JSON soon, or it is not read.
    open(false);
    may_fall_back_ = false;
    auto const bytes = std::exchange(held_, {});
    return parser_->take(bytes) || settle();
  }
  is_over_ = true;
  return false;
}

Verdict<Index> IndexReader::finish() {
  if (!parser_) {
    open(false);
    parser_->take(held_);
  }
  while (!is_over_) settle();
  if (!outcome_.fault) {
    try {
      return builder_->finish();
    } catch (IndexFault const& fault) {
      outcome_.fault = fault;
    }
  }
  return reject("dep-index-invalid", where_ + ":" + std::to_string(outcome_.fault->line),
                is_web_page_ ? "the index is a web page" : outcome_.fault->why)
      .rule("D-15")
      .expected("an index of chart repositories, JSON or YAML")
      .found(outcome_.fault->why + ", line " + std::to_string(outcome_.fault->line))
      .fix("the repository's owner must fix it");
}

Verdict<Index> read_index(std::string_view bytes, WantedCharts const& wanted, std::string_view where) {
  IndexReader reader(wanted, std::string(where));
  reader.start();
  reader.take(bytes);
  return reader.finish();
}

Verdict<IndexChoice> choose(Index const& index, std::string_view name, std::string_view version, std::string_view pin,
                            std::string_view where) {
  static IndexedChart const none;
  auto const found = index.find(name);
  auto const& chart = found == index.end() ? none : found->second;
  std::vector<IndexEntry const*> matches;
  for (auto const& entry : chart.entries)
    if (entry.version == version) matches.push_back(&entry);
  if (matches.empty())
    for (auto const& entry : chart.entries)
      if (same_version(entry.version, version)) matches.push_back(&entry);
  if (matches.empty())
    return reject("dep-not-found", std::string(where),
                  "the repository does not have " + std::string(name) + " " + std::string(version))
        .rule("D-16")
        .expected(std::string(name) + " " + std::string(version))
        .found(nearest(chart, version))
        .fix("check name and version in Chart.yaml and the lock");

  auto const all_of = [&](auto const& same) { return std::ranges::all_of(matches, same); };
  auto const& first = *matches.front();
  auto const first_digest = normal_digest(first.digest);
  if (first_digest && all_of([&](auto const* e) { return normal_digest(e->digest) == first_digest; }))
    return IndexChoice{first.url, {*first_digest}, false};
  if (all_of([&](auto const* e) { return e->url == first.url; })) {
    IndexChoice choice{first.url, {}, false};
    for (auto const* entry : matches) {
      auto const digest = normal_digest(entry->digest);
      if (digest && std::ranges::find(choice.digests, *digest) == choice.digests.end()) choice.digests.push_back(*digest);
      choice.bad_digest = choice.bad_digest || (!digest && !entry->digest.empty());
    }
    return choice;
  }
  for (auto const* entry : matches)
    if (!pin.empty() && normal_digest(entry->digest) == pin) return IndexChoice{entry->url, {std::string(pin)}, false};
  return reject("dep-index-ambiguous", std::string(where) + ":" + std::to_string(matches[1]->line),
                "the index has " + std::string(name) + " " + std::string(version) + " more than once, with different contents")
      .rule("D-16")
      .expected("one entry for a version")
      .found(std::to_string(matches.size()) + " entries")
      .fix("pin the digest in the lock; the repository's owner must fix the index");
}

}  // namespace acr::dependencies

// Version constraints (D-13).

#include "chart/constraint.hpp"

#include <algorithm>
#include <array>
#include <compare>
#include <optional>
#include <tuple>
#include <utility>

#include "chart/limits.hpp"

namespace acr::chart {
namespace {

using Operator = ConstraintPart::Operator;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

bool is_wildcard(std::string_view number) { return number == "x" || number == "X" || number == "*"; }

// Longer texts first: `>=` must not be read as `>`.
constexpr std::array<std::pair<std::string_view, Operator>, 11> operators{{{"!=", Operator::not_equal},
                                                                           {">=", Operator::at_least},
                                                                           {"=>", Operator::at_least},
                                                                           {"<=", Operator::at_most},
                                                                           {"=<", Operator::at_most},
                                                                           {"~>", Operator::tilde},
                                                                           {"=", Operator::equal},
                                                                           {">", Operator::greater},
                                                                           {"<", Operator::less},
                                                                           {"~", Operator::tilde},
                                                                           {"^", Operator::caret}}};

/// The version of a part: numbers from the first wildcard on become 0, what follows `-` or `+` stays.
std::optional<ConstraintPart> parse_bound(std::string_view text) {
  ConstraintPart part;
  std::string plain;
  std::string const written(text);
  if (text.starts_with('v')) text.remove_prefix(1);
  auto const suffix_at = std::min(text.find_first_of("-+"), text.size());
  auto numbers = text.substr(0, suffix_at);
  if (numbers.empty()) return std::nullopt;
  unsigned count = 0;
  bool wild = false;
  for (bool more = true; more; ++count) {
    if (count == 3) return std::nullopt;
    auto const dot = numbers.find('.');
    more = dot != std::string_view::npos;
    auto const number = numbers.substr(0, dot);
    numbers = more ? numbers.substr(dot + 1) : std::string_view{};
    if (number.empty()) return std::nullopt;
    if (!wild && is_wildcard(number)) {
      wild = true;
      part.numbers = count;
    }
    // Numbers behind a wildcard have no say, but they must be numbers or wildcards.
    if (is_wildcard(number)) {
      plain += count == 0 ? "0" : ".0";
      continue;
    }
    if (number.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    if (count != 0) plain += '.';
    plain += wild ? "0" : std::string(number);
  }
  if (!wild) part.numbers = count;
  auto bound = parse_version(plain + std::string(text.substr(suffix_at)));
  if (!bound) return std::nullopt;
  part.bound = std::move(*bound);
  part.bound.original = written;
  return part;
}

class Reader {
 public:
  explicit Reader(std::string_view group) : rest_(group) {}

  std::optional<std::vector<ConstraintPart>> parts() {
    std::vector<ConstraintPart> found;
    skip_blanks();
    while (true) {
      auto part = next();
      if (!part) return std::nullopt;
      found.push_back(std::move(*part));
      bool const blank = skip_blanks();
      if (rest_.empty()) return found;
      if (rest_.front() == ',') {
        rest_.remove_prefix(1);
        skip_blanks();
        continue;  // a part must follow: next() refuses an empty rest
      }
      if (!blank) return std::nullopt;
      if (rest_.front() == '-') {
        rest_.remove_prefix(1);
        if (!close_range(found)) return std::nullopt;
        skip_blanks();
        if (rest_.empty()) return found;
        if (rest_.front() == ',') rest_.remove_prefix(1);
        skip_blanks();
      }
    }
  }

 private:
  std::string_view rest_;

  bool skip_blanks() {
    auto const before = rest_.size();
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
    return rest_.size() != before;
  }

  std::string_view word() {
    std::size_t length = 0;
    while (length < rest_.size() && !is_blank(rest_[length]) && rest_[length] != ',') ++length;
    auto const text = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return text;
  }

  std::optional<ConstraintPart> next() {
    std::optional<Operator> op;
    for (auto const& [text, meaning] : operators)
      if (rest_.starts_with(text)) {
        rest_.remove_prefix(text.size());
        op = meaning;
        break;
      }
    if (op) skip_blanks();
    auto part = parse_bound(word());
    if (!part) return std::nullopt;
    part->op = op.value_or(Operator::equal);
    part->operator_written = op.has_value();
    return part;
  }

  /// `A - B`: A has been read as a part of its own.
  bool close_range(std::vector<ConstraintPart>& found) {
    if (found.back().operator_written || !skip_blanks()) return false;
    auto upper = next();
    if (!upper || upper->operator_written) return false;
    found.back().op = Operator::at_least;
    found.back().operator_written = true;
    upper->op = Operator::at_most;
    upper->operator_written = true;
    found.push_back(std::move(*upper));
    return true;
  }
};

bool holds(ConstraintPart const& part, Version const& v) {
  auto const& b = part.bound;
  auto const k = part.numbers;
  auto const ordering = compare(v, b);
  bool const same_major = v.major == b.major;
  bool const same_minor = same_major && v.minor == b.minor;
  auto const tilde = [&] {
    if (ordering < 0) return false;
    if (k == 0 || (k == 3 && b.major == 0 && b.minor == 0 && b.patch == 0)) return true;
    return k == 1 ? same_major : same_minor;
  };
  switch (part.op) {
    case Operator::equal:
      return k == 3 ? ordering == 0 : tilde();
    case Operator::not_equal:
      if (k == 1) return !same_major;
      if (k == 2) return !same_minor || v.prerelease != b.prerelease;
      return ordering != 0;
    case Operator::greater:
      if (k == 1) return v.major > b.major;
      if (k == 2) return std::pair(v.major, v.minor) > std::pair(b.major, b.minor);
      return ordering > 0;
    case Operator::less:
      return ordering < 0;
    case Operator::at_least:
      return ordering >= 0;
    case Operator::at_most:
      if (k == 0) return v.major == 0 && v.minor == 0;
      if (k == 1) return v.major <= b.major;
      if (k == 2) return std::pair(v.major, v.minor) <= std::pair(b.major, b.minor);
      return ordering <= 0;
    case Operator::tilde:
      return tilde();
    case Operator::caret:
      if (ordering < 0) return false;
      if (k == 1 || b.major > 0) return same_major;
      if (k == 2 || b.minor > 0) return same_minor;
      return same_minor && v.patch == b.patch;
  }
  return false;
}

Rejection refuse(std::string_view text, std::string why) {
  return reject("dep-lock-mismatch", "", std::move(why))
      .rule("D-13")
      .expected("a version constraint such as `^1.2.3` or `>=1.2, <2`")
      .found(std::string(text.substr(0, constraint_bytes)))
      .fix("correct the version in Chart.yaml and run `helm dependency update`");
}

}  // namespace

Verdict<Constraint> Constraint::parse(std::string_view text) {
  if (text.size() > constraint_bytes) return refuse(text, "a version constraint is too long");
  Constraint constraint;
  for (auto rest = text;;) {
    auto const bar = rest.find("||");
    auto parts = Reader(rest.substr(0, bar)).parts();
    if (!parts) return refuse(text, "a version constraint cannot be read");
    constraint.groups_.push_back(std::move(*parts));
    if (constraint.groups_.size() > constraint_groups) return refuse(text, "a version constraint has too many alternatives");
    if (bar == std::string_view::npos) return constraint;
    rest.remove_prefix(bar + 2);
  }
}

bool Constraint::allows(Version const& version) const {
  return std::ranges::any_of(groups_, [&](auto const& group) {
    bool const may_be_prerelease = version.prerelease.empty() ||
                                   std::ranges::any_of(group, [](auto const& part) { return !part.bound.prerelease.empty(); });
    return may_be_prerelease && std::ranges::all_of(group, [&](auto const& part) { return holds(part, version); });
  });
}

std::string Constraint::exact_version() const {
  if (groups_.size() != 1 || groups_.front().size() != 1) return {};
  auto const& part = groups_.front().front();
  return part.op == Operator::equal && part.numbers == 3 ? part.bound.original : std::string();
}

}  // namespace acr::chart

// See identity_pattern.hpp. Thompson's construction: the pattern becomes a machine of at most 20,000 states, all alternatives
// are followed side by side.
#include "sigstore/identity_pattern.hpp"

#include <algorithm>
#include <optional>

#include "support/text.hpp"

namespace acr::sigstore {
namespace {

constexpr std::size_t max_pattern = 1000;
constexpr std::size_t max_states = 20'000;
constexpr std::size_t max_repeat = 200;
constexpr std::size_t max_nesting = 50;
constexpr std::size_t open_end = static_cast<std::size_t>(-1);

std::bitset<256> range(unsigned char from, unsigned char to) {
  std::bitset<256> set;
  for (unsigned c = from; c <= to; ++c) set.set(c);
  return set;
}

std::optional<std::bitset<256>> escaped(char c) {
  std::bitset<256> const digits = range('0', '9');
  switch (c) {
    case 'd':
      return digits;
    case 'w':
      return digits | range('a', 'z') | range('A', 'Z') | range('_', '_');
    case 's':
      return range('\t', '\n') | range('\f', '\r') | range(' ', ' ');
    default:
      break;
  }
  bool const punctuation =
      c > 0x20 && c < 0x7f && !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
  if (!punctuation) return std::nullopt;
  return range(static_cast<unsigned char>(c), static_cast<unsigned char>(c));
}

}  // namespace

/// Recursive descent over the pattern. A fragment is built from its end: each build function gets the state to go on with.
class PatternCompiler {
 public:
  PatternCompiler(std::string_view pattern, IdentityPattern& out) : pattern_(pattern), out_(out) {}

  bool run() {
    if (pattern_.starts_with("(?i)")) {
      ignore_case_ = true;
      at_ = 4;
    }
    std::size_t const match = state({IdentityPattern::State::Kind::match, {}, 0, 0});
    auto const tree = alternatives(0);
    if (failed_ || at_ != pattern_.size()) return false;
    out_.start_ = emit(tree, match);
    return !failed_;
  }

 private:
  struct Node {
    enum class Kind { bytes, begin, end, sequence, alternatives, repeat } kind = Kind::sequence;
    std::bitset<256> bytes;
    std::vector<Node> children;
    std::size_t minimum = 1, maximum = 1;
  };

  [[nodiscard]] bool more() const { return at_ < pattern_.size() && !failed_; }
  [[nodiscard]] char peek() const { return pattern_[at_]; }

  Node alternatives(std::size_t depth) {
    Node node{Node::Kind::alternatives, {}, {}, 1, 1};
    if (depth > max_nesting) failed_ = true;
    do {
      node.children.push_back(sequence(depth));
    } while (more() && peek() == '|' && ++at_);
    return node;
  }

  Node sequence(std::size_t depth) {
    Node node{Node::Kind::sequence, {}, {}, 1, 1};
    while (more() && peek() != '|' && peek() != ')') node.children.push_back(repeated(depth));
    return node;
  }

  Node repeated(std::size_t depth) {
    Node node = atom(depth);
    while (more() && (peek() == '*' || peek() == '+' || peek() == '?' || peek() == '{')) {
      Node repeat{Node::Kind::repeat, {}, {}, 0, open_end};
      char const c = pattern_[at_++];
      if (c == '+') repeat.minimum = 1;
      if (c == '?') repeat.maximum = 1;
      if (c == '{') read_counts(repeat);
      if (node.kind == Node::Kind::repeat) failed_ = true;  // `a**`, and `a*?`, whose laziness we do not have
      repeat.children.push_back(std::move(node));
      node = std::move(repeat);
    }
    return node;
  }

  void read_counts(Node& repeat) {
    auto const close = pattern_.find('}', at_);
    if (close == std::string_view::npos) return void(failed_ = true);
    std::string_view const inside = pattern_.substr(at_, close - at_);
    at_ = close + 1;
    auto const comma = inside.find(',');
    auto const low = to_number(inside.substr(0, comma), max_repeat);
    auto const high = comma == std::string_view::npos || comma + 1 == inside.size()
                          ? std::optional<std::uint64_t>()
                          : to_number(inside.substr(comma + 1), max_repeat);
    if (!low || (comma != std::string_view::npos && comma + 1 != inside.size() && (!high || *high < *low)))
      return void(failed_ = true);
    repeat.minimum = static_cast<std::size_t>(*low);
    repeat.maximum = comma == std::string_view::npos ? repeat.minimum : high ? static_cast<std::size_t>(*high) : open_end;
  }

  Node atom(std::size_t depth) {
    Node node{Node::Kind::bytes, {}, {}, 1, 1};
    char const c = pattern_[at_++];
    switch (c) {
      case '(': {
        if (pattern_.substr(at_).starts_with("?:")) {
          at_ += 2;
        } else if (more() && peek() == '?') {
          failed_ = true;
        }
        node = alternatives(depth + 1);
        if (!more() || peek() != ')') {
          failed_ = true;
        } else {
          ++at_;
        }
        return node;
      }
      case '^':
        node.kind = Node::Kind::begin;
        return node;
      case '$':
        node.kind = Node::Kind::end;
        return node;
      case '.':
        node.bytes = ~range('\n', '\n');
        return node;
      case '[':
        node.bytes = byte_class();
        return node;
      case '*':
      case '+':
      case '?':
      case '{':
        failed_ = true;
        return node;
      case '\\': {
        auto const set = more() ? escaped(pattern_[at_++]) : std::nullopt;
        if (!set) failed_ = true;
        if (set) node.bytes = *set;
        break;
      }
      default:
        node.bytes.set(static_cast<unsigned char>(c));
    }
    node.bytes = folded(node.bytes);
    return node;
  }

  std::bitset<256> byte_class() {
    std::bitset<256> set;
    bool const negated = more() && peek() == '^';
    if (negated) ++at_;
    bool first = true;
    while (more() && (peek() != ']' || first)) {
      first = false;
      auto from = static_cast<unsigned char>(pattern_[at_++]);
      if (from == '\\') {
        auto const part = more() ? escaped(pattern_[at_++]) : std::nullopt;
        if (!part) failed_ = true;
        if (part) set |= *part;
        continue;
      }
      auto to = from;
      if (at_ + 1 < pattern_.size() && peek() == '-' && pattern_[at_ + 1] != ']') {
        to = static_cast<unsigned char>(pattern_[at_ + 1]);
        at_ += 2;
        if (to == '\\' || to < from) failed_ = true;
      }
      if (!failed_) set |= range(from, to);
    }
    if (!more()) {
      failed_ = true;
    } else {
      ++at_;
    }
    set = folded(set);
    return negated ? ~set : set;
  }

  [[nodiscard]] std::bitset<256> folded(std::bitset<256> set) const {
    if (!ignore_case_) return set;
    for (unsigned c = 'a'; c <= 'z'; ++c)
      if (set[c] || set[c - 32]) set.set(c).set(c - 32);
    return set;
  }

  std::size_t state(IdentityPattern::State const& state) {
    if (out_.states_.size() >= max_states) {
      failed_ = true;
      return 0;
    }
    out_.states_.push_back(state);
    return out_.states_.size() - 1;
  }

  std::size_t emit(Node const& node, std::size_t next) {
    using Kind = IdentityPattern::State::Kind;
    if (failed_) return next;
    switch (node.kind) {
      case Node::Kind::bytes:
        return state({Kind::bytes, node.bytes, next, 0});
      case Node::Kind::begin:
        return state({Kind::begin, {}, next, 0});
      case Node::Kind::end:
        return state({Kind::end, {}, next, 0});
      case Node::Kind::sequence:
        for (auto child = node.children.rbegin(); child != node.children.rend(); ++child) next = emit(*child, next);
        return next;
      case Node::Kind::alternatives: {
        std::size_t first = emit(node.children.back(), next);
        for (std::size_t i = node.children.size() - 1; i-- > 0;)
          first = state({Kind::split, {}, emit(node.children[i], next), first});
        return first;
      }
      case Node::Kind::repeat:
        return emit_repeat(node, next);
    }
    return next;
  }

  std::size_t emit_repeat(Node const& node, std::size_t next) {
    using Kind = IdentityPattern::State::Kind;
    Node const& child = node.children.front();
    std::size_t first = next;
    if (node.maximum == open_end) {
      std::size_t const loop = state({Kind::split, {}, 0, next});
      std::size_t const body = emit(child, loop);
      if (!failed_) out_.states_[loop].next = body;
      first = loop;
    } else {
      for (std::size_t i = node.minimum; i < node.maximum && !failed_; ++i)
        first = state({Kind::split, {}, emit(child, first), next});
    }
    for (std::size_t i = 0; i < node.minimum && !failed_; ++i) first = emit(child, first);
    return first;
  }

  std::string_view pattern_;
  IdentityPattern& out_;
  std::size_t at_ = 0;
  bool ignore_case_ = false;
  bool failed_ = false;
};

Verdict<IdentityPattern> IdentityPattern::compile(std::string_view pattern) {
  IdentityPattern compiled;
  if (pattern.size() > max_pattern || !PatternCompiler(pattern, compiled).run())
    return reject("policy", "cert-identity-regex", "this regular expression is not one of the kinds that are understood")
        .rule("V-93")
        .found(std::string(pattern.substr(0, 200)))
        .fix("use literals, classes, groups, alternatives and repetitions only, or cert-identity");
  return compiled;
}

void IdentityPattern::add(std::vector<std::size_t>& list, std::vector<bool>& present, std::size_t state, bool at_begin,
                          bool at_end) const {
  std::vector<std::size_t> open{state};
  while (!open.empty()) {
    std::size_t const at = open.back();
    open.pop_back();
    if (present[at]) continue;
    present[at] = true;
    State const& s = states_[at];
    switch (s.kind) {
      case State::Kind::bytes:
      case State::Kind::match:
        list.push_back(at);
        break;
      case State::Kind::split:
        open.insert(open.end(), {s.other, s.next});
        break;
      case State::Kind::begin:
        if (at_begin) open.push_back(s.next);
        break;
      case State::Kind::end:
        if (at_end) open.push_back(s.next);
        break;
    }
  }
}

bool IdentityPattern::found_in(std::string_view text) const {
  std::vector<std::size_t> current;
  for (std::size_t at = 0;; ++at) {
    std::vector<std::size_t> closed;
    std::vector<bool> present(states_.size());
    for (std::size_t const s : current) add(closed, present, s, at == 0, at == text.size());
    add(closed, present, start_, at == 0, at == text.size());
    current.clear();
    for (std::size_t const s : closed) {
      if (states_[s].kind == State::Kind::match) return true;
      if (at < text.size() && states_[s].bytes[static_cast<unsigned char>(text[at])]) current.push_back(states_[s].next);
    }
    if (at == text.size()) return false;
  }
}

}  // namespace acr::sigstore

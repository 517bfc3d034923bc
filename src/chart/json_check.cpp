// The states of Go's JSON scanner: src/chart/json_check.hpp

#include "chart/json_check.hpp"

#include <string>
#include <vector>

#include "chart/limits.hpp"

namespace acr::chart {
namespace {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  /// True for one JSON value; at() is where it goes wrong otherwise.
  bool scan();
  [[nodiscard]] std::size_t at() const { return at_; }

 private:
  [[nodiscard]] bool has(char c) const { return at_ < text_.size() && text_[at_] == c; }
  [[nodiscard]] bool has_digit() const { return at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; }
  bool take(char c) { return has(c) && (++at_, true); }
  void skip_space() {
    while (has(' ') || has('\t') || has('\n') || has('\r')) ++at_;
  }
  bool word(std::string_view word) {
    for (char const c : word)
      if (!take(c)) return false;
    return true;
  }
  bool digits() {
    if (!has_digit()) return false;
    while (has_digit()) ++at_;
    return true;
  }
  bool number();
  bool string();
  bool scalar();
  bool key() {
    skip_space();
    if (!string()) return false;
    skip_space();
    return take(':');
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool Scanner::number() {
  take('-');
  if (!take('0') && !digits()) return false;
  if (take('.') && !digits()) return false;
  if (take('e') || take('E')) {
    if (!take('+')) take('-');
    return digits();
  }
  return true;
}

bool Scanner::string() {
  if (!take('"')) return false;
  while (at_ < text_.size()) {
    auto const c = static_cast<unsigned char>(text_[at_]);
    if (c < 0x20) return false;
    ++at_;
    if (c == '"') return true;
    if (c != '\\') continue;
    if (at_ >= text_.size()) return false;
    if (text_[at_] == 'u') {
      ++at_;
      for (int i = 0; i < 4; ++i, ++at_)
        if (at_ >= text_.size() || std::string_view("0123456789abcdefABCDEF").find(text_[at_]) == std::string_view::npos)
          return false;
    } else if (std::string_view("\"\\/bfnrt").find(text_[at_]) != std::string_view::npos) {
      ++at_;
    } else {
      return false;
    }
  }
  return false;
}

bool Scanner::scalar() {
  if (at_ >= text_.size()) return false;
  switch (text_[at_]) {
    case '"':
      return string();
    case 't':
      return word("true");
    case 'f':
      return word("false");
    case 'n':
      return word("null");
    default:
      return number();
  }
}

bool Scanner::scan() {
  std::vector<bool> open;  // true: an object
  for (;;) {
    skip_space();
    bool const object = has('{');
    if (object || has('[')) {
      if (open.size() >= json_levels) return false;
      ++at_;
      skip_space();
      if (!take(object ? '}' : ']')) {
        open.push_back(object);
        if (object && !key()) return false;
        continue;
      }
    } else if (!scalar()) {
      return false;
    }
    // A value is complete: what follows depends on what is open.
    for (;;) {
      skip_space();
      if (open.empty()) return at_ == text_.size();
      if (take(',')) {
        if (open.back() && !key()) return false;
        break;
      }
      if (!take(open.back() ? '}' : ']')) return false;
      open.pop_back();
    }
  }
}

}  // namespace

Verdict<std::string_view> check_json(std::string_view bytes, std::string_view file) {
  Scanner scanner(bytes);
  if (scanner.scan()) return bytes;
  std::size_t line = 1, column = 1;
  for (char const c : bytes.substr(0, scanner.at())) {
    column = c == '\n' ? 1 : column + 1;
    line += c == '\n' ? 1 : 0;
  }
  return reject("schema-json", std::string(file) + ":" + std::to_string(line) + ":" + std::to_string(column),
                "invalid JSON in " + std::string(file))
      .rule("P-80")
      .expected("one JSON value, at most " + std::to_string(json_levels) + " levels deep")
      .fix("correct it at this place, or remove the file");
}

}  // namespace acr::chart

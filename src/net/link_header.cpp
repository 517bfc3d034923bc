#include "net/link_header.hpp"

#include <algorithm>

#include "net/limits.hpp"
#include "support/text.hpp"

namespace acr::net {
namespace {

bool is_token_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

/// A position in the header; every step either moves it on or refuses.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  bool done() const { return at_ == text_.size(); }
  char peek() const { return done() ? '\0' : text_[at_]; }
  bool take(char c) {
    if (done() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void skip_blanks() {
    while (!done() && (peek() == ' ' || peek() == '\t')) ++at_;
  }
  std::string_view token() {
    auto const start = at_;
    while (!done() && is_token_char(peek())) ++at_;
    return text_.substr(start, at_ - start);
  }
  /// Behind the opening quote; nothing without a closing one.
  std::optional<std::string> quoted() {
    std::string value;
    while (!done()) {
      char const c = text_[at_++];
      if (c == '"') return value;
      if (c == '\\' && !done()) {
        value += text_[at_++];
      } else {
        value += c;
      }
    }
    return std::nullopt;
  }
  std::optional<std::string> until(char c) {
    auto const end = text_.find(c, at_);
    if (end == std::string_view::npos) return std::nullopt;
    std::string value(text_.substr(at_, end - at_));
    at_ = end + 1;
    return value;
  }
  Rejection refuse(std::string why) const {
    return reject("bad-link-header", "Link header, byte " + std::to_string(at_ + 1), std::move(why)).rule("G-31");
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

std::vector<std::string> relations_of(std::string_view value) {
  std::vector<std::string> relations;
  for (auto const& word : split(value, ' ')) {
    if (!word.empty()) relations.push_back(to_lower_ascii(word));
  }
  return relations;
}

Verdict<Link> read_link(Reader& reader) {
  if (!reader.take('<')) return reader.refuse("a link does not start with <");
  auto target = reader.until('>');
  if (!target) return reader.refuse("the < of a link is not closed");
  Link link{std::move(*target), {}};
  bool rel_seen = false;
  for (;;) {
    reader.skip_blanks();
    if (!reader.take(';')) return link;
    reader.skip_blanks();
    auto const name = reader.token();
    if (name.empty()) {
      if (reader.done() || reader.peek() == ';' || reader.peek() == ',') continue;  // RFC 8288 allows empty parameters
      return reader.refuse("a parameter has no name");
    }
    reader.skip_blanks();
    std::string value;
    if (reader.take('=')) {
      reader.skip_blanks();
      if (reader.take('"')) {
        auto quoted = reader.quoted();
        if (!quoted) return reader.refuse("a quoted value is not closed");
        value = std::move(*quoted);
      } else {
        value = std::string(reader.token());
      }
    }
    if (equal_ignoring_ascii_case(name, "rel") && !rel_seen) {  // later ones are ignored, says RFC 8288
      rel_seen = true;
      link.relations = relations_of(value);
    }
  }
}

}  // namespace

Verdict<std::vector<Link>> parse_link_header(std::string_view text) {
  Reader reader(text);
  if (text.size() > limits::link_header_bytes) return reader.refuse("the header is too long");
  std::vector<Link> links;
  for (;;) {
    reader.skip_blanks();
    if (reader.done()) return links;
    if (reader.take(',')) continue;  // empty list elements, RFC 9110 section 5.6.1
    auto link = read_link(reader);
    if (!link) return link.error();
    links.push_back(std::move(*link));
    reader.skip_blanks();
    if (!reader.done() && !reader.take(',')) return reader.refuse("two links are not separated by a comma");
  }
}

Verdict<std::optional<std::string>> next_link(std::string_view text) {
  auto const links = parse_link_header(text);
  if (!links) return links.error();
  for (auto const& link : *links) {
    if (std::find(link.relations.begin(), link.relations.end(), "next") != link.relations.end()) {
      return std::optional<std::string>(link.target);
    }
  }
  return std::optional<std::string>();
}

}  // namespace acr::net

// Challenges and tokens (D-22, B-27).

#include "dependencies/oci_auth.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "dependencies/limits.hpp"
#include "support/encoding.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace acr::dependencies {
namespace {

bool is_token_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

class HeaderReader {
 public:
  explicit HeaderReader(std::string_view text) : text_(text) {}
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  void skip(std::string_view of) {
    while (!at_end() && of.find(text_[at_]) != std::string_view::npos) ++at_;
  }
  bool take(char c) {
    bool const there = !at_end() && text_[at_] == c;
    at_ += there ? 1 : 0;
    return there;
  }
  /// Empty when there is none.
  std::string token() {
    auto const start = at_;
    while (!at_end() && is_token_char(text_[at_])) ++at_;
    return std::string(text_.substr(start, at_ - start));
  }
  /// Behind the opening quote; nothing when it is not closed.
  std::optional<std::string> quoted() {
    std::string value;
    while (!at_end()) {
      char c = text_[at_++];
      if (c == '"') return value;
      if (c == '\\') {
        if (at_end()) break;
        c = text_[at_++];
      }
      value += c;
    }
    return std::nullopt;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

/// The name of a query's parameter as servers may read it: decoded, in lower case, without blanks and an index ("scope[]").
std::string parameter_name(std::string_view parameter) {
  std::string name;
  auto const text = parameter.substr(0, parameter.find('='));
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto const byte = text[i] == '%' ? from_hex(text.substr(i + 1, 2)) : std::nullopt;  // Url::parse saw to complete escapes
    char const c = byte ? byte->front() : text[i];
    if (byte) i += 2;
    if (c == '[') break;
    if (c != ' ' && c != '+' && c != '\t') name += c;
  }
  return to_lower_ascii(name);
}

/// A part of a query between `&` that says what a token is for. Some servers take `;` for `&`.
bool says_what_for(std::string_view part) {
  return std::ranges::any_of(split(part, ';'), [](auto const parameter) {
    auto const name = parameter_name(parameter);
    return name == "scope" || name == "service" || name == "account";
  });
}

}  // namespace

std::vector<Challenge> parse_challenges(std::string_view header) {
  std::vector<Challenge> challenges;
  HeaderReader reader(header);
  while (true) {
    reader.skip(" \t,");
    auto const word = reader.token();
    if (word.empty()) return challenges;
    reader.skip(" \t");
    if (!reader.take('=')) {
      challenges.push_back({to_lower_ascii(word), {}});
      continue;
    }
    if (challenges.empty()) return challenges;
    reader.skip(" \t");
    auto const value = reader.take('"') ? reader.quoted() : std::optional(reader.token());
    if (!value) {
      challenges.pop_back();  // cut off inside
      return challenges;
    }
    reader.skip("=/");  // the rest of a token68, which no scheme of ours has
    challenges.back().parameters.emplace(to_lower_ascii(word), *value);
  }
}

Verdict<Token> read_token(std::string_view body, std::string_view where) {
  auto const refuse = [&](std::string why) {
    return reject("dep-auth", std::string(where), std::move(why))
        .rule("D-22")
        .expected("JSON with access_token or token")
        .fix("check registry-credentials, and that the registry's token service works");
  };
  JsonLimits allowed;
  allowed.max_bytes = limits::token_bytes;
  allowed.duplicate_names_allowed = true;
  auto const answer = parse_json(body, where, allowed);
  if (!answer) return refuse("the token service's answer is not JSON");
  auto value = string_in(*answer, "access_token").value_or("");
  if (value.empty()) value = string_in(*answer, "token").value_or("");
  if (value.empty()) return refuse("the token service's answer holds no token");
  if (!std::ranges::all_of(value, [](char c) { return c > 0x20 && c < 0x7f; }))
    return refuse("the token is not visible ASCII text");
  constexpr std::chrono::seconds day = std::chrono::hours(24);
  auto const life = std::chrono::seconds(integer_in(*answer, "expires_in").value_or(limits::token_life.count()));
  return Token{std::move(value), std::clamp(life, std::chrono::seconds(0), day)};
}

net::Url token_url(net::Url realm, std::string const* service, std::string_view repository_path) {
  std::string const own = realm.query.value_or("");
  std::string query;
  for (auto const part : split(own, '&'))
    if (!part.empty() && !says_what_for(part)) query.append(part).append("&");
  if (service) query += "service=" + percent_encode(*service) + "&";
  realm.query = query + "scope=" + percent_encode("repository:" + std::string(repository_path) + ":pull");
  realm.fragment.reset();
  return realm;
}

}  // namespace acr::dependencies

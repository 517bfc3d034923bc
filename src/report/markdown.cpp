#include "report/markdown.hpp"

#include <algorithm>

#include "support/encoding.hpp"
#include "support/text.hpp"

namespace acr::report {
namespace {

bool is_decimal(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// GitHub makes links of "www.…", of "GH-12" and of what may be a commit's id.
bool may_become_link(std::string_view word) {
  constexpr std::size_t shortest_commit = 7;
  auto const lower = to_lower_ascii(word);
  return lower.starts_with("www.") || lower.starts_with("gh-") ||
         (lower.size() >= shortest_commit && lower.find_first_not_of("0123456789abcdef") == std::string::npos);
}

// "<server>/<repository>/attestations/<id>"
std::string attestation_url(std::string_view server_url, std::string_view repository, std::string_view id) {
  return std::string(server_url) + "/" + std::string(repository) + "/attestations/" + std::string(id);
}

// "[shown](url)", `shown` being Markdown already.
std::string linked(std::string const& shown, std::string_view url) {
  if (!url.starts_with("https://") && !url.starts_with("http://")) return shown;
  return "[" + shown + "](" + percent_encode(url, ":/?&=%") + ")";
}

}  // namespace

std::string plain_word(std::string_view foreign) {
  constexpr std::size_t longest = 200;
  bool const plain =
      !foreign.empty() && foreign.size() <= longest && is_letter_or_digit(foreign.front()) &&
      is_letter_or_digit(foreign.back()) &&
      std::ranges::all_of(foreign, [](char c) { return is_letter_or_digit(c) || c == '.' || c == '+' || c == '-'; });
  return plain && !may_become_link(foreign) ? std::string(foreign) : code_span(foreign);
}

std::string code_span(std::string_view foreign, std::size_t limit) {
  std::string const text = printable(foreign, limit);
  if (trimmed(text).empty()) return "–";
  std::string out = "`";
  for (char const c : text) {
    switch (c) {
      case '|':
        out += "\\u{7c}";
        break;
      case '`':
        out += "\\u{60}";
        break;
      case '<':
        out += "\\u{3c}";
        break;
      case '>':
        out += "\\u{3e}";
        break;
      default:
        out += c;
    }
  }
  return out + "`";
}

std::string short_digest(std::string_view digest) {
  constexpr std::size_t digits = 12;
  auto const colon = digest.find(':');
  return code_span(digest.substr(0, (colon == std::string_view::npos ? 0 : colon + 1) + digits));
}

std::string link(std::string_view text, std::string_view url) {
  return linked(is_decimal(text) ? std::string(text) : code_span(text), url);
}

std::string attestation_link(std::string_view server_url, std::string_view repository, std::string_view id) {
  if (id.empty()) return "–";
  return link(id, attestation_url(server_url, repository, id));
}

std::string attested_digest(std::string_view server_url, std::string_view repository, std::string_view digest,
                            std::string_view id) {
  auto const shown = short_digest(digest);
  return id.empty() || digest.empty() ? shown : linked(shown, attestation_url(server_url, repository, id));
}

std::string mermaid_label(std::string_view foreign, std::size_t limit) {
  std::string const text = printable(foreign, limit);
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    auto const c = next_code_point(text, at);
    auto const plain = [](char32_t p) {
      return (p >= 'a' && p <= 'z') || (p >= 'A' && p <= 'Z') || (p >= '0' && p <= '9') || p == ' ' || p == '.' || p == '_' ||
             p == ':' || p == '/' || p == '+' || p == '-';
    };
    if (c && plain(*c)) {
      out += static_cast<char>(*c);
    } else {
      out += "#" + std::to_string(static_cast<std::uint32_t>(c.value_or(0xfffd))) + ";";
    }
  }
  return out + "\"";
}

}  // namespace acr::report

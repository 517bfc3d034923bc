#include "report/markdown.hpp"

#include <algorithm>

#include "support/encoding.hpp"
#include "support/text.hpp"

namespace acr::report {
namespace {

bool is_decimal(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

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
  std::string const shown = is_decimal(text) ? std::string(text) : code_span(text);
  if (!url.starts_with("https://") && !url.starts_with("http://")) return shown;
  return "[" + shown + "](" + percent_encode(url, ":/?&=%") + ")";
}

std::string attestation_link(std::string_view server_url, std::string_view repository, std::string_view id) {
  if (id.empty()) return "–";
  return link(id, std::string(server_url) + "/" + std::string(repository) + "/attestations/" + std::string(id));
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

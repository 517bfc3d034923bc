#include "net/request_text.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "support/text.hpp"

namespace acr::net {
namespace {

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    auto const byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

template <std::size_t N>
bool is_one_of(std::string_view name, std::array<char const*, N> const& names) {
  return std::any_of(names.begin(), names.end(), [&](char const* n) { return equal_ignoring_ascii_case(n, name); });
}

constexpr std::array credentials{"authorization", "proxy-authorization", "cookie"};
constexpr std::array own{"host",
                         "user-agent",
                         "content-length",
                         "transfer-encoding",
                         "connection",
                         "keep-alive",
                         "upgrade",
                         "te",
                         "accept-encoding",
                         "expect",
                         "trailer"};

void append(std::string& text, Headers const& headers) {
  for (auto const& [name, value] : headers) {
    if (!is_token(name)) throw std::logic_error("a header field name is not a token");
    if (!is_field_value(value)) throw std::logic_error("the header field " + name + " holds a control character");
    if (is_one_of(name, own)) throw std::logic_error("the header field " + name + " is the client's own");
    text.append(name).append(": ").append(value).append("\r\n");
  }
}

}  // namespace

std::string request_text(Request const& request, std::string_view user_agent) {
  if (!is_token(request.method)) throw std::logic_error("the request method is not a token");
  if (!is_field_value(request.url.target() + request.url.host) || request.url.target().find(' ') != std::string::npos) {
    throw std::logic_error("the URL was not made by Url::parse");
  }
  if (!is_field_value(user_agent)) throw std::logic_error("the user agent holds a control character");
  for (auto const& [name, value] : request.headers) {
    if (is_one_of(name, credentials)) throw std::logic_error(name + " belongs into origin_headers");
  }
  std::string text = request.method + " " + request.url.target() + " HTTP/1.1\r\nHost: " + request.url.authority() + "\r\n";
  text.append("User-Agent: ").append(user_agent).append("\r\n");
  append(text, request.headers);
  append(text, request.origin_headers);
  bool const has_body = request.method != "GET" && request.method != "HEAD";
  if (!has_body && !request.body.empty()) throw std::logic_error("a " + request.method + " has no body");
  if (has_body) text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  return text.append("\r\n").append(request.body);
}

}  // namespace acr::net

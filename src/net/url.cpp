#include "net/url.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "net/address.hpp"
#include "net/limits.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"

namespace acr::net {
namespace {

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alnum(char c) { return is_alpha(c) || is_digit(c); }
bool is_unreserved(char c) { return is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~'; }
bool is_sub_delim(char c) { return std::string_view("!$&'()*+,;=").find(c) != std::string_view::npos; }

/// A URL is foreign text: say what is wrong without showing it, it may hold a secret.
Rejection bad_url(std::string why) { return reject("bad-url", "URL", std::move(why)).rule("RFC 3986"); }

/// pchar of RFC 3986, with `further` characters; escapes must be complete.
bool is_made_of_pchars(std::string_view text, std::string_view further) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    char const c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !from_hex(text.substr(i + 1, 2))) return false;
      i += 2;
    } else if (!is_unreserved(c) && !is_sub_delim(c) && c != ':' && c != '@' && further.find(c) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

/// The five parts of any URI reference, by the expression of RFC 3986 appendix B.
struct Parts {
  std::optional<std::string_view> scheme, authority, query, fragment;
  std::string_view path;
};

Parts parts_of(std::string_view text) {
  Parts parts;
  if (auto const hash = text.find('#'); hash != std::string_view::npos) {
    parts.fragment = text.substr(hash + 1);
    text = text.substr(0, hash);
  }
  if (auto const mark = text.find('?'); mark != std::string_view::npos) {
    parts.query = text.substr(mark + 1);
    text = text.substr(0, mark);
  }
  auto const colon = text.find(':');
  if (colon != std::string_view::npos && colon > 0 && text.find('/') > colon) {
    parts.scheme = text.substr(0, colon);
    text = text.substr(colon + 1);
  }
  if (text.starts_with("//")) {
    auto const end = text.find('/', 2);
    parts.authority = text.substr(2, end == std::string_view::npos ? end : end - 2);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end);
  }
  parts.path = text;
  return parts;
}

std::string without_dot_segments(std::string_view path) {
  // RFC 3986 section 5.2.4, for paths that start with "/".
  std::vector<std::string_view> kept;
  auto const segments = split(path.substr(1), '/');
  for (std::size_t i = 0; i < segments.size(); ++i) {
    bool const last = i + 1 == segments.size();
    if (segments[i] == "." || segments[i] == "..") {
      if (segments[i] == ".." && !kept.empty()) kept.pop_back();
      if (last) kept.emplace_back();  // "a/." and "a/.." end in a slash
    } else {
      kept.push_back(segments[i]);
    }
  }
  std::string joined;
  for (auto const& segment : kept) joined.append("/").append(segment);
  return joined.empty() ? "/" : joined;
}

Verdict<std::string> host_of(std::string_view text) {
  if (text.starts_with('[')) {
    if (!text.ends_with(']')) return bad_url("the bracket around the address is not closed");
    auto const address = Address::parse(text.substr(1, text.size() - 2));
    if (!address || address->is_v4()) return bad_url("the host in brackets is not an IPv6 address");
    return address->text();
  }
  if (text.empty()) return bad_url("the host is missing");
  if (text.size() > 253) return bad_url("the host name is too long");
  std::string host = to_lower_ascii(text);
  auto const labels = split(host, '.');
  for (auto const& label : labels) {
    bool const known = std::all_of(label.begin(), label.end(), [](char c) { return is_alnum(c) || c == '-' || c == '_'; });
    if (label.empty() || label.size() > 63 || !known || label.front() == '-' || label.back() == '-') {
      return bad_url("the host is neither a host name nor an address");
    }
  }
  // A last label that is a number makes resolvers read the whole as an address, in spellings (127.1, 0x7f.1)
  // that would get around comparisons.
  auto const& last = labels.back();
  bool const numeric = std::all_of(last.begin(), last.end(), is_digit) || last.starts_with("0x");
  if (numeric && !Address::parse(host)) return bad_url("the host is neither a host name nor an address");
  return host;
}

Verdict<Url> put_together(std::string_view scheme_text, std::string_view authority, std::string path,
                          std::optional<std::string_view> query, std::optional<std::string_view> fragment) {
  Url url;
  url.scheme = to_lower_ascii(scheme_text);
  url.port = default_port(url.scheme);
  if (url.port == 0) return bad_url("the scheme is not https");
  if (authority.find('@') != std::string_view::npos) {
    return reject("url-userinfo", "URL", "a user name or password stands before the host").rule("D-36");
  }
  std::string_view host = authority;
  auto const bracket = authority.rfind(']');
  if (auto const colon = authority.rfind(':');
      colon != std::string_view::npos && (bracket == std::string_view::npos || bracket < colon)) {
    auto const port = to_number(authority.substr(colon + 1), 65535);
    if (!port || *port == 0) return bad_url("the port is not a number from 1 to 65535");
    url.port = static_cast<std::uint16_t>(*port);
    host = authority.substr(0, colon);
  }
  auto name = host_of(host);
  if (!name) return name.error();
  url.host = *name;
  url.path = path.empty() ? "/" : std::move(path);
  if (!is_made_of_pchars(url.path, "/")) return bad_url("the path holds a character that must be escaped");
  if (query && !is_made_of_pchars(*query, "/?")) return bad_url("the query holds a character that must be escaped");
  if (fragment && !is_made_of_pchars(*fragment, "/?")) return bad_url("the fragment holds a character that must be escaped");
  if (query) url.query = std::string(*query);
  if (fragment) url.fragment = std::string(*fragment);
  return url;
}

Verdict<void> check_length(std::string_view text) {
  if (text.size() <= limits::url_bytes) return {};
  return bad_url("the URL is longer than " + std::to_string(limits::url_bytes) + " bytes");
}

/// `text` with each byte escaped that is not a pchar, one of `further`, or part of an escape.
std::string with_needed_escapes(std::string_view text, std::string_view further) {
  std::string escaped;
  for (char const c : text)
    escaped += c == '%' || is_made_of_pchars({&c, 1}, further) ? std::string(1, c) : percent_encode({&c, 1});
  return escaped;
}

/// As Go's URL.EscapedPath: a path in which nothing must be escaped stays, `[` and `]` included.
Verdict<std::string> escaped_path(std::string_view path) {
  if (is_made_of_pchars(path, "/[]")) return with_needed_escapes(path, "/");
  auto const decoded = percent_decoded(path);
  if (!decoded) return bad_url("the path holds a broken escape");
  return percent_encode(*decoded, "/$&+,:;=@");
}

bool is_scheme(std::string_view text) {
  return !text.empty() && is_alpha(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || c == '+' || c == '-' || c == '.'; });
}

std::string bracketed(std::string const& host) { return host.find(':') == std::string::npos ? host : "[" + host + "]"; }

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    auto const byte = i + 2 < text.size() ? from_hex(text.substr(i + 1, 2)) : std::nullopt;
    if (!byte) return std::nullopt;
    decoded += *byte;
    i += 2;
  }
  return decoded;
}

std::uint16_t default_port(std::string_view scheme) {
  if (scheme == "https" || scheme == "oci") return 443;
  if (scheme == "http") return 80;
  return 0;
}

std::string Origin::text() const {
  std::string text = scheme + "://" + bracketed(host);
  if (port != default_port(scheme)) text += ":" + std::to_string(port);
  return text;
}

Verdict<Url> Url::parse(std::string_view text) {
  if (auto const fine = check_length(text); !fine) return fine.error();
  auto const parts = parts_of(text);
  if (!parts.scheme) return bad_url("the scheme is missing");
  if (!parts.authority) return bad_url("the scheme is not followed by // and a host");
  return put_together(*parts.scheme, *parts.authority, std::string(parts.path), parts.query, parts.fragment);
}

Verdict<Url> Url::resolve(std::string_view reference) const {
  if (auto const fine = check_length(reference); !fine) return fine.error();
  auto const parts = parts_of(reference);
  if (parts.scheme && !is_scheme(*parts.scheme)) return bad_url("the first path segment holds a colon");
  if (parts.scheme && !parts.authority) return bad_url("the scheme is not followed by // and a host");
  if (parts.authority) {
    return put_together(parts.scheme.value_or(scheme), *parts.authority,
                        without_dot_segments(parts.path.empty() ? "/" : parts.path), parts.query, parts.fragment);
  }
  std::string merged = path;
  std::optional<std::string_view> asked = parts.query;
  if (parts.path.starts_with('/')) {
    merged = without_dot_segments(parts.path);
  } else if (!parts.path.empty()) {
    merged = without_dot_segments(path.substr(0, path.rfind('/') + 1) + std::string(parts.path));
  } else if (!asked && query) {
    asked = *query;
  }
  return put_together(scheme, authority(), std::move(merged), asked, parts.fragment);
}

Verdict<std::string> escaped_reference(std::string_view text) {
  if (auto const fine = check_length(text); !fine) return fine.error();
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
    return bad_url("the URL holds a control character");
  if (!is_utf8(text)) return bad_url("the URL is not UTF-8 text");
  auto const parts = parts_of(text);
  auto path = escaped_path(parts.path);
  if (!path) return path.error();
  std::string escaped;
  if (parts.scheme) escaped.append(*parts.scheme).append(":");
  if (parts.authority) escaped.append("//").append(*parts.authority);
  // An escaped slash or colon that was decoded must not begin an authority or end a scheme (RFC 3986 section 4.2).
  if (!parts.scheme && !parts.authority) {
    if (path->starts_with("//"))
      escaped += "/.";
    else if (path->find(':') < path->find('/'))
      escaped += "./";
  }
  escaped += *path;
  if (parts.query) escaped += "?" + with_needed_escapes(*parts.query, "/?");
  if (parts.fragment) escaped += "#" + with_needed_escapes(*parts.fragment, "/?");
  return escaped;
}

std::string Url::authority() const {
  std::string text = bracketed(host);
  if (port != default_port(scheme)) text += ":" + std::to_string(port);
  return text;
}

std::string Url::target() const { return query ? path + "?" + *query : path; }
std::string Url::text() const { return scheme + "://" + authority() + target(); }
std::string Url::text_without_query() const { return scheme + "://" + authority() + path; }

bool Url::is_loopback() const {
  if (host == "localhost") return true;
  auto const address = Address::parse(host);
  return address && address->is_loopback();
}

bool Url::is_address() const { return Address::parse(host).has_value(); }

bool Url::is_below(Url const& base) const {
  if (origin() != base.origin()) return false;
  // What a lenient server may read as a dot segment is one.
  std::string decoded;
  for (std::size_t i = 0; i < path.size(); ++i) {
    std::string const escape = path[i] == '%' ? to_lower_ascii(std::string_view(path).substr(i, 3)) : std::string();
    if (escape == "%2e" || escape == "%2f" || escape == "%5c") {
      decoded += escape == "%2e" ? '.' : '/';
      i += 2;
    } else {
      decoded += path[i];
    }
  }
  for (auto const& segment : split(decoded, '/')) {
    if (segment == "." || segment == "..") return false;
  }
  std::string_view prefix = base.path;
  if (prefix.ends_with('/')) prefix.remove_suffix(1);
  return path == prefix || (path.starts_with(prefix) && path[prefix.size()] == '/');
}

}  // namespace acr::net

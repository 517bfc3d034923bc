// The input `registry-credentials` (D-36, B-27, B-28).

#include "dependencies/credentials.hpp"

#include <algorithm>

#include "dependencies/limits.hpp"
#include "net/path_prefix.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"

namespace acr::dependencies {
namespace {

constexpr std::string_view realm_word = "realm=";

/// Where the last word of `text` begins; 0 when there is no blank before it.
std::size_t last_word(std::string_view text) {
  auto const blank = text.find_last_of(" \t");
  return blank == std::string_view::npos ? 0 : blank + 1;
}

bool ends_in_realm(std::string_view text) {
  auto const word = last_word(text);
  return word > 0 && text.substr(word).starts_with(realm_word);
}

/// `host[:port]`, or nothing.
std::optional<Credential::Place> place_of(std::string_view text) {
  auto const url = net::Url::parse("https://" + std::string(text));
  if (!url || text.find_first_of("/?#") != std::string_view::npos) return std::nullopt;
  return Credential::Place{url->host, url->port};
}

}  // namespace

std::string registry_host(std::string_view host) { return host == "docker.io" ? "registry-1.docker.io" : std::string(host); }

std::string Credential::basic() const { return "Basic " + base64(user + ":" + password); }

bool Credential::allows_realm(net::Url const& realm) const {
  Place const asked{realm.host, realm.port};
  return asked == Place{host, port} || std::ranges::find(realms, asked) != realms.end();
}

std::string_view without_realms(std::string_view text) {
  text = trimmed(text);
  while (ends_in_realm(text)) text = trimmed(text.substr(0, last_word(text)));
  return text;
}

Verdict<Credentials> Credentials::parse(std::vector<std::string> const& lines) {
  Credentials parsed;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto const refuse = [&](std::string why) {
      return reject("bad-input", "input registry-credentials, line " + std::to_string(i + 1), std::move(why))
          .rule("D-36")
          .expected("host[:port][/prefix]=user:password, and behind it ` realm=host[:port]` for a token service elsewhere")
          .fix("correct the input registry-credentials");
    };
    std::string_view const line = trimmed(lines[i]);
    if (line.empty()) continue;
    auto const equals = line.find('=');
    if (equals == std::string_view::npos) return refuse("a line has no `=`");
    auto secret = line.substr(equals + 1);
    std::vector<Credential::Place> realms;
    for (; ends_in_realm(secret); secret = trimmed(secret.substr(0, last_word(secret)))) {
      auto const place = place_of(secret.substr(last_word(secret) + realm_word.size()));
      if (!place) return refuse("a word `realm=` does not name a host");
      realms.push_back(*place);
    }
    auto const colon = secret.find(':');
    if (colon == std::string_view::npos || colon == 0) return refuse("a line has no `user:password` behind the `=`");
    auto const url = net::Url::parse("https://" + std::string(line.substr(0, equals)));
    if (!url || url->query || url->fragment) return refuse("a line does not begin with a host");
    Credential credential{registry_host(url->host),
                          url->port,
                          url->path,
                          std::string(secret.substr(0, colon)),
                          std::string(secret.substr(colon + 1)),
                          std::move(realms)};
    while (credential.prefix.ends_with('/')) credential.prefix.pop_back();
    if (!net::is_usable_prefix(credential.prefix))
      return refuse("the prefix cannot be matched: it has an empty part, a dot part, `..`, `;` or an escaped slash");
    if (credential.password.size() < limits::password_bytes)
      return refuse("a password is too short to be kept out of the log (at least 8 characters)");
    for (auto const& other : parsed.list_)
      if (other.host == credential.host && other.port == credential.port && other.prefix == credential.prefix)
        return refuse("two lines have one host and prefix");
    parsed.list_.push_back(std::move(credential));
  }
  return parsed;
}

Credential const* Credentials::find(std::string_view host, std::uint16_t port, std::string_view path) const {
  Credential const* best = nullptr;
  for (auto const& credential : list_)
    if (credential.host == host && credential.port == port && (!best || credential.prefix.size() > best->prefix.size()) &&
        net::is_below_prefix(path, credential.prefix))
      best = &credential;
  return best;
}

std::vector<std::string> Credentials::secrets() const {
  std::vector<std::string> all;
  for (auto const& credential : list_) {
    all.push_back(credential.password);
    all.push_back(credential.basic().substr(6));
  }
  return all;
}

}  // namespace acr::dependencies

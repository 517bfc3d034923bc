// The input `registry-credentials` (D-36).

#include "dependencies/credentials.hpp"

#include "dependencies/limits.hpp"
#include "net/url.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"

namespace acr::dependencies {
namespace {

bool covers(Credential const& credential, std::string_view path) {
  if (credential.prefix.empty()) return true;
  net::Url const base{"https", credential.host, credential.port, credential.prefix, {}, {}};
  return net::Url{"https", credential.host, credential.port, std::string(path), {}, {}}.is_below(base);
}

}  // namespace

std::string registry_host(std::string_view host) { return host == "docker.io" ? "registry-1.docker.io" : std::string(host); }

std::string Credential::basic() const { return "Basic " + base64(user + ":" + password); }

Verdict<Credentials> Credentials::parse(std::vector<std::string> const& lines) {
  Credentials parsed;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto const refuse = [&](std::string why) {
      return reject("bad-input", "input registry-credentials, line " + std::to_string(i + 1), std::move(why))
          .rule("D-36")
          .expected("host[:port][/prefix]=user:password")
          .mend("correct the input registry-credentials");
    };
    std::string_view const line = trimmed(lines[i]);
    if (line.empty()) continue;
    auto const equals = line.find('=');
    if (equals == std::string_view::npos) return refuse("a line has no `=`");
    auto const secret = line.substr(equals + 1);
    auto const colon = secret.find(':');
    if (colon == std::string_view::npos || colon == 0) return refuse("a line has no `user:password` behind the `=`");
    auto const url = net::Url::parse("https://" + std::string(line.substr(0, equals)));
    if (!url || url->query || url->fragment) return refuse("a line does not begin with a host");
    Credential credential{registry_host(url->host), url->port, url->path, std::string(secret.substr(0, colon)),
                          std::string(secret.substr(colon + 1))};
    while (credential.prefix.ends_with('/')) credential.prefix.pop_back();
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
        covers(credential, path))
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

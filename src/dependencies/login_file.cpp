#include "dependencies/login_file.hpp"

#include <algorithm>
#include <utility>

#include "dependencies/limits.hpp"
#include "net/url.hpp"
#include "support/encoding.hpp"
#include "support/json.hpp"

namespace acr::dependencies {
namespace {

constexpr std::string_view docker_hub = "registry-1.docker.io";
constexpr std::string_view docker_hub_key = "https://index.docker.io/v1/";  // what `docker login` writes without a host
constexpr std::size_t depth = 16;

std::string authority(std::string_view host, std::uint16_t port) {
  return std::string(host) + (port == 443 ? "" : ":" + std::to_string(port));
}

/// The registry that a key stands for; nothing for plain http and for a part of a registry.
std::optional<Credential::Place> place_of_key(std::string_view key) {
  constexpr std::string_view https = "https://";
  if (key.starts_with(https)) key.remove_prefix(https.size());
  auto const slash = key.find('/');
  if (slash != std::string_view::npos) {
    auto const path = key.substr(slash);
    if (path != "/" && path != "/v1" && path != "/v1/" && path != "/v2" && path != "/v2/") return std::nullopt;
    key = key.substr(0, slash);
  }
  if (key.find_first_of("?#@") != std::string_view::npos) return std::nullopt;
  auto const url = net::Url::parse("https://" + std::string(key));
  if (!url) return std::nullopt;
  return Credential::Place{url->host == "index.docker.io" ? std::string(docker_hub) : registry_host(url->host), url->port};
}

/// The key for a registry: as it is written usually before other spellings.
template <class Entries>
auto find_key(Entries const& entries, std::string_view host, std::uint16_t port) {
  Credential::Place const place{std::string(host), port};
  auto const usual = entries.find(host == docker_hub && port == 443 ? std::string(docker_hub_key) : authority(host, port));
  if (usual != entries.end()) return usual;
  return std::ranges::find_if(entries, [&](auto const& entry) { return place_of_key(entry.first) == place; });
}

bool is_program_name(std::string_view name) {
  return !name.empty() && name.size() <= limits::helper_name_bytes && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

Verdict<Login> login_of(std::string user, std::string password, std::string_view host, std::uint16_t port,
                        std::string const& source) {
  if (user == "<token>") return unusable_login(source, "an identity token stands in the password's place", host, port);
  if (user.empty() || user.find(':') != std::string::npos)
    return unusable_login(source, "the login has no user's name", host, port);
  if (password.size() < limits::password_bytes)
    return unusable_login(source, "the password is too short to be kept out of messages (at least 8 characters)", host, port);
  return Login{
      {.host = std::string(host), .port = port, .prefix = {}, .user = std::move(user), .password = std::move(password)},
      source};
}

}  // namespace

Rejection unusable_login(std::string source, std::string why, std::string_view host, std::uint16_t port) {
  return reject("dep-auth", std::move(source), std::move(why))
      .rule("D-36")
      .expected("a user and a password for " + authority(host, port))
      .fix("log in to " + authority(host, port) + " anew, or log out, or give it a line of --registry-credentials");
}

Verdict<LoginFile> LoginFile::parse(std::string_view text, std::string path) {
  auto const json =
      parse_json(text, path, {.max_bytes = limits::login_file_bytes, .max_depth = depth, .duplicate_names_allowed = true});
  if (!json) return json.error();
  LoginFile file;
  auto const odd = [&](std::string why) { return reject("bad-input", path, std::move(why)).rule("D-36"); };
  if (!json->is_object()) return odd("this is not a file of registry logins");
  for (auto const* const name : {"auths", "credHelpers"})
    if (auto const* const member = find(*json, name); member && !member->is_object() && !member->is_null())
      return odd(std::string(name) + " is not an object");
  if (auto const* const auths = object_in(*json, "auths"))
    for (auto const& [key, value] : *auths) {
      Kept kept;
      kept.is_of_strings = value.is_object();
      for (auto const* const name : {"auth", "identitytoken", "registrytoken"}) {
        auto const* const member = find(value, name);
        if (!member || member->is_null()) continue;
        if (!member->is_string())
          kept.is_of_strings = false;
        else if (name == std::string_view("auth"))
          kept.auth = std::string(std::string_view(member->get_string()));
        else
          kept.by_token = kept.by_token || !member->get_string().empty();
      }
      file.auths_.insert_or_assign(std::string(std::string_view(key)), std::move(kept));
    }
  if (auto const* const helpers = object_in(*json, "credHelpers"))
    for (auto const& [key, value] : *helpers) {
      std::string name(value.is_string() ? std::string_view(value.get_string()) : std::string_view());
      file.helpers_.insert_or_assign(std::string(std::string_view(key)),
                                     is_program_name(name) ? std::move(name) : std::string());
    }
  if (auto const* const store = find(*json, "credsStore"); store && !store->is_null()) {
    if (!store->is_string()) return odd("credsStore is not a text");
    file.store_ = std::string(std::string_view(store->get_string()));
    file.store_is_name_ = file.store_.empty() || is_program_name(file.store_);
  }
  file.path_ = std::move(path);
  return file;
}

Verdict<LoginFile::Entry> LoginFile::entry(std::string_view host, std::uint16_t port) const {
  auto const helper = find_key(helpers_, host, port);
  auto const kept = find_key(auths_, host, port);
  Entry entry;
  if (helper != helpers_.end()) {
    if (helper->second.empty())
      return unusable_login(path_, "its entry in credHelpers is not the name of a program", host, port);
    return Entry{.login = {}, .helper = helper->second, .server = helper->first, .named = true};
  }
  entry.named = kept != auths_.end();
  if (!store_.empty()) {
    if (!store_is_name_) return unusable_login(path_, "its credsStore is not the name of a program", host, port);
    entry.helper = store_;
    entry.server = entry.named                         ? kept->first
                   : host == docker_hub && port == 443 ? std::string(docker_hub_key)
                                                       : authority(host, port);
    return entry;
  }
  if (!entry.named) return entry;
  auto const& [auth, by_token, is_of_strings] = kept->second;
  if (!is_of_strings) return unusable_login(path_, "its entry in auths has another form", host, port);
  if (by_token) return unusable_login(path_, "an identity token stands in the password's place", host, port);
  if (auth.empty()) return Entry();  // logged out, or kept by a program that is no longer named
  auto const text = from_base64(auth);
  auto const colon = text ? text->find(':') : std::string::npos;
  if (colon == std::string::npos)
    return unusable_login(path_, "its entry in auths is not the Base64 of user:password", host, port);
  auto login = login_of(text->substr(0, colon), text->substr(colon + 1), host, port, path_);
  if (!login) return login.error();
  entry.login = std::move(*login);
  return entry;
}

Verdict<Login> read_helper_answer(std::string_view json, std::string_view host, std::uint16_t port, std::string const& source) {
  auto const answer =
      parse_json(json, source, {.max_bytes = limits::helper_answer_bytes, .max_depth = depth, .duplicate_names_allowed = true});
  auto const user = answer ? string_in(*answer, "Username") : std::nullopt;
  auto const secret = answer ? string_in(*answer, "Secret") : std::nullopt;
  if (!user || !secret) return unusable_login(source, "its answer has no Username and Secret", host, port);
  return login_of(*user, *secret, host, port, source);
}

}  // namespace acr::dependencies

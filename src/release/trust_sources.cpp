// Which repositories are asked (T-5, T-13a); see trusted_root_refresh.hpp.
#include <algorithm>

#include "event/action_interface.hpp"
#include "release/trusted_root_refresh.hpp"
#include "sigstore/limits.hpp"
#include "support/atomic_file.hpp"
#include "support/encoding.hpp"
#include "support/json.hpp"
#include "support/text.hpp"
#include "tuf/limits.hpp"

namespace acr::release {
namespace {

[[noreturn]] void refuse(std::string const& what) {
  throw BadEnvironment("tuf-repositories", "ACR_TUF_REPOSITORIES: " + what + " [T-13a]");
}

bool is_loopback_http(net::Url const& url) { return url.scheme == "http" && url.is_loopback(); }

std::string needed_text(boost::json::value const& entry, std::string_view organization, std::string_view name) {
  auto text = string_in(entry, name);
  if (!text || text->empty()) refuse("the entry " + std::string(organization) + " needs the text `" + std::string(name) + "`");
  return *text;
}

std::string needed_file(std::string const& path, std::size_t limit) {
  try {
    return read_file(path, limit);
  } catch (std::runtime_error const& error) {
    refuse(error.what());
  }
}

void read_built_in(TrustSource& source, boost::json::value const& entry) {
  auto const& organization = source.organization;
  BuiltInCopy copy;
  copy.trusted_root = needed_file(needed_text(entry, organization, "trusted_root"), sigstore::limits::max_trusted_root_bytes);
  copy.date = needed_text(entry, organization, "date");
  auto const version = [&](std::string_view name) {
    auto const number = integer_in(entry, name);
    if (!number || *number < 0)
      refuse("the entry " + std::string(organization) + " needs the version `built-in." + std::string(name) + "`");
    return *number;
  };
  source.floors = {version("timestamp"), version("snapshot"), version("targets")};
  if (!parse_rfc3339(copy.date + "T00:00:00Z"))
    refuse("the entry " + std::string(organization) + " has no date of the form 2026-08-01");
  source.built_in = std::move(copy);
}

/// GitHub's repository, with a target that only the server knows, and nothing built in.
TrustSource tenant_repository() {
  auto repository = default_trust_sources().at(1);
  repository.target.clear();
  repository.name.clear();
  repository.built_in.reset();  // another instance's
  repository.named_by_server = true;
  return repository;
}

std::string without_slashes(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  return to_lower_ascii(url);
}

}  // namespace

std::vector<TrustSource> trust_sources(std::function<std::optional<std::string>(std::string const&)> const& environment) {
  auto const text = environment("ACR_TUF_REPOSITORIES");
  if (!text && tenant_of(environment("GITHUB_API_URL").value_or(""))) return {tenant_repository()};
  if (!text) return default_trust_sources();
  bool const in_actions = environment("GITHUB_ACTIONS") == "true";
  return test_trust_sources(*text, in_actions ? environment("GITHUB_API_URL").value_or("none") : std::string());
}

std::vector<TrustSource> test_trust_sources(std::string_view text, std::string_view api_url) {
  if (!api_url.empty()) {
    auto const api = net::Url::parse(api_url);
    if (!api || !is_loopback_http(*api)) refuse("it counts only when GITHUB_API_URL is http to this machine");
  }
  auto const document = parse_json(text, "ACR_TUF_REPOSITORIES");
  auto const* const entries = document ? document->if_object() : nullptr;
  if (!entries || entries->empty()) refuse("it is not a JSON object of repositories");
  std::vector<TrustSource> sources;
  for (auto const& [organization, entry] : *entries) {
    auto const base = base_url(needed_text(entry, organization, "url"));
    if (!base || !is_loopback_http(*base)) refuse("the url of " + std::string(organization) + " is not http to this machine");
    TrustSource source;
    source.organization = std::string(organization);
    source.instance = percent_encode(source.organization);
    source.address = {*base, *base};
    source.address.metadata.path += "metadata/";
    source.address.targets.path += "targets/";
    source.initial_root = needed_file(needed_text(entry, organization, "root"), tuf::limits::root_bytes);
    if (find(entry, "target")) source.target = needed_text(entry, organization, "target");
    source.name = source.target;
    if (auto const* const copy = find(entry, "built-in")) read_built_in(source, *copy);
    for (auto const& [name, value] : entry.get_object())
      if (name != "url" && name != "root" && name != "target" && name != "built-in")
        refuse("the entry " + std::string(organization) + " has the unknown member " + std::string(name));
    sources.push_back(std::move(source));
  }
  return sources;
}

std::optional<std::string> tenant_of(std::string_view api_url) {
  auto const url = net::Url::parse(api_url);
  constexpr std::string_view begin = "api.";
  constexpr std::string_view end = ".ghe.com";
  if (!url || !url->is_https() || !url->host.starts_with(begin) || !url->host.ends_with(end) ||
      url->host.size() <= begin.size() + end.size())
    return std::nullopt;
  auto tenant = url->host.substr(begin.size(), url->host.size() - begin.size() - end.size());
  if (tenant.find('.') != std::string::npos) return std::nullopt;
  return tenant;
}

std::string tenant_issuer(std::string_view tenant) { return "https://token.actions." + std::string(tenant) + ".ghe.com"; }

event::InputLookup with_tenant_issuer(event::InputLookup inputs, std::string_view api_url) {
  auto const tenant = tenant_of(api_url);
  if (!tenant) return inputs;
  return [inputs = std::move(inputs), issuer = tenant_issuer(*tenant)](std::string_view name) {
    auto given = inputs(name);
    // The runner fills in the default of action.yml, which no authority of a tenant names.
    if (name == "oidc-issuer" &&
        (!given || trimmed(*given).empty() || trimmed(*given) == event::input_row(name)->default_value))
      given = issuer;
    return given;
  };
}

std::string server_url(event::RunnerEnvironment const& environment) {
  auto const tenant = tenant_of(environment.api_url);
  if (!tenant) return environment.server_url.empty() ? "https://github.com" : environment.server_url;
  auto const own = "https://" + *tenant + ".ghe.com";
  if (!environment.server_url.empty() && without_slashes(environment.server_url) != own)
    throw BadEnvironment("bad-environment", "GITHUB_SERVER_URL is " + printable(environment.server_url, 200) +
                                                ", and GITHUB_API_URL belongs to " + own + " [T-5]");
  return own;
}

Verdict<TrustSource> tenant_trust_source(TrustSource repository, std::optional<std::string> const& trust_domain) {
  if (!trust_domain)
    return reject("trust-domain", "GET /meta", "domains.artifact_attestations.trust_domain is missing").rule("T-5");
  bool const usable = !trust_domain->empty() && std::all_of(trust_domain->begin(), trust_domain->end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
  if (!usable)
    return reject("trust-domain", "GET /meta", "the trust domain is not a name of letters, digits, `-` and `.`")
        .rule("T-5")
        .found(printable(*trust_domain, 100));
  repository.target = *trust_domain + ".trusted_root.json";
  repository.name = repository.address.metadata.host + "/" + repository.target;
  repository.named_by_server = false;
  return repository;
}

std::optional<std::vector<sigstore::TrustedRoot>> offline_roots(
    std::function<std::optional<std::string>(std::string const&)> const& environment) {
  if (!environment("ACR_TUF_REPOSITORIES")) return std::nullopt;
  std::vector<sigstore::TrustedRoot> roots;
  for (auto const& source : trust_sources(environment)) {
    if (!source.built_in) continue;
    auto root = sigstore::parse_trusted_root(source.built_in->trusted_root,
                                             "built in (" + source.organization + ", " + source.built_in->date + ")");
    if (!root) refuse(root.error().sentence());
    roots.push_back(std::move(*root));
  }
  return roots;
}

}  // namespace acr::release

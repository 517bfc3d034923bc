#include "release/dependency_network.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "release/dependency_build.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace {

bool is_label_text(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  });
}

// `host[:port]`, `[address][:port]` or `*.suffix[:port]`.
bool is_host_item(std::string_view item, bool pattern) {
  if (item.starts_with('[')) {
    auto const end = item.find(']');
    if (pattern || end == std::string_view::npos) return net::Url::parse("https://" + std::string(item)).has_value();
    return item.size() == end + 1 && net::Url::parse("https://" + std::string(item)).has_value();
  }
  auto const colon = item.find(':');
  if (colon != std::string_view::npos) {
    if (!pattern) return false;
    auto const port = to_number(item.substr(colon + 1), 65535);
    if (!port || *port == 0) return false;
    item = item.substr(0, colon);
  }
  if (pattern && item.starts_with("*.")) item.remove_prefix(2);
  return is_label_text(item) && !item.starts_with('.') && !item.ends_with('.');
}

}  // namespace

std::vector<Rejection> dependency_mistakes(event::ActionInputs const& inputs) {
  std::vector<Rejection> mistakes;
  auto const check = [&](std::string_view name, std::vector<std::string> const& items, bool pattern) {
    for (auto const& item : items)
      if (!is_host_item(item, pattern))
        mistakes.push_back(reject("bad-input", "input " + std::string(name), "this names no host")
                               .rule(pattern ? "D-32" : "D-33")
                               .expected(pattern ? "host, host:port or *.suffix" : "the exact name of a host")
                               .found(item));
  };
  check("dependency-hosts", inputs.dependency_hosts, true);
  check("dependency-private-hosts", inputs.dependency_private_hosts, false);
  if (auto const parsed = dependencies::Credentials::parse(inputs.registry_credentials); !parsed)
    mistakes.push_back(parsed.error());
  return mistakes;
}

std::vector<std::string> credential_secrets(std::vector<std::string> const& lines) {
  std::vector<std::string> secrets;
  for (auto const& line : lines) {
    if (auto const parsed = dependencies::Credentials::parse({line})) {
      std::ranges::move(parsed->secrets(), std::back_inserter(secrets));
      continue;
    }
    // host=user:password, split at the first "=" and the next ":" (D-36); words `realm=` are no part of it (B-27)
    auto const at = line.find(':', std::min(line.find('='), line.size()));
    if (at == std::string::npos) continue;
    auto const secret = trimmed(std::string_view(line).substr(at + 1));
    secrets.emplace_back(secret);
    if (auto const alone = dependencies::without_realms(secret); alone != secret && !alone.empty()) secrets.emplace_back(alone);
  }
  return secrets;
}

dependencies::HostSettings host_settings(event::ActionInputs const& inputs, std::string_view api_url) {
  auto const api = net::Url::parse(api_url);
  auto credentials = dependencies::Credentials::parse(inputs.registry_credentials);
  return {.hosts = inputs.dependency_hosts,
          .private_hosts = inputs.dependency_private_hosts,
          .loopback_http = api && api->scheme == "http" && api->is_loopback(),
          .credentials = std::move(credentials.value())};
}

dependencies::AskRegistry registry_look(event::OciCheck check, net::Http& network, dependencies::HostSettings settings,
                                        RunClock& clock) {
  if (check == event::OciCheck::off) return {};
  auto look = std::make_shared<dependencies::RegistryLook>(network, std::move(settings),
                                                           [&clock](std::chrono::milliseconds pause) { clock.sleep(pause); });
  auto const wanted = check == event::OciCheck::free ? dependencies::TagCheck::free : dependencies::TagCheck::pushed;
  return [look = std::move(look), wanted](dependencies::PlannedManifest const& planned) { return look->look(planned, wanted); };
}

dependencies::PlanSettings plan_settings(event::ActionInputs const& inputs, dependencies::NetworkSource const& source) {
  return {.pins = pins_of(inputs),
          .check_order = [&source](dependencies::ArchiveOrder const& order) { return source.check(order); }};
}

}  // namespace acr::release

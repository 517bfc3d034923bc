#include "release/services.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include "git/local_objects.hpp"
#include "github/combined_objects.hpp"
#include "github/rest_objects.hpp"
#include "net/retrying_http.hpp"
#include "support/atomic_file.hpp"
#include "support/errors.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace {

constexpr std::size_t trusted_root_bytes = std::size_t{16} << 20;

}  // namespace

ServiceSettings service_settings(RunSettings const& settings, event::PullRequestEvent const& event,
                                 event::RunnerEnvironment const& environment, event::EnvironmentLookup const& lookup) {
  ServiceSettings services;
  services.workspace = settings.workspace;
  services.object_source = settings.inputs.object_source;
  services.trusted_root = settings.inputs.trusted_root;
  if (!environment.api_url.empty()) services.api.base_url = environment.api_url;
  services.api.token = settings.inputs.token;
  services.api.api_version = settings.inputs.api_version;
  services.api.max_parallel = settings.inputs.max_parallel;
  auto const slash = event.repository.full_name.find('/');
  services.repository.owner = event.repository.full_name.substr(0, slash);
  services.repository.name = slash == std::string::npos ? std::string() : event.repository.full_name.substr(slash + 1);
  services.repository.id = static_cast<std::uint64_t>(event.repository.id);
  services.repository.owner_kind =
      event.repository.owner_type == "User" ? github::OwnerKind::user : github::OwnerKind::organization;
  services.client = net::client_settings([&](char const* name) { return lookup(name).value_or(""); }, "atomic-chart-release/" ACR_VERSION);
  return services;
}

std::vector<sigstore::TrustedRoot> trusted_roots(std::filesystem::path const& workspace, std::string const& file) {
  if (file.empty()) return sigstore::default_roots();
  try {
    auto roots = sigstore::parse_trusted_roots(read_file(workspace / file, trusted_root_bytes), file);
    if (!roots) throw BadEnvironment("trusted-root", roots.error().sentence());
    return std::move(*roots);
  } catch (RunError const&) {
    throw;
  } catch (std::runtime_error const& error) {
    throw BadEnvironment("trusted-root", error.what());
  }
}

struct Services::Parts {
  git::Libgit2 libgit2;
  std::vector<std::string> notices;  // before `local`: opening it adds to them
  std::unique_ptr<git::LocalObjects> local;
  net::HttpClient client;
  net::RetryingHttp http;
  github::Api api;
  github::RestObjects remote;
  github::CombinedObjects combined;
  github::Attestations attestations;
  sigstore::Verifier verifier;
  git::ObjectSource* objects = nullptr;
  bool built_in_roots;

  Parts(ServiceSettings settings, RunClock& clock)
      : local(open(settings)),
        client(clock, std::move(settings.client)),
        http(client, clock),
        api(http, clock, std::move(settings.api), std::move(settings.repository)),
        remote(api),
        combined(local.get(), remote),
        attestations(api),
        verifier(trusted_roots(settings.workspace, settings.trusted_root)),
        built_in_roots(settings.trusted_root.empty()) {
    if (settings.object_source == event::ObjectSourceChoice::local) {
      objects = local.get();
      notices.push_back("object-source: local: tags are taken from the checkout; the server was not asked whether it has them (B-24)");
    } else {
      objects = &combined;
    }
    for (auto const& root : verifier.roots())
      for (auto const& note : root.notes) notices.push_back("trusted root " + root.source + ": " + note);
  }

 private:
  std::unique_ptr<git::LocalObjects> open(ServiceSettings const& settings) {
    if (settings.object_source == event::ObjectSourceChoice::api) return nullptr;
    auto opened = git::LocalObjects::open(libgit2, settings.workspace);
    if (opened) return std::move(*opened);
    if (settings.object_source == event::ObjectSourceChoice::local)
      throw BadEnvironment("checkout-unavailable", opened.error().sentence());
    notices.push_back("git objects come from the API: " + opened.error().sentence());
    return nullptr;
  }
};

Services::Services(ServiceSettings settings, RunClock& clock) : parts_(std::make_unique<Parts>(std::move(settings), clock)) {}
Services::~Services() = default;

git::ObjectSource& Services::objects() { return *parts_->objects; }
github::Api& Services::api() { return parts_->api; }
github::Attestations& Services::attestations() { return parts_->attestations; }
sigstore::Verifier const& Services::verifier() const { return parts_->verifier; }
net::Http& Services::http() { return parts_->http; }
std::vector<std::string> const& Services::notices() const { return parts_->notices; }

std::vector<std::string> Services::debug_lines() const {
  auto const use = parts_->api.use();
  return {std::to_string(use.requests) + " answers of the API, " + std::to_string(use.unchanged) + " of them unchanged",
          use.remaining ? std::to_string(*use.remaining) + " API requests are left in this hour" : std::string("the API tells no rate limit")};
}

std::vector<std::string> Services::warnings() const {
  auto warnings = parts_->api.use().warnings();
  auto const now = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  if (parts_->built_in_roots)
    if (auto const old = sigstore::built_in_roots_warning({.seconds = now, .nanoseconds = 0})) warnings.push_back(*old);
  return warnings;
}

}  // namespace acr::release

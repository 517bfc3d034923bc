#include "release/services.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
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

constexpr std::size_t trusted_root_file_bytes = std::size_t{16} << 20;

RefreshMode refresh_mode(event::TrustedRootRefresh input) {
  switch (input) {
    case event::TrustedRootRefresh::automatic:
      return RefreshMode::automatic;
    case event::TrustedRootRefresh::require:
      return RefreshMode::require;
    case event::TrustedRootRefresh::off:
      break;
  }
  return RefreshMode::off;
}

}  // namespace

ServiceSettings service_settings(event::ActionInputs const& inputs, Repository const& repository,
                                 std::filesystem::path const& workspace, event::EnvironmentLookup const& lookup) {
  ServiceSettings services;
  services.workspace = workspace;
  services.object_source = inputs.object_source;
  services.trusted_root = inputs.trusted_root;
  services.refresh = refresh_mode(inputs.trusted_root_refresh);
  // T-8: somebody who looks at a terminal may wait longer.
  bool const in_actions = lookup("GITHUB_ACTIONS") == "true";
  services.refresh_budget =
      in_actions && services.refresh != RefreshMode::require ? std::chrono::seconds(10) : std::chrono::seconds(30);
  // T-7: a given file counts alone, offline.
  if (services.trusted_root.empty()) services.trust_sources = trust_sources(lookup);
  services.api = {.base_url = repository.api_url,
                  .graphql_url = lookup("GITHUB_GRAPHQL_URL").value_or(""),
                  .token = inputs.token,
                  .api_version = inputs.api_version};
  services.repository = address_of(repository);
  services.client =
      net::client_settings([&](char const* name) { return lookup(name).value_or(""); }, "atomic-chart-release/" ACR_VERSION);
  return services;
}

std::vector<sigstore::TrustedRoot> trusted_roots(std::filesystem::path const& workspace, std::string const& file) {
  try {
    auto roots = sigstore::parse_trusted_roots(read_file(workspace / file, trusted_root_file_bytes), file);
    if (!roots) throw BadEnvironment("trusted-root", roots.error().sentence());
    return std::move(*roots);
  } catch (RunError const&) {
    throw;
  } catch (std::runtime_error const& error) {
    throw BadEnvironment("trusted-root", error.what());
  }
}

namespace {

/// "public good", "GitHub", else the organisation.
std::string shown_name(std::string const& organization) {
  auto const roots = sigstore::built_in_roots();
  auto const found = std::ranges::find(roots, organization, &sigstore::BuiltInRoot::organization);
  return found == roots.end() ? organization : std::string(found->name);
}

/// Keeps nothing on disk (T-35); of a tenant the server is asked for its target first (T-5).
RefreshOutcome asked_in_memory(github::Api& api, TrustSource const& source, net::Http& http, Time now) {
  tuf::MemoryStore store;
  if (!source.named_by_server) return refresh_trusted_root(source, store, http, now);
  auto const named = tenant_trust_source(source, github::meta(api).trust_domain);
  if (!named) return {.kind = RefreshOutcome::Kind::wrong, .fresh = {}, .fault = named.error()};
  return refresh_trusted_root(*named, store, http, now);
}

/// The roots of a run that are kept current, and what was made of each (T-7 … T-11, T-14).
class CurrentRoots {
 public:
  CurrentRoots(ServiceSettings const& settings, RunClock& clock, net::HttpClient const& client, github::Api& api)
      : mode_(settings.refresh),
        refresh_(
            settings.trust_sources, clock, client, settings.refresh_budget,
            [&api](TrustSource const& source, net::Http& http, Time now) { return asked_in_memory(api, source, http, now); }) {}

  void begin() {
    if (mode_ != RefreshMode::off) refresh_.begin();
  }

  Verdict<std::optional<sigstore::TrustedRoot>> root_of(std::string const& organization) {
    auto const source = std::ranges::find(refresh_.sources(), organization, &TrustSource::organization);
    if (source == refresh_.sources().end()) return std::optional<sigstore::TrustedRoot>();
    auto const* const outcome = mode_ == RefreshMode::off ? nullptr : refresh_.outcome_of(organization);
    auto const choice = choose_root(mode_, outcome, organization, source->built_in ? source->built_in->date : "", time_now());
    if (choice.refusal && choice.status == ExitStatus::unreachable)
      throw Unreachable(choice.refusal->code, choice.refusal->sentence());
    if (choice.refusal) return *choice.refusal;
    bool const fresh = choice.use == RootChoice::Use::fresh;
    std::string const name =
        fresh ? outcome->fresh.name : "built in (" + shown_name(organization) + ", " + source->built_in->date + ")";
    auto root = sigstore::parse_trusted_root(fresh ? outcome->fresh.json : source->built_in->trusted_root, name);
    if (!root) return root.error();
    std::lock_guard const lock(mutex_);
    used_.insert_or_assign(organization, report::TrustedRoot{.source = name,
                                                             .digest = "sha256:" + root->sha256_hex,
                                                             .origin = fresh ? "tuf" : "built-in",
                                                             .organization = organization,
                                                             .tuf_root = fresh ? outcome->fresh.root : 0,
                                                             .tuf_targets = fresh ? outcome->fresh.targets : 0,
                                                             .date = fresh ? std::string() : source->built_in->date});
    if (choice.notice) notices_.insert_or_assign(organization, choice.notice->coded_sentence());
    if (choice.warning) warnings_.insert_or_assign(organization, choice.warning->coded_sentence());
    return std::optional(std::move(*root));
  }

  std::vector<report::TrustedRoot> used() const {
    std::lock_guard const lock(mutex_);
    std::vector<report::TrustedRoot> roots;
    for (auto const& [organization, root] : used_) roots.push_back(root);
    return roots;
  }
  std::vector<std::string> notices() const { return texts(notices_); }
  std::vector<std::string> warnings() const { return texts(warnings_); }

 private:
  std::vector<std::string> texts(std::map<std::string, std::string> const& by_organization) const {
    std::lock_guard const lock(mutex_);
    std::vector<std::string> texts;
    for (auto const& [organization, text] : by_organization) texts.push_back(text);
    return texts;
  }

  RefreshMode mode_;
  TrustedRootRefresh refresh_;
  mutable std::mutex mutex_;
  std::map<std::string, report::TrustedRoot> used_;
  std::map<std::string, std::string> notices_, warnings_;
};

}  // namespace

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
  std::unique_ptr<CurrentRoots> current;  ///< null with a given file
  sigstore::Verifier verifier;
  git::ObjectSource* objects = nullptr;

  Parts(ServiceSettings settings, RunClock& clock)
      : local(open(settings)),
        client(clock, settings.client),
        http(client, clock),
        api(http, clock, std::move(settings.api), std::move(settings.repository)),
        remote(api),
        combined(local.get(), remote),
        attestations(api),
        current(settings.trusted_root.empty() ? std::make_unique<CurrentRoots>(settings, clock, client, api) : nullptr),
        verifier(
            current ? std::vector<sigstore::TrustedRoot>() : release::trusted_roots(settings.workspace, settings.trusted_root),
            options()) {
    if (settings.object_source == event::ObjectSourceChoice::local) {
      objects = local.get();
      notices.push_back(
          "object-source: local: tags are taken from the checkout; the server was not asked whether it has them (B-24)");
    } else {
      objects = &combined;
    }
    for (auto const* root : verifier.roots())
      for (auto const& note : root->notes) notices.push_back("trusted root " + root->source + ": " + note);
  }

 private:
  sigstore::VerifierOptions options() {
    sigstore::VerifierOptions options;
    if (current) options.current_root = [this](std::string const& organization) { return current->root_of(organization); };
    return options;
  }

  std::unique_ptr<git::LocalObjects> open(ServiceSettings const& settings) {
    if (settings.object_source == event::ObjectSourceChoice::api) return nullptr;
    auto opened = git::LocalObjects::open(libgit2, settings.clone.empty() ? settings.workspace : settings.clone);
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

std::vector<std::string> Services::root_notices() const {
  return parts_->current ? parts_->current->notices() : std::vector<std::string>();
}

void Services::begin_refresh() {
  if (parts_->current) parts_->current->begin();
}

std::vector<report::TrustedRoot> Services::trusted_roots() const {
  if (parts_->current) return parts_->current->used();
  std::vector<report::TrustedRoot> roots;
  for (auto const* root : parts_->verifier.roots())
    roots.push_back({.source = root->source,
                     .digest = "sha256:" + root->sha256_hex,
                     .origin = "file",
                     .organization = {},
                     .tuf_root = 0,
                     .tuf_targets = 0,
                     .date = {}});
  return roots;
}
std::vector<std::string> const& Services::notices() const { return parts_->notices; }

std::vector<std::string> Services::debug_lines() const {
  auto const use = parts_->api.use();
  return {std::to_string(use.requests) + " answers of the API, " + std::to_string(use.unchanged) + " of them unchanged",
          use.remaining ? std::to_string(*use.remaining) + " API requests are left in this hour"
                        : std::string("the API reports no rate limit")};
}

std::vector<std::string> Services::warnings() const {
  auto warnings = parts_->api.use().warnings();
  if (parts_->current)
    for (auto const& text : parts_->current->warnings()) warnings.push_back(text);
  return warnings;
}

}  // namespace acr::release

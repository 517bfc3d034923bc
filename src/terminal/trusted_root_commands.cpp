#include "terminal/trusted_root_commands.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>
#include <ostream>
#include <set>
#include <tuple>

#include "github/api.hpp"
#include "net/http_client.hpp"
#include "net/retrying_http.hpp"
#include "support/atomic_file.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "support/json.hpp"
#include "support/text.hpp"
#include "terminal/trusted_root_cache.hpp"
#include "tuf/limits.hpp"

namespace acr::terminal {
namespace {

namespace json = boost::json;

constexpr std::chrono::seconds terminal_budget{30};  // T-8

net::ClientSettings client_of(Terminal const& terminal) {
  return net::client_settings([&](char const* name) { return terminal.environment(name).value_or(""); },
                              "atomic-chart-release/" ACR_VERSION);
}

/// The API of a tenant, which names the tenant's target (T-5).
struct TenantApi {
  TenantApi(Terminal const& terminal, net::HttpClient& client)
      : http(client, terminal.clock), api(http, terminal.clock, settings(terminal), {}) {}

  static github::ApiSettings settings(Terminal const& terminal) {
    github::ApiSettings settings;
    settings.base_url = terminal.environment("GITHUB_API_URL").value_or("");
    for (auto const variable : {"GH_TOKEN", "GITHUB_TOKEN"})
      if (settings.token.empty()) settings.token = terminal.environment(variable).value_or("");
    return settings;
  }

  net::RetryingHttp http;
  github::Api api;
};

/// `ask`, and of a tenant first what is to be asked for.
release::TrustedRootRefresh::Ask with_tenant(std::vector<release::TrustSource> const& sources, Terminal const& terminal,
                                             net::HttpClient& client, release::TrustedRootRefresh::Ask ask) {
  if (std::ranges::none_of(sources, &release::TrustSource::named_by_server)) return ask;
  return [ask, tenant = std::make_shared<TenantApi>(terminal, client)](release::TrustSource const& source, net::Http& http,
                                                                       Time now) {
    auto const named = release::tenant_trust_source(source, github::meta(tenant->api).trust_domain);
    if (!named)
      return release::RefreshOutcome{.kind = release::RefreshOutcome::Kind::wrong, .fresh = {}, .fault = named.error()};
    return ask(*named, http, now);
  };
}

/// One authority or log of a trusted root, for people.
struct Part {
  std::string kind;  ///< "certificate authority", …
  std::string name;
  std::string identity;  ///< equal for the same key
  std::string validity;
  friend bool operator<(Part const& a, Part const& b) {
    return std::tie(a.kind, a.identity, a.validity) < std::tie(b.kind, b.identity, b.validity);
  }
};

std::vector<Part> parts_of(sigstore::TrustedRoot const& root) {
  std::vector<Part> parts;
  auto const authority = [&](std::string const& kind, auto const& entry) {
    std::string chain;
    for (auto const& certificate : entry.chain) chain += certificate.der();
    parts.push_back({kind, entry.uri + (entry.common_name.empty() ? "" : " (" + entry.common_name + ")"), hex(sha256(chain)),
                     to_text(entry.valid_for)});
  };
  for (auto const& entry : root.certificate_authorities) authority("certificate authority", entry);
  for (auto const& log : root.tlogs) parts.push_back({"transparency log", log.name(), hex(log.log_id), to_text(log.valid_for)});
  for (auto const& log : root.ctlogs) parts.push_back({"certificate log", log.name(), hex(log.log_id), to_text(log.valid_for)});
  for (auto const& entry : root.timestamp_authorities) authority("timestamp authority", entry);
  return parts;
}

/// A root that must parse: it did before.
std::vector<Part> parts_of(std::string const& text, std::string const& name) {
  auto const root = sigstore::parse_trusted_root(text, name);
  if (!root) throw BadEnvironment("trusted-root", root.error().sentence());
  return parts_of(*root);
}

struct Comparison {
  std::vector<std::pair<Part, std::string>> parts;  ///< with "same", "new" or "gone" against the built-in copy
};

Comparison compare(std::vector<Part> const& built_in, std::vector<Part> const& current) {
  std::set<Part> const before(built_in.begin(), built_in.end());
  std::set<Part> const now(current.begin(), current.end());
  Comparison result;
  for (auto const& part : current) result.parts.emplace_back(part, before.contains(part) || built_in.empty() ? "same" : "new");
  for (auto const& part : built_in)
    if (!now.contains(part)) result.parts.emplace_back(part, "gone");
  return result;
}

std::int64_t initial_version(release::TrustSource const& source) {
  auto const root = tuf::parse_root(source.initial_root, "initial root.json");
  return root ? root->content.version : 0;
}

/// What is known of one instance.
struct Account {
  release::TrustSource const* source = nullptr;
  release::RefreshOutcome outcome;  ///< fresh: the current copy
  bool asked = false;

  /// Of a tenant it is known when the server was asked (T-5).
  [[nodiscard]] std::string target() const {
    auto const slash = outcome.fresh.name.rfind('/');
    return source->named_by_server && slash != std::string::npos ? outcome.fresh.name.substr(slash + 1) : source->target;
  }
  [[nodiscard]] bool is_fresh() const { return outcome.kind == release::RefreshOutcome::Kind::fresh; }
  [[nodiscard]] Comparison comparison() const {
    auto const built_in = source->built_in ? parts_of(source->built_in->trusted_root, source->name) : std::vector<Part>();
    return compare(built_in, is_fresh() ? parts_of(outcome.fresh.json, source->name) : built_in);
  }
};

json::object account_json(Account const& account) {
  auto const& source = *account.source;
  json::object result{{"organisation", source.organization},
                      {"repository", source.address.metadata.text()},
                      {"target", account.target()},
                      {"initial_root", initial_version(source)}};
  result["built_in"] = source.built_in ? json::value(json::object{{"date", source.built_in->date},
                                                                  {"digest", sha256_text(source.built_in->trusted_root)},
                                                                  {"timestamp", source.floors.timestamp},
                                                                  {"snapshot", source.floors.snapshot},
                                                                  {"targets", source.floors.targets}})
                                       : json::value(nullptr);
  auto const& fresh = account.outcome.fresh;
  result["current"] = account.is_fresh() ? json::value(json::object{{"digest", sha256_text(fresh.json)},
                                                                    {"root", fresh.root},
                                                                    {"timestamp", fresh.timestamp},
                                                                    {"snapshot", fresh.snapshot},
                                                                    {"targets", fresh.targets},
                                                                    {"expires", to_text(fresh.expires)}})
                                         : json::value(nullptr);
  result["problem"] =
      account.asked && !account.is_fresh() ? json::value(account.outcome.fault.coded_sentence()) : json::value(nullptr);
  json::array parts;
  for (auto const& [part, state] : account.comparison().parts)
    parts.push_back(json::object{
        {"kind", part.kind}, {"name", part.name}, {"id", part.identity}, {"validity", part.validity}, {"state", state}});
  result["parts"] = std::move(parts);
  return result;
}

void print(std::ostream& out, Account const& account) {
  auto const& source = *account.source;
  out << printable(source.organization) << "  " << source.address.metadata.text() << "  " << printable(account.target())
      << "\n";
  if (source.built_in)
    out << "  built in  " << printable(source.built_in->date) << "  " << sha256_text(source.built_in->trusted_root)
        << "  initial root " << initial_version(source) << "\n";
  auto const& fresh = account.outcome.fresh;
  if (account.is_fresh())
    out << "  current   root " << fresh.root << "  timestamp " << fresh.timestamp << "  snapshot " << fresh.snapshot
        << "  targets " << fresh.targets << "  " << sha256_text(fresh.json) << "  until " << to_text(fresh.expires) << "\n";
  else
    out << "  current   "
        << (account.asked ? "unknown: " + printable(account.outcome.fault.coded_sentence())
                          : std::string("not asked for; see --refresh"))
        << "\n";
  for (auto const& [part, state] : account.comparison().parts)
    out << (state == "new"    ? "  + "
            : state == "gone" ? "  - "
                              : "    ")
        << part.kind << "  " << printable(part.name) << "  " << part.validity << "\n";
}

/// The files of src/sigstore/roots (T-6), whole or not at all as far as the network decides.
void write_roots(std::filesystem::path const& directory, std::vector<Account> const& accounts,
                 std::map<std::string, std::string> const& initial_roots, std::string const& date) {
  json::object facts;
  for (auto const& account : accounts) {
    std::string name = account.source->instance;
    std::replace(name.begin(), name.end(), '-', '_');
    auto const& fresh = account.outcome.fresh;
    write_file(directory / (name + ".json"), fresh.json);
    write_file(directory / (name + ".root.json"), initial_roots.at(account.source->instance));
    facts[name] =
        json::object{{"date", date}, {"timestamp", fresh.timestamp}, {"snapshot", fresh.snapshot}, {"targets", fresh.targets}};
  }
  write_file(directory / "built_in.json", to_pretty_json(facts));
}

ExitStatus status_of(release::RefreshOutcome::Kind kind) {
  switch (kind) {
    case release::RefreshOutcome::Kind::fresh:
      return ExitStatus::done;
    case release::RefreshOutcome::Kind::wrong:
      return ExitStatus::refused;
    case release::RefreshOutcome::Kind::unreachable:
    case release::RefreshOutcome::Kind::expired:
      break;
  }
  return ExitStatus::unreachable;
}

ExitStatus run_trusted_roots(Arguments const& arguments, Terminal const& terminal) {
  bool const writes = arguments.has("write");
  bool const asks = writes || arguments.has("refresh");
  if (asks) terminal.begin_step("asking for current trusted roots");
  Time const now = release::time_now();
  auto const cache = TrustedRootCache::of(terminal.environment);

  // --write begins at what is built in and keeps nothing: what it makes depends on nothing of this machine.
  std::map<std::string, std::string> initial_roots;
  std::mutex mutex;
  auto const from_built_in = [&](release::TrustSource const& source, net::Http& http, Time time) {
    tuf::MemoryStore store;
    auto outcome = release::refresh_trusted_root(source, store, http, time);
    std::lock_guard const lock(mutex);
    initial_roots[source.instance] = store.load("root", tuf::limits::root_bytes).value_or("");
    return outcome;
  };
  auto const sources = release::trust_sources(terminal.environment);
  if (writes && std::ranges::any_of(sources, &release::TrustSource::named_by_server))
    throw BadEnvironment("usage", "nothing is built in for a tenant: --write is for the other instances");
  net::HttpClient client(terminal.clock, client_of(terminal));
  release::TrustedRootRefresh refresh(
      sources, terminal.clock, client, terminal_budget,
      writes ? release::TrustedRootRefresh::Ask(from_built_in)
             : with_tenant(sources, terminal, client, [&](release::TrustSource const& source, net::Http& http, Time time) {
                 return cache.refresh(source, http, time, true);
               }));
  std::vector<Account> accounts;
  for (auto const& source : refresh.sources())
    accounts.push_back({.source = &source,
                        .outcome = asks ? *refresh.outcome_of(source.organization) : cache.kept(source, now),
                        .asked = asks});

  if (arguments.has("json")) {
    json::array all;
    for (auto const& account : accounts) all.push_back(account_json(account));
    terminal.out << to_pretty_json(all);
  } else {
    for (auto const& account : accounts) print(terminal.out, account);
  }
  if (!asks) return ExitStatus::done;
  // Wrong weighs more than unreachable.
  auto status = ExitStatus::done;
  for (auto const& account : accounts)
    if (auto const one = status_of(account.outcome.kind); one == ExitStatus::refused || status == ExitStatus::done)
      status = one;
  if (writes && status == ExitStatus::done)
    write_roots(arguments.value("write"), accounts, initial_roots, to_text(now).substr(0, 10));
  return status;
}

}  // namespace

Command trusted_roots_command() {
  return {.name = "trusted-roots",
          .usage = "[--json] [--refresh] [--write DIR]",
          .meaning = "the trusted roots that are built in, and the current ones",
          .options = {flag("refresh", "Fetch the current ones now."),
                      option("write", "DIR",
                             "Fetch them, beginning at what is built in, and write the files of src/sigstore/roots."),
                      json_flag()},
          .run = run_trusted_roots};
}

TerminalRefresh::TerminalRefresh(Terminal const& terminal) : status_(std::make_shared<ExitStatus>(ExitStatus::done)) {
  auto cache = TrustedRootCache::of(terminal.environment);
  auto const sources = release::trust_sources(terminal.environment);
  client_ = std::make_shared<net::HttpClient>(terminal.clock, client_of(terminal));
  refresh_ = std::make_shared<release::TrustedRootRefresh>(
      sources, terminal.clock, *client_, terminal_budget,
      with_tenant(sources, terminal, *client_, [cache](release::TrustSource const& source, net::Http& http, Time now) {
        return cache.refresh(source, http, now, false);
      }));
}

std::function<Verdict<std::optional<sigstore::TrustedRoot>>(std::string const& organization)> TerminalRefresh::current_root() {
  return [client = client_, refresh = refresh_,
          status = status_](std::string const& organization) -> Verdict<std::optional<sigstore::TrustedRoot>> {
    auto const* const outcome = refresh->outcome_of(organization);
    if (!outcome) return std::optional<sigstore::TrustedRoot>();
    auto const choice = release::choose_root(release::RefreshMode::require, outcome, organization, {}, release::time_now());
    if (choice.refusal) {
      *status = choice.status;
      return *choice.refusal;
    }
    auto root = sigstore::parse_trusted_root(outcome->fresh.json, outcome->fresh.name);
    if (!root) return root.error();
    return std::optional(std::move(*root));
  };
}

ExitStatus TerminalRefresh::status_or(ExitStatus status) const { return *status_ == ExitStatus::done ? status : *status_; }

}  // namespace acr::terminal

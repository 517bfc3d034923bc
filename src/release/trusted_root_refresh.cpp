#include "release/trusted_root_refresh.hpp"

#include <algorithm>
#include <future>
#include <mutex>

#include "net/retrying_http.hpp"
#include "release/tuf_drive.hpp"
#include "sigstore/limits.hpp"
#include "support/text.hpp"
#include "tuf/limits.hpp"

namespace acr::release {
namespace {

constexpr std::int64_t stale_days = 400;  // T-8

TrustSource source_of(sigstore::BuiltInRoot const& root, std::string const& host) {
  auto const metadata = base_url("https://" + host + "/");
  auto const targets = base_url("https://" + host + "/targets/");
  if (!metadata || !targets) throw std::logic_error("the address of a repository cannot be used");
  TrustSource source;
  source.organization = std::string(root.organization);
  source.instance = root.name == "GitHub" ? "github" : "public-good";
  source.address = {*metadata, *targets};
  source.initial_root = std::string(root.initial_root);
  source.name = host + "/" + source.target;
  source.floors = {root.timestamp, root.snapshot, root.targets};
  source.built_in = BuiltInCopy{std::string(root.json), root.date};
  return source;
}

std::int64_t age_in_days(std::string_view date, Time now) {
  auto const taken = parse_rfc3339(std::string(date) + "T00:00:00Z");
  return taken ? (now.seconds - taken->seconds) / 86400 : 0;
}

/// T-31: the built-in copy serves when it is the one that is listed.
Verdict<std::string> target_bytes(TrustSource const& source, tuf::Client& client, TufFetch& fetch, std::string_view kept) {
  auto const& target = client.found()->target;
  if (tuf::check_content(kept, source.target, target.length, target.hashes)) return std::string(kept);
  if (source.built_in && tuf::check_content(source.built_in->trusted_root, source.target, target.length, target.hashes))
    return source.built_in->trusted_root;
  if (static_cast<std::uint64_t>(target.length) > sigstore::limits::max_trusted_root_bytes)
    return reject("tuf-too-large", source.target, "the trusted root is larger than the limit")
        .rule("T-30")
        .expected("at most " + std::to_string(sigstore::limits::max_trusted_root_bytes) + " bytes");
  return fetch_target(client, fetch);
}

/// T-33: before anything uses it.
Verdict<FreshRoot> finished(TrustSource const& source, tuf::Client const& client, std::string bytes) {
  if (auto const parsed = sigstore::parse_trusted_root(bytes, source.name); !parsed) return parsed.error();
  return FreshRoot{
      std::move(bytes),          source.name,     client.root_version(), client.targets_version(), client.timestamp_version(),
      client.snapshot_version(), client.expires()};
}

Verdict<FreshRoot> fresh_root(TrustSource const& source, tuf::Store& store, net::Http& http, Time now, bool ahead,
                              std::string_view kept) {
  TufFetch fetch(http, source.address);
  tuf::Client client(store, now, false);
  auto step = client.start(tuf::BuiltIn{source.initial_root, source.floors});
  if (step && ahead) fetch.begin_timestamp();
  step = drive(client, fetch, std::move(step));
  if (step) step = drive(client, fetch, client.find(source.target));
  if (!step) return step.error();
  auto bytes = target_bytes(source, client, fetch, kept);
  if (!bytes) return bytes.error();
  return finished(source, client, std::move(*bytes));
}

/// The walk ends at the stored root, the stored timestamp is the newest; a file that is missing ends it.
Verdict<FreshRoot> stored_root(TrustSource const& source, tuf::Store& store, std::string_view kept, Time now) {
  tuf::Client client(store, now, false);
  auto step = client.start(tuf::BuiltIn{source.initial_root, source.floors});
  if (step) step = client.no_newer_root();
  if (step) {
    auto const timestamp = store.load("timestamp", tuf::limits::timestamp_bytes);
    if (!timestamp) return reject("tuf-unreachable", "stored timestamp.json", "the file is missing").rule("T-35");
    step = client.take(*timestamp);
  }
  if (step && client.wanted())
    return reject("tuf-unreachable", "stored " + client.wanted()->path, "the file is missing").rule("T-35");
  if (step) step = client.find(source.target);
  if (!step) return step.error();
  auto const& target = client.found()->target;
  if (auto const content = tuf::check_content(kept, source.target, target.length, target.hashes); !content)
    return content.error();
  return finished(source, client, std::string(kept));
}

RefreshOutcome outcome_of(Verdict<FreshRoot> fresh) {
  if (!fresh) return {.kind = release::kind_of(fresh.error()), .fresh = {}, .fault = fresh.error()};
  return {.kind = RefreshOutcome::Kind::fresh, .fresh = std::move(*fresh), .fault = {}};
}

}  // namespace

std::vector<TrustSource> default_trust_sources() {
  auto const roots = sigstore::built_in_roots();
  return {source_of(roots[0], "tuf-repo-cdn.sigstore.dev"), source_of(roots[1], "tuf-repo.github.com")};
}

RefreshOutcome::Kind kind_of(Rejection const& fault) {
  if (fault.code == "tuf-unreachable") return RefreshOutcome::Kind::unreachable;
  if (fault.code == "tuf-expired") return RefreshOutcome::Kind::expired;
  return RefreshOutcome::Kind::wrong;
}

RefreshOutcome refresh_trusted_root(TrustSource const& source, tuf::Store& store, net::Http& http, Time now, bool ahead,
                                    std::string_view kept) {
  return release::outcome_of(fresh_root(source, store, http, now, ahead, kept));
}

RefreshOutcome stored_trusted_root(TrustSource const& source, tuf::Store& store, std::string_view kept, Time now) {
  return release::outcome_of(stored_root(source, store, kept, now));
}

namespace {

RootChoice choice(RootChoice::Use use) {
  return {.use = use, .notice = {}, .warning = {}, .refusal = {}, .status = ExitStatus::done};
}

RootChoice refused_choice(Rejection refusal, ExitStatus status) {
  return {.use = RootChoice::Use::nothing, .notice = {}, .warning = {}, .refusal = std::move(refusal), .status = status};
}

// The copy that is built in, and how a choice speaks of it.
struct FallBack {
  std::string instance, text;
  std::int64_t days = 0;
  bool is_there = false;

  [[nodiscard]] bool is_stale() const { return days > stale_days; }
  [[nodiscard]] std::string age() const { return text + " is " + std::to_string(days) + " days old"; }
  [[nodiscard]] Rejection say(Code code, std::string why, std::string rule) const {
    return reject(code, instance, std::move(why)).rule(std::move(rule));
  }
};

RootChoice not_refreshed(FallBack const& copy) {
  if (!copy.is_there)
    return refused_choice(copy.say("trusted-root-stale", "there is no built-in copy, and trusted-root-refresh is off", "T-7"),
                          ExitStatus::unreachable);
  auto chosen = choice(RootChoice::Use::built_in);
  if (copy.is_stale())
    chosen.warning = copy.say("trusted-root-old", copy.age() + " and was not refreshed", "T-8")
                         .fix("set trusted-root-refresh: auto, or update the action");
  return chosen;
}

// The repository could not be reached, or its metadata has expired.
RootChoice fall_back(FallBack const& copy, RefreshOutcome const& outcome) {
  std::string const fault = outcome.fault.sentence();
  if (!copy.is_there)
    return refused_choice(
        copy.say("trusted-root-stale", "it could not be refreshed, and there is no built-in copy: " + fault, "T-8"),
        ExitStatus::unreachable);
  if (copy.is_stale())
    return refused_choice(copy.say("trusted-root-stale", copy.age() + " and could not be refreshed: " + fault, "T-8")
                              .fix("update the action, or give a trusted-root file"),
                          ExitStatus::unreachable);
  auto chosen = choice(RootChoice::Use::built_in);
  if (outcome.kind == RefreshOutcome::Kind::expired)
    chosen.warning =
        copy.say("trusted-root-expired",
                 "the repository hands out metadata that has expired, so " + copy.text + " counts: " + fault, "T-9");
  else
    chosen.notice =
        copy.say("trusted-root-built-in", "the repository cannot be reached, so " + copy.text + " counts: " + fault, "T-8");
  return chosen;
}

}  // namespace

RootChoice choose_root(RefreshMode mode, RefreshOutcome const* outcome, std::string_view organization,
                       std::string_view built_in_date, Time now) {
  using Kind = RefreshOutcome::Kind;
  bool const has_copy = !built_in_date.empty();
  FallBack const copy{.instance = "trusted root of " + std::string(organization),
                      .text = "the built-in copy of " + std::string(built_in_date),
                      .days = has_copy ? age_in_days(built_in_date, now) : 0,
                      .is_there = has_copy};
  if (mode == RefreshMode::off || !outcome) return not_refreshed(copy);
  if (outcome->kind == Kind::fresh) return choice(RootChoice::Use::fresh);
  if (mode == RefreshMode::require)
    return refused_choice(
        copy.say("trusted-root-stale", "it could not be refreshed: " + outcome->fault.sentence(), "T-10")
            .fix(
                "run again when the repository can be reached, or set trusted-root-refresh: auto, or give a trusted-root file"),
        outcome->kind == Kind::wrong ? ExitStatus::refused : ExitStatus::unreachable);
  // T-9: it is never answered by falling back.
  if (outcome->kind == Kind::wrong)
    return refused_choice(
        copy.say("trusted-root-invalid", "the repository's answer is wrong: " + outcome->fault.sentence(), "T-9")
            .fix(
                "reach the repository without what changes its answers, or set trusted-root-refresh: off, or give a trusted-root file"),
        ExitStatus::refused);
  return fall_back(copy, *outcome);
}

struct TrustedRootRefresh::State {
  std::vector<TrustSource> sources;
  RunClock& run;
  net::HttpClient const& like;
  std::chrono::seconds budget;
  Ask ask;
  std::mutex mutex;
  std::unique_ptr<RunClock> clock;  ///< the deadline of T-8, in front of the run's
  std::unique_ptr<RunClock::OnCancel> on_cancel;
  std::unique_ptr<net::HttpClient> client;
  std::unique_ptr<net::RetryingHttp> http;
  std::vector<std::shared_future<RefreshOutcome>> outcomes;

  void begin() {
    std::lock_guard const lock(mutex);
    if (clock) return;
    auto const left = run.left();
    auto const time =
        left == RunClock::Clock::duration::max() ? budget : std::min(budget, std::chrono::floor<std::chrono::seconds>(left));
    clock = std::make_unique<RunClock>(time);
    on_cancel = std::make_unique<RunClock::OnCancel>(run, [this] { clock->cancel(ExitStatus::interrupted); });
    client = std::make_unique<net::HttpClient>(*clock, like);
    http = std::make_unique<net::RetryingHttp>(*client, *clock);
    Time const now = time_now();  // T-22
    for (auto const& source : sources)
      outcomes.push_back(std::async(std::launch::async, [this, &source, now] { return ask(source, *http, now); }).share());
  }
};

TrustedRootRefresh::TrustedRootRefresh(std::vector<TrustSource> sources, RunClock& clock, net::HttpClient const& client,
                                       std::chrono::seconds budget, Ask ask)
    : state_(new State{.sources = std::move(sources),
                       .run = clock,
                       .like = client,
                       .budget = budget,
                       .ask = std::move(ask),
                       .mutex = {},
                       .clock = {},
                       .on_cancel = {},
                       .client = {},
                       .http = {},
                       .outcomes = {}}) {}

TrustedRootRefresh::~TrustedRootRefresh() {
  if (!state_->clock) return;
  state_->clock->cancel(ExitStatus::interrupted);
  for (auto const& outcome : state_->outcomes) outcome.wait();
}

void TrustedRootRefresh::begin() { state_->begin(); }

std::vector<TrustSource> const& TrustedRootRefresh::sources() const { return state_->sources; }

RefreshOutcome const* TrustedRootRefresh::outcome_of(std::string_view organization) {
  auto const found = std::find_if(state_->sources.begin(), state_->sources.end(),
                                  [&](TrustSource const& source) { return source.organization == organization; });
  if (found == state_->sources.end()) return nullptr;
  state_->begin();
  auto const& outcome = state_->outcomes[static_cast<std::size_t>(found - state_->sources.begin())];
  try {
    return &outcome.get();
  } catch (Cancelled const&) {
    state_->run.check();  // the run's own signal is the true reason
    throw;
  }
}

Time time_now() {
  auto const now = std::chrono::system_clock::now().time_since_epoch();
  auto const seconds = std::chrono::floor<std::chrono::seconds>(now);
  return {seconds.count(),
          static_cast<std::int32_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now - seconds).count())};
}

}  // namespace acr::release

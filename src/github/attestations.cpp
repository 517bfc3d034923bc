// Finding and fetching attestations (github-api.md G-10, G-12 … G-15; V-97 … V-99).
#include "github/attestations.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>

#include "github/answer.hpp"
#include "net/gate.hpp"
#include "net/http.hpp"
#include "net/url.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "support/parallel.hpp"
#include "support/snappy.hpp"
#include "support/text.hpp"

namespace acr::github {
namespace {

namespace json = boost::json;

// One chunk's answer fits one page when each subject has one attestation; pages of one chunk come one after
// another, chunks side by side.
constexpr std::size_t chunk_subjects = limits::page_entries;
static_assert(chunk_subjects <= limits::bulk_digests);

// 403 and 404 of storage: the link's time is over (G-14).
struct DeadLink {
  int status = 0;
};

// Few large bundles are in memory at once, so that many small ones can be (G-40).
using LargePlace = std::unique_ptr<net::Gate::Place>;

}  // namespace

struct Attestations::State {
  Api& api;
  std::string predicate_type;
  net::Gate downloads, large_downloads;
  std::atomic<bool> bulk_unusable{false};
  std::atomic<std::uint64_t> listings{0};
  std::atomic<std::uint64_t> listings_absent{0};
  std::mutex mutex;  // guards repository_seen
  bool repository_seen = false;

  State(Api& caller, std::string filter)
      : api(caller),
        predicate_type(std::move(filter)),
        downloads(caller.clock(), limits::parallel_downloads),
        large_downloads(caller.clock(), limits::large_downloads) {}

  // 404 hides missing access: the first one asks whether the repository itself can be seen (G-12).
  void need_repository() {
    std::scoped_lock const lock(mutex);
    if (repository_seen) return;
    Call call;
    call.path = api.repository_path();
    try {
      api.call(call);
    } catch (ApiError const& error) {
      if (error.code() == "bad-token") throw;
      throw ApiError("no-access",
                     "GitHub shows neither attestations nor the repository " + printable(api.repository().full_name(), 200) +
                         " itself: the token needs `attestations: read`" +
                         ", and private and internal repositories need Enterprise Cloud. " + error.what(),
                     error.http_status());
    }
    repository_seen = true;
  }

  void single(std::string const& subject, Listing& listing) {
    Call call;
    call.path = api.repository_path({"attestations", subject});
    call.query = {{"per_page", std::to_string(limits::page_entries)}};
    if (!predicate_type.empty()) call.query.emplace_back("predicate_type", predicate_type);
    call.expected = {404, 422};
    listing.of[subject];
    ++listings;
    try {
      read_pages(call, subject, listing);
    } catch (ApiError const& error) {
      if (error.code() != "listing-too-long") throw;
      listing.too_long.insert(subject);
    } catch (net::NetworkError const& error) {
      if (error.failure() != net::Failure::too_large) throw;
      listing.too_long.insert(subject);
    }
    if (listing.too_long.contains(subject)) listing.of[subject].clear();
  }

  void read_pages(Call const& call, std::string const& subject, Listing& listing) {
    api.pages(call, [&](Answer const& answer) {
      if (answer.status == 422)
        throw ApiError(ExitStatus::unreachable, "bad-digest",
                       answer.about + " answered 422 (" + answer.message + "): the digest was not understood", 422);
      if (answer.status == 404) {
        ++listings_absent;
        need_repository();
        return false;
      }
      read_listing(answer, subject, api.repository().id, listing);
      return true;
    });
  }

  // Lists a chunk with the bulk call; false when G-12 must do: this server has none (G-12b), or the owner's other repositories
  // have so much about these subjects that the answer has no end (G-31).
  bool bulk(std::vector<std::string> const& subjects, Listing& listing, std::vector<std::string>& unlinked) {
    if (bulk_unusable) return false;
    auto const& repository = api.repository();
    json::array digests(subjects.begin(), subjects.end());
    json::object body{{"subject_digests", std::move(digests)}};
    if (!predicate_type.empty()) body["predicate_type"] = predicate_type;
    Call call;
    call.method = "POST";
    call.path = path(
        {repository.owner_kind == OwnerKind::organization ? "orgs" : "users", repository.owner, "attestations", "bulk-list"});
    call.body = json::serialize(body);
    call.expected = {403, 404, 422};
    std::set<std::string> cursors;
    std::string cursor;
    for (std::size_t page = 1;; ++page) {
      call.query = {{"per_page", std::to_string(limits::page_entries)}};
      if (!cursor.empty()) call.query.emplace_back("after", cursor);
      Answer answer;
      try {
        answer = api.call(call);
      } catch (net::NetworkError const& error) {
        if (error.failure() == net::Failure::too_large) return false;
        // 301 or 302 to a POST: the owner was renamed.
        if (error.failure() != net::Failure::redirect_refused) throw;
        bulk_unusable = true;
        return false;
      }
      if (answer.status != 200 && answer.status != 201) {
        bulk_unusable = true;
        return false;
      }
      if (page == 1) ++listings;
      auto next = read_bulk_listing(answer, subjects, repository.id, listing, unlinked);
      if (!next) return true;
      if (page == limits::pages) return false;
      if (!cursors.insert(*next).second) bad_response(answer, "its next page was read already");
      cursor = *std::move(next);
    }
  }

  // Lists each subject by itself, side by side, and puts what comes in place of what was known.
  void singles(std::vector<std::string> const& subjects, Listing& listing) {
    std::vector<Listing> found(subjects.size());
    for_each_index(subjects.size(), api.settings().max_parallel, [&](std::size_t i) { single(subjects[i], found[i]); });
    for (auto& one : found) {
      listing.foreign += one.foreign;
      listing.too_long.merge(one.too_long);
      for (auto& [subject, entries] : one.of) listing.of[subject] = std::move(entries);
    }
  }

  // G-15: a server that never had attestations must not look like a release without any.
  void need_attestations() {
    if (listings == 0 || listings != listings_absent || !api.is_enterprise_server()) return;
    auto const version = meta(api).installed_version;
    if (!version) return;
    throw BadEnvironment("attestations-unavailable",
                         "this server is an Enterprise Server (" + printable(*version, 40) +
                             "), which keeps no attestations: nothing can be verified here; use github.com or GHE.com");
  }

  Verdict<std::string> unpacked(std::string const& about, std::string const& body);
  Verdict<std::string> fetched(ListedAttestation const& attestation, std::optional<DeadLink>& dead, LargePlace& large);
  Verdict<std::string> downloaded(ListedAttestation const& attestation, LargePlace& large);
};

// The kind of a stored bundle is known by its first bytes, never by its Content-Type (G-14).
Verdict<std::string> Attestations::State::unpacked(std::string const& about, std::string const& body) {
  auto plain = decode_bundle_download(body, limits::bundle_bytes);
  if (!plain)
    return reject("bundle-unreadable", about, "the downloaded bundle cannot be unpacked: " + plain.error().why)
        .rule("G-14")
        .expected(plain.error().expected_value)
        .found(plain.error().found_value);
  return plain;
}

// One try at one link. A dead link is reported through `dead`.
Verdict<std::string> Attestations::State::fetched(ListedAttestation const& attestation, std::optional<DeadLink>& dead,
                                                  LargePlace& large) {
  auto const about = "attestation " + attestation.id.value_or("without id") + " of " + attestation.subject;
  auto url = net::Url::parse(attestation.bundle_url);
  if (!url) return reject("bundle-link", about, "the listing's link is not a usable URL: " + url.error().why).rule("G-10");
  bool const plain_allowed = url->scheme == "http" && url->is_loopback() && api.is_plain_loopback();
  if (!url->is_https() && !plain_allowed)
    return reject("bundle-link", about, "the listing's link is not https")
        .rule("G-10")
        .expected("https")
        .found(url->text_without_query());
  net::Request request;
  request.url = *url;
  // No credentials, no media type, no API version: storage refuses a request that carries both kinds of
  // proof. The client adds its User-Agent.
  request.retry = net::RetryRules::storage;
  net::Reply reply;
  auto const exchange = [&](std::size_t max_body) {
    request.max_body = max_body;
    auto const place = downloads.enter();
    return api.http().exchange(request);
  };
  try {
    try {
      reply = exchange(large ? limits::compressed_bundle_bytes : limits::small_bundle_bytes);
    } catch (net::NetworkError const& error) {
      if (error.failure() != net::Failure::too_large || large) throw;
      large.reset(new net::Gate::Place(large_downloads.enter()));
      reply = exchange(limits::compressed_bundle_bytes);
    }
  } catch (net::NetworkError const& error) {
    switch (error.failure()) {
      case net::Failure::too_large:
        return reject("bundle-unreadable", about, "the download is larger than the limit")
            .rule("G-14")
            .expected("at most " + std::to_string(limits::compressed_bundle_bytes) + " bytes");
      case net::Failure::redirect_refused:
      case net::Failure::address_refused:
        return reject("bundle-link", about, std::string("the link must not be followed: ") + error.what()).rule("G-10");
      default:
        throw;
    }
  }
  if (reply.status == 403 || reply.status == 404) {
    dead = DeadLink{reply.status};
    return std::string();
  }
  if (reply.status != 200)
    return reject("bundle-unavailable", about, "storage answered " + std::to_string(reply.status))
        .rule("G-14")
        .found(url->text_without_query());
  return unpacked(about, reply.body);
}

Attestations::Attestations(Api& api, std::string predicate_type)
    : state_(std::make_unique<State>(api, std::move(predicate_type))) {}
Attestations::~Attestations() = default;

Listing Attestations::list(std::vector<std::string> const& subjects) {
  std::set<std::string> const unique(subjects.begin(), subjects.end());
  for (auto const& subject : unique)
    if (!is_sha256_text(subject)) throw std::logic_error("not a subject digest: " + subject);
  std::vector<std::string> const all(unique.begin(), unique.end());

  struct Chunk {
    std::vector<std::string> subjects, unlinked;
    Listing listing;
    bool listed = false;
  };
  std::vector<Chunk> chunks;
  for (std::size_t from = 0; from < all.size(); from += chunk_subjects) {
    auto const to = std::min(all.size(), from + chunk_subjects);
    chunks.emplace_back().subjects.assign(all.begin() + static_cast<std::ptrdiff_t>(from),
                                          all.begin() + static_cast<std::ptrdiff_t>(to));
  }
  if (all.size() > 1)
    for_each_index(chunks.size(), state_->api.settings().max_parallel, [&](std::size_t i) {
      auto& chunk = chunks[i];
      chunk.listed = state_->bulk(chunk.subjects, chunk.listing, chunk.unlinked);
    });

  Listing result;
  std::vector<std::string> left;  // to be asked for one by one
  for (auto& chunk : chunks) {
    if (!chunk.listed) {
      left.insert(left.end(), chunk.subjects.begin(), chunk.subjects.end());
      continue;
    }
    result.foreign += chunk.listing.foreign;
    for (auto const& subject : chunk.listing.too_long) chunk.unlinked.push_back(subject);
    result.of.merge(chunk.listing.of);
    std::set<std::string> const again(chunk.unlinked.begin(), chunk.unlinked.end());
    left.insert(left.end(), again.begin(), again.end());
  }
  state_->singles(left, result);
  for (auto const& [subject, entries] : result.of)
    result.broken += static_cast<std::size_t>(
        std::count_if(entries.begin(), entries.end(), [](ListedAttestation const& entry) { return entry.broken; }));
  state_->need_attestations();
  return result;
}

Verdict<std::string> Attestations::State::downloaded(ListedAttestation const& attestation, LargePlace& large) {
  if (!attestation.bundle.empty()) return attestation.bundle;
  auto const about = "attestation " + attestation.id.value_or("without id") + " of " + attestation.subject;
  if (attestation.broken)
    return reject("bundle-unavailable", about, "the listing has neither a bundle nor a link to one").rule("G-12");
  std::optional<DeadLink> dead;
  auto first = fetched(attestation, dead, large);
  if (!dead) return first;

  // The link lives about an hour: list again once (G-14). The same attestation is the one with the same id,
  // or, when links carry no id, the one at the same place.
  auto const place = [](std::string const& url) { return url.substr(0, url.find('?')); };
  Listing fresh;
  single(attestation.subject, fresh);
  auto const& entries = fresh.of[attestation.subject];
  auto const same = std::find_if(entries.begin(), entries.end(), [&](ListedAttestation const& entry) {
    return attestation.id ? entry.id == attestation.id : place(entry.bundle_url) == place(attestation.bundle_url);
  });
  if (same == entries.end())
    return reject("bundle-unavailable", about, "its link has expired and it is no longer listed").rule("G-14");
  if (!same->bundle.empty()) return same->bundle;
  dead.reset();
  auto second = fetched(*same, dead, large);
  if (dead)
    return reject("bundle-unavailable", about,
                  "storage answered " + std::to_string(dead->status) + " for two links, the second one fresh")
        .rule("G-14");
  return second;
}

std::vector<Verdict<std::string>> Attestations::download_all(std::vector<ListedAttestation> const& attestations) {
  std::vector<ListedAttestation const*> wanted;
  for (auto const& each : attestations) wanted.push_back(&each);
  std::vector<std::optional<Verdict<std::string>>> slots(wanted.size());
  download_each(wanted, [&](std::size_t i, Verdict<std::string> bundle) { slots[i].emplace(std::move(bundle)); });
  std::vector<Verdict<std::string>> results;
  results.reserve(slots.size());
  for (auto& slot : slots) results.push_back(*std::move(slot));
  return results;
}

void Attestations::download_each(std::vector<ListedAttestation const*> const& attestations,
                                 std::function<void(std::size_t, Verdict<std::string>)> const& take) {
  for_each_index(attestations.size(), limits::parallel_downloads, [&](std::size_t i) {
    LargePlace large;  // until the bundle is done with
    take(i, state_->downloaded(*attestations[i], large));
  });
}

}  // namespace acr::github

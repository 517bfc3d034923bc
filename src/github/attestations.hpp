#pragma once

// Finding and fetching attestations: src/github/attestations.hpp (github-api.md G-10, G-12 … G-15; V-97 …
// V-99) Transport only: nothing found here is trusted before the sigstore room has verified it.

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "github/api.hpp"
#include "support/verdict.hpp"

namespace acr::github {

/// One entry of a listing. It has a bundle, a link to one, or is `broken`.
struct ListedAttestation {
  std::string subject;            ///< under which it was listed, "sha256:<64 lower-case hex>"
  std::optional<std::string> id;  ///< digits, from the link's path (G-13); nothing when the link has another form
  std::string bundle;             ///< the bundle's JSON text when the listing held it, else empty
  std::string bundle_url;         ///< pre-signed link, else empty; never log its query
  bool broken = false;            ///< neither bundle nor link (G-12)

  friend bool operator==(ListedAttestation const&, ListedAttestation const&) = default;
};

/// What the listings of a run say: subject → its entries in the server's order. Every subject asked for is a
/// key.
struct Listing {
  std::map<std::string, std::vector<ListedAttestation>> of;
  /// Subjects with more entries than are read (G-31): they have no entries here, never a part of them.
  std::set<std::string> too_long;
  std::size_t foreign = 0;       ///< entries of other repositories, left out (G-12)
  std::size_t broken = 0;        ///< entries without bundle and link, still listed
  std::size_t bundle_bytes = 0;  ///< held in `of`, at most limits::kept_bundle_bytes: further bundles are left to their links
};

/// One per run. Thread-safe.
class Attestations {
 public:
  /// `predicate_type`: filter sent with every listing ("provenance", "sbom", "release" or a URI); empty:
  /// none.
  explicit Attestations(Api& api, std::string predicate_type = {});
  ~Attestations();
  Attestations(Attestations const&) = delete;
  Attestations& operator=(Attestations const&) = delete;

  /// Lists all `subjects` ("sha256:<hex>", duplicates allowed): with the bulk call, in parallel chunks, when
  /// there is more than one (G-12b), else one by one (G-12). The bulk call spans the owner's repositories: when its answer is
  /// too long or too large, each subject is asked for in this repository alone, so that attestations of other repositories hide
  /// nothing. Throws ApiError "no-access" when the repository itself cannot be read, BadEnvironment "attestations-unavailable"
  /// on a server without attestations (G-15), std::logic_error for a malformed subject.
  Listing list(std::vector<std::string> const& subjects);

  /// The bundles' JSON texts (one document each, not parsed). Rejected: "bundle-unavailable" (the link stays dead
  /// although the subject was listed again once), "bundle-unreadable" (size, Snappy), "bundle-link" (a link
  /// that must not be followed). Throws Unreachable when storage does not answer. At most
  /// limits::parallel_downloads run at once (G-40).
  /// Concurrently; answers in the same order. For few: all are held at once.
  std::vector<Verdict<std::string>> download_all(std::vector<ListedAttestation> const& attestations);

  /// As download_all(), but `take(i, bundle)` is called as each arrives, from many threads, so that no more bundles
  /// are held than downloads may run. Throws what a download or `take` throws.
  void download_each(std::vector<ListedAttestation const*> const& attestations,
                     std::function<void(std::size_t, Verdict<std::string>)> const& take);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The id in a link: last path segment `<digits>.json` or `<digits>.json.sn`. Nothing for another
/// form.
std::optional<std::string> attestation_id_in(std::string_view bundle_url);

/// Reads one answer of `GET …/attestations/{subject}` (G-12, G-34) and adds its entries to `listing`. Throws
/// ApiError "bad-response" for another shape. Public for the fuzz target.
void read_listing(Answer const& answer, std::string const& subject, std::uint64_t repository_id, Listing& listing);

/// Reads one answer of the bulk listing (G-12b) about `subjects` and adds its entries; returns the cursor of
/// the next page, nothing on the last. `unlinked` receives subjects with an entry that has a bundle but no
/// link.
std::optional<std::string> read_bulk_listing(Answer const& answer, std::vector<std::string> const& subjects,
                                             std::uint64_t repository_id, Listing& listing, std::vector<std::string>& unlinked);

}  // namespace acr::github

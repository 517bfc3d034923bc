#pragma once

// Was the signature logged, and when: src/sigstore/transparency_log.hpp
// Sigstore client specification §4.4, Rekor v1 and v2; rules V-51 to V-58 of docs/verification.md.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sigstore/bundle.hpp"
#include "sigstore/certificate.hpp"
#include "sigstore/check.hpp"
#include "sigstore/public_key.hpp"
#include "sigstore/time.hpp"
#include "sigstore/trusted_root.hpp"

namespace acr::sigstore {

/// An entry of a known log of which every check has passed.
struct CheckedLogEntry {
  std::size_t position = 0;             ///< in Bundle::log_entries
  LogInstance const* log = nullptr;     ///< of the logs that were handed in
  std::optional<Time> integrated_time;  ///< only when a valid promise vouches for it (V-56, V-58)
};

struct LogEvidence {
  std::vector<CheckedLogEntry> entries;  ///< in the order of the bundle; entries of unknown logs are left out (V-51)
  std::size_t distinct_logs = 0;         ///< one log, one operator counts once (V-52)
};

/// Checks every log entry of `bundle` and that at least `threshold` distinct logs hold one (V-85). Each check becomes a result
/// in `trace`. Nothing comes back when any of them fails. `key`: the leaf's, or the one known out of band; `leaf`: null for
/// bundles signed by a bare key; it has to have been valid at every integrated time (V-56).
std::optional<LogEvidence> check_log_entries(Bundle const& bundle, PublicKey const& key, Certificate const* leaf,
                                             std::span<LogInstance const> logs, std::size_t threshold, CheckTrace& trace);

/// What an inclusion promise is made over (V-55): canonical JSON.
std::string inclusion_promise_payload(LogEntry const& entry);

}  // namespace acr::sigstore

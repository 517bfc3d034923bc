#pragma once

// What the builder asks of the network: src/dependencies/archive_source.hpp (dependencies.md D-6, D-30, D-35)
// All orders of a run are placed at once: so each index is read once, for all its wanted names, and each archive fetched once.

#include <memory>
#include <string>
#include <vector>

#include "dependencies/archive_store.hpp"
#include "support/verdict.hpp"

namespace acr::dependencies {

/// One archive that a lock names. Equal repository, name and version are one fetch, whatever their pins (D-35).
struct ArchiveOrder {
  std::string name;
  std::string version;     ///< as locked, text kept
  std::string repository;  ///< as locked: `https://…` or `oci://…`
  std::string pin;         ///< "sha256:<64 lower-case hex>", or empty (D-29)
};

struct FetchedArchive {
  std::shared_ptr<StoredArchive const> stored;  ///< the .tgz; shared by all orders of one fetch
  std::string sha256;                           ///< "sha256:<hex>" of its bytes
  std::string url;                              ///< unredirected, no query; `oci://<host>/<path>:<tag>` (D-31)
  std::string oci_manifest;                     ///< "sha256:<hex>" of the manifest the tag names; empty unless OCI
  bool pinned = false;                          ///< the order's pin fits, to the archive or to the manifest (D-29)
  std::vector<Rejection> warnings;              ///< about this order, in a fixed order
};

class ArchiveSource {
 public:
  virtual ~ArchiveSource() = default;
  /// One result per order, in their order, independent of timing (D-35). Bytes are checked against pin, index and OCI digests
  /// (D-30) and are not unpacked. A host out of reach is the rejection `dep-unreachable` of every order that needs it; only
  /// cancellation and the end of the run's time are thrown.
  [[nodiscard]] virtual std::vector<Verdict<FetchedArchive>> fetch(std::vector<ArchiveOrder> const& orders) = 0;
  /// All hosts asked so far, redirects and token services included, sorted (D-32).
  [[nodiscard]] virtual std::vector<std::string> hosts() const = 0;
};

}  // namespace acr::dependencies

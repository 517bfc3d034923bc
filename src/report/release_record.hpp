#pragma once

// What a run found, as plain values: src/report/release_record.hpp
// The pipeline fills in one ReleaseRecord; outputs, report, manifest, summary and log are functions of it. Texts are
// UTF-8 that may hold foreign bytes: the writers escape, the pipeline never does.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/verdict.hpp"

namespace acr::report {

/// A refusal or a warning: both say code, where, why, rule, expected, found, fix.
using Finding = Rejection;

/// Output `result` (section 12 of the action contract).
enum class Result { success, partial, no_charts, skipped, failed };
std::string to_text(Result result);

/// One check of docs/verification.md, as the verifier carried it out.
struct Check {
  std::string rule;  ///< "V-57"
  std::string name;  ///< "inclusion proof of entry 0"
  bool passed = false;
  Code code;                         ///< reason code of a failure, empty when passed
  std::string detail;                ///< what was established, or why not
  std::string expected, found, fix;  ///< failures only; may be empty
};

/// A time that a trusted service vouches for.
struct VerifiedTime {
  std::string time;    ///< RFC 3339, UTC, "2026-08-01T10:00:00Z"
  std::string kind;    ///< "log-integrated" or "signed-timestamp"
  std::string source;  ///< base URL of the log, URI of the timestamp authority
};

struct LogEntry {
  std::string log;  ///< base URL
  std::int64_t index = 0;
  std::string kind;             ///< "dsse 0.0.1"
  std::string integrated_time;  ///< RFC 3339; empty = the log vouches for no time
};

/// What the checks of one attestation have established. Only for attestations that verified.
struct VerifiedFacts {
  std::string signer;             ///< the certificate's SAN: workflow file and ref
  std::string issuer;             ///< OIDC issuer
  std::string workflow;           ///< build configuration URI: the top-level workflow
  std::string source_repository;  ///< URI
  std::string source_repository_id;
  std::string source_commit;
  std::string source_ref;
  std::string runner_environment;  ///< "github-hosted", "self-hosted"
  std::string run;                 ///< run invocation URI
  std::string predicate_type;
  std::string statement_digest;  ///< "sha256:…" of the in-toto statement's bytes
  std::string signature_digest;  ///< "sha256:…" of the signature's bytes; in no report
  std::string instance;          ///< "public good", "GitHub", "private"
  std::string trusted_root;      ///< the root that vouches, as in ReleaseRecord::trusted_roots
  std::vector<VerifiedTime> times;
  std::vector<LogEntry> log_entries;
};

enum class EntryStatus {
  verified,           ///< the attestation with this id verified
  verified_other_id,  ///< another attestation of the same subject verified; the id was not found (A-100)
  unresolved,         ///< no candidate
  failed,             ///< a candidate was there and did not verify
};
std::string to_text(EntryStatus status);

/// One line of a tag's lineage block and its result.
struct LineageEntry {
  std::string key;              ///< "w5-semver"
  std::string id;               ///< decimal
  std::string subject_digest;   ///< "sha256:…"; empty when none could be derived
  std::string subject_source;   ///< "lineage-subjects", "annotation", or what lists the id: "source", "package" (B-4)
  std::string other_subject{};  ///< of an id alone: the other digest that may list it; in no report
  std::string bound{};  ///< "source", "package" or "rule" (B-5); empty: only the tag ties it to this chart, or it is not known
  EntryStatus status = EntryStatus::unresolved;
  std::optional<VerifiedFacts> facts;  ///< for the two verified statuses
  std::vector<Check> checks;
  std::optional<Finding> refusal;  ///< why the entry counts against the chart
  std::vector<Finding> warnings;
};

/// A fetched dependency (D-31): the manifest's `dependencies` and the report's.
struct Dependency {
  std::string name;
  std::string version;
  std::string repository;    ///< without query
  std::string url;           ///< unredirected, no query; "oci://<host>/<path>:<tag>"
  std::string sha256;        ///< "sha256:…" of the archive
  std::string oci_manifest;  ///< "sha256:…"; empty unless OCI
  bool pinned = false;
  std::string pin_line;  ///< "digest: sha256:…" to paste into the lock entry (D-29); empty when pinned
};

/// What a chart will be in an OCI registry (O-15).
struct OciPlace {
  std::string ref;      ///< "ghcr.io/acme/charts/web:1.2.0"
  std::string digest;   ///< "sha256:…" of the manifest that `helm push` will make
  std::string created;  ///< the manifest's annotation
  /// "ghcr.io/acme/charts/web": the name of the attestation's subject (O-12).
  [[nodiscard]] std::string subject_name() const;

  friend bool operator==(OciPlace const&, OciPlace const&) = default;
};

enum class ChartStatus {
  packaged,
  refused,    ///< something about this chart was turned down
  held_back,  ///< nothing wrong with it, but another chart was refused under `verify-policy: block`; outputs say "refused"
};
std::string to_text(ChartStatus status);

/// A changed chart.
struct ChartRecord {
  std::string name;
  std::string version;
  std::string path;            ///< "charts/web", relative to the repository
  std::string tag;             ///< expected tag name
  std::string commit;          ///< the tag's commit; empty when there is none
  std::string tag_object;      ///< object id of the outermost tag object; empty when there is none
  std::string lineage_status;  ///< of the annotation: "ok", "none", "error"; empty when it was not read
  std::string source_pr;       ///< decimal, from the annotation; may be empty
  ChartStatus status = ChartStatus::refused;
  std::string package;                ///< file name "web-1.2.0.tgz"; empty unless packaged
  std::string digest;                 ///< "sha256:…" of the package; empty unless packaged
  std::uint64_t size = 0;             ///< bytes of the package
  std::string source_digest{};        ///< "sha256:…" of its content at the head (B-1); empty when it was not read
  std::vector<LineageEntry> entries;  ///< in the annotation's order
  std::vector<Finding> refusals;      ///< of the chart itself; those of entries are in `entries`
  std::vector<Finding> warnings;
  std::vector<Dependency> dependencies;        ///< fetched ones, sorted by name, version
  std::optional<std::int64_t> package_time{};  ///< of the package's file and entries (P-130, O-14); in no report
  std::optional<OciPlace> oci{};               ///< with `oci-repository`, of a packaged chart
  std::string oci_state{};                     ///< "free" or "published" when the registry was asked (O-22); in no report
};

/// T-14: no address, no time, and no version that changes daily.
struct TrustedRoot {
  std::string source;  ///< "built in (public good, 2026-08-01)", "<host>/<target>", or the file's workspace-relative path
  std::string digest;  ///< "sha256:…" of its bytes
  std::string origin = "built-in";             ///< "built-in", "tuf" or "file"
  std::string organization{};                  ///< O of the issuers that it was consulted for; empty for a file
  std::int64_t tuf_root = 0, tuf_targets = 0;  ///< versions, of "tuf" alone
  std::string date{};                          ///< of "built-in" alone

  friend bool operator==(TrustedRoot const&, TrustedRoot const&) = default;
};

/// Everything one run looked at, found and made. No time stamps, no token: two runs over the same commit give equal
/// records.
struct ReleaseRecord {
  std::string server_url = "https://github.com";
  std::string repository;       ///< "owner/repo"
  std::uint64_t pr_number = 0;  ///< 0 = no pull request (a dry run)
  std::string source_branch, release_branch;
  std::string head, base, merge;  ///< commit ids; merge may be empty
  Result result = Result::failed;
  Code reason;                              ///< code of the first problem; the skip's code when skipped; else empty
  std::string verify_policy = "block";      ///< "block" or "flag"
  std::vector<ChartRecord> charts;          ///< sorted by name, byte order
  std::vector<std::string> removed_charts;  ///< names, sorted
  std::vector<std::string> skipped_charts;  ///< directories that exclude-charts leaves alone, sorted (B-19)
  std::vector<Finding> refusals;            ///< of the run: gate, environment, limits
  std::vector<Finding> warnings;            ///< of the run
  /// The inputs that decide a verdict, in a fixed order: {"missing-lineage", "fail"}, …; list values joined by LF.
  std::vector<std::pair<std::string, std::string>> policy;
  std::vector<TrustedRoot> trusted_roots;        ///< those consulted
  std::vector<std::string> hosts;                ///< dependency hosts asked, sorted (D-32)
  std::string oci_repository;                    ///< "ghcr.io/acme/charts"; empty: none was given (O-10)
  std::optional<std::string> source_date_epoch;  ///< when the variable changed package bytes (A-75)

  [[nodiscard]] std::size_t packaged_count() const;
  /// Entries of all charts with `status`.
  [[nodiscard]] std::size_t entry_count(EntryStatus status) const;
};

/// Where the run's files are: workspace-relative paths and "sha256:…" digests; empty = not written.
struct ReleasePlaces {
  std::string packages_dir;
  std::string checksums_path;
  std::string verification_path, verification_digest;
  std::string vsa_path;
  std::string manifest_path, manifest_digest;
  std::string oci_subjects_path{};  ///< empty without `oci-repository`
};

}  // namespace acr::report

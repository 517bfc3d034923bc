// See transparency_log.hpp. Order per entry: which log (V-51), promise (V-55, V-56), checkpoint (V-59 to V-65), proof (V-57),
// body (V-54, V-66 to V-74). Several log instances may have one id (V-23): the entry has to hold in full under one of them.
#include "sigstore/transparency_log.hpp"

#include <algorithm>
#include <utility>

#include "sigstore/checkpoint.hpp"
#include "sigstore/log_entry.hpp"
#include "sigstore/merkle.hpp"
#include "support/encoding.hpp"

namespace acr::sigstore {
namespace {

Rejection bad_inclusion(std::string why) { return reject("log-inclusion-proof", "log entry", std::move(why)).rule("V-57"); }

/// Signature lines, hints and origin belong to one of two families (V-54).
RekorVersion version_of(LogEntry const& entry) { return entry.is_v2() ? RekorVersion::v2 : RekorVersion::v1; }

Verdict<void> check_promise(LogEntry const& entry, LogInstance const& log) {
  // V-55: always SHA-256; Ed25519 signs the payload itself.
  if (!log.key.verifies(HashAlgorithm::sha256, inclusion_promise_payload(entry), *entry.inclusion_promise))
    return reject("log-promise", "log entry", "the log has not signed this inclusion promise")
        .rule("V-55")
        .expected("a signature of " + log.name());
  return {};
}

Verdict<void> check_integrated_time(LogEntry const& entry, LogInstance const& log) {
  Time const time{entry.integrated_time, 0};
  if (!log.valid_for.contains(time))
    return reject("log-time", "log entry", "it was logged outside the time for which the log's key is trusted")
        .rule("V-56")
        .expected(to_text(log.valid_for))
        .found(to_text(time));
  return {};
}

/// Holds for any integrated time that is given, vouched for or not (V-56).
Verdict<void> check_leaf_time(LogEntry const& entry, Certificate const& leaf) {
  Time const time{entry.integrated_time, 0};
  if (!leaf.validity().contains(time))
    return reject("log-time", "log entry", "it was logged when the signing certificate was not valid")
        .rule("V-56")
        .expected(to_text(leaf.validity()))
        .found(to_text(time));
  return {};
}

Verdict<void> check_proof(LogEntry const& entry, Checkpoint const& checkpoint) {
  InclusionProof const& proof = *entry.inclusion_proof;
  // A v2 log is one shard: one index (V-57).
  if (entry.is_v2() && entry.log_index != proof.log_index)
    return bad_inclusion("entry and proof have different indexes")
        .expected(std::to_string(entry.log_index))
        .found(std::to_string(proof.log_index));
  if (proof.log_index < 0 || proof.tree_size <= 0) return bad_inclusion("the index lies outside the tree");
  if (static_cast<std::uint64_t>(proof.tree_size) != checkpoint.tree_size)
    return bad_inclusion("the proof is for another tree size than the checkpoint")
        .expected(std::to_string(checkpoint.tree_size))
        .found(std::to_string(proof.tree_size));
  if (proof.root_hash != checkpoint.root_hash)
    return bad_inclusion("the proof has another root than the checkpoint")
        .expected(hex(checkpoint.root_hash))
        .found(hex(proof.root_hash).substr(0, 100));
  auto const root = merkle_root(merkle_leaf_hash(entry.canonicalized_body), static_cast<std::uint64_t>(proof.log_index),
                                checkpoint.tree_size, proof.hashes);
  if (!root) return root.error();
  if (*root != checkpoint.root_hash)
    return bad_inclusion("the tree of the checkpoint does not hold this entry")
        .expected("root " + hex(checkpoint.root_hash))
        .found("root " + hex(*root));
  return {};
}

/// Every check of one entry under one log instance.
CheckTrace check_under(LogEntry const& entry, std::string const& title, LogInstance const& log, Bundle const& bundle,
                       PublicKey const& key, Certificate const* leaf) {
  CheckTrace trace;
  std::string const name = log.name();
  if (entry.inclusion_promise) {
    trace.record("V-55", title + ": inclusion promise", check_promise(entry, log), "signed by " + name);
    trace.record("V-56", title + ": key of the log at the integrated time", check_integrated_time(entry, log),
                 to_text(Time{entry.integrated_time, 0}));
  }
  if (leaf && entry.integrated_time != 0)
    trace.record("V-56", title + ": certificate at the integrated time", check_leaf_time(entry, *leaf),
                 to_text(Time{entry.integrated_time, 0}));
  if (entry.inclusion_proof) {
    auto const checkpoint = parse_checkpoint(entry.inclusion_proof->checkpoint);
    if (trace.record("V-59", title + ": form of the checkpoint", checkpoint, checkpoint ? checkpoint->origin : std::string())) {
      trace.record("V-61", title + ": signature of the checkpoint", check_checkpoint(*checkpoint, log, version_of(entry)),
                   "signed by " + name);
      trace.record(
          "V-57", title + ": inclusion proof", check_proof(entry, *checkpoint),
          "index " + std::to_string(entry.inclusion_proof->log_index) + " of " + std::to_string(checkpoint->tree_size));
    }
  }
  if (!entry.inclusion_promise && !entry.inclusion_proof)
    trace.fail(title + ": inclusion",
               reject("log-inclusion-proof", "log entry", "it has neither a promise nor a proof of inclusion").rule("V-53"));
  trace.record(entry.is_v2() ? "V-72" : "V-66", title + ": what was logged", check_log_entry_body(entry, bundle, key),
               entry.kind + " " + entry.api_version + ": this signature, this signer");
  return trace;
}

void append(CheckTrace& to, CheckTrace from, std::string const& title) {
  for (auto& result : from.take()) {
    if (result.passed) {
      to.pass(std::move(result.rule), std::move(result.name), std::move(result.detail));
      continue;
    }
    std::string const name = result.name;
    to.fail(name, reject(result.code, title, std::move(result.detail))
                      .rule(std::move(result.rule))
                      .expected(std::move(result.expected))
                      .found(std::move(result.found))
                      .fix(std::move(result.fix)));
  }
}

/// V-52: one key, one address, one operator is one log.
bool is_same_log(LogInstance const& a, LogInstance const& b) {
  return a.log_id == b.log_id || (!a.base_url.empty() && a.base_url == b.base_url) ||
         (!a.operator_name.empty() && a.operator_name == b.operator_name);
}

std::size_t count_distinct(std::vector<CheckedLogEntry> const& entries) {
  std::vector<LogInstance const*> counted;
  for (auto const& entry : entries)
    if (std::none_of(counted.begin(), counted.end(), [&](auto const* log) { return is_same_log(*log, *entry.log); }))
      counted.push_back(entry.log);
  return counted.size();
}

}  // namespace

std::string inclusion_promise_payload(LogEntry const& entry) {
  // Canonical JSON (RFC 8785): names in this order, no white space; no value needs escaping.
  return R"({"body":")" + base64(entry.canonicalized_body) + R"(","integratedTime":)" + std::to_string(entry.integrated_time) +
         R"(,"logID":")" + hex(entry.log_id) + R"(","logIndex":)" + std::to_string(entry.log_index) + "}";
}

std::optional<LogEvidence> check_log_entries(Bundle const& bundle, PublicKey const& key, Certificate const* leaf,
                                             std::span<LogInstance const> logs, std::size_t threshold, CheckTrace& trace) {
  LogEvidence evidence;
  bool sound = true;
  std::size_t unknown = 0;
  for (std::size_t i = 0; i < bundle.log_entries.size(); ++i) {
    LogEntry const& entry = bundle.log_entries[i];
    std::string const title = "log entry " + std::to_string(i);
    auto const same =
        std::find_if(bundle.log_entries.begin(), bundle.log_entries.begin() + static_cast<std::ptrdiff_t>(i),
                     [&](LogEntry const& other) { return other.log_id == entry.log_id && other.log_index == entry.log_index; });
    if (same != bundle.log_entries.begin() + static_cast<std::ptrdiff_t>(i)) {
      trace.fail(title + ": only once", reject("log-duplicate", title, "the bundle holds this entry twice")
                                            .rule("V-52")
                                            .found("log " + hex(entry.log_id) + ", index " + std::to_string(entry.log_index)));
      sound = false;
      continue;
    }
    std::optional<CheckTrace> failed;
    LogInstance const* holds_under = nullptr;
    for (auto const& log : logs) {
      if (log.log_id != entry.log_id) continue;
      CheckTrace attempt = check_under(entry, title, log, bundle, key, leaf);
      if (attempt.all_passed()) {
        trace.pass("V-51", title + ": log", log.name());
        append(trace, std::move(attempt), title);
        holds_under = &log;
        break;
      }
      if (!failed) failed = std::move(attempt);
    }
    if (holds_under) {
      CheckedLogEntry checked{i, holds_under, std::nullopt};
      if (entry.inclusion_promise) checked.integrated_time = Time{entry.integrated_time, 0};
      evidence.entries.push_back(checked);
    } else if (failed) {
      append(trace, std::move(*failed), title);
      sound = false;
    } else {
      ++unknown;
      trace.pass("V-51", title + ": log", "not in the trusted root, the entry does not count: " + hex(entry.log_id));
    }
  }
  evidence.distinct_logs = count_distinct(evidence.entries);
  if (evidence.distinct_logs < threshold) {
    std::string found = std::to_string(evidence.distinct_logs);
    if (unknown != 0) found += ", and " + std::to_string(unknown) + " of logs that the trusted root does not know";
    trace.fail("log entries",
               reject("log-threshold", "bundle",
                      bundle.log_entries.empty() ? "the signature was not logged" : "too few logs hold the signature")
                   .rule("V-85")
                   .expected("at least " + std::to_string(threshold))
                   .found(found));
    return std::nullopt;
  }
  if (!sound) return std::nullopt;
  if (threshold != 0)
    trace.pass("V-85", "log entries", std::to_string(evidence.distinct_logs) + " of " + std::to_string(threshold));
  return evidence;
}

}  // namespace acr::sigstore

#include "release/finalize.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

#include "release/finalize_bundles.hpp"
#include "release/limits.hpp"
#include "report/job_summary.hpp"
#include "report/limits.hpp"
#include "report/pull_request_body.hpp"
#include "support/atomic_file.hpp"
#include "support/digest.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace {

namespace fs = std::filesystem;
using report::AttestationIds;
using report::build_key_prefix;
using report::oci_key_prefix;
using report::overall_key;
using report::ReleaseManifest;
using report::tag_verification_key;

// What the caller got wrong is exit 2, what does not hold is exit 1.
ExitStatus status_of(Rejection const& refusal) {
  static constexpr std::array<Code, 7> input_codes{"bad-path", "bad-attestation-id", "bad-environment", "bad-input",
                                                   "bad-json", "conflicting-ids",    "manifest-missing"};
  return std::ranges::find(input_codes, refusal.code) == input_codes.end() ? ExitStatus::refused : ExitStatus::bad_input;
}

// --- paths -----------------------------------------------------------------------------------------------------------

bool lies_in(fs::path const& path, fs::path const& directory) {
  auto const relative = path.lexically_relative(directory);
  return !relative.empty() && *relative.begin() != "..";
}

// A-6; bundles, which may be in RUNNER_TEMP too, have event::bundle_file().
Verdict<fs::path> resolved(FinalizeSettings const& settings, fs::path const& path, std::string const& input) {
  std::error_code error;
  auto const real = fs::canonical(path.is_absolute() ? path : settings.workspace / path, error);
  if (error)
    return reject("bad-path", input, "no such file or directory: " + path.string())
        .rule("A-6")
        .fix("pass a workspace-relative path");
  std::error_code ignored;
  if (!lies_in(real, fs::weakly_canonical(settings.workspace, ignored)))
    return reject("bad-path", input, "the path leaves the workspace: " + path.string())
        .rule("A-6")
        .found(real.string())
        .fix("pass a workspace-relative path");
  return real;
}

Verdict<std::string> read_input_file(fs::path const& path, std::size_t limit, std::string const& input) {
  try {
    return read_file(path, limit);
  } catch (std::runtime_error const& error) {
    return reject("bad-path", input, error.what()).rule("A-6");
  }
}

// --- ids -------------------------------------------------------------------------------------------------------------

// All ids of this call; one key from two inputs must have one id.
class Ids {
 public:
  Verdict<void> add(std::string key, std::string_view text, std::string const& input) {
    auto const id = std::string(trimmed(text));
    auto const number = to_number(id, INT64_MAX);
    if (!number || *number == 0)
      return reject("bad-attestation-id", input, "an attestation's id is a decimal number")
          .rule("A-71")
          .expected("1 to 9223372036854775807, for " + key)
          .found(id);
    auto const [place, fresh] = ids_.emplace(std::move(key), id);
    if (!fresh && place->second != id)
      return reject("conflicting-ids", input, "two inputs give different ids for " + place->first)
          .rule("A-71")
          .expected(place->second)
          .found(id)
          .fix("give each id once");
    return {};
  }
  [[nodiscard]] std::map<std::string, std::string> const& all() const { return ids_; }

 private:
  std::map<std::string, std::string> ids_;
};

Verdict<void> add_json(std::string const& text, Ids& ids) {
  std::string const input = "attestations";
  auto const value = parse_json(text, input, {.max_bytes = report::max_output_bytes, .max_depth = 2});
  if (!value) return value.error();
  auto const* object = value->if_object();
  if (!object) return reject("bad-input", input, "not a JSON object of key → id").rule("A-71");
  for (auto const& [name, member] : *object) {
    std::string const key(name);
    auto const* number = member.if_int64();
    auto const* digits = member.if_string();
    if (!number && !digits)
      return reject("bad-attestation-id", input, "the id of " + key + " is neither text nor a number").rule("A-71");
    if (auto const added = ids.add(key, number ? std::to_string(*number) : std::string(*digits), input); !added)
      return added.error();
  }
  return {};
}

// What the inputs of this call give.
struct Given {
  Ids ids;
  std::vector<ChartBundle> bundles;  // of attestation-ids-dir
};

// Two files per chart, made by the jobs of a matrix: `<chart>.id` and its bundle `<chart>.json` (A-71, B-15). A chart without
// id means that a job did not finish.
Verdict<void> add_directory(FinalizeSettings const& settings, ReleaseManifest const& manifest, Given& given) {
  std::string const input = "attestation-ids-dir";
  auto const directory = resolved(settings, settings.attestation_ids_dir, input);
  if (!directory) return directory.error();
  if (!fs::is_directory(*directory))
    return reject("bad-path", input, "not a directory: " + settings.attestation_ids_dir).rule("A-71");
  std::set<std::string> found;
  std::size_t entries = 0;
  for (auto const& entry : fs::directory_iterator(*directory)) {
    if (++entries > limits::id_files)
      return reject("bad-path", input, "more files than a matrix can have made")
          .rule("A-71")
          .expected("at most " + std::to_string(limits::id_files));
    auto const kind = entry.path().extension();
    if (kind != ".id" && kind != ".json") continue;
    auto const chart = entry.path().stem().string();
    auto const place = input + "/" + entry.path().filename().string();
    if (!manifest.chart(chart)) return reject("attestation-key", place, "the manifest has no such chart").rule("A-71");
    if (entry.is_symlink() || !entry.is_regular_file()) return reject("bad-path", place, "not a regular file").rule("A-6");
    if (kind == ".json") {
      given.bundles.push_back({chart, entry.path()});
      continue;
    }
    auto const text = read_input_file(entry.path(), limits::id_file_bytes, place);
    if (!text) return text.error();
    if (auto const added = given.ids.add(std::string(build_key_prefix) + chart, *text, place); !added) return added.error();
    found.insert(chart);
  }
  std::ranges::sort(given.bundles, {}, &ChartBundle::chart);
  for (auto const& chart : manifest.charts)
    if (!found.contains(chart.name))
      return reject("attestation-missing", input, "the id for chart " + chart.name + " is missing")
          .rule("A-71")
          .expected(chart.name + ".id")
          .found(std::to_string(found.size()) + " other id files")
          .fix("let every job of the matrix upload its id, and run the failed ones again");
  return {};
}

Verdict<Given> collect_ids(FinalizeSettings const& settings, ReleaseManifest const& manifest) {
  Given given;
  Verdict<void> good;
  auto const shortcut = [&](std::string key, std::string const& id, std::string const& input) {
    if (good && !id.empty()) good = given.ids.add(std::move(key), id, input);
  };
  for (auto const& chart : manifest.charts) {
    shortcut(std::string(build_key_prefix) + chart.name, settings.build_attestation_id, "build-attestation-id");
    shortcut(std::string(oci_key_prefix) + chart.name, settings.oci_attestation_id, "oci-attestation-id");
  }
  shortcut(std::string(tag_verification_key), settings.verification_attestation_id, "verification-attestation-id");
  shortcut(std::string(overall_key), settings.overall_attestation_id, "overall-attestation-id");
  if (good && !settings.attestations.empty()) good = add_json(settings.attestations, given.ids);
  if (good && !settings.attestation_ids_dir.empty()) good = add_directory(settings, manifest, given);
  if (!good) return good.error();
  // A mistyped step name gives an empty input: nothing would be recorded, and the job would be green (B-15).
  if (given.ids.all().empty() && (manifest.attestations.empty() || !settings.bundle_paths.empty()))
    return reject("nothing-to-record", "finalize", "no attestation id was given")
        .rule("B-15")
        .expected(
            "build-attestation-id, verification-attestation-id, oci-attestation-id, overall-attestation-id, attestations or attestation-ids-dir")
        .fix("pass the attestation-id outputs of the attest steps; a step that does not exist gives an empty one");
  return given;
}

// An id that no bundle of this run proves is anybody's word (B-15).
Verdict<void> check_proved(Ids const& ids, ProvedKeys const& proved) {
  std::string keys;
  for (auto const& [key, id] : ids.all())
    if (!proved.contains(key)) keys += (keys.empty() ? "" : ", ") + key;
  if (keys.empty()) return {};
  return reject("bundle-missing", keys, "no bundle of this run proves the attestation")
      .rule("B-15")
      .expected("a provenance bundle of the package, the report or the manifest that the id is about")
      .fix("pass the attest step's `bundle-path` in `bundle-paths`");
}

// --- manifest --------------------------------------------------------------------------------------------------------

Verdict<ReleaseManifest> read_manifest_file(FinalizeSettings const& settings, std::string& bytes) {
  auto const path = settings.workspace / settings.manifest_path;
  std::error_code ignored;
  if (!fs::exists(path, ignored))
    return reject("manifest-missing", settings.manifest_path, "the manifest of an earlier `run` is missing")
        .rule("A-73")
        .fix("call the action with `command: run` first, and guard this step by chart-count != '0'");
  auto const real = resolved(settings, settings.manifest_path, "manifest-path");
  if (!real) return real.error();
  auto text = read_input_file(*real, report::max_manifest_bytes, "manifest-path");
  if (!text) return text.error();
  bytes = *std::move(text);
  auto manifest = report::read_manifest(bytes);
  if (!manifest) return manifest.error();
  // Another pull request's manifest, or one from before the last push, must not collect this run's ids.
  if (manifest->pr != settings.pr_number || manifest->head != settings.head_sha)
    return reject("manifest-mismatch", settings.manifest_path, "the manifest belongs to another run")
        .rule("A-73")
        .expected("pull request " + std::to_string(settings.pr_number) + " at " + settings.head_sha)
        .found("pull request " + std::to_string(manifest->pr) + " at " + manifest->head)
        .fix("run `command: run` and `finalize` in one job");
  return manifest;
}

void warn_incomplete(ReleaseManifest const& manifest, std::vector<Rejection>& warnings) {
  auto const has = [&](std::string const& key) {
    return std::ranges::any_of(manifest.attestations, [&](auto const& each) { return each.first == key; });
  };
  std::string missing;
  auto const want = [&](std::string const& key) {
    if (!has(key)) missing += (missing.empty() ? "" : ", ") + key;
  };
  want(std::string(tag_verification_key));
  for (auto const& chart : manifest.charts) {
    want(std::string(build_key_prefix) + chart.name);
    if (chart.oci) want(std::string(oci_key_prefix) + chart.name);
  }
  if (!missing.empty())
    warnings.push_back(reject("attestation-missing", "manifest", "no id is recorded for " + missing)
                           .rule("A-71")
                           .fix("pass the ids of all attest steps"));
}

// --- description -----------------------------------------------------------------------------------------------------

// Foreign members seen in any round, the newest value of each.
void remember(report::AttestationMap const& map, std::vector<report::MapMember>& seen) {
  for (auto const& member : map.members) {
    if (report::is_own_key(member.key)) continue;
    auto const known = std::ranges::find(seen, member.key, &report::MapMember::key);
    if (known == seen.end())
      seen.push_back(member);
    else
      *known = member;
  }
}

// own keys are there with their ids, no foreign key is gone, and nobody has put back an own one that this run does not
// prove (B-15).
bool holds(report::AttestationMap const& map, AttestationIds const& own, std::vector<report::MapMember> const& seen) {
  return std::ranges::all_of(own,
                             [&](auto const& each) {
                               auto const* member = map.find(each.first);
                               return member && member->id == each.second;
                             }) &&
         std::ranges::all_of(seen, [&](auto const& each) { return map.find(each.key) != nullptr; }) &&
         std::ranges::none_of(map.members, [&](auto const& each) {
           return report::is_own_key(each.key) &&
                  std::ranges::find(own, each.key, [](auto const& id) { return id.first; }) == own.end();
         });
}

Rejection skipped_description(std::string why, std::string fix) {
  return reject("description-skipped", "pull request description", std::move(why)).rule("A-90").fix(std::move(fix));
}

class DescriptionUpdate {
 public:
  DescriptionUpdate(FinalizeSettings const& settings, FinalizeTools const& tools, FinalizeResult& result)
      : settings_(settings), tools_(tools), result_(result) {}

  /// Refused: "map-invalid", "body-too-long", "description-refused". Throws Unreachable("concurrent-update").
  Verdict<void> run(AttestationIds const& own, report::HumanPart const& human) {
    auto const skip = [&](Rejection notice) -> Verdict<void> {
      result_.notices.push_back(std::move(notice));
      result_.undelivered = report::human_section(human, "\n", false);
      return {};
    };
    if (!settings_.update_pr) return skip(skipped_description("`update-pr` is false", ""));
    if (settings_.from_fork)
      return skip(skipped_description("the pull request comes from a fork, whose token cannot write", ""));

    std::vector<report::MapMember> seen;
    for (std::size_t round = 0;; ++round) {
      auto const pull = read();
      if (!pull) return skip(skipped_description("the token may not read the pull request", permission));
      if (is_stale(*pull)) return skip(stale(*pull));
      auto const map = report::read_attestation_map(pull->body.value_or(""));
      if (!map) return map.error();
      if (*map) remember(**map, seen);
      auto const merged = report::merge_description(pull->body, own, human, seen);
      if (!merged) return merged.error();
      if (round == 0 && merged->multiple_maps) warn_multiple_maps();
      if (github::same_text(merged->body, pull->body.value_or(""))) return done(merged->map);

      auto const written = tools_.pull_requests.write_body(settings_.pr_number, merged->body);
      if (written.outcome == github::BodyWrite::forbidden)
        return skip(skipped_description("the token may not write the pull request", permission));
      if (written.outcome == github::BodyWrite::refused)
        return reject("description-refused", "pull request description", "GitHub does not take the new description")
            .rule("A-87")
            .found(written.why)
            .fix("see what the message asks for, then run the job again");
      // Written, in conflict, or unknown: what the pull request says now decides (A-89, G-29).
      if (auto const now = read()) {
        auto const now_map = report::read_attestation_map(now->body.value_or(""));
        if (now_map && *now_map) {
          if (holds(**now_map, own, seen)) {
            result_.pr_written = true;
            return done(**now_map);
          }
          remember(**now_map, seen);
        }
      }
      if (round == delays.size())
        throw Unreachable("concurrent-update", "the pull request's description was changed by others in each of five rounds");
      tools_.sleep(with_jitter(delays[round]));
    }
  }

 private:
  static constexpr char const* permission = "give the job `pull-requests: write`";
  static constexpr std::array<int, 4> delays{1000, 2000, 4000, 8000};  // milliseconds between five rounds

  void warn_multiple_maps() {
    result_.warnings.push_back(
        reject("multiple-maps", "pull request description", "there is more than one attestation map; the first counts")
            .rule("A-84")
            .fix("delete the other maps by hand"));
  }

  // Nothing when the token has no right to it (403).
  std::optional<github::PullRequest> read() {
    try {
      return tools_.pull_requests.read(settings_.pr_number);
    } catch (github::ApiError const& error) {
      if (error.http_status() == 403) return std::nullopt;
      throw;
    }
  }

  // the payload of a re-run is old; the pull request may have moved on.
  [[nodiscard]] bool is_stale(github::PullRequest const& pull) const {
    return pull.state != settings_.pr_state || pull.head_sha != settings_.head_sha || pull.base_ref != settings_.base_ref;
  }

  [[nodiscard]] Rejection stale(github::PullRequest const& pull) const {
    return reject("stale-event", "pull request " + std::to_string(settings_.pr_number),
                  "it has changed since this run's event; its description is left alone")
        .rule("A-53")
        .expected(settings_.pr_state + ", head " + settings_.head_sha + ", base " + settings_.base_ref)
        .found(pull.state + ", head " + pull.head_sha + ", base " + pull.base_ref);
  }

  static std::chrono::milliseconds with_jitter(int delay) {
    auto const random = std::stoul(random_hex(2), nullptr, 16);  // 0 … 65535
    return std::chrono::milliseconds(delay + static_cast<int>(random) * delay / 2 / 65535);
  }

  Verdict<void> done(report::AttestationMap const& map) {
    result_.map = map;
    result_.pr_updated = true;
    return {};
  }

  FinalizeSettings const& settings_;
  FinalizeTools const& tools_;
  FinalizeResult& result_;
};

// --- the command -----------------------------------------------------------------------------------------------------

Verdict<void> run_steps(FinalizeSettings const& settings, FinalizeTools const& tools, FinalizeResult& result) {
  std::string bytes;
  auto const manifest = read_manifest_file(settings, bytes);
  if (!manifest) return manifest.error();
  auto const given = collect_ids(settings, *manifest);
  if (!given) return given.error();
  AttestationIds recorded;
  std::string overall;
  for (auto const& [key, id] : given->ids.all()) {
    if (key == overall_key)
      overall = id;
    else
      recorded.emplace_back(key, id);
  }
  auto const completed = report::with_attestations(*manifest, recorded);
  if (!completed) return completed.error();
  auto const proved = verify_bundles(settings, *manifest, sha256_text(bytes), given->bundles, tools.verifier, result.bundles);
  if (!proved) return proved.error();
  auto const text = report::manifest_text(*completed);
  if (!overall.empty() || proved->contains(std::string(overall_key)))
    if (auto const frozen = report::check_frozen(bytes, *completed); !frozen) return frozen.error();
  if (auto const fine = check_proved(given->ids, *proved); !fine) return fine.error();
  if (text != bytes) {
    auto const path = settings.workspace / settings.manifest_path;
    write_file(path, text);
    adopt_owner(path, settings.workspace);
    result.manifest_written = true;
  }
  warn_incomplete(*completed, result.warnings);
  result.manifest = *completed;
  result.manifest_digest = sha256_text(text);

  AttestationIds own = completed->attestations;
  if (!overall.empty()) own.emplace_back(overall_key, overall);
  report::HumanPart const human{settings.repository.server_url, settings.repository.full_name, *completed,
                                result.manifest_digest, overall};
  DescriptionUpdate update(settings, tools, result);
  auto const updated = update.run(own, human);
  if (!updated) return updated.error();
  result.summary = report::finalize_summary(*completed, settings.repository.server_url, settings.repository.full_name, overall,
                                            result.undelivered);
  return {};
}

void set_outputs(FinalizeSettings const& settings, FinalizeResult& result) {
  auto& outputs = result.outputs;
  outputs.set("result", result.status == ExitStatus::done ? "success" : "failed");
  outputs.set("reason", result.refusal ? result.refusal->code : Code());
  outputs.set("chart-count", std::uint64_t{result.manifest ? result.manifest->charts.size() : 0});
  if (result.manifest) {
    outputs.set("manifest-path", settings.manifest_path);
    outputs.set("manifest-digest", result.manifest_digest);
  }
  if (result.map) outputs.set("attestation-map", report::compact_map(*result.map));
  outputs.set("pr-updated", result.pr_updated);
  if (settings.pr_number != 0) outputs.set("pr-number", settings.pr_number);
  if (!settings.head_sha.empty()) outputs.set("head-sha", settings.head_sha);
}

}  // namespace

FinalizeResult finalize(FinalizeSettings const& settings, FinalizeTools const& tools) {
  FinalizeResult result;
  try {
    auto const outcome = run_steps(settings, tools, result);
    if (!outcome) result.refusal = outcome.error(), result.status = status_of(outcome.error());
  } catch (Cancelled const&) {
    throw;
  } catch (RunError const& error) {
    result.status = error.status();
    result.refusal = reject(error.code(), "finalize", error.what());
  } catch (std::logic_error const&) {
    throw;
  } catch (std::runtime_error const& error) {  // the disk
    result.status = ExitStatus::bad_input;
    result.refusal = reject("environment", "finalize", error.what());
  }
  set_outputs(settings, result);
  for (auto const& name : result.outputs.omitted())
    result.warnings.push_back(reject("output-too-large", "output " + name, "left out: it would be over 512 KiB").rule("A-26"));
  return result;
}

void log_finalize(FinalizeResult const& result, report::WorkflowLog& log) {
  log.open_group("Attestations");
  for (auto const& bundle : result.bundles) {
    log.line("verified: " + bundle.path + ", signed by " + bundle.signer);
    for (auto const& subject : bundle.subjects) log.line("  subject " + subject);
  }
  if (result.manifest)
    for (auto const& [key, id] : result.manifest->attestations) log.line(key + ": " + id);
  log.close_group();
  if (result.manifest)
    log.line("manifest: " + result.manifest_digest + (result.manifest_written ? ", completed" : ", unchanged"));
  if (result.pr_updated) log.line(std::string("pull request description: ") + (result.pr_written ? "updated" : "up to date"));
  for (auto const& notice : result.notices) log.notice(report::WorkflowLog::refusal_text(notice, {}, {}, {}));
  for (auto const& warning : result.warnings) log.warning(warning);
  if (result.refusal) log.refusal(*result.refusal);
}

}  // namespace acr::release

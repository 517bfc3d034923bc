#include "release/publish_check.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "chart/limits.hpp"
#include "chart/package_command.hpp"
#include "oci/chart_reference.hpp"
#include "oci/manifest.hpp"
#include "release/merged_heads.hpp"
#include "release/release_files.hpp"
#include "report/checksums.hpp"
#include "report/limits.hpp"
#include "report/markdown.hpp"
#include "support/atomic_file.hpp"
#include "support/digest.hpp"
#include "support/parallel.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace {

namespace fs = std::filesystem;

// A regular file of the workspace; links could lead to other bytes than those that are published.
Verdict<std::string> read_plain(fs::path const& path, std::size_t limit, std::string const& where) {
  std::error_code error;
  if (!fs::is_regular_file(fs::symlink_status(path, error)))
    return reject("bad-path", where, "the file is missing, or it is a link").rule("A-6");
  try {
    return read_file(path, limit);
  } catch (std::runtime_error const& failure) {
    return reject("bad-path", where, failure.what()).rule("A-6");
  }
}

constexpr std::size_t strays_reported = 20;
constexpr std::size_t own_file_bytes = std::size_t{64} << 20;  // a report or checksums

bool is_regular(fs::directory_entry const& item) {
  std::error_code error;
  return item.symlink_status(error).type() == fs::file_type::regular && !error;
}

// Only the manifest's packages and this program's own files may lie there, no links and no directories (B-16b): the step that
// publishes may take all of it.
void refuse_strays(RunSettings const& settings, PublishCheck& check) {
  auto const& directory = settings.inputs.output_dir;
  std::set<std::string> expected{std::string(checksums_name), std::string(report_name), std::string(vsa_name),
                                 std::string(oci_subjects_name)};
  for (auto const& package : check.packages) expected.insert(package.chart.package);
  if (fs::path const path(settings.inputs.manifest_path); path.parent_path() == fs::path(directory))
    expected.insert(path.filename().string());
  std::set<std::string> strays;
  std::error_code error;
  fs::directory_iterator item(settings.workspace / directory, error);
  for (; !error && item != fs::directory_iterator(); item.increment(error))
    if (auto name = item->path().filename().string(); !expected.contains(name) || !is_regular(*item))
      if (strays.insert(std::move(name)); strays.size() > strays_reported) strays.erase(std::prev(strays.end()));
  if (error)
    check.refusals.push_back(reject("bad-path", "input output-dir", "the directory cannot be read")
                                 .rule("B-16")
                                 .found(directory + ": " + error.message()));
  for (auto const& name : strays)
    check.refusals.push_back(reject("stray-file", directory + "/" + name,
                                    "the manifest names no such package, and it could be published with the others")
                                 .rule("B-16")
                                 .fix("publish only what the release run has uploaded, in a directory of its own"));
}

Rejection differs(std::string where, std::string const& field, std::string expected, std::string found) {
  return reject("manifest-differs", std::move(where), "the manifest has another " + field)
      .rule("B-16")
      .expected(std::move(expected))
      .found(std::move(found))
      .fix("do not publish it; take manifest and packages from the release run's artifacts");
}

// O-21: what the gate reported of a chart in the registry is what this job computes.
Rejection oci_differs(std::string where, std::string expected, std::string found) {
  return reject("oci-record-differs", std::move(where), "the OCI digests that the gate recorded are not those of this release")
      .rule("O-21")
      .expected(std::move(expected))
      .found(std::move(found))
      .fix("publish what this manifest's gate made, with the same oci-repository here as there");
}

std::string text_of(std::optional<report::OciPlace> const& oci) {
  return oci ? oci->ref + " " + oci->digest + ", created " + oci->created : "no OCI digest";
}

void check_oci_subjects(RunSettings const& settings, PublishCheck& check) {
  auto const place = settings.inputs.output_dir + "/" + std::string(oci_subjects_name);
  std::error_code error;
  bool const there = fs::exists(fs::symlink_status(settings.workspace / place, error));
  if (!settings.lists.oci_repository) {
    if (there) check.refusals.push_back(oci_differs(place, "no such file, since oci-repository is empty", "the file is there"));
    return;
  }
  // Charts that are not proved are refused for that; of the others nothing may be missing.
  if (!check.manifest || check.record.packaged_count() != check.manifest->charts.size()) return;
  auto const expected = oci_subjects(check.record);
  if (!expected) return check.refusals.push_back(expected.error());
  if (!there) return check.refusals.push_back(oci_differs(place, "the file, " + sha256_text(*expected), "no such file"));
  auto const bytes = read_plain(settings.workspace / place, report::max_checksum_bytes, place);
  if (!bytes) return check.refusals.push_back(bytes.error());
  if (*bytes != *expected) check.refusals.push_back(oci_differs(place, sha256_text(*expected), sha256_text(*bytes)));
}

// The files beside the packages that the manifest speaks of, when they are there.
void check_own_files(RunSettings const& settings, report::ReleaseManifest const& manifest, PublishCheck& check) {
  auto const compare = [&](std::string_view name, std::string const& field, std::string const& expected) {
    auto const place = settings.inputs.output_dir + "/" + std::string(name);
    std::error_code error;
    if (!fs::exists(fs::symlink_status(settings.workspace / place, error))) return;
    auto const bytes = read_plain(settings.workspace / place, own_file_bytes, place);
    if (!bytes) return check.refusals.push_back(bytes.error());
    if (auto digest = sha256_text(*bytes); digest != expected)
      check.refusals.push_back(differs(place, field, std::move(digest), expected));
  };
  std::vector<report::Checksum> sums;
  for (auto const& chart : manifest.charts) sums.push_back({chart.package, chart.digest.substr(7)});
  if (auto const text = report::checksums_text(std::move(sums)))
    compare(checksums_name, "list of packages than checksums.txt", sha256_text(*text));
  else
    check.refusals.push_back(text.error());
  compare(report_name, "digest of the verification report", manifest.verification_digest);
}

// B-16a: allowed by name, and said each time what it is worth.
void warn_of_pull_requests(RunSettings const& settings, PublishCheck& check) {
  for (auto const& signer : settings.lists.build_signer_workflows)
    if (names_pull_request(signer))
      check.warnings.push_back(
          reject("pull-request-signer", "input build-signer-workflows",
                 "this signer proves nothing against those who can open a pull request from a branch of the repository")
              .rule("B-16a")
              .found(signer.text())
              .fix("build with release-charts.yaml of this action, or with a workflow that is called at a protected tag"));
}

std::optional<report::ReleaseManifest> read_attested_manifest(RunSettings const& settings, RunTools const& tools,
                                                              sigstore::Policy const& policy, PublishCheck& check) {
  auto const& name = settings.inputs.manifest_path;
  auto const bytes = read_plain(settings.workspace / name, report::max_manifest_bytes, name);
  if (!bytes) {
    check.refusals.push_back(bytes.error());
    return std::nullopt;
  }
  auto manifest = report::read_manifest(*bytes);
  if (!manifest) {
    check.refusals.push_back(manifest.error());
    return std::nullopt;
  }
  check.manifest_digest = sha256_text(*bytes);
  auto const proofs =
      verify_listed({check.manifest_digest}, *tools.attestations, tools.verifier, policy, 1).at(check.manifest_digest);
  if (proofs.proved())
    check.manifest_signer = proofs.signer();
  else
    check.refusals.push_back(proofs.refusal(name, check.manifest_digest));
  return std::move(*manifest);
}

// The gate's steps over the push: what it would release, and nothing of it written. Refused charts are left out here, whatever
// verify-policy says; finish() knows it.
RunSettings proving(RunSettings settings) {
  settings.dry_run = true;
  settings.change.pr_number = 0;
  settings.change.merge.clear();
  settings.inputs.verify_policy = event::VerifyPolicy::flag;
  settings.inputs.diff_mode = event::DiffMode::tree;   // B-16: between `before` and `after`
  settings.inputs.title_check = event::Level::off;     // a push has no title
  settings.inputs.tag_wait = std::chrono::seconds(0);  // what was released had its tags
  return settings;
}

RunOutcome prove_again(RunSettings const& settings, RunTools const& tools) {
  if (!settings.change.base.empty()) return run_release(settings, tools);
  // The branch is new: it was not merged into, so that nothing was released by this push.
  RunOutcome nothing;
  nothing.record.result = report::Result::no_charts;
  nothing.status = ExitStatus::done;
  return nothing;
}

report::ChartRecord const* proved_chart(report::ReleaseRecord const& record, std::string const& name) {
  auto const found = std::ranges::find(record.charts, name, &report::ChartRecord::name);
  return found == record.charts.end() ? nullptr : &*found;
}

bool is_proved(report::ChartRecord const& chart) { return chart.status == report::ChartStatus::packaged; }

std::vector<Rejection> unproved(report::ChartRecord const& chart) {
  auto refusals = chart.refusals;
  for (auto const& entry : chart.entries)
    if (entry.refusal) refusals.push_back(*entry.refusal);
  return refusals;
}

// Neither fewer charts nor others than the push has changed (B-16): an old release must not be published again, and none must
// be left out.
void compare_charts(RunSettings const& given, RunOutcome const& proof, PublishCheck& check) {
  // What ended the run early says nothing about charts.
  bool const whole = proof.record.refusals.empty();
  for (auto& package : check.packages) {
    auto const* chart = proved_chart(proof.record, package.chart.name);
    if (chart != nullptr) {
      package.commit = chart->commit;
      package.unproved = unproved(*chart);
    } else if (whole) {
      package.refusals.push_back(
          reject("manifest-differs", "manifest: chart " + package.chart.name,
                 "the manifest names a chart that this push has not changed")
              .rule("B-16")
              .expected("the charts that differ between " +
                        (given.change.base.empty() ? "nothing (the branch is new)" : given.change.base) + " and " +
                        given.change.head)
              .found(package.chart.name + " " + package.chart.version)
              .fix("do not publish it; take manifest and packages from the release run of what was merged"));
    }
  }
  for (auto const& chart : proof.record.charts) {
    if (std::ranges::any_of(check.packages, [&](auto const& package) { return package.chart.name == chart.name; })) continue;
    if (chart.status == report::ChartStatus::refused && given.inputs.verify_policy == event::VerifyPolicy::flag) {
      check.left_out.push_back(chart.name);
      continue;
    }
    CheckedPackage missing{.chart = {chart.name, chart.version, chart.digest, chart.tag, chart.package},
                           .commit = chart.commit,
                           .signer = {},
                           .push = {},
                           .unproved = unproved(chart),
                           .refusals = {}};
    if (is_proved(chart) && check.manifest)
      missing.refusals.push_back(
          reject("manifest-differs", "manifest: chart " + chart.name,
                 "the manifest leaves out a chart that this push has changed")
              .rule("B-16")
              .expected(chart.name + " " + chart.version)
              .found("no such chart")
              .fix("do not publish a part; take manifest and packages from the release run of what was merged"));
    check.packages.push_back(std::move(missing));
  }
}

// What is published must have been on the source branch, as it is there (B-16), and so must the tags' commits.
void check_heads(RunSettings const& settings, RunTools const& tools, PublishCheck& check) {
  std::vector<std::string> paths;
  for (auto const& chart : check.record.charts)
    if (std::ranges::find(check.left_out, chart.name) == check.left_out.end()) paths.push_back(chart.path);
  if (paths.empty()) return;
  auto const heads = merged_heads(tools.objects, settings.change.head, settings.inputs.source_branch, paths);
  if (!heads) return check.refusals.push_back(heads.error());
  if (check.manifest && std::ranges::find(*heads, check.manifest->head) == heads->end())
    check.refusals.push_back(differs("manifest: head", "head than what was merged", heads->front(), check.manifest->head));
  for (auto& package : check.packages) {
    auto const* chart = proved_chart(check.record, package.chart.name);
    if (chart == nullptr || !is_proved(*chart)) continue;
    bool const reached = std::ranges::any_of(*heads, [&](auto const& head) {
      return head == chart->commit || tools.objects.is_ancestor(chart->commit, head) == true;
    });
    if (!reached)
      package.refusals.push_back(
          reject("tag-not-on-branch", "tag " + chart->tag,
                 "the tag's commit is not known to be an ancestor of what was merged from the source branch")
              .rule("A-55")
              .expected("an ancestor of " + heads->front())
              .found(chart->commit)
              .fix("tag a commit of '" + settings.inputs.source_branch + "'"));
  }
}

std::vector<std::string> archives_of(std::string const& chart, std::vector<report::ManifestDependency> const& all) {
  std::vector<std::string> archives;
  for (auto const& each : all)
    if (each.chart == chart) archives.push_back(each.name + " " + each.version + " " + each.sha256);
  std::ranges::sort(archives);
  return archives;
}

std::string joined(std::vector<std::string> const& texts) {
  std::string all;
  for (auto const& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all.empty() ? "none" : all;
}

// What the manifest says of a package besides its digest.
void check_fields(CheckedPackage& package, report::ReleaseManifest const& manifest, report::ReleaseManifest const& proved) {
  auto const& chart = package.chart;
  auto const& expected = *proved.chart(chart.name);
  auto const compare = [&](char const* field, std::string const& right, std::string const& found) {
    if (right != found) package.refusals.push_back(differs("manifest: chart " + chart.name, field, right, found));
  };
  compare("version than the package", expected.version, chart.version);
  compare("tag than the package", expected.tag, chart.tag);
  compare("file name than the package", expected.package, chart.package);
  compare("source digest than the chart", expected.source_digest, chart.source_digest);
  if (expected.oci != chart.oci)
    package.refusals.push_back(oci_differs("manifest: chart " + chart.name, text_of(expected.oci), text_of(chart.oci)));
  auto const listed = std::ranges::find(manifest.upstream, chart.name, [](auto const& each) { return each.first; });
  if (listed == manifest.upstream.end())
    return package.refusals.push_back(differs("manifest: upstream", "list of charts", chart.name, "no such key"));
  if (auto const right = archives_of(chart.name, proved.dependencies), found = archives_of(chart.name, manifest.dependencies);
      right != found)
    package.refusals.push_back(
        differs("manifest: dependencies of " + chart.name, "dependency than the package", joined(right), joined(found)));
}

// The release run may have been given other subjects of entries without a digest; id and digest as the tag has them are the
// same for both.
void check_upstream(CheckedPackage& package, report::ReleaseManifest const& manifest, report::ChartRecord const& chart) {
  auto const listed = std::ranges::find(manifest.upstream, chart.name, [](auto const& each) { return each.first; });
  if (listed == manifest.upstream.end()) return;
  for (auto const& entry : listed->second) {
    auto const item = std::ranges::find(chart.entries, entry.key, &report::LineageEntry::key);
    bool const same = item != chart.entries.end() && item->id == entry.id &&
                      (item->subject_source != "annotation" || item->subject_digest == entry.digest);
    if (!same)
      package.refusals.push_back(differs("manifest: upstream." + chart.name + "." + entry.key, "attestation than the tag",
                                         item == chart.entries.end() ? "no such key" : item->id + " " + item->subject_digest,
                                         entry.id + " " + entry.digest));
  }
}

// The file is the manifest's, and the one that the tag gives.
void check_bytes(CheckedPackage& package, RunSettings const& settings, report::ChartRecord const* proved) {
  auto const& chart = package.chart;
  auto const bytes = read_plain(settings.workspace / settings.inputs.output_dir / chart.package,
                                chart::Limits{}.chart_bytes * 2, chart.package);
  if (!bytes) return package.refusals.push_back(bytes.error());
  auto const digest = sha256_text(*bytes);
  if (digest != chart.digest)
    package.refusals.push_back(reject("package-differs", chart.package, "the package is not the one of the manifest")
                                   .rule("A-75")
                                   .expected(chart.digest)
                                   .found(digest)
                                   .fix("do not publish it; take the packages from the release run's artifact"));
  else if (proved != nullptr && is_proved(*proved))
    if (auto const same = compare_package(chart.package, digest, proved->digest, proved->commit); !same)
      package.refusals.push_back(same.error());
}

// O-21: who may build must have attested the manifest that Helm will make, and Helm must find the time that it was computed
// for.
void check_push(CheckedPackage& package, report::ChartRecord const& chart, ListedProofs const& proof,
                RunSettings const& settings) {
  auto const& oci = *chart.oci;
  if (!proof.proved()) {
    auto refusal = proof.refusal(chart.name + ", " + oci.ref, oci.digest);
    refusal.code = "oci-unattested";
    package.refusals.push_back(std::move(refusal).rule("O-21").fix(
        "attest oci-subjects-path in the release run, with subject-checksums of actions/attest"));
  }
  auto const file = settings.inputs.output_dir + "/" + chart.package;
  if (!package.refusals.empty()) return;
  if (!set_times(settings.workspace / file, *chart.package_time))
    return package.refusals.push_back(oci::time_not_kept(file, oci.ref, *chart.package_time));
  package.push = oci::push_command(*settings.lists.oci_repository, file);
}

// B-16: each package of the manifest against what was proved, and against who may build.
void check_packages(RunSettings const& settings, RunTools const& tools, sigstore::Policy const& policy, PublishCheck& check) {
  if (!check.manifest) return;
  auto const count = check.manifest->charts.size();  // those that it lacks come after them
  auto const proved = report::manifest_of(check.record, {});
  for_each_index(count, processors(), [&](std::size_t i) {
    tools.clock.check();
    auto& package = check.packages[i];
    auto const* chart = proved_chart(check.record, package.chart.name);
    check_bytes(package, settings, chart);
    if (chart == nullptr || !is_proved(*chart)) return;
    check_fields(package, *check.manifest, proved);
    check_upstream(package, *check.manifest, *chart);
  });
  std::vector<std::string> digests;
  std::map<std::string, std::string> first;  // attestation ids that the manifest names
  for (std::size_t i = 0; i < count; ++i) {
    digests.push_back(check.packages[i].chart.digest);
    auto const* chart = proved_chart(check.record, check.packages[i].chart.name);
    if (chart == nullptr || !chart->oci) continue;
    digests.push_back(chart->oci->digest);
    for (auto const& [key, id] : check.manifest->attestations)
      if (key == std::string(report::oci_key_prefix) + chart->name) first.emplace(chart->oci->digest, id);
  }
  auto const proofs = digests.empty()
                          ? std::map<std::string, ListedProofs>{}
                          : verify_listed(digests, *tools.attestations, tools.verifier, policy, processors(), first);
  for (std::size_t i = 0; i < count; ++i) {
    auto& package = check.packages[i];
    auto const& proof = proofs.at(package.chart.digest);
    if (proof.proved())
      package.signer = proof.signer();
    else
      package.refusals.push_back(proof.refusal(package.chart.package, package.chart.digest));
    auto const* chart = proved_chart(check.record, package.chart.name);
    if (chart != nullptr && chart->oci) check_push(package, *chart, proofs.at(chart->oci->digest), settings);
  }
}

// A host out of reach, or a commit that cannot be had, says nothing about the release: another run may publish it.
ExitStatus finish(PublishCheck const& check, ExitStatus of_run) {
  bool const own = !check.refusals.empty() ||
                   std::ranges::any_of(check.packages, [](auto const& package) { return !package.refusals.empty(); });
  if (own) return ExitStatus::refused;
  if (of_run != ExitStatus::done) return of_run;
  return refusals_of(check).empty() ? ExitStatus::done : ExitStatus::refused;
}

}  // namespace

PublishCheck check_published(RunSettings const& given, RunTools const& tools) {
  PublishCheck check;
  auto settings = proving(given);
  auto const policy = builder_policy(settings);
  warn_of_pull_requests(settings, check);
  std::error_code error;
  if (fs::exists(fs::symlink_status(settings.workspace / settings.inputs.manifest_path, error))) {
    check.manifest = read_attested_manifest(settings, tools, policy, check);
    if (!check.manifest) return check;
    if (check.manifest->charts.empty())
      check.refusals.push_back(
          reject("manifest-invalid", settings.inputs.manifest_path, "the manifest names no chart: nothing is proved")
              .rule("A-75"));
    // The time of the entries is what the release run was given: the same commit has other bytes with another one.
    auto const epoch = chart::source_date_epoch(check.manifest->source_date_epoch.value_or(""));
    if (!epoch) {
      check.refusals.push_back(epoch.error());
      return check;
    }
    settings.source_date_epoch = *epoch;
    for (auto const& chart : check.manifest->charts)
      check.packages.push_back({.chart = chart, .commit = {}, .signer = {}, .push = {}, .unproved = {}, .refusals = {}});
  }

  auto proof = prove_again(settings, tools);
  bool const missing = !check.manifest && !proof.record.charts.empty();
  if (missing)
    check.refusals.push_back(
        reject("bad-path", settings.inputs.manifest_path, "the file is missing, and this push has changed charts")
            .rule("B-16"));
  // Without a manifest nothing may lie there that could be published.
  if (check.manifest || (!missing && fs::exists(fs::symlink_status(settings.workspace / settings.inputs.output_dir, error))))
    refuse_strays(settings, check);
  if (check.manifest) check_own_files(settings, *check.manifest, check);
  compare_charts(given, proof, check);
  check.record = std::move(proof.record);
  check_heads(settings, tools, check);
  check_packages(settings, tools, policy, check);
  check_oci_subjects(settings, check);
  check.status = finish(check, proof.status);
  return check;
}

std::vector<Rejection> refusals_of(PublishCheck const& check) {
  auto all = check.refusals;
  all.insert(all.end(), check.record.refusals.begin(), check.record.refusals.end());
  for (auto const& package : check.packages) {
    all.insert(all.end(), package.unproved.begin(), package.unproved.end());
    all.insert(all.end(), package.refusals.begin(), package.refusals.end());
  }
  return all;
}

report::Outputs publish_outputs(PublishCheck const& check, RunSettings const& settings) {
  report::Outputs outputs;
  bool const good = check.status == ExitStatus::done;
  auto const refusals = refusals_of(check);
  outputs.set("result", !good                     ? "failed"
                        : !check.left_out.empty() ? "partial"
                        : check.packages.empty()  ? "no-charts"
                                                  : "success");
  outputs.set("reason", !refusals.empty() ? refusals.front().code : good ? Code() : check.record.reason);
  outputs.set("chart-count", std::uint64_t{good ? check.packages.size() : 0});
  if (good && check.manifest) {
    outputs.set("packages-dir", settings.inputs.output_dir);
    outputs.set("manifest-path", settings.inputs.manifest_path);
    outputs.set("manifest-digest", check.manifest_digest);
    for (auto const& package : check.packages)
      if (!package.push.empty()) outputs.set(package.chart.name + "_oci-push", package.push);
  }
  return outputs;
}

namespace {

std::string verdict_of(CheckedPackage const& package) {
  for (auto const* refusals : {&package.unproved, &package.refusals})
    if (!refusals->empty()) return "**refused** " + report::code_span(refusals->front().sentence());
  return "proved";
}

}  // namespace

std::string publish_summary(PublishCheck const& check) {
  using report::code_span;
  bool const good = check.status == ExitStatus::done;
  std::string const title = !good                    ? "refused, do not publish"
                            : check.packages.empty() ? "no chart changed, nothing to publish"
                                                     : "packages proved";
  std::string text = "## Atomic chart release: " + title + "\n\n";
  std::size_t const shown_at_most = 1000;
  if (!check.packages.empty()) text += "| chart | version | tag | package | built by | |\n|---|---|---|---|---|---|\n";
  for (std::size_t i = 0; i < std::min(check.packages.size(), shown_at_most); ++i) {
    auto const& package = check.packages[i];
    text += "| " + code_span(package.chart.name) + " | " + code_span(package.chart.version) + " | " +
            code_span(package.chart.tag) + " | " + code_span(package.chart.digest) + " | " + code_span(package.signer) + " | " +
            verdict_of(package) + " |\n";
  }
  if (check.packages.size() > shown_at_most)
    text += "\nand " + std::to_string(check.packages.size() - shown_at_most) + " more\n";
  for (auto const& name : check.left_out) text += "\n- left out: " + code_span(name) + "\n";
  for (auto const* refusals : {&check.refusals, &check.record.refusals})
    for (auto const& refusal : *refusals) text += "\n- **refused** " + code_span(refusal.coded_sentence(), 600) + "\n";
  return text + "\n";
}

// The charts' own groups were written as each was proved (log_chart).
void log_publish_check(PublishCheck const& check, report::WorkflowLog& log) {
  bool const good = check.status == ExitStatus::done;
  log.open_group("Packages");
  if (!check.manifest_signer.empty())
    log.line("ok    manifest " + check.manifest_digest + ", attested by " + check.manifest_signer);
  for (auto const& package : check.packages)
    if (package.unproved.empty() && package.refusals.empty())
      log.line("ok    " + package.chart.package + " equals what " + package.chart.tag + " gives (" + package.commit +
               "), attested by " + package.signer);
  if (good)
    for (auto const& package : check.packages)
      if (!package.push.empty()) log.line("push  " + package.push);
  for (auto const& name : check.left_out) log.line("left out: " + name);
  log.close_group();
  for (auto const* warnings : {&check.warnings, &check.record.warnings})
    for (auto const& warning : *warnings) log.warning(warning);
  for (auto const* refusals : {&check.refusals, &check.record.refusals})
    for (auto const& refusal : *refusals) log.refusal(refusal, {}, {}, {}, report::Severity::high);
  for (auto const& package : check.packages)
    for (auto const& refusal : package.refusals) log.refusal(refusal, package.chart.name, package.chart.tag);
  if (!good)
    log.line("refused: nothing of this may be published");
  else if (check.packages.empty())
    log.line("nothing to publish: this push has changed no chart");
  else
    log.line("proved: " + counted(check.packages.size(), "package") + ", ready to be published");
}

}  // namespace acr::release

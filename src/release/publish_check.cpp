#include "release/publish_check.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <thread>
#include <utility>

#include "chart/limits.hpp"
#include "chart/package_command.hpp"
#include "release/packages.hpp"
#include "report/checksums.hpp"
#include "report/limits.hpp"
#include "report/markdown.hpp"
#include "support/atomic_file.hpp"
#include "support/digest.hpp"
#include "support/parallel.hpp"

namespace acr::release {
namespace {

namespace fs = std::filesystem;

// A regular file of the workspace; links could lead to other bytes than those that are published.
Verdict<std::string> read_plain(fs::path const& path, std::size_t limit, std::string const& where) {
  std::error_code error;
  if (!fs::is_regular_file(fs::symlink_status(path, error))) return reject("bad-path", where, "the file is missing, or it is a link").rule("A-6");
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

// Only the manifest's packages and this program's own files may lie there, no links and no directories (B-16b): the step that publishes
// may take all of it.
void refuse_strays(RunSettings const& settings, report::ReleaseManifest const& manifest, PublishCheck& check) {
  auto const& directory = settings.inputs.output_dir;
  std::set<std::string> expected{std::string(checksums_name), std::string(report_name), std::string(vsa_name)};
  for (auto const& chart : manifest.charts) expected.insert(chart.package);
  if (fs::path const path(settings.inputs.manifest_path); path.parent_path() == fs::path(directory)) expected.insert(path.filename().string());
  std::set<std::string> strays;
  std::error_code error;
  fs::directory_iterator item(settings.workspace / directory, error);
  for (; !error && item != fs::directory_iterator(); item.increment(error))
    if (auto name = item->path().filename().string(); !expected.contains(name) || !is_regular(*item))
      if (strays.insert(std::move(name)); strays.size() > strays_reported) strays.erase(std::prev(strays.end()));
  if (error)
    check.refusals.push_back(reject("bad-path", "input output-dir", "the directory cannot be read").rule("B-16").found(directory + ": " + error.message()));
  for (auto const& name : strays)
    check.refusals.push_back(reject("stray-file", directory + "/" + name, "the manifest names no such package, and it could be published with the others")
                                 .rule("B-16")
                                 .mend("publish only what the release run has uploaded, in a directory of its own"));
}

Rejection differs(std::string where, std::string const& field, std::string expected, std::string found) {
  return reject("manifest-differs", std::move(where), "the manifest has another " + field)
      .rule("B-16")
      .expected(std::move(expected))
      .found(std::move(found))
      .mend("do not publish it; take manifest and packages from the release run's artifacts");
}

// The files beside the packages that the manifest speaks of, when they are there.
void check_own_files(RunSettings const& settings, report::ReleaseManifest const& manifest, PublishCheck& check) {
  auto const compare = [&](std::string_view name, std::string const& field, std::string const& expected) {
    auto const place = settings.inputs.output_dir + "/" + std::string(name);
    std::error_code error;
    if (!fs::exists(fs::symlink_status(settings.workspace / place, error))) return;
    auto const bytes = read_plain(settings.workspace / place, own_file_bytes, place);
    if (!bytes) return check.refusals.push_back(bytes.error());
    if (auto digest = sha256_text(*bytes); digest != expected) check.refusals.push_back(differs(place, field, std::move(digest), expected));
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
      check.warnings.push_back(reject("pull-request-signer", "input build-signer-workflows",
                                      "this signer proves nothing against those who can open a pull request from a branch of the repository")
                                   .rule("B-16a")
                                   .found(signer.text())
                                   .mend("build with release-charts.yaml of this action, or with a workflow that is called at a protected tag"));
}

std::optional<report::ReleaseManifest> read_attested_manifest(RunSettings const& settings, PublishTools const& tools, sigstore::Policy const& policy,
                                                              PublishCheck& check) {
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
  auto const proofs = verify_listed({check.manifest_digest}, tools.attestations, tools.verifier, policy, 1).at(check.manifest_digest);
  if (proofs.proved())
    check.manifest_signer = proofs.signer();
  else
    check.refusals.push_back(proofs.refusal(name, check.manifest_digest));
  return std::move(*manifest);
}

// A-55, as far as commits alone can tell it: the tag was on the branch when its chart was released.
std::optional<Rejection> refused_commit(std::string const& commit, std::string const& head, git::ObjectSource& objects, std::string const& tag) {
  if (commit == head) return std::nullopt;
  auto const reaches = objects.is_ancestor(commit, head);
  if (reaches && *reaches) return std::nullopt;
  return reject("tag-not-on-branch", "tag " + tag,
                reaches ? "the tag's commit is not an ancestor of the manifest's head"
                        : "no object source can tell whether the tag's commit is an ancestor of the manifest's head")
      .rule("A-55")
      .expected("an ancestor of " + head)
      .found(commit)
      .mend(reaches ? "do not publish it" : "check out with fetch-depth: 0 or allow the API (object-source: auto)");
}

// What the manifest says of a package besides its digest: the package's own Chart.yaml and the tag's annotation know better.
void check_fields(CheckedPackage& package, report::ReleaseManifest const& manifest, Rebuilt const& built) {
  auto const& chart = package.chart;
  auto const compare = [&](char const* field, std::string const& expected, std::string const& found) {
    if (expected != found) package.refusals.push_back(differs("manifest: chart " + chart.name, field, expected, found));
  };
  compare("name than the package", built.name, chart.name);
  compare("version than the package", built.version, chart.version);
  compare("file name than the package", built.file_name, chart.package);
  auto const listed = std::ranges::find(manifest.upstream, chart.name, [](auto const& each) { return each.first; });
  if (listed == manifest.upstream.end()) return package.refusals.push_back(differs("manifest: upstream", "list of charts", chart.name, "no such key"));
  for (auto const& entry : listed->second) {
    auto const item = std::ranges::find(built.lineage.entries, entry.key, &git::LineageItem::key);
    if (item == built.lineage.entries.end() || item->id != entry.id || (item->digest && *item->digest != entry.digest))
      package.refusals.push_back(differs("manifest: upstream." + chart.name + "." + entry.key, "attestation than the tag",
                                         item == built.lineage.entries.end() ? "no such key" : item->id + " " + item->digest.value_or(""),
                                         entry.id + " " + entry.digest));
  }
  std::vector<std::string> fetched;
  for (auto const& each : manifest.dependencies)
    if (each.chart == chart.name) fetched.push_back(each.sha256);
  for (auto const& digest : fetched)
    if (!std::ranges::binary_search(built.archives, digest))
      package.refusals.push_back(differs("manifest: dependencies of " + chart.name, "dependency than the package", std::to_string(built.archives.size()) + " archives",
                                         digest));
}

void check_package(CheckedPackage& package, RunSettings const& settings, report::ReleaseManifest const& manifest, PublishTools const& tools) {
  auto const& chart = package.chart;
  auto const bytes = read_plain(settings.workspace / settings.inputs.output_dir / chart.package, chart::Limits{}.chart_bytes * 2, chart.package);
  if (!bytes) return package.refusals.push_back(bytes.error());
  if (auto const digest = sha256_text(*bytes); digest != chart.digest)
    return package.refusals.push_back(reject("package-differs", chart.package, "the package is not the one of the manifest")
                                          .rule("A-75")
                                          .expected(chart.digest)
                                          .found(digest)
                                          .mend("do not publish it; take the packages from the release run's artifact"));
  auto const built = rebuild_package(tools.objects, chart.tag, settings, tools.dependencies);
  if (!built) return package.refusals.push_back(built.error());
  package.commit = built->commit;
  if (auto why = compare_package(chart.package, *bytes, *built)) package.refusals.push_back(std::move(*why));
  if (auto why = refused_commit(built->commit, manifest.head, tools.objects, chart.tag)) package.refusals.push_back(std::move(*why));
  check_fields(package, manifest, *built);
}

}  // namespace

PublishCheck check_published(RunSettings const& given, PublishTools const& tools) {
  PublishCheck check;
  auto settings = given;
  auto const policy = builder_policy(settings);
  warn_of_pull_requests(settings, check);
  check.manifest = read_attested_manifest(settings, tools, policy, check);
  if (!check.manifest) return check;
  // The time of the entries is part of what the manifest vouches for.
  if (check.manifest->source_date_epoch) {
    auto const epoch = chart::source_date_epoch(*check.manifest->source_date_epoch);
    if (!epoch) {
      check.refusals.push_back(epoch.error());
      return check;
    }
    settings.source_date_epoch = *epoch;
  }
  if (check.manifest->charts.empty())
    check.refusals.push_back(reject("manifest-invalid", settings.inputs.manifest_path, "the manifest names no chart: nothing is proved").rule("A-75"));
  refuse_strays(settings, *check.manifest, check);
  check_own_files(settings, *check.manifest, check);

  std::vector<std::string> digests;
  for (auto const& chart : check.manifest->charts) {
    check.packages.push_back({.chart = chart, .commit = {}, .signer = {}, .refusals = {}});
    digests.push_back(chart.digest);
  }
  std::size_t const cores = std::max(1U, std::thread::hardware_concurrency());
  for_each_index(check.packages.size(), cores, [&](std::size_t i) {
    tools.clock.check();
    check_package(check.packages[i], settings, *check.manifest, tools);
  });
  auto const proofs = digests.empty() ? std::map<std::string, ListedProofs>{} : verify_listed(digests, tools.attestations, tools.verifier, policy, cores);
  bool good = check.refusals.empty();
  for (auto& package : check.packages) {
    auto const& proof = proofs.at(package.chart.digest);
    if (proof.proved())
      package.signer = proof.signer();
    else
      package.refusals.push_back(proof.refusal(package.chart.package, package.chart.digest));
    good = good && package.refusals.empty();
  }
  check.status = good ? ExitStatus::done : ExitStatus::refused;
  return check;
}

report::Outputs publish_outputs(PublishCheck const& check, RunSettings const& settings) {
  report::Outputs outputs;
  bool const good = check.status == ExitStatus::done;
  std::string reason;
  for (auto const& refusal : check.refusals)
    if (reason.empty()) reason = refusal.code;
  for (auto const& package : check.packages)
    if (reason.empty() && !package.refusals.empty()) reason = package.refusals.front().code;
  outputs.set("result", good ? "success" : "failed");
  outputs.set("reason", reason);
  outputs.set("chart-count", std::uint64_t{good ? check.packages.size() : 0});
  if (good) {
    outputs.set("packages-dir", settings.inputs.output_dir);
    outputs.set("manifest-path", settings.inputs.manifest_path);
    outputs.set("manifest-digest", check.manifest_digest);
  }
  return outputs;
}

std::string publish_summary(PublishCheck const& check) {
  using report::code_span;
  bool const good = check.status == ExitStatus::done;
  std::string text = std::string("## Atomic chart release: ") + (good ? "packages proved" : "refused, do not publish") + "\n\n";
  std::size_t const shown_at_most = 1000;
  if (!check.packages.empty()) text += "| chart | version | tag | package | attested by | |\n|---|---|---|---|---|---|\n";
  for (std::size_t i = 0; i < std::min(check.packages.size(), shown_at_most); ++i) {
    auto const& package = check.packages[i];
    text += "| " + code_span(package.chart.name) + " | " + code_span(package.chart.version) + " | " + code_span(package.chart.tag) + " | " +
            code_span(package.chart.digest) + " | " + code_span(package.signer) + " | " +
            (package.refusals.empty() ? "proved" : "**refused** " + code_span(package.refusals.front().sentence())) + " |\n";
  }
  if (check.packages.size() > shown_at_most) text += "\nand " + std::to_string(check.packages.size() - shown_at_most) + " more\n";
  for (auto const& refusal : check.refusals) text += "\n- **refused** " + code_span(refusal.code + ": " + refusal.sentence(), 600) + "\n";
  return text + "\n";
}

void log_publish_check(PublishCheck const& check, report::WorkflowLog& log) {
  log.open_group("Packages");
  if (!check.manifest_signer.empty()) log.line("ok    manifest " + check.manifest_digest + ", attested by " + check.manifest_signer);
  for (auto const& package : check.packages)
    if (package.refusals.empty())
      log.line("ok    " + package.chart.package + " equals what " + package.chart.tag + " gives (" + package.commit + "), attested by " + package.signer);
  log.close_group();
  for (auto const& warning : check.warnings) log.warning(warning);
  for (auto const& refusal : check.refusals) log.refusal(refusal, {}, {}, {}, report::Severity::high);
  for (auto const& package : check.packages)
    for (auto const& refusal : package.refusals) log.refusal(refusal, package.chart.name, package.chart.tag);
  if (check.status == ExitStatus::done)
    log.line("proved: " + std::to_string(check.packages.size()) + (check.packages.size() == 1 ? " package" : " packages") + ", ready to be published");
  else
    log.line("refused: nothing of this may be published");
}

}  // namespace acr::release

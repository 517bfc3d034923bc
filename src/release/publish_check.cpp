#include "release/publish_check.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <thread>
#include <utility>

#include "chart/limits.hpp"
#include "chart/package_command.hpp"
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
  if (!fs::is_regular_file(fs::symlink_status(path, error))) return reject("bad-path", where, "there is no such file, or it is a link").rule("A-6");
  try {
    return read_file(path, limit);
  } catch (std::runtime_error const& failure) {
    return reject("bad-path", where, failure.what()).rule("A-6");
  }
}

// Whatever could be taken for a package of this release and is none.
void refuse_strangers(fs::path const& directory, report::ReleaseManifest const& manifest, PublishCheck& check) {
  std::set<std::string> strangers;
  std::error_code error;
  for (auto const& item : fs::directory_iterator(directory, error)) {
    auto const name = item.path().filename().string();
    if (item.path().extension() == ".tgz" && std::ranges::find(manifest.charts, name, &report::ManifestChart::package) == manifest.charts.end())
      strangers.insert(name);
  }
  for (auto const& name : strangers)
    check.refusals.push_back(reject("package-unknown", name, "the manifest names no such package, and it would be published with the others")
                                 .rule("A-75")
                                 .mend("publish only what the release run has uploaded"));
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

void check_package(CheckedPackage& package, RunSettings const& settings, PublishTools const& tools) {
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
  if (built->chart != chart.name)
    return package.refusals.push_back(
        reject("release-line-mismatch", "tag " + chart.tag, "the tag is about another chart").rule("A-95").expected(chart.name).found(built->chart));
  if (auto differs = compare_package(chart.package, *bytes, *built)) package.refusals.push_back(std::move(*differs));
}

}  // namespace

PublishCheck check_published(RunSettings const& given, PublishTools const& tools) {
  PublishCheck check;
  auto settings = given;
  auto const policy = publisher_policy(settings);
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
  refuse_strangers(settings.workspace / settings.inputs.output_dir, *check.manifest, check);

  std::vector<std::string> digests;
  for (auto const& chart : check.manifest->charts) {
    check.packages.push_back({.chart = chart, .commit = {}, .signer = {}, .refusals = {}});
    digests.push_back(chart.digest);
  }
  std::size_t const cores = std::max(1U, std::thread::hardware_concurrency());
  for_each_index(check.packages.size(), cores, [&](std::size_t i) {
    tools.clock.check();
    check_package(check.packages[i], settings, tools);
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
  for (auto const& refusal : check.refusals) log.refusal(refusal, {}, {}, {}, report::Severity::high);
  for (auto const& package : check.packages)
    for (auto const& refusal : package.refusals) log.refusal(refusal, package.chart.name, package.chart.tag);
  if (check.status == ExitStatus::done)
    log.line("proved: " + std::to_string(check.packages.size()) + (check.packages.size() == 1 ? " package" : " packages") + ", ready to be published");
  else
    log.line("refused: nothing of this may be published");
}

}  // namespace acr::release

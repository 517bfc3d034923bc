#include "release/finalize_bundles.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include "event/path_rules.hpp"
#include "release/limits.hpp"
#include "sigstore/artifact.hpp"
#include "sigstore/bundle.hpp"
#include "sigstore/statement.hpp"
#include "support/atomic_file.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace {

namespace fs = std::filesystem;
using report::ReleaseManifest;

constexpr std::string_view tag_verification_subject = "w7-tag-verify";

// What the attest steps of a release make (A-70, B-15): provenance, the verification summary, and bills of materials.
std::vector<std::string> predicate_types() {
  return {std::string(sigstore::slsa_provenance), "https://slsa.dev/verification_summary/v1", "https://spdx.dev/Document/v2.3",
          "https://cyclonedx.org/bom"};
}

// --- this run --------------------------------------------------------------------------------------------------------

std::string_view server(FinalizeSettings const& settings) {
  std::string_view url = settings.repository.server_url;
  while (url.ends_with('/')) url.remove_suffix(1);
  return url;
}

// An empty demand would be no demand: without these, another run's bundle would do.
Verdict<void> check_environment(FinalizeSettings const& settings) {
  auto const unknown = [](char const* variable, char const* expected, std::string const& found) {
    return reject("bad-environment", variable, "the variable is missing or wrong: bundles cannot be compared with this run")
        .rule("B-15")
        .expected(expected)
        .found(found);
  };
  if (settings.commit.empty()) return unknown("GITHUB_SHA", "a commit id", settings.commit);
  if (!to_number(settings.run_id)) return unknown("GITHUB_RUN_ID", "a number", settings.run_id);
  if (to_number(settings.run_attempt).value_or(0) == 0)
    return unknown("GITHUB_RUN_ATTEMPT", "a number from 1 on", settings.run_attempt);
  if (settings.signer_workflows.empty() && settings.workflow_ref.find('@') == std::string::npos)
    return unknown("GITHUB_WORKFLOW_REF", "owner/repo/.github/workflows/file.yaml@ref", settings.workflow_ref);
  return {};
}

sigstore::Policy bundle_policy(FinalizeSettings const& settings) {
  auto const url = server(settings);
  auto const scheme = url.find("://");
  sigstore::Policy policy;
  policy.hostname = std::string(scheme == std::string_view::npos ? url : url.substr(scheme + 3));
  policy.repository = settings.repository.full_name;
  policy.repository_id = settings.repository.id;
  policy.owner_id = settings.repository.owner_id;
  policy.certificate_oidc_issuer = settings.oidc_issuer;
  policy.source_digest = settings.commit;
  policy.deny_self_hosted_runners = settings.deny_self_hosted;
  policy.predicate_types = predicate_types();
  policy.signer_workflows = settings.signer_workflows;
  // Without a list a workflow of another repository may have been called: check_signer() decides.
  if (policy.signer_workflows.empty()) policy.certificate_identity_regex = "^https://";
  return policy;
}

// B-15: the certificate's run invocation is this run, at this attempt or an earlier one, whose jobs may have been kept.
Verdict<void> check_run(sigstore::CertificateIdentity const& identity, FinalizeSettings const& settings) {
  auto const run =
      std::string(server(settings)) + "/" + settings.repository.full_name + "/actions/runs/" + settings.run_id + "/attempts/";
  auto const* uri = identity.find(sigstore::FulcioExtension::run_invocation_uri);
  if (uri && uri->size() > run.size() && equal_ignoring_ascii_case(std::string_view(*uri).substr(0, run.size()), run) &&
      to_number(std::string_view(*uri).substr(run.size()), to_number(settings.run_attempt).value_or(0)).value_or(0) != 0)
    return {};
  return reject("bundle-run", "signing certificate", "the bundle was not made in this run")
      .rule("B-15")
      .expected(run + "1 to " + settings.run_attempt)
      .found(uri ? *uri : std::string("no run"))
      .fix("pass the bundles of this run's own attest steps");
}

// "https://github.com/acme/charts/.github/workflows/release.yaml@refs/heads/main", taken apart.
struct Signer {
  std::string repository, file, ref;
};

std::optional<Signer> parse_signer(std::string_view text) {
  auto const folder = text.find("/.github/workflows/");
  if (folder == std::string_view::npos) return std::nullopt;
  auto at = text.find("@refs/", folder);
  if (at == std::string_view::npos) at = text.rfind('@');
  if (at == std::string_view::npos || at < folder) return std::nullopt;
  return Signer{std::string(text.substr(0, folder)), std::string(text.substr(folder, at - folder)),
                std::string(text.substr(at + 1))};
}

// A ref that a called workflow can be taken from (B-11); not the pull request's own.
bool is_callable_ref(std::string_view ref) {
  return is_lower_hex(ref, 40) || is_lower_hex(ref, 64) || ref.starts_with("refs/tags/") || ref.starts_with("refs/heads/");
}

// B-15: without `signer-workflows` the run's own file may have signed, at the run's own ref or commit, or a file that it
// called.
bool may_sign(std::string const& san, FinalizeSettings const& settings) {
  auto const url = std::string(server(settings)) + "/";
  if (!san.starts_with(url)) return false;
  auto const signer = parse_signer(san.substr(url.size()));
  auto const own = parse_signer(settings.workflow_ref);
  if (!signer || !own) return false;
  if (equal_ignoring_ascii_case(signer->repository, own->repository) && signer->file == own->file)
    return signer->ref == own->ref || (!settings.workflow_sha.empty() && signer->ref == settings.workflow_sha);
  return is_callable_ref(signer->ref);
}

Verdict<void> check_signer(sigstore::CertificateIdentity const& identity, FinalizeSettings const& settings) {
  if (!settings.signer_workflows.empty()) return {};  // the verifier has compared them
  if (may_sign(identity.san, settings)) return {};
  return reject("bundle-signer", "signing certificate", "neither this workflow nor one that it can call has signed the bundle")
      .rule("B-15")
      .expected(settings.workflow_ref + ", or another file at a commit id, a tag or a branch")
      .found(identity.san)
      .fix("attest in this workflow, or list the signer in signer-workflows");
}

// --- subjects --------------------------------------------------------------------------------------------------------

// The verifier asks which artifact a bundle is about. The unverified statement only proposes one; whether it
// is a subject, and whether all subjects are ours, is decided on the verified statement.
sigstore::Artifact proposed_artifact(std::string const& bundle_json, ReleaseManifest const& manifest) {
  auto fallback = sigstore::Artifact::of_digest_text(manifest.verification_digest).value();
  auto const bundle = sigstore::parse_bundle(bundle_json);
  if (!bundle) return fallback;
  auto const* envelope = std::get_if<sigstore::DsseEnvelope>(&bundle->content);
  if (!envelope) return fallback;
  auto const statement = sigstore::parse_statement(envelope->payload);
  if (!statement) return fallback;
  for (auto const& subject : statement->subjects)
    if (auto const digest = subject.digests.find("sha256"); digest != subject.digests.end())
      if (auto const artifact = sigstore::Artifact::of_digest_text("sha256:" + digest->second)) return *artifact;
  return fallback;
}

// The key that stands for a subject. A name that has a meaning must have its own digest; the manifest is known by its digest
// alone.
Verdict<std::string> key_of(sigstore::Subject const& subject, ReleaseManifest const& manifest,
                            std::string const& manifest_digest) {
  auto const sha256 = subject.digests.find("sha256");
  std::string const digest = sha256 == subject.digests.end() ? "no sha256 digest" : "sha256:" + to_lower_ascii(sha256->second);
  auto const refused = [&](std::string expected) {
    return reject("bundle-subject", "subject", "the bundle is about something that this release did not make")
        .rule("A-74")
        .expected(std::move(expected))
        .found(subject.name + " " + digest)
        .fix("attest exactly the files of the `run` step, in the same job");
  };
  if (subject.name == tag_verification_subject) {
    if (digest != manifest.verification_digest) return refused(subject.name + " " + manifest.verification_digest);
    return std::string(report::tag_verification_key);
  }
  if (auto const chart = std::ranges::find(manifest.charts, subject.name, &report::ManifestChart::package);
      chart != manifest.charts.end()) {
    if (digest != chart->digest) return refused(chart->package + " " + chart->digest);
    return std::string(report::build_key_prefix) + chart->name;
  }
  auto const names_oci = [&](report::ManifestChart const& chart) {
    return chart.oci && subject.name == chart.oci->subject_name();
  };
  if (auto const chart = std::ranges::find_if(manifest.charts, names_oci); chart != manifest.charts.end()) {
    if (digest != chart->oci->digest) return refused(subject.name + " " + chart->oci->digest);
    return std::string(report::oci_key_prefix) + chart->name;
  }
  if (digest != manifest_digest)
    return refused("a package of the manifest by name and digest, a chart's OCI digest under its name, w7-tag-verify " +
                   manifest.verification_digest + ", or the manifest " + manifest_digest);
  return std::string(report::overall_key);
}

// --- bundles ---------------------------------------------------------------------------------------------------------

struct Release {
  FinalizeSettings const& settings;
  ReleaseManifest const& manifest;
  std::string const& manifest_digest;
  sigstore::Verifier const& verifier;
  sigstore::Policy policy;
};

// O-20: a bundle that is about one chart's OCI digest is about all of them.
Verdict<void> check_oci_coverage(ReleaseManifest const& manifest, ProvedKeys const& about) {
  report::ManifestChart const* missing = nullptr;
  bool any = false;
  for (auto const& chart : manifest.charts) {
    if (!chart.oci) continue;
    if (about.contains(std::string(report::oci_key_prefix) + chart.name))
      any = true;
    else if (!missing)
      missing = &chart;
  }
  if (!any || !missing) return {};
  return reject("bundle-coverage", "subjects", "the bundle is about the OCI digests of some charts, but not of all")
      .rule("O-20")
      .expected("a subject " + missing->oci->subject_name() + " " + missing->oci->digest)
      .fix("attest the whole of oci-subjects.txt with subject-checksums");
}

// One bundle: what it is about, and what it proves (`proved`).
Verdict<ProvedKeys> verified_bundle(std::string const& bundle_json, std::string const& path, Release const& release,
                                    ProvedKeys& proved, std::vector<FinalizedBundle>& bundles) {
  auto const verification =
      release.verifier.verify(bundle_json, proposed_artifact(bundle_json, release.manifest), release.policy);
  if (!verification.attestation) return *verification.rejection;
  auto const& attestation = *verification.attestation;
  // The policy demands predicate types and a repository: what verifies has a statement and a certificate.
  auto const& statement = *attestation.statement();
  auto const& identity = *attestation.identity();
  if (auto const fine = check_run(identity, release.settings); !fine) return fine.error();
  if (auto const fine = check_signer(identity, release.settings); !fine) return fine.error();
  FinalizedBundle bundle{path, identity.san, {}};
  ProvedKeys about;
  for (auto const& subject : statement.subjects) {
    auto const key = key_of(subject, release.manifest, release.manifest_digest);
    if (!key) return key.error();
    about.insert(*key);
    bundle.subjects.push_back(subject.name);
  }
  if (auto const fine = check_oci_coverage(release.manifest, about); !fine) return fine.error();
  if (statement.predicate_type == sigstore::slsa_provenance) proved.insert(about.begin(), about.end());
  bundles.push_back(std::move(bundle));
  return about;
}

// All bundles of a file, one per line.
Verdict<ProvedKeys> verified_file(fs::path const& file, std::string const& given, Release const& release, ProvedKeys& proved,
                                  std::vector<FinalizedBundle>& bundles) {
  auto const where = "bundle " + given;
  std::string text;
  try {
    text = read_file(file, limits::bundle_file_bytes);
  } catch (std::runtime_error const& error) {
    return reject("bad-path", where, error.what()).rule("A-6");
  }
  ProvedKeys about;
  for (auto const line : lines(text)) {
    if (trimmed(line).empty()) continue;
    auto const one = verified_bundle(std::string(trimmed(line)), given, release, proved, bundles);
    if (!one) return Rejection(one.error()).within(where);
    about.insert(one->begin(), one->end());
  }
  if (about.empty()) return reject("bundle-empty", where, "the file holds no bundle").rule("A-74");
  return about;
}

// Bundles that are about packages must be about all of them.
Verdict<void> check_coverage(ReleaseManifest const& manifest, ProvedKeys const& proved) {
  auto const is_proved = [&](report::ManifestChart const& chart) {
    return proved.contains(std::string(report::build_key_prefix) + chart.name);
  };
  auto const count = std::ranges::count_if(manifest.charts, is_proved);
  auto const missing = std::ranges::find_if_not(manifest.charts, is_proved);
  if (count == 0 || missing == manifest.charts.end()) return {};
  return reject("bundle-coverage", "bundle-paths", "the bundles are about some packages, but not about all of them")
      .rule("A-74")
      .expected("a subject " + missing->package + " " + missing->digest)
      .found(std::to_string(count) + " of " + std::to_string(manifest.charts.size()) + " packages")
      .fix("pass the bundles of all attest steps");
}

}  // namespace

Verdict<ProvedKeys> verify_bundles(FinalizeSettings const& settings, ReleaseManifest const& manifest,
                                   std::string const& manifest_digest, std::vector<ChartBundle> const& chart_bundles,
                                   sigstore::Verifier const& verifier, std::vector<FinalizedBundle>& bundles) {
  ProvedKeys proved;
  if (settings.bundle_paths.empty() && chart_bundles.empty()) return proved;
  if (auto const fine = check_environment(settings); !fine) return fine.error();
  Release const release{settings, manifest, manifest_digest, verifier, bundle_policy(settings)};
  for (auto const& given : settings.bundle_paths) {
    auto const file = event::bundle_file(given, settings.workspace, settings.runner_temp);
    if (!file) return file.error();
    if (auto const about = verified_file(*file, given, release, proved, bundles); !about) return about.error();
  }
  for (auto const& [chart, file] : chart_bundles) {
    auto const name = chart + ".json";
    auto const about = verified_file(file, name, release, proved, bundles);
    if (!about) return about.error();
    if (*about != ProvedKeys{std::string(report::build_key_prefix) + chart})
      return reject("bundle-subject", "bundle " + name, "the bundle is not about this chart's package alone")
          .rule("B-15")
          .expected(manifest.chart(chart)->package)
          .fix("let each job of the matrix upload its own bundle under its chart's name");
  }
  if (auto const fine = check_coverage(manifest, proved); !fine) return fine.error();
  return proved;
}

}  // namespace acr::release

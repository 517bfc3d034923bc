#include "event/action_interface.hpp"

#include <algorithm>
#include <array>

#include "event/limits.hpp"
#include "support/text.hpp"

namespace acr::event {
namespace {

using enum InputKind;

constexpr auto input_rows = std::to_array<InputRow>({
    {.name = "command",
     .default_value = "run",
     .commands = "all",
     .kind = choice,
     .choices = "run, finalize, verify-package, annotate, digest, changed, package, tags, ruleset, audit",
     .description =
         "What to do: run verifies and packages, finalize records attestation ids after the attest steps, "
         "verify-package proves a merged release and its packages again before they are published, annotate writes the "
         "annotation of a chart's tag, digest computes the source digests of charts, changed lists the charts that a push or a pull request changes, "
         "package packages one chart for a check, tags makes the tags that are missing from the "
         "attestations of the checks, ruleset prints the ruleset that makes this job a required check, audit says whether the gate is binding."},
    {.name = "token",
     .default_value = "${{ github.token }}",
     .commands = "run, finalize, verify-package, annotate, digest, changed, package, tags, audit",
     .kind = secret,
     .description = "Token for the API. It is sent to the API's own host only and never written anywhere."},
    {.name = "source-branch",
     .default_value = "main",
     .commands = "run, finalize, verify-package, tags, audit",
     .kind = branch,
     .description =
         "The only branch that may be merged into the release branch, and whose commits are tagged (tags). Compared byte by byte."},
    {.name = "release-branch",
     .default_value = "release",
     .commands = "all",
     .kind = branch,
     .description = "The branch that the pull request must target. Compared byte by byte."},
    {.name = "charts-dir",
     .default_value = "charts",
     .commands = "run, finalize, verify-package, annotate, digest, changed, package, tags",
     .kind = paths,
     .description =
         "Directories whose direct children are the charts, one per line, relative to the repository; `.` is its root."},
    {.name = "exclude-charts",
     .default_value = "",
     .commands = "run, verify-package, digest, changed, tags",
     .kind = list,
     .description =
         "Charts that are left alone, one per line: names, or repository paths when there is a `/` (one that ends in `/`: all "
         "below). `*` and `?` stay within a segment."},
    {.name = "charts-outside",
     .default_value = "fail",
     .commands = "run, verify-package",
     .kind = choice,
     .choices = "fail, ignore",
     .description =
         "What happens when a chart changes that lies in no charts-dir: fail refuses the pull request when no other chart "
         "changes, and warns beside others; ignore only warns."},
    {.name = "tag-format",
     .default_value = "{name}-v{version}",
     .commands = "run, verify-package, annotate, tags, audit",
     .kind = text,
     .description = "Tag name template; must contain {name} and {version} exactly once."},
    {.name = "tag-wait",
     .default_value = "240",
     .commands = "run, tags",
     .kind = number,
     .minimum = 0,
     .maximum = 1800,
     .description =
         "Seconds to wait for tags that are missing and attestations that are not listed yet: the push that opens the pull "
         "request starts the tagging workflow too. Less than timeout."},
    {.name = "diff-mode",
     .default_value = "tree",
     .commands = "run",
     .kind = choice,
     .choices = "tree, merge-base",
     .description = "What charts are compared with: tree is the release branch as it is, merge-base the commit where the two "
                    "branches parted."},
    {.name = "object-source",
     .default_value = "auto",
     .commands = "run, verify-package, annotate, digest, changed, package, tags, audit",
     .kind = choice,
     .choices = "auto, local, api",
     .description = "Where commits, trees and files come from: auto takes the checkout first and the API for what it lacks."},
    {.name = "max-charts",
     .default_value = "0",
     .commands = "run, verify-package",
     .kind = number,
     .minimum = 0,
     .maximum = max_charts_limit,
     .description =
         "Refuse a pull request that changes more charts than this. 0 means no limit, 1 means one chart per release."},
    {.name = "title-check",
     .default_value = "off",
     .commands = "run",
     .kind = choice,
     .choices = "off, warn, fail",
     .description = "Whether the pull request's title must be `release: <chart>-v<version>` of a changed chart."},
    {.name = "dependencies",
     .default_value = "build",
     .commands = "run, verify-package, package",
     .kind = choice,
     .choices = "build, off",
     .description = "build fetches what Chart.lock names and the chart does not carry; off refuses such a chart."},
    {.name = "dependency-pins",
     .default_value = "warn",
     .commands = "run, verify-package, package",
     .kind = choice,
     .choices = "warn, require",
     .description =
         "What happens when Chart.lock has no digest for a fetched dependency, so that the repository decides what is "
         "packaged."},
    {.name = "dependency-hosts",
     .default_value = "",
     .commands = "run, verify-package, package",
     .kind = list,
     .description = "Hosts that dependencies may be fetched from, one per line. Empty: any public host."},
    {.name = "dependency-private-hosts",
     .default_value = "",
     .commands = "run, verify-package, package",
     .kind = list,
     .description = "Hosts that may have a private address, one per line."},
    {.name = "registry-credentials",
     .default_value = "",
     .commands = "run, verify-package, package",
     .kind = secret,
     .description =
         "Credentials for dependencies and for oci-check, one `host[:port][/prefix]=user:password` per line. ` realm=host[:port]` at its end names a "
         "token service elsewhere that may be given the password."},
    {.name = "oci-repository",
     .default_value = "",
     .commands = "run, verify-package",
     .kind = text,
     .description =
         "Where charts will be pushed, as in ghcr.io/acme/charts. The digest that each chart's manifest will have there is then reported, and "
         "can be attested before the push. Helm 3.17 or newer must push. Empty: no such digests."},
    {.name = "oci-check",
     .default_value = "off",
     .commands = "run, verify-package",
     .kind = choice,
     .choices = "off, free, pushed",
     .description =
         "What the registry of oci-repository is asked for. free, before the push: each chart's tag must not exist, or name that digest already. "
         "pushed, after it (verify-package): the tag must name the digest. Credentials are those of registry-credentials."},
    {.name = "verify-policy",
     .default_value = "block",
     .commands = "run, verify-package, tags",
     .kind = choice,
     .choices = "block, flag",
     .description =
         "block: one refused chart refuses the release and no package is left. flag: refused charts are left out, the "
         "others are packaged. tags: every other chart is tagged, and block fails the step."},
    {.name = "missing-lineage",
     .default_value = "fail",
     .commands = "run, verify-package",
     .kind = choice,
     .choices = "fail, warn, ignore",
     .description = "What happens when a tag declares that it has no attestation data."},
    {.name = "unresolved-id",
     .default_value = "fail",
     .commands = "run, verify-package",
     .kind = choice,
     .choices = "fail, warn",
     .description =
         "What happens when no attestation has the id that the tag names, but a valid one of the same digest, predicate "
         "and signer exists."},
    {.name = "lineage-subjects",
     .default_value = "",
     .commands = "run, verify-package",
     .kind = list,
     .description =
         "What was attested under a key, one rule per line: `key = source` (the chart's source digest), `key = package`, "
         "`key = sha256:<hex>`, or `key = text:<template>` with {chart}, {version}, {tag}, {commit}, {source}, {package}, whose "
         "SHA-256 is the subject. `*` in the key stands for any text. A rule wins over the tag's word."},
    {.name = "subject-binding",
     .default_value = "warn",
     .commands = "run, verify-package",
     .kind = choice,
     .choices = "require, warn, off",
     .description =
         "What happens when an attestation's subject is not bound to the chart's content. require refuses it and implies "
         "dependency-pins: require."},
    {.name = "required-attestations",
     .default_value = "",
     .commands = "run, verify-package, tags",
     .kind = list,
     .description =
         "Attestations that each released chart must have, one `key`, `key predicate-type` or `key predicate-type signer` per "
         "line; `*` in the key stands for any text."},
    {.name = "signer-workflows",
     .default_value = "",
     .commands = "run, finalize, verify-package, tags",
     .kind = list,
     .description =
         "Workflows whose attestations count, one `owner/repo/path@ref` per line, `*` allowed in the ref. Empty: any "
         "workflow of this repository (finalize: this workflow, or one that it calls); pinning is recommended."},
    {.name = "build-signer-workflows",
     .default_value = "",
     .commands = "verify-package",
     .kind = list,
     .description =
         "Workflows that may have built and attested the packages, as in signer-workflows. Empty: the workflow release-charts.yaml that this "
         "action ships, at a release tag of this major version."},
    {.name = "pull-request-signers",
     .default_value = "refuse",
     .commands = "verify-package",
     .kind = choice,
     .choices = "refuse, allow",
     .description =
         "Whether build-signer-workflows may name a workflow at refs/pull/…, a file that anyone who can open a pull request from a branch "
         "of this repository can change."},
    {.name = "oidc-issuer",
     .default_value = "https://token.actions.githubusercontent.com",
     .commands = "run, finalize, verify-package, tags",
     .kind = text,
     .description = "Issuer that the signing certificates must name. A tenant of ghe.com has its own by default."},
    {.name = "predicate-types",
     .default_value = "",
     .commands = "run, verify-package, tags",
     .kind = list,
     .description = "Predicate types that count among the attestations that tags list, one per line. Empty: any."},
    {.name = "deny-self-hosted",
     .default_value = "",
     .commands = "run, finalize, verify-package, tags",
     .kind = boolean,
     .description =
         "Refuse attestations that were made on self-hosted runners. Empty: false; verify-package then still refuses packages that were "
         "built there, unless false is given."},
    {.name = "source-digest",
     .default_value = "off",
     .commands = "run, verify-package, tags",
     .kind = choice,
     .choices = "off, tag-commit",
     .description =
         "tag-commit: the certificate's source commit must be the tag's commit, which fits checks that ran on a push to "
         "the source branch."},
    {.name = "trusted-root",
     .default_value = "",
     .commands = "run, finalize, verify-package, tags",
     .kind = path,
     .description =
         "A Sigstore trusted root file (JSON). Empty: the roots of the public-good and GitHub's own instance, kept current."},
    {.name = "trusted-root-refresh",
     .default_value = "auto",
     .commands = "run, finalize, verify-package, tags",
     .kind = choice,
     .choices = "auto, require, off",
     .description =
         "Whether the trusted roots are fetched anew over TUF. auto falls back on the built-in ones when a repository cannot be "
         "reached; require refuses then. Has no effect with trusted-root."},
    {.name = "output-dir",
     .default_value = ".cr-release-packages",
     .commands = "run, verify-package, annotate, package",
     .kind = path,
     .description = "Where packages, checksums and reports are written."},
    {.name = "manifest-path",
     .default_value = "release-attestation-manifest.json",
     .commands = "run, finalize, verify-package",
     .kind = path,
     .description = "Where the release manifest is written, and where finalize completes it."},
    {.name = "clean",
     .default_value = "true",
     .commands = "run",
     .kind = boolean,
     .description = "Remove the packages that an earlier run left in output-dir; only files that its checksums.txt names."},
    {.name = "max-parallel",
     .default_value = "4",
     .commands = "run, verify-package, annotate, digest, changed, package, tags, audit",
     .kind = number,
     .minimum = 1,
     .maximum = 16,
     .description = "How many charts are worked on at once. Results do not depend on it."},
    {.name = "retention-days",
     .default_value = "30",
     .commands = "run",
     .kind = number,
     .minimum = 0,
     .maximum = max_retention_input,
     .description =
         "Days to keep the uploaded packages, clamped to 1 to 90 and to the repository's limit; handed on as output."},
    {.name = "declare-artifacts",
     .default_value = "false",
     .commands = "run",
     .kind = boolean,
     .description = "List the packages in the runner's GITHUB_ARTIFACTS file, which attest steps without a subject read."},
    {.name = "update-pr",
     .default_value = "true",
     .commands = "finalize",
     .kind = boolean,
     .description = "Write ids and the release table into the pull request's description."},
    {.name = "attestations",
     .default_value = "",
     .commands = "finalize",
     .kind = text,
     .description = "Attestation ids as a JSON object, key to id."},
    {.name = "attestation-ids-dir",
     .default_value = "",
     .commands = "finalize",
     .kind = path,
     .description =
         "A directory of files `<chart>.id`, each with the id of that chart's build attestation, and their bundles `<chart>.json` "
         "(matrix jobs)."},
    {.name = "build-attestation-id",
     .default_value = "",
     .commands = "finalize",
     .kind = id,
     .description = "The id of the build attestation, used for every chart."},
    {.name = "verification-attestation-id",
     .default_value = "",
     .commands = "finalize",
     .kind = id,
     .description = "The id of the attestation of the tag verification report."},
    {.name = "oci-attestation-id",
     .default_value = "",
     .commands = "finalize",
     .kind = id,
     .description = "The id of the attestation of the charts' OCI digests, used for every chart."},
    {.name = "overall-attestation-id",
     .default_value = "",
     .commands = "finalize",
     .kind = id,
     .description = "The id of the manifest's own attestation; goes into the description only."},
    {.name = "bundle-paths",
     .default_value = "",
     .commands = "finalize",
     .kind = list,
     .description =
         "Bundle files of the attest steps, one per line. Each must verify and come from this run; an id that none of them proves is "
         "refused."},
    {.name = "chart",
     .default_value = "",
     .commands = "annotate, digest, package",
     .kind = text,
     .description =
         "annotate: directory name of the chart that is tagged; its version is read from the commit. digest and package: name or "
         "directory of one chart; digest, empty: every chart below charts-dir."},
    {.name = "lineage",
     .default_value = "",
     .commands = "annotate",
     .kind = list,
     .description =
         "The chart's attestations, one per line: a key, the attestation's id, and the digest of what it attests, as in "
         "w5-semver: 24500001 sha256:<64 hex digits>."},
    {.name = "push",
     .default_value = "false",
     .commands = "tags",
     .kind = boolean,
     .description = "Create the tags; else they are only listed. The token needs contents: write."},
    {.name = "no-attestations",
     .default_value = "report",
     .commands = "tags",
     .kind = choice,
     .choices = "report, declare",
     .description =
         "What happens to a chart without any attestation that counts: report refuses to tag it, declare tags it with an annotation "
         "that says so (see missing-lineage)."},
    {.name = "require-check",
     .default_value = "off",
     .commands = "run",
     .kind = choice,
     .choices = "off, warn, fail",
     .description = "What happens when no ruleset of the release branch requires this job as a check."},
    {.name = "check-name",
     .default_value = "",
     .commands = "run, ruleset, audit",
     .kind = text,
     .description = "The required check's name. Empty: this job's id; audit: as the gate's workflow names it."},
    {.name = "audit",
     .default_value = "false",
     .commands = "run",
     .kind = boolean,
     .description =
         "Put the audit of the gate into the job summary. It does not change the run's result; `command: audit` fails."},
    {.name = "summary",
     .default_value = "true",
     .commands = "run, finalize, verify-package, tags, audit",
     .kind = boolean,
     .description = "Write the job summary. Other commands write one only when they are refused."},
    {.name = "timeout",
     .default_value = "360",
     .commands = "run, finalize, verify-package, annotate, digest, changed, package, tags, audit",
     .kind = number,
     .minimum = 30,
     .maximum = 3000,
     .description = "Seconds after which the run gives up and says what was done and what was missing."},
    {.name = "api-version",
     .default_value = "2022-11-28",
     .commands = "run, finalize, verify-package, annotate, digest, changed, package, tags, audit",
     .kind = text,
     .description = "Version of GitHub's REST API to ask for."},
});

constexpr auto outputs = std::to_array<OutputRow>({
    {"result", "`success`, `partial`, `no-charts`, `skipped` or `failed`. Always set."},
    {"reason", "Code of the first problem, or why the run was skipped; empty if none."},
    {"charts",
     "JSON array of the changed charts: name, version, path, tag, commit, package, digest, size, verified (number of "
     "verified attestations), status (`packaged` or `refused`), source-digest, with oci-repository `oci` (ref, digest, created). `digest`: path, name, version, source-digest."},
    {"source-digest", "`sha256:<hex>`: the source digest of the chart, when `digest` or `package` was asked for one chart."},
    {"name", "Its name (`digest`, `package`)."},
    {"matrix",
     "`{\"include\":[…]}` of the packaged charts for a job matrix, each with `file`, the package's name, and with oci-repository `oci-name` and `oci-digest`; of the changed charts (`changed`). Guard the job "
     "with `chart-count != '0'`: an empty matrix is an error."},
    {"chart-count",
     "Number of packaged charts; of charts with a source digest (`digest`); of missing tags that can be or were made (`tags`). "
     "Always set."},
    {"<chart>_digest", "`sha256:<hex>` of the chart's package; one output for each packaged chart."},
    {"<chart>_version", "The chart's version."},
    {"<chart>_package", "The chart's package, relative to the workspace."},
    {"<chart>_tag", "The chart's tag."},
    {"<chart>_oci-digest", "With oci-repository: `sha256:<hex>` of the manifest that the chart will have in the registry."},
    {"<chart>_oci-ref", "With oci-repository: where it will be, `ghcr.io/acme/charts/web:1.2.0`."},
    {"<chart>_oci-push",
     "With oci-repository: the command that pushes the chart so that its manifest has that digest (`verify-package`)."},
    {"chart", "Name of the chart, when exactly one was packaged."},
    {"version", "Its version, when exactly one chart was packaged or asked for (`digest`, `package`)."},
    {"tag", "Its tag, when exactly one chart was packaged; the tag to make (`annotate`)."},
    {"package", "Its package, when exactly one chart was packaged."},
    {"digest", "`sha256:<hex>` of its package, when exactly one chart was packaged."},
    {"oci-digest", "`sha256:<hex>` of its OCI manifest, when exactly one chart was packaged."},
    {"oci-ref", "Its place in the registry, when exactly one chart was packaged."},
    {"oci-repository", "The input as it was read: in small letters, without `oci://`."},
    {"packages-dir", "Directory of the packages, for the upload step."},
    {"checksums-path", "File of the packages' checksums, for `subject-checksums` of the attest step."},
    {"oci-subjects-path",
     "File of the charts' OCI digests, for `subject-checksums` of one more attest step; with oci-repository alone."},
    {"verification-path", "Report of the tag verification, written for refused runs too."},
    {"verification-digest", "`sha256:<hex>` of that report, the subject of its attestation."},
    {"vsa-path", "Verification summary predicate (SLSA), for one more attest step."},
    {"verified-count", "Number of the tags' attestations that were verified."},
    {"failed-count", "Number of those that failed."},
    {"unresolved-count", "Number of those that could not be found."},
    {"manifest-path", "The release manifest."},
    {"manifest-digest", "`sha256:<hex>` of the manifest."},
    {"pr-number", "Number of the pull request."},
    {"head-sha", "Commit that was packaged: the head of the pull request."},
    {"base-sha", "Commit of the release branch that it was compared with."},
    {"merge-sha", "The test merge that the workflow ran on."},
    {"attestation-map", "The attestation map as written to the description (`finalize`), at most 512 KiB."},
    {"pr-updated", "`true` when the description holds the ids now, else `false` (`finalize`)."},
    {"tags",
     "JSON array of the charts without a tag (`tags`): name, version, path, tag, commit, source-digest, status (`missing`, `created`, "
     "`exists` when somebody else was faster, `refused`), message (the annotation), attestations, passed-over, reason."},
    {"audit", "`binding`, `unknown` or `forgeable` (`audit`, and `run` with `audit: true`)."},
    {"annotation-path", "The annotation for `git tag --annotate --cleanup=verbatim --file` (`annotate`)."},
    {"retention-days", "Days to keep the packages, for the upload step."},
});

}  // namespace

std::span<InputRow const> input_table() { return input_rows; }

InputRow const* input_row(std::string_view name) {
  auto const found =
      std::ranges::find_if(input_rows, [&](InputRow const& row) { return equal_ignoring_ascii_case(row.name, name); });
  return found == input_rows.end() ? nullptr : &*found;
}

std::span<OutputRow const> output_table() { return outputs; }

}  // namespace acr::event

#include "release/verify_package.hpp"

#include <filesystem>
#include <optional>
#include <ostream>
#include <utility>

#include "chart/package_command.hpp"
#include "git/annotated_tag.hpp"
#include "git/tag_annotation.hpp"
#include "release/arguments.hpp"
#include "release/attestation_check.hpp"
#include "release/git_source_tree.hpp"
#include "release/option_inputs.hpp"
#include "release/services.hpp"
#include "sigstore/bundle.hpp"
#include "support/digest.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace {

constexpr std::size_t package_bytes = std::size_t{200} << 20;
constexpr std::size_t bundle_bytes = std::size_t{64} << 20;  // V-2
constexpr std::size_t listed_at_most = 100;                  // of one package; each has at most a handful

struct Rebuilt {
  std::string bytes, digest, commit;
};

// The package that the tag's commit gives: same steps and times as a release (P-130).
Verdict<Rebuilt> rebuild(git::ObjectSource& objects, std::string const& tag_name, std::vector<std::string> const& directories,
                         std::optional<std::int64_t> epoch) {
  auto const tag = git::resolve_tag(objects, tag_name);
  if (!tag) return tag.error();
  auto const lineage = git::parse_annotation(tag->message);
  if (!lineage.release)
    return reject("release-line", "tag " + tag_name, "the annotation has no Release line that names the chart").rule("A-93");
  GitSourceTree const tree(objects, tag->commit.tree);
  chart::PackageOptions options;
  options.time = epoch.value_or(tag->commit.committer_time);
  for (auto const& directory : directories) {
    auto const root = chart::joined(directory, lineage.release->chart);
    if (!tree.node(root)) continue;
    auto package = chart::package(tree, root, options);
    if (!package) return package.error();
    return Rebuilt{std::move(package->bytes), std::move(package->digest), tag->commit.id};
  }
  return reject("no-chart", "tag " + tag_name, "its commit has no chart " + lineage.release->chart + " in the charts directories")
      .mend("name the directory with --charts-dir");
}

class Report {
 public:
  explicit Report(Terminal const& terminal) : terminal_(terminal) {}
  void line(bool good, std::string const& text) { terminal_.out << (good ? "ok    " : "FAIL  ") << printable(text) << '\n'; }
  void attestation(std::string const& name, sigstore::Verification const& result) {
    verified_ += result.attestation ? 1 : 0;
    std::string text = "attestation " + name;
    if (result.attestation && result.attestation->identity()) text += ", signed by " + result.attestation->identity()->san;
    if (result.rejection) text += ": " + result.rejection->sentence();
    line(result.attestation.has_value(), text);
  }
  [[nodiscard]] std::size_t verified() const { return verified_; }

 private:
  Terminal const& terminal_;
  std::size_t verified_ = 0;
};

// A pretty-printed bundle has line ends of its own.
bool parses_alone(std::string_view line) { return sigstore::parse_bundle(line, {.minimum_version = sigstore::BundleVersion::v0_1}).has_value(); }

// Every bundle given must verify; a file may hold several, one per line.
bool check_given(std::vector<std::string> const& files, sigstore::Artifact const& artifact, sigstore::Policy const& policy,
                 sigstore::Verifier const& verifier, Report& report) {
  std::size_t given = 0;
  for (auto const& file : files) {
    auto const text = read_named_file(file, bundle_bytes);
    auto const before = given;
    auto const one_per_line = trimmed(text).starts_with('{') && parses_alone(lines(trimmed(text)).front());
    for (auto const part : one_per_line ? lines(text) : std::vector<std::string_view>{text}) {
      if (trimmed(part).empty()) continue;
      ++given;
      report.attestation(file, verifier.verify(std::string(part), artifact, policy));
    }
    if (given == before) report.line(false, "attestation " + file + ": the file holds no bundle"), ++given;
  }
  return report.verified() == given;
}

// One that verifies is enough: whoever may write attestations can add others, and must not be able to stop a release by that.
bool check_listed(github::Attestations& attestations, std::string const& digest, sigstore::Artifact const& artifact,
                  sigstore::Policy const& policy, sigstore::Verifier const& verifier, Report& report) {
  auto listing = attestations.list({digest});
  auto& listed = listing.of[digest];
  if (listed.size() > listed_at_most) listed.resize(listed_at_most);
  auto const bundles = attestations.download_all(listed);
  for (std::size_t i = 0; i < bundles.size(); ++i) {
    auto const name = listed[i].id.value_or("without id");
    if (bundles[i])
      report.attestation(name, verifier.verify(*bundles[i], artifact, policy));
    else
      report.line(false, "attestation " + name + ": " + bundles[i].error().sentence());
  }
  if (listed.empty()) report.line(false, "no attestation of " + digest + " is listed for the repository");
  return report.verified() > 0;
}

}  // namespace

ExitStatus verify_package_command(std::vector<std::string_view> const& words, Terminal const& terminal) {
  std::vector<std::string_view> values{"workspace", "repository", "repository-id", "source-date-epoch"};
  for (auto const name : option_inputs) values.push_back(name);
  Arguments const arguments(words, {.values = values, .repeated = {"bundle"}, .flags = {"no-attestations"}});
  arguments.expect_positional(2, 2, "verify-package FILE.tgz TAG [--repository O/R --repository-id N] [--bundle F]… [--no-attestations]");
  auto const& file = arguments.positional()[0];
  auto const bytes = read_named_file(file, package_bytes);
  auto const epoch = chart::source_date_epoch(arguments.value("source-date-epoch"));
  if (!epoch) throw BadEnvironment(epoch.error().code, epoch.error().sentence());

  auto const environment = event::read_runner_environment(terminal.environment);
  RunSettings settings;
  settings.workspace = std::filesystem::absolute(arguments.has("workspace") ? arguments.value("workspace") : ".").lexically_normal();
  settings.inputs = inputs_of_options(arguments, terminal, settings.workspace);
  settings.repository = arguments.has("repository") ? arguments.value("repository") : environment.repository;
  settings.repository_id = arguments.has("repository-id") ? arguments.value("repository-id") : environment.repository_id;
  if (!environment.server_url.empty()) settings.server_url = environment.server_url;

  auto const bundles = arguments.all("bundle");
  bool const attested = !arguments.has("no-attestations");
  bool const ask_github = attested && bundles.empty();
  auto const id = to_number(settings.repository_id, INT64_MAX);
  if (attested && settings.repository.empty())
    throw BadEnvironment("usage", "whose attestations? give --repository O/R, or --no-attestations to compare bytes only");
  if (ask_github && !id)
    throw BadEnvironment("usage", "--repository needs --repository-id too: the numeric id is the identity (A-50); or give --bundle");
  if (ask_github && settings.inputs.token.empty())
    throw BadEnvironment("usage", "GitHub lists attestations to a token: set GH_TOKEN, or give --bundle");

  event::PullRequestEvent event;  // stands for the repository only
  event.repository.full_name = settings.repository.empty() ? "local/clone" : settings.repository;
  event.repository.id = static_cast<std::int64_t>(id.value_or(0));
  if (!ask_github) settings.inputs.object_source = event::ObjectSourceChoice::local;
  Services services(service_settings(settings, event, environment, terminal.environment), terminal.clock);

  auto const built = rebuild(services.objects(), arguments.positional()[1], settings.inputs.charts_dirs, *epoch);
  if (!built) {
    terminal.err << "refused: " << printable(built.error().sentence()) << '\n';
    return ExitStatus::refused;
  }
  auto const digest = sha256_text(bytes);
  bool good = built->bytes == bytes;
  Report report(terminal);
  report.line(good, "the package " + std::string(good ? "equals" : "differs from") + " the one built from " + arguments.positional()[1] + " (" +
                        built->commit + ")");
  if (!good) terminal.out << "      expected " << built->digest << "\n      found    " << digest << '\n';

  if (!attested) {
    terminal.err << "no attestation was looked at (--no-attestations)\n";
    return good ? ExitStatus::done : ExitStatus::refused;
  }
  // The certificate names the test merge of the release run, which nobody knows here: the source is bound by the rebuilt bytes.
  settings.inputs.source_digest = event::SourceDigest::off;
  auto const policy = lineage_policy(settings, {});
  if (auto const checked = sigstore::check_policy(policy); !checked) throw BadEnvironment("usage", checked.error().sentence());
  auto const artifact = sigstore::Artifact::of_bytes(bytes);
  bool const proved = ask_github ? check_listed(services.attestations(), digest, artifact, policy, services.verifier(), report)
                                 : check_given(bundles, artifact, policy, services.verifier(), report);
  return good && proved ? ExitStatus::done : ExitStatus::refused;
}

}  // namespace acr::release

#include "terminal/reproduce_command.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <ostream>
#include <utility>

#include "chart/package_command.hpp"
#include "release/package_proof.hpp"
#include "release/services.hpp"
#include "sigstore/bundle.hpp"
#include "sigstore/limits.hpp"
#include "support/digest.hpp"
#include "support/text.hpp"
#include "terminal/dependency_network.hpp"
#include "terminal/local_clone.hpp"
#include "terminal/option_inputs.hpp"
#include "terminal/workspace.hpp"

namespace acr::terminal {
namespace {

constexpr std::size_t package_bytes = std::size_t{200} << 20;
// A pretty-printed bundle has line ends of its own.
bool parses_alone(std::string_view line) {
  return sigstore::parse_bundle(line, {.minimum_version = sigstore::BundleVersion::v0_1}).has_value();
}

// The bundles of files; a file may hold several, one per line (A-70).
std::vector<release::AttestationProof> verify_files(std::vector<std::string> const& files, sigstore::Artifact const& artifact,
                                                    sigstore::Verifier const& verifier, sigstore::Policy const& policy) {
  std::vector<release::AttestationProof> proofs;
  for (auto const& file : files) {
    auto const text = read_named_file(file, sigstore::limits::max_bundle_bytes);
    auto const before = proofs.size();
    auto const whole = trimmed(text);
    bool const one_per_line = !whole.empty() && parses_alone(lines(whole).front());
    for (auto const part : one_per_line ? lines(whole) : std::vector<std::string_view>{whole})
      if (!trimmed(part).empty()) proofs.push_back(release::verify_given(file, part, artifact, verifier, policy));
    if (proofs.size() == before) throw BadEnvironment("bad-input", file + " holds no bundle");
  }
  return proofs;
}

void line(Terminal const& terminal, bool good, std::string const& text) {
  terminal.out << (good ? "ok    " : "FAIL  ") << printable(text) << '\n';
}

// What is asked for, read and checked.
struct Question {
  release::RunSettings settings;
  std::string file, tag, bytes;
  std::vector<std::string> bundles;
  bool attested = true, ask_github = true;
};

// Whose attestations count must be known, or that none do.
void expect_a_repository(Question const& question) {
  if (question.attested && question.settings.repository.full_name.empty())
    throw BadEnvironment("usage", "whose attestations? give --repository O/R, or --no-attestations to compare bytes only");
  if (question.ask_github && !to_number(question.settings.repository.id, INT64_MAX))
    throw BadEnvironment("usage",
                         "--repository needs --repository-id too: the numeric id is the identity (A-50); or give --bundle");
  if (question.ask_github && question.settings.inputs.token.empty())
    throw BadEnvironment("usage", "GitHub lists attestations to a token: set GH_TOKEN, or give --bundle");
}

Question read_question(Arguments const& arguments, Terminal const& terminal) {
  Question question;
  question.file = arguments.positional[0];
  question.tag = arguments.positional[1];
  question.bytes = read_named_file(question.file, package_bytes);
  auto const epoch = chart::source_date_epoch(arguments.value("source-date-epoch"));
  if (!epoch) throw BadEnvironment(epoch.error().code, epoch.error().sentence());

  auto& settings = question.settings;
  settings.source_date_epoch = *epoch;
  settings.workspace = workspace_of(arguments);
  auto options = read_options(arguments, terminal, settings.workspace);
  settings.inputs = std::move(options.inputs);
  settings.lists = std::move(options.lists);
  auto const environment = event::read_runner_environment(terminal.environment);
  settings.repository = release::repository_named(
      arguments.has("repository") ? arguments.value("repository") : environment.repository,
      arguments.has("repository-id") ? arguments.value("repository-id") : environment.repository_id, environment);

  question.bundles = arguments.all("bundle");
  question.attested = !arguments.has("no-attestations");
  question.ask_github = question.attested && question.bundles.empty();
  expect_a_repository(question);
  if (!question.ask_github) settings.inputs.object_source = event::ObjectSourceChoice::local;
  return question;
}

// Whether the attestations prove it; all of them are shown.
bool show_proofs(Question const& question, release::Services& services, Terminal const& terminal) {
  auto const policy = release::builder_policy(question.settings);
  if (auto const checked = sigstore::check_policy(policy); !checked) throw BadEnvironment("usage", checked.error().sentence());
  auto const digest = sha256_text(question.bytes);
  release::ListedProofs proofs;
  if (question.ask_github)
    proofs = release::verify_listed({digest}, services.attestations(), services.verifier(), policy, 2).at(digest);
  else
    proofs.attestations =
        verify_files(question.bundles, sigstore::Artifact::of_bytes(question.bytes), services.verifier(), policy);
  for (auto const& one : proofs.attestations)
    line(terminal, !one.refusal,
         "attestation " + one.name + (one.refusal ? ": " + one.refusal->sentence() : ", signed by " + one.signer));
  if (!proofs.proved()) line(terminal, false, proofs.refusal(question.file, digest).sentence());
  // What was named by hand must hold; what is listed must hold once.
  return proofs.proved() && (question.ask_github || std::ranges::none_of(proofs.attestations, [](auto const& one) {
                               return one.refusal.has_value();
                             }));
}

ExitStatus run_reproduce(Arguments const& arguments, Terminal const& terminal) {
  auto const question = read_question(arguments, terminal);
  auto const& settings = question.settings;
  release::Services services(clone_services(settings.inputs, question.settings.repository, settings.workspace, terminal),
                             terminal.clock);

  RegistryLogins logins(terminal);
  dependencies::NetworkSource source(services.http(),
                                     host_settings(settings.inputs, question.settings.repository.api_url, logins),
                                     settings.inputs.max_parallel, std::filesystem::path());
  release::RebuildTools const rebuild{.source = source, .plan = release::plan_settings(settings.inputs, source)};
  terminal.begin_step("building the package of " + question.tag);
  auto const built = release::rebuild_package(services.objects(), question.tag, settings,
                                              settings.inputs.build_dependencies ? &rebuild : nullptr);
  if (!built) {
    terminal.err << "refused: " << printable(built.error().sentence()) << '\n';
    return ExitStatus::refused;
  }
  auto const same = release::compare_package(question.file, sha256_text(question.bytes), built->digest, built->commit);
  line(terminal, same.has_value(),
       same ? "the package equals the one built from " + question.tag + " (" + built->commit + ")" : same.error().sentence());
  if (!question.attested) {
    terminal.err << "no attestation was looked at (--no-attestations)\n";
    return same ? ExitStatus::done : ExitStatus::refused;
  }
  terminal.begin_step("verifying the attestations of " + question.file);
  bool const proved = show_proofs(question, services, terminal);
  return same && proved ? ExitStatus::done : ExitStatus::refused;
}

}  // namespace

Command reproduce_command() {
  return {.name = "reproduce",
          .usage =
              "FILE.tgz TAG [--repository O/R --repository-id N] [--bundle F]… [--build-signer-workflows W] [--charts-dir D] "
              "[--no-attestations]",
          .meaning = "rebuilds a published package from its tag and compares; verifies its attestations",
          .options = joined(
              joined({workspace_option(),
                      option("repository", "O/R", "The repository whose attestations count. Without it: GITHUB_REPOSITORY."),
                      option("repository-id", "N", "Its numeric id, which is its identity. Without it: GITHUB_REPOSITORY_ID."),
                      repeated("bundle", "FILE",
                               "Attestations of the package, one or several bundles, in place of those at GitHub."),
                      flag("no-attestations", "Compare the bytes only."),
                      option("source-date-epoch", "SECONDS",
                             "The time that the release was given, since 1970. Without it: that of the tag's commit.")},
                     input_options(option_inputs)),
              input_options(dependency_inputs)),
          .least = 2,
          .most = 2,
          .run = run_reproduce};
}

}  // namespace acr::terminal

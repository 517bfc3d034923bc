#include "release/verify_package.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <ostream>
#include <utility>

#include "chart/package_command.hpp"
#include "release/arguments.hpp"
#include "release/dependency_network.hpp"
#include "release/option_inputs.hpp"
#include "release/package_proof.hpp"
#include "release/services.hpp"
#include "sigstore/bundle.hpp"
#include "support/digest.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace {

constexpr std::size_t package_bytes = std::size_t{200} << 20;
constexpr std::size_t bundle_bytes = std::size_t{64} << 20;  // V-2

// A pretty-printed bundle has line ends of its own.
bool parses_alone(std::string_view line) {
  return sigstore::parse_bundle(line, {.minimum_version = sigstore::BundleVersion::v0_1}).has_value();
}

// The bundles of files; a file may hold several, one per line.
std::vector<AttestationProof> verify_files(std::vector<std::string> const& files, sigstore::Artifact const& artifact,
                                           sigstore::Verifier const& verifier, sigstore::Policy const& policy) {
  std::vector<AttestationProof> proofs;
  for (auto const& file : files) {
    auto const text = read_named_file(file, bundle_bytes);
    auto const before = proofs.size();
    auto const whole = trimmed(text);
    bool const one_per_line = !whole.empty() && parses_alone(lines(whole).front());
    for (auto const part : one_per_line ? lines(whole) : std::vector<std::string_view>{whole})
      if (!trimmed(part).empty()) proofs.push_back(verify_given(file, part, artifact, verifier, policy));
    if (proofs.size() == before) throw BadEnvironment("bad-input", file + " holds no bundle");
  }
  return proofs;
}

void line(Terminal const& terminal, bool good, std::string const& text) {
  terminal.out << (good ? "ok    " : "FAIL  ") << printable(text) << '\n';
}

}  // namespace

ExitStatus verify_package_command(std::vector<std::string_view> const& words, Terminal const& terminal) {
  std::vector<std::string_view> values{"workspace", "repository", "repository-id", "source-date-epoch"};
  for (auto const name : option_inputs) values.push_back(name);
  for (auto const name : dependency_inputs) values.push_back(name);
  Arguments const arguments(words, {.values = values, .repeated = {"bundle"}, .flags = {"no-attestations"}});
  arguments.expect_positional(
      2, 2, "verify-package FILE.tgz TAG [--repository O/R --repository-id N] [--bundle F]… [--no-attestations]");
  auto const& file = arguments.positional()[0];
  auto const bytes = read_named_file(file, package_bytes);
  auto const epoch = chart::source_date_epoch(arguments.value("source-date-epoch"));
  if (!epoch) throw BadEnvironment(epoch.error().code, epoch.error().sentence());

  auto const environment = event::read_runner_environment(terminal.environment);
  RunSettings settings;
  settings.source_date_epoch = *epoch;
  settings.workspace =
      std::filesystem::absolute(arguments.has("workspace") ? arguments.value("workspace") : ".").lexically_normal();
  auto options = read_options(arguments, terminal, settings.workspace);
  settings.inputs = std::move(options.inputs);
  settings.lists = std::move(options.lists);
  settings.repository = arguments.has("repository") ? arguments.value("repository") : environment.repository;
  settings.repository_id = arguments.has("repository-id") ? arguments.value("repository-id") : environment.repository_id;
  settings.server_url = server_url(environment);

  auto const bundles = arguments.all("bundle");
  bool const attested = !arguments.has("no-attestations");
  bool const ask_github = attested && bundles.empty();
  auto const id = to_number(settings.repository_id, INT64_MAX);
  if (attested && settings.repository.empty())
    throw BadEnvironment("usage", "whose attestations? give --repository O/R, or --no-attestations to compare bytes only");
  if (ask_github && !id)
    throw BadEnvironment("usage",
                         "--repository needs --repository-id too: the numeric id is the identity (A-50); or give --bundle");
  if (ask_github && settings.inputs.token.empty())
    throw BadEnvironment("usage", "GitHub lists attestations to a token: set GH_TOKEN, or give --bundle");

  event::PullRequestEvent event;  // stands for the repository only
  event.repository.full_name = settings.repository.empty() ? "local/clone" : settings.repository;
  event.repository.id = static_cast<std::int64_t>(id.value_or(0));
  if (!ask_github) settings.inputs.object_source = event::ObjectSourceChoice::local;
  Services services(service_settings(settings, event, environment, terminal.environment), terminal.clock);

  dependencies::NetworkSource source(services.http(), host_settings(settings.inputs, environment.api_url),
                                     settings.inputs.max_parallel, std::filesystem::path());
  RebuildTools const rebuild{.source = source, .plan = plan_settings(settings.inputs, source)};
  auto const built = rebuild_package(services.objects(), arguments.positional()[1], settings,
                                     settings.inputs.build_dependencies ? &rebuild : nullptr);
  if (!built) {
    terminal.err << "refused: " << printable(built.error().sentence()) << '\n';
    return ExitStatus::refused;
  }
  auto const differs = compare_package(file, sha256_text(bytes), built->digest, built->commit);
  if (differs)
    line(terminal, false, differs->sentence());
  else
    line(terminal, true, "the package equals the one built from " + arguments.positional()[1] + " (" + built->commit + ")");
  if (!attested) {
    terminal.err << "no attestation was looked at (--no-attestations)\n";
    return differs ? ExitStatus::refused : ExitStatus::done;
  }

  auto const policy = builder_policy(settings);
  if (auto const checked = sigstore::check_policy(policy); !checked) throw BadEnvironment("usage", checked.error().sentence());
  auto const digest = sha256_text(bytes);
  ListedProofs proofs;
  if (ask_github)
    proofs = verify_listed({digest}, services.attestations(), services.verifier(), policy, 2).at(digest);
  else
    proofs.attestations = verify_files(bundles, sigstore::Artifact::of_bytes(bytes), services.verifier(), policy);
  for (auto const& one : proofs.attestations)
    line(terminal, !one.refusal,
         "attestation " + one.name + (one.refusal ? ": " + one.refusal->sentence() : ", signed by " + one.signer));
  bool proved = proofs.proved();
  // What was named by hand must hold; what is listed must hold once.
  if (!ask_github) proved = std::ranges::none_of(proofs.attestations, [](auto const& one) { return one.refusal.has_value(); });
  if (!proofs.proved()) line(terminal, false, proofs.refusal(file, digest).sentence());
  return !differs && proved ? ExitStatus::done : ExitStatus::refused;
}

}  // namespace acr::release

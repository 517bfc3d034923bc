#include "terminal/oci_commands.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <ostream>
#include <utility>

#include "chart/chart_loader.hpp"
#include "chart/limits.hpp"
#include "oci/manifest.hpp"
#include "report/json_text.hpp"
#include "support/atomic_file.hpp"
#include "support/digest.hpp"
#include "support/errors.hpp"
#include "support/text.hpp"
#include "terminal/dependency_network.hpp"
#include "terminal/option_inputs.hpp"

namespace acr::terminal {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t provenance_bytes = std::size_t{5} << 20;

/// A package that anybody made, as `helm push` would push it now.
struct PushedFile {
  std::string name, version, digest;
  report::OciPlace oci;  ///< `ref` is empty without a repository
  std::string state;     ///< "free" or "published"; empty without `--check`
};

struct DigestOptions {
  std::optional<oci::Repository> repository;
  std::optional<std::int64_t> created;
  dependencies::AskRegistry registry{};  ///< empty without `--check`
};

std::optional<std::int64_t> created_of(Arguments const& arguments) {
  if (!arguments.has("created")) return std::nullopt;
  auto const seconds = to_number(arguments.value("created"), static_cast<std::uint64_t>(oci::latest_created));
  if (!seconds)
    throw BadEnvironment("oci-time", "option --created: expected 0 to " + std::to_string(oci::latest_created) +
                                         " seconds since 1970, found " + printable(arguments.value("created"), 60) + " [O-13]");
  return static_cast<std::int64_t>(*seconds);
}

/// O-7: the fraction is cut.
Verdict<std::int64_t> file_time(std::string const& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) return reject("bad-input", file, "the file cannot be read");
  return static_cast<std::int64_t>(info.st_mtim.tv_sec);
}

/// O-5: a provenance file beside the package becomes a layer.
std::optional<oci::Blob> provenance_of(std::string const& file) {
  auto const path = file + ".prov";
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  auto const bytes = read_file(path, provenance_bytes);
  return oci::Blob{sha256_text(bytes), bytes.size()};
}

Verdict<PushedFile> pushed(std::string const& file, DigestOptions const& options) {
  auto const bytes = read_file(file, chart::Limits{}.chart_bytes * 2);
  auto const loaded = chart::load_archive(bytes, file);
  if (!loaded) return loaded.error();
  auto const& metadata = loaded->chart.metadata;
  auto const time = options.created ? Verdict<std::int64_t>(*options.created) : file_time(file);
  if (!time) return time.error();
  if (auto const fine = oci::check_time(*time); !fine) return fine.error().within(file);
  PushedFile found{metadata.name, metadata.version, sha256_text(bytes), {}, {}};
  auto const manifest = oci::chart_manifest(metadata, {found.digest, bytes.size()}, provenance_of(file), *time);
  found.oci.digest = manifest.digest;
  found.oci.created = manifest.created;
  if (!options.repository) return found;
  auto const reference = oci::chart_reference(*options.repository, metadata.name, metadata.version);
  if (!reference) return reference.error().within(file);
  found.oci.ref = reference->text();
  if (!options.registry) return found;
  auto const state = options.registry({*reference, manifest.digest, manifest.text});
  if (!state) return state.error().within(file);
  found.state = to_text(*state);
  return found;
}

/// A file that cannot be read is refused as one whose content is not: the others are reported all the same.
Verdict<PushedFile> pushed_or_refused(std::string const& file, DigestOptions const& options) {
  try {
    return pushed(file, options);
  } catch (std::logic_error const&) {
    throw;
  } catch (RunError const&) {
    throw;  // cancelled, or no time left to look at the registry
  } catch (std::runtime_error const& error) {
    return reject("bad-input", file, error.what());
  }
}

event::OciCheck check_of(Arguments const& arguments, bool has_repository) {
  if (!arguments.has("check")) return event::OciCheck::off;
  if (!has_repository) throw BadEnvironment("usage", "--check needs --oci-repository: which registry is to be looked at?");
  auto const word = arguments.value("check");
  if (word == "free") return event::OciCheck::free;
  if (word == "pushed") return event::OciCheck::pushed;
  throw BadEnvironment("bad-input", "option --check: expected free or pushed, found " + printable(word, 60) + " [O-18]");
}

json::object told_json(PushedFile const& found, std::string const& file) {
  auto oci = report::oci_json(found.oci);
  if (!found.state.empty()) oci["state"] = found.state;
  return {{"name", report::json_text(found.name)},
          {"version", report::json_text(found.version)},
          {"package", report::json_text(file)},
          {"digest", found.digest},
          {"oci", std::move(oci)}};
}

}  // namespace

PlannedPushes::PlannedPushes(oci::Repository repository, chart::PackageCommand& command)
    : repository_(std::move(repository)), places_(command.charts.size()) {
  if (!command.epoch && !command.commit_time)
    throw BadEnvironment(
        "oci-time",
        "--oci-repository needs one time for each package: give --commit-time or --source-date-epoch, or set SOURCE_DATE_EPOCH [O-17]");
  command.accept = [this](std::size_t chart, chart::Package const& package, std::optional<std::int64_t> time) -> Verdict<void> {
    auto const reference = oci::chart_reference(repository_, package.name, package.version);
    if (!reference) return reference.error();
    auto const manifest = oci::chart_manifest(package, *time);
    if (!manifest) return manifest.error();
    places_[chart] = report::OciPlace{reference->text(), manifest->digest, manifest->created};
    return {};
  };
  command.lost_time = [this](fs::path const& file, std::int64_t time) {
    return oci::time_not_kept(file.string(), repository_.text(), time);
  };
}

void warn_of_capitals(oci::Repository const& repository, Terminal const& terminal) {
  if (repository.folded)
    terminal.err << "warning: " << printable(oci::folded_warning(repository, "option --oci-repository").sentence()) << '\n';
}

std::string packages_json(std::vector<chart::PackageOutcome> const& outcomes, PlannedPushes const* pushes) {
  json::array packages;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    auto const& outcome = outcomes[i];
    if (outcome.refused || outcome.file.empty()) continue;
    json::object object{{"name", report::json_text(outcome.name)},
                        {"version", report::json_text(outcome.version)},
                        {"package", report::json_text(outcome.file.string())},
                        {"digest", outcome.digest},
                        {"content-digest", outcome.content_digest},
                        {"size", outcome.size}};
    if (pushes != nullptr && pushes->of(i)) object["oci"] = report::oci_json(*pushes->of(i));
    packages.push_back(std::move(object));
  }
  return to_ascii_json(packages);
}

namespace {

ExitStatus run_oci_digest(Arguments const& arguments, Terminal const& terminal) {
  DigestOptions options{.repository = {}, .created = created_of(arguments)};
  if (arguments.has("oci-repository") && !arguments.value("oci-repository").empty()) {
    auto repository = oci::Repository::parse(arguments.value("oci-repository"));
    if (!repository) throw BadEnvironment(repository.error().code, repository.error().sentence());
    warn_of_capitals(*repository, terminal);
    options.repository = std::move(*repository);
  }
  auto const check = check_of(arguments, options.repository.has_value());
  std::unique_ptr<DependencyNetwork> network;
  if (check != event::OciCheck::off) {
    auto const inputs = inputs_of_options(arguments, terminal, ".");
    network = std::make_unique<DependencyNetwork>(inputs, terminal);
    options.registry = release::registry_look(check, network->http(), network->settings(), terminal.clock);
  }
  bool refused = false, unreachable = false;
  json::array all;
  for (auto const& file : arguments.positional) {
    terminal.begin_step("reading " + file);
    auto const found = pushed_or_refused(file, options);
    if (!found) {
      terminal.err << "refused: " << found.error().code.text() << ": " << printable(found.error().sentence()) << '\n';
      (found.error().code == "oci-unreachable" ? unreachable : refused) = true;
    } else if (arguments.has("json")) {
      all.push_back(told_json(*found, file));
    } else {
      terminal.out << found->oci.digest << "  " << printable(found->oci.ref.empty() ? file : found->oci.ref)
                   << (found->state.empty() ? "" : "  ") << found->state << '\n';
    }
  }
  if (arguments.has("json")) terminal.out << to_ascii_json(all) << '\n';
  return refused ? ExitStatus::refused : unreachable ? ExitStatus::unreachable : ExitStatus::done;
}

}  // namespace

Command oci_digest_command() {
  return {
      .name = "oci-digest",
      .usage = "FILE.tgz… [--created SECONDS] [--oci-repository R] [--check free|pushed] [--json]",
      .meaning = "the digest that each package's manifest will have in an OCI registry once `TZ=UTC helm push` has pushed it",
      .options = {option("created", "SECONDS", "The time of the manifest, since 1970. Without it: the file's."),
                  input_option("oci-repository"),
                  choice("check", "free, pushed",
                         "Ask the registry: free, each tag must not exist, or name that digest already; pushed, it must name "
                         "the digest."),
                  input_option("registry-credentials"), input_option("dependency-private-hosts"), json_flag()},
      .least = 1,
      .most = many,
      .run = run_oci_digest};
}

}  // namespace acr::terminal

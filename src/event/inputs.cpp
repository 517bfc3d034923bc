#include "event/inputs.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "event/action_interface.hpp"
#include "event/limits.hpp"
#include "event/path_rules.hpp"
#include "support/nearest_name.hpp"
#include "support/ref_name.hpp"
#include "support/text.hpp"

namespace acr::event {
namespace {

constexpr std::string_view variable_prefix = "INPUT_";

std::vector<ListLine> lines_of(std::string_view text) {
  std::vector<ListLine> items;
  std::size_t number = 0;
  for (auto const line : split(text, '\n')) {
    ++number;
    if (auto const item = trimmed(line); !item.empty()) items.push_back({number, std::string(item)});
  }
  return items;
}

bool is_api_version(std::string_view text) {
  if (text.size() != 10) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((i == 4 || i == 7) ? text[i] != '-' : (text[i] < '0' || text[i] > '9')) return false;
  return true;
}

bool is_visible_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

std::size_t count(std::string_view text, std::string_view piece) {
  std::size_t found = 0;
  for (auto at = text.find(piece); at != std::string_view::npos; at = text.find(piece, at + piece.size())) ++found;
  return found;
}

std::string replaced(std::string text, std::string_view piece, std::string_view by) {
  if (auto const at = text.find(piece); at != std::string::npos) text.replace(at, piece.size(), by);
  return text;
}

/// Takes one input after the other out of the look-up and gathers what is wrong.
class Reader {
 public:
  Reader(InputLookup const& lookup, std::string_view workspace, InputReading& reading)
      : lookup_(lookup), workspace_(workspace), reading_(reading) {}

  /// The trimmed text; the default when it is empty (A-13).
  std::string text(std::string_view name) { return std::string(trimmed(whole_text(name))); }

  /// With the empty lines before the first item, for their numbers.
  std::string whole_text(std::string_view name) {
    auto const& row = row_of(name);
    auto const given = lookup_(name);
    // An expression of action.yml (`${{ … }}`) is not a value: the runner has filled it in, nobody else can.
    std::string_view const fallback = row.default_value.starts_with("${{") ? std::string_view() : row.default_value;
    if (!given) return std::string(fallback);
    if (given->size() > max_input_bytes) {
      mistake(name, "the value is longer than " + std::to_string(max_input_bytes) + " bytes");
      return std::string(fallback);
    }
    if (given->find('\0') != std::string::npos || !is_utf8(*given)) {
      mistake(name, "the value is not UTF-8 text");
      return std::string(fallback);
    }
    return trimmed(*given).empty() ? std::string(fallback) : *given;
  }

  bool boolean(std::string_view name) {
    auto const value = text(name);
    if (value == "true" || value == "True" || value == "TRUE") return true;
    if (value != "false" && value != "False" && value != "FALSE") {
      mistake(name, "the value is not a boolean", "A-39");
      expect("true or false", value);
    }
    return false;
  }

  /// Nothing: not given.
  std::optional<bool> boolean_if_given(std::string_view name) {
    if (text(name).empty()) return std::nullopt;
    return boolean(name);
  }

  template <class T>
  T choice(std::string_view name, std::initializer_list<std::pair<std::string_view, T>> choices) {
    auto const value = text(name);
    for (auto const& [word, meaning] : choices)
      if (value == word) return meaning;
    mistake(name, "not one of the allowed values", "A-40");
    expect(row_of(name).choices, value);
    return choices.begin()->second;
  }

  std::uint64_t number(std::string_view name) {
    auto const& row = row_of(name);
    auto const value = text(name);
    // Leading zeros are harmless here: decimal digits only, no sign (A-41).
    std::string_view digits = value;
    while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
    if (auto const parsed = to_number(digits, row.maximum); parsed && *parsed >= row.minimum) return *parsed;
    mistake(name, "not a whole number in the allowed range", "A-41");
    expect(std::to_string(row.minimum) + " to " + std::to_string(row.maximum), value);
    return row.minimum;
  }

  std::string id(std::string_view name) {
    auto value = text(name);
    if (value.empty() || (value != "0" && to_number(value, max_attestation_id))) return value;
    mistake(name, "the value is not an attestation id");
    expect("the attestation-id output of an attest step", value);
    return {};
  }

  std::string branch(std::string_view name) {
    auto value = text(name);
    if (!is_ref_name(value)) {
      mistake(name, "git accepts no branch of this name", "A-49");
      expect("a branch name", value);
    } else if (value.starts_with("refs/heads/")) {
      mistake(name, "branch names are compared as they are, so this would match no branch", "A-49");
      expect(value.substr(11), value);
    }
    return value;
  }

  std::vector<ListLine> numbered_list(std::string_view name) {
    auto items = lines_of(whole_text(name));
    if (items.size() > max_list_items) {
      mistake(name, "the list has more than " + std::to_string(max_list_items) + " items");
      items.clear();
    }
    return items;
  }

  std::vector<std::string> list(std::string_view name) {
    std::vector<std::string> items;
    for (auto& line : numbered_list(name)) items.push_back(std::move(line.text));
    return items;
  }

  std::string path(std::string_view name) {
    auto const value = text(name);
    auto const relative_path = workspace_relative(value, workspace_);
    if (!relative_path) {
      reading_.mistakes.push_back(relative_path.error().within("input " + std::string(name)));
    } else if (relative_path->empty() && !value.empty()) {
      mistake(name, "the path is the workspace itself", "A-6");
    } else {
      return *relative_path;
    }
    return {};
  }

  std::vector<std::string> paths(std::string_view name) {
    std::vector<std::string> found;
    for (auto const& item : list(name)) {
      auto const path = workspace_relative(item, workspace_);
      if (!path)
        reading_.mistakes.push_back(path.error().within("input " + std::string(name)));
      else if (std::ranges::find(found, *path) == found.end())
        found.push_back(*path);
    }
    return found;
  }

  Rejection& mistake(std::string_view name, std::string why, std::string rule = "A-42") {
    return reading_.mistakes.emplace_back(
        reject("bad-input", "input " + std::string(name), std::move(why)).rule(std::move(rule)));
  }

  /// True when this input has a mistake already, so that its value says nothing.
  [[nodiscard]] bool is_wrong(std::string_view name) const {
    return std::ranges::any_of(reading_.mistakes,
                               [&](Rejection const& mistake) { return mistake.where == "input " + std::string(name); });
  }

  void expect(std::string_view expected, std::string_view found) {
    reading_.mistakes.back().expected_value = expected;
    reading_.mistakes.back().found_value = found;
  }

 private:
  InputLookup const& lookup_;
  std::string_view workspace_;
  InputReading& reading_;

  static InputRow const& row_of(std::string_view name) {
    auto const* row = input_row(name);
    if (row == nullptr) throw std::logic_error("no input is called " + std::string(name));
    return *row;
  }
};

// What output-dir and manifest-path must not be, by text alone (A-6).
void check_written_path(Reader& reader, ActionInputs const& inputs, std::string_view name, std::string const& path) {
  if (path.empty()) return;  // a mistake already
  auto const components = split(path, '/');
  if (std::ranges::any_of(components, [](auto component) { return equal_ignoring_ascii_case(component, ".git"); })) {
    reader.mistake(name, "the path lies in .git", "A-6");
    reader.expect("a path of its own", path);
  }
  for (auto const& charts : inputs.charts_dirs) {
    if (charts.empty()) continue;  // charts at the root: everything is below it, the commit's own files are checked later
    if (is_within(path, charts) || is_within(charts, path)) {
      reader.mistake(name, "the path and a charts directory lie in one another", "A-6");
      reader.expect("a path outside " + charts, path);
    }
  }
}

void check_together(Reader& reader, ActionInputs const& inputs) {
  if (inputs.source_branch == inputs.release_branch) {
    reader.mistake("release-branch", "it is the source branch too, so no pull request could pass", "A-47");
    reader.expect("another branch than " + inputs.source_branch, inputs.release_branch);
  }
  if ((inputs.command == Command::run || inputs.command == Command::tags) && !reader.is_wrong("tag-wait") &&
      !reader.is_wrong("timeout") && inputs.tag_wait >= inputs.timeout) {
    reader.mistake("tag-wait", "the wait for tags does not end before the run's timeout").fix_text =
        "lower tag-wait, or raise timeout";
    reader.expect("less than timeout, " + std::to_string(inputs.timeout.count()), std::to_string(inputs.tag_wait.count()));
  }
  check_written_path(reader, inputs, "output-dir", inputs.output_dir);
  check_written_path(reader, inputs, "manifest-path", inputs.manifest_path);
  if (!inputs.manifest_path.empty() && !inputs.output_dir.empty()) {
    if (is_within(inputs.output_dir, inputs.manifest_path)) {
      reader.mistake("manifest-path", "the manifest cannot take the place of output-dir", "A-6");
      reader.expect("a file", inputs.manifest_path);
    } else if (is_within(inputs.manifest_path, inputs.output_dir)) {
      auto const name = std::string_view(inputs.manifest_path).substr(inputs.output_dir.size() + 1);
      if (name == "checksums.txt" || name == "tag-verification.json" || name == "verification-summary.json" ||
          name.ends_with(".tgz")) {
        reader.mistake("manifest-path", "another file of the release has this path", "A-6");
        reader.expect("a file of its own", inputs.manifest_path);
      }
    }
  }
}

void check_annotated(Reader& reader, ActionInputs const& inputs) {
  if (inputs.chart.empty() || inputs.chart.find('/') != std::string::npos || inputs.chart.starts_with('.')) {
    reader.mistake("chart", "annotate needs the directory name of one chart");
    reader.expect("for example web", inputs.chart);
  }
  if (inputs.lineage.empty()) {
    reader.mistake("lineage", "annotate needs the ids and digests of the chart's attestations", "A-98");
    reader.expect("<key>: <id> sha256:<64 hex digits>, one per line", "nothing");
  }
}

// B-19: an item that can fit no chart is a slip of the hand.
void check_excluded(Reader& reader, std::vector<std::string> const& items) {
  for (auto const& item : items) {
    auto const segments = split(item, '/');
    bool const odd = std::ranges::any_of(segments, [](auto segment) { return segment == ".."; });
    if (!odd && item.find_first_of(",\\") == std::string::npos) continue;
    reader.mistake("exclude-charts", "the item can be no chart's name or path", "B-19");
    reader.expect("one name or path of the repository per line", item);
  }
}

// What the checkout holds needs no API.
bool works_without_token(Command command) {
  return command == Command::ruleset || command == Command::digest || command == Command::changed ||
         command == Command::package;
}

void check_tag_format(Reader& reader, std::string const& format) {
  if (count(format, "{name}") != 1 || count(format, "{version}") != 1) {
    reader.mistake("tag-format", "the format does not hold {name} and {version} once each");
    reader.expect("for example {name}-v{version}", format);
    return;
  }
  auto const sample = replaced(replaced(format, "{name}", "n"), "{version}", "1.0.0");
  if (sample.find_first_of("{}") != std::string::npos || !is_ref_name(sample)) {
    reader.mistake("tag-format", "git accepts no tag of this form");
    reader.expect("for example {name}-v{version}", format);
  }
}

// One text for all that mean the same: their digest says under which policy a release was verified.
std::string one_form(InputKind kind, std::string text) {
  if (kind == InputKind::boolean) return to_lower_ascii(text);
  if (kind != InputKind::list && kind != InputKind::paths) return text;
  std::string items;
  for (auto const& item : lines_of(text)) items += (items.empty() ? "" : "\n") + item.text;
  return items;
}

}  // namespace

std::string input_variable(std::string_view name) {
  std::string variable(variable_prefix);
  for (char const c : name) variable += c == ' ' ? '_' : (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
  return variable;
}

InputLookup from_environment(std::function<std::optional<std::string>(std::string const&)> environment) {
  return [environment = std::move(environment)](std::string_view name) { return environment(input_variable(name)); };
}

InputLookup from_map(std::map<std::string, std::string> values) {
  return [values = std::move(values)](std::string_view name) -> std::optional<std::string> {
    auto const found = values.find(std::string(name));
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

InputReading read_inputs(InputLookup const& lookup, std::string_view workspace, TokenRule token) {
  InputReading reading;
  ActionInputs& inputs = reading.inputs;
  Reader reader(lookup, workspace, reading);

  using enum Level;
  inputs.command = reader.choice<Command>("command", {{"run", Command::run},
                                                      {"finalize", Command::finalize},
                                                      {"verify-package", Command::verify_package},
                                                      {"annotate", Command::annotate},
                                                      {"digest", Command::digest},
                                                      {"changed", Command::changed},
                                                      {"package", Command::package},
                                                      {"tags", Command::tags},
                                                      {"ruleset", Command::ruleset},
                                                      {"audit", Command::audit}});
  inputs.token = reader.text("token");
  if (inputs.token.empty() && token == TokenRule::required && !works_without_token(inputs.command))
    reader.mistake("token", "the token is missing").fix_text = "leave the input out, so that the job's own token is used";
  if (!is_visible_ascii(inputs.token)) reader.mistake("token", "the token holds characters that no token has");
  inputs.source_branch = reader.branch("source-branch");
  inputs.release_branch = reader.branch("release-branch");
  inputs.charts_dirs = reader.paths("charts-dir");
  inputs.exclude_charts = reader.list("exclude-charts");
  check_excluded(reader, inputs.exclude_charts);
  inputs.charts_outside_fails = reader.choice<bool>("charts-outside", {{"fail", true}, {"ignore", false}});
  inputs.tag_format = reader.text("tag-format");
  check_tag_format(reader, inputs.tag_format);
  inputs.tag_wait = std::chrono::seconds(reader.number("tag-wait"));
  inputs.diff_mode = reader.choice<DiffMode>("diff-mode", {{"tree", DiffMode::tree}, {"merge-base", DiffMode::merge_base}});
  inputs.object_source = reader.choice<ObjectSourceChoice>(
      "object-source",
      {{"auto", ObjectSourceChoice::automatic}, {"local", ObjectSourceChoice::local}, {"api", ObjectSourceChoice::api}});
  inputs.max_charts = reader.number("max-charts");
  inputs.title_check = reader.choice<Level>("title-check", {{"off", off}, {"warn", warn}, {"fail", fail}});
  inputs.build_dependencies = reader.choice<bool>("dependencies", {{"build", true}, {"off", false}});
  inputs.dependency_pins =
      reader.choice<DependencyPins>("dependency-pins", {{"warn", DependencyPins::warn}, {"require", DependencyPins::require}});
  inputs.dependency_hosts = reader.list("dependency-hosts");
  inputs.dependency_private_hosts = reader.list("dependency-private-hosts");
  inputs.registry_credentials = reader.list("registry-credentials");
  inputs.oci_repository = reader.text("oci-repository");
  inputs.oci_check =
      reader.choice<OciCheck>("oci-check", {{"off", OciCheck::off}, {"free", OciCheck::free}, {"pushed", OciCheck::pushed}});
  if (inputs.command == Command::run && inputs.oci_check == OciCheck::pushed) {
    reader.mistake("oci-check", "nothing is pushed before the release is merged", "O-22").fix_text =
        "look for pushed charts with verify-package";
    reader.expect("off or free", "pushed");
  }
  inputs.verify_policy =
      reader.choice<VerifyPolicy>("verify-policy", {{"block", VerifyPolicy::block}, {"flag", VerifyPolicy::flag}});
  inputs.missing_lineage = reader.choice<MissingLineage>(
      "missing-lineage", {{"fail", MissingLineage::fail}, {"warn", MissingLineage::warn}, {"ignore", MissingLineage::ignore}});
  inputs.unresolved_id_fails = reader.choice<bool>("unresolved-id", {{"fail", true}, {"warn", false}});
  inputs.lineage_subjects = reader.numbered_list("lineage-subjects");
  inputs.subject_binding = reader.choice<SubjectBinding>(
      "subject-binding", {{"require", SubjectBinding::require}, {"warn", SubjectBinding::warn}, {"off", SubjectBinding::off}});
  // B-6a: without pins the host of a dependency changes what is packaged under the same source digest.
  if (inputs.subject_binding == SubjectBinding::require) inputs.dependency_pins = DependencyPins::require;
  inputs.required_attestations = reader.numbered_list("required-attestations");
  inputs.signer_workflows = reader.numbered_list("signer-workflows");
  inputs.build_signer_workflows = reader.numbered_list("build-signer-workflows");
  inputs.pull_request_signers = reader.choice<bool>("pull-request-signers", {{"refuse", false}, {"allow", true}});
  inputs.oidc_issuer = reader.text("oidc-issuer");
  if (!inputs.oidc_issuer.starts_with("https://") || inputs.oidc_issuer.size() == 8 || !is_visible_ascii(inputs.oidc_issuer)) {
    reader.mistake("oidc-issuer", "the issuer is not an https address");
    reader.expect("https://token.actions.githubusercontent.com", inputs.oidc_issuer);
  }
  inputs.predicate_types = reader.numbered_list("predicate-types");
  auto const deny_self_hosted = reader.boolean_if_given("deny-self-hosted");
  inputs.deny_self_hosted = deny_self_hosted.value_or(false);
  inputs.self_hosted_builders = deny_self_hosted == false;
  inputs.source_digest =
      reader.choice<SourceDigest>("source-digest", {{"off", SourceDigest::off}, {"tag-commit", SourceDigest::tag_commit}});
  inputs.trusted_root = reader.path("trusted-root");
  inputs.trusted_root_refresh = reader.choice<TrustedRootRefresh>(
      "trusted-root-refresh",
      {{"auto", TrustedRootRefresh::automatic}, {"require", TrustedRootRefresh::require}, {"off", TrustedRootRefresh::off}});
  inputs.output_dir = reader.path("output-dir");
  inputs.manifest_path = reader.path("manifest-path");
  inputs.clean = reader.boolean("clean");
  inputs.max_parallel = reader.number("max-parallel");
  auto const retention = reader.number("retention-days");
  inputs.retention_days = std::clamp(retention, min_retention_days, max_retention_days);
  if (retention != inputs.retention_days)
    reading.warnings.push_back(reject("retention-clamped", "input retention-days", "artifacts are kept for 1 to 90 days")
                                   .rule("A-76")
                                   .expected(std::to_string(inputs.retention_days))
                                   .found(std::to_string(retention)));
  inputs.declare_artifacts = reader.boolean("declare-artifacts");
  inputs.update_pr = reader.boolean("update-pr");
  inputs.attestations = reader.text("attestations");
  inputs.attestation_ids_dir = reader.path("attestation-ids-dir");
  inputs.build_attestation_id = reader.id("build-attestation-id");
  inputs.verification_attestation_id = reader.id("verification-attestation-id");
  inputs.oci_attestation_id = reader.id("oci-attestation-id");
  inputs.overall_attestation_id = reader.id("overall-attestation-id");
  inputs.bundle_paths = reader.list("bundle-paths");
  inputs.chart = reader.text("chart");
  inputs.lineage = reader.list("lineage");
  if (inputs.command == Command::annotate) check_annotated(reader, inputs);
  if (inputs.command == Command::package && inputs.chart.empty()) {
    reader.mistake("chart", "package needs the name or the directory of one chart", "B-13");
    reader.expect("for example web", "nothing");
  }
  inputs.push = reader.boolean("push");
  inputs.declares_no_attestations = reader.choice<bool>("no-attestations", {{"report", false}, {"declare", true}});
  inputs.require_check = reader.choice<Level>("require-check", {{"off", off}, {"warn", warn}, {"fail", fail}});
  inputs.check_name = reader.text("check-name");
  inputs.audit = reader.boolean("audit");
  inputs.summary = reader.boolean("summary");
  inputs.timeout = std::chrono::seconds(reader.number("timeout"));
  inputs.api_version = reader.text("api-version");
  if (!is_api_version(inputs.api_version)) {
    reader.mistake("api-version", "the value is not an API version");
    reader.expect("a date such as 2022-11-28", inputs.api_version);
  }
  check_together(reader, inputs);

  for (auto const& row : input_table())
    if (row.kind != InputKind::secret) {
      InputReading unused;
      inputs.texts.emplace(row.name, one_form(row.kind, Reader(lookup, workspace, unused).text(row.name)));
    }
  inputs.texts["deny-self-hosted"] = inputs.deny_self_hosted ? "true" : "false";  // what it means for the attestations of tags
  if (inputs.dependency_pins == DependencyPins::require)
    inputs.texts["dependency-pins"] = "require";  // by itself or by subject-binding
  return reading;
}

std::vector<Rejection> unknown_inputs(std::vector<std::string> const& variables) {
  std::vector<std::string> unknown;
  for (auto const& variable : variables) {
    if (!variable.starts_with(variable_prefix)) continue;
    std::string_view const name = std::string_view(variable).substr(variable_prefix.size());
    if (name == "ARGS" || name == "ENTRYPOINT") continue;
    // Only the very variable that is read counts: `INPUT_Token` would be taken for known, and never looked at.
    if (auto const* row = input_row(name); row != nullptr && input_variable(row->name) == variable) continue;
    unknown.push_back(to_lower_ascii(name));
  }
  std::ranges::sort(unknown);
  std::vector<std::string_view> names;
  for (auto const& row : input_table()) names.push_back(row.name);
  std::vector<Rejection> mistakes;
  for (auto const& name : unknown)
    mistakes.push_back(reject("unknown-input", "input " + name, "this action has no input of this name")
                           .rule("B-21")
                           .fix("did you mean " + std::string(nearest_name(name, names)) + "?"));
  return mistakes;
}

}  // namespace acr::event

#include "signing/scenario.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <utility>

#include "signing/world.hpp"
#include "support/atomic_file.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace acr::signing {
namespace {

namespace json = boost::json;

constexpr std::int64_t first_commit_time = 1790000000;  // 2026-09-21T14:13:20Z
constexpr std::string_view person = "acme bot <bot@acme.example>";
constexpr std::string_view old_version = "1.0.0";
constexpr std::string_view new_version = "1.1.0";
// Earlier stages' checks ran on a pull request: its test merge is what they record (V-96).
constexpr std::string_view check_commit = "fde89a9d05668add4348c3f63e66be735e488242";

/// One `git` without a shell and without anybody's configuration.
void git(std::filesystem::path const& git_dir, std::vector<std::string> words,
         std::filesystem::path const& input = "/dev/null") {
  words.insert(words.begin(), {"git", "--git-dir=" + git_dir.string()});
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  char const* const search = std::getenv("PATH");
  std::string path = std::string("PATH=") + (search ? search : "/usr/bin:/bin");
  std::string no_system = "GIT_CONFIG_NOSYSTEM=1", no_user = "GIT_CONFIG_GLOBAL=/dev/null";
  std::array<char*, 4> environment{path.data(), no_system.data(), no_user.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  int const failed = posix_spawnp(&child, "git", &actions, nullptr, argv.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  if (failed != 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw std::runtime_error("git " + words[2] + " failed");
}

/// A directory for the bare repository, gone in the end.
class WorkFolder {
 public:
  WorkFolder() : path_(std::filesystem::temp_directory_path() / ("acr-scenario-" + random_hex(8))) {
    std::filesystem::create_directories(path_);
  }
  ~WorkFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  WorkFolder(WorkFolder const&) = delete;
  WorkFolder& operator=(WorkFolder const&) = delete;
  [[nodiscard]] std::filesystem::path const& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct ChartPlan {
  std::string name, path, tag;
  bool has_subchart = false;
  ChartExtras extras{};
};

std::vector<ChartPlan> planned(ScenarioOptions const& options) {
  std::vector<ChartPlan> charts;
  for (std::size_t i = 0; i < options.charts; ++i) {
    std::string const number = std::to_string(i + 1);
    std::string const name = options.charts == 2
                                 ? (i == 0 ? "gateway" : "ledger")
                                 : "service-" + std::string(3 - std::min<std::size_t>(3, number.size()), '0') + number;
    charts.push_back({name, "charts/" + name, name + "-v" + std::string(new_version), options.vendored_subchart && i == 1});
    if (auto const extras = options.extras.find(name); extras != options.extras.end()) charts.back().extras = extras->second;
  }
  return charts;
}

std::string chart_yaml(ChartPlan const& chart, std::string_view version) {
  std::string text = "apiVersion: v2\nname: " + chart.name + "\ndescription: The " + chart.name +
                     " of a sample release\ntype: application\nversion: " + std::string(version) + "\nappVersion: \"" +
                     std::string(version) + "\"\n";
  if (chart.has_subchart) text += "dependencies:\n  - name: labels\n    version: 0.1.0\n    repository: \"\"\n";
  return text + chart.extras.chart_yaml;
}

std::map<std::string, std::string> chart_files(ChartPlan const& chart, std::size_t templates) {
  std::map<std::string, std::string> files;
  std::string const root = chart.path + "/";
  files[root + ".helmignore"] = ".git/\n*.bak\nci/\n";
  files[root + "Chart.yaml"] = chart_yaml(chart, old_version);
  files[root + "README.md"] = "# " + chart.name + "\n\nOne of the charts of a sample release.\n";
  files[root + "ci/test-values.yaml"] = "replicas: 1\n";
  files[root + "values.yaml"] = "replicas: 2\nimage:\n  repository: registry.example/" + chart.name + "\n  tag: \"\"\n";
  files[root + "templates/_helpers.tpl"] = "{{- define \"" + chart.name + ".name\" -}}\n{{ .Chart.Name }}\n{{- end }}\n";
  for (std::size_t i = 0; i < templates; ++i) {
    std::string const number = std::to_string(i + 1);
    files[root + "templates/settings-" + number + ".yaml"] =
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ include \"" + chart.name + ".name\" . }}-" + number +
        "\ndata:\n  replicas: {{ .Values.replicas | quote }}\n";
  }
  for (auto const& [path, bytes] : chart.extras.files) files[root + path] = bytes;
  if (chart.has_subchart) {
    std::string const below = root + "charts/labels/";
    files[below + "Chart.yaml"] =
        "apiVersion: v2\nname: labels\ndescription: Labels in common\ntype: library\nversion: 0.1.0\n";
    files[below + "templates/_labels.tpl"] =
        "{{- define \"labels.standard\" -}}\napp.kubernetes.io/managed-by: {{ .Release.Service }}\n{{- end }}\n";
  }
  return files;
}

/// Text for `git fast-import`.
class ImportStream {
 public:
  void commit(std::string const& ref, int mark, std::int64_t time, std::string const& message,
              std::vector<std::string> const& from, std::map<std::string, std::string> const& files,
              std::map<std::string, std::string> const& links = {}) {
    std::string const when = std::to_string(time) + " +0000\n";
    text_ += "commit " + ref + "\nmark :" + std::to_string(mark) + "\nauthor " + std::string(person) + " " + when +
             "committer " + std::string(person) + " " + when;
    data(message);
    for (std::size_t i = 0; i < from.size(); ++i) text_ += (i == 0 ? "from " : "merge ") + from[i] + "\n";
    for (auto const& [path, content] : files) {
      text_ += "M 100644 inline " + path + "\n";
      data(content);
    }
    for (auto const& [path, target] : links) {
      text_ += "M 120000 inline " + path + "\n";
      data(target);
    }
    text_ += "\n";
  }
  void reset(std::string const& ref, std::string const& to) { text_ += "reset " + ref + "\nfrom " + to + "\n\n"; }
  void tag(std::string const& name, std::string const& target, std::int64_t time, std::string const& message) {
    text_ += "tag " + name + "\nfrom " + target + "\ntagger " + std::string(person) + " " + std::to_string(time) + " +0000\n";
    data(message);
  }
  [[nodiscard]] std::string const& text() const { return text_; }

 private:
  void data(std::string const& bytes) { text_ += "data " + std::to_string(bytes.size()) + "\n" + bytes + "\n"; }
  std::string text_;
};

std::map<int, std::string> read_marks(std::filesystem::path const& file) {
  std::map<int, std::string> marks;
  std::string const text = read_file(file, std::size_t{1} << 20);
  for (auto const line : lines(text)) {
    auto const words = split(line, ' ');
    marks[std::stoi(std::string(words.at(0).substr(1)))] = words.at(1);
  }
  return marks;
}

std::string key_name(std::size_t index) {
  static constexpr std::array<char const*, 5> names = {"lint", "artifacthub-lint", "k8s-install-v1.32.11", "w5-verification",
                                                       "w5-semver"};
  return index < names.size() ? names[index] : "check-" + std::to_string(index + 1);
}

json::object repository_json(ScenarioOptions const& options) {
  auto const slash = options.repository.find('/');
  return {{"id", options.repository_id},
          {"name", options.repository.substr(slash + 1)},
          {"full_name", options.repository},
          {"private", false},
          {"fork", false},
          {"default_branch", "main"},
          {"owner", {{"login", options.repository.substr(0, slash)}, {"id", options.owner_id}, {"type", "Organization"}}},
          {"html_url", "https://github.com/" + options.repository},
          {"url", "https://api.github.com/repos/" + options.repository}};
}

json::object event_json(ScenarioOptions const& options, std::string const& head, std::string const& base,
                        std::string const& merge) {
  std::string const owner = options.repository.substr(0, options.repository.find('/'));
  std::string const number = std::to_string(options.pull_request);
  auto const side = [&](char const* ref, std::string const& sha) {
    return json::object{{"label", owner + ":" + ref},
                        {"ref", ref},
                        {"sha", sha},
                        {"user", {{"login", owner}}},
                        {"repo", repository_json(options)}};
  };
  json::object const bot{{"login", owner + "-bot[bot]"}, {"id", 1}, {"type", "Bot"}};
  json::object pull;
  pull["url"] = "https://api.github.com/repos/" + options.repository + "/pulls/" + number;
  pull["id"] = 1900000000 + options.pull_request;
  pull["number"] = options.pull_request;
  pull["state"] = "open";
  pull["draft"] = false;
  pull["merged"] = false;
  pull["title"] = "release: charts";
  pull["body"] = "Automated release.\n";
  pull["user"] = bot;
  pull["labels"] = json::array();
  pull["head"] = side("main", head);
  pull["base"] = side("release", base);
  pull["merge_commit_sha"] = merge;
  pull["html_url"] = "https://github.com/" + options.repository + "/pull/" + number;
  return {{"action", "opened"},
          {"number", options.pull_request},
          {"pull_request", pull},
          {"repository", repository_json(options)},
          {"organization", {{"login", owner}, {"id", options.owner_id}}},
          {"sender", bot}};
}

std::string predicate_of(ScenarioOptions const& options) {
  std::string const server = "https://github.com/" + options.repository;
  json::object const workflow{
      {"ref", "refs/pull/17/merge"}, {"repository", server}, {"path", ".github/workflows/validate.yaml"}};
  json::object const github{{"event_name", "pull_request"},
                            {"repository_id", std::to_string(options.repository_id)},
                            {"repository_owner_id", std::to_string(options.owner_id)},
                            {"runner_environment", "github-hosted"}};
  json::array const resolved{
      json::object{{"uri", "git+" + server + "@refs/pull/17/merge"}, {"digest", {{"gitCommit", check_commit}}}}};
  json::object const definition{{"buildType", "https://actions.github.io/buildtypes/workflow/v1"},
                                {"externalParameters", {{"workflow", workflow}}},
                                {"internalParameters", {{"github", github}}},
                                {"resolvedDependencies", resolved}};
  json::object const details{{"builder", {{"id", server + "/.github/workflows/validate.yaml@refs/pull/17/merge"}}},
                             {"metadata", {{"invocationId", server + "/actions/runs/7000000001/attempts/1"}}}};
  return json::serialize(json::object{{"buildDefinition", definition}, {"runDetails", details}});
}

}  // namespace

World scenario_world() {
  return World({.profile = Profile::other, .organization = "sample.example", .now = first_commit_time});
}

void write_scenario(std::filesystem::path const& folder, ScenarioOptions const& options) {
  auto world = scenario_world();
  write_scenario(folder, options, world);
}

void write_scenario(std::filesystem::path const& folder, ScenarioOptions const& options, World& world) {
  auto const charts = planned(options);
  WorkFolder const work;
  auto const git_dir = work.path() / "repository.git";
  auto const script = work.path() / "import";
  auto const marks_file = work.path() / "marks";
  git(git_dir, {"init", "--quiet", "--bare", "--initial-branch=main"});

  // Commits first: tags and attestations name their ids.
  ImportStream commits;
  int mark = 1;
  std::int64_t time = first_commit_time;
  std::map<std::string, std::string> imported{{"README.md", "# Charts\n"}};
  imported.insert(options.more_files.begin(), options.more_files.end());
  for (auto const& chart : charts) imported.merge(chart_files(chart, options.templates));
  commits.commit("refs/heads/main", mark, time, "chore: import charts\n", {}, imported, options.more_links);
  commits.reset("refs/heads/release", ":1");
  std::map<std::string, std::string> changed;
  for (auto const& chart : charts) {
    std::string const root = chart.path + "/";
    std::map<std::string, std::string> const files{
        {root + "Chart.yaml", chart_yaml(chart, new_version)},
        {root + "templates/notice.yaml", "# new in " + std::string(new_version) + "\n"}};
    commits.commit("refs/heads/main", mark + 1, time += 60,
                   "chore(" + chart.name + "): release " + std::string(new_version) + "\n", {":" + std::to_string(mark)},
                   files);
    changed.insert(files.begin(), files.end());
    ++mark;
  }
  int const head_mark = mark, merge_mark = mark + 1;
  // The test merge: its first parent is the release branch, its tree the head's.
  commits.commit("refs/pull/" + std::to_string(options.pull_request) + "/merge", merge_mark, time += 60,
                 "Merge main into release\n", {":1", ":" + std::to_string(head_mark)}, changed);
  write_file(script, commits.text());
  git(git_dir, {"fast-import", "--quiet", "--export-marks=" + marks_file.string()}, script);
  auto const ids = read_marks(marks_file);

  Predicate const provenance{"https://slsa.dev/provenance/v1", predicate_of(options)};
  ImportStream tags;
  json::array attestations, expected_charts;
  std::int64_t id = options.first_attestation_id;
  for (std::size_t i = 0; i < charts.size(); ++i) {
    auto const& chart = charts[i];
    std::string const commit = ids.at(static_cast<int>(i) + 2);
    std::string lineage;
    json::object expected;
    std::map<std::string, std::string> listed;  // by key: what follows it in the annotation
    for (std::size_t k = 0; k < options.attestations; ++k, ++id) {
      std::string const key = key_name(k);
      if (auto const repeat = options.repeats.find(key); repeat != options.repeats.end()) {
        lineage += "- " + key + listed.at(repeat->second);
        continue;
      }
      auto const chosen = options.predicates.find(key);
      auto const& predicate = chosen == options.predicates.end() ? provenance : chosen->second;
      std::string const digest_hex = hex(sha256(key + "-" + chart.name + "-" + std::string(new_version) + "-" + commit));
      listed[key] = ": " + std::to_string(id) + " sha256:" + digest_hex + "\n";
      lineage += "- " + key + listed[key];
      expected[key] = json::object{{"id", std::to_string(id)}, {"digest", "sha256:" + digest_hex}, {"verdict", "verified"}};
      auto const bundle = world.attest({.subject_sha256 = digest_hex,
                                        .subject_name = "w-" + key,
                                        .predicate_type = predicate.type,
                                        .predicate = predicate.json,
                                        .repository = options.repository,
                                        .commit = std::string(check_commit),
                                        .repository_id = std::to_string(options.repository_id),
                                        .owner_id = std::to_string(options.owner_id),
                                        .timestamped = true,
                                        .time = first_commit_time + static_cast<std::int64_t>(i) * 60});
      attestations.push_back(json::object{{"id", id},
                                          {"repository_id", options.repository_id},
                                          {"listed_under", json::array{json::value("sha256:" + digest_hex)}},
                                          {"predicate_type", predicate.type},
                                          {"initiator", "github"},
                                          {"serve", "bundle_url"},
                                          {"bundle", json::parse(bundle)}});
    }
    tags.tag(chart.tag, commit, first_commit_time + 60 * static_cast<std::int64_t>(i + 1) + 1,
             "Release: " + chart.name + " v" + std::string(new_version) + "\n\nAttestation Lineage:\n" + lineage +
                 "\nChangelog:\n- chore(" + chart.name + "): release " + std::string(new_version) +
                 "\n\nSource PR: #17\nCommit: " + commit + "\n");
    expected_charts.push_back(json::object{
        {"name", chart.name}, {"version", new_version}, {"path", chart.path}, {"tag", chart.tag}, {"attestations", expected}});
  }
  write_file(script, tags.text());
  git(git_dir, {"fast-import", "--quiet"}, script);

  std::filesystem::create_directories(folder);
  git(git_dir, {"bundle", "create", "--quiet", std::filesystem::absolute(folder / "repo.bundle").string(), "--all"});
  std::string const head = ids.at(head_mark);
  std::string const base = ids.at(1);
  std::string const merge = ids.at(merge_mark);
  json::object const expect{{"outcome", "released"}, {"stage", nullptr}, {"error", nullptr}, {"charts", expected_charts}};
  std::string const summary = std::to_string(options.charts) + " charts, " + std::to_string(options.attestations) +
                              " attestations each; every attestation verifies.";
  write_file(folder / "scenario.json", to_pretty_json(json::object{{"name", options.name},
                                                                   {"description", summary},
                                                                   {"head", head},
                                                                   {"base", base},
                                                                   {"merge", merge},
                                                                   {"inputs", json::object()},
                                                                   {"expect", expect}}));
  write_file(folder / "event.json", to_pretty_json(event_json(options, head, base, merge)));
  write_file(folder / "github.json", to_pretty_json(json::object{{"repository", options.repository},
                                                                 {"repository_id", options.repository_id},
                                                                 {"attestations", attestations},
                                                                 {"hide_tags", nullptr}}));
  write_file(folder / "trusted_root.json", world.trusted_root().json() + "\n");
}

}  // namespace acr::signing

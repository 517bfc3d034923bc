#include "scenario/release_world.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "support/atomic_file.hpp"
#include "support/encoding.hpp"
#include "support/json.hpp"
#include "support/places.hpp"
#include "support/text.hpp"

namespace acr::test {
namespace fs = std::filesystem;
namespace {

boost::json::value json_file(fs::path const& path) {
  JsonLimits limits;
  limits.max_bytes = std::size_t{256} << 20;  // a thousand charts' attestations
  return parse_json(read_file(path, limits.max_bytes), path.filename().string(), limits).value();
}

void git(std::vector<std::string> arguments) {
  std::map<std::string, std::string> const environment{
      {"PATH", std::getenv("PATH")}, {"HOME", "/nonexistent"}, {"GIT_CONFIG_NOSYSTEM", "1"}};
  auto const result = run_program("/usr/bin/git", environment, arguments, "/");
  if (result.status != 0) throw std::runtime_error("git failed: " + result.err);
}

std::string upper(std::string name) {
  for (char& c : name)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return name;
}

}  // namespace

std::string text_of(fs::path const& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

ReleaseWorld::ReleaseWorld(fs::path const& scenario, Checkout checkout,
                           std::function<void(loopback::StandInSettings&)> const& adjust)
    : scenario_(scenario), workspace_(directory_.path() / "workspace") {
  auto const description = json_file(scenario / "scenario.json");
  auto const event = json_file(scenario / "event.json");
  auto const merge = string_in(description, "merge").value();
  auto const git_dir = (workspace_ / ".git").string();
  switch (checkout) {
    case Checkout::full:
      git({"clone", "--quiet", "--no-checkout", (scenario / "repo.bundle").string(), workspace_.string()});
      git({"--git-dir=" + git_dir, "fetch", "--quiet", "--force", "--update-head-ok", (scenario / "repo.bundle").string(),
           "+refs/*:refs/*"});
      break;
    case Checkout::shallow: {  // what actions/checkout leaves by default: the merge commit alone
      auto const whole = (directory_.path() / "whole.git").string();
      git({"clone", "--quiet", "--mirror", (scenario / "repo.bundle").string(), whole});
      git({"--git-dir=" + whole, "config", "uploadpack.allowAnySHA1InWant", "true"});
      git({"init", "--quiet", workspace_.string()});
      git({"--git-dir=" + git_dir, "fetch", "--quiet", "--depth=1", "--no-tags", "file://" + whole, merge});
      break;
    }
    case Checkout::sparse:
    case Checkout::blobless: {
      auto const whole = (directory_.path() / "whole.git").string();
      git({"clone", "--quiet", "--mirror", (scenario / "repo.bundle").string(), whole});
      for (auto const* right : {"uploadpack.allowAnySHA1InWant", "uploadpack.allowFilter"})
        git({"--git-dir=" + whole, "config", right, "true"});
      git({"init", "--quiet", workspace_.string()});
      git({"--git-dir=" + git_dir, "remote", "add", "origin", "file://" + whole});
      std::vector<std::string> fetch{"--git-dir=" + git_dir, "fetch", "--quiet", "--filter=blob:none"};
      if (checkout == Checkout::sparse) {
        git({"-C", workspace_.string(), "sparse-checkout", "set", "docs"});
        fetch.insert(fetch.end(), {"--depth=1", "--no-tags", "origin", merge});
      } else {
        fetch.insert(fetch.end(), {"--force", "--update-head-ok", "origin", "+refs/*:refs/*"});
      }
      git(fetch);
      break;
    }
    case Checkout::none:
      fs::create_directories(workspace_);
      break;
  }
  auto const github = json_file(scenario / "github.json");
  auto const* hidden = array_in(github, "hide_tags");
  if (hidden != nullptr && checkout == Checkout::full)
    for (auto const& name : *hidden)
      git({"--git-dir=" + git_dir, "update-ref", "-d", "refs/tags/" + std::string(name.as_string())});
  fs::copy_file(scenario / "trusted_root.json", workspace_ / "trusted_root.json");
  fs::create_directories(directory_.path() / "temp");
  fs::copy_file(scenario / "event.json", directory_.path() / "event.json");

  loopback::StandInSettings settings;
  settings.github.scenario = scenario;
  if (adjust) adjust(settings);
  github_ = std::make_unique<loopback::GithubStandIn>(std::move(settings));

  auto const* repository = find(event, "repository");
  auto const* owner = find(*repository, "owner");
  environment = {{"PATH", std::getenv("PATH")},
                 {"HOME", directory_.path().string()},
                 {"GITHUB_ACTIONS", "true"},
                 {"GITHUB_EVENT_NAME", "pull_request"},
                 {"GITHUB_EVENT_PATH", (directory_.path() / "event.json").string()},
                 {"GITHUB_API_URL", github_->api_url()},
                 {"GITHUB_SERVER_URL", "https://github.com"},
                 {"GITHUB_REPOSITORY", string_in(*repository, "full_name").value()},
                 {"GITHUB_REPOSITORY_ID", std::to_string(integer_in(*repository, "id").value())},
                 {"GITHUB_REPOSITORY_OWNER_ID", std::to_string(integer_in(*owner, "id").value())},
                 {"GITHUB_SHA", merge},
                 {"GITHUB_JOB", "atomic-chart-release"},
                 {"GITHUB_RUN_ID", "7000000042"},
                 {"GITHUB_RUN_ATTEMPT", "2"},
                 {"GITHUB_WORKFLOW_REF",
                  string_in(*repository, "full_name").value() + "/.github/workflows/release.yaml@refs/pull/42/merge"},
                 {"GITHUB_WORKFLOW_SHA", merge},
                 {"GITHUB_WORKSPACE", workspace_.string()},
                 {"RUNNER_TEMP", (directory_.path() / "temp").string()},
                 {"GITHUB_OUTPUT", (directory_.path() / "output").string()},
                 {"GITHUB_STEP_SUMMARY", (directory_.path() / "summary").string()},
                 {"ACTIONS_ID_TOKEN_REQUEST_URL", "http://127.0.0.1/"},
                 {"INPUT_TOKEN", "the-secret-token-of-the-test"},
                 {"INPUT_TRUSTED-ROOT", "trusted_root.json"},
                 {"INPUT_TAG-WAIT", "0"}};
  if (auto const* inputs = object_in(description, "inputs"))
    for (auto const& [name, value] : *inputs) environment["INPUT_" + upper(std::string(name))] = std::string(value.as_string());
}

ProgramResult ReleaseWorld::run(std::map<std::string, std::string> const& extra) { return start(extra)->wait(); }

std::unique_ptr<RunningProgram> ReleaseWorld::start(std::map<std::string, std::string> const& extra, bool watch_memory) {
  auto variables = environment;
  for (auto const& [name, value] : extra) {
    bool const variable = name.find_first_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos;
    variables[variable ? name : "INPUT_" + upper(name)] = value;
  }
  for (auto const name : {"GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"}) std::ofstream(variables[name], std::ios::trunc);
  return std::make_unique<RunningProgram>(ProgramStart{
      .program = acr::test::built_program(), .environment = variables, .directory = workspace_, .watch_memory = watch_memory});
}

std::map<std::string, std::string> ReleaseWorld::outputs() const {
  std::map<std::string, std::string> result;
  std::istringstream stream(text_of(environment.at("GITHUB_OUTPUT")));
  for (std::string line; std::getline(stream, line);) {
    if (line.empty()) continue;
    auto const at = line.find("<<");
    if (at == std::string::npos || line.find('=') < at) throw std::runtime_error("not the block form: " + line);
    auto const delimiter = line.substr(at + 2);
    std::string value;
    for (std::string part; std::getline(stream, part) && part != delimiter;) value += (value.empty() ? "" : "\n") + part;
    result[line.substr(0, at)] = value;
  }
  return result;
}

std::string ReleaseWorld::summary() const { return text_of(environment.at("GITHUB_STEP_SUMMARY")); }

std::vector<std::string> ReleaseWorld::packages() const {
  std::vector<std::string> names;
  std::error_code error;
  for (auto const& item : fs::directory_iterator(workspace_ / ".cr-release-packages", error))
    names.push_back(item.path().filename().string());
  std::ranges::sort(names);
  return names;
}

}  // namespace acr::test

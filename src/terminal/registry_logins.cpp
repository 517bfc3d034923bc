#include "terminal/registry_logins.hpp"

#include <exception>
#include <ostream>
#include <stdexcept>

#include "dependencies/limits.hpp"
#include "support/atomic_file.hpp"
#include "support/errors.hpp"
#include "support/text.hpp"
#include "terminal/child_process.hpp"

namespace acr::terminal {
namespace {

namespace fs = std::filesystem;
namespace limits = dependencies::limits;

// What docker's helpers print, with status 1, when they keep nothing for a registry.
constexpr std::string_view nothing_kept = "credentials not found in native keychain";

}  // namespace

RegistryLogins::RegistryLogins(Terminal const& terminal) : terminal_(terminal) {}

RegistryLogins::~RegistryLogins() {
  try {
    for (auto const& warning : warnings_) terminal_.err << "warning: " << printable(warning) << '\n';
  } catch (std::exception const&) {  // NOLINT(bugprone-empty-catch): a closed terminal
  }
}

dependencies::FindLogin RegistryLogins::find_login() {
  if (variable("GITHUB_ACTIONS") == "true") return {};
  return [this](std::string_view host, std::uint16_t port) { return find(host, port); };
}

std::string RegistryLogins::variable(char const* name) const { return terminal_.environment(name).value_or(""); }

/// As Helm and Docker name them.
std::vector<fs::path> RegistryLogins::files() const {
  fs::path const home = variable("HOME");
  std::vector<fs::path> files;
  if (auto const file = variable("HELM_REGISTRY_CONFIG"); !file.empty())
    files.emplace_back(file);
  else if (auto const helm = variable("HELM_CONFIG_HOME"); !helm.empty())
    files.push_back(fs::path(helm) / "registry/config.json");
  else if (auto const config = variable("XDG_CONFIG_HOME"); !config.empty())
    files.push_back(fs::path(config) / "helm/registry/config.json");
  else if (home.is_absolute())
    files.push_back(home / ".config/helm/registry/config.json");
  if (auto const docker = variable("DOCKER_CONFIG"); !docker.empty())
    files.push_back(fs::path(docker) / "config.json");
  else if (home.is_absolute())
    files.push_back(home / ".docker/config.json");
  return files;
}

void RegistryLogins::read_files() {
  if (std::exchange(read_, true)) return;
  for (auto const& file : files()) {
    std::error_code error;
    auto const kind = fs::status(file, error).type();
    if (kind == fs::file_type::not_found) continue;
    std::string text, why;
    try {
      text = read_file(file, limits::login_file_bytes);
    } catch (std::runtime_error const& unreadable) {
      why = unreadable.what();
    }
    auto parsed = why.empty() ? dependencies::LoginFile::parse(text, file.string())
                              : Verdict<dependencies::LoginFile>(reject("bad-input", file.string(), why));
    if (parsed)
      logins_.emplace_back(file.string(), std::move(*parsed));
    else
      warnings_.push_back("registry logins are not used: " + parsed.error().sentence());
  }
}

RegistryLogins::Found RegistryLogins::find(std::string_view host, std::uint16_t port) {
  std::lock_guard const lock(mutex_);
  std::pair<std::string, std::uint16_t> const key(host, port);
  if (auto const known = found_.find(key); known != found_.end()) return known->second;
  read_files();
  return found_.emplace(key, look_for(host, port)).first->second;
}

RegistryLogins::Found RegistryLogins::look_for(std::string_view host, std::uint16_t port) {
  for (auto const& [path, file] : logins_) {
    auto entry = file.entry(host, port);
    if (!entry) return entry.error();
    if (entry->login) return std::move(entry->login);
    if (entry->helper.empty()) continue;
    auto answer = ask_helper(*entry, path, host, port);
    if (answer && *answer) return answer;
    if (answer) continue;
    if (entry->named) return answer;
    // A store for all registries, and nothing says that it has a login for this one.
    warnings_.push_back(answer.error().where + ": " + answer.error().why + "; asked for " + std::string(host) +
                        " without a login");
  }
  return std::optional<dependencies::Login>();
}

RegistryLogins::Found RegistryLogins::ask_helper(dependencies::LoginFile::Entry const& entry, std::string const& file,
                                                 std::string_view host, std::uint16_t port) {
  auto const name = "docker-credential-" + entry.helper;
  auto const source = name + ", named in " + file;
  auto const unusable = [&](std::string why) { return dependencies::unusable_login(source, std::move(why), host, port); };
  auto const program = program_in_path(name, variable("PATH"));
  if (program.empty()) return unusable("the program was not found in PATH");
  terminal_.leave_screen();
  ChildResult result;
  try {
    result = run_child(program, {"get"}, entry.server + "\n",
                       {.output_bytes = limits::helper_answer_bytes, .clock = &terminal_.clock, .time = limits::helper_time});
  } catch (RunError const&) {
    throw;
  } catch (std::runtime_error const&) {
    return unusable("the program could not be started");
  }
  if (result.late) return unusable("it did not answer within " + std::to_string(limits::helper_time.count()) + " seconds");
  if (result.cut) return unusable("its answer is longer than a login");
  if (result.status != 0 && trimmed(result.out) == nothing_kept) return std::optional<dependencies::Login>();
  if (result.status != 0) return unusable("it ended with status " + std::to_string(result.status));
  auto login = dependencies::read_helper_answer(result.out, host, port, source);
  if (!login) return login.error();
  return std::optional(std::move(*login));
}

}  // namespace acr::terminal

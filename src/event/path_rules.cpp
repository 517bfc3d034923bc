#include "event/path_rules.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "event/limits.hpp"
#include "support/text.hpp"

namespace acr::event {
namespace {

namespace fs = std::filesystem;

Rejection bad_input(std::string_view input, std::string why) {
  return reject("bad-input", input.empty() ? std::string() : "input " + std::string(input), std::move(why)).rule("A-6");
}

bool below(fs::path const& path, fs::path const& folder) {
  auto const [end, rest] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end();
}

// The path with all links resolved, also when its last components do not exist yet; nothing for a link that leads nowhere
// sensible (a loop, no permission).
std::optional<fs::path> resolved(fs::path const& path) {
  std::error_code error;
  auto const canonical = fs::weakly_canonical(path, error);
  if (error) return std::nullopt;
  return canonical;
}

bool has_git_component(std::string_view path) {
  auto const components = split(path, '/');
  return std::ranges::any_of(components, [](auto component) { return equal_ignoring_ascii_case(component, ".git"); });
}

}  // namespace

Verdict<std::string> workspace_relative(std::string_view path, std::string_view workspace) {
  if (path.size() > max_path_bytes)
    return bad_input("", "the path is longer than " + std::to_string(max_path_bytes) + " bytes");
  if (std::ranges::any_of(path, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\'; }))
    return bad_input("", "the path holds a control character or a backslash").found(std::string(path));
  std::string_view rest = path;
  if (path.starts_with('/')) {
    while (workspace.size() > 1 && workspace.ends_with('/')) workspace.remove_suffix(1);
    bool const inside =
        !workspace.empty() && path.starts_with(workspace) && (path.size() == workspace.size() || path[workspace.size()] == '/');
    if (!inside)
      return bad_input(
                 "", "the path is absolute and not in the workspace; inside the container the host's directories do not exist")
          .found(std::string(path))
          .fix("pass a path relative to the workspace");
    rest.remove_prefix(workspace.size());
  }
  std::string normal;
  for (auto const component : split(rest, '/')) {
    if (component.empty() || component == ".") continue;
    if (component == "..")
      return bad_input("", "the path must not contain \"..\"")
          .found(std::string(path))
          .fix("pass a path relative to the workspace, without \"..\"");
    if (!normal.empty()) normal += '/';
    normal += component;
  }
  return normal;
}

bool is_within(std::string_view path, std::string_view folder) {
  return folder.empty() || (path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/'));
}

std::vector<Rejection> check_paths(ActionInputs const& inputs, fs::path const& workspace) {
  std::vector<Rejection> mistakes;
  auto const root = resolved(workspace);
  if (!root) {
    mistakes.push_back(reject("bad-environment", "GITHUB_WORKSPACE", "the workspace cannot be resolved").rule("A-6"));
    return mistakes;
  }
  enum class Use { read, written };
  auto const check = [&](std::string_view input, std::string const& path, Use use) {
    if (path.empty()) return;
    auto const real = resolved(*root / path);
    if (!real || !below(*real, *root)) {
      mistakes.push_back(bad_input(input, "the path leads out of the workspace once links are resolved").found(path));
      return;
    }
    if (use == Use::read) return;
    auto const relative = real->lexically_relative(*root).generic_string();
    if (relative == "." || relative.empty())
      mistakes.push_back(bad_input(input, "the path is the workspace itself once links are resolved").found(path));
    else if (has_git_component(relative))
      mistakes.push_back(bad_input(input, "the path lies in .git once links are resolved").found(path));
    for (auto const& charts : inputs.charts_dirs)
      if (auto const folder = resolved(*root / charts); !charts.empty() && folder && below(*real, *folder))
        mistakes.push_back(bad_input(input, "the path lies in a charts directory once links are resolved").found(path));
  };
  check("trusted-root", inputs.trusted_root, Use::read);
  check("attestation-ids-dir", inputs.attestation_ids_dir, Use::read);
  check("output-dir", inputs.output_dir, Use::written);
  check("manifest-path", inputs.manifest_path, Use::written);
  if (!mistakes.empty()) return mistakes;

  std::error_code ignored;
  if (auto const kind = fs::status(*root / inputs.output_dir, ignored).type();
      kind != fs::file_type::directory && kind != fs::file_type::not_found)
    mistakes.push_back(bad_input("output-dir", "something at this path is not a directory").found(inputs.output_dir));
  if (auto const kind = fs::status(*root / inputs.manifest_path, ignored).type();
      kind != fs::file_type::regular && kind != fs::file_type::not_found)
    mistakes.push_back(bad_input("manifest-path", "something at this path is not a regular file").found(inputs.manifest_path));
  return mistakes;
}

namespace {

// What stands in the way of writing to `path`; "" when nothing does.
std::string obstacle(std::string_view path, std::function<Tracked(std::string const& path)> const& tracked) {
  for (auto end = path.find('/'); end != std::string_view::npos; end = path.find('/', end + 1)) {
    std::string parent(path.substr(0, end));
    if (tracked(parent) == Tracked::other) return parent;
  }
  return tracked(std::string(path)) == Tracked::nothing ? std::string() : std::string(path);
}

}  // namespace

std::vector<Rejection> check_untracked(ActionInputs const& inputs, fs::path const& workspace,
                                       std::function<Tracked(std::string const& path)> const& tracked) {
  std::vector<Rejection> mistakes;
  auto const root = resolved(workspace);
  for (auto const& [input, path] :
       {std::pair("output-dir", inputs.output_dir), std::pair("manifest-path", inputs.manifest_path)}) {
    auto in_the_way = obstacle(path, tracked);
    if (auto const real = root ? resolved(*root / path) : std::nullopt; in_the_way.empty() && real)
      in_the_way = obstacle(real->lexically_relative(*root).generic_string(), tracked);
    if (!in_the_way.empty())
      mistakes.push_back(
          bad_input(input, in_the_way == path
                               ? "the commit under release holds something at this path, which would be overwritten"
                               : "the path leads to what the commit under release holds at " + in_the_way)
              .found(path)
              .fix("choose a path that is not under version control"));
  }
  return mistakes;
}

bool lead_through_link(ActionInputs const& inputs, fs::path const& workspace) {
  auto const has_link = [&](std::string const& path) {
    fs::path place = workspace;
    std::error_code ignored;
    auto const components = split(path, '/');
    return std::ranges::any_of(components, [&](auto component) { return fs::is_symlink(place /= component, ignored); });
  };
  return has_link(inputs.output_dir) || has_link(inputs.manifest_path);
}

Verdict<fs::path> bundle_file(std::string_view path, fs::path const& workspace, fs::path const& runner_temp) {
  auto const refuse = [&](std::string why) {
    return reject("bad-input", "input bundle-paths", std::move(why)).rule("A-74").found(std::string(path));
  };
  if (path.empty() || path.size() > max_path_bytes || path.find('\0') != std::string_view::npos)
    return refuse("the path is empty, too long or holds a NUL byte");
  fs::path candidate(path);
  if (candidate.is_relative()) candidate = workspace / candidate;

  // only the first line of an input is rewritten to the container's paths, later lines keep the host's.
  std::error_code ignored;
  constexpr std::string_view host_temp = "/_temp/";
  if (auto const at = path.rfind(host_temp);
      !fs::exists(candidate, ignored) && path.starts_with('/') && at != std::string_view::npos)
    candidate = runner_temp / path.substr(at + host_temp.size());
  if (!fs::exists(candidate, ignored))
    return refuse("the file does not exist")
        .fix(
            "pass the bundle-path output of the attest step of the same job; the runner must share RUNNER_TEMP between steps (act does with "
            "--container-options \"-v DIR:/tmp\")");

  auto const real = resolved(candidate);
  auto const inside = [&](fs::path const& folder) {
    auto const root = folder.empty() ? std::nullopt : resolved(folder);
    return root && real && below(*real, *root);
  };
  if (!inside(workspace) && !inside(runner_temp)) return refuse("the file is neither in the workspace nor in RUNNER_TEMP");
  if (fs::status(*real, ignored).type() != fs::file_type::regular) return refuse("this is not a regular file");
  return *real;
}

}  // namespace acr::event

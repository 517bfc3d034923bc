#include "report/artifacts_list.hpp"

#include <algorithm>
#include <set>

#include "report/limits.hpp"
#include "support/text.hpp"

namespace acr::report {
namespace {

bool is_usable(std::string_view path) {
  if (path.empty() || path.front() == '/' || path.front() == '#' || path.starts_with("oci:")) return false;
  if (trimmed(path) != path || !is_utf8(path)) return false;
  if (std::ranges::any_of(path, [](char c) { return c == '=' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
    return false;
  return std::ranges::none_of(split(path, '/'), [](auto part) { return part.empty() || part == ".."; });
}

Rejection bad_list(std::string where, std::string why) {
  return reject("artifacts-list", std::move(where), std::move(why)).rule("A-30").fix("set `declare-artifacts: false`");
}

}  // namespace

Verdict<std::string> artifacts_list(std::vector<std::string> const& paths) {
  if (paths.size() > max_artifact_lines)
    return bad_list("artifacts list", "a job can declare at most 500 artifacts").found(std::to_string(paths.size()));
  std::set<std::string_view> names;
  std::string text;
  for (auto const& path : paths) {
    if (!is_usable(path)) return bad_list(path, "the artifacts list cannot hold this path").found(path);
    auto const name = std::string_view(path).substr(path.rfind('/') + 1);
    if (!names.insert(name).second) return bad_list(path, "another artifact has the same base name");
    text += path + "\n";
  }
  if (text.size() > max_artifact_bytes) return bad_list("artifacts list", "larger than 1 MiB");
  return text;
}

}  // namespace acr::report

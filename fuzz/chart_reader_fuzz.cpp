// The one reader on hostile charts: segments behind NUL bytes, the first character of each says which file it is. Whatever the
// packager reads of a chart that has a list is on the list (B-2).

#include "chart/packager.hpp"
#include "chart/source_list.hpp"
#include "memory/tree.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

namespace {

constexpr std::array<std::string_view, 12> paths{"c/Chart.yaml",   "c/requirements.yaml", "c/.helmignore",
                                                 "c/Chart.lock",   "c/requirements.lock", "c/charts/s/Chart.yaml",
                                                 "lib/Chart.yaml", "lib/.helmignore",     "lib/requirements.yaml",
                                                 "lib/Chart.lock", "c/values.yaml",       "deep/lib/Chart.yaml"};
constexpr std::array<std::string_view, 4> links{"c/link", "charts", "c/charts/l", "lib/link"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::chart;
  std::string_view rest(reinterpret_cast<char const*>(data), size);
  MemoryTree tree;
  tree.directory("c");
  while (!rest.empty()) {
    auto const end = rest.find('\0');
    auto const segment = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    if (segment.empty()) continue;
    auto const place = static_cast<unsigned char>(segment.front() - 'a');
    if (place < paths.size())
      tree.file(paths[place], segment.substr(1));
    else if (place < paths.size() + links.size() && segment.size() > 1)
      tree.symlink(links[place - paths.size()], segment.substr(1));
  }
  auto const list = source_list(tree, "c");
  auto const digest = source_digest(tree, "c");
  if (!list) {
    if (digest) std::abort();
    return 0;
  }
  std::set<std::string, std::less<>> listed;
  for (auto const& file : list->files) listed.insert(file.source_path);
  tree.forget_reads();
  PackageOptions options;
  options.time = 0;
  options.dependencies_must_be_present = false;
  static_cast<void>(package_tar(tree, "c", options));
  for (auto const& target : list->local_targets) static_cast<void>(package_tar(tree, target, options));
  for (auto const& path : tree.reads())
    if (!listed.contains(path) && base_name(path) != ".helmignore") std::abort();
  return 0;
}

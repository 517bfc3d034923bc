#include "release/output_paths.hpp"

#include <algorithm>

#include "event/path_rules.hpp"
#include "support/errors.hpp"

namespace acr::release {

void check_output_paths(event::ActionInputs const& inputs, std::filesystem::path const& workspace,
                        std::initializer_list<chart::SourceTree const*> trees) {
  using event::Tracked;
  auto const mistakes = event::check_untracked(inputs, workspace, [&](std::string const& path) {
    auto found = Tracked::nothing;
    for (auto const* tree : trees)
      if (auto const node = tree ? tree->node(path) : std::nullopt)
        found = std::max(found, node->kind == chart::NodeKind::directory ? Tracked::directory : Tracked::other);
    return found;
  });
  if (!mistakes.empty()) throw BadEnvironment(mistakes.front().code, mistakes.front().sentence());
}

}  // namespace acr::release

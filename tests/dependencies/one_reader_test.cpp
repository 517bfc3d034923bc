// One reader as a property of generated charts (B-2; docs/decisions/0008-one-reader.md): every byte that is packaged comes from
// a file on the compared list, a change of such a file changes the list, and no other file changes the packages.
// ACR_READER_CHARTS says how many charts, ACR_READER_SEED where to begin.
#include <cstdlib>
#include <random>
#include <set>

#include "chart/packager.hpp"
#include "chart/source_list.hpp"
#include "dependencies/build_plan.hpp"
#include "memory/tree.hpp"
#include "support/catch2.hpp"

namespace one_reader_test {
namespace {

using namespace acr;
using namespace acr::chart;

std::size_t number_of(char const* variable, std::size_t otherwise) {
  auto const* const text = std::getenv(variable);
  return text ? std::strtoul(text, nullptr, 10) : otherwise;
}

/// A repository around the chart charts/web, and its other paths.
class Generated {
 public:
  explicit Generated(std::uint64_t seed) : random_(seed) {
    bool const linked = one_in(4);
    if (linked) tree.symlink("charts/web", "../src/deep/web");
    for (auto const* const shared : {"shared/x", "shared/dir/y", "shared/Chart.yaml", "shared/rules"})
      file(shared, pick({"s: 1\n", "", "*.md\n", "\xEF\xBB\xBFz"}));
    add_chart(linked ? "src/deep/web" : "charts/web", "web", 0);
    for (auto const* const place : {"lib/a", "lib/b", "charts/a", "src/deep/a", "lib/a/inner"})
      if (!one_in(6)) add_chart(place, pick({"a", "b", "inner"}), 1);
    if (one_in(4)) tree.symlink("lib/through", pick({"a", "b", "../src/deep/a", "nowhere"}));
  }

  MemoryTree tree;
  std::set<std::string> files;  ///< regular ones

  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_); }
  bool one_in(std::size_t n) { return below(n) == 0; }

 private:
  std::mt19937_64 random_;

  std::string pick(std::vector<std::string> const& texts) { return texts[below(texts.size())]; }

  void file(std::string const& path, std::string const& bytes) {
    tree.file(path, bytes);
    files.insert(path);
  }

  /// A way to write a text down that a YAML reader takes for the same.
  std::string encoded(std::string const& text) {
    auto const way = below(12);
    if (way == 0) return "\xEF\xBB\xBF" + text;
    if (way == 1) return "\xEF\xBB\xBF\xEF\xBB\xBF" + text;
    if (way == 2 || way == 3) {
      std::string bytes = way == 2 ? "\xFF\xFE" : "\xFE\xFF";
      for (char const c : text)
        if (way == 2)
          bytes.append(1, c).append(1, '\0');
        else
          bytes.append(1, '\0').append(1, c);
      return bytes;
    }
    if (way == 4) return "%YAML 1.1\n---\n" + text + "\n---\nname: second\n";
    return text;
  }

  std::string repository(std::string const& root) {
    std::string up;
    for (auto rest = std::string_view(root); !rest.empty(); rest = parent_path(rest)) up += "../";
    auto const path = !one_in(3) ? up + pick({"lib/a", "lib/b", "charts/a", "src/deep/a", "lib/through"})
                                 : pick({"../../lib/a", "../../lib/b", "../a", "../b", "../lib/a", "inner", "../../lib/through",
                                         "../../../lib/a", "../..", ".", "/lib/a", "../../shared"});
    auto const way = below(8);
    if (way == 0) return "\"fi\\x6ce://" + path + "\"";
    if (way == 1) return "\"fi\\u200Ble://" + path + "\"";
    if (way == 2) return "https://charts.example.org";
    if (way == 3) return "\"file://" + path + "\\n\"";
    return "\"file://" + path + "\"";
  }

  std::string dependencies(std::string const& root) {
    if (one_in(4)) return "";
    std::string text = "dependencies:\n";
    auto const count = 1 + below(2);
    for (std::size_t i = 0; i < count; ++i)
      text += "- name: " + pick({"a", "b", "inner"}) + "\n  alias: x" + std::to_string(i) +
              "\n  version: 1.0.0\n  repository: " + repository(root) + "\n";
    return text;
  }

  void add_chart(std::string const& root, std::string const& name, unsigned depth) {
    std::string const head = "apiVersion: " + pick({"v1", "v2", "v2"}) + "\nname: " + name + "\nversion: 1.0.0\n";
    auto const list = dependencies(root);
    file(root + "/Chart.yaml", encoded(head + list));
    if (one_in(4))
      file(root + "/requirements.yaml", encoded(pick({dependencies(root), "dependencies: []\n", "", "dependencies: null\n"})));
    if (one_in(3)) file(root + "/Chart.lock", encoded(list + "digest: sha256:0\n"));
    if (one_in(6)) file(root + "/requirements.lock", encoded(pick({list, "", "digest: x\n"})));
    if (one_in(2))
      file(root + "/.helmignore", pick({"*.lock\n", "requirements.yaml\n", "*.md\n/x*\n", "\xEF\xBB\xBF*.lock\r\n",
                                        ".helmignore\nd/\n", "!*.yaml\n", "charts/\n", "**\n"}));
    if (one_in(2))
      file(root + "/values.yaml", pick({"a: 1\n",
                                        "\xEF\xBB\xBF"
                                        "a: 1\n"}));
    if (one_in(2)) file(root + "/templates/t.yaml", "t\n");
    if (one_in(3)) file(root + "/templates/.hidden", "h\n");
    if (one_in(3)) file(root + "/d/x.md", "m\n");
    if (one_in(4))
      tree.symlink(root + "/link",
                   pick({"../../shared/x", "../../shared/dir", "values.yaml", "d", "../../../shared/x", "nowhere"}));
    if (one_in(8)) tree.symlink(root + "/templates/l.yaml", "../../../shared/x");
    if (depth > 1) return;
    if (one_in(4)) add_chart(root + "/charts/" + pick({"a", "b", "_old", ".x"}), pick({"a", "b"}), 2);
    if (one_in(8)) tree.symlink(root + "/charts/inner", pick({"../../../lib/a", "../inner"}));
  }
};

/// All packages that a release of the chart can be made of, without those from elsewhere; and what was read for them.
struct Outcome {
  std::vector<std::string> packages;
  bool refused = false;  ///< by the planner: nothing is released
};

Outcome outcome_of(MemoryTree const& tree) {
  Outcome outcome;
  PackageOptions options;
  options.time = 0;
  options.dependencies_must_be_present = false;
  auto const add = [&](std::string const& root) {
    auto const tar = package_tar(tree, root, options);
    outcome.refused |= tar.has_error();
    outcome.packages.push_back(tar ? *tar : std::string(tar.error().code.text()));
  };
  add("charts/web");
  auto const plan = dependencies::plan_build(tree, "charts/web");
  outcome.refused |= !plan.refusals.empty();
  for (auto const& directory : plan.directories) add(directory.root);
  // Versions and hosts of what is fetched are part of what is released.
  for (auto const& order : plan.orders)
    outcome.packages.push_back(order.name + " " + order.version + " " + order.repository + " " + order.pin);
  return outcome;
}

TEST_CASE("every byte that is packaged comes from a file on the compared list", "[dependencies][property]") {
  auto const charts = number_of("ACR_READER_CHARTS", 1'000), first = number_of("ACR_READER_SEED", 1);
  std::size_t listed_charts = 0, released = 0, with_targets = 0;
  for (std::size_t seed = first; seed < first + charts; ++seed) {
    CAPTURE(seed);
    Generated generated(seed);
    auto& tree = generated.tree;
    auto const list = source_list(tree, "charts/web");
    if (!list) {
      CHECK(source_digest(tree, "charts/web").has_error());
      continue;
    }
    ++listed_charts;
    with_targets += list->local_targets.empty() ? 0 : 1;
    std::set<std::string, std::less<>> listed;
    for (auto const& file : list->files) listed.insert(file.source_path);

    tree.forget_reads();
    auto const before = outcome_of(tree);
    released += before.refused ? 0 : 1;
    for (auto const& path : tree.reads())
      // An ignore file decides what is on the list, and may leave itself out.
      if (!listed.contains(path) && base_name(path) != ".helmignore") FAIL("read, and not on the list: " << path);

    std::vector<std::string> const paths(generated.files.begin(), generated.files.end());
    for (int tries = 0; tries < 3; ++tries) {
      auto const& path = paths[generated.below(paths.size())];
      auto bytes = *tree.read(path, 1 << 20);
      if (bytes.empty())
        bytes = "#";
      else
        bytes[generated.below(bytes.size())] ^= 1;
      auto changed = tree;
      changed.file(path, bytes);
      auto const after = source_list(changed, "charts/web");
      bool const same_list = after && same_content(*list, *after);
      CAPTURE(path);
      if (listed.contains(path)) {
        CHECK_FALSE(same_list);
      } else if (same_list) {
        CHECK(outcome_of(changed).packages == before.packages);
      }
    }
  }
  // The generator is worth its name only when much of what it makes can be released.
  WARN(charts << " charts: " << listed_charts << " with a list, " << with_targets << " with local dependencies, " << released
              << " without a refusal");
  CHECK(listed_charts > charts / 4);
  CHECK(with_targets > charts / 20);
}

}  // namespace
}  // namespace one_reader_test

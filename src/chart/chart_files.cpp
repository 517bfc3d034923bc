// Helm's walk over a chart directory: src/chart/chart_files.hpp (P-12 … P-20, P-30, P-40, P-154, P-155)

#include "chart/chart_files.hpp"

#include <algorithm>
#include <utility>

#include "chart/link_resolution.hpp"
#include "support/text.hpp"

namespace acr::chart {
namespace {

std::string bytes_text(std::uint64_t count) { return std::to_string(count) + " bytes"; }

/// One directory on the way down. The walk keeps its own stack: a deep tree must not exhaust the machine's
/// (P-154).
struct Level {
  std::string path;         ///< in the chart
  std::string source_path;  ///< in the repository
  std::vector<Node> entries;
  std::size_t next = 0;
};

class Walk {
 public:
  Walk(SourceTree const& tree, ChartFiles& found, Limits const& limits, Detail detail)
      : tree_(tree), found_(found), limits_(limits), detail_(detail) {}

  Verdict<void> run() {
    if (auto const fine = enter("", found_.root); !fine) return fine.error();
    while (!stack_.empty()) {
      auto& level = stack_.back();
      if (level.next == level.entries.size()) {
        stack_.pop_back();
        continue;
      }
      // Taken out: enter() may move the stack.
      Node entry = std::move(level.entries[level.next++]);
      auto path = joined(level.path, entry.name);
      auto source_path = joined(level.source_path, entry.name);
      if (auto const fine = visit(std::move(path), std::move(source_path), std::move(entry)); !fine) return fine.error();
    }
    return {};
  }

 private:
  SourceTree const& tree_;
  ChartFiles& found_;
  Limits const& limits_;
  Detail detail_;
  std::vector<Level> stack_;
  std::uint64_t directories_ = 0, entries_ = 0;

  Verdict<void> enter(std::string path, std::string source_path) {
    if (++directories_ > limits_.directories)
      return reject("too-many-files", path, "the chart has too many directories")
          .rule("P-154")
          .expected("at most " + std::to_string(limits_.directories))
          .fix("move what is not part of the chart out of its directory");
    auto entries = detail_ == Detail::full ? tree_.list(source_path) : tree_.list_kinds(source_path);
    entries_ += entries.size();
    if (entries_ > limits_.entries)
      return reject("too-many-files", path, "the chart's directories have too many entries, ignored ones included")
          .rule("B-25")
          .expected("at most " + std::to_string(limits_.entries))
          .fix("move what is not part of the chart out of its directory");
    // A look-up of the path finds one of the two, the walk would take both (B-1b).
    if (auto const twice = std::ranges::adjacent_find(entries, {}, &Node::name); twice != entries.end())
      return reject("path-collision", joined(path, twice->name), "the directory holds this name twice")
          .rule("P-156")
          .fix("keep one of the two");
    stack_.push_back({std::move(path), std::move(source_path), std::move(entries), 0});
    return {};
  }

  Verdict<void> visit(std::string path, std::string source_path, Node node) {
    if (path.size() > limits_.path_bytes)
      return reject("path-too-long", std::move(path), "the path is too long")
          .rule("P-154")
          .expected("at most " + bytes_text(limits_.path_bytes));

    bool to_ancestor = false;
    if (node.kind == NodeKind::symlink) {
      // P-16: before the ignore rules, so that a link out of the repository is refused even when a rule names
      // it.
      auto resolved = resolve(tree_, source_path);
      if (!resolved) {
        auto rejection = resolved.error();
        rejection.where = rejection.where == source_path ? path : path + " (" + rejection.where + ")";
        return rejection;
      }
      source_path = std::move(resolved->path);
      node = std::move(resolved->node);
      to_ancestor =
          node.kind == NodeKind::directory && std::any_of(stack_.begin(), stack_.end(), [&](Level const& level) {
            return source_path.empty() || level.source_path == source_path || level.source_path.starts_with(source_path + "/");
          });
    }

    bool const is_directory = node.kind == NodeKind::directory;
    auto const kind = is_directory ? EntryKind::directory : EntryKind::file;
    if (auto rule = found_.rules.decision(path, kind)) {
      if (found_.ignored_count++ < ignored_kept) found_.ignored.push_back({std::move(path), kind, std::move(*rule)});
      return {};
    }
    if (to_ancestor)
      return reject("link-ancestor", std::move(path), "the link leads to a directory that contains it")
          .rule("P-16")
          .found("link to " + (source_path.empty() ? std::string("the repository's root") : source_path))
          .fix("remove the link, or name it in .helmignore");
    if (is_directory) return enter(std::move(path), std::move(source_path));

    if (node.kind == NodeKind::submodule)
      return reject("submodule", std::move(path), "a git submodule cannot be packaged: its files are not in this repository")
          .rule("P-20")
          .fix("commit the files themselves, or name the path in .helmignore");
    if (!node.is_file())
      return reject("irregular-file", std::move(path), "this is not a regular file")
          .rule("P-17")
          .fix("remove it, or name it in .helmignore");
    if (auto const fault = name_fault(path); !fault.empty())
      return reject("bad-file-name", std::move(path), fault).rule("P-155").fix("rename the file, or name it in .helmignore");
    if (node.size && *node.size > limits_.file_bytes)
      return reject("file-too-large", std::move(path), "the file is too large for a chart")
          .rule("P-18")
          .expected("at most " + bytes_text(limits_.file_bytes))
          .found(bytes_text(*node.size))
          .fix("remove it, or name it in .helmignore");
    if (found_.files.size() >= limits_.files)
      return reject("too-many-files", std::move(path), "the chart has too many files")
          .rule("P-154")
          .expected("at most " + std::to_string(limits_.files));
    found_.files.push_back({std::move(path), std::move(source_path), std::move(node)});
    return {};
  }
};

/// P-30, P-40: the one ignore file of a chart.
Verdict<IgnoreRules> rules_of(SourceTree const& tree, std::string const& root) {
  auto const path = joined(root, ".helmignore");
  auto const node = tree.node(path);
  if (!node) return IgnoreRules();
  auto const refuse = [](std::string why) {
    return reject("ignore-unreadable", ".helmignore", std::move(why)).rule("P-40").expected("a regular file");
  };
  std::string source = path;
  if (node->kind == NodeKind::symlink) {
    // A dangling one counts as absent for Helm, but the walk refuses it in a moment anyway.
    auto const resolved = resolve(tree, path);
    if (!resolved) {
      auto rejection = resolved.error();
      rejection.where = ".helmignore";
      return rejection;
    }
    if (!resolved->node.is_file()) return refuse("the file cannot be read");
    source = resolved->path;
  } else if (!node->is_file()) {
    return refuse("the file cannot be read");
  }
  auto const text = tree.read(source, text_bytes);
  if (!text) return refuse("the file is too large");
  return IgnoreRules::parse(*text);
}

}  // namespace

Verdict<ChartFiles> chart_files(SourceTree const& tree, std::string_view chart_root, Limits const& limits, Detail detail) {
  ChartFiles found;
  auto root = resolve(tree, chart_root);
  if (!root) return root.error();
  if (root->node.kind != NodeKind::directory)
    return reject("no-chart-directory", "", "this is not a directory")
        .rule("P-10")
        .fix("name the directory that holds Chart.yaml");
  found.root = std::move(root->path);
  auto rules = rules_of(tree, found.root);
  if (!rules) return rules.error();
  found.rules = std::move(*rules);
  Walk walk(tree, found, limits, detail);
  if (auto const fine = walk.run(); !fine) return fine.error();
  return found;
}

bool is_lfs_pointer(std::string_view bytes) {
  constexpr std::string_view first_line = "version https://git-lfs.github.com/spec/v1";
  return bytes.size() < lfs_pointer_bytes && bytes.starts_with(first_line) &&
         (bytes.size() == first_line.size() || bytes[first_line.size()] == '\n');
}

std::string name_fault(std::string_view path) {
  if (path.empty()) return "the path is empty";
  if (!is_utf8(path)) return "the name is not valid UTF-8";
  for (std::size_t at = 0; at < path.size();) {
    auto const byte = static_cast<unsigned char>(path[at]);
    auto const c = byte < 0x80 ? static_cast<char32_t>(path[at++]) : *next_code_point(path, at);
    if (c < 0x20 || (c >= 0x7F && c <= 0x9F)) return "the name holds a control character";
    if (c == '\\') return "the name holds a backslash, which other tools take for a directory separator";
  }
  if (path.front() == '/') return "the path is absolute";
  bool const letter = (path[0] >= 'a' && path[0] <= 'z') || (path[0] >= 'A' && path[0] <= 'Z');
  if (letter && path.size() >= 3 && path[1] == ':' && path[2] == '/') return "the path looks like a drive of Windows";
  for (auto rest = path;;) {
    auto const slash = rest.find('/');
    auto const component = rest.substr(0, slash);
    if (component.empty()) return "the path has an empty component";
    if (component == "." || component == "..") return "the path has a component `.` or `..`";
    if (slash == std::string_view::npos) return {};
    rest.remove_prefix(slash + 1);
  }
}

}  // namespace acr::chart

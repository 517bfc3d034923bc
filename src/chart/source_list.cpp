// A chart's files in a commit, and the digest over them: src/chart/source_list.hpp (B-1 … B-2)

#include "chart/source_list.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>
#include <utility>

#include "chart/chart_reader.hpp"
#include "chart/local_dependency.hpp"
#include "chart/path_folding.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"

namespace acr::chart {
namespace {

constexpr std::string_view digest_header = "atomic-chart-release/source/v1\n";

/// Adds one directory after the other: the chart, then what its dependencies name, each once.
class Lister {
 public:
  Lister(SourceTree const& tree, Limits const& limits) : tree_(tree), limits_(limits) {}

  SourceList list;

  Verdict<void> run(std::string_view chart_root) {
    if (auto const fine = add_chart(chart_root); !fine) return fine.error();
    // No recursion: a chain of directories is as long as its author likes.
    for (std::size_t next = 0; next < pending_.size(); ++next) {
      std::string const directory = pending_[next];  // add_directory() may move the list
      if (auto const fine = add_directory(directory); !fine) return fine.error().within("file://" + directory);
    }
    list.local_targets = std::move(pending_);
    std::sort(list.local_targets.begin(), list.local_targets.end());
    return {};
  }

 private:
  SourceTree const& tree_;
  Limits const& limits_;
  std::set<std::string, std::less<>> known_;
  std::vector<std::string> pending_;  ///< directories of `file://` dependencies, in the order in which they were found

  Verdict<void> add_chart(std::string_view chart_root) {
    auto reading = read_chart(tree_, chart_root, limits_);
    if (!reading) return reading.error();
    list.root = reading->found.root;
    known_.insert(list.root);
    std::set<std::string, std::less<>> dropped;
    for (auto const& file : reading->found.files)
      if (auto const group = group_of(file.path); is_dropped_group(group)) dropped.emplace(group);
    list.dropped.assign(dropped.begin(), dropped.end());
    list.ignored = std::move(reading->found.ignored);
    list.ignored_count = reading->found.ignored_count;
    auto added = add_files(*reading, "", "lock://");
    list.metadata = std::move(reading->described.metadata);
    return added;
  }

  Verdict<void> add_directory(std::string const& directory) {
    auto const reading = read_chart(tree_, directory, limits_);
    if (!reading) return reading.error();
    return add_files(*reading, "file://" + directory + "//", "lock://" + directory + "//");
  }

  Verdict<void> add_files(ChartReading const& reading, std::string const& prefix, std::string const& lock_prefix) {
    if (list.files.size() + reading.found.files.size() + reading.hidden_locks.size() > limits_.files)
      return reject("too-many-files", "", "the chart and its `file://` dependencies have too many files")
          .rule("B-25")
          .expected("at most " + std::to_string(limits_.files));
    for (auto const& file : reading.found.files)
      if (auto const fine = add(prefix + file.path, file, prefix.empty() && is_dropped_group(group_of(file.path))); !fine)
        return fine.error();
    for (auto const& lock : reading.hidden_locks)
      if (auto const fine = add(lock_prefix + lock.path, lock, false); !fine) return fine.error();
    for (auto const& repository : local_repositories(reading.described)) {
      auto directory = local_directory(tree_, reading.found.root, repository);
      if (!directory || !known_.insert(*directory).second) continue;
      if (pending_.size() >= limits_.local_directories)
        return reject("dep-too-large", "Chart.yaml", "the chart has too many `file://` dependencies")
            .rule("D-35")
            .expected("at most " + std::to_string(limits_.local_directories));
      pending_.push_back(std::move(*directory));
    }
    return {};
  }

  Verdict<void> add(std::string name, ChartFile const& file, bool dropped) {
    SourceFile listed{std::move(name), file.node.kind, file.node.id, file.node.size, file.source_path, dropped};
    if (listed.content.empty()) {
      auto const bytes = tree_.read(file.source_path, static_cast<std::size_t>(limits_.file_bytes));
      if (!bytes) return reject("file-too-large", file.path, "the file is too large for a chart").rule("P-18");
      listed.content = sha256_text(*bytes);
    }
    list.files.push_back(std::move(listed));
    return {};
  }
};

Rejection unreadable(Rejection cause, std::string_view chart_root) {
  auto refused = reject("chart-unreadable", std::string(chart_root.empty() ? "." : chart_root),
                        "the chart cannot be read, so its content has no digest")
                     .rule("B-1b")
                     .fix(cause.fix_text);
  cause.fix_text.clear();
  refused.found_value = std::string(cause.code.text()) + ", " + cause.sentence();
  return refused;
}

/// P-156: on a system that ignores case or composition one of two such files is lost. Each directory is packaged on its own.
Verdict<void> check_collisions(SourceList const& list) {
  std::unordered_set<std::string> seen;
  for (auto const& file : list.files) {
    auto const inside = file.name.find("//", std::min(file.name.find("://"), file.name.size() - 1) + 3);
    auto const place = inside == std::string::npos ? 0 : inside;
    if (!file.dropped &&
        !seen.insert(file.name.substr(0, place) + folded_path(std::string_view(file.name).substr(place))).second)
      return reject("path-collision", file.name, "another path is equal, or differs in case or composition only")
          .rule("P-156")
          .fix("rename one of them");
  }
  return {};
}

struct Records {
  std::vector<std::string> lines;
  SourceContent content;  // its digest is left out
};

Verdict<Records> records_of(SourceTree const& tree, SourceList const& list, Limits const& limits) {
  std::vector<std::string> paths;
  paths.reserve(list.files.size());
  for (auto const& file : list.files) paths.push_back(file.source_path);
  tree.prefetch(paths);
  std::vector<SourceFile const*> sorted;
  sorted.reserve(list.files.size());
  for (auto const& file : list.files) sorted.push_back(&file);
  std::sort(sorted.begin(), sorted.end(), [](auto const* a, auto const* b) { return a->name < b->name; });
  Records records;
  records.lines.reserve(sorted.size());
  records.content.files = sorted.size();
  std::uint64_t total = 0;
  for (auto const* file : sorted) {
    // The blob as stored: no byte order mark is removed here (B-1).
    auto const bytes = tree.read(file->source_path, static_cast<std::size_t>(limits.file_bytes));
    if (!bytes)
      return reject("file-too-large", file->name, "the file is too large for a chart")
          .rule("P-18")
          .expected("at most " + std::to_string(limits.file_bytes) + " bytes");
    if (is_lfs_pointer(*bytes))
      return reject("lfs-pointer", file->name, "this is a pointer of Git LFS, not the file itself")
          .rule("P-20")
          .fix("commit the file itself");
    // P-19, for each directory that is packaged on its own the packager counts again.
    if (!file->dropped && file->name.find("://") == std::string::npos && (total += bytes->size()) >= limits.chart_bytes)
      return reject("chart-too-large", file->name, "the chart's files are too large together: no Helm could load the package")
          .rule("P-19")
          .expected("less than " + std::to_string(limits.chart_bytes) + " bytes");
    if (!file->dropped) {
      records.content.bytes += bytes->size();
      records.content.largest_bytes = std::max<std::uint64_t>(records.content.largest_bytes, bytes->size());
    }
    records.lines.push_back(hex(sha256(*bytes)) + " " + file->name);
  }
  return records;
}

Verdict<Records> read_records(SourceTree const& tree, std::string_view chart_root, Limits const& limits) {
  auto const list = source_list(tree, chart_root, limits);
  if (!list) return unreadable(list.error(), chart_root);
  if (auto const fine = check_collisions(*list); !fine) return unreadable(fine.error(), chart_root);
  auto records = records_of(tree, *list, limits);
  if (!records) return unreadable(records.error(), chart_root);
  return records;
}

}  // namespace

Verdict<SourceList> source_list(SourceTree const& tree, std::string_view chart_root, Limits const& limits) {
  Lister lister(tree, limits);
  if (auto const fine = lister.run(chart_root); !fine) return fine.error().within(chart_root.empty() ? "." : chart_root);
  return std::move(lister.list);
}

bool same_content(SourceList const& a, SourceList const& b) {
  if (a.files.size() != b.files.size()) return false;
  auto const sorted = [](SourceList const& list) {
    std::vector<SourceFile const*> files;
    files.reserve(list.files.size());
    for (auto const& file : list.files) files.push_back(&file);
    std::sort(files.begin(), files.end(), [](auto const* x, auto const* y) { return x->name < y->name; });
    return files;
  };
  auto const left = sorted(a), right = sorted(b);
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](auto const* x, auto const* y) {
    return x->name == y->name && x->kind == y->kind && x->content == y->content;
  });
}

Verdict<std::vector<std::string>> source_records(SourceTree const& tree, std::string_view chart_root, Limits const& limits) {
  auto records = read_records(tree, chart_root, limits);
  if (!records) return records.error();
  return std::move(records->lines);
}

Verdict<SourceContent> source_content(SourceTree const& tree, std::string_view chart_root, Limits const& limits) {
  auto records = read_records(tree, chart_root, limits);
  if (!records) return records.error();
  std::string text(digest_header);
  for (auto const& record : records->lines) text.append(record).append(1, '\0');
  records->content.digest = sha256_text(text);
  return std::move(records->content);
}

Verdict<std::string> source_digest(SourceTree const& tree, std::string_view chart_root, Limits const& limits) {
  auto content = source_content(tree, chart_root, limits);
  if (!content) return content.error();
  return std::move(content->digest);
}

}  // namespace acr::chart

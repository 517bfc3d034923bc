// The terminal commands `package` and `list`: src/chart/package_command.hpp (P-5, P-130, P-131, P-150)

#include "chart/package_command.hpp"

#include <boost/json.hpp>
#include <map>
#include <utility>

#include "support/atomic_file.hpp"
#include "support/json.hpp"
#include "support/parallel.hpp"
#include "support/text.hpp"

namespace acr::chart {
namespace {

/// Where packages wait until it is known whether any chart was refused; goes with everything that is left in
/// it.
class Staging {
 public:
  explicit Staging(std::filesystem::path const& destination) : path_(destination / (".atomic-chart-release-" + random_hex(8))) {
    std::filesystem::create_directories(path_);
  }
  ~Staging() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Staging(Staging const&) = delete;
  Staging& operator=(Staging const&) = delete;

  /// Numbers for names: two charts may have the same file name.
  [[nodiscard]] std::filesystem::path place(std::size_t i) const { return path_ / std::to_string(i); }

 private:
  std::filesystem::path path_;
};

/// `time`: where the chart's T goes, if it has one.
Verdict<Package> made(PackageCommand const& command, std::size_t chart, std::optional<std::int64_t>& time) {
  auto const location = locate_chart(command.charts[chart]);
  DirectoryTree const tree(location.repository);
  PackageOptions options;
  options.time = command.epoch;
  options.profile = command.profile;
  options.version = command.version;
  options.app_version = command.app_version;
  options.case_collision_is_warning = command.case_collision_is_warning;
  options.limits = command.limits;
  if (!options.time && command.commit_time) {
    auto const committed = command.commit_time(location);
    if (!committed) return committed.error();
    options.time = *committed;
  }
  time = options.time;
  if (options.profile == Profile::epoch_all && !options.time)
    return reject("profile", "--profile", "the profile epoch-all needs one time for all files")
        .rule("P-132")
        .fix("set SOURCE_DATE_EPOCH, or ask for the commit's time");
  if (command.dependencies) {
    auto archives = command.dependencies(chart, tree, options);
    if (!archives) return archives.error();
    options.extra_archives = std::move(*archives);
  }
  return package(tree, location.chart_root, options);
}

/// Rejections name the chart as the user did.
Rejection as_given(Rejection rejection, std::filesystem::path const& chart) {
  auto const name = chart.string();
  auto const root = locate_chart(chart).chart_root;
  std::string_view where = rejection.where;
  std::string const inner = root.empty() ? "." : root;
  if (where == inner)
    where = {};
  else if (where.starts_with(inner + ": "))
    where.remove_prefix(inner.size() + 2);
  rejection.where = std::string(where);
  return std::move(rejection).within(name);
}

char const* kind_text(NodeKind kind) { return kind == NodeKind::executable ? "executable" : "file"; }

std::string rule_text(IgnoreRule const& rule) {
  if (rule.line == 0) return "built-in rule " + rule.text;
  return ".helmignore:" + std::to_string(rule.line) + ": " + printable(rule.text, 200) +
         (rule.negated ? " (a negated rule ignores what it does not match)" : "");
}

/// JSON is UTF-8; every other byte of a name becomes U+FFFD.
std::string as_utf8(std::string_view bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size();) append_utf8(text, next_code_point(bytes, at).value_or(0xFFFD));
  return text;
}

}  // namespace

Verdict<std::optional<std::int64_t>> source_date_epoch(std::string_view text) {
  if (text.empty()) return std::optional<std::int64_t>{};
  // Leading zeros are harmless and Helm takes them too.
  auto digits = text;
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  auto const seconds = to_number(digits, INT64_MAX);
  if (!seconds)
    return reject("source-date-epoch", "SOURCE_DATE_EPOCH", "not a number of seconds")
        .rule("P-130")
        .expected("decimal digits, not negative")
        .found(std::string(text));
  return std::optional<std::int64_t>(static_cast<std::int64_t>(*seconds));
}

Verdict<Profile> profile_named(std::string_view name) {
  if (name == "4.2") return Profile::helm_4_2;
  if (name == "epoch-all") return Profile::epoch_all;
  return reject("profile", "--profile", "unknown profile").rule("P-132").expected("4.2 or epoch-all").found(std::string(name));
}

std::vector<PackageOutcome> run_package_command(PackageCommand const& command) {
  Staging const staging(command.destination);
  std::vector<PackageOutcome> outcomes(command.charts.size());
  // Packages go to disk at once: in memory there are never more charts than workers.
  for_each_index(outcomes.size(), command.workers, [&](std::size_t i) {
    auto& outcome = outcomes[i];
    outcome.chart = command.charts[i];
    std::optional<std::int64_t> time;
    auto const package = made(command, i, time);
    if (!package) {
      outcome.refused = as_given(package.error(), command.charts[i]);
      return;
    }
    outcome.name = package->name;
    outcome.version = package->version;
    outcome.digest = package->digest;
    outcome.content_digest = package->content_digest;
    outcome.size = package->bytes.size();
    outcome.warnings = package->warnings;
    if (command.strict && !outcome.warnings.empty()) {
      auto const& warning = outcome.warnings.front();
      outcome.refused = reject("warnings", outcome.chart.string() + ": " + warning.file, warning.why).rule(warning.rule);
      return;
    }
    if (command.accept) {
      if (auto const accepted = command.accept(i, *package, time); !accepted) {
        outcome.refused = accepted.error().within(outcome.chart.string());
        return;
      }
    }
    write_staged_file(staging.place(i), package->bytes);
    auto const file = command.destination / package->file_name;
    if (time && !set_times(staging.place(i), *time) && command.lost_time) {
      outcome.refused = command.lost_time(file, *time);
      return;
    }
    outcome.file = file;
  });

  std::map<std::string, std::filesystem::path> names;
  bool any_refused = false;
  for (auto& outcome : outcomes) {
    if (!outcome.refused) {
      auto const name = outcome.file.filename().string();
      auto const [other, fresh] = names.emplace(name, outcome.chart);
      if (!fresh)
        outcome.refused = reject("duplicate-package", outcome.chart.string(), "two charts would be written to one file")
                              .rule("P-3")
                              .found(name + ", also from " + other->second.string());
    }
    any_refused |= outcome.refused.has_value();
  }
  for (auto& outcome : outcomes)
    if (outcome.refused || (any_refused && !command.keep_going)) outcome.file.clear();
  // P-4: a disk that fails does so before the first package has its name.
  auto const for_all_files = [&](auto const& act) {
    for (std::size_t i = 0; i < outcomes.size(); ++i)
      if (!outcomes[i].file.empty()) act(staging.place(i), outcomes[i].file);
  };
  for_all_files([](auto const& staged, auto const&) { sync_file(staged); });
  for_all_files([](auto const& staged, auto const& target) { std::filesystem::rename(staged, target); });
  return outcomes;
}

Verdict<ListOutcome> run_list_command(std::filesystem::path const& chart, Limits const& limits) {
  auto const location = locate_chart(chart);
  DirectoryTree const tree(location.repository);
  auto list = source_list(tree, location.chart_root, limits);
  if (!list) return as_given(list.error(), chart);
  return ListOutcome{chart, std::move(*list)};
}

namespace {

/// What a package is made of: all but groups that are left out, and hidden locks, which are read only.
std::vector<SourceFile const*> listed_files(SourceList const& list) {
  std::vector<SourceFile const*> files;
  for (auto const& file : list.files)
    if (!file.dropped && !file.name.starts_with("lock://")) files.push_back(&file);
  return files;
}

}  // namespace

std::string list_text(ListOutcome const& outcome) {
  std::string text = printable(outcome.chart.string()) + "\n";
  auto const heading = [&](char const* what, std::size_t count) {
    text.append(what).append(" (").append(std::to_string(count)).append(")\n");
  };
  auto const listed = listed_files(outcome.list);
  heading("packaged", listed.size());
  for (auto const* file : listed) text += "  " + printable(file->name) + "\n";
  heading("ignored", outcome.list.ignored_count);
  for (auto const& path : outcome.list.ignored)
    text += "  " + printable(path.path) + (path.kind == EntryKind::directory ? "/" : "") + "  " + rule_text(path.rule) + "\n";
  if (outcome.list.ignored_count > outcome.list.ignored.size()) text += "  …\n";
  if (!outcome.list.dropped.empty()) {
    heading("left out of charts/, their names begin with `_` or `.`", outcome.list.dropped.size());
    for (auto const& group : outcome.list.dropped) text += "  charts/" + printable(group) + "\n";
  }
  if (!outcome.list.local_targets.empty()) {
    heading("local dependencies", outcome.list.local_targets.size());
    for (auto const& target : outcome.list.local_targets) text += "  " + printable(target) + "\n";
  }
  return text;
}

std::string list_json(ListOutcome const& outcome) {
  boost::json::object root;
  root["chart"] = as_utf8(outcome.chart.string());
  auto& files = root["files"].emplace_array();
  for (auto const* file : listed_files(outcome.list)) {
    boost::json::object entry;
    entry["path"] = as_utf8(file->name);
    entry["mode"] = kind_text(file->kind);
    entry["content"] = file->content;
    entry["size"] = file->size ? boost::json::value(*file->size) : boost::json::value(nullptr);
    files.push_back(std::move(entry));
  }
  auto& ignored = root["ignored"].emplace_array();
  for (auto const& path : outcome.list.ignored) {
    boost::json::object entry;
    entry["path"] = as_utf8(path.path);
    entry["kind"] = path.kind == EntryKind::directory ? "directory" : "file";
    entry["line"] = path.rule.line;
    entry["rule"] = as_utf8(path.rule.text);
    entry["negated"] = path.rule.negated;
    ignored.push_back(std::move(entry));
  }
  auto& dropped = root["dropped"].emplace_array();
  for (auto const& group : outcome.list.dropped) dropped.emplace_back(as_utf8(group));
  auto& targets = root["local-dependencies"].emplace_array();
  for (auto const& target : outcome.list.local_targets) targets.emplace_back(as_utf8(target));
  return to_pretty_json(root);
}

}  // namespace acr::chart

// Times, overrides, limits and collisions of packages (P-3 … P-5, P-18 … P-20, P-75, P-76, P-130 … P-136,
// P-150 … P-160).

#include "chart/packager.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <clocale>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <map>

#include "chart/archive_reader.hpp"
#include "chart/chart_loader.hpp"
#include "chart/directory_tree.hpp"
#include "chart/gzip_writer.hpp"
#include "chart/lock_digest.hpp"
#include "chart/tar_writer.hpp"
#include "memory/tree.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "support/places.hpp"
#include "support/temporary_directory.hpp"

namespace packager_test {
namespace {

using namespace acr;
using namespace acr::chart;
namespace fs = std::filesystem;

constexpr std::int64_t T = 1700000000;

std::string chart_yaml(std::string const& name, std::string const& more = "") {
  return "apiVersion: v2\nname: " + name + "\nversion: 1.0.0\n" + more;
}

std::string archive(std::vector<std::pair<std::string, std::string>> const& files, std::int64_t mtime = 1600000000) {
  std::string tar;
  TarWriter writer([&](std::string_view bytes) { tar.append(bytes); });
  for (auto const& [name, bytes] : files) writer.file(name, bytes, mtime);
  writer.finish();
  return gzip(tar);
}

PackageOptions at_time(std::int64_t time = T) {
  PackageOptions options;
  options.time = time;
  return options;
}

Package packaged(SourceTree const& tree, std::string const& root, PackageOptions const& options = at_time()) {
  auto made = package(tree, root, options);
  if (made.has_error()) FAIL(made.error().sentence());
  return std::move(*made);
}

std::int64_t time_of(Package const& made, std::string const& path) {
  for (auto const& entry : made.entries)
    if (entry.path == path) return entry.mtime;
  FAIL("no entry " + path);
  return 0;
}

std::vector<std::string> paths(Package const& made) {
  std::vector<std::string> result;
  for (auto const& entry : made.entries) result.push_back(entry.path);
  return result;
}

bool warned(Package const& made, std::string const& code) {
  return std::any_of(made.warnings.begin(), made.warnings.end(), [&](Warning const& w) { return w.code == code; });
}

/// The content of one file of a package.
std::string content(Package const& made, std::string const& path) {
  ArchiveBudget budget;
  auto const files = read_archive(made.bytes, "x.tgz", budget);
  REQUIRE(files.has_value());
  for (auto const& file : *files)
    if (file.path == path) return file.bytes;
  FAIL("no file " + path);
  return {};
}

TEST_CASE("one time for all entries, but archives and locks keep their own", "[chart]") {
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c"), 1)
      .file("c/Chart.lock", "digest: x\ngenerated: \"2020-01-01T00:00:00.5Z\"\n", 2)
      .file("c/values.yaml", "", 3)
      .file("c/charts/d/Chart.yaml", chart_yaml("d"), 4)
      .file("c/charts/a.tgz", archive({{"a/Chart.yaml", chart_yaml("a")}, {"a/Chart.lock", "digest: y\n"}}), 5);

  auto const made = packaged(tree, "c");
  CHECK(time_of(made, "c/Chart.yaml") == T);
  CHECK(time_of(made, "c/values.yaml") == T);
  CHECK(time_of(made, "c/charts/d/Chart.yaml") == T);
  CHECK(time_of(made, "c/charts/a/Chart.yaml") == 1600000000);  // P-133
  CHECK(time_of(made, "c/Chart.lock") == 1577836801);           // P-86, rounded half up (P-87)
  CHECK(time_of(made, "c/charts/a/Chart.lock") == T);           // P-132: no time of its own, at any level

  PackageOptions own;
  auto const plain = packaged(tree, "c", own);
  CHECK(time_of(plain, "c/Chart.yaml") == 1);
  CHECK(time_of(plain, "c/charts/d/Chart.yaml") == 4);
}

TEST_CASE("a lock without a time takes its file's in a plain directory", "[chart]") {
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c"), 1)
      .file("c/Chart.lock", "digest: x\ngenerated: \"0001-01-01T02:00:00+02:00\"\n", 2);
  CHECK(time_of(packaged(tree, "c", {}), "c/Chart.lock") == 2);
  CHECK(time_of(packaged(tree, "c"), "c/Chart.lock") == T);
}

TEST_CASE("a chart of apiVersion v1 is packaged without Chart.lock, which is said (P-70)", "[chart]") {
  std::string const lock = "digest: x\ngenerated: \"2024-01-01T00:00:00Z\"\n";
  MemoryTree old_chart;
  old_chart.file("c/Chart.yaml", "apiVersion: v1\nname: c\nversion: 1.0.0\n", 1).file("c/Chart.lock", lock, 2);
  CHECK(warned(packaged(old_chart, "c"), "lock-dropped"));
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c"), 1).file("c/Chart.lock", lock, 2);
  CHECK_FALSE(warned(packaged(tree, "c"), "lock-dropped"));
}

TEST_CASE("the profile epoch-all stamps everything and rewrites the lock", "[chart]") {
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c"))
      .file("c/Chart.lock", "digest: x\ngenerated: \"2020-01-01T02:00:00+02:00\"\n")
      .file("c/charts/a.tgz", archive({{"a/Chart.yaml", chart_yaml("a")}, {"a/x", "x"}}));
  auto options = at_time();
  options.profile = Profile::epoch_all;
  auto const made = packaged(tree, "c", options);
  for (auto const& entry : made.entries) CHECK(entry.mtime == T);
  CHECK(content(made, "Chart.lock").find("generated: \"2023-11-14T22:13:20Z\"\n") != std::string::npos);
  CHECK(content(packaged(tree, "c"), "Chart.lock").find("\"2020-01-01T02:00:00+02:00\"") != std::string::npos);
  options.time.reset();
  CHECK_THROWS_AS(package(tree, "c", options), std::logic_error);
  // Times of files are not a time for all.
  MemoryTree timed;
  timed.file("c/Chart.yaml", chart_yaml("c"), T);
  CHECK_THROWS_AS(package(timed, "c", options), std::logic_error);
  options.profile = Profile::helm_4_2;
  CHECK(package(timed, "c", options).has_value());
}

TEST_CASE("a commit has no file times: one time must be given", "[chart]") {
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c"));
  CHECK_THROWS_AS(package(tree, "c", {}), std::logic_error);
}

TEST_CASE("version and appVersion can be overridden after loading", "[chart]") {
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c", "appVersion: old\n"));
  auto options = at_time();
  options.version = "v2.0";
  options.app_version = "a\tb\xFF";
  auto const made = packaged(tree, "c", options);
  CHECK(made.file_name == "c-v2.0.tgz");
  CHECK(made.version == "v2.0");
  CHECK(content(made, "Chart.yaml") == "apiVersion: v2\nappVersion: a b\xEF\xBF\xBD\nname: c\nversion: v2.0\n");
  CHECK(content(packaged(tree, "c"), "Chart.yaml").find("appVersion: old\n") != std::string::npos);  // empty: not given

  options.version = "two";
  CHECK(package(tree, "c", options).error().code == "bad-version");
  // P-3a: an override does not excuse what is in Chart.yaml.
  options.version = "1.0.0";
  tree.file("c/Chart.yaml", "apiVersion: v2\nname: c\n");
  CHECK(package(tree, "c", options).has_error());
}

TEST_CASE("the digests are those of the package and of the tar inside (P-121, P-122)", "[chart]") {
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c"));
  auto const made = packaged(tree, "c");
  CHECK(made.digest == sha256_text(made.bytes));
  auto const tar = package_tar(tree, "c", at_time());
  REQUIRE(tar.has_value());
  CHECK(made.content_digest == sha256_text(*tar));
  CHECK(made.entries.front().sha256.empty());
}

TEST_CASE("a package appears whole or not at all, and with its time (O-14)", "[chart]") {
  test::TemporaryDirectory directory;
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c"));
  auto const made = packaged(tree, "c");
  auto const target = directory.path() / "deep/er";
  auto const written = target / made.file_name;
  constexpr std::int64_t time = 1'600'000'000;
  CHECK(write_file(written, made.bytes, time));
  CHECK(fs::last_write_time(written) ==
        fs::file_time_type(fs::file_time_type::clock::from_sys(std::chrono::sys_seconds(std::chrono::seconds(time)))));
  CHECK(read_file(written, 1 << 20) == made.bytes);
  write_file(written, "something else");
  CHECK(write_file(written, made.bytes, time));  // replaced
  CHECK(read_file(written, 1 << 20) == made.bytes);
  CHECK(std::distance(fs::directory_iterator(target), fs::directory_iterator()) == 1);
  // A directory in the way: refused, and no temporary file is left.
  fs::create_directories(directory.path() / "blocked/c-1.0.0.tgz");
  CHECK_THROWS(write_file(directory.path() / "blocked" / made.file_name, made.bytes, time));
  CHECK(std::distance(fs::directory_iterator(directory.path() / "blocked"), fs::directory_iterator()) == 1);
}

TEST_CASE("packaging twice gives the same bytes, whatever the surroundings", "[chart]") {
  // P-136: other path, time zone, umask, locale and order of creation.
  test::TemporaryDirectory directory;
  auto const source = acr::test::data_folder() / "charts/argo-cd";
  std::vector<fs::path> files;
  for (auto const& entry : fs::recursive_directory_iterator(source))
    if (entry.is_regular_file()) files.push_back(fs::relative(entry.path(), source));
  std::sort(files.begin(), files.end());
  auto const copy_to = [&](fs::path const& target) {
    for (auto const& file : files) {
      fs::create_directories((target / file).parent_path());
      fs::copy_file(source / file, target / file);
    }
  };

  copy_to(directory.path() / "one/argo-cd");
  auto const first = packaged(DirectoryTree(directory.path() / "one"), "argo-cd");

  std::reverse(files.begin(), files.end());
  auto const old_mask = ::umask(0077);
  ::setenv("TZ", "Pacific/Chatham", 1);
  ::tzset();
  char const* const locale = std::setlocale(LC_ALL, "de_DE.UTF-8");
  copy_to(directory.path() / "another/place/argo-cd");
  auto const second = packaged(DirectoryTree(directory.path() / "another"), "place/argo-cd");
  ::umask(old_mask);
  ::unsetenv("TZ");
  if (locale) std::setlocale(LC_ALL, "C");

  CHECK(first.bytes == second.bytes);
  CHECK(first.entries == second.entries);
}

TEST_CASE("a declared dependency must be there, under its metadata name", "[chart]") {
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c", "dependencies:\n- name: s\n  version: 9.9.9\n- name: t\n  version: 1.0.0\n"))
      .file("c/charts/other/Chart.yaml", chart_yaml("s"));
  auto const made = package(tree, "c", at_time());
  REQUIRE(made.has_error());
  CHECK(made.error().code == "dep-missing");
  CHECK(made.error().found_value == "t");
  auto options = at_time();
  options.dependencies_must_be_present = false;
  CHECK(package(tree, "c", options).has_value());
}

TEST_CASE("a fetched archive is packaged as if it were committed", "[chart]") {
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c", "dependencies:\n- name: m\n  version: 1.0.0\n  repository: https://example.org\n"))
      .file("c/charts/a/Chart.yaml", chart_yaml("a"))
      .file("c/charts/z/Chart.yaml", chart_yaml("z"));
  auto const bytes = archive({{"m/Chart.yaml", chart_yaml("m")}, {"m/x", "x"}});
  auto options = at_time();
  options.extra_archives = {{"m-1.0.0.tgz", std::make_shared<std::string const>(bytes)}};
  auto const fetched = packaged(tree, "c", options);
  CHECK(paths(fetched) == std::vector<std::string>{"c/Chart.yaml", "c/charts/a/Chart.yaml", "c/charts/m/Chart.yaml",
                                                   "c/charts/m/x", "c/charts/z/Chart.yaml"});
  tree.file("c/charts/m-1.0.0.tgz", bytes);
  CHECK(packaged(tree, "c").bytes == fetched.bytes);
  CHECK(packaged(tree, "c", options).bytes == fetched.bytes);  // the same bytes twice: once

  options.extra_archives.front().bytes = std::make_shared<std::string const>(archive({{"m/Chart.yaml", chart_yaml("m")}}));
  CHECK(package(tree, "c", options).error().code == "dep-duplicate");
  tree.file("c/.helmignore", "*.tgz\n");
  auto const ignored = package(tree, "c", options);
  REQUIRE(ignored.has_error());
  CHECK(ignored.error().code == "dep-ignored");
  CHECK(ignored.error().found_value == "line 1: *.tgz");
  tree.file("c/.helmignore", "charts/\n");
  CHECK(package(tree, "c", options).error().code == "dep-ignored");
}

TEST_CASE("nothing but Chart.yaml and Chart.lock is rewritten (P-2)", "[chart]") {
  std::map<std::string, std::string> const files = {
      {"c/values.yaml", "b:   1 # two\r\na: [ 1,\t2 ]\n\n\n"},
      {"c/values.schema.json", "{ \"b\" : 1 ,\n\"a\":2}"},
      {"c/templates/x.yaml", "a:  {{ .x }}  \r\n  "},
      {"c/README.md", "no end of line"},
      {"c/bytes", std::string("\0\xff\x01", 3)},
      {"c/charts/s/values.yaml", "z: 1\na:   2\n"},
  };
  MemoryTree tree;
  tree.file("c/Chart.yaml", "version: '1.0.0'  # quoted\nname: c\napiVersion: v2\nunknown: x\n")
      .file("c/Chart.lock", "generated: '2020-02-03T04:05:06Z'\ndigest:   x\n")
      .file("c/charts/s/Chart.yaml", chart_yaml("s"));
  for (auto const& [path, bytes] : files) tree.file(path, bytes);
  auto options = at_time();
  options.entry_digests = true;
  auto const made = packaged(tree, "c", options);
  CHECK(made.entries.size() == files.size() + 3);
  for (auto const& entry : made.entries)
    if (files.contains(entry.path)) CHECK(entry.sha256 == acr::hex(sha256(files.at(entry.path))));
  CHECK(content(made, "Chart.yaml") == "apiVersion: v2\nname: c\nversion: 1.0.0\n");
  CHECK(content(made, "Chart.lock").find("digest: x\n") != std::string::npos);
}

TEST_CASE("a chart is validated before its subcharts are loaded, at every level (P-58)", "[chart]") {
  MemoryTree tree;
  tree.file("c/Chart.yaml", "apiVersion: v2\nname: c\n").file("c/charts/s.tgz", "junk");
  auto const top = package(tree, "c", at_time());
  REQUIRE(top.has_error());
  CHECK(top.error().code == "chart-metadata");
  CHECK(top.error().where.starts_with("c: Chart.yaml"));
  MemoryTree below;
  below.file("c/Chart.yaml", chart_yaml("c"))
      .file("c/charts/s/Chart.yaml", "apiVersion: v2\nname: s\n")
      .file("c/charts/s/charts/t.tgz", "junk");
  auto const middle = package(below, "c", at_time());
  REQUIRE(middle.has_error());
  CHECK(middle.error().code == "chart-metadata");
  CHECK(middle.error().where.starts_with("c: charts/s: Chart.yaml"));
}

TEST_CASE("hostile and unusable charts are refused with rule and place (P-150, P-170)", "[chart]") {
  struct Row {
    char const* what;
    void (*make)(MemoryTree&);
    char const* code;
    char const* rule;
    char const* where;
  };
  auto const row = one_of<Row>({
      {"link out", [](MemoryTree& t) { t.symlink("c/x", "../../etc/passwd"); }, "link-outside", "P-16", "c: x"},
      {"link to /proc", [](MemoryTree& t) { t.symlink("c/x", "/proc/self/environ"); }, "link-absolute", "P-16", "c: x"},
      {"FIFO", [](MemoryTree& t) { t.irregular("c/x"); }, "irregular-file", "P-17", "c: x"},
      {"submodule", [](MemoryTree& t) { t.submodule("c/x"); }, "submodule", "P-20", "c: x"},
      {"LFS pointer", [](MemoryTree& t) { t.file("c/x", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"); },
       "lfs-pointer", "P-20", "c: x"},
      {"alias bomb",
       [](MemoryTree& t) {
         std::string text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
         for (int i = 1; i < 10; ++i) {
           auto const n = std::to_string(i), m = std::to_string(i - 1);
           text += "a" + n + ": &a" + n + " [*a" + m + ",*a" + m + ",*a" + m + ",*a" + m + ",*a" + m + ",*a" + m + ",*a" + m +
                   ",*a" + m + "]\n";
         }
         t.file("c/values.yaml", text);
       },
       "values-yaml", nullptr, "c: values.yaml"},
      {"depth bomb", [](MemoryTree& t) { t.file("c/values.yaml", "a: " + std::string(20000, '[') + std::string(20000, ']')); },
       "values-yaml", "P-68", "c: values.yaml"},
      {"backslash", [](MemoryTree& t) { t.file("c/x\\Chart.yaml", ""); }, "bad-file-name", "P-155", "c: x\\Chart.yaml"},
      {"..data", [](MemoryTree& t) { t.file("c/..data/x", ""); }, "bad-file-name", "P-155a", "c: ..data/x"},
      {"case collision", [](MemoryTree& t) { t.file("c/a", "").file("c/A", ""); }, "path-collision", "P-156", "c: c/a"},
      {"composition", [](MemoryTree& t) { t.file("c/\xC3\xA9", "").file("c/e\xCC\x81", ""); }, "path-collision", "P-156",
       "c: c/\xC3\xA9"},
      {"two subcharts of one name",
       [](MemoryTree& t) { t.file("c/charts/a/Chart.yaml", chart_yaml("s")).file("c/charts/b/Chart.yaml", chart_yaml("s")); },
       "duplicate-subchart", "P-76", "c: charts/b"},
      {"subchart that vanishes", [](MemoryTree& t) { t.file("c/charts/a/Chart.yaml", chart_yaml("_s")); }, "chart-name",
       "P-155a", "c: charts/a: Chart.yaml"},
      {"subchart named as an archive", [](MemoryTree& t) { t.file("c/charts/a/Chart.yaml", chart_yaml("s.tgz")); },
       "chart-name", "P-155a", "c: charts/a: Chart.yaml"},
      {"chart named Chart.yaml", [](MemoryTree& t) { t.file("c/Chart.yaml", chart_yaml("Chart.yaml")); }, "chart-name",
       "P-155a", "c: Chart.yaml"},
      {"backslash in a chart's name", [](MemoryTree& t) { t.file("c/Chart.yaml", chart_yaml("a\\b")); }, "chart-name", "P-155a",
       "c: Chart.yaml"},
      {"stray file in charts/", [](MemoryTree& t) { t.file("c/charts/README.md", ""); }, "subchart-form", "P-55",
       "c: charts/README.md"},
      {"directory named .tgz", [](MemoryTree& t) { t.file("c/charts/s.tgz/x", ""); }, "subchart-form", "P-55",
       "c: charts/s.tgz"},
      {"archive with a link", [](MemoryTree& t) { t.file("c/charts/s.tgz", "junk"); }, "archive-gzip", "P-159",
       "c: charts/s.tgz"},
      {"schema", [](MemoryTree& t) { t.file("c/values.schema.json", "{"); }, "schema-json", "P-80", "c: values.schema.json"},
      {"apiVersion v3", [](MemoryTree& t) { t.file("c/Chart.yaml", "apiVersion: v3\nname: c\nversion: 1.0.0\n"); },
       "api-version", "P-11", "c: Chart.yaml"},
      {"no Chart.yaml", [](MemoryTree& t) { t.remove("c/Chart.yaml").file("c/x", ""); }, "no-chart-yaml", "P-11", "c"},
      {"ignored Chart.yaml", [](MemoryTree& t) { t.file("c/.helmignore", "Chart.yaml\n"); }, "no-chart-yaml", "P-41", "c"},
  });
  CAPTURE(row.what);
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c"));
  row.make(tree);
  auto const made = package(tree, "c", at_time());
  REQUIRE(made.has_error());
  CHECK(made.error().code == row.code);
  if (row.rule) CHECK(made.error().rule_number == row.rule);
  CHECK(made.error().where.starts_with(row.where));
  auto const said = made.error().sentence();
  CAPTURE(said);
  CHECK(said.find_first_of("\r\n") == std::string::npos);
  CHECK_FALSE(made.error().rule_number.empty());
  CHECK_FALSE(made.error().fix_text.empty());  // P-150
}

TEST_CASE("a collision of letter case can be made a warning, equal paths cannot", "[chart]") {
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c")).file("c/a", "").file("c/A", "");
  auto options = at_time();
  options.case_collision_is_warning = true;
  CHECK(warned(packaged(tree, "c", options), "path-collision"));
}

TEST_CASE("sizes are limited for files, charts, archives and nesting", "[chart]") {
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c")).file("c/a", std::string(600, 'a')).file("c/b", std::string(600, 'b'));
  auto options = at_time();
  options.limits.chart_bytes = 1000;
  CHECK(package(tree, "c", options).error().code == "chart-too-large");
  options.limits.chart_bytes = 5000;
  CHECK(package(tree, "c", options).has_value());
  // What archives unpack to counts too.
  tree.file("c/charts/s.tgz", archive({{"s/Chart.yaml", chart_yaml("s")}, {"s/zeros", std::string(4000, '\0')}}));
  CHECK(package(tree, "c", options).error().code == "chart-too-large");

  auto nested = archive({{"x/Chart.yaml", chart_yaml("x")}});
  for (int i = 0; i < 10; ++i) nested = archive({{"x/Chart.yaml", chart_yaml("x")}, {"x/charts/x.tgz", nested}});
  MemoryTree deep;
  deep.file("c/Chart.yaml", chart_yaml("c")).file("c/charts/x.tgz", nested);
  CHECK(package(deep, "c", at_time()).error().code == "too-deep");

  MemoryTree deeper;
  std::string path = "c/";
  for (int i = 0; i <= 201; ++i, path += "charts/s/") deeper.file(path + "Chart.yaml", chart_yaml(i == 0 ? "c" : "s"));
  auto const refused = package(deeper, "c", at_time());
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == "too-deep");
}

TEST_CASE("the paths of a package are at most 16 MiB together", "[chart]") {
  std::string directory;
  for (int i = 0; i < 16; ++i) directory += std::string(249, 'd') + "/";
  auto const tree_with = [&](std::size_t last) {
    MemoryTree tree;
    tree.file("c/Chart.yaml", chart_yaml("c"));
    // 4,095 paths of 4,096 bytes with the chart's name, and one of what is left.
    for (int i = 0; i < 4095; ++i) tree.file("c/" + directory + std::to_string(10'000 + i) + std::string(89, 'f'), "");
    tree.file("c/" + directory + std::string(last - directory.size(), 'z'), "");
    return tree;
  };
  std::size_t const left = (std::size_t{16} << 20) - 4095 * std::size_t{4096} - std::string("c/Chart.yaml").size() - 2;
  CHECK(package_tar(tree_with(left), "c", at_time()).has_value());
  auto const refused = package_tar(tree_with(left + 1), "c", at_time());
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == "too-many-files");
  CHECK(refused.error().why == "the paths of the package would be too long together");
  CHECK(refused.error().where == "c");
  CHECK(refused.error().expected_value == "at most 16777216 bytes");
}

TEST_CASE("a file name over 255 bytes is refused", "[chart]") {
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml(std::string(245, 'n')));
  CHECK(packaged(tree, "c").file_name.size() == 255);
  tree.file("c/Chart.yaml", chart_yaml(std::string(246, 'n')));
  CHECK(package(tree, "c", at_time()).error().code == "file-name-too-long");
}

TEST_CASE("what is odd but packaged is warned about", "[chart]") {
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("other"))
      .file("c/.helmignore", "# keep\n!*\n")
      .file("c/requirements.lock", "digest: x\n")
      .file("c/templates/run.sh", "")
      .file("c/charts/s/Chart.yaml", chart_yaml("s"));
  auto const made = packaged(tree, "c");
  for (auto const* code : {"ignore-negated", "requirements-in-v2", "template-type", "subchart-undeclared", "name-differs"}) {
    CAPTURE(code);
    CHECK(warned(made, code));
  }
  auto const negated =
      std::find_if(made.warnings.begin(), made.warnings.end(), [](Warning const& w) { return w.code == "ignore-negated"; });
  CHECK(negated->line == 2);
  CHECK(negated->file == ".helmignore");
}

TEST_CASE("a vendored version that the declared constraint does not allow is told with its line", "[chart]") {
  auto const tree_with = [](std::string const& constraint) {
    MemoryTree tree;
    tree.file("c/Chart.yaml", chart_yaml("c") + "dependencies:\n- name: s\n  version: \"" + constraint + "\"\n")
        .file("c/charts/s/Chart.yaml", chart_yaml("s"));
    return tree;
  };
  CHECK_FALSE(warned(packaged(tree_with("^1.0.0"), "c"), "vendored-version"));
  CHECK_FALSE(warned(packaged(tree_with(""), "c"), "vendored-version"));
  for (auto const* constraint : {">=1.1.0", "2.x", "one"}) {
    CAPTURE(constraint);
    auto const made = packaged(tree_with(constraint), "c");
    auto const told =
        std::find_if(made.warnings.begin(), made.warnings.end(), [](Warning const& w) { return w.code == "vendored-version"; });
    REQUIRE(told != made.warnings.end());
    CHECK(told->file == "Chart.yaml");
    CHECK(told->line > 1);
    CHECK(told->rule == "P-72");
  }
  MemoryTree old;
  old.file("c/Chart.yaml", "name: c\nversion: 1.0.0\n")
      .file("c/requirements.yaml", "dependencies:\n- name: s\n  version: 2.x\n")
      .file("c/charts/s/Chart.yaml", chart_yaml("s"));
  auto const made = packaged(old, "c");
  CHECK(std::any_of(made.warnings.begin(), made.warnings.end(), [](Warning const& w) {
    return w.code == "vendored-version" && w.file == "requirements.yaml" && w.line == 2;
  }));
}

TEST_CASE("a lock whose digest is not that of the dependencies is told", "[chart]") {
  auto const lock_for = [](std::string const& digest) {
    MemoryTree tree;
    tree.file("c/Chart.yaml", chart_yaml("c") + "dependencies:\n- name: s\n  version: 1.x\n  repository: \"@r\"\n")
        .file("c/Chart.lock",
              "dependencies:\n- name: s\n  version: 1.0.0\n  repository: https://e.org/s\ndigest: " + digest + "\n")
        .file("c/charts/s/Chart.yaml", chart_yaml("s"));
    return tree;
  };
  Dependency declared, locked;
  declared.name = locked.name = "s";
  declared.repository = locked.repository = "https://e.org/s";  // D-11: what `@r` stands for
  declared.version = "1.x";
  locked.version = "1.0.0";
  auto const digest = lock_digest(DependencyList{declared}, DependencyList{locked});
  CHECK_FALSE(warned(packaged(lock_for(digest), "c"), "lock-stale"));
  auto const made = packaged(lock_for("sha256:0"), "c");
  CHECK(std::any_of(made.warnings.begin(), made.warnings.end(),
                    [](Warning const& w) { return w.code == "lock-stale" && w.file == "Chart.lock" && w.rule == "P-72"; }));
  // P-69: such an entry is packaged, and fits nothing.
  MemoryTree odd;
  odd.file("c/Chart.yaml", chart_yaml("c")).file("c/Chart.lock", "dependencies: [null]\ndigest: x\n");
  CHECK(warned(packaged(odd, "c"), "lock-stale"));
  MemoryTree none;
  none.file("c/Chart.yaml", chart_yaml("c"))
      .file("c/Chart.lock", "dependencies: []\ndigest: " + lock_digest({}, DependencyList{}) + "\n");
  CHECK_FALSE(warned(packaged(none, "c"), "lock-stale"));
}

TEST_CASE("what is not a CustomResourceDefinition in crds/ is told with its line", "[chart]") {
  struct Row {
    char const *file, *bytes;
    std::size_t line;  ///< 0: no warning
  };
  auto const row = one_of<Row>({
      {"a.yaml", "# CRDs\napiVersion: v1\nkind: CustomResourceDefinition\nspec:\n  kind: Thing\n", 0},
      {"a.yml", "kind: 'CustomResourceDefinition'  # ours\r\n---\r\n# nothing\r\n---\nkind: \"CustomResourceDefinition\"\n", 0},
      {"a.json", "{\"kind\": \"CustomResourceDefinition\"}", 0},
      {"a.yaml", "kind: CustomResourceDefinition\n---\napiVersion: v1\nkind: Namespace\n", 4},
      {"a.yaml", "kind: CustomResourceDefinition\n---\na: 1\n", 3},
      {"a.json", "{\"kind\": \"List\"}", 1},
      {"a.yaml", ": [", 1},
      {"README.md", "kind: Namespace\n", 0},
      {"a.yaml", "", 0},
  });
  CAPTURE(row.file, row.bytes);
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c")).file(std::string("c/crds/") + row.file, row.bytes);
  auto const made = packaged(tree, "c");
  auto const told =
      std::find_if(made.warnings.begin(), made.warnings.end(), [](Warning const& w) { return w.code == "crd-kind"; });
  REQUIRE((told != made.warnings.end()) == (row.line != 0));
  if (row.line == 0) return;
  CHECK(told->line == row.line);
  CHECK(told->file == std::string("crds/") + row.file);
}

TEST_CASE("a missing icon is the chart's own matter, not that of its subcharts", "[chart]") {
  MemoryTree tree;
  tree.file("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\nicon: https://example.org/i.png\n")
      .file("c/charts/s/Chart.yaml", "apiVersion: v2\nname: s\nversion: 1.0.0\n");
  CHECK_FALSE(warned(packaged(tree, "c"), "no-icon"));
  tree.file("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n");
  CHECK(warned(packaged(tree, "c"), "no-icon"));
}

TEST_CASE("an archive can be looked into on its own", "[chart]") {
  auto const loaded =
      load_archive(archive({{"m/Chart.yaml", chart_yaml("m")}, {"m/charts/s/Chart.yaml", chart_yaml("s")}}), "m-1.0.0.tgz");
  REQUIRE(loaded.has_value());
  CHECK(loaded->chart.metadata.name == "m");
  CHECK(loaded->chart.from_archive);
  CHECK(loaded->chart.subcharts.size() == 1);
  auto const refused = load_archive(archive({{"m/values.yaml", ""}}), "m-1.0.0.tgz");
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == "no-chart-yaml");
  CHECK(refused.error().where == "m-1.0.0.tgz");
}

}  // namespace
}  // namespace packager_test

// The terminal commands `package` and `list` (P-5, P-130, P-131, P-132, P-150).

#include "chart/package_command.hpp"

#include <filesystem>

#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/temporary_directory.hpp"

namespace package_command_test {
namespace {

using namespace acr;
using namespace acr::chart;
namespace fs = std::filesystem;

void write_chart(fs::path const& directory, std::string const& name, std::string const& more = "") {
  write_file(directory / "Chart.yaml",
             "apiVersion: v2\nname: " + name + "\nversion: 1.0.0\nicon: https://example.org/i.png\n" + more);
}

std::size_t count(fs::path const& directory) {
  if (!fs::exists(directory)) return 0;
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

TEST_CASE("SOURCE_DATE_EPOCH is decimal and not negative, empty is unset", "[chart]") {
  CHECK(source_date_epoch("")->has_value() == false);
  CHECK(**source_date_epoch("0") == 0);
  CHECK(**source_date_epoch("1700000000") == 1700000000);
  CHECK(**source_date_epoch("007") == 7);
  for (auto const* text : {"-1", "+1", "1.5", "0x10", " 1", "now", "9223372036854775808"}) {
    CAPTURE(text);
    CHECK(source_date_epoch(text).error().code == "source-date-epoch");
  }
}

TEST_CASE("profiles have names", "[chart]") {
  CHECK(*profile_named("4.2") == Profile::helm_4_2);
  CHECK(*profile_named("epoch-all") == Profile::epoch_all);
  CHECK(profile_named("v3").error().code == "profile");
}

TEST_CASE("several charts are packaged at once, in the order given, whatever the workers", "[chart]") {
  test::TemporaryDirectory directory;
  PackageCommand command;
  for (auto const* name : {"b", "a", "c"}) {
    write_chart(directory.path() / name, name);
    command.charts.push_back(directory.path() / name);
  }
  command.epoch = 1700000000;
  command.destination = directory.path() / "one";
  auto const one = run_package_command(command);
  command.destination = directory.path() / "four";
  command.workers = 4;
  auto const four = run_package_command(command);
  REQUIRE(one.size() == 3);
  CHECK(one[0].name == "b");
  CHECK(one[0].file == directory.path() / "one/b-1.0.0.tgz");
  CHECK(count(directory.path() / "one") == 3);
  CHECK(count(directory.path() / "four") == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(one[i].digest == four[i].digest);
    CHECK(read_file(one[i].file, 1 << 20) == read_file(four[i].file, 1 << 20));
  }
}

TEST_CASE("one refused chart means that nothing is written, unless told to go on", "[chart]") {
  test::TemporaryDirectory directory;
  write_chart(directory.path() / "good", "good");
  write_file(directory.path() / "bad/Chart.yaml", "apiVersion: v2\n");
  PackageCommand command;
  command.charts = {directory.path() / "good", directory.path() / "bad"};
  command.destination = directory.path() / "out";
  auto outcomes = run_package_command(command);
  CHECK_FALSE(outcomes[0].refused);
  CHECK(outcomes[0].file.empty());
  REQUIRE(outcomes[1].refused);
  CHECK(outcomes[1].refused->where == (directory.path() / "bad").string() + ": Chart.yaml");
  CHECK(count(command.destination) == 0);
  command.keep_going = true;
  outcomes = run_package_command(command);
  CHECK(outcomes[0].file == command.destination / "good-1.0.0.tgz");
  CHECK(count(command.destination) == 1);
}

TEST_CASE("two charts of one file name are refused", "[chart]") {
  test::TemporaryDirectory directory;
  write_chart(directory.path() / "x/web", "web");
  write_chart(directory.path() / "y/web", "web");
  PackageCommand command;
  command.charts = {directory.path() / "x/web", directory.path() / "y/web"};
  command.destination = directory.path() / "out";
  auto const outcomes = run_package_command(command);
  CHECK_FALSE(outcomes[0].refused);
  CHECK(outcomes[1].refused->code == "duplicate-package");
  CHECK(count(command.destination) == 0);
}

TEST_CASE("times come from the epoch, else from the commit when asked, else from the files", "[chart]") {
  test::TemporaryDirectory directory;
  write_chart(directory.path() / "c", "c");
  PackageCommand command;
  command.charts = {directory.path() / "c"};
  command.destination = directory.path() / "out";
  auto const by_files = run_package_command(command)[0].content_digest;
  command.epoch = 1700000000;
  auto const by_epoch = run_package_command(command)[0].content_digest;
  CHECK(by_files != by_epoch);
  int asked = 0;
  command.commit_time = [&](ChartLocation const& location) -> Verdict<std::int64_t> {
    ++asked;
    CHECK(location.repository == fs::canonical(directory.path() / "c"));
    return std::int64_t{1700000000};
  };
  CHECK(run_package_command(command)[0].content_digest == by_epoch);
  CHECK(asked == 0);  // the epoch wins
  command.epoch.reset();
  CHECK(run_package_command(command)[0].content_digest == by_epoch);
  CHECK(asked == 1);
  command.commit_time = [](ChartLocation const&) -> Verdict<std::int64_t> {
    return reject("commit-time", "history", "it is cut off");
  };
  CHECK(run_package_command(command)[0].refused->code == "commit-time");
}

TEST_CASE("the profile epoch-all needs a time", "[chart]") {
  test::TemporaryDirectory directory;
  write_chart(directory.path() / "c", "c");
  PackageCommand command;
  command.charts = {directory.path() / "c"};
  command.destination = directory.path() / "out";
  command.profile = Profile::epoch_all;
  CHECK(run_package_command(command)[0].refused->code == "profile");
  command.epoch = 1;
  CHECK_FALSE(run_package_command(command)[0].refused);
}

TEST_CASE("warnings refuse a chart under the strict switch", "[chart]") {
  test::TemporaryDirectory directory;
  write_chart(directory.path() / "c", "c");
  write_file(directory.path() / "c/.helmignore", "!*\n");
  PackageCommand command;
  command.charts = {directory.path() / "c"};
  command.destination = directory.path() / "out";
  CHECK_FALSE(run_package_command(command)[0].refused);
  command.strict = true;
  CHECK(run_package_command(command)[0].refused->code == "warnings");
}

TEST_CASE("links may lead through the git work tree, but outside one not out of the chart", "[chart]") {
  test::TemporaryDirectory directory;
  write_chart(directory.path() / "charts/c", "c");
  write_file(directory.path() / "shared/x.tpl", "x");
  fs::create_directories(directory.path() / "charts/c/templates");
  fs::create_symlink("../../../shared/x.tpl", directory.path() / "charts/c/templates/x.tpl");
  PackageCommand command;
  command.charts = {directory.path() / "charts/c"};
  command.destination = directory.path() / "out";
  CHECK(run_package_command(command)[0].refused->code == "link-outside");
  fs::create_directories(directory.path() / ".git");
  CHECK_FALSE(run_package_command(command)[0].refused);
}

TEST_CASE("the list says what is packaged and which rule ignores what", "[chart]") {
  test::TemporaryDirectory directory;
  auto const chart = directory.path() / "c";
  write_chart(chart, "c");
  write_file(chart / ".helmignore", "# c\n*.md\ndocs/\n");
  write_file(chart / "README.md", "");
  write_file(chart / "docs/x", "");
  write_file(chart / "templates/.swp", "");
  write_file(chart / "templates/t.yaml", "t");
  write_file(chart / "charts/_old/x", "");
  write_file(chart / "evil\n::error::x", "");
  auto const refused = run_list_command(chart);
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == "bad-file-name");
  fs::remove(chart / "evil\n::error::x");

  auto const outcome = run_list_command(chart);
  REQUIRE(outcome.has_value());
  CHECK(list_text(*outcome) == chart.string() +
                                   "\npackaged (3)\n  .helmignore\n  Chart.yaml\n  templates/t.yaml\nignored (3)\n"
                                   "  README.md  .helmignore:2: *.md\n  docs/  .helmignore:3: docs/\n"
                                   "  templates/.swp  built-in rule templates/.?*\n"
                                   "left out of charts/, their names begin with `_` or `.` (1)\n  charts/_old\n");
  auto const json = list_json(*outcome);
  CHECK(json.find("{\n  \"chart\": ") == 0);
  CHECK(json.find("\"path\": \"templates/t.yaml\"") != std::string::npos);
  CHECK(json.find("sha256:e3b98a4da31a127d4bde6e43033f66ba274cab0eb7eb1c70ec41402bf6273dd8") != std::string::npos);
  CHECK(json.find("\"rule\": \"*.md\"") != std::string::npos);
}

}  // namespace
}  // namespace package_command_test

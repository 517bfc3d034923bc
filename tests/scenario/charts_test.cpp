// Faults of reading and of configuration through the program (B-2, B-18 … B-20, B-22, B-23): each in a repository of its own,
// with a control beside it that is released.
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "git/git_cli.hpp"
#include "scenario/program.hpp"
#include "support/catch2.hpp"
#include "support/places.hpp"

namespace charts_test {
namespace {

namespace fs = std::filesystem;

bool holds(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

std::string chart(std::string const& name, std::string const& version, std::string const& more = "",
                  std::string const& api = "v2") {
  return "apiVersion: " + api + "\nname: " + name + "\nversion: " + version + "\nicon: https://example.org/i.png\n" + more;
}

std::string needs(std::string const& repository) {
  return "dependencies:\n- name: lib\n  version: 0.1.0\n  repository: \"" + repository + "\"\n";
}

/// A clone with the branches release and main; a tag declares that it has no attestations.
class Clone {
 public:
  Clone() {
    fs::create_directory(path());
    shell("git init -q -b release");
  }

  Clone& file(std::string const& name, std::string const& bytes) {
    fs::remove_all(path() / name);
    fs::create_directories((path() / name).parent_path());
    acr::write_file(path() / name, bytes);
    return *this;
  }
  Clone& link(std::string const& name, std::string const& target) {
    fs::remove_all(path() / name);
    fs::create_directories((path() / name).parent_path());
    fs::create_symlink(target, path() / name);
    return *this;
  }
  Clone& remove(std::string const& name) {
    fs::remove_all(path() / name);
    return *this;
  }
  Clone& submodule(std::string const& name) {
    after_add_ = "git update-index --add --cacheinfo 160000,1111111111111111111111111111111111111111," + name + "\n";
    return *this;
  }
  Clone& commit() {
    shell("git add -A\n" + std::exchange(after_add_, {}) + "git commit -q --allow-empty -m x");
    return *this;
  }
  Clone& main() {
    shell("git checkout -q -b main");
    return *this;
  }
  Clone& tag(std::string const& name, std::string const& line = "") {
    acr::write_file(folder_.path() / "annotation", (line.empty() ? "" : "Release: " + line + "\n\n") +
                                                       "Attestation Lineage:\n- No attestation data available\n");
    shell("git tag -a --cleanup=verbatim -F ../annotation '" + name + "'");
    return *this;
  }

  acr::test::ProgramResult run(std::vector<std::string> const& extra = {}) const {
    std::vector<std::string> words{"run", "--base", "release", "--head", "main", "--missing-lineage", "warn"};
    words.insert(words.end(), extra.begin(), extra.end());
    return acr::test::run_program(acr::test::built_program(), {{"PATH", std::getenv("PATH")}}, words, path());
  }

 private:
  acr::test::TemporaryDirectory folder_;
  std::string after_add_;
  [[nodiscard]] fs::path path() const { return folder_.path() / "clone"; }
  void shell(std::string const& script) const { acr::test::shell(path(), script); }
};

TEST_CASE("a file:// dependency behind two byte order marks is compared (content-read-twice)", "[scenario]") {
  auto const changed_later = one_of({true, false});
  Clone clone;
  clone.file("charts/web/Chart.yaml", chart("web", "1.0.0")).commit().main();
  clone.file("charts/web/Chart.yaml", chart("web", "1.1.0", "", "v1"))
      .file("charts/web/requirements.yaml", "\xEF\xBB\xBF\xEF\xBB\xBF" + needs("file://../../lib/lib"))
      .file("lib/lib/Chart.yaml", chart("lib", "0.1.0"))
      .file("lib/lib/templates/l.yaml", "l: as reviewed\n")
      .commit()
      .tag("web-v1.1.0", "web v1.1.0");
  if (changed_later) clone.file("lib/lib/templates/l.yaml", "l: changed later\n").commit();
  auto const result = clone.run();
  INFO(result.out);
  CHECK(result.status == (changed_later ? 1 : 0));
  CHECK(holds(result.out, "tag-content-mismatch") == changed_later);
}

TEST_CASE("a linked chart's dependency is compared where it is packaged from (content-through-link)", "[scenario]") {
  auto const changed_later = one_of({true, false});
  Clone clone;
  clone.link("charts/web", "../src/deep/web")
      .file("src/deep/web/Chart.yaml", chart("web", "1.0.0"))
      .file("src/deep/lib/Chart.yaml", chart("lib", "0.1.0"))
      .file("src/deep/lib/templates/l.yaml", "l: a\n")
      .commit()
      .main();
  clone.file("src/deep/web/Chart.yaml", chart("web", "1.1.0", needs("file://../lib"))).commit().tag("web-v1.1.0", "web v1.1.0");
  if (changed_later) clone.file("src/deep/lib/templates/l.yaml", "l: changed later\n").commit();
  auto const result = clone.run();
  INFO(result.out);
  CHECK(result.status == (changed_later ? 1 : 0));
  CHECK(holds(result.out, "tag-content-mismatch") == changed_later);
}

TEST_CASE("a Chart.yaml above the charts directory switches nothing off (chart-above-charts-dir)", "[scenario]") {
  auto const tagged = one_of({false, true});
  Clone clone;
  clone.file("deploy/charts/web/Chart.yaml", chart("web", "1.0.0")).commit().main();
  clone.file("deploy/charts/web/Chart.yaml", chart("web", "1.1.0")).file("deploy/Chart.yaml", "").commit();
  if (tagged) clone.tag("web-v1.1.0", "web v1.1.0");
  auto const result = clone.run({"--charts-dir", "deploy/charts"});
  INFO(result.out);
  CHECK(result.status == (tagged ? 0 : 1));
  CHECK(holds(result.out, "tag-not-found") == !tagged);
  CHECK(holds(result.out, "chart-outside"));  // deploy itself is a chart now, and nobody releases it
}

TEST_CASE("a charts directory that holds no charts is a mistake (charts-dir-wrong)", "[scenario]") {
  struct Row {
    char const* directory;
    char const* code;
  };
  auto const row = one_of<Row>({{"charts", ""},
                                {"chart", "charts-dir-missing"},
                                {"charts/web", "charts-dir-is-chart"},
                                {"dangling", "charts-dir-link"},
                                {"charts\ncharts/none", "charts-dir-overlap"}});
  Clone clone;
  clone.file("charts/web/Chart.yaml", chart("web", "1.0.0"))
      .file("charts/none/x", "")
      .link("dangling", "nowhere")
      .commit()
      .main();
  clone.file("charts/web/Chart.yaml", chart("web", "1.1.0")).commit().tag("web-v1.1.0", "web v1.1.0");
  auto const result = clone.run({"--charts-dir", row.directory});
  INFO(result.out);
  CHECK(result.status == (*row.code == '\0' ? 0 : 2));
  CHECK(holds(result.out, row.code));
  if (std::string_view(row.code) == "charts-dir-missing") CHECK(holds(result.out, "did you mean charts?"));
}

TEST_CASE("a chart that changes outside is not a green run (chart-outside)", "[scenario]") {
  struct Row {
    std::vector<std::string> inputs;
    bool other;  ///< another chart is released
    int status;
    bool told;
  };
  auto const row = one_of<Row>({
      {{}, false, 1, true},
      {{"--charts-outside", "ignore"}, false, 0, true},
      {{"--exclude-charts", "web"}, false, 0, false},
      {{"--exclude-charts", "charts/group/"}, false, 0, false},
      {{"--charts-dir", "charts/group"}, false, 1, false},  // a chart like any other: its tag is missing
      {{}, true, 0, true},
  });
  CAPTURE(row.inputs, row.other);
  Clone clone;
  clone.file("charts/other/Chart.yaml", chart("other", "1.0.0"))
      .file("charts/group/web/Chart.yaml", chart("web", "1.0.0"))
      .commit()
      .main();
  clone.file("charts/group/web/Chart.yaml", chart("web", "1.1.0"));
  if (row.other) clone.file("charts/other/Chart.yaml", chart("other", "1.1.0"));
  clone.commit();
  if (row.other) clone.tag("other-v1.1.0", "other v1.1.0");
  auto const result = clone.run(row.inputs);
  INFO(result.out);
  CHECK(result.status == row.status);
  CHECK(holds(result.out, "chart-outside") == row.told);
  if (!row.inputs.empty() && row.inputs[0] == "--exclude-charts") CHECK(holds(result.out, "is skipped"));
}

TEST_CASE("a submodule or a broken link in place of a chart is refused (child-is-no-directory)", "[scenario]") {
  auto const how = one_of<std::string>({"submodule", "link-dangling", ""});
  Clone clone;
  clone.file("charts/one/Chart.yaml", chart("one", "1.0.0")).commit().main();
  if (how == "submodule") clone.remove("charts/one").submodule("charts/one").commit();
  if (how == "link-dangling") clone.link("charts/one", "nowhere").commit();
  if (how.empty()) clone.file("charts/one/Chart.yaml", chart("one", "1.1.0")).commit().tag("one-v1.1.0", "one v1.1.0");
  auto const result = clone.run();
  INFO(result.out);
  CHECK(result.status == (how.empty() ? 0 : 1));
  CHECK(holds(result.out, how));
  CHECK_FALSE(holds(result.out, "was removed"));
}

TEST_CASE("a linked charts directory is followed in every step (charts-dir-is-link)", "[scenario]") {
  Clone clone;
  clone.link("charts", "deploy/charts")
      .file("deploy/charts/web/Chart.yaml", chart("web", "1.0.0"))
      .file("deploy/charts/db/Chart.yaml", chart("db", "1.0.0"))
      .commit()
      .main();
  clone.file("deploy/charts/web/Chart.yaml", chart("web", "1.1.0")).commit().tag("web-v1.1.0", "web v1.1.0");
  auto const result = clone.run();
  INFO(result.out);
  CHECK(result.status == 0);
  CHECK(holds(result.out, "1 of 1 chart"));
}

TEST_CASE("a chart goes by its own name, whatever its directory (B-22)", "[scenario]") {
  Clone clone;
  clone.file("charts/dir/Chart.yaml", chart("web", "1.0.0")).commit().main();
  clone.file("charts/dir/Chart.yaml", chart("web", "1.1.0")).commit().tag("web-v1.1.0", "web v1.1.0");
  auto const result = clone.run();
  INFO(result.out);
  CHECK(result.status == 0);
  CHECK(holds(result.out, "name-differs"));
  CHECK(holds(result.out, "web-1.1.0.tgz"));
}

TEST_CASE("a tag that can mean two releases needs a Release line (ambiguous-tag)", "[scenario]") {
  struct Row {
    char const* other;  ///< name of the other chart
    char const* line;
    bool refused;
  };
  auto const row = one_of<Row>({{"web-v1", "", true}, {"web-v1", "web v1-v2.0.0", false}, {"api", "", false}});
  CAPTURE(row.other, row.line);
  Clone clone;
  auto const other = std::string("charts/") + row.other + "/Chart.yaml";
  clone.file("charts/web/Chart.yaml", chart("web", "1.0.0")).file(other, chart(row.other, "2.0.0")).commit().main();
  clone.file("charts/web/Chart.yaml", chart("web", "1-v2.0.0")).commit().tag("web-v1-v2.0.0", row.line);
  auto const result = clone.run();
  INFO(result.out);
  CHECK(result.status == (row.refused ? 1 : 0));
  CHECK(holds(result.out, "release-line-required") == row.refused);
}

}  // namespace
}  // namespace charts_test

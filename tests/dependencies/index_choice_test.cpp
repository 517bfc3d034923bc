// Which entry of an index a lock means (D-16, D-30).

#include "dependencies/index_reader.hpp"
#include "support/catch2.hpp"

namespace index_choice_test {
namespace {

using namespace acr::dependencies;

std::string const a(64, 'a'), b(64, 'b');
std::string const pin_a = "sha256:" + a, pin_b = "sha256:" + b;

struct Row {
  std::string version, url, digest;
};

/// What is chosen for `locked`: "url digest,digest", "!" for an unusable digest; or the code.
std::string choice(std::vector<Row> const& rows, std::string const& locked, std::string const& pin = {}) {
  std::string text = "apiVersion: v1\nentries:\n  web:\n";
  for (auto const& row : rows) {
    text += "  - name: web\n    version: \"" + row.version + "\"\n    urls: [\"" + row.url + "\"]\n";
    if (!row.digest.empty()) text += "    digest: \"" + row.digest + "\"\n";
  }
  auto const index = read_index(text, {{"web", {locked}}}, "index");
  REQUIRE(index.has_value());
  auto const chosen = choose(*index, "web", locked, pin, "index");
  if (!chosen)
    return std::string(chosen.error().code.text()) +
           (chosen.error().found_value.empty() ? "" : ": " + chosen.error().found_value);
  std::string said = chosen->url;
  for (auto const& digest : chosen->digests) said += " " + digest.substr(0, 8);
  return said + (chosen->bad_digest ? " !" : "");
}

TEST_CASE("the version's text comes first, then semver with metadata", "[dependencies]") {
  CHECK(choice({{"1.2.3", "x", ""}}, "1.2.3") == "x");
  CHECK(choice({{"v1.2.3", "x", ""}}, "1.2.3") == "x");
  CHECK(choice({{"1.2.3", "x", ""}}, "v1.2.3") == "x");
  CHECK(choice({{"v1.2.3", "v", ""}, {"1.2.3", "x", ""}}, "1.2.3") == "x");
  CHECK(choice({{"3.0.0+b1", "one", ""}, {"3.0.0+b2", "two", ""}}, "3.0.0+b2") == "two");
  CHECK(choice({{"3.0.0+b1", "one", ""}}, "3.0.0") == "dep-not-found: 3.0.0+b1");
  CHECK(choice({{"1.2", "x", ""}}, "1.2.0") == "x");
}

TEST_CASE("a version that is there twice", "[dependencies]") {
  CHECK(choice({{"1.0.0", "x", a}, {"1.0.0", "x", b}}, "1.0.0") == "x sha256:a sha256:b");  // one URL: any digest may fit
  CHECK(choice({{"1.0.0", "x", a}, {"1.0.0", "y", a}}, "1.0.0") == "x sha256:a");           // one digest: the first
  CHECK(choice({{"1.0.0", "x", a}, {"1.0.0", "y", "SHA256:" + std::string(64, 'A')}}, "1.0.0") == "x sha256:a");
  CHECK(choice({{"1.0.0", "x", a}, {"1.0.0", "y", b}}, "1.0.0") == "dep-index-ambiguous: 2 entries");
  CHECK(choice({{"1.0.0", "x", a}, {"1.0.0", "y", b}}, "1.0.0", pin_b) == "y sha256:b");
  CHECK(choice({{"1.0.0", "x", a}, {"1.0.0", "y", ""}}, "1.0.0") == "dep-index-ambiguous: 2 entries");
  CHECK(choice({{"1.0.0", "x", ""}, {"1.0.0", "y", ""}}, "1.0.0", pin_a) == "dep-index-ambiguous: 2 entries");
  CHECK(choice({{"1.0.0", "x", "md5"}, {"1.0.0", "y", "md5"}}, "1.0.0") == "dep-index-ambiguous: 2 entries");
}

TEST_CASE("a digest of another form is worth a warning only", "[dependencies]") {
  CHECK(choice({{"1.0.0", "x", "sha256:" + a}}, "1.0.0") == "x sha256:a");
  CHECK(choice({{"1.0.0", "x", std::string(64, 'A')}}, "1.0.0") == "x sha256:a");
  CHECK(choice({{"1.0.0", "x", "sha512:" + a}}, "1.0.0") == "x !");
  CHECK(choice({{"1.0.0", "x", a.substr(1)}}, "1.0.0") == "x !");
  CHECK(choice({{"1.0.0", "x", a}, {"1.0.0", "x", "md5"}}, "1.0.0") == "x sha256:a !");
}

TEST_CASE("a missing version is refused with those next to it", "[dependencies]") {
  std::vector<Row> rows;
  for (int i : {1, 9, 3, 8, 2, 7, 4, 6, 11, 12, 10}) rows.push_back({"1." + std::to_string(i) + ".0", "x", ""});
  CHECK(choice(rows, "1.5.0") == "dep-not-found: 1.7.0, 1.6.0, 1.4.0, 1.3.0, 1.2.0");
  CHECK(choice(rows, "2.0.0") == "dep-not-found: 1.12.0, 1.11.0, 1.10.0, 1.9.0, 1.8.0");
  CHECK(choice(rows, "0.1.0") == "dep-not-found: 1.6.0, 1.4.0, 1.3.0, 1.2.0, 1.1.0");
  CHECK(choice({}, "1.0.0") == "dep-not-found: no version of that name");
}

}  // namespace
}  // namespace index_choice_test

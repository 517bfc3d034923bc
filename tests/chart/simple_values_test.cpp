// The quick yes for values.yaml never says more than the YAML reader (P-59).

#include "chart/simple_values.hpp"

#include <filesystem>
#include <random>
#include <string>

#include "chart/values_check.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/places.hpp"

namespace simple_values_test {
namespace {

using namespace acr;
using namespace acr::chart;

bool reader_is_silent(std::string const& text) {
  auto const checked = read_values(text, "values.yaml");
  return checked && checked->empty();
}

TEST_CASE("usual values are accepted at a glance, and the reader agrees", "[chart]") {
  auto const* const text =
      one_of<char const*>({"", "\n", "# only a comment\n", "a: 1", "a: 1\nb:\n  c: text with blanks  # and a comment\n\n  d:\n",
                           "a:\n  - x\n  - u: 1\n    z: 2\n  -\n    w: 3\n", "a:\n- x\n- u: 1\n  z:\n  - 1\n  - 2\nb: {}\n",
                           "a: []  # none\nb: \"q # no comment\" # one\nc: 'single'\nd: ''\n", "a: \"\\\"\\\\\\n\"\n",
                           "a: ~\nb: -1\nc: --flag=x\n", "a: [x, \"y\", 'z'] # list\nb:\n  []\nc: https://example.org:80/x#y\n",
                           "a: |\n  text: [\n\n    more\n  # text, too\n # a comment\nb: >-\n\n  folded\nc: x\n",
                           "l:\n  - |\n    x\n  - y\n", "a:\n-\n b: 1\n", "a: |\n", "a: |-  # comment\n  x\n",
                           "# \xE2\x80\x94\na: x\xC3\xA9\n", "a:\n  b:\n    c: 1\n  d: 2\ne: 3\n", "a.b/c-d_e: 1\n_: 2\n"});
  CAPTURE(text);
  CHECK(is_simple_values(text));
  CHECK(reader_is_silent(text));
}

TEST_CASE("what needs YAML's rules is left to the reader", "[chart]") {
  auto const* const text = one_of<char const*>({"a: 1\na: 2\n",
                                                "a:\n  b: 1\n  c: 2\n  b: 3\n",  // a key twice: a warning
                                                "yes: 1\n",
                                                "Null: 1\n",
                                                "1: 1\n",
                                                "~: 1\n",
                                                "<<: {}\n",
                                                "? a\n",
                                                "\"a\": 1\n",  // keys that are not a plain text
                                                "a: .inf\n",
                                                "a: -.inf\n",
                                                "a: +.inf\n",
                                                "a: .nan\n",  // refused
                                                "a: &x 1\nb: *x\n",
                                                "a: !!str 1\n",
                                                "a: {b: 1}\n",
                                                "a: [{}]\n",
                                                "a: [b: c]\n",
                                                "a: 'it''s'\n",
                                                "a: \"\\u0041\"\n",
                                                "a: b\n  c\n",
                                                "a: \"b\n  c\"\n",
                                                "a: b: c\n",
                                                "a: b:\n",
                                                "a: [b,\n  c]\n",
                                                "a: \"b\" c\n",  // more than a line, or wrong
                                                "a:\n  b:\n- c\n",
                                                "a: 1\n- b\n",
                                                "a: 1\n  b: 2\n",
                                                "a:\n   b: 1\n  c: 2\n",
                                                "  a: 1\nb: 2\n",
                                                "- a\n",
                                                "a: |2\n  x\n",
                                                "a: |\n   \n  x\n",
                                                "a: |\n  x\n y: 1\n",
                                                "a: | x\n",
                                                "a\n",
                                                "a:b\n",
                                                "a:\t1\n",
                                                "a: 1\r\n",
                                                "a: 1\n---\nb: 2\n",
                                                "a: 1\n...\n",
                                                "%YAML 1.1\n---\na: 1\n",
                                                "a: \x01\n",
                                                "a: x\xC2\x85\n",
                                                "a: x\xE2\x80\xA8\n",
                                                "a: \xFF\n",
                                                "\xEF\xBB\xBF"
                                                "a: 1\n"});
  CAPTURE(text);
  CHECK_FALSE(is_simple_values(text));
}

TEST_CASE("the quick yes and the reader never contradict each other on made-up values", "[chart]") {
  std::string const pieces[] = {"a",    "b",      "key", "y", "1",    ":",    ": ",     ":\n",      "\n",     "\n  ",  "\n    ",
                                "\n- ", "\n  - ", "- ",  " ", "#",    " # c", "{}",     "[]",       "[a, b]", "\"q\"", "'s'",
                                "|",    ">-",     "~",   "-", ".inf", "text", "a: 1\n", "  b: 2\n", "- c\n",  "\\"};
  std::mt19937 random(20261126);
  std::size_t accepted = 0;
  for (int i = 0; i < 60000; ++i) {
    std::string text;
    for (auto count = 1 + random() % 14; count-- > 0;) text += pieces[random() % std::size(pieces)];
    if (!is_simple_values(text)) continue;
    ++accepted;
    CAPTURE(text);
    REQUIRE(reader_is_silent(text));
  }
  CHECK(accepted > 1000);
}

TEST_CASE("most values of real charts are seen at a glance", "[chart]") {
  std::size_t all = 0, simple = 0;
  for (auto const& entry : std::filesystem::recursive_directory_iterator(acr::test::data_folder() / "charts")) {
    if (entry.path().filename() != "values.yaml") continue;
    auto const text = read_file(entry.path(), 5'242'880);
    ++all;
    if (!is_simple_values(text)) continue;
    ++simple;
    CAPTURE(entry.path().string());
    CHECK(reader_is_silent(text));
  }
  CHECK(simple * 4 > all * 3);
}

TEST_CASE("large values are left to the reader and its limits", "[chart]") {
  std::string text;
  for (int i = 0; text.size() <= 1'048'576; ++i) text += "k" + std::to_string(i) + ": 1\n";
  CHECK_FALSE(is_simple_values(text));
  text.resize(text.rfind('\n', text.size() - 2) + 1);
  CHECK(is_simple_values(text));
}

}  // namespace
}  // namespace simple_values_test

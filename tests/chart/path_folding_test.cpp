// Paths that are one on case-insensitive or normalising file systems (P-156).

#include "chart/path_folding.hpp"

#include "support/catch2.hpp"
#include "support/text.hpp"

namespace path_folding_test {
namespace {

using namespace acr::chart;

TEST_CASE("paths that macOS or Windows would take for one fold alike", "[chart]") {
  struct Row {
    char const* a;
    char const* b;
    bool same;
  };
  auto const row = one_of<Row>({
      {"templates/A.yaml", "templates/a.yaml", true},
      {"a", "b", false},
      {"\xC3\x89t\xC3\xA9", "e\xCC\x81TE\xCC\x81", true},  // É composed and decomposed
      {"\xC3\xA9", "e", false},                            // an accent counts
      {"stra\xC3\x9F"
       "e",
       "STRASSE", true},                                               // sharp s
      {"\xCE\xA3", "\xCF\x82", true},                                  // sigma, final sigma
      {"\xEA\xB0\x81", "\xE1\x84\x80\xE1\x85\xA1\xE1\x86\xA8", true},  // Hangul, composed and in parts
      {"a\xCC\xA3\xCC\x87", "a\xCC\x87\xCC\xA3", true},                // two marks in either order
      {"a\xCC\x88\xCC\x81", "a\xCC\x81\xCC\x88", false},               // of one class: the order counts
      {"\xF0\x90\x90\x80", "\xF0\x90\x90\xA8", true},                  // Deseret, beyond 16 bits
      {"\xE2\x84\xAA", "k", true},                                     // Kelvin
      {"\xEF\xBC\xA1", "A", false},                                    // full width is another letter
      {"\xC4\xB0", "i", false},                                        // dotted capital I keeps its dot
  });
  CAPTURE(row.a, row.b);
  CHECK((folded_path(row.a) == folded_path(row.b)) == row.same);
}

TEST_CASE("folding twice changes nothing more", "[chart]") {
  std::vector<unsigned> changed;
  for (char32_t c = 1; c < 0x110000; c += (c < 0x30000 ? 1 : 997)) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    acr::append_utf8(text, c);
    auto const once = folded_path(text);
    if (folded_path(once) != once) changed.push_back(static_cast<unsigned>(c));
  }
  CHECK(changed == std::vector<unsigned>{});
}

}  // namespace
}  // namespace path_folding_test

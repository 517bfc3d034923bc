// Canonical caseless matching of paths: src/chart/path_folding.hpp (Unicode 14, chapter 3.13, D145)

#include "chart/path_folding.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "support/text.hpp"

namespace acr::chart {
namespace {

struct Folding {
  char32_t from;
  std::uint16_t at;
  std::uint8_t size;
};

struct CombiningRange {
  char32_t first, last;
  std::uint8_t combining_class;
};

#include "chart/path_folding_table.inc"

std::uint8_t combining_class(char32_t c) {
  auto const range = std::lower_bound(std::begin(combining_ranges), std::end(combining_ranges), c,
                                      [](CombiningRange const& r, char32_t value) { return r.last < value; });
  return range != std::end(combining_ranges) && range->first <= c ? range->combining_class : std::uint8_t{0};
}

void append_folded(std::u32string& text, char32_t c) {
  if (c < 0x80) {
    text += c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    return;
  }
  if (c >= 0xAC00 && c <= 0xD7A3) {  // Hangul syllables, chapter 3.12
    char32_t const index = c - 0xAC00;
    text += 0x1100 + index / 588;
    text += 0x1161 + index % 588 / 28;
    if (index % 28 != 0) text += 0x11A7 + index % 28;
    return;
  }
  auto const folding = std::lower_bound(std::begin(foldings), std::end(foldings), c,
                                        [](Folding const& f, char32_t value) { return f.from < value; });
  if (folding == std::end(foldings) || folding->from != c) {
    text += c;
    return;
  }
  text.append(folded + folding->at, folding->size);
}

}  // namespace

std::string folded_path(std::string_view path) {
  // Nearly every path.
  if (std::all_of(path.begin(), path.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
    return to_lower_ascii(path);
  std::u32string text;
  for (std::size_t at = 0; at < path.size();) {
    auto const c = next_code_point(path, at);
    append_folded(text, c.value_or(0xFFFD));
  }
  // Marks that follow one another come in the order of their classes.
  for (auto begin = text.begin(); begin != text.end();) {
    if (combining_class(*begin) == 0) {
      ++begin;
      continue;
    }
    auto const end = std::find_if(begin, text.end(), [](char32_t c) { return combining_class(c) == 0; });
    std::stable_sort(begin, end, [](char32_t a, char32_t b) { return combining_class(a) < combining_class(b); });
    begin = end;
  }
  std::string result;
  for (char32_t const c : text) append_utf8(result, c);
  return result;
}

}  // namespace acr::chart

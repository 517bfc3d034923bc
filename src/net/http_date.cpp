#include "net/http_date.hpp"

#include <array>
#include <charconv>

#include "support/text.hpp"

namespace acr::net {
namespace {

constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<unsigned> number(std::string_view text, std::size_t digits) {
  unsigned value = 0;
  if (text.size() != digits) return std::nullopt;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::chrono::seconds> time_of_day(std::string_view text) {
  auto const parts = split(text, ':');
  if (parts.size() != 3) return std::nullopt;
  auto const h = number(parts[0], 2), m = number(parts[1], 2), s = number(parts[2], 2);
  if (!h || !m || !s || *h > 23 || *m > 59 || *s > 60) return std::nullopt;  // 60: a leap second
  return std::chrono::hours(*h) + std::chrono::minutes(*m) + std::chrono::seconds(*s);
}

std::optional<std::chrono::sys_seconds> moment(std::optional<unsigned> year, std::string_view month_name,
                                               std::optional<unsigned> day, std::string_view time) {
  unsigned month = 0;
  while (month < months.size() && month_name != months[month]) ++month;
  auto const clock = time_of_day(time);
  if (!year || month == months.size() || !day || !clock) return std::nullopt;
  std::chrono::year_month_day const date(std::chrono::year(static_cast<int>(*year)), std::chrono::month(month + 1),
                                         std::chrono::day(*day));
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + *clock;
}

}  // namespace

std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) {
  std::vector<std::string_view> words;
  for (auto const& word : split(trimmed(text), ' ')) {
    if (!word.empty()) words.push_back(word);
  }
  // Sun, 06 Nov 1994 08:49:37 GMT
  if (words.size() == 6 && words[0].size() == 4 && words[0].ends_with(',') && words[5] == "GMT") {
    return moment(number(words[3], 4), words[2], number(words[1], 2), words[4]);
  }
  // Sunday, 06-Nov-94 08:49:37 GMT
  if (words.size() == 4 && words[0].ends_with(',') && words[3] == "GMT") {
    auto const parts = split(words[1], '-');
    if (parts.size() != 3) return std::nullopt;
    auto year = number(parts[2], 2);
    if (year) *year += *year < 70 ? 2000 : 1900;
    return moment(year, parts[1], number(parts[0], 2), words[2]);
  }
  // Sun Nov  6 08:49:37 1994
  if (words.size() == 5 && words[0].size() == 3) {
    return moment(number(words[4], 4), words[1], number(words[2], words[2].size() == 1 ? 1 : 2), words[3]);
  }
  return std::nullopt;
}

std::string utc_text(std::chrono::sys_seconds time) {
  auto const days = std::chrono::floor<std::chrono::days>(time);
  std::chrono::year_month_day const date(days);
  std::chrono::hh_mm_ss const clock(time - days);
  auto const two = [](auto value) {
    auto const text = std::to_string(value);
    return text.size() < 2 ? "0" + text : text;
  };
  return std::to_string(static_cast<int>(date.year())) + "-" + two(static_cast<unsigned>(date.month())) + "-" +
         two(static_cast<unsigned>(date.day())) + "T" + two(clock.hours().count()) + ":" + two(clock.minutes().count()) + ":" +
         two(clock.seconds().count()) + "Z";
}

}  // namespace acr::net

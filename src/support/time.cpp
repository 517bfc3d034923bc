// See time.hpp.
#include "support/time.hpp"

#include <chrono>
#include <cstdio>

namespace acr {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// `count` digits at `at`; -1 for anything else.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_digit(text[at + i])) return -1;
    value = value * 10 + (text[at + i] - '0');
  }
  return value;
}

}  // namespace

std::optional<Time> parse_rfc3339(std::string_view text) {
  int const year = digits(text, 0, 4);
  int const month = digits(text, 5, 2);
  int const day = digits(text, 8, 2);
  int const hour = digits(text, 11, 2);
  int const minute = digits(text, 14, 2);
  int const second = digits(text, 17, 2);
  if (year < 1 || month < 0 || day < 0 || hour < 0 || minute < 0 || second < 0) return std::nullopt;
  if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':') return std::nullopt;
  std::chrono::year_month_day const date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;

  std::size_t at = 19;
  std::int32_t nanoseconds = 0;
  if (at < text.size() && text[at] == '.') {
    std::size_t const first = ++at;
    for (; at < text.size() && is_digit(text[at]); ++at)
      if (at - first < 9) nanoseconds = nanoseconds * 10 + (text[at] - '0');
    if (at == first || at - first > 9) return std::nullopt;
    for (std::size_t i = at - first; i < 9; ++i) nanoseconds *= 10;
  }
  int offset_minutes = 0;
  if (at < text.size() && text[at] == 'Z') {
    ++at;
  } else if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
    int const hours = digits(text, at + 1, 2);
    int const minutes = digits(text, at + 4, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || text[at + 3] != ':') return std::nullopt;
    offset_minutes = (hours * 60 + minutes) * (text[at] == '-' ? -1 : 1);
    at += 6;
  } else {
    return std::nullopt;
  }
  if (at != text.size()) return std::nullopt;
  std::int64_t const days = std::chrono::sys_days(date).time_since_epoch().count();
  return Time{((days * 24 + hour) * 60 + minute - offset_minutes) * 60 + second, nanoseconds};
}

std::string to_text(Time time) {
  constexpr std::int64_t first = -62135596800;  // 0001-01-01T00:00:00Z
  if (time.seconds < first || time.seconds > last_rfc3339_second) return "@" + std::to_string(time.seconds);
  std::chrono::sys_seconds const point{std::chrono::seconds(time.seconds)};
  auto const day_start = std::chrono::floor<std::chrono::days>(point);
  std::chrono::year_month_day const date(day_start);
  std::chrono::hh_mm_ss const clock(point - day_start);
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  std::string text = buffer;
  if (time.nanoseconds != 0) {
    std::snprintf(buffer, sizeof buffer, ".%09d", static_cast<int>(time.nanoseconds));
    text += buffer;
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + "Z";
}

}  // namespace acr

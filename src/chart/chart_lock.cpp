// Helm's lock file: src/chart/chart_lock.hpp. Times are computed here, without any time zone of the machine.

#include "chart/chart_lock.hpp"

#include <array>
#include <utility>

#include "chart/limits.hpp"
#include "chart/metadata_writer.hpp"
#include "chart/yaml_fields.hpp"
#include "yaml/reader.hpp"

namespace acr::chart {
namespace {

using Kind = yaml::Value::Kind;

constexpr std::int64_t seconds_per_day = 86'400;

bool is_leap(std::int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in(std::int64_t year, int month) {
  constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[static_cast<std::size_t>(month - 1)];
}

/// Days since 1970-01-01 of the proleptic Gregorian calendar, year 0 included.
std::int64_t days_from(std::int64_t year, int month, int day) {
  // Years begin in March here, so that the leap day is the last one.
  if (month <= 2) --year;
  auto const era = (year >= 0 ? year : year - 399) / 400;
  auto const year_of_era = year - era * 400;
  auto const day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

struct Date {
  std::int64_t year;
  int month, day;
};

Date date_of(std::int64_t days) {
  days += 719'468;
  auto const era = (days >= 0 ? days : days - 146'096) / 146'097;
  auto const day_of_era = days - era * 146'097;
  auto const year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  auto const day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  auto const shifted = (5 * day_of_year + 2) / 153;
  int const month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, static_cast<int>(day_of_year - (153 * shifted + 2) / 5 + 1)};
}

/// Takes digits off the front of a text.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}
  bool take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  /// Exactly `count` digits; -1 when they are not there.
  int digits(std::size_t count) {
    if (text_.size() < count) return -1;
    int number = 0;
    for (char const c : text_.substr(0, count)) {
      if (c < '0' || c > '9') return -1;
      number = number * 10 + (c - '0');
    }
    text_.remove_prefix(count);
    return number;
  }
  [[nodiscard]] bool at_digit() const { return !text_.empty() && text_[0] >= '0' && text_[0] <= '9'; }
  [[nodiscard]] bool done() const { return text_.empty(); }

 private:
  std::string_view text_;
};

/// P-69.
std::optional<LockTime> parse_time(std::string_view text) {
  Cursor at(text);
  int const year = at.digits(4);
  if (year < 0 || !at.take('-')) return std::nullopt;
  int const month = at.digits(2);
  if (month < 1 || month > 12 || !at.take('-')) return std::nullopt;
  int const day = at.digits(2);
  if (day < 1 || day > days_in(year, month) || !at.take('T')) return std::nullopt;
  int hour = at.digits(1);
  if (hour < 0) return std::nullopt;
  if (at.at_digit()) hour = hour * 10 + at.digits(1);
  if (hour > 23 || !at.take(':')) return std::nullopt;
  int const minute = at.digits(2);
  if (minute < 0 || minute > 59 || !at.take(':')) return std::nullopt;
  int const second = at.digits(2);
  if (second < 0 || second > 59) return std::nullopt;
  LockTime time;
  if (at.take('.') || at.take(',')) {
    if (!at.at_digit()) return std::nullopt;
    std::int32_t worth = 100'000'000;
    for (; at.at_digit(); worth /= 10) time.nanoseconds += at.digits(1) * worth;
  }
  if (!at.take('Z')) {
    bool const west = at.take('-');
    if (!west && !at.take('+')) return std::nullopt;
    int const hours = at.digits(2);
    if (hours < 0 || hours > 23 || !at.take(':')) return std::nullopt;
    int const minutes = at.digits(2);
    if (minutes < 0 || minutes > 59) return std::nullopt;
    time.offset_seconds = (hours * 60 + minutes) * 60 * (west ? -1 : 1);
  }
  if (!at.done()) return std::nullopt;
  time.seconds = days_from(year, month, day) * seconds_per_day + hour * 3600 + minute * 60 + second - time.offset_seconds;
  return time;
}

void append_digits(std::string& out, std::int64_t number, std::size_t count) {
  auto const digits = std::to_string(number);
  if (digits.size() < count) out.append(count - digits.size(), '0');
  out += digits;
}

/// RFC 3339 in its own zone; nothing outside the years 0 to 9999.
std::optional<std::string> time_text(LockTime const& time) {
  constexpr std::int64_t first = -62'167'219'200, last = 253'402'300'799;
  if (time.seconds < first - seconds_per_day || time.seconds > last + seconds_per_day) return std::nullopt;
  auto const local = time.seconds + time.offset_seconds;
  if (local < first || local > last) return std::nullopt;
  auto days = local / seconds_per_day;
  if (local % seconds_per_day < 0) --days;
  auto const clock = local - days * seconds_per_day;
  auto const date = date_of(days);
  std::string out;
  append_digits(out, date.year, 4);
  out += '-', append_digits(out, date.month, 2);
  out += '-', append_digits(out, date.day, 2);
  out += 'T', append_digits(out, clock / 3600, 2);
  out += ':', append_digits(out, clock / 60 % 60, 2);
  out += ':', append_digits(out, clock % 60, 2);
  if (time.nanoseconds != 0) {
    out += '.', append_digits(out, time.nanoseconds, 9);
    while (out.back() == '0') out.pop_back();
  }
  if (time.offset_seconds == 0) return out + 'Z';
  auto const minutes = (time.offset_seconds < 0 ? -time.offset_seconds : time.offset_seconds) / 60;
  out += time.offset_seconds < 0 ? '-' : '+';
  append_digits(out, minutes / 60, 2);
  out += ':', append_digits(out, minutes % 60, 2);
  return out;
}

}  // namespace

Verdict<std::optional<ChartLock>> read_lock(std::string_view bytes, std::string_view file) {
  yaml::ReadOptions const options{file, "chart-lock", 1, false, nullptr, metadata_values};
  auto const document = yaml::read(bytes, options);
  if (!document) return document.error();
  FieldReader reader(*document, options);
  auto const& root = document->at(document->root);
  if (root.kind == Kind::null) return std::optional<ChartLock>();
  if (root.kind != Kind::map) {
    reader.refuse(root.line, std::string(file) + " is not a map", "P-69");
    return reader.rejection();
  }
  ChartLock lock;
  static constexpr std::array<std::string_view, 3> names = {"generated", "digest", "dependencies"};
  reader.each_field(
      root, names,
      [&](std::size_t field, yaml::Value const& value, std::uint32_t) {
        if (names[field] == "digest") return reader.read(value, "digest", lock.digest);
        if (value.kind == Kind::null) return;
        if (names[field] == "dependencies") return reader.read(value, "dependencies", lock.dependencies.emplace());
        if (value.kind == Kind::string) lock.generated = parse_time(value.text);
        if (!lock.generated) reader.refuse(value.line, "\"generated\" is not a time as RFC 3339 writes it", "P-69");
      },
      [](auto const&, auto const&) {});
  if (!reader.good()) return reader.rejection();
  return std::optional(std::move(lock));
}

Verdict<std::string> write_lock(ChartLock const& lock) {
  MetadataWriter out("Chart.lock");
  auto const generated = time_text(lock.generated.value_or(LockTime{zero_time_seconds, 0, 0}));
  if (!generated)
    return reject("chart-yaml-unwritable", "Chart.lock", "\"generated\" lies outside the years 0 to 9999").rule("P-85");
  auto& writer = out.writer();
  writer.begin_map(3);
  if (lock.dependencies) {
    out.dependencies(*lock.dependencies);
  } else {
    writer.key("dependencies");
    writer.plain("null");
  }
  out.field_always("digest", lock.digest);
  out.field_always("generated", *generated);
  writer.end();
  return std::move(out).take();
}

std::optional<std::int64_t> generated_time(ChartLock const& lock) {
  if (!lock.generated || (lock.generated->seconds == zero_time_seconds && lock.generated->nanoseconds == 0))
    return std::nullopt;
  return lock.generated->seconds + (lock.generated->nanoseconds >= 500'000'000 ? 1 : 0);
}

void set_generated(ChartLock& lock, std::int64_t seconds) { lock.generated = LockTime{seconds, 0, 0}; }

}  // namespace acr::chart

// What a plain YAML scalar means, and how values become text: src/yaml/reader.hpp (P-63, P-63a, P-103a, P-104)
// The typing of go-yaml v2's resolve(); no locale is involved anywhere.

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <optional>

#include "support/text.hpp"
#include "yaml/reader.hpp"
#include "yaml/source_text.hpp"

namespace acr::yaml {
namespace {

using Kind = Value::Kind;

bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }

/// Digits of `base` and nothing else; nothing when they do not fit 64 bits.
std::optional<std::uint64_t> digits_in_base(std::string_view digits, int base) {
  std::uint64_t number = 0;
  auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

/// Sign and base prefix of Go's ParseInt with base 0, and the digits left.
struct IntegerForm {
  bool has_sign = false, negative = false;
  int base = 10;
  std::string_view digits;
};

IntegerForm integer_form(std::string_view text) {
  IntegerForm form;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    form.has_sign = true;
    form.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (text.size() > 1 && text[0] == '0') {
    char const letter = static_cast<char>(text[1] | 0x20);
    form.base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
    text.remove_prefix(form.base == 0 ? 1 : 2);
    if (form.base == 0) form.base = 8;
  }
  form.digits = text;
  return form;
}

bool set_signed(std::uint64_t magnitude, bool negative, Value& value) {
  constexpr auto limit = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (magnitude > limit + (negative ? 1 : 0)) return false;
  value.kind = Kind::integer;
  value.integer = negative ? static_cast<std::int64_t>(0 - magnitude) : static_cast<std::int64_t>(magnitude);
  return true;
}

bool set_integer(std::string_view text, Value& value) {
  auto const form = integer_form(text);
  auto const magnitude = digits_in_base(form.digits, form.base);
  if (magnitude) {
    if (set_signed(*magnitude, form.negative, value)) return true;
    if (!form.has_sign) {
      value.kind = Kind::unsigned_integer;
      value.unsigned_integer = *magnitude;
      return true;
    }
  }
  return false;
}

/// Go's second try: a sign may follow the prefix `0b`, "-0b" takes plain digits only.
bool set_odd_binary(std::string_view text, Value& value) {
  bool negative = false;
  if (text.starts_with("0b")) {
    text.remove_prefix(2);
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
      negative = text[0] == '-';
      text.remove_prefix(1);
    }
  } else {
    return false;
  }
  auto const magnitude = digits_in_base(text, 2);
  return magnitude && set_signed(*magnitude, negative, value);
}

/// `[+-]?(\.d+|d+(\.d*)?)([eE][+-]?d+)?`, the whole text.
bool is_decimal_float(std::string_view text) {
  std::size_t at = 0;
  auto const digits = [&] {
    auto const start = at;
    while (at < text.size() && is_ascii_digit(text[at])) ++at;
    return at - start;
  };
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
  auto const whole = digits();
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0 && whole == 0) return false;
  } else if (whole == 0) {
    return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

/// A decimal float by the form above; nothing when it overflows 64 bits.
std::optional<double> parse_float(std::string_view text) {
  if (text[0] == '+') text.remove_prefix(1);
  double number = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc()) return std::isfinite(number) ? std::optional(number) : std::nullopt;
  // Out of range either way: too small is zero to Go, too large is an error. Where the first digit other than 0 stands
  // tells which of the two.
  bool const negative = text[0] == '-';
  auto const mantissa = text.substr(negative ? 1 : 0, text.find_first_of("eE") - (negative ? 1 : 0));
  auto const point = std::min(mantissa.find('.'), mantissa.size());
  auto const first = mantissa.find_first_of("123456789");
  if (first == std::string_view::npos) return negative ? -0.0 : 0.0;
  auto exponent = first < point ? static_cast<double>(point - first) - 1 : -static_cast<double>(first - point);
  if (auto const e = text.find_first_of("eE"); e != std::string_view::npos) {
    auto digits = text.substr(e + 1);
    bool const down = digits[0] == '-';
    if (digits[0] == '-' || digits[0] == '+') digits.remove_prefix(1);
    double written = 0;
    for (char const digit : digits) written = std::min(written * 10 + (digit - '0'), 1e9);
    exponent += down ? -written : written;
  }
  if (exponent > 0) return std::nullopt;
  return negative ? -0.0 : 0.0;
}

/// Go's underscoreOK for a text that begins with a dot: an underscore stands between two digits.
bool underscores_are_between_digits(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at)
    if (text[at] == '_' && (at == 0 || !is_ascii_digit(text[at - 1]) || at + 1 >= text.size() || !is_ascii_digit(text[at + 1])))
      return false;
  return true;
}

/// The words of P-63: true when `text` is one, `value` is set then.
bool set_word(std::string_view text, Value& value) {
  auto const is_one_of = [&](std::initializer_list<std::string_view> words) {
    for (auto const word : words)
      if (text == word) return true;
    return false;
  };
  auto const set = [&](bool boolean) {
    value.kind = Kind::boolean;
    value.boolean = boolean;
    return true;
  };
  auto const set_float = [&](double number) {
    value.kind = Kind::floating;
    value.floating = number;
    return true;
  };
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (text.size() > 5) return false;
  switch (text.empty() ? '\0' : text[0]) {
    case '\0':
    case '~':
      if (text.size() > 1) return false;
      value.kind = Kind::null;
      return true;
    case 'y':
    case 'Y':
      return is_one_of({"y", "Y", "yes", "Yes", "YES"}) && set(true);
    case 't':
    case 'T':
      return is_one_of({"true", "True", "TRUE"}) && set(true);
    case 'f':
    case 'F':
      return is_one_of({"false", "False", "FALSE"}) && set(false);
    case 'o':
    case 'O':
      if (is_one_of({"on", "On", "ON"})) return set(true);
      return is_one_of({"off", "Off", "OFF"}) && set(false);
    case 'n':
    case 'N':
      if (is_one_of({"null", "Null", "NULL"})) {
        value.kind = Kind::null;
        return true;
      }
      return is_one_of({"n", "N", "no", "No", "NO"}) && set(false);
    case '.':
      if (is_one_of({".nan", ".NaN", ".NAN"})) return set_float(std::numeric_limits<double>::quiet_NaN());
      return is_one_of({".inf", ".Inf", ".INF"}) && set_float(infinity);
    case '+':
      return is_one_of({"+.inf", "+.Inf", "+.INF"}) && set_float(infinity);
    case '-':
      return is_one_of({"-.inf", "-.Inf", "-.INF"}) && set_float(-infinity);
    default:
      return false;
  }
}

/// Takes one or two digits, at most `maximum`, off the front.
bool take_number(std::string_view& text, int minimum, int maximum) {
  int number = 0;
  std::size_t digits = 0;
  for (; digits < 2 && digits < text.size() && is_ascii_digit(text[digits]); ++digits)
    number = number * 10 + (text[digits] - '0');
  text.remove_prefix(digits);
  return digits > 0 && number >= minimum && number <= maximum;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

bool take_clock(std::string_view& text) {
  if (!take_number(text, 0, 23) || !take(text, ':') || !take_number(text, 0, 59) || !take(text, ':') ||
      !take_number(text, 0, 59))
    return false;
  if (text.size() > 1 && (text[0] == '.' || text[0] == ',') && is_ascii_digit(text[1])) {
    text.remove_prefix(1);
    while (!text.empty() && is_ascii_digit(text[0])) text.remove_prefix(1);
  }
  return true;
}

/// `±hh:mm` or `Z`, the whole text.
bool is_zone(std::string_view text) {
  if (text == "Z") return true;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return false;
  for (std::size_t const at : {1U, 2U, 4U, 5U})
    if (!is_ascii_digit(text[at])) return false;
  return (text[1] - '0') * 10 + (text[2] - '0') <= 24 && (text[4] - '0') * 10 + (text[5] - '0') <= 60;
}

/// Shortest digits, plainly for -4 <= exponent < 6, else as `d.ddde+NN`.
template <class Float>
std::string shortest(Float number) {
  std::array<char, 64> buffer{};
  auto const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::scientific).ptr;
  std::string_view const scientific(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  auto const e = scientific.find('e');
  int exponent = 0;
  auto const digits_of_exponent = scientific.substr(e + (scientific[e + 1] == '+' ? 2 : 1));
  std::from_chars(digits_of_exponent.data(), digits_of_exponent.data() + digits_of_exponent.size(), exponent);
  if (exponent < -4 || exponent >= 6) return std::string(scientific);
  auto const plain_end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed).ptr;
  return {buffer.data(), plain_end};
}

std::string special_or(double value, std::string (*finite)(double)) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return finite(value);
}

}  // namespace

bool is_timestamp(std::string_view text) {
  if (text.size() < 8 || text.size() > 4096) return false;
  for (std::size_t at = 0; at < 4; ++at)
    if (!is_ascii_digit(text[at])) return false;
  int const year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0');
  text.remove_prefix(4);
  if (!take(text, '-')) return false;
  auto const month_text = text;
  if (!take_number(text, 1, 12)) return false;
  int month = month_text[0] - '0';
  if (month_text.size() - text.size() == 2) month = month * 10 + (month_text[1] - '0');
  bool const leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  int const days = month == 2 ? (leap ? 29 : 28) : (month == 4 || month == 6 || month == 9 || month == 11) ? 30 : 31;
  if (!take(text, '-') || !take_number(text, 1, days)) return false;
  if (text.empty()) return true;
  if (text[0] == 'T' || text[0] == 't') {
    text.remove_prefix(1);
    return take_clock(text) && is_zone(text);
  }
  if (text[0] != ' ') return false;
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return take_clock(text) && text.empty();
}

void resolve_plain(std::string_view text, Value& value) {
  value.kind = Kind::string;
  char const first = text.empty() ? '\0' : text[0];
  bool const numeric = is_ascii_digit(first) || first == '+' || first == '-';
  // Most texts begin with a letter that begins no special word: a quick way out.
  if (!numeric && first != '\0' && std::string_view("yYnNtTfFoO~.").find(first) == std::string_view::npos) return;
  if (set_word(text, value)) return;
  value.kind = Kind::string;
  if (first == '.') {
    if (!underscores_are_between_digits(text)) return;
    std::string plain(text);
    std::erase(plain, '_');
    if (!is_decimal_float(plain)) return;
    if (auto const number = parse_float(plain)) {
      value.kind = Kind::floating;
      value.floating = *number;
    }
    return;
  }
  if (!numeric || is_timestamp(text)) return;
  std::string without;
  std::string_view plain = text;
  if (text.find('_') != std::string_view::npos) {
    without = text;
    std::erase(without, '_');
    plain = without;
  }
  if (set_integer(plain, value)) return;
  if (is_decimal_float(plain)) {
    if (auto const number = parse_float(plain)) {
      value.kind = Kind::floating;
      value.floating = *number;
      return;
    }
  }
  set_odd_binary(plain, value);
}

std::string float32_text(double value) {
  return special_or(value, [](double finite) -> std::string {
    // The middle between the largest float and the next power of two rounds up to infinity.
    constexpr double overflow = 0x1.ffffffp127;
    if (std::abs(finite) >= overflow) return finite > 0 ? "+Inf" : "-Inf";
    return shortest(static_cast<float>(finite));
  });
}

std::string float64_text(double value) {
  return special_or(value, [](double finite) { return shortest(finite); });
}

bool append_key_text(Value const& key, std::string& text) {
  switch (key.kind) {
    case Kind::string:
      text += valid_utf8(key.text);
      return true;
    case Kind::boolean:
      text += key.boolean ? "true" : "false";
      return true;
    case Kind::integer:
      text += std::to_string(key.integer);
      return true;
    case Kind::floating: {
      auto number = float32_text(key.floating);
      text += number == "+Inf" ? ".inf" : number == "-Inf" ? "-.inf" : number == "NaN" ? ".nan" : number;
      return true;
    }
    default:
      return false;
  }
}

std::string scalar_as_text(Value const& value) {
  switch (value.kind) {
    case Kind::boolean:
      return value.boolean ? "true" : "false";
    case Kind::integer:
      return std::to_string(value.integer);
    case Kind::unsigned_integer:
      return std::to_string(value.unsigned_integer);
    case Kind::floating:
      return float32_text(value.floating);
    case Kind::string:
      return valid_utf8(value.text);
    default:
      return {};
  }
}

std::string valid_utf8(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    auto const c = next_code_point(text, at);
    append_utf8(out, c ? *c : char32_t{0xfffd});
  }
  return out;
}

}  // namespace acr::yaml

// Go's encoding/json, byte for byte (D-8, O-3, O-4, P-64, P-91).

#include "chart/go_json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include "support/encoding.hpp"
#include "support/text.hpp"

namespace acr::chart {

void append_json(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    auto const begin = at;
    auto const point = next_code_point(text, at);
    if (!point) {
      out += "\\ufffd";
    } else if (*point == '"' || *point == '\\') {
      out += '\\';
      out += static_cast<char>(*point);
    } else if (*point < 0x20 || *point == '<' || *point == '>' || *point == '&') {
      switch (*point) {
        case '\b':
          out += "\\b";
          break;
        case '\f':
          out += "\\f";
          break;
        case '\n':
          out += "\\n";
          break;
        case '\r':
          out += "\\r";
          break;
        case '\t':
          out += "\\t";
          break;
        default:
          out += "\\u00" + hex(std::string(1, static_cast<char>(*point)));
      }
    } else if (*point == 0x2028 || *point == 0x2029) {
      out += *point == 0x2028 ? "\\u2028" : "\\u2029";
    } else {
      out += text.substr(begin, at - begin);
    }
  }
  out += '"';
}

namespace {

/// Shortest digits that round-trip, plain for 1e-6 <= |x| < 1e21 (D-8).
void append_number(std::string& out, double value) {
  if (std::signbit(value)) out += '-';
  value = std::fabs(value);
  if (value == 0) {
    out += '0';
    return;
  }
  char buffer[40];
  auto const end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
  std::string_view const text(buffer, static_cast<std::size_t>(end - buffer));
  auto const e_at = text.find('e');
  std::string digits(text.substr(0, e_at));
  std::erase(digits, '.');
  int exponent = 0;
  auto const exponent_at = e_at + (text[e_at + 1] == '+' ? 2 : 1);
  std::from_chars(text.data() + exponent_at, end, exponent);
  if (value < 1e-6 || value >= 1e21) {
    out += digits.substr(0, 1);
    if (digits.size() > 1) out += "." + digits.substr(1);
    out += exponent < 0 ? "e-" : "e+";
    out += std::to_string(std::abs(exponent));
  } else if (exponent < 0) {
    out += "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  } else {
    auto const whole = static_cast<std::size_t>(exponent) + 1;
    if (digits.size() < whole) digits.append(whole - digits.size(), '0');
    out += digits.substr(0, whole);
    if (digits.size() > whole) out += "." + digits.substr(whole);
  }
}

/// Writes values without recursion: nesting is the author's choice, the machine's stack is ours.
class ValueWriter {
 public:
  ValueWriter(std::string& out, std::vector<AnyValue> const& values) : out_(out), values_(values), spans_(values.size()) {
    std::vector<std::size_t> later;  // spans of the siblings that follow, nearest last
    for (std::size_t i = values.size(); i-- > 0;) {
      std::size_t span = 1;
      for (std::uint32_t child = 0; child < values[i].children; ++child) {
        if (later.empty()) throw std::logic_error("import-values: fewer children than announced");
        span += later.back();
        later.pop_back();
      }
      spans_[i] = span;
      later.push_back(span);
    }
  }

  /// All top values as one list.
  void write() {
    open("[", "]", children(0, values_.size()));
    while (!pending_.empty()) {
      auto& level = pending_.back();
      if (level.next == level.items.size()) {
        out_ += level.close;
        pending_.pop_back();
        continue;
      }
      if (level.next != 0) out_ += ',';
      auto const index = level.items[level.next++];
      if (level.close == "}") {
        append_json(out_, values_[index].key);
        out_ += ':';
      }
      write_one(index);  // may grow pending_: `level` is not used any more
    }
  }

 private:
  struct Level {
    std::string_view close;
    std::vector<std::size_t> items;
    std::size_t next = 0;
  };
  std::string& out_;
  std::vector<AnyValue> const& values_;
  std::vector<std::size_t> spans_;
  std::vector<Level> pending_;

  std::vector<std::size_t> children(std::size_t from, std::size_t end) const {
    std::vector<std::size_t> found;
    for (auto i = from; i < end; i += spans_[i]) found.push_back(i);
    return found;
  }

  void open(std::string_view begin, std::string_view close, std::vector<std::size_t> items) {
    out_ += begin;
    pending_.push_back({close, std::move(items)});
  }

  void write_one(std::size_t index) {
    auto const& value = values_[index];
    switch (value.kind) {
      case AnyValue::Kind::null:
        out_ += "null";
        return;
      case AnyValue::Kind::boolean:
        out_ += value.boolean ? "true" : "false";
        return;
      case AnyValue::Kind::number:
        append_number(out_, value.number);
        return;
      case AnyValue::Kind::string:
        append_json(out_, value.text);
        return;
      case AnyValue::Kind::list:
        open("[", "]", children(index + 1, index + spans_[index]));
        return;
      case AnyValue::Kind::map: {
        auto items = children(index + 1, index + spans_[index]);
        std::ranges::sort(items, {}, [&](std::size_t i) -> std::string const& { return values_[i].key; });
        open("{", "}", std::move(items));
        return;
      }
    }
  }
};

}  // namespace

void append_json(std::string& out, Dependency const& dependency) {
  if (dependency.is_null) throw std::logic_error("a null dependency has no JSON here");
  auto const field = [&](std::string_view name, std::string const& text) {
    if (text.empty()) return;
    out += ",\"" + std::string(name) + "\":";
    append_json(out, text);
  };
  out += "{\"name\":";
  append_json(out, dependency.name);
  field("version", dependency.version);
  out += ",\"repository\":";
  append_json(out, dependency.repository);
  field("condition", dependency.condition);
  if (!dependency.tags.empty()) {
    out += ",\"tags\":";
    append_json(out, dependency.tags);
  }
  if (dependency.enabled) out += ",\"enabled\":true";
  if (!dependency.import_values.empty()) {
    out += ",\"import-values\":";
    ValueWriter(out, dependency.import_values).write();
  }
  field("alias", dependency.alias);
  out += '}';
}

void append_json(std::string& out, std::vector<std::string> const& texts) {
  out += '[';
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i != 0) out += ',';
    append_json(out, texts[i]);
  }
  out += ']';
}

void append_json(std::string& out, std::map<std::string, std::string, std::less<>> const& texts) {
  char before = '{';
  for (auto const& [key, text] : texts) {
    out += before;
    append_json(out, key);
    out += ':';
    append_json(out, text);
    before = ',';
  }
  out += texts.empty() ? "{}" : "}";
}

}  // namespace acr::chart

#pragma once

// Our answers in the form of the recordings of Helm's: tests/data/chart-yaml/README.md

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "chart/chart_lock.hpp"
#include "chart/chart_metadata.hpp"
#include "chart/json_check.hpp"
#include "chart/read_metadata.hpp"
#include "chart/semver.hpp"
#include "chart/values_check.hpp"
#include "support/text.hpp"
#include "yaml/writer.hpp"

namespace acr::test {

/// The inverse of the recorder's escaping.
inline std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') {
      out += text[at];
      continue;
    }
    switch (text.at(++at)) {
      case 'n':
        out += '\n';
        break;
      case 't':
        out += '\t';
        break;
      case 'x':
        out += static_cast<char>(std::stoi(std::string(text.substr(at + 1, 2)), nullptr, 16));
        at += 2;
        break;
      default:
        out += text[at];
    }
  }
  return out;
}

struct Answer {
  std::string text;     ///< as Helm's: "ok:…", "refused", …
  Rejection rejection;  ///< why, when refused
};

inline Answer refusal(Rejection rejection) { return {"refused", std::move(rejection)}; }

inline Answer written(Verdict<std::string> const& text) {
  if (!text) return refusal(text.error());
  return {"ok:" + *text, {}};
}

/// What the loader does with the metadata files of one chart.
inline Answer chart_answer(std::string_view chart_yaml, std::string_view requirements, bool top) {
  if (top)
    if (auto const version = chart::check_api_version(chart_yaml, "Chart.yaml"); !version) return refusal(version.error());
  auto metadata = chart::read_metadata(chart_yaml, "Chart.yaml");
  if (!metadata) return refusal(metadata.error());
  if (!requirements.empty())
    if (auto const merged = chart::merge_requirements(*metadata, requirements, "requirements.yaml"); !merged)
      return refusal(merged.error());
  auto const validated = chart::validate(std::move(*metadata), "Chart.yaml");
  if (!validated) return refusal(validated.error());
  return written(chart::write_metadata(validated->metadata));
}

inline Answer lock_answer(std::string_view bytes) {
  auto const lock = chart::read_lock(bytes, "Chart.lock");
  if (!lock) return refusal(lock.error());
  if (!*lock) return {"none", {}};
  auto const text = chart::write_lock(**lock);
  if (!text) return refusal(text.error());
  auto const time = chart::generated_time(**lock);
  return {(time ? std::to_string(*time) : std::string("zero")) + "\nok:" + *text, {}};
}

inline Answer order_answer(std::string_view input) {
  auto const keys = split(input, '\0');
  yaml::Writer yaml;
  yaml.begin_map(keys.size());
  for (auto const position : yaml::natural_order(keys)) {
    yaml.key(keys[position]);
    yaml.string("");
  }
  yaml.end();
  return {"ok:" + std::move(yaml).take(), {}};
}

inline Answer our_answer(std::string_view op, std::string_view input) {
  auto const cut = input.find('\0');
  auto const first = input.substr(0, cut);
  auto const second = cut == std::string_view::npos ? std::string_view{} : input.substr(cut + 1);
  chart::ChartMetadata metadata;
  if (op == "chart") return chart_answer(input, "", true);
  if (op == "subchart") return chart_answer(input, "", false);
  if (op == "requirements") return chart_answer(first, second, true);
  if (op == "lock") return lock_answer(input);
  if (op == "values") {
    auto const checked = chart::check_values(input, "values.yaml");
    return checked ? Answer{"ok", {}} : refusal(checked.error());
  }
  if (op == "json") return {chart::check_json(input, "f").has_value() ? "true" : "false", {}};
  if (op == "annotation") return metadata.annotations["key"] = input, written(chart::write_metadata(metadata));
  if (op == "key") return metadata.annotations[std::string(input)] = "value", written(chart::write_metadata(metadata));
  if (op == "keyword") return metadata.keywords.emplace_back(input), written(chart::write_metadata(metadata));
  if (op == "alias") {
    auto& dependency = metadata.dependencies.emplace_back();
    dependency.alias = input;
    dependency.name = "n";
    return written(chart::write_metadata(metadata));
  }
  if (op == "order") return order_answer(input);
  if (op == "version") {
    auto const version = chart::parse_version(input);
    return version ? Answer{version->text(), {}} : refusal({});
  }
  if (op == "versions") {
    auto const a = chart::parse_version(first), b = chart::parse_version(second);
    if (!a || !b) return refusal({});
    auto const order = compare(*a, *b);
    return {order < 0 ? "-1" : order > 0 ? "1" : "0", {}};
  }
  if (op == "sanitise") return {chart::sanitized(input), {}};
  throw std::runtime_error("unknown recording " + std::string(op));
}

}  // namespace acr::test

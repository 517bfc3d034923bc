#pragma once

// How servers find what a request's path names: tests/net/server_paths.hpp
// Simple models, written for themselves: the prefix rule (B-28) must hold for each. Used by a test and by a fuzz target.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace acr::net {

inline std::string model_decoded(std::string_view text, bool slashes = true) {
  auto const value = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && value(text[i + 1]) >= 0 && value(text[i + 2]) >= 0) {
      char const byte = static_cast<char>(value(text[i + 1]) * 16 + value(text[i + 2]));
      if (slashes || (byte != '/' && byte != '\\')) {
        out += byte;
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

/// Dot segments removed; `merged`: empty segments too, `parameters`: what follows a `;` in a segment as well.
inline std::string model_resolved(std::string_view path, bool merged, bool parameters) {
  std::vector<std::string> kept;
  std::string segment;
  auto const close = [&] {
    if (parameters) segment = segment.substr(0, segment.find(';'));
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (segment != "." && !(merged && segment.empty())) {
      kept.push_back(segment);
    }
    segment.clear();
  };
  for (char const c : path.substr(path.starts_with('/') ? 1 : 0)) {
    if (c == '/')
      close();
    else
      segment += c;
  }
  close();
  std::string out;
  for (auto const& one : kept) out += "/" + one;
  return out;
}

inline std::string with_slashes(std::string text) {
  for (auto& c : text)
    if (c == '\\') c = '/';
  return text;
}

/// What each model does, and the path that it finds.
inline std::vector<std::pair<std::string, std::string>> server_readings(std::string_view path) {
  auto const once = model_decoded(path);
  return {
      {"decodes and resolves", model_resolved(once, false, false)},
      {"decodes, resolves, and merges slashes", model_resolved(once, true, false)},
      {"decodes all but slashes, and resolves", model_resolved(model_decoded(path, false), false, false)},
      {"resolves and decodes", model_decoded(model_resolved(path, false, false))},
      {"resolves, decodes and resolves again", model_resolved(model_decoded(model_resolved(path, false, false)), true, false)},
      {"drops parameters, then decodes", model_resolved(model_decoded(model_resolved(path, false, true)), true, false)},
      {"decodes, then drops parameters", model_resolved(once, true, true)},
      {"takes backslashes for slashes", model_resolved(with_slashes(once), true, true)},
      {"decodes twice", model_resolved(with_slashes(model_decoded(once)), true, true)},
  };
}

}  // namespace acr::net

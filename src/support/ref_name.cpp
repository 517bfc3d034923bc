#include "support/ref_name.hpp"

#include <algorithm>

#include "support/text.hpp"

namespace acr {

bool is_ref_name(std::string_view name) {
  if (name.empty() || name == "@" || name.ends_with('.')) return false;
  if (name.find("..") != std::string_view::npos || name.find("@{") != std::string_view::npos) return false;
  auto const forbidden = [](char c) {
    auto const byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7f || std::string_view("~^:?*[\\").find(c) != std::string_view::npos;
  };
  if (std::ranges::any_of(name, forbidden)) return false;
  auto const components = split(name, '/');
  return std::ranges::none_of(components, [](std::string_view component) {
    return component.empty() || component.starts_with('.') || component.ends_with(".lock");
  });
}

}  // namespace acr

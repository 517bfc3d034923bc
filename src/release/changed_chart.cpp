#include "release/changed_chart.hpp"

namespace acr::release {

std::string tag_name(std::string_view format, std::string_view name, std::string_view version) {
  std::string out;
  while (!format.empty()) {
    if (format.starts_with("{name}")) {
      out += name;
      format.remove_prefix(6);
    } else if (format.starts_with("{version}")) {
      out += version;
      format.remove_prefix(9);
    } else {
      out += format.front();
      format.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace acr::release

#include "release/findings.hpp"

namespace acr::release {

std::string attestation_place(std::string_view key, std::string_view id) {
  return "attestation " + std::string(key) + " (id " + std::string(id) + ")";
}

}  // namespace acr::release

#pragma once

// What was found about one thing: src/release/findings.hpp

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/verdict.hpp"

namespace acr::release {

/// In the order in which the checks ran. One refusal is enough to refuse the thing; the others are reported with it.
struct Findings {
  std::vector<Rejection> refusals, warnings;

  [[nodiscard]] bool refused() const { return !refusals.empty(); }
  void refuse(Rejection why) { refusals.push_back(std::move(why)); }
  void warn(Rejection what) { warnings.push_back(std::move(what)); }
};

/// Where something was found about an attestation: "attestation lint (id 7)".
std::string attestation_place(std::string_view key, std::string_view id);

}  // namespace acr::release

#pragma once

// Ranges of time as Sigstore documents give them: src/sigstore/time.hpp
// Proto3 JSON Timestamps, V-25: compared with sub-second precision, ranges closed at both ends.

#include <optional>
#include <string>

#include "support/time.hpp"

namespace acr::sigstore {

using acr::parse_rfc3339;
using acr::Time;
using acr::to_text;

/// A range closed at both ends; a missing bound is unbounded (V-24, V-25).
struct Validity {
  std::optional<Time> from;
  std::optional<Time> to;

  [[nodiscard]] bool contains(Time time) const { return (!from || *from <= time) && (!to || time <= *to); }
  friend bool operator==(Validity const&, Validity const&) = default;
};

/// "2022-10-20T00:00:00Z … open", for messages.
std::string to_text(Validity const& validity);

}  // namespace acr::sigstore

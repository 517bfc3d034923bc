#pragma once

#include <snappy.h>

#include <string>

namespace acr::test {

/// A raw Snappy block, as GitHub's attestation storage serves it.
inline std::string packed_by_snappy(std::string const& bytes) {
  std::string packed;
  snappy::Compress(bytes.data(), bytes.size(), &packed);
  return packed;
}

}  // namespace acr::test

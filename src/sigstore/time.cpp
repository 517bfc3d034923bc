// See time.hpp.
#include "sigstore/time.hpp"

namespace acr::sigstore {

std::string to_text(Validity const& validity) {
  return (validity.from ? to_text(*validity.from) : "open") + " … " + (validity.to ? to_text(*validity.to) : "open");
}

}  // namespace acr::sigstore

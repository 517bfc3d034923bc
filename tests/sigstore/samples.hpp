#pragma once

// The genuine bundles of tests/data/sigstore, and ways to damage them on purpose.

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "support/atomic_file.hpp"
#include "support/places.hpp"
#include "support/text.hpp"

namespace samples {

inline std::filesystem::path folder() { return acr::test::data_folder() / "sigstore"; }

inline std::string text(std::filesystem::path const& below) { return acr::read_file(folder() / below, std::size_t{64} << 20); }

/// `text` with the first `from` replaced; throws when there is none, so that a test cannot pass by doing nothing.
inline std::string with(std::string text, std::string_view from, std::string_view to) {
  auto const at = text.find(from);
  if (at == std::string::npos) throw std::logic_error("the sample does not contain " + std::string(from));
  return text.replace(at, from.size(), to);
}

/// A sample of GitHub's attestations: tests/data/sigstore/github/<name>.
struct Attestation {
  std::string name;
  std::string bundle, artifact, identity, issuer, trusted_root;
};

inline Attestation attestation(std::string const& name) {
  std::filesystem::path const in = std::filesystem::path("github") / name;
  auto const line = [&](char const* file) { return std::string(acr::trimmed(text(in / file))); };
  return {name,           text(in / "bundle.sigstore.json"), text(in / "artifact"), line("identity"),
          line("issuer"), text(line("trusted_root"))};
}

inline std::vector<std::string> attestation_names() {
  return {"private-instance-demo", "reusable-workflow", "custom-issuer", "npm-provenance-sha512", "slsa-generator-gradle"};
}

}  // namespace samples

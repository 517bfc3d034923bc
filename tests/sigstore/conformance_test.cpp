#include "sigstore/conformance.hpp"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "samples.hpp"
#include "support/catch2.hpp"
#include "support/digest.hpp"
#include "support/temporary_directory.hpp"

namespace conformance_test {
namespace {

using namespace acr::sigstore;
namespace fs = std::filesystem;

constexpr char const* default_identity =
    "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
constexpr char const* default_issuer = "https://token.actions.githubusercontent.com";

int run(std::vector<std::string> const& arguments, std::string* said = nullptr) {
  std::vector<std::string_view> const views(arguments.begin(), arguments.end());
  std::ostringstream log;
  int const status = verify_bundle_command(views, log);
  if (said) *said = log.str();
  return status;
}

/// The suite's way of calling: options in this order, artifact last.
std::vector<std::string> arguments_of(fs::path const& folder, bool by_digest) {
  auto const line = [&](char const* name, char const* otherwise) {
    return fs::exists(folder / name) ? std::string(acr::trimmed(acr::read_file(folder / name, 10'000)))
                                     : std::string(otherwise);
  };
  std::vector<std::string> arguments{"--bundle", (folder / "bundle.sigstore.json").string()};
  if (fs::exists(folder / "key.pub")) {
    arguments.insert(arguments.end(), {"--key", (folder / "key.pub").string()});
  } else {
    arguments.insert(arguments.end(), {"--certificate-identity", line("identity", default_identity),
                                       "--certificate-oidc-issuer", line("issuer", default_issuer)});
  }
  if (fs::exists(folder / "trusted_root.json"))
    arguments.insert(arguments.end(), {"--trusted-root", (folder / "trusted_root.json").string()});
  fs::path const artifact = fs::exists(folder / "artifact") ? folder / "artifact" : folder.parent_path() / "a.txt";
  arguments.push_back(by_digest ? acr::sha256_text(acr::read_file(artifact, 1'000'000)) : artifact.string());
  return arguments;
}

TEST_CASE("every conformance case has the suite's verdict, by file and by digest", "[sigstore]") {
  std::vector<fs::path> folders;
  for (auto const& entry : fs::directory_iterator(samples::folder() / "conformance"))
    if (entry.is_directory()) folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  REQUIRE(folders.size() == 22);
  for (auto const& folder : folders)
    for (bool const by_digest : {false, true}) {
      bool const must_fail = folder.filename().string().ends_with("_fail");
      std::string said;
      int const status = run(arguments_of(folder, by_digest), &said);
      CAPTURE(folder.filename().string(), by_digest, said);
      CHECK(status == (must_fail ? 1 : 0));
    }
}

TEST_CASE("verify-bundle asks for the evidence that every bundle must have (V-86)", "[sigstore]") {
  std::string said;
  CHECK(run(arguments_of(samples::folder() / "conformance" / "rekor2-no-timestamp_fail", false), &said) == 1);
  CAPTURE(said);
  CHECK(said.find("[V-85]") != std::string::npos);
}

TEST_CASE("a passing conformance case fails under another identity, issuer or artifact", "[sigstore]") {
  auto const arguments = arguments_of(samples::folder() / "conformance/happy-path-v0.3", false);
  REQUIRE(run(arguments) == 0);
  auto const changed = [&](std::size_t at, std::string const& value) {
    auto other = arguments;
    other.at(at) = value;
    return run(other);
  };
  CHECK(changed(3, std::string(default_identity) + "x") == 1);
  CHECK(changed(5, "https://accounts.google.com") == 1);
  CHECK(changed(6, acr::sha256_text("something else")) == 1);
}

TEST_CASE("a wrong call of verify-bundle ends with usage and status 2", "[sigstore]") {
  std::string said;
  CHECK(run({}, &said) == 2);
  CHECK_THAT(said, Catch::Matchers::EndsWith("FILE_OR_DIGEST\n"));
  CHECK(run({"--bundle", "b"}) == 2);
  CHECK(run({"--bundle"}) == 2);
  CHECK(run({"--bundle", "b", "--bundle", "c", "--key", "k", "a"}) == 2);
  CHECK(run({"--bundle", "b", "--certificate-identity", "i", "a"}) == 2);
  CHECK(run({"--bundle", "b", "--certificate-identity", "i", "--certificate-oidc-issuer", "u", "--key", "k", "a"}) == 2);
  CHECK(run({"--bundle", "b", "--key", "k", "a", "c"}) == 2);
  CHECK(run({"--unknown", "b", "--key", "k", "a"}) == 2);
  CHECK(run({"--bundle", "/nowhere", "--certificate-identity", "i", "--certificate-oidc-issuer", "u", "sha256:00"}) == 2);
}

}  // namespace
}  // namespace conformance_test

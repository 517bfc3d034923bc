#include "scenario/release_files.hpp"
#include "support/places.hpp"

namespace acr::test {
namespace fs = std::filesystem;

fs::path lab_folder() { return acr::test::data_folder() / "lab"; }

std::vector<std::string> lab_releases(bool network) {
  std::vector<std::string> names{"two-charts",       "ids-only",    "private-instance",  "no-lineage",
                                 "other-repository", "tag-missing", "tampered-signature"};
  if (!network) names.insert(names.end(), {"feature-branch", "fork-main"});
  return names;
}

std::map<std::string, std::string> release_of(ReleaseWorld const& world) {
  std::map<std::string, std::string> files;
  for (auto const& name : world.packages()) files[name] = text_of(world.file(".cr-release-packages/" + name));
  files["manifest"] = text_of(world.file("release-attestation-manifest.json"));
  return files;
}

Outcome outcome_of(ReleaseWorld const& world, ProgramResult const& result) {
  return {result.status, world.outputs(), release_of(world)};
}

std::string difference(Outcome const& expected, Outcome const& found) {
  if (expected == found) return {};
  std::string text;
  if (expected.status != found.status)
    text += "status " + std::to_string(found.status) + " for " + std::to_string(expected.status) + "\n";
  auto const compare = [&](std::map<std::string, std::string> const& wanted, std::map<std::string, std::string> const& had) {
    for (auto const& [name, value] : wanted)
      if (auto const at = had.find(name); at == had.end() || at->second != value)
        text += name + " is " + (at == had.end() ? std::string("missing") : at->second.substr(0, 2000)) + "\n";
    for (auto const& [name, value] : had)
      if (!wanted.contains(name)) text += name + " is new\n";
  };
  compare(expected.outputs, found.outputs);
  compare(expected.files, found.files);
  return text;
}

std::vector<std::string> files_with(fs::path const& folder, std::string const& text) {
  std::vector<std::string> found;
  for (fs::recursive_directory_iterator item(folder), end; item != end; ++item) {
    if (item->path().filename() == ".git") item.disable_recursion_pending();
    if (item->is_regular_file() && text_of(item->path()).find(text) != std::string::npos)
      found.push_back(item->path().string());
  }
  return found;
}

}  // namespace acr::test

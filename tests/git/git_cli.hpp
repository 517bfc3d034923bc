#pragma once

// Real repositories, made by the git command line in a temporary folder.

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "support/atomic_file.hpp"
#include "support/temporary_directory.hpp"
#include "support/text.hpp"

namespace acr::test {

/// Runs a shell script in `folder`, free of the machine's git configuration and with fixed names and times; throws with its
/// output when it fails. Returns standard output without the last line end.
inline std::string shell(std::filesystem::path const& folder, std::string const& script) {
  TemporaryDirectory const log;
  std::string const text =
      "set -e; cd '" + folder.string() + "'; export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null HOME=/nonexistent " +
      "GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@example.org " +
      "GIT_AUTHOR_DATE='1700000000 +0000' GIT_COMMITTER_DATE='1700000000 +0000'\n" + script + "\n";
  write_file(log.path() / "script", text);
  auto const out = log.path() / "out", err = log.path() / "err";
  int const status =
      std::system(("sh '" + (log.path() / "script").string() + "' >'" + out.string() + "' 2>'" + err.string() + "'").c_str());
  if (status != 0) throw std::runtime_error("script failed: " + read_file(err, 1 << 20) + "\n" + script);
  return std::string(trimmed(read_file(out, 1 << 24)));
}

}  // namespace acr::test

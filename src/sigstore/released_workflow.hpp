#pragma once

// A workflow file that a project ships with its releases, at a release tag: src/sigstore/released_workflow.hpp (B-11, B-16a)
// Anybody may call it, and the caller chooses the ref: only tags of releases that are trusted count, no branch, no pull
// request, no commit id (which can name a commit of a fork).

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sigstore/signer_workflow.hpp"

namespace acr::sigstore {

/// "1.2.3".
struct ReleaseNumber {
  std::uint64_t major = 0, minor = 0, patch = 0;
  friend auto operator<=>(ReleaseNumber const&, ReleaseNumber const&) = default;
};

/// Three decimal numbers without sign and leading zeros; nothing for another form, pre-releases among them.
std::optional<ReleaseNumber> release_number(std::string_view text);

struct ReleasedWorkflow {
  std::string host;        ///< "github.com"
  std::string repository;  ///< "owner/repo"
  std::string path;        ///< ".github/workflows/release-charts.yaml"
  ReleaseNumber own;       ///< this program's: releases of its major version count
  ReleaseNumber oldest;    ///< releases below it do not

  /// True at `refs/tags/v<major>`, which the project moves, and at `refs/tags/v<x.y.z>`. Before 1.0.0 every minor version may
  /// change everything: there is no `v0` then, and only releases of `own`'s minor version count.
  [[nodiscard]] bool matches(WorkflowPlace const& actual) const;

  /// "owner/repo/path@refs/tags/v1, or at v1.x.y from v1.0.0": what is expected, for messages.
  [[nodiscard]] std::string text() const;
};

}  // namespace acr::sigstore

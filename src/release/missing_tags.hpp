#pragma once

// Charts whose tags are missing, and what these tags will say: src/release/missing_tags.hpp (B-14)
// The stage that tags knows no ids: it looks for attestations of each chart's source digest, and lists in the annotation those
// that the release is going to accept.

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "chart/changed_charts.hpp"
#include "git/objects.hpp"
#include "github/attestations.hpp"
#include "release/settings.hpp"
#include "release/wait.hpp"
#include "report/release_record.hpp"
#include "sigstore/verifier.hpp"
#include "support/run_clock.hpp"
#include "support/time.hpp"
#include "support/verdict.hpp"

namespace acr::release {

/// An attestation that the annotation lists.
struct FoundAttestation {
  std::string key;  ///< the name of its subject
  std::string id;   ///< decimal
  std::string predicate_type;
  Time time;           ///< the earliest that a trusted service vouches for
  std::string signer;  ///< the certificate's SAN
};

enum class TagStatus {
  missing,  ///< the tag can be made as `message` says
  created,
  exists,   ///< somebody else was faster
  refused,  ///< not to be made; `refusals` say why
};
std::string to_text(TagStatus status);

struct MissingTag {
  std::string name, version, path;
  std::string tag;                             ///< empty when the chart cannot be read
  std::string source_digest;                   ///< "sha256:…"; empty when the chart cannot be read
  std::vector<FoundAttestation> attestations;  ///< by key
  /// Attestations that do not count, by the code of the reason: signed by others, not valid, without a usable key or id.
  std::map<Code, std::size_t> passed_over;
  std::vector<report::Finding> refusals, warnings;
  std::string message;  ///< the annotation; empty when refused
  TagStatus status = TagStatus::refused;

  [[nodiscard]] std::size_t passed_over_count() const;
  void refuse(Rejection why) { refusals.push_back(std::move(why)); }
};

struct MissingTags {
  git::ObjectId commit;
  std::vector<MissingTag> charts;            ///< by name and path: those whose tags are missing, and those that cannot be read
  std::size_t present = 0;                   ///< charts that have their tag
  std::vector<chart::SkippedChart> skipped;  ///< by exclude-charts
  std::vector<report::Finding> warnings;     ///< of the configuration
};

struct TagTools {
  git::ObjectSource& objects;  ///< whose refs are the server's
  github::Attestations& attestations;
  sigstore::Verifier const& verifier;
  RunClock& clock;
  std::function<void(std::string const& line)> say{};  ///< the log; nothing: waits are not logged
  WaitClock waits{};                                   ///< empty: `clock`
};

/// One mistake for each thing that `command: tags` cannot do without (exit status 2): signers that anybody with a branch cannot
/// be, and the server's word on tags. To be asked before any request.
std::vector<Rejection> tag_mistakes(event::ActionInputs const& inputs, InputLists const& lists);

/// Looks at the charts of the commit. GitHub lists an attestation a moment after it was made: content without any is asked for
/// again until `tag-wait` is over. Refused as a whole: what charts_directories() refuses (exit status 2). Throws as the github
/// room does.
Verdict<MissingTags> missing_tags(git::ObjectId const& commit, RunSettings const& settings, TagTools const& tools);

/// `no-charts`: no tag is missing; `success`: all that are missing can be or were made; `partial`: some of them; `failed`:
/// none.
report::Result result_of(MissingTags const& found);
/// Code of the first refusal; empty when there is none.
Code reason_of(MissingTags const& found);

}  // namespace acr::release

#pragma once

// A workflow that may sign, as `signer-workflows` names it: src/sigstore/signer_workflow.hpp (A-60, B-10)
// The one grammar of such a line: who asks the verifier has it parsed here, and only a parsed line is ever compared.

#include <optional>
#include <string>
#include <string_view>

#include "support/verdict.hpp"

namespace acr::sigstore {

/// A workflow file at a ref, taken apart; views into the text that was parsed.
struct WorkflowPlace {
  std::string_view host;        ///< "github.com"; empty when the text has none
  std::string_view repository;  ///< "owner/repo"
  std::string_view path;        ///< ".github/workflows/f.yml"
  std::string_view ref;         ///< "refs/…" or a commit id; empty when there is none
};

/// "owner/repo/path[@ref]" as the options of gh and certificates have it; nothing for another form. Whether path and ref are
/// good is not looked at.
std::optional<WorkflowPlace> workflow_place(std::string_view text);

/// The same behind "https://host/": the SAN of GitHub Actions.
std::optional<WorkflowPlace> workflow_place_of_uri(std::string_view uri);

/// Letters, digits, `-`, `_` and `.` of ASCII: the name of an owner, a repository or a host.
bool is_plain_name(std::string_view text);

/// "refs/…" or a whole commit id.
bool is_ref_or_commit(std::string_view ref);

class SignerWorkflow {
 public:
  /// `owner/repo/.github/workflows/file.yml@ref`, after an optional `<server>/`. The file's name ends in `.yml` or `.yaml`; the
  /// ref begins with `refs/heads/`, `refs/tags/` or `refs/pull/`, or is a whole commit id; `*` only behind that beginning.
  /// Refused (code "bad-input", rule B-10, no `where`): anything else, with what may have been meant.
  static Verdict<SignerWorkflow> parse(std::string_view line, std::string_view server = "https://github.com");

  /// True when `actual`, a certificate's, is one of the workflows of this line on `host`. ASCII case counts except in owner and
  /// repository;
  /// `*` stands for any characters but `/`: protecting `release-*` does not protect `release-1/mine`.
  [[nodiscard]] bool matches(WorkflowPlace const& actual, std::string_view host) const;

  /// Without the server: "owner/repo/.github/workflows/file.yml@refs/heads/main".
  [[nodiscard]] std::string const& text() const { return text_; }
  [[nodiscard]] WorkflowPlace place() const { return *workflow_place(text_); }

  friend bool operator==(SignerWorkflow const&, SignerWorkflow const&) = default;

 private:
  std::string text_;
};

/// B-10: a predicate type is a URI with its scheme, without white space and comma. Refused with code "bad-input", no `where`.
Verdict<std::string> parse_predicate_type(std::string_view line);

}  // namespace acr::sigstore

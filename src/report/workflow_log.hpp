#pragma once

// The run's log: src/report/workflow_log.hpp (rules of the action contract)
// Inside Actions lines and workflow commands, on a terminal the same as plain text. Every text passes through
// printable() here, so that callers may hand in foreign bytes as they are.

#include <array>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "support/verdict.hpp"

namespace acr::report {

/// Workflow command escaping of data: `%`, CR, LF.
std::string escape_data(std::string_view text);
/// Workflow command escaping of a property value: also `:` and `,`.
std::string escape_property(std::string_view text);

/// What an annotation points at. Empty and 0: not given.
struct AnnotationPlace {
  std::string file;  ///< workspace-relative
  std::size_t line = 0, end_line = 0;
  std::size_t column = 0, end_column = 0;  ///< dropped when the place spans several lines (A-33)
  std::string title;
};

/// Orders the annotations of one kind and chart, and what comes first among the charts: ten are shown.
enum class Severity { high, normal, low };

/// Not thread-safe: one thread writes the log. Each line and each group reaches the sink as it happens: a run that waits, or is
/// killed, has shown what it did. The sink must outlive it.
///
/// Notices, warnings and errors are collected and written by finish(): errors, warnings, notices; within a kind one of each
/// chart before a second of any, by severity, then in the order of the calls. So the log reads top to bottom, and the ten
/// that GitHub shows are the ten that matter.
class WorkflowLog {
 public:
  enum class Style {
    actions,   ///< workflow commands
    terminal,  ///< plain text: no commands, groups are headings
  };

  /// `debug`: RUNNER_DEBUG is 1, or the terminal asked for more.
  WorkflowLog(std::ostream& sink, Style style, bool debug = false);
  /// finish(), errors of the sink swallowed.
  ~WorkflowLog();
  WorkflowLog(WorkflowLog const&) = delete;
  WorkflowLog& operator=(WorkflowLog const&) = delete;

  /// A-37, to be called before anything else: masks the token and its Basic form (Base64 of `x-access-token:<token>`).
  void mask_token(std::string_view token);
  /// Masks each line of `secret` of at least 8 bytes. Also replaces it by `***` in all later text of this log,
  /// on a terminal too.
  void mask(std::string_view secret);

  /// One line, cut at 4,000 characters. A line break in `text` is shown as `\u{a}`.
  void line(std::string_view text);
  /// Only with `debug`.
  void debug(std::string_view text);
  /// Closes an open group first: groups do not nest.
  void open_group(std::string_view title);
  void close_group();
  /// Text of any length, line by line, between stop-commands.
  void dump(std::string_view title, std::string_view text);

  void notice(std::string_view text, AnnotationPlace place = {}, Severity severity = Severity::normal);
  void warning(std::string_view text, AnnotationPlace place = {}, Severity severity = Severity::normal);
  void error(std::string_view text, AnnotationPlace place = {}, Severity severity = Severity::normal);

  /// One error that holds code, chart, tag, attestation key, place, reason, expected, found, fix, rule. Empty
  /// `chart`, `tag`, `key`: does not apply.
  void refusal(Rejection const& rejection, std::string_view chart = {}, std::string_view tag = {}, std::string_view key = {},
               Severity severity = Severity::normal);
  /// The same as a warning.
  void warning(Rejection const& finding, std::string_view chart = {}, std::string_view tag = {}, std::string_view key = {},
               Severity severity = Severity::normal);

  /// Closes the open group, writes what was collected (≤10 of each kind as annotations, the rest as text, A-34) and
  /// flushes. The log can go on afterwards; what follows is collected anew, the limit of ten counts on.
  void finish();

  /// The text of refusal(): "tag-not-found: chart web, tag web-v1.2.0: …". Foreign parts escaped, one line.
  static std::string refusal_text(Rejection const& rejection, std::string_view chart, std::string_view tag,
                                  std::string_view key);

 private:
  struct Annotation {
    std::string text;
    AnnotationPlace place;
    Severity severity;
    std::string chart;  // empty: of the run
  };
  enum Kind : std::size_t { error_kind, warning_kind, notice_kind };

  void add(Kind kind, std::string text, AnnotationPlace place, Severity severity, std::string chart = {});
  static std::vector<Annotation const*> in_order(std::vector<Annotation> const& collected);
  void write_annotation(Kind kind, Annotation const& annotation);
  void write_plain(Kind kind, std::string_view text);
  void put(std::string_view text);      // one line, secrets replaced
  void command(std::string_view line);  // a workflow command
  [[nodiscard]] std::string cleared(std::string_view text) const;

  std::ostream& sink_;
  Style style_;
  bool debug_;
  bool group_open_ = false;
  std::vector<std::string> secrets_;
  std::array<std::vector<Annotation>, 3> collected_;
  std::array<std::size_t, 3> written_{};  // annotations of each kind so far
};

}  // namespace acr::report

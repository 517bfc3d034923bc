#include "report/workflow_log.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <ostream>
#include <utility>

#include "report/limits.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"

namespace acr::report {
namespace {

constexpr std::array<std::string_view, 3> command_names{"error", "warning", "notice"};

std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (char const c : text) {
    if (c == '%')
      out += "%25";
    else if (c == '\r')
      out += "%0D";
    else if (c == '\n')
      out += "%0A";
    else if (property && c == ':')
      out += "%3A";
    else if (property && c == ',')
      out += "%2C";
    else
      out += c;
  }
  return out;
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

std::string properties(AnnotationPlace const& place) {
  std::string out;
  auto const add = [&](std::string_view key, std::string const& value) {
    out += out.empty() ? " " : ",";
    out += key;
    out += '=';
    out += escape_property(value);
  };
  bool const one_line = place.end_line == 0 || place.end_line == place.line;
  if (!place.file.empty()) add("file", printable(place.file));
  if (place.line != 0) add("line", std::to_string(place.line));
  if (place.end_line != 0) add("endLine", std::to_string(place.end_line));
  if (place.column != 0 && one_line) add("col", std::to_string(place.column));
  if (place.end_column != 0 && one_line) add("endColumn", std::to_string(place.end_column));
  if (!place.title.empty()) add("title", printable(place.title, 200));
  return out;
}

AnnotationPlace place_of(Rejection const& finding) {
  AnnotationPlace place;
  place.file = finding.source_file;
  place.line = finding.source_line;
  return place;
}

}  // namespace

std::string escape_data(std::string_view text) { return escaped(text, false); }
std::string escape_property(std::string_view text) { return escaped(text, true); }

WorkflowLog::WorkflowLog(std::ostream& sink, Style style, bool debug) : sink_(sink), style_(style), debug_(debug) {}

WorkflowLog::~WorkflowLog() {
  try {
    finish();
  } catch (...) {  // a sink that is gone must not end the program in another way than it was about to
  }
}

void WorkflowLog::mask_token(std::string_view token) {
  if (token.size() < min_secret_bytes) return;
  mask(token);
  mask(base64("x-access-token:" + std::string(token)));
}

void WorkflowLog::mask(std::string_view secret) {
  for (auto const part : lines(secret)) {
    auto const value = trimmed(part);
    // An empty mask is a warning of the runner's, and a short one would blank out innocent text.
    if (value.size() < min_secret_bytes) continue;
    if (style_ == Style::actions) command("::add-mask::" + escape_data(value));
    secrets_.emplace_back(value);
  }
  // The longest first: a secret may contain another one.
  std::ranges::stable_sort(secrets_, std::ranges::greater{}, &std::string::size);
}

std::string WorkflowLog::cleared(std::string_view text) const {
  std::string out(text);
  for (auto const& secret : secrets_) replace_all(out, secret, "***");
  return out;
}

void WorkflowLog::put(std::string_view text) {
  if (style_ == Style::terminal && group_open_) sink_ << "  ";
  sink_ << printable(cleared(text), max_message_characters) << '\n' << std::flush;
}

void WorkflowLog::command(std::string_view line) { sink_ << line << '\n' << std::flush; }

void WorkflowLog::line(std::string_view text) { put(text); }

void WorkflowLog::debug(std::string_view text) {
  if (!debug_) return;
  if (style_ == Style::actions) {
    command("::debug::" + escape_data(printable(cleared(text), max_message_characters)));
  } else {
    put("debug: " + std::string(text));
  }
}

void WorkflowLog::open_group(std::string_view title) {
  close_group();
  auto const name = printable(cleared(title), 200);
  if (style_ == Style::actions) {
    command("::group::" + escape_data(name));
  } else {
    sink_ << name << '\n' << std::flush;
  }
  group_open_ = true;
}

void WorkflowLog::close_group() {
  if (!group_open_) return;
  group_open_ = false;
  if (style_ == Style::actions) command("::endgroup::");
}

void WorkflowLog::dump(std::string_view title, std::string_view text) {
  put(title);
  std::string const token = style_ == Style::actions ? random_hex(16) : std::string();
  if (!token.empty()) command("::stop-commands::" + token);
  std::string const safe = cleared(text);  // named: the pieces below point into it
  for (auto const part : lines(safe)) put(part);
  if (!token.empty()) command("::" + token + "::");
}

void WorkflowLog::notice(std::string_view text, AnnotationPlace place, Severity severity) {
  add(notice_kind, std::string(text), std::move(place), severity);
}

void WorkflowLog::warning(std::string_view text, AnnotationPlace place, Severity severity) {
  add(warning_kind, std::string(text), std::move(place), severity);
}

void WorkflowLog::error(std::string_view text, AnnotationPlace place, Severity severity) {
  add(error_kind, std::string(text), std::move(place), severity);
}

void WorkflowLog::refusal(Rejection const& rejection, std::string_view chart, std::string_view tag, std::string_view key,
                          Severity severity) {
  auto place = place_of(rejection);
  place.title = chart.empty() ? "Refused" : "Refused: " + std::string(chart);
  add(error_kind, refusal_text(rejection, chart, tag, key), std::move(place), severity, std::string(chart));
}

void WorkflowLog::warning(Rejection const& finding, std::string_view chart, std::string_view tag, std::string_view key,
                          Severity severity) {
  add(warning_kind, refusal_text(finding, chart, tag, key), place_of(finding), severity, std::string(chart));
}

std::string WorkflowLog::refusal_text(Rejection const& rejection, std::string_view chart, std::string_view tag,
                                      std::string_view key) {
  std::string subject;
  auto const name = [&](std::string_view kind, std::string_view value) {
    if (value.empty()) return;
    if (!subject.empty()) subject += ", ";
    subject += std::string(kind) + " " + printable(value);
  };
  name("chart", chart);
  name("tag", tag);
  name("attestation", key);
  // Each part is bounded on its own: a long one must not push the others off the end of the line.
  Rejection shown;
  shown.where = printable(rejection.where);
  shown.why = printable(rejection.why);
  shown.expected_value = printable(rejection.expected_value, 500);
  shown.found_value = printable(rejection.found_value, 500);
  shown.fix_text = printable(rejection.fix_text);
  shown.rule_number = rejection.rule_number;
  std::string text(rejection.code.text());
  if (!subject.empty()) text += ": " + subject;
  return text + ": " + shown.sentence();
}

void WorkflowLog::add(Kind kind, std::string text, AnnotationPlace place, Severity severity, std::string chart) {
  collected_[kind].push_back({std::move(text), std::move(place), severity, std::move(chart)});
}

std::vector<WorkflowLog::Annotation const*> WorkflowLog::in_order(std::vector<Annotation> const& collected) {
  struct Placed {
    std::size_t turn;  // how many of the same chart come before; those of no chart share one row of turns
    Annotation const* annotation;
  };
  std::vector<Placed> placed;
  for (auto const& each : collected) placed.push_back({0, &each});
  auto const severity = [](Placed const& each) { return each.annotation->severity; };
  std::ranges::stable_sort(placed, {}, severity);
  std::map<std::string_view, std::size_t> turns;
  for (auto& each : placed) each.turn = turns[each.annotation->chart]++;
  std::ranges::stable_sort(placed, {}, &Placed::turn);
  std::vector<Annotation const*> order;
  std::ranges::transform(placed, std::back_inserter(order), &Placed::annotation);
  return order;
}

void WorkflowLog::write_annotation(Kind kind, Annotation const& annotation) {
  sink_ << "::" << command_names[kind] << properties(annotation.place)
        << "::" << escape_data(printable(cleared(annotation.text), max_message_characters)) << '\n';
  ++written_[kind];
}

void WorkflowLog::write_plain(Kind kind, std::string_view text) {
  put(std::string(command_names[kind]) + ": " + std::string(text));
}

void WorkflowLog::finish() {
  close_group();
  for (Kind const kind : {error_kind, warning_kind, notice_kind}) {
    auto const collected = std::exchange(collected_[kind], {});
    auto const order = in_order(collected);
    std::size_t const room = style_ == Style::terminal ? 0 : max_annotations - written_[kind];
    // The tenth is the summary, unless all fit.
    std::size_t const shown = order.size() <= room ? order.size() : room == 0 ? 0 : room - 1;
    for (std::size_t i = 0; i < shown; ++i) write_annotation(kind, *order[i]);
    for (std::size_t i = shown; i < order.size(); ++i) write_plain(kind, order[i]->text);
    if (shown < order.size() && room > 0)
      write_annotation(kind, {"… and " + std::to_string(order.size() - shown) + " more, see the log", {}, Severity::low, {}});
  }
  sink_.flush();
}

}  // namespace acr::report

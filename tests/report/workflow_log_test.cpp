#include "report/workflow_log.hpp"

#include <sstream>

#include "support/catch2.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"

namespace workflow_log_test {
namespace {

using acr::report::AnnotationPlace;
using acr::report::Severity;
using acr::report::WorkflowLog;

struct Log {
  explicit Log(WorkflowLog::Style style = WorkflowLog::Style::actions, bool debug = false) : log(sink, style, debug) {}
  std::ostringstream sink;
  WorkflowLog log;
  std::string text() {
    log.finish();
    return sink.str();
  }
};

std::size_t count(std::string const& text, std::string const& what) {
  std::size_t found = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

TEST_CASE("the token and its Basic form are masked first (A-37)", "[report]") {
  Log log;
  log.log.mask_token("ghs_0123456789");
  log.log.line("the token is ghs_0123456789");
  CHECK(log.text() ==
        "::add-mask::ghs_0123456789\n::add-mask::" + acr::base64("x-access-token:ghs_0123456789") + "\nthe token is ***\n");
}

TEST_CASE("each line of a secret is masked, short and empty ones are not (A-27, A-37)", "[report]") {
  Log log;
  log.log.mask("first-secret\nshort\n\n100%-secret\r\n");
  log.log.mask("");
  log.log.mask_token("");
  CHECK(log.text() == "::add-mask::first-secret\n::add-mask::100%25-secret\n");
}

TEST_CASE("a terminal sees no command and no secret", "[report]") {
  Log log(WorkflowLog::Style::terminal);
  log.log.mask_token("ghs_0123456789");
  log.log.open_group("Charts");
  log.log.line("with ghs_0123456789");
  log.log.close_group();
  log.log.dump("body:", "a\nb");
  log.log.warning("careful");
  log.log.refusal(acr::reject("wrong-head", "pull request", "no"));
  CHECK(log.text() == "Charts\n  with ***\nbody:\na\nb\nerror: wrong-head: pull request: no\nwarning: careful\n");
}

TEST_CASE("foreign text cannot start a command, whatever it holds (A-31, A-32, A-35, A-38)", "[report]") {
  auto const evil = one_of<std::string>({"::set-output name=x::y", "::set-env name=x::y", "##[add-path]x", " \t::add-mask::x",
                                         "\xc2\xa0::error::x", "a\n::error::x", "a\r::error::x", "x ##[error]y", "##[group]",
                                         "a\xe2\x80\xa8::error::x", "\xe2\x80\xae::error::x", "::ERROR::x"});
  CAPTURE(evil);
  Log log(WorkflowLog::Style::actions, true);
  log.log.line(evil);
  log.log.open_group(evil);
  log.log.dump(evil, evil);
  log.log.debug(evil);
  log.log.error(evil, {.file = evil, .title = evil});
  // What the runner does: lines end at CR, CRLF, LF; leading white space, Unicode's too, is trimmed.
  std::string text = log.text();
  for (auto& c : text)
    if (c == '\r') c = '\n';
  std::vector<std::string> commands;
  for (auto const line : acr::split(text, '\n')) {
    CHECK(line.find("##[") == std::string_view::npos);
    auto const at = line.find_first_not_of(" \t\xc2\xa0\xe2\x80\xa8\xae");
    if (at != std::string_view::npos && line.substr(at).starts_with("::"))
      commands.emplace_back(line.substr(at, line.find_first_of(" :", at + 2) - at));
  }
  REQUIRE(commands.size() == 6);
  CHECK(commands[0] == "::group");
  CHECK(commands[1] == "::stop-commands");
  CHECK(commands[2].size() == 34);  // the token, 32 hex digits, closes it
  CHECK(commands[3] == "::debug");
  CHECK(commands[4] == "::endgroup");
  CHECK(commands[5] == "::error");
}

TEST_CASE("data and properties are escaped, percent first (A-33)", "[report]") {
  CHECK(acr::report::escape_data("50%\r\n:,") == "50%25%0D%0A:,");
  CHECK(acr::report::escape_property("a:b,c%\n") == "a%3Ab%2Cc%25%0A");
}

TEST_CASE("an annotation names its place, and columns only within one line (A-33)", "[report]") {
  Log log;
  log.log.error("x", {.file = "charts/a,b:c/Chart.yaml", .line = 3, .end_line = 3, .column = 1, .end_column = 2, .title = "t"});
  log.log.error("y", {.file = "f", .line = 3, .end_line = 4, .column = 1, .end_column = 2, .title = {}});
  CHECK(log.text() ==
        "::error file=charts/a%2Cb%3Ac/Chart.yaml,line=3,endLine=3,col=1,endColumn=2,title=t::x\n"
        "::error file=f,line=3,endLine=4::y\n");
}

TEST_CASE("ten errors are annotations, the most severe first, the tenth counts the rest (A-34)", "[report]") {
  Log log;
  for (int i = 0; i < 16; ++i) log.log.error("plain " + std::to_string(i));
  log.log.error("decisive", {}, Severity::high);
  auto const text = log.text();
  CHECK(count(text, "::error::") == 10);
  CHECK(text.starts_with("::error::decisive\n::error::plain 0\n"));
  CHECK(text.find("\nerror: plain 8\n") != std::string::npos);
  CHECK(text.ends_with("::error::… and 8 more, see the log\n"));
}

TEST_CASE("each chart has one annotation before a second of any chart (A-34)", "[report]") {
  struct Row {
    char const* calls;   // <chart><severity>: h, n or l; "-" is the run itself
    char const* firsts;  // what is written, in order
  };
  auto const row = one_of<Row>({
      {"an an bn", "a0 b2 a1"},                    // b's only one is not behind a's second
      {"an ah bn", "a1 b2 a0"},                    // a chart's first is its most severe
      {"bl an ah bn", "a2 b3 a1 b0"},              // by severity, then in the order of the calls
      {"-n an -h bn -n an", "-2 a1 b3 -0 a5 -4"},  // the run's own take turns like a chart's
      {"an an an an an an an an an an an bn", "a0 b11 a1 a2 a3 a4 a5 a6 a7"},
      {"al bl cl dl el fl gl hl il jl kl ah", "a11 b1 c2 d3 e4 f5 g6 h7 i8"},
      {"", ""},
  });
  CAPTURE(row.calls);
  Log log;
  int n = 0;
  for (auto const call : acr::split(row.calls, ' ')) {
    if (call.empty()) continue;
    auto const severity = call[1] == 'h' ? Severity::high : call[1] == 'n' ? Severity::normal : Severity::low;
    std::string const chart = call[0] == '-' ? "" : std::string(1, call[0]);
    log.log.refusal(acr::reject("gone", std::string(1, call[0]) + std::to_string(n++), "w"), chart, {}, {}, severity);
  }
  std::string shown;
  auto const text = log.text();
  for (auto const line : acr::lines(text)) {
    auto const end = line.rfind(": w");
    if (!line.starts_with("::error") || end == std::string_view::npos) continue;
    auto const begin = line.rfind(' ', end - 1) + 1;
    shown += (shown.empty() ? "" : " ") + std::string(line.substr(begin, end - begin));
  }
  CHECK(shown == row.firsts);
}

TEST_CASE("exactly ten need no summary, and the limit holds over several finishes (A-34)", "[report]") {
  Log log;
  for (int i = 0; i < 10; ++i) log.log.warning("w" + std::to_string(i));
  log.log.finish();
  CHECK(count(log.sink.str(), "::warning::") == 10);
  CHECK(log.sink.str().find("more, see") == std::string::npos);
  log.log.warning("late");
  CHECK(count(log.text(), "::warning::") == 10);
  CHECK(log.sink.str().ends_with("\nwarning: late\n"));
}

TEST_CASE("errors come before warnings before notices, whatever the order of the calls", "[report]") {
  Log log;
  log.log.notice("n");
  log.log.warning("w");
  log.log.error("e");
  CHECK(log.text() == "::error::e\n::warning::w\n::notice::n\n");
}

TEST_CASE("groups do not nest and are closed before the end (A-36)", "[report]") {
  std::ostringstream sink;
  {
    WorkflowLog log(sink, WorkflowLog::Style::actions);
    log.open_group("a");
    log.open_group("b");
    log.error("e");
  }
  CHECK(sink.str() == "::group::a\n::endgroup::\n::group::b\n::endgroup::\n::error::e\n");
}

// Remembers what had reached it whenever it was flushed.
class FlushedText : public std::stringbuf {
 public:
  std::string flushed;

 protected:
  int sync() override {
    flushed = str();
    return 0;
  }
};

TEST_CASE("each line reaches the reader as it happens, not at the end", "[report]") {
  FlushedText text;
  std::ostream sink(&text);
  auto const style = one_of({acr::report::WorkflowLog::Style::actions, acr::report::WorkflowLog::Style::terminal});
  acr::report::WorkflowLog log(sink, style, true);
  auto const all_there = [&] { return text.flushed == text.str(); };
  log.mask("a-secret-of-some-length");
  CHECK(all_there());
  log.line("one");
  CHECK(all_there());
  CHECK_FALSE(text.flushed.empty());
  log.debug("two");
  CHECK(all_there());
  log.open_group("three");
  CHECK(all_there());
  log.close_group();
  CHECK(all_there());
  log.dump("four", "a\nb\n");
  CHECK(all_there());
}

TEST_CASE("debug lines appear with RUNNER_DEBUG only (A-36)", "[report]") {
  Log quiet, loud(WorkflowLog::Style::actions, true);
  quiet.log.debug("x");
  loud.log.debug("50%");
  CHECK(quiet.text().empty());
  CHECK(loud.text() == "::debug::50%25\n");
}

TEST_CASE("a refusal is one error line with all that a reader needs (A-20)", "[report]") {
  Log log;
  log.log.refusal(acr::reject("log-inclusion-proof", "entry 0", "the proof leads to another root")
                      .rule("V-57")
                      .expected("aa")
                      .found("b\nb")
                      .fix("fetch the bundle again"),
                  "web", "web-v1.2.0", "w5-semver");
  CHECK(log.text() ==
        "::error title=Refused%3A web::log-inclusion-proof: chart web, tag web-v1.2.0, attestation w5-semver: entry 0: the "
        "proof leads to another root; expected aa, found b\\u{a}b; fetch the bundle again [V-57]\n");
}

TEST_CASE("a warning about a file points at its line (A-33)", "[report]") {
  Log log;
  log.log.warning(
      acr::reject("no-icon", "charts/a,b/Chart.yaml:3", "the icon is missing").in_source("charts/a,b/Chart.yaml", 3));
  log.log.warning(acr::reject("crd-kind", "charts/c/crds/x", "no").in_source("charts/c/crds/x\n::error::y", 0));
  CHECK(log.text() ==
        "::warning file=charts/a%2Cb/Chart.yaml,line=3::no-icon: charts/a,b/Chart.yaml:3: the icon is missing\n"
        "::warning file=charts/c/crds/x\\u{a}%3A%3Aerror%3A%3Ay::crd-kind: charts/c/crds/x: no\n");
}

TEST_CASE("a message stays below what the runner cuts at (A-34)", "[report]") {
  Log log;
  std::string const longer(9000, 'x');
  log.log.refusal(acr::reject("gone", longer, longer).expected(longer).found(longer).fix(longer).rule("A-1"), "web", longer);
  auto const text = log.text();
  CHECK(text.size() < 4096);
  CHECK(text.find("gone: chart web, tag ") != std::string::npos);
}

}  // namespace
}  // namespace workflow_log_test

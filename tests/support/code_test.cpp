// The table of reason codes, and docs/refusals.md against it. ACR_UPDATE_GOLDEN=1 writes the page's tables anew.

#include "support/code.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <type_traits>

#include "support/code_texts.hpp"
#include "support/errors.hpp"
#include "support/marked_parts.hpp"
#include "support/places.hpp"

namespace code_test {
namespace {

using acr::Code;
using acr::ExitStatus;

/// The tables of the page, and the exit status of each that is not said in its rows.
std::map<std::string, ExitStatus, std::less<>> const tables{
    {"inputs", ExitStatus::bad_input}, {"gate", ExitStatus::refused},         {"audit", ExitStatus::refused},
    {"tagging", ExitStatus::refused},  {"charts", ExitStatus::refused},       {"tags", ExitStatus::refused},
    {"lineage", ExitStatus::refused},  {"publishing", ExitStatus::refused},   {"packages", ExitStatus::refused},
    {"terminal", ExitStatus::refused}, {"attestations", ExitStatus::refused}, {"trusted_roots", ExitStatus::refused},
    {"finalize", ExitStatus::refused}, {"network", ExitStatus::unreachable},  {"oci", ExitStatus::refused},
    {"notices", ExitStatus::done},
};

std::vector<acr::CodeText> rows_of(std::string_view table) {
  std::vector<acr::CodeText> rows;
  std::ranges::copy_if(acr::code_texts(), std::back_inserter(rows), [&](auto const& row) { return row.table == table; });
  return rows;
}

std::string meaning(acr::CodeText const& row, ExitStatus usual) {
  auto const status = row.code.status();
  std::string text;
  if (status && *status != usual && *status != ExitStatus::done)
    text = "(status " + std::to_string(static_cast<int>(*status)) + ") ";
  return text.append(row.meaning);
}

/// | code | meaning | usual cause | fix |; the last two only when a row has one.
std::string markdown(std::string_view table, ExitStatus usual) {
  auto const rows = rows_of(table);
  bool const causes = std::ranges::any_of(rows, [](auto const& row) { return !row.cause.empty(); });
  bool const fixes = std::ranges::any_of(rows, [](auto const& row) { return !row.fix.empty(); });
  auto const cell = [](std::string_view text) { return std::string(text) + (text.empty() ? "|" : " |"); };
  std::string text = "| code | meaning |";
  text += std::string(causes ? " usual cause |" : "") + (fixes ? " fix |" : "") + "\n|---|---|";
  text += std::string(causes ? "---|" : "") + (fixes ? "---|" : "") + "\n";
  for (auto const& row : rows) {
    text += "| `" + std::string(row.code.text()) + "` | " + cell(meaning(row, usual));
    if (causes) text += " " + cell(row.cause);
    if (fixes) text += " " + cell(row.fix);
    text += "\n";
  }
  return text;
}

// What must not compile: another text than a literal, and the status of another error.
template <class Text>
concept MakesCode = std::is_constructible_v<Code, Text> || std::is_convertible_v<Text, Code>;
static_assert(!MakesCode<std::string> && !MakesCode<std::string_view> && !MakesCode<char const*>);
static_assert(!std::is_constructible_v<acr::SettledCode, Code>);

TEST_CASE("docs/refusals.md has the table of codes", "[support]") {
  acr::test::MarkedTables parts;
  for (auto const& [table, usual] : tables) parts.emplace_back("codes of " + table, markdown(table, usual));
  acr::test::check_marked_parts(acr::test::source_folder() / "docs" / "refusals.md", parts);
}

TEST_CASE("each code has one row, a table of the page and a meaning", "[support]") {
  std::set<std::string_view> seen;
  for (auto const& row : acr::code_texts()) {
    CAPTURE(row.code.text());
    CHECK(seen.insert(row.code.text()).second);
    CHECK(row.code.text().find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos);
    CHECK(tables.contains(row.table));
    CHECK_FALSE(row.meaning.empty());
    for (auto const text : {row.meaning, row.cause, row.fix}) {
      CHECK(text.find('|') == std::string_view::npos);
      CHECK_FALSE(text.ends_with('.'));
    }
  }
}

TEST_CASE("a code is a value: it has a text, compares, and is ordered by its text", "[support]") {
  constexpr Code none, gone("gone"), timeout = "timeout";
  CHECK(none.empty());
  CHECK(none.text().empty());
  CHECK(gone.text() == "gone");
  CHECK(gone != timeout);
  CHECK(gone == Code("gone"));
  CHECK(Code("api-version") < gone);
  CHECK(gone < timeout);
  CHECK(none < gone);
}

TEST_CASE("a code from outside is one of the table or none", "[support]") {
  CHECK(Code::parse("tag-not-found") == Code("tag-not-found"));
  for (auto const* text : {"", "tag-not-foun", "tag-not-found ", "Timeout"}) CHECK_FALSE(Code::parse(text));
}

TEST_CASE("an error has its code's exit status (A-20)", "[support]") {
  CHECK(Code("timeout").status() == ExitStatus::unreachable);
  CHECK(Code("bad-input").status() == ExitStatus::bad_input);
  CHECK(Code("tag-not-found").status() == ExitStatus::refused);
  CHECK(Code("pr-closed").status() == ExitStatus::done);
  CHECK_FALSE(Code("cancelled").status());  // 130 or 143
  CHECK(acr::RunError("too-much-work", "").status() == ExitStatus::refused);
  CHECK(acr::Unreachable("timeout", "").status() == ExitStatus::unreachable);
  Code const brought = "tag-not-found";  // on a terminal, a rejection of what was given
  CHECK(acr::BadEnvironment(brought, "").status() == ExitStatus::bad_input);
}

}  // namespace
}  // namespace code_test

#pragma once

// Code: why something was turned down, as one word that programs compare: src/support/code.hpp
// All codes stand in code_table.inc with exit status, meaning and fix. A literal becomes a Code when the program is compiled,
// and one that is not in the table does not compile:
//
//   if (refusal.code == "tag-not-found") …
//   Code const code = late ? Code("timeout") : Code("unreachable");

#include <compare>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

namespace acr {

/// Exit status of the program.
enum class ExitStatus : int {
  done = 0,         ///< released, nothing to release, or skipped
  refused = 1,      ///< gate, verification or packaging said no
  bad_input = 2,    ///< input or environment unusable
  unreachable = 3,  ///< a service could not be reached, or time ran out
  interrupted = 130,
  terminated = 143,
};

/// For the table alone. Names and statuses are needed wherever a literal stands; the texts stay in code.cpp.
namespace code_table {

enum class Status : signed char { several = -1, done = 0, refused = 1, bad_input = 2, unreachable = 3 };

struct Name {
  char const* text;
  std::uint8_t size;
  Status status;
};

inline constexpr Name names[] = {
    {"", 0, Status::several},  // no code
#define ACR_CODE(code, status, ...) {code, sizeof(code) - 1, Status::status},
#include "support/code_table.inc"
#undef ACR_CODE
};

// Not constexpr: a call of them is what the compiler reports.
[[noreturn]] void this_code_is_not_in_code_table_inc();
[[noreturn]] void code_table_inc_has_another_exit_status();

// Not consteval: clang 14 calls it when the program runs where a literal is the default of a member; the constructors below
// are.
template <std::size_t size>
constexpr std::uint16_t index_of(char const (&literal)[size]) {
  for (std::uint16_t i = 1; i < std::size(names); ++i)
    if (names[i].size == size - 1 && std::string_view(names[i].text, size - 1) == std::string_view(literal, size - 1)) return i;
  this_code_is_not_in_code_table_inc();
}

}  // namespace code_table

/// A code of the table, or none. A regular value of two bytes; ordered as its text is.
class Code {
 public:
  constexpr Code() = default;
  template <std::size_t size>
  consteval Code(char const (&literal)[size]) : index_(code_table::index_of(literal)) {}

  /// A text that comes from outside of the program. Nothing: no such code.
  static std::optional<Code> parse(std::string_view text);

  [[nodiscard]] constexpr bool empty() const { return index_ == 0; }
  /// Lower case with dashes, e.g. "tag-not-found"; "" for none.
  [[nodiscard]] constexpr std::string_view text() const { return {name().text, name().size}; }
  /// What a run ends with that this code ends; nothing when that depends on the place.
  [[nodiscard]] constexpr std::optional<ExitStatus> status() const {
    if (name().status == code_table::Status::several) return std::nullopt;
    return static_cast<ExitStatus>(name().status);
  }

  friend constexpr bool operator==(Code, Code) = default;
  friend constexpr std::strong_ordering operator<=>(Code a, Code b) { return a.text() <=> b.text(); }

 private:
  [[nodiscard]] constexpr code_table::Name const& name() const { return code_table::names[index_]; }

  std::uint16_t index_ = 0;
};

/// A code that always ends a run with the same status; of literals only.
class SettledCode {
 public:
  template <std::size_t size>
  consteval SettledCode(char const (&literal)[size]) : code_(literal), status_(code_.status().value()) {}
  [[nodiscard]] constexpr Code code() const { return code_; }
  [[nodiscard]] constexpr ExitStatus status() const { return status_; }

 private:
  Code code_;
  ExitStatus status_;
};

/// A code for an error that ends a run with `expected`. A literal is compared with the table when the program is compiled; a
/// Code of a rejection is taken as it is: on a terminal, what is wrong with an argument has this status, whatever it is.
template <ExitStatus expected>
class CodeWith {
 public:
  template <std::size_t size>
  consteval CodeWith(char const (&literal)[size]) : code_(literal) {
    if (code_.status().value_or(expected) != expected) code_table::code_table_inc_has_another_exit_status();
  }
  constexpr CodeWith(Code code) : code_(code) {}
  [[nodiscard]] constexpr Code code() const { return code_; }

 private:
  Code code_;
};

}  // namespace acr

#pragma once

// Verdict<T>: a value, or the reason why the thing was turned down: src/support/verdict.hpp
// The only way to say "no" to input in this project. Decision: docs/decisions/0001-typed-verdicts.md

#include <boost/system/result.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "support/code.hpp"

namespace acr {

/// Why something was turned down, ready to be shown: all fields are UTF-8 text that may hold foreign bytes; the
/// code that prints them escapes them (support/text.hpp). Fields that do not apply are empty.
///
///   reject("tag-name-mismatch", "tag web-v1.2.0", "the tag object carries another name")
///       .rule("A-91").expected("web-v1.2.0").found(tag.name).fix("delete the tag and create it again");
struct Rejection {
  Rejection() = default;
  Rejection(Code code_, std::string place, std::string reason) : code(code_), where(std::move(place)), why(std::move(reason)) {}
  Rejection(Rejection const&) = default;
  Rejection(Rejection&&) noexcept = default;
  Rejection& operator=(Rejection const&) = default;
  /// Safe for `r = std::move(r).rule("P-1")`, which moves r onto itself: a plain move would leave it empty.
  Rejection& operator=(Rejection&& other) noexcept {
    Rejection taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~Rejection() = default;

  void swap(Rejection& other) noexcept {
    std::swap(code, other.code);
    where.swap(other.where);
    why.swap(other.why);
    rule_number.swap(other.rule_number);
    expected_value.swap(other.expected_value);
    found_value.swap(other.found_value);
    fix_text.swap(other.fix_text);
    source_file.swap(other.source_file);
    std::swap(source_line, other.source_line);
  }

  Code code;                   ///< stable, e.g. "tag-not-found"; docs/refusals.md lists all
  std::string where;           ///< the thing turned down, e.g. "charts/web/.helmignore:3"
  std::string why;             ///< one sentence, no trailing full stop
  std::string rule_number;     ///< rule of the specification, e.g. "P-32"
  std::string expected_value;  ///< what would have passed
  std::string found_value;     ///< what was there
  std::string fix_text;        ///< what the user can do, an imperative sentence without trailing full stop

  /// Where the run's annotation points: a file of the repository and its line, 1-based, 0 when no line is known. Empty: to
  /// no file. `where` names the place in words all the same.
  std::string source_file;
  std::size_t source_line = 0;

  Rejection&& rule(std::string text) && { return rule_number = std::move(text), std::move(*this); }
  Rejection&& expected(std::string text) && { return expected_value = std::move(text), std::move(*this); }
  Rejection&& found(std::string text) && { return found_value = std::move(text), std::move(*this); }
  Rejection&& fix(std::string text) && { return fix_text = std::move(text), std::move(*this); }
  Rejection&& in_source(std::string file, std::size_t line) && {
    source_file = std::move(file);
    source_line = line;
    return std::move(*this);
  }
  /// The one who knows the file or tag puts its name in front: "charts/web: Chart.yaml:3".
  Rejection&& within(std::string_view outer) && {
    where = where.empty() ? std::string(outer) : std::string(outer) + ": " + where;
    return std::move(*this);
  }

  /// One line: "<where>: <why>; expected …, found …; <fix> [<rule>]". Not escaped.
  [[nodiscard]] std::string sentence() const;
  /// The same with "<code>: " in front.
  [[nodiscard]] std::string coded_sentence() const;

  friend bool operator==(Rejection const&, Rejection const&) = default;
};

/// Starts a rejection; see Rejection for the fields.
inline Rejection reject(Code code, std::string where, std::string why) { return {code, std::move(where), std::move(why)}; }

/// Called by Verdict::value() on a rejection: taking the value unchecked is our own mistake (std::logic_error).
[[noreturn]] void throw_exception_from_error(Rejection const& rejection, boost::source_location const& where);

/// A T, or the Rejection that stands in its place. Check before use; pass on with `if (!x) return x.error();`.
template <class T>
class [[nodiscard]] Verdict : public boost::system::result<T, Rejection> {
 public:
  using boost::system::result<T, Rejection>::result;
};

/// That all is well, or the Rejection that says why not. `{}` is the former; a bool or an optional Rejection is neither.
///
///   if (auto const fine = check_title(title, releases); !fine) return fine.error();
template <>
class [[nodiscard]] Verdict<void> {
 public:
  using value_type = void;
  using error_type = Rejection;

  Verdict() = default;
  Verdict(Rejection why) : why_(std::move(why)) {}

  [[nodiscard]] explicit operator bool() const noexcept { return !why_; }
  [[nodiscard]] bool has_value() const noexcept { return !why_; }
  [[nodiscard]] bool has_error() const noexcept { return why_.has_value(); }
  /// To ask what is well for its rejection is our own mistake (std::logic_error).
  [[nodiscard]] Rejection error() const;

 private:
  std::optional<Rejection> why_;
};

}  // namespace acr

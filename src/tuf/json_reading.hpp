#pragma once

// Reading metadata member by member: src/tuf/json_reading.hpp (T-15, T-16)
// Includes the heavy <boost/json.hpp>: only .cpp files include this header.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "support/json.hpp"
#include "support/verdict.hpp"

namespace acr::tuf {

/// One document of at most `max_bytes`: strict JSON in which every number is an integer that T-16 allows. `file` is the `where`
/// of rejections: "tuf-too-large", "tuf-malformed".
Verdict<boost::json::value> parse_document(std::string_view text, std::string_view file, std::size_t max_bytes);

/// T-16. For values of parse_document().
std::string canonical_form(boost::json::value const& value);

/// The first fault of a file. What is read after it is not looked at by anybody.
class Reading {
 public:
  explicit Reading(std::string_view file) : file_(file) {}
  void refuse(std::string const& place, std::string why, std::string_view rule, std::string expected = {},
              std::string_view found = {});
  [[nodiscard]] bool refused() const { return rejection_.has_value(); }
  [[nodiscard]] Rejection const& rejection() const { return *rejection_; }

 private:
  std::string file_;
  std::optional<Rejection> rejection_;
};

/// An object whose members are needed: a missing one, or one of another type, refuses the file (T-15). After a refusal every
/// answer is empty.
class Fields {
 public:
  /// `value` may be null: nothing is refused then, it was before.
  Fields(Reading& reading, boost::json::value const* value, std::string place, std::string_view rule);

  [[nodiscard]] bool has(std::string_view name) const;
  std::string text(std::string_view name);
  std::int64_t integer(std::string_view name, std::int64_t least);
  bool flag(std::string_view name);
  boost::json::value const* member(std::string_view name);
  boost::json::object const& object(std::string_view name);
  boost::json::array const& array(std::string_view name);
  [[nodiscard]] std::string place(std::string_view name) const;

 private:
  template <class T>
  T const* typed(std::string_view name, T const* (*as)(boost::json::value const&), std::string_view type);

  Reading& reading_;
  boost::json::object const* object_ = nullptr;
  std::string place_;
  std::string_view rule_;
};

}  // namespace acr::tuf

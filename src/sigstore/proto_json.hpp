#pragma once

// Strict proto3 JSON over a parsed document: src/sigstore/proto_json.hpp (V-13 to V-17, V-22)
// Includes Boost.JSON: only .cpp files of this room include this header.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "support/json.hpp"
#include "support/verdict.hpp"

namespace acr::sigstore {

/// What one document's reading has come to: the first rejection sticks, everything read after it is worthless.
/// So a reader reads on and asks once, at the end.
class ProtoReading {
 public:
  ProtoReading(Code code, std::string rule) : code_(code), rule_(std::move(rule)) {}
  /// Keeps the first; `rule` empty: the reading's own.
  void refuse(std::string where, std::string why, std::string rule = {}, std::string expected = {}, std::string found = {});
  [[nodiscard]] bool refused() const { return rejection_.has_value(); }
  [[nodiscard]] Rejection const& rejection() const { return *rejection_; }

 private:
  Code code_;
  std::string rule_;
  std::optional<Rejection> rejection_;
};

/// One message. Each field is asked for by its lowerCamelCase name; a field nobody asked for is unknown and refused by
/// done(). `null` is absent, an absent field has its proto3 default (V-15, V-15a). A message built on an absent or wrong
/// value reads as an empty one.
class ProtoMessage {
 public:
  ProtoMessage(ProtoReading& reading, boost::json::value const* value, std::string path);
  ProtoMessage(ProtoMessage const&) = delete;
  ProtoMessage& operator=(ProtoMessage const&) = delete;

  [[nodiscard]] bool has(std::string_view name);
  std::string string(std::string_view name);
  /// Base64 (V-16).
  std::string bytes(std::string_view name);
  /// V-17: decimal string or integer, whole int64 range.
  std::int64_t int64(std::string_view name);
  /// The value, for a nested ProtoMessage; null when absent.
  boost::json::value const* message(std::string_view name);
  /// Null when absent; refuses what is not an array or longer than `limit`.
  boost::json::array const* array(std::string_view name, std::size_t limit, std::string rule = {});
  /// Any JSON (V-19).
  boost::json::value const* any(std::string_view name);

  /// Refuses the fields that nobody asked for (V-14).
  void done();

  [[nodiscard]] std::string const& path() const { return path_; }
  [[nodiscard]] std::string path(std::string_view name) const { return path_ + "." + std::string(name); }

 private:
  boost::json::value const* take(std::string_view name);

  ProtoReading& reading_;
  boost::json::object const* object_ = nullptr;
  std::string path_;
  std::set<std::string_view> known_;
};

}  // namespace acr::sigstore

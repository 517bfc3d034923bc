#pragma once

// Bytes of a connection read as one reply: src/net/reply_parser.hpp (RFC 9112, by Beast's parser)
// Knows no socket, so that it can be tested and fuzzed with bytes alone.

#include <memory>
#include <string>
#include <string_view>

#include "net/http.hpp"

namespace acr::net {

/// One final answer; interim 1xx answers are skipped. Throws NetworkError truncated, closed_early, too_large,
/// bad_framing (`host` is only for its message).
class ReplyParser {
 public:
  /// `without_body`: the request was HEAD or CONNECT.
  ReplyParser(std::string host, std::size_t max_body, bool without_body);
  ~ReplyParser();
  ReplyParser(ReplyParser const&) = delete;
  ReplyParser& operator=(ReplyParser const&) = delete;

  /// Takes what arrived.
  void feed(std::string_view bytes);
  /// The connection ended in order: completes a body that has no length, else throws.
  void end_of_connection();

  [[nodiscard]] bool any_byte() const;  ///< something arrived
  [[nodiscard]] bool header_done() const;
  [[nodiscard]] bool done() const;
  [[nodiscard]] int status() const;  ///< once header_done()
  [[nodiscard]] Headers const& headers() const;
  /// Body bytes since the last call, framing removed.
  std::string take_body();
  /// Once done(): the server keeps the connection, and nothing came behind the reply.
  [[nodiscard]] bool reusable() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace acr::net

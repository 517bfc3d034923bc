#define BOOST_ASIO_SEPARATE_COMPILATION  // as in every file that sees Asio; boost_net.cpp holds its one copy
#include "net/reply_parser.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstdint>
#include <optional>
#include <utility>

#include "support/text.hpp"

namespace acr::net {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

/// A Beast body that only collects what the parser hands over, until take_body() empties it. string_body
/// would reserve whatever Content-Length promises.
struct Collected {
  using value_type = std::string;
  static std::uint64_t size(value_type const& body) { return body.size(); }
  class reader {
   public:
    template <bool is_request, class Fields>
    reader(http::header<is_request, Fields>&, value_type& body) : body_(body) {}
    template <class Length>
    void init(Length const&, error_code& ec) {
      ec = {};
    }
    template <class Buffers>
    std::size_t put(Buffers const& buffers, error_code& ec) {
      ec = {};
      std::size_t taken = 0;
      for (auto at = boost::asio::buffer_sequence_begin(buffers); at != boost::asio::buffer_sequence_end(buffers); ++at) {
        boost::asio::const_buffer const piece(*at);
        body_.append(static_cast<char const*>(piece.data()), piece.size());
        taken += piece.size();
      }
      return taken;
    }
    void finish(error_code& ec) { ec = {}; }

   private:
    value_type& body_;
  };
};

using Parser = http::response_parser<Collected>;

}  // namespace

struct ReplyParser::State {
  State(std::string host_, std::size_t max_body_, bool without_body_)
      : host(std::move(host_)), max_body(max_body_), without_body(without_body_) {
    start();
  }

  void start() {
    parser.emplace();
    parser->header_limit(static_cast<std::uint32_t>(limits::header_bytes));
    parser->body_limit(max_body);
    parser->skip(without_body);
  }

  [[nodiscard]] NetworkError failure(Failure kind, std::string const& reason) const { return {kind, host, reason}; }

  [[nodiscard]] NetworkError failure_of(error_code const& ec) const {
    if (ec == http::error::body_limit) {
      return {Failure::too_large, host, "the answer is larger than " + std::to_string(max_body) + " bytes",
              static_cast<int>(parser->get().result_int())};
    }
    if (ec == http::error::header_limit) {
      return failure(Failure::too_large, "the answer's header section is too large");
    }
    if (ec == http::error::partial_message) {
      return failure(Failure::truncated, "the connection was closed inside the answer");
    }
    return failure(Failure::bad_framing, "the answer is not valid HTTP/1.1 (" + ec.message() + ")");
  }

  /// Beast waits for a whole line before it judges; a server that speaks another protocol may never send one.
  void check_protocol() {
    constexpr std::string_view start = "HTTP/1.";
    auto const size = std::min(pending.size(), start.size());
    if (std::string_view(pending).substr(0, size) != start.substr(0, size)) {
      throw failure(Failure::bad_framing, "the answer is not HTTP/1.1");
    }
    protocol_known = size == start.size();
  }

  void read_header() {
    auto const& message = parser->get();
    status = parser->get().result_int();
    if (status < 100 || status > 599) throw failure(Failure::bad_framing, "the answer's status is not an HTTP status");
    if (status == 101) throw failure(Failure::bad_framing, "the answer switches to another protocol");
    headers = {};
    unsigned codings = 0;
    for (auto const& field : message) {
      std::string const name(field.name_string().data(), field.name_string().size());
      std::string const value(field.value().data(), field.value().size());
      if (equal_ignoring_ascii_case(name, "transfer-encoding")) {
        // Any other coding would have to be undone, which nobody asked for (G-2), or is a smuggling attempt.
        if (++codings > 1 || !equal_ignoring_ascii_case(trimmed(value), "chunked")) {
          throw failure(Failure::bad_framing, "the answer has an unknown transfer coding");
        }
      }
      headers.add(name, value);
    }
    header_seen = true;
  }

  std::string const host;
  std::size_t const max_body;
  bool const without_body;
  std::optional<Parser> parser;
  std::string pending;  ///< bytes that the parser has not taken
  Headers headers;
  unsigned status = 0;
  unsigned interim = 0;
  bool protocol_known = false;
  bool header_seen = false;
  bool any_byte = false;
};

ReplyParser::ReplyParser(std::string host, std::size_t max_body, bool without_body)
    : state_(std::make_unique<State>(std::move(host), max_body, without_body)) {}
ReplyParser::~ReplyParser() = default;

void ReplyParser::feed(std::string_view bytes) {
  auto& s = *state_;
  s.any_byte = s.any_byte || !bytes.empty();
  s.pending.append(bytes);
  if (!s.protocol_known) s.check_protocol();
  std::size_t taken = 0;
  while (taken < s.pending.size() && !done()) {
    error_code ec;
    std::size_t const step = s.parser->put(boost::asio::buffer(s.pending.data() + taken, s.pending.size() - taken), ec);
    taken += step;
    if (ec && ec != http::error::need_more) throw s.failure_of(ec);
    if (s.parser->is_header_done() && !s.header_seen) {
      s.read_header();
      if (s.status < 200) {
        if (++s.interim > limits::interim_answers) throw s.failure(Failure::bad_framing, "too many interim answers");
        s.header_seen = false;
        s.start();
        continue;
      }
    }
    if (ec == http::error::need_more || step == 0) break;
  }
  s.pending.erase(0, taken);
  // What stays is an unfinished header section, chunk header or trailer.
  if (!done() && s.pending.size() > limits::header_bytes) {
    throw s.failure(Failure::too_large, "the answer's header section is too large");
  }
}

void ReplyParser::end_of_connection() {
  auto& s = *state_;
  if (done()) return;
  if (!s.any_byte) throw s.failure(Failure::closed_early, "the connection was closed before an answer came");
  error_code ignored;  // what is wrong then is that it is not done
  if (s.pending.empty() && s.parser->got_some()) s.parser->put_eof(ignored);
  if (!done()) throw s.failure_of(http::error::partial_message);
}

bool ReplyParser::any_byte() const { return state_->any_byte; }
bool ReplyParser::header_done() const { return state_->header_seen; }
bool ReplyParser::done() const { return state_->header_seen && state_->parser->is_done(); }
int ReplyParser::status() const { return static_cast<int>(state_->status); }
Headers const& ReplyParser::headers() const { return state_->headers; }
std::string ReplyParser::take_body() { return std::exchange(state_->parser->get().body(), {}); }
bool ReplyParser::reusable() const { return done() && state_->parser->keep_alive() && state_->pending.empty(); }

}  // namespace acr::net

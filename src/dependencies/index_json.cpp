// JSON indexes by the incremental parser of Boost.JSON (D-15).

#include <boost/json/basic_parser_impl.hpp>
#include <string>
#include <utility>

#include "dependencies/index_parsers.hpp"
#include "dependencies/limits.hpp"

namespace acr::dependencies {
namespace {

namespace json = boost::json;

/// Hands the parser's events on; a text that nobody looks at is not put together.
struct Handler {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  IndexBuilder* builder = nullptr;
  std::size_t line = 1;
  std::string text;
  std::optional<IndexFault> fault;

  template <class Work>
  bool guarded(json::error_code& ec, Work const& work) {
    try {
      work();
      return true;
    } catch (IndexFault const& found) {
      fault = found;
      ec = json::error::extra_data;  // any error: `fault` tells which
      return false;
    }
  }
  bool part(json::string_view piece, json::error_code& ec) {
    if (!builder->wants_text()) return true;
    return guarded(ec, [&] {
      if (text.size() + piece.size() > limits::index_scalar_bytes) throw IndexFault{"a text is too long", line};
      text.append(piece.data(), piece.size());
    });
  }
  bool scalar(json::string_view last, IndexScalar kind, json::error_code& ec) {
    return part(last, ec) && guarded(ec, [&] {
             builder->scalar(text, kind, line);
             text.clear();
           });
  }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code& ec) {
    return guarded(ec, [&] { builder->begin_map(line); });
  }
  bool on_object_end(std::size_t, json::error_code& ec) {
    return guarded(ec, [&] { builder->end(); });
  }
  bool on_array_begin(json::error_code& ec) {
    return guarded(ec, [&] { builder->begin_list(line); });
  }
  bool on_array_end(std::size_t, json::error_code& ec) {
    return guarded(ec, [&] { builder->end(); });
  }
  bool on_key_part(json::string_view piece, std::size_t, json::error_code& ec) { return part(piece, ec); }
  bool on_key(json::string_view last, std::size_t, json::error_code& ec) { return scalar(last, IndexScalar::text, ec); }
  bool on_string_part(json::string_view piece, std::size_t, json::error_code& ec) { return part(piece, ec); }
  bool on_string(json::string_view last, std::size_t, json::error_code& ec) { return scalar(last, IndexScalar::text, ec); }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, json::error_code& ec) { return scalar({}, IndexScalar::other, ec); }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code& ec) { return scalar({}, IndexScalar::other, ec); }
  bool on_double(double, json::string_view, json::error_code& ec) { return scalar({}, IndexScalar::other, ec); }
  bool on_bool(bool, json::error_code& ec) { return scalar({}, IndexScalar::other, ec); }
  bool on_null(json::error_code& ec) { return scalar({}, IndexScalar::null, ec); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }
};

json::parse_options options() {
  json::parse_options options;
  options.max_depth = limits::index_depth + 1;  // the builder says it first, with the line
  options.allow_invalid_utf8 = true;
  return options;
}

class JsonParser final : public IndexParser {
 public:
  explicit JsonParser(IndexBuilder& builder) : parser_(options()) { parser_.handler().builder = &builder; }

  bool take(std::string_view piece) override {
    // Line by line, so that the handler knows where it is.
    while (!piece.empty() && !over_) {
      auto const end = piece.find('\n');
      feed(true, piece.substr(0, end == std::string_view::npos ? end : end + 1));
      if (end == std::string_view::npos) break;
      ++parser_.handler().line;
      piece.remove_prefix(end + 1);
    }
    return !over_;
  }

  IndexOutcome finish() override {
    if (!over_) feed(false, {});
    return std::move(outcome_);
  }

 private:
  void feed(bool more, std::string_view bytes) {
    json::error_code ec;
    parser_.write_some(more, bytes.data(), bytes.size(), ec);
    over_ = ec || parser_.done();
    if (!ec) return;
    auto& handler = parser_.handler();
    outcome_.other_form = !handler.fault;
    outcome_.fault = handler.fault ? *handler.fault : IndexFault{"the index is not JSON: " + ec.message(), handler.line};
  }

  json::basic_parser<Handler> parser_;
  bool over_ = false;
  IndexOutcome outcome_;
};

}  // namespace

std::unique_ptr<IndexParser> json_index_parser(IndexBuilder& builder) { return std::make_unique<JsonParser>(builder); }

}  // namespace acr::dependencies

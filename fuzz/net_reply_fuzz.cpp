// The bytes of an answer. The first byte says in what pieces they arrive; the outcome must not depend on it.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/reply_parser.hpp"

namespace {

constexpr std::size_t max_body = 4096;

std::string outcome(std::string_view bytes, std::size_t step) {
  acr::net::ReplyParser parser("h", max_body, false);
  std::string body;
  try {
    for (std::size_t at = 0; at < bytes.size() && !parser.done(); at += step) {
      parser.feed(bytes.substr(at, step));
      body += parser.take_body();
      if (body.size() > max_body) std::abort();
    }
    parser.end_of_connection();
    body += parser.take_body();
  } catch (acr::net::NetworkError const&) {
    return "refused";
  }
  std::string text = std::to_string(parser.status()) + "\n";
  for (auto const& [name, value] : parser.headers()) text += name + ":" + value + "\n";
  return text + body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view const bytes(reinterpret_cast<char const*>(data) + 1, size - 1);
  auto const whole = outcome(bytes, bytes.size() + 1);
  auto const pieces = outcome(bytes, std::size_t{1} + data[0] % 16);
  if (whole != pieces) std::abort();
  return 0;
}

// The prefix rule (B-28): a path that lies below a prefix is found there by every model of a server, on its own and as a
// redirect.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "../tests/net/server_paths.hpp"
#include "net/path_prefix.hpp"
#include "net/url.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check(std::string_view path) {
  if (!acr::net::is_below_prefix(path, "/alice/team")) return;
  require(acr::net::is_below_prefix(path, "/alice"));
  for (auto const& [server, found] : acr::net::server_readings(path))
    require(found == "/alice/team" || found.starts_with("/alice/team/"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  check(text);
  check("/alice/team" + std::string(text));
  check("/alice/team/" + std::string(text));
  static auto const base = acr::net::Url::parse("https://h/alice/team/index.yaml").value();
  if (auto const next = base.resolve(text)) check(next->path);
  // Any text as a prefix: what is usable has itself below it, and nothing above.
  if (acr::net::is_usable_prefix(text) && text.starts_with('/') && text != "/") {
    require(acr::net::is_below_prefix(text, text));
    require(!acr::net::is_below_prefix("/", text));
  }
  return 0;
}

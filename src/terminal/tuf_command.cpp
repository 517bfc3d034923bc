#include "terminal/tuf_command.hpp"

#include <chrono>
#include <filesystem>
#include <ostream>

#include "net/http_client.hpp"
#include "net/retrying_http.hpp"
#include "release/trusted_root_refresh.hpp"
#include "release/tuf_drive.hpp"
#include "support/atomic_file.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"
#include "terminal/command_line.hpp"
#include "terminal/commands.hpp"
#include "terminal/tuf_directory.hpp"
#include "tuf/limits.hpp"

namespace acr::terminal {
namespace {

/// Of one target: it is held in memory until it is verified.
constexpr std::size_t max_target_bytes = std::size_t{256} << 20;

net::Url needed_url(Arguments const& arguments, std::string_view option) {
  auto url = release::base_url(arguments.value(option));
  if (!url) throw BadEnvironment("usage", "--" + std::string(option) + ": " + url.error().sentence());
  return std::move(*url);
}

std::filesystem::path needed_directory(Arguments const& arguments, std::string_view option) {
  if (arguments.value(option).empty()) throw BadEnvironment("usage", "--" + std::string(option) + " is missing");
  return arguments.value(option);
}

/// T-31: the name is encoded whole. A name too long for a file name is refused by the file system.
std::filesystem::path target_file(std::filesystem::path const& directory, std::string const& name) {
  return directory / percent_encode(name);
}

Verdict<void> download(tuf::Client& client, release::TufFetch& fetch, std::filesystem::path const& directory,
                       std::string const& name) {
  if (auto const found = release::drive(client, fetch, client.find(name)); !found) return found.error();
  auto const& target = client.found()->target;
  if (static_cast<std::uint64_t>(target.length) > max_target_bytes)
    return reject("tuf-too-large", name, "the target is larger than the limit")
        .rule("T-30")
        .expected("at most " + std::to_string(max_target_bytes) + " bytes");
  auto const path = target_file(directory, name);
  try {
    if (auto const kept = read_file(path, static_cast<std::size_t>(target.length));
        tuf::check_content(kept, name, target.length, target.hashes))
      return {};
  } catch (std::runtime_error const&) {
    // It is missing, or another file: fetched.
  }
  auto const bytes = release::fetch_target(client, fetch);
  if (!bytes) return bytes.error();
  write_file(path, *bytes);
  return {};
}

Verdict<void> refresh(Arguments const& arguments, Terminal const& terminal, bool with_targets) {
  auto const now = release::time_now();  // T-22: before the first request
  release::TufAddress address{needed_url(arguments, "metadata-url"), {}};
  if (with_targets) address.targets = needed_url(arguments, "target-base-url");
  auto const targets_directory = with_targets ? needed_directory(arguments, "target-dir") : std::filesystem::path();
  TufDirectory store(needed_directory(arguments, "metadata-dir"));
  net::HttpClient client(terminal.clock,
                         net::client_settings([&](char const* name) { return terminal.environment(name).value_or(""); },
                                              "atomic-chart-release/" ACR_VERSION));
  net::RetryingHttp http(client, terminal.clock);
  release::TufFetch fetch(http, std::move(address));
  tuf::Client state(store, now, true);
  if (auto const done = release::drive(state, fetch, state.start(std::nullopt)); !done) return done.error();
  if (!with_targets) return {};
  for (auto const& name : arguments.all("target-name"))
    if (auto const done = download(state, fetch, targets_directory, name); !done) return done.error();
  return {};
}

/// No request, and no check: the next refresh makes them.
Verdict<void> initialise(Arguments const& arguments, std::string const& root) {
  auto const bytes = read_named_file(root, tuf::limits::root_bytes);
  TufDirectory store(needed_directory(arguments, "metadata-dir"));
  store.save("root", bytes);
  return {};
}

Verdict<void> run(Arguments const& arguments, Terminal const& terminal) {
  auto const& words = arguments.positional;
  if (words.size() == 2 && words.front() == "init") return initialise(arguments, words.back());
  if (words.size() == 1 && words.front() == "refresh") return refresh(arguments, terminal, false);
  if (words.size() == 1 && words.front() == "download") return refresh(arguments, terminal, true);
  throw BadEnvironment("usage", "one of init ROOT, refresh and download is needed");
}

ExitStatus run_tuf(std::vector<std::string_view> const& words, Terminal const& terminal) {
  try {
    auto const arguments = read_arguments(tuf_command(), words);
    if (!arguments) {
      terminal.out << help_text(tuf_command());
      return ExitStatus::done;
    }
    auto const done = run(*arguments, terminal);
    if (done) return ExitStatus::done;
    terminal.err << printable(done.error().coded_sentence()) << '\n';
  } catch (Cancelled const&) {
    throw;
  } catch (std::runtime_error const& error) {
    terminal.err << printable(error.what()) << '\n';
  }
  return ExitStatus::refused;  // the protocol knows 0 and 1
}

}  // namespace

Command tuf_command() {
  return {.name = "tuf",
          .usage =
              "--metadata-dir D [--metadata-url U] [--target-name N]… [--target-base-url U] [--target-dir D] init ROOT | "
              "refresh | download",
          .meaning = "the protocol of the public conformance suite for TUF clients",
          .options = {option("metadata-dir", "DIR", "Where the client keeps its metadata."),
                      option("metadata-url", "URL", "Address of the repository's metadata."),
                      option("target-base-url", "URL", "Address that targets lie below."),
                      option("target-dir", "DIR", "Where targets are written, their names percent-encoded."),
                      repeated("target-name", "NAME", "A target to download.")},
          .most = many,
          .run_words = run_tuf};
}

}  // namespace acr::terminal

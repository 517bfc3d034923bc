#include "terminal/trusted_root_cache.hpp"

#include "support/atomic_file.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"
#include "terminal/tuf_directory.hpp"

namespace acr::terminal {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_bytes = std::size_t{4} << 20;
constexpr std::int64_t day = 86400;

std::string text_of(fs::path const& path) {
  try {
    return read_file(path, file_bytes);
  } catch (std::runtime_error const&) {
    return {};
  }
}

fs::path target_path(fs::path const& directory, release::TrustSource const& source) {
  return directory / "targets" / percent_encode(source.target);
}
/// Holds the time of the last refresh that succeeded, in seconds.
fs::path time_path(fs::path const& directory) { return directory / "refreshed"; }

bool is_young(fs::path const& directory, Time now) {
  auto const refreshed = to_number(trimmed(text_of(time_path(directory))), INT64_MAX);
  if (!refreshed) return false;
  auto const age = now.seconds - static_cast<std::int64_t>(*refreshed);
  return age >= 0 && age < day;  // one from the future says nothing
}

}  // namespace

TrustedRootCache TrustedRootCache::of(std::function<std::optional<std::string>(std::string const&)> const& environment) {
  fs::path base = environment("XDG_CACHE_HOME").value_or("");
  if (auto const home = environment("HOME").value_or(""); !base.is_absolute() && !home.empty())
    base = fs::path(home) / ".cache";
  return TrustedRootCache(base.is_absolute() ? base / "atomic-chart-release" / "tuf" : fs::path());
}

release::RefreshOutcome TrustedRootCache::refresh(release::TrustSource const& source, net::Http& http, Time now,
                                                  bool always) const {
  if (directory_.empty()) {
    tuf::MemoryStore store;
    return release::refresh_trusted_root(source, store, http, now);
  }
  auto const directory = directory_ / source.instance;
  TufDirectory store(directory);
  auto const target = target_path(directory, source);
  auto const copy = text_of(target);
  if (!always && is_young(directory, now))
    if (auto stored = release::stored_trusted_root(source, store, copy, now);
        stored.kind == release::RefreshOutcome::Kind::fresh)
      return stored;
  auto outcome = release::refresh_trusted_root(source, store, http, now, true, copy);
  if (outcome.kind == release::RefreshOutcome::Kind::fresh) {
    write_file(target, outcome.fresh.json);
    write_file(time_path(directory), std::to_string(now.seconds) + "\n");
  }
  return outcome;
}

release::RefreshOutcome TrustedRootCache::kept(release::TrustSource const& source, Time now) const {
  auto const directory = directory_ / source.instance;
  if (directory_.empty() || !fs::is_directory(directory))
    return {.kind = release::RefreshOutcome::Kind::unreachable,
            .fresh = {},
            .fault = reject("tuf-unreachable", source.name, "nothing is kept").rule("T-35")};
  TufDirectory store(directory);
  return release::stored_trusted_root(source, store, text_of(target_path(directory, source)), now);
}

}  // namespace acr::terminal

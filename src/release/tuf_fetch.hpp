#pragma once

// Files of a TUF repository over the one HTTP client: src/release/tuf_fetch.hpp (T-8, T-9, T-13, T-24)

#include <future>
#include <optional>
#include <string>

#include "net/http.hpp"
#include "support/verdict.hpp"
#include "tuf/client.hpp"

namespace acr::release {

/// Where a repository is.
struct TufAddress {
  net::Url metadata;
  net::Url targets;
};

/// `text` as a base: with a slash at its end. Refused: what Url::parse refuses, a query, a fragment.
Verdict<net::Url> base_url(std::string_view text);

/// The result of one request.
struct FetchedFile {
  bool absent = false;  ///< 403 or 404: what ends the walk over roots (T-24)
  std::string bytes;
};

/// Asks for one file after the other; thread-safe as `http` is. Rejections: "tuf-unreachable" for what T-8 calls an outage,
/// "tuf-answer" for an answer that is wrong (T-9): over its limit, encoded, redirected elsewhere, not HTTP.
class TufFetch {
 public:
  /// `http` must live longer; it has the deadline and tries again.
  TufFetch(net::Http& http, TufAddress address) : http_(http), address_(std::move(address)) {}
  ~TufFetch();
  TufFetch(TufFetch const&) = delete;
  TufFetch& operator=(TufFetch const&) = delete;

  /// Asks for timestamp.json now, for the get() that will want it: it is looked at only after the last root (T-24).
  void begin_timestamp();
  /// Throws Cancelled.
  Verdict<FetchedFile> get(tuf::Wanted const& wanted);

 private:
  Verdict<FetchedFile> ask(tuf::Wanted const& wanted);

  net::Http& http_;
  TufAddress address_;
  std::future<Verdict<FetchedFile>> timestamp_;
};

}  // namespace acr::release

#pragma once

// index.yaml of a chart repository: src/dependencies/index_reader.hpp (dependencies.md D-15, D-16, D-30)
// Read while it arrives: real indexes have tens of megabytes, of which a run wants a few entries.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dependencies/index_parsers.hpp"
#include "net/http.hpp"
#include "support/verdict.hpp"

namespace acr::dependencies {

/// Takes the body of an index. JSON or YAML, first document.
class IndexReader final : public net::BodySink {
 public:
  /// `where` names the index in rejections. `count`, if given, gets the growth of the bytes taken (negative when a try is
  /// given up) and may throw (D-35).
  IndexReader(WantedCharts wanted, std::string where, std::function<void(std::int64_t)> count = {});
  ~IndexReader() override;
  IndexReader(IndexReader const&) = delete;
  IndexReader& operator=(IndexReader const&) = delete;

  void start() override;
  bool take(std::string_view piece) override;
  /// After the body, once. Code `dep-index-invalid`, `where` with the line.
  Verdict<Index> finish();

 private:
  void open(bool as_json);
  bool settle();

  WantedCharts const wanted_;
  std::string const where_;
  std::function<void(std::int64_t)> const count_;
  std::int64_t taken_ = 0;
  std::optional<IndexBuilder> builder_;
  std::unique_ptr<IndexParser> parser_;  ///< null until the first byte that is not a blank
  bool is_json_ = false;
  bool is_over_ = false;        ///< `outcome_` is final
  bool may_fall_back_ = false;  ///< what looks like JSON may still turn out to be YAML, `held_` being all of it so far
  bool is_web_page_ = false;
  std::string held_;
  IndexOutcome outcome_;
};

/// The whole index at once.
Verdict<Index> read_index(std::string_view bytes, WantedCharts const& wanted, std::string_view where);

/// What D-16 picks.
struct IndexChoice {
  std::string url;
  std::vector<std::string> digests;  ///< "sha256:<lower-case hex>", any of which may fit; empty: the index names none
  bool bad_digest = false;           ///< a digest was there, but of no usable form (D-30: a warning)
};

/// The entry for `name` in the locked `version`; `pin` ("sha256:…" or empty) decides between several. `where` names the
/// index. Codes: dep-not-found (with the nearest versions), dep-index-ambiguous.
Verdict<IndexChoice> choose(Index const& index, std::string_view name, std::string_view version, std::string_view pin,
                            std::string_view where);

}  // namespace acr::dependencies

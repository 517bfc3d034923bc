#pragma once

// A tar stream as Go's archive/tar writes it for Helm: src/chart/tar_writer.hpp (P-110 … P-115)

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace acr::chart {

/// Writes entries one by one into `sink`; holds nothing back.
class TarWriter {
 public:
  using Sink = std::function<void(std::string_view)>;
  explicit TarWriter(Sink sink) : sink_(std::move(sink)) {}

  /// A regular file, mode 0644. `name`: cleaned, `/`-separated; `mtime`: seconds since 1970, may be negative.
  /// Throws std::logic_error for a name that is empty or holds NUL: the loader has refused it before (P-155).
  void file(std::string_view name, std::string_view bytes, std::int64_t mtime);

  /// The two zero blocks of the end, and nothing more (P-115).
  void finish();

 private:
  Sink sink_;
};

/// The header blocks alone of what TarWriter::file writes: 512 bytes, or more with a PAX entry in front.
std::string tar_header(std::string_view name, std::uint64_t size, std::int64_t mtime);

}  // namespace acr::chart

#pragma once

// Helm's gzip frame around deflate: src/chart/gzip_writer.hpp (P-120, P-121, P-134)
// Deflate is the copy of libdeflate in third_party/: same bytes on every CPU, thread count and Debian release
// (docs/decisions/0004-deflate.md).

#include <string>

namespace acr::chart {

/// One gzip member with Helm's header. The result depends on `bytes` alone, which are given up as soon as they are compressed.
std::string gzip(std::string bytes);

}  // namespace acr::chart

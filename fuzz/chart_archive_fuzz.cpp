// The archive reader on hostile bytes: as a gzip file when it looks like one, else as a bare tar stream.

#include "chart/archive_reader.hpp"
#include "chart/chart_files.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::chart;
  std::string_view const input(reinterpret_cast<char const*>(data), size);
  Limits limits;
  limits.file_bytes = 1 << 16;
  limits.chart_bytes = 1 << 20;
  limits.files = 100;
  ArchiveBudget budget{.bytes = limits.chart_bytes, .files = limits.files};
  auto const files =
      input.starts_with("\x1f\x8b") ? read_archive(input, "x.tgz", budget, limits) : read_tar(input, "x.tgz", budget, limits);
  if (!files) {
    if (files.error().code.empty() || files.error().rule_number.empty()) std::abort();
    return 0;
  }
  std::uint64_t total = 0;
  for (auto const& file : *files) {
    if (!name_fault(file.path).empty()) std::abort();
    total += file.bytes.size();
  }
  if (files->empty() || total >= limits.chart_bytes || files->size() > limits.files) std::abort();
  return 0;
}

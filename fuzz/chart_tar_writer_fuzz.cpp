// What the tar writer writes, the archive reader reads back: any name, any time. Input: eight bytes of time,
// the name.

#include "chart/archive_reader.hpp"
#include "chart/chart_files.hpp"
#include "chart/tar_writer.hpp"

#include <cstdint>
#include <cstdlib>
#include <cstring>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::chart;
  std::int64_t mtime = 0;
  if (size < sizeof mtime) return 0;
  std::memcpy(&mtime, data, sizeof mtime);
  std::string const name(reinterpret_cast<char const*>(data) + sizeof mtime, size - sizeof mtime);
  if (!name_fault(name).empty() || name.starts_with("..") || name.size() > Limits{}.path_bytes) return 0;
  if (name.size() > 2 && name[1] == ':') return 0;

  std::string tar;
  TarWriter writer([&](std::string_view bytes) { tar.append(bytes); });
  writer.file("c/" + name, "body", mtime);
  writer.finish();
  if (tar.size() % 512 != 0) std::abort();
  ArchiveBudget budget;
  auto const files = read_tar(tar, "x.tgz", budget);
  if (!files || files->size() != 1) std::abort();
  if (files->front().path != name || files->front().bytes != "body" || files->front().mtime != mtime) std::abort();
  return 0;
}

// Tar headers as Go's archive/tar chooses and fills them: src/chart/tar_writer.hpp (P-110 … P-115)
// ustar where it can hold name and time, else a PAX entry in front of a ustar header.

#include "chart/tar_writer.hpp"

#include <array>
#include <optional>
#include <stdexcept>
#include <utility>

#include "chart/limits.hpp"
#include "support/text.hpp"
#include "support/work_budget.hpp"

namespace acr::chart {
namespace {

constexpr std::size_t name_size = 100;
constexpr std::size_t prefix_size = 155;
constexpr std::int64_t largest_time = 077777777777;  // 8^11 - 1: eleven octal digits
constexpr std::array<char, 2 * tar_block_bytes> zeros{};

std::size_t padding(std::uint64_t size) {
  return static_cast<std::size_t>((tar_block_bytes - size % tar_block_bytes) % tar_block_bytes);
}

std::string ascii_only(std::string_view text) {
  std::string kept;
  for (char const c : text)
    if (static_cast<unsigned char>(c) < 0x80) kept += c;
  return kept;
}

std::string octal(std::uint64_t number, std::size_t digits) {
  std::string text(digits, '0');
  for (std::size_t i = digits; i-- > 0; number >>= 3) text[i] = static_cast<char>('0' + (number & 7));
  return text;
}

struct HeaderFields {
  std::string_view name, prefix;
  std::uint64_t size = 0;
  std::uint64_t mtime = 0;
  char type = '0';
};

/// One block of P-110; the `x` entry differs in mode and device fields (P-113).
std::string block(HeaderFields const& header) {
  bool const extended = header.type == 'x';
  std::string bytes(tar_block_bytes, '\0');
  auto const put = [&](std::size_t at, std::string_view text) { text.copy(bytes.data() + at, text.size()); };
  put(0, header.name);
  put(100, extended ? "0000000" : "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, octal(header.size, 11));
  put(136, octal(header.mtime, 11));
  put(156, std::string_view(&header.type, 1));
  put(257, "ustar");
  put(263, "00");
  if (!extended) {
    put(329, "0000000");
    put(337, "0000000");
  }
  put(345, header.prefix);
  put(148, "        ");
  std::uint64_t sum = 0;
  for (char const c : bytes) sum += static_cast<unsigned char>(c);
  put(148, octal(sum, 6));
  bytes[154] = '\0';
  return bytes;
}

/// P-112: where a long ASCII name can be cut into prefix and name.
std::optional<std::size_t> ustar_split(std::string_view name) {
  auto const slash = name.substr(0, prefix_size + 1).rfind('/');
  if (slash == std::string_view::npos || slash == 0) return {};
  std::size_t const rest = name.size() - slash - 1;
  if (slash > prefix_size || rest == 0 || rest > name_size) return {};
  return slash;
}

/// "<length> <key>=<value>\n", the length counting its own digits.
std::string pax_record(std::string_view key, std::string_view value) {
  std::size_t const rest = key.size() + value.size() + 3;  // blank, '=', LF
  std::size_t size = rest;
  while (rest + std::to_string(size).size() != size) size = rest + std::to_string(size).size();
  return std::to_string(size).append(" ").append(key).append("=").append(value).append("\n");
}

/// Go's path.Split and path.Join of "PaxHeaders.0" between directory and file name.
std::string pax_name(std::string_view name) {
  auto const slash = name.rfind('/');
  std::string joined(slash == std::string_view::npos ? std::string_view{} : name.substr(0, slash + 1));
  joined.append("PaxHeaders.0/").append(name.substr(slash == std::string_view::npos ? 0 : slash + 1));
  std::string cut = ascii_only(joined).substr(0, name_size);
  while (!cut.empty() && cut.back() == '/') cut.pop_back();
  return cut;
}

/// The name field of the entry behind a PAX entry: ASCII, cut. When the cut leaves slashes at the end, Go
/// writes NUL over the first of them, so that old readers do not take the entry for a directory.
std::string short_name(std::string_view name) {
  std::string text = ascii_only(name);
  if (text.size() <= name_size) return text;
  text.resize(name_size);
  if (text.back() == '/') {
    auto const last = text.find_last_not_of('/');
    text[last == std::string::npos ? 0 : last + 1] = '\0';
  }
  return text;
}

}  // namespace

std::string tar_header(std::string_view name, std::uint64_t size, std::int64_t mtime) {
  if (name.empty() || name.find('\0') != std::string_view::npos) throw std::logic_error("a tar entry without a usable name");

  bool const time_fits = mtime >= 0 && mtime <= largest_time;
  bool const short_enough = name.size() <= name_size && is_ascii(name);
  if (time_fits) {
    auto const time = static_cast<std::uint64_t>(mtime);
    if (short_enough) return block({.name = name, .prefix = {}, .size = size, .mtime = time});
    if (is_ascii(name))
      if (auto const split = ustar_split(name))
        return block({.name = name.substr(*split + 1), .prefix = name.substr(0, *split), .size = size, .mtime = time});
  }

  // Records in the order of their keys (P-114): mtime, path.
  std::string records;
  if (!time_fits) records += pax_record("mtime", std::to_string(mtime));
  if (!short_enough) records += pax_record("path", name);
  std::string const extended = pax_name(name);
  std::string bytes = block({.name = extended, .prefix = {}, .size = records.size(), .mtime = 0, .type = 'x'});
  bytes.append(records).append(padding(records.size()), '\0');
  std::string const cut = short_name(name);
  bytes += block({.name = cut, .prefix = {}, .size = size, .mtime = time_fits ? static_cast<std::uint64_t>(mtime) : 0});
  return bytes;
}

void TarWriter::file(std::string_view name, std::string_view bytes, std::int64_t mtime) {
  charge_work(bytes.size() + tar_block_bytes);
  sink_(tar_header(name, bytes.size(), mtime));
  if (bytes.empty()) return;
  sink_(bytes);
  sink_({zeros.data(), padding(bytes.size())});
}

void TarWriter::finish() { sink_({zeros.data(), zeros.size()}); }

}  // namespace acr::chart

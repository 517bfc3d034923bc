// Chart archives, read as Go's archive/tar reads them for Helm: src/chart/archive_reader.hpp (P-56, P-56a,
// P-56b, P-159)

#include "chart/archive_reader.hpp"

#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <new>
#include <optional>
#include <set>
#include <utility>

#include "chart/chart_files.hpp"
#include "chart/chart_reader.hpp"
#include "support/text.hpp"
#include "support/work_budget.hpp"

namespace acr::chart {
namespace {

// --- gzip ---

/// An inflating zlib stream that is always ended.
class Inflater {
 public:
  Inflater() {
    // 16: gzip frames only, with their CRC and length checked.
    if (inflateInit2(&stream, 15 + 16) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(Inflater const&) = delete;
  Inflater& operator=(Inflater const&) = delete;
  z_stream stream{};
};

/// All members of a gzip file, one after the other.
Verdict<std::string> gunzipped(std::string_view tgz, std::string_view where, std::uint64_t limit) {
  auto const refuse = [&](std::string why) {
    return reject("archive-gzip", std::string(where), std::move(why))
        .rule("P-159")
        .fix("fetch the archive anew, or pack it with `helm package`");
  };
  std::string out;
  while (true) {
    Inflater inflater;
    auto& z = inflater.stream;
    // zlib does not write through next_in.
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(tgz.data()));
    z.avail_in = static_cast<uInt>(tgz.size());
    int status = Z_OK;
    while (status != Z_STREAM_END) {
      std::size_t const filled = out.size();
      std::size_t const step = std::clamp<std::size_t>(filled, 65536, std::size_t{4} << 20);
      out.resize(filled + step);
      z.next_out = reinterpret_cast<Bytef*>(out.data() + filled);
      z.avail_out = static_cast<uInt>(step);
      status = inflate(&z, Z_NO_FLUSH);
      out.resize(filled + step - z.avail_out);
      charge_work(out.size() - filled);
      if (out.size() > limit)
        return reject("archive-too-large", std::string(where), "the archive unpacks to more than a chart may hold")
            .rule("P-159")
            .expected("at most " + std::to_string(limit) + " bytes");
      if (status == Z_BUF_ERROR || (status == Z_OK && z.avail_in == 0 && z.avail_out != 0))
        return refuse("the gzip stream is cut off");
      if (status == Z_MEM_ERROR) throw std::bad_alloc();
      if (status != Z_OK && status != Z_STREAM_END)
        return refuse("corrupt gzip stream" + (z.msg ? ": " + std::string(z.msg) : std::string()));
    }
    tgz = tgz.substr(tgz.size() - z.avail_in);
    if (tgz.empty()) return out;
    if (!tgz.starts_with("\x1f\x8b")) return refuse("something follows the gzip stream");
  }
}

// --- tar ---

constexpr std::size_t units_of_an_entry = 2000;

/// Up to the first NUL.
std::string_view text_field(std::string_view field) { return field.substr(0, field.find('\0')); }

std::optional<std::int64_t> octal(std::string_view field) {
  auto const padding = [](char c) { return c == ' ' || c == '\0'; };
  while (!field.empty() && padding(field.front())) field.remove_prefix(1);
  while (!field.empty() && padding(field.back())) field.remove_suffix(1);
  if (field.empty()) return 0;
  field = text_field(field);
  std::uint64_t number = 0;
  auto const [end, fault] = std::from_chars(field.data(), field.data() + field.size(), number, 8);
  if (fault != std::errc{} || end != field.data() + field.size()) return {};
  return static_cast<std::int64_t>(number);
}

/// Octal text, or two's complement in base 256 when the first bit is set (P-159).
std::optional<std::int64_t> numeric(std::string_view field) {
  auto const first = static_cast<unsigned char>(field.front());
  if ((first & 0x80) == 0) return octal(field);
  unsigned char const inversion = (first & 0x40) != 0 ? 0xff : 0x00;
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < field.size(); ++i) {
    auto byte = static_cast<unsigned char>(static_cast<unsigned char>(field[i]) ^ inversion);
    if (i == 0) byte &= 0x7f;  // the marker is not part of the number
    if (number >> 56 != 0) return {};
    number = number << 8 | byte;
  }
  if (number >> 63 != 0) return {};
  auto const value = static_cast<std::int64_t>(number);
  return inversion != 0 ? ~value : value;
}

/// Decimal with an optional sign, as strconv.ParseInt.
std::optional<std::int64_t> decimal(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return {};
  }
  std::int64_t number = 0;
  auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || fault != std::errc{} || end != text.data() + text.size()) return {};
  return number;
}

/// "<seconds>[.<digits>]", rounded half up to seconds (P-87).
std::optional<std::int64_t> pax_time(std::string_view text) {
  auto const dot = text.find('.');
  auto const seconds = decimal(text.substr(0, dot));
  if (!seconds) return {};
  auto const fraction = dot == std::string_view::npos ? std::string_view{} : text.substr(dot + 1);
  if (!std::all_of(fraction.begin(), fraction.end(), [](char c) { return c >= '0' && c <= '9'; })) return {};
  if (text.starts_with('-')) {
    // -1.5 is one and a half before 1970: half up is -1, just below half (-1.6) is -2. Nine digits count.
    auto const counted = fraction.substr(0, 9);
    bool const more_than_half =
        !counted.empty() &&
        (counted.front() > '5' || (counted.front() == '5' && counted.find_first_not_of('0', 1) != std::string_view::npos));
    if (more_than_half && *seconds == INT64_MIN) return {};
    return more_than_half ? *seconds - 1 : *seconds;
  }
  bool const up = !fraction.empty() && fraction.front() >= '5';
  if (up && *seconds == INT64_MAX) return {};
  return up ? *seconds + 1 : *seconds;
}

using PaxRecords = std::map<std::string, std::string, std::less<>>;

/// The records of a PAX body; nothing when they are malformed.
std::optional<PaxRecords> pax_records(std::string_view body) {
  PaxRecords records;
  while (!body.empty()) {
    auto const blank = body.find(' ');
    if (blank == std::string_view::npos) return {};
    auto const size = decimal(body.substr(0, blank));
    if (!size || *size < 5 || static_cast<std::uint64_t>(*size) > body.size()) return {};
    auto const end = static_cast<std::size_t>(*size);
    if (end <= blank + 1 || body[end - 1] != '\n') return {};
    auto const record = body.substr(blank + 1, end - blank - 2);
    auto const equals = record.find('=');
    if (equals == std::string_view::npos || equals == 0) return {};
    auto const key = record.substr(0, equals);
    auto const value = record.substr(equals + 1);
    bool const is_name = key == "path" || key == "linkpath" || key == "uname" || key == "gname";
    if ((is_name ? value : key).find('\0') != std::string_view::npos) return {};
    records[std::string(key)] = value;
    body.remove_prefix(end);
  }
  return records;
}

struct TarHeader {
  std::string name;
  char type = '0';
  std::int64_t mode = 0, size = 0, mtime = 0;
};

bool checksum_fits(std::string_view block) {
  std::int64_t as_unsigned = 0, as_signed = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    char const c = i >= 148 && i < 156 ? ' ' : block[i];
    as_unsigned += static_cast<unsigned char>(c);
    as_signed += static_cast<signed char>(c);
  }
  auto const stored = octal(block.substr(148, 8));
  return stored && (*stored == as_unsigned || *stored == as_signed);
}

/// One header block; nothing when a field cannot be read.
std::optional<TarHeader> parsed_header(std::string_view block) {
  if (!checksum_fits(block)) return {};
  TarHeader header;
  header.name = text_field(block.substr(0, 100));
  header.type = block[156];
  auto const mode = numeric(block.substr(100, 8)), uid = numeric(block.substr(108, 8)), gid = numeric(block.substr(116, 8)),
             size = numeric(block.substr(124, 12)), mtime = numeric(block.substr(136, 12));
  if (!mode || !uid || !gid || !size || !mtime) return {};
  header.mode = *mode;
  header.size = *size;
  header.mtime = *mtime;

  using namespace std::string_view_literals;
  bool const ustar = block.substr(257, 6) == "ustar\0"sv;
  bool const gnu = block.substr(257, 8) == "ustar  \0"sv;
  if (!ustar && !gnu) return header;  // the format of 1979
  if (!numeric(block.substr(329, 8)) || !numeric(block.substr(337, 8))) return {};
  std::string_view prefix;
  if (ustar && block.substr(508, 4) == "tar\0"sv) {
    prefix = text_field(block.substr(345, 131));
    if (!numeric(block.substr(476, 12)) || !numeric(block.substr(488, 12))) return {};
  } else if (ustar) {
    prefix = text_field(block.substr(345, 155));
  } else {
    // GNU keeps times where ustar keeps the prefix; where they are not times, an old Go wrote a prefix
    // (P-56b).
    auto const unreadable = [&](std::size_t at) { return block[at] != '\0' && !numeric(block.substr(at, 12)); };
    auto const candidate = text_field(block.substr(345, 155));
    if ((unreadable(345) || unreadable(357)) && is_ascii(candidate)) prefix = candidate;
  }
  if (!prefix.empty()) header.name = std::string(prefix) + "/" + header.name;
  return header;
}

/// Links, devices and directories have no body, whatever their size field says.
bool has_body(char type) { return type < '1' || type > '6'; }

/// Go's path.Clean for a relative path.
std::string cleaned(std::string_view path) {
  std::vector<std::string_view> kept;
  for (auto const component : split(path, '/')) {
    if (component.empty() || component == ".") continue;
    if (component == ".." && !kept.empty() && kept.back() != "..") {
      kept.pop_back();
    } else {
      kept.push_back(component);
    }
  }
  std::string clean;
  for (auto const component : kept) clean = joined(clean, component);
  return clean;
}

class TarReader {
 public:
  TarReader(std::string_view tar, std::string_view where, ArchiveBudget& budget, Limits const& limits)
      : tar_(tar), where_(where), budget_(budget), limits_(limits) {}

  Verdict<std::vector<ArchiveFile>> files() {
    while (!ended_) {
      charge_work(units_of_an_entry);
      if (auto const fine = entry(); !fine) return fine.error();
    }
    if (files_.empty())
      return reject("archive-empty", std::string(where_), "the archive holds no file")
          .rule("P-56")
          .fix("pack it with `helm package`");
    return std::move(files_);
  }

 private:
  std::string_view tar_;
  std::string_view where_;
  ArchiveBudget& budget_;
  Limits const& limits_;
  std::size_t at_ = 0;
  bool ended_ = false;
  PaxRecords pax_;         ///< of the `x` header in force
  std::string long_name_;  ///< of the `L` header in force
  std::vector<ArchiveFile> files_;
  std::set<std::string, std::less<>> names_;

  [[nodiscard]] Rejection malformed(std::string why) const {
    return reject("archive-tar", std::string(where_), std::move(why))
        .rule("P-159")
        .found("offset " + std::to_string(at_))
        .fix("fetch the archive anew, or pack it with `helm package`");
  }
  [[nodiscard]] Rejection refuse(Code code, std::string_view name, std::string why, char const* rule) const {
    return reject(code, std::string(where_).append(": ").append(name), std::move(why)).rule(rule);
  }

  static bool is_zero(std::string_view block) {
    return std::all_of(block.begin(), block.end(), [](char c) { return c == '\0'; });
  }

  /// The end of the data is the end; one block of zeros must be followed by it or by a second one (P-56b).
  Verdict<void> end_of_archive() {
    if (at_ == tar_.size()) {
      ended_ = true;
      return {};
    }
    if (tar_.size() - at_ < tar_block_bytes) return malformed("the tar stream is cut off");
    if (!is_zero(tar_.substr(at_, tar_block_bytes))) return {};
    auto const next = tar_.substr(at_ + tar_block_bytes, tar_block_bytes);
    if (!next.empty() && (next.size() < tar_block_bytes || !is_zero(next)))
      return malformed("an entry follows a lone block of zeros");
    ended_ = true;
    return {};
  }

  /// Takes a body with its padding off the stream.
  Verdict<std::string_view> body(std::int64_t size) {
    if (size < 0) return malformed("an entry has a negative size");
    auto const announced = static_cast<std::uint64_t>(size);
    if (announced > tar_.size() - at_) return malformed("an entry is longer than the stream");
    auto const bytes = tar_.substr(at_, static_cast<std::size_t>(announced));
    std::size_t const padding = (tar_block_bytes - bytes.size() % tar_block_bytes) % tar_block_bytes;
    // Ours: Helm accepts a last entry without its padding.
    if (padding > tar_.size() - at_ - bytes.size()) return malformed("the last padding is missing");
    at_ += bytes.size() + padding;
    return bytes;
  }

  Verdict<void> entry() {
    if (auto fine = end_of_archive(); !fine || ended_) return fine;
    auto header = parsed_header(tar_.substr(at_, tar_block_bytes));
    if (!header) return malformed("a header is damaged");
    at_ += tar_block_bytes;

    if (header->type == 'x' || header->type == 'g' || header->type == 'L' || header->type == 'K') {
      if (header->size > std::int64_t{1} << 20) return malformed("a name or attribute is too long");
      auto const bytes = body(header->size);
      if (!bytes) return bytes.error();
      if (header->type == 'L') long_name_ = text_field(*bytes);
      if (header->type == 'x' || header->type == 'g') {
        auto records = pax_records(*bytes);
        if (!records) return malformed("a PAX header is damaged");
        // Global records are not used, and end what was said about a next entry.
        pax_ = header->type == 'x' ? std::move(*records) : PaxRecords{};
        if (header->type == 'g') long_name_.clear();
      }
      return {};
    }

    auto const pax = std::exchange(pax_, {});
    auto const long_name = std::exchange(long_name_, {});
    if (auto const fine = apply(pax, *header); !fine) return fine.error();
    if (!long_name.empty()) header->name = long_name;
    if (header->type == '\0') header->type = header->name.ends_with('/') ? '5' : '0';  // P-56a

    if (header->type == 'S' || (header->type >= '1' && header->type <= '6' && header->type != '5'))
      return refuse("archive-entry", header->name, "the archive holds a link, a device or a sparse file", "P-56")
          .fix("replace it by a regular file");
    if (header->size < 0) return malformed("an entry has a negative size");
    if (!has_body(header->type)) return {};
    // To Helm this is a directory, to tar a file.
    if ((header->mode & ~std::int64_t{07777}) == 040000)
      return refuse("archive-entry", header->name, "a file has the mode of a directory", "P-159");
    return file(*header);
  }

  Verdict<void> apply(PaxRecords const& pax, TarHeader& header) {
    for (auto const& [key, value] : pax) {
      if (key.starts_with("GNU.sparse."))
        return refuse("archive-entry", header.name, "the archive holds a sparse file", "P-56b");
      if (value.empty()) continue;  // counts as absent
      bool sound = true;
      if (key == "path") {
        header.name = value;
      } else if (key == "uid" || key == "gid") {
        sound = decimal(value).has_value();
      } else if (key == "atime" || key == "ctime") {
        sound = pax_time(value).has_value();
      } else if (key == "mtime") {
        auto const time = pax_time(value);
        sound = time.has_value();
        header.mtime = time.value_or(0);
      } else if (key == "size") {
        auto const size = decimal(value);
        sound = size.has_value();
        header.size = size.value_or(0);
      }
      if (!sound) return malformed("a PAX record " + key + " cannot be read");
    }
    return {};
  }

  Verdict<void> file(TarHeader const& header) {
    // A backslash anywhere makes it the separator of this name: archives made on Windows.
    char const separator = header.name.find('\\') != std::string::npos ? '\\' : '/';
    auto const cut = header.name.find(separator);
    auto const first = std::string_view(header.name).substr(0, cut);
    std::string rest = cut == std::string::npos ? std::string() : header.name.substr(cut + 1);
    std::replace(rest.begin(), rest.end(), separator, '/');

    auto const bad_name = [&](std::string why) { return refuse("archive-name", header.name, std::move(why), "P-56"); };
    if (rest.starts_with('/')) return bad_name("the name is absolute");
    std::string path = cleaned(rest);
    if (path.empty()) return bad_name("the file lies beside the chart's directory");
    if (path.starts_with("..")) return bad_name("the name leads out of the chart");
    if (first == "Chart.yaml") return bad_name("Chart.yaml lies outside the chart's directory");
    if (path.size() > limits_.path_bytes) return bad_name("the name is too long");
    if (auto const fault = name_fault(path); !fault.empty()) return bad_name(fault);  // P-155, drive letters too

    if (static_cast<std::uint64_t>(header.size) > limits_.file_bytes)
      return refuse("archive-too-large", header.name, "the file is too large for a chart", "P-56")
          .expected("at most " + std::to_string(limits_.file_bytes) + " bytes")
          .found(std::to_string(header.size) + " bytes");
    if (static_cast<std::uint64_t>(header.size) >= budget_.bytes)
      return refuse("archive-too-large", header.name, "the archives of this chart unpack to too much", "P-159")
          .expected("less than " + std::to_string(limits_.chart_bytes) + " bytes");
    if (budget_.files == 0)
      return refuse("archive-too-large", header.name, "the archives of this chart hold too many files", "P-154")
          .expected("at most " + std::to_string(limits_.files));
    auto bytes = body(header.size);
    if (!bytes) return bytes.error();
    if (path.size() > budget_.path_bytes)
      return refuse("archive-too-large", header.name, "the paths in the archives of this chart are too long together", "B-25")
          .expected("at most " + std::to_string(path_bytes_together) + " bytes");
    budget_.bytes -= bytes->size();
    budget_.path_bytes -= path.size();
    --budget_.files;

    if (!names_.insert(path).second)
      return refuse("archive-duplicate", path, "the archive holds this file twice: readers disagree which one counts", "P-159");
    bytes = without_bom(*bytes);
    files_.push_back({std::move(path), std::string(*bytes), header.mtime});
    return {};
  }
};

}  // namespace

Verdict<std::vector<ArchiveFile>> read_tar(std::string_view tar, std::string_view where, ArchiveBudget& budget,
                                           Limits const& limits) {
  return TarReader(tar, where, budget, limits).files();
}

Verdict<std::vector<ArchiveFile>> read_archive(std::string_view tgz, std::string_view where, ArchiveBudget& budget,
                                               Limits const& limits) {
  // Headers and padding come on top of the content; whatever follows the end of the archive counts too.
  auto const tar = gunzipped(tgz, where, budget.bytes + limits.chart_bytes);
  if (!tar) return tar.error();
  return read_tar(*tar, where, budget, limits);
}

}  // namespace acr::chart

// Chart archives (P-56, P-56a, P-56b, P-159): a hundred odd ones, against what Helm 4.2.4 makes of them.

#include "chart/archive_reader.hpp"

#include <map>

#include "chart/golden_lines.hpp"
#include "chart/gzip_writer.hpp"
#include "chart/tar_writer.hpp"
#include "support/catch2.hpp"
#include "support/digest.hpp"
#include "support/places.hpp"

namespace archive_reader_test {
namespace {

using namespace acr;
using namespace acr::chart;

/// What Helm accepts and we refuse, with our code for it (P-56, P-155, P-159).
std::map<std::string, std::string> const stricter = {
    {"symlink.tgz", "archive-entry"},
    {"hard-link.tgz", "archive-entry"},
    {"device.tgz", "archive-entry"},
    {"fifo.tgz", "archive-entry"},
    {"sparse-gnu.tgz", "archive-entry"},
    {"sparse-pax.tgz", "archive-entry"},
    {"directory-mode-on-file.tgz", "archive-entry"},
    {"duplicate.tgz", "archive-duplicate"},
    {"control-character.tgz", "archive-name"},
    {"invalid-utf8.tgz", "archive-name"},
    {"missing-last-padding.tgz", "archive-tar"},
    {"gzip-junk-after.tgz", "archive-gzip"},
    {"gzip-zeros-after.tgz", "archive-gzip"},
    {"gzip-crc-wrong.tgz", "archive-gzip"},
    {"gzip-length-wrong.tgz", "archive-gzip"},
    {"gzip-trailer-cut.tgz", "archive-gzip"},
    {"gzip-reserved-flag.tgz", "archive-gzip"},
};

std::string archive_with(std::vector<std::pair<std::string, std::string>> const& files) {
  std::string tar;
  TarWriter writer([&](std::string_view bytes) { tar.append(bytes); });
  for (auto const& [name, bytes] : files) writer.file(name, bytes, 0);
  writer.finish();
  return gzip(tar);
}

TEST_CASE("archives are read as Helm 4.2.4 reads them, or refused", "[chart]") {
  std::size_t checked = 0;
  for (auto const& row : test::golden_lines("archives.tsv")) {
    auto const& name = row.at(0);
    CAPTURE(name);
    auto const bytes = read_file(acr::test::data_folder().string() + "/helm-4.2.4/archives/" + name, 1 << 20);
    ArchiveBudget budget;
    auto const files = read_archive(bytes, name, budget);
    ++checked;
    if (auto const ours = stricter.find(name); ours != stricter.end()) {
      REQUIRE(row.at(1) != "refused");
      REQUIRE(files.has_error());
      CHECK(files.error().code == ours->second);
      continue;
    }
    if (row.at(1) == "refused") {
      REQUIRE(files.has_error());
      CHECK(files.error().where.starts_with(name));
      CHECK_FALSE(files.error().rule_number.empty());
      continue;
    }
    if (files.has_error()) FAIL_CHECK(files.error().sentence());
    if (files.has_error()) continue;
    REQUIRE(files->size() == row.size() - 1);
    for (std::size_t i = 0; i < files->size(); ++i) {
      auto const& file = (*files)[i];
      auto const ours = hex(file.path) + ":" + std::to_string(file.mtime) + ":" + std::to_string(file.bytes.size()) + ":" +
                        hex(sha256(file.bytes));
      CHECK(ours == row[i + 1]);
    }
  }
  CHECK(checked > 100);
}

TEST_CASE("the budget is shared by all archives of a chart", "[chart]") {
  ArchiveBudget budget{.bytes = 10, .files = 3};
  REQUIRE(read_archive(archive_with({{"c/a", "12345"}}), "one.tgz", budget).has_value());
  auto const second = read_archive(archive_with({{"c/a", "12345"}}), "two.tgz", budget);
  REQUIRE(second.has_error());
  CHECK(second.error().code == "archive-too-large");

  ArchiveBudget few{.bytes = 100, .files = 1};
  REQUIRE(read_archive(archive_with({{"c/a", ""}}), "one.tgz", few).has_value());
  CHECK(read_archive(archive_with({{"c/a", ""}}), "two.tgz", few).error().code == "archive-too-large");
}

TEST_CASE("the paths in all archives of a chart are at most 16 MiB together", "[chart]") {
  auto const outcome = [](std::string const& tar, ArchiveBudget& budget) {
    auto const files = read_tar(tar, "a.tgz", budget);
    return files ? "read" : std::string(files.error().code.text()) + ": " + files.error().why;
  };
  auto const tar_with = [](std::vector<std::string> const& names) {
    std::string tar;
    TarWriter writer([&](std::string_view bytes) { tar.append(bytes); });
    for (auto const& name : names) writer.file(name, "", 0);
    writer.finish();
    return tar;
  };
  std::string const refused = "archive-too-large: the paths in the archives of this chart are too long together";
  ArchiveBudget small{.path_bytes = 9};  // the directory of the chart does not count
  CHECK(outcome(tar_with({"c/ab", "c/abc"}), small) == "read");
  CHECK(outcome(tar_with({"c/abcd"}), small) == "read");  // of another archive
  CHECK(small.path_bytes == 0);
  CHECK(outcome(tar_with({"c/x"}), small) == refused);

  std::vector<std::string> names;
  std::string const directory = [] {
    std::string text = "c";
    for (int i = 0; i < 16; ++i) text += "/" + std::string(249, 'd');
    return text;
  }();
  for (int i = 0; i < 4096; ++i) names.push_back(directory + "/" + std::to_string(10'000 + i) + std::string(91, 'f'));
  REQUIRE(names.front().size() == 2 + 4096);
  ArchiveBudget full;
  CHECK(full.path_bytes == std::uint64_t{16} << 20);
  auto const all = tar_with(names);
  CHECK(outcome(all, full) == "read");
  names.push_back("c/x");
  ArchiveBudget over;
  auto const read = read_tar(tar_with(names), "a.tgz", over);
  REQUIRE(read.has_error());
  CHECK(read.error().code == "archive-too-large");
  CHECK(read.error().where == "a.tgz: c/x");
  CHECK(read.error().expected_value == "at most 16777216 bytes");
}

TEST_CASE("a bomb is given up before it fills the memory", "[chart]") {
  // 400 MiB of zeros behind the end of the archive: no file counts them, the stream does.
  std::string tar;
  TarWriter writer([&](std::string_view bytes) { tar.append(bytes); });
  writer.file("c/Chart.yaml", "name: c", 0);
  writer.finish();
  std::string bomb = gzip(tar);
  auto const zeros = gzip(std::string(std::size_t{100} << 20, '\0'));
  for (int i = 0; i < 4; ++i) bomb += zeros;
  ArchiveBudget budget;
  auto const files = read_archive(bomb, "bomb.tgz", budget);
  REQUIRE(files.has_error());
  CHECK(files.error().code == "archive-too-large");
}

TEST_CASE("a path longer than the limit is refused", "[chart]") {
  ArchiveBudget budget;
  CHECK(read_archive(archive_with({{"c/" + std::string(4097, 'p'), ""}}), "x.tgz", budget).error().code == "archive-name");
  CHECK(read_archive(archive_with({{"c/" + std::string(4096, 'p'), ""}}), "x.tgz", budget).has_value());
}

TEST_CASE("an archive without a file is refused (P-56)", "[chart]") {
  ArchiveBudget budget;
  auto const files = read_archive(archive_with({}), "x.tgz", budget);
  REQUIRE(files.has_error());
  CHECK(files.error().code == "archive-empty");
  CHECK(files.error().where == "x.tgz");
  CHECK(read_archive(archive_with({{"c/a", ""}}), "x.tgz", budget).has_value());
}

TEST_CASE("each damage of an archive is told from the others (P-56, P-159)", "[chart]") {
  auto const patched = [](std::string header, std::size_t at, std::string_view bytes) {
    header.replace(at, bytes.size(), bytes).replace(148, 8, "        ");
    unsigned sum = 0;
    for (unsigned char const byte : header) sum += byte;
    std::string digits = "000000";
    for (std::size_t i = 6; i-- > 0; sum >>= 3) digits[i] = static_cast<char>('0' + (sum & 7));
    return header.replace(148, 8, digits + std::string("\0 ", 2));
  };
  auto const padded = [](std::string bytes) { return bytes.append((512 - bytes.size() % 512) % 512, '\0'); };
  std::string const minus_one(12, '\xff');
  std::string const sound = tar_header("c/a", 5, 0) + padded("12345");
  std::string const end(1024, '\0');
  struct Row {
    char const* damage;
    std::string bytes;
    char const* code;
    char const* why;
  };
  std::vector<Row> const rows = {
      {"none", gzip(sound + end), "", ""},
      {"a header that is patched as it is", gzip(patched(tar_header("c/a", 5, 0), 124, "00000000005") + padded("12345") + end),
       "", ""},
      {"the last bytes of the gzip stream are missing", gzip(sound + end).substr(0, gzip(sound + end).size() - 9),
       "archive-gzip", "the gzip stream is cut off"},
      {"less than a block is left", gzip(sound + std::string(100, 'x')), "archive-tar", "the tar stream is cut off"},
      {"a file of -1 bytes", gzip(patched(tar_header("c/a", 5, 0), 124, minus_one) + end), "archive-tar",
       "an entry has a negative size"},
      {"a long name of -1 bytes", gzip(patched(patched(tar_header("c/a", 5, 0), 156, "L"), 124, minus_one) + sound + end),
       "archive-tar", "an entry has a negative size"},
      {"a file longer than what is left", gzip(tar_header("c/a", 600, 0) + std::string(512, 'x')), "archive-tar",
       "an entry is longer than the stream"},
      {"a file beside the chart's directory", gzip(tar_header("a", 5, 0) + padded("12345") + end), "archive-name",
       "the file lies beside the chart's directory"},
  };
  for (auto const& row : rows) {
    CAPTURE(row.damage);
    ArchiveBudget budget;
    auto const files = read_archive(row.bytes, "x.tgz", budget);
    REQUIRE(files.has_value() == (*row.code == '\0'));
    if (files) continue;
    CHECK(files.error().code == row.code);
    CHECK(files.error().why == row.why);
  }
}

}  // namespace
}  // namespace archive_reader_test

// The loops of this room are charged to the run, so that its clock ends them (B-25). The matching of ignore rules:
// ignore_rules_test.cpp.
#include <string>

#include "chart/archive_reader.hpp"
#include "chart/gzip_writer.hpp"
#include "chart/ignore_rules.hpp"
#include "chart/tar_writer.hpp"
#include "support/catch2.hpp"
#include "support/charged.hpp"
#include "yaml/reader.hpp"

namespace charges_test {
namespace {

using namespace acr;
using namespace acr::chart;
using acr::test::is_charged;

constexpr std::size_t much = std::size_t{2} << 20;

TEST_CASE("packing is charged (B-25)", "[chart]") {
  std::string const bytes(much, 'x');
  CHECK(is_charged([&] { return !gzip(bytes).empty(); }));
  CHECK(is_charged([&] {
    TarWriter([](std::string_view) {}).file("a", bytes, 0);
    return true;
  }));
  CHECK(is_charged([&] {  // and not by bytes alone
    TarWriter writer([](std::string_view) {});
    for (int i = 0; i < 3000; ++i) writer.file("a", "", 0);
    return true;
  }));
}

TEST_CASE("unpacking is charged (B-25)", "[chart]") {
  auto const noise = gzip(std::string(much, 'x'));  // no tar: its entries cost nothing
  CHECK(is_charged([&] {
    ArchiveBudget budget;
    return read_archive(noise, "a.tgz", budget).error().code == "archive-tar";
  }));
  std::string tar;
  TarWriter writer([&](std::string_view piece) { tar += piece; });
  for (int i = 0; i < 1000; ++i) writer.file("web/" + std::to_string(i), "", 0);
  writer.finish();
  CHECK(is_charged([&] {
    ArchiveBudget budget;
    return read_tar(tar, "a.tar", budget).value().size() == 1000;
  }));
}

TEST_CASE("reading YAML and ignore rules is charged (B-25)", "[chart]") {
  std::string list, rules;
  for (int i = 0; i < 3000; ++i) list += "- x\n", rules += "f" + std::to_string(i) + "\n";
  CHECK(is_charged([&] { return yaml::read(list, {.file = "values.yaml", .code = "values-yaml"}).has_value(); }));
  CHECK(is_charged(
      [&] { return yaml::read("a: " + std::string(much, 'x'), {.file = "values.yaml", .code = "values-yaml"}).has_value(); }));
  CHECK(is_charged([&] { return IgnoreRules::parse(rules).has_value(); }));
}

}  // namespace
}  // namespace charges_test

#include "report/action_outputs.hpp"

#include <map>
#include <stdexcept>

#include "report/limits.hpp"
#include "report/sample_record.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/errors.hpp"
#include "support/json.hpp"
#include "support/temporary_directory.hpp"
#include "support/text.hpp"
#include "support/thrown.hpp"

namespace action_outputs_test {
namespace {

using acr::report::Outputs;

// The runner's reader of GITHUB_OUTPUT, rule by rule (A-23, A-25).
std::map<std::string, std::string> as_the_runner_reads(std::string const& text) {
  std::map<std::string, std::string> outputs;
  std::size_t at = 0;
  auto const next = [&] {
    auto const end = text.find('\n', at);
    if (end == std::string::npos) throw std::runtime_error("the last line has no line end");
    auto line = text.substr(at, end - at);
    at = end + 1;
    return line;
  };
  while (at < text.size()) {
    auto const line = next();
    if (line.empty()) continue;
    auto const equals = line.find('='), here = line.find("<<");
    if (equals != std::string::npos && equals < here) {
      outputs[acr::to_lower_ascii(line.substr(0, equals))] = line.substr(equals + 1);
      continue;
    }
    if (here == std::string::npos || here == 0 || here + 2 == line.size()) throw std::runtime_error("bad line: " + line);
    auto const delimiter = line.substr(here + 2);
    std::string value;
    for (bool first = true;; first = false) {
      auto const part = next();
      if (part == delimiter) break;
      value += (first ? "" : "\n") + part;
    }
    outputs[acr::to_lower_ascii(line.substr(0, here))] = value;
  }
  return outputs;
}

TEST_CASE("no value can define another output (A-24)", "[report]") {
  auto const value = one_of<std::string>(
      {"", "\n", "a\nevil=1", "EOF\nevil=1", "a\r\nb", "x<<EOF\nevil\nEOF", "ghadelimiter_\nevil=1", "=", "<<", "a\n\n"});
  CAPTURE(value);
  Outputs outputs;
  outputs.set("first", value);
  outputs.set("last", "x");
  auto const read = as_the_runner_reads(outputs.command_file_text());
  CHECK(read == std::map<std::string, std::string>{{"first", value}, {"last", "x"}});
}

TEST_CASE("each value has a fresh delimiter of 128 random bits (A-24)", "[report]") {
  Outputs outputs;
  outputs.set("a", "1");
  auto const one = outputs.command_file_text(), two = outputs.command_file_text();
  CHECK(one != two);
  CHECK(one.substr(0, 16) == "a<<ghadelimiter_");
  CHECK(one.find('\n') == 16 + 32);
}

TEST_CASE("names outside the alphabet are our own mistake (A-24)", "[report]") {
  auto const name = one_of<std::string>({"", "-a", ".a", "a b", "a=b", "a\nb", "a<<b", "ä"});
  Outputs outputs;
  CHECK_THROWS_AS(outputs.set(name, "x"), std::logic_error);
}

TEST_CASE("names compare without case, the last value wins (A-25)", "[report]") {
  Outputs outputs;
  outputs.set("Digest", "1");
  outputs.set("digest", "2");
  CHECK(outputs.values() == std::vector<std::pair<std::string, std::string>>{{"digest", "2"}});
  CHECK(*outputs.find("DIGEST") == "2");
}

TEST_CASE("what cannot be an output is left out by name (A-26)", "[report]") {
  Outputs outputs;
  outputs.set("fits", std::string(acr::report::max_output_bytes, 'x'));
  outputs.set("large", std::string(acr::report::max_output_bytes + 1, 'x'));
  outputs.set("binary", std::string("a\0b", 3));
  outputs.set("latin", "\xff");
  CHECK(outputs.omitted() == std::vector<std::string>{"large", "binary", "latin"});
  CHECK(outputs.values().size() == 1);
}

TEST_CASE("outputs are appended, and what was in the file stays (A-24)", "[report]") {
  acr::test::TemporaryDirectory const dir;
  auto const path = dir.path() / "output";
  acr::write_file(path, "old=1\n");
  Outputs outputs;
  outputs.set("new", true);
  acr::report::append_outputs(path, outputs);
  CHECK(as_the_runner_reads(acr::read_file(path, 1000)) == std::map<std::string, std::string>{{"old", "1"}, {"new", "true"}});
  CHECK(acr::test::thrown([&] { acr::report::append_outputs("/dev/full", outputs); }) ==
        "command-file: cannot append to /dev/full: No space left on device");
  auto const nowhere = dir.path() / "no" / "output";
  CHECK(acr::test::thrown([&] { acr::report::append_outputs(nowhere, outputs); }) ==
        "command-file: cannot append to " + nowhere.string() + ": No such file or directory");
}

TEST_CASE("a release sets every output of the contract", "[report]") {
  auto const record = acr::test::released_record();
  auto const outputs = acr::report::run_outputs(record, acr::test::sample_files(), 30);
  std::map<std::string, std::string> const values(outputs.values().begin(), outputs.values().end());
  CHECK(values.at("result") == "success");
  CHECK(values.at("reason").empty());
  CHECK(values.at("chart-count") == "2");
  CHECK(values.at("api_digest") == acr::test::fake_digest('a'));
  CHECK(values.at("api_version") == "2.0.0");
  CHECK(values.at("api_package") == ".cr-release-packages/api-2.0.0.tgz");
  CHECK(values.at("web_tag") == "web-v1.2.0");
  CHECK(values.at("packages-dir") == ".cr-release-packages");
  CHECK(values.at("checksums-path") == ".cr-release-packages/checksums.txt");
  CHECK(values.at("verification-digest") == acr::test::fake_digest('f'));
  CHECK(values.at("vsa-path") == ".cr-release-packages/vsa.json");
  CHECK(values.at("manifest-path") == "release-attestation-manifest.json");
  CHECK(values.at("verified-count") == "3");
  CHECK(values.at("failed-count") == "0");
  CHECK(values.at("unresolved-count") == "0");
  CHECK(values.at("pr-number") == "42");
  CHECK(values.at("head-sha") == record.head);
  CHECK(values.at("merge-sha") == record.merge);
  CHECK(values.at("retention-days") == "30");
  CHECK_FALSE(values.contains("chart"));  // two charts: no shortcut
}

TEST_CASE("one packaged chart has the short names too (A-45)", "[report]") {
  auto record = acr::test::released_record();
  record.charts[1].status = acr::report::ChartStatus::refused;
  record.charts[1].package.clear();
  record.result = acr::report::Result::partial;
  auto const outputs = acr::report::run_outputs(record, acr::test::sample_files(), 30);
  CHECK(*outputs.find("chart") == "api");
  CHECK(*outputs.find("version") == "2.0.0");
  CHECK(*outputs.find("tag") == "api-v2.0.0");
  CHECK(*outputs.find("package") == ".cr-release-packages/api-2.0.0.tgz");
  CHECK(*outputs.find("digest") == acr::test::fake_digest('a'));
  CHECK(*outputs.find("result") == "partial");
  CHECK(outputs.find("web_digest") == nullptr);
}

TEST_CASE("a refused run still has result, reason, counts and no package", "[report]") {
  auto const outputs = acr::report::run_outputs(acr::test::refused_record(), {}, 30);
  CHECK(*outputs.find("result") == "failed");
  CHECK(*outputs.find("reason") == "log-inclusion-proof");
  CHECK(*outputs.find("chart-count") == "0");
  CHECK(*outputs.find("matrix") == R"({"include":[]})");
  CHECK(*outputs.find("failed-count") == "1");
  CHECK(*outputs.find("unresolved-count") == "1");
  CHECK(outputs.find("packages-dir") == nullptr);
  CHECK(outputs.find("api_digest") == nullptr);
}

TEST_CASE("charts are one line of ASCII with keys in fixed order (A-44)", "[report]") {
  auto record = acr::test::released_record();
  record.charts.erase(record.charts.begin());
  record.charts[0].path = "charts/wëb\n\xf0\x9f\x8e\x89";
  CHECK(acr::report::charts_json(record, "out") ==
        R"([{"name":"web","version":"1.2.0","path":"charts/w\u00ebb\u000a\ud83c\udf89","tag":"web-v1.2.0","commit":")" +
            std::string(40, '4') + R"(","package":"out/web-1.2.0.tgz","digest":")" + acr::test::fake_digest('b') +
            R"(","size":99,"verified":1,"status":"packaged","source-digest":")" + acr::test::fake_digest('5') + R"("}])");
  auto const matrix = acr::parse_json(acr::report::matrix_json(record, "out"), "matrix").value();
  CHECK(acr::string_in(acr::array_in(matrix, "include")->at(0), "file") == "web-1.2.0.tgz");
}

TEST_CASE("a chart that was held back is refused to the outside (section 12)", "[report]") {
  auto const text = acr::report::charts_json(acr::test::refused_record(), "out");
  CHECK(text.find("held") == std::string::npos);
  CHECK(text.find(R"("package":"","digest":"","size":0,"verified":2,"status":"refused")") != std::string::npos);
}

TEST_CASE("a value that has no name is our own mistake, and every other has one", "[report]") {
  using namespace acr::report;
  CHECK(to_text(Result::no_charts) == "no-charts");
  CHECK(to_text(EntryStatus::verified_other_id) == "verified-other-id");
  CHECK(to_text(EntryStatus::unresolved) == "unresolved");
  CHECK(to_text(ChartStatus::held_back) == "held-back");
  CHECK_THROWS_AS(to_text(static_cast<Result>(99)), std::logic_error);
  CHECK_THROWS_AS(to_text(static_cast<EntryStatus>(99)), std::logic_error);
  CHECK_THROWS_AS(to_text(static_cast<ChartStatus>(99)), std::logic_error);
}

}  // namespace
}  // namespace action_outputs_test

// Indexes of chart repositories (D-15, D-16, D-30).

#include "dependencies/index_reader.hpp"

#include <fstream>

#include "dependencies/limits.hpp"
#include "support/catch2.hpp"

namespace index_reader_test {
namespace {

using namespace acr::dependencies;

WantedCharts const web_1{{"web", {"1.0.0"}}};

Index read(std::string_view text, WantedCharts const& wanted = web_1) {
  auto index = read_index(text, wanted, "https://h/index.yaml");
  INFO((index ? std::string() : index.error().sentence()));
  REQUIRE(index.has_value());
  return *index;
}

/// "<line>: <what is wrong>"
std::string fault_of(std::string_view text) {
  auto const index = read_index(text, web_1, "https://h/index.yaml");
  if (index) return "read";
  CHECK(index.error().code == "dep-index-invalid");
  CHECK_FALSE(index.error().fix_text.empty());
  auto const where = index.error().where;
  return where.substr(where.rfind(':') + 1) + ": " + index.error().why;
}

std::string const yaml = R"(apiVersion: v1
generated: "2024-01-01T00:00:00Z"
entries:
  other:
    - name: 7
      urls: {not: looked at}
      version: [nor, this]
  web:
    - name: web
      version: 1.0.0
      digest: AAAA
      urls: [web-1.0.0.tgz, mirror/web-1.0.0.tgz]
      annotations: {a: b, a: c}
    - null
    - name: web
      version: v1.0.0
      urls:
      - second.tgz
    - {name: web, version: 1.0.0}
    - {name: web, version: 1.0.0, urls: []}
    - {name: web, version: 1.0.0, urls: null}
    - {name: web, version: not a version, urls: [x.tgz]}
    - {name: web, version: 1.0.0, urls: [x.tgz], type: plugin}
    - {name: a/b, version: 1.0.0, urls: [x.tgz]}
    - {version: 1.0.0, urls: [x.tgz]}
    - {name: web, version: 1.0.1, urls: [x.tgz]}
)";

TEST_CASE("only entries of locked versions are kept, what is not valid is skipped (D-15)", "[dependencies]") {
  auto const index = read(yaml);
  REQUIRE(index.size() == 1);
  auto const& entries = index.at("web").entries;
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].version == "1.0.0");
  CHECK(entries[0].url == "web-1.0.0.tgz");
  CHECK(entries[0].digest == "AAAA");
  CHECK(entries[0].line == 9);
  CHECK(entries[1].version == "v1.0.0");
  CHECK(entries[1].url == "second.tgz");
}

TEST_CASE("JSON says the same as YAML, one line or many", "[dependencies]") {
  std::string const json =
      "{\"entries\": {\"other\": [1, {\"name\": [true, null, 1.5e3]}],\n"
      "  \"web\": [null, {\"name\": \"web\", \"version\": \"1.0.0\",\n"
      "    \"description\": \"\\ud83d\\ude00 \\/ \\u0000\x7f\", \"digest\": \"AAAA\", \"urls\": [\"web\\u002d1.0.0.tgz\"]}]},\n"
      "  \"apiVersion\": \"v1\"}\n";
  for (auto const& text : {json, "\xef\xbb\xbf \n" + json, json + "trailing"}) {
    auto const index = read(text);
    auto const& entries = index.at("web").entries;
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].url == "web-1.0.0.tgz");
    CHECK(entries[0].digest == "AAAA");
  }
  CHECK(read(json).at("web").entries[0].line == 2);
}

TEST_CASE("YAML may begin with a brace", "[dependencies]") {
  CHECK(read("{apiVersion: v1, entries: {web: [{name: web, version: 1.0.0, urls: [x.tgz]}]}}").at("web").entries.size() == 1);
  CHECK(read("{\"apiVersion\": v1, entries: {}}").empty());
  CHECK(
      read("{\"apiVersion\": \"v1\", \"entries\": {\"web\": [{\"name\": 'web', \"version\": 1.0.0, urls: [x.tgz]}]}}").size() ==
      1);
}

TEST_CASE("pieces of any size give the same index", "[dependencies]") {
  auto const size = one_of({std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{64}});
  std::string const json =
      R"({"apiVersion":"v1","entries":{"web":[{"name":"web","version":"1.0.0","urls":["x.tgz"],"a":12.5}]}})";
  std::string const flow = "  {apiVersion: v1, entries: {web: [{name: web, version: 1.0.0, urls: [x.tgz]}]}}";
  for (auto const& text : {yaml, json, flow, "\xef\xbb\xbf" + json}) {
    IndexReader reader(web_1, "index");
    for (int round = 0; round < 2; ++round) {  // a second try starts anew
      reader.start();
      for (std::size_t at = 0; at < text.size(); at += size)
        if (!reader.take(std::string_view(text).substr(at, size))) break;
    }
    auto const index = reader.finish();
    INFO(text);
    REQUIRE(index.has_value());
    CHECK(index->at("web").entries.at(0).url == (text == yaml ? "web-1.0.0.tgz" : "x.tgz"));
  }
}

TEST_CASE("a fault is the same however the bytes arrive", "[dependencies]") {
  // libyaml looks at control characters as far as it has read ahead.
  std::string const faulty = "apiVersion: v1\nentries:\n  web: [x]\nlast: \x05\n";
  auto const whole = read_index(faulty, web_1, "index");
  IndexReader reader(web_1, "index");
  reader.start();
  for (auto const& byte : faulty)
    if (!reader.take({&byte, 1})) break;
  auto const pieces = reader.finish();
  REQUIRE(whole.has_error());
  CHECK(whole.error() == pieces.error());
}

TEST_CASE("an index that is none is refused with its line (D-15)", "[dependencies]") {
  std::string const head = "apiVersion: v1\nentries:\n  web:\n  - name: web\n    version: 1.0.0\n    urls: [x.tgz]\n";
  struct Row {
    std::string text;
    char const* fault;
  };
  auto const row = one_of<Row>({
      {"", "1: the index is empty"},
      {" \n\n", "1: the index is empty"},
      {"<!DOCTYPE html>\n<html><body>Sign in</body></html>\n", "1: the index is a web page"},
      {"entries: {}\n", "1: the index has no apiVersion"},
      {"apiVersion: null\nentries: {}\n", "1: the index has no apiVersion"},
      {"apiVersion: [v1]\n", "1: apiVersion is not text"},
      {"- a\n", "1: the index is not a map"},
      {"text\n", "1: the index is not a map"},
      {"apiVersion: v1\nentries: []\n", "2: entries is not a map"},
      {"apiVersion: v1\nentries: x\n", "2: entries is not a map"},
      {"apiVersion: v1\nentries: *x\n", "2: entries is not a map"},
      {"apiVersion: v1\nentries:\n  web: {a: b}\n", "3: the versions of web are not a list"},
      {"apiVersion: v1\nentries:\n  web: x\n", "3: the versions of web are not a list"},
      {"apiVersion: v1\nentries:\n  web:\n  - x\n", "4: a version of web is not a map"},
      {"apiVersion: v1\nentries:\n  web:\n  - [x]\n", "4: a version of web is not a map"},
      {"apiVersion: v1\nentries:\n  web:\n  - version: {a: b}\n", "4: version is not text"},
      {"apiVersion: v1\nentries:\n  web:\n  - digest: [x]\n", "4: digest is not text"},
      {"apiVersion: v1\nentries:\n  web:\n  - urls: x\n", "4: urls is not a list"},
      {"apiVersion: v1\nentries:\n  web:\n  - urls: {a: b}\n", "4: urls is not a list"},
      {"apiVersion: v1\nentries:\n  web:\n  - urls: [[x]]\n", "4: a URL is not text"},
      {"apiVersion: v1\nentries:\n  ? [web]\n  : x\n", "3: a key is not text"},
      {head + "entries: {}\n", "7: the key entries occurs twice"},
      {head + "  web: []\n", "7: the key web occurs twice"},
      {head + "    version: 1.0.0\n", "7: the key version occurs twice"},
      {head + "    home: a\n    home: b\n", "8: the key home occurs twice"},
      {head + "  - \"unclosed\n", "8: the index is neither JSON nor YAML: found unexpected end of stream"},
      {"{\"apiVersion\": 1}", "1: apiVersion is not text"},
      {"{\"apiVersion\": \"v1\",\n\"entries\": {\"web\": [{\"version\": 1}]}}", "2: version is not text"},
      {"{\"apiVersion\": \"v1\",\n\"entries\": {\"web\": [],\n\"web\": []}}", "3: the key web occurs twice"},
  });
  CAPTURE(row.text);
  CHECK(fault_of(row.text) == row.fault);
}

TEST_CASE("other charts may be as they like", "[dependencies]") {
  CHECK(fault_of("apiVersion: v1\nentries:\n  other: 7\n  other: [x, [y]]\n  web: null\nelse: {? [a] : b}\n") == "read");
  CHECK(fault_of("apiVersion: v1\n---\nnot: looked at\n- : [") == "read");
  CHECK(fault_of("apiVersion: v1\nentries: null\n") == "read");
}

TEST_CASE("depth, long texts, many keys and many entries have an end", "[dependencies]") {
  auto const deep = [](std::string const& open, std::size_t count) {
    std::string text = open == "[" ? "apiVersion: v1\nx: " : "{\"apiVersion\": \"v1\", \"x\": ";
    for (std::size_t i = 0; i < count; ++i) text += "[";
    for (std::size_t i = 0; i < count; ++i) text += "]";
    return text + (open == "[" ? "\n" : "}");
  };
  for (auto const* form : {"[", "{"}) {
    CHECK(fault_of(deep(form, limits::index_depth - 1)) == "read");
    CHECK(fault_of(deep(form, limits::index_depth)).find("nested too deeply") != std::string::npos);
  }
  std::string const long_text(limits::index_scalar_bytes + 100'000, 'x');
  CHECK(fault_of("apiVersion: v1\nx: " + long_text + "\n") == "2: a text or comment is too long");
  CHECK(fault_of("apiVersion: v1\n#" + long_text + "\nx: y\n") == "2: a text or comment is too long");
  CHECK(fault_of("{\"apiVersion\":\"" + long_text + "\"}") == "1: a text is too long");
  CHECK(fault_of("{\"apiVersion\":\"v1\",\"entries\":{\"other\":\"" + long_text + "\"}}") == "read");
  std::string entries = "apiVersion: v1\nentries:\n  web:\n";
  CHECK(fault_of(entries + "  - version: " + std::string(limits::index_text_bytes + 1, '1') + "\n") ==
        "4: version is too long");
  std::string keys = entries + "  - name: web\n";
  for (std::size_t i = 0; i < limits::index_entry_keys; ++i) keys += "    k" + std::to_string(i) + ": x\n";
  CHECK(fault_of(keys).find("too many keys") != std::string::npos);
  for (std::size_t i = 0; i <= limits::index_versions; ++i) entries += "  - {name: web, version: 1.0.0, urls: [x]}\n";
  CHECK(fault_of(entries).find("too many entries") != std::string::npos);
}

/// Kilobytes of this process' memory since reset_peak(), at their highest.
std::size_t peak_kilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (std::size_t value = 0; word == "VmHWM:" && status >> value) return value;
  return 0;
}
bool reset_peak() { return static_cast<bool>(std::ofstream("/proc/self/clear_refs") << "5" << std::flush); }

TEST_CASE("an index of many megabytes takes no more memory than a small one", "[dependencies]") {
  auto const as_json = one_of({false, true});
  std::string const wanted = as_json ? R"("web":[{"name":"web","version":"1.0.0","urls":["x.tgz"]}],)" + std::string("\n")
                                     : "  web:\n  - {name: web, version: 1.0.0, urls: [x.tgz]}\n";
  IndexReader reader(web_1, "index");
  if (!reset_peak()) SUCCEED("the kernel does not reset the peak here");
  auto const before = peak_kilobytes();
  reader.start();
  REQUIRE(reader.take(as_json ? "{\"apiVersion\":\"v1\",\"entries\":{" + wanted : "apiVersion: v1\nentries:\n" + wanted));
  for (int i = 0; i < 4000; ++i) {
    std::string const name = "c" + std::to_string(i);
    std::string piece = as_json ? "\"" + name + "\":[" : "  " + name + ":\n";
    for (int j = 0; j < 10; ++j)
      piece += as_json ? "{\"name\":\"" + name + "\",\"version\":\"1.0." + std::to_string(j) + "\",\"description\":\"" +
                             std::string(250, 'd') + "\"},"
                       : "  - name: " + name + "\n    version: 1.0." + std::to_string(j) +
                             "\n    description: " + std::string(250, 'd') + "\n";
    if (as_json) piece.back() = ']', piece += ",\n";
    REQUIRE(reader.take(piece));
  }
  if (as_json) reader.take("\"z\":[]}}");
  auto const index = reader.finish();
  REQUIRE(index.has_value());
  CHECK(index->at("web").entries.size() == 1);
#if defined(__SANITIZE_ADDRESS__)
  CHECK(peak_kilobytes() >= before);  // the sanitizer keeps what is freed
#else
  CHECK(peak_kilobytes() - before < 8 * 1024);
#endif
}

TEST_CASE("the bytes of a try that is given up are taken back", "[dependencies]") {
  std::int64_t total = 0;
  IndexReader reader(web_1, "index", [&](std::int64_t more) { total += more; });
  reader.start();
  reader.take("apiVersion: v1\nentr");
  reader.start();
  CHECK(total == 0);
  reader.take("apiVersion: v1\n");
  CHECK(total == 15);
  CHECK(reader.finish().has_value());
}

}  // namespace
}  // namespace index_reader_test

#include "report/pull_request_body.hpp"

#include "report/attestation_map.hpp"
#include "report/limits.hpp"
#include "report/sample_record.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace pull_request_body_test {
namespace {

using acr::report::AttestationIds;
using acr::report::HumanPart;
using acr::report::merge_description;
using acr::report::read_attestation_map;

HumanPart human() {
  auto manifest = acr::report::manifest_of(acr::test::released_record(), acr::test::sample_files());
  manifest =
      acr::report::with_attestations(manifest, {{"tag-verification", "9000"}, {"build-api", "9001"}, {"build-web", "9001"}})
          .value();
  return {"https://github.com", "acme/helm-charts", manifest, acr::test::fake_digest('0'), ""};
}

AttestationIds const ids{{"tag-verification", "9000"}, {"build-api", "9001"}, {"build-web", "9001"}};

std::string merged(std::optional<std::string> const& body) {
  auto const update = merge_description(body, ids, human());
  REQUIRE(update.has_value());
  return update->body;
}

/// The description's map, and our section cut out with what was put around it.
std::string without_section(std::string const& body) {
  auto const begin = body.find("<!-- atomic-chart-release:begin -->");
  std::string const end_marker = "<!-- atomic-chart-release:end -->";
  auto const end = body.find(end_marker) + end_marker.size();
  return body.substr(0, begin) + body.substr(end);
}

std::string refusal(std::string const& body) {
  auto const update = merge_description(body, ids, human());
  REQUIRE(update.has_error());
  return std::string(update.error().code.text());
}

TEST_CASE("no description: the new text alone (A-84)", "[report]") {
  auto const section = acr::report::human_section(human(), "\n", false);
  auto const map = "<!-- ATTESTATION_MAP\n{\"tag-verification\":\"9000\",\"build-api\":\"9001\",\"build-web\":\"9001\"}\n-->\n";
  CHECK(merged(std::nullopt) == section + "\n\n" + map);
  CHECK(merged("") == merged(std::nullopt));
}

TEST_CASE("a description without a map gets both after one empty line (A-84)", "[report]") {
  struct Row {
    std::string body, gap;
  };
  auto const row = one_of<Row>({
      {"Hello", "\n\n"},
      {"Hello\n", "\n"},
      {"Hello\n\n", ""},
      {"Hello\n\n\n", ""},
      {"a\r\nHello", "\r\n\r\n"},
      {"Hello\r\n", "\r\n"},
      {"Hello\r\n\r\n", ""},
      {"\n", ""},
  });
  CAPTURE(row.body);
  auto const body = merged(row.body);
  CHECK(body.starts_with(row.body + row.gap + "<!-- atomic-chart-release:begin -->"));
  CHECK(body.ends_with(row.body.find("\r\n") == std::string::npos ? "\n-->\n" : "\r\n-->\r\n"));
}

TEST_CASE("the section stands before the map, which stays where it was (A-83, A-85)", "[report]") {
  std::string const front = "Automated release.\n\n", map_begin = "<!-- ATTESTATION_MAP\n{\"lint\":\"14400001\"";
  auto const body = merged(front + map_begin + "}\n-->\nfoot\n");
  CHECK(body == front + acr::report::human_section(human(), "\n", false) + "\n\n" + map_begin +
                    ",\"tag-verification\":\"9000\",\"build-api\":\"9001\",\"build-web\":\"9001\"}\n-->\nfoot\n");
}

TEST_CASE("twice is once (A-88)", "[report]") {
  auto const body = one_of<std::string>(
      {"", "x", "x\r", "x\r\ny", "<!-- ATTESTATION_MAP\n{}\n-->", "<!-- ATTESTATION_MAP  \r\n{\r\n  \"a\": 1\r\n}\r\n -->\r\n",
       "a\n<!-- ATTESTATION_MAP\n{\"a--b\":\"<->\"}\n-->\n",
       "<!-- atomic-chart-release:begin -->\nx\n<!-- ATTESTATION_MAP\n{}\n-->\n<!-- atomic-chart-release:end -->\n"});
  CAPTURE(body);
  auto const once = merged(body);
  CHECK(merged(once) == once);
}

TEST_CASE("foreign bytes around map and section survive (A-83)", "[report]") {
  std::string const front = "T\xc3\xaatre \xff\x01 | ` <b>\r\n\r\n- [ ] todo\r\n";
  std::string const back = "\r\nReviewed-by: x\r\n\t trailing  ";
  auto const body = merged(front + "<!-- ATTESTATION_MAP\r\n{\"lint\":\"1\"}\r\n-->" + back);
  CHECK(body.starts_with(front));
  CHECK(body.ends_with(back));
  CHECK(without_section(body) == front +
                                     "\r\n\r\n\r\n<!-- ATTESTATION_MAP\r\n{\"lint\":\"1\",\"tag-verification\":\"9000\","
                                     "\"build-api\":\"9001\",\"build-web\":\"9001\"}\r\n-->" +
                                     back);
  // CRLF throughout what is ours.
  auto const section = body.substr(front.size(), body.find("<!-- ATTESTATION_MAP") - front.size());
  for (std::size_t at = section.find('\n'); at != std::string::npos; at = section.find('\n', at + 1))
    CHECK(section[at - 1] == '\r');
}

TEST_CASE("own keys are replaced in place, foreign ones keep order, value and form (A-83)", "[report]") {
  std::string const body =
      "<!-- ATTESTATION_MAP\n{\n    \"lint\" : 123456789012345678901234567890,\n"
      "    \"build-api\": \"1\",\n    \"n\": {\"x\": [1.50, null, \"},{\"]},\n    \"tag-verification\": 9000\n}\n-->\n";
  auto const result = without_section(merged(body));
  CHECK(result ==
        "\n\n<!-- ATTESTATION_MAP\n{\n    \"lint\" : 123456789012345678901234567890,\n"
        "    \"build-api\": \"9001\",\n    \"n\": {\"x\": [1.50, null, \"},{\"]},\n    \"tag-verification\": 9000,\n"
        "    \"build-web\": \"9001\"\n}\n-->\n");
}

TEST_CASE("added members look like their neighbours", "[report]") {
  struct Row {
    std::string json, expected;
  };
  auto const row = one_of<Row>({
      {"{}", R"({"k":"1"})"},
      {"{ }", R"({"k":"1"})"},
      {R"({"a":"b"})", R"({"a":"b","k":"1"})"},
      {R"({ "a": "b" })", R"({ "a": "b", "k": "1" })"},
      {R"({"a": "b", "c": "d"})", R"({"a": "b", "c": "d", "k": "1"})"},
      {"{\n}", "{\n  \"k\": \"1\"\n}"},
      {"{\n  \"a\": 1\n}\n", "{\n  \"a\": 1,\n  \"k\": \"1\"\n}\n"},
      {"  {\"a\\\"}\":[]}", "  {\"a\\\"}\":[],\"k\":\"1\"}"},
  });
  CHECK(acr::report::merge_map_json(row.json, {acr::report::own_member("k", "1")}, {}, "\n").value() == row.expected);
}

TEST_CASE("nothing inside the map can end the comment around it (A-82)", "[report]") {
  struct Row {
    std::string json, expected;
  };
  auto const row = one_of<Row>({
      {R"({"a":"b-->c"})", R"({"a":"b-\u002d\u003ec"})"},
      {R"({"--":"-"})", R"({"-\u002d":"-"})"},
      {R"({"a":"---"})", R"({"a":"-\u002d-"})"},
      {R"({"a":"<!--"})", R"({"a":"\u003c!-\u002d"})"},
      {R"({"a":"\\-->"})", R"({"a":"\\-\u002d\u003e"})"},
      {R"({"a":"\"-->"})", R"({"a":"\"-\u002d\u003e"})"},
      {R"({"a":-1,"b":"-x-"})", R"({"a":-1,"b":"-x-"})"},
  });
  CAPTURE(row.json);
  auto const result = acr::report::merge_map_json(row.json, {}, {}, "\n").value();
  CHECK(result == row.expected);
  CHECK(acr::parse_json(result, "new").value() == acr::parse_json(row.json, "old").value());
}

TEST_CASE("the map of a chart with dashes in its name is safe too (A-82)", "[report]") {
  auto const json = acr::report::merge_map_json("{}", {acr::report::own_member("build-a--b", "1")}, {}, "\n").value();
  CHECK(json == R"({"build-a-\u002db":"1"})");
}

TEST_CASE("a broken map is refused, never written over (A-84)", "[report]") {
  auto const body = one_of<std::string>(
      {"<!-- ATTESTATION_MAP\n{\"lint\":\"1\"\n-->\n",  // no closing brace
       "<!-- ATTESTATION_MAP\n[1]\n-->\n", "<!-- ATTESTATION_MAP\n\"x\"\n-->\n", "<!-- ATTESTATION_MAP\n-->\n",
       "<!-- ATTESTATION_MAP\n{\"lint\":\"1\"}\n",      // no end marker
       "<!-- ATTESTATION_MAP\n{\"lint\":\"1\"} -->\n",  // the marker is a line of its own
       "<!-- ATTESTATION_MAP", "<!-- ATTESTATION_MAP\n{\"a\":1,\"a\":2}\n-->\n", "<!-- ATTESTATION_MAP\n{\"a\":1} x\n-->\n",
       "<!-- ATTESTATION_MAP\n{'a':1}\n-->\n", "<!-- ATTESTATION_MAP\n{\"a\":\"\xff\"}\n-->\n"});
  CAPTURE(body);
  CHECK(refusal(body) == "map-invalid");
  REQUIRE(read_attestation_map(body).has_error());
  CHECK(read_attestation_map(body).error().code == "map-invalid");
  CHECK(read_attestation_map("<!-- ATTESTATION_MAP\n{\"lint\":\"1\"}\n-->\n").has_value());
}

TEST_CASE("a broken map is refused where it breaks (A-84)", "[report]") {
  struct Row {
    std::string body, where, why;
  };
  auto const row = one_of<Row>({
      {"<!-- ATTESTATION_MAP\n{}\n", "attestation map: end", "no line with the end marker follows"},
      {"<!-- ATTESTATION_MAP\n[1]\n-->\n", "attestation map: JSON", "the value is not an object"},
  });
  CAPTURE(row.body);
  auto const map = read_attestation_map(row.body);
  REQUIRE(map.has_error());
  CHECK(map.error().where == row.where);
  CHECK(map.error().why == row.why);
}

TEST_CASE("keys of this program that this call does not prove are dropped, the text around them stays (B-15)", "[report]") {
  struct Row {
    std::string json, expected;
  };
  auto const row = one_of<Row>({
      {R"({"lint":"1","build-evil":"666","overall":"667"})", R"({"lint":"1","tag-verification":"9"})"},
      {R"({"build-evil":"666","lint":"1"})", R"({"lint":"1","tag-verification":"9"})"},
      {R"({"a":"1","overall":{"x":[1,2]},"b":"2"})", R"({"a":"1","b":"2","tag-verification":"9"})"},
      {R"({"overall":"667"})", R"({"tag-verification":"9"})"},
      {R"({"overall":"667","build-":"1","tag-verification":"8"})", R"({"tag-verification":"9"})"},
      {R"({"over\u0061ll":"667","buil\u0064-x":"1"})", R"({"tag-verification":"9"})"},
      {R"({"Overall":"1","overall2":"2","xbuild-a":"3","tag-verification2":"4"})",
       R"({"Overall":"1","overall2":"2","xbuild-a":"3","tag-verification2":"4","tag-verification":"9"})"},
      {"{\n  \"overall\": \"667\",\n  \"lint\": \"1\",\n  \"build-x\": \"2\"\n}",
       "{\n  \"lint\": \"1\",\n  \"tag-verification\": \"9\"\n}"},
      {"{\n  \"overall\": \"667\"\n}", "{\n  \"tag-verification\": \"9\"\n}"},
  });
  CAPTURE(row.json);
  CHECK(acr::report::merge_map_json(row.json, {acr::report::own_member("tag-verification", "9")}, {}, "\n").value() ==
        row.expected);
}

TEST_CASE("with nothing to set, own keys are dropped all the same (B-15)", "[report]") {
  CHECK(acr::report::merge_map_json(R"({ "overall":"1" })", {}, {}, "\n").value() == "{ }");
  CHECK(acr::report::merge_map_json(R"({"lint":"1", "overall":"1" })", {}, {}, "\n").value() == R"({"lint":"1" })");
}

TEST_CASE("only a whole line opens a map (A-81)", "[report]") {
  auto const body = one_of<std::string>({" <!-- ATTESTATION_MAP\n{\n-->\n", "x <!-- ATTESTATION_MAP\n{\n-->\n",
                                         "<!-- ATTESTATION_MAPS\n{\n-->\n", "<!-- ATTESTATION_MAP {}\n-->\n",
                                         "<!-- attestation_map\n{\n-->\n"});
  CAPTURE(body);
  CHECK_FALSE(read_attestation_map(body).value().has_value());
  CHECK(merged(body).starts_with(body));
}

TEST_CASE("ids are digits, as text or as an integer (A-81)", "[report]") {
  auto const map = read_attestation_map(
                       "x\r\n<!-- ATTESTATION_MAP \r\n{\"a\":\"12\",\"b\":34,\"c\":\"x\",\"d\":-1,\"e\":1.5}\r\n  -->  \r\n")
                       .value();
  REQUIRE(map.has_value());
  CHECK(map->find("a")->id == "12");
  CHECK(map->find("b")->id == "34");
  CHECK_FALSE(map->find("c")->id);
  CHECK_FALSE(map->find("d")->id);
  CHECK_FALSE(map->find("e")->id);
}

TEST_CASE("the first map counts, further ones stay untouched with a warning (A-84)", "[report]") {
  std::string const second = "<!-- ATTESTATION_MAP\n{broken\n";
  auto const update = merge_description("<!-- ATTESTATION_MAP\n{}\n-->\n" + second, ids, human());
  REQUIRE(update.has_value());
  CHECK(update->multiple_maps);
  CHECK(update->body.ends_with("-->\n" + second));
  CHECK_FALSE(merge_description("x", ids, human())->multiple_maps);
}

TEST_CASE("members seen before are put back (A-89)", "[report]") {
  auto const seen = read_attestation_map("<!-- ATTESTATION_MAP\n{\"lint\":\"1\",\"odd\":[1e400]}\n-->\n").value()->members;
  auto const update = merge_description("<!-- ATTESTATION_MAP\n{\"lint\":\"2\"}\n-->\n", {{"overall", "5"}}, human(), seen);
  REQUIRE(update.has_value());
  CHECK(acr::report::compact_map(update->map) == R"({"lint":"2","odd":[1e400],"overall":"5"})");
}

TEST_CASE("a begin marker without an end loses nobody's text", "[report]") {
  std::string const body = "<!-- atomic-chart-release:begin -->\nsomebody's text\n";
  auto const once = merged(body);
  CHECK(once.starts_with(body));
  CHECK(merged(once) == once);
}

TEST_CASE("a map inside our markers is never replaced with them", "[report]") {
  auto const body = merged(
      "<!-- atomic-chart-release:begin -->\n<!-- ATTESTATION_MAP\n{\"lint\":\"1\"}\n-->\n<!-- atomic-chart-release:end -->\n");
  auto const map = read_attestation_map(body).value();
  REQUIRE(map.has_value());
  CHECK(map->find("lint")->id == "1");
}

TEST_CASE("the section is replaced in place, its surroundings stay", "[report]") {
  auto const once = merged("front\n");
  auto other = human();
  other.overall_id = "777";
  auto all = ids;
  all.emplace_back("overall", "777");
  auto const update = merge_description(once + "back", all, other);
  REQUIRE(update.has_value());
  CHECK(update->body.starts_with("front\n\n<!-- atomic-chart-release:begin -->"));
  CHECK(update->body.ends_with("\n-->\nback"));
  CHECK(update->body.find("/attestations/777") != std::string::npos);
  CHECK(acr::report::compact_map(update->map) ==
        R"({"tag-verification":"9000","build-api":"9001","build-web":"9001","overall":"777"})");
}

TEST_CASE("near the limit the human part shrinks, beyond it nothing is written (A-87)", "[report]") {
  auto const one_line = acr::report::human_section(human(), "\n", true);
  CHECK(acr::split(one_line, '\n').size() == 3);  // between its two markers
  std::size_t const room = acr::report::max_body_characters - acr::report::count_code_points(merged("x")) + 1;
  // Characters count, not bytes.
  std::string full;
  for (std::size_t i = 0; i < room; ++i) full += "é";
  auto const fits = merge_description(full, ids, human());
  REQUIRE(fits.has_value());
  CHECK_FALSE(fits->shortened);
  auto const shorter = merge_description(full + "é", ids, human());
  REQUIRE(shorter.has_value());
  CHECK(shorter->shortened);
  CHECK(shorter->body.find(one_line) != std::string::npos);
  CHECK(merge_description(shorter->body, ids, human())->body == shorter->body);
  CHECK(refusal(std::string(65500, 'x')) == "body-too-long");
  CHECK(refusal([] {
          std::string wide;
          for (int i = 0; i < 65400; ++i) wide += "\xf0\x9f\x8e\x89";  // few characters, too many bytes
          return wide + "xxxx";
        }()) == "body-too-long");
}

TEST_CASE("foreign names cannot break out of the table (A-86)", "[report]") {
  auto part = human();
  part.manifest.charts[0].tag = "a`|\n<!-- atomic-chart-release:end --> @all #1 <img>";
  part.manifest.charts[0].version = "";
  auto const section = acr::report::human_section(part, "\n", false);
  CHECK(section.find("a\\u{60}\\u{7c}\\u{a}\\u{3c}!-- atomic-chart-release:end --\\u{3e} @all #1 \\u{3c}img\\u{3e}`") !=
        std::string::npos);
  CHECK(acr::split(section, '\n').size() == 10);
  auto const once = merge_description("x", ids, part)->body;
  CHECK(merge_description(once, ids, part)->body == once);
}

TEST_CASE("the human part reads like this (A-85)", "[report]") {
  CHECK(acr::report::human_section(human(), "\n", false) ==
        "<!-- atomic-chart-release:begin -->\n### Release build\n\n"
        "| chart | version | tag | digest | upstream verified | build attestation |\n|---|---|---|---|---|---|\n"
        "| `api` | `2.0.0` | `api-v2.0.0` | [`" +
            acr::test::fake_digest('a').substr(0, 19) +
            "`](https://github.com/acme/helm-charts/attestations/9001) | 2 | "
            "[9001](https://github.com/acme/helm-charts/attestations/9001) |\n"
            "| `web` | `1.2.0` | `web-v1.2.0` | [`" +
            acr::test::fake_digest('b').substr(0, 19) +
            "`](https://github.com/acme/helm-charts/attestations/9001) | 1 | "
            "[9001](https://github.com/acme/helm-charts/attestations/9001) |\n\n"
            "Tag verification: [9000](https://github.com/acme/helm-charts/attestations/9000) · manifest `" +
            acr::test::fake_digest('0').substr(0, 19) + "` · overall attestation: –\n<!-- atomic-chart-release:end -->");
}

TEST_CASE("the map as an output is one line of ASCII", "[report]") {
  auto const map =
      read_attestation_map("<!-- ATTESTATION_MAP\n{ \"é\" : \"\\\"ü }\" ,\n \"n\": [ 1 , {\"a\" : 2} ] }\n-->\n").value();
  CHECK(acr::report::compact_map(*map) == R"({"\u00e9":"\"\u00fc }","n":[1,{"a":2}]})");
}

}  // namespace
}  // namespace pull_request_body_test

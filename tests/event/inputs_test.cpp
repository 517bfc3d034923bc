#include "event/inputs.hpp"

#include <algorithm>

#include "event/action_interface.hpp"
#include "support/catch2.hpp"

namespace {

using namespace acr::event;

using Values = std::map<std::string, std::string>;

InputReading read(Values values, TokenRule token = TokenRule::optional) {
  return read_inputs(from_map(std::move(values)), "/github/workspace", token);
}

std::string mistakes(InputReading const& reading) {
  std::string all;
  for (auto const& mistake : reading.mistakes) all += mistake.sentence() + "\n";
  return all;
}

TEST_CASE("without inputs everything has its documented default", "[event]") {
  auto const reading = read({});
  CHECK(mistakes(reading) == "");
  auto const& inputs = reading.inputs;
  CHECK(inputs.command == Command::run);
  CHECK(inputs.source_branch == "main");
  CHECK(inputs.release_branch == "release");
  CHECK(inputs.charts_dirs == std::vector<std::string>{"charts"});
  CHECK(inputs.tag_format == "{name}-v{version}");
  CHECK(inputs.tag_wait == std::chrono::seconds(240));
  CHECK(inputs.diff_mode == DiffMode::tree);
  CHECK(inputs.object_source == ObjectSourceChoice::automatic);
  CHECK(inputs.max_charts == 0);
  CHECK(inputs.title_check == Level::off);
  CHECK(inputs.build_dependencies);
  CHECK(inputs.dependency_pins == DependencyPins::warn);
  CHECK(inputs.verify_policy == VerifyPolicy::block);
  CHECK(inputs.missing_lineage == MissingLineage::fail);
  CHECK(inputs.unresolved_id_fails);
  CHECK(inputs.lineage_subjects.empty());
  CHECK(inputs.oidc_issuer == "https://token.actions.githubusercontent.com");
  CHECK_FALSE(inputs.deny_self_hosted);
  CHECK(inputs.source_digest == SourceDigest::off);
  CHECK(inputs.trusted_root.empty());
  CHECK(inputs.output_dir == ".cr-release-packages");
  CHECK(inputs.manifest_path == "release-attestation-manifest.json");
  CHECK(inputs.clean);
  CHECK(inputs.max_parallel == 4);
  CHECK(inputs.retention_days == 30);
  CHECK_FALSE(inputs.declare_artifacts);
  CHECK(inputs.update_pr);
  CHECK(inputs.require_check == Level::off);
  CHECK(inputs.summary);
  CHECK(inputs.timeout == std::chrono::seconds(360));
  CHECK(inputs.api_version == "2022-11-28");
}

TEST_CASE("an empty or blank value means the default", "[event]") {
  Values blank;
  for (auto const& row : input_table()) blank.emplace(row.name, GENERATE(as<std::string>{}, "", " \t\r\n"));
  auto const reading = read(blank);
  CHECK(mistakes(reading) == "");
  CHECK(reading.inputs.texts == read({}).inputs.texts);
}

TEST_CASE("inputs come from INPUT_ variables, dashes kept", "[event]") {
  CHECK(input_variable("charts-dir") == "INPUT_CHARTS-DIR");
  CHECK(input_variable("a b") == "INPUT_A_B");
  auto const lookup = from_environment([](std::string const& variable) -> std::optional<std::string> {
    if (variable == "INPUT_CHARTS-DIR") return "helm\nother/charts\n";
    return std::nullopt;
  });
  CHECK(read_inputs(lookup, "/w", TokenRule::optional).inputs.charts_dirs == std::vector<std::string>{"helm", "other/charts"});
}

TEST_CASE("booleans are those of the YAML 1.2 core schema", "[event]") {
  for (auto const* text : {"true", "True", "TRUE", " true\n"}) CHECK(read({{"deny-self-hosted", text}}).inputs.deny_self_hosted);
  for (auto const* text : {"false", "False", "FALSE"}) CHECK_FALSE(read({{"clean", text}}).inputs.clean);
  for (auto const* text : {"yes", "1", "tRUE", "on", "true false", "\"true\""}) {
    CAPTURE(text);
    auto const reading = read({{"clean", text}});
    REQUIRE(reading.mistakes.size() == 1);
    CHECK(reading.mistakes[0].where == "input clean");
    CHECK(reading.mistakes[0].found_value == text);
  }
}

TEST_CASE("what an input refuses", "[event]") {
  struct Row {
    char const* input;
    char const* value;
  };
  auto const row = GENERATE(values<Row>({
      {"command", "Run"}, {"command", "build"},
      {"source-branch", "refs/heads/main"}, {"source-branch", "a b"}, {"source-branch", "-..-"}, {"source-branch", "x.lock"},
      {"release-branch", "main"},  // the source branch itself
      {"release-branch", "rel~1"},
      {"charts-dir", "/etc"}, {"charts-dir", "../up"}, {"charts-dir", "a/../../b"}, {"charts-dir", "a\\b"}, {"charts-dir", "/github/workspace-2/x"},
      {"tag-format", "v{version}"}, {"tag-format", "{name}"}, {"tag-format", "{name}{name}{version}"}, {"tag-format", "{name} {version}"},
      {"tag-format", "{name}-{version}-{commit}"}, {"tag-format", "{name}..{version}"}, {"tag-format", "{name}/v{version}.lock"},
      {"tag-wait", "1801"}, {"tag-wait", "-1"}, {"tag-wait", "+5"}, {"tag-wait", "5s"}, {"tag-wait", "0x10"}, {"tag-wait", "1e2"},
      {"tag-wait", "18446744073709551617"},
      {"diff-mode", "merge_base"}, {"object-source", "AUTO"}, {"max-charts", "many"}, {"title-check", "on"}, {"dependencies", "true"},
      {"dependency-pins", "off"}, {"verify-policy", "warn"}, {"missing-lineage", "off"}, {"unresolved-id", "ignore"},
      {"oidc-issuer", "http://token.example.org"}, {"oidc-issuer", "https://"}, {"oidc-issuer", "https://a b"}, {"oidc-issuer", "token.example.org"},
      {"source-digest", "head"}, {"trusted-root", "/root/x"}, {"trusted-root", "../x"}, {"trusted-root", "."},
      {"output-dir", "."}, {"output-dir", "/github/workspace"}, {"output-dir", ".git"}, {"output-dir", ".GIT/x"}, {"output-dir", "charts"},
      {"output-dir", "charts/web"}, {"output-dir", "/tmp/out"}, {"output-dir", "a/.."},
      {"manifest-path", ".git/manifest"}, {"manifest-path", "charts/m.json"}, {"manifest-path", "."}, {"manifest-path", ".cr-release-packages"},
      {"manifest-path", ".cr-release-packages/checksums.txt"}, {"manifest-path", ".cr-release-packages/a-1.tgz"},
      {"max-parallel", "0"}, {"max-parallel", "17"}, {"retention-days", "soon"},
      {"attestation-ids-dir", "/x"}, {"attestation-ids-dir", "."}, {"build-attestation-id", "0"}, {"build-attestation-id", "012"}, {"overall-attestation-id", "id"},
      {"verification-attestation-id", "9223372036854775808"},
      {"require-check", "true"}, {"timeout", "29"}, {"timeout", "3001"}, {"api-version", "latest"}, {"api-version", "2022-11-2x"},
      {"token", "two words"}, {"token", "line\nend"}, {"token", "t\xc3\xb6ken"},
      {"check-name", "\xff"},
  }));
  CAPTURE(row.input, row.value);
  auto const reading = read({{row.input, row.value}});
  REQUIRE(reading.mistakes.size() == 1);
  CHECK(reading.mistakes[0].code == "bad-input");
  CHECK(reading.mistakes[0].where == std::string("input ") + row.input);
  CHECK_FALSE(reading.mistakes[0].why.empty());
  if (std::string(row.input) == "token") CHECK(reading.mistakes[0].sentence().find(row.value) == std::string::npos);
}

TEST_CASE("what an input takes", "[event]") {
  CHECK(read({{"tag-wait", "0"}}).inputs.tag_wait == std::chrono::seconds(0));
  CHECK(read({{"tag-wait", "0300"}}).inputs.tag_wait == std::chrono::seconds(300));
  CHECK(read({{"charts-dir", "."}}).inputs.charts_dirs == std::vector<std::string>{""});
  CHECK(read({{"charts-dir", "./a//b/\n\n a/b \n/github/workspace/c"}}).inputs.charts_dirs == std::vector<std::string>{"a/b", "c"});
  CHECK(read({{"output-dir", "/github/workspace/dist/"}}).inputs.output_dir == "dist");
  CHECK(read({{"output-dir", "charts-out"}}).mistakes.empty());
  CHECK(read({{"output-dir", "dist"}, {"charts-dir", "."}}).mistakes.empty());
  CHECK(read({{"manifest-path", ".cr-release-packages/manifest.json"}}).mistakes.empty());
  CHECK(read({{"tag-format", "charts/{name}/{version}"}}).mistakes.empty());
  CHECK(read({{"signer-workflows", "a,b\n c \n"}}).inputs.signer_workflows == std::vector<std::string>{"a,b", "c"});
  CHECK(read({{"build-attestation-id", "9223372036854775807"}}).mistakes.empty());
  CHECK(read({{"command", "finalize"}}).inputs.command == Command::finalize);
}

TEST_CASE("a directory that holds a charts directory is no output-dir", "[event]") {
  CHECK(mistakes(read({{"charts-dir", "deploy/charts"}, {"output-dir", "deploy"}})).find("input output-dir") == 0);
}

TEST_CASE("retention is clamped and said", "[event]") {
  struct Row {
    char const* given;
    std::uint64_t days;
    std::size_t warnings;
  };
  auto const row = GENERATE(values<Row>({{"0", 1, 1}, {"1", 1, 0}, {"90", 90, 0}, {"91", 90, 1}, {"400", 90, 1}}));
  auto const reading = read({{"retention-days", row.given}});
  CHECK(reading.mistakes.empty());
  CHECK(reading.inputs.retention_days == row.days);
  CHECK(reading.warnings.size() == row.warnings);
}

TEST_CASE("all mistakes are told together, in the order of the table", "[event]") {
  auto const reading = read({{"timeout", "x"}, {"clean", "x"}, {"command", "x"}, {"charts-dir", "/a\n/b"}, {"output-dir", "."}});
  std::vector<std::string> places;
  for (auto const& mistake : reading.mistakes) places.push_back(mistake.where);
  CHECK(places == std::vector<std::string>{"input command", "input charts-dir", "input charts-dir", "input output-dir", "input clean", "input timeout"});
}

TEST_CASE("a token is needed for run and finalize", "[event]") {
  CHECK(read({}, TokenRule::required).mistakes.size() == 1);
  CHECK(read({{"command", "finalize"}}, TokenRule::required).mistakes.size() == 1);
  CHECK(read({{"command", "ruleset"}}, TokenRule::required).mistakes.empty());
  CHECK(read({{"token", "ghs_abc"}}, TokenRule::required).inputs.token == "ghs_abc");
}

TEST_CASE("secrets are in no listing", "[event]") {
  auto const reading = read({{"token", "ghs_secret"}, {"registry-credentials", "h=u:secret"}});
  for (auto const& [name, text] : reading.inputs.texts) {
    CAPTURE(name);
    CHECK(text.find("secret") == std::string::npos);
  }
  CHECK(reading.inputs.registry_credentials == std::vector<std::string>{"h=u:secret"});
}

TEST_CASE("hostile sizes are refused", "[event]") {
  CHECK(read({{"lineage-subjects", std::string(200000, 'a')}}).mistakes.size() == 1);
  std::string many;
  for (int i = 0; i < 5000; ++i) many += "x\n";
  CHECK(read({{"signer-workflows", many}}).mistakes.size() == 1);
  CHECK(read({{"charts-dir", std::string(5000, 'a')}}).mistakes.size() == 1);
  CHECK(read({{"check-name", std::string("a\0b", 3)}}).mistakes.size() == 1);
}

TEST_CASE("unknown inputs are named", "[event]") {
  CHECK(unknown_inputs({"PATH", "INPUT_CHARTS-DIR", "INPUT_CHART_DIR", "INPUT_ARGS", "INPUT_ENTRYPOINT", "INPUT_ZETA"}) ==
        std::vector<std::string>{"chart_dir", "zeta"});
}

TEST_CASE("the table's own rows are sound", "[event]") {
  std::vector<std::string_view> names;
  for (auto const& row : input_table()) {
    CAPTURE(row.name);
    names.push_back(row.name);
    CHECK(row.description.ends_with('.'));
    CHECK((row.kind == InputKind::choice) == !row.choices.empty());
    CHECK((row.kind == InputKind::number) == (row.maximum > 0));
  }
  std::ranges::sort(names);
  CHECK(std::ranges::adjacent_find(names) == names.end());
  CHECK(input_row("CHARTS-dir") != nullptr);
  CHECK(input_row("charts") == nullptr);
}

}  // namespace

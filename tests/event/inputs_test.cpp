#include "event/inputs.hpp"

#include <algorithm>

#include "event/action_interface.hpp"
#include "support/catch2.hpp"

namespace inputs_test {
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

TEST_CASE("texts that mean the same have one form", "[event]") {
  auto const texts =
      read({{"signer-workflows",
             "\n  o/r/.github/workflows/a.yml@refs/heads/main \r\n\n o/r/.github/workflows/b.yml@refs/heads/main"},
            {"charts-dir", " charts\n\n more \n"},
            {"clean", "TRUE"},
            {"token", "secret"}})
          .inputs.texts;
  CHECK(texts.at("signer-workflows") ==
        "o/r/.github/workflows/a.yml@refs/heads/main\no/r/.github/workflows/b.yml@refs/heads/main");
  CHECK(texts.at("charts-dir") == "charts\nmore");
  CHECK(texts.at("clean") == "true");
  CHECK(texts.at("tag-wait") == "240");
  CHECK_FALSE(texts.contains("token"));
}

TEST_CASE("deny-self-hosted that is not given leaves builders on hosted runners alone (B-16a)", "[event]") {
  struct Row {
    std::string given;
    bool deny, self_hosted_builders;
  };
  for (auto const& row : std::vector<Row>{{"", false, false}, {"false", false, true}, {"true", true, false}}) {
    CAPTURE(row.given);
    auto const reading = read({{"deny-self-hosted", row.given}});
    CHECK(reading.mistakes.empty());
    CHECK(reading.inputs.deny_self_hosted == row.deny);
    CHECK(reading.inputs.self_hosted_builders == row.self_hosted_builders);
    CHECK(reading.inputs.texts.at("deny-self-hosted") == (row.deny ? "true" : "false"));
  }
  CHECK(read({{"deny-self-hosted", "no"}}).mistakes.size() == 1);
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
  for (auto const& row : input_table()) blank.emplace(row.name, one_of<std::string>({"", " \t\r\n"}));
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

TEST_CASE("booleans are those of the YAML 1.2 core schema, white space around a value goes (A-39)", "[event]") {
  CHECK(read({{"source-branch", " \tdevelop\r\n"}}).inputs.source_branch == "develop");
  for (auto const* text : {"true", "True", "TRUE", " true\n"})
    CHECK(read({{"deny-self-hosted", text}}).inputs.deny_self_hosted);
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
  auto const row = one_of<Row>({
      {"command", "Run"},
      {"command", "build"},
      {"source-branch", "refs/heads/main"},
      {"source-branch", "a b"},
      {"source-branch", "-..-"},
      {"source-branch", "x.lock"},
      {"release-branch", "main"},  // the source branch itself
      {"release-branch", "rel~1"},
      {"charts-dir", "/etc"},
      {"charts-dir", "../up"},
      {"charts-dir", "a/../../b"},
      {"charts-dir", "a\\b"},
      {"charts-dir", "/github/workspace-2/x"},
      {"tag-format", "v{version}"},
      {"tag-format", "{name}"},
      {"tag-format", "{name}{name}{version}"},
      {"tag-format", "{name} {version}"},
      {"tag-format", "{name}-{version}-{commit}"},
      {"tag-format", "{name}..{version}"},
      {"tag-format", "{name}/v{version}.lock"},
      //
      {"tag-wait", "1801"},
      {"tag-wait", "-1"},
      {"tag-wait", "+5"},
      {"tag-wait", "5s"},
      {"tag-wait", "0x10"},
      {"tag-wait", "1e2"},
      {"tag-wait", "18446744073709551617"},
      {"diff-mode", "merge_base"},
      {"object-source", "AUTO"},
      {"max-charts", "many"},
      {"title-check", "on"},
      {"dependencies", "true"},
      {"dependency-pins", "off"},
      {"verify-policy", "warn"},
      {"missing-lineage", "off"},
      {"unresolved-id", "ignore"},
      {"oidc-issuer", "http://token.example.org"},
      {"oidc-issuer", "https://"},
      {"oidc-issuer", "https://a b"},
      {"oidc-issuer", "token.example.org"},
      {"source-digest", "head"},
      {"trusted-root", "/root/x"},
      {"trusted-root", "../x"},
      {"trusted-root", "."},
      {"output-dir", "."},
      {"output-dir", "/github/workspace"},
      {"output-dir", ".git"},
      {"output-dir", ".GIT/x"},
      {"output-dir", "charts"},
      {"output-dir", "charts/web"},
      {"output-dir", "/tmp/out"},
      {"output-dir", "a/.."},
      {"manifest-path", ".git/manifest"},
      {"manifest-path", "charts/m.json"},
      {"manifest-path", "."},
      {"manifest-path", ".cr-release-packages"},
      {"manifest-path", ".cr-release-packages/checksums.txt"},
      {"manifest-path", ".cr-release-packages/a-1.tgz"},
      {"max-parallel", "0"},
      {"max-parallel", "17"},
      {"retention-days", "soon"},
      {"attestation-ids-dir", "/x"},
      {"attestation-ids-dir", "."},
      {"build-attestation-id", "0"},
      {"build-attestation-id", "012"},
      {"overall-attestation-id", "id"},
      {"verification-attestation-id", "9223372036854775808"},
      {"require-check", "true"},
      {"timeout", "29"},
      {"timeout", "3001"},
      {"api-version", "latest"},
      {"api-version", "2022-11-2x"},
      {"token", "two words"},
      {"token", "line\nend"},
      {"token", "t\xc3\xb6ken"},
      {"check-name", "\xff"},
  });
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
  CHECK(read({{"charts-dir", "./a//b/\n\n a/b \n/github/workspace/c"}}).inputs.charts_dirs ==
        std::vector<std::string>{"a/b", "c"});
  CHECK(read({{"output-dir", "/github/workspace/dist/"}}).inputs.output_dir == "dist");
  CHECK(read({{"output-dir", "charts-out"}}).mistakes.empty());
  CHECK(read({{"output-dir", "dist"}, {"charts-dir", "."}}).mistakes.empty());
  CHECK(read({{"manifest-path", ".cr-release-packages/manifest.json"}}).mistakes.empty());
  CHECK(read({{"tag-format", "charts/{name}/{version}"}}).mistakes.empty());
  CHECK(read({{"signer-workflows", "a,b\n c \n"}}).inputs.signer_workflows ==
        std::vector<ListLine>{{1, "a,b"}, {2, "c"}});
  CHECK(read({{"predicate-types", "\n\n a\n\nb\n"}}).inputs.predicate_types == std::vector<ListLine>{{3, "a"}, {5, "b"}});
  CHECK(read({{"build-attestation-id", "9223372036854775807"}}).mistakes.empty());
  CHECK(read({{"command", "finalize"}}).inputs.command == Command::finalize);
}

TEST_CASE("package needs a chart", "[event]") {
  auto const refused = read({{"command", "package"}}).mistakes;
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].where == "input chart");
  CHECK(refused[0].why == "package needs the name or the directory of one chart");
  CHECK(refused[0].expected_value == "for example web");
  CHECK(refused[0].found_value == "nothing");
  auto const named = read({{"command", "package"}, {"chart", "web"}});
  CHECK(named.mistakes.empty());
  CHECK(named.inputs.chart == "web");
  CHECK(read({{"command", "run"}}).mistakes.empty());
}

TEST_CASE("run looks for free tags alone, verify-package for pushed ones too (O-22)", "[event]") {
  CHECK(read({}).inputs.oci_check == OciCheck::off);
  CHECK(read({{"oci-check", "free"}}).inputs.oci_check == OciCheck::free);
  CHECK(read({{"command", "verify-package"}, {"oci-check", "pushed"}}).inputs.oci_check == OciCheck::pushed);
  CHECK(read({{"command", "verify-package"}, {"oci-check", "pushed"}}).mistakes.empty());
  auto const refused = read({{"oci-check", "pushed"}}).mistakes;
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].where == "input oci-check");
  CHECK(refused[0].rule_number == "O-22");
  CHECK(read({{"oci-check", "on"}}).mistakes.size() == 1);
}

TEST_CASE("a directory that holds a charts directory is not an output-dir", "[event]") {
  CHECK(mistakes(read({{"charts-dir", "deploy/charts"}, {"output-dir", "deploy"}})).find("input output-dir") == 0);
}

TEST_CASE("retention is clamped and said (A-76)", "[event]") {
  struct Row {
    char const* given;
    std::uint64_t days;
    std::size_t warnings;
  };
  auto const row = one_of<Row>({{"0", 1, 1}, {"1", 1, 0}, {"90", 90, 0}, {"91", 90, 1}, {"400", 90, 1}});
  auto const reading = read({{"retention-days", row.given}});
  CHECK(reading.mistakes.empty());
  CHECK(reading.inputs.retention_days == row.days);
  CHECK(reading.warnings.size() == row.warnings);
  for (auto const& warning : reading.warnings) CHECK(warning.code == "retention-clamped");
}

TEST_CASE("all mistakes are told together, in the order of the table", "[event]") {
  auto const reading =
      read({{"timeout", "x"}, {"clean", "x"}, {"command", "x"}, {"charts-dir", "/a\n/b"}, {"output-dir", "."}});
  std::vector<std::string> places;
  for (auto const& mistake : reading.mistakes) places.push_back(mistake.where);
  CHECK(places == std::vector<std::string>{"input command", "input charts-dir", "input charts-dir", "input output-dir",
                                           "input clean", "input timeout"});
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

TEST_CASE("an input that the action does not have is a mistake, with the nearest name (B-21)", "[event]") {
  struct Row {
    char const *variable, *name, *nearest;
  };
  auto const row = one_of<Row>({{"INPUT_SIGNER-WORKFLOW", "signer-workflow", "signer-workflows"},
                                {"INPUT_SIGNER_WORKFLOWS", "signer_workflows", "signer-workflows"},
                                {"INPUT_CHART_DIR", "chart_dir", "charts-dir"},
                                {"INPUT_Token", "token", "token"},  // not the variable that is read
                                {"INPUT_", "", "token"},
                                {"INPUT_PREDICATETYPES", "predicatetypes", "predicate-types"}});
  CAPTURE(row.variable);
  auto const mistakes = unknown_inputs({row.variable});
  REQUIRE(mistakes.size() == 1);
  CHECK(mistakes[0].code == "unknown-input");
  CHECK(mistakes[0].rule_number == "B-21");
  CHECK(mistakes[0].where == std::string("input ") + row.name);
  if (*row.name != 0) CHECK(mistakes[0].fix_text == std::string("did you mean ") + row.nearest + "?");
}

TEST_CASE("the action's inputs and the runner's own variables are known", "[event]") {
  std::vector<std::string> names{"PATH", "INPUT", "INPUT_ARGS", "INPUT_ENTRYPOINT", "GITHUB_INPUT_X"};
  for (auto const& row : input_table()) names.push_back(input_variable(row.name));
  CHECK(unknown_inputs(names).empty());
  CHECK(unknown_inputs({"INPUT_ZETA", "INPUT_ALPHA"}).size() == 2);
}

TEST_CASE("a wait for tags that outlasts the run is a mistake", "[event]") {
  struct Row {
    Values values;
    bool good;
  };
  auto const row = one_of<Row>({{{{"tag-wait", "239"}, {"timeout", "240"}}, true},
                                {{{"tag-wait", "240"}, {"timeout", "240"}}, false},
                                {{{"tag-wait", "360"}}, false},
                                {{{"timeout", "240"}}, false},
                                {{{"timeout", "241"}}, true},
                                {{{"timeout", "60"}, {"command", "finalize"}}, true},  // which waits for no tag
                                {{{"tag-wait", "0"}, {"timeout", "30"}}, true}});
  auto const reading = read(row.values);
  CHECK(reading.mistakes.empty() == row.good);
  if (row.good) return;
  REQUIRE(reading.mistakes.size() == 1);
  CHECK(reading.mistakes[0].where == "input tag-wait");
  CHECK(reading.mistakes[0].why == "the wait for tags does not end before the run's timeout");
}

// One row per place that refuses: the reason, not only the input, so that none can stand in for another.
TEST_CASE("each mistake has its own reason, and a good value beside it", "[event]") {
  struct Row {
    char const* input;
    std::string value, why, good;
    Values others = {};
  };
  std::string list;
  for (int i = 0; i < 4097; ++i) list += "x\n";
  auto const row = one_of<Row>({
      {"check-name", std::string(131073, 'a'), "the value is longer than 131072 bytes", std::string(131072, 'a')},
      {"check-name", std::string("a\0b", 3), "the value is not UTF-8 text", "a"},
      {"check-name", "\xff", "the value is not UTF-8 text", "\xc3\xa4"},
      {"clean", "yes", "the value is not a boolean", "true"},
      {"diff-mode", "TREE", "not one of the allowed values", "tree"},
      {"max-charts", "-1", "not a whole number in the allowed range", "1"},
      {"timeout", "29", "not a whole number in the allowed range", "30", {{"tag-wait", "0"}}},
      {"build-attestation-id", "0", "the value is not an attestation id", "1"},
      {"source-branch", "a..b", "git accepts no branch of this name", "a.b"},
      {"source-branch", "refs/heads/x", "branch names are compared as they are, so this would match no branch", "x"},
      {"bundle-paths", list, "the list has more than 4096 items", list.substr(2)},
      {"output-dir", "a/../b", "the path must not contain \"..\"", "a/b"},
      {"output-dir", "/tmp/x",
       "the path is absolute and not in the workspace; inside the container the host's directories do not exist",
       "/github/workspace/x"},
      {"output-dir", std::string(4097, 'a'), "the path is longer than 4096 bytes", std::string(4096, 'a')},
      {"output-dir", "a\\b", "the path holds a control character or a backslash", "a/b"},
      {"output-dir", ".", "the path is the workspace itself", "x"},
      {"charts-dir", "a\n../b", "the path must not contain \"..\"", "a\nb"},
      {"output-dir", "x/.git/y", "the path lies in .git", "x/.github/y"},
      {"output-dir", "charts/x", "the path and a charts directory lie in one another", "charts-x"},
      {"output-dir",
       "deploy",
       "the path and a charts directory lie in one another",
       "deployed",
       {{"charts-dir", "deploy/charts"}}},
      {"manifest-path", "charts/m.json", "the path and a charts directory lie in one another", "m.json"},
      {"release-branch", "main", "it is the source branch too, so no pull request could pass", "Main"},
      {"manifest-path", "out", "the manifest cannot take the place of output-dir", "out/m.json", {{"output-dir", "out"}}},
      {"manifest-path", "out", "the manifest cannot take the place of output-dir", "out2", {{"output-dir", "out/deeper"}}},
      {"manifest-path",
       "out/checksums.txt",
       "another file of the release has this path",
       "out/checksums.json",
       {{"output-dir", "out"}}},
      {"manifest-path",
       "out/tag-verification.json",
       "another file of the release has this path",
       "out/tag.json",
       {{"output-dir", "out"}}},
      {"manifest-path",
       "out/verification-summary.json",
       "another file of the release has this path",
       "out/v.json",
       {{"output-dir", "out"}}},
      {"manifest-path", "out/a.tgz", "another file of the release has this path", "out/a.tgz.json", {{"output-dir", "out"}}},
      {"chart", "a/b", "annotate needs the directory name of one chart", "a", {{"command", "annotate"}, {"lineage", "l: 1"}}},
      {"chart", ".a", "annotate needs the directory name of one chart", "a", {{"command", "annotate"}, {"lineage", "l: 1"}}},
      {"chart", "", "annotate needs the directory name of one chart", "a", {{"command", "annotate"}, {"lineage", "l: 1"}}},
      {"lineage",
       "",
       "annotate needs the ids and digests of the chart's attestations",
       "l: 1",
       {{"command", "annotate"}, {"chart", "a"}}},
      {"tag-format", "{name}", "the format does not hold {name} and {version} once each", "{name}{version}"},
      {"tag-format", "{name}{version}{x}", "git accepts no tag of this form", "{name}{version}x"},
      {"tag-format", "{name} {version}", "git accepts no tag of this form", "{name}+{version}"},
      {"token", "a b", "the token holds characters that no token has", "ab"},
      {"oidc-issuer", "http://x", "the issuer is not an https address", "https://x"},
      {"api-version", "2022-11-2x", "the value is not an API version", "2022-11-28"},
      {"api-version", "2022-11-281", "the value is not an API version", "2022-11-28"},
      {"api-version", "2022/11-28", "the value is not an API version", "2022-11-28"},
  });
  CAPTURE(row.input, row.value.substr(0, 60), row.why);
  auto values = row.others;
  values[row.input] = row.value;
  auto const reading = read(values);
  REQUIRE(reading.mistakes.size() == 1);
  CHECK(reading.mistakes[0].code == "bad-input");
  CHECK(reading.mistakes[0].where == std::string("input ") + row.input);
  CHECK(reading.mistakes[0].why == row.why);
  values[row.input] = row.good;
  CHECK(mistakes(read(values)) == "");
}

TEST_CASE("a run without a token is a mistake, ruleset needs none", "[event]") {
  auto const reading = read({}, TokenRule::required);
  REQUIRE(reading.mistakes.size() == 1);
  CHECK(reading.mistakes[0].where == "input token");
  CHECK(reading.mistakes[0].why == "the token is missing");
  CHECK(read({}, TokenRule::optional).mistakes.empty());
}

TEST_CASE("digest needs no token, and its chart may be a path or be left out (B-3)", "[event]") {
  for (auto const* chart : {"", "web", "charts/web", "./charts/web"}) {
    auto const reading = read({{"command", "digest"}, {"chart", chart}}, TokenRule::required);
    CHECK(mistakes(reading) == "");
    CHECK(reading.inputs.command == Command::digest);
    CHECK(reading.inputs.chart == chart);
  }
}

TEST_CASE("tags lists, unless it is told to push, and what has no attestations is reported, unless that is declared (B-14)",
          "[event]") {
  auto const usual = read({{"command", "tags"}}).inputs;
  CHECK(usual.command == Command::tags);
  CHECK_FALSE(usual.push);
  CHECK_FALSE(usual.declares_no_attestations);
  auto const told = read({{"command", "tags"}, {"push", "true"}, {"no-attestations", "declare"}}).inputs;
  CHECK(told.push);
  CHECK(told.declares_no_attestations);
  CHECK(read({{"command", "tags"}}, TokenRule::required).mistakes.size() == 1);
  CHECK(read({{"command", "tags"}, {"tag-wait", "360"}}).mistakes.size() == 1);
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

TEST_CASE("charts that are left alone, and what is said of charts outside (B-19)", "[event]") {
  auto const reading = read({{"exclude-charts", "web\n\n charts/old/ \nlib-?"}, {"charts-outside", "ignore"}});
  CHECK(reading.mistakes.empty());
  CHECK(reading.inputs.exclude_charts == std::vector<std::string>{"web", "charts/old/", "lib-?"});
  CHECK_FALSE(reading.inputs.charts_outside_fails);
  CHECK(read({}).inputs.charts_outside_fails);
  CHECK(read({}).inputs.exclude_charts.empty());
  for (auto const* const item : {"web,api", "../web", "charts\\web"}) {
    CAPTURE(item);
    auto const wrong = read({{"exclude-charts", item}});
    REQUIRE(wrong.mistakes.size() == 1);
    CHECK(wrong.mistakes[0].where == "input exclude-charts");
    CHECK(wrong.mistakes[0].rule_number == "B-19");
  }
  CHECK(read({{"charts-outside", "warn"}}).mistakes.size() == 1);
}

}  // namespace
}  // namespace inputs_test

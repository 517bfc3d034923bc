#include "event/branch_gate.hpp"

#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"

namespace {

using acr::event::branch_gate;
using acr::event::GateInput;
using acr::event::GateResult;

std::string const events = std::string(ACR_TEST_DATA) + "/github/events/";

std::string payload() { return acr::read_file(events + "01-opened-main-to-release.json", 1 << 20); }

std::string replaced(std::string text, std::string const& from, std::string const& to) {
  auto const at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

GateInput input(std::string text) {
  return {.event_name = "pull_request", .payload = std::move(text), .repository = "example-org/helm-charts", .head_ref = {}, .base_ref = {}};
}

TEST_CASE("the gate gives every published event its verdict", "[event]") {
  auto const expected = acr::parse_json(acr::read_file(events + "expected.json", 1 << 20), "expected").value();
  auto const* cases = acr::array_in(expected, "cases");
  REQUIRE(cases != nullptr);
  CHECK(cases->size() == 12);
  for (auto const& one : *cases) {
    auto const file = acr::string_in(one, "file").value();
    CAPTURE(file);
    auto in = input(acr::read_file(events + file, 1 << 20));
    in.event_name = acr::string_in(one, "event_name").value();
    auto const* env = acr::find(one, "env");
    in.repository = acr::string_in(*env, "GITHUB_REPOSITORY").value_or("");
    in.head_ref = acr::string_in(*env, "GITHUB_HEAD_REF").value_or("");
    in.base_ref = acr::string_in(*env, "GITHUB_BASE_REF").value_or("");
    auto const* inputs = acr::find(one, "inputs");
    in.source_branch = acr::string_in(*inputs, "source-branch").value_or("main");
    in.release_branch = acr::string_in(*inputs, "release-branch").value_or("release");
    auto const result = branch_gate(in);
    auto const verdict = acr::string_in(one, "verdict").value();
    CHECK(verdict == (result.kind == GateResult::Kind::accept ? "accept" : result.kind == GateResult::Kind::skip ? "skip" : "reject"));
    CHECK((result.why ? result.why->code : std::string()) == acr::string_in(one, "reason").value_or(""));
    if (result.kind != GateResult::Kind::accept) continue;
    CHECK(static_cast<std::int64_t>(result.event->number) == acr::integer_in(one, "number"));
    CHECK(result.event->head.sha == acr::string_in(one, "head_sha"));
    CHECK(result.event->base.sha == acr::string_in(one, "base_sha"));
    CHECK(result.event->head.ref == acr::string_in(one, "head_ref"));
  }
}

TEST_CASE("events other than pull_request are refused before the payload is read (A-47)", "[event]") {
  GateInput in = input("not json");
  in.event_name = "pull_request_target";
  CHECK(branch_gate(in).why->code == "unsafe-event");
  in.event_name = GENERATE(as<std::string>{}, "push", "merge_group", "workflow_dispatch", "PULL_REQUEST", "");
  CHECK(branch_gate(in).why->code == "unsupported-event");
}

TEST_CASE("malformed payloads are refused (A-46, A-48)", "[event]") {
  auto const good = payload();
  auto const text = GENERATE_COPY(values<std::string>({
      "", "[]", "{", "{}", "{\"number\":1,\"number\":1}",
      replaced(good, "\"number\": 142", "\"number\": 0"),
      replaced(good, "\"number\": 142", "\"number\": \"142\""),
      replaced(good, "\"number\": 142", "\"number\": 141"),
      replaced(good, "\"number\": 142", "\"number\": 142.5"),
      replaced(good, "\"sha\": \"ae892699b97c793cb231ec1bcd44e69122111b53\"", "\"sha\": \"AE892699b97c793cb231ec1bcd44e69122111b53\""),
      replaced(good, "\"sha\": \"ae892699b97c793cb231ec1bcd44e69122111b53\"", "\"sha\": \"ae892699\""),
      replaced(good, "\"ref\": \"main\"", "\"ref\": \"\""),
      replaced(good, "\"ref\": \"main\"", "\"ref\": 5"),
      std::string(200, '[') + std::string(200, ']'),
  }));
  CAPTURE(text.substr(0, 80));
  auto const result = branch_gate(input(text));
  REQUIRE(result.why);
  CHECK(result.why->code == "bad-payload");
}

TEST_CASE("no payload file is a bad payload", "[event]") {
  auto in = input({});
  in.payload.reset();
  CHECK(branch_gate(in).why->code == "bad-payload");
}

TEST_CASE("the runner's branch variables must agree with the payload (A-52)", "[event]") {
  auto in = input(payload());
  in.head_ref = "main";
  in.base_ref = "release";
  CHECK(branch_gate(in).kind == GateResult::Kind::accept);
  in.head_ref = "feature";
  CHECK(branch_gate(in).why->code == "bad-payload");
}

TEST_CASE("repository names compare without case, ids decide (A-47, A-50)", "[event]") {
  auto in = input(payload());
  in.repository = "Example-Org/Helm-Charts";
  CHECK(branch_gate(in).kind == GateResult::Kind::accept);
  in.repository = "example-org/other";
  CHECK(branch_gate(in).why->code == "repository-mismatch");
}

TEST_CASE("branch names compare byte by byte (A-49)", "[event]") {
  auto const name = GENERATE(as<std::string>{}, "Main", "main ", "refs/heads/main", "mai\u0306n", "mainx");
  auto const result = branch_gate(input(replaced(payload(), "\"ref\": \"main\"", "\"ref\": \"" + name + "\"")));
  REQUIRE(result.why);
  CHECK(result.why->code == "wrong-head");
  CHECK(result.why->why == "Only 'main' branch can merge to 'release'");
  CHECK(result.why->found_value == name);
}

TEST_CASE("configured branch names are used in check and message", "[event]") {
  auto in = input(payload());
  in.source_branch = "trunk";
  CHECK(branch_gate(in).why->why == "Only 'trunk' branch can merge to 'release'");
  in.source_branch = "main";
  in.release_branch = "stable";
  CHECK(branch_gate(in).why->code == "wrong-base");
}

}  // namespace

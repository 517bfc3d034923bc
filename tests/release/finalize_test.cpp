// `command: finalize`: ids, manifest, description. Which bundles count: finalize_bundles_test.cpp.
#include "release/finalize.hpp"

#include <deque>
#include <fstream>
#include <sstream>

#include "release/finalize_world.hpp"
#include "support/catch2.hpp"
#include "support/digest.hpp"

namespace finalize_test {
namespace {

using acr::ExitStatus;
using acr::github::BodyWrite;
using acr::release::FinalizeResult;
using acr::test::FinalizeWorld;

std::vector<std::string> codes(std::vector<acr::Rejection> const& findings) {
  std::vector<std::string> result;
  for (auto const& each : findings) result.emplace_back(each.code.text());
  return result;
}

std::string refusal_code(FinalizeResult const& result) {
  return result.refusal ? std::string(result.refusal->code.text()) : "";
}

TEST_CASE("one id for all packages fills in manifest and description (A-71)", "[release]") {
  FinalizeWorld world;
  world.settings.build_attestation_id = "9001";
  world.settings.verification_attestation_id = "9000";
  auto const result = world.run();
  REQUIRE_FALSE(result.refusal);
  CHECK(result.status == ExitStatus::done);
  CHECK(result.manifest_written);
  CHECK(world.manifest().attestations ==
        acr::report::AttestationIds{{"tag-verification", "9000"}, {"build-api", "9001"}, {"build-web", "9001"}});
  CHECK(result.manifest_digest == acr::sha256_text(world.manifest_bytes()));
  CHECK(result.pr_updated);
  CHECK(world.pulls.writes.size() == 1);
  CHECK(acr::report::compact_map(*result.map) ==
        R"({"lint":"14400001","tag-verification":"9000","build-api":"9001","build-web":"9001"})");
  CHECK(*result.outputs.find("manifest-path") == "release-attestation-manifest.json");
  CHECK(*result.outputs.find("manifest-digest") == result.manifest_digest);
  CHECK(*result.outputs.find("attestation-map") == acr::report::compact_map(*result.map));
  CHECK(*result.outputs.find("pr-updated") == "true");
  CHECK(*result.outputs.find("result") == "success");
  CHECK(*result.outputs.find("chart-count") == "2");
  CHECK(result.notices.empty());
  CHECK(result.warnings.empty());
}

TEST_CASE("a second call with the same input changes nothing (A-88)", "[release]") {
  FinalizeWorld world;
  world.settings.build_attestation_id = "9001";
  world.settings.verification_attestation_id = "9000";
  world.run();
  auto const bytes = world.manifest_bytes();
  auto const body = world.pulls.pull.body;
  auto const again = world.run();
  CHECK(again.status == ExitStatus::done);
  CHECK_FALSE(again.manifest_written);
  CHECK_FALSE(again.pr_written);
  CHECK(again.pr_updated);
  CHECK(world.manifest_bytes() == bytes);
  CHECK(world.pulls.pull.body == body);
  CHECK(world.pulls.writes.size() == 1);
}

TEST_CASE("the overall id changes the description only (A-73)", "[release]") {
  FinalizeWorld world;
  world.settings.build_attestation_id = "9001";
  world.settings.verification_attestation_id = "9000";
  world.run();
  auto const bytes = world.manifest_bytes();
  world.give_overall("9002");
  auto const result = world.run();
  CHECK(result.status == ExitStatus::done);
  CHECK(world.manifest_bytes() == bytes);
  CHECK_FALSE(result.manifest_written);
  CHECK(result.map->find("overall")->id == "9002");
  CHECK(result.map->find("build-web")->id == "9001");
  CHECK(world.pulls.pull.body->find("/attestations/9002") != std::string::npos);
}

TEST_CASE("an overall id that this call does not prove is dropped, whatever wrote it (B-15)", "[release]") {
  FinalizeWorld world;
  world.settings.build_attestation_id = "9001";
  REQUIRE(world.run().status == ExitStatus::done);
  auto const before = world.pulls.pull.body;
  world.give_overall("9002");
  REQUIRE(world.run().status == ExitStatus::done);
  auto const after = world.pulls.pull.body;
  // The job is run again from its first finalize: the last one puts the id back.
  FinalizeWorld::clear_ids(world.settings);
  world.settings.build_attestation_id = "9001";
  world.settings.bundle_paths = {"build.jsonl"};
  REQUIRE(world.run().status == ExitStatus::done);
  CHECK(world.pulls.pull.body == before);
  world.give_overall("9002");
  REQUIRE(world.run().status == ExitStatus::done);
  CHECK(world.pulls.pull.body == after);
}

TEST_CASE("ids under our names that stood in the description are dropped and never printed (B-15)", "[release]") {
  FinalizeWorld world;
  world.settings.build_attestation_id = "9001";
  world.pulls.pull.body =
      "Release of the week.\n\n<!-- ATTESTATION_MAP\n{\"lint\":\"14400001\",\"build-evil\":\"98600000000666\",\"over\\u0061ll\":\"98600000000667\",\"tag-verification\":98600000000668,"
      "\"build-web\":\"98600000000669\"}\n-->\n";
  auto const result = world.run();
  REQUIRE(result.status == ExitStatus::done);
  CHECK(acr::report::compact_map(*result.map) == R"({"lint":"14400001","build-web":"9001","build-api":"9001"})");
  CHECK(*result.outputs.find("attestation-map") == acr::report::compact_map(*result.map));
  for (auto const* forged : {"98600000000666", "98600000000667", "98600000000668", "98600000000669"}) {
    CHECK(world.pulls.pull.body->find(forged) == std::string::npos);
    CHECK(result.summary.find(forged) == std::string::npos);
  }
}

TEST_CASE("an own key that somebody puts back while we write is dropped again (A-89, B-15)", "[release]") {
  FinalizeWorld world;
  world.settings.build_attestation_id = "9001";
  world.pulls.after_write = [&](std::size_t write) {
    if (write == 1)
      world.pulls.pull.body =
          "<!-- ATTESTATION_MAP\n{\"lint\":\"14400001\",\"build-api\":\"9001\",\"build-web\":\"9001\",\"overall\":\"98600000000667\"}\n-->\n";
  };
  auto const result = world.run();
  CHECK(world.pulls.writes.size() == 2);
  CHECK(result.map->find("overall") == nullptr);
  CHECK(world.pulls.pull.body->find("98600000000667") == std::string::npos);
}

TEST_CASE("ids that would change the signed manifest are refused (A-73)", "[release]") {
  FinalizeWorld world;
  world.settings.build_attestation_id = "9001";
  world.run();
  auto const bytes = world.manifest_bytes();
  auto const body = world.pulls.pull.body;
  SECTION("with the manifest's id") { world.settings.overall_attestation_id = "9002"; }
  SECTION("with the manifest's bundle") {
    world.give_overall("");
    world.settings.bundle_paths.push_back("build.jsonl");
  }
  world.settings.build_attestation_id = "9999";
  auto const result = world.run();
  CHECK(result.status == ExitStatus::refused);
  CHECK(refusal_code(result) == "manifest-frozen");
  CHECK(world.manifest_bytes() == bytes);
  CHECK(world.pulls.pull.body == body);
  CHECK(*result.outputs.find("result") == "failed");
  CHECK(*result.outputs.find("reason") == "manifest-frozen");
}

TEST_CASE("one id per chart comes from a directory (A-71)", "[release]") {
  FinalizeWorld world;
  world.settings.verification_attestation_id = "9000";
  world.settings.attestation_ids_dir = "ids";
  world.write("ids/api.id", "11\n");
  world.write("ids/web.id", " 12 \r\n");
  world.write("ids/readme.txt", "not an id");
  world.write("ids/web.json", world.bundle({world.web}));
  auto const result = world.run();
  REQUIRE_FALSE(result.refusal);
  CHECK(world.manifest().attestations ==
        acr::report::AttestationIds{{"tag-verification", "9000"}, {"build-api", "11"}, {"build-web", "12"}});
}

TEST_CASE("a chart without its id file is refused, nothing is recorded (A-71)", "[release]") {
  FinalizeWorld world;
  world.settings.attestation_ids_dir = "ids";
  world.write("ids/api.id", "11\n");
  auto const bytes = world.manifest_bytes();
  auto const result = world.run();
  CHECK(refusal_code(result) == "attestation-missing");
  CHECK(result.refusal->expected_value == "web.id");
  CHECK(world.manifest_bytes() == bytes);
  CHECK(world.pulls.writes.empty());
}

TEST_CASE("ids come as a JSON object too (A-71)", "[release]") {
  FinalizeWorld world;
  world.settings.attestations = R"({"tag-verification": "1", "build-api": 2, "build-web": "3"})";
  CHECK(world.run().status == ExitStatus::done);
  CHECK(world.manifest().attestations ==
        acr::report::AttestationIds{{"tag-verification", "1"}, {"build-api", "2"}, {"build-web", "3"}});
}

TEST_CASE("an incomplete set of ids is recorded with a warning", "[release]") {
  FinalizeWorld world;
  world.settings.attestations = R"({"build-api": 2})";
  auto const result = world.run();
  CHECK(result.status == ExitStatus::done);
  CHECK(codes(result.warnings) == std::vector<std::string>{"attestation-missing"});
}

TEST_CASE("what the caller got wrong ends with 2, before anything is written", "[release]") {
  struct Row {
    std::string name;
    std::function<void(FinalizeWorld&)> spoil;
    std::string code;
    ExitStatus status;
  };
  auto const row = one_of<Row>({
      {"id", [](auto& w) { w.settings.build_attestation_id = "12x"; }, "bad-attestation-id", ExitStatus::bad_input},
      {"zero", [](auto& w) { w.settings.build_attestation_id = "0"; }, "bad-attestation-id", ExitStatus::bad_input},
      {"json", [](auto& w) { w.settings.attestations = "{"; }, "bad-json", ExitStatus::bad_input},
      {"array", [](auto& w) { w.settings.attestations = "[]"; }, "bad-input", ExitStatus::bad_input},
      {"value", [](auto& w) { w.settings.attestations = R"({"build-api": true})"; }, "bad-attestation-id",
       ExitStatus::bad_input},
      {"conflict", [](auto& w) { w.settings.attestations = R"({"build-api": 1})", w.settings.build_attestation_id = "2"; },
       "conflicting-ids", ExitStatus::bad_input},
      {"key", [](auto& w) { w.settings.attestations = R"({"lint": 1})"; }, "attestation-key", ExitStatus::refused},
      {"no directory", [](auto& w) { w.settings.attestation_ids_dir = "none"; }, "bad-path", ExitStatus::bad_input},
      {"outside", [](auto& w) { w.settings.attestation_ids_dir = "/etc"; }, "bad-path", ExitStatus::bad_input},
      {"up", [](auto& w) { w.settings.attestation_ids_dir = ".."; }, "bad-path", ExitStatus::bad_input},
      {"foreign id file", [](auto& w) { w.settings.attestation_ids_dir = "ids", w.write("ids/db.id", "1"); }, "attestation-key",
       ExitStatus::refused},
      {"large id file", [](auto& w) { w.settings.attestation_ids_dir = "ids", w.write("ids/api.id", std::string(100, '1')); },
       "bad-path", ExitStatus::bad_input},
      {"too many files",
       [](auto& w) {
         w.settings.attestation_ids_dir = "ids";
         std::filesystem::create_directories(w.workspace() / "ids");
         for (int i = 0; i < 4097; ++i) std::ofstream(w.workspace() / "ids" / std::to_string(i));
       },
       "bad-path", ExitStatus::bad_input},
      {"no manifest", [](auto& w) { w.settings.manifest_path = "other.json"; }, "manifest-missing", ExitStatus::bad_input},
      {"bad manifest", [](auto& w) { w.write("release-attestation-manifest.json", "{}"); }, "manifest-invalid",
       ExitStatus::refused},
      {"other pull request", [](auto& w) { w.settings.pr_number = 43; }, "manifest-mismatch", ExitStatus::refused},
      {"other head", [](auto& w) { w.settings.head_sha = std::string(40, '9'); }, "manifest-mismatch", ExitStatus::refused},
      {"no bundle", [](auto& w) { w.settings.build_attestation_id = "1", w.settings.bundle_paths = {"none.jsonl"}; },
       "bad-input", ExitStatus::bad_input},
      {"empty bundle",
       [](auto& w) {
         w.settings.build_attestation_id = "1", w.settings.bundle_paths = {"b.jsonl"}, w.write("b.jsonl", "\n\n");
       },
       "bundle-empty", ExitStatus::refused},
      {"too large a manifest",
       [](auto& w) { w.settings.manifest_path = "large.json", w.write("large.json", std::string((8 << 20) + 1, ' ')); },
       "bad-path", ExitStatus::bad_input},
      {"a manifest through a link out of the workspace",
       [](auto& w) {
         acr::write_file(w.directory.path() / "m.json", w.manifest_bytes());
         std::filesystem::create_symlink(w.directory.path() / "m.json", w.workspace() / "link.json");
         w.settings.manifest_path = "link.json";
       },
       "bad-path", ExitStatus::bad_input},
      {"a file for the directory", [](auto& w) { w.settings.attestation_ids_dir = "build.jsonl"; }, "bad-path",
       ExitStatus::bad_input},
      {"a link for an id",
       [](auto& w) {
         w.settings.attestation_ids_dir = "ids", w.write("ids/api.id", "1");
         std::filesystem::create_symlink("api.id", w.workspace() / "ids" / "web.id");
       },
       "bad-path", ExitStatus::bad_input},
  });
  CAPTURE(row.name);
  FinalizeWorld world;
  row.spoil(world);
  auto const bytes = world.manifest_bytes();
  auto const result = world.run();
  CHECK(refusal_code(result) == row.code);
  CHECK(result.status == row.status);
  CHECK(world.manifest_bytes() == bytes);
  CHECK(world.pulls.writes.empty());
  CHECK(*result.outputs.find("result") == "failed");
  CHECK(*result.outputs.find("chart-count") == "0");
}

TEST_CASE("each path is refused for its own reason (A-6, A-71)", "[release]") {
  struct Row {
    std::string name;
    std::function<void(FinalizeWorld&)> spoil;
    std::string where, why;
  };
  auto const row = one_of<Row>({
      {"none", [](auto& w) { w.settings.attestation_ids_dir = "none"; }, "attestation-ids-dir",
       "no such file or directory: none"},
      {"outside", [](auto& w) { w.settings.attestation_ids_dir = "/etc"; }, "attestation-ids-dir",
       "the path leaves the workspace: /etc"},
      {"a file", [](auto& w) { w.settings.attestation_ids_dir = "build.jsonl"; }, "attestation-ids-dir",
       "not a directory: build.jsonl"},
      {"a directory for an id", [](auto& w) { w.settings.attestation_ids_dir = "ids", w.write("ids/api.id/x", "1"); },
       "attestation-ids-dir/api.id", "not a regular file"},
      {"a chart that is not there", [](auto& w) { w.settings.attestation_ids_dir = "ids", w.write("ids/db.id", "1"); },
       "attestation-ids-dir/db.id", "the manifest has no such chart"},
      {"another's bundle", [](auto& w) { w.settings.attestation_ids_dir = "ids", w.write("ids/db.json", "1"); },
       "attestation-ids-dir/db.json", "the manifest has no such chart"},
  });
  CAPTURE(row.name);
  FinalizeWorld world;
  row.spoil(world);
  auto const result = world.run();
  REQUIRE(result.refusal);
  CHECK(result.refusal->where == row.where);
  CHECK(result.refusal->why == row.why);
}

TEST_CASE("a link out of the workspace is refused (A-6)", "[release]") {
  FinalizeWorld world;
  acr::test::TemporaryDirectory const outside;
  acr::write_file(outside.path() / "api.id", "1");
  std::filesystem::create_directory_symlink(outside.path(), world.workspace() / "ids");
  world.settings.attestation_ids_dir = "ids";
  CHECK(refusal_code(world.run()) == "bad-path");
}

TEST_CASE("a pull request that moved on is left alone, the manifest is completed (A-53)", "[release]") {
  FinalizeWorld world;
  world.settings.build_attestation_id = "9001";
  SECTION("closed") { world.pulls.pull.state = "closed"; }
  SECTION("pushed to") { world.pulls.pull.head_sha = std::string(40, '8'); }
  SECTION("retargeted") { world.pulls.pull.base_ref = "main"; }
  auto const result = world.run();
  CHECK(result.status == ExitStatus::done);
  CHECK(codes(result.notices) == std::vector<std::string>{"stale-event"});
  CHECK(world.pulls.writes.empty());
  CHECK(*result.outputs.find("pr-updated") == "false");
  CHECK(result.outputs.find("manifest-path") != nullptr);
  CHECK(result.outputs.find("attestation-map") == nullptr);
  CHECK(world.manifest().attestations.size() == 2);
}

TEST_CASE("a release branch that moved is not a stale event (A-53)", "[release]") {
  FinalizeWorld world;
  world.settings.build_attestation_id = "9001";
  world.pulls.pull.base_sha = std::string(40, '8');
  CHECK(world.run().pr_updated);
}

TEST_CASE("without the right to write, the text goes to the summary (A-90)", "[release]") {
  FinalizeWorld world;
  world.settings.build_attestation_id = "9001";
  SECTION("switched off") { world.settings.update_pr = false; }
  SECTION("read-only token") { world.pulls.outcomes = {BodyWrite::forbidden}; }
  SECTION("a fork") { world.settings.from_fork = true; }
  SECTION("no right to read") { world.pulls.read_status = 403; }
  auto const body = world.pulls.pull.body;
  auto const result = world.run();
  CHECK(result.status == ExitStatus::done);
  CHECK(codes(result.notices) == std::vector<std::string>{"description-skipped"});
  CHECK(*result.outputs.find("pr-updated") == "false");
  CHECK(result.summary.find("### Release build") != std::string::npos);
  CHECK(world.pulls.pull.body == body);
  CHECK(world.manifest().attestations.size() == 2);
}

TEST_CASE("a broken map ends the command with 1 and is not written over (A-84)", "[release]") {
  FinalizeWorld world;
  world.settings.build_attestation_id = "9001";
  world.pulls.pull.body = "<!-- ATTESTATION_MAP\n{oops\n-->\n";
  auto const result = world.run();
  CHECK(result.status == ExitStatus::refused);
  CHECK(refusal_code(result) == "map-invalid");
  CHECK(world.pulls.writes.empty());
  CHECK(result.outputs.find("manifest-path") != nullptr);
}

TEST_CASE("several maps give a warning (A-84)", "[release]") {
  FinalizeWorld world;
  world.settings.attestations = R"({"tag-verification": 1, "build-api": 2, "build-web": 2})";
  *world.pulls.pull.body += "<!-- ATTESTATION_MAP\n{}\n-->\n";
  CHECK(codes(world.run().warnings) == std::vector<std::string>{"multiple-maps"});
}

TEST_CASE("another stage that writes between our read and write loses nothing (A-89)", "[release]") {
  FinalizeWorld world;
  world.settings.build_attestation_id = "9001";
  // The other stage read before our write and writes after it: our keys are gone, its own is there.
  world.pulls.after_write = [&](std::size_t write) {
    if (write == 1)
      world.pulls.pull.body = "Edited.\r\n\r\n<!-- ATTESTATION_MAP\r\n{\"lint\":\"14400001\",\"other\":\"5\"}\r\n-->\r\n";
  };
  auto const result = world.run();
  CHECK(result.status == ExitStatus::done);
  CHECK(world.pulls.writes.size() == 2);
  CHECK(acr::report::compact_map(*result.map) == R"({"lint":"14400001","other":"5","build-api":"9001","build-web":"9001"})");
  REQUIRE(world.sleeps.size() == 1);
  CHECK(world.sleeps[0].count() >= 1000);
  CHECK(world.sleeps[0].count() <= 1500);
}

TEST_CASE("a foreign key that a third writer dropped is put back (A-89)", "[release]") {
  FinalizeWorld world;
  world.settings.build_attestation_id = "9001";
  world.pulls.after_write = [&](std::size_t write) {
    if (write == 1)
      world.pulls.pull.body = "<!-- ATTESTATION_MAP\n{\"build-api\":\"9001\",\"build-web\":\"9001\",\"new\":\"6\"}\n-->\n";
  };
  auto const result = world.run();
  CHECK(result.map->find("lint")->id == "14400001");
  CHECK(result.map->find("new")->id == "6");
}

TEST_CASE("a description that never holds still ends with 3 after five rounds (A-89)", "[release]") {
  FinalizeWorld world;
  world.settings.build_attestation_id = "9001";
  world.pulls.after_write = [&](std::size_t) { world.pulls.pull.body = "overwritten"; };
  auto const result = world.run();
  CHECK(result.status == ExitStatus::unreachable);
  CHECK(refusal_code(result) == "concurrent-update");
  CHECK(world.pulls.writes.size() == 5);
  REQUIRE(world.sleeps.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(world.sleeps[i].count() >= 1000 << i);
    CHECK(world.sleeps[i].count() <= 1500 << i);
  }
  CHECK(result.outputs.find("manifest-path") != nullptr);
  CHECK(*result.outputs.find("pr-updated") == "false");
}

TEST_CASE("a lost answer is looked up, not repeated blindly (G-29)", "[release]") {
  FinalizeWorld world;
  world.settings.build_attestation_id = "9001";
  SECTION("it was applied") {
    world.pulls.outcomes = {BodyWrite::unknown};
    CHECK(world.run().pr_updated);
    CHECK(world.pulls.writes.size() == 1);
  }
  SECTION("it was not") {
    world.pulls.outcomes = {BodyWrite::conflict, BodyWrite::written};
    CHECK(world.run().pr_updated);
    CHECK(world.pulls.writes.size() == 2);
  }
}

TEST_CASE("a server that turns line ends into CRLF is not a concurrent writer (G-24)", "[release]") {
  FinalizeWorld world;
  world.settings.build_attestation_id = "9001";
  world.pulls.after_write = [&](std::size_t) {
    std::string crlf;
    for (char const c : *world.pulls.pull.body) {
      if (c == '\n' && !crlf.ends_with('\r')) crlf += '\r';
      crlf += c;
    }
    world.pulls.pull.body = crlf;
  };
  CHECK(world.run().pr_updated);
  CHECK(world.run().pr_updated);
  CHECK(world.pulls.writes.size() == 1);
}

TEST_CASE("a description that GitHub does not take ends with 1 (A-87)", "[release]") {
  FinalizeWorld world;
  world.settings.build_attestation_id = "9001";
  SECTION("422") {
    world.pulls.outcomes = {BodyWrite::refused};
    CHECK(refusal_code(world.run()) == "description-refused");
  }
  SECTION("too long") {
    world.pulls.pull.body = std::string(65536, 'x');
    auto const result = world.run();
    CHECK(refusal_code(result) == "body-too-long");
    CHECK(result.status == ExitStatus::refused);
    CHECK(world.pulls.writes.empty());
  }
}

TEST_CASE("a pull request that cannot be read for another reason ends the command (A-90)", "[release]") {
  FinalizeWorld world;
  world.settings.build_attestation_id = "9001";
  world.pulls.read_status = 404;
  auto const result = world.run();
  CHECK(refusal_code(result) == "no-access");
  CHECK(result.status == ExitStatus::bad_input);
  CHECK(*result.outputs.find("pr-updated") == "false");
}

TEST_CASE("a failing disk is a result, a cancelled run and our own mistakes are not", "[release]") {
  FinalizeWorld world;
  world.settings.build_attestation_id = "9001";
  SECTION("disk") {
    world.pulls.after_write = [](std::size_t) { throw std::runtime_error("no space left on device"); };
    auto const result = world.run();
    CHECK(refusal_code(result) == "environment");
    CHECK(result.refusal->why == "no space left on device");
    CHECK(result.status == ExitStatus::bad_input);
  }
  SECTION("cancelled") {
    world.pulls.after_write = [](std::size_t) { throw acr::Cancelled(ExitStatus::terminated); };
    CHECK_THROWS_AS(world.run(), acr::Cancelled);
  }
  SECTION("mistake") {
    world.pulls.after_write = [](std::size_t) { throw std::logic_error("ours"); };
    CHECK_THROWS_AS(world.run(), std::logic_error);
  }
}

TEST_CASE("an output that is too large is left out with a warning (A-26)", "[release]") {
  FinalizeWorld world;
  world.settings.attestations = R"({"tag-verification": 1, "build-api": 2, "build-web": 2})";
  std::string text;
  for (int i = 0; i < 60000; ++i) text += "\xf0\x9f\x98\x80";  // twelve bytes each once it is ASCII
  world.pulls.pull.body = "<!-- ATTESTATION_MAP\n{\"x\":\"" + text + "\"}\n-->\n";
  auto const result = world.run();
  CHECK(result.status == ExitStatus::done);
  CHECK(result.outputs.find("attestation-map") == nullptr);
  REQUIRE(codes(result.warnings) == std::vector<std::string>{"output-too-large"});
  CHECK(result.warnings[0].where == "output attestation-map");
}

TEST_CASE("no description at all gets one (A-84)", "[release]") {
  FinalizeWorld world;
  world.settings.build_attestation_id = "9001";
  world.pulls.pull.body.reset();
  CHECK(world.run().pr_updated);
  CHECK(world.pulls.pull.body->starts_with("<!-- atomic-chart-release:begin -->"));
}

TEST_CASE("the log tells what was recorded", "[release]") {
  FinalizeWorld world;
  world.settings.build_attestation_id = "9001";
  auto const result = world.run();
  std::ostringstream sink;
  {
    acr::report::WorkflowLog log(sink, acr::report::WorkflowLog::Style::actions);
    acr::release::log_finalize(result, log);
  }
  CHECK(sink.str().find("::group::Attestations\nverified: build.jsonl, signed by https://github.com/acme/") == 0);
  CHECK(sink.str().find("\nbuild-api: 9001\nbuild-web: 9001\n::endgroup::\n") != std::string::npos);
  CHECK(sink.str().find("pull request description: updated\n") != std::string::npos);
  CHECK(sink.str().find("::warning::attestation-missing: manifest: no id is recorded for tag-verification") !=
        std::string::npos);
}

}  // namespace
}  // namespace finalize_test

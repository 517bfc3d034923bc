// Refusals of this room that no other test reaches: what passes through, and what it becomes.
#include "git/git_cli.hpp"
#include "git/local_objects.hpp"
#include "github/answer.hpp"
#include "github/attestations.hpp"
#include "github/combined_objects.hpp"
#include "github/rest_objects.hpp"
#include "github/scripted_github.hpp"
#include "support/catch2.hpp"
#include "support/thrown.hpp"

namespace acr::github {
namespace {

using net::Failure;
using test::json_reply;
using test::ScriptedGithub;
using test::thrown_code;

std::string const some_id(40, 'a');

TEST_CASE("fields of an answer that are of another kind are not an answer (G-34)", "[github]") {
  Answer answer;
  answer.status = 200;
  answer.about = "GET /x";
  auto const number = [&](std::string const& text) {
    return thrown_code([&] { (void)number_field(answer, parse_json(text, "x").value(), "n"); });
  };
  CHECK(number(R"({"n":0})") == "nothing");
  CHECK(number(R"({"n":-1})") == "bad-response");
  CHECK(number(R"({"n":"1"})") == "bad-response");
  CHECK(number("{}") == "bad-response");
  auto const object_id = [&](std::string const& text) {
    return thrown_code([&] { (void)object_id_field(answer, parse_json(text, "x").value(), "sha"); });
  };
  CHECK(object_id(R"({"sha":")" + some_id + "\"}") == "nothing");
  CHECK(object_id(R"({"sha":")" + std::string(40, 'A') + "\"}") == "bad-response");
  CHECK(object_id(R"({"sha":")" + std::string(39, 'a') + "\"}") == "bad-response");
  CHECK(object_id("{}") == "bad-response");
}

TEST_CASE("a path that makes no URL is our own mistake", "[github]") {
  ScriptedGithub github([](net::Request const&) { return json_reply("{}"); });
  Call call;
  call.path = github.api.repository_path();
  CHECK(github.api.call(call).status == 200);
  call.path += "/a b";
  CHECK_THROWS_AS(github.api.call(call), std::logic_error);
}

TEST_CASE("a token that GitHub does not take is said as such, not as a hidden repository (G-12)", "[github]") {
  int const status = one_of({401, 404});
  ScriptedGithub github([&](net::Request const& request) {
    return json_reply("{}", request.url.path == "/repos/acme/helm-charts" ? status : 404);
  });
  Attestations attestations(github.api);
  CHECK(thrown_code([&] { (void)attestations.list({"sha256:" + std::string(64, 'a')}); }) ==
        (status == 401 ? "bad-token" : "no-access"));
}

// What is too large is an object that cannot be read; every other failure is a server that cannot be reached.
TEST_CASE("objects that are too large are told apart from servers out of reach", "[github]") {
  auto const failure = one_of({Failure::too_large, Failure::timeout});
  bool const large = failure == Failure::too_large;
  ScriptedGithub github([&](net::Request const& request) -> net::Reply {
    if (request.url.path == "/rate_limit") return json_reply(R"({"resources":{"core":{"remaining":100}}})");
    throw net::NetworkError(failure, "api.github.com", "no");
  });
  RestObjects objects(github.api);
  CHECK(thrown_code([&] { (void)objects.blob(some_id, 10); }) == (large ? "object-too-large" : "unreachable"));
  CHECK(thrown_code([&] { (void)objects.tag(some_id); }) == (large ? "object-too-large" : "unreachable"));
  CHECK(thrown_code([&] { objects.prefetch_blobs({some_id}); }) ==
        (large ? "nothing" : "unreachable"));  // who reads it will be told
}

TEST_CASE("a listing of refs that is too large is asked one by one, one that cannot be had ends the run (B-24)", "[github]") {
  auto const failure = one_of({Failure::too_large, Failure::timeout});
  ScriptedGithub github([&](net::Request const& request) -> net::Reply {
    if (request.url.path.find("/matching-refs/") != std::string::npos) throw net::NetworkError(failure, "api.github.com", "no");
    return json_reply("{}", 404);
  });
  RestObjects objects(github.api);
  CHECK(thrown_code([&] {
          (void)objects.refs({"refs/tags/a-1", "refs/tags/a-2"});
        }) == (failure == Failure::too_large ? "nothing" : "unreachable"));
}

TEST_CASE("a damaged file of the checkout is not fetched instead of being told (A-56)", "[github]") {
  test::TemporaryDirectory const folder;
  auto const damaged = test::shell(folder.path(), "git init -q . && echo x | git hash-object -w --stdin");
  auto const file = folder.path() / ".git/objects" / damaged.substr(0, 2) / damaged.substr(2);
  bool const whole = one_of({true, false});
  if (!whole) {
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    write_file(file, "no zlib");
  }
  git::Libgit2 const library;
  auto const local = *git::LocalObjects::open(library, folder.path());
  ScriptedGithub github([](net::Request const&) { return json_reply("{}", 404); });
  RestObjects remote(github.api);
  CombinedObjects objects(local.get(), remote);
  CHECK(thrown_code([&] { objects.prefetch_blobs({damaged}); }) == (whole ? "nothing" : "object-corrupt"));
  CHECK(github.asked().empty());
}

}  // namespace
}  // namespace acr::github

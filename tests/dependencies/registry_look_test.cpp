// A registry over loopback, looked at before and after a push (oci.md O-22 … O-24; rows of its section 8).

#include "dependencies/registry_look.hpp"

#include "network_world.hpp"
#include "oci/chart_reference.hpp"

namespace registry_look_test {
namespace {

using namespace acr::dependencies;
using acr::Rejection;
using acr::sha256_text;
using acr::loopback::Answer;
using acr::loopback::Handler;
using acr::loopback::json_answer;
using acr::loopback::LoopbackServer;
using acr::loopback::oci_descriptor;
using acr::loopback::OciRegistry;
using acr::loopback::redirect_answer;
using acr::loopback::Seen;
using acr::loopback::with_basic;
using acr::loopback::with_bearer;
using enum TagCheck;

/// As Helm makes it, near enough.
std::string manifest_of(std::string const& archive, std::string const& created = "2023-11-14T22:13:20Z") {
  auto text = OciRegistry::manifest_text({oci_descriptor(OciRegistry::content_type, archive)});
  text.pop_back();
  return text + R"(,"annotations":{"org.opencontainers.image.created":")" + created + "\"}}";
}

std::string const planned_text = manifest_of("archive");
std::string const planned_digest = sha256_text(planned_text);

OciRegistry with_tag(std::string const& text, std::string const& type = OciRegistry::manifest_type) {
  OciRegistry registry;
  registry.manifest("charts/web", "1.0.0_b1", text, type);
  return registry;
}

std::string tag_path() { return "/v2/charts/web/manifests/1.0.0_b1"; }

struct LookWorld {
  explicit LookWorld(LoopbackServer const& server_, HostSettings settings = loopback_settings())
      : server(server_),
        look(network.retrying, std::move(settings), [this](std::chrono::milliseconds pause) { waited += pause; }) {}

  /// "free", "published", or the code.
  std::string outcome(TagCheck check) {
    PlannedManifest const planned{
        acr::oci::chart_reference(acr::oci::Repository::parse(host_of(server) + "/charts").value(), "web", "1.0.0+b1").value(),
        planned_digest, planned_text};
    auto const state = look.look(planned, check);
    if (state) return to_text(*state);
    last = state.error();
    return std::string(last.code.text());
  }

  LoopbackServer const& server;
  NetworkWorld network;
  std::chrono::milliseconds waited{0};
  RegistryLook look;
  Rejection last;
};

/// For each check: what comes of it.
void check_both(Handler const& handler, std::string const& before, std::string const& after) {
  LoopbackServer server(handler);
  LookWorld world(server);
  CHECK(world.outcome(free) == before);
  CHECK(world.outcome(pushed) == after);
  for (auto const& seen : server.seen()) CHECK((seen.method == "HEAD" || seen.method == "GET"));
}

TEST_CASE("a tag that names nothing is free, and not pushed (O-22)", "[dependencies]") {
  LoopbackServer server(OciRegistry().site);
  LookWorld world(server);
  CHECK(world.outcome(free) == "free");
  CHECK(world.waited.count() == 0);
  REQUIRE(server.request_count() == 1);
  CHECK(server.seen()[0].method == "HEAD");
  CHECK(server.seen()[0].target == tag_path());
  CHECK(world.outcome(pushed) == "oci-not-pushed");
  CHECK(server.request_count() == 5);
  CHECK(world.waited == std::chrono::seconds(7));
  CHECK(world.last.where == host_of(server) + "/charts/web:1.0.0_b1");
}

TEST_CASE("a tag that comes while it is waited for is pushed (O-22)", "[dependencies]") {
  std::atomic<int> asked{0};
  auto const site = with_tag(planned_text).site;
  LoopbackServer server([&](Seen const& seen) { return ++asked < 4 ? Answer{.status = 404} : site(seen); });
  LookWorld world(server);
  CHECK(world.outcome(pushed) == "published");
  CHECK(world.waited == std::chrono::seconds(7));
}

TEST_CASE("this manifest under the tag is published, and nothing of it is read (O-22, O-23)", "[dependencies]") {
  LoopbackServer server(with_tag(planned_text).site);
  LookWorld world(server);
  CHECK(world.outcome(free) == "published");
  CHECK(world.outcome(pushed) == "published");
  REQUIRE(server.request_count() == 2);
  for (auto const& seen : server.seen()) {
    CHECK(seen.method == "HEAD");
    CHECK(
        seen.header("Accept") ==
        "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, "
        "application/vnd.docker.distribution.manifest.v2+json, application/vnd.docker.distribution.manifest.list.v2+json, */*");
  }
}

TEST_CASE("another manifest under the tag is refused, and the first difference named (O-22, O-23)", "[dependencies]") {
  struct Row {
    std::string text, difference;
    bool same_package;
  };
  auto const row = one_of<Row>({
      {manifest_of("another archive"), "another package", false},
      {manifest_of("archive", "2023-11-15T03:43:20+05:30"), "without TZ=UTC", true},
      {manifest_of("archive", "2026-01-01T00:00:00Z"), "was lost", true},
      {R"({"manifests":[]})", "no manifest of a chart", false},
  });
  LoopbackServer server(with_tag(row.text).site);
  LookWorld world(server);
  CHECK(world.outcome(free) == "oci-tag-taken");
  CHECK(world.last.where == host_of(server) + "/charts/web:1.0.0_b1");
  CHECK(world.last.found_value.starts_with(sha256_text(row.text)));
  CHECK(world.last.found_value.find(row.difference) != std::string::npos);
  CHECK((world.last.why.find("same package") != std::string::npos) == row.same_package);
  CHECK(world.last.fix_text.find("new version") != std::string::npos);
  CHECK(world.outcome(pushed) == "oci-digest-differs");
  CHECK(world.waited.count() == 0);
  CHECK(world.last.expected_value == planned_digest);
  CHECK(world.last.found_value.find(row.difference) != std::string::npos);
}

TEST_CASE("a registry that does not announce a SHA-256 digest is asked for the manifest (O-23)", "[dependencies]") {
  auto const said = one_of<std::string>({"none", "sha512:" + std::string(128, 'a'), "sha256:ABC", "md5:abc", ""});
  CAPTURE(said);
  for (auto const& [text, before, after] : {std::tuple(planned_text, "published", "published"),
                                            std::tuple(manifest_of("else"), "oci-tag-taken", "oci-digest-differs")}) {
    auto registry = with_tag(text);
    auto& headers = registry.site.answers[tag_path()].headers;
    if (said == "none")
      headers.pop_back();
    else
      headers[1].second = said;
    check_both(registry.site, before, after);
  }
  // Two announcements are none.
  auto registry = with_tag(manifest_of("else"));
  registry.site.answers[tag_path()].headers.emplace(registry.site.answers[tag_path()].headers.begin(), "Docker-Content-Digest",
                                                    planned_digest);
  check_both(registry.site, "oci-tag-taken", "oci-digest-differs");
}

TEST_CASE("a manifest that is not the announced one, or not given, is a difference all the same (O-23)", "[dependencies]") {
  auto registry = with_tag(planned_text);
  registry.site.answers[tag_path()].headers[1].second = sha256_text("else");
  LoopbackServer server(registry.site);
  LookWorld world(server);
  CHECK(world.outcome(pushed) == "oci-digest-differs");
  CHECK(world.last.found_value.find("other bytes than it announces") != std::string::npos);

  auto const site = with_tag(manifest_of("else")).site;
  LoopbackServer heads_only([&](Seen const& seen) { return seen.method == "HEAD" ? site(seen) : Answer{.status = 404}; });
  LookWorld other(heads_only);
  CHECK(other.outcome(free) == "oci-tag-taken");
  CHECK(other.last.found_value.find("does not give the manifest") != std::string::npos);
}

TEST_CASE("a tag that is there for those alone who take indexes is found (O-23)", "[dependencies]") {
  auto const site = with_tag(planned_text).site;
  check_both(
      [&](Seen const& seen) {
        return seen.header("Accept").find("application/vnd.oci.image.index.v1+json") == std::string::npos
                   ? Answer{.status = 404}
                   : site(seen);
      },
      "published", "published");
}

TEST_CASE("who may not look has not seen that there is nothing (O-23)", "[dependencies]") {
  auto const status = one_of({401, 403});
  LoopbackServer server([&](Seen const&) { return Answer{.status = status}; });
  LookWorld world(server);
  CHECK(world.outcome(free) == "oci-auth");
  CHECK(world.outcome(pushed) == "oci-auth");
  CHECK(world.waited.count() == 0);
  CHECK(world.last.where == host_of(server) + "/charts/web:1.0.0_b1");
  CHECK(world.last.fix_text.find("registry-credentials") != std::string::npos);
  if (status == 403) CHECK(world.last.fix_text.find("absent or no access") != std::string::npos);
}

TEST_CASE("who may see that a tag is there, but not what it names, has not seen it (O-23)", "[dependencies]") {
  auto site = with_tag(planned_text).site;
  site.answers[tag_path()].headers.pop_back();  // no digest is announced
  bool forbidden = false;
  LoopbackServer server(
      [&](Seen const& seen) { return seen.method == "GET" && forbidden ? Answer{.status = 403} : site(seen); });
  LookWorld world(server);
  CHECK(world.outcome(free) == "published");
  forbidden = true;
  CHECK(world.outcome(free) == "oci-auth");
  CHECK(world.outcome(pushed) == "oci-auth");
  CHECK(world.waited.count() == 0);
}

TEST_CASE("a registry that never answers well is out of reach, after the tries of G-29 (O-23)", "[dependencies]") {
  auto const answer = one_of<Answer>({{.status = 500}, {.status = 503}, {.status = 405}, {.status = 204}});
  CAPTURE(answer.status);
  LoopbackServer server([&](Seen const&) { return answer; });
  LookWorld world(server);
  CHECK(world.outcome(free) == "oci-unreachable");
  if (answer.status == 500) CHECK(server.request_count() == 4);
  CHECK(world.outcome(pushed) == "oci-unreachable");
  CHECK(world.waited.count() == 0);
}

TEST_CASE("a 404 from where a redirect leads says nothing about the tag (O-23, D-34)", "[dependencies]") {
  LoopbackServer elsewhere([](Seen const&) { return Answer{.status = 404}; });
  check_both([&](Seen const&) { return redirect_answer(307, elsewhere.base() + "/x"); }, "oci-unreachable", "oci-unreachable");
}

TEST_CASE("a private address needs dependency-private-hosts, and dependency-hosts has no say (O-24)", "[dependencies]") {
  LoopbackServer server(with_tag(planned_text).site);
  auto settings = loopback_settings();
  settings.hosts = {"charts.example.org"};
  LookWorld world(server, settings);
  CHECK(world.outcome(free) == "published");

  HostSettings strict;  // https, and no loopback
  LookWorld refused(server, strict);
  CHECK(refused.outcome(free) == "dep-address");
  CHECK(refused.last.fix_text == "name the host in dependency-private-hosts");
}

TEST_CASE("a token is asked for pulling alone, whatever the realm would have (O-24, B-27)", "[dependencies]") {
  LoopbackServer realm(
      acr::loopback::with_basic("user:password", [](Seen const&) { return json_answer(R"({"token":"abc"})"); }));
  auto const challenge =
      "Bearer realm=\"" + realm.base() +
      "/token?scope=repository:charts/web:push,pull&service=x\",service=\"charts\",scope=\"repository:charts/web:pull,push\"";
  LoopbackServer server(with_bearer("abc", challenge, with_tag(planned_text).site));
  LookWorld world(server, loopback_settings({host_of(server) + "/charts=user:password realm=" + host_of(realm)}));
  CHECK(world.outcome(free) == "published");
  CHECK(world.outcome(pushed) == "published");
  REQUIRE_FALSE(realm.seen().empty());
  for (auto const& seen : realm.seen()) {
    CHECK(seen.method == "GET");
    CHECK(seen.target == "/token?service=charts&scope=repository%3Acharts%2Fweb%3Apull");
  }
  for (auto const& seen : server.seen()) CHECK(seen.method == "HEAD");
}

TEST_CASE("a password of another prefix is not given (O-24, D-36)", "[dependencies]") {
  LoopbackServer server(with_basic("user:password", with_tag(planned_text).site));
  LookWorld right(server, loopback_settings({host_of(server) + "/charts=user:password"}));
  CHECK(right.outcome(free) == "published");
  LookWorld wrong(server, loopback_settings({host_of(server) + "/chart=user:password"}));
  CHECK(wrong.outcome(free) == "oci-auth");
}

}  // namespace
}  // namespace registry_look_test

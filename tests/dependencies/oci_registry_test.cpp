// Charts pulled from a registry over loopback (D-19 … D-23, D-29; rows of section 10).

#include "network_world.hpp"

namespace oci_registry_test {
namespace {

using namespace acr::dependencies;
using acr::sha256_text;
using acr::loopback::Answer;
using acr::loopback::Delivery;
using acr::loopback::Handler;
using acr::loopback::json_answer;
using acr::loopback::LoopbackServer;
using acr::loopback::oci_descriptor;
using acr::loopback::OciRegistry;
using acr::loopback::redirect_answer;
using acr::loopback::Seen;
using acr::loopback::with_basic;
using acr::loopback::with_bearer;

ArchiveOrder web(LoopbackServer const& server, std::string const& pin = {}) {
  return {"web", "1.0.0", oci_of(server) + "/charts", pin};
}

OciRegistry with_web(std::string const& archive = "archive") {
  OciRegistry registry;
  registry.push("charts/web", "1.0.0", archive);
  return registry;
}

/// A registry whose `charts/web:1.0.0` is this manifest.
OciRegistry with_manifest(std::string const& text, std::string const& type = OciRegistry::manifest_type) {
  OciRegistry registry;
  registry.manifest("charts/web", "1.0.0", text, type).blob("charts/web", "archive");
  return registry;
}

std::string const chart_layer_text = oci_descriptor(OciRegistry::content_type, "archive");

TEST_CASE("a chart is pulled by manifest and blob (D-20, D-21)", "[dependencies]") {
  OciRegistry registry;
  auto const manifest = registry.push("charts/web", "1.0.0_b.1", "archive");
  LoopbackServer server(registry.site);
  NetworkWorld world;
  auto const archive = world.fetched({"web", "1.0.0+b.1", oci_of(server) + "/charts", ""});
  CHECK(*archive.stored->bytes() == "archive");
  CHECK(archive.sha256 == sha256_text("archive"));
  CHECK(archive.url == oci_of(server) + "/charts/web:1.0.0_b.1");
  CHECK(archive.oci_manifest == sha256_text(manifest));
  CHECK_FALSE(archive.pinned);
  CHECK(archive.warnings.empty());
  auto const seen = server.seen();
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].target == "/v2/charts/web/manifests/1.0.0_b.1");
  CHECK(seen[0].header("Accept") == "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json");
  CHECK(seen[1].target == "/v2/charts/web/blobs/" + sha256_text("archive"));
}

TEST_CASE("a pin may be the archive's digest or the manifest's (D-29)", "[dependencies]") {
  OciRegistry registry;
  auto const manifest = registry.push("charts/web", "1.0.0", "archive");
  LoopbackServer server(registry.site);
  NetworkWorld world;
  CHECK(world.fetched(web(server, sha256_text("archive"))).pinned);
  CHECK(world.fetched(web(server, sha256_text(manifest))).pinned);
  CHECK(world.outcome(web(server, sha256_text("else"))) == "dep-digest-mismatch");
  CHECK(server.request_count() == 2);
}

TEST_CASE("an index of a repository may name an archive of a registry (D-17)", "[dependencies]") {
  LoopbackServer registry(with_web().site);
  LoopbackServer repository(acr::loopback::ChartRepository("/s")
                                .entry("web", "1.0.0", oci_of(registry) + "/charts/web:1.0.0", std::string(64, 'a'))
                                .site());
  NetworkWorld world;
  CHECK(world.outcome({"web", "1.0.0", repository.base() + "/s", ""}) == "dep-digest-mismatch");
  auto const archive = world.fetched({"web", "1.0.0", repository.base() + "/s", sha256_text("archive")});
  CHECK(archive.url == oci_of(registry) + "/charts/web:1.0.0");
  CHECK_FALSE(archive.oci_manifest.empty());
}

TEST_CASE("forms of manifests over the wire", "[dependencies]") {
  auto const text = &OciRegistry::manifest_text;
  auto const config = OciRegistry::config_type;
  SECTION("two chart layers") {
    LoopbackServer server(with_manifest(text({chart_layer_text, chart_layer_text}, config)).site);
    CHECK(NetworkWorld().outcome(web(server)) == "dep-oci-manifest");
    CHECK(server.request_count() == 1);
  }
  SECTION("Docker's type") {
    LoopbackServer server(
        with_manifest(text({chart_layer_text}, config), "application/vnd.docker.distribution.manifest.v2+json").site);
    CHECK(NetworkWorld().outcome(web(server)) == "dep-oci-manifest");
  }
  SECTION("chunked") {
    auto registry = with_web();
    for (auto& [path, answer] : registry.site.answers) answer.delivery = Delivery::chunked;
    LoopbackServer server(registry.site);
    CHECK(*NetworkWorld().fetched(web(server)).stored->bytes() == "archive");
  }
  SECTION("a plain layer") {
    LoopbackServer server(with_manifest(text({oci_descriptor("application/tar+gzip", "archive")}, config)).site);
    auto const archive = NetworkWorld().fetched(web(server));
    REQUIRE(archive.warnings.size() == 1);
    CHECK(archive.warnings[0].code == "oci-layer-type");
  }
  SECTION("SHA-512") {
    LoopbackServer server(with_manifest(text({oci_descriptor(OciRegistry::content_type, "archive", true)}, config)).site);
    CHECK(*NetworkWorld().fetched(web(server)).stored->bytes() == "archive");
  }
  SECTION("a layer larger than an archive may be") {
    auto large = chart_layer_text;
    large.replace(large.find("\"size\":7"), 8, "\"size\":5242881");
    LoopbackServer server(with_manifest(text({large}, config)).site);
    CHECK(NetworkWorld().outcome(web(server)) == "dep-too-large");
    CHECK(server.request_count() == 1);
  }
  SECTION("a manifest larger than one may be") {
    LoopbackServer server(with_manifest(text({chart_layer_text}, config) + std::string(std::size_t{4} << 20, ' ')).site);
    CHECK(NetworkWorld().outcome(web(server)) == "dep-too-large");
  }
}

TEST_CASE("an index leads to the one manifest of a chart (D-20)", "[dependencies]") {
  auto const chart = OciRegistry::manifest_text({chart_layer_text});
  auto const image = OciRegistry::manifest_text({}, "application/vnd.oci.image.config.v1+json");
  auto const child = [](std::string const& text) { return oci_descriptor(OciRegistry::manifest_type, text); };
  auto const index_of = [](std::vector<std::string> const& children) {
    std::string text = R"({"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[)";
    for (std::size_t i = 0; i < children.size(); ++i) text += (i == 0 ? "" : ",") + children[i];
    return text + "]}";
  };
  auto const outcome = [&](std::string const& index, std::string const& served, std::string const& announced = {}) {
    OciRegistry registry;
    registry.manifest("charts/web", "1.0.0", index, OciRegistry::index_type).blob("charts/web", "archive");
    registry.manifest("charts/web", "image", image);
    registry.manifest("charts/web", "chart", chart);
    auto& child_answer = registry.site.answers["/v2/charts/web/manifests/" + sha256_text(chart)];
    child_answer.body = served;
    if (!announced.empty()) child_answer.headers[1].second = announced;
    LoopbackServer server(registry.site);
    NetworkWorld world;
    auto const result = world.source.fetch({web(server)});
    if (result[0]) CHECK(result[0]->oci_manifest == sha256_text(index));
    return result[0] ? "fetched" : std::string(result[0].error().code.text());
  };
  CHECK(outcome(index_of({child(image), child(chart)}), chart) == "fetched");
  CHECK(outcome(index_of({child(image)}), chart) == "dep-oci-manifest");
  CHECK(outcome(index_of({child(chart), child(chart)}), chart) == "dep-oci-manifest");
  CHECK(outcome(index_of({child(chart)}), chart + " ") == "dep-digest-mismatch");
  CHECK(outcome(index_of({child(chart)}), chart, sha256_text("else")) == "dep-digest-mismatch");
  CHECK(outcome(index_of({child(chart), child("absent")}), chart) == "dep-not-found");
  auto wrong_size = child(chart);
  wrong_size.insert(wrong_size.size() - 1, "0");
  CHECK(outcome(index_of({wrong_size}), chart) == "dep-digest-mismatch");
  // A child that nobody can read is not one that may be passed over.
  OciRegistry registry;
  registry.manifest("charts/web", "1.0.0", index_of({child(chart), child("[]")}), OciRegistry::index_type);
  registry.blob("charts/web", "archive").manifest("charts/web", "chart", chart).manifest("charts/web", "list", "[]");
  LoopbackServer server(registry.site);
  NetworkWorld world;
  CHECK(world.outcome(web(server)) == "dep-oci-manifest");
  CHECK(world.last.why == "the manifest is not a JSON object");
  CHECK(world.last.where.find("@" + sha256_text("[]")) != std::string::npos);
}

TEST_CASE("altered manifests and blobs (D-20, D-21)", "[dependencies]") {
  auto registry = with_web();
  auto& manifest = registry.site.answers["/v2/charts/web/manifests/1.0.0"];
  auto& blob = registry.site.answers["/v2/charts/web/blobs/" + sha256_text("archive")];
  SECTION("the manifest is not the announced one") { manifest.headers[1].second = sha256_text("else"); }
  SECTION("the manifest is announced by an unknown algorithm") { manifest.headers[1].second = "md5:abc"; }
  SECTION("the blob has other bytes") { blob.body = "arcHive"; }
  SECTION("the blob is shorter") { blob.body = "archiv"; }
  SECTION("the blob is longer") { blob.body = "archive "; }
  LoopbackServer server(registry.site);
  NetworkWorld world;
  CHECK(world.outcome(web(server)) == "dep-digest-mismatch");
  CHECK(world.last.fix_text.find("do not just pin") != std::string::npos);
}

TEST_CASE("no digest need be announced", "[dependencies]") {
  auto registry = with_web();
  registry.site.answers["/v2/charts/web/manifests/1.0.0"].headers.pop_back();
  LoopbackServer server(registry.site);
  CHECK(*NetworkWorld().fetched(web(server)).stored->bytes() == "archive");
}

// ---- access -----------------------------------------------------------------------------------------------------------

/// A token service: gives `token` to everybody, or to one password.
Handler token_service(std::string const& token, std::string const& password = {}, int life = 300) {
  Handler const open = [token, life](Seen const&) {
    return json_answer(R"({"token":")" + token + R"(","expires_in":)" + std::to_string(life) + "}");
  };
  return password.empty() ? open : with_basic(password, open);
}

std::string bearer(LoopbackServer const& realm, std::string const& more = ",service=\"charts\"") {
  return "Bearer realm=\"" + realm.base() + "/token?own=1\"" + more;
}

TEST_CASE("401, a token for everybody, and the blob behind a redirect to storage (D-22, D-34)", "[dependencies]") {
  LoopbackServer realm(token_service("abc"));
  LoopbackServer storage([](Seen const&) { return Answer{.body = "archive"}; });
  auto registry = with_web();
  registry.site.answers["/v2/charts/web/blobs/" + sha256_text("archive")] =
      redirect_answer(307, storage.base() + "/bucket/x?signature=secret");
  LoopbackServer server(with_bearer("abc", bearer(realm), registry.site));
  NetworkWorld world;
  auto const archive = world.fetched(web(server));
  CHECK(*archive.stored->bytes() == "archive");
  CHECK(archive.url.find("secret") == std::string::npos);
  REQUIRE(realm.seen().size() == 1);
  CHECK(realm.seen()[0].target == "/token?own=1&service=charts&scope=repository%3Acharts%2Fweb%3Apull");
  CHECK_FALSE(realm.seen()[0].has("Authorization"));
  auto const asked = server.seen();
  REQUIRE(asked.size() == 3);
  CHECK_FALSE(asked[0].has("Authorization"));  // the first request is bare
  CHECK(asked[1].header("Authorization") == "Bearer abc");
  CHECK(asked[2].header("Authorization") == "Bearer abc");
  REQUIRE(storage.seen().size() == 1);
  CHECK_FALSE(storage.seen()[0].has("Authorization"));
  auto hosts = std::vector<std::string>{host_of(server), host_of(realm), host_of(storage)};
  std::sort(hosts.begin(), hosts.end());
  CHECK(world.source.hosts() == hosts);
}

TEST_CASE("one token serves all versions of a chart, asked for at one time too (D-35)", "[dependencies]") {
  OciRegistry registry;
  std::vector<ArchiveOrder> orders;
  std::atomic<int> tokens{0};
  LoopbackServer realm([&](Seen const& seen) {
    ++tokens;
    return token_service("abc")(seen);
  });
  for (int i = 0; i < 8; ++i) registry.push("charts/web", "1.0." + std::to_string(i), "archive " + std::to_string(i));
  LoopbackServer server(with_bearer("abc", bearer(realm), registry.site));
  for (int i = 0; i < 8; ++i) orders.push_back({"web", "1.0." + std::to_string(i), oci_of(server) + "/charts", ""});
  NetworkWorld world(loopback_settings(), 8);
  auto const results = world.source.fetch(orders);
  for (std::size_t i = 0; i < 8; ++i) CHECK(*results[i]->stored->bytes() == "archive " + std::to_string(i));
  CHECK(tokens == 1);
}

TEST_CASE("a token that is no longer taken, or too old, is asked for anew (D-22)", "[dependencies]") {
  std::atomic<int> given{0};
  int const life = one_of({300, 0});
  LoopbackServer realm([&](Seen const& seen) { return token_service("t" + std::to_string(++given), {}, life)(seen); });
  auto const site = with_web().site;
  LoopbackServer server([&](Seen const& seen) {
    // Each token is good for one request.
    static std::atomic<int> used{0};
    auto const token = seen.header("Authorization");
    if (token.empty() || (life == 300 && token == "Bearer t" + std::to_string(used.load())))
      return Answer{.status = 401, .headers = {{"WWW-Authenticate", bearer(realm)}}};
    used = given.load();
    return site(seen);
  });
  CHECK(*NetworkWorld().fetched(web(server)).stored->bytes() == "archive");
  CHECK(given == 2);
}

TEST_CASE("a registry with a password: Basic, and Bearer where both are offered (D-22, D-36)", "[dependencies]") {
  auto const line = [](LoopbackServer const& server) { return host_of(server) + "/charts=user:password"; };
  SECTION("Basic") {
    LoopbackServer server(with_basic("user:password", with_web().site, "bAsIc realm=\"x\""));
    NetworkWorld world(loopback_settings({line(server)}));
    CHECK(*world.fetched(web(server)).stored->bytes() == "archive");
    CHECK_FALSE(server.seen()[0].has("Authorization"));
    CHECK(server.request_count() == 3);
  }
  SECTION("Basic, another prefix") {
    LoopbackServer server(with_basic("user:password", with_web().site));
    NetworkWorld world(loopback_settings({host_of(server) + "/chart=user:password"}));
    CHECK(world.outcome(web(server)) == "dep-auth");
  }
  SECTION("Basic, a wrong password") {
    LoopbackServer server(with_basic("user:other-password", with_web().site));
    NetworkWorld world(loopback_settings({line(server)}));
    CHECK(world.outcome(web(server)) == "dep-auth");
    CHECK(server.request_count() == 2);
    CHECK(world.last.sentence().find("password\"") == std::string::npos);
    CHECK(world.last.fix_text.find("the repository must end before the chart's name") != std::string::npos);
  }
  SECTION("both") {
    LoopbackServer realm(token_service("abc", "user:password"));
    LoopbackServer server(with_bearer("abc", "Basic realm=\"x\", " + bearer(realm), with_web().site));
    NetworkWorld world(loopback_settings({line(server) + " realm=" + host_of(realm)}));
    CHECK(*world.fetched(web(server)).stored->bytes() == "archive");
    for (auto const& seen : server.seen()) CHECK_FALSE(seen.header("Authorization").starts_with("Basic"));
  }
  SECTION("another kind") {
    LoopbackServer server(with_basic("user:password", with_web().site, "Negotiate"));
    NetworkWorld world(loopback_settings({line(server)}));
    CHECK(world.outcome(web(server)) == "dep-auth");
  }
}

TEST_CASE("answers of a token service that are none (D-22)", "[dependencies]") {
  struct Row {
    Answer answer;
    char const* outcome;
  };
  auto const row = one_of<Row>({{json_answer("{}", 403), "dep-auth"},
                                {json_answer("{}", 401), "dep-auth"},
                                {json_answer(R"({"token":"abc"})", 201), "dep-auth"},
                                {json_answer("{}"), "dep-auth"},
                                {json_answer("<html>"), "dep-auth"},
                                {json_answer(R"({"token":"a b"})"), "dep-auth"},
                                {json_answer(R"({"token":"abc"})" + std::string(131072, ' ')), "dep-auth"},
                                {redirect_answer(302, "/other"), "dep-auth"},
                                {json_answer("{}", 503), "dep-unreachable"}});
  CAPTURE(row.answer.status, row.answer.body.substr(0, 40));
  LoopbackServer realm([&](Seen const&) { return row.answer; });
  LoopbackServer server(with_bearer("abc", bearer(realm), with_web().site));
  NetworkWorld world;
  CHECK(world.outcome(web(server)) == row.outcome);
}

TEST_CASE("realms that are none (D-22, D-32)", "[dependencies]") {
  auto const challenge =
      one_of({"Bearer", "Bearer realm=\"\"", "Bearer realm=\"/token\"", "Bearer realm=\"http://charts.example.org/token\"",
              "Bearer realm=\"https://u:p@charts.example.org/token\"", "Bearer realm=\"oci://charts.example.org\""});
  CAPTURE(challenge);
  LoopbackServer server(with_bearer("abc", challenge, with_web().site));
  NetworkWorld world;
  CHECK(world.outcome(web(server)) == "dep-auth");
  CHECK(server.request_count() == 1);
}

TEST_CASE("a 401 from where a redirect leads asks for nothing (D-22)", "[dependencies]") {
  LoopbackServer realm(token_service("abc"));
  LoopbackServer storage([&](Seen const&) { return Answer{.status = 401, .headers = {{"WWW-Authenticate", bearer(realm)}}}; });
  auto registry = with_web();
  registry.site.answers["/v2/charts/web/blobs/" + sha256_text("archive")] = redirect_answer(307, storage.base() + "/x");
  LoopbackServer server(registry.site);
  NetworkWorld world;
  CHECK(world.outcome(web(server)) == "dep-auth");
  CHECK(realm.request_count() == 0);
}

TEST_CASE("what a registry does not have or give is told with what may be wrong (D-23)", "[dependencies]") {
  auto const status = one_of({403, 404});
  LoopbackServer server([&](Seen const&) { return Answer{.status = status}; });
  NetworkWorld world;
  CHECK(world.outcome(web(server)) == (status == 404 ? "dep-not-found" : "dep-auth"));
  CHECK(world.last.where == oci_of(server) + "/charts/web:1.0.0");
  CHECK(world.last.fix_text.find("absent or no access; the repository must end before the chart's name") != std::string::npos);
}

}  // namespace
}  // namespace oci_registry_test

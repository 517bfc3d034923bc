// What was reported of fetching, through the built program, each beside a control (issue 15; B-27, B-28, D-17, D-18, D-34,
// P-159).

#include <algorithm>

#include "dependencies/sample_charts.hpp"
#include "loopback/authority.hpp"
#include "loopback/chart_hosts.hpp"
#include "scenario/release_world.hpp"
#include "signing/scenario.hpp"
#include "support/catch2.hpp"
#include "support/encoding.hpp"

namespace dependency_reports_test {
namespace {

using namespace acr::dependencies::samples;
using acr::loopback::Answer;
using acr::loopback::Authority;
using acr::loopback::ChartRepository;
using acr::loopback::Handler;
using acr::loopback::json_answer;
using acr::loopback::LoopbackServer;
using acr::loopback::OciRegistry;
using acr::loopback::redirect_answer;
using acr::loopback::Seen;
using acr::test::ReleaseWorld;

std::string host_of(LoopbackServer const& server) { return "127.0.0.1:" + std::to_string(server.port()); }

/// One chart that needs one dependency, `dep` 1.0.0, of that repository.
class World {
 public:
  explicit World(std::string const& repository, std::string const& more = {})
      : written_(directory_.path() / "scenario", repository, more), world_(directory_.path() / "scenario") {}
  acr::test::ProgramResult run(std::map<std::string, std::string> const& extra = {}) { return world_.run(extra); }
  std::string reason() { return world_.outputs().at("reason"); }

 private:
  struct Written {
    Written(std::filesystem::path const& folder, std::string const& repository, std::string const& more) {
      acr::signing::ScenarioOptions options;
      options.charts = 1;
      options.attestations = 1;
      options.vendored_subchart = false;
      std::vector<Entry> const declared{{"dep", "1.0.0", repository, more}};
      options.extras["service-001"] = {.chart_yaml = list_text(declared),
                                       .files = {{"Chart.lock", lock_text(declared, {{"dep", "1.0.0", repository}})}}};
      acr::signing::write_scenario(folder, options);
    }
  };
  acr::test::TemporaryDirectory directory_;
  Written written_;
  ReleaseWorld world_;
};

/// `Authorization` of all requests for that path.
std::vector<std::string> sent_to(LoopbackServer const& server, std::string const& path) {
  std::vector<std::string> all;
  for (auto const& seen : server.seen())
    if (seen.path() == path) all.push_back(seen.header("Authorization"));
  return all;
}

std::string basic_of(std::string const& password) { return "Basic " + acr::base64(password); }

TEST_CASE("report password-for-another-token-service: no password for a registry without a line (B-27)",
          "[scenario][dependencies]") {
  LoopbackServer service([](Seen const& seen) {
    return seen.has("Authorization") ? json_answer(R"({"token":"a-token"})") : json_answer("{}", 401);
  });
  OciRegistry registry;
  registry.push("mallory/dep", "1.0.0", archive_of("dep"));
  auto const challenge =
      "Bearer realm=\"" + service.base() + "/token?scope=repository:prod/app:pull,push&account=root\",service=\"x\"";
  LoopbackServer server(acr::loopback::with_bearer("a-token", challenge, registry.site));
  World world("oci://" + host_of(server) + "/mallory");
  std::string const scope = "/token?service=x&scope=repository%3Amallory%2Fdep%3Apull";
  auto const target = [&] { return service.seen().empty() ? std::string() : service.seen().back().target; };

  auto const refused = world.run({{"registry-credentials", host_of(service) + "=robot:s3cretpass"}});
  CAPTURE(refused.out);
  CHECK(refused.status == 1);
  CHECK(world.reason() == "dep-auth");
  CHECK(sent_to(service, "/token") == std::vector<std::string>{""});
  CHECK(target() == scope);
  CHECK(refused.out.find(host_of(server) + "/mallory=USER:PASSWORD realm=" + host_of(service)) != std::string::npos);

  // A line of the registry's own is not enough for a token service elsewhere; the service is not even asked.
  service.forget();
  auto const unnamed = world.run({{"registry-credentials", host_of(server) + "/mallory=robot:s3cretpass"}});
  CHECK(unnamed.status == 1);
  CHECK(service.request_count() == 0);
  CHECK(unnamed.out.find(host_of(server) + "/mallory=USER:PASSWORD realm=" + host_of(service)) != std::string::npos);

  // The line that was printed.
  auto const named =
      world.run({{"registry-credentials", host_of(server) + "/mallory=robot:s3cretpass realm=" + host_of(service)}});
  CAPTURE(named.out);
  CHECK(named.status == 0);
  CHECK(sent_to(service, "/token") == std::vector<std::string>{basic_of("robot:s3cretpass")});
  CHECK(target() == scope);
  CHECK(named.out.find("::add-mask::s3cretpass\n") != std::string::npos);
  for (auto const& seen : server.seen())
    CHECK((seen.header("Authorization").empty() || seen.header("Authorization") == "Bearer a-token"));
}

TEST_CASE("report redirect-leaves-prefix: the header does not go along (B-28)", "[scenario][dependencies]") {
  ChartRepository charts("/alice");
  charts.add("dep", "1.0.0", archive_of("dep"));
  auto const index = charts.index();
  for (auto const* const to : {"/mallory/index.yaml", "/alice/../mallory/index.yaml", "/alice/moved.yaml"}) {
    CAPTURE(to);
    LoopbackServer server([&, site = charts.site()](Seen const& seen) {
      if (seen.path() == "/alice/index.yaml") return redirect_answer(302, to);
      return seen.path().ends_with(".yaml") ? Answer{.body = index} : site(seen);
    });
    World world(server.base() + "/alice");
    CHECK(world.run({{"registry-credentials", host_of(server) + "/alice=robot:s3cretpass"}}).status == 0);
    auto const basic = basic_of("robot:s3cretpass");
    CHECK(sent_to(server, "/alice/index.yaml") == std::vector<std::string>{basic});
    CHECK(sent_to(server, "/alice/dep-1.0.0.tgz") == std::vector<std::string>{basic});
    bool const inside = std::string_view(to) == "/alice/moved.yaml";
    CHECK(sent_to(server, inside ? to : "/mallory/index.yaml") == std::vector<std::string>{inside ? basic : ""});
  }
}

TEST_CASE("report redirect-303: followed for GET (D-34)", "[scenario][dependencies]") {
  auto const status = one_of({302, 303, 305});
  CAPTURE(status);
  LoopbackServer storage([](Seen const&) { return Answer{.body = archive_of("dep")}; });
  ChartRepository charts("/s");
  charts.entry("dep", "1.0.0", "dep-1.0.0.tgz", "")
      .file("dep-1.0.0.tgz", redirect_answer(status, storage.base() + "/signed?x=1"));
  LoopbackServer server(charts.site());
  World world(server.base() + "/s");
  auto const result = world.run();
  CAPTURE(result.out);
  CHECK(result.status == (status == 305 ? 3 : 0));  // 305 is not a redirect that anybody follows
  CHECK(storage.request_count() == (status == 305 ? 0 : 1));
}

TEST_CASE("report index-url-unescaped: blanks and letters are escaped as Helm does (D-17)", "[scenario][dependencies]") {
  struct Row {
    char const* written;
    char const* asked;  ///< "" refused
  };
  for (auto const& row :
       {Row{"my charts/dep-1.0.0.tgz", "/s/my%20charts/dep-1.0.0.tgz"}, Row{"\xc3\xa4/dep.tgz", "/s/%C3%A4/dep.tgz"},
        Row{"dep.tgz", "/s/dep.tgz"}, Row{"dep\\tx.tgz", ""}, Row{"dep\\nx.tgz", ""}, Row{"dep%zz.tgz", ""}}) {
    CAPTURE(row.written);
    auto const index = "apiVersion: v1\nentries:\n  dep:\n  - {apiVersion: v2, name: dep, version: 1.0.0, urls: [\"" +
                       std::string(row.written) + "\"]}\n";
    LoopbackServer server([&](Seen const& seen) {
      if (seen.path() == "/s/index.yaml") return Answer{.body = index};
      return seen.target == row.asked ? Answer{.body = archive_of("dep")} : Answer{.status = 404};
    });
    World world(server.base() + "/s", "alias: other");
    auto const result = world.run();
    CAPTURE(result.out);
    CHECK(result.status == (*row.asked ? 0 : 1));
    if (*row.asked) continue;
    CHECK(world.reason() == "dep-repository");
    CHECK(server.request_count() == 1);
    CHECK(result.out.find("dependency dep 1.0.0 (alias other) from " + server.base() + "/s") != std::string::npos);
  }
}

TEST_CASE("a certificate that does not hold names SSL_CERT_FILE and advises no other run (D-18)", "[scenario][dependencies]") {
  Authority const authority;
  LoopbackServer::Options options;
  options.tls = authority.identity({"127.0.0.1"});
  ChartRepository charts("/s");
  charts.add("dep", "1.0.0", archive_of("dep"));
  LoopbackServer server(charts.site(), options);
  World world(server.base() + "/s");
  auto const refused = world.run();
  CAPTURE(refused.out);
  CHECK(refused.status == 3);
  CHECK(world.reason() == "dep-unreachable");
  CHECK(refused.out.find("SSL_CERT_FILE") != std::string::npos);
  CHECK(refused.out.find("run again") == std::string::npos);
  auto const trusted = world.run({{"SSL_CERT_FILE", authority.file().string()}});
  CAPTURE(trusted.out);
  CHECK(trusted.status == 0);
}

TEST_CASE("a refusal names dependency, alias and repository when the URL itself is wrong", "[scenario][dependencies]") {
  World world("htps://charts.example.org/s?key=hidden", "alias: other");
  auto const result = world.run();
  CAPTURE(result.out);
  CHECK(result.status == 1);
  CHECK(world.reason() == "dep-repository");
  CHECK(result.out.find("dependency dep 1.0.0 (alias other) from htps://charts.example.org/s:") != std::string::npos);
  CHECK(result.out.find("hidden") == std::string::npos);
}

TEST_CASE("an archive of others that is refused: repacking and committing it is the way out (P-76, P-159)",
          "[scenario][dependencies]") {
  auto const good = archive_of("dep");
  for (bool const cut : {true, false}) {
    CAPTURE(cut);
    ChartRepository charts("/s");
    charts.add("dep", "1.0.0", cut ? good.substr(0, good.size() - 8) : good);
    LoopbackServer server(charts.site());
    World world(server.base() + "/s");
    auto const result = world.run();
    CAPTURE(result.out);
    CHECK(result.status == (cut ? 1 : 0));
    CHECK((result.out.find("pack it again with `helm package`, and commit the new archive under charts/") !=
           std::string::npos) == cut);
  }
}

}  // namespace
}  // namespace dependency_reports_test

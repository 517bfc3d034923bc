// Names, addresses, redirects and passwords between hosts, over TLS (D-32 … D-36, B-27, B-28; rows of section 10).

#include <map>

#include "network_world.hpp"
#include "support/encoding.hpp"

namespace network_hosts_test {
namespace {

using namespace acr::dependencies;
using acr::sha256_text;
using acr::loopback::Answer;
using acr::loopback::Authority;
using acr::loopback::ChartRepository;
using acr::loopback::Handler;
using acr::loopback::json_answer;
using acr::loopback::LoopbackProxy;
using acr::loopback::LoopbackServer;
using acr::loopback::OciRegistry;
using acr::loopback::redirect_answer;
using acr::loopback::Seen;
using acr::loopback::with_basic;
using acr::loopback::with_bearer;
using acr::net::ClientSettings;

Authority const& authority() {
  static Authority const made;
  return made;
}

HostSettings settings_with(std::vector<std::string> const& credentials = {}) {
  auto settings = loopback_settings(credentials);
  settings.loopback_http = false;  // as in production
  return settings;
}

/// Hosts with real names behind a proxy, which resolves them: "charts.example.org" or "charts.example.org:8443".
class Internet {
 public:
  explicit Internet(std::map<std::string, Handler> const& hosts)
      : proxy_([this](std::string const& target) {
          auto const found = ports_.find(target);
          return found == ports_.end() ? std::uint16_t{0} : found->second;
        }) {
    for (auto const& [host, handler] : hosts) {
      auto const name = host.substr(0, host.find(':'));
      LoopbackServer::Options options;
      options.tls = authority().identity({name});
      auto& server = servers_[host] = std::make_unique<LoopbackServer>(handler, options);
      ports_[name == host ? host + ":443" : host] = server->port();
    }
  }

  [[nodiscard]] ClientSettings client() const {
    ClientSettings client;
    client.ca_file = authority().file();
    auto const proxy = acr::net::Proxy::parse(proxy_.url());
    REQUIRE(proxy.has_value());
    client.proxy.https = *proxy;
    return client;
  }
  [[nodiscard]] std::vector<Seen> seen(std::string const& host) const { return servers_.at(host)->seen(); }
  /// `Authorization` of all that the host was asked.
  [[nodiscard]] std::vector<std::string> authorizations(std::string const& host) const {
    std::vector<std::string> all;
    for (auto const& request : seen(host)) all.push_back(request.header("Authorization"));
    return all;
  }

 private:
  std::map<std::string, std::unique_ptr<LoopbackServer>> servers_;
  std::map<std::string, std::uint16_t> ports_;
  LoopbackProxy proxy_;
};

Handler repository_with_web() { return ChartRepository("/s").add("web", "1.0.0", "archive").site(); }

std::string const user_basic = "Basic dXNlcjpwYXNzd29yZA==";  // user:password

TEST_CASE("hosts with names are asked over TLS, a failed certificate is not a passing fault (D-18, D-32)", "[dependencies]") {
  Internet internet({{"charts.example.org", repository_with_web()}});
  NetworkWorld world(settings_with(), 2, internet.client());
  CHECK(*world.fetched({"web", "1.0.0", "https://charts.example.org/s", ""}).stored->bytes() == "archive");
  CHECK(world.source.hosts() == std::vector<std::string>{"charts.example.org"});

  auto distrusting = internet.client();
  Authority const other;
  distrusting.ca_file = other.file();
  NetworkWorld strict(settings_with(), 2, distrusting);
  CHECK(strict.outcome({"web", "1.0.0", "https://charts.example.org/s", ""}) == "dep-unreachable");
  CHECK(strict.slept_ms == 0);
}

TEST_CASE("a password is sent at once, to its own origin only (D-34, D-36)", "[dependencies]") {
  ChartRepository repository("/team");
  repository.add("web", "1.0.0", "archive");
  repository.entry("far", "1.0.0", "https://storage.example.net/x.tgz", "");
  repository.entry("port", "1.0.0", "https://charts.example.org:8443/team/x.tgz", "");
  repository.entry("outside", "1.0.0", "/other/x.tgz", "");
  repository.entry("moved", "1.0.0", "moved.tgz", "")
      .file("moved.tgz", redirect_answer(302, "https://storage.example.net/x.tgz"));
  repository.entry("back", "1.0.0", "back.tgz", "").file("back.tgz", redirect_answer(302, "https://storage.example.net/back"));
  auto const open = repository.site();
  Handler const private_part = with_basic("user:password", open);
  Internet internet({{"charts.example.org",
                      [=](Seen const& seen) {
                        if (seen.path() == "/other/x.tgz" || seen.path() == "/team/open.tgz") return Answer{.body = "x"};
                        return private_part(seen);
                      }},
                     {"charts.example.org:8443", [](Seen const&) { return Answer{.body = "x"}; }},
                     {"storage.example.net", [](Seen const& seen) {
                        if (seen.path() == "/back") return redirect_answer(302, "https://charts.example.org/team/open.tgz");
                        return Answer{.body = "x"};
                      }}});
  NetworkWorld world(settings_with({"charts.example.org/team=user:password"}), 2, internet.client());
  std::string const repository_url = "https://charts.example.org/team";
  for (auto const* name : {"web", "far", "port", "outside", "moved", "back"}) {
    CAPTURE(name);
    CHECK(world.outcome({name, "1.0.0", repository_url, ""}) == "fetched");
  }
  for (auto const& request : internet.seen("charts.example.org")) {
    CAPTURE(request.target);
    bool const covered = request.path() != "/other/x.tgz" && request.path() != "/team/open.tgz";
    CHECK(request.header("Authorization") == (covered ? user_basic : ""));
  }
  CHECK(internet.authorizations("charts.example.org:8443") == std::vector<std::string>{""});
  CHECK(internet.authorizations("storage.example.net") == std::vector<std::string>{"", "", ""});
}

/// What became of a registry at registry.example.org that sends to `realm`, and what that realm was told.
struct Realm {
  std::string outcome, told, asked;
  acr::Rejection refused;
};
Realm realm_with(std::string const& realm, HostSettings const& settings, std::string const& wanted_password,
                 std::string const& query = {}) {
  OciRegistry registry;
  registry.push("charts/web", "1.0.0", "archive");
  Handler service = [](Seen const&) { return json_answer(R"({"token":"abc"})"); };
  if (!wanted_password.empty()) service = with_basic(wanted_password, service);
  std::string const challenge =
      "Bearer realm=\"https://" + realm + "/token" + query + "\",service=\"x\",scope=\"repository:prod/app:pull,push\"";
  Handler const guarded = with_bearer("abc", challenge, registry.site);
  std::map<std::string, Handler> hosts{{"registry.example.org", guarded}, {realm, service}};
  if (realm == "registry.example.org")
    hosts[realm] = [=](Seen const& seen) { return seen.path() == "/token" ? service(seen) : guarded(seen); };
  Internet internet(hosts);
  NetworkWorld world(settings, 2, internet.client());
  auto const outcome = world.outcome({"web", "1.0.0", "oci://registry.example.org/charts", ""});
  Realm result{outcome, "not asked", "", world.last};
  for (auto const& seen : internet.seen(realm))
    if (seen.path() == "/token") result.told = seen.header("Authorization"), result.asked = seen.target;
  for (auto const& seen : internet.seen("registry.example.org"))
    if (seen.path() != "/token") CHECK((seen.header("Authorization").empty() || seen.header("Authorization") == "Bearer abc"));
  return result;
}

Realm by_realm(std::string const& realm, std::vector<std::string> const& credentials, std::string const& wanted_password,
               std::string const& query = {}) {
  return realm_with(realm, settings_with(credentials), wanted_password, query);
}

std::string const charts_line = "registry.example.org/charts=user:password";

TEST_CASE("a foreign realm gets no password, but may be asked without (B-27)", "[dependencies]") {
  // Also the parent domain, a sister, a child and another port of the registry.
  auto const realm =
      one_of({"auth.example.net", "example.org", "auth.example.org", "a.registry.example.org", "registry.example.org:8443"});
  CAPTURE(realm);
  auto const foreign = by_realm(realm, {charts_line}, "user:password");
  CHECK(foreign.outcome == "dep-auth");
  CHECK(foreign.told == "not asked");
  CHECK(foreign.refused.rule_number == "B-27");
  CHECK(foreign.refused.found_value.find(realm) != std::string::npos);
  CHECK(foreign.refused.fix_text.ends_with(": registry.example.org/charts=USER:PASSWORD realm=" + std::string(realm)));
  auto const anonymous = by_realm(realm, {}, "");
  CHECK(anonymous.outcome == "fetched");
  CHECK(anonymous.told.empty());
}

TEST_CASE("the line that the refusal prints lets the password go there (B-27)", "[dependencies]") {
  auto const realm = one_of({"auth.example.net", "example.org", "registry.example.org:8443"});
  CAPTURE(realm);
  auto const asked = by_realm(realm, {charts_line + " realm=" + realm}, "user:password");
  CHECK(asked.outcome == "fetched");
  CHECK(asked.told == user_basic);
}

/// A user who is logged in to registry.example.org as user:password, as `docker login` keeps it.
HostSettings logged_in(std::vector<std::string> const& credentials = {}) {
  auto settings = settings_with(credentials);
  settings.find_login = [](std::string_view host, std::uint16_t port) {
    acr::Verdict<std::optional<Login>> none = std::optional<Login>();
    if (host != "registry.example.org" || port != 443) return none;
    return acr::Verdict<std::optional<Login>>(
        Login{{.host = std::string(host), .port = port, .prefix = {}, .user = "user", .password = "password"}, "config.json"});
  };
  return settings;
}

TEST_CASE("a login goes to the registry's own host, as a line does (B-27)", "[dependencies]") {
  auto const asked = realm_with("registry.example.org", logged_in(), "user:password");
  CHECK(asked.outcome == "fetched");
  CHECK(asked.told == user_basic);
  auto const wrong = realm_with("registry.example.org", logged_in(), "user:another-one");
  CHECK(wrong.outcome == "dep-auth");
  CHECK(wrong.refused.fix_text.starts_with("log in anew (config.json), or give registry-credentials"));
  CHECK(wrong.refused.sentence().find("user:password") == std::string::npos);
  CHECK(wrong.refused.sentence().find(user_basic.substr(6)) == std::string::npos);
}

TEST_CASE("a login goes to no foreign realm, which is asked without it (B-27)", "[dependencies]") {
  auto const realm =
      one_of({"auth.example.net", "example.org", "auth.example.org", "a.registry.example.org", "registry.example.org:8443"});
  CAPTURE(realm);
  auto const open = realm_with(realm, logged_in(), "");
  CHECK(open.outcome == "fetched");
  CHECK(open.told.empty());
  auto const closed = realm_with(realm, logged_in(), "user:password");
  CHECK(closed.outcome == "dep-auth");
  CHECK(closed.told.empty());
  CHECK(closed.refused.why.ends_with("the login of config.json was not sent to " + std::string(realm) +
                                     ", which is another host"));
  CHECK(closed.refused.fix_text.find("registry.example.org/charts=USER:PASSWORD realm=" + std::string(realm)) !=
        std::string::npos);
}

TEST_CASE("a line wins over a login, also where it refuses (B-27)", "[dependencies]") {
  auto const line =
      realm_with("registry.example.org", logged_in({"registry.example.org/charts=other:password-2"}), "other:password-2");
  CHECK(line.outcome == "fetched");
  CHECK(line.told == "Basic " + acr::base64("other:password-2"));
  CHECK(realm_with("auth.example.net", logged_in({charts_line}), "").told == "not asked");
  // A line for another part of the registry covers nothing here.
  CHECK(realm_with("registry.example.org", logged_in({"registry.example.org/other=other:password-2"}), "user:password").told ==
        user_basic);
}

TEST_CASE("a token without rights, made without the login, names the line that would send it (B-27)", "[dependencies]") {
  Internet internet({{"registry.example.org", with_bearer("rights", "Bearer realm=\"https://auth.example.net/token\"",
                                                          [](Seen const&) { return Answer{.status = 404}; })},
                     {"auth.example.net", [](Seen const&) { return json_answer(R"({"token":"abc"})"); }}});
  NetworkWorld world(logged_in(), 2, internet.client());
  CHECK(world.outcome({"web", "1.0.0", "oci://registry.example.org/charts", ""}) == "dep-auth");
  CHECK(
      world.last.why ==
      "the registry does not give it to us; the login of config.json was not sent to auth.example.net, which is another host");
  CHECK(world.last.fix_text.ends_with(": registry.example.org/charts=USER:PASSWORD realm=auth.example.net"));
  CHECK(internet.authorizations("auth.example.net") == std::vector<std::string>{""});
}

TEST_CASE("a login is for a registry that asks for a password, not for a repository of https (D-36)", "[dependencies]") {
  OciRegistry registry;
  registry.push("charts/web", "1.0.0", "archive");
  std::vector<std::string> asked;
  auto settings = logged_in();
  settings.find_login = [&asked, find = settings.find_login](std::string_view host, std::uint16_t port) {
    asked.emplace_back(host);
    return find(host, port);
  };
  auto const password = one_of({"user:password", "user:another-one"});
  Internet internet({{"registry.example.org", with_basic(password, registry.site)},
                     {"open.example.org", registry.site},
                     {"charts.example.org", with_basic(password, repository_with_web())}});
  NetworkWorld world(settings, 2, internet.client());
  CHECK(world.outcome({"web", "1.0.0", "https://charts.example.org/s", ""}) == "dep-auth");
  CHECK(world.outcome({"web", "1.0.0", "oci://open.example.org/charts", ""}) == "fetched");
  CHECK(asked.empty());
  bool const good = password == std::string("user:password");
  CHECK(world.outcome({"web", "1.0.0", "oci://registry.example.org/charts", ""}) == (good ? "fetched" : "dep-auth"));
  CHECK_FALSE(asked.empty());
  CHECK(internet.authorizations("registry.example.org")[0].empty());
  CHECK(internet.authorizations("registry.example.org")[1] == user_basic);
}

TEST_CASE("a login that cannot be used is refused in its own words", "[dependencies]") {
  auto settings = settings_with();
  settings.find_login = [](std::string_view host, std::uint16_t port) {
    return acr::Verdict<std::optional<Login>>(unusable_login("config.json", "an odd entry", host, port));
  };
  auto const asked = realm_with("registry.example.org", settings, "user:password");
  CHECK(asked.outcome == "dep-auth");
  CHECK(asked.told == "not asked");
  CHECK(asked.refused.why == "an odd entry");
  CHECK(asked.refused.where == "oci://registry.example.org/charts/web:1.0.0: config.json");
}

TEST_CASE("the registry's own host and port need no word in the line (B-27)", "[dependencies]") {
  auto const asked = by_realm("registry.example.org", {charts_line}, "user:password");
  CHECK(asked.outcome == "fetched");
  CHECK(asked.told == user_basic);
}

TEST_CASE("a line of the token service's own, and a word of another line, give nothing (B-27)", "[dependencies]") {
  std::string const other = "auth.example.net=other:password-2";
  CHECK(by_realm("auth.example.net", {charts_line, other}, "other:password-2").told == "not asked");
  // Nobody wrote a line for the registry: it cannot have a token of another one made for it.
  CHECK(by_realm("auth.example.net", {other}, "").told.empty());
  CHECK(by_realm("auth.example.net", {"registry.example.org/other=user:password realm=auth.example.net"}, "").told.empty());
  auto const refused = by_realm("auth.example.net", {other}, "other:password-2");
  CHECK(refused.outcome == "dep-auth");
  CHECK(refused.told.empty());
  CHECK(refused.refused.fix_text.find("registry.example.org/charts=USER:PASSWORD realm=auth.example.net") != std::string::npos);
}

TEST_CASE("nobody but us says what a token is for (B-27)", "[dependencies]") {
  auto const asked = by_realm("auth.example.net", {charts_line + " realm=auth.example.net"}, "user:password",
                              "?scope=repository:prod/app:pull,push&service=prod&account=root&x=1");
  CHECK(asked.outcome == "fetched");
  CHECK(asked.asked == "/token?x=1&service=x&scope=repository%3Acharts%2Fweb%3Apull");
}

TEST_CASE("a redirect out of a credential's prefix loses the header, of registries too (B-28)", "[dependencies]") {
  bool const outside = one_of({false, true});
  CAPTURE(outside);
  std::string const to = outside ? "/v2/mallory/blob" : "/v2/charts/blob";
  bool const basic = one_of({false, true});
  OciRegistry registry;
  registry.push("charts/web", "1.0.0", "archive");
  registry.site.answers["/v2/charts/web/blobs/" + sha256_text("archive")] = redirect_answer(307, to);
  Handler const guarded = basic ? with_basic("user:password", registry.site)
                                : with_bearer("abc", "Bearer realm=\"https://registry.example.org/token\"", registry.site);
  Internet internet({{"registry.example.org", [=](Seen const& seen) {
                        if (seen.path() == to) return Answer{.body = "archive"};
                        return seen.path() == "/token" ? json_answer(R"({"token":"abc"})") : guarded(seen);
                      }}});
  NetworkWorld world(settings_with({charts_line}), 2, internet.client());
  CHECK(world.outcome({"web", "1.0.0", "oci://registry.example.org/charts", ""}) == "fetched");
  auto const all = internet.seen("registry.example.org");
  CHECK(all.back().path() == to);
  CHECK(all.back().header("Authorization") == (outside ? "" : basic ? user_basic : "Bearer abc"));
}

TEST_CASE("a challenge from outside the prefix is none of the registry's (B-27, B-28)", "[dependencies]") {
  OciRegistry registry;
  registry.push("charts/web", "1.0.0", "archive");
  registry.site.answers["/v2/charts/web/manifests/1.0.0"] = redirect_answer(307, "/mallory/x");
  Internet internet({{"registry.example.org", [=](Seen const& seen) {
                        if (seen.path() == "/mallory/x")
                          return Answer{
                              .status = 401,
                              .headers = {{"WWW-Authenticate", "Bearer realm=\"https://registry.example.org/mallory/token\""}}};
                        return registry.site(seen);
                      }}});
  NetworkWorld world(settings_with({charts_line}), 2, internet.client());
  CHECK(world.outcome({"web", "1.0.0", "oci://registry.example.org/charts", ""}) == "dep-auth");
  CHECK(internet.seen("registry.example.org").size() == 2);
  for (auto const& sent : internet.authorizations("registry.example.org")) CHECK(sent.empty());
}

TEST_CASE("a name with an address that is not public is refused before anything is sent (D-33)", "[dependencies]") {
  struct Row {
    char const* address;
    char const* private_host;
    char const* outcome;
  };
  auto const row = one_of<Row>({{"127.0.0.1", "", "dep-address"},
                                {"127.0.0.1", "charts.example.org", "dep-address"},
                                {"169.254.169.254", "charts.example.org", "dep-address"},
                                {"::ffff:10.0.0.1", "", "dep-address"},
                                {"10.0.0.1", "other.example.org", "dep-address"},
                                {"168.63.129.16", "charts.example.org", "dep-address"},
                                {"100.100.100.200", "charts.example.org", "dep-address"},
                                {"fd00:ec2::254", "charts.example.org", "dep-address"},
                                {"64:ff9b::7f00:1", "charts.example.org", "dep-address"}});
  CAPTURE(row.address, row.private_host);
  LoopbackServer::Options options;
  options.tls = authority().identity({"charts.example.org"});
  LoopbackServer server(repository_with_web(), options);
  ClientSettings client;
  client.ca_file = authority().file();
  client.resolver = [&](std::string const&) { return std::vector<std::string>{"8.8.8.8", row.address}; };
  bool const loopback_api = one_of({false, true});  // loopback literals may pass then, names never do
  auto settings = settings_with();
  settings.loopback_http = loopback_api;
  settings.private_hosts = {row.private_host};
  NetworkWorld world(settings, 2, client);
  auto const port = ":" + std::to_string(server.port());
  CHECK(world.outcome({"web", "1.0.0", "https://charts.example.org" + port + "/s", ""}) == row.outcome);
  CHECK(world.outcome({"web", "1.0.0", "oci://charts.example.org" + port + "/s", ""}) == row.outcome);
  CHECK(server.connection_count() == 0);
  CHECK(world.source.hosts().empty());
  CHECK(world.last.fix_text.find("dependency-private-hosts") != std::string::npos);
}

TEST_CASE("addresses are checked at every hop: redirects, archives, realms (D-33)", "[dependencies]") {
  ChartRepository repository("/s");
  repository.entry("link", "1.0.0", "https://169.254.169.254/x.tgz", "");
  repository.entry("moved", "1.0.0", "moved.tgz", "").file("moved.tgz", redirect_answer(302, "https://10.0.0.1/x.tgz"));
  OciRegistry registry;
  registry.push("charts/web", "1.0.0", "archive");
  Internet internet(
      {{"charts.example.org", repository.site()},
       {"registry.example.org", with_bearer("abc", "Bearer realm=\"https://metadata.internal/token\"", registry.site)}});
  NetworkWorld world(settings_with(), 2, internet.client());
  CHECK(world.outcome({"link", "1.0.0", "https://charts.example.org/s", ""}) == "dep-address");
  CHECK(world.outcome({"moved", "1.0.0", "https://charts.example.org/s", ""}) == "dep-address");
  CHECK(world.outcome({"web", "1.0.0", "oci://registry.example.org/charts", ""}) == "dep-address");
  CHECK(world.outcome({"web", "1.0.0", "https://127.0.0.1/s", ""}) == "dep-address");
  CHECK(world.source.hosts() == std::vector<std::string>{"charts.example.org", "registry.example.org"});
}

TEST_CASE("redirects: to http, one too many, a loop (D-34)", "[dependencies]") {
  struct Row {
    char const* start;
    char const* outcome;
  };
  auto const row = one_of<Row>({{"/s/http.tgz", "dep-redirect"},
                                {"/s/loopback.tgz", "dep-redirect"},
                                {"/s/hop1.tgz", "dep-redirect"},
                                {"/s/hop2.tgz", "fetched"},
                                {"/s/loop.tgz", "dep-redirect"}});
  CAPTURE(row.start);
  ChartRepository repository("/s");
  repository.entry("web", "1.0.0", row.start, "").file("x.tgz", {.body = "archive"});
  repository.file("http.tgz", redirect_answer(302, "http://charts.example.org/s/x.tgz"));
  repository.file("loopback.tgz", redirect_answer(302, "http://127.0.0.1:1/x.tgz"));
  for (int i = 1; i <= 5; ++i)
    repository.file("hop" + std::to_string(i) + ".tgz", redirect_answer(307, "hop" + std::to_string(i + 1) + ".tgz"));
  repository.file("hop6.tgz", redirect_answer(308, "x.tgz"));
  repository.file("loop.tgz", redirect_answer(301, "/s/loop2.tgz")).file("loop2.tgz", redirect_answer(301, "/s/loop.tgz"));
  Internet internet({{"charts.example.org", repository.site()}});
  NetworkWorld world(settings_with(), 2, internet.client());
  CHECK(world.outcome({"web", "1.0.0", "https://charts.example.org/s", ""}) == row.outcome);
}

TEST_CASE("what the tree names is bound by dependency-hosts, what that points to is not (D-32)", "[dependencies]") {
  ChartRepository repository("/s");
  repository.entry("web", "1.0.0", "https://storage.example.net/x.tgz", "");
  Internet internet(
      {{"charts.example.org", repository.site()}, {"storage.example.net", [](Seen const&) { return Answer{.body = "x"}; }}});
  auto settings = settings_with();
  settings.hosts = {"charts.example.org"};
  NetworkWorld world(settings, 2, internet.client());
  CHECK(world.outcome({"web", "1.0.0", "https://charts.example.org/s", ""}) == "fetched");
  CHECK(world.outcome({"web", "1.0.0", "https://storage.example.net/s", ""}) == "dep-host-denied");
  CHECK(world.source.check({"web", "1.0.0", "oci://storage.example.net/s", ""}).error().code == "dep-host-denied");
  CHECK(world.source.check({"web", "1.0.0", "oci://charts.example.org/s", ""}).has_value());
  CHECK(world.source.hosts() == std::vector<std::string>{"charts.example.org", "storage.example.net"});
}

}  // namespace
}  // namespace network_hosts_test

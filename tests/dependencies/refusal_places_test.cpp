// Each refusal of this room at its own place: the sentence tells which check refused. Beside each what passes.

#include "network_world.hpp"

#include "dependencies/index_reader.hpp"
#include "dependencies/oci_reference.hpp"
#include "loopback/scripted_http.hpp"

namespace refusal_places_test {
namespace {

using namespace acr::dependencies;
using acr::loopback::Answer;
using acr::loopback::json_answer;
using acr::loopback::LoopbackServer;
using acr::loopback::oci_descriptor;
using acr::loopback::OciRegistry;
using acr::loopback::reply;
using acr::loopback::ScriptedHttp;
using acr::loopback::Seen;
using acr::net::Request;
using acr::net::Url;

template <class T>
std::string why(acr::Verdict<T> const& verdict) {
  return verdict ? std::string("taken") : verdict.error().why;
}

TEST_CASE("each line of registry-credentials is refused for what is wrong with it", "[dependencies]") {
  auto const said = [](std::vector<std::string> const& lines) { return why(Credentials::parse(lines)); };
  CHECK(said({"h/p=user:password realm=a", "h/q=user:password", "h=user:password", ""}) == "taken");
  CHECK(said({"h"}) == "a line has no `=`");
  CHECK(said({"h=user"}) == "a line has no `user:password` behind the `=`");
  CHECK(said({"h=:password"}) == "a line has no `user:password` behind the `=`");
  CHECK(said({"=user:password"}) == "a line does not begin with a host");
  CHECK(said({"h?x=user:password"}) == "a line does not begin with a host");
  CHECK(said({"h#x=user:password"}) == "a line does not begin with a host");
  CHECK(said({"h=user:passwor"}) == "a password is too short to be kept out of the log (at least 8 characters)");
  CHECK(said({"h/p=user:password", "h/p/=user:password"}) == "two lines have one host and prefix");
  CHECK(said({"h=user:password realm=a/b"}) == "a word `realm=` does not name a host");
  CHECK(said({"h/a//b=user:password"}).starts_with("the prefix cannot be matched"));
}

TEST_CASE("each repository and archive URL is refused for what is wrong with it", "[dependencies]") {
  ScriptedHttp nobody([](Request const&) -> acr::net::Reply { throw std::logic_error("nobody may be asked"); });
  Fetcher const fetcher(nobody, {.hosts = {"h", "i"}});
  CHECK(why(fetcher.repository_url("https://h/s")) == "taken");
  CHECK(why(fetcher.repository_url("https://u:p@h/s")) == "the repository's URL holds a user or password");
  CHECK(why(fetcher.repository_url("h/s")) == "the repository is not a usable URL: the scheme is missing");
  CHECK(why(fetcher.repository_url("http://h/s")) == "the repository is not asked in plain http");
  CHECK(why(fetcher.repository_url("https://j/s")) == "the repository's host is not among dependency-hosts");
  CHECK(fetcher.repository_url("https://j/s").error().expected_value == "h, i");
  auto const base = Url::parse("https://h/s").value();
  CHECK(why(fetcher.archive_url(base, "x")) == "taken");
  CHECK(why(fetcher.archive_url(base, "")) == "the index gives no URL for it");
  CHECK(why(fetcher.archive_url(base, "https://u:p@i/x")) == "the index gives a URL with a user or password");
  CHECK(why(fetcher.archive_url(base, "ftp://i/x")) == "the index gives an unusable URL: the scheme is not https");
  CHECK(why(fetcher.archive_url(base, "http://i/x")) == "the index gives a plain http URL");
  CHECK(why(chart_reference("oci://h/p", "web", "1.0.0")) == "taken");
  CHECK(why(chart_reference("oci://h/my charts", "web", "1.0.0")).starts_with("the repository is not a usable URL: "));
  CHECK(why(chart_reference("oci://h/p?x", "web", "1.0.0")) == "the URL of an OCI repository has a query or a fragment");
  CHECK(why(chart_reference("oci://h/P", "web", "1.0.0")) == "a part of the OCI repository's path is not allowed");
  CHECK(why(chart_reference("oci://h/p", "web", "1 0")) == "the version cannot be an OCI tag");
  CHECK(why(tagged_reference(Url::parse("oci://h/p:1").value())) == "taken");
  CHECK(why(tagged_reference(Url::parse("oci://h/p").value())) == "the index gives an OCI URL without tag");
}

TEST_CASE("each fault of an index is refused for what it is", "[dependencies]") {
  auto const said = [](std::string const& entry) {
    return why(read_index("apiVersion: v1\nentries:\n  web:\n  - " + entry + "\n", {{"web", {"1.0.0"}}}, "i"));
  };
  CHECK(said("{name: web, version: 1.0.0, urls: [x]}") == "taken");
  CHECK(said("? *a\n    : x") == "a key is not text");
  CHECK(said("urls: [*a]") == "a URL is not text");
  CHECK(said("version: *a") == "version is not text");
  CHECK(said("urls: [" + std::string(8193, 'x') + "]") == "a URL is too long");
  CHECK(said("? " + std::string(900, 'x') + "\n    : y") == "taken");
  CHECK(said("\"" + std::string(1000, 'x') + "\": y") == "taken");
  std::string const json = R"({"apiVersion":"v1","entries":{"web":[{"urls":)";
  CHECK(why(read_index(json + "[1]}]}}", {{"web", {"1.0.0"}}}, "i")) == "a URL is not text");
  CHECK(why(read_index(json + "[]}],\"" + std::string(9000, 'k') + "\":1}}", {{"web", {"1.0.0"}}}, "i")) == "taken");
  CHECK(why(read_index(R"({"apiVersion":"v1","entries":{"web":[{")" + std::string(8193, 'k') + "\":1}]}}", {{"web", {"1.0.0"}}},
                       "i")) == "a key is too long");
}

/// What becomes of `charts/web` 1.0.0 of a registry.
acr::Rejection refusal_of(acr::loopback::Handler const& handler, std::vector<std::string> credentials = {}) {
  LoopbackServer server(handler);
  for (auto& line : credentials) line = host_of(server) + line;
  NetworkWorld world(loopback_settings(credentials));
  if (world.outcome({"web", "1.0.0", oci_of(server) + "/charts", ""}) == "fetched") return acr::reject({}, "", "fetched");
  return world.last;
}

acr::loopback::Handler registry(std::string const& challenge) {
  OciRegistry registry;
  registry.push("charts/web", "1.0.0", "archive");
  return challenge.empty() ? acr::loopback::Handler(registry.site)
                           : acr::loopback::with_basic("user:password", registry.site, challenge);
}

TEST_CASE("each way of being kept out is told", "[dependencies]") {
  CHECK(refusal_of(registry("Basic realm=x"), {"=user:password"}).why == "fetched");
  CHECK(refusal_of(registry("Basic realm=x"), {"=user:password2"}).why == "the registry does not give it to us");
  auto const manifests_only = [site = registry("Basic realm=x")](Seen const& seen) {
    return seen.target.find("/blobs/") == std::string::npos
               ? site(seen)
               : Answer{.status = 401, .headers = {{"WWW-Authenticate", "Basic realm=x"}}};
  };
  CHECK(refusal_of(manifests_only, {"=user:password"}).why == "the registry does not take the password");
  CHECK(refusal_of(registry("Basic realm=x")).why == "the registry wants a password");
  CHECK(refusal_of(registry("Negotiate"), {"=user:password"}).why ==
        "the registry wants a kind of access that is not supported");
  CHECK(refusal_of(registry("Bearer realm=nowhere"), {"=user:password"}).why == "the registry names no usable token service");
  CHECK(refusal_of(registry("Bearer realm=\"https://auth.example.net/\""), {"=user:password"}).why ==
        "the registry would have its password sent to another host");
  CHECK(refusal_of([](Seen const&) { return Answer{.status = 403}; }).why == "the registry does not give it to us");
  CHECK(refusal_of([](Seen const&) { return Answer{.status = 404}; }).rule_number == "D-18");
}

TEST_CASE("each answer of a token service that is none is told", "[dependencies]") {
  struct Row {
    Answer answer;
    char const* why;
  };
  auto const row =
      one_of<Row>({{json_answer(R"({"token":"abc"})"), "fetched"},
                   {json_answer("{}", 403), "the token service gives no token"},
                   {acr::loopback::redirect_answer(302, "/x"), "the token service gives no token"},
                   {json_answer(R"({"token":"abc"})" + std::string(131072, ' ')), "the token service gives no token"},
                   {json_answer("x"), "the token service's answer is not JSON"},
                   {json_answer("{}"), "the token service's answer holds no token"},
                   {json_answer(R"({"token":"a b"})"), "the token is not visible ASCII text"}});
  CAPTURE(row.answer.body.substr(0, 40));
  LoopbackServer realm([&](Seen const&) { return row.answer; });
  OciRegistry registry;
  registry.push("charts/web", "1.0.0", "archive");
  CHECK(refusal_of(acr::loopback::with_bearer("abc", "Bearer realm=\"" + realm.base() + "/\"", registry.site)).why == row.why);
}

TEST_CASE("what a registry announces is bounded before it is asked for (D-35)", "[dependencies]") {
  auto child = oci_descriptor(OciRegistry::manifest_type, "m");
  child.replace(child.find("\"size\":1"), 8, "\"size\":4194305");
  OciRegistry registry;
  registry.manifest("charts/web", "1.0.0", R"({"manifests":[)" + child + "]}", OciRegistry::index_type);
  auto const refused = refusal_of(registry.site);
  CHECK(refused.code == "dep-too-large");
  CHECK(refused.why == "the registry announces more than is read");
}

TEST_CASE("each altered byte is told by who named another (D-30)", "[dependencies]") {
  OciRegistry altered;
  altered.push("charts/web", "1.0.0", "archive");
  altered.site.answers["/v2/charts/web/blobs/" + acr::sha256_text("archive")].body = "arcHive";
  CHECK(refusal_of(altered.site).why == "the registry gives other bytes than its manifest names");
  OciRegistry announced;
  announced.push("charts/web", "1.0.0", "archive");
  announced.site.answers["/v2/charts/web/manifests/1.0.0"].headers[1].second = acr::sha256_text("else");
  CHECK(refusal_of(announced.site).why == "the manifest is not the one that the registry announces");
  OciRegistry none;
  none.manifest("charts/web", "1.0.0", R"({"manifests":[]})", OciRegistry::index_type);
  CHECK(refusal_of(none.site).why == "the index has not exactly one manifest of a Helm chart");
}

}  // namespace
}  // namespace refusal_places_test

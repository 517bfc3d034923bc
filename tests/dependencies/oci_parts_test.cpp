// References, challenges, tokens and manifests of OCI registries (D-19 … D-23).

#include "dependencies/oci_auth.hpp"
#include "dependencies/oci_manifest.hpp"
#include "dependencies/oci_reference.hpp"
#include "loopback/chart_hosts.hpp"
#include "support/catch2.hpp"
#include "support/digest.hpp"

namespace oci_parts_test {
namespace {

using namespace acr::dependencies;
using acr::loopback::oci_descriptor;
using Registry = acr::loopback::OciRegistry;

TEST_CASE("a chart's reference is repository, name and version (D-19)", "[dependencies]") {
  struct Row {
    char const* repository;
    char const* name;
    char const* version;
    char const* reference;  ///< "" refused
  };
  auto const row = one_of<Row>({
      {"oci://registry.example.org/charts", "web", "1.2.3", "oci://registry.example.org/charts/web:1.2.3"},
      {"oci://registry.example.org", "web", "v1.2.3", "oci://registry.example.org/web:v1.2.3"},
      {"oci://registry.example.org:5000/a/b__c/d-e--f.g_h", "web", "1.0.0+b.2",
       "oci://registry.example.org:5000/a/b__c/d-e--f.g_h/web:1.0.0_b.2"},
      {"oci://docker.io/charts", "web", "1.0.0", "oci://registry-1.docker.io/charts/web:1.0.0"},
      {"oci://registry.example.org/", "web", "1.0.0", ""},
      {"oci://registry.example.org/charts/", "web", "1.0.0", ""},
      {"oci://registry.example.org/charts:1", "web", "1.0.0", ""},
      {"oci://registry.example.org/charts@sha256", "web", "1.0.0", ""},
      {"oci://registry.example.org/Charts", "web", "1.0.0", ""},
      {"oci://registry.example.org/charts", "Web", "1.0.0", ""},
      {"oci://registry.example.org/a//b", "web", "1.0.0", ""},
      {"oci://registry.example.org/a/../b", "web", "1.0.0", ""},
      {"oci://registry.example.org/a%2fb", "web", "1.0.0", ""},
      {"oci://registry.example.org/a___b", "web", "1.0.0", ""},
      {"oci://registry.example.org/a..b", "web", "1.0.0", ""},
      {"oci://registry.example.org/a_-b", "web", "1.0.0", ""},
      {"oci://registry.example.org/-a", "web", "1.0.0", ""},
      {"oci://registry.example.org/a-", "web", "1.0.0", ""},
      {"oci://registry.example.org/charts?x=1", "web", "1.0.0", ""},
      {"oci://registry.example.org/charts#x", "web", "1.0.0", ""},
      {"oci://registry.example.org/charts", "../web", "1.0.0", ""},
      {"oci://registry.example.org/charts", "web", "1.0.0/x", ""},
      {"oci://registry.example.org/charts", "web", "-1", ""},
      {"oci://registry.example.org/charts", "web", "", ""},
  });
  CAPTURE(row.repository, row.name, row.version);
  auto const reference = chart_reference(row.repository, row.name, row.version);
  CHECK((reference ? reference->text() : std::string()) == row.reference);
  if (!reference) CHECK(reference.error().code == "dep-repository");
}

TEST_CASE("a tag has at most 128 characters", "[dependencies]") {
  CHECK(chart_reference("oci://h/c", "web", std::string(128, '1')).has_value());
  CHECK_FALSE(chart_reference("oci://h/c", "web", std::string(129, '1')).has_value());
}

TEST_CASE("an index may name an archive of a registry by its tag (D-17)", "[dependencies]") {
  auto const text = [](std::string_view url) {
    auto const reference = tagged_reference(*acr::net::Url::parse(url));
    return reference ? reference->text() : std::string(reference.error().code.text());
  };
  CHECK(text("oci://registry.example.org:5000/charts/web:1.0.0") == "oci://registry.example.org:5000/charts/web:1.0.0");
  CHECK(text("oci://registry.example.org/charts/web") == "dep-repository");
  CHECK(text("oci://registry.example.org/charts/web@sha256:abc") == "dep-repository");
  CHECK(text("oci://registry.example.org/a:b/web") == "dep-repository");
  CHECK(text("oci://registry.example.org/charts/web:1.0.0?x") == "dep-repository");
}

/// "scheme(name=value …) …"
std::string challenges(std::string_view header) {
  std::string text;
  for (auto const& challenge : parse_challenges(header)) {
    text += (text.empty() ? "" : " ") + challenge.scheme + "(";
    for (auto const& [name, value] : challenge.parameters) text += name + "=" + value + ";";
    text += ")";
  }
  return text;
}

TEST_CASE("challenges are read one by one, schemes in any case (D-22)", "[dependencies]") {
  CHECK(challenges("") == "");
  CHECK(challenges("BASIC realm=\"x\"") == "basic(realm=x;)");
  CHECK(challenges("Bearer Realm=\"https://h/t?a=b,c\",service=\"s \\\"q\\\"\" , scope=pull") ==
        "bearer(realm=https://h/t?a=b,c;scope=pull;service=s \"q\";)");
  CHECK(challenges("Basic realm=\"x\", Bearer realm=\"y\",service=z") == "basic(realm=x;) bearer(realm=y;service=z;)");
  CHECK(challenges("Negotiate, Bearer realm = \"y\"") == "negotiate() bearer(realm=y;)");
  CHECK(challenges("Negotiate YWJj==, Bearer realm=y") == "negotiate(ywjj=;) bearer(realm=y;)");
  CHECK(challenges("Bearer realm=\"a\", realm=\"b\"") == "bearer(realm=a;)");
  CHECK(challenges("Bearer realm=\"unclosed") == "");
  CHECK(challenges("realm=\"x\"") == "");
  CHECK(challenges("Bearer realm=\"a\" ; x") == "bearer(realm=a;)");
}

TEST_CASE("a token is visible text under either name (D-22)", "[dependencies]") {
  auto const said = [](std::string_view body) {
    auto const token = read_token(body, "registry");
    if (token) return token->value + " " + std::to_string(token->life.count());
    CHECK(token.error().code == "dep-auth");
    return std::string("refused");
  };
  CHECK(said(R"({"token":"abc"})") == "abc 60");
  CHECK(said(R"({"token":"abc","access_token":"def","expires_in":300,"issued_at":"x"})") == "def 300");
  CHECK(said(R"({"token":"abc","access_token":"","expires_in":0})") == "abc 0");
  CHECK(said(R"({"token":"abc","expires_in":-5})") == "abc 0");
  CHECK(said(R"({"token":"abc","expires_in":9223372036854775807})") == "abc 86400");
  CHECK(said(R"({"token":"abc","expires_in":"soon"})") == "abc 60");
  CHECK(said(R"({"token":7})") == "refused");
  CHECK(said(R"({"token":"a b"})") == "refused");
  CHECK(said(R"({"token":"a\r\nX: y"})") == "refused");
  CHECK(said(R"({"token":"é"})") == "refused");
  CHECK(said(R"({})") == "refused");
  CHECK(said("abc") == "refused");
  CHECK(said("") == "refused");
}

TEST_CASE("a token is asked for one repository, and what the realm says of scope, service and account is dropped (D-22, B-27)",
          "[dependencies]") {
  std::string const scope = "scope=repository%3Acharts%2Fweb%3Apull";
  struct Row {
    char const* query;
    char const* kept;
  };
  auto const row = one_of<Row>({
      {"", ""},
      {"?", ""},
      {"?a=b#f", "a=b&"},
      {"?a=b&&c", "a=b&c&"},
      {"?scope=repository:prod/app:pull,push", ""},
      {"?a=b&scope=x&c=d", "a=b&c=d&"},
      {"?service=other&account=robot&client_id=z", "client_id=z&"},
      {"?scope=x&scope=y", ""},
      {"?scope", ""},
      {"?Scope=x&SERVICE=y", ""},
      {"?%73cope=x", ""},
      {"?s%63ope%5B%5D=x&scope%5b0%5d=y", ""},
      {"?+scope=x&scope%20=y&%09scope=z", ""},
      {"?a=b;scope=x", ""},
      {"?scopes=x&my_scope=y&a=scope", "scopes=x&my_scope=y&a=scope&"},
  });
  CAPTURE(row.query);
  auto const asked = [&](std::string const* service) {
    return token_url(*acr::net::Url::parse("https://h/token" + std::string(row.query)), service, "charts/web").text();
  };
  CHECK(asked(nullptr) == "https://h/token?" + std::string(row.kept) + scope);
  std::string const service = "registry & co&scope=x";
  CHECK(asked(&service) == "https://h/token?" + std::string(row.kept) + "service=registry%20%26%20co%26scope%3Dx&" + scope);
}

/// The digest of the chart's layer, or what is wrong.
std::string layer_of(std::string const& body, std::string const& type = Registry::manifest_type) {
  auto const manifest = read_oci_manifest(body, type, "m");
  if (!manifest) {
    CHECK(manifest.error().code == "dep-oci-manifest");
    return manifest.error().why;
  }
  if (manifest->is_index) return "index of " + std::to_string(manifest->children.size());
  auto const layer = chart_layer(*manifest, "m");
  if (!layer) {
    CHECK(layer.error().code == "dep-oci-manifest");
    return layer.error().why;
  }
  return layer->digest + (is_plain_layer(*layer) ? " plain" : "");
}

TEST_CASE("a manifest has Helm's config and one layer with a chart (D-20, D-21)", "[dependencies]") {
  auto const chart = oci_descriptor(Registry::content_type, "archive");
  auto const plain = oci_descriptor("application/tar+gzip", "archive");
  auto const other = oci_descriptor(Registry::provenance_type, "signature");
  auto const digest = acr::sha256_text("archive");
  auto const& text = Registry::manifest_text;
  CHECK(layer_of(text({chart}, Registry::config_type)) == digest);
  CHECK(layer_of(text({other, chart, R"({"mediaType":"x","digest":7})"}, Registry::config_type)) == digest);
  CHECK(layer_of(text({plain}, Registry::config_type)) == digest + " plain");
  std::string const count = "the manifest has not exactly one layer with a chart";
  CHECK(layer_of(text({chart, chart}, Registry::config_type)) == count);
  CHECK(layer_of(text({chart, plain}, Registry::config_type)) == count);
  CHECK(layer_of(text({other}, Registry::config_type)) == count);
  CHECK(layer_of(text({chart}, "application/vnd.oci.image.config.v1+json")) == "the manifest is not one of a Helm chart");
  CHECK(
      layer_of(text({oci_descriptor(Registry::content_type, "archive", true)}, Registry::config_type)).starts_with("sha512:"));
  auto const with = [&](std::string_view from, std::string_view to) {
    auto changed = text({chart}, Registry::config_type);
    return changed.replace(changed.find(from), from.size(), to);
  };
  CHECK(layer_of(with("\"layers\":[", "\"layers\":{},\"x\":[")) == "the manifest has no list of layers");
  CHECK(layer_of(with("\"size\":7", "\"size\":-7")) == "a descriptor has no usable size");
  CHECK(layer_of(with("\"size\":7", "\"size\":\"7\"")) == "a descriptor has no usable size");
  CHECK(layer_of(with(digest, "sha256:abc")) == "a descriptor has no usable digest");
  CHECK(layer_of(with(digest, "md5:" + std::string(32, 'a'))) == "a descriptor has no usable digest");
  CHECK(layer_of(with("\"schemaVersion\":2", "\"mediaType\":null")) == digest);
  CHECK(layer_of(with("\"schemaVersion\":2", "\"mediaType\":\"" + std::string(oci_manifest_type) + "\"")) == digest);
  std::string const contradicts = "the manifest's mediaType is not its Content-Type";
  CHECK(layer_of(with("\"schemaVersion\":2", "\"mediaType\":\"" + std::string(oci_index_type) + "\"")) == contradicts);
  CHECK(layer_of(with("\"schemaVersion\":2", "\"mediaType\":7")) == contradicts);
}

TEST_CASE("the Content-Type says what a manifest is (D-20)", "[dependencies]") {
  auto const chart = Registry::manifest_text({oci_descriptor(Registry::content_type, "archive")});
  CHECK(layer_of(chart, "Application/vnd.oci.image.manifest.v1+json; charset=utf-8") == acr::sha256_text("archive"));
  std::string const none = "the registry's answer is not an OCI manifest";
  CHECK(layer_of(chart, "application/vnd.docker.distribution.manifest.v2+json") == none);
  CHECK(layer_of(chart, "application/json") == none);
  CHECK(layer_of(chart, "") == none);
  CHECK(layer_of("<html>") == "the manifest is not a JSON object");
  CHECK(layer_of("[]") == "the manifest is not a JSON object");
  CHECK(layer_of(chart + "x") == "the manifest is not a JSON object");
}

TEST_CASE("an index has at most sixteen entries, of which image manifests count (D-20)", "[dependencies]") {
  auto const child = oci_descriptor(Registry::manifest_type, "m");
  auto const index = [](std::vector<std::string> const& children) {
    std::string text = R"({"schemaVersion":2,"manifests":[)";
    for (std::size_t i = 0; i < children.size(); ++i) text += (i == 0 ? "" : ",") + children[i];
    return text + "]}";
  };
  CHECK(layer_of(index({child, oci_descriptor("application/vnd.docker.distribution.manifest.v2+json", "d"), child}),
                 Registry::index_type) == "index of 2");
  CHECK(layer_of(index(std::vector<std::string>(16, child)), Registry::index_type) == "index of 16");
  CHECK(layer_of(index(std::vector<std::string>(17, child)), Registry::index_type) == "the index has too many manifests");
  CHECK(layer_of("{}", Registry::index_type) == "the index has no list of manifests");
  auto unusable = child;
  unusable.replace(unusable.find("sha256:"), 7, "md5:");
  CHECK(layer_of(index({child, unusable}), Registry::index_type) == "a descriptor has no usable digest");
}

}  // namespace
}  // namespace oci_parts_test

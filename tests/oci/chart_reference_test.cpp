#include "oci/chart_reference.hpp"

#include <string>

#include "support/catch2.hpp"

namespace chart_reference_test {
namespace {

using acr::oci::chart_reference;
using acr::oci::Repository;

Repository acme() { return Repository::parse("ghcr.io/acme/charts").value(); }

std::string code_of(std::string const& name, std::string const& version) {
  auto const reference = chart_reference(acme(), name, version);
  return reference ? "" : std::string(reference.error().code.text());
}

TEST_CASE("a repository is a host and parts of a path, with or without oci://", "[oci]") {
  struct Row {
    std::string given, text;
    bool folded;
  };
  auto const row = one_of<Row>({
      {"ghcr.io/acme/charts", "ghcr.io/acme/charts", false},
      {"oci://ghcr.io/acme/charts", "ghcr.io/acme/charts", false},
      {"ghcr.io", "ghcr.io", false},
      {"ghcr.io/Acme", "ghcr.io/acme", true},  // ${{ github.repository_owner }} has capitals
      {"oci://GHCR.io/acme", "ghcr.io/acme", true},
      {"localhost/charts", "localhost/charts", false},
      {"registry:5000/charts", "registry:5000/charts", false},
      {"ghcr.io:443/acme", "ghcr.io:443/acme", false},  // as given: Helm prints it so, too
      {"192.0.2.1/a", "192.0.2.1/a", false},
      {"[::1]/a", "[::1]/a", false},
      {"[2001:DB8::1]:5000/a", "[2001:db8::1]:5000/a", true},
      {"r.example:65535/a__b/c--d/e.f/g_h/0", "r.example:65535/a__b/c--d/e.f/g_h/0", false},
  });
  CAPTURE(row.given);
  auto const parsed = Repository::parse(row.given);
  REQUIRE(parsed.has_value());
  CHECK(parsed->text() == row.text);
  CHECK(parsed->folded == row.folded);
  CHECK(parsed->registry().path == "/");
}

TEST_CASE("what is not a repository is refused with the nearest valid form (O-10)", "[oci]") {
  struct Row {
    std::string given, nearest;
  };
  auto const row = one_of<Row>({
      {"acme/charts", "ghcr.io/acme/charts"},  // verifiers and Helm read this differently
      {"acme", "ghcr.io/acme"},
      {"https://ghcr.io/acme", "ghcr.io/acme"},
      {"OCI://ghcr.io/acme", "ghcr.io/acme"},
      {"docker://ghcr.io/Acme", "ghcr.io/acme"},
      {"ghcr.io/acme/", "ghcr.io/acme"},
      {"ghcr.io/", "ghcr.io"},
      {"ghcr.io//acme", "ghcr.io/acme"},
      {"ghcr.io/acme:1.2.3", "ghcr.io/acme"},
      {"ghcr.io/acme@sha256:0123", "ghcr.io/acme"},
      {"ghcr.io/acme:1@sha256:0123", "ghcr.io/acme"},
      {"ghcr.io/acme?x=1", "ghcr.io/acme"},
      {"ghcr.io/acme#x", "ghcr.io/acme"},
      {"ghcr.io/../acme", "ghcr.io/acme"},
      {"ghcr.io/./acme", "ghcr.io/acme"},
      {" ghcr.io/acme", "ghcr.io/acme"},
      {"ghcr.io/acme\n", "ghcr.io/acme"},
      {"ghcr.io:0/acme", "ghcr.io/acme"},
      {"ghcr.io:0443/acme", "ghcr.io/acme"},
      {"ghcr.io:65536/acme", "ghcr.io/acme"},
      {"ghcr.io:/acme", "ghcr.io/acme"},
      {"ghcr.io./acme", "ghcr.io/acme/charts"},
      {"a_b.example/acme", "ghcr.io/acme/charts"},
      {"127.1/acme", "ghcr.io/acme/charts"},
      {"[::1/acme", "ghcr.io/acme/charts"},
      {"[fe80::1%25eth0]/acme", "ghcr.io/acme/charts"},
      {"ghcr.io/ac me", "ghcr.io/acme/charts"},
      {"ghcr.io/a___b", "ghcr.io/acme/charts"},
      {"ghcr.io/a..b", "ghcr.io/acme/charts"},
      {"ghcr.io/zo\xc3\xab", "ghcr.io/acme/charts"},
      {"ghcr.io/%61", "ghcr.io/acme/charts"},
      {"", "ghcr.io/acme/charts"},
      {"oci://", "ghcr.io/acme/charts"},
      {"oci://oci://ghcr.io/a", "ghcr.io/acme/charts"},
  });
  CAPTURE(row.given);
  auto const parsed = Repository::parse(row.given);
  REQUIRE_FALSE(parsed.has_value());
  CHECK(parsed.error().code == "oci-repository");
  CHECK(parsed.error().fix_text == "write " + row.nearest);
}

TEST_CASE("the refusal of a repository repeats no password", "[oci]") {
  auto const given = one_of({"user:geheim@ghcr.io/acme", "oci://geheim@ghcr.io/acme", "ghcr.io/acme?token=geheim",
                             "user:geh@eim@ghcr.io/acme", "https://user:geheim/@ghcr.io/acme"});
  auto const parsed = Repository::parse(given);
  REQUIRE_FALSE(parsed.has_value());
  CHECK(parsed.error().sentence().find("geh") == std::string::npos);
  CHECK(parsed.error().sentence().find("eim") == std::string::npos);
  CHECK(parsed.error().fix_text == "write ghcr.io/acme");
}

TEST_CASE("a repository with capitals is worth a warning", "[oci]") {
  auto const warning = acr::oci::folded_warning(Repository::parse("ghcr.io/Acme").value(), "input oci-repository");
  CHECK(warning.code == "oci-lowercase");
  CHECK(warning.sentence().find("ghcr.io/acme") != std::string::npos);
}

TEST_CASE("a chart's reference is repository, name and version, with + as _ (O-8, O-12)", "[oci]") {
  auto const reference = chart_reference(acme(), "web", "1.2.0+b1");
  REQUIRE(reference.has_value());
  CHECK(reference->path() == "acme/charts/web");
  CHECK(reference->subject_name() == "ghcr.io/acme/charts/web");
  CHECK(reference->text() == "ghcr.io/acme/charts/web:1.2.0_b1");
  CHECK(chart_reference(acme(), "web", "v1.2.0")->tag == "v1.2.0");
  auto const bare = chart_reference(Repository::parse("localhost:5000").value(), "web", "1.0.0");
  REQUIRE(bare.has_value());
  CHECK(bare->text() == "localhost:5000/web:1.0.0");
}

TEST_CASE("names and versions that registries do not take are refused (O-11)", "[oci]") {
  struct Row {
    std::string name, version, code;
  };
  auto const row = one_of<Row>({
      {"web", "1.0.0", ""},
      {"a__b", "1.0.0", ""},
      {"a--b", "1.0.0", ""},
      {"Web", "1.0.0", "oci-name"},
      {"a..b", "1.0.0", "oci-name"},
      {"a___b", "1.0.0", "oci-name"},
      {"a-", "1.0.0", "oci-name"},
      {"a b", "1.0.0", "oci-name"},
      {std::string(255 - 20, 'a'), "1.0.0", ""},
      {std::string(256 - 20, 'a'), "1.0.0", "oci-name"},
      {"web", "1.0.0-" + std::string(122, 'a'), ""},
      {"web", "1.0.0-" + std::string(123, 'a'), "oci-tag"},
  });
  CAPTURE(row.name, row.version);
  CHECK(code_of(row.name, row.version) == row.code);
}

TEST_CASE("the command that pushes names file and repository as a shell reads them (O-21)", "[oci]") {
  using acr::oci::push_command;
  CHECK(push_command(acme(), "out/web-1.2.0+b1.tgz") == "TZ=UTC helm push out/web-1.2.0+b1.tgz oci://ghcr.io/acme/charts");
  CHECK(push_command(Repository::parse("localhost:5000").value(), "a b.tgz") ==
        "TZ=UTC helm push 'a b.tgz' oci://localhost:5000");
  CHECK(push_command(acme(), "$(x)'y.tgz") == "TZ=UTC helm push '$(x)'\\''y.tgz' oci://ghcr.io/acme/charts");
  CHECK(push_command(acme(), "") == "TZ=UTC helm push '' oci://ghcr.io/acme/charts");
}

}  // namespace
}  // namespace chart_reference_test

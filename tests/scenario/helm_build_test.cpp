// Real charts with real locks, packaged by the program: their repositories and the registry are served on loopback behind a
// CONNECT proxy, with a private authority, so that chart, lock and digest stay as they are (tests/data/dependencies; D-5,
// D-38).

#include <algorithm>
#include <set>

#include "chart/archive_reader.hpp"
#include "loopback/chart_hosts.hpp"
#include "net/url.hpp"
#include "scenario/program.hpp"
#include "scenario/release_world.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "support/places.hpp"
#include "support/tab_table.hpp"
#include "support/temporary_directory.hpp"
#include "support/text.hpp"

namespace helm_build_test {
namespace {

namespace fs = std::filesystem;
using namespace acr::loopback;

constexpr std::size_t file_limit = std::size_t{64} << 20;
constexpr std::int64_t any_time = 1'712'345'678;
fs::path const data = acr::test::data_folder() / "dependencies";

std::string without_slash(std::string path) {
  while (path.ends_with('/')) path.pop_back();
  return path;
}

// All hosts of sources.tsv on one TLS server; requests find theirs by the Host field.
class RealHosts {
 public:
  RealHosts() {
    std::map<std::string, std::map<std::string, ChartRepository>> repositories;  // by host and path
    std::map<std::string, OciRegistry> registries;
    std::vector<std::string> names;
    for (auto const& row : acr::test::tab_table(data / "sources.tsv")) {
      auto const url = acr::net::Url::parse(row[0]).value();
      auto const bytes = acr::read_file(data / "archives" / row[3], file_limit);
      auto const path = without_slash(url.path);
      names.push_back(url.host);
      if (url.scheme == "oci")
        registries[url.host].push(path.substr(1) + "/" + row[1], row[2], bytes);
      else
        repositories[url.host].try_emplace(path, path).first->second.add(row[1], row[2], bytes);
    }
    std::map<std::string, Site> sites;
    for (auto const& [host, all] : repositories)
      for (auto const& [path, repository] : all) sites[host].answers.merge(repository.site().answers);
    for (auto& [host, registry] : registries) sites[host].answers.merge(registry.site.answers);
    auto const answer = [sites](Seen const& seen) {
      auto const site = sites.find(seen.header("host"));
      return site == sites.end() ? Answer{.status = 404} : site->second(seen);
    };
    server_ = std::make_unique<LoopbackServer>(answer, LoopbackServer::Options{.tls = authority_.identity(names)});
    proxy_ = std::make_unique<LoopbackProxy>(
        [port = server_->port()](std::string const& target) { return target.ends_with(":443") ? port : std::uint16_t{0}; });
  }
  [[nodiscard]] std::map<std::string, std::string> environment() const {
    return {{"HTTPS_PROXY", proxy_->url()}, {"SSL_CERT_FILE", authority_.file().string()}};
  }
  [[nodiscard]] LoopbackServer const& server() const { return *server_; }

 private:
  Authority authority_;
  std::unique_ptr<LoopbackServer> server_;
  std::unique_ptr<LoopbackProxy> proxy_;
};

TEST_CASE("the program builds real charts to Helm's packages, over TLS and a proxy", "[scenario][dependencies][helm]") {
  RealHosts const hosts;
  acr::test::TemporaryDirectory const directory;
  auto const destination = directory.path() / "packages";
  std::vector<std::string> arguments{"package"};
  auto const charts = acr::test::tab_table(data / "charts.tsv");
  for (auto const& row : charts) arguments.push_back((data / "charts" / row[0]).string());
  for (auto const& word :
       {std::string("-d"), destination.string(), std::string("--source-date-epoch"), std::to_string(any_time)})
    arguments.push_back(word);
  auto const result = acr::test::run_program(acr::test::built_program(), hosts.environment(), arguments, directory.path());
  CAPTURE(result.out, result.err);
  REQUIRE(result.status == 0);

  std::set<std::string> once;
  for (auto const& seen : hosts.server().seen()) {
    CAPTURE(seen.target);
    CHECK(once.insert(seen.header("host") + seen.target).second);  // each index, manifest, archive (D-35)
    CHECK_FALSE(seen.has("authorization"));
  }
  for (auto const& row : charts) {
    CAPTURE(row[0]);
    acr::chart::ArchiveBudget budget;
    auto files = acr::chart::read_archive(acr::read_file(destination / row[1], file_limit), row[1], budget).value();
    std::ranges::sort(files, {}, &acr::chart::ArchiveFile::path);
    auto const expected = acr::test::tab_table(data / "expected" / (row[0] + ".tsv"));
    REQUIRE(files.size() == expected.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
      CAPTURE(files[i].path);
      CHECK(row[0] + "/" + files[i].path == expected[i][0]);
      CHECK(std::to_string(files[i].bytes.size()) == expected[i][1]);
      CHECK((files[i].mtime == any_time ? std::string("T") : std::to_string(files[i].mtime)) == expected[i][2]);
      CHECK(acr::hex(acr::sha256(files[i].bytes)) == expected[i][3]);
    }
  }
}

TEST_CASE("without the hosts nothing is written, and what was packaged before stays", "[scenario][dependencies]") {
  acr::test::TemporaryDirectory const directory;
  auto const result = acr::test::run_program(
      acr::test::built_program(), {},
      {"package", (data / "charts" / "node").string(), "-d", directory.path().string(), "--dependencies", "off"},
      directory.path());
  CHECK(result.status == 1);
  CHECK(result.err.find("missing in charts/") != std::string::npos);
  CHECK(fs::is_empty(directory.path()));
}

TEST_CASE("dependencies are explained without asking anybody (D-38)", "[scenario][dependencies]") {
  acr::test::TemporaryDirectory const directory;
  auto const chart = (data / "charts" / "kube-prometheus").string();
  auto const text = acr::test::run_program(acr::test::built_program(), {}, {"dependencies", chart}, directory.path());
  CHECK(text.status == 0);
  for (auto const* const part : {"node-exporter", "declared  4.x.x", "locked    4.4.17", "fetched from oci://",
                                 "committed, charts/kube-prometheus-crds", "pinned    no"})
    CHECK(text.out.find(part) != std::string::npos);
  auto const json = acr::test::run_program(acr::test::built_program(), {}, {"dependencies", chart, "--json"}, directory.path());
  CHECK(json.status == 0);
  CHECK(json.out.find("\"origin\": \"committed\"") != std::string::npos);
  // What a release would refuse is status 1, as text and as JSON.
  std::vector<std::string> words{"dependencies", chart, "--dependency-pins", "require"};
  for (auto const* const json_or_not : {"", "--json"}) {
    if (*json_or_not != '\0') words.emplace_back(json_or_not);
    auto const unpinned = acr::test::run_program(acr::test::built_program(), {}, words, directory.path());
    CHECK(unpinned.status == 1);
    CHECK((unpinned.out + unpinned.err).find("dep-pin-missing") != std::string::npos);
  }
}

TEST_CASE("pins are written into a lock, and hold afterwards (D-29)", "[scenario][dependencies]") {
  RealHosts const hosts;
  acr::test::TemporaryDirectory const directory;
  auto const chart = directory.path() / "magento";
  fs::copy(data / "charts" / "magento", chart, fs::copy_options::recursive);
  auto const run = [&](std::vector<std::string> const& arguments) {
    return acr::test::run_program(acr::test::built_program(), hosts.environment(), arguments, directory.path());
  };
  auto const before = acr::test::text_of(chart / "Chart.lock");
  auto const required = run({"package", chart.string(), "-d", directory.path().string(), "--dependency-pins", "require"});
  CHECK(required.status == 1);
  CHECK(required.err.find("nothing in the commit says which bytes") != std::string::npos);

  auto const pinned = run({"pin", chart.string()});
  CAPTURE(pinned.out, pinned.err);
  REQUIRE(pinned.status == 0);
  std::string left;
  auto const after = acr::test::text_of(chart / "Chart.lock");
  for (auto const line : acr::lines(after))
    if (!line.starts_with("  digest: sha256:")) left += std::string(line) + "\n";
  CHECK(after != before);
  CHECK(left == before);
  CHECK(run({"package", chart.string(), "-d", directory.path().string(), "--dependency-pins", "require"}).status == 0);
  CHECK(run({"pin", chart.string()}).status == 0);
  CHECK(acr::test::text_of(chart / "Chart.lock") == after);
}

}  // namespace
}  // namespace helm_build_test

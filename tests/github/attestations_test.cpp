#include "github/attestations.hpp"
#include "github/download_one.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <string>

#include "github/scripted_github.hpp"
#include "loopback/github_answers.hpp"
#include "net/http.hpp"
#include "support/catch2.hpp"
#include "support/packed.hpp"

namespace acr::github {
namespace {

using test::json_reply;
using test::ScriptedGithub;
using test::settings_with;

std::string subject(char digit) { return "sha256:" + std::string(64, digit); }

std::string link(std::string const& id, std::string const& signature = "s1") {
  return "https://storage.example/attestations/500000001/2026/11/24/" + id + ".json.sn?sig=" + signature;
}

std::string entry(std::string const& id, std::uint64_t repository = 500000001) {
  return R"({"repository_id":)" + std::to_string(repository) + R"(,"initiator":"github","bundle_url":")" + link(id) + R"("})";
}

std::string listing_of(std::string const& entries) { return R"({"attestations":[)" + entries + "]}"; }

std::string bulk_of(std::string const& members, std::string const& page = R"({"has_next":false,"next":null})") {
  return R"({"attestations_subject_digests":{)" + members + R"(},"page_info":)" + page + "}";
}

bool is_bulk(net::Request const& request) { return request.url.path.ends_with("/bulk-list"); }

TEST_CASE("the id is read from a link's path and only there", "[github]") {  // G-13, A-99
  struct Row {
    char const* url;
    char const* id;
  };
  auto const row = one_of<Row>({
      {"https://x.example/a/2024/11/08/4.json.sn?se=2024&sig=a%2Fb", "4"},
      {"https://x.example/a/12345678901.json", "12345678901"},
      {"https://x.example/a/9223372036854775807.json.sn", "9223372036854775807"},
      {"https://x.example/a/9223372036854775808.json.sn", ""},  // beyond the range of A-92
      {"https://x.example/a/04.json.sn", ""},
      {"https://x.example/a/0.json.sn", ""},
      {"https://x.example/a/-4.json.sn", ""},
      {"https://x.example/a/4.json.sn.gz", ""},
      {"https://x.example/a/4.sn", ""},
      {"https://x.example/a/x4.json.sn", ""},
      {"https://x.example/a/4.json.sn/", ""},
      {"https://x.example/a?b=/4.json.sn", ""},
      {"4.json.sn", ""},
      {"", ""},
  });
  CAPTURE(row.url);
  CHECK(attestation_id_in(row.url).value_or("") == row.id);
}

TEST_CASE("one subject is listed by itself", "[github]") {  // G-12, V-97
  ScriptedGithub github([](net::Request const&) { return json_reply(listing_of(entry("11") + "," + entry("12"))); });
  Attestations attestations(github.api, "https://slsa.dev/provenance/v1");
  auto const found = attestations.list({subject('a'), subject('a')});
  CHECK(github.asked() ==
        std::vector<std::string>{"GET https://api.github.com/repos/acme/helm-charts/attestations/" + subject('a') +
                                 "?per_page=100&predicate_type=https%3A%2F%2Fslsa.dev%2Fprovenance%2Fv1"});
  REQUIRE(found.of.at(subject('a')).size() == 2);
  CHECK(found.of.at(subject('a'))[0].id == "11");
  CHECK(found.of.at(subject('a'))[1].bundle_url == link("12"));
  CHECK(github.problems().empty());
}

TEST_CASE("a bundle in the listing is taken, other kinds of bundle are not", "[github]") {  // G-12, G-5, V-97
  struct Row {
    char const* fields;
    bool bundle, url, broken;
  };
  auto const row = one_of<Row>({
      {R"(,"bundle":{"mediaType":"x"})", true, false, false},
      {R"(,"bundle":null,"bundle_url":"https://s.example/1.json")", false, true, false},
      {R"(,"bundle":"text","bundle_url":"https://s.example/1.json")", false, true, false},
      {R"(,"bundle_url":"https://s.example/1.json","new_field":[1])", false, true, false},
      {R"(,"bundle":null)", false, false, true},
      {R"(,"bundle":null,"bundle_url":null)", false, false, true},
      {"", false, false, true},
  });
  CAPTURE(row.fields);
  ScriptedGithub github([&](net::Request const&) {
    return json_reply(listing_of(std::string("{\"repository_id\":500000001") + row.fields + "}"));
  });
  Attestations attestations(github.api);
  auto const found = attestations.list({subject('a')});
  REQUIRE(found.of.at(subject('a')).size() == 1);
  auto const& only = found.of.at(subject('a'))[0];
  CHECK(only.bundle.empty() != row.bundle);
  CHECK(only.bundle_url.empty() != row.url);
  CHECK(only.broken == row.broken);
  CHECK(found.broken == (row.broken ? 1 : 0));
  if (row.broken) CHECK(download_one(attestations, only).error().code == "bundle-unavailable");
  if (row.bundle) CHECK(download_one(attestations, only).value() == R"({"mediaType":"x"})");
}

TEST_CASE("entries of another repository do not count", "[github]") {  // G-12, V-99
  ScriptedGithub github([](net::Request const& request) {
    auto const entries = entry("1", 500000002) + "," + entry("2") + R"(,{"bundle_url":"https://s.example/3.json"})";
    return json_reply(is_bulk(request) ? bulk_of("\"" + subject('a') + "\":[" + entries + "]") : listing_of(entries));
  });
  Attestations attestations(github.api);
  auto const subjects = one_of<std::vector<std::string>>(
      {std::vector<std::string>{subject('a')}, std::vector<std::string>{subject('a'), subject('b')}});
  auto const found = attestations.list(subjects);
  REQUIRE(found.of.at(subject('a')).size() == 1);
  CHECK(found.of.at(subject('a'))[0].id == "2");
  CHECK(found.foreign == 2);
}

TEST_CASE("an answer of another shape is an error, never no attestations", "[github]") {  // G-34
  auto const body = one_of({"", "[]", "{}", "<!DOCTYPE html>", "{\"attestations\":null}", "{\"attestations\":{}}",
                            "{\"attestations\":[1]}", "{\"attestations\":[],\"attestations\":[]}", "{\"attestations\":[]} x"});
  CAPTURE(body);
  ScriptedGithub github([&](net::Request const&) { return json_reply(body); });
  Attestations attestations(github.api);
  try {
    attestations.list({subject('a')});
    FAIL("accepted");
  } catch (ApiError const& error) {
    CHECK(error.code() == "bad-response");
    CHECK(error.status() == ExitStatus::unreachable);
  }
}

TEST_CASE("a bulk answer of another shape is an error, too", "[github]") {  // G-12b, G-34
  auto const body =
      one_of<std::string>({std::string("{}"), bulk_of("", "null"), bulk_of("", "{}"), bulk_of("", R"({"has_next":true})"),
                           bulk_of("", R"({"has_next":true,"next":""})"), bulk_of("\"" + subject('a') + "\":{}"),
                           bulk_of("\"" + subject('f') + "\":[]"),  // nobody asked for it
                           bulk_of("\"" + subject('a') + "\":[7]")});
  CAPTURE(body);
  ScriptedGithub github([&](net::Request const&) { return json_reply(body); });
  Attestations attestations(github.api);
  try {
    attestations.list({subject('a'), subject('b')});
    FAIL("accepted");
  } catch (ApiError const& error) {
    CHECK(error.code() == "bad-response");
  }
}

TEST_CASE("none is told by an empty list and by 404", "[github]") {  // G-12
  int const status = one_of({200, 404});
  ScriptedGithub github([&](net::Request const& request) {
    if (request.url.path == "/repos/acme/helm-charts") return json_reply("{}");
    return status == 200 ? json_reply(listing_of("")) : json_reply(R"({"message":"Not Found"})", 404);
  });
  Attestations attestations(github.api);
  CHECK(attestations.list({subject('a')}).of.at(subject('a')).empty());
  CHECK(attestations.list({subject('b')}).of.at(subject('b')).empty());
  // The repository is looked at once, on the first 404.
  CHECK(github.http.seen().size() == (status == 200 ? 2 : 3));
}

TEST_CASE("a 404 that hides missing access is told apart", "[github]") {  // G-12
  ScriptedGithub github([](net::Request const&) { return json_reply(R"({"message":"Not Found"})", 404); });
  Attestations attestations(github.api);
  try {
    attestations.list({subject('a')});
    FAIL("accepted");
  } catch (ApiError const& error) {
    CHECK(error.code() == "no-access");
    CHECK(std::string(error.what()).find("attestations: read") != std::string::npos);
  }
}

TEST_CASE("statuses of a listing", "[github]") {  // G-12
  struct Row {
    int status;
    char const* code;
  };
  auto const row = one_of<Row>({{401, "bad-token"}, {403, "no-access"}, {422, "bad-digest"}});
  ScriptedGithub github([&](net::Request const&) { return json_reply("{}", row.status); });
  Attestations attestations(github.api);
  try {
    attestations.list({subject('a')});
    FAIL("accepted");
  } catch (ApiError const& error) {
    CHECK(error.code() == row.code);
  }
}

TEST_CASE("a malformed subject is our own mistake", "[github]") {
  ScriptedGithub github([](net::Request const&) { return json_reply("{}"); });
  Attestations attestations(github.api);
  auto const bad = one_of<std::string>({std::string("sha256:abc"), std::string("sha512:") + std::string(64, 'a'),
                                        "sha256:" + std::string(64, 'A'), std::string("../../../user")});
  CHECK_THROWS_AS(attestations.list({bad}), std::logic_error);
  CHECK(github.http.seen().empty());
}

TEST_CASE("several subjects take one bulk call, its pages and nothing else", "[github]") {  // G-12b
  ScriptedGithub github([](net::Request const& request) {
    CHECK(request.method == "POST");
    CHECK(request.idempotent);  // a read: repeated like a GET
    CHECK(request.body == "{\"subject_digests\":[\"" + subject('a') + "\",\"" + subject('b') + "\",\"" + subject('c') +
                              "\"],\"predicate_type\":\"provenance\"}");
    if (request.url.query == "per_page=100")
      return json_reply(bulk_of("\"" + subject('a') + "\":[" + entry("1") + "],\"" + subject('b') + "\":null",
                                R"({"has_next":true,"next":"Y3+/="})"));
    CHECK(request.url.query == "per_page=100&after=Y3%2B%2F%3D");
    return json_reply(bulk_of("\"" + subject('a') + "\":[" + entry("2") + "]"));
  });
  Attestations attestations(github.api, "provenance");
  auto const found = attestations.list({subject('c'), subject('a'), subject('b')});
  CHECK(github.asked().size() == 2);
  CHECK(github.asked()[0] == "POST https://api.github.com/orgs/acme/attestations/bulk-list?per_page=100");
  REQUIRE(found.of.at(subject('a')).size() == 2);  // one subject's entries on two pages
  CHECK(found.of.at(subject('a'))[1].id == "2");
  CHECK(found.of.at(subject('b')).empty());  // null
  CHECK(found.of.at(subject('c')).empty());  // absent
  CHECK(github.problems().empty());
}

TEST_CASE("the owner's kind decides the bulk call's address", "[github]") {  // G-12b
  ScriptedGithub github([](net::Request const&) { return json_reply(bulk_of("")); }, settings_with(),
                        {"mona", "charts", 500000001, OwnerKind::user});
  Attestations attestations(github.api);
  attestations.list({subject('a'), subject('b')});
  CHECK(github.asked().at(0) == "POST https://api.github.com/users/mona/attestations/bulk-list?per_page=100");
}

TEST_CASE("many subjects go in chunks of a hundred, side by side", "[github]") {  // G-12b
  std::mutex mutex;
  std::vector<std::size_t> sizes;
  ScriptedGithub github([&](net::Request const& request) {
    std::scoped_lock const lock(mutex);
    sizes.push_back(static_cast<std::size_t>(std::count(request.body.begin(), request.body.end(), ':')) - 1);
    return json_reply(bulk_of(""));
  });
  std::vector<std::string> subjects;
  for (int i = 0; i < 250; ++i) {
    auto number = std::to_string(i);
    subjects.push_back("sha256:" + std::string(64 - number.size(), '0') + number);
  }
  Attestations attestations(github.api);
  CHECK(attestations.list(subjects).of.size() == 250);
  std::sort(sizes.begin(), sizes.end());
  CHECK(sizes == std::vector<std::size_t>{50, 100, 100});
  CHECK(github.problems().empty());
}

TEST_CASE("a server without the bulk call is asked one by one, for the whole run", "[github]") {  // G-12b
  int const status = one_of({404, 422, 403, 301, 302});
  CAPTURE(status);
  std::atomic<int> bulk{0};
  ScriptedGithub github([&](net::Request const& request) {
    if (is_bulk(request)) {
      ++bulk;
      return status < 400 ? loopback::reply(status, "", {{"Location", "https://api.github.com/organizations/1"}})
                          : json_reply("{}", status);
    }
    return json_reply(listing_of(entry("5")));
  });
  Attestations attestations(github.api);
  auto const found = attestations.list({subject('a'), subject('b')});
  CHECK(found.of.at(subject('a')).at(0).id == "5");
  CHECK(found.of.at(subject('b')).at(0).id == "5");
  attestations.list({subject('c'), subject('d')});
  CHECK(bulk == 1);
}

TEST_CASE("an entry without a link is listed again, so that its id is known", "[github]") {  // G-12b
  ScriptedGithub github([](net::Request const& request) {
    if (is_bulk(request))
      return json_reply(bulk_of("\"" + subject('a') + "\":[{\"repository_id\":500000001,\"bundle\":{\"m\":1}}],\"" +
                                subject('b') + "\":[" + entry("8") + "]"));
    CHECK(request.url.path.ends_with(subject('a')));
    return json_reply(listing_of(entry("7")));
  });
  Attestations attestations(github.api);
  auto const found = attestations.list({subject('a'), subject('b')});
  REQUIRE(found.of.at(subject('a')).size() == 1);
  CHECK(found.of.at(subject('a'))[0].id == "7");
  CHECK(found.of.at(subject('b'))[0].id == "8");
  CHECK(github.http.seen().size() == 2);
}

TEST_CASE("a bulk listing that leads back to a page is an error", "[github]") {  // G-31
  ScriptedGithub github([&](net::Request const&) { return json_reply(bulk_of("", R"({"has_next":true,"next":"c"})")); });
  Attestations attestations(github.api);
  CHECK_THROWS_AS(attestations.list({subject('a'), subject('b')}), ApiError);
  CHECK(github.http.seen().size() == 2);
}

// What the owner's other repositories say about a subject must neither hide this one's attestations nor end the run.
TEST_CASE("a bulk listing without an end is left for listings of this repository", "[github]") {  // G-31
  struct Row {
    int pages;  ///< of the bulk listing
    std::size_t requests;
  };
  auto const row = one_of<Row>({{20, 20}, {21, 22}, {1000, 22}});
  CAPTURE(row.pages);
  std::atomic<int> page{0};
  ScriptedGithub github([&](net::Request const& request) {
    if (!is_bulk(request)) return json_reply(listing_of(entry("5")));
    int const now = ++page;
    auto const next = now == row.pages ? std::string(R"({"has_next":false,"next":null})")
                                       : R"({"has_next":true,"next":"c)" + std::to_string(now) + "\"}";
    return json_reply(bulk_of("\"" + subject('a') + "\":[" + (now == 1 ? entry("5") : entry("6", 7)) + "]", next));
  });
  Attestations attestations(github.api);
  auto const found = attestations.list({subject('a'), subject('b')});
  REQUIRE(found.of.at(subject('a')).size() == 1);
  CHECK(found.of.at(subject('a'))[0].id == "5");
  CHECK(found.too_long.empty());
  CHECK(github.http.seen().size() == (row.pages == 20 ? 20 : 22));
}

TEST_CASE("a bulk answer that is too large is left for listings of this repository, other faults end the run",
          "[github]") {  // G-31
  bool const too_large = one_of({true, false});
  ScriptedGithub github([&](net::Request const& request) -> net::Reply {
    if (is_bulk(request))
      throw net::NetworkError(too_large ? net::Failure::too_large : net::Failure::connect, "api.github.com", "no");
    return json_reply(listing_of(entry("5")));
  });
  Attestations attestations(github.api);
  if (!too_large) {
    CHECK_THROWS_AS(attestations.list({subject('a'), subject('b')}), net::NetworkError);
    return;
  }
  auto const found = attestations.list({subject('a'), subject('b')});
  CHECK(found.of.at(subject('b')).at(0).id == "5");
  CHECK(found.too_long.empty());
}

TEST_CASE("more than twenty pages about one subject are not a listing of it, others are not touched", "[github]") {  // G-31
  int const last = one_of({20, 21});
  CAPTURE(last);
  ScriptedGithub github([&](net::Request const& request) {
    if (is_bulk(request)) return json_reply("{}", 404);
    if (request.url.path.ends_with(subject('b'))) return json_reply(listing_of(entry("5")));
    auto const url = request.url.text();
    auto const after = url.find("after=");
    int const page = after == std::string::npos ? 1 : std::stoi(url.substr(after + 6));
    net::Headers headers;
    if (page < last)
      headers.add("Link", "<https://api.github.com/repos/acme/helm-charts/attestations/" + subject('a') +
                              "?per_page=100&after=" + std::to_string(page + 1) + ">; rel=\"next\"");
    return json_reply(listing_of(entry(std::to_string(page))), 200, headers);
  });
  Attestations attestations(github.api);
  auto const found = attestations.list({subject('a'), subject('b')});
  CHECK(found.of.at(subject('b')).size() == 1);
  CHECK(found.of.at(subject('a')).size() == (last == 20 ? 20 : 0));  // never a part
  CHECK(found.too_long == (last == 20 ? std::set<std::string>{} : std::set<std::string>{subject('a')}));
}

TEST_CASE("one subject's answer that is too large is not a listing of it, other faults end the run", "[github]") {  // G-31
  bool const too_large = one_of({true, false});
  ScriptedGithub github([&](net::Request const&) -> net::Reply {
    throw net::NetworkError(too_large ? net::Failure::too_large : net::Failure::connect, "api.github.com", "no");
  });
  Attestations attestations(github.api);
  if (too_large)
    CHECK(attestations.list({subject('a')}).too_long.contains(subject('a')));
  else
    CHECK_THROWS_AS(attestations.list({subject('a')}), net::NetworkError);
}

TEST_CASE("of bundles that a listing holds some mebibytes are kept, the others are left to their links", "[github]") {  // B-25
  std::string const bundle = R"({"m":")" + std::string(limits::kept_bundle_bytes / 2, 'x') + "\"}";
  auto const own = [&](bool linked) {
    return R"({"repository_id":500000001,"bundle":)" + bundle +
           (linked ? R"(,"bundle_url":")" + link("9") + "\"" : std::string()) + "}";
  };
  auto const repository = std::uint64_t{500000001};
  Answer answer;
  answer.status = 200;
  answer.body = listing_of(own(true));
  Listing listing;
  read_listing(answer, subject('a'), repository, listing);
  CHECK(listing.of.at(subject('a')).at(0).bundle.size() == bundle.size());
  read_listing(answer, subject('a'), repository, listing);
  CHECK(listing.of.at(subject('a')).at(1).bundle.empty());
  CHECK_FALSE(listing.of.at(subject('a')).at(1).bundle_url.empty());
  CHECK(listing.too_long.empty());
  answer.body = listing_of(own(false));
  read_listing(answer, subject('b'), repository, listing);
  CHECK(listing.too_long == std::set<std::string>{subject('b')});
}

TEST_CASE("an Enterprise Server without attestations says so once", "[github]") {  // G-15
  struct Row {
    char const* base;
    char const* meta;
    bool refused;
  };
  auto const row = one_of<Row>({
      {"https://ghe.example/api/v3", R"({"installed_version":"3.18.0"})", true},
      {"https://ghe.example/api/v3", R"({})", false},
      {"https://api.github.com", R"({"installed_version":"3.18.0"})", false},
      {"https://api.octo.ghe.com", R"({"installed_version":"3.18.0"})", false},
      {"http://127.0.0.1:9", R"({"installed_version":"3.18.0"})", false},
  });
  CAPTURE(row.base, row.meta);
  ScriptedGithub github(
      [&](net::Request const& request) {
        if (request.url.path.ends_with("/meta")) return json_reply(row.meta);
        if (request.url.path.ends_with("/helm-charts")) return json_reply("{}");
        return json_reply(R"({"message":"Not Found"})", 404);
      },
      settings_with(row.base));
  Attestations attestations(github.api);
  if (!row.refused) {
    CHECK(attestations.list({subject('a'), subject('b')}).of.size() == 2);
    return;
  }
  try {
    attestations.list({subject('a'), subject('b')});
    FAIL("accepted");
  } catch (BadEnvironment const& error) {
    CHECK(error.code() == "attestations-unavailable");
    CHECK(std::string(error.what()).find("3.18.0") != std::string::npos);
  }
}

ListedAttestation linked(std::string const& id, std::string const& url) { return {subject('a'), id, "", url, false}; }

TEST_CASE("a download carries no proof but the link's own", "[github]") {                  // G-10, V-98
  std::string const host = one_of({"https://storage.example", "https://api.github.com"});  // even at the API's host
  ScriptedGithub github([](net::Request const&) { return loopback::reply(200, "{\"mediaType\":\"x\"}"); });
  Attestations attestations(github.api);
  auto const text = download_one(attestations, linked("4", host + ":8443/a/4.json.sn?sig=s"));
  REQUIRE(text.has_value());
  CHECK(*text == "{\"mediaType\":\"x\"}");
  auto const seen = github.http.seen().at(0);
  CHECK(seen.origin_headers.size() == 0);
  CHECK(seen.headers.size() == 0);
  CHECK(seen.retry == net::RetryRules::storage);
}

TEST_CASE("storage keeps blocks, streams and plain JSON", "[github]") {  // G-14
  std::string const bundle = R"({"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","a":"aaaaaaaaaaaaaaaaaaaaaaa"})";
  int const form = one_of({0, 1, 2});
  auto const body = form == 0 ? bundle : form == 1 ? " \n" + bundle : test::packed_by_snappy(bundle);
  ScriptedGithub github([&](net::Request const&) { return loopback::reply(200, body); });
  Attestations attestations(github.api);
  auto const text = download_one(attestations, linked("4", link("4")));
  REQUIRE(text.has_value());
  CHECK(text->find(bundle) != std::string::npos);
}

TEST_CASE("what cannot be unpacked is refused, whatever it claims", "[github]") {  // G-14
  auto const body =
      one_of<std::string>({std::string(), std::string("\xff\xff\xff\xff\x0f\x00", 6),  // declares 4 GiB
                           std::string("\x06\x10hello", 7), std::string("\x0a\x01\x04", 3), std::string("<html>")});
  ScriptedGithub github([&](net::Request const&) { return loopback::reply(200, body); });
  Attestations attestations(github.api);
  auto const text = download_one(attestations, linked("4", link("4")));
  REQUIRE(text.has_error());
  CHECK(text.error().code == "bundle-unreadable");
  CHECK(text.error().where.find("attestation 4 of sha256:") == 0);
}

TEST_CASE("a download above the limit is refused, not kept", "[github]") {  // G-14
  ScriptedGithub github([](net::Request const&) { return loopback::reply(200, std::string((8U << 20) + 1, ' ')); });
  Attestations attestations(github.api);
  auto const text = download_one(attestations, linked("4", link("4")));
  REQUIRE(text.has_error());
  CHECK(text.error().code == "bundle-unreadable");
}

TEST_CASE("links that must not be followed are refused without a request", "[github]") {  // G-10
  struct Row {
    char const* base;
    char const* url;
    bool allowed;
  };
  auto const row = one_of<Row>({
      {"https://api.github.com", "http://storage.example/4.json.sn", false},
      {"https://api.github.com", "http://127.0.0.1:1/4.json.sn", false},  // the API is not on loopback
      {"http://127.0.0.1:1", "http://127.0.0.1:2/4.json.sn", true},
      {"http://127.0.0.1:1", "http://storage.example/4.json.sn", false},
      {"https://127.0.0.1:1", "http://127.0.0.1:2/4.json.sn", false},  // the API is not plain
      {"https://api.github.com", "ftp://storage.example/4.json.sn", false},
      {"https://api.github.com", "https://user:pw@storage.example/4.json.sn", false},
      {"https://api.github.com", "//storage.example/4.json.sn", false},
      {"https://api.github.com", "file:///etc/passwd", false},
  });
  CAPTURE(row.base, row.url);
  ScriptedGithub github([](net::Request const&) { return loopback::reply(200, "{}"); }, settings_with(row.base));
  Attestations attestations(github.api);
  auto const text = download_one(attestations, linked("4", row.url));
  CHECK(text.has_value() == row.allowed);
  if (!row.allowed) CHECK(text.error().code == "bundle-link");
  CHECK(github.http.seen().size() == (row.allowed ? 1 : 0));
}

TEST_CASE("an expired link is listed again once", "[github]") {  // G-14
  int const status = one_of({403, 404});
  struct Row {
    char const* fresh;  ///< what the second listing says
    char const* code;   ///< empty: the download succeeds
  };
  auto const row = one_of<Row>({{"fresh", ""}, {"stale", "bundle-unavailable"}, {"gone", "bundle-unavailable"}});
  CAPTURE(status, row.fresh);
  ScriptedGithub github([&](net::Request const& request) {
    if (request.url.host == "api.github.com") {
      std::string const kind = row.fresh;
      if (kind == "gone") return json_reply(listing_of(entry("5")));
      auto fresh = entry("4");
      fresh.replace(fresh.find("s1"), 2, kind == "fresh" ? "s2" : "s1");
      return json_reply(listing_of(entry("5") + "," + fresh));
    }
    return request.url.query == "sig=s2" ? loopback::reply(200, "{\"ok\":1}") : loopback::reply(status, "<Error/>");
  });
  Attestations attestations(github.api);
  auto const text = download_one(attestations, linked("4", link("4")));
  if (*row.code) {
    REQUIRE(text.has_error());
    CHECK(text.error().code == row.code);
    CHECK(text.error().sentence().find("sig=") == std::string::npos);
  } else {
    REQUIRE(text.has_value());
    CHECK(*text == "{\"ok\":1}");
  }
  CHECK(github.http.seen().size() <= 3);
}

TEST_CASE("an attestation without an id is found again by its place", "[github]") {  // G-13, G-14
  std::string const place = "https://storage.example/a/odd-name";
  ScriptedGithub github([&](net::Request const& request) {
    if (request.url.host == "api.github.com")
      return json_reply(listing_of(entry("5") + R"(,{"repository_id":500000001,"bundle_url":")" + place + "?sig=2\"}"));
    return request.url.query == "sig=2" ? loopback::reply(200, "{}") : loopback::reply(403);
  });
  Attestations attestations(github.api);
  CHECK(download_one(attestations, {subject('a'), std::nullopt, "", place + "?sig=1", false}).has_value());
}

TEST_CASE("storage that cannot be reached ends the run, other answers only the attestation",
          "[github]") {  // G-14
  ScriptedGithub down([](net::Request const&) -> net::Reply {
    throw net::NetworkError(net::Failure::server_error, "storage.example", "answered 503 four times", 503);
  });
  Attestations unreachable(down.api);
  CHECK_THROWS_AS(download_one(unreachable, linked("4", link("4"))), Unreachable);
  CHECK(down.http.seen().size() == 1);  // only what is too large is asked for twice

  ScriptedGithub odd([](net::Request const&) { return loopback::reply(400); });
  Attestations refused(odd.api);
  CHECK(download_one(refused, linked("4", link("4"))).error().code == "bundle-unavailable");
}

TEST_CASE("a redirect that storage must not make is refused", "[github]") {  // V-98
  ScriptedGithub github([](net::Request const& request) {
    if (request.url.host == "storage.example") return loopback::reply(302, "", {{"Location", "http://storage.example/plain"}});
    return loopback::reply(200, "{}");
  });
  Attestations attestations(github.api);
  auto const text = download_one(attestations, linked("4", link("4")));
  REQUIRE(text.has_error());
  CHECK(text.error().code == "bundle-link");
}

TEST_CASE("each download is handed on with its number, whatever arrives first", "[github]") {  // G-7
  ScriptedGithub github(
      [](net::Request const& request) { return loopback::reply(200, "{\"path\":\"" + request.url.path + "\"}"); });
  std::vector<ListedAttestation> wanted;
  for (int i = 1; i <= 100; ++i) wanted.push_back(linked(std::to_string(i), link(std::to_string(i))));
  Attestations attestations(github.api);
  std::vector<ListedAttestation const*> pointers;
  for (auto const& each : wanted) pointers.push_back(&each);
  std::vector<std::string> all(wanted.size());
  attestations.download_each(pointers, [&](std::size_t i, Verdict<std::string> bundle) { all[i] = bundle.value(); });
  for (std::size_t i = 0; i < all.size(); ++i)
    CHECK(all[i].find("/" + std::to_string(i + 1) + ".json.sn") != std::string::npos);

  // What the taker throws ends the round.
  CHECK_THROWS_AS(
      attestations.download_each(pointers, [](std::size_t, Verdict<std::string> const&) { throw Unreachable("timeout", "y"); }),
      Unreachable);
}

}  // namespace
}  // namespace acr::github

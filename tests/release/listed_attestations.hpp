#pragma once

// Attestations as GitHub lists them, answered from memory: what the worlds of these tests share.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "github/scripted_github.hpp"
#include "support/json.hpp"

namespace acr::test {

/// An attestation as GitHub lists it.
struct Listed {
  std::string id;      ///< empty: the link shows none
  std::string bundle;  ///< JSON; empty with `stored` = 200: neither bundle nor link
  int stored = 0;      ///< status that storage answers with; 0: the bundle is in the listing
};

using ListedBySubject = std::map<std::string, std::vector<Listed>>;

inline std::string entries_of(ListedBySubject const& listed, std::string const& subject) {
  std::string text;
  auto const found = listed.find(subject);
  if (found == listed.end()) return text;
  for (auto const& one : found->second) {
    std::string fields = R"({"repository_id":500000001)";
    if (one.stored == 0 && !one.bundle.empty()) fields += R"(,"bundle":)" + one.bundle;
    if (!one.id.empty()) fields += R"(,"bundle_url":"https://storage.example.org/)" + one.id + R"(.json")";
    text += (text.empty() ? "" : ",") + fields + "}";
  }
  return text;
}

/// What GitHub and its storage say to any request of these tests. `headers`: of a listing of one subject.
inline net::Reply listing_answer(ListedBySubject const& listed, net::Request const& request, net::Headers const& headers = {}) {
  auto const& path = request.url.path;
  if (request.url.host == "storage.example.org") {
    for (auto const& [subject, all] : listed)
      for (auto const& one : all)
        if (path == "/" + one.id + ".json") return loopback::reply(one.stored, one.bundle);
    return loopback::reply(404);
  }
  if (path == "/repos/acme/helm-charts") return json_reply(R"({"id":500000001,"full_name":"acme/helm-charts"})");
  if (path.ends_with("/attestations/bulk-list")) {
    auto const body = parse_json(request.body, "body").value();
    std::string digests;
    for (auto const& subject : *array_in(body, "subject_digests")) {
      std::string const name(subject.as_string());
      digests += (digests.empty() ? "" : ",") + ("\"" + name + "\":[" + entries_of(listed, name) + "]");
    }
    return json_reply(R"({"attestations_subject_digests":{)" + digests + R"(},"page_info":{"has_next":false}})");
  }
  return json_reply(R"({"attestations":[)" + entries_of(listed, path.substr(path.rfind('/') + 1)) + "]}", 200, headers);
}

}  // namespace acr::test

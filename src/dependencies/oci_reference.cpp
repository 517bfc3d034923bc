// References of charts in OCI registries (D-19).

#include "dependencies/oci_reference.hpp"

#include <algorithm>
#include <utility>

#include "dependencies/credentials.hpp"
#include "oci/names.hpp"
#include "support/text.hpp"

namespace acr::dependencies {
namespace {

Verdict<OciReference> checked(net::Url const& url, std::string path, std::string tag, std::string_view shown) {
  auto const refuse = [&](std::string why) {
    return reject("dep-repository", "", std::move(why))
        .rule("D-19")
        .expected("oci://host/path in lower case, without tag, digest, query and slash at its end")
        .found(std::string(shown.substr(0, shown.find_first_of("?#"))))
        .fix("correct Chart.yaml, update the lock");
  };
  if (url.query || url.fragment) return refuse("the URL of an OCI repository has a query or a fragment");
  for (auto const part : split(path, '/'))
    if (!oci::is_path_part(part)) return refuse("a part of the OCI repository's path is not allowed");
  if (!oci::is_tag(tag)) return refuse("the version cannot be an OCI tag");
  OciReference reference{url, std::move(path), std::move(tag)};
  reference.registry.host = registry_host(url.host);
  reference.registry.path = "/";
  return reference;
}

}  // namespace

std::string OciReference::text() const { return "oci://" + registry.authority() + "/" + path + ":" + tag; }

Verdict<OciReference> chart_reference(std::string_view repository, std::string_view name, std::string_view version) {
  auto const url = net::Url::parse(repository);
  if (!url)
    return reject("dep-repository", "", "the repository is not a usable URL: " + url.error().why)
        .rule("D-19")
        .expected("oci://host/path in lower case, nothing in it escaped")
        .fix("correct Chart.yaml, update the lock");
  auto path = url->path == "/" && !repository.ends_with('/') ? std::string() : url->path.substr(1) + "/";
  path += name;
  std::string tag(version);
  std::ranges::replace(tag, '+', '_');
  return checked(*url, std::move(path), std::move(tag),
                 std::string(repository) + " " + std::string(name) + " " + std::string(version));
}

Verdict<OciReference> tagged_reference(net::Url const& url) {
  auto const colon = url.path.rfind(':');
  if (colon == std::string::npos || url.path.find('/', colon) != std::string::npos)
    return reject("dep-repository", "", "the index gives an OCI URL without tag")
        .rule("D-17")
        .expected("oci://host/path:tag")
        .found(url.text_without_query())
        .fix("the repository's owner must fix the index");
  return checked(url, url.path.substr(1, colon - 1), url.path.substr(colon + 1), url.text_without_query());
}

}  // namespace acr::dependencies

// References of charts in OCI registries (D-19).

#include "dependencies/oci_reference.hpp"

#include <algorithm>
#include <utility>

#include "dependencies/credentials.hpp"
#include "support/text.hpp"

namespace acr::dependencies {
namespace {

bool is_lower_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
bool is_path_part(std::string_view part) {
  if (part.empty() || !is_lower_alnum(part.front()) || !is_lower_alnum(part.back())) return false;
  for (std::size_t i = 0; i < part.size();) {
    if (is_lower_alnum(part[i])) {
      ++i;
      continue;
    }
    auto const end = static_cast<std::size_t>(
        std::find_if(part.begin() + static_cast<std::ptrdiff_t>(i), part.end(), is_lower_alnum) - part.begin());
    auto const separator = part.substr(i, end - i);
    bool const dashes = separator.find_first_not_of('-') == std::string_view::npos;
    if (!dashes && separator != "." && separator != "_" && separator != "__") return false;
    i = end;
  }
  return true;
}

/// `[A-Za-z0-9_][A-Za-z0-9._-]{0,127}`
bool is_tag(std::string_view tag) {
  auto const is_word = [](char c) { return is_lower_alnum(c) || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !tag.empty() && tag.size() <= 128 && is_word(tag.front()) &&
         std::ranges::all_of(tag, [&](char c) { return is_word(c) || c == '.' || c == '-'; });
}

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
    if (!is_path_part(part)) return refuse("a part of the OCI repository's path is not allowed");
  if (!is_tag(tag)) return refuse("the version cannot be an OCI tag");
  OciReference reference{url, std::move(path), std::move(tag)};
  reference.registry.host = registry_host(url.host);
  reference.registry.path = "/";
  return reference;
}

}  // namespace

std::string OciReference::text() const { return "oci://" + registry.authority() + "/" + path + ":" + tag; }

Verdict<OciReference> chart_reference(std::string_view repository, std::string_view name, std::string_view version) {
  auto const url = net::Url::parse(repository);
  if (!url) return reject("dep-repository", "", "the repository is not a usable URL: " + url.error().why)
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

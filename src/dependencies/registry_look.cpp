// Looking at a tag before and after a push (O-22, O-23).

#include "dependencies/registry_look.hpp"

#include <array>
#include <utility>

#include "oci/manifest_difference.hpp"
#include "support/digest.hpp"

namespace acr::dependencies {
namespace {

// O-22: what was pushed a moment ago may not be there for everybody yet.
constexpr std::array<std::chrono::seconds, 3> pauses{std::chrono::seconds(1), std::chrono::seconds(2), std::chrono::seconds(4)};

OciReference wire_reference(oci::ChartReference const& reference) {
  OciReference wire{reference.repository.registry(), reference.path(), reference.tag};
  wire.registry.host = registry_host(wire.registry.host);
  return wire;
}

/// Refusals of the fetching room in the words of this one: nobody can "commit the chart" here.
Rejection in_our_words(Rejection refusal, std::string const& where) {
  refusal.where = where;
  if (refusal.code == "dep-auth") {
    refusal.code = "oci-auth";
    refusal.expected_value = "200 or 404";
  } else if (refusal.code == "dep-unreachable" || refusal.code == "dep-not-found") {
    refusal.code = "oci-unreachable";
    refusal.rule_number = "O-23";
    refusal.expected_value = "an answer of the registry";
    if (refusal.fix_text != "run again" && refusal.fix_text.find("registry-credentials") == std::string::npos)
      refusal.fix_text = "check oci-repository, then run again";
  } else if (refusal.code == "dep-address") {
    refusal.fix_text = "name the host in dependency-private-hosts";
  } else {
    refusal.fix_text = "the registry's owner must fix it";
  }
  return refusal;
}

std::string verdict_text(TagCheck check, bool same_package) {
  if (check == TagCheck::pushed) return "the registry has another manifest than the one that was attested";
  return same_package ? "the tag names another manifest: the same package was pushed with another time or zone"
                      : "the tag names another manifest, and releases are immutable";
}

}  // namespace

std::string to_text(TagState state) { return state == TagState::free ? "free" : "published"; }

RegistryLook::RegistryLook(net::Http& http, HostSettings settings, Sleep sleep)
    : fetcher_(http, std::move(settings)), registries_(fetcher_), sleep_(std::move(sleep)) {}

/// Nothing when the tag names nothing.
Verdict<std::optional<std::string>> RegistryLook::digest_of(OciReference const& reference, std::string const& where) {
  using Want = OciRegistries::Want;
  auto const head = registries_.find(reference, Want::headers);
  if (!head) return in_our_words(head.error(), where);
  if (!*head) return std::optional<std::string>();
  if (auto said = (*head)->headers.joined("docker-content-digest"); is_sha256_text(said)) return std::optional(std::move(said));
  auto const body = registries_.find(reference, Want::manifest);
  if (!body) return in_our_words(body.error(), where);
  if (!*body) return std::optional<std::string>();
  return std::optional(sha256_text((*body)->body));
}

/// The tag names something else; why, if the registry gives it away.
Rejection RegistryLook::other(PlannedManifest const& planned, OciReference const& reference, std::string const& found,
                              TagCheck check) {
  auto const body = registries_.find(reference, OciRegistries::Want::manifest);
  oci::ManifestDifference difference{"the registry does not give the manifest", false};
  if (body && *body) {
    difference = sha256_text((*body)->body) == found
                     ? oci::first_difference(planned.text, (*body)->body)
                     : oci::ManifestDifference{"the registry gives other bytes than it announces", false};
  }
  bool const before = check == TagCheck::free;
  return reject(before ? Code("oci-tag-taken") : Code("oci-digest-differs"), planned.reference.text(),
                verdict_text(check, difference.same_package))
      .rule("O-22")
      .expected(before ? "no such tag, or " + planned.digest : planned.digest)
      .found(found + " (" + difference.text + ")")
      .fix(before ? "find out who pushed it, and release a new version"
                  : "consumers cannot verify it: take it back, and push the gate's package with TZ=UTC and Helm 3.17 or newer");
}

Verdict<TagState> RegistryLook::look(PlannedManifest const& planned, TagCheck check) {
  auto const reference = wire_reference(planned.reference);
  auto const where = planned.reference.text();
  auto found = digest_of(reference, where);
  if (check == TagCheck::pushed)
    for (auto const pause : pauses) {
      if (!found || *found) break;
      sleep_(pause);
      found = digest_of(reference, where);
    }
  if (!found) return found.error();
  if (*found == planned.digest) return TagState::published;
  if (*found) return other(planned, reference, **found, check);
  if (check == TagCheck::free) return TagState::free;
  return reject("oci-not-pushed", where, "the registry has no such tag")
      .rule("O-22")
      .expected(planned.digest)
      .found("404 of " + reference.registry.authority())
      .fix("push the package with TZ=UTC helm push, then look again");
}

}  // namespace acr::dependencies

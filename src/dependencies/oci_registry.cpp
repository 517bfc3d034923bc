// Pulling a chart (D-20 … D-22, B-27, B-28), and looking at what a tag names (O-23, O-24).

#include "dependencies/oci_registry.hpp"

#include <algorithm>
#include <utility>

#include "dependencies/limits.hpp"
#include "net/path_prefix.hpp"
#include "support/digest.hpp"

namespace acr::dependencies {
namespace {

constexpr auto accepted_manifests = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json";
// O-23: with fewer, registries answer 404 for a tag that is there.
constexpr auto any_manifest =
    "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, "
    "application/vnd.docker.distribution.manifest.v2+json, application/vnd.docker.distribution.manifest.list.v2+json, */*";
constexpr auto no_access_text = "absent or no access; the repository must end before the chart's name";

Rejection no_access(std::string const& where, std::string why, std::string found) {
  return reject("dep-auth", where, std::move(why))
      .rule("B-27")
      .expected("200")
      .found(std::move(found))
      .fix("give registry-credentials for it; " + std::string(no_access_text));
}

Rejection other_digest(std::string const& where, std::string why, std::string expected, std::string found) {
  return reject("dep-digest-mismatch", where, std::move(why))
      .rule("D-30")
      .expected(std::move(expected))
      .found(std::move(found))
      .fix("find out who changed it; do not just pin it anew");
}

Verdict<void> check_size(std::string const& where, OciDescriptor const& descriptor, std::size_t most) {
  if (descriptor.size <= most) return {};
  return reject("dep-too-large", where, "the registry announces more than is read")
      .rule("D-35")
      .expected("at most " + std::to_string(most) + " bytes")
      .found(std::to_string(descriptor.size) + " bytes")
      .fix("take another source, or commit the chart");
}

/// D-20, D-21: size and digest of what a descriptor names.
Verdict<void> check_bytes(std::string const& where, OciDescriptor const& descriptor, std::string_view bytes) {
  auto const got = oci_digest(descriptor.digest, bytes);
  if (bytes.size() == descriptor.size && got == descriptor.digest) return {};
  return other_digest(where, "the registry gives other bytes than its manifest names",
                      descriptor.digest + " (" + std::to_string(descriptor.size) + " bytes, named by the manifest)",
                      got + " (" + std::to_string(bytes.size()) + " bytes)");
}

/// B-27: the line that would let the password go to `realm`; user and password are not shown.
std::string allowing_line(OciReference const& reference, Credential const* line, net::Url const& realm) {
  auto text = reference.registry.authority() +
              (line ? line->prefix : "/" + reference.path.substr(0, reference.path.rfind('/'))) + "=USER:PASSWORD";
  if (realm.authority() == reference.registry.authority()) return text;
  return text + " realm=" + realm.authority();
}

/// The advice when a login is not taken.
std::string another_login(Login const& login) {
  return "log in anew (" + login.source + "), or give registry-credentials for it; " + no_access_text;
}

/// A challenge counts from the registry itself: not from where a redirect leads, at another origin or outside the prefix.
bool is_registrys_own(net::Reply const& reply, Question const& question) {
  return reply.url.origin() == question.url.origin() && net::is_below_prefix(reply.url.path, question.prefix);
}

}  // namespace

OciRegistries::OciRegistries(Fetcher& fetcher, std::function<std::chrono::steady_clock::time_point()> now)
    : fetcher_(fetcher), now_(now ? std::move(now) : [] { return std::chrono::steady_clock::now(); }) {}

OciRegistries::Access& OciRegistries::access_of(OciReference const& reference) {
  std::lock_guard const lock(mutex_);
  auto& access = accesses_[reference.registry.authority() + "/" + reference.path];
  if (!access) access = std::make_unique<Access>();
  return *access;
}

Credential const* OciRegistries::line_of(OciReference const& reference) const {
  return fetcher_.credentials().find(reference.registry.host, reference.registry.port, "/" + reference.path);
}

net::Url OciRegistries::wire_url(OciReference const& reference, std::string_view what) const {
  auto url = reference.registry;
  url.scheme = fetcher_.speaks_http(url) ? "http" : "https";
  url.path = "/v2/" + reference.path + "/" + std::string(what);
  return url;
}

Verdict<std::string> OciRegistries::ask_for_token(OciReference const& reference, Access& access, Challenge const& challenge) {
  auto const where = reference.text();
  auto const parameter = [&](char const* name) {
    auto const found = challenge.parameters.find(name);
    return found == challenge.parameters.end() ? nullptr : &found->second;
  };
  auto const* const realm_text = parameter("realm");
  auto const realm = net::Url::parse(realm_text ? *realm_text : "");
  if (!realm || (!realm->is_https() && !(realm->scheme == "http" && fetcher_.speaks_http(*realm))))
    return no_access(where, "the registry names no usable token service", "401 of " + reference.registry.authority());
  // B-27: only a registry that somebody wrote a line for has a password to give, and the line says where else it may go.
  auto const* const line = line_of(reference);
  if (line && !line->allows_realm(*realm))
    return no_access(where, "the registry would have its password sent to another host",
                     "401 of " + reference.registry.authority() + ", realm at " + realm->authority())
        .rule("B-27")
        .expected("a realm at " + reference.registry.authority() + ", or one that the line of registry-credentials names")
        .fix("if this token service is the registry's, write: " + allowing_line(reference, line, *realm));
  // A login is nobody's line: it goes to the registry's own host alone, and without it the token service may serve everybody.
  auto const login = line ? Verdict<std::optional<Login>>(std::nullopt) : fetcher_.login(reference.registry);
  if (!login) return Rejection(login.error()).within(where);
  bool const kept_back = *login && !(*login)->credential.allows_realm(*realm);
  access.kept_back =
      kept_back ? "; the login of " + (*login)->source + " was not sent to " + realm->authority() + ", which is another host"
                : std::string();
  access.line = kept_back ? allowing_line(reference, nullptr, *realm) : std::string();
  auto const* const credential = line ? line : *login && !kept_back ? &(*login)->credential : nullptr;
  Question question;
  question.url = token_url(*realm, parameter("service"), reference.path);
  question.max_body = limits::token_bytes;
  question.redirects = net::Redirects::hand_over;
  if (credential) question.authorization = credential->basic();
  auto const asked_at = now_();
  auto const reply = fetcher_.ask(question);
  auto const refused = [&](std::string const& what) {
    auto refusal = no_access(where, "the token service gives no token", what + " of " + realm->authority());
    if (!credential)
      refusal.fix_text =
          "give it a line of registry-credentials: " + allowing_line(reference, credential, *realm) + "; " + no_access_text;
    else if (*login)
      refusal.fix_text = another_login(**login);
    if (kept_back) refusal.why += access.kept_back;
    return refusal;
  };
  if (!reply) return reply.error().code == "dep-too-large" ? refused("a too large answer") : reply.error();
  if (reply->status != 200) return refused("status " + std::to_string(reply->status));
  auto token = read_token(reply->body, where);
  if (!token) return std::move(token.error()).found("an answer of " + realm->authority());
  access.authorization = "Bearer " + token->value;
  access.until = asked_at + token->life;
  return access.authorization;
}

Verdict<std::string> OciRegistries::authorize(OciReference const& reference, Access& access, std::string const& refused,
                                              net::Reply const& reply) {
  std::lock_guard const lock(access.mutex);
  // Another thread may have had the same answer a moment ago.
  if (!access.authorization.empty() && access.authorization != refused && now_() < access.until) return access.authorization;
  access.authorization.clear();
  auto const where = reference.text();
  auto const challenges = parse_challenges(reply.headers.joined("www-authenticate"));
  auto const of = [&](char const* scheme) { return std::ranges::find(challenges, scheme, &Challenge::scheme); };
  if (of("bearer") != challenges.end()) return ask_for_token(reference, access, *of("bearer"));
  auto const found = "401 of " + reference.registry.authority();
  if (of("basic") == challenges.end())
    return no_access(where, "the registry wants a kind of access that is not supported", found);
  auto const* const line = line_of(reference);
  auto const login = line ? Verdict<std::optional<Login>>(std::nullopt) : fetcher_.login(reference.registry);
  if (!login) return Rejection(login.error()).within(where);
  auto const* const credential = line ? line : *login ? &(*login)->credential : nullptr;
  if (!credential) return no_access(where, "the registry wants a password", found);
  if (refused == credential->basic()) {
    auto refusal = no_access(where, "the registry does not take the password", found);
    if (*login) refusal.fix_text = another_login(**login);
    return refusal;
  }
  access.authorization = credential->basic();
  access.until = std::chrono::steady_clock::time_point::max();
  return access.authorization;
}

/// Sends the question with the access that the registry wants, and once more after a 401 of its own.
Verdict<net::Reply> OciRegistries::ask(OciReference const& reference, Question& question) {
  auto& access = access_of(reference);
  // B-28: `/v2` stands before the repository's path; what a redirect leads to below another prefix is not asked with it.
  auto const* const line = line_of(reference);
  if (line && !line->prefix.empty()) question.prefix = "/v2" + line->prefix;
  {
    std::lock_guard const lock(access.mutex);
    if (now_() < access.until) question.authorization = access.authorization;
  }
  auto reply = fetcher_.ask(question);
  if (!reply || reply->status != 401 || !is_registrys_own(*reply, question)) return reply;
  auto const authorization = authorize(reference, access, question.authorization, *reply);
  if (!authorization) return authorization.error();
  question.authorization = *authorization;
  return fetcher_.ask(question);
}

/// What an answer that is no 200 means.
Rejection OciRegistries::refused_by(OciReference const& reference, Question const& question, net::Reply const& reply) {
  auto const where = reference.text();
  if (reply.status == 401 || reply.status == 403) {
    auto refusal =
        no_access(where, "the registry does not give it to us", std::to_string(reply.status) + " of " + reply.url.authority());
    auto& access = access_of(reference);
    std::lock_guard const lock(access.mutex);
    refusal.why += access.kept_back;
    if (!access.line.empty())
      refusal.fix_text = "if that token service is the registry's, give registry-credentials: " + access.line;
    return refusal;
  }
  auto refused = refused_answer(reply, question.url);
  refused.where = where;
  if (reply.status == 404) return std::move(refused).rule("D-18").fix("check name and version: " + std::string(no_access_text));
  return refused;
}

Verdict<net::Reply> OciRegistries::get(OciReference const& reference, std::string_view what, std::string_view accept,
                                       std::size_t max_body) {
  Question question;
  question.url = wire_url(reference, what);
  question.accept = accept;
  question.max_body = max_body;
  auto reply = ask(reference, question);
  if (!reply || reply->status == 200) return reply;
  return refused_by(reference, question, *reply);
}

Verdict<std::optional<net::Reply>> OciRegistries::find(OciReference const& reference, Want want) {
  Question question;
  question.url = wire_url(reference, "manifests/" + reference.tag);
  question.method = want == Want::headers ? "HEAD" : "GET";
  question.accept = any_manifest;
  question.max_body = limits::manifest_bytes;
  auto reply = ask(reference, question);
  if (!reply) return reply.error();
  if (reply->status == 200) return std::optional(std::move(*reply));
  if (reply->status == 404 && is_registrys_own(*reply, question)) return std::optional<net::Reply>();
  return refused_by(reference, question, *reply);
}

/// A manifest by tag or digest; what the registry says of its digest holds (D-20).
Verdict<net::Reply> OciRegistries::get_manifest(OciReference const& reference, std::string const& name,
                                                std::string const& where) {
  auto reply = get(reference, "manifests/" + name, accepted_manifests, limits::manifest_bytes);
  if (!reply) return reply;
  if (auto const* const said = reply->headers.find("docker-content-digest"))
    if (auto const got = oci_digest(*said, reply->body); got != *said)
      return other_digest(where, "the manifest is not the one that the registry announces", *said + " (Docker-Content-Digest)",
                          got);
  return reply;
}

/// The manifest of the chart: the one that was asked for, or the one child of an index that is a chart's.
Verdict<OciManifest> OciRegistries::chart_manifest(OciReference const& reference, net::Reply const& reply,
                                                   std::string_view where) {
  auto const type_of = [](net::Reply const& answer) {
    auto const* const type = answer.headers.find("content-type");
    return type ? *type : std::string();
  };
  auto manifest = read_oci_manifest(reply.body, type_of(reply), where);
  if (!manifest || !manifest->is_index) return manifest;
  std::vector<OciManifest> charts;
  for (auto const& child : manifest->children) {
    auto const name = std::string(where) + "@" + child.digest;
    if (auto const fine = check_size(name, child, limits::manifest_bytes); !fine) return fine.error();
    auto const answer = get_manifest(reference, child.digest, name);
    if (!answer) return answer.error();
    if (auto const fine = check_bytes(name, child, answer->body); !fine) return fine.error();
    auto read = read_oci_manifest(answer->body, type_of(*answer), name);
    if (!read) return read.error();
    if (read->is_chart) charts.push_back(std::move(*read));
  }
  if (charts.size() == 1) return std::move(charts.front());
  return reject("dep-oci-manifest", std::string(where), "the index has not exactly one manifest of a Helm chart")
      .rule("D-20")
      .expected("one")
      .found(std::to_string(charts.size()))
      .fix("the repository's owner must fix it");
}

Verdict<PulledChart> OciRegistries::pull(OciReference const& reference) {
  auto const where = reference.text();
  auto const reply = get_manifest(reference, reference.tag, where);
  if (!reply) return reply.error();
  auto const manifest = chart_manifest(reference, *reply, where);
  if (!manifest) return manifest.error();
  auto const layer = chart_layer(*manifest, where);
  if (!layer) return layer.error();
  if (auto const fine = check_size(where, *layer, limits::archive_bytes); !fine) return fine.error();
  auto blob = get(reference, "blobs/" + layer->digest, "", limits::archive_bytes);
  if (!blob) return blob.error();
  if (auto const fine = check_bytes(where, *layer, blob->body); !fine) return fine.error();
  PulledChart pulled{std::move(blob->body), sha256_text(reply->body), {}};
  if (is_plain_layer(*layer))
    pulled.warnings.push_back(
        reject("oci-layer-type", where, "the layer with the chart has a type that Helm reads but does not write")
            .rule("D-21")
            .found(layer->media_type));
  return pulled;
}

}  // namespace acr::dependencies

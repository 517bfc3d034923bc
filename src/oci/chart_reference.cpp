// The input `oci-repository`, and the names of charts below it (O-8, O-10 … O-12).

#include "oci/chart_reference.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "net/address.hpp"
#include "oci/names.hpp"
#include "support/text.hpp"

namespace acr::oci {
namespace {

/// Registries refuse longer names; here the host and its port count, too (O-11).
constexpr std::size_t subject_name_bytes = 255;
constexpr std::string_view scheme = "oci://";

/// Verifiers take `acme/charts` for a path of their default registry, Helm takes it for a host: only what both read alike.
bool is_clearly_host(Repository const& repository) {
  return !repository.port.empty() || repository.host == "localhost" || repository.host.find_first_of(".:") != std::string::npos;
}

/// A URL's host may hold `_`, a DNS label may not.
bool is_usable_authority(Repository const& repository) {
  return is_clearly_host(repository) && repository.host.find('_') == std::string::npos &&
         net::Url::parse(std::string(scheme) + repository.authority() + "/").has_value();
}

/// `host[:port][/part…]` in small letters, or nothing.
std::optional<Repository> read_folded(std::string_view text) {
  Repository repository;
  auto const slash = text.find('/');
  auto const authority = text.substr(0, slash);
  auto const colon = authority.rfind(':');
  bool const has_port = colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
  repository.host = authority.substr(0, has_port ? colon : authority.size());
  if (has_port) repository.port = authority.substr(colon + 1);
  if ((has_port && repository.port.empty()) || !is_usable_authority(repository)) return std::nullopt;
  if (slash == std::string_view::npos) return repository;
  repository.path = text.substr(slash + 1);
  for (auto const part : split(repository.path, '/'))
    if (!is_path_part(part)) return std::nullopt;
  return repository;
}

/// Without scheme, in whatever letters.
std::string_view without_scheme(std::string_view text) {
  auto const end = text.find("://");
  return end == std::string_view::npos || end > 16 ? text : text.substr(end + 3);
}

/// Without credentials before the host, and without tag, digest, query and fragment behind the path.
std::string_view without_extras(std::string_view text) {
  text = text.substr(0, text.find_first_of("?#"));
  if (auto const at = text.rfind('@'); at != std::string_view::npos)
    text = text.substr(at).starts_with("@sha") ? text.substr(0, at) : text.substr(at + 1);
  if (auto const at = text.rfind('@'); at != std::string_view::npos) text.remove_prefix(at + 1);
  auto const slash = text.rfind('/');
  if (slash != std::string_view::npos) text = text.substr(0, text.find(':', slash));
  return text;
}

/// What was probably meant, if it can be used; else an example.
std::string nearest_form(std::string_view given) {
  auto const text = to_lower_ascii(without_extras(without_scheme(trimmed(given))));
  std::string form;
  for (auto const part : split(text, '/')) {
    if (part.empty() || part == "." || part == "..") continue;
    if (!form.empty()) form += '/';
    form += part;
  }
  if (read_folded(form)) return form;
  auto const slash = std::min(form.find('/'), form.size());
  auto const authority = form.substr(0, slash);
  bool const has_host = authority.find_first_of(".:") != std::string::npos;
  if (!has_host && read_folded("ghcr.io/" + form)) return "ghcr.io/" + form;  // the host was forgotten
  auto const without_port = authority.substr(0, authority.find(':')) + form.substr(slash);
  if (read_folded(without_port)) return without_port;  // a port that is none
  return "ghcr.io/acme/charts";
}

/// Nothing that could be a password: neither what stands before an `@` nor what follows a `?`.
std::string without_password(std::string_view given) {
  if (given.find('@') != std::string_view::npos) return "";
  return std::string(given.substr(0, given.find_first_of("?#")));
}

}  // namespace

Verdict<Repository> Repository::parse(std::string_view text) {
  auto const given = text.starts_with(scheme) ? text.substr(scheme.size()) : text;
  auto const folded = to_lower_ascii(given);
  auto repository = read_folded(folded);
  if (!repository)
    return reject("oci-repository", "input oci-repository", "this is not a place that charts can be pushed to")
        .rule("O-10")
        .expected("a registry's host and a path, such as ghcr.io/acme/charts, without tag, digest, user name and last slash")
        .found(without_password(text))
        .fix("write " + nearest_form(text));
  repository->folded = folded != given;
  return std::move(*repository);
}

std::string Repository::authority() const { return port.empty() ? host : host + ":" + port; }

std::string Repository::text() const { return path.empty() ? authority() : authority() + "/" + path; }

net::Url Repository::registry() const { return net::Url::parse(std::string(scheme) + authority() + "/").value(); }

Rejection folded_warning(Repository const& repository, std::string_view where) {
  return reject("oci-lowercase", std::string(where), "registries allow no capitals; read as " + repository.text()).rule("O-10");
}

std::string ChartReference::path() const { return repository.path.empty() ? name : repository.path + "/" + name; }

std::string ChartReference::subject_name() const { return repository.authority() + "/" + path(); }

std::string ChartReference::text() const { return subject_name() + ":" + tag; }

std::string push_command(Repository const& repository, std::string_view file) {
  auto const is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._/+-").find(c) != std::string_view::npos;
  };
  std::string word;
  for (char const c : file) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  if (file.empty() || !std::ranges::all_of(file, is_plain)) word = "'" + word + "'";
  return "TZ=UTC helm push " + word + " " + std::string(scheme) + repository.text();
}

Verdict<ChartReference> chart_reference(Repository const& repository, std::string_view name, std::string_view version) {
  ChartReference reference{repository, std::string(name), std::string(version)};
  std::ranges::replace(reference.tag, '+', '_');
  if (!is_path_part(name))
    return reject("oci-name", "Chart.yaml", "registries do not allow this name for a chart")
        .rule("O-11")
        .expected("small letters and digits, with one `.`, `_` or `__`, or any number of `-`, between them")
        .found(std::string(name))
        .fix("rename the chart, or leave oci-repository empty");
  if (auto const full = reference.subject_name(); full.size() > subject_name_bytes)
    return reject("oci-name", "Chart.yaml", "the chart's name in the registry is too long")
        .rule("O-11")
        .expected("at most " + std::to_string(subject_name_bytes) + " bytes")
        .found(std::to_string(full.size()) + " bytes: " + full)
        .fix("give the chart or the path of oci-repository a shorter name");
  if (!is_tag(reference.tag))
    return reject("oci-tag", "Chart.yaml", "the version cannot be a tag in a registry")
        .rule("O-11")
        .expected("at most 128 letters, digits and `._-`; the `+` of a version is written `_`")
        .found(reference.tag)
        .fix("shorten the version");
  return reference;
}

}  // namespace acr::oci

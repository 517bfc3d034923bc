#pragma once

// Where a chart of ours goes in an OCI registry, and what it is called there: src/oci/chart_reference.hpp
// (oci.md O-8, O-10 … O-12) Pure: texts in, texts out. What Chart.lock names is dependencies/oci_reference.hpp.

#include <string>
#include <string_view>

#include "net/url.hpp"
#include "support/verdict.hpp"

namespace acr::oci {

/// The value of the input `oci-repository`: a registry, and the path that charts are pushed below.
struct Repository {
  std::string host;     ///< as given, lower case: a name, IPv4, or IPv6 in brackets
  std::string port;     ///< as given, "" or 1 … 65535
  std::string path;     ///< "acme/charts", without slashes at its ends; "" for the registry itself
  bool folded = false;  ///< capitals became small letters: worth the warning of folded_warning()

  /// Accepts `[oci://]host[:port][/part…]`; ASCII capitals are folded. Refused, code `oci-repository`: all else; `fix` has
  /// the nearest valid form, and `found` nothing that may be a password.
  static Verdict<Repository> parse(std::string_view text);

  /// "ghcr.io" or "localhost:5000"
  [[nodiscard]] std::string authority() const;
  /// "ghcr.io/acme/charts": the output `oci-repository`.
  [[nodiscard]] std::string text() const;
  /// `oci://host[:port]/`, for those who ask the registry.
  [[nodiscard]] net::Url registry() const;

  friend bool operator==(Repository const&, Repository const&) = default;
};

/// Warning `oci-lowercase`. `where` is the place of the input, e.g. "input oci-repository".
Rejection folded_warning(Repository const& repository, std::string_view where);

/// One chart's place: `helm push` puts it there, and verifiers ask for it by this name.
struct ChartReference {
  Repository repository;
  std::string name;  ///< of the chart: one part of a path
  std::string tag;   ///< its version, `+` as `_`

  /// "acme/charts/web": what a registry calls the repository.
  [[nodiscard]] std::string path() const;
  /// "ghcr.io/acme/charts/web": the subject of an attestation (O-12).
  [[nodiscard]] std::string subject_name() const;
  /// "ghcr.io/acme/charts/web:1.2.0_b1", as Helm prints it (O-12).
  [[nodiscard]] std::string text() const;

  friend bool operator==(ChartReference const&, ChartReference const&) = default;
};

/// O-21: the command that pushes the chart's package so that its manifest has the digest that was computed. `file`: a path, in
/// single quotes when a shell would take it for more than a word.
std::string push_command(Repository const& repository, std::string_view file);

/// O-11. Codes `oci-name` and `oci-tag`; `where` is "Chart.yaml".
Verdict<ChartReference> chart_reference(Repository const& repository, std::string_view name, std::string_view version);

}  // namespace acr::oci

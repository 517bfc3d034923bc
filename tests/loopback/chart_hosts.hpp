#pragma once

// A chart repository and an OCI registry to put behind LoopbackServer: tests/loopback/chart_hosts.hpp (D-14 … D-23)

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "loopback/server.hpp"

namespace acr::loopback {

/// Answers by path; everything else is a 404. Filled before the server starts, or under the test's own order.
struct Site {
  std::map<std::string, Answer> answers;
  Answer operator()(Seen const& seen) const;
};

/// A chart repository under `root` ("/stable" or ""): archives and the index.yaml that names them.
class ChartRepository {
 public:
  explicit ChartRepository(std::string root = {}) : root_(std::move(root)) {}
  /// An archive `<name>-<version>.tgz` with its entry and digest.
  ChartRepository& add(std::string const& name, std::string const& version, std::string const& bytes);
  /// An entry alone; empty `url` or `digest`: none.
  ChartRepository& entry(std::string const& name, std::string const& version, std::string const& url,
                         std::string const& digest);
  /// A file alone, by its path below the root.
  ChartRepository& file(std::string const& path, Answer answer);
  [[nodiscard]] std::string index() const;
  /// All of it; the index is left out when a file of that name was added.
  [[nodiscard]] Site site() const;

 private:
  std::string root_;
  std::map<std::string, std::string> entries_;  ///< YAML by chart name
  Site site_;
};

/// One descriptor of a manifest, as JSON.
std::string oci_descriptor(std::string_view media_type, std::string_view bytes, bool sha512 = false);

/// An OCI registry without access control.
class OciRegistry {
 public:
  static constexpr auto manifest_type = "application/vnd.oci.image.manifest.v1+json";
  static constexpr auto index_type = "application/vnd.oci.image.index.v1+json";
  static constexpr auto config_type = "application/vnd.cncf.helm.config.v1+json";
  static constexpr auto content_type = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
  static constexpr auto provenance_type = "application/vnd.cncf.helm.chart.provenance.v1.prov";

  /// A chart as `helm push` leaves it; its manifest's text is given back.
  std::string push(std::string const& path, std::string const& tag, std::string const& archive);
  /// A manifest of any form, by its tag and digest.
  OciRegistry& manifest(std::string const& path, std::string const& tag, std::string const& text,
                        std::string const& type = manifest_type);
  OciRegistry& blob(std::string const& path, std::string const& bytes);
  [[nodiscard]] static std::string manifest_text(std::vector<std::string> const& layers, std::string_view config = config_type);

  Site site;
};

/// `handler` behind a password ("user:password"); the challenge's text may be another.
Handler with_basic(std::string const& password, Handler handler, std::string challenge = "Basic realm=\"charts\"");
/// `handler` behind a Bearer token; all else gets a 401 with `challenge`.
Handler with_bearer(std::string token, std::string challenge, Handler handler);

}  // namespace acr::loopback

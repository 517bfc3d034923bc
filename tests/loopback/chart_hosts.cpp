#include "loopback/chart_hosts.hpp"

#include <utility>

#include "support/digest.hpp"
#include "support/encoding.hpp"

namespace acr::loopback {

Answer Site::operator()(Seen const& seen) const {
  auto const found = answers.find(seen.path());
  return found == answers.end() ? Answer{.status = 404, .body = "not here"} : found->second;
}

ChartRepository& ChartRepository::add(std::string const& name, std::string const& version, std::string const& bytes) {
  auto const file_name = name + "-" + version + ".tgz";
  file(file_name, {.headers = {{"Content-Type", "application/gzip"}}, .body = bytes});
  return entry(name, version, file_name, sha256_text(bytes).substr(7));
}

ChartRepository& ChartRepository::entry(std::string const& name, std::string const& version, std::string const& url,
                                        std::string const& digest) {
  auto& text = entries_[name];
  text += "  - apiVersion: v2\n    name: " + name + "\n    version: \"" + version + "\"\n    description: for tests\n";
  if (!digest.empty()) text += "    digest: \"" + digest + "\"\n";
  if (!url.empty()) text += "    urls:\n    - \"" + url + "\"\n";
  return *this;
}

ChartRepository& ChartRepository::file(std::string const& path, Answer answer) {
  site_.answers[root_ + "/" + path] = std::move(answer);
  return *this;
}

std::string ChartRepository::index() const {
  std::string text = "apiVersion: v1\nentries:\n";
  for (auto const& [name, entries] : entries_) text += "  " + name + ":\n" + entries;
  return text + "generated: \"2024-01-01T00:00:00Z\"\n";
}

Site ChartRepository::site() const {
  auto site = site_;
  site.answers.try_emplace(root_ + "/index.yaml", Answer{.headers = {{"Content-Type", "text/yaml"}}, .body = index()});
  return site;
}

std::string oci_descriptor(std::string_view media_type, std::string_view bytes, bool sha512) {
  auto const name = sha512 ? "sha512:" + hex(digest(HashAlgorithm::sha512, bytes)) : sha256_text(bytes);
  return R"({"mediaType":")" + std::string(media_type) + R"(","digest":")" + name + R"(","size":)" +
         std::to_string(bytes.size()) + "}";
}

std::string OciRegistry::manifest_text(std::vector<std::string> const& layers, std::string_view config) {
  std::string text = R"({"schemaVersion":2,"config":)" + oci_descriptor(config, "{}") + R"(,"layers":[)";
  for (std::size_t i = 0; i < layers.size(); ++i) text += (i == 0 ? "" : ",") + layers[i];
  return text + "]}";
}

std::string OciRegistry::push(std::string const& path, std::string const& tag, std::string const& archive) {
  auto const text = manifest_text({oci_descriptor(provenance_type, "signed"), oci_descriptor(content_type, archive)});
  manifest(path, tag, text);
  blob(path, archive);
  return text;
}

OciRegistry& OciRegistry::manifest(std::string const& path, std::string const& tag, std::string const& text,
                                   std::string const& type) {
  Answer const answer{.headers = {{"Content-Type", type}, {"Docker-Content-Digest", sha256_text(text)}}, .body = text};
  site.answers["/v2/" + path + "/manifests/" + tag] = answer;
  site.answers["/v2/" + path + "/manifests/" + sha256_text(text)] = answer;
  return *this;
}

OciRegistry& OciRegistry::blob(std::string const& path, std::string const& bytes) {
  Answer const answer{.headers = {{"Content-Type", "application/octet-stream"}}, .body = bytes};
  site.answers["/v2/" + path + "/blobs/" + sha256_text(bytes)] = answer;
  site.answers["/v2/" + path + "/blobs/sha512:" + hex(digest(HashAlgorithm::sha512, bytes))] = answer;
  return *this;
}

Handler with_basic(std::string const& password, Handler handler, std::string challenge) {
  return
      [wanted = "Basic " + base64(password), handler = std::move(handler), challenge = std::move(challenge)](Seen const& seen) {
        if (seen.header("Authorization") == wanted) return handler(seen);
        return Answer{.status = 401, .headers = {{"WWW-Authenticate", challenge}}, .body = "who are you"};
      };
}

Handler with_bearer(std::string token, std::string challenge, Handler handler) {
  return [wanted = "Bearer " + std::move(token), challenge = std::move(challenge),
          handler = std::move(handler)](Seen const& seen) {
    if (seen.header("Authorization") == wanted) return handler(seen);
    return Answer{.status = 401, .headers = {{"WWW-Authenticate", challenge}}, .body = "who are you"};
  };
}

}  // namespace acr::loopback

#pragma once

// A repository of trusted roots on this machine, for whole runs: tests/scenario/trust_repository.hpp (T-13a)

#include <boost/json.hpp>
#include <functional>
#include <optional>
#include <string>

#include "loopback/server.hpp"
#include "support/atomic_file.hpp"
#include "support/temporary_directory.hpp"
#include "tuf_signing/repository.hpp"

namespace acr::test {

/// Lists one trusted root. Metadata are below /x/metadata/, targets below /x/targets/.
struct TrustRepository {
  tuftest::Repository repository;
  std::string organization = "sigstore.mock";                                     ///< of the lab's certificates
  std::function<std::optional<loopback::Answer>(loopback::Seen const&)> instead;  ///< of an ordinary answer
  TemporaryDirectory directory;  ///< root.json, and trusted_root.json: the built-in copy
  loopback::LoopbackServer server;

  explicit TrustRepository(std::string const& root, loopback::LoopbackServer::Options options = {})
      : server([this](loopback::Seen const& seen) { return answer(seen); }, std::move(options)) {
    list(root);
    write_file(directory.path() / "root.json", repository.initial_root());
    write_file(directory.path() / "trusted_root.json", root);
  }
  /// From now on this root is the current one.
  void list(std::string const& root) {
    repository.add_target(repository.targets, "trusted_root.json", root);
    repository.publish();
  }
  [[nodiscard]] loopback::Answer answer(loopback::Seen const& seen) const {
    if (instead)
      if (auto other = instead(seen)) return *other;
    for (auto const& [prefix, files] : {std::pair{std::string("/x/metadata/"), &repository.files},
                                        std::pair{std::string("/x/targets/"), &repository.target_files}}) {
      if (!seen.path().starts_with(prefix)) continue;
      if (auto const found = files->find(seen.path().substr(prefix.size())); found != files->end())
        return loopback::Answer{.body = found->second};
    }
    return loopback::Answer{.status = 404};
  }
  /// The variable of T-13a; `date`: of the built-in copy, empty without one.
  [[nodiscard]] std::string variable(std::string const& date = {}) const {
    boost::json::object entry{{"url", server.base() + "/x"}, {"root", (directory.path() / "root.json").string()}};
    if (!date.empty())
      entry["built-in"] = boost::json::object{{"trusted_root", (directory.path() / "trusted_root.json").string()},
                                              {"date", date},
                                              {"timestamp", 1},
                                              {"snapshot", 1},
                                              {"targets", 1}};
    return boost::json::serialize(boost::json::object{{organization, entry}});
  }
};

}  // namespace acr::test

// Whole refreshes of repositories that the input builds, step by step, with one store: whatever a repository that has all its
// keys publishes, the stored versions do not go back unless the keys of timestamp or snapshot changed (T-25), and a fault
// stores nothing that a later refresh stumbles over.
#include <cstddef>
#include <cstdint>

#include "tuf_signing/repository.cpp"

using namespace acr::tuftest;

namespace {

std::int64_t version_in(acr::tuf::MemoryStore const& store, char const* name) {
  auto const found = store.files().find(name);
  return found == store.files().end() ? 0 : json::parse(found->second).at("signed").at("version").as_int64();
}

struct Input {
  std::uint8_t const* data;
  std::size_t left;
  std::uint8_t next() {
    if (left == 0) return std::uint8_t{0};
    --left;
    return *data++;
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static Repository const first;
  Input input{data, size < 64 ? size : 64};
  Repository repository = first;
  acr::tuf::MemoryStore store;
  store.save("root", repository.initial_root());
  bool rotated = false;
  while (input.left > 0) {
    auto const value = static_cast<std::int64_t>(input.next() % 8) + 1;
    switch (input.next() % 12) {
      case 0:
        repository.timestamp["version"] = value;
        break;
      case 1:
        repository.snapshot["version"] = value;
        repository.listed_snapshot()["version"] = value;
        break;
      case 2:
        repository.targets["version"] = value;
        repository.listed_targets()["version"] = value;
        break;
      case 3:
        repository.publish();
        break;
      case 4:
        repository.timestamp["expires"] = value % 2 ? past : far;
        break;
      case 5:
        repository.snapshot["meta"].as_object()["r" + std::to_string(value) + ".json"] = json::object{{"version", value}};
        break;
      case 6:
        repository.snapshot["meta"].as_object().erase("r" + std::to_string(value) + ".json");
        break;
      case 7: {
        auto const keys = repository.signers["root"];
        repository.set_role(value % 2 ? "timestamp" : "snapshot", {pooled_key(static_cast<std::size_t>(value))});
        repository.publish_root(keys);
        rotated = true;
        break;
      }
      case 8: {
        auto const keys = repository.signers["root"];
        repository.set_role("root",
                            {pooled_key(static_cast<std::size_t>(value)), pooled_key(static_cast<std::size_t>(value) + 1)},
                            value % 2 + 1);
        repository.publish_root(keys);
        break;
      }
      case 9:
        Repository::delegate(repository.targets, "r" + std::to_string(value), {pooled_key(static_cast<std::size_t>(value))}, 1,
                             value % 2 == 0, {"*"});
        break;
      case 10:
        repository.publish_delegated("r" + std::to_string(value), empty_targets(value),
                                     {pooled_key(static_cast<std::size_t>(value))});
        break;
      default:
        repository.root["expires"] = value == 1 ? past : far;
        break;
    }
    repository.publish_as_is();
    auto const timestamp = version_in(store, "timestamp");
    auto const snapshot = version_in(store, "snapshot");
    RefreshOptions options;
    options.targets = {"sought"};
    auto const outcome = refresh(repository, store, options);
    if (!rotated && (version_in(store, "timestamp") < timestamp || version_in(store, "snapshot") < snapshot)) __builtin_trap();
    if (outcome.requests.size() > 200) __builtin_trap();
    rotated = false;
  }
  return 0;
}

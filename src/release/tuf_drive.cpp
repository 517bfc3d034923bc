#include "release/tuf_drive.hpp"

namespace acr::release {

Verdict<void> drive(tuf::Client& client, TufFetch& fetch, Verdict<void> step) {
  while (step && client.wanted()) {
    auto const file = fetch.get(*client.wanted());
    if (!file) return file.error();
    step = file->absent ? client.no_newer_root() : client.take(file->bytes);
  }
  return step;
}

Verdict<std::string> fetch_target(tuf::Client& client, TufFetch& fetch) {
  client.want_target();
  auto file = fetch.get(*client.wanted());
  if (!file) return file.error();
  if (auto const content = client.take(file->bytes); !content) return content.error();
  return std::move(file->bytes);
}

}  // namespace acr::release

// Answers of both attestation listings (G-12, G-12b): any bytes give entries or ApiError, nothing else.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "github/attestations.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::github;
  std::string const subject = "sha256:" + std::string(64, 'a');
  Answer answer;
  answer.status = 200;
  answer.about = "GET /fuzz";
  answer.body.assign(reinterpret_cast<char const*>(data), size);
  Listing single, bulk;
  std::vector<std::string> unlinked;
  try {
    read_listing(answer, subject, 500000001, single);
  } catch (ApiError const&) {
  }
  try {
    read_bulk_listing(answer, {subject}, 500000001, bulk, unlinked);
  } catch (ApiError const&) {
  }
  for (auto const* listing : {&single, &bulk})
    for (auto const& [name, entries] : listing->of)
      for (auto const& entry : entries)
        if (name != subject || entry.broken != (entry.bundle.empty() && entry.bundle_url.empty())) std::abort();
  return 0;
}

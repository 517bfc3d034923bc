// values.yaml and a JSON schema from hostile bytes.

#include "chart/json_check.hpp"
#include "chart/simple_values.hpp"
#include "chart/values_check.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::chart;
  std::string_view const input(reinterpret_cast<char const*>(data), size);
  auto const checked = read_values(input, "values.yaml");
  if (!checked && !checked.error().where.starts_with("values.yaml")) std::abort();
  // The quick yes never says more than the reader.
  if (is_simple_values(input) && (!checked || !checked->empty())) std::abort();
  auto const json = check_json(input, "values.schema.json");
  if (json ? *json != input : json.error().code != "schema-json") std::abort();
  return 0;
}

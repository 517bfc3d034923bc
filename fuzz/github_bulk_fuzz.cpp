// Answers of GraphQL about git objects (G-37, G-38): any bytes give objects that have their ids, or nothing; never an
// exception.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "git/object_format.hpp"
#include "github/bulk_objects.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using acr::git::ObjectType;
  std::string_view const body(reinterpret_cast<char const*>(data), size);
  std::pair<ObjectType, char const*> const asked[] = {{ObjectType::blob, "ce013625030ba8dba906f756967f9e9ca394464a"},
                                                      {ObjectType::tree, "0976950c1fdbcb52435a433913017bf044b3a58f"},
                                                      {ObjectType::commit, "bcd2f8dbbf931546467e42f08de6f69a3747b4fb"},
                                                      {ObjectType::tag, "a7f4b6dd503ba143b4388813e14a26cfe78dd11f"}};
  for (auto const& [type, id] : asked)
    for (auto const& object : acr::github::read_bulk_answer(body, type, {id}).objects) {
      if (acr::git::object_id(object.type, object.bytes) != object.id) std::abort();
      if (object.type == ObjectType::commit) static_cast<void>(acr::git::parse_commit_object(object.bytes, object.id));
    }
  return 0;
}

#include <map>

#include "support/catch2.hpp"

namespace acr::test {

std::size_t index_of_run(std::size_t count, char const* file, unsigned line, unsigned column) {
  if (count == 0) throw std::logic_error("a test without rows");
  // Catch2 tells generators apart by name and line, and keeps a view of the name: those of one line differ by their column.
  static std::map<unsigned, std::string> names;
  std::string const& name = names.try_emplace(column, "column " + std::to_string(column)).first->second;
  return Catch::Generators::generate(name, Catch::SourceLineInfo(file, line), [&] {
    return Catch::Generators::makeGenerators(Catch::Generators::range(std::size_t{0}, count));
  });
}

}  // namespace acr::test

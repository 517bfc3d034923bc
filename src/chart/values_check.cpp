// Helm 4's loading of values, short of keeping them: src/chart/values_check.hpp (P-59)

#include "chart/values_check.hpp"

#include <cstdint>
#include <optional>
#include <string>

#include "chart/simple_values.hpp"
#include "chart/yaml_fields.hpp"
#include "support/text.hpp"
#include "support/unicode_tables.hpp"
#include "yaml/reader.hpp"

namespace acr::chart {
namespace {

/// What follows `---` on its line: blank, or a comment.
bool is_blank_or_comment(std::string_view rest) {
  for (std::size_t at = 0; at < rest.size();) {
    if (rest[at] == '#') return true;
    auto const c = next_code_point(rest, at);
    if (!c || !is_space(*c)) return false;
  }
  return true;
}

}  // namespace

Verdict<std::vector<Warning>> check_values(std::string_view bytes, std::string_view file) {
  if (is_simple_values(bytes)) return std::vector<Warning>();
  return read_values(bytes, file);
}

Verdict<std::vector<Warning>> read_values(std::string_view bytes, std::string_view file) {
  std::vector<Warning> warnings;
  std::string chunk;
  std::uint32_t line = 0, first_line = 1;
  std::uint64_t work = 0;
  auto const check_chunk = [&]() -> Verdict<void> {
    yaml::ReadOptions const name{file, "values-yaml", first_line, true, &work};
    auto const document = yaml::read(chunk, name);
    if (!document) return document.error();
    auto const& root = document->at(document->root);
    FieldReader reader(*document, name);
    if (root.kind != yaml::Value::Kind::map && root.kind != yaml::Value::Kind::null)
      reader.refuse(root.line, "the values are not a map", "P-59");
    else
      reader.check_untyped(document->root);
    if (!reader.good()) return reader.rejection();
    for (auto& warning : reading_warnings(*document, file)) warnings.push_back(std::move(warning));
    return {};
  };

  chunk.reserve(bytes.size() + 1);
  for (auto rest = bytes; !rest.empty();) {
    ++line;
    auto const end = rest.find('\n');
    auto text = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (end != std::string_view::npos && text.ends_with('\r')) text.remove_suffix(1);
    if (text.starts_with("---")) {
      if (!is_blank_or_comment(text.substr(3)))
        return reject("values-yaml", std::string(file) + ":" + std::to_string(line),
                      "only blanks or a comment may follow a document marker")
            .rule("P-59")
            .fix("put what follows `---` on the next line");
      if (!chunk.empty()) {
        if (auto const fine = check_chunk(); !fine) return fine.error();
        chunk.clear();
        first_line = line + 1;
        continue;
      }
    }
    chunk.append(text).append(1, '\n');
  }
  if (!chunk.empty())
    if (auto const fine = check_chunk(); !fine) return fine.error();
  return warnings;
}

}  // namespace acr::chart

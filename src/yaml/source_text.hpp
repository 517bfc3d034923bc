#pragma once

// The text that libyaml gets to see: src/yaml/source_text.hpp (P-14, P-62, P-62a)
// libyaml 0.2.5 and Helm's reader disagree on a few notations. Where libyaml would refuse or misread what Helm accepts,
// single characters are replaced by others that both read alike, and put back into the values. Only reader.cpp
// includes this.

#include <cstddef>
#include <string>
#include <string_view>

#include "support/verdict.hpp"
#include "yaml/reader.hpp"

namespace acr::yaml {

/// UTF-8 text with positions counted in code points, as libyaml counts.
class SourceText {
 public:
  /// Refuses invalid UTF-8 and characters that YAML does not know (P-62); converts UTF-16; cuts byte-order marks.
  static Verdict<SourceText> of(std::string_view bytes, ReadOptions const& name);

  [[nodiscard]] std::string_view text() const { return changed_.empty() ? given_ : std::string_view(changed_); }

  /// After libyaml's complaint at `index`: true when the text was changed and is worth another try.
  bool patch_after(std::string_view problem, std::size_t index, std::size_t context_index);
  /// True when a tag in the properties at `index` holds a character that libyaml takes for a flow indicator; patched.
  bool patch_tag(std::size_t index);

  /// True when the double-quoted scalar between these positions holds the escape `\/`.
  [[nodiscard]] bool escapes_slash(std::size_t start, std::size_t end);
  /// True when the properties at `index` hold a tag.
  [[nodiscard]] bool has_tag(std::size_t index);

  [[nodiscard]] bool has_placeholders() const { return has_placeholders_; }
  /// `text` with placeholders turned back into what they stand for.
  [[nodiscard]] std::string original(std::string_view text) const;
  [[nodiscard]] std::size_t patches() const { return patches_; }

 private:
  std::string_view given_;
  std::string changed_;  ///< in place of `given_` when not empty
  bool ascii_ = true, has_slash_escape_ = false, has_bang_ = false, has_placeholders_ = false;
  std::size_t patches_ = 0;
  std::string colon_, mark_;                    ///< placeholders: private-use characters that do not occur in the text
  std::size_t seen_index_ = 0, seen_byte_ = 0;  ///< the last position asked for

  [[nodiscard]] std::size_t byte_at(std::size_t index);
  void replace(std::size_t byte, std::size_t length, std::string_view by);
  bool find_placeholders();
  /// Byte range of a short tag's characters (without the first `!`) in the properties at `index`; empty if none.
  [[nodiscard]] std::pair<std::size_t, std::size_t> tag_at(std::size_t index);
};

/// True for the time forms of P-103a.
bool is_timestamp(std::string_view text);

}  // namespace acr::yaml

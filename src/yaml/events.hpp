#pragma once

// What libyaml finds in a text, event by event: src/yaml/events.hpp
// The one place that knows libyaml. An event says what is written and where; what it means is for the readers above: Helm's
// YAML 1.1 (reader.hpp), GitHub's YAML 1.2 (src/audit), indexes of chart repositories (src/dependencies).

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace acr::yaml {

/// One event; its texts are good until the next one is asked for.
struct Event {
  enum class Kind : std::uint8_t {
    other,
    document_start,
    document_end,
    scalar,
    alias,
    list_start,
    map_start,
    list_end,
    map_end,
    stream_end
  };
  enum class Style : std::uint8_t { plain, single_quoted, double_quoted, literal, folded };
  Kind kind = Kind::other;
  Style style = Style::plain;              ///< of a scalar
  bool flow = false;                       ///< of a list or map: written within brackets
  bool implicit = false;                   ///< of a scalar: without quotes, and without a tag that libyaml keeps
  std::size_t line = 0;                    ///< where it starts, counted from 0
  std::size_t start = 0, end = 0;          ///< in code points from the start of the text
  std::string_view text;                   ///< of a scalar: its value, any bytes
  std::optional<std::string_view> anchor;  ///< of a scalar, list or map; of an alias: the name that it asks for
  std::optional<std::string_view> tag;     ///< as libyaml resolves it, e.g. "tag:yaml.org,2002:str"
  bool is_yaml_1_1 = true;                 ///< of a document's start: no %YAML directive names another version

  /// A scalar that every schema takes for nothing: empty, `~` or `null`, neither quoted nor tagged.
  [[nodiscard]] bool is_null() const;
};

/// Why the text is not YAML.
struct Problem {
  std::string_view what;                     ///< libyaml's words; empty when it has none
  std::size_t line = 0, context_line = 0;    ///< of the fault and of what it is part of, counted from 0
  std::size_t index = 0, context_index = 0;  ///< the same in code points
  std::size_t reached_line = 0;              ///< how far libyaml had read, counted from 0

  /// The line to show: that of the fault, or where that is unknown that of what it is part of. Counted from 0.
  [[nodiscard]] std::size_t shown_line() const { return line != 0 ? line : context_line; }
};

/// The events of a text, or of bytes that are asked for as they are needed. Throws std::bad_alloc.
class Events {
 public:
  /// Fills `into` with up to `size` bytes; how many it were, 0 at the end. nullopt: reading failed.
  using Input = std::function<std::optional<std::size_t>(unsigned char* into, std::size_t size)>;

  /// UTF-8; `text` must stay.
  explicit Events(std::string_view text);
  /// UTF-8 or UTF-16, as the first bytes tell.
  explicit Events(Input input);
  ~Events();
  Events(Events const&) = delete;
  Events& operator=(Events const&) = delete;

  /// Goes to the next event. False: what follows is not YAML; problem() tells why.
  bool next();
  [[nodiscard]] Event const& event() const { return event_; }
  [[nodiscard]] Problem problem() const;
  /// How far libyaml has read, in code points.
  [[nodiscard]] std::size_t position() const;

 private:
  struct Parser;  ///< libyaml's
  std::unique_ptr<Parser> parser_;
  Input input_;
  Event event_;
};

}  // namespace acr::yaml

#include "yaml/events.hpp"

#include <yaml.h>

#include <new>
#include <utility>

namespace acr::yaml {
namespace {

std::optional<std::string_view> text_of(yaml_char_t const* text) {
  if (text == nullptr) return std::nullopt;
  return std::string_view(reinterpret_cast<char const*>(text));
}

Event::Style style_of(yaml_scalar_style_t style) {
  switch (style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
      return Event::Style::single_quoted;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
      return Event::Style::double_quoted;
    case YAML_LITERAL_SCALAR_STYLE:
      return Event::Style::literal;
    case YAML_FOLDED_SCALAR_STYLE:
      return Event::Style::folded;
    default:
      return Event::Style::plain;
  }
}

void fill_scalar(yaml_event_t const& from, Event& event) {
  auto const& scalar = from.data.scalar;
  event.kind = Event::Kind::scalar;
  event.style = style_of(scalar.style);
  event.implicit = scalar.plain_implicit != 0;
  event.text = {reinterpret_cast<char const*>(scalar.value), scalar.length};
  event.anchor = text_of(scalar.anchor);
  event.tag = text_of(scalar.tag);
}

Event event_of(yaml_event_t const& from) {
  Event event;
  event.line = from.start_mark.line;
  event.start = from.start_mark.index;
  event.end = from.end_mark.index;
  switch (from.type) {
    case YAML_DOCUMENT_START_EVENT: {
      event.kind = Event::Kind::document_start;
      auto const* version = from.data.document_start.version_directive;
      event.is_yaml_1_1 = version == nullptr || (version->major == 1 && version->minor == 1);
      break;
    }
    case YAML_DOCUMENT_END_EVENT:
      event.kind = Event::Kind::document_end;
      break;
    case YAML_SCALAR_EVENT:
      fill_scalar(from, event);
      break;
    case YAML_ALIAS_EVENT:
      event.kind = Event::Kind::alias;
      event.anchor = text_of(from.data.alias.anchor);
      break;
    case YAML_SEQUENCE_START_EVENT:
      event.kind = Event::Kind::list_start;
      event.flow = from.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
      event.anchor = text_of(from.data.sequence_start.anchor);
      event.tag = text_of(from.data.sequence_start.tag);
      break;
    case YAML_MAPPING_START_EVENT:
      event.kind = Event::Kind::map_start;
      event.flow = from.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
      event.anchor = text_of(from.data.mapping_start.anchor);
      event.tag = text_of(from.data.mapping_start.tag);
      break;
    case YAML_SEQUENCE_END_EVENT:
      event.kind = Event::Kind::list_end;
      break;
    case YAML_MAPPING_END_EVENT:
      event.kind = Event::Kind::map_end;
      break;
    case YAML_STREAM_END_EVENT:
      event.kind = Event::Kind::stream_end;
      break;
    default:
      break;
  }
  return event;
}

/// libyaml's read handler: 0 is a failure.
int read_input(void* input, unsigned char* into, std::size_t size, std::size_t* count) {
  auto const read = (*static_cast<Events::Input*>(input))(into, size);
  if (!read) return 0;
  *count = *read;
  return 1;
}

}  // namespace

/// Owns libyaml's parser and the event it is at.
struct Events::Parser {
  Parser() {
    if (yaml_parser_initialize(&parser) == 0) throw std::bad_alloc();
  }
  Parser(Parser const&) = delete;
  Parser& operator=(Parser const&) = delete;
  ~Parser() {
    yaml_event_delete(&event);
    yaml_parser_delete(&parser);
  }
  yaml_parser_t parser{};
  yaml_event_t event{};
};

bool Event::is_null() const {
  return kind == Kind::scalar && style == Style::plain && !tag &&
         (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL");
}

Events::Events(std::string_view text) : parser_(std::make_unique<Parser>()) {
  yaml_parser_set_encoding(&parser_->parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&parser_->parser, reinterpret_cast<unsigned char const*>(text.data()), text.size());
}

Events::Events(Input input) : parser_(std::make_unique<Parser>()), input_(std::move(input)) {
  yaml_parser_set_input(&parser_->parser, read_input, &input_);
}

Events::~Events() = default;

bool Events::next() {
  yaml_event_delete(&parser_->event);
  if (yaml_parser_parse(&parser_->parser, &parser_->event) == 0) {
    if (parser_->parser.error == YAML_MEMORY_ERROR) throw std::bad_alloc();
    event_ = {};
    return false;
  }
  event_ = event_of(parser_->event);
  return true;
}

Problem Events::problem() const {
  auto const& parser = parser_->parser;
  Problem problem;
  if (parser.problem != nullptr) problem.what = parser.problem;
  problem.line = parser.problem_mark.line;
  problem.context_line = parser.context_mark.line;
  problem.index = parser.problem_mark.index;
  problem.context_index = parser.context_mark.index;
  problem.reached_line = parser.mark.line;
  return problem;
}

std::size_t Events::position() const { return parser_->parser.mark.index; }

}  // namespace acr::yaml

#include "yaml/events.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "support/catch2.hpp"

namespace events_test {
namespace {

using namespace acr::yaml;

using Kind = Event::Kind;

/// All events of one kind; their texts point into `text` no more and are dropped.
std::vector<Event> events_of(std::string_view text, Kind kind) {
  Events events(text);
  std::vector<Event> found;
  while (events.next() && events.event().kind != Kind::stream_end) {
    if (events.event().kind != kind) continue;
    found.push_back(events.event());
    found.back().text = {};
    found.back().anchor.reset();
    found.back().tag.reset();
  }
  return found;
}

TEST_CASE("an event says where it starts, in lines and in code points", "[yaml]") {
  auto const scalars = events_of("\xC3\xA4: 1\nb: x\n", Kind::scalar);
  REQUIRE(scalars.size() == 4);
  CHECK(scalars[1].start == 3);  // the two bytes of a letter are one code point
  CHECK(scalars[1].end == 4);
  CHECK(scalars[3].line == 1);
}

TEST_CASE("a scalar's event keeps how it is written", "[yaml]") {
  auto const scalars = events_of("- a\n- 'a'\n- \"a\"\n- |\n  a\n- >\n  a\n", Kind::scalar);
  REQUIRE(scalars.size() == 5);
  CHECK(scalars[0].style == Event::Style::plain);
  CHECK(scalars[1].style == Event::Style::single_quoted);
  CHECK(scalars[2].style == Event::Style::double_quoted);
  CHECK(scalars[3].style == Event::Style::literal);
  CHECK(scalars[4].style == Event::Style::folded);
  CHECK(scalars[0].implicit);
  CHECK_FALSE(scalars[1].implicit);
}

TEST_CASE("nothing, ~ and null are null unless they are quoted or tagged", "[yaml]") {
  Events events("- \n- ~\n- null\n- Null\n- NULL\n- 'null'\n- !!str null\n- nUll\n");
  std::string seen;
  while (events.next() && events.event().kind != Kind::stream_end)
    if (events.event().kind == Kind::scalar) seen += events.event().is_null() ? 'n' : 't';
  CHECK(seen == "nnnnnttt");
}

TEST_CASE("anchors, aliases, tags and brackets are in the event", "[yaml]") {
  Events events("a: &x !!map {}\nb: *x\n");
  bool saw_map = false, saw_alias = false;
  while (events.next() && events.event().kind != Kind::stream_end) {
    auto const& event = events.event();
    if (event.kind == Kind::map_start && event.anchor) {
      saw_map = true;
      CHECK(*event.anchor == "x");
      CHECK(event.tag == std::string_view("tag:yaml.org,2002:map"));
      CHECK(event.flow);
    }
    if (event.kind == Kind::alias) {
      saw_alias = true;
      CHECK(event.anchor == std::string_view("x"));
    }
  }
  CHECK(saw_map);
  CHECK(saw_alias);
}

TEST_CASE("a document's start tells whether it is YAML 1.1", "[yaml]") {
  CHECK(events_of("a: b\n", Kind::document_start).at(0).is_yaml_1_1);
  CHECK(events_of("%YAML 1.1\n---\na: b\n", Kind::document_start).at(0).is_yaml_1_1);
  CHECK_FALSE(events_of("%YAML 1.2\n---\na: b\n", Kind::document_start).at(0).is_yaml_1_1);
}

TEST_CASE("what is not YAML has a problem with its line", "[yaml]") {
  Events events("a: b\nc: [\n");
  while (events.next()) {
  }
  CHECK_FALSE(events.problem().what.empty());
  CHECK(events.problem().shown_line() == 2);
}

TEST_CASE("bytes may come as they are asked for, and reading them may fail", "[yaml]") {
  std::string const text = "a: b\n";
  std::size_t at = 0;
  Events events([&](unsigned char* into, std::size_t size) -> std::optional<std::size_t> {
    auto const count = std::min<std::size_t>({size, 1, text.size() - at});
    std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(at), count, into);
    at += count;
    return count;
  });
  std::string scalars;
  while (events.next() && events.event().kind != Kind::stream_end)
    if (events.event().kind == Kind::scalar) scalars += events.event().text;
  CHECK(scalars == "ab");

  Events failing([](unsigned char*, std::size_t) -> std::optional<std::size_t> { return std::nullopt; });
  CHECK_FALSE(failing.next());
}

}  // namespace
}  // namespace events_test

#include "yaml/reader.hpp"

#include "support/catch2.hpp"
#include "support/text.hpp"

namespace reader_test {
namespace {

using namespace acr;
using namespace acr::yaml;

ReadOptions const file_name{"f.yaml", "chart-lock", 1, true};

Verdict<Document> read(std::string_view text) { return yaml::read(text, file_name); }

/// "key=value" of the root map's scalars, in order; `[n]` and `{n}` stand for collections.
std::string flat(Document const& document) {
  auto const& root = document.at(document.root);
  std::string out;
  for (std::uint32_t i = 0; i < root.count; ++i) {
    auto const entry = document.entries[root.first + i];
    append_key_text(document.at(entry.key), out);
    auto const& value = document.at(entry.value);
    out += "=";
    if (value.kind == Value::Kind::list)
      out += "[" + std::to_string(value.count) + "]";
    else if (value.kind == Value::Kind::map)
      out += "{" + std::to_string(value.count) + "}";
    else
      out += scalar_as_text(value);
    out += ";";
  }
  return out;
}

TEST_CASE("scalars are typed as YAML 1.1 and turned back into text (P-63)", "[yaml]") {
  struct Row {
    char const* source;
    char const* text;
  };
  auto const row = one_of<Row>({
      {"1.2", "1.2"},
      {"1.10", "1.1"},
      {"1.0", "1"},
      {"1e3", "1000"},
      {"999999.0", "999999"},
      {"1000000.0", "1e+06"},
      {"7.2445e+06", "7.2445e+06"},
      {"1.23456789", "1.2345679"},
      {"16777217.0", "1.6777216e+07"},
      {"0.0001", "0.0001"},
      {"0.00001", "1e-05"},
      {".inf", "+Inf"},
      {"-.inf", "-Inf"},
      {".nan", "NaN"},
      {"1e39", "+Inf"},
      {"-1e-50", "-0"},
      {"1e400", "1e400"},
      {"010", "8"},
      {"0x10", "16"},
      {"0o17", "15"},
      {"0b11", "3"},
      {"-0b11", "-3"},
      {"1_000", "1000"},
      {"12345678901234567890", "12345678901234567890"},
      {"+12345678901234567890", "1.2345679e+19"},
      {"7244500", "7244500"},
      {"yes", "true"},
      {"n", "false"},
      {"~", ""},
      {"", ""},
      {"1:30", "1:30"},
      {"2020-01-01", "2020-01-01"},
      {"!!str 1.20", "1.20"},
      {"!!binary aGk=", "hi"},
      {"!!float 12", "12"},
      {"! 12", "12"},
      {"!foo yes", "yes"},
      {"!!binary /w==", "\xEF\xBF\xBD"},
      {"01.2.3", "01.2.3"},
      {"2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"},
  });
  CAPTURE(row.source);
  auto const document = read(std::string("k: ") + row.source + "\n");
  REQUIRE(document.has_value());
  CHECK(flat(*document) == std::string("k=") + row.text + ";");
}

TEST_CASE("notations that readers disagree on are read as Helm reads them (P-62a)", "[yaml]") {
  struct Row {
    char const* source;
    bool accepted;
  };
  auto const row = one_of<Row>({
      {"a: \"x\\/y\"\n", false},
      {"a: \"x\\\\/y\"\n", true},
      {"%YAML 1.2\n---\na: 1\n", false},
      {"%YAML 1.1\n---\na: 1\n", true},
      {"a: [x?y]\n", false},
      {"a: x?y\n", true},
      {"a: [k:]\n", true},
      {"a: {k:, l: m}\n", true},
      {"a: !t,u v\n", true},
      {"a: !t{u v\n", false},
      {"{}: a\n", true},
      {"[x]: a\n", false},
      {"? {}\n: a\n", false},
  });
  CAPTURE(row.source);
  CHECK(read(row.source).has_value() == row.accepted);
}

TEST_CASE("a colon before a flow indicator belongs to the text (P-62a)", "[yaml]") {
  auto const document = read("\xC3\xA9: {a:, b:}\n");
  REQUIRE(document.has_value());
  auto const& map = document->at(document->entries[document->at(document->root).first].value);
  REQUIRE(map.count == 2);
  CHECK(document->at(document->entries[map.first].key).text == "a:");
  CHECK(document->at(document->entries[map.first + 1].key).text == "b:");
}

TEST_CASE("a byte-order mark at the start of a later line is text", "[yaml]") {
  auto const document = read(
      "a: b\n\xEF\xBB\xBF"
      "c: d\n");
  REQUIRE(document.has_value());
  CHECK(flat(*document) ==
        "a=b;\xEF\xBB\xBF"
        "c=d;");
}

TEST_CASE("the last of equal keys wins, by kind and value", "[yaml]") {
  auto const document = read("a: 1\nb: 2\na: 3\n1: x\n'1': z\n");
  REQUIRE(document.has_value());
  CHECK(flat(*document) == "b=2;a=3;1=x;1=z;");
  REQUIRE(document->duplicates.size() == 1);
  CHECK(document->duplicates[0].line == 1);
  CHECK(document->duplicates[0].key == "a");
}

TEST_CASE("many equal keys leave one", "[yaml]") {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "k" + std::to_string(i % 10) + ": " + std::to_string(i) + "\n";
  auto const document = read(text);
  REQUIRE(document.has_value());
  CHECK(flat(*document) == "k0=90;k1=91;k2=92;k3=93;k4=94;k5=95;k6=96;k7=97;k8=98;k9=99;");
}

TEST_CASE("a merge key takes effect where it stands (P-68a)", "[yaml]") {
  struct Row {
    char const* source;
    char const* result;
  };
  auto const row = one_of<Row>({
      {"x: &x {a: 1, b: 2}\na: 0\n<<: *x\n", "x={2};a=1;b=2;"},
      {"x: &x {a: 1, b: 2}\n<<: *x\na: 0\n", "x={2};b=2;a=0;"},
      {"<<: [{a: 1}, {a: 2, b: 3}]\n", "b=3;a=1;"},
      {"'<<': z\n", "<<=z;"},
      {"!!merge <<: {a: 1}\n", "a=1;"},
  });
  CAPTURE(row.source);
  auto const document = read(row.source);
  REQUIRE(document.has_value());
  CHECK(flat(*document) == row.result);
  CHECK(!read("<<: ~\n"));
  CHECK(!read("<<: [x]\n"));
  CHECK(!read("x: &x [{a: 1}]\n<<: *x\n"));
}

TEST_CASE("an alias to what holds it, and to nothing, is refused with its line", "[yaml]") {
  auto const circular = read("a: 1\nb: &b [*b]\n");
  REQUIRE(!circular);
  CHECK(circular.error().where == "f.yaml:2");
  CHECK(circular.error().why == "an anchor's value contains itself");
  CHECK(!read("a: *x\n"));
  CHECK(!read("a: &a {<<: *a}\n"));
}

TEST_CASE("an alias bomb is refused without expanding it (P-68)", "[yaml]") {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 40; ++level) {
    auto const below = "*a" + std::to_string(level - 1);
    text += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" + below;
    for (int i = 0; i < 9; ++i) text += ", " + below;
    text += "]\n";
  }
  auto const document = read(text);
  REQUIRE(!document);
  CHECK(document.error().why == "the YAML holds excessive aliasing");
  CHECK(document.error().rule_number == "P-68");
}

TEST_CASE("ten thousand levels are read, one more is refused (P-68)", "[yaml]") {
  auto const nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  CHECK(read(nested(10'000)).has_value());
  auto const deeper = read(nested(10'001));
  REQUIRE(!deeper);
  CHECK(deeper.error().rule_number == "P-68");
  std::string block;
  for (std::size_t i = 0; i < 10'001; ++i) block += "- ";
  CHECK(!read(block + "x"));
}

TEST_CASE("depth that comes from aliases counts", "[yaml]") {
  auto const half = std::string(6'000, '[') + std::string(6'000, ']');
  CHECK(read("a: &a " + half + "\nb: [[*a]]\n").has_value());
  auto const deep = std::string(5'000, '[') + "*a" + std::string(5'000, ']');
  auto const both = read("a: &a " + half + "\nb: " + deep + "\n");
  REQUIRE(!both);
  CHECK(both.error().why == "the YAML is nested too deeply");
  CHECK(both.error().expected_value == "at most 10000 levels");
}

TEST_CASE("huge flat flow collections at depth are refused before they cost minutes (P-153)", "[yaml]") {
  std::string text(9'000, '[');
  for (int i = 0; i < 60'000; ++i) text += "a,";
  text += std::string(9'000, ']');
  auto const document = read(text);
  REQUIRE(!document);
  CHECK(document.error().rule_number == "P-153");
  CHECK(document.error().why == "the YAML is too deep for its size");
}

TEST_CASE("an alias that is one too many is refused itself, not only what follows it (P-68)", "[yaml]") {
  // Nothing that counts stands behind the last alias.
  auto const text = [](int more) {
    std::string out = "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [";
    for (int i = 0; i < more; ++i) out += std::string(i == 0 ? "" : ",") + "*b";
    return out + "]\n";
  };
  int first = 1;
  while (first < 200 && read(text(first))) ++first;
  CAPTURE(first);
  auto const refused = read(text(first));
  REQUIRE(!refused);
  CHECK(refused.error().why == "the YAML holds excessive aliasing");
}

TEST_CASE("a merged map is bounded by what it copies (P-68a)", "[yaml]") {
  auto const merged = [](int times) {
    std::string out = "x: &x {";
    for (int i = 0; i < 30; ++i) out += "k" + std::to_string(i) + ": v,";
    out += "}\ny: {<<: [";
    for (int i = 0; i < times; ++i) out += "*x,";
    auto name = file_name;
    name.max_values = 100;
    auto const document = yaml::read(out + "]}\n", name);
    return document ? std::string("taken") : document.error().why;
  };
  CHECK(merged(3) == "taken");
  CHECK(merged(4) == "the YAML holds too many merged values");
  // Refused where it stands, whatever is in it.
  auto const nested = read("<<: [[*x]]\n");
  REQUIRE(!nested);
  CHECK(nested.error().why == "the merge key << wants a map or a list of maps");
}

TEST_CASE("what is not base64 is no binary value", "[yaml]") {
  CHECK(read("a: !!binary aGk=\n").has_value());
  auto const refused = read("a: !!binary a*k=\n");
  REQUIRE(!refused);
  CHECK(refused.error().why == "a !!binary value is not base64");
  CHECK(refused.error().where == "f.yaml:1");
}

TEST_CASE("notations that readers disagree on are replaced as long as there are few, and characters to do it (P-62a)",
          "[yaml]") {
  auto const colons = [](int count) {
    std::string text = "a: [";
    for (int i = 0; i < count; ++i) text += "k:,";
    auto const document = read(text + "]\n");
    return document ? std::string("taken") : document.error().why;
  };
  CHECK(colons(64) == "taken");
  CHECK(colons(65) == "too many notations that YAML readers disagree on");
  auto const marked = [](char32_t last) {
    std::string text = "a: \"\xef\xbb\xbf";
    for (char32_t c = 0xe000; c <= last; ++c) append_utf8(text, c);
    auto const document = read(text + "\"\n");
    return document ? std::string("taken") : document.error().why;
  };
  CHECK(marked(0xf8fd) == "taken");  // two characters are free
  CHECK(marked(0xf8fe) == "a byte-order mark within the text");
}

TEST_CASE("characters that YAML does not know are refused with their line", "[yaml]") {
  struct Row {
    char const* text;
    char const* where;
  };
  auto const row = one_of<Row>({
      {"a: 1\nb: \x01\n", "f.yaml:2"},
      {"a: \xff\n", "f.yaml:1"},
      {"a: \xEF\xBF\xBE\n", "f.yaml:1"},
      {"a: 1\n# \xC2\x80\n", "f.yaml:2"},
      {"\xEF\xBB\xBF\xEF\xBB\xBF"
       "a: 1\n",
       "f.yaml:1"},
  });
  auto const document = read(row.text);
  REQUIRE(!document);
  CHECK(document.error().where == row.where);
  CHECK(document.error().code == "chart-lock");
}

TEST_CASE("UTF-16 with a mark is read, half a character is not (P-14)", "[yaml]") {
  using namespace std::string_view_literals;
  auto const document = read("\xFE\xFF\0a\0:\0 \0\xE9\xD8\x3D\xDE\x00\0\n"sv);
  REQUIRE(document.has_value());
  CHECK(flat(*document) == "a=\xC3\xA9\xF0\x9F\x98\x80;");
  CHECK(
      !read("\xFF\xFE"
            "a\0:"sv));
  CHECK(!read("\xFE\xFF\xD8\x3D"sv));
}

TEST_CASE("what follows the first document is told, not read (P-158)", "[yaml]") {
  struct Row {
    char const* text;
    std::uint32_t line;
  };
  auto const row = one_of<Row>({
      {"a: 1\n", 0},
      {"a: 1\n---\nb: 2\n", 2},
      {"a: 1\n...\n", 0},
      {"a: 1\n...\n# c\n", 0},
      {"{a: 1}\nb: {\n", 2},
      {"{}: a\n", 1},
  });
  CAPTURE(row.text);
  auto const document = read(row.text);
  REQUIRE(document.has_value());
  CHECK(document->second_document == row.line);
}

}  // namespace
}  // namespace reader_test

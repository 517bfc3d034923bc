#include "git/tag_annotation.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>
#include <stdexcept>
#include <utility>

#include "git/limits.hpp"
#include "support/encoding.hpp"
#include "support/json.hpp"
#include "support/text.hpp"
#include "support/work_budget.hpp"

namespace acr::git {
namespace {

constexpr std::string_view blanks = " \t";
constexpr std::size_t units_of_a_byte = 20;  // of an annotation: B-25
constexpr std::string_view block_header = "Attestation Lineage:";
constexpr std::string_view changelog_header = "Changelog:";

constexpr std::array<std::string_view, 4> signature_starts{"-----BEGIN PGP SIGNATURE-----", "-----BEGIN PGP MESSAGE-----",
                                                           "-----BEGIN SSH SIGNATURE-----", "-----BEGIN SIGNED MESSAGE-----"};

std::string_view without_blanks(std::string_view line) {
  auto const first = line.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> found;
  for (;;) {
    auto const first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return found;
    text.remove_prefix(first);
    auto const end = text.find_first_of(blanks);
    found.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return found;
    text.remove_prefix(end);
  }
}

// A-92: from raw bytes to the lines that the grammar speaks of.
std::vector<std::string_view> annotation_lines(std::string_view message) {
  if (message.starts_with("\xef\xbb\xbf")) message.remove_prefix(3);
  auto found = lines(message);
  for (std::size_t i = found.size(); i-- > 0;) {
    if (std::ranges::none_of(signature_starts, [&](auto start) { return found[i].starts_with(start); })) continue;
    found.resize(i);
    break;
  }
  for (auto& line : found) line = without_blanks(line);
  return found;
}

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool is_id(std::string_view text) { return text != "0" && to_number(text, 9223372036854775807U).has_value(); }

// "Changelog:", but also "Source PR: #81": a section may be followed by its content.
bool starts_section(std::string_view line) {
  auto const colon = line.find(':');
  if (colon == std::string_view::npos || line.front() < 'A' || line.front() > 'Z') return false;
  auto const inner = [](char c) { return is_alphanumeric(c) || c == ' ' || c == '_' || c == '-'; };
  return std::ranges::all_of(line.substr(0, colon), inner);
}

// "- No attestation data available", any case, any number of full stops.
bool says(std::string_view item, std::string_view sentence) {
  auto const end = item.find_last_not_of('.');
  return end != std::string_view::npos && equal_ignoring_ascii_case(item.substr(0, end + 1), sentence);
}

/// Reads the lines of one block; stops at the first error.
class BlockReader {
 public:
  BlockReader(std::vector<std::string_view> const& text, Lineage& lineage) : lines_(text), lineage_(lineage) {}

  /// `header`: index of the header's line. Leaves the verdict in the lineage.
  void read(std::size_t header) {
    std::size_t at = header + 1;
    while (at < lines_.size() && lines_[at].empty()) ++at;
    for (; at < lines_.size() && !lines_[at].empty(); ++at) {
      if (!lines_[at].starts_with('-')) {
        if (starts_section(lines_[at])) break;
        return fail("bad-line", at);
      }
      if (auto const code = item(lines_[at]); !code.empty()) return fail(code, at);
    }
    if (lineage_.entries.empty() && !none_) return fail("empty-block", header);
    if (none_ && !lineage_.entries.empty()) return fail("sentinel-mixed", header);
    // An empty line inside a block would hide what follows it.
    while (at < lines_.size() && lines_[at].empty()) ++at;
    if (at < lines_.size() && lines_[at].starts_with('-')) return fail("split-block", at);
    lineage_.status = none_ ? Lineage::Status::none : Lineage::Status::ok;
  }

 private:
  std::vector<std::string_view> const& lines_;
  Lineage& lineage_;
  bool none_ = false;
  std::map<std::string, std::size_t> seen_;  // key → index of its entry

  void fail(Code code, std::size_t line) {
    lineage_.error = code;
    lineage_.line = line + 1;
    lineage_.line_text = lines_[line];
  }

  // A-94, in its order. Returns the code of the error, empty for none.
  Code item(std::string_view line) {
    std::string_view const rest = line.substr(1);
    auto const content = without_blanks(rest);
    if (content.empty() || content.size() == rest.size()) return "bad-line";  // white space must follow the dash
    if (says(content, "No attestation data available")) return none_ = true, Code();
    if (says(content, "Parse error")) return "producer-error";
    auto const colon = content.find(':');
    if (colon == std::string_view::npos) return "bad-line";
    auto const key = without_blanks(content.substr(0, colon));
    if (!is_lineage_key(key)) return "bad-key";
    auto const tokens = words(content.substr(colon + 1));
    if (tokens.empty() || !is_id(tokens[0])) return "bad-id";
    if (tokens.size() > 2) return "bad-line";
    LineageItem entry{.key = std::string(key), .id = std::string(tokens[0]), .digest = {}};
    bool folded = false;
    if (tokens.size() == 2) {
      if (!tokens[1].starts_with("sha256:")) return "bad-digest";
      entry.digest = to_lower_ascii(tokens[1]);
      if (!is_lower_hex(std::string_view(*entry.digest).substr(7), 64)) return "bad-digest";
      folded = *entry.digest != tokens[1];
    }
    if (auto const known = seen_.find(entry.key); known != seen_.end()) {
      if (lineage_.entries[known->second] != entry) return "duplicate-key";
      lineage_.warnings.push_back("duplicate-entry");
    } else {
      if (lineage_.entries.size() == max_lineage_entries) return "too-many-entries";
      seen_.emplace(entry.key, lineage_.entries.size());
      lineage_.entries.push_back(std::move(entry));
    }
    if (folded) lineage_.warnings.push_back("digest-uppercase");
    return {};
  }
};

void read_block(std::vector<std::string_view> const& text, Lineage& lineage) {
  // A-93: what contributors write into the changelog is not a lineage.
  auto const changelog = std::ranges::find_if(text, [](auto line) { return line.starts_with(changelog_header); });
  auto const header = std::find(text.begin(), changelog, block_header);
  if (header == changelog) {
    lineage.error = "no-lineage-block";
    return;
  }
  if (auto const second = std::find(header + 1, changelog, block_header); second != changelog) {
    lineage.error = "duplicate-block";
    lineage.line = static_cast<std::size_t>(second - text.begin()) + 1;
    lineage.line_text = *second;
    return;
  }
  BlockReader(text, lineage).read(static_cast<std::size_t>(header - text.begin()));
}

void read_release_line(std::vector<std::string_view> const& text, Lineage& lineage) {
  auto const first = std::ranges::find_if(text, [](auto line) { return !line.empty(); });
  if (first == text.end()) return;
  auto const found = words(*first);
  if (found.size() == 3 && found[0] == "Release:" && found[2].size() > 1 && found[2].starts_with('v'))
    lineage.release = ReleaseLine{.chart = std::string(found[1]), .version = std::string(found[2].substr(1))};
}

// A-95: the last line of a kind counts, so that a changelog cannot speak for the tag; one that says nothing useful counts too.
void read_trailers(std::vector<std::string_view> const& text, Lineage& lineage) {
  for (auto const line : text) {
    if (line.starts_with("Source PR:")) {
      auto const found = words(line.substr(10));
      lineage.source_pr.reset();
      if (found.size() == 1 && found[0].starts_with('#') && found[0] != "#0")
        lineage.source_pr = to_number(found[0].substr(1), 9223372036854775807U);
    } else if (line.starts_with("Commit:")) {
      auto const found = words(line.substr(7));
      lineage.commit.reset();
      if (found.size() == 1 && (is_lower_hex(found[0], 40) || is_lower_hex(found[0], 64)))
        lineage.commit = std::string(found[0]);
    }
  }
}

struct ErrorText {
  Code code;
  std::string_view why, expected, fix;
};
constexpr std::string_view good_line = "\"- key: 123456 sha256:<64 hex digits>\"";
constexpr std::string_view tag_anew = "tag the release anew with a corrected annotation";
constexpr ErrorText error_texts[] = {
    {"too-large", "the annotation is too large to be read", "at most 1 MiB", tag_anew},
    {"no-lineage-block", "the annotation has no lineage block before its changelog",
     "a line \"Attestation Lineage:\" followed by its entries", "tag with the ids of the checks' attestations"},
    {"duplicate-block", "the annotation has two lineage blocks, so it is not clear which one holds",
     "one line \"Attestation Lineage:\"", tag_anew},
    {"empty-block", "the lineage block has no lines", good_line, "tag with the ids of the checks' attestations"},
    {"bad-line", "a line of the lineage block is not an entry", good_line, tag_anew},
    {"bad-key", "an entry's key is not a name of a check", "1 to 128 letters, digits and . _ - / + @, a letter or digit first",
     tag_anew},
    {"bad-id", "an entry's id is not an attestation id", "a number from 1 to 9223372036854775807 without leading zeros",
     "find out why the tagging workflow had no id for this check, then tag anew"},
    {"bad-digest", "an entry's digest is not a SHA-256 digest", "sha256:<64 hex digits>", tag_anew},
    {"duplicate-key", "a check appears twice with different ids or digests", "one line for each check", tag_anew},
    {"too-many-entries", "the lineage block has too many entries", "at most 512 entries", tag_anew},
    {"sentinel-mixed", "the block declares that no attestation data is available, but lists entries",
     "either the one or the other", tag_anew},
    {"producer-error", "the tagging workflow could not read the attestation map and said so", good_line,
     "repair the attestation map of the source pull request, then tag anew"},
    {"split-block", "an empty line inside the lineage block hides what follows it", "entries without empty lines between them",
     tag_anew},
};

boost::json::value text_or_null(std::optional<std::string> const& text) {
  if (!text) return nullptr;
  return boost::json::value(*text);
}

}  // namespace

std::string to_text(Lineage::Status status) {
  switch (status) {
    case Lineage::Status::ok:
      return "ok";
    case Lineage::Status::none:
      return "none";
    case Lineage::Status::error:
      break;
  }
  return "error";
}

bool is_lineage_key(std::string_view text) {
  auto const inner = [](char c) { return is_alphanumeric(c) || std::string_view("._-/+@").find(c) != std::string_view::npos; };
  return !text.empty() && text.size() <= max_lineage_key && is_alphanumeric(text.front()) && std::ranges::all_of(text, inner);
}

Lineage parse_annotation(std::string_view message) {
  Lineage lineage;
  if (message.size() > max_annotation_bytes) {
    lineage.error = "too-large";
    return lineage;
  }
  charge_work(message.size() * units_of_a_byte);
  auto const text = annotation_lines(message);
  read_release_line(text, lineage);
  read_trailers(text, lineage);
  read_block(text, lineage);
  if (lineage.status == Lineage::Status::error) {
    // A-96: nobody shall go on with half of a block.
    lineage.entries.clear();
    lineage.warnings.clear();
  }
  std::ranges::sort(lineage.warnings);
  lineage.warnings.erase(std::unique(lineage.warnings.begin(), lineage.warnings.end()), lineage.warnings.end());
  return lineage;
}

std::string lineage_json(Lineage const& lineage) {
  boost::json::array entries;
  for (auto const& entry : lineage.entries)
    entries.push_back(boost::json::object{{"key", entry.key}, {"id", entry.id}, {"digest", text_or_null(entry.digest)}});
  boost::json::array warnings;
  for (auto const& warning : lineage.warnings) warnings.emplace_back(warning.text());

  boost::json::object object;
  object["status"] = to_text(lineage.status);
  object["error"] = lineage.status == Lineage::Status::error ? boost::json::value(lineage.error.text()) : nullptr;
  object["entries"] = std::move(entries);
  object["warnings"] = std::move(warnings);
  object["release"] = nullptr;
  // A chart's name is foreign bytes here; JSON text must be UTF-8.
  if (lineage.release)
    object["release"] =
        boost::json::object{{"chart", printable(lineage.release->chart)}, {"version", printable(lineage.release->version)}};
  object["source_pr"] = nullptr;
  if (lineage.source_pr) object["source_pr"] = *lineage.source_pr;
  object["commit"] = text_or_null(lineage.commit);
  return to_pretty_json(object);
}

std::string lineage_text(Lineage const& lineage) {
  auto const row = [](std::string_view label, std::string_view value) {
    return std::string(label) + std::string(12 - label.size(), ' ') + std::string(value) + "\n";
  };
  std::string text = row("status", to_text(lineage.status));
  if (lineage.status == Lineage::Status::error) {
    auto const rejection = lineage_rejection(lineage, "");
    text += row("error", std::string(rejection.code.text()) + ": " + printable(rejection.why));
    if (lineage.line != 0) text += row("line", std::to_string(lineage.line) + ": " + printable(lineage.line_text));
    if (!rejection.expected_value.empty()) text += row("expected", rejection.expected_value);
  }
  text += row("release", lineage.release ? printable(lineage.release->chart + " v" + lineage.release->version) : "-");
  text += row("source pr", lineage.source_pr ? "#" + std::to_string(*lineage.source_pr) : "-");
  text += row("commit", lineage.commit.value_or("-"));
  for (auto const& warning : lineage.warnings) text += row("warning", warning.text());
  if (!lineage.entries.empty()) text += row("entries", std::to_string(lineage.entries.size()));
  for (auto const& entry : lineage.entries)
    text += "  " + entry.key + ": " + entry.id + "  " + entry.digest.value_or("(no digest)") + "\n";
  return text;
}

Rejection lineage_rejection(Lineage const& lineage, std::string_view tag) {
  auto const text = std::ranges::find(error_texts, lineage.error, &ErrorText::code);
  if (text == std::end(error_texts))
    throw std::logic_error("no text for the lineage error " + std::string(lineage.error.text()));
  std::string where = tag.empty() ? "annotation" : "tag " + std::string(tag);
  if (lineage.line != 0) where += ", line " + std::to_string(lineage.line);
  return reject(lineage.error, std::move(where), std::string(text->why))
      .rule(lineage.error == "too-large" ? "A-92" : "A-94")
      .expected(std::string(text->expected))
      .found(lineage.line_text)
      .fix(std::string(text->fix));
}

Verdict<std::string> compose_annotation(AnnotationParts const& parts) {
  auto const refuse = [](std::string why) { return reject("annotation", "annotation", std::move(why)).rule("A-98"); };
  std::string text = "Release: " + parts.chart + " v" + parts.version + "\n\n" + std::string(block_header) + "\n";
  for (auto const& entry : parts.entries) {
    if (!entry.digest && !parts.allow_missing_digests)
      return refuse("an entry has no subject digest, so its attestation cannot be looked up (A-99)").found(entry.key);
    text += "- " + entry.key + ": " + entry.id + (entry.digest ? " " + *entry.digest : "") + "\n";
  }
  if (parts.entries.empty()) text += "- No attestation data available\n";
  text += "\n" + std::string(changelog_header) + "\n" + parts.changelog;
  if (!text.ends_with('\n')) text += '\n';
  text += "\nSource PR: #" + (parts.source_pr ? std::to_string(*parts.source_pr) : std::string("unknown")) + "\n";
  if (!parts.commit.empty()) text += "Commit: " + parts.commit + "\n";
  if (text.find('\0') != std::string::npos) return refuse("a NUL byte would end the annotation early");

  auto const read = parse_annotation(text);
  auto const expected_status = parts.entries.empty() ? Lineage::Status::none : Lineage::Status::ok;
  if (read.status == Lineage::Status::error)
    return refuse("the annotation would not be understood: " + lineage_rejection(read, "").why).found(read.line_text);
  auto const commit = parts.commit.empty() ? std::nullopt : std::optional(parts.commit);
  if (read.status != expected_status || read.entries != parts.entries || !read.warnings.empty())
    return refuse("the entries would not be read back as they are");
  if (read.release != ReleaseLine{parts.chart, parts.version})
    return refuse("chart and version would not be read back as they are");
  if (read.source_pr != parts.source_pr) return refuse("the source pull request would not be read back as it is");
  if (read.commit != commit) return refuse("the commit would not be read back as it is");
  return text;
}

}  // namespace acr::git

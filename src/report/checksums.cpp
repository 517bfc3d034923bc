#include "report/checksums.hpp"

#include <algorithm>
#include <utility>

#include "report/limits.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"

namespace acr::report {
namespace {

Rejection bad_checksums(std::string where, std::string why) {
  return reject("checksums", std::move(where), std::move(why)).rule("A-68");
}

// The reader drops one `*` or space in front of a name, and takes the rest verbatim.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= 255 && name != "." && name != ".." && trimmed(name) == name && name.front() != '*' &&
         is_utf8(name) && std::ranges::none_of(name, [](char c) {
           return c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

// A host and parts of a path; what chart_reference() lets through has no other characters.
bool is_subject_name(std::string_view name) {
  return !name.empty() && name.size() <= 255 && name.front() != '/' && name.back() != '/' &&
         std::ranges::all_of(name, [](char c) { return c > 0x20 && c < 0x7f && c != '*' && c != '\\'; });
}

Verdict<std::string> text_of(std::vector<Checksum> checksums, std::string const& file, bool (*is_name)(std::string_view),
                             std::string const& otherwise) {
  if (checksums.size() > max_checksum_lines)
    return bad_checksums(file, "the attest step reads at most 1,024 subjects")
        .expected("at most " + std::to_string(max_checksum_lines) + " packages")
        .found(std::to_string(checksums.size()))
        .fix("release fewer charts at a time");
  std::ranges::sort(checksums, {}, &Checksum::name);
  std::string text;
  std::string_view previous;
  for (auto const& each : checksums) {
    if (!is_name(each.name)) return bad_checksums(each.name, otherwise).found(each.name);
    if (each.name == previous) return bad_checksums(each.name, "two packages have this name");
    if (!is_lower_hex(each.hex, 64))
      return bad_checksums(each.name, "not a SHA-256 digest").expected("64 lower-case hex digits").found(each.hex);
    text += each.hex + "  " + each.name + "\n";
    previous = each.name;
  }
  return text;  // never more than max_checksum_bytes: 1,024 lines of at most 322 bytes
}

}  // namespace

Verdict<std::string> checksums_text(std::vector<Checksum> checksums) {
  return text_of(std::move(checksums), "checksums.txt", is_plain_name, "not a plain file name");
}

Verdict<std::string> oci_subjects_text(std::vector<Checksum> subjects) {
  return text_of(std::move(subjects), "oci-subjects.txt", is_subject_name, "not the name of a subject");
}

Verdict<std::vector<Checksum>> parse_checksums(std::string_view text) {
  if (text.size() > max_checksum_bytes)
    return bad_checksums("checksums.txt", "the file is larger than any of ours").found(std::to_string(text.size()) + " bytes");
  std::vector<Checksum> checksums;
  for (std::size_t number = 1; !text.empty(); ++number) {
    auto const place = "checksums.txt:" + std::to_string(number);
    auto const end = text.find('\n');
    if (end == std::string_view::npos) return bad_checksums(place, "the last line has no line end");
    auto const line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line.size() < 67 || !is_lower_hex(line.substr(0, 64), 64) || line.substr(64, 2) != "  " ||
        !is_plain_name(line.substr(66)))
      return bad_checksums(place, "not a line of ours").expected("<64 hex digits>  <file name>").found(std::string(line));
    if (number > max_checksum_lines) return bad_checksums(place, "more lines than a file of ours can have");
    Checksum each{std::string(line.substr(66)), std::string(line.substr(0, 64))};
    if (!checksums.empty() && !(checksums.back().name < each.name))
      return bad_checksums(place, "names are not in byte order, or one stands twice").found(each.name);
    checksums.push_back(std::move(each));
  }
  return checksums;
}

}  // namespace acr::report

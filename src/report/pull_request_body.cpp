#include "report/pull_request_body.hpp"

#include <algorithm>
#include <utility>

#include "report/limits.hpp"
#include "report/markdown.hpp"
#include "support/text.hpp"

namespace acr::report {
namespace {

constexpr std::string_view begin_marker = "<!-- atomic-chart-release:begin -->";
constexpr std::string_view end_marker = "<!-- atomic-chart-release:end -->";
constexpr std::string_view map_header = "<!-- ATTESTATION_MAP";

std::string const* id_for(ReleaseManifest const& manifest, std::string_view key) {
  auto const found = std::ranges::find_if(manifest.attestations, [&](auto const& each) { return each.first == key; });
  return found == manifest.attestations.end() ? nullptr : &found->second;
}

struct Span {
  std::size_t begin, end;  // end: behind the end marker, before its line end
};

// Our own section: an end marker and the nearest begin marker before it. Anything in between that opens an attestation
// map belongs to others, so such a pair is not ours: replacing it would lose the map.
std::optional<Span> find_section(std::string_view body) {
  constexpr auto none = std::string_view::npos;
  std::size_t begin = none;
  for (std::size_t at = 0; at < body.size();) {
    std::size_t const line_begin = at;
    auto const line_end = body.find('\n', at);
    auto const line = body.substr(at, line_end == none ? none : line_end - at);
    at = line_end == none ? body.size() : line_end + 1;
    if (line.starts_with(map_header)) {
      begin = none;
    } else if (trimmed(line) == begin_marker) {
      begin = line_begin + line.find(begin_marker);
    } else if (trimmed(line) == end_marker && begin != none) {
      return Span{begin, line_begin + line.find(end_marker) + end_marker.size()};
    }
  }
  return std::nullopt;
}

std::string_view line_end_of(std::string_view body) {
  // Without any line end a last CR would become one with the LF that we append.
  auto const first = std::min(body.find('\n'), body.size());
  return first > 0 && body[first - 1] == '\r' ? "\r\n" : "\n";
}

// Line ends that put one empty line behind `text`.
std::string gap_after(std::string_view text, std::string_view line_end) {
  if (text.empty()) return {};
  auto const ends_line = [](std::string_view t) { return t.ends_with('\n'); };
  if (!ends_line(text)) return std::string(line_end) + std::string(line_end);
  text.remove_suffix(text.ends_with("\r\n") ? 2 : 1);
  return text.empty() || ends_line(text) ? std::string() : std::string(line_end);
}

struct Merged {
  std::string body;
  bool more_maps = false;
};

Verdict<Merged> merged_map(std::string_view body, std::vector<MapMember> const& own, std::vector<MapMember> const& seen,
                           std::string_view line_end) {
  auto const place = find_attestation_map(body);
  if (!place) return place.error();
  Merged merged;
  if (!*place) {
    auto const json = merge_map_json("{}", own, seen, line_end).value();
    merged.body = std::string(body) + gap_after(body, line_end) + std::string(map_header) + std::string(line_end) + json +
                  std::string(line_end) + "-->" + std::string(line_end);
    return merged;
  }
  auto const& span = **place;
  auto const json = merge_map_json(body.substr(span.json_begin, span.json_end - span.json_begin), own, seen, line_end);
  if (!json) return json.error();
  merged.body = std::string(body.substr(0, span.json_begin)) + *json + std::string(body.substr(span.json_end));
  merged.more_maps = span.more_maps;
  return merged;
}

// Puts the section where ours was, else in front of the map.
std::string with_section(std::string_view body, std::string const& section, std::string_view line_end) {
  if (auto const span = find_section(body))
    return std::string(body.substr(0, span->begin)) + section + std::string(body.substr(span->end));
  auto const place = find_attestation_map(body);
  std::size_t const at = (*place)->header_begin;  // merged_map() has put one there
  auto const front = body.substr(0, at);
  return std::string(front) + gap_after(front, line_end) + section + std::string(line_end) + std::string(line_end) +
         std::string(body.substr(at));
}

bool fits(std::string_view body) { return body.size() <= max_body_bytes && count_code_points(body) <= max_body_characters; }

}  // namespace

std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++count) next_code_point(text, at);
  return count;
}

std::string human_section(HumanPart const& human, std::string_view line_end, bool short_form) {
  std::string text;
  auto const line = [&](std::string const& content) { text += content + std::string(line_end); };
  auto const linked = [&](std::string const* id) {
    return id ? attestation_link(human.server_url, human.repository, *id) : std::string("–");
  };
  auto const digest = [&](std::string const& of, std::string const* id) {
    return attested_digest(human.server_url, human.repository, of, id ? *id : std::string());
  };
  auto const* overall = human.overall_id.empty() ? nullptr : &human.overall_id;
  line(std::string(begin_marker));
  if (short_form) {
    auto const count = human.manifest.charts.size();
    line("Release build: " + std::to_string(count) + (count == 1 ? " chart" : " charts") + ", manifest " +
         digest(human.manifest_digest, overall));
  } else {
    line("### Release build");
    line("");
    // O-15: columns of their own, unless nothing will be pushed to a registry.
    bool const oci = std::ranges::any_of(human.manifest.charts, [](auto const& chart) { return chart.oci.has_value(); });
    line("| chart | version | tag | digest | upstream verified | build attestation |" +
         std::string(oci ? " OCI digest | OCI attestation |" : ""));
    line("|---|---|---|---|---|---|" + std::string(oci ? "---|---|" : ""));
    for (auto const& chart : human.manifest.charts) {
      auto const upstream =
          std::ranges::find_if(human.manifest.upstream, [&](auto const& each) { return each.first == chart.name; });
      auto const* build = id_for(human.manifest, std::string(build_key_prefix) + chart.name);
      std::size_t const verified = upstream == human.manifest.upstream.end() ? 0 : upstream->second.size();
      line("| " + code_span(chart.name) + " | " + code_span(chart.version) + " | " + code_span(chart.tag) + " | " +
           digest(chart.digest, build) + " | " + std::to_string(verified) + " | " + linked(build) + " |" +
           (!oci ? std::string()
                 : " " + (chart.oci ? code_span(chart.oci->ref) + "<br>" + code_span(chart.oci->digest) : "–") + " | " +
                       linked(id_for(human.manifest, std::string(oci_key_prefix) + chart.name)) + " |"));
    }
    line("");
    line("Tag verification: " + linked(id_for(human.manifest, "tag-verification")) + " · manifest " +
         digest(human.manifest_digest, overall) + " · overall attestation: " + linked(overall));
  }
  return text + std::string(end_marker);
}

Verdict<BodyUpdate> merge_description(std::optional<std::string> const& body, AttestationIds const& ids, HumanPart const& human,
                                      std::vector<MapMember> const& seen) {
  std::string const old = body.value_or("");
  auto const line_end = line_end_of(old);
  std::vector<MapMember> own;
  for (auto const& [key, id] : ids) own.push_back(own_member(key, id));
  auto const merged = merged_map(old, own, seen, line_end);
  if (!merged) return merged.error();

  BodyUpdate update;
  update.multiple_maps = merged->more_maps;
  update.body = with_section(merged->body, human_section(human, line_end, false), line_end);
  if (!fits(update.body)) {
    update.shortened = true;
    update.body = with_section(merged->body, human_section(human, line_end, true), line_end);
  }
  if (!fits(update.body))
    return reject("body-too-long", "pull request description", "with the attestation map it would be too long for GitHub")
        .rule("A-87")
        .expected("at most 65,536 characters and 262,144 bytes")
        .found(std::to_string(count_code_points(update.body)) + " characters, " + std::to_string(update.body.size()) + " bytes")
        .fix("shorten the description and run the job again");
  auto const map = read_attestation_map(update.body);
  if (!map) return map.error();
  update.map = **map;
  return update;
}

}  // namespace acr::report

#include "release/tag_not_found.hpp"

#include <algorithm>
#include <utility>

#include "chart/semver.hpp"

namespace acr::release {
namespace {

constexpr std::size_t near_misses_shown = 5, near_misses_read = 1000;

// How a tag of this chart is made: what stands between name and version, and the version.
struct TagForm {
  std::string between;
  std::string version;
};

// Punctuation and a `v` may stand between them; with a letter or digit more it is another chart's tag.
std::optional<TagForm> form_of(std::string_view tag, std::string_view chart) {
  if (!tag.starts_with(chart)) return std::nullopt;
  tag.remove_prefix(chart.size());
  auto const start = tag.find_first_not_of("-_/@.+");
  if (start == std::string_view::npos) return std::nullopt;
  auto const number = tag[start] == 'v' || tag[start] == 'V' ? start + 1 : start;
  if (number == 0 || number == tag.size() || tag[number] < '0' || tag[number] > '9') return std::nullopt;
  if (!chart::is_strict_version(tag.substr(number))) return std::nullopt;
  return TagForm{std::string(tag.substr(0, number)), std::string(tag.substr(number))};
}

}  // namespace

NearMisses near_misses(std::string_view chart, std::string_view version, std::string_view format,
                       std::vector<std::string> const& tags) {
  struct Near {
    std::string name;
    std::string format{};  // that gives this name
    std::optional<chart::Version> version{};
  };
  std::vector<Near> all;
  bool format_fits = false;  // some release of this chart is tagged as tag-format says
  for (auto const& name : tags) {
    auto& near = all.emplace_back(Near{.name = name});
    auto const form = form_of(name, chart);
    if (!form) continue;
    near.version = chart::parse_version(form->version);
    near.format = "{name}" + form->between + "{version}";
    format_fits = format_fits || near.format == format;
  }
  std::ranges::sort(all, [](Near const& a, Near const& b) {
    if (a.version.has_value() != b.version.has_value()) return a.version.has_value();
    if (a.version)
      if (auto const order = chart::compare(*a.version, *b.version); order != 0) return order > 0;
    return a.name > b.name;
  });
  NearMisses misses;
  for (auto const& near : all) {
    misses.names.push_back(near.name);
    bool const same_release = near.version && near.format != format && tag_name(near.format, chart, version) == near.name;
    // Releases of other versions show the form only while none of them has the configured one.
    if (misses.tag_format.empty() && near.version && near.format != format && (same_release || !format_fits))
      misses.tag_format = near.format;
  }
  return misses;
}

Rejection tag_not_found(ChangedChart const& chart, std::optional<git::ObjectId> const& in_checkout, std::string_view tag_format,
                        git::ObjectId const& head, std::chrono::seconds waited, git::ObjectSource& objects) {
  std::vector<std::string> tags;
  for (auto const& name : objects.refs_with_prefix("refs/tags/" + chart.name, near_misses_read))
    tags.push_back(name.substr(std::string_view("refs/tags/").size()));
  auto const misses = near_misses(chart.name, chart.version, tag_format, tags);
  std::string near;
  for (std::size_t i = 0; i < std::min(misses.names.size(), near_misses_shown); ++i)
    near += (near.empty() ? "" : ", ") + misses.names[i];
  if (misses.names.size() > near_misses_shown) near += ", …";
  auto found = near.empty() ? "no tag that begins with " + chart.name : "only " + near;
  if (in_checkout) found += "; the checkout has the tag, at " + *in_checkout + ", the server does not";
  std::string fix = in_checkout ? "push the tag, unless it was deleted on purpose, and re-run this job"
                                : "let the tagging stage finish (or push the tag) and re-run this job";
  if (!misses.tag_format.empty())
    fix = "set tag-format: " + misses.tag_format + " if the tags are called so on purpose, or " + fix;
  return reject("tag-not-found", "tag " + chart.tag,
                waited.count() > 0 ? "the tag did not appear within " + std::to_string(waited.count()) + " seconds"
                                   : std::string("the tag does not exist"))
      .rule("A-91")
      .expected("an annotated tag " + chart.tag + " on a commit of the branch, at or before " + head)
      .found(std::move(found))
      .fix(std::move(fix));
}

}  // namespace acr::release

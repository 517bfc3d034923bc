#include "release/tagged_chart.hpp"

#include <string>
#include <utility>

#include "release/object_waves.hpp"
#include "support/parallel.hpp"

namespace acr::release {

TaggedChart::TaggedChart(ChangedChart chart, git::ResolvedTag tag)
    : chart_(std::move(chart)), tag_(std::move(tag)), lineage_(git::parse_annotation(tag_.message)) {
  tag_.message = {};  // up to 1 MiB, and all that counts was read
}

Verdict<std::shared_ptr<TaggedChart const>> TaggedChart::resolve(ChangedChart const& chart, git::Ref const& ref,
                                                                 git::ObjectSource& objects) {
  auto tag = git::resolve_tag(objects, chart.tag, ref);
  if (!tag) return tag.error();
  return std::shared_ptr<TaggedChart const>(new TaggedChart(chart, std::move(*tag)));
}

std::vector<TagLook> look_for_tags(std::vector<ChangedChart const*> const& charts, git::ObjectSource& objects,
                                   std::size_t workers) {
  std::vector<std::string> names;
  for (auto const* chart : charts) names.push_back("refs/tags/" + chart->tag);
  auto const answers = objects.refs(names);
  prefetch_tags(answers, objects);
  std::vector<TagLook> looks(charts.size());
  for_each_index(charts.size(), workers, [&](std::size_t i) {
    auto& look = looks[i];
    auto const& answer = answers[i];
    look.in_checkout = answer.in_checkout;
    look.there = answer.ref.has_value();
    if (!look.there) return;
    if (answer.in_checkout)
      look.findings.warn(reject("tag-differs", "tag " + charts[i]->tag,
                                "the checkout has this tag at another object than the server; the server's counts")
                             .rule("B-24")
                             .expected(answer.ref->target)
                             .found(*answer.in_checkout)
                             .fix("fetch the tags anew; nothing in this job may write them"));
    auto tagged = TaggedChart::resolve(*charts[i], *answer.ref, objects);
    if (tagged)
      look.tagged = std::move(*tagged);
    else
      look.findings.refuse(tagged.error());
  });
  return looks;
}

}  // namespace acr::release

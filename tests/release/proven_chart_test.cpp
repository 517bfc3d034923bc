// What a chart must have before it is released, and what each thing that is missing comes to (V-95).
#include "release/proven_chart.hpp"

#include "release/one_chart.hpp"
#include "support/catch2.hpp"

namespace proven_chart_test {
namespace {

using namespace acr::test;
using acr::release::LineageCheck;
using acr::release::ProvenChart;
using acr::release::Staging;
using acr::report::EntryStatus;

acr::Rejection some_refusal() { return acr::reject("identity", "here", "why"); }

TEST_CASE("a chart is proved by a package, verified attestations and nothing against it", "[release]") {
  struct Row {
    char const* what;
    std::function<void(LineageCheck&, acr::release::Findings&)> change;
    bool proven;
    bool unasked;  // by a dry run that asks nobody
  };
  auto const row = one_of<Row>({
      {"all of it", [](auto&, auto&) {}, true, true},
      {"a warning", [](auto&, auto& findings) { findings.warn(some_refusal()); }, true, true},
      {"another id of the same subject, where that is allowed",
       [](auto& lineage, auto&) { lineage.entries.front().status = EntryStatus::verified_other_id; }, true, true},
      {"a refusal of the chart", [](auto&, auto& findings) { findings.refuse(some_refusal()); }, false, false},
      {"a refusal of an entry", [](auto& lineage, auto&) { lineage.entries.front().refusal = some_refusal(); }, false, false},
      {"an entry that is open",
       [](auto& lineage, auto&) {
         lineage.entries.front().status = EntryStatus::unresolved;
         lineage.entries.front().facts.reset();
       },
       false, true},
      {"an entry that failed", [](auto& lineage, auto&) { lineage.entries.front().status = EntryStatus::failed; }, false, true},
      {"an entry without facts", [](auto& lineage, auto&) { lineage.entries.front().facts.reset(); }, false, true},
      {"no entry of those that the tag lists", [](auto& lineage, auto&) { lineage.entries.clear(); }, false, true},
      {"no tag", [](auto& lineage, auto&) { lineage.tagged = nullptr; }, false, false},
      {"the tag of another release",
       [](auto& lineage, auto&) {
         OneChart other;
         lineage.tagged = other.tagged(other.objects.add_files(chart_files("web", "1.1.0")));
       },
       false, false},
  });
  CAPTURE(row.what);
  TemporaryDirectory directory;
  Staging const staging(directory.path());
  OneChart world;
  auto const packaged = world.packaged(chart_files("web", "1.1.0"), staging).value();
  auto lineage = world.verified_lineage();
  row.change(lineage, world.findings);
  CHECK(ProvenChart::prove(packaged, lineage, world.findings).has_value() == row.proven);
  CHECK(ProvenChart::assume_unasked_attestations(packaged, lineage, world.findings).has_value() == row.unasked);
}

}  // namespace
}  // namespace proven_chart_test

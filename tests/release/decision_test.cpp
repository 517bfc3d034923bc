// What charts and findings of a run come to (A-20, D-6): result, status, what is written, and what the record says of it.
#include "release/decision.hpp"

#include "release/one_chart.hpp"
#include "support/catch2.hpp"

namespace decision_test {
namespace {

using namespace acr::test;
using acr::ExitStatus;
using acr::release::ChartVerdict;
using acr::release::Decision;
using acr::release::HeldBack;
using acr::release::Refused;
using acr::release::RunFacts;
using acr::release::SettledChart;
using acr::release::Staging;
using acr::report::ChartStatus;
using acr::report::Result;

// Charts of each verdict; the proved one has a package.
struct Charts {
  TemporaryDirectory directory;
  Staging staging{directory.path()};
  OneChart world;
  acr::release::PackagedChart packaged = world.packaged(chart_files("web", "1.1.0"), staging).value();
  acr::release::RunSettings settings;

  SettledChart chart(std::string const& name, ChartVerdict verdict, ChartStatus status) const {
    SettledChart settled{.record = {}, .verdict = std::move(verdict)};
    settled.record.name = name;
    settled.record.status = status;
    settled.record.package = name + ".tgz";
    settled.record.digest = packaged.digest();
    settled.record.size = packaged.size();
    settled.record.oci = acr::report::OciPlace{"host/" + name, packaged.digest(), {}};
    if (status == ChartStatus::refused) settled.record.refusals.push_back(acr::reject("identity", name, "why"));
    return settled;
  }
  SettledChart proven(std::string const& name) const {
    return chart(name, acr::release::ProvenChart::prove(packaged, world.verified_lineage(), {}).value(), ChartStatus::packaged);
  }
  SettledChart refused(std::string const& name, Refused why) const { return chart(name, why, ChartStatus::refused); }
  SettledChart held(std::string const& name) const { return chart(name, HeldBack{}, ChartStatus::held_back); }

  Decision decide(bool block, RunFacts facts, std::vector<SettledChart> charts) {
    settings.inputs.verify_policy = block ? acr::event::VerifyPolicy::block : acr::event::VerifyPolicy::flag;
    return acr::release::decide(settings, std::move(facts), std::move(charts));
  }
};

constexpr Refused by_check{.out_of_reach = false, .otherwise = true}, by_host{.out_of_reach = true, .otherwise = false},
    by_both{.out_of_reach = true, .otherwise = true};

TEST_CASE("verify-policy decides what the charts of a run come to", "[release]") {
  Charts charts;
  struct Row {
    char const* what;
    bool block;
    std::string run;  // P: proved, R: refused, U: out of reach, B: both, H: held back
    bool run_refused;
    Result result;
    ExitStatus status;
    std::size_t released;
  };
  auto const row = one_of<Row>({
      {"nothing changed", true, "", false, Result::no_charts, ExitStatus::done, 0},
      {"nothing changed, and the run is refused", true, "", true, Result::failed, ExitStatus::refused, 0},
      {"all proved", true, "PP", false, Result::success, ExitStatus::done, 2},
      {"all proved, and the run is refused", true, "PP", true, Result::failed, ExitStatus::refused, 0},
      {"one refused, block", true, "PR", false, Result::failed, ExitStatus::refused, 0},
      {"one refused, flag", false, "PR", false, Result::partial, ExitStatus::done, 1},
      {"one refused, flag, and the run is refused", false, "PR", true, Result::failed, ExitStatus::refused, 0},
      {"all refused, flag", false, "RR", false, Result::failed, ExitStatus::refused, 0},
      {"one out of reach, block", true, "PU", false, Result::failed, ExitStatus::unreachable, 0},
      {"one out of reach, flag (D-6)", false, "PU", false, Result::failed, ExitStatus::unreachable, 0},
      {"one out of reach, another refused, block", true, "RU", false, Result::failed, ExitStatus::refused, 0},
      {"one out of reach, another refused, flag", false, "RU", false, Result::failed, ExitStatus::unreachable, 0},
      {"one for both reasons, block", true, "PB", false, Result::failed, ExitStatus::refused, 0},
      {"one held back, block", true, "PH", false, Result::failed, ExitStatus::refused, 0},
      {"one held back, flag", false, "PH", false, Result::partial, ExitStatus::done, 1},
  });
  CAPTURE(row.what);
  std::vector<SettledChart> all;
  for (auto const kind : row.run) {
    auto const name = std::to_string(all.size());
    all.push_back(kind == 'P'   ? charts.proven(name)
                  : kind == 'H' ? charts.held(name)
                                : charts.refused(name, kind == 'R'   ? by_check
                                                       : kind == 'U' ? by_host
                                                                     : by_both));
  }
  RunFacts facts;
  if (row.run_refused) facts.findings.refuse(acr::reject("no-space", "run", "why"));
  auto const decision = charts.decide(row.block, std::move(facts), std::move(all));
  CHECK(decision.record.result == row.result);
  CHECK(decision.status == row.status);
  CHECK(decision.released.size() == row.released);
  CHECK(decision.record.packaged_count() == row.released);
  CHECK(decision.record.reason == (row.run_refused                                     ? "no-space"
                                   : row.run.find_first_of("RUB") != std::string::npos ? "identity"
                                                                                       : ""));
  for (auto const& chart : decision.record.charts) {
    bool const written = chart.status == ChartStatus::packaged;
    CHECK(chart.oci.has_value() == written);
    if (row.result == Result::failed) {
      CHECK(chart.package.empty());
      CHECK(chart.digest.empty());
      CHECK(chart.size == 0);
      CHECK(chart.status != ChartStatus::packaged);
    }
  }
}

TEST_CASE("the status of an error that ended the run is the run's", "[release]") {
  Charts charts;
  RunFacts facts;
  facts.ended_early = ExitStatus::unreachable;
  facts.findings.refuse(acr::reject("timeout", "run", "why"));
  auto const decision = charts.decide(true, std::move(facts), {charts.proven("web")});
  CHECK(decision.status == ExitStatus::unreachable);
  CHECK(decision.record.reason == "timeout");
  CHECK(decision.record.charts.front().status == ChartStatus::held_back);
  CHECK(decision.released.empty());
}

TEST_CASE("the reason of a run is its own, else the first chart's, else the first entry's", "[release]") {
  Charts charts;
  auto web = charts.refused("web", by_check);
  web.record.refusals.clear();
  web.record.entries.resize(2);
  web.record.entries[1].refusal = acr::reject("log-body", "entry", "why");
  CHECK(charts.decide(true, {}, {web}).record.reason == "log-body");
  CHECK(charts.decide(true, {}, {web, charts.refused("zoo", by_check)}).record.reason == "log-body");
  CHECK(charts.decide(true, {}, {charts.refused("app", by_check), web}).record.reason == "identity");
}

TEST_CASE("more packages than a job matrix takes are a warning (A-26)", "[release]") {
  Charts charts;
  auto const count = one_of({std::size_t{256}, std::size_t{257}});
  std::vector<SettledChart> const all(count, charts.proven("web"));
  auto const warnings = charts.decide(true, {}, all).record.warnings;
  CHECK(findings_of(warnings) == (count == 256 ? Findings{} : Findings{"matrix-too-large @ output matrix"}));
}

}  // namespace
}  // namespace decision_test

#pragma once

// Leads the charts of a run from ChangedChart to ProvenChart: src/release/chart_flow.hpp (A-55, A-60, B-24, D-6, G-40)

#include <memory>
#include <vector>

#include "release/decision.hpp"
#include "release/findings.hpp"
#include "release/found_charts.hpp"
#include "release/packaged_chart.hpp"
#include "release/run_tools.hpp"
#include "release/settings.hpp"

namespace acr::release {

/// The charts take each stage together, so that what they need is asked for in waves; what one of them waits for does not hold
/// up the others.
class ChartFlow {
 public:
  /// All must outlive it. `run`: takes what concerns no single chart (`no-space`).
  ChartFlow(RunSettings const& settings, RunTools const& tools, ReleaseTrees const& trees, Staging const& staging,
            std::vector<FoundChart> charts, Findings& run);
  ~ChartFlow();
  ChartFlow(ChartFlow const&) = delete;
  ChartFlow& operator=(ChartFlow const&) = delete;

  /// Takes the charts through all stages, waiting for tags and listings at most as long as `tag-wait` says. Each chart's group
  /// is logged when the chart is settled. Throws RunError; what was found until then stays.
  void prove();

  /// All charts, in the order in which they came. Those that an error has kept from their end are settled and logged as far as
  /// they came. To be called once.
  std::vector<SettledChart> settle_all();

 private:
  class Charts;
  std::unique_ptr<Charts> charts_;
};

}  // namespace acr::release

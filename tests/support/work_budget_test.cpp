#include "support/work_budget.hpp"

#include <atomic>
#include <functional>

#include "support/catch2.hpp"
#include "support/digest.hpp"
#include "support/json.hpp"
#include "support/packed.hpp"
#include "support/parallel.hpp"
#include "support/snappy.hpp"

namespace work_budget_test {
namespace {

using namespace acr;

std::string code_of(std::function<void()> const& work) {
  try {
    work();
  } catch (RunError const& error) {
    return std::string(error.code().text());
  }
  return "";
}

// A CHECK would catch what the clock throws.
void need(bool holds) {
  if (!holds) throw RunError("gone", "");
}

constexpr std::size_t much = std::size_t{1} << 20;

TEST_CASE("work that nobody pays for is free", "[support]") {
  CHECK(current_work() == nullptr);
  charge_work(much);
  check_work();
  charge_tree_entries("charts", max_tree_entries_walked + 1, max_path_bytes_walked + 1);
}

TEST_CASE("a cancelled run ends work within a mebibyte (B-25)", "[support]") {
  RunClock clock;
  WorkBudget budget(clock);
  WorkScope const scope(&budget);
  CHECK(current_work() == &budget);
  charge_work(much);  // nobody has cancelled it yet
  check_work();
  clock.cancel(ExitStatus::terminated);
  CHECK_THROWS_AS(check_work(), Cancelled);
  CHECK_THROWS_AS(charge_work(much), Cancelled);
  CHECK_THROWS_AS(
      [&] {
        for (std::size_t i = 0; i <= much; ++i) charge_work(1);
      }(),
      Cancelled);
}

TEST_CASE("the time limit ends work (B-25)", "[support]") {
  RunClock over(std::chrono::seconds(0)), enough(std::chrono::hours(1));
  for (auto const* clock : {&over, &enough}) {
    WorkBudget budget(*clock);
    WorkScope const scope(&budget);
    std::string const expected = clock == &over ? "timeout" : "";
    CHECK(code_of([] { check_work(); }) == expected);
    CHECK(code_of([] { charge_work(much); }) == expected);
  }
}

TEST_CASE("a run walks two million entries, and so many bytes of paths, not one more (B-25)", "[support]") {
  RunClock clock;
  WorkBudget budget(clock, 10, 100);
  WorkScope const scope(&budget);
  CHECK(code_of([] { charge_tree_entries("charts", 10, 50); }).empty());
  CHECK(code_of([] { charge_tree_entries("charts", 0, 50); }).empty());
  CHECK(code_of([] { charge_tree_entries("charts", 1, 0); }) == "too-much-work");
  WorkBudget other(clock, 10, 100);
  WorkScope const inner(&other);
  CHECK(code_of([] { charge_tree_entries("charts", 1, 100); }).empty());
  CHECK(code_of([] { charge_tree_entries("charts", 1, 1); }) == "too-much-work");
  CHECK(max_tree_entries_walked == 2'000'000);
}

TEST_CASE("helpers work on their caller's account, and only while they do", "[support]") {
  RunClock clock;
  WorkBudget budget(clock);
  {
    WorkScope const scope(&budget);
    std::atomic<int> others{0};
    for_each_index(50, 4, [&](std::size_t) { others += current_work() != &budget; });
    CHECK(others == 0);
  }
  CHECK(current_work() == nullptr);
  for_each_index(4, 4, [&](std::size_t) { CHECK(current_work() == nullptr); });
}

TEST_CASE("a cancelled run begins no further piece of work", "[support]") {
  RunClock clock;
  WorkBudget budget(clock);
  WorkScope const scope(&budget);
  std::atomic<int> done{0};
  for_each_index(3, 2, [&](std::size_t) { ++done; });
  CHECK(done == 3);
  clock.cancel(ExitStatus::interrupted);
  CHECK_THROWS_AS(for_each_index(3, 2, [&](std::size_t) { ++done; }), Cancelled);
  CHECK(done == 3);
}

TEST_CASE("reading, unpacking and hashing are charged (B-25)", "[support]") {
  std::string const bytes(2 * much, 'x');
  std::string array = "[0";
  for (int i = 0; i < 20000; ++i) array += ",1";
  array += "]";
  auto const packed = test::packed_by_snappy(bytes);
  RunClock over(std::chrono::seconds(0)), enough(std::chrono::hours(1));
  for (auto const* clock : {&enough, &over}) {
    WorkBudget budget(*clock);
    WorkScope const scope(&budget);
    std::string const expected = clock == &over ? "timeout" : "";
    CHECK(code_of([&] { sha256(bytes); }) == expected);
    CHECK(code_of([&] { need(parse_json(array, "x").has_value()); }) == expected);
    CHECK(code_of([&] { need(parse_json("\"" + bytes + "\"", "x").has_value()); }) == expected);
    CHECK(code_of([&] { need(snappy_decode(packed, bytes.size()).has_value()); }) == expected);
  }
}

}  // namespace
}  // namespace work_budget_test

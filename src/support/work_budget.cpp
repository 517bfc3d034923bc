#include "support/work_budget.hpp"

#include <string>

#include "support/text.hpp"

namespace acr {
namespace {

// Between two looks at the clock: milliseconds of the slowest loop that is charged, and far more than the look costs.
constexpr std::size_t units_between_looks = std::size_t{1} << 20;

constexpr std::size_t shown_path = 200;  // characters of a path in a message

thread_local WorkBudget* scope = nullptr;
thread_local std::size_t units_since_look = 0;

[[noreturn]] void refuse(std::string_view directory, std::string const& what, std::uint64_t limit) {
  throw RunError("too-much-work", "the run has read more than " + std::to_string(limit) + " " + what + " of trees, last in " +
                                      printable(directory, shown_path) +
                                      "; remove what is not a chart's from the branches, or split the repository [B-25]");
}

}  // namespace

void WorkBudget::charge_entries(std::string_view directory, std::uint64_t count, std::uint64_t path_bytes) {
  if (entries_ += count; entries_ > max_entries_) refuse(directory, "entries", max_entries_);
  if (path_bytes_ += path_bytes; path_bytes_ > max_path_bytes_) refuse(directory, "bytes of paths", max_path_bytes_);
}

WorkScope::WorkScope(WorkBudget* budget) : before_(scope) { scope = budget; }
WorkScope::~WorkScope() { scope = before_; }

WorkBudget* current_work() { return scope; }

void charge_work(std::size_t units) {
  if (scope == nullptr) return;
  units_since_look += units;
  if (units_since_look < units_between_looks) return;
  units_since_look = 0;
  scope->clock().check();
}

void check_work() {
  if (scope != nullptr) scope->clock().check();
}

MemoryGate::Pass hold_memory(std::uint64_t bytes) {
  if (scope == nullptr) return {};
  auto pass = scope->memory().enter(bytes);
  check_work();  // who waited may have waited for the end of the run
  return pass;
}

void charge_tree_entries(std::string_view directory, std::size_t count, std::size_t path_bytes) {
  if (scope == nullptr) return;
  scope->charge_entries(directory, count, path_bytes);
  constexpr std::size_t units_of_an_entry = 1000;
  charge_work((count + 1) * units_of_an_entry);
}

}  // namespace acr

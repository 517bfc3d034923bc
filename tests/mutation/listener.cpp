// Tells which test case reaches which refusal: for scripts/mutate, which adds it to every test program.
#define CATCH_CONFIG_EXTERNAL_INTERFACES  // Catch2 2.13
#include <chrono>

#include "mutant.hpp"
#include "support/catch2.hpp"

namespace {

#if __has_include(<catch2/catch_all.hpp>)
using Base = Catch::EventListenerBase;
#else
using Base = Catch::TestEventListenerBase;
#endif

[[maybe_unused]] std::string name_of(Catch::TestCaseInfo const& info) { return info.name; }
[[maybe_unused]] std::string name_of(Catch::TestCaseInfo const* info) { return info->name; }  // Catch2 3

class Listener : public Base {
 public:
  using Base::Base;

  void testCaseStarting(Catch::TestCaseInfo const& info) override {
    Base::testCaseStarting(info);
    begin_ = std::chrono::steady_clock::now();
    acr_mutant::begin_case();
  }

  void testCaseEnded(Catch::TestCaseStats const& stats) override {
    std::chrono::duration<double> const took = std::chrono::steady_clock::now() - begin_;
    acr_mutant::end_case(name_of(stats.testInfo), took.count());
    Base::testCaseEnded(stats);
  }

 private:
  std::chrono::steady_clock::time_point begin_;
};

CATCH_REGISTER_LISTENER(Listener)

}  // namespace

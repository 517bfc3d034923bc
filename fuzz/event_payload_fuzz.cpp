// Any bytes as an event payload: the gates answer, and accept only what A-47 and B-16 allow.
#include <cstddef>
#include <cstdint>

#include "event/branch_gate.hpp"
#include "event/push_event.hpp"

namespace {

void try_push(acr::event::PushQuestion const& question) {
  auto const push = acr::event::push_gate(question);
  if (!push.has_value()) return;
  constexpr auto none = std::string::npos;
  if (push->after.find_first_not_of('0') == none) __builtin_trap();
  if (!push->before.empty() && push->before.find_first_not_of('0') == none) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::event;
  GateQuestion question;
  question.event_name = "pull_request";
  question.repository = "example-org/helm-charts";
  question.payload.emplace(reinterpret_cast<char const*>(data), size);
  try_push({.event_name = "push", .payload = question.payload, .repository = question.repository, .ref = {}, .sha = {}});
  auto const decision = branch_gate(question);
  if ((decision.outcome == GateOutcome::accept) == decision.reason.has_value()) __builtin_trap();
  if (decision.outcome != GateOutcome::accept) return 0;
  auto const& event = *decision.event;
  if (event.head.ref != "main" || event.base.ref != "release" || !event.head.repo ||
      event.head.repo->id != event.repository.id || event.number == 0)
    __builtin_trap();
  (void)check_title(event.title, {"web-v1.0.0"}).has_value();
  return 0;
}

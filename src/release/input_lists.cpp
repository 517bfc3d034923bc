#include "release/input_lists.hpp"

#include <utility>

namespace acr::release {
namespace {

// Hands each line to `take`, a Verdict of anything, and gathers what it refuses.
template <class Take>
void each_line(std::string_view name, std::vector<event::ListLine> const& lines, std::vector<Rejection>& mistakes, Take const& take) {
  for (auto const& line : lines)
    if (auto const taken = take(line.text); !taken)
      mistakes.push_back(taken.error().within("input " + std::string(name) + ", line " + std::to_string(line.number)));
}

// A line's value goes to the list when there is one.
template <class T>
Verdict<T> kept(Verdict<T> parsed, std::vector<T>& list) {
  if (parsed) list.push_back(*parsed);
  return parsed;
}

}  // namespace

ListReading read_lists(event::ActionInputs const& inputs, std::string_view server_url) {
  ListReading reading;
  auto& lists = reading.lists;
  each_line("lineage-subjects", inputs.lineage_subjects, reading.mistakes,
            [&](std::string const& line) { return lists.lineage_subjects.add(line); });
  each_line("signer-workflows", inputs.signer_workflows, reading.mistakes,
            [&](std::string const& line) { return kept(sigstore::SignerWorkflow::parse(line, server_url), lists.signer_workflows); });
  each_line("predicate-types", inputs.predicate_types, reading.mistakes,
            [&](std::string const& line) { return kept(sigstore::parse_predicate_type(line), lists.predicate_types); });
  each_line("required-attestations", inputs.required_attestations, reading.mistakes,
            [&](std::string const& line) { return kept(RequiredAttestation::parse(line, lists.predicate_types, lists.signer_workflows, server_url), lists.required_attestations); });
  return reading;
}

}  // namespace acr::release

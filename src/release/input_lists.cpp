#include "release/input_lists.hpp"

#include <utility>

namespace acr::release {
namespace {

// Hands each line to `take`, a Verdict of anything, and gathers what it refuses.
template <class Take>
void each_line(std::string_view name, std::vector<event::ListLine> const& lines, std::vector<Rejection>& mistakes,
               Take const& take) {
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

// B-16a: what signs at refs/pull/… is the pull request's own file.
Verdict<sigstore::SignerWorkflow> builder(std::string const& line, std::string_view server_url, bool pull_requests_allowed) {
  auto signer = sigstore::SignerWorkflow::parse(line, server_url);
  if (signer && names_pull_request(*signer) && !pull_requests_allowed)
    return reject("bad-input", "", "a pull request can change the workflow file at this ref, so what it signs proves nothing")
        .rule("B-16a")
        .expected("a workflow at refs/tags/…, refs/heads/… or a commit id")
        .found(line)
        .fix("sign in a called workflow (docs/policies.md), or set pull-request-signers: allow");
  return signer;
}

}  // namespace

bool names_pull_request(sigstore::SignerWorkflow const& signer) { return signer.place().ref.starts_with("refs/pull/"); }

ListReading read_lists(event::ActionInputs const& inputs, std::string_view server_url) {
  ListReading reading;
  auto& lists = reading.lists;
  each_line("lineage-subjects", inputs.lineage_subjects, reading.mistakes,
            [&](std::string const& line) { return lists.lineage_subjects.add(line); });
  each_line("signer-workflows", inputs.signer_workflows, reading.mistakes, [&](std::string const& line) {
    return kept(sigstore::SignerWorkflow::parse(line, server_url), lists.signer_workflows);
  });
  each_line("build-signer-workflows", inputs.build_signer_workflows, reading.mistakes, [&](std::string const& line) {
    return kept(builder(line, server_url, inputs.pull_request_signers), lists.build_signer_workflows);
  });
  each_line("predicate-types", inputs.predicate_types, reading.mistakes,
            [&](std::string const& line) { return kept(sigstore::parse_predicate_type(line), lists.predicate_types); });
  each_line("required-attestations", inputs.required_attestations, reading.mistakes, [&](std::string const& line) {
    return kept(RequiredAttestation::parse(line, lists.predicate_types, lists.signer_workflows, server_url),
                lists.required_attestations);
  });
  if (!inputs.oci_repository.empty()) {
    auto repository = oci::Repository::parse(inputs.oci_repository);
    if (repository)
      lists.oci_repository = std::move(*repository);
    else
      reading.mistakes.push_back(repository.error());
  }
  return reading;
}

}  // namespace acr::release

#pragma once

// The lists of the inputs that have a grammar of their own, parsed once: src/release/input_lists.hpp (B-10, A-42)
// They are judged with all other inputs, before the gate and the network, and whether or not a chart changed. What comes out is
// typed: nobody reads the lines again.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/inputs.hpp"
#include "git/lineage_subjects.hpp"
#include "oci/chart_reference.hpp"
#include "release/required_attestations.hpp"
#include "sigstore/signer_workflow.hpp"
#include "support/verdict.hpp"

namespace acr::release {

struct InputLists {
  git::LineageSubjects lineage_subjects;
  std::vector<RequiredAttestation> required_attestations;
  std::vector<sigstore::SignerWorkflow> signer_workflows;        ///< empty: any workflow of the repository
  std::vector<sigstore::SignerWorkflow> build_signer_workflows;  ///< empty: the workflow that this action ships (B-16a)
  std::vector<std::string> predicate_types;                      ///< empty: any
  std::optional<oci::Repository> oci_repository;                 ///< nothing: no OCI digests (O-10)
};

/// Its file is one that a pull request can change (B-11).
bool names_pull_request(sigstore::SignerWorkflow const& signer);

struct ListReading {
  InputLists lists;  ///< usable only when there are no mistakes
  std::vector<Rejection>
      mistakes;  ///< one per bad line, `where` = "input <name>, line <number>"; in the order of the table of inputs
};

/// `server_url`: of the run, "https://github.com"; a signer may begin with it.
ListReading read_lists(event::ActionInputs const& inputs, std::string_view server_url);

}  // namespace acr::release

#include "report/job_summary.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "report/limits.hpp"
#include "report/markdown.hpp"
#include "report/short_refusal.hpp"
#include "support/text.hpp"

namespace acr::report {
namespace {

// Markdown that never grows over its limit: blocks are added whole, rows of a list or table until the room is used up.
class BoundedText {
 public:
  explicit BoundedText(std::size_t limit) : limit_(limit - reserve) {}

  void block(std::string const& text) {
    if (full_ || text_.size() + text.size() + 2 > limit_) {
      full_ = true;
      return;
    }
    text_ += text + "\n\n";
  }

  /// `head`: the lines in front of the first row, each ended.
  void rows(std::string const& title, std::string const& head, std::vector<std::string> const& rows) {
    put("### " + title + "\n\n" + head, rows, "");
  }
  /// The same, closed until a reader opens it.
  void folded(std::string const& title, std::string const& head, std::vector<std::string> const& rows) {
    put("<details>\n<summary>" + title + " (" + std::to_string(rows.size()) + ")</summary>\n\n" + head, rows, "\n</details>\n");
  }

  std::string take() {
    if (missing_ > 0)
      text_ += "… " + std::to_string(missing_) + " rows are missing here; the verification report has them all.\n";
    else if (full_)
      text_ += "… the rest does not fit here; the verification report has it all.\n";
    return std::move(text_);
  }

 private:
  void put(std::string const& begin, std::vector<std::string> const& rows, std::string const& end) {
    if (rows.empty()) return;
    auto const room = limit_ - std::min(limit_, end.size());  // what was opened is closed
    if (full_ || text_.size() + begin.size() + 2 > room) {
      missing_ += rows.size();
      full_ = true;
      return;
    }
    text_ += begin;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (text_.size() + rows[i].size() + 2 > room) {
        missing_ += rows.size() - i;
        full_ = true;
        break;
      }
      text_ += rows[i] + "\n";
    }
    text_ += end + "\n";
  }

  static constexpr std::size_t reserve = 256;  // the closing line
  std::size_t limit_;
  std::string text_;
  std::size_t missing_ = 0;
  bool full_ = false;
};

std::string pull_request_link(ReleaseRecord const& record) {
  return link(std::to_string(record.pr_number),
              record.server_url + "/" + record.repository + "/pull/" + std::to_string(record.pr_number));
}

// What happened to the charts, and what a reader does now.
std::string what_to_do(ReleaseRecord const& record) {
  auto const refused = static_cast<std::size_t>(std::ranges::count(record.charts, ChartStatus::refused, &ChartRecord::status));
  auto const of_all = std::to_string(refused) + " of " + counted(record.charts.size(), "chart");
  switch (record.result) {
    case Result::success:
      return "Nothing is left to do: merge when all checks are green.";
    case Result::no_charts:
      return "There is nothing to release, and nothing to do.";
    case Result::skipped:
      return "Nothing was checked; no action is needed.";
    case Result::partial:
      return "**" + of_all + " left out**, the others are packaged. To release all, do what each ❌ says, then re-run this job.";
    case Result::failed:
      break;
  }
  if (record.charts.empty())  // whatever the step was about to do
    return record.refusals.empty() ? std::string() : "Do what each ❌ says, then re-run this job.";
  return (refused == 0 ? std::string("**The release is refused, nothing is packaged.**")
                       : "**" + of_all + " refused, nothing is packaged.**") +
         " Do what each ❌ says, then re-run this job; a new commit starts it by itself.";
}

std::string verdict(ReleaseRecord const& record) {
  auto const packaged = counted(record.packaged_count(), "chart");
  std::string text = "## Atomic chart release: ";
  switch (record.result) {
    case Result::success:
      text += packaged + " verified and packaged";
      break;
    case Result::partial:
      text +=
          packaged + " verified and packaged, " + std::to_string(record.charts.size() - record.packaged_count()) + " left out";
      break;
    case Result::no_charts:
      text += "no chart changed";
      break;
    case Result::skipped:
      text += "skipped";
      break;
    case Result::failed:
      text += "refused";
      break;
  }
  if (auto const next = what_to_do(record); !next.empty()) text += "\n\n" + next;
  return text;
}

// What the run was about; empty when it ended before anything was known.
std::string about(ReleaseRecord const& record) {
  std::string text;
  if (!record.reason.empty()) text += "Reason: " + code_span(record.reason.text()) + ".";
  if (record.head.empty()) return text;  // the step ended before it knew the pull request's commits
  if (!record.reason.empty()) text += ' ';
  if (record.pr_number != 0) text += "Pull request " + pull_request_link(record) + ", ";
  text += code_span(record.source_branch) + " at " + short_digest(record.head) + " into " + code_span(record.release_branch) +
          " at " + short_digest(record.base) +
          ". Upstream attestations: " + std::to_string(record.entry_count(EntryStatus::verified)) + " verified, " +
          std::to_string(record.entry_count(EntryStatus::failed)) + " failed, " +
          std::to_string(record.entry_count(EntryStatus::unresolved) + record.entry_count(EntryStatus::verified_other_id)) +
          " unresolved.";
  return text;
}

// What differs among the members of a group is that of the first.
std::string finding_row(std::string const& subject, FindingGroup const& group) {
  auto const& finding = *group.first;
  auto const cell = [&](std::string const& text, std::size_t limit, bool same) {
    return code_span(text, limit) + (same ? "" : " (the first of " + std::to_string(group.keys.size()) + ")");
  };
  return "| " + code_span(finding.code.text()) + " | " + subject + " | " + cell(finding.where, 300, group.same_where) + " | " +
         code_span(finding.why, 1000) + " | " + cell(finding.expected_value, 500, group.same_expected) + " | " +
         cell(finding.found_value, 500, group.same_found) + " | " + cell(finding.fix_text, 500, group.same_fix) + " | " +
         (finding.rule_number.empty() ? "–" : code_span(finding.rule_number)) + " |";
}

constexpr char const* finding_head =
    "| code | chart | place | what is wrong | expected | found | what to do | rule |\n|---|---|---|---|---|---|---|---|\n";

// "`web`", "`web` `lint`", "`web`, 5 entries: `a`, `b`, …"
std::string subject_of(ChartRecord const& chart, std::vector<std::string> const& keys) {
  constexpr std::size_t shown = 20;
  if (keys.empty()) return code_span(chart.name);
  if (keys.size() == 1) return code_span(chart.name) + " " + code_span(keys.front());
  auto text = code_span(chart.name) + ", " + std::to_string(keys.size()) + " entries: ";
  for (std::size_t i = 0; i < std::min(keys.size(), shown); ++i) text += (i == 0 ? "" : ", ") + code_span(keys[i]);
  if (keys.size() > shown) text += ", … and " + std::to_string(keys.size() - shown) + " more";
  return text;
}

std::vector<std::string> finding_rows(std::vector<Finding> const& of_run, std::vector<ChartRecord> const& charts,
                                      std::vector<FindingGroup> (*of_chart)(ChartRecord const&)) {
  std::vector<std::string> rows;
  for (auto const& finding : of_run) rows.push_back(finding_row("–", {&finding, {}}));
  for (auto const& chart : charts)
    for (auto const& group : of_chart(chart)) rows.push_back(finding_row(subject_of(chart, group.keys), group));
  return rows;
}

// One line for the run and for each chart that stops the release: what a reader in a hurry needs. The table below has the rest.
std::string short_list(ReleaseRecord const& record) {
  constexpr std::size_t shown = 20;
  std::string text;
  std::size_t count = 0;
  for (auto const& refusal : record.refusals)
    if (++count <= shown) text += "- ❌ " + short_refusal(record, nullptr, {&refusal, {}}) + "\n";
  for (auto const& chart : record.charts) {
    auto const refusals = refusals_of(chart);
    if (refusals.empty() || ++count > shown) continue;
    text += "- ❌ " + plain_word(chart.name) + " " + plain_word(chart.version) + ": " +
            short_refusal(record, &chart, refusals.front());
    if (refusals.size() > 1) text += " (" + std::to_string(refusals.size() - 1) + " more below)";
    text += '\n';
  }
  if (count > shown) text += "- … and " + std::to_string(count - shown) + " more\n";
  if (!text.empty()) text.pop_back();
  return text;
}

bool has_held_back(ReleaseRecord const& record) {
  return std::ranges::count(record.charts, ChartStatus::held_back, &ChartRecord::status) > 0;
}

std::string verified_of_all(ChartRecord const& chart) {
  auto const verified = std::ranges::count(chart.entries, EntryStatus::verified, &LineageEntry::status);
  return std::to_string(verified) + " of " + std::to_string(chart.entries.size());
}

std::vector<std::string> chart_rows(ReleaseRecord const& record) {
  std::vector<std::string> rows;
  for (auto const& chart : record.charts)
    rows.push_back("| " + code_span(chart.name) + " | " + code_span(chart.version) + " | " + code_span(chart.tag) + " | " +
                   to_text(chart.status) + " | " + verified_of_all(chart) + " | " + code_span(chart.package) + " | " +
                   short_digest(chart.digest) + " | " + (chart.size ? std::to_string(chart.size) : "–") + " |");
  return rows;
}

// O-15.
std::vector<std::string> oci_rows(ReleaseRecord const& record) {
  std::vector<std::string> rows;
  for (auto const& chart : record.charts)
    if (chart.oci)
      rows.push_back("| " + code_span(chart.name) + " | " + code_span(chart.oci->ref) + " | " + code_span(chart.oci->digest) +
                     " | " + code_span(chart.oci->created) + " |");
  return rows;
}

// That the attestation with the entry's id is about this subject is known of a verified one alone.
std::string subject_link(ReleaseRecord const& record, LineageEntry const& entry) {
  return attested_digest(record.server_url, record.repository, entry.subject_digest,
                         entry.status == EntryStatus::verified ? entry.id : "");
}

std::vector<std::string> lineage_rows(ReleaseRecord const& record) {
  std::vector<std::string> rows;
  for (auto const& chart : record.charts)
    for (auto const& entry : chart.entries)
      rows.push_back("| " + code_span(chart.name) + " | " + code_span(entry.key) + " | " +
                     attestation_link(record.server_url, record.repository, entry.id) + " | " + to_text(entry.status) + " | " +
                     subject_link(record, entry) + " | " + (entry.bound.empty() ? "–" : entry.bound) + " | " +
                     code_span(entry.facts ? entry.facts->signer : "") + " | " +
                     code_span(entry.facts ? entry.facts->predicate_type : "") + " |");
  return rows;
}

std::vector<std::string> dependency_rows(ReleaseRecord const& record) {
  std::vector<std::string> rows;
  for (auto const& chart : record.charts)
    for (auto const& each : chart.dependencies)
      rows.push_back("| " + code_span(chart.name) + " | " + code_span(each.name) + " | " + code_span(each.version) + " | " +
                     code_span(each.url) + " | " + code_span(each.sha256) + " | " +
                     (each.pinned ? "yes" : "no, paste " + code_span(each.pin_line)) + " |");
  return rows;
}

// T-14.
std::vector<std::string> root_rows(ReleaseRecord const& record) {
  std::vector<std::string> rows;
  for (auto const& root : record.trusted_roots)
    rows.push_back(
        "| " + code_span(root.organization) + " | " + code_span(root.source) + " | " + code_span(root.origin) + " | " +
        (root.origin == "tuf" ? "root " + std::to_string(root.tuf_root) + ", targets " + std::to_string(root.tuf_targets)
                              : code_span(root.date)) +
        " | " + short_digest(root.digest) + " |");
  return rows;
}

// Readable on GitHub's light and dark pages.
constexpr char const* graph_classes =
    "  classDef verified fill:#1a7f37,stroke:#116329,color:#ffffff\n"
    "  classDef refused fill:#cf222e,stroke:#a40e26,color:#ffffff\n"
    "  classDef held fill:#6e7781,stroke:#57606a,color:#ffffff\n";

std::string graph_class(EntryStatus status) {
  if (status == EntryStatus::verified_other_id) return "";  // a warning or a refusal, as unresolved-id says
  return status == EntryStatus::verified ? ":::verified" : ":::refused";
}
std::string graph_class(ChartStatus status) {
  return status == ChartStatus::packaged ? ":::verified" : status == ChartStatus::refused ? ":::refused" : ":::held";
}

// chart → tag → upstream attestations → package → build attestation, which is made after the run.
std::string lineage_graph(ReleaseRecord const& record) {
  std::string text = std::string("```mermaid\nflowchart LR\n") + graph_classes;
  std::size_t edges = 0;
  std::size_t shown = 0;
  for (; shown < record.charts.size(); ++shown) {
    auto const& chart = record.charts[shown];
    auto const n = std::to_string(shown);
    std::string part = "  c" + n + "[" + mermaid_label(chart.name + " " + chart.version) + "] --> t" + n + "[" +
                       mermaid_label(chart.tag) + "]\n";
    std::size_t part_edges = 1;
    bool const packaged = chart.status == ChartStatus::packaged;
    std::string const end = packaged ? "p" + n : "x" + n;
    for (std::size_t i = 0; i < chart.entries.size(); ++i) {
      auto const& entry = chart.entries[i];
      auto const node = "a" + n + "_" + std::to_string(i);
      part += "  t" + n + " --> " + node + "[" + mermaid_label(entry.key + " " + entry.id + ": " + to_text(entry.status)) +
              "]" + graph_class(entry.status) + " --> " + end + "\n";
      part_edges += 2;
    }
    if (chart.entries.empty()) part += "  t" + n + " --> " + end + "\n", ++part_edges;
    if (packaged) {
      part += "  p" + n + "[" + mermaid_label(chart.package) + "]" + graph_class(chart.status) + " --> b" + n + "(" +
              mermaid_label("w7-build-" + chart.name) + ")\n";
      ++part_edges;
    } else {
      part += "  x" + n + "[" + mermaid_label(to_text(chart.status)) + "]" + graph_class(chart.status) + "\n";
    }
    if (edges + part_edges > max_graph_edges || text.size() + part.size() + 4 > max_graph_bytes) break;
    text += part;
    edges += part_edges;
  }
  text += "```\n\nGreen: verified. Red: refused. Grey: held back.";
  if (shown < record.charts.size())
    text += "\n\nThe graph shows the first " + std::to_string(shown) + " of " + counted(record.charts.size(), "chart") + ".";
  return shown == 0 ? "The lineage graph is too large to be drawn." : text;
}

}  // namespace

std::string job_summary(ReleaseRecord const& record, ReleasePlaces const& files) {
  BoundedText text(max_summary_bytes);
  text.block(verdict(record));
  if (auto const list = short_list(record); !list.empty()) text.block(list);
  if (auto const facts = about(record); !facts.empty()) text.block(facts);
  text.rows("Refused", finding_head, finding_rows(record.refusals, record.charts, refusals_of));
  text.rows("Charts",
            "| chart | version | tag | status | upstream verified | package | digest | bytes |\n"
            "|---|---|---|---|---|---|---|---|\n",
            chart_rows(record));
  if (has_held_back(record))
    text.block(
        "*held-back*: nothing is wrong with this chart; it is not packaged because another chart of the pull request is refused (`verify-policy: block`).");
  text.rows("OCI digests, before the push", "| chart | reference | digest | created |\n|---|---|---|---|\n", oci_rows(record));
  if (!record.charts.empty()) text.block("### Lineage\n\n" + lineage_graph(record));
  text.folded("Upstream attestations",
              "| chart | check | id | verdict | subject | bound by | signer | predicate |\n|---|---|---|---|---|---|---|---|\n",
              lineage_rows(record));
  text.folded("Dependencies", "| chart | dependency | version | source | sha256 | pinned |\n|---|---|---|---|---|---|\n",
              dependency_rows(record));
  text.folded("Trusted roots", "| organisation | source | origin | version or date | digest |\n|---|---|---|---|---|\n",
              root_rows(record));
  text.folded("Warnings", finding_head, finding_rows(record.warnings, record.charts, warnings_of));
  std::vector<std::string> removed;
  for (auto const& name : record.removed_charts) removed.push_back("- " + code_span(name));
  text.rows("Removed charts (not packaged)", "", removed);
  std::vector<std::string> skipped;
  for (auto const& path : record.skipped_charts) skipped.push_back("- " + code_span(path));
  text.rows("Skipped charts (exclude-charts)", "", skipped);
  std::vector<std::string> records;
  auto const file = [&](char const* what, std::string const& path, std::string const& digest) {
    if (!path.empty())
      records.push_back("| " + std::string(what) + " | " + code_span(path) + " | " + short_digest(digest) + " |");
  };
  file("verification report", files.verification_path, files.verification_digest);
  file("manifest", files.manifest_path, files.manifest_digest);
  file("checksums", files.checksums_path, "");
  file("OCI digests", files.oci_subjects_path, "");
  file("verification summary", files.vsa_path, "");
  text.folded("Files", "| file | path | digest |\n|---|---|---|\n", records);
  return text.take();
}

std::string finalize_summary(ReleaseManifest const& manifest, std::string_view server_url, std::string_view repository,
                             std::string_view overall_id, std::string_view description) {
  BoundedText text(max_summary_bytes);
  std::vector<std::string> rows;
  auto const row = [&](std::string const& key, std::string_view id, std::string const& subject) {
    rows.push_back("| " + code_span(key) + " | " + attestation_link(server_url, repository, id) + " | " + subject + " |");
  };
  for (auto const& [key, id] : manifest.attestations) {
    bool const oci = key.starts_with(oci_key_prefix);
    auto const* chart = manifest.chart(key.substr(std::min(key.size(), oci ? oci_key_prefix.size() : build_key_prefix.size())));
    // An OCI digest is what people copy: it stays whole.
    if (oci)
      row(key, id, code_span(chart && chart->oci ? chart->oci->digest : ""));
    else
      row(key, id,
          attested_digest(server_url, repository,
                          key == tag_verification_key ? manifest.verification_digest
                          : chart                     ? chart->digest
                                                      : "",
                          id));
  }
  if (!overall_id.empty()) row("overall", overall_id, "–");
  text.block("## Atomic chart release: " + counted(rows.size(), "attestation") + " recorded");
  text.rows("Attestations", "| key | id | subject |\n|---|---|---|\n", rows);
  if (!description.empty())
    text.block("### For the pull request's description\n\nThe description could not be written; this belongs into it:\n\n" +
               std::string(description));
  return text.take();
}

}  // namespace acr::report

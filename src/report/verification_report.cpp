#include "report/verification_report.hpp"

#include "report/json_text.hpp"
#include "support/digest.hpp"

namespace acr::report {
namespace {

namespace json = boost::json;

json::object facts_object(VerifiedFacts const& facts) {
  json::array times;
  for (auto const& each : facts.times)
    times.push_back(
        json::object{{"time", json_text(each.time)}, {"kind", json_text(each.kind)}, {"source", json_text(each.source)}});
  json::array entries;
  for (auto const& each : facts.log_entries)
    entries.push_back(json::object{{"log", json_text(each.log)},
                                   {"index", each.index},
                                   {"kind", json_text(each.kind)},
                                   {"integrated_time", json_text(each.integrated_time)}});
  return {
      {"signer", json_text(facts.signer)},
      {"issuer", json_text(facts.issuer)},
      {"workflow", json_text(facts.workflow)},
      {"source_repository", json_text(facts.source_repository)},
      {"source_repository_id", json_text(facts.source_repository_id)},
      {"source_commit", json_text(facts.source_commit)},
      {"source_ref", json_text(facts.source_ref)},
      {"runner_environment", json_text(facts.runner_environment)},
      {"run", json_text(facts.run)},
      {"predicate_type", json_text(facts.predicate_type)},
      {"statement_digest", json_text(facts.statement_digest)},
      {"instance", json_text(facts.instance)},
      {"trusted_root", json_text(facts.trusted_root)},
      {"times", std::move(times)},
      {"log_entries", std::move(entries)},
  };
}

json::object check_object(Check const& check) {
  json::object object{
      {"rule", json_text(check.rule)},
      {"name", json_text(check.name)},
      {"passed", check.passed},
      {"detail", json_text(check.detail)},
  };
  if (!check.passed) {
    object["code"] = json_text(check.code.text());
    object["expected"] = json_text(check.expected);
    object["found"] = json_text(check.found);
    object["fix"] = json_text(check.fix);
  }
  return object;
}

json::object entry_object(LineageEntry const& entry) {
  json::object object{
      {"key", json_text(entry.key)},
      {"id", json_text(entry.id)},
      {"verdict", to_text(entry.status)},
      {"subject_digest", json_text(entry.subject_digest)},
      {"subject_source", json_text(entry.subject_source)},
      {"bound", entry.bound.empty() ? json::value(nullptr) : json::value(json_text(entry.bound))},
  };
  if (entry.facts) object["facts"] = facts_object(*entry.facts);
  json::array checks;
  for (auto const& check : entry.checks) checks.push_back(check_object(check));
  object["checks"] = std::move(checks);
  if (entry.refusal) object["refusal"] = finding_object(*entry.refusal);
  if (!entry.warnings.empty()) object["warnings"] = finding_array(entry.warnings);
  return object;
}

json::object dependency_object(Dependency const& dependency) {
  json::object object{
      {"name", json_text(dependency.name)},
      {"version", json_text(dependency.version)},
      {"repository", json_text(dependency.repository)},
      {"url", json_text(dependency.url)},
      {"sha256", json_text(dependency.sha256)},
  };
  if (!dependency.oci_manifest.empty()) object["oci-manifest"] = json_text(dependency.oci_manifest);
  object["pinned"] = dependency.pinned;
  if (!dependency.pin_line.empty()) object["pin_line"] = json_text(dependency.pin_line);
  return object;
}

json::object chart_object(ChartRecord const& chart) {
  json::array entries, dependencies;
  for (auto const& entry : chart.entries) entries.push_back(entry_object(entry));
  for (auto const& dependency : chart.dependencies) dependencies.push_back(dependency_object(dependency));
  json::object object{
      {"name", json_text(chart.name)},
      {"version", json_text(chart.version)},
      {"path", json_text(chart.path)},
      {"status", to_text(chart.status)},
      {"tag", json_text(chart.tag)},
      {"tag_object", json_text(chart.tag_object)},
      {"commit", json_text(chart.commit)},
      {"lineage", json_text(chart.lineage_status)},
      {"source_pr", json_text(chart.source_pr)},
      {"package", json_text(chart.package)},
      {"digest", json_text(chart.digest)},
      {"size", chart.size},
      {"source_digest", json_text(chart.source_digest)},
      {"attestations", std::move(entries)},
      {"dependencies", std::move(dependencies)},
      {"refusals", finding_array(chart.refusals)},
      {"warnings", finding_array(chart.warnings)},
  };
  if (chart.oci) object["oci"] = oci_json(*chart.oci);
  return object;
}

json::object policy_object(ReleaseRecord const& record) {
  json::object policy;
  for (auto const& [name, value] : record.policy) policy[json_text(name)] = json_text(value);
  return policy;
}

template <class Strings>
json::array text_array(Strings const& texts) {
  json::array array;
  for (auto const& text : texts) array.push_back(json_text(text));
  return array;
}

}  // namespace

json::array trusted_roots_json(std::vector<TrustedRoot> const& trusted_roots) {
  json::array roots;
  for (auto const& root : trusted_roots) {
    json::object entry{
        {"origin", json_text(root.origin)}, {"source", json_text(root.source)}, {"digest", json_text(root.digest)}};
    if (!root.organization.empty()) entry["organisation"] = json_text(root.organization);
    if (root.origin == "tuf") entry["tuf"] = json::object{{"root", root.tuf_root}, {"targets", root.tuf_targets}};
    if (!root.date.empty()) entry["date"] = json_text(root.date);
    roots.push_back(std::move(entry));
  }
  return roots;
}

std::string policy_json(ReleaseRecord const& record) { return to_ascii_json(policy_object(record)); }

std::string policy_digest(ReleaseRecord const& record) { return sha256_text(policy_json(record)); }

void write_verification_report(ReleaseRecord const& record, std::function<void(std::string_view piece)> const& take) {
  auto roots = trusted_roots_json(record.trusted_roots);
  json::object before{
      {"version", "1.0"},
      {"stage", "tag-verification"},
      {"repository", json_text(record.repository)},
      {"pr", record.pr_number},
      {"source_branch", json_text(record.source_branch)},
      {"release_branch", json_text(record.release_branch)},
      {"head", json_text(record.head)},
      {"base", json_text(record.base)},
      {"merge", json_text(record.merge)},
      {"result", to_text(record.result)},
      {"reason", json_text(record.reason.text())},
      {"verify_policy", json_text(record.verify_policy)},
      {"policy", json::object{{"digest", policy_digest(record)}, {"inputs", policy_object(record)}}},
      {"trusted_roots", std::move(roots)},
  };
  json::object after{
      {"removed_charts", text_array(record.removed_charts)},
      {"dependency_hosts", text_array(record.hosts)},
      {"refusals", finding_array(record.refusals)},
      {"warnings", finding_array(record.warnings)},
  };
  // Charts one by one: as one value they would take ten times the memory of the text.
  auto text = to_pretty_json(std::move(before));
  text.resize(text.size() - std::string_view("\n}\n").size());
  take(text += ",\n  \"charts\": [");
  for (auto const& chart : record.charts) {
    text = &chart == &record.charts.front() ? "\n    " : ",\n    ";
    append_pretty_json(text, chart_object(chart), 4);
    take(text);
  }
  take(record.charts.empty() ? "],\n" : "\n  ],\n");
  take(std::string_view(to_pretty_json(std::move(after))).substr(std::string_view("{\n").size()));
}

std::string verification_report(ReleaseRecord const& record) {
  std::string text;
  write_verification_report(record, [&](std::string_view piece) { text += piece; });
  return text;
}

}  // namespace acr::report

#include "release/missing_tags.hpp"

#include <algorithm>
#include <optional>
#include <semaphore>
#include <set>
#include <tuple>

#include "chart/source_list.hpp"
#include "git/tag_annotation.hpp"
#include "release/changed_chart.hpp"
#include "release/check_outcome.hpp"
#include "release/findings.hpp"
#include "release/git_source_tree.hpp"
#include "release/lineage_check.hpp"
#include "release/packaged_chart.hpp"
#include "release/required_attestations.hpp"
#include "support/parallel.hpp"
#include "support/ref_name.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace {

// A listed attestation of one chart, and its result.
struct Listed {
  MissingTag* chart = nullptr;
  github::ListedAttestation const* listed = nullptr;
  std::optional<FoundAttestation> found{};  // it verifies and has a key
  std::optional<Rejection> failed{};        // B-9, of `found`
  bool warned = false;                      // B-9
  Code passed_over{};                       // the reason
  std::optional<Rejection> unavailable{};   // what it says is not known
};

MissingTag of_chart(chart::ChangedChart const& chart, std::string const& tag_format) {
  MissingTag tag;
  tag.name = chart.name;
  tag.version = chart.version;
  tag.path = chart.path;
  tag.tag = tag_name(tag_format, chart.name, chart.version);
  if (!is_ref_name(tag.tag))
    tag.refuse(reject("tag-name-unusable", chart.path, "git accepts no tag of this name")
                   .rule("B-14")
                   .found(tag.tag)
                   .fix("rename the chart, or choose another tag-format"));
  return tag;
}

// Two releases under one name: whichever is tagged first would stand for both.
void refuse_shared_names(std::vector<MissingTag>& charts) {
  std::map<std::string, std::vector<MissingTag*>> by_tag;
  for (auto& chart : charts)
    if (!chart.tag.empty()) by_tag[chart.tag].push_back(&chart);
  for (auto& [tag, all] : by_tag) {
    if (all.size() < 2) continue;
    for (auto* chart : all) {
      auto const& other = chart == all.front() ? *all.back() : *all.front();
      chart->refuse(
          reject("tag-shared", chart->path, "another chart of the commit would have the same tag")
              .rule("B-23")
              .expected("a tag of its own")
              .found(tag + " of " + chart->name + " " + chart->version + " and of " + other.name + " " + other.version)
              .fix("choose a tag-format that keeps name and version apart"));
    }
  }
}

class EmptyTree final : public chart::SourceTree {
 public:
  [[nodiscard]] std::optional<chart::Node> node(std::string_view) const override { return {}; }
  [[nodiscard]] std::vector<chart::Node> list(std::string_view) const override { return {}; }
  [[nodiscard]] std::optional<std::string> read(std::string_view, std::size_t) const override { return {}; }
  [[nodiscard]] std::string link_target(std::string_view) const override { return {}; }
};

// Every chart of the commit is new against an empty tree, so the release's own judgement of a chart applies.
Verdict<std::vector<MissingTag>> charts_of(chart::SourceTree const& tree, RunSettings const& settings, MissingTags& result) {
  auto found = chart::changed_charts(EmptyTree(), tree, {settings.inputs.charts_dirs, settings.inputs.exclude_charts});
  if (!found) return found.error();
  std::vector<MissingTag> charts;
  for (auto const& one : found->changed) charts.push_back(of_chart(one, settings.inputs.tag_format));
  for (auto& [path, why] : found->refused) {
    auto& chart = charts.emplace_back();
    chart.name = chart::base_name(path);
    chart.path = path;
    chart.refuse(std::move(why));
  }
  std::ranges::sort(charts, {}, [](MissingTag const& chart) { return std::tie(chart.name, chart.path); });
  refuse_shared_names(charts);
  result.skipped = std::move(found->skipped);
  for (auto const& [path, warning] : found->warnings) result.warnings.push_back(finding(warning, path));
  return charts;
}

// B-24: the server's word.
void keep_missing(std::vector<MissingTag> charts, git::ObjectSource& objects, MissingTags& result) {
  std::vector<std::string> names;
  for (auto const& chart : charts)
    if (chart.refusals.empty()) names.push_back("refs/tags/" + chart.tag);
  auto const answers = names.empty() ? std::vector<git::ObjectSource::RefAnswer>() : objects.refs(names);
  std::size_t next = 0;
  for (auto& chart : charts) {
    if (chart.refusals.empty() && answers[next++].ref)
      ++result.present;
    else
      result.charts.push_back(std::move(chart));
  }
}

void read_contents(std::vector<MissingTag*> const& charts, chart::SourceTree const& tree, TagTools const& tools,
                   std::size_t workers) {
  for_each_index(charts.size(), workers, [&](std::size_t i) {
    tools.clock.check();
    auto digest = chart::source_digest(tree, charts[i]->path);
    if (!digest) return charts[i]->refuse(digest.error());
    charts[i]->source_digest = std::move(*digest);
  });
}

// The key under which an attestation is listed: the one name of the subject that has the digest, where the grammar allows it.
std::optional<std::string> key_of(sigstore::Statement const& statement, std::string_view digest_hex) {
  std::optional<std::string> key;
  for (auto const& subject : statement.subjects) {
    auto const digest = subject.digests.find("sha256");
    if (digest == subject.digests.end() || to_lower_ascii(digest->second) != digest_hex) continue;
    if (key && *key != subject.name) return std::nullopt;  // one attestation counts for one key (B-7)
    key = subject.name;
  }
  if (!key || !git::is_lineage_key(*key)) return std::nullopt;
  return key;
}

void judge(Listed& candidate, sigstore::VerifiedAttestation const& attestation) {
  auto const* statement = attestation.statement();
  auto const key = statement ? key_of(*statement, std::string_view(candidate.chart->source_digest).substr(7)) : std::nullopt;
  if (!key || attestation.times().empty()) {
    candidate.passed_over = "attestation-without-key";
    return;
  }
  // The earliest time: a later one can be had for an old signature as long as its certificate is valid.
  auto const time = std::ranges::min_element(attestation.times(), {}, &sigstore::VerifiedTime::time)->time;
  auto const* identity = attestation.identity();
  candidate.found =
      FoundAttestation{*key, *candidate.listed->id, statement->predicate_type, time, identity ? identity->san : std::string()};
  auto const outcome = check_outcome(statement->predicate_type, attestation.workflow_controlled_payload());
  if (!outcome)
    candidate.failed = outcome.error();
  else
    candidate.warned = *outcome == CheckOutcome::warned;
}

std::vector<Listed> candidates_of(std::vector<MissingTag*> const& charts, github::Listing const& listing) {
  std::vector<Listed> candidates;
  for (auto* chart : charts) {
    if (listing.too_long.contains(chart->source_digest)) {
      chart->refuse(
          reject("listing-too-long", chart->path, "this repository has more attestations of the chart's content than are read")
              .rule("G-31")
              .expected("at most 20 pages of 100 attestations of " + chart->source_digest)
              .fix("delete attestations that are no longer needed, or release the chart in a new version"));
      continue;
    }
    std::set<std::string> ids;
    for (auto const& listed : listing.of.at(chart->source_digest)) {
      if (listed.broken)
        ++chart->passed_over["attestation-broken"];
      else if (!listed.id)
        ++chart->passed_over["attestation-without-id"];
      else if (ids.insert(*listed.id).second)
        candidates.push_back({.chart = chart, .listed = &listed});
    }
  }
  return candidates;
}

std::vector<std::string> unlisted(std::vector<MissingTag*> const& charts, github::Listing const& listing) {
  std::vector<std::string> digests;
  for (auto const* chart : charts)
    if (listing.of.at(chart->source_digest).empty() && !listing.too_long.contains(chart->source_digest))
      digests.push_back(chart->source_digest);
  return digests;
}

std::string waited_for(std::vector<std::string> const& digests) {
  if (digests.empty()) return {};
  return "attestations of " + std::to_string(digests.size()) + (digests.size() == 1 ? " chart" : " charts") + " to be listed";
}

// The checks may have signed a moment ago: what lists nothing is asked for again until `tag-wait` is over.
github::Listing listing_of(std::vector<MissingTag*> const& charts, RunSettings const& settings, TagTools const& tools) {
  std::vector<std::string> digests;
  for (auto const* chart : charts) digests.push_back(chart->source_digest);
  github::Listing listing;
  Wait wait(settings.inputs.tag_wait, tools.clock, tools.waits);
  look_until_found(wait, settings.inputs.timeout,
                   {.look =
                        [&](bool last) {
                          auto more = tools.attestations.list(digests);
                          for (auto& [subject, entries] : more.of) listing.of[subject] = std::move(entries);
                          listing.too_long.merge(more.too_long);
                          digests = last ? std::vector<std::string>() : unlisted(charts, listing);
                        },
                    .missing = [&] { return waited_for(digests); },
                    .say =
                        [&](std::string const& line) {
                          if (tools.say) tools.say(line);
                        }});
  return listing;
}

void verify_all(std::vector<Listed>& candidates, RunSettings const& settings, git::ObjectId const& commit,
                TagTools const& tools) {
  auto const policy = lineage_policy(settings, commit);
  std::vector<github::ListedAttestation const*> wanted;
  for (auto const& candidate : candidates) wanted.push_back(candidate.listed);
  std::counting_semaphore<> places(static_cast<std::ptrdiff_t>(processors()));
  tools.attestations.download_each(wanted, [&](std::size_t i, Verdict<std::string> bundle) {
    auto& candidate = candidates[i];
    if (!bundle && bundle.error().code == "bundle-unavailable") {
      candidate.unavailable = bundle.error();
      return;
    }
    if (!bundle) {
      candidate.passed_over = bundle.error().code;
      return;
    }
    Turn const turn(places);
    auto const artifact = sigstore::Artifact::of_digest_text(candidate.chart->source_digest).value();
    auto const verification = tools.verifier.verify(*bundle, artifact, policy);
    if (verification.attestation)
      judge(candidate, *verification.attestation);
    else
      candidate.passed_over = verification.rejection->code;
  });
}

// Newer counts; of the same time the one that failed, so that no order of a listing lets it pass.
bool decides_over(Listed const& a, Listed const& b) {
  auto const rank = [](Listed const& each) {
    return std::tuple(each.found->time, each.failed.has_value(), to_number(each.found->id, INT64_MAX).value_or(0));
  };
  return rank(a) > rank(b);
}

void choose(std::vector<Listed> const& candidates) {
  std::map<std::tuple<MissingTag*, std::string, std::string>, Listed const*> newest;  // by chart, key and predicate type
  for (auto const& candidate : candidates) {
    auto& chart = *candidate.chart;
    if (candidate.unavailable)
      chart.refuse(Rejection(*candidate.unavailable).fix("re-run this job: what this attestation says is not known"));
    if (!candidate.passed_over.empty()) ++chart.passed_over[candidate.passed_over];
    if (!candidate.found) continue;
    auto& best = newest[{&chart, candidate.found->key, candidate.found->predicate_type}];
    if (!best || decides_over(candidate, *best)) best = &candidate;
  }
  for (auto const& [group, candidate] : newest) {
    auto& chart = *candidate->chart;
    auto const& found = *candidate->found;
    if (candidate->failed) {
      chart.refuse(Rejection(*candidate->failed).within(attestation_place(found.key, found.id)));
    } else if (!chart.attestations.empty() && chart.attestations.back().key == found.key) {
      chart.refuse(reject("key-ambiguous", attestation_place(found.key, found.id),
                          "two kinds of attestation have this key, and an annotation lists a key once")
                       .rule("A-94")
                       .expected("one predicate type for each subject name")
                       .found(chart.attestations.back().predicate_type + " and " + found.predicate_type)
                       .fix("give the subjects names of their own, or set predicate-types to the kind that counts"));
    } else {
      chart.attestations.push_back(found);
    }
    if (candidate->warned)
      chart.warnings.push_back(reject("check-warned", attestation_place(found.key, found.id), "the check passed with warnings")
                                   .rule("B-9")
                                   .expected("PASSED")
                                   .found("WARNED"));
  }
}

Rejection unattested(MissingTag const& chart) {
  std::string found = chart.passed_over.empty() ? "no attestation is listed" : "only attestations that do not count: ";
  std::string separator;
  for (auto const& [code, count] : chart.passed_over)
    found += std::exchange(separator, ", ") + std::to_string(count) + " " + std::string(code.text());
  return reject("unattested", chart.path, "no attestation of the chart's content counts")
      .rule("B-14")
      .expected("an attestation of " + chart.source_digest + " by one of signer-workflows")
      .found(std::move(found))
      .fix(
          "let the checks of this commit finish and re-run this job; for charts that have no checks yet set no-attestations: declare");
}

// Anybody who may push a branch of such a name can sign there.
void warn_of_wide_signers(RunSettings const& settings, MissingTags& result) {
  for (auto const& signer : settings.lists.signer_workflows)
    if (signer.place().ref.starts_with("refs/heads/") && signer.place().ref.find('*') != std::string_view::npos)
      result.warnings.push_back(
          reject("signer-any-branch", "input signer-workflows", "everybody who may push a branch of this form can sign")
              .rule("B-14")
              .expected("a tag, a protected branch or a commit id")
              .found(signer.text()));
}

// B-8: what the release will say of an annotation with these entries.
std::vector<Rejection> missing_checks(MissingTag const& chart, RunSettings const& settings) {
  std::vector<report::LineageEntry> entries;
  for (auto const& found : chart.attestations) {
    auto& entry = entries.emplace_back();
    entry.key = found.key;
    entry.id = found.id;
    entry.status = report::EntryStatus::verified;
    entry.bound = "source";
    entry.facts.emplace();
    entry.facts->signer = found.signer;
    entry.facts->predicate_type = found.predicate_type;
  }
  return missing_attestations(settings.lists.required_attestations, chart.tag, entries, false,
                              host_of(settings.repository.server_url));
}

// A chart that nothing speaks against gets its annotation, or the reason why there is none.
void describe(MissingTag& chart, RunSettings const& settings, git::ObjectId const& commit) {
  if (!chart.refusals.empty()) return;
  if (chart.attestations.empty() && !settings.inputs.declares_no_attestations) return chart.refuse(unattested(chart));
  chart.refusals = missing_checks(chart, settings);
  if (!chart.refusals.empty()) return;
  git::AnnotationParts parts;
  parts.chart = chart.name;
  parts.version = chart.version;
  parts.commit = commit;
  for (auto const& found : chart.attestations) parts.entries.push_back({found.key, found.id, chart.source_digest});
  auto message = git::compose_annotation(parts);
  if (!message) return chart.refuse(message.error().within("tag " + chart.tag));
  chart.message = std::move(*message);
  chart.status = TagStatus::missing;
}

}  // namespace

std::string to_text(TagStatus status) {
  switch (status) {
    case TagStatus::missing:
      return "missing";
    case TagStatus::created:
      return "created";
    case TagStatus::exists:
      return "exists";
    case TagStatus::refused:
      break;
  }
  return "refused";
}

std::size_t MissingTag::passed_over_count() const {
  std::size_t count = 0;
  for (auto const& [code, each] : passed_over) count += each;
  return count;
}

std::vector<Rejection> tag_mistakes(event::ActionInputs const& inputs, InputLists const& lists) {
  std::vector<Rejection> mistakes;
  if (inputs.object_source == event::ObjectSourceChoice::local)
    mistakes.push_back(reject("bad-input", "input object-source", "whether a tag is missing only the server can tell")
                           .rule("B-24")
                           .expected("auto or api")
                           .found("local"));
  if (inputs.signer_workflows.empty())
    mistakes.push_back(
        reject("bad-input", "input signer-workflows",
               "the signers of the checks must be given: anybody with a branch can attest a digest that anybody can compute")
            .rule("B-14")
            .expected("owner/repo/.github/workflows/check-charts.yaml@refs/tags/v1")
            .found("nothing"));
  for (std::size_t i = 0; i < std::min(inputs.signer_workflows.size(), lists.signer_workflows.size()); ++i)
    if (lists.signer_workflows[i].place().ref.starts_with("refs/pull/"))
      mistakes.push_back(reject("bad-input",
                                "input signer-workflows, line " + std::to_string(inputs.signer_workflows[i].number),
                                "the file at this ref is the pull request's own, so anybody who opens one could sign")
                             .rule("B-14")
                             .expected("a ref beginning refs/tags/ or refs/heads/, or a commit id")
                             .found(inputs.signer_workflows[i].text));
  return mistakes;
}

Verdict<MissingTags> missing_tags(git::ObjectId const& id, RunSettings const& settings, TagTools const& tools) {
  auto const commit = tools.objects.commit(id);
  if (!commit)
    throw BadEnvironment("object-missing",
                         "the commit " + id + " is in no object source; add a checkout step, or set object-source: auto");
  tools.objects.prefetch_trees(commit->tree);
  GitSourceTree const tree(tools.objects, commit->tree);
  MissingTags result;
  result.commit = id;
  warn_of_wide_signers(settings, result);
  auto charts = charts_of(tree, settings, result);
  if (!charts) return charts.error();
  keep_missing(std::move(*charts), tools.objects, result);

  auto const open = [&] {
    std::vector<MissingTag*> some;
    for (auto& chart : result.charts)
      if (chart.refusals.empty()) some.push_back(&chart);
    return some;
  };
  read_contents(open(), tree, tools, std::min(settings.inputs.max_parallel, processors()));
  auto const attested = open();
  if (!attested.empty()) {
    auto const listing = listing_of(attested, settings, tools);
    auto candidates = candidates_of(attested, listing);
    verify_all(candidates, settings, id, tools);
    choose(candidates);
  }
  for (auto& chart : result.charts) describe(chart, settings, id);
  return result;
}

report::Result result_of(MissingTags const& found) {
  auto const refused = std::ranges::count(found.charts, TagStatus::refused, &MissingTag::status);
  if (found.charts.empty()) return report::Result::no_charts;
  if (refused == 0) return report::Result::success;
  return static_cast<std::size_t>(refused) < found.charts.size() ? report::Result::partial : report::Result::failed;
}

Code reason_of(MissingTags const& found) {
  for (auto const& chart : found.charts)
    if (!chart.refusals.empty()) return chart.refusals.front().code;
  return {};
}

}  // namespace acr::release

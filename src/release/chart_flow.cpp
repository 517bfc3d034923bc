#include "release/chart_flow.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <iterator>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include "chart/charts_directories.hpp"
#include "chart/source_list.hpp"
#include "release/bound_chart.hpp"
#include "release/lineage_check.hpp"
#include "release/object_waves.hpp"
#include "release/proven_chart.hpp"
#include "release/required_attestations.hpp"
#include "release/run_log.hpp"
#include "release/subject_binding.hpp"
#include "release/tag_not_found.hpp"
#include "release/tagged_chart.hpp"
#include "release/wait.hpp"
#include "support/errors.hpp"
#include "support/parallel.hpp"

namespace acr::release {
namespace {

constexpr std::size_t charts_of_a_wave = 128;                       // trees of so many tags are held at once
constexpr std::uint64_t files_of_a_wave = std::uint64_t{16} << 20;  // bytes, below what a source keeps (G-40)

// How far one chart has come: the values of the stages that it has passed, and what is known for the next one.
struct Work {
  ChangedChart chart;
  Findings findings;
  std::optional<git::ObjectId> tag_in_checkout{};  // when the server has it elsewhere or not at all (B-24)
  std::optional<chart::SourceList> head_files{};   // what the head has of the chart, until its tag is checked
  bool files_expected = false;                     // they were asked for once (G-40)
  LineageCheck lineage{};                          // with the tagged chart, when its tag is there
  std::optional<BoundChart> bound{};
  std::optional<chart::SourceContent> source{};  // what would be packaged; nothing: not read, or not readable
  std::vector<report::Dependency> dependencies{};
  bool held = false;  // nothing was fetched for it, since another chart is refused (D-6)
  std::optional<PackagedChart> packaged{};
  std::string oci_state{};                // "free" or "published" (O-22)
  std::optional<SettledChart> settled{};  // all that is left, once nothing is open any more

  [[nodiscard]] bool refused() const { return findings.refused() || lineage.refused(); }
  [[nodiscard]] std::string source_digest() const {
    return packaged ? packaged->source_digest() : source ? source->digest : std::string();
  }
  /// Of a chart whose tag is there.
  [[nodiscard]] git::SubjectContext subject_context() const {
    return release::subject_context(*lineage.tagged, source_digest(), packaged ? packaged->digest() : std::string());
  }
};

using Works = std::vector<Work*>;

template <class Test>
Works those(Works const& works, Test const& test) {
  Works some;
  std::ranges::copy_if(works, std::back_inserter(some), [&](Work const* work) { return std::invoke(test, *work); });
  return some;
}

std::string and_more(std::size_t count) { return count > 1 ? " and " + std::to_string(count - 1) + " more" : std::string(); }

// Charts on their way, by what they wait for.
struct Pending {
  Works tagless;    // the tag
  Works unfetched;  // dependencies: until all tags and plans are known (D-6)
  Works unlisted;   // attestations that GitHub does not list yet

  [[nodiscard]] bool has(Work const* work) const {
    return std::ranges::any_of(std::array{&tagless, &unfetched, &unlisted},
                               [&](auto const* list) { return std::ranges::find(*list, work) != list->end(); });
  }
  /// "the tag web-v1.2.0 of chart web and 2 more"; empty: nothing is waited for.
  [[nodiscard]] std::string missing() const {
    std::string text;
    if (!tagless.empty()) {
      auto const& chart = tagless.front()->chart;
      text = "the tag " + chart.tag + " of chart " + chart.name + and_more(tagless.size());
    }
    if (!unlisted.empty()) {
      auto const& chart = unlisted.front()->chart;
      text += (text.empty() ? "" : ", ") + ("attestations of the tag " + chart.tag + " of chart " + chart.name +
                                            and_more(unlisted.size()) + " to be listed");
    }
    return text;
  }
};

// A host that could not be reached says nothing about the chart: another run may release it (D-6).
bool is_unreachable(Rejection const& why) { return why.code == "dep-unreachable" || why.code == "oci-unreachable"; }

Refused refusal_of(Work const& work) {
  auto const& refusals = work.findings.refusals;
  return {.out_of_reach = std::ranges::any_of(refusals, is_unreachable),
          .otherwise = std::ranges::any_of(refusals, std::not_fn(is_unreachable)) || work.lineage.refused()};
}

// Of a chart about which nothing is open.
ChartVerdict verdict_of(Work const& work, bool attestations_asked) {
  if (work.refused()) return refusal_of(work);
  if (work.held) return HeldBack{};
  if (!work.packaged) return Refused{};  // the disk is too full, which is said of the run
  auto proven = attestations_asked ? ProvenChart::prove(*work.packaged, work.lineage, work.findings)
                                   : ProvenChart::assume_unasked_attestations(*work.packaged, work.lineage, work.findings);
  if (!proven) throw std::logic_error("nothing refuses the chart " + work.chart.name + ", and it is not proved");
  return *std::move(proven);
}

// Of a chart that an error of the run has kept from its end.
ChartVerdict unfinished_verdict(Work const& work) {
  if (!work.refused() && (work.held || work.packaged)) return HeldBack{};
  return refusal_of(work);
}

report::ChartStatus status_of(ChartVerdict const& verdict) {
  if (std::holds_alternative<ProvenChart>(verdict)) return report::ChartStatus::packaged;
  return std::holds_alternative<HeldBack>(verdict) ? report::ChartStatus::held_back : report::ChartStatus::refused;
}

void record_tag(TaggedChart const& tagged, report::ChartRecord& record) {
  record.commit = tagged.commit().id;
  record.tag_object = tagged.tag_object();
  record.lineage_status = git::to_text(tagged.lineage().status);
  if (tagged.lineage().source_pr) record.source_pr = std::to_string(*tagged.lineage().source_pr);
}

void record_package(PackagedChart const& packaged, report::ChartRecord& record) {
  record.package = packaged.name();
  record.digest = packaged.digest();
  record.size = packaged.size();
  record.oci = packaged.oci();
  record.package_time = packaged.time();
}

// All that is reported of a chart. The work ends with it: most of it is moved.
report::ChartRecord record_of(Work& work, report::ChartStatus status) {
  report::ChartRecord record;
  record.name = work.chart.name;
  record.version = work.chart.version;
  record.path = work.chart.path;
  record.tag = work.chart.tag;
  record.status = status;
  record.source_digest = work.source_digest();
  if (work.lineage.tagged) record_tag(*work.lineage.tagged, record);
  if (work.packaged) record_package(*work.packaged, record);
  record.oci_state = std::move(work.oci_state);
  record.entries = std::move(work.lineage.entries);
  record.refusals = std::move(work.findings.refusals);
  record.warnings = std::move(work.findings.warnings);
  record.dependencies = std::move(work.dependencies);
  return record;
}

}  // namespace

class ChartFlow::Charts {
 public:
  Charts(RunSettings const& settings, RunTools const& tools, ReleaseTrees const& trees, Staging const& staging,
         std::vector<FoundChart> charts, Findings& run)
      : settings_(settings), tools_(tools), trees_(trees), staging_(staging), run_(run) {
    works_.reserve(charts.size());
    for (auto& [chart, findings] : charts) works_.push_back({.chart = std::move(chart), .findings = std::move(findings)});
    for (auto& work : works_)
      if (!work.refused()) pending_.tagless.push_back(&work);
  }

  void prove() {
    if (!pending_.tagless.empty() && tools_.before_proofs) tools_.before_proofs();
    Wait wait(settings_.dry_run ? std::chrono::seconds{0} : settings_.inputs.tag_wait, tools_.clock, tools_.waits);
    look_until_found(wait, settings_.inputs.timeout,
                     {.look = [&](bool last) { look(last, wait.passed()); },
                      .missing = [&] { return pending_.missing(); },
                      .say = [&](std::string const& line) { tools_.log.line(line); }});
  }

  std::vector<SettledChart> settle_all() {
    std::vector<SettledChart> all;
    all.reserve(works_.size());
    for (auto& work : works_) {
      if (!work.settled) settle_unfinished(work);
      all.push_back(*std::move(work.settled));
    }
    works_.clear();
    return all;
  }

 private:
  // One look: at listings and tags that were not there the last time, and everything that follows for charts where they are
  // now.
  void look(bool last, std::chrono::seconds waited) {
    auto const patience = last ? Unlisted::refuse : Unlisted::wait;
    pending_.unlisted = verify(pending_.unlisted, patience);
    if (auto checked = bind_tagged(); !checked.empty()) {
      plan_dependencies(checked);
      package_and_verify(checked, patience);
    }
    if (last)
      for (auto* work : std::exchange(pending_.tagless, {}))
        work->findings.refuse(tag_not_found(work->chart, work->tag_in_checkout, settings_.inputs.tag_format,
                                            settings_.change.head, waited, tools_.objects));
    if (pending_.tagless.empty() && !pending_.unfetched.empty()) {
      auto const fetching = std::exchange(pending_.unfetched, {});
      fetch_dependencies(fetching);
      package_and_verify(fetching, patience);
    }
    // Nobody waits for a chart that is refused anyway.
    auto const lost = those(pending_.unlisted, &Work::refused);
    std::erase_if(pending_.unlisted, [](Work const* work) { return work->refused(); });
    verify(lost, Unlisted::refuse);
    settle_finished();
  }

  // TaggedChart → BoundChart, of the charts whose tags are there now: all of them, whether what was tagged holds or not.
  // Files are fetched meanwhile.
  Works bind_tagged() {
    if (pending_.tagless.empty()) return {};
    auto const looked_at = pending_.tagless;
    list_head_files(looked_at);
    Works tagged;
    for_each_index(2, 2, [&](std::size_t side) {
      if (side == 1) return prefetch_files(looked_at);
      tagged = take_tagged();
    });
    bind(tagged);
    return tagged;
  }

  void list_head_files(Works const& works) {
    for_each(works, workers(), [&](Work& work) {
      if (work.head_files) return;
      if (auto list = chart::source_list(*trees_.head, work.chart.path)) work.head_files = std::move(*list);
    });
  }

  // The files of charts whose tags are being looked at, so that they are here when they are read (G-40). A hint: whether they
  // may be asked for at all is decided when all tags were checked.
  void prefetch_files(Works const& works) {
    std::vector<git::ObjectId> wanted;
    std::uint64_t bytes = 0;
    for (auto* work : works) {
      if (!work->head_files || work->files_expected) continue;
      for (auto const& file : work->head_files->files) bytes += file.size.value_or(0);
      if (bytes > files_of_a_wave) {  // would push out what came before
        files_are_far_ = true;
        break;
      }
      work->files_expected = true;
      for (auto const& file : work->head_files->files) wanted.push_back(file.content);
    }
    try {
      if (tools_.objects.prefetch_objects(git::ObjectType::blob, wanted)) files_are_far_ = true;
    } catch (Unreachable const& error) {
      if (error.code() != "too-many-objects") throw;
      files_are_far_ = true;
    }
  }

  // ChangedChart → TaggedChart: moves the charts whose tags are there out of `tagless`; those that have one are returned.
  Works take_tagged() {
    tools_.clock.check();
    std::vector<ChangedChart const*> charts;
    for (auto const* work : pending_.tagless) charts.push_back(&work->chart);
    auto looks = look_for_tags(charts, tools_.objects, settings_.inputs.max_parallel);
    Works tagged, missing;
    for (std::size_t i = 0; i < looks.size(); ++i) {
      auto* work = pending_.tagless[i];
      work->tag_in_checkout = looks[i].in_checkout;
      std::ranges::move(looks[i].findings.warnings, std::back_inserter(work->findings.warnings));
      std::ranges::move(looks[i].findings.refusals, std::back_inserter(work->findings.refusals));
      work->lineage.tagged = std::move(looks[i].tagged);
      if (!looks[i].there)
        missing.push_back(work);
      else if (work->lineage.tagged)
        tagged.push_back(work);
    }
    pending_.tagless = std::move(missing);
    return tagged;
  }

  void bind(Works const& tagged) {
    std::span<Work* const> const all(tagged);
    for (std::size_t begin = 0; begin < all.size(); begin += charts_of_a_wave) {
      auto const some = all.subspan(begin, std::min(charts_of_a_wave, all.size() - begin));
      std::vector<TaggedChart const*> wave;
      for (auto const* work : some) wave.push_back(work->lineage.tagged.get());
      prefetch_tagged(wave, tools_.objects, settings_.change.head);
      for_each({some.begin(), some.end()}, settings_.inputs.max_parallel, [&](Work& work) {
        work.bound = BoundChart::bind(work.lineage.tagged, std::exchange(work.head_files, {}), tools_.objects,
                                      {*trees_.head, trees_.merge.get()}, settings_, work.findings);
      });
    }
  }

  // D-6: what can be said of dependencies without any host; charts that something must be fetched for leave `checked`.
  void plan_dependencies(Works& checked) {
    auto const sound = those(checked, [](Work const& work) { return !work.refused(); });
    // counted against the rate limit before the first one is fetched.
    std::vector<git::ObjectId> contents;
    std::vector<std::string> paths;
    for (auto const* work : sound) {
      contents.insert(contents.end(), work->bound->contents().begin(), work->bound->contents().end());
      paths.push_back(work->chart.path);
    }
    tools_.objects.expect_blobs(contents);
    if (!tools_.dependencies) return;
    auto plans = tools_.dependencies->plan(*trees_.head, paths);
    for (std::size_t i = 0; i < sound.size(); ++i) {
      add(std::move(plans[i].findings), sound[i]->findings);
      if (!plans[i].waits) continue;
      pending_.unfetched.push_back(sound[i]);
      std::erase(checked, sound[i]);
    }
  }

  // D-6, D-35: once in a run, for all charts together, when all tags and all that is offline have been checked.
  void fetch_dependencies(Works const& waiting) {
    bool const block = settings_.inputs.verify_policy == event::VerifyPolicy::block;
    if (block && tools_.dependencies->refused_offline()) {
      for (auto* work : waiting) work->held = true;
      return;
    }
    tools_.clock.check();
    std::vector<std::string> paths;
    for (auto const* work : waiting) paths.push_back(work->chart.path);
    auto fetched = tools_.dependencies->fetch(paths);
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      add(std::move(fetched[i].findings), waiting[i]->findings);
      waiting[i]->dependencies = std::move(fetched[i].dependencies);
    }
  }

  // BoundChart → PackagedChart, and the attestations; a package's digest may be the subject that was attested. Of charts whose
  // tags do not hold the attestations alone are looked at, as far as their subjects are known.
  void package_and_verify(Works const& checked, Unlisted patience) {
    // A tag that does not vouch for the head cannot say when the package was made, nor what its digest is.
    auto const bound = those(checked, [](Work const& work) { return work.bound && !work.refused(); });
    digest_sources(bound);
    if (!has_room()) return;
    // Attestations whose subjects are known do not wait for the packages; where the package may be the subject, they must.
    Works at_once, afterwards;
    for (auto* work : checked)
      if (work->lineage.tagged->lineage().status == git::Lineage::Status::ok)
        (resolve(*work, Digests::so_far) ? at_once : afterwards).push_back(work);
    for_each_index(2, 2, [&](std::size_t side) {
      if (side == 1) return wait_for(verify(at_once, patience));
      read_in_groups(those(bound, [](Work const& work) { return !work.held; }), [&](Work& work) {
        work.packaged = PackagedChart::stage(*work.bound, work.source, *trees_.head, tools_.dependencies, staging_,
                                             settings_.source_date_epoch, work.findings);
      });
    });
    std::erase_if(afterwards, [&](Work* work) { return work->refused() || !resolve(*work, Digests::all); });
    wait_for(verify(afterwards, patience));
  }

  void wait_for(Works const& unlisted) { std::ranges::copy(unlisted, std::back_inserter(pending_.unlisted)); }

  // B-1. A chart that cannot be read has none: packaging says why.
  void digest_sources(Works const& bound) {
    read_in_groups(bound, [&](Work& work) {
      if (auto content = chart::source_content(*trees_.head, work.chart.path)) work.source = std::move(*content);
    });
  }

  // Said once, however many looks find the disk too full.
  bool has_room() {
    std::uint64_t content = 0;
    for (auto const& work : works_)
      if (work.source) content += work.source->bytes;
    auto const room = check_space(content, staging_, settings_);
    if (room) return true;
    if (std::ranges::find(run_.refusals, room.error().code, &Rejection::code) == run_.refusals.end()) run_.refuse(room.error());
    return false;
  }

  bool resolve(Work& work, Digests digests) const {
    return resolve_subjects(work.lineage, work.subject_context(), settings_, digests);
  }

  // What is open of the charts' attestations; returns the charts that still wait.
  Works verify(Works const& works, Unlisted patience) const {
    if (!tools_.attestations) return {};
    std::vector<LineageCheck*> checks;
    for (auto* work : works) checks.push_back(&work->lineage);
    auto const open = verify_lineage(checks, *tools_.attestations, tools_.verifier, settings_, processors(), patience);
    std::set<LineageCheck const*> const waiting(open.begin(), open.end());
    return those(works, [&](Work const& work) { return waiting.contains(&work.lineage); });
  }

  // Each chart once, when nothing is open about it any more: the last word on its attestations, and its group in the log.
  void settle_finished() {
    Works done;
    for (auto& work : works_) {
      if (work.settled || pending_.has(&work)) continue;
      weigh(work);
      done.push_back(&work);
    }
    look_at_registry(done);
    for (auto* work : done) settle(*work, verdict_of(*work, tools_.attestations != nullptr));
  }

  // B-5, B-6, B-8: what the verified attestations are worth for this chart.
  void weigh(Work& work) {
    if (!work.lineage.has_subjects()) return;
    bind_subjects(
        work.lineage, work.subject_context(), settings_, [&]() -> auto const& { return releases_of_head(); }, work.findings);
    // Without a source digest the chart is refused, and nothing is known about what binds its attestations.
    bool const unbound_counts = settings_.inputs.subject_binding == event::SubjectBinding::off || work.source_digest().empty();
    for (auto& missing : missing_attestations(settings_.lists.required_attestations, work.chart.tag, work.lineage.entries,
                                              unbound_counts, host_of(settings_.repository.server_url)))
      work.findings.refuse(std::move(missing));
  }

  // O-22: what the registry has under the tags of charts that nothing else counts against.
  void look_at_registry(Works const& done) {
    if (!tools_.registry) return;
    auto const sound =
        those(done, [](Work const& work) { return work.packaged && work.packaged->oci() && !work.held && !work.refused(); });
    for_each(sound, settings_.inputs.max_parallel, [&](Work& work) {
      auto const& packaged = *work.packaged;
      auto const state = tools_.registry({*work.chart.reference, packaged.oci()->digest, packaged.oci_manifest()});
      if (state)
        work.oci_state = to_text(*state);
      else
        work.findings.refuse(state.error());
    });
  }

  // What is left of a chart about which nothing is open: its record and its verdict.
  void settle(Work& work, ChartVerdict verdict) const {
    auto record = record_of(work, status_of(verdict));
    log_chart(record, tools_.log);
    work = Work{.chart = std::move(work.chart), .findings = {}};
    work.settled = SettledChart{std::move(record), std::move(verdict)};
  }

  void settle_unfinished(Work& work) const {
    auto verdict = unfinished_verdict(work);
    work.packaged.reset();  // nothing of it will be published
    settle(work, std::move(verdict));
  }

  // Every chart of the head, for templates that several could fill alike (B-5).
  std::vector<chart::ChartRelease> const& releases_of_head() {
    if (!releases_) releases_ = chart::chart_releases(*trees_.head, settings_.inputs.charts_dirs);
    return *releases_;
  }

  void for_each(Works const& works, std::size_t workers, std::function<void(Work&)> const& step) {
    for_each_index(works.size(), workers, [&](std::size_t i) {
      tools_.clock.check();
      step(*works[i]);
    });
  }

  // Some charts after the other, the files of each group fetched together.
  void read_in_groups(Works const& works, std::function<void(Work&)> const& read) {
    for (std::size_t next = 0; next < works.size();) {
      Works group;
      std::vector<git::ObjectId> contents;
      for (std::uint64_t bytes = 0; next < works.size(); ++next) {
        auto const& bound = *works[next]->bound;
        bytes += bound.content_bytes();
        if (!group.empty() && bytes > files_of_a_wave) break;
        group.push_back(works[next]);
        contents.insert(contents.end(), bound.contents().begin(), bound.contents().end());
      }
      if (files_are_far_) tools_.objects.prefetch_blobs(contents);
      for_each(group, workers(), read);
    }
  }

  static void add(Findings&& more, Findings& all) {
    std::ranges::move(more.refusals, std::back_inserter(all.refusals));
    std::ranges::move(more.warnings, std::back_inserter(all.warnings));
  }

  // For what keeps a processor busy.
  [[nodiscard]] std::size_t workers() const { return std::min(settings_.inputs.max_parallel, processors()); }

  RunSettings const& settings_;
  RunTools const& tools_;
  ReleaseTrees const& trees_;
  Staging const& staging_;
  Findings& run_;
  std::vector<Work> works_;
  Pending pending_;
  bool files_are_far_ = false;  // some had to be asked for: groups of charts fetch theirs together
  std::optional<std::vector<chart::ChartRelease>> releases_;
};

ChartFlow::ChartFlow(RunSettings const& settings, RunTools const& tools, ReleaseTrees const& trees, Staging const& staging,
                     std::vector<FoundChart> charts, Findings& run)
    : charts_(std::make_unique<Charts>(settings, tools, trees, staging, std::move(charts), run)) {}

ChartFlow::~ChartFlow() = default;

void ChartFlow::prove() { charts_->prove(); }

std::vector<SettledChart> ChartFlow::settle_all() { return charts_->settle_all(); }

}  // namespace acr::release

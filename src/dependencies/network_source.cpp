// Orders to archives: indexes first, then what they name (D-14 … D-23, D-29, D-30, D-35).

#include "dependencies/network_source.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "dependencies/index_reader.hpp"
#include "dependencies/limits.hpp"
#include "dependencies/oci_registry.hpp"
#include "support/digest.hpp"
#include "support/parallel.hpp"

namespace acr::dependencies {
namespace {

constexpr auto archive_types = "application/gzip,application/octet-stream";

/// A run fetches too much; every order that needs the network is refused (D-35).
Rejection over_run_limit(std::string expected) {
  return reject("dep-too-large", "", "all dependencies of this run together are too large")
      .rule("D-35")
      .expected(std::move(expected))
      .found("more")
      .fix("take another source, or commit the charts");
}

/// What counts over the whole run. Thread-safe.
class Budget {
 public:
  explicit Budget(RunLimits const& limits) : limits_(limits) {}
  void add_archives(std::size_t count) { add(archives_, static_cast<std::int64_t>(count), limits_.archives, " archives"); }
  void add_archive_bytes(std::size_t count) {
    add(archive_bytes_, static_cast<std::int64_t>(count), limits_.archive_bytes, " bytes of archives");
  }
  void add_index_bytes(std::int64_t count) { add(index_bytes_, count, limits_.index_bytes, " bytes of indexes"); }
  [[nodiscard]] std::optional<Rejection> refusal() const {
    std::lock_guard const lock(mutex_);
    return refused_;
  }

 private:
  void add(std::int64_t& sum, std::int64_t count, std::uint64_t most, std::string const& of) {
    std::lock_guard const lock(mutex_);
    sum += count;
    if (sum > static_cast<std::int64_t>(most) && !refused_) refused_ = over_run_limit("at most " + std::to_string(most) + of);
  }
  RunLimits const limits_;
  mutable std::mutex mutex_;
  std::optional<Rejection> refused_;
  std::int64_t archives_ = 0, archive_bytes_ = 0, index_bytes_ = 0;
};

/// An index that nobody needs to read on, since the run is over its limit.
struct OverBudget {};

/// Passes a body on, and keeps it while it is small.
class KeepingSink final : public net::BodySink {
 public:
  explicit KeepingSink(net::BodySink& next) : next_(next) {}
  void start() override {
    kept_.emplace();
    next_.start();
  }
  bool take(std::string_view piece) override {
    if (kept_ && kept_->size() + piece.size() > limits::index_kept_bytes) kept_.reset();
    if (kept_) kept_->append(piece);
    return next_.take(piece);
  }
  /// Nothing when it was too large.
  [[nodiscard]] std::optional<std::string>& kept() { return kept_; }

 private:
  net::BodySink& next_;
  std::optional<std::string> kept_;
};

/// One archive as it came, before the checks of each order.
struct Archive {
  std::shared_ptr<StoredArchive const> stored;
  std::string sha256;
  std::string url;
  std::string oci_manifest;
  std::vector<Rejection> warnings;
};

/// What an order asks for, once its texts are known to be usable.
struct Wanted {
  net::Url repository;  ///< https (or loopback http); unused for OCI
  std::optional<OciReference> oci;
};

Rejection other_bytes(Archive const& archive, std::string why, std::string expected) {
  return reject("dep-digest-mismatch", archive.url, std::move(why))
      .rule("D-30")
      .expected(std::move(expected))
      .found(archive.sha256 + (archive.oci_manifest.empty() ? "" : ", manifest " + archive.oci_manifest))
      .fix("find out who changed it; do not just pin it anew");
}

std::string joined(std::vector<std::string> const& texts) {
  std::string all;
  for (auto const& text : texts) all += (all.empty() ? "" : " or ") + text;
  return all;
}

/// The checks of D-30 for one order; `choice` is what its index says, none for OCI.
Verdict<FetchedArchive> checked(Archive const& archive, ArchiveOrder const& order, IndexChoice const* choice) {
  FetchedArchive fetched{archive.stored, archive.sha256, archive.url, archive.oci_manifest, false, archive.warnings};
  fetched.pinned = !order.pin.empty() && (order.pin == archive.sha256 || order.pin == archive.oci_manifest);
  if (!order.pin.empty() && !fetched.pinned)
    return other_bytes(archive, "the fetched archive does not fit its pin", order.pin + " (digest in the lock)");
  if (!choice) return fetched;
  if (choice->bad_digest)
    fetched.warnings.push_back(
        reject("index-digest-form", archive.url, "the index gives a digest that is not SHA-256; it is not checked")
            .rule("D-30")
            .fix("pin the archive in the lock"));
  if (choice->digests.empty() || std::ranges::find(choice->digests, archive.sha256) != choice->digests.end()) return fetched;
  auto mismatch =
      other_bytes(archive, "the fetched archive does not fit the index's digest", joined(choice->digests) + " (index)");
  if (!fetched.pinned) return mismatch;
  mismatch.code = "index-digest-other";
  mismatch.fix_text = "the repository's owner must fix the index";
  fetched.warnings.push_back(std::move(mismatch));
  return fetched;
}

}  // namespace

class NetworkSource::Impl {
 public:
  Impl(net::Http& http, HostSettings settings, std::size_t workers, std::filesystem::path temporary, RunLimits limits)
      : fetcher_(http, std::move(settings)),
        registries_(fetcher_),
        workers_(workers),
        budget_(limits),
        archives_(std::move(temporary), limits.kept_bytes) {}

  [[nodiscard]] Verdict<Wanted> wanted(ArchiveOrder const& order) const {
    auto url = fetcher_.repository_url(order.repository);
    if (!url) return url.error();
    if (url->scheme != "oci") return Wanted{std::move(*url), std::nullopt};
    auto reference = chart_reference(order.repository, order.name, order.version);
    if (!reference) return reference.error();
    return Wanted{{}, std::move(*reference)};
  }

  std::vector<Verdict<FetchedArchive>> fetch(std::vector<ArchiveOrder> const& orders);
  [[nodiscard]] std::vector<std::string> hosts() const { return fetcher_.hosts(); }

 private:
  /// All wanted of one index. Later orders may want more of it: then a small one is read again, a large one asked for again.
  struct IndexFile {
    net::Url repository;
    WantedCharts wanted;
    std::optional<Verdict<Index>> index;
    std::optional<std::string> text;  ///< of a small one that could be read
    bool is_out_of_reach = false;     ///< nothing was read, and nothing will be
  };
  /// One archive to fetch, by where it is.
  struct Source {
    std::optional<OciReference> oci;
    net::Url url;  ///< unless OCI
    std::optional<Verdict<Archive>> archive;
  };
  /// One order on its way.
  struct Job {
    std::optional<Rejection> refused;
    Wanted wanted;
    std::optional<IndexChoice> choice;
    Source* source = nullptr;
  };

  void read(IndexFile& file);
  void download(Source& source);
  void find_source(ArchiveOrder const& order, Job& job);

  std::mutex one_call_;
  Fetcher fetcher_;
  OciRegistries registries_;
  std::size_t const workers_;
  Budget budget_;
  ArchiveStore archives_;
  std::atomic<std::size_t> kept_bytes_{0};    ///< of the texts of indexes
  std::map<std::string, IndexFile> indexes_;  ///< by the index's URL
  std::map<std::string, Source> sources_;     ///< by repository or registry, name, version and URL
  std::set<std::string> counted_;             ///< archives that count for the limit: repository, name, version
};

void NetworkSource::Impl::read(IndexFile& file) {
  auto const url = index_url(file.repository);
  if (file.text) {
    file.index = read_index(*file.text, file.wanted, url.text_without_query());
    return;
  }
  IndexReader reader(file.wanted, url.text_without_query(), [&](std::int64_t more) {
    budget_.add_index_bytes(more);
    if (budget_.refusal()) throw OverBudget{};
  });
  try {
    Question question;
    question.url = url;
    question.max_body = limits::index_bytes;
    KeepingSink sink(reader);
    question.sink = &sink;
    auto const reply = fetcher_.get(std::move(question));
    file.is_out_of_reach = !reply;
    file.index = reply ? reader.finish() : Verdict<Index>(reply.error());
    auto& kept = sink.kept();
    if (!*file.index || !kept) return;
    if (kept_bytes_.fetch_add(kept->size()) + kept->size() <= limits::run_index_kept_bytes) file.text = std::move(*kept);
  } catch (OverBudget const&) {
    file.index = Verdict<Index>(*budget_.refusal());
  }
}

void NetworkSource::Impl::download(Source& source) {
  if (auto refused = budget_.refusal()) {
    source.archive = Verdict<Archive>(std::move(*refused));
    return;
  }
  Archive archive;
  std::string bytes;
  if (source.oci) {
    auto pulled = registries_.pull(*source.oci);
    if (!pulled) {
      source.archive = Verdict<Archive>(pulled.error());
      return;
    }
    archive.url = source.oci->text();
    archive.oci_manifest = std::move(pulled->manifest_sha256);
    archive.warnings = std::move(pulled->warnings);
    bytes = std::move(pulled->bytes);
  } else {
    Question question;
    question.url = source.url;
    question.accept = archive_types;
    question.max_body = limits::archive_bytes;
    auto reply = fetcher_.get(std::move(question));
    if (!reply) {
      source.archive = Verdict<Archive>(reply.error());
      return;
    }
    archive.url = source.url.text_without_query();
    bytes = std::move(reply->body);
  }
  budget_.add_archive_bytes(bytes.size());
  archive.sha256 = sha256_text(bytes);
  archive.stored = archives_.keep(std::move(bytes));
  source.archive = Verdict<Archive>(std::move(archive));
}

void NetworkSource::Impl::find_source(ArchiveOrder const& order, Job& job) {
  auto const key_of = [&](std::string const& place) { return order.name + "\n" + order.version + "\n" + place; };
  auto const source_of = [&](std::string const& place, std::optional<OciReference> oci, net::Url url) {
    job.source = &sources_.try_emplace(place, Source{std::move(oci), std::move(url), std::nullopt}).first->second;
  };
  if (job.wanted.oci) return source_of(job.wanted.oci->text(), job.wanted.oci, {});
  auto const url = index_url(job.wanted.repository);
  auto const& index = *indexes_.at(url.text()).index;
  if (!index) {
    job.refused = index.error();
    return;
  }
  auto choice = choose(*index, order.name, order.version, order.pin, url.text_without_query());
  if (!choice) {
    job.refused = choice.error();
    return;
  }
  job.choice = std::move(*choice);
  auto archive = fetcher_.archive_url(job.wanted.repository, job.choice->url);
  if (archive && archive->scheme == "oci") {
    auto reference = tagged_reference(*archive);
    if (reference) return source_of(reference->text(), *reference, {});
    archive = reference.error();
  }
  if (!archive) {
    job.refused = archive.error();
    return;
  }
  source_of(key_of(url.text() + "\n" + archive->text()), std::nullopt, *archive);
}

std::vector<Verdict<FetchedArchive>> NetworkSource::Impl::fetch(std::vector<ArchiveOrder> const& orders) {
  std::lock_guard const one_call(one_call_);
  std::vector<Job> jobs(orders.size());
  std::size_t new_archives = 0;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    auto const& order = orders[i];
    auto parsed = wanted(order);
    if (!parsed) {
      jobs[i].refused = parsed.error();
      continue;
    }
    jobs[i].wanted = std::move(*parsed);
    auto const place = jobs[i].wanted.oci ? jobs[i].wanted.oci->text() : index_url(jobs[i].wanted.repository).text();
    new_archives += counted_.insert(order.name + "\n" + order.version + "\n" + place).second ? 1 : 0;
  }
  budget_.add_archives(new_archives);

  // Indexes first, each for all charts that are wanted of it; registries need none.
  std::vector<IndexFile*> unread;
  for (std::size_t i = 0; i < orders.size() && !budget_.refusal(); ++i) {
    if (jobs[i].refused || jobs[i].wanted.oci) continue;
    auto& file = indexes_[index_url(jobs[i].wanted.repository).text()];
    file.repository = jobs[i].wanted.repository;
    bool const added = file.wanted[orders[i].name].insert(orders[i].version).second;
    if (added && !file.is_out_of_reach && std::ranges::find(unread, &file) == unread.end()) unread.push_back(&file);
  }
  for_each_index(unread.size(), workers_, [&](std::size_t i) { read(*unread[i]); });

  std::vector<Source*> missing;
  for (std::size_t i = 0; i < orders.size() && !budget_.refusal(); ++i) {
    if (jobs[i].refused) continue;
    find_source(orders[i], jobs[i]);
    auto* const source = jobs[i].source;
    if (source && !source->archive && std::ranges::find(missing, source) == missing.end()) missing.push_back(source);
  }
  for_each_index(missing.size(), workers_, [&](std::size_t i) { download(*missing[i]); });

  auto const over = budget_.refusal();
  std::vector<Verdict<FetchedArchive>> results;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    if (jobs[i].refused) {
      results.emplace_back(std::move(*jobs[i].refused));
    } else if (over) {
      results.emplace_back(*over);
    } else if (!*jobs[i].source->archive) {
      results.emplace_back(jobs[i].source->archive->error());
    } else {
      results.push_back(checked(**jobs[i].source->archive, orders[i], jobs[i].choice ? &*jobs[i].choice : nullptr));
    }
  }
  return results;
}

NetworkSource::NetworkSource(net::Http& http, HostSettings settings, std::size_t workers, std::filesystem::path temporary,
                             RunLimits limits)
    : impl_(std::make_unique<Impl>(http, std::move(settings), workers, std::move(temporary), limits)) {}
NetworkSource::~NetworkSource() = default;

Verdict<void> NetworkSource::check(ArchiveOrder const& order) const {
  if (auto const wanted = impl_->wanted(order); !wanted) return wanted.error();
  return {};
}

std::vector<Verdict<FetchedArchive>> NetworkSource::fetch(std::vector<ArchiveOrder> const& orders) {
  return impl_->fetch(orders);
}
std::vector<std::string> NetworkSource::hosts() const { return impl_->hosts(); }

}  // namespace acr::dependencies

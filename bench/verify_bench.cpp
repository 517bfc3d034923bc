// How fast bundles are verified, and how close that is to what mathematics alone costs:
//   verify-bench [seconds per measurement]
// The floor is the sum of the bare OpenSSL signature checks and hashes that a bundle cannot do without, measured in the same
// run with parsed keys. Goals: 1.3 times the floor at most when nothing is remembered, below 1.0 of it with remembered chains,
// parsing under 30 %, 500 bundles under 64 MB. Costs are processor time; bundles per second of a batch are by the wall clock.
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "sigstore/certificate_chain.hpp"
#include "sigstore/signature.hpp"
#include "sigstore/verifier.hpp"
#include "support/atomic_file.hpp"
#include "support/places.hpp"
#include "support/text.hpp"

namespace {

using namespace acr;
using namespace acr::sigstore;
using Clock = std::chrono::steady_clock;

double seconds_each = 1.0;

/// Processor time of this thread: a busy machine stretches the wall clock, and the goals are ratios.
double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Processor seconds per call: the best of five stretches.
double cost(std::function<void()> const& work) {
  double best = 1e9;
  for (int stretch = 0; stretch < 5; ++stretch) {
    double const begin = processor_seconds();
    double spent = 0;
    int calls = 0;
    do {
      work();
      ++calls;
      spent = processor_seconds() - begin;
    } while (spent < seconds_each / 5);
    best = std::min(best, spent / calls);
  }
  return best;
}

double peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void must(bool ok, char const* what) {
  if (ok) return;
  std::fprintf(stderr, "verify-bench: %s\n", what);
  std::exit(1);
}

struct Sample {
  std::string name, bundle, file;
  Policy policy;
  Artifact artifact = Artifact::of_bytes({});
  Bundle parsed;
  std::optional<CertificatePath> path;
};

std::unique_ptr<Sample> sample(std::string const& name) {
  std::string const folder = acr::test::data_folder().string() + "/sigstore/github/" + name + "/";
  auto const text = [&](char const* file) { return read_file(folder + file, std::size_t{64} << 20); };
  auto out = std::make_unique<Sample>();
  out->name = name;
  out->bundle = text("bundle.sigstore.json");
  out->file = text("artifact");
  out->policy.certificate_identity = std::string(trimmed(text("identity")));
  out->policy.certificate_oidc_issuer = std::string(trimmed(text("issuer")));
  out->artifact = Artifact::of_bytes(out->file);
  auto bundle = parse_bundle(out->bundle, {BundleVersion::v0_1});
  must(bundle.has_value(), "a sample does not parse");
  out->parsed = *bundle;
  static SignatureMemory memory;
  for (auto const& root : default_roots()) {
    auto const paths = ChainVerifier(root.certificate_authorities, memory).paths(*Certificate::parse(*out->parsed.leaf()));
    if (paths) out->path = paths->front();
  }
  must(out->path.has_value(), "a sample has no path");
  return out;
}

/// DER of two different numbers of `size` bytes below the order of the curve of that size.
std::string plausible_signature(std::size_t size) {
  std::string integers;
  for (char const* seed : {"r", "s"}) {
    std::string number = "\x5a" + digest(HashAlgorithm::sha512, seed);
    number.resize(size);
    integers += std::string("\x02") + static_cast<char>(size) + number;
  }
  return std::string("\x30") + static_cast<char>(integers.size()) + integers;
}

/// One ECDSA check over a digest, per key kind: the same work whatever the message.
struct BareChecks {
  std::vector<std::pair<KeyKind, double>> costs;

  double of(PublicKey const& key) {
    for (auto const& [kind, seconds] : costs)
      if (kind == key.kind()) return seconds;
    // A signature of full-sized numbers runs through the same point arithmetic as a true one.
    std::string const signature = plausible_signature(digest_size(key.hash()));
    std::string const digest_bytes = digest(key.hash(), "x");
    double const seconds = cost([&] { (void)key.verifies_digest(key.hash(), digest_bytes, signature); });
    costs.emplace_back(key.kind(), seconds);
    return seconds;
  }
};

/// What the bundle cannot do without (V-34 to V-77).
double floor_of(Sample const& sample, BareChecks& bare, std::string& told) {
  double sum = 0;
  std::size_t checks = 0;
  auto const add = [&](PublicKey const& key, std::size_t count = 1) {
    sum += bare.of(key) * static_cast<double>(count);
    checks += count;
  };
  Bundle const& bundle = sample.parsed;
  auto const& path = sample.path->certificates;
  add(*path.front().public_key());                                                   // the envelope
  for (std::size_t i = 0; i + 1 < path.size(); ++i) add(*path[i + 1].public_key());  // the chain
  auto const& root = default_roots()[roots_for(default_roots(), path.front().issuer_organizations().front()).front()];
  bool const logged = !root.tlogs.empty();
  if (!root.ctlogs.empty()) add(root.ctlogs.front().key);
  std::vector<std::string> hashed;
  if (logged)
    for (auto const& entry : bundle.log_entries) {
      if (entry.inclusion_promise) add(root.tlogs.front().key);
      if (entry.inclusion_proof) {
        add(root.tlogs.front().key);
        hashed.push_back(entry.canonicalized_body);
        for (std::size_t i = 0; i < entry.inclusion_proof->hashes.size(); ++i) hashed.emplace_back(65, 'x');
      }
    }
  if (!bundle.timestamps.empty()) {
    auto const& authority = root.timestamp_authorities.front();
    add(*authority.chain.front().public_key(), bundle.timestamps.size());  // the token
    for (std::size_t i = 0; i + 1 < authority.chain.size(); ++i)
      add(*authority.chain[i + 1].public_key(), bundle.timestamps.size());
  }
  auto const& envelope = std::get<DsseEnvelope>(bundle.content);
  hashed.push_back(envelope.payload);
  hashed.push_back(dsse_pae(envelope.payload_type, envelope.payload));
  hashed.push_back(sample.file);
  for (auto const& certificate : path) hashed.push_back(certificate.der());
  double const hashing = cost([&] {
    for (auto const& bytes : hashed) (void)sha256(bytes);
  });
  char line[160];
  std::snprintf(line, sizeof line, "%zu signature checks %.0f us + %zu hashes %.0f us", checks, sum * 1e6, hashed.size(),
                hashing * 1e6);
  told = line;
  return sum + hashing;
}

void measure(Sample const& sample, BareChecks& bare) {
  std::string told;
  double const floor = floor_of(sample, bare, told);
  // A fresh artifact each time: its digest belongs to the work.
  auto const verify = [&](Verifier const& verifier) {
    must(verifier.verify(sample.bundle, Artifact::of_bytes(sample.file), sample.policy).attestation.has_value(),
         "a sample does not verify");
  };
  VerifierOptions const options{BundleVersion::v0_1};
  Verifier const forgetful(default_roots(), {BundleVersion::v0_1, false});
  double const uncached = cost([&] { verify(forgetful); });
  Verifier const warm(default_roots(), options);
  double const cached = cost([&] { verify(warm); });
  double const parsing = cost([&] {
    auto const bundle = parse_bundle(sample.bundle, {BundleVersion::v0_1});
    (void)parse_statement(std::get<DsseEnvelope>(bundle->content).payload).has_value();
  });
  std::printf("%s: floor %.0f us (%s)\n", sample.name.c_str(), floor * 1e6, told.c_str());
  std::printf("  nothing remembered  %6.0f us  %6.0f bundles/s  %.2f of the floor (goal 1.30)\n", uncached * 1e6, 1 / uncached,
              uncached / floor);
  std::printf("  chains remembered   %6.0f us  %6.0f bundles/s  %.2f of the floor (goal 1.00)\n", cached * 1e6, 1 / cached,
              cached / floor);
  std::printf("  parsing             %6.0f us  %.0f %% of the time (goal 30 %%)\n", parsing * 1e6, 100 * parsing / uncached);
}

void measure_batch(std::vector<std::unique_ptr<Sample>> const& samples) {
  Verifier const verifier(default_roots(), {BundleVersion::v0_1});
  constexpr std::size_t count = 500;
  std::vector<Verifier::Job> jobs;
  for (std::size_t i = 0; i < count; ++i) {
    auto const& s = *samples[i % samples.size()];
    jobs.push_back({s.bundle, &s.artifact, &s.policy});
  }
  for (std::size_t const workers : {std::size_t{1}, std::size_t{std::max(1U, std::thread::hardware_concurrency())}}) {
    double best = 1e9;
    for (int i = 0; i < 3; ++i) {
      auto const begin = Clock::now();
      auto const results = verifier.verify_all(jobs, workers);
      best = std::min(best, std::chrono::duration<double>(Clock::now() - begin).count());
      must(std::all_of(results.begin(), results.end(), [](auto const& r) { return r.attestation.has_value(); }),
           "a batch does not verify");
    }
    std::printf("batch of %zu on %zu thread%s: %.0f bundles/s, peak memory %.1f MB (goal 64)\n", count, workers,
                workers == 1 ? "" : "s", static_cast<double>(count) / best, peak_megabytes());
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) seconds_each = std::max(0.05, std::atof(argv[1]));
  std::vector<std::unique_ptr<Sample>> samples;
  for (char const* name :
       {"reusable-workflow", "private-instance-demo", "custom-issuer", "npm-provenance-sha512", "slsa-generator-gradle"})
    samples.push_back(sample(name));
  measure_batch(samples);  // first: later measurements would raise the peak
  BareChecks bare;
  for (auto const& s : samples) measure(*s, bare);
  return 0;
}

// How fast bundles are verified, and how close that is to what mathematics alone costs:
//   verify-bench [seconds per measurement]
// The floor is the sum of the bare OpenSSL signature checks and hashes that a bundle cannot do without, measured in the same
// run with parsed keys. Goals: 1.3 times the floor at most when nothing is remembered, below 1.0 of it with remembered chains,
// parsing under 30 %, 500 bundles under 64 MB. Costs are processor time; bundles per second of a batch are by the wall clock.
// At the end one process that verifies one bundle (the built program, or ACR_TEST_PROGRAM), and with COSIGN=/path/to/cosign the
// same by cosign with the same trusted root, offline. Goals: a tenth of cosign's processor time, a fifth of its wall time.
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

#include "child_process.hpp"
#include "signature_floor.hpp"
#include "sigstore/certificate_chain.hpp"
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

/// One ECDSA check over a digest, per key kind: the same work whatever the message.
struct BareChecks {
  std::vector<std::pair<KeyKind, double>> costs;

  double of(PublicKey const& key) {
    for (auto const& [kind, seconds] : costs)
      if (kind == key.kind()) return seconds;
    std::string const signature = acr::bench::plausible_signature(digest_size(key.hash()));
    std::string const digest_bytes = digest(key.hash(), "x");
    double const seconds = cost([&] { (void)key.verifies_digest(key.hash(), digest_bytes, signature); });
    costs.emplace_back(key.kind(), seconds);
    return seconds;
  }
};

/// What the bundle cannot do without (V-34 to V-77).
double floor_of(Sample const& sample, BareChecks& bare, std::string& told) {
  auto const& path = sample.path->certificates;
  auto const& root = default_roots()[roots_for(default_roots(), path.front().issuer_organizations().front()).front()];
  auto floor = acr::bench::floor_of(sample.parsed, *sample.path, root);
  auto& hashed = floor.hashed;
  hashed.push_back(sample.file);
  double sum = 0;
  for (auto const* keys : {&floor.of_bundle, &floor.of_chains})
    for (auto const& key : *keys) sum += bare.of(key);
  auto const checks = floor.of_bundle.size() + floor.of_chains.size();
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

void show_process(char const* who, acr::bench::Cost const& cost) {
  std::printf("  %-20s CPU %7.2f ms   wall %7.2f ms\n", who, cost.cpu * 1e3, cost.wall * 1e3);
}

/// One process, one bundle.
void measure_process(std::string const& name) {
  std::string const data = acr::test::data_folder().string() + "/sigstore/", folder = data + "github/" + name + "/";
  std::string const bundle = folder + "bundle.sigstore.json", root = data + "trusted_root_public_good.json",
                    file = folder + "artifact";
  std::string const identity(trimmed(read_file(folder + "identity", 4096))),
      issuer(trimmed(read_file(folder + "issuer", 4096)));
  constexpr std::size_t starts = 30;
  std::printf("one process, one bundle (%s), the best of %zu:\n", name.c_str(), starts);
  std::vector<std::string> const words{
      acr::test::built_program().string(), "verify-bundle", "--bundle", bundle, "--certificate-identity", identity,
      "--certificate-oidc-issuer",         issuer,          file};
  show_process("ours, built-in roots", acr::bench::best_start(words, starts));
  auto with_root = words;
  with_root.insert(with_root.end() - 1, {"--trusted-root", root});
  auto const ours = acr::bench::best_start(with_root, starts);
  show_process("ours, root of a file", ours);
  auto const cosign = acr::bench::other_program("COSIGN");
  if (!cosign) {
    std::printf("  cosign: left out, COSIGN is not set\n");
    return;
  }
  auto const parsed = parse_bundle(read_file(bundle, std::size_t{64} << 20), {BundleVersion::v0_1});
  auto const statement = parse_statement(std::get<DsseEnvelope>(parsed->content).payload);
  auto const theirs = acr::bench::best_start(
      acr::bench::cosign_words(*cosign, bundle, root, identity, issuer, statement->predicate_type, file), starts);
  show_process("cosign, the same root", theirs);
  std::printf("  cosign / ours       CPU %7.1f (goal 10)   wall %7.1f (goal 5)\n", theirs.cpu / ours.cpu,
              theirs.wall / ours.wall);
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
  measure_process("reusable-workflow");
  return 0;
}

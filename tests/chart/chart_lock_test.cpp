#include "chart/chart_lock.hpp"

#include <filesystem>

#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/places.hpp"

namespace chart_lock_test {
namespace {

using namespace acr;
using namespace acr::chart;

ChartLock lock_of(std::string const& text) {
  auto const lock = read_lock(text, "Chart.lock");
  REQUIRE(lock.has_value());
  REQUIRE(lock->has_value());
  return **lock;
}

TEST_CASE("an empty lock is none, an empty map is one (P-69)", "[chart]") {
  for (auto const* text : {"", "# c\n", "null\n", "~\n"}) {
    auto const lock = read_lock(text, "Chart.lock");
    REQUIRE(lock.has_value());
    CHECK(!*lock);
  }
  CHECK(*write_lock(lock_of("{}\n")) == "dependencies: null\ndigest: \"\"\ngenerated: \"0001-01-01T00:00:00Z\"\n");
  CHECK(!read_lock("[]\n", "Chart.lock"));
}

TEST_CASE("an empty list of dependencies is not an absent one (P-85)", "[chart]") {
  CHECK(write_lock(lock_of("dependencies: []\n"))->starts_with("dependencies: []\n"));
  CHECK(write_lock(lock_of("dependencies: ~\n"))->starts_with("dependencies: null\n"));
  CHECK(write_lock(lock_of("dependencies: [~]\n"))->starts_with("dependencies:\n- null\n"));
}

TEST_CASE("times are read as Go reads them and written in their own zone (P-69, P-85, P-86)", "[chart]") {
  struct Row {
    char const* text;
    std::int64_t seconds;
    char const* written;
  };
  auto const row = one_of<Row>({
      {"2020-08-01T12:00:00Z", 1596283200, "2020-08-01T12:00:00Z"},
      {"2020-08-01T12:00:00.500+02:00", 1596276001, "2020-08-01T12:00:00.5+02:00"},
      {"2020-08-01T12:00:00,499999999-00:00", 1596283200, "2020-08-01T12:00:00.499999999Z"},
      {"2020-08-01T1:00:00.1234567891Z", 1596243600, "2020-08-01T01:00:00.123456789Z"},
      {"1969-12-31T23:59:59.5Z", 0, "1969-12-31T23:59:59.5Z"},
      {"2000-02-29T00:00:00-11:30", 951823800, "2000-02-29T00:00:00-11:30"},
      {"0000-01-01T00:00:00Z", -62167219200, "0000-01-01T00:00:00Z"},
      {"9999-12-31T23:59:59Z", 253402300799, "9999-12-31T23:59:59Z"},
  });
  CAPTURE(row.text);
  auto const lock = lock_of("generated: \"" + std::string(row.text) + "\"\n");
  CHECK(generated_time(lock) == row.seconds);
  auto const written = write_lock(lock);
  REQUIRE(written.has_value());
  CHECK(*written == "dependencies: null\ndigest: \"\"\ngenerated: \"" + std::string(row.written) + "\"\n");
}

TEST_CASE("what is not a time is refused with its line (P-69)", "[chart]") {
  auto const* const text = one_of({"2020-08-01", "12", "2021-02-29T00:00:00Z", "2020-08-01t00:00:00Z", "2020-08-01T24:00:00Z",
                                   "2020-08-01T00:00:60Z", "2020-08-01T00:00:00", "2020-08-01T00:00:00+24:00",
                                   "2020-8-1T00:00:00Z", "2020-08-01T00:00:00.Z", "true", "[]"});
  CAPTURE(text);
  auto const lock = read_lock("digest: x\ngenerated: " + std::string(text) + "\n", "Chart.lock");
  REQUIRE(!lock);
  CHECK(lock.error().where == "Chart.lock:2");
  CHECK(lock.error().code == "chart-lock");
}

TEST_CASE("the zero time has many spellings (P-86)", "[chart]") {
  auto const* const text = one_of({"0001-01-01T00:00:00Z", "0001-01-01T02:00:00+02:00", "~"});
  CHECK(!generated_time(lock_of("generated: " + std::string(text) + "\n")));
  CHECK(generated_time(lock_of("generated: 0001-01-01T00:00:00.1Z\n")) == zero_time_seconds);
}

TEST_CASE("a pin is read and never written (D-29)", "[chart]") {
  auto const lock = lock_of("dependencies:\n- name: a\n  digest: sha256:00\n  version: 1.0.0\n");
  REQUIRE(lock.dependencies->size() == 1);
  CHECK(lock.dependencies->front().pin == "sha256:00");
  CHECK(write_lock(lock)->starts_with("dependencies:\n- name: a\n  repository: \"\"\n  version: 1.0.0\ndigest:"));
  CHECK(!read_lock("dependencies:\n- name: a\n  digest: [x]\n", "Chart.lock"));
}

TEST_CASE("a given time replaces generated (P-132)", "[chart]") {
  auto lock = lock_of("generated: 2020-08-01T12:00:00.5+02:00\n");
  set_generated(lock, 1700000000);
  CHECK(write_lock(lock)->ends_with("generated: \"2023-11-14T22:13:20Z\"\n"));
  set_generated(lock, 1'000'000'000'000);
  CHECK(!write_lock(lock));
}

TEST_CASE("every real lock is read and written", "[chart]") {
  std::size_t locks = 0;
  for (auto const* folder : {"/charts", "/dependencies"})
    for (auto const& entry : std::filesystem::recursive_directory_iterator(acr::test::data_folder().string() + folder)) {
      auto const name = entry.path().filename();
      if (name != "Chart.lock" && name != "requirements.lock") continue;
      CAPTURE(entry.path().string());
      auto bytes = read_file(entry.path().string(), std::size_t{1} << 20);
      if (bytes.starts_with("\xEF\xBB\xBF")) bytes.erase(0, 3);
      auto const lock = lock_of(bytes);
      auto const written = write_lock(lock);
      REQUIRE(written.has_value());
      CHECK(*write_lock(lock_of(*written)) == *written);
      CHECK(lock_of(*written).dependencies == lock.dependencies);
      ++locks;
    }
  CHECK(locks >= 11);
}

}  // namespace
}  // namespace chart_lock_test

#include "report/checksums.hpp"

#include <stdexcept>

#include "report/artifacts_list.hpp"
#include "support/catch2.hpp"

namespace checksums_test {
namespace {

using acr::report::Checksum;

struct Subject {
  std::string name, digest;
  bool operator==(Subject const&) const = default;
};

// getSubjectFromChecksumsString of actions/attest 4.2.2 (src/subject.ts), line by line.
std::vector<Subject> as_attest_reads(std::string const& checksums) {
  if (checksums.size() > 524288) throw std::runtime_error("Too many checksums specified");
  std::vector<Subject> subjects;
  std::vector<std::string> records;  // checksums.split(os.EOL).filter(Boolean), after CRLF → LF
  for (std::size_t at = 0; at < checksums.size();) {
    auto end = checksums.find('\n', at);
    if (end == std::string::npos) end = checksums.size();
    auto record = checksums.substr(at, end - at);
    if (record.ends_with('\r')) record.pop_back();
    if (!record.empty()) records.push_back(record);
    at = end + 1;
  }
  for (auto const& record : records) {
    auto const delimiter = record.find(' ');  // record.indexOf(' ')
    if (delimiter == std::string::npos) continue;
    auto const digest = record.substr(0, delimiter);
    auto name = record.substr(delimiter + 1);
    if (name.starts_with('*') || name.starts_with(' ')) name = name.substr(1);  // a flag character
    if (digest.empty() || digest.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos)
      throw std::runtime_error("Invalid digest: " + digest);
    if (digest.size() != 64 && digest.size() != 128) throw std::runtime_error("Unknown digest algorithm: " + digest);
    Subject const subject{name, (digest.size() == 64 ? "sha256:" : "sha512:") + digest};
    if (std::find(subjects.begin(), subjects.end(), subject) == subjects.end()) subjects.push_back(subject);
  }
  if (subjects.size() > 1024) throw std::runtime_error("Too many subjects specified");
  return subjects;
}

TEST_CASE("the attest step reads our checksums as they are meant (A-68)", "[report]") {
  auto const text = acr::report::checksums_text({{"web-1.2.0+b1.tgz", std::string(64, 'b')},
                                                 {"api-2.0.0.tgz", std::string(64, 'a')},
                                                 {"Zed 1.tgz", std::string(64, '0')}});
  REQUIRE(text.has_value());
  // Byte order: capitals first.
  CHECK(*text == std::string(64, '0') + "  Zed 1.tgz\n" + std::string(64, 'a') + "  api-2.0.0.tgz\n" + std::string(64, 'b') +
                     "  web-1.2.0+b1.tgz\n");
  CHECK(as_attest_reads(*text) == std::vector<Subject>{{"Zed 1.tgz", "sha256:" + std::string(64, '0')},
                                                       {"api-2.0.0.tgz", "sha256:" + std::string(64, 'a')},
                                                       {"web-1.2.0+b1.tgz", "sha256:" + std::string(64, 'b')}});
  auto const back = acr::report::parse_checksums(*text);
  REQUIRE(back.has_value());
  CHECK(back->size() == 3);
  CHECK(acr::report::checksums_text(*back).value() == *text);
}

TEST_CASE("names that a reader could take for something else are refused (A-68)", "[report]") {
  auto const name =
      one_of<std::string>({"", "*web.tgz", " web.tgz", "web.tgz ", "a/b.tgz", "a\\b.tgz", "a\nb", "a\rb", "..", "\xff"});
  CAPTURE(name);
  auto const text = acr::report::checksums_text({{name, std::string(64, 'a')}});
  REQUIRE_FALSE(text.has_value());
  CHECK(text.error().code == "checksums");
}

// Refused with this code, here, and for this reason.
template <class T>
void check_refused(acr::Verdict<T> const& verdict, std::string const& code, std::string const& where, std::string const& why) {
  REQUIRE(verdict.has_error());
  CHECK(verdict.error().code == code);
  CHECK(verdict.error().where == where);
  CHECK(verdict.error().why == why);
}

TEST_CASE("digests of another form, doubles and too many lines are refused (A-68)", "[report]") {
  auto const hex = std::string(64, 'a');
  using acr::report::checksums_text;
  check_refused(checksums_text({{"a", "sha256:" + hex}}), "checksums", "a", "not a SHA-256 digest");
  check_refused(checksums_text({{"a", std::string(64, 'A')}}), "checksums", "a", "not a SHA-256 digest");
  check_refused(checksums_text({{"a", hex}, {"a", hex}}), "checksums", "a", "two packages have this name");
  check_refused(checksums_text({{"a/b", hex}}), "checksums", "a/b", "not a plain file name");
  std::vector<Checksum> many;
  for (int i = 0; i < 1024; ++i) many.push_back({"chart-" + std::to_string(i) + ".tgz", hex});
  auto const most = checksums_text(many);
  REQUIRE(most.has_value());
  CHECK(as_attest_reads(*most).size() == 1024);
  many.push_back({"one-more.tgz", hex});
  check_refused(checksums_text(many), "checksums", "checksums.txt", "the attest step reads at most 1,024 subjects");
}

TEST_CASE("the longest names and the most lines stay below what the attest step reads (A-68)", "[report]") {
  std::vector<Checksum> many;
  for (int i = 1000; i < 2024; ++i) many.push_back({std::to_string(i) + std::string(251, 'n'), std::string(64, 'a')});
  auto const text = acr::report::checksums_text(many);
  REQUIRE(text.has_value());
  CHECK(text->size() <= 524288);
  CHECK_FALSE(acr::report::checksums_text({{std::string(256, 'n'), std::string(64, 'a')}}).has_value());
}

TEST_CASE("only a file that we wrote is read back (A-6)", "[report]") {
  struct Row {
    std::string text, where, why;
  };
  auto const hex = std::string(64, 'a');
  std::string const other = "not a line of ours", order = "names are not in byte order, or one stands twice";
  auto const row = one_of<Row>({{hex + "  a.tgz", "checksums.txt:1", "the last line has no line end"},
                                {hex + "  a.tgz\r\n", "checksums.txt:1", other},
                                {hex + " *a.tgz\n", "checksums.txt:1", other},
                                {hex + " a.tgz\n", "checksums.txt:1", other},
                                {"# comment\n", "checksums.txt:1", other},
                                {"\n", "checksums.txt:1", other},
                                {hex + "  ../a.tgz\n", "checksums.txt:1", other},
                                {hex + "  b\n" + hex + "  a\n", "checksums.txt:2", order},
                                {hex + "  a\n" + hex + "  a\n", "checksums.txt:2", order},
                                {"\xef\xbb\xbf" + hex + "  a\n", "checksums.txt:1", other},
                                {std::string(524289, 'x'), "checksums.txt", "the file is larger than any of ours"}});
  CAPTURE(row.text.substr(0, 200));
  check_refused(acr::report::parse_checksums(row.text), "checksums", row.where, row.why);
  CHECK(acr::report::parse_checksums("").value().empty());
}

TEST_CASE("no file of ours has more lines than the attest step reads (A-68)", "[report]") {
  std::string text;
  for (int i = 1000; i < 2024; ++i) text += std::string(64, 'a') + "  " + std::to_string(i) + "\n";
  CHECK(acr::report::parse_checksums(text).value().size() == 1024);
  check_refused(acr::report::parse_checksums(text + std::string(64, 'a') + "  9\n"), "checksums", "checksums.txt:1025",
                "more lines than a file of ours can have");
}

TEST_CASE("the artifacts list holds plain workspace paths only (A-30)", "[report]") {
  CHECK(acr::report::artifacts_list({".cr/a-1.tgz", ".cr/b-1.tgz"}).value() == ".cr/a-1.tgz\n.cr/b-1.tgz\n");
  auto const path =
      one_of<std::string>({"", "/a", "a=b", "#a", "oci://x", "oci:x", "a\nb", "../a", "a/../b", "a//b", " a", "a "});
  CAPTURE(path);
  check_refused(acr::report::artifacts_list({path}), "artifacts-list", path, "the artifacts list cannot hold this path");
}

TEST_CASE("two artifacts of one base name would fail the step, and so would too many or too long ones (A-30)", "[report]") {
  using acr::report::artifacts_list;
  check_refused(artifacts_list({"a/x.tgz", "b/x.tgz"}), "artifacts-list", "b/x.tgz", "another artifact has the same base name");
  std::vector<std::string> many;
  for (int i = 0; i < 500; ++i) many.push_back("d/" + std::to_string(i));
  CHECK(artifacts_list(many).has_value());
  many.push_back("d/500");
  check_refused(artifacts_list(many), "artifacts-list", "artifacts list", "a job can declare at most 500 artifacts");
  check_refused(artifacts_list({std::string(std::size_t{1} << 20, 'x')}), "artifacts-list", "artifacts list",
                "larger than 1 MiB");
}

}  // namespace
}  // namespace checksums_test

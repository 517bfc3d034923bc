"""scripts/mutate --self-test: a small program whose refusals are known, switched off one by one."""

import subprocess
import tempfile
from pathlib import Path

import mutation_sites as sites_of

ROOT = Path(__file__).resolve().parent.parent

SAMPLE = r'''
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>
struct Rejection { std::string code; };
template <class T> struct Verdict {
  using value_type = T;
  using error_type = Rejection;
  Verdict(T v) : value(v) {}
  Verdict(Rejection r) : why(r) {}
  explicit operator bool() const { return !why; }
  Rejection error() const { return *why; }
  T value{};
  std::optional<Rejection> why;
};
Rejection reject(std::string code) { return {code}; }
namespace {
Rejection bad(std::string why) { return reject("bad-" + why); }  // "a brace { in a string", and ' in a comment
constexpr char const* raw = R"x(if (a) return reject("not-code"); ")x";

class Reader {
 public:
  explicit Reader(int size) : size_(size), list_{1, 2} {}
  bool good() {
    if (size_ == 1) return refuse("one");
    return size_ != 2 || ill_formed();
  }
  std::optional<Rejection> kept;

 private:
  bool refuse(std::string why) {
    kept = bad(why);
    return false;
  }
  bool ill_formed() { return refuse("two"); }
  int size_;
  std::vector<int> list_;
};

Verdict<int> parsed(int size) {
  if (size == 3) return reject("number-three");
  else if (size == 4) return bad("four");
  auto const halved = [](int n) -> Verdict<int> {
    if (n == 5) return reject("number-five");
    return n;
  };
  auto const half = halved(size);
  if (!half) return half.error();
  for (int i = 6; i < 8; ++i)
    if (size == i) return bad("six-or-seven");
  return size == 8 ? bad("eight") : Verdict<int>(size);
}

struct Entry {
  std::optional<Rejection> refusal;
  std::string reason;
};
void keep(Entry& entry, int size, std::string reason) {
  entry.reason = std::move(reason);  // a text, although others call a Rejection so
  auto why = reject("number-twelve");
  if (size == 12) entry.refusal = std::move(why);
}

int checked(int size) {
  std::vector<Rejection> refusals;
  Reader reader(size);
  if (!reader.good()) refusals.push_back(*reader.kept);
  auto const number = parsed(size);
  if (!number) refusals.push_back(number.error());
  if (size == 9) {
    throw std::runtime_error("nine");
  }
  switch (size) {
    case 10: refusals.push_back(reject("number-ten")); break;
    default: break;
  }
  Entry entry;
  keep(entry, size, "text");
  if (entry.refusal) return 1;
  return static_cast<int>(refusals.size());
}

Verdict<int> nothing(int size) {
  if (size < 11 || size > 11) return size;
  auto reason = reject("nothing-left");
  return reason;
}
}  // namespace
int main(int, char** arguments) {
  int const size = std::stoi(arguments[1]);
  try {
    return checked(size) + (nothing(size) ? 0 : 1);
  } catch (std::runtime_error const&) {
    return 1;
  }
}
'''

# text of the site -> the input that reaches it alone
EXPECTED = {"one": 1, "return size_ != 2 || ill_formed()": 2, "number-three": 3, "four": 4, "number-five": 5, "return half.error()": 5,
            "six-or-seven": 6, "eight": 8, "refusals.push_back(*reader.kept)": 1, "refusals.push_back(number.error())": 3, "nine": 9,
            "number-ten": 10, "return reason": 11,
            "entry.refusal = std::move(why)": 12}


def main():
    scanner = sites_of.Scanner("src/sample/sample.cpp", SAMPLE)
    found = [site for site in sites_of.Refusals([scanner]).sites() if site.kind != "soft"]
    failed = []
    for site in found:
        if site.text not in EXPECTED:
            failed.append(f"no site was expected here: {site.function} | {site.text}")
    for text in EXPECTED.keys() - {site.text for site in found}:
        failed.append(f"not found: {text}")
    for number, site in enumerate(found, 1):
        site.number = number
    new = sites_of.rewritten(scanner, found)
    if new.count("\n") != SAMPLE.count("\n"):
        failed.append("the lines moved")
    failed += run_sample(new, found)
    for text in failed:
        print("FAILED", text)
    print(f"{len(found) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def run_sample(text, found):
    failed = []
    with tempfile.TemporaryDirectory() as directory:
        here = Path(directory)
        (here / "sample.cpp").write_text(text)
        made = subprocess.run(["c++", "-std=c++20", "-w", "-I", ROOT / "tests/mutation", "-include", "mutant.hpp", here / "sample.cpp",
                               ROOT / "tests/mutation/mutant.cpp", "-o", here / "sample"], capture_output=True, text=True, check=False)
        if made.returncode != 0:
            return ["does not compile: " + made.stderr[:2000]]

        def status(size):
            return subprocess.run([here / "sample", str(size)], check=False, capture_output=True).returncode

        for size in range(1, 13):
            if status(size) != 1:
                failed.append(f"{size} is not refused with every site on")
        for site in found:
            (here / "off").write_text(str(site.number))
            (here / "hits").write_text("")
            if status(EXPECTED[site.text]) == 1 if site.text in EXPECTED else False:
                failed.append(f"still refused when off: {site.text}")
            if str(site.number) not in (here / "hits").read_text().split():
                failed.append(f"not reached: {site.text}")
    return failed


if __name__ == "__main__":
    raise SystemExit(main())

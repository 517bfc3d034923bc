// See mutant.hpp.
#include "mutant.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <mutex>
#include <set>

namespace acr_mutant {
namespace {

std::string directory() {
  char buffer[4096];
  auto const size = ::readlink("/proc/self/exe", buffer, sizeof buffer);
  std::string path(buffer, size > 0 ? static_cast<std::size_t>(size) : 0);
  return path.substr(0, path.rfind('/') + 1);
}

struct State {
  std::mutex mutex;
  std::string const here = directory();
  int off = -1;
  std::set<int> reached;

  State() {
    std::ifstream file(here + "off");
    file >> off;
    if (!file) off = -1;
  }
};

State& state() {
  static auto* const the = new State;  // outlives every other static object
  return *the;
}

void append(std::string const& name, std::string const& text, int flags) {
  int const file = ::open((state().here + name).c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | flags, 0644);
  if (file < 0) return;
  (void)!::write(file, text.data(), text.size());
  ::close(file);
}

}  // namespace

bool on(int site) {
  int const number = errno;  // what refuses next may show it
  auto& s = state();
  std::lock_guard const lock(s.mutex);
  if (s.reached.insert(site).second) append("hits", std::to_string(site) + "\n", 0);
  errno = number;
  return site != s.off;
}

void begin_case() {
  auto& s = state();
  std::lock_guard const lock(s.mutex);
  s.reached.clear();
  (void)!::truncate((s.here + "hits").c_str(), 0);
}

void end_case(std::string const& name, double seconds) {
  auto& s = state();
  std::lock_guard const lock(s.mutex);
  std::set<int> sites = s.reached;
  std::ifstream file(s.here + "hits");  // and those of the programs that this process started
  for (int site = 0; file >> site;) sites.insert(site);
  if (sites.empty()) return;
  std::string line = name + "\t" + std::to_string(seconds) + "\t";
  for (int const site : sites) line += std::to_string(site) + " ";
  append("cases", line + "\n", 0);
}

}  // namespace acr_mutant

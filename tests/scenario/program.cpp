#include "scenario/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace acr::test {
namespace {

using Clock = std::chrono::steady_clock;

struct Pipe {
  int read_end = -1, write_end = -1;
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
    read_end = ends[0];
    write_end = ends[1];
  }
  ~Pipe() {
    close_end(read_end);
    close_end(write_end);
  }
  Pipe(Pipe const&) = delete;
  Pipe& operator=(Pipe const&) = delete;
  static void close_end(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
};

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  for (auto& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

// The high-water mark that wait4() reports would hold this process's own: it survives posix_spawn's exec.
std::size_t peak_of(pid_t child) {
  std::ifstream status("/proc/" + std::to_string(child) + "/status");
  for (std::string word; status >> word;) {
    std::size_t kib = 0;
    if (word == "VmHWM:" && status >> kib) return kib;
  }
  return 0;
}

std::chrono::milliseconds cpu_of(rusage const& usage) {
  auto const part = [](timeval const& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  };
  return std::chrono::duration_cast<std::chrono::milliseconds>(part(usage.ru_utime) + part(usage.ru_stime));
}

}  // namespace

struct RunningProgram::State {
  Pipe out, err;
  pid_t child = -1;
  bool ended = false;
  bool watch_memory = false;
  std::string shown;  // what output_with() has read
  Clock::time_point begin;

  void kill_and_reap() {
    if (ended) return;
    ::kill(child, SIGKILL);
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
    ended = true;
  }
};

RunningProgram::RunningProgram(ProgramStart const& start) : state_(std::make_unique<State>()) {
  auto const directory = start.directory.string();
  std::vector<std::string> words{start.program.string()}, variables;
  words.insert(words.end(), start.arguments.begin(), start.arguments.end());
  for (auto const& [name, value] : start.environment) variables.push_back(name + "=" + value);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, state_->out.write_end, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, state_->err.write_end, STDERR_FILENO);
  posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
  state_->watch_memory = start.watch_memory;
  state_->begin = Clock::now();
  int const failed = ::posix_spawn(&state_->child, words.front().c_str(), &actions, nullptr, pointers(words).data(),
                                   pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    state_->ended = true;
    throw std::system_error(failed, std::generic_category(), words.front());
  }
  Pipe::close_end(state_->out.write_end);
  Pipe::close_end(state_->err.write_end);
}

RunningProgram::~RunningProgram() { state_->kill_and_reap(); }

void RunningProgram::signal(int number) const { ::kill(state_->child, number); }

std::string RunningProgram::output_with(std::string const& text, std::chrono::milliseconds at_most) {
  auto const until = Clock::now() + at_most;
  std::array<char, 4096> buffer{};
  while (state_->shown.find(text) == std::string::npos) {
    auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
    pollfd waiting{state_->out.read_end, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) == 0) {
      state_->kill_and_reap();
      throw std::runtime_error("the program did not print it in time; so far it said:\n" + state_->shown);
    }
    auto const got = ::read(state_->out.read_end, buffer.data(), buffer.size());
    if (got == 0) break;
    if (got > 0) state_->shown.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return state_->shown;
}

ProgramResult RunningProgram::wait(std::chrono::milliseconds at_most) {
  ProgramResult result;
  result.out = state_->shown;
  auto const until = state_->begin + at_most;
  std::array<std::pair<int*, std::string*>, 2> const streams{
      {{&state_->out.read_end, &result.out}, {&state_->err.read_end, &result.err}}};
  std::array<char, 65536> buffer{};
  while (state_->out.read_end >= 0 || state_->err.read_end >= 0) {  // both close when it ends
    auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
    if (left.count() <= 0) {
      state_->kill_and_reap();
      throw std::runtime_error("the program did not end in time; so far it said:\n" + result.out + result.err);
    }
    std::array<pollfd, 2> waiting{{{*streams[0].first, POLLIN, 0}, {*streams[1].first, POLLIN, 0}}};
    ::poll(waiting.data(), waiting.size(), state_->watch_memory ? 5 : static_cast<int>(left.count()));
    if (state_->watch_memory) result.peak_kib = std::max(result.peak_kib, peak_of(state_->child));
    for (std::size_t i = 0; i < streams.size(); ++i) {
      if (waiting[i].fd < 0 || waiting[i].revents == 0) continue;
      auto const got = ::read(waiting[i].fd, buffer.data(), buffer.size());
      if (got > 0) streams[i].second->append(buffer.data(), static_cast<std::size_t>(got));
      if (got == 0 || (got < 0 && errno != EINTR)) Pipe::close_end(*streams[i].first);
    }
  }
  int status = 0;
  rusage usage{};
  while (::wait4(state_->child, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  state_->ended = true;
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.wall = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - state_->begin);
  result.cpu = cpu_of(usage);
  return result;
}

ProgramResult run_program(std::filesystem::path const& program, std::map<std::string, std::string> const& environment,
                          std::vector<std::string> const& arguments, std::filesystem::path const& directory) {
  return RunningProgram({.program = program, .environment = environment, .arguments = arguments, .directory = directory})
      .wait();
}

}  // namespace acr::test

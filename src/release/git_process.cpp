#define BOOST_ASIO_SEPARATE_COMPILATION  // src/net/boost_net.cpp holds its one copy
#define BOOST_PROCESS_USE_STD_FS
#include "release/git_process.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/writable_pipe.hpp>
#include <boost/asio/write.hpp>
#include <boost/optional.hpp>  // missing in Boost 1.81's own headers when they use std::filesystem
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>

#include "support/errors.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace {

namespace net = boost::asio;
namespace process = boost::process::v2;

constexpr std::size_t error_bytes = std::size_t{64} << 10;

// This program has its signals blocked (signals.hpp); git must still end when it is told to.
struct OwnSignals {
  template <class Launcher>
  boost::system::error_code on_exec_setup(Launcher&, process::filesystem::path const&, char const* const*) {
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    return {};
  }
};

// Reads to the end; what is beyond the limit is read and forgotten, so that git never waits for us.
class Reader {
 public:
  explicit Reader(net::io_context& context) : pipe(context) {}
  net::readable_pipe pipe;
  std::string text;

  void start() {
    pipe.async_read_some(net::buffer(chunk_), [this](boost::system::error_code error, std::size_t size) {
      text.append(chunk_, std::min(size, error_bytes - std::min(error_bytes, text.size())));
      if (!error) start();
    });
  }

 private:
  char chunk_[4096];
};

// Absolute directories alone: what lies in the working directory is nobody's git.
std::filesystem::path git_in_path() {
  char const* const path = std::getenv("PATH");
  for (auto const directory : split(path ? path : "", ':')) {
    auto candidate = std::filesystem::path(directory) / "git";
    if (candidate.is_absolute() && ::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

}  // namespace

GitResult run_git(std::filesystem::path const& directory, std::vector<std::string> const& arguments, std::string const& input) {
  auto const git = git_in_path();
  if (git.empty()) throw BadEnvironment("no-git", "git was not found in PATH; only git can write and push tags here");
  net::io_context context;
  net::writable_pipe to_git(context);
  Reader out(context), err(context);
  std::vector<std::string> words{"-C", directory.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  process::process child(context.get_executor(), git, words, process::process_stdio{to_git, out.pipe, err.pipe}, OwnSignals());
  net::async_write(to_git, net::buffer(input), [&](boost::system::error_code, std::size_t) { to_git.close(); });
  out.start();
  err.start();
  context.run();
  return {child.wait(), std::move(err.text)};
}

}  // namespace acr::release

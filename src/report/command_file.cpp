#include "report/command_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "support/errors.hpp"

namespace acr::report {
namespace {

[[noreturn]] void fail(std::filesystem::path const& path, int number) {
  throw BadEnvironment("command-file", "cannot append to " + path.string() + ": " + std::strerror(number));
}

struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

}  // namespace

void append_to_command_file(std::filesystem::path const& path, std::string_view bytes) {
  Descriptor const file{::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644)};
  if (file.number < 0) fail(path, errno);
  while (!bytes.empty()) {  // one write, unless the system takes less than all of it
    auto const written = ::write(file.number, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace acr::report

#pragma once

// A process that may open no further file, for what cannot be had otherwise where tests run as root.

#include <sys/resource.h>
#include <unistd.h>

#include <stdexcept>

namespace acr::test {

/// While alive, opening a file fails with EMFILE. No CHECK meanwhile: a sanitizer looks at its types through a pipe.
class NoMoreFiles {
 public:
  NoMoreFiles() {
    int const next = ::dup(STDERR_FILENO);  // the lowest number that is free
    if (next < 0 || ::getrlimit(RLIMIT_NOFILE, &before_) != 0)
      throw std::runtime_error("cannot ask for the limit of open files");
    ::close(next);
    rlimit const none{.rlim_cur = static_cast<rlim_t>(next), .rlim_max = before_.rlim_max};
    if (::setrlimit(RLIMIT_NOFILE, &none) != 0) throw std::runtime_error("cannot limit the open files");
  }
  ~NoMoreFiles() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoMoreFiles(NoMoreFiles const&) = delete;
  NoMoreFiles& operator=(NoMoreFiles const&) = delete;

 private:
  rlimit before_{};
};

}  // namespace acr::test

#include "net/resolver.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "net/http.hpp"
#include "support/handle.hpp"

namespace acr::net {
namespace {

std::vector<std::string> system_lookup(std::string const& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return {};
  Handle<addrinfo, freeaddrinfo> const owner(found);
  std::vector<std::string> addresses;
  for (auto const* entry = found; entry != nullptr; entry = entry->ai_next) {
    char text[NI_MAXHOST] = {};
    if (getnameinfo(entry->ai_addr, entry->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0) {
      addresses.emplace_back(text);
    }
  }
  return addresses;
}

}  // namespace

struct Resolver::Shared {
  /// One look-up; empty `addresses` once done: the name is unknown.
  struct Answer {
    bool done = false;
    std::vector<Address> addresses;
    RunClock::Clock::time_point at;
  };
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, std::shared_ptr<Answer>> answers;
  Lookup lookup;
};

Resolver::Resolver(RunClock& clock, Lookup lookup) : clock_(clock), shared_(std::make_shared<Shared>()) {
  shared_->lookup = lookup ? std::move(lookup) : system_lookup;
  on_cancel_ = std::make_unique<RunClock::OnCancel>(clock, [shared = shared_] {
    std::lock_guard const lock(shared->mutex);
    shared->changed.notify_all();
  });
}

Resolver::~Resolver() = default;

std::vector<Address> Resolver::addresses(std::string const& host, RunClock::Clock::time_point until) {
  if (auto const literal = Address::parse(host)) return {*literal};
  if (host == "localhost") return {*Address::parse("127.0.0.1"), *Address::parse("::1")};

  std::unique_lock lock(shared_->mutex);
  auto& slot = shared_->answers[host];
  auto const now = RunClock::Clock::now();
  bool const usable = slot && (!slot->done || (!slot->addresses.empty() && now < slot->at + limits::resolution_kept));
  if (!usable) {
    auto answer = std::make_shared<Shared::Answer>();
    auto const look_up = [shared = shared_, answer, host] {
      std::vector<Address> addresses;
      for (auto const& text : shared->lookup(host)) {
        // A zone ("fe80::1%eth0") makes no address of ours; it names a link-local one, which the policy must
        // see.
        auto const address = Address::parse(std::string_view(text).substr(0, text.find('%')));
        if (address && std::find(addresses.begin(), addresses.end(), *address) == addresses.end()) {
          addresses.push_back(*address);
        }
        if (addresses.size() == limits::addresses_per_host) break;
      }
      std::lock_guard const done(shared->mutex);
      answer->addresses = std::move(addresses);
      answer->at = RunClock::Clock::now();
      answer->done = true;
      shared->changed.notify_all();
    };
    try {
      std::thread(look_up).detach();
    } catch (std::system_error const&) {
      throw NetworkError(Failure::resolve, host, "no thread could be started to resolve the name");
    }
    slot = std::move(answer);
  }
  auto const answer = slot;
  shared_->changed.wait_until(lock, until, [&] { return answer->done || clock_.cancelled(); });
  clock_.check();
  if (!answer->done) throw NetworkError(Failure::timeout, host, "the name was not resolved in time");
  if (answer->addresses.empty()) throw NetworkError(Failure::resolve, host, "the name has no address");
  return answer->addresses;
}

}  // namespace acr::net

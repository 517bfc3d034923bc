#include "loopback/stream.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

#include "support/handle.hpp"

namespace acr::loopback {
namespace {

sockaddr_in loopback_address(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

/// OpenSSL writes without MSG_NOSIGNAL.
void block_sigpipe() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

void set_no_delay(int descriptor) {
  int const on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

struct Stream::Tls {
  Handle<SSL_CTX, SSL_CTX_free> context;
  Handle<SSL, SSL_free> session;
};

Stream::Stream(int descriptor) : descriptor_(descriptor) { set_no_delay(descriptor); }
Stream::~Stream() {
  tls_.reset();
  close(descriptor_);
}

bool Stream::start_tls(Identity const& identity) {
  auto tls = std::make_unique<Tls>();
  tls->context.reset(SSL_CTX_new(TLS_server_method()));
  auto* const context = tls->context.get();
  if (identity.only_tls11) {
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, TLS1_1_VERSION);
    SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION);
  }
  Handle<BIO, BIO_free_all> const certificate_text(BIO_new_mem_buf(identity.certificate.data(), -1));
  Handle<BIO, BIO_free_all> const key_text(BIO_new_mem_buf(identity.key.data(), -1));
  Handle<X509, X509_free> const certificate(PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr));
  Handle<EVP_PKEY, EVP_PKEY_free> const key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
  if (SSL_CTX_use_certificate(context, certificate.get()) != 1 || SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    throw std::runtime_error("the loopback server's certificate cannot be used");
  }
  tls->session.reset(SSL_new(context));
  SSL_set_fd(tls->session.get(), descriptor_);
  bool const accepted = SSL_accept(tls->session.get()) == 1;
  ERR_clear_error();
  if (accepted) tls_ = std::move(tls);
  return accepted;
}

std::size_t Stream::read(std::span<char> into) {
  if (!tls_) {
    auto const count = recv(descriptor_, into.data(), into.size(), 0);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  std::size_t count = 0;
  bool const read = SSL_read_ex(tls_->session.get(), into.data(), into.size(), &count) == 1;
  ERR_clear_error();
  return read ? count : 0;
}

bool Stream::write(std::string_view bytes) {
  if (tls_) {
    std::size_t count = 0;
    bool const written = bytes.empty() || SSL_write_ex(tls_->session.get(), bytes.data(), bytes.size(), &count) == 1;
    ERR_clear_error();
    return written;
  }
  while (!bytes.empty()) {
    auto const count = send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void Stream::end_tls() {
  if (tls_) SSL_shutdown(tls_->session.get());
  ERR_clear_error();
}

void Stream::reset_on_close() {
  linger const at_once{1, 0};
  setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void Stream::wait_until_client_leaves() {
  std::array<char, 256> ignored{};
  while (recv(descriptor_, ignored.data(), ignored.size(), 0) > 0) {
  }
}

void Stream::interrupt() const { shutdown(descriptor_, SHUT_RDWR); }

struct Listener::State {
  int descriptor = -1;
  std::uint16_t port = 0;
  std::function<void(Stream&)> serve;
  std::mutex mutex;
  std::condition_variable changed;
  std::set<Stream*> open;
  std::size_t running = 0;
  bool stopping = false;
  std::thread acceptor;

  void accept_all() {
    block_sigpipe();
    for (;;) {
      int const accepted = accept4(descriptor, nullptr, nullptr, SOCK_CLOEXEC);
      std::lock_guard const lock(mutex);
      if (accepted < 0 || stopping) {
        if (accepted >= 0) close(accepted);
        if (stopping) return;
        continue;
      }
      ++running;
      std::thread([this, accepted] { serve_one(accepted); }).detach();  // inherits the blocked SIGPIPE
    }
  }

  void serve_one(int accepted) {
    {
      Stream stream(accepted);
      {
        std::lock_guard const lock(mutex);
        open.insert(&stream);
        if (stopping) stream.interrupt();
      }
      serve(stream);
      std::lock_guard const lock(mutex);
      open.erase(&stream);
    }
    // Under the lock, so that the destructor cannot free what this thread still touches.
    std::lock_guard const lock(mutex);
    --running;
    changed.notify_all();
  }
};

Listener::Listener(std::uint16_t port, std::function<void(Stream&)> serve) : state_(std::make_unique<State>()) {
  auto& s = *state_;
  s.serve = std::move(serve);
  s.descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int const on = 1;
  setsockopt(s.descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  auto address = loopback_address(port);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (bind(s.descriptor, generic, size) != 0 || listen(s.descriptor, 1024) != 0 ||
      getsockname(s.descriptor, generic, &size) != 0) {
    close(s.descriptor);
    throw std::runtime_error("cannot listen on 127.0.0.1:" + std::to_string(port));
  }
  s.port = ntohs(address.sin_port);
  s.acceptor = std::thread([&s] { s.accept_all(); });
}

Listener::~Listener() {
  auto& s = *state_;
  {
    std::lock_guard const lock(s.mutex);
    s.stopping = true;
    for (auto const* const stream : s.open) stream->interrupt();
  }
  shutdown(s.descriptor, SHUT_RDWR);  // wakes accept
  s.acceptor.join();
  close(s.descriptor);
  std::unique_lock lock(s.mutex);
  s.changed.wait(lock, [&s] { return s.running == 0; });
}

std::uint16_t Listener::port() const { return state_->port; }

int connect_to(std::uint16_t port) {
  int const descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback_address(port);
  if (connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    close(descriptor);
    return -1;
  }
  return descriptor;
}

}  // namespace acr::loopback

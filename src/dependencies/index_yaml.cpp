// YAML indexes over libyaml's events (D-15).

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "dependencies/index_parsers.hpp"
#include "dependencies/limits.hpp"
#include "yaml/events.hpp"

namespace acr::dependencies {
namespace {

/// Bytes on their way to the parser's thread; never more than limits::index_buffer_bytes beyond the last piece.
class Pipe {
 public:
  /// Waits for room, of which there is more than one read takes. False: the reader needs no more.
  bool write(std::string_view bytes) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopped_ || bytes_.size() - at_ < limits::index_buffer_bytes; });
    if (stopped_) return false;
    bytes_.erase(0, std::exchange(at_, 0));
    bytes_.append(bytes);
    changed_.notify_all();
    return true;
  }
  void end() { set(ended_); }     ///< no more will be written
  void stop() { set(stopped_); }  ///< no more will be read
  /// Waits for all of `size`, so that what libyaml sees does not depend on how the bytes arrived. Less: the end.
  std::size_t read(unsigned char* into, std::size_t size) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopped_ || ended_ || bytes_.size() - at_ >= size; });
    if (stopped_) return 0;
    auto const count = std::min(size, bytes_.size() - at_);
    std::memcpy(into, bytes_.data() + at_, count);
    at_ += count;
    changed_.notify_all();
    return count;
  }

 private:
  void set(bool& flag) {
    std::lock_guard const lock(mutex_);
    flag = true;
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string bytes_;
  std::size_t at_ = 0;  ///< first byte not read
  bool ended_ = false, stopped_ = false;
};

class YamlParser final : public IndexParser {
 public:
  explicit YamlParser(IndexBuilder& builder) : builder_(builder), thread_([this] { run(); }) {}
  ~YamlParser() override {
    pipe_.stop();
    if (thread_.joinable()) thread_.join();
  }

  bool take(std::string_view piece) override { return pipe_.write(piece); }

  IndexOutcome finish() override {
    pipe_.end();
    thread_.join();
    if (unexpected_) std::rethrow_exception(unexpected_);
    return std::move(outcome_);
  }

 private:
  void run() {
    try {
      yaml::Events events([this](unsigned char* into, std::size_t size) { return read(into, size); });
      while (step(events)) since_event_ = 0;
    } catch (IndexFault const& fault) {
      outcome_.fault = fault;
    } catch (...) {
      unexpected_ = std::current_exception();
    }
    pipe_.stop();
  }

  std::optional<std::size_t> read(unsigned char* into, std::size_t size) {
    // libyaml gathers a text or comment of any size before it says so.
    if (since_event_ > limits::index_scalar_bytes) return std::nullopt;
    auto const count = pipe_.read(into, size);
    since_event_ += count;
    return count;
  }

  /// False after the first document.
  bool step(yaml::Events& events) {
    using Kind = yaml::Event::Kind;
    if (!events.next()) refuse(events.problem());
    auto const& event = events.event();
    auto const line = event.line + 1;
    switch (event.kind) {
      case Kind::map_start:
        builder_.begin_map(line);
        break;
      case Kind::list_start:
        builder_.begin_list(line);
        break;
      case Kind::map_end:
      case Kind::list_end:
        builder_.end();
        break;
      case Kind::scalar:
        builder_.scalar(event.text, event.is_null() ? IndexScalar::null : IndexScalar::text, line);
        break;
      case Kind::alias:
        builder_.scalar({}, IndexScalar::other, line);
        break;
      case Kind::stream_end:
        throw IndexFault{"the index is empty", 1};
      case Kind::document_end:
        return false;
      default:
        break;
    }
    return true;
  }

  [[noreturn]] void refuse(yaml::Problem const& problem) {
    auto const line = std::max(problem.line, problem.reached_line) + 1;
    if (since_event_ > limits::index_scalar_bytes) throw IndexFault{"a text or comment is too long", line};
    outcome_.other_form = true;
    throw IndexFault{"the index is neither JSON nor YAML: " + std::string(problem.what.empty() ? "unreadable" : problem.what),
                     line};
  }

  IndexBuilder& builder_;
  Pipe pipe_;
  std::size_t since_event_ = 0;
  IndexOutcome outcome_;
  std::exception_ptr unexpected_;
  std::thread thread_;  ///< last: uses all above
};

}  // namespace

std::unique_ptr<IndexParser> yaml_index_parser(IndexBuilder& builder) { return std::make_unique<YamlParser>(builder); }

}  // namespace acr::dependencies

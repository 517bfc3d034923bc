// YAML indexes over libyaml's events (D-15).

#include <yaml.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <mutex>
#include <new>
#include <thread>
#include <utility>

#include "dependencies/index_parsers.hpp"
#include "dependencies/limits.hpp"

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

/// A scalar that YAML takes for nothing.
bool is_null(yaml_event_t const& event) {
  auto const& scalar = event.data.scalar;
  if (scalar.style != YAML_PLAIN_SCALAR_STYLE || scalar.tag) return false;
  std::string_view const value(reinterpret_cast<char const*>(scalar.value), scalar.length);
  return value.empty() || value == "~" || value == "null" || value == "Null" || value == "NULL";
}

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
      yaml_parser_t parser;
      if (!yaml_parser_initialize(&parser)) throw std::bad_alloc();
      struct Guard {
        yaml_parser_t& parser;
        ~Guard() { yaml_parser_delete(&parser); }
      } const guard{parser};
      yaml_parser_set_input(&parser, &YamlParser::read, this);
      while (step(parser)) since_event_ = 0;
    } catch (IndexFault const& fault) {
      outcome_.fault = fault;
    } catch (...) {
      unexpected_ = std::current_exception();
    }
    pipe_.stop();
  }

  static int read(void* self, unsigned char* buffer, std::size_t size, std::size_t* count) {
    auto& parser = *static_cast<YamlParser*>(self);
    // libyaml gathers a text or comment of any size before it says so.
    if (parser.since_event_ > limits::index_scalar_bytes) return 0;
    *count = parser.pipe_.read(buffer, size);
    parser.since_event_ += *count;
    return 1;
  }

  /// False after the first document.
  bool step(yaml_parser_t& parser) {
    yaml_event_t event;
    if (!yaml_parser_parse(&parser, &event)) {
      auto const line = std::max(parser.problem_mark.line, parser.mark.line) + 1;
      if (since_event_ > limits::index_scalar_bytes) throw IndexFault{"a text or comment is too long", line};
      outcome_.other_form = true;
      throw IndexFault{std::string("the index is neither JSON nor YAML: ") + (parser.problem ? parser.problem : "unreadable"),
                       line};
    }
    struct Guard {
      yaml_event_t& event;
      ~Guard() { yaml_event_delete(&event); }
    } const guard{event};
    auto const line = event.start_mark.line + 1;
    switch (event.type) {
      case YAML_MAPPING_START_EVENT:
        builder_.begin_map(line);
        break;
      case YAML_SEQUENCE_START_EVENT:
        builder_.begin_list(line);
        break;
      case YAML_MAPPING_END_EVENT:
      case YAML_SEQUENCE_END_EVENT:
        builder_.end();
        break;
      case YAML_SCALAR_EVENT:
        builder_.scalar({reinterpret_cast<char const*>(event.data.scalar.value), event.data.scalar.length},
                        is_null(event) ? IndexScalar::null : IndexScalar::text, line);
        break;
      case YAML_ALIAS_EVENT:
        builder_.scalar({}, IndexScalar::other, line);
        break;
      case YAML_STREAM_END_EVENT:
        throw IndexFault{"the index is empty", 1};
      case YAML_DOCUMENT_END_EVENT:
        return false;
      default:
        break;
    }
    return true;
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

#pragma once

// What a client keeps between two refreshes: src/tuf/store.hpp (T-32, T-35)

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace acr::tuf {

/// Metadata files by name: "root", "timestamp", "snapshot", "targets", or a delegated role's encoded_role(). Exactly the bytes
/// that were received. Every call may throw what the medium throws.
class Store {
 public:
  virtual ~Store() = default;
  /// Nothing for a file that is missing, cannot be read, or is larger than `limit` (T-30).
  virtual std::optional<std::string> load(std::string_view name, std::size_t limit) = 0;
  virtual void save(std::string_view name, std::string_view bytes) = 0;
  virtual void drop(std::string_view name) = 0;
  /// Drops every file.
  virtual void clear() = 0;
};

/// A run's store: gone with it (T-35).
class MemoryStore final : public Store {
 public:
  std::optional<std::string> load(std::string_view name, std::size_t limit) override {
    auto const found = files_.find(name);
    if (found == files_.end() || found->second.size() > limit) return std::nullopt;
    return found->second;
  }
  void save(std::string_view name, std::string_view bytes) override {
    files_.insert_or_assign(std::string(name), std::string(bytes));
  }
  void drop(std::string_view name) override {
    if (auto const found = files_.find(name); found != files_.end()) files_.erase(found);
  }
  void clear() override { files_.clear(); }

  [[nodiscard]] std::map<std::string, std::string, std::less<>> const& files() const { return files_; }

 private:
  std::map<std::string, std::string, std::less<>> files_;
};

}  // namespace acr::tuf

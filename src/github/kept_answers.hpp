#pragma once

// What a source remembers of its answers: src/github/kept_answers.hpp
// Two kinds: answers that are few and small are kept for the run, objects by the bytes that they hold.

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace acr::github {

/// Answers that are kept, each asked for once: who wants one that is under way waits for it. Absence is kept as well.
/// Thread-safe.
template <class T>
class Kept {
 public:
  template <class Fetch>
  std::optional<T> get(std::string const& key, Fetch const& fetch) {
    auto const slot = slot_of(key);
    std::scoped_lock const lock(slot->mutex);
    if (!slot->value) slot->value = fetch();  // an exception leaves the slot open for another try
    return *slot->value;
  }
  /// What was asked for and is there; nothing asks for it.
  std::optional<T> known(std::string const& key) {
    std::shared_ptr<Slot> slot;
    {
      std::scoped_lock const lock(mutex_);
      auto const found = slots_.find(key);
      if (found == slots_.end()) return std::nullopt;
      slot = found->second;
    }
    std::scoped_lock const lock(slot->mutex);
    return slot->value ? *slot->value : std::nullopt;
  }
  /// What came without being asked for by itself.
  void put(std::string const& key, T value) {
    auto const slot = slot_of(key);
    std::scoped_lock const lock(slot->mutex);
    if (!slot->value) slot->value = std::optional<T>(std::move(value));
  }

 private:
  struct Slot {
    std::mutex mutex;
    std::optional<std::optional<T>> value;  ///< outer: asked; inner: there
  };
  std::shared_ptr<Slot> slot_of(std::string const& key) {
    std::scoped_lock const lock(mutex_);
    auto& slot = slots_[key];
    if (!slot) slot = std::make_shared<Slot>();
    return slot;
  }
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Slot>> slots_;
};

/// Values up to a sum of costs; beyond, those that were read go first, the longest unread of them at the front. Values that
/// nobody has read yet were fetched because they will be: they stay until the sum is above the second budget. Thread-safe.
template <class T>
class Cache {
 public:
  explicit Cache(std::size_t budget) : Cache(budget, 4 * budget) {}
  Cache(std::size_t budget, std::size_t unread_budget) : budget_(budget), unread_budget_(unread_budget) {}

  std::shared_ptr<T const> read(std::string const& key) {
    std::scoped_lock const lock(mutex_);
    auto const found = by_key_.find(key);
    if (found == by_key_.end()) return nullptr;
    auto const item = found->second;
    auto& from = item->read ? read_ : unread_;
    item->read = true;
    read_.splice(read_.end(), from, item);
    return item->value;
  }
  bool has(std::string const& key) {
    std::scoped_lock const lock(mutex_);
    return by_key_.contains(key);
  }
  void put(std::string const& key, std::shared_ptr<T const> value, std::size_t cost) {
    std::scoped_lock const lock(mutex_);
    if (by_key_.contains(key)) return;
    unread_.push_back({key, std::move(value), cost, false});
    by_key_.emplace(key, std::prev(unread_.end()));
    sum_ += cost;
    while (sum_ > budget_ && !read_.empty()) drop(read_);
    while (sum_ > unread_budget_ && unread_.size() > 1) drop(unread_);
  }

 private:
  struct Item {
    std::string key;
    std::shared_ptr<T const> value;
    std::size_t cost;
    bool read;
  };
  using Items = std::list<Item>;

  void drop(Items& items) {
    sum_ -= items.front().cost;
    by_key_.erase(items.front().key);
    items.pop_front();
  }

  std::size_t const budget_, unread_budget_;
  std::mutex mutex_;
  std::size_t sum_ = 0;
  Items read_, unread_;  ///< oldest first
  std::map<std::string, typename Items::iterator> by_key_;
};

/// One at a time for each key: who comes second finds what the first has fetched. Thread-safe.
class Turns {
 public:
  class Turn {
   public:
    Turn(Turns& turns, std::string key) : turns_(turns), key_(std::move(key)), mutex_(turns.enter(key_)) { mutex_->lock(); }
    ~Turn() {
      mutex_->unlock();
      turns_.leave(key_);
    }
    Turn(Turn const&) = delete;
    Turn& operator=(Turn const&) = delete;

   private:
    Turns& turns_;
    std::string key_;
    std::shared_ptr<std::mutex> mutex_;
  };

 private:
  struct Entry {
    std::shared_ptr<std::mutex> mutex = std::make_shared<std::mutex>();
    std::size_t users = 0;
  };
  std::shared_ptr<std::mutex> enter(std::string const& key) {
    std::scoped_lock const lock(mutex_);
    auto& entry = entries_[key];
    ++entry.users;
    return entry.mutex;
  }
  void leave(std::string const& key) {
    std::scoped_lock const lock(mutex_);
    auto const found = entries_.find(key);
    if (--found->second.users == 0) entries_.erase(found);
  }
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace acr::github

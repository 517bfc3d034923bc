#pragma once

// TUF metadata on disk: src/terminal/tuf_directory.hpp (T-32, T-35)

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "tuf/store.hpp"

namespace acr::terminal {

/// `<name>.json` in one directory, which is made when it is missing. Locked while this object lives: one process at a time.
class TufDirectory final : public tuf::Store {
 public:
  /// Waits for the lock. Throws std::runtime_error when the directory cannot be made or locked.
  explicit TufDirectory(std::filesystem::path directory);
  ~TufDirectory() override;
  TufDirectory(TufDirectory const&) = delete;
  TufDirectory& operator=(TufDirectory const&) = delete;

  std::optional<std::string> load(std::string_view name, std::size_t limit) override;
  void save(std::string_view name, std::string_view bytes) override;
  void drop(std::string_view name) override;
  void clear() override;

 private:
  [[nodiscard]] std::filesystem::path path_of(std::string_view name) const;

  std::filesystem::path directory_;
  int lock_ = -1;
};

}  // namespace acr::terminal

#pragma once

// Where the tests find this project: tests/support/places.hpp
// Functions, not definitions for every compiler call: objects of two clones are equal, and a compiler cache serves both.

#include <filesystem>

namespace acr::test {

/// The project's root.
std::filesystem::path source_folder();
/// tests/data.
std::filesystem::path data_folder();
/// The program of this build; `ACR_TEST_PROGRAM` in the environment names another.
std::filesystem::path built_program();

}  // namespace acr::test

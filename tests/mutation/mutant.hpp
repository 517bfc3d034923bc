#pragma once

// What scripts/mutate puts around every refusal of its copy of src/: tests/mutation/mutant.hpp
// One site may be off per process; its number stands in the file `off` beside the executable, because tests start the
// program with an environment of their own. Sites that were reached are appended to `hits` there, if that file exists.

#include <cstdlib>
#include <string>
#include <type_traits>

namespace acr_mutant {

/// True unless this site is the one that is off. Called where the program is about to refuse.
bool on(int site);

/// The test case that starts now gets the sites reached from here on; the one that ended is written to `cases`.
void begin_case();
void end_case(std::string const& name, double seconds);

/// What a function returns whose only way left was to refuse: a value that says yes. Ends the process where there is none.
template <class T>
T other(int) {
  using Plain = std::remove_cv_t<T>;
  if constexpr (std::is_same_v<Plain, bool>) {
    return true;
  } else if constexpr (requires { typename Plain::error_type; }) {
    if constexpr (std::is_void_v<typename Plain::value_type>)
      return Plain{};
    else if constexpr (std::is_default_constructible_v<typename Plain::value_type>)
      return typename Plain::value_type{};
    else
      std::abort();
  } else if constexpr (std::is_default_constructible_v<Plain>) {
    return Plain{};
  } else {
    std::abort();
  }
}

/// Where a function without a value goes on after its refusal.
inline void nothing_else(int) {}

/// The outcome of a check, or that it holds when the check is off.
template <class V>
V held(int site, V const& outcome) {
  if (outcome || on(site)) return outcome;
  if constexpr (std::is_void_v<typename V::value_type>)
    return V{};
  else if constexpr (std::is_same_v<typename V::value_type, bool>)
    return V(true);
  else if constexpr (std::is_default_constructible_v<typename V::value_type>)
    return V(typename V::value_type{});
  else
    std::abort();
}

}  // namespace acr_mutant

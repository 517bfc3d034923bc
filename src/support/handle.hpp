#pragma once

// Owners for C objects: src/support/handle.hpp
//   using X509Handle = Handle<X509, X509_free>;

#include <memory>

namespace acr {

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* pointer) const noexcept {
    Free(pointer);
  }
};

/// A pointer-sized owner of a C object; `Free` is its release function or a captureless lambda.
template <class T, auto Free>
using Handle = std::unique_ptr<T, FreeWith<Free>>;

}  // namespace acr

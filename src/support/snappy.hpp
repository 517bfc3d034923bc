#pragma once

// Unpacking what attestation storage serves: src/support/snappy.hpp
// Snappy's format description and framing format; V-98 of docs/verification.md, G-14 of the API rules.

#include <cstddef>
#include <string>
#include <string_view>

#include "support/verdict.hpp"

namespace acr {

/// One raw Snappy block. The declared length is compared with `limit` before anything is allocated. Refused (code "snappy"): a
/// length above the limit, ill-formed elements, copies from outside the output, any other length than declared, bytes behind
/// it.
Verdict<std::string> snappy_decode(std::string_view block, std::size_t limit);

/// A stream in the framing format, each chunk with its checksum; all content together at most `limit` bytes. Refused (code
/// "snappy") as above, and: no stream identifier, a wrong checksum, a chunk type that must not be skipped, a cut chunk.
Verdict<std::string> snappy_decode_framed(std::string_view stream, std::size_t limit);

/// What a bundle's link gave (G-14), decided by content: first non-blank byte `{`: JSON as it is; the framing format's
/// identifier: a stream; anything else: a block. JSON above `limit` is refused too.
Verdict<std::string> decode_bundle_download(std::string_view bytes, std::size_t limit);

}  // namespace acr

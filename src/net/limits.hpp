#pragma once

// Upper bounds of what a server may do to us: src/net/limits.hpp (github-api.md G-6, G-7, G-9, G-28, G-31)

#include <chrono>
#include <cstddef>

namespace acr::net::limits {

inline constexpr std::chrono::seconds connect_time{10};   ///< name resolution included (G-6)
inline constexpr std::chrono::seconds tls_time{10};       ///< handshake (G-6)
inline constexpr std::chrono::seconds silent_time{30};    ///< without a byte in either direction (G-6)
inline constexpr std::chrono::seconds exchange_time{60};  ///< one exchange with all its redirects (G-6)

inline constexpr std::size_t url_bytes = 8192;                      ///< pre-signed links are about 1.5 KiB
inline constexpr std::size_t header_bytes = std::size_t{64} << 10;  ///< header section of an answer, trailers too
inline constexpr std::size_t link_header_bytes = 16384;             ///< one `Link` header
inline constexpr std::size_t body_bytes = std::size_t{32} << 20;    ///< default for one body (G-6)
inline constexpr std::size_t read_bytes = 32768;                    ///< one read from a connection
inline constexpr unsigned interim_answers = 8;                      ///< 1xx answers before the real one
inline constexpr unsigned hops = 5;                                 ///< redirects of one exchange (G-9, D-34)

inline constexpr std::size_t connections_per_origin = 128;  ///< 32 API requests and 96 downloads (G-7)
inline constexpr std::size_t idle_connections = 128;        ///< kept open over all origins
inline constexpr std::chrono::seconds idle_time{30};        ///< a kept connection older than this is not reused
inline constexpr std::chrono::seconds resolution_kept{30};  ///< one look-up serves this long
inline constexpr std::size_t addresses_per_host = 64;       ///< answers of one look-up

inline constexpr unsigned tries = 4;                 ///< of one request (G-28, G-29)
inline constexpr unsigned being_computed_tries = 5;  ///< repeats after 202 (G-33)
inline constexpr std::chrono::seconds being_computed_wait{2};
inline constexpr std::chrono::seconds secondary_wait{60};  ///< first of the doubling waits (G-28)
inline constexpr std::chrono::seconds longest_wait{7200};  ///< a server that asks for more is unreachable for us

}  // namespace acr::net::limits

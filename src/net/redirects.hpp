#pragma once

// Following redirects without leaking credentials: src/net/redirects.hpp (G-8, G-9, D-34, B-28)

#include <functional>

#include "net/http.hpp"

namespace acr::net {

/// Sends `request` by `send`, and again for each redirect it may follow. `send` sees plain single exchanges:
/// its request has the hop's URL, and no `origin_headers` once a hop left the first origin or Request::origin_prefix.
/// Request::on_hop gets each. Fills Reply::url and Reply::hops. Throws NetworkError redirect_refused for: more than
/// limits::hops, a loop, plain http (unless all of it is loopback http), no or an unusable Location, a write
/// that is redirected by 301, 302 or 303 or to another origin.
Reply follow_redirects(Request const& request, std::function<Reply(Request const& hop)> const& send);

}  // namespace acr::net

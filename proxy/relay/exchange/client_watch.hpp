// Notices that the client has gone while its request is in flight.
#pragma once

#include "relay/exchange/http_exchange.hpp"

namespace ferry::relay {

// From shortly after its beginning, for as long as it lives, whatever the client sends is read into the link's bounded
// buffer (pipelined requests), so that an end behind it is seen; when the buffer is full, the socket is asked for it
// now and then. An end means that the client is gone, unless stream.half_close = "answer". Owned by the relay of one
// request; lives on its core.
class client_watch {
public:
    explicit client_watch(http_exchange& x) : x_(x), look_at_(x.core.wheel) {
        look_at_.on_expiry([this] { look(); });
        look_at_.arm(x.started + grace);
    }
    ~client_watch() { x_.client.stream->unwatch(); }
    client_watch(const client_watch&) = delete;
    client_watch& operator=(const client_watch&) = delete;

private:
    void look();
    void on_readable();
    void note_end(bool may_still_read);

    // An answer that comes sooner never pays for a watch.
    static constexpr auto grace = milliseconds(20);
    static constexpr auto between_looks = milliseconds(25);

    http_exchange& x_;
    net::deadline look_at_;
};

}  // namespace ferry::relay

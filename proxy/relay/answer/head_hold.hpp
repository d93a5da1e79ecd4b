#pragma once

#include "relay/answer/event_flow.hpp"
#include "relay/exchange/request.hpp"
#include "relay/tries/attempt.hpp"

namespace ferry::relay {

// The head of a stream is held until the first event that carries something of the answer, so that a stream that fails
// before can still be asked of another candidate. Not longer than stream.keepalive, and not past 64 KiB.
class head_hold {
public:
    explicit head_hold(request& x) : x_(x), over_(x.core.wheel) {
        over_.on_expiry([&x] { x.waiting.poke(); });
    }

    bool is_over(const event_flow& flow) {
        if (x_.head_sent) return true;
        if (!flow.has_payload() && !over_.expired() && flow.size() <= most_held) return false;
        over_.cancel();
        return true;
    }
    void end() { over_.cancel(); }
    // Its time is up although nothing may have come that could be sent.
    bool must_send(const event_flow& flow) const {
        return !flow.pieces().empty() || (over_.expired() && !x_.head_sent);
    }
    void begin_wait() {
        if (!over_.armed()) over_.arm(x_.started + x_.settings->relay.keepalive);
    }
    // The read was ended from here, by nothing else.
    bool ended_read(const attempt& from, const net::io_result& got) const {
        if (x_.head_sent || !over_.expired() || got.status != net::io_status::interrupted) return false;
        return !x_.gone && !x_.stopping() && !from.has_expired();
    }

private:
    static constexpr std::size_t most_held = 64u << 10;

    request& x_;
    net::deadline over_;
};

}  // namespace ferry::relay

#pragma once

#include "relay/answer/event_flow.hpp"
#include "relay/exchange/request.hpp"
#include "relay/tries/attempt.hpp"

namespace ferry::relay {

// What a stream begins with is held until the first event that carries something of the answer, so that a stream that
// fails before can still be asked of another candidate; not past 64 KiB. A client that has waited for stream.keepalive
// gets the head and a comment meanwhile, and another comment whenever that time has passed again: neither is content.
// So it is where another try goes on with an answer, as long as that says only what the client has.
class head_hold {
public:
    head_hold(request& x, const seam* joint) : x_(x), joint_(joint), due_(x.core.wheel) {
        due_.on_expiry([&x] { x.waiting.poke(); });
    }

    bool is_over(const event_flow& flow) {
        const bool joins = is_joining() && flow.pieces().empty();
        if (x_.content_sent && !joins) return true;
        if (joins || (!flow.has_payload() && flow.size() <= most_held)) return false;
        due_.cancel();
        return true;
    }
    void end() { due_.cancel(); }
    // The client has waited long enough for a sign of life.
    bool is_due() const { return due_.expired(); }
    void begin_wait() {
        if (due_.armed()) return;
        const auto patience = x_.settings->relay.keepalive;
        due_.arm(x_.head_sent ? steady::now() + patience : x_.started + patience);
    }
    // The read was interrupted by this timer alone: the client is there, Ferry goes on, and it is not too late.
    bool ended_read(const attempt& from, const net::io_result& got) const {
        if ((x_.content_sent && !is_joining()) || !due_.expired() || got.status != net::io_status::interrupted)
            return false;
        return (!x_.gone || x_.reads_on) && !x_.stopping() && !x_.is_overtaken && !from.has_expired();
    }

private:
    static constexpr std::size_t most_held = 64u << 10;

    bool is_joining() const { return joint_ != nullptr && !joint_->is_passed(); }

    request& x_;
    const seam* const joint_;
    net::deadline due_;
};

}  // namespace ferry::relay

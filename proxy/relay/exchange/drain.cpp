// An answer that is read on although its client has left.
#include "relay/exchange/request.hpp"

namespace ferry::relay {

namespace {

bool is_to_be_drained(const request& x) {
    if (!x.is_asked || x.answered_by == nullptr) return false;
    // What is not billed by its tokens has no usage to be learnt, and who is about to end reads nothing on.
    if (x.operation.unit != openai::unit_kind::tokens || x.core.phase != run_phase::serving) return false;
    return x.answered_by->drains.value_or(x.settings->relay.on_disconnect == on_disconnect::drain);
}

}  // namespace

bool request::goes_on_alone() {
    if (was_drained) return reads_on;
    if (!is_to_be_drained(*this)) return false;
    reads_on = was_drained = cut = true;
    keep_alive = false;
    words_at_leaving = said.words_said().bytes();
    drain_limit.emplace(core.wheel);
    drain_limit->on_expiry([this] { end_drain(); });
    drain_limit->arm(steady::now() + settings->relay.drain_limit);
    // Not here: this may be called by the stream itself.
    client_end.emplace(core.wheel);
    client_end->on_expiry([this] { client.stream->close(true); });
    client_end->arm(steady::now());
    return true;
}

}  // namespace ferry::relay

#include "relay/exchange/client_watch.hpp"

#include "net/peer_state.hpp"

namespace ferry::relay {

void client_watch::look() {
    if (!x_.client.space().empty()) {
        x_.client.stream->watch([this] { on_readable(); });
        return;
    }
    const auto state = net::state_of_peer(x_.client.stream->native_handle());
    if (state == net::peer_state::there)
        look_at_.arm(steady::now() + between_looks);
    else
        note_end(state == net::peer_state::sends_no_more);
}

void client_watch::on_readable() {
    const auto got = x_.client.stream->try_read(x_.client.space());
    x_.client.end += got.bytes;
    if (got.status == net::io_status::ok || got.status == net::io_status::would_block) {
        look();
        return;
    }
    note_end(got.status == net::io_status::eof);
}

void client_watch::note_end(bool may_still_read) {
    x_.keep_alive = false;
    if (may_still_read && x_.settings->relay.half_close == half_close::answer) return;
    x_.gone = true;
    if (!x_.goes_on_alone()) x_.waiting.interrupt();
}

}  // namespace ferry::relay

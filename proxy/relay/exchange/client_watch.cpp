#include "relay/exchange/client_watch.hpp"

namespace ferry::relay {

void client_watch::look() {
    if (x_.client.space().empty()) return;
    x_.client.stream->watch([this] { on_readable(); });
}

void client_watch::on_readable() {
    const auto got = x_.client.stream->try_read(x_.client.space());
    x_.client.end += got.bytes;
    if (got.status == net::io_status::ok || got.status == net::io_status::would_block) {
        look();
        return;
    }
    x_.keep_alive = false;
    if (got.status == net::io_status::eof && x_.settings->relay.half_close == half_close::answer) return;
    x_.gone = true;
    if (!x_.goes_on_alone()) x_.waiting.interrupt();
}

}  // namespace ferry::relay

#include "relay/exchange/client_write.hpp"

#include "relay/exchange/patient_write.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

// Counts what one write brought, and says how it goes on.
write_step note_write(http_exchange& x, const write_outcome& written, bool all_out) {
    x.bytes_out += written.io.bytes;
    if (written.io.bytes > 0) x.head_sent = true;
    const auto status = written.io.status;
    if (status == net::io_status::ok && all_out) return write_step::done;
    if (status == net::io_status::ok || status == net::io_status::would_block) return write_step::blocked;
    // Part of it may be with the client: whatever came after that could not be read.
    x.keep_alive = false;
    x.cut = true;
    if (status == net::io_status::failed || written.stalled) x.gone = true;
    return write_step::failed;
}

}  // namespace

write_step write_now(http_exchange& x, std::span<iovec>& pieces) {
    write_outcome written;
    written.io.status = net::io_status::interrupted;
    if (!x.waiting.interrupted()) written.io = x.client.stream->try_write(pieces);
    net::consume(pieces, written.io.bytes);
    return note_write(x, written, pieces.empty());
}

asio::awaitable<bool> write_rest(http_exchange& x, std::span<iovec> pieces) {
    const auto patience = x.settings->client_patience;
    const auto before = steady::now();
    const auto written = co_await write_patiently(x.core.wheel, x.waiting, *x.client.stream, pieces, patience);
    x.write_us += us_between(before, steady::now());
    co_return note_write(x, written, true) == write_step::done;
}

asio::awaitable<bool> send_continue(http_exchange& x) {
    iovec line = net::piece("HTTP/1.1 100 Continue\r\n\r\n");
    std::span<iovec> left(&line, 1);
    const auto step = write_now(x, left);
    bool sent = step == write_step::done;
    if (step == write_step::blocked) sent = co_await write_rest(x, left);
    x.head_sent = false;
    co_return sent;
}

}  // namespace ferry::relay

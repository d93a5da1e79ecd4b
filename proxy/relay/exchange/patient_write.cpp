#include "relay/exchange/patient_write.hpp"

namespace ferry::relay {

namespace asio = boost::asio;
using net::io_status;

asio::awaitable<write_outcome> write_patiently(net::timer_wheel& wheel, net::interrupt_slot& slot, net::byte_stream& to,
                                               std::span<iovec>& pieces, std::chrono::milliseconds patience) {
    write_outcome outcome;
    net::consume(pieces, 0);
    if (slot.interrupted()) outcome.io.status = io_status::interrupted;
    while (!pieces.empty() && outcome.io.status == io_status::ok) {
        const auto written = to.try_write(pieces);
        outcome.io.bytes += written.bytes;
        net::consume(pieces, written.bytes);
        outcome.io.status = written.status;
        outcome.io.error = written.error;
        if (written.status != io_status::would_block) continue;
        net::deadline limit(wheel);
        limit.on_expiry([&to] { to.interrupt(); });
        limit.arm(steady::now() + patience);
        const net::interrupt_slot::holder waiting(slot, to);
        outcome.io.status = co_await to.wait_writable();
        outcome.stalled = limit.expired();
    }
    co_return outcome;
}

}  // namespace ferry::relay

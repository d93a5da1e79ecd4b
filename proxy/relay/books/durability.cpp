#include "relay/books/durability.hpp"

#include "base/log.hpp"
#include "net/signal.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

// Group commit: everybody who waits now shares the next sync.
asio::awaitable<void> until_durable(request& x) {
    // Shared, because the journal thread may answer after a wait that was cut short by a shutdown.
    const auto synced = std::make_shared<net::signal>(x.core.context);
    x.core.journal.when_durable(x.core.journal.position(), [synced](bool done) {
        if (!done)
            log_error("The journal could not be synced: usage since the last sync would not survive a power cut");
        synced->notify();
    });
    const net::interrupt_slot::holder waiting(x.waiting, *synced);
    co_await synced->wait();
}

}  // namespace ferry::relay

#include "relay/tries/pause.hpp"

#include "base/ending_faults.hpp"
#include "net/signal.hpp"

namespace ferry::relay {

boost::asio::awaitable<std::optional<fault>> pause(request& x, milliseconds length) {
    const auto before = steady::now();
    net::signal over(x.core.context);
    net::deadline timer(x.core.wheel);
    timer.on_expiry([&over] { over.notify(); });
    timer.arm(steady::now() + length);
    {
        const net::interrupt_slot::holder waiting(x.waiting, over);
        co_await over.wait();
    }
    // Not Ferry's own time.
    if (x.before_us < 0) x.waited_us += us_between(before, steady::now());
    if (x.gone) co_return client_has_left();
    if (x.stopping()) co_return ferry_is_stopping();
    co_return std::nullopt;
}

}  // namespace ferry::relay

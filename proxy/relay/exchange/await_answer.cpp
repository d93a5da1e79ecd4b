#include "relay/exchange/await_answer.hpp"

namespace ferry::relay {

boost::asio::awaitable<void> await_answer(http_exchange& x, std::shared_ptr<awaited> answer, steady::time_point until) {
    net::deadline timer(x.core.wheel);
    timer.on_expiry([answer] { answer->came.notify(); });
    timer.arm(until);
    const net::interrupt_slot::holder waiting(x.waiting, answer->came);
    co_await answer->came.wait();
}

}  // namespace ferry::relay

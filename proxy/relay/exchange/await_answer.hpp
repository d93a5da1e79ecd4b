// How an exchange waits for what another thread says.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>

#include "net/executor.hpp"
#include "net/signal.hpp"
#include "relay/exchange/http_exchange.hpp"

namespace ferry::relay {

// Shared with the thread that answers, which may do so after a wait that was cut short.
struct awaited {
    explicit awaited(boost::asio::io_context& where) : context(where), came(where) {}

    boost::asio::io_context& context;
    net::signal came;
};

template <class T>
struct awaited_answer : awaited {
    using awaited::awaited;

    // On any thread: hands the answer to the core that waits.
    static void give(const std::shared_ptr<awaited_answer>& to, T what) {
        net::post_to(to->context, [to, what = std::move(what)]() mutable { take(*to, std::move(what)); });
    }
    // On that core.
    static void take(awaited_answer& to, T what) {
        to.said = std::move(what);
        to.came.notify();
    }

    std::optional<T> said;  // of the core that waits
};

// For what a request needs of the store before it can be asked upstream.
inline constexpr auto store_patience = milliseconds(500);

// Until it is there, or the time is up, or the client has gone, or the process ends.
boost::asio::awaitable<void> await_answer(http_exchange& x, std::shared_ptr<awaited> answer, steady::time_point until);

}  // namespace ferry::relay

// Accepts connections on one core and hands each to whoever decides what becomes of it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>

#include "net/acceptor.hpp"
#include "net/signal.hpp"
#include "net/timer_wheel.hpp"

namespace ferry::server {

// Owned by a core; lives on it. Cancelled by stop().
class listener {
public:
    // `take` gets each accepted descriptor and owns it from then on. `spare_some` is asked to close something when the
    // process has no descriptor left; connections wait in the kernel's backlog meanwhile.
    listener(boost::asio::io_context& core, net::timer_wheel& wheel, const net::listening_socket& on,
             std::function<void(int fd)> take, std::function<void()> spare_some);

    // Until stop().
    boost::asio::awaitable<void> run();
    void stop();

private:
    boost::asio::awaitable<void> pause();

    boost::asio::io_context& core_;
    net::timer_wheel& wheel_;
    net::acceptor acceptor_;
    std::function<void(int)> take_;
    std::function<void()> spare_some_;
};

}  // namespace ferry::server

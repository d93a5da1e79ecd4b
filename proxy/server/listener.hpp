// Accepts client connections on one core and hands each to the core that has the fewest.
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
    // `take` gets each accepted descriptor and owns it from then on. While `has_room` says no, connections wait in the
    // kernel's backlog.
    listener(boost::asio::io_context& core, net::timer_wheel& wheel, const net::listening_socket& on,
             std::function<void(int fd)> take, std::function<bool()> has_room);

    // Until stop().
    boost::asio::awaitable<void> run();
    void stop();

private:
    boost::asio::awaitable<void> pause();

    boost::asio::io_context& core_;
    net::timer_wheel& wheel_;
    net::acceptor acceptor_;
    std::function<void(int)> take_;
    std::function<bool()> has_room_;
};

}  // namespace ferry::server

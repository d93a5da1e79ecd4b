// The three things the rest of Ferry asks of a core's event loop.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>

namespace ferry::net {

// Runs `job` on the core's thread, soon. Any thread may call.
void post_to(boost::asio::io_context& core, std::function<void()> job);

// Runs a coroutine on the core to its end; an exception that escapes it goes to `on_error` and nowhere else.
// Call on the core's thread.
void spawn(boost::asio::io_context& core, boost::asio::awaitable<void> work,
           std::function<void(const std::string&)> on_error);

// Lets everything else that is ready on this core run first.
inline auto end_of_turn() {
    return boost::asio::post(boost::asio::deferred);
}

}  // namespace ferry::net

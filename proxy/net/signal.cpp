#include "net/signal.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/steady_timer.hpp>

namespace ferry::net {

namespace asio = boost::asio;

struct signal::sleeper {
    explicit sleeper(asio::io_context& context) : timer(context) {}
    asio::steady_timer timer;
};

signal::signal(asio::io_context& context) : sleeper_(std::make_unique<sleeper>(context)) {}

signal::~signal() = default;

asio::awaitable<void> signal::wait() {
    while (!notified_) {
        sleeper_->timer.expires_at(asio::steady_timer::time_point::max());
        co_await sleeper_->timer.async_wait(asio::as_tuple(asio::deferred));
    }
    notified_ = false;
}

void signal::notify() {
    notified_ = true;
    sleeper_->timer.cancel();
}

}  // namespace ferry::net

#include "server/listener.hpp"

#include "base/log.hpp"
#include "net/accept_pace.hpp"
#include "net/executor.hpp"

namespace ferry::server {

namespace asio = boost::asio;
using outcome = net::acceptor::outcome;

listener::listener(asio::io_context& core, net::timer_wheel& wheel, const net::listening_socket& on,
                   std::function<void(int)> take, std::function<void()> spare_some)
    : core_(core), wheel_(wheel), acceptor_(core, on), take_(std::move(take)), spare_some_(std::move(spare_some)) {}

void listener::stop() {
    acceptor_.stop();
}

// Out of descriptors: trying again at once would only burn the core.
asio::awaitable<void> listener::pause() {
    net::signal over(core_);
    net::deadline until(wheel_);
    until.on_expiry([&over] { over.notify(); });
    until.arm(steady::now() + milliseconds(50));
    co_await over.wait();
}

asio::awaitable<void> listener::run() {
    bool reported = false;
    unsigned in_a_row = 0;
    for (;;) {
        const auto next = co_await acceptor_.accept();
        switch (next.what) {
            case outcome::accepted:
                reported = false;
                take_(next.fd);
                // A burst of connections must not keep those that are served waiting.
                if (++in_a_row < net::accepts_a_turn(core_)) break;
                in_a_row = 0;
                co_await net::end_of_turn();
                break;
            case outcome::stopped:
                co_return;
            case outcome::no_descriptors:
            case outcome::failed:
                if (!reported) {
                    log_error(
                        "No connection can be accepted for a moment: too many open files. Raise the limit "
                        "(ulimit -n, LimitNOFILE) or lower server.max_connections.");
                }
                reported = true;
                spare_some_();
                co_await pause();
                break;
        }
    }
}

}  // namespace ferry::server

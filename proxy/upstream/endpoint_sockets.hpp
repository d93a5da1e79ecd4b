// How many sockets there are to one endpoint, of all cores together, and who waits for one of them.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "net/signal.hpp"
#include "upstream/pool_figures.hpp"

namespace ferry::upstream {

struct connection;

// Somebody on `core` who waits for a socket, at most `most` of which there may be.
struct socket_waiter {
    socket_waiter(boost::asio::io_context& on, std::int64_t limit);
    ~socket_waiter();

    boost::asio::io_context& core;
    const std::int64_t most;
    const steady::time_point since = steady::now();
    net::signal told;
    bool has_socket = false;            // guarded by the mutex of endpoint_sockets
    std::unique_ptr<connection> given;  // on its own core
};

// Shared by the pools of all cores: any thread may call. The mutex is held only where somebody waits, and when a pool
// meets or forgets the endpoint.
class endpoint_sockets {
public:
    // A pool that may have idle connections to it.
    struct member {
        boost::asio::io_context* core;
        std::shared_ptr<const endpoint_figures> figures;
        std::function<void()> close_one;  // of those that are idle, soon
    };

    // One more, unless there are `most` or somebody waits; 0 sets no limit.
    bool take(std::int64_t most);
    void give_back();
    // Whether there are `most`, and no core has an idle one.
    bool are_all_busy(std::int64_t most);
    bool is_waited_for() const { return waiting_ > 0; }

    // Waits its turn. Who is first is told once a socket is there for it; another core may close an idle one for it.
    void enter(const std::shared_ptr<socket_waiter>& who);
    // Does not wait any more. Whether it has been given a socket, or a connection.
    bool leave(const std::shared_ptr<socket_waiter>& who);
    // Who is to have a connection of `core` that is free, and waits no more: the first on this core, unless somebody
    // else has waited long. Null: it must be closed for those on other cores.
    std::shared_ptr<socket_waiter> next_on(const boost::asio::io_context& core);

    void join(member one);
    void part(const endpoint_figures& of);

private:
    void grant();

    std::atomic<std::int64_t> open_{0}, waiting_{0};
    std::mutex mutex_;  // guards what follows
    std::deque<std::shared_ptr<socket_waiter>> queue_;
    std::vector<member> members_;
};

// Counts one socket for as long as it lives. Move-only.
class endpoint_socket {
public:
    endpoint_socket() = default;
    // REQUIRES: it was taken.
    explicit endpoint_socket(std::shared_ptr<endpoint_sockets> of) : of_(std::move(of)) {}
    endpoint_socket(endpoint_socket&&) = default;
    endpoint_socket& operator=(endpoint_socket&& other) noexcept {
        std::swap(of_, other.of_);
        return *this;
    }
    ~endpoint_socket() {
        if (of_) of_->give_back();
    }

private:
    std::shared_ptr<endpoint_sockets> of_;
};

// Those of all endpoints. Any thread.
class all_endpoint_sockets {
public:
    std::shared_ptr<endpoint_sockets> of(const std::string& pool_key);

private:
    std::mutex mutex_;
    std::unordered_map<std::string, std::weak_ptr<endpoint_sockets>> known_;
};

}  // namespace ferry::upstream

// Where the answers of several models meet on their way to one client.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "net/signal.hpp"

namespace ferry::server {

// Shared by the coroutines of one comparison, all on one core: each puts whole events, one takes them to the client.
struct compare_board {
    explicit compare_board(boost::asio::io_context& core) : context(core), news(core) {}

    // Above this who has more to say waits until the client has taken what lies here.
    static constexpr std::size_t most = 256u << 10;

    bool is_full() const { return text.size() >= most; }
    void put(std::string_view events) {
        text += events;
        news.notify();
    }
    // Everybody who waits for room looks again.
    void tell_all() {
        for (auto* one : waiting) one->notify();
    }

    boost::asio::io_context& context;
    net::signal news;                   // for the one who takes
    std::string text;                   // events that were not given out yet
    std::vector<net::signal*> waiting;  // for room
    std::size_t running = 0;            // calls that have not ended
    bool is_over = false;               // the client has gone: calls end as soon as they can
};

}  // namespace ferry::server

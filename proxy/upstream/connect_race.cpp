#include "upstream/connect_race.hpp"

#include <algorithm>
#include <cerrno>

namespace ferry::upstream {

namespace asio = boost::asio;

namespace {
constexpr auto head_start = std::chrono::milliseconds(250);
}  // namespace

address_list by_turns(address_list all, const asio::ip::address& first) {
    const auto known = std::find(all.begin(), all.end(), first);
    if (known != all.end()) std::rotate(all.begin(), known, known + 1);
    for (auto at = all.begin(); at + 1 < all.end(); ++at) {
        const auto other =
            std::find_if(at + 1, all.end(), [at](const auto& one) { return one.is_v6() != at->is_v6(); });
        if (other != all.end()) std::rotate(at + 1, other, other + 1);
    }
    return all;
}

connect_race::connect_race(asio::io_context& core, net::timer_wheel& wheel, std::uint16_t port)
    : core_(core), port_(port), changed_(core), head_start_(wheel) {
    head_start_.on_expiry([this] {
        is_next_due_ = true;
        changed_.notify();
    });
}

void connect_race::interrupt() {
    is_over_ = true;
    changed_.notify();
}

asio::awaitable<connect_race::outcome> connect_race::run(address_list& left, net::interrupt_slot& slot) {
    const net::interrupt_slot::holder waiting(slot, *this);
    outcome found;
    while (!is_over_) {
        if (take_ended(left, found)) break;
        if (is_next_due_ && runners_.size() < left.size()) {
            found.lacks_socket = !begin_next(left[runners_.size()]);
            if (found.lacks_socket) break;
            continue;
        }
        if (runners_.empty()) break;
        co_await changed_.wait();
    }
    if (!found.winner && !runners_.empty()) {
        found.address = left.front();
        found.error = 0;
    }
    co_return std::move(found);
}

// False: there is no socket for it.
bool connect_race::begin_next(const asio::ip::address& address) {
    auto socket = net::plain_stream::open(core_, address);
    if (!socket) return false;
    auto* one = runners_.emplace_back(std::make_unique<runner>()).get();
    one->socket = std::move(socket);
    is_next_due_ = false;
    const int error = one->socket->begin_connect(address, port_);
    if (error != EINPROGRESS) {
        one->ended = error;
        return true;
    }
    one->socket->source().when_writable([this, one] {
        one->ended = one->socket->connect_error();
        changed_.notify();
    });
    head_start_.arm(steady::now() + head_start);
    return true;
}

// Whether somebody has won. Whoever failed makes way for the next one.
bool connect_race::take_ended(address_list& left, outcome& found) {
    for (std::size_t i = 0; i < runners_.size();) {
        const auto& one = *runners_[i];
        if (!one.ended) {
            ++i;
            continue;
        }
        found.address = left[i];
        found.error = *one.ended;
        if (found.error == 0) found.winner = std::move(runners_[i]->socket);
        const auto at = static_cast<std::ptrdiff_t>(i);
        left.erase(left.begin() + at);
        runners_.erase(runners_.begin() + at);
        if (found.winner) return true;
        is_next_due_ = true;
    }
    return false;
}

}  // namespace ferry::upstream

// What a pool does where an endpoint has as many connections as it may.
#include "upstream/pool_turn.hpp"

namespace ferry::upstream {

namespace asio = boost::asio;

namespace {

constexpr auto soon = std::chrono::milliseconds(1000);

// Somebody in the queue, for as long as it lives.
class place_in_queue {
public:
    place_in_queue(endpoint_sockets& in, const std::shared_ptr<socket_waiter>& who) : in_(in), who_(who) {
        in_.enter(who_);
    }
    ~place_in_queue() {
        if (!has_left_ && leave() && !who_->given) in_.give_back();
    }
    place_in_queue(const place_in_queue&) = delete;
    place_in_queue& operator=(const place_in_queue&) = delete;
    bool leave() {
        has_left_ = true;
        return in_.leave(who_);
    }

private:
    endpoint_sockets& in_;
    const std::shared_ptr<socket_waiter>& who_;
    bool has_left_ = false;
};

}  // namespace

// Whether one more may be made, with an idle one of this core closed for it if need be.
bool pool::take_place(pooled_host& of) {
    if (of.sockets->take(most_sockets())) return true;
    if (of.idle.empty()) return false;
    close_first_idle(of);
    return of.sockets->take(most_sockets());
}

asio::awaitable<result<pool::turn>> pool::await_turn(pooled_host& of, net::interrupt_slot& slot) {
    of.figures->waited.add();
    ++of.users;
    const auto waits = std::make_shared<socket_waiter>(core_, most_sockets());
    bool has_one = false;
    {
        place_in_queue queued(*of.sockets, waits);
        const net::interrupt_slot::holder waiting(slot, waits->told);
        co_await waits->told.wait();
        has_one = queued.leave();
    }
    --of.users;
    turn made;
    if (has_one && waits->given) {
        made.given = std::move(waits->given);
        of.figures->reused.add();
    } else if (has_one) {
        made.place = endpoint_socket(of.sockets);
    }
    if (slot.interrupted()) co_return fault::self(fault_code::client_gone, "the client went away");
    if (!has_one) {
        of.figures->refused.add();
        co_return full(of);
    }
    co_return std::move(made);
}

// To who waits on this core. False: nobody, or it is somebody else's turn.
bool pool::hand_over(pooled_host& of, std::unique_ptr<connection>& c) {
    const auto next = of.sockets->next_on(core_);
    if (!next) return false;
    next->given = std::move(c);
    next->told.notify();
    return true;
}

// Who began to wait while these became idle.
void pool::serve_waiting(pooled_host& of) {
    while (!of.idle.empty() && of.sockets->is_waited_for()) {
        auto one = std::move(of.idle.back());
        of.idle.pop_back();
        of.figures->idle.set(of.idle.size());
        hand_over(of, one);
    }
}

bool pool::is_full(const catalog::endpoint& where) {
    return most_sockets() > 0 && host_of(where).sockets->are_all_busy(most_sockets());
}

fault pool::refuse(const catalog::endpoint& where) {
    auto& of = host_of(where);
    of.figures->refused.add();
    auto why = full(of);
    why.retry = retry_advice::next_candidate;
    return why;
}

fault pool::full(const pooled_host& of) const {
    auto why = fault::self(fault_code::overloaded,
                           "As many connections to the upstream are in use as may be: try again shortly.",
                           "upstream.max_connections_per_endpoint = " + std::to_string(most_sockets()) +
                               ": that many are in use at " + of.where.label + ".");
    why.retry_after = soon;
    return why;
}

void pool::close_first_idle(pooled_host& of) {
    of.idle.erase(of.idle.begin());
    of.figures->idle.set(of.idle.size());
}

}  // namespace ferry::upstream

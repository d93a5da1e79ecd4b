#pragma once

#include <deque>
#include <string>

#include "io/event_loop.hpp"
#include "io/network.hpp"

namespace ferry::bench {

// A long way between two sockets: what one sends reaches the other a delay later, and a sender has at most a window of
// bytes under way. `far` is the peer's connection; `near` is one end of a local pair, whose other end the session has.
// A FIN travels like a byte; a reset by either side arrives as a close. Owned by: a worker. Lives on: its thread.
class delayed_link final : private timer {
public:
    class owner {
    public:
        virtual void remove(delayed_link& link) = 0;

    protected:
        ~owner() = default;
    };

    delayed_link(int far, int near, const network& way, event_loop& loop, owner& o);  // owns both descriptors
    ~delayed_link() override;

private:
    struct parcel {
        steady::time_point due;
        std::string bytes;
        std::size_t sent = 0;
    };

    // One socket, and what is on its way to it.
    struct side final : watcher {
        delayed_link* link = nullptr;
        side* other = nullptr;
        int fd = -1;
        std::uint32_t interest = 0;
        std::chrono::microseconds delay{0};  // of what goes to this side
        std::deque<parcel> parcels;
        std::size_t held = 0;
        bool is_watched = false;
        bool is_full = false;   // it takes nothing now
        bool is_ended = false;  // it sends nothing more
        steady::time_point end_due;
        bool is_told = false;  // that the other side sends nothing more

        void on_ready(std::uint32_t events) override { link->turn(*this, events); }
    };

    void on_timer() override { pump(); }
    void turn(side& s, std::uint32_t events);
    bool take(side& from);   // false: the link is over
    bool deliver(side& to);  // false: the link is over
    void pump();
    void set_interest(side& s);
    void end();

    event_loop& loop_;
    owner& owner_;
    const std::size_t window_;
    bool over_ = false;
    side far_, near_;
};

}  // namespace ferry::bench

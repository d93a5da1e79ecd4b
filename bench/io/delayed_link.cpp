#include "io/delayed_link.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

namespace ferry::bench {
namespace {

constexpr std::size_t most_at_once = 16 * 1024;

}  // namespace

delayed_link::delayed_link(int far, int near, const network& way, event_loop& loop, owner& o)
    : loop_(loop), owner_(o), window_(std::max<std::size_t>(1, way.window)) {
    far_.fd = far;
    near_.fd = near;
    far_.delay = way.write_delay;
    near_.delay = way.read_delay;
    far_.other = &near_;
    near_.other = &far_;
    for (side* s : {&far_, &near_}) {
        s->link = this;
        s->interest = EPOLLIN;
        s->is_watched = true;
        loop_.watch(s->fd, *s, s->interest);
    }
}

delayed_link::~delayed_link() {
    loop_.timers().cancel(*this);
    if (far_.fd >= 0) close(far_.fd);
    if (near_.fd >= 0) close(near_.fd);
}

void delayed_link::turn(side& s, std::uint32_t events) {
    if (over_) return;
    if (events & EPOLLERR || (events & EPOLLHUP && &s == &far_)) return end();
    if (events & EPOLLOUT) s.is_full = false;
    if (events & (EPOLLIN | EPOLLHUP) && !take(s)) return;
    pump();
}

bool delayed_link::take(side& from) {
    side& to = *from.other;
    while (!from.is_ended && to.held < window_) {
        char buffer[most_at_once];
        const auto n = recv(from.fd, buffer, std::min(most_at_once, window_ - to.held), MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) break;
        if (n < 0) {
            end();
            return false;
        }
        const auto due = steady::now() + to.delay;
        if (n > 0) {
            if (to.is_ended && &to == &near_) continue;
            to.parcels.push_back({due, std::string(buffer, static_cast<std::size_t>(n))});
            to.held += static_cast<std::size_t>(n);
            continue;
        }
        from.is_ended = true;
        to.end_due = due;
        if (&from != &near_) continue;
        // The session has closed for good: nobody is left to deliver to, and its socket would be ready for ever.
        from.parcels.clear();
        from.held = 0;
        from.is_told = true;
        from.is_watched = false;
        loop_.forget(from.fd);
    }
    return true;
}

bool delayed_link::deliver(side& to) {
    const auto now = steady::now();
    while (!to.is_full && !to.parcels.empty() && to.parcels.front().due <= now) {
        parcel& next = to.parcels.front();
        const auto n =
            send(to.fd, next.bytes.data() + next.sent, next.bytes.size() - next.sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            to.is_full = true;
        } else if (n < 0) {
            end();
            return false;
        } else {
            next.sent += static_cast<std::size_t>(n);
            to.held -= static_cast<std::size_t>(n);
            if (next.sent == next.bytes.size()) to.parcels.pop_front();
        }
    }
    if (to.other->is_ended && !to.is_told && to.parcels.empty() && to.end_due <= now) {
        to.is_told = true;
        shutdown(to.fd, SHUT_WR);
    }
    if (!far_.is_told || !near_.is_told) return true;
    end();
    return false;
}

void delayed_link::pump() {
    // A delivery makes room for what the other side has to send.
    if (!deliver(far_) || !deliver(near_)) return;
    std::optional<steady::time_point> next;
    for (side* s : {&far_, &near_}) {
        set_interest(*s);
        const auto due = !s->parcels.empty()                 ? s->parcels.front().due
                         : s->other->is_ended && !s->is_told ? s->end_due
                                                             : steady::time_point::max();
        if (!s->is_full && due != steady::time_point::max() && (!next || due < *next)) next = due;
    }
    if (next) return loop_.timers().set(*this, *next);
    loop_.timers().cancel(*this);
}

void delayed_link::set_interest(side& s) {
    if (!s.is_watched) return;
    std::uint32_t wanted = 0;
    if (!s.is_ended && s.other->held < window_) wanted |= EPOLLIN;
    if (s.is_full) wanted |= EPOLLOUT;
    if (wanted == s.interest) return;
    s.interest = wanted;
    loop_.change(s.fd, s, wanted);
}

void delayed_link::end() {
    if (std::exchange(over_, true)) return;
    loop_.timers().cancel(*this);
    for (side* s : {&far_, &near_}) close(std::exchange(s->fd, -1));
    owner_.remove(*this);
}

}  // namespace ferry::bench
